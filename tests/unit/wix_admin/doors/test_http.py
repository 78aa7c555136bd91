"""Requests that come through API Gateway, and the answers that go back."""

import functools
import json
import time
from typing import Any

import pytest

from tests.unit.wix_admin.builders import ACCOUNT, ROLE, Context, http_event
from wix_admin.doors.call import Caller, Done, Outcome, part_of
from wix_admin.doors.http import (
    MAX_ANSWER_BYTES,
    MAX_BODY_BYTES,
    MAX_BODY_BYTES_OF_MANY,
    answer,
    is_http,
    read,
)
from wix_admin.errors import (
    AdminError,
    ElevationError,
    InputError,
    OutcomeUnknownError,
    StillRunningError,
    WixRequestError,
    WixUnavailableError,
)
from wix_admin.problems import KINDS
from wix_auth import TokenUnavailableError, WixAuthError
from wix_auth.errors import SecretMissingError

SYMBOLS = "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
DEEP = functools.reduce(lambda inner, _: [inner], range(62), list[Any]())
USER = f"arn:aws:iam::{ACCOUNT}:user/shop"


def items(count: int, size: int) -> str:
    """Make a body of so many items of so many bytes."""
    each = f'"{"x" * (size - 3)}"'
    return f'{{"items":[{",".join([each] * count)}]}}'


def answer_to(outcome: Outcome) -> dict[str, Any]:
    response = answer(outcome, "gateway-request-1")
    assert response["isBase64Encoded"] is False
    assert all(isinstance(value, str) for value in response["headers"].values())
    return response


def answer_of(content: dict[str, Any]) -> dict[str, Any]:
    return answer_to(Done(content, replayed=False))


def problem_of(failure: object) -> dict[str, Any]:
    assert isinstance(failure, AdminError | WixAuthError)
    response = answer_to(failure)
    problem: dict[str, Any] = json.loads(response["body"])
    assert response["headers"]["Content-Type"] == "application/problem+json"
    assert problem["status"] == response["statusCode"]
    assert problem.keys() >= {"type", "title", "status", "detail", "code", "requestId", "retryable"}
    return problem


# ---- What is asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        (http_event(), {}),
        (http_event(raw=""), {}),
        (http_event({}), {}),
        (http_event(raw='{"a": ' + "[" * 62 + "[]" + "]" * 62 + "}"), {"a": DEEP}),
        (http_event({"a": "é", "b": [1, None]}), {"a": "é", "b": [1, None]}),
        (http_event(encoded='{"a": "é"}'.encode()), {"a": "é"}),
        (http_event(encoded=b""), {}),
        (http_event(path={"id": "1"}), {"id": "1"}),
        (http_event(query={"confirm": "1"}), {"confirm": "1"}),
        (http_event(query={"dryRun": "true", "b": "false"}), {"dryRun": True, "b": False}),
        (
            http_event({"b": True}, query={"b": "true"}, path={"c": "true"}),
            {"b": True, "c": "true"},
        ),
        (http_event({"a": 1}, query={"b": "2"}, path={"c": "3"}), {"a": 1, "b": "2", "c": "3"}),
        (http_event({"id": "1"}, query={"id": "1"}, path={"id": "1"}), {"id": "1"}),
    ],
)
def test_body_query_and_path_make_one_input(
    event: dict[str, Any], asked: dict[str, object]
) -> None:
    assert read(event, Context()).input == asked


@pytest.mark.parametrize(
    "event",
    [
        http_event({"id": "1"}, path={"id": "2"}),
        http_event({"id": 1}, path={"id": "1"}),
        http_event({"id": None}, query={"id": "1"}),
        http_event(query={"id": "1"}, path={"id": "2"}),
    ],
)
def test_an_input_that_contradicts_itself_is_refused(event: dict[str, Any]) -> None:
    problem = problem_of(read(event, Context()).input)

    assert problem["code"] == "invalid_input"
    assert problem["errors"] == [{"field": "/id", "detail": "The body and the address differ"}]


