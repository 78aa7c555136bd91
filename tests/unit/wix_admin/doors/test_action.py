"""The one wrapper: an action behind all doors, its log line and its metrics."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import httpx
import pytest
from pydantic import Field

from tests import canaries
from tests.unit.wix_admin.builders import (
    READ,
    ROLE,
    THING_ID,
    WRITE,
    Clock,
    Context,
    Making,
    Shop,
    bus_event,
    http_event,
    queue_event,
    unnamed,
)
from wix_admin import Key, Once, WixClient, admin_action, process
from wix_admin.aws import telemetry
from wix_admin.aws.telemetry import count_auth_event
from wix_admin.errors import (
    AdminError,
    ElevationError,
    InputError,
    RefusedError,
    SettingsError,
    UnexpectedError,
    WixStateError,
    pointer,
)
from wix_admin.models import Answer, FunctionInput, Guid, WixEntity
from wix_admin.wix.client import check_before_sending
from wix_admin.wix.traffic import Exchange
from wix_auth.errors import SecretMissingError

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

type Handler = Callable[[Any, Context], Any]
type LogLines = Callable[[], list[dict[str, Any]]]


class Asked(FunctionInput):
    """What is wanted of a thing."""

    advice: ClassVar[Mapping[str, str]] = {"status": "Approve it instead"}

    thing_id: Guid
    size: int = 1
    sizes: list[int] | None = None
    dispatch_id: Annotated[str, Field(max_length=20)] | None = None

    def own_key(self) -> str | None:
        return self.dispatch_id


class Told(Answer):
    thing_id: str
    size: int
    note: str | None = None


class Progress(Answer):
    complete: bool


def reading(act: Callable[[Asked, WixClient], Told | WixEntity]) -> Handler:
    return admin_action(Asked, elevates=[READ])(act)


@reading
def read_thing(asked: Asked, wix: WixClient) -> Told:
    return Told(thing_id=asked.thing_id, size=asked.size)


def failing(error: BaseException) -> Handler:
    @reading
    def act(asked: Asked, wix: WixClient) -> Told:
        raise error

    return act


def making(rule: Key, shop: Shop) -> Handler:
    @admin_action(Asked, elevates=[WRITE], key=rule)
    def act(asked: Asked, wix: WixClient, once: Once) -> Answer:
        return once.make(Making(shop))

    return act


@pytest.fixture
def shop() -> Shop:
    return Shop(Clock())


def metrics_in(printed: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in printed.splitlines()]
    return [line for line in lines if "_aws" in line]


# ---- The same at every door -----------------------------------------------------------------


def test_one_handler_serves_every_door() -> None:
    asked = {"thingId": THING_ID.upper(), "size": 2}
    told = {"thingId": THING_ID, "size": 2}

    assert read_thing(asked, Context()) == told
    assert read_thing(bus_event(asked), Context()) == told
    assert read_thing(queue_event(json.dumps(asked)), Context()) == {"batchItemFailures": []}
    response = read_thing(http_event({"size": 2}, path={"thingId": THING_ID}), Context())
    assert (response["statusCode"], json.loads(response["body"])) == (200, told)


def test_a_failure_is_told_in_the_way_of_each_door() -> None:
    fails = failing(WixStateError("no"))
    asked = {"thingId": THING_ID}

    assert fails(http_event(asked), Context())["statusCode"] == 409
    assert fails(queue_event(json.dumps(asked)), Context()) == {
        "batchItemFailures": [{"itemIdentifier": "m-0"}]
    }
    for event in (bus_event(asked), asked):
        with pytest.raises(WixStateError):
            fails(event, Context())


def test_only_the_messages_of_a_batch_that_are_not_done_go_back() -> None:
    faults = {2: WixStateError("no"), 3: RuntimeError("no")}

    @admin_action(Asked, elevates=[READ])
    def handler(asked: Asked, wix: WixClient) -> Progress:
        if asked.size in faults:
            raise faults[asked.size]
        return Progress(complete=asked.size != 4)

    messages = [json.dumps({"thingId": THING_ID, "size": size}) for size in (1, 2, 3, 4, 5)]

    answer = handler(queue_event(*messages, "{"), Context())

    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == [
        "m-1", "m-2", "m-3", "m-5",
    ]  # fmt: skip
    assert handler(queue_event(messages[0]), Context()) == {"batchItemFailures": []}


@pytest.mark.parametrize("given", [None, [], "text", 5, {"httpMethod": "GET"}, {"Records": []}])
def test_what_no_door_knows_is_a_wrong_input(given: object) -> None:
    with pytest.raises(InputError):
        read_thing(given, Context())


def test_an_entity_goes_out_as_wix_wrote_it() -> None:
    class Thing(WixEntity):
        id: str
        new_name: str | None = None
        absent: str | None = None

    given = {"id": "1", "newName": None, "unknownField": {"a": [1]}}

    @reading
    def handler(asked: Asked, wix: WixClient) -> Thing:
        return Thing.model_validate(given)

    assert handler({"thingId": THING_ID}, Context()) == given


def test_only_declared_operations_can_be_called() -> None:
    @admin_action(Asked, elevates=[READ])
    def handler(asked: Asked, wix: WixClient) -> Told:
        wix.call(WRITE, thing_id=asked.thing_id)
        raise AssertionError

    with pytest.raises(ElevationError):
        handler({"thingId": THING_ID}, Context())


# ---- Input ----------------------------------------------------------------------------------


def test_every_mistake_of_an_input_is_told_at_once() -> None:
    body = {"thingId": "1", "size": "2", "status": "APPROVED", "colour": "red"}

    problem = json.loads(read_thing(http_event(body), Context())["body"])

    assert problem["code"] == "invalid_input"
    told = {each["field"]: each["detail"] for each in problem["errors"]}
    assert told.keys() == {"/thingId", "/size", "/status", "/colour"}
    assert told["/status"] == "Approve it instead"
    assert problem["detail"] == "; ".join(f"{field[1:]}: {told[field]}" for field in told)


class Part(FunctionInput):
    kind: Literal["part"]
    count: int


class Whole(FunctionInput):
    kind: Literal["whole"]


class Named(FunctionInput):
    """Holds what a caller gives a name of their own."""

    labels: dict[str, int] | None = None
    parts: list[dict[str, Part]] | None = None
    any_of: Annotated[Part | Whole, Field(discriminator="kind")] | None = None


@admin_action(Named, elevates=[])
def take(asked: Named, wix: WixClient) -> Answer:
    raise AssertionError


PLACES: dict[str, tuple[Callable[[str], dict[str, Any]], str]] = {
    "field": (
        lambda name: {name: 1},
        "*: There is no such field. Known here: anyOf, labels, parts",
    ),
    "key": (
        lambda name: {"labels": {name: "1"}},
        "labels.*: Send a whole number, without quotes",
    ),
    "field below a key": (
        lambda name: {"parts": [{name: {"kind": "part", "count": "1", name: 1}}]},
        (
            "parts.0.*.count: Send a whole number, without quotes; "
            "parts.0.*.*: There is no such field. Known here: count, kind"
        ),
    ),
    "tag": (
        lambda name: {"anyOf": {"kind": name}},
        "anyOf: This is not taken here: send another value",
    ),
    "field of a tagged part": (
        lambda name: {"anyOf": {"kind": "whole", name: 1}},
        "anyOf.*: There is no such field. Known here: count, kind",
    ),
}
"""Where a caller's own names can stand, and what is said of them."""


