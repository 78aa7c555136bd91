"""Events, queue messages and direct invocations."""

import json
import time
from typing import Any

import pytest

from tests.unit.wix_admin.builders import Context, bus_event, queue_event
from wix_admin.doors import direct, event
from wix_admin.doors.batch import is_batch
from wix_admin.doors.call import Call, Caller, Done, part_of
from wix_admin.errors import (
    AdminError,
    InputError,
    StillRunningError,
    UnfinishedError,
    WixUnavailableError,
)
from wix_auth import TokenUnavailableError, WixAuthError
from wix_webhooks.strict_json import MAX_DEPTH, is_publishable


def read(given: dict[str, Any]) -> Call:
    return event.read(given, Context())


def done(**answer: object) -> Done:
    return Done(answer, replayed=False)


# ---- Events ---------------------------------------------------------------------------------


def test_the_input_of_an_event_is_its_detail() -> None:
    call = read(bus_event({"id": "1", "idempotencyKey": "k-1"}))

    assert (call.input, call.key) == ({"id": "1"}, "k-1")
    assert call.door == "event"
    assert call.caller == Caller("asserted", "warehouse/Shipment Dispatched")
    assert call.request_id == "lambda-request-1"
    assert call.deadline == pytest.approx(time.time() + 28, abs=0.1)


@pytest.mark.parametrize("detail", [None, "text", [], 1, {"a": float("inf")}, {"a": "\ud800"}])
def test_a_detail_that_is_no_object_is_refused(detail: object) -> None:
    with pytest.raises(InputError, match=r"^Send the event's detail as "):
        part_of(read(bus_event(detail)).input)


@pytest.mark.parametrize("key", ["", " ", 5, [], "a b", "k" * 256])
def test_a_key_that_cannot_be_used_is_refused(key: object) -> None:
    with pytest.raises(InputError, match=r"^idempotencyKey: "):
        part_of(read(bus_event({"idempotencyKey": key})).key)


def test_whatever_the_webhook_layer_publishes_can_be_read() -> None:
    deepest: dict[str, Any] = {}
    for _ in range(MAX_DEPTH - 1):
        deepest = {"a": deepest}

    assert is_publishable(deepest)
    assert not is_publishable({"a": deepest})
    assert read(bus_event(deepest)).input == deepest


@pytest.mark.parametrize("failure", [WixUnavailableError("x"), TokenUnavailableError("x")])
def test_a_failed_event_is_raised(failure: AdminError | WixAuthError) -> None:
    with pytest.raises(type(failure)):
        event.answer(failure)


def test_an_event_that_is_done_in_part_is_raised_to_come_again() -> None:
    with pytest.raises(UnfinishedError):
        event.answer(done(complete=False))

    assert event.answer(done(complete=True)) == {"complete": True}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"source": "my.app-2", "detail-type": "Thing_1 Made"}, "my.app-2/Thing_1 Made"),
        ({"source": None, "detail-type": None}, "None/None"),
        ({"source": "ada@example.com"}, "event"),
        ({"detail-type": "<b>"}, "event"),
        ({"source": "two\nlines"}, "event"),
        ({"source": "x" * 500}, "event"),
        ({"source": {"a": "b"}}, "event"),
    ],
)
def test_an_event_is_named_by_what_looks_like_a_name(changed: dict[str, Any], name: str) -> None:
    assert read(bus_event({}, **changed)).caller.name == name


@pytest.mark.parametrize(
    ("given", "is_it"),
    [
        (bus_event({}), True),
        ({"detail": {}}, False),
        ({}, False),
        (None, False),
        ("detail-type", False),
    ],
)
def test_an_event_is_told_from_an_input(given: object, *, is_it: bool) -> None:
    assert event.is_event(given) is is_it


# ---- Queues ---------------------------------------------------------------------------------


def test_a_message_is_an_event_or_the_input_itself() -> None:
    wrapped = json.dumps(bus_event({"id": "1", "idempotencyKey": "k-1"}))
    bare = json.dumps({"id": "2", "idempotencyKey": "k-2"})

    first, second = (event.read_message(body, Context()) for body in (wrapped, bare))

    assert (first.input, first.key) == ({"id": "1"}, "k-1")
    assert (second.input, second.key) == ({"id": "2"}, "k-2")
    assert first.caller == Caller("asserted", "warehouse/Shipment Dispatched")
    assert second.caller == Caller("asserted", "queue")


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "text", '"text"', '{"a": NaN}', '{"a": "\\ud800"}', "[" * 100_000],
)
def test_a_message_that_cannot_be_read_is_a_call_all_the_same(body: str) -> None:
    call = event.read_message(body, Context())

    with pytest.raises(InputError, match=r"^Send the message as "):
        part_of(call.input)


@pytest.mark.parametrize(
    ("given", "is_it"),
    [
        (queue_event("{}"), True),
        ({"Records": []}, False),
        ({"Records": None}, False),
        ({"Records": [{"eventSource": "aws:s3"}]}, False),
        ({"Records": [{"eventSource": "aws:sqs"}, 1]}, False),
        ({}, False),
        (None, False),
        ("Records", False),
    ],
)
def test_a_batch_is_told_from_an_input(given: object, *, is_it: bool) -> None:
    assert is_batch(given) is is_it


# ---- Direct ---------------------------------------------------------------------------------


def test_the_input_of_a_direct_call_is_the_event() -> None:
    call = direct.read({"id": "1", "idempotencyKey": '"k-1"'}, Context())

    assert (call.input, call.key) == ({"id": "1"}, "k-1")
    assert (call.caller, call.door) == (Caller("unknown", "invoker"), "direct")


@pytest.mark.parametrize("key", [{}, {"idempotencyKey": None}])
def test_a_direct_call_may_have_no_key(key: dict[str, object]) -> None:
    assert direct.read({"id": "1", **key}, Context()).key is None


@pytest.mark.parametrize("given", [None, [], "text", 5, True, {"a": float("nan")}])
def test_anything_but_an_object_is_refused(given: object) -> None:
    with pytest.raises(InputError, match=r"^Send the event as "):
        part_of(direct.read(given, Context()).input)


def test_a_direct_call_is_answered_with_what_was_done_even_in_part() -> None:
    assert direct.answer(done(ok=True)) == {"ok": True}
    assert direct.answer(done(complete=False)) == {"complete": False}


def test_a_failure_is_raised_as_its_class() -> None:
    with pytest.raises(StillRunningError):
        direct.answer(StillRunningError("x"))