def test_a_name_that_anybody_may_have_written_is_in_no_error_s_text() -> None:
    event = http_event({"ada@example.com": 1}, query={"ada@example.com": "2"})

    with pytest.raises(InputError) as caught:
        part_of(read(event, Context()).input)

    assert "ada" not in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        " ", "{", "{'a': 1}", "nonsense", "[]", "[1]", "null", "1", '"text"', "true", '{"a": 1}}',
        '{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', '{"a": 1e999}', "NaN",
        '{"a": "\\ud800"}', '{"\\udfff": 1}', '{"a": "\ud800"}', "\ufeff{}", '{"a": "\n"}',
        "[" * 100_000, '{"a":' * 100_000, '{"a": ' + "[" * 64 + "]" * 64 + "}",
        '{"a": ' + "1" * 5_000 + "}", "a=1&b=2",
        {"a": 1}, ["a"],
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_the_caller_s_fault(raw: object) -> None:
    problem = problem_of(read(http_event(raw=raw), Context()).input)

    assert (problem["status"], problem["code"]) == (400, "invalid_input")
    assert [each["field"] for each in problem["errors"]] == [""]
    assert problem["detail"].startswith("Send the body as ")


@pytest.mark.parametrize("encoded", [b"\xff\xfe", b"\x80", b'{"a": "\xed\xa0\x80"}', b"[]", b" "])
def test_bytes_that_are_no_json_object_are_too(encoded: bytes) -> None:
    assert problem_of(read(http_event(encoded=encoded), Context()).input)["status"] == 400


@pytest.mark.parametrize("raw", ["no base64!", "YQ", "é", "\ud800"])
def test_text_that_is_no_base64_is_too(raw: str) -> None:
    event = {**http_event(raw=raw), "isBase64Encoded": True}

    assert problem_of(read(event, Context()).input)["status"] == 400


@pytest.mark.parametrize(
    ("many", "largest"), [(None, MAX_BODY_BYTES), ("items", MAX_BODY_BYTES_OF_MANY)]
)
@pytest.mark.parametrize("filler", ["x", "é"])
@pytest.mark.parametrize("is_encoded", [False, True])
def test_a_body_has_a_largest_size_in_bytes(
    many: str | None, largest: int, filler: str, *, is_encoded: bool
) -> None:
    def event(size: int) -> dict[str, Any]:
        room = size - len('{"a": ""}')
        each = len(filler.encode())
        text = json.dumps({"a": filler * (room // each) + "x" * (room % each)}, ensure_ascii=False)
        assert len(text.encode()) == size
        return http_event(encoded=text.encode()) if is_encoded else http_event(raw=text)

    assert isinstance(read(event(largest), Context(), many=many).input, dict)
    problem = problem_of(read(event(largest + 1), Context(), many=many).input)
    assert (problem["status"], problem["code"]) == (413, "request_too_large")


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (items(5_000, 1_030), "You sent 5,000 in 5.2 MB: send at most 3,800 at a time"),
        (items(41, 100_000), "You sent 41 in 4.2 MB: send at most 39 at a time"),
        (items(3, 2_000_000), "You sent 3 in 6.1 MB: send at most 1 at a time"),
        (items(1, 4_000_000), "You sent 4.1 MB: send at most 4 MB"),
        ('{"items": 5, "a": "' + "x" * 4_500_000 + '"}', "You sent 4.6 MB: send at most 4 MB"),
        ("[" * 4_500_000, "You sent 4.5 MB: send at most 4 MB"),
        ("{" + "x" * 4_500_000, "You sent 4.6 MB: send at most 4 MB"),
        ('"' + "\ud800" * 1_500_000 + '"', "You sent 4.6 MB: send at most 4 MB"),
    ],
    ids=lambda value: value[:12],
)
def test_who_sends_too_much_is_told_how_many_fit(raw: str, detail: str) -> None:
    problem = problem_of(read(http_event(raw=raw), Context(), many="items").input)

    assert problem["status"] == 413
    assert problem["detail"].removeprefix("items: ") == detail


# ---- The key --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({"Other": "k"}, None),
        ({"Idempotency-Key": "k-1"}, "k-1"),
        ({"Idempotency-Key": '"k-1"'}, "k-1"),
        ({"Idempotency-Key": "  k-1\t"}, "k-1"),
        ({"idempotency-key": "k-1"}, "k-1"),
        ({"IDEMPOTENCY-KEY": "k-1"}, "k-1"),
        ({"Idempotency-Key": "k" * 255}, "k" * 255),
        ({"Idempotency-Key": SYMBOLS}, SYMBOLS),
        ({"Idempotency-Key": ["k-1", "k-1"]}, "k-1"),
    ],
)  # fmt: skip
def test_the_idempotency_key_is_a_header(headers: dict[str, Any], key: str | None) -> None:
    event = http_event({}, headers=headers)

    assert read(event, Context()).key == key
    assert read({**event, "multiValueHeaders": None}, Context()).key == key