@pytest.mark.parametrize("name", canaries.NAMES, ids=unnamed)
@pytest.mark.parametrize("where", PLACES)
def test_a_name_that_a_caller_made_up_is_in_no_error_s_text_and_no_log(
    where: str, name: str, log_lines: LogLines
) -> None:
    put, text = PLACES[where]
    given = put(name)

    problem = json.loads(take(http_event(given), Context())["body"])
    for event in (given, bus_event(given)):
        with pytest.raises(InputError) as caught:
            take(event, Context())
        assert str(caught.value) == text
    take(queue_event(json.dumps(given)), Context())

    assert name[:100] in problem["detail"] or where == "tag"
    assert len(log_lines()) == 4
    assert not any(mark in json.dumps(log_lines()) for mark in canaries.MARKS)


@pytest.mark.parametrize("name", canaries.NAMES, ids=unnamed)
def test_the_caller_is_told_the_field_by_its_name(name: str) -> None:
    given = {"labels": {name: "1"}, name: 1}

    problem = json.loads(take(http_event(given), Context())["body"])

    assert [each["field"] for each in problem["errors"]] == [
        pointer("labels", name),
        pointer(name),
    ]


def test_a_name_of_any_length_takes_little_room(log_lines: LogLines) -> None:
    given = {"labels": {"x" * 200_000: "1"}, "y" * 200_000: 1}

    response = take(http_event(given), Context())

    assert len(response["body"]) < 2_000
    assert f"labels.{'x' * 100}: " in response["body"]
    assert len(json.dumps(log_lines())) < 2_000


