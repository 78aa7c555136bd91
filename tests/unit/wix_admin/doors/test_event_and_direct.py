"""Events, queue messages and direct invocations."""

import json
import time
from typing import Any

import pytest

from tests.unit.wix_admin.builders import Context, Performer, bus_event, queue_event
from wix_admin.doors import direct, event
from wix_admin.doors.call import Call, Caller, Done, Perform
from wix_admin.errors import InputError, StillRunningError, UnfinishedError, WixUnavailableError
from wix_auth import TokenUnavailableError


def served(given: dict[str, Any], perform: Perform) -> Any:
    return event.serve(given, Context(), perform, "fulfill_order")


def failed(*numbers: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": f"m-{number}"} for number in numbers]}


# ---- Events ---------------------------------------------------------------------------------


def test_the_input_of_an_event_is_its_detail() -> None:
    perform = Performer({"ok": True})

    answer = served(bus_event({"id": "1", "idempotencyKey": "k-1"}), perform)

    assert answer == {"ok": True}
    assert (perform.inputs, perform.keys) == ([{"id": "1"}], ["k-1"])
    [call] = perform.calls
    assert call.door == "event"
    assert call.caller == Caller("asserted", "warehouse/Shipment Dispatched")
    assert call.request_id == "lambda-request-1"
    assert call.deadline == pytest.approx(time.time() + 28, abs=0.1)


@pytest.mark.parametrize("detail", [None, "text", [], 1, {"a": float("inf")}, {"a": "\ud800"}])
def test_a_detail_that_is_no_object_is_refused(detail: object) -> None:
    with pytest.raises(InputError, match=r"^Send the event's detail as "):
        served(bus_event(detail), Performer())


@pytest.mark.parametrize("key", ["", " ", 5, [], "a b", "k" * 256])
def test_a_key_that_cannot_be_used_is_refused(key: object) -> None:
    with pytest.raises(InputError, match=r"^idempotencyKey: "):
        served(bus_event({"idempotencyKey": key}), Performer())


@pytest.mark.parametrize("failure", [WixUnavailableError("x"), TokenUnavailableError("x")])
def test_a_failed_event_is_raised(failure: Exception) -> None:
    with pytest.raises(type(failure)):
        served(bus_event({}), Performer(failure=failure))


def test_an_event_that_is_done_in_part_is_raised_to_come_again() -> None:
    with pytest.raises(UnfinishedError):
        served(bus_event({}), Performer({"complete": False}))

    assert served(bus_event({}), Performer({"complete": True})) == {"complete": True}


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
    perform = Performer()

    served(bus_event({}, **changed), perform)

    assert [call.caller.name for call in perform.calls] == [name]


# ---- Queues ---------------------------------------------------------------------------------


def test_a_message_is_an_event_or_the_input_itself() -> None:
    perform = Performer()
    batch = queue_event(
        json.dumps(bus_event({"id": "1", "idempotencyKey": "k-1"})),
        json.dumps({"id": "2", "idempotencyKey": "k-2"}),
    )

    assert served(batch, perform) == failed()
    assert perform.inputs == [{"id": "1"}, {"id": "2"}]
    assert perform.keys == ["k-1", "k-2"]
    assert [call.caller.name for call in perform.calls] == [
        "warehouse/Shipment Dispatched",
        "queue",
    ]


def test_only_the_failed_messages_go_back() -> None:
    def perform(call: Call) -> Done:
        if call.input()["fails"]:
            raise StillRunningError("x")
        return Done({}, replayed=False)

    batch = queue_event(*(json.dumps({"fails": fails}) for fails in (False, True, False, True)))

    assert served(batch, perform) == failed(1, 3)


@pytest.mark.parametrize("failure", [WixUnavailableError("x"), RuntimeError("x")])
def test_a_batch_of_failures_goes_back_whole_and_nothing_is_raised(failure: Exception) -> None:
    batch = queue_event("{}", "{}")

    assert served(batch, Performer(failure=failure)) == failed(0, 1)


def test_batches_do_not_know_of_each_other() -> None:
    assert served(queue_event("{}"), Performer(failure=InputError("x"))) == failed(0)
    assert served(queue_event("{}"), Performer()) == failed()


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "text", '"text"', '{"a": NaN}', '{"a": "\\ud800"}', "[" * 100_000],
)
def test_a_message_that_cannot_be_read_fails_in_the_action_where_it_is_counted(body: str) -> None:
    perform = Performer()

    assert served(queue_event(body, "{}"), perform) == failed(0)
    assert len(perform.calls) == 2


@pytest.mark.parametrize(
    ("given", "is_it"),
    [
        (bus_event({}), True),
        (queue_event("{}"), True),
        ({"Records": []}, False),
        ({"Records": None}, False),
        ({"Records": [{"eventSource": "aws:s3"}]}, False),
        ({"Records": [{"eventSource": "aws:sqs"}, 1]}, False),
        ({"detail": {}}, False),
        ({}, False),
    ],
)
def test_an_event_is_told_from_an_input(given: dict[str, Any], *, is_it: bool) -> None:
    assert event.is_event(given) is is_it


# ---- Direct ---------------------------------------------------------------------------------


def test_the_input_of_a_direct_call_is_the_event() -> None:
    perform = Performer({"ok": True})

    assert direct.serve({"id": "1", "idempotencyKey": '"k-1"'}, Context(), perform) == {"ok": True}
    assert (perform.inputs, perform.keys) == ([{"id": "1"}], ["k-1"])
    assert perform.calls[0].caller == Caller("unknown", "invoker")
    assert perform.calls[0].door == "direct"


@pytest.mark.parametrize("key", [{}, {"idempotencyKey": None}])
def test_a_direct_call_may_have_no_key(key: dict[str, object]) -> None:
    perform = Performer()

    direct.serve({"id": "1", **key}, Context(), perform)

    assert perform.keys == [None]


@pytest.mark.parametrize("given", [None, [], "text", 5, True, {"a": float("nan")}])
def test_anything_but_an_object_is_refused(given: object) -> None:
    with pytest.raises(InputError, match=r"^Send the event as "):
        direct.serve(given, Context(), Performer())


def test_a_failure_is_raised_as_its_class() -> None:
    with pytest.raises(StillRunningError):
        direct.serve({}, Context(), Performer(failure=StillRunningError("x")))
