"""What Wix's answers mean."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests import canaries
from tests.unit.wix_admin.builders import READ, WRITE, unnamed
from wix_admin.errors import (
    AdminError,
    OutcomeUnknownError,
    Violation,
    WixConflictError,
    WixError,
    WixNotFoundError,
    WixPermissionError,
    WixRequestError,
    WixSetupError,
    WixStateError,
    WixUnavailableError,
    WixViolation,
)
from wix_admin.models import WixEntity
from wix_admin.problems import KINDS
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import error_for, json_in, located, read_as, refuses_token

WORDS = f"{canaries.FIRST_NAME} of {canaries.STREET} wrote {canaries.MESSAGE}"


def error_of(status: int, body: object, operation: Operation = READ) -> WixError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"x-wix-request-id": "r-1"}
    return error_for(httpx.Response(status, content=content, headers=headers), operation)


def application(code: object) -> dict[str, Any]:
    details = {"applicationError": {"code": code, "description": WORDS, "data": {"name": WORDS}}}
    return {"message": WORDS, "details": details}


def validation(*violations: object) -> dict[str, Any]:
    return {"message": WORDS, "details": {"validationError": {"fieldViolations": violations}}}


def system(code: object) -> dict[str, Any]:
    return {"message": WORDS, "details": {"systemError": {"errorCode": code}}}


NOTHING: dict[str, Any] = {}
HTML = f"<html>{WORDS}</html>".encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        # By status alone.
        (307, b"", WixUnavailableError, "wix_unavailable"),
        (400, NOTHING, WixRequestError, "wix_refused"),
        (401, NOTHING, WixPermissionError, "wix_permission_missing"),
        (403, b"", WixPermissionError, "wix_permission_missing"),
        (404, HTML, WixNotFoundError, "not_found"),
        (405, NOTHING, WixRequestError, "wix_refused"),
        (408, NOTHING, WixUnavailableError, "wix_unavailable"),
        (409, NOTHING, WixConflictError, "conflict"),
        (413, HTML, WixRequestError, "wix_refused"),
        (425, NOTHING, WixUnavailableError, "wix_busy"),
        (428, NOTHING, WixStateError, "wix_forbids"),
        (429, HTML, WixUnavailableError, "wix_busy"),
        (499, NOTHING, WixUnavailableError, "wix_unavailable"),
        (500, {"message": "", "details": {}}, WixUnavailableError, "wix_unavailable"),
        (501, NOTHING, WixRequestError, "wix_refused"),
        (502, HTML, WixUnavailableError, "wix_unavailable"),
        (503, b"", WixUnavailableError, "wix_unavailable"),
        (504, b"", WixUnavailableError, "wix_unavailable"),
        # An application's own code.
        (400, application("BAD_THING"), WixRequestError, "wix_refused"),
        (400, application("THING_REVISION_MISMATCH"), WixConflictError, "conflict"),
        (400, application("CONTACT_ALREADY_CHANGED"), WixConflictError, "conflict"),
        (428, application("INVALID_REVISION"), WixConflictError, "conflict"),
        (400, application("MEMBER_ALREADY_EXISTS"), WixConflictError, "conflict"),
        (403, application("PERMISSION_DENIED"), WixPermissionError, "wix_permission_missing"),
        (403, application("UNAUTHENTICATED"), WixPermissionError, "wix_permission_missing"),
        (403, application("NO_PERMISSION_TO_READ_MERCHANT_DATA"), WixPermissionError,
         "wix_permission_missing"),
        (403, application("NO_PERMISSIONS"), WixPermissionError, "wix_permission_missing"),
        (400, application("NO_PERMISSION_SLIP"), WixRequestError, "wix_refused"),
        (403, application("MEMBER_IS_OWNER"), WixStateError, "wix_forbids"),
        (400, application("MISSING_METASITE_ID"), WixPermissionError, "wrong_site"),
        (403, application("WDE0117"), WixPermissionError, "wrong_site"),
        (400, application("OWNER_MEMBER_BLOCK_FORBIDDEN"), WixStateError, "wix_forbids"),
        (400, validation({"ruleName": "OWNER_MEMBER_DELETE_FORBIDDEN"}), WixStateError,
         "wix_forbids"),
        (404, application("BOOKING_NOT_FOUND"), WixNotFoundError, "not_found"),
        (428, application("ORDER_CANCELED"), WixStateError, "wix_forbids"),
        (429, application("FEATURE_LIMIT_EXCEEDED"), WixStateError, "wix_forbids"),
        (429, application("PRODUCTS_LIMIT_EXCEEDED"), WixStateError, "wix_forbids"),
        (428, application("PRODUCTS_LIMIT_EXCEEDED"), WixStateError, "wix_forbids"),
        (429, application("RESOURCE_EXHAUSTED"), WixUnavailableError, "wix_busy"),
        (429, application("RATE_LIMIT"), WixUnavailableError, "wix_busy"),
        (429, application("MEMBER_ALREADY_EXISTS"), WixUnavailableError, "wix_busy"),
        (429, validation({"ruleName": "TOO_MANY"}), WixUnavailableError, "wix_busy"),
        (425, application("FEATURE_LIMIT_EXCEEDED"), WixUnavailableError, "wix_busy"),
        (408, application("MEMBER_ALREADY_EXISTS"), WixUnavailableError, "wix_unavailable"),
        (500, application("OOPS"), WixUnavailableError, "wix_unavailable"),
        (503, application("ORDER_REVISION_MISMATCH"), WixUnavailableError, "wix_unavailable"),
        (500, application("REQUIRED_APP_NOT_INSTALLED"), WixUnavailableError, "wix_unavailable"),
        # What the site lacks, a policy, a time that is taken.
        (428, application("REQUIRED_APP_NOT_INSTALLED"), WixSetupError, "app_missing"),
        (428, application("CATALOG_V1_SITE_CALLING_CATALOG_V3_API"), WixSetupError,
         "wrong_catalog"),
        (428, application("CATALOG_V3_CALLING_CATALOG_V1_API"), WixSetupError,
         "wrong_catalog"),
        (428, application("CATALOG_V3_SITE_CALLING_CATALOG_V1_API"), WixSetupError,
         "wrong_catalog"),
        (428, application("CATALOG_V3_SITE_PROVISIONING"), WixUnavailableError, "catalog_moving"),
        (403, application("BOOKING_POLICY_VIOLATION"), WixStateError, "policy_forbids"),
        (403, application("UNAUTHORIZED_OPERATION"), WixPermissionError, "wix_permission_missing"),
        (428, application("SLOT_NOT_AVAILABLE"), WixStateError, "slot_taken"),
        # Fields that do not pass, and the rule they break.
        (400, validation({"field": "a"}), WixRequestError, "wix_refused"),
        (403, validation({}, {"ruleName": "NO_OWNER"}), WixStateError, "wix_forbids"),
        # A system error.
        (500, system("TIMEOUT"), WixUnavailableError, "wix_unavailable"),
        (403, system("PERMISSION_DENIED"), WixPermissionError, "wix_permission_missing"),
        (429, system("RESOURCE_EXHAUSTED"), WixUnavailableError, "wix_busy"),
        (429, system("FEATURE_LIMIT_EXCEEDED"), WixUnavailableError, "wix_busy"),
        (503, system("REVISION_MISMATCH"), WixUnavailableError, "wix_unavailable"),
        (400, system("REQUIRED_APP_NOT_INSTALLED"), WixRequestError, "wix_refused"),
        # RFC 6749.
        (400, {"error": "invalid_request", "error_description": WORDS}, WixRequestError,
         "wix_refused"),
        (401, {"error": "invalid_token"}, WixPermissionError, "wix_permission_missing"),
    ],
    ids=unnamed,
)  # fmt: skip
def test_a_failed_reply_means_one_remedy(
    status: int, body: object, kind: type[WixError], code: str
) -> None:
    error = error_of(status, body)

    assert (type(error), error.code) == (kind, code)
    assert error.code in KINDS
    assert error.wix_request_id == "r-1"
    assert str(error).startswith(f"things.get: Wix answered {status}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        HTML,
        b"[" * 100_000,
        b'{"details":' + b'{"a":' * 90_000,
        b"1" * 5_000,
        b"\xff\xfe",
        [],
        "text",
        {"details": None},
        {"details": "text"},
        {"details": {"applicationError": "text"}},
        {"details": {"validationError": []}},
        {"details": {"validationError": {}}},
        *(
            {"details": {"validationError": {"fieldViolations": value}}}
            for value in (5, True, "text", {"a": 1}, [1, "text", None, []])
        ),
    ],
    ids=unnamed,
)
def test_a_body_that_says_nothing_leaves_it_to_the_status(body: object) -> None:
    error = error_of(400, body)

    assert (type(error), error.wix_code, error.violations) == (WixRequestError, None, ())


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("BAD_THING", "BAD_THING"),
        ("lower-case", "lower-case"),
        ("-24901", "-24901"),
        (24901, "24901"),
        ("X" * 80, "X" * 80),
        ("X" * 81, None),
        ("", None),
        (None, None),
        ({"a": 1}, None),
        (WORDS, None),
        (canaries.PHONE, None),
        (f"ada@{canaries.EMAIL_DOMAIN}", None),
        ("Müller", None),
        ("CODE\n", None),
    ],
    ids=unnamed,
)
def test_only_what_looks_like_a_code_is_taken_for_one(said: object, read: str | None) -> None:
    for body in (application(said), system(said), validation({"ruleName": said})):
        assert error_of(400, body).wix_code == read


@pytest.mark.parametrize("status", [302, 408, 499, 500, 502, 503, 504])
def test_a_write_that_wix_may_have_made_is_an_unknown_outcome(status: int) -> None:
    error = error_of(status, NOTHING, WRITE)

    assert type(error) is OutcomeUnknownError
    assert error.code == "outcome_unknown"


BODIES = [application("BAD_THING"), system("OOPS"), {"message": WORDS, "details": {}}, HTML]


@pytest.mark.parametrize("body", BODIES, ids=unnamed)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 428, 429, 500])
def test_the_words_of_wix_are_in_no_error(status: int, body: object) -> None:
    error = error_of(status, body)

    assert not any(mark in str(error) for mark in canaries.MARKS)


@pytest.mark.parametrize("body", BODIES[:-1], ids=unnamed)
@pytest.mark.parametrize(
    ("status", "told"), [(400, True), (404, False), (409, True), (428, True), (500, False)]
)
def test_the_words_of_wix_are_told_of_what_it_refused_and_knows_more_of(
    status: int, body: object, *, told: bool
) -> None:
    error = error_of(status, body)

    words = (WixViolation("", f"Wix says: {WORDS}"),)
    assert error.violations == (words if told else ())


def test_the_words_of_wix_are_in_violations_only() -> None:
    email = f"ada@{canaries.EMAIL_DOMAIN}"
    body = validation(
        {"field": "member.loginEmail", "description": WORDS, "violatedRule": "FORMAT"},
        {"field": email, "violatedRule": "REQUIRED_FIELD"},
        {"field": None, "description": "x\n" * 1_000},
        {"field": ["?"], "description": {"?": 1}},
        {},
    )

    error = error_of(400, body)

    assert not any(mark in str(error) for mark in canaries.MARKS)
    assert error.violations == (
        WixViolation("", f"Wix says: member.loginEmail: {WORDS}", path="member.loginEmail"),
        WixViolation("", f"Wix says: {email}: REQUIRED_FIELD", path=email),
        WixViolation("", "Wix says: " + "x " * 150),
    )


@pytest.mark.parametrize(
    ("path", "given", "place"),
    [
        ("query.filter", {"filter": {}}, "/filter"),
        ("query.filter.status", {"filter": {"status": "?"}}, "/filter/status"),
        ("query.filter.status", {"filter": {}}, ""),
        ("search.paging.limit", {"limit": 7}, "/limit"),
        ("order.buyerInfo.email", {"buyerInfo": {"email": "?"}}, "/buyerInfo/email"),
        ("order.buyerInfo.email", {"email": "?", "buyerInfo": {"email": "?"}}, "/buyerInfo/email"),
        ("fields[0]", {"fields": ["?"]}, "/fields/0"),
        ("fields[1]", {"fields": ["?"]}, ""),
        ("lines.0.quantity", {"lines": [{"quantity": 0}]}, "/lines/0/quantity"),
        ("order.lines[0]", {"lines": {"0": 1}}, "/lines/0"),
        ("a/b", {"a/b": 1}, "/a~1b"),
        ("member.loginEmail", {}, ""),
        ("", {"": 1}, ""),
        ("[]..", {}, ""),
    ],
)
def test_what_wix_says_is_told_of_the_place_in_the_caller_s_input(
    path: str, given: dict[str, Any], place: str
) -> None:
    ours, theirs = Violation("/a", "b"), WixViolation("", "Wix says: no", path=path)

    assert located([ours, theirs], given) == (ours, replace(theirs, field=place))


def test_a_failed_reply_knows_whether_it_is_about_a_change() -> None:
    assert error_of(400, NOTHING, replace(READ, reads=True)).of_read
    assert not error_of(400, NOTHING, WRITE).of_read


def test_a_missing_permission_is_named() -> None:
    assert "THINGS.READ" in str(error_of(403, NOTHING))
    assert "THINGS.MAKE" in str(error_of(401, NOTHING, WRITE))
    assert "THINGS.READ" in str(error_of(403, application("NO_PERMISSION_TO_SAY"), READ))


def test_all_permissions_are_named_that_a_call_needs() -> None:
    both = replace(WRITE, permission="THINGS.MAKE and THINGS.STORE")

    text = str(error_of(403, application("PERMISSION_DENIED"), both))

    assert "the permissions THINGS.MAKE and THINGS.STORE" in text


@pytest.mark.parametrize(
    ("code", "permission"),
    [
        ("NO_PERMISSION_TO_READ_MERCHANT_DATA", "WIX_STORES.PRODUCT_MERCHANT_DATA_READ"),
        ("NO_PERMISSION_TO_INCLUDE_NOT_VISIBLE_PRODUCTS", "WIX_STORES.PRODUCT_READ_NON_VISIBLE"),
    ],
)
def test_a_permission_that_only_a_part_of_a_call_needs_is_named_by_itself(
    code: str, permission: str
) -> None:
    text = str(error_of(403, application(code)))

    assert permission in text
    assert "THINGS.READ" not in text


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"", {}),
        (b" \r\n", {}),
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[1]", None),
        (b"1", None),
        (b"null", None),
        (b"{", None),
        (b"{'a': 1}", None),
        (b'{"a": "\xff"}', None),
        (b"[" * 100_000, None),
    ],
)
def test_a_body_is_an_object_or_nothing_or_not_understood(content: bytes, read: object) -> None:
    assert json_in(httpx.Response(200, content=content)) == read


class Thing(WixEntity):
    """Something with a number."""

    id: str
    size: int = 0


def test_a_part_of_an_answer_is_read_as_a_model() -> None:
    assert read_as(Thing, {"id": "1", "isNew": True}, READ).size == 0


@pytest.mark.parametrize("answer", [None, [], "text", {}, {"id": "1", "size": WORDS}], ids=unnamed)
@pytest.mark.parametrize(
    ("operation", "kind"), [(READ, WixUnavailableError), (WRITE, OutcomeUnknownError)]
)
def test_a_part_that_cannot_be_read_is_named_and_not_quoted(
    answer: object, operation: Operation, kind: type[AdminError]
) -> None:
    with pytest.raises(kind) as caught:
        read_as(Thing, answer, operation)

    assert WORDS not in str(caught.value)
    assert caught.value.__cause__ is None
    assert not isinstance(answer, dict) or not answer or "(size)" in str(caught.value)


def refuses(status: int, body: object) -> bool:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refuses_token(httpx.Response(status, content=iter([content])))


@pytest.mark.parametrize("code", ["WDE0117", "MISSING_METASITE_ID"])
@pytest.mark.parametrize("status", [400, 428])
def test_a_code_that_dead_tokens_get_may_be_due_to_the_token(status: int, code: str) -> None:
    assert refuses(status, application(code))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, application("WDE0110")),
        (428, application("ORDER_IS_CANCELED")),
        (428, application(None)),
        (403, application("WDE0117")),
        (200, application("WDE0117")),
        (400, validation({"field": "WDE0117"})),
        (400, NOTHING),
        (400, b""),
        (428, HTML),
    ],
)
def test_any_other_answer_is_not_due_to_the_token(status: int, body: object) -> None:
    assert not refuses(status, body)


@pytest.mark.parametrize("status", [200, 401, 403, 404, 429, 503])
def test_an_answer_that_tells_nothing_of_the_token_is_left_unread(status: int) -> None:
    response = httpx.Response(status, content=iter([b"{}"]))

    refuses_token(response)

    assert not response.is_stream_consumed


def test_a_name_that_somebody_made_up_is_not_quoted_either() -> None:
    class Named(WixEntity):
        own_fields: dict[str, Thing]

    with pytest.raises(WixUnavailableError) as caught:
        read_as(Named, {"ownFields": {WORDS: {}}}, READ)

    assert str(caught.value) == "things.get: cannot read Wix's answer (ownFields.*.id)"


@pytest.mark.parametrize(
    ("operation", "kind"), [(READ, WixUnavailableError), (WRITE, OutcomeUnknownError)]
)
def test_an_answer_that_says_nothing_is_not_read_as_if_nothing_was_there(
    operation: Operation, kind: type[AdminError]
) -> None:
    class Things(WixEntity):
        things: list[Thing] | None = None
        paging: dict[str, Any] | None = None

    with pytest.raises(kind):
        read_as(Things, {}, operation)
    assert read_as(Things, {"paging": {}}, operation).things is None