@pytest.mark.parametrize("name", canaries.NAMES, ids=unnamed)
@pytest.mark.parametrize(
    "put",
    [
        lambda name: http_event(query={name: "1"}),
        lambda name: http_event(path={name: "1"}),
        lambda name: http_event({name: 1}, query={name: "2"}),
        lambda name: http_event({name: 1}, path={name: "2"}),
        lambda name: http_event({}, headers={name: name, "Idempotency-Key": f"{name}é"}),
        lambda name: http_event({}, headers={"Idempotency-Key": [name, "k-1"]}),
        lambda name: http_event(raw=name),
        lambda name: bus_event({name: 1}),
        queue_event,
        lambda name: queue_event(json.dumps(bus_event({name: 1}))),
        lambda name: {"idempotencyKey": f"{name}é"},
    ],
    ids=[
        "parameter",
        "part of the path",
        "parameter that the body contradicts",
        "part of the path that the body contradicts",
        "header",
        "header twice",
        "body",
        "event",
        "message",
        "event in a message",
        "key",
    ],
)
def test_no_part_of_any_event_brings_a_caller_s_words_into_the_log(
    put: Callable[[str], dict[str, Any]], name: str, log_lines: LogLines
) -> None:
    @admin_action(Named, elevates=[], key=Key.REQUIRED)
    def handler(asked: Named, wix: WixClient, once: Once) -> Answer:
        raise AssertionError

    with suppress(InputError):
        handler(put(name), Context())

    assert log_lines()
    assert not any(mark in json.dumps(log_lines()) for mark in canaries.MARKS)


def test_an_error_tells_no_more_than_five_mistakes() -> None:
    with pytest.raises(InputError) as caught:
        read_thing({"thingId": THING_ID, "sizes": ["no number"] * 9}, Context())

    assert str(caught.value).count("Send a whole number") == 5
    assert len(caught.value.violations) == 9


@pytest.mark.parametrize("count", [1, 140_000])
def test_a_body_of_many_mistakes_still_gets_an_answer(count: int) -> None:
    body = {f"a{n:x}": 1 for n in range(count)} | {"thingId": THING_ID}
    raw = json.dumps(body, separators=(",", ":"))[:990_000].rpartition(",")[0] + "}"

    response = read_thing(http_event(raw=raw), Context())

    assert response["statusCode"] == 400
    assert len(json.dumps(response)) < 100_000


# ---- The key --------------------------------------------------------------------------------


def test_a_change_without_the_key_that_it_needs_is_not_begun(shop: Shop) -> None:
    event = http_event({"thingId": THING_ID})

    response = making(Key.REQUIRED, shop)(event, Context())

    problem = json.loads(response["body"])
    assert (response["statusCode"], problem["code"]) == (400, "idempotency_key_missing")
    [told] = problem["errors"]
    assert (told["field"], told["header"]) == ("", "Idempotency-Key")
    assert problem["detail"] == f"Idempotency-Key: {told['detail']}"
    assert shop.asked == []


def test_where_there_are_no_headers_the_key_is_asked_for_beside_the_input(shop: Shop) -> None:
    with pytest.raises(InputError, match="idempotencyKey: Send a new UUID") as caught:
        making(Key.REQUIRED, shop)({"thingId": THING_ID}, Context())

    assert [each.field for each in caught.value.violations] == ["/idempotencyKey"]