@pytest.mark.parametrize(
    "said",
    [
        "", " ", '""', '"', '"k', 'k"', '"a"b"', "a b", "a\tb", "é", "\u212a", "a\x7f", "a\x00",
        "k" * 256, '"' + "k" * 256 + '"', ["k-1", "k-2"], ["k-1", '"k-1"'],
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_used_is_refused(said: str | list[str]) -> None:
    problem = problem_of(read(http_event({}, headers={"Idempotency-Key": said}), Context()).key)

    assert problem["code"] == "invalid_input"
    [told] = problem["errors"]
    assert (told["field"], told["header"]) == ("", "Idempotency-Key")
    assert problem["detail"] == f"Idempotency-Key: {told['detail']}"


# ---- Who asks, and until when ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "caller"),
    [
        (f"{ROLE}/ada@example.com", Caller("verified", ROLE)),
        (f"{ROLE}/i-0123", Caller("verified", ROLE)),
        (USER, Caller("verified", USER)),
        ("", Caller("unknown", "http")),
        (None, Caller("unknown", "http")),
    ],
)  # fmt: skip
def test_the_caller_is_the_role_and_not_the_session(arn: object, caller: Caller) -> None:
    call = read(http_event(identity={"userArn": arn}), Context())

    assert (call.caller, call.door) == (caller, "http")


@pytest.mark.parametrize("identity", [None, {}, "text", []])
def test_nobody_is_named_if_nobody_was_verified(identity: object) -> None:
    call = read(http_event(identity=identity), Context())

    assert call.caller == Caller("unknown", "http")


@pytest.mark.parametrize("words", ["ada@example.com", "1 Street", "a\nb", "x" * 700, {"a": "b"}])
def test_what_no_gateway_writes_names_no_request_and_no_caller(words: object) -> None:
    call = read(http_event(requestId=words, identity={"userArn": words}), Context())

    assert (call.request_id, call.caller) == ("lambda-request-1", Caller("unknown", "http"))


def test_an_answer_is_due_27_seconds_after_the_request_came_in() -> None:
    arrived = time.time() - 4

    call = read(http_event(requestTimeEpoch=int(arrived * 1000)), Context(milliseconds=60_000))

    assert call.deadline == pytest.approx(arrived + 27, abs=0.1)


def test_an_answer_is_due_before_the_function_ends() -> None:
    event = http_event(requestTimeEpoch=int(time.time() * 1000))

    call = read(event, Context(milliseconds=9_000))

    assert call.deadline == pytest.approx(time.time() + 7, abs=0.1)
    assert call.lease_until == pytest.approx(time.time() + 14, abs=0.1)


def test_a_request_without_a_time_has_the_function_s() -> None:
    call = read(http_event(), Context())

    assert call.deadline == pytest.approx(time.time() + 28, abs=0.1)


# ---- What is answered -----------------------------------------------------------------------


def test_a_success_is_json() -> None:
    response = answer_of({"name": "é", "a": [1]})

    assert response["statusCode"] == 200
    assert json.loads(response["body"]) == {"name": "é", "a": [1]}
    assert response["headers"] == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Request-Id": "gateway-request-1",
    }


def test_a_replay_says_so() -> None:
    response = answer_to(Done({}, replayed=True))

    assert response["headers"]["Idempotent-Replayed"] == "true"