def test_a_change_that_honours_a_key_goes_without_and_without_a_table(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EFFECTS_TABLE_NAME")
    handler = making(Key.HONOURED, shop)

    handler({"thingId": THING_ID}, Context())
    handler({"thingId": THING_ID}, Context())

    assert len(shop.made) == 2


@pytest.mark.parametrize("rule", Key)
def test_a_change_with_a_key_is_made_once_whatever_the_door(
    dynamodb: "DynamoDBClient", shop: Shop, rule: Key
) -> None:
    asked = {"thingId": THING_ID, "size": 2}
    handler = making(rule, shop)

    first = handler(http_event(asked, headers={"Idempotency-Key": '"k-1"'}), Context())
    second = handler(http_event(asked, headers={"idempotency-key": "k-1"}), Context())
    third = handler({**asked, "idempotencyKey": "k-1"}, Context())
    fourth = handler(bus_event({**asked, "idempotencyKey": "k-1"}), Context())

    assert first["body"] == second["body"]
    assert third == fourth == json.loads(first["body"])
    assert "Idempotent-Replayed" not in first["headers"]
    assert second["headers"]["Idempotent-Replayed"] == "true"
    assert len(shop.made) == 1


@pytest.mark.parametrize(("thing_id", "wrong"), [("1", "thingId"), (THING_ID, "idempotencyKey")])
@pytest.mark.parametrize("event_of", [dict, bus_event])
def test_of_a_wrong_input_and_a_wrong_key_the_input_is_told(
    shop: Shop,
    event_of: Callable[[dict[str, str]], dict[str, Any]],
    thing_id: str,
    wrong: str,
) -> None:
    event = event_of({"thingId": thing_id, "idempotencyKey": "a b"})

    with pytest.raises(InputError, match=f"^{wrong}: "):
        making(Key.REQUIRED, shop)(event, Context())


@pytest.mark.parametrize(("thing_id", "wrong"), [("1", "thingId"), (THING_ID, "Idempotency-Key")])
def test_of_a_wrong_body_and_a_wrong_header_the_body_is_told(
    shop: Shop, thing_id: str, wrong: str
) -> None:
    event = http_event({"thingId": thing_id}, headers={"Idempotency-Key": "a b"})

    response = making(Key.REQUIRED, shop)(event, Context())

    assert response["statusCode"] == 400
    assert json.loads(response["body"])["detail"].startswith(f"{wrong}: ")


def test_a_wrong_key_is_nobody_s_trouble_where_none_is_needed(
    dynamodb: "DynamoDBClient", shop: Shop
) -> None:
    asked = {"thingId": THING_ID, "idempotencyKey": "a b"}

    assert read_thing(asked, Context())["thingId"] == THING_ID
    assert making(Key.REQUIRED, shop)({**asked, "dispatchId": "d-1"}, Context())


def test_an_input_s_own_key_comes_first(dynamodb: "DynamoDBClient", shop: Shop) -> None:
    handler = making(Key.REQUIRED, shop)
    asked = {"thingId": THING_ID, "dispatchId": "d-1"}

    handler(asked, Context())
    handler({**asked, "idempotencyKey": "k-1"}, Context())

    assert len(shop.made) == 1


def test_another_request_with_the_same_key_is_told(dynamodb: "DynamoDBClient", shop: Shop) -> None:
    handler = making(Key.REQUIRED, shop)
    headers = {"Idempotency-Key": "k-1"}
    handler(http_event({"thingId": THING_ID}, headers=headers), Context())

    response = handler(http_event({"thingId": THING_ID, "size": 2}, headers=headers), Context())

    assert response["statusCode"] == 422
    assert json.loads(response["body"])["code"] == "idempotency_key_reused"


def test_a_ledger_that_is_not_there_is_told(
    dynamodb: "DynamoDBClient", shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EFFECTS_TABLE_NAME", "no-such-table")
    event = http_event({"thingId": THING_ID}, headers={"Idempotency-Key": "k-1"})

    response = making(Key.HONOURED, shop)(event, Context())

    assert (response["statusCode"], json.loads(response["body"])["code"]) == (
        503,
        "ledger_unavailable",
    )
    assert shop.made == []


# ---- Faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        ValueError(canaries.MESSAGE),
        KeyError(canaries.MESSAGE),
        RecursionError(canaries.MESSAGE),
        httpx.HTTPError(canaries.MESSAGE),
        ExceptionGroup(canaries.MESSAGE, [ValueError(canaries.MESSAGE)]),
    ],
)
def test_a_fault_of_ours_is_told_without_its_words(fault: Exception, log_lines: LogLines) -> None:
    handler = failing(fault)

    response = handler(http_event({"thingId": THING_ID}), Context())
    with pytest.raises(UnexpectedError) as caught:
        handler({"thingId": THING_ID}, Context())

    assert response["statusCode"] == 500
    assert json.loads(response["body"])["code"] == "internal_error"
    assert canaries.MESSAGE not in response["body"]
    assert canaries.MESSAGE not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert canaries.MESSAGE not in json.dumps(log_lines())
    for line in log_lines():
        assert (line["level"], line["outcome"]) == ("WARNING", "internal_error")
        assert line["error"] == type(fault).__name__
        assert any("test_action.py" in each and each.endswith(" act") for each in line["at"])


def test_a_fault_of_ours_while_reading_is_told_and_logged_like_any_other(
    log_lines: LogLines,
) -> None:
    class Broken:
        def __str__(self) -> str:
            raise LookupError(canaries.MESSAGE)

    response = read_thing(http_event(raw=Broken()), Context())

    assert response["statusCode"] == 500
    [line] = log_lines()
    assert (line["outcome"], line["error"]) == ("internal_error", "LookupError")
    assert canaries.MESSAGE not in json.dumps([line, response])


def test_the_end_of_the_process_is_nobody_s_answer(log_lines: LogLines) -> None:
    with pytest.raises(KeyboardInterrupt):
        failing(KeyboardInterrupt())({"thingId": THING_ID}, Context())

    assert [line["outcome"] for line in log_lines()] == ["internal_error"]


@pytest.mark.parametrize("name", ["WIX_SITE_ID", "WIX_SECRET_ARN"])
def test_a_wrong_environment_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(SettingsError, match=name):
        read_thing({"thingId": THING_ID}, Context())


# ---- Log and metrics ------------------------------------------------------------------------


def test_one_log_line_says_what_was_done(log_lines: LogLines) -> None:
    @reading
    def handler(asked: Asked, wix: WixClient) -> Told:
        wix.traffic.exchanges.append(Exchange("things.get", 503, 120, "r-1"))
        wix.traffic.exchanges.append(Exchange("things.get", 200, 80, "r-2"))
        return Told(thing_id=asked.thing_id, size=1, note=canaries.MESSAGE)

    handler(http_event({"thingId": THING_ID}), Context())

    [line] = log_lines()
    assert isinstance(line.pop("milliseconds"), int)
    for name in ("timestamp", "location", "service"):
        line.pop(name)
    assert line == {
        "level": "INFO",
        "message": "test_action: done",
        "action": "test_action",
        "outcome": "done",
        "door": "http",
        "caller": {"trust": "verified", "name": ROLE},
        "requestId": "gateway-request-1",
        "invocationId": "lambda-request-1",
        "thingId": THING_ID,
        "wixMilliseconds": 200,
        "wixCalls": [
            {
                "operation": "things.get",
                "outcome": outcome,
                "milliseconds": milliseconds,
                "wixRequestId": request_id,
            }
            for outcome, milliseconds, request_id in ((503, 120, "r-1"), (200, 80, "r-2"))
        ],
    }


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (RefusedError("Look first"), "not_possible_now"),
        (WixStateError("Look first"), "wix_forbids"),
        (RefusedError("Look first", code="exceeds_refundable"), "exceeds_refundable"),
        (SecretMissingError("Look first"), "credential_unusable"),
    ],
)
def test_a_failure_is_logged_with_its_code(
    failure: Exception, outcome: str, log_lines: LogLines
) -> None:
    with pytest.raises(type(failure)):
        failing(failure)({"thingId": THING_ID}, Context())

    [line] = log_lines()
    assert (line["level"], line["outcome"]) == ("WARNING", outcome)
    assert (line["error"], line["detail"]) == (type(failure).__name__, "Look first")
    assert (line["door"], line["thingId"]) == ("direct", THING_ID)
    assert line["requestId"] == "lambda-request-1"