def test_a_problem_is_told_as_one() -> None:
    failure = WixRequestError("Mend it", wix_request_id="r-1", wix_code="BAD_THING")

    response = answer_to(failure)

    assert response["headers"] == {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "X-Request-Id": "gateway-request-1",
    }
    problem = json.loads(response["body"])
    assert problem["wixRequestId"] == "r-1"
    assert problem["requestId"] == "gateway-request-1"


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (InputError("x"), 400, "invalid_input"),
        (InputError("x", code="idempotency_key_missing"), 400, "idempotency_key_missing"),
        (StillRunningError("x"), 409, "still_running"),
        (ElevationError("x"), 500, "internal_error"),
        (SecretMissingError("x"), 500, "credential_unusable"),
        (WixUnavailableError("x"), 503, "wix_unavailable"),
        (TokenUnavailableError("x"), 503, "wix_unavailable"),
        (OutcomeUnknownError("x"), 504, "outcome_unknown"),
    ],
)
def test_each_failure_has_its_status(
    failure: AdminError | WixAuthError, status: int, code: str
) -> None:
    problem = problem_of(failure)

    assert (problem["status"], problem["code"]) == (status, code)


@pytest.mark.parametrize(
    ("failure", "header"),
    [
        (WixUnavailableError("x"), "5"),
        (WixUnavailableError("x", retry_after=0.0), "1"),
        (WixUnavailableError("x", retry_after=0.2), "1"),
        (WixUnavailableError("x", retry_after=7.4), "8"),
        (WixUnavailableError("x", code="wix_busy"), "60"),
        (WixUnavailableError("x", code="wix_busy", retry_after=3.0), "3"),
        (TokenUnavailableError("x", retry_after=30.0), "30"),
        (OutcomeUnknownError("x", retry_after=299.9), "300"),
    ],
)
def test_when_to_ask_again_is_a_header(
    failure: AdminError | WixAuthError, header: str | None
) -> None:
    response = answer_to(failure)

    assert response["headers"].get("Retry-After") == header


@pytest.mark.parametrize("retry_after", [None, 3.0])
@pytest.mark.parametrize("code", KINDS)
def test_whoever_may_ask_again_is_told_when_and_nobody_else(
    code: str, retry_after: float | None
) -> None:
    failure = AdminError("x", code=code, retry_after=retry_after)

    response = answer_to(failure)

    assert json.loads(response["body"])["retryable"] is KINDS[code].retryable
    assert ("Retry-After" in response["headers"]) is KINDS[code].retryable


def test_without_an_id_of_the_gateway_s_it_is_lambda_s() -> None:
    assert read(http_event(requestId=None), Context()).request_id == "lambda-request-1"


@pytest.mark.parametrize("filler", ["x", '"', "é", "\\", "\U0001f600"])
def test_an_answer_that_lambda_would_not_hand_on_is_a_problem(filler: str) -> None:
    response = answer_of({"text": filler * MAX_ANSWER_BYTES})

    assert response["statusCode"] == 422
    assert json.loads(response["body"])["code"] == "answer_too_large"
    assert answer_of({"text": filler * (MAX_ANSWER_BYTES // 20)})["statusCode"] == 200


def test_the_largest_answer_is_handed_on() -> None:
    overhead = len(json.dumps(json.dumps({"text": ""}, separators=(",", ":"))))

    response = answer_of({"text": "x" * (MAX_ANSWER_BYTES - overhead)})

    assert response["statusCode"] == 200
    assert MAX_ANSWER_BYTES < len(json.dumps(response)) < 6_291_556


@pytest.mark.parametrize(
    ("event", "is_it"),
    [
        (http_event(), True),
        ({"httpMethod": "GET"}, False),
        ({"httpMethod": "GET", "requestContext": None}, False),
        ({"requestContext": {}}, False),
        ({}, False),
        (None, False),
        ("httpMethod requestContext", False),
    ],
)
def test_an_http_event_is_told_from_others(event: object, *, is_it: bool) -> None:
    assert is_http(event) is is_it