def test_a_request_that_cannot_be_read_is_logged_like_any_other(log_lines: LogLines) -> None:
    read_thing(http_event(raw="{"), Context())
    read_thing(queue_event("{", json.dumps({"thingId": "?"})), Context())

    assert [(line["door"], line["outcome"]) for line in log_lines()] == [
        ("http", "invalid_input"),
        ("event", "invalid_input"),
        ("event", "invalid_input"),
    ]


def test_a_replay_is_logged_as_one(
    dynamodb: "DynamoDBClient", shop: Shop, log_lines: LogLines
) -> None:
    handler = making(Key.REQUIRED, shop)
    for _ in range(2):
        handler({"thingId": THING_ID, "idempotencyKey": "secret-key"}, Context())

    assert [line["outcome"] for line in log_lines()] == ["done", "replayed"]
    assert "secret-key" not in json.dumps(log_lines())


def test_each_action_is_counted_and_timed(capsys: pytest.CaptureFixture[str]) -> None:
    @reading
    def handler(asked: Asked, wix: WixClient) -> Told:
        if asked.size > 1:
            raise RefusedError("no")
        wix.traffic.exchanges.append(Exchange("things.get", 200, 80, "r-1"))
        return Told(thing_id=asked.thing_id, size=asked.size)

    handler({"thingId": THING_ID}, Context())
    handler(http_event({"thingId": THING_ID, "size": 2}), Context())

    done, refused = metrics_in(capsys.readouterr().out)
    [described] = done["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "WixAdmin"
    assert set(described["Dimensions"][0]) >= {"action", "outcome"}
    assert {each["Name"]: each["Unit"] for each in described["Metrics"]} == {
        "Actions": "Count",
        "Duration": "Milliseconds",
        "WixCalls": "Count",
        "WixDuration": "Milliseconds",
    }
    assert (done["action"], done["outcome"]) == ("test_action", "done")
    assert (done["Actions"], done["WixCalls"], done["WixDuration"]) == ([1.0], [1.0], [80.0])
    assert (refused["outcome"], refused["WixCalls"]) == ("not_possible_now", [0.0])


def test_what_the_auth_layer_does_is_counted_with_the_action(
    capsys: pytest.CaptureFixture[str],
) -> None:
    count_auth_event("token_exchanged")
    read_thing({"thingId": THING_ID}, Context())
    read_thing({"thingId": THING_ID}, Context())

    first, second = metrics_in(capsys.readouterr().out)
    assert first["Auth.token_exchanged"] == [1.0]
    assert "Auth.token_exchanged" not in second


def test_what_was_done_is_answered_even_if_it_cannot_be_counted(
    monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    def fail(**_: object) -> None:
        raise ValueError(canaries.MESSAGE)

    with monkeypatch.context() as patch:
        patch.setattr(telemetry.metrics, "flush_metrics", fail)
        first = read_thing({"thingId": THING_ID}, Context())
    second = read_thing({"thingId": THING_ID}, Context())

    assert first == second
    assert [line["level"] for line in log_lines()] == ["INFO", "ERROR", "INFO"]


def test_a_process_makes_its_clients_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIX_API_URL", "https://wix.test/")

    assert process.wix_http() is process.wix_http()
    assert process.wix_http().base_url == "https://wix.test"
    assert check_before_sending in process.wix_http().event_hooks["request"]
    assert not process.wix_http().follow_redirects
    assert process.effects_table() is process.effects_table()


def test_an_error_class_is_known_by_its_name() -> None:
    """Retries and dead letters of Step Functions and the like go by the class's name."""
    with pytest.raises(AdminError) as caught:
        failing(WixStateError("no"))({"thingId": THING_ID}, Context())

    assert type(caught.value).__name__ == "WixStateError"
