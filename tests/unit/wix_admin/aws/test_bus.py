"""Our event bus, as EventBridge answers."""

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ConnectTimeoutError, ReadTimeoutError
from botocore.stub import ANY, Stubber

from tests import canaries
from wix_admin import process
from wix_admin.aws.bus import MAX_ENTRY_BYTES, EventBus
from wix_admin.errors import BusUnavailableError, SettingsError, UnpublishableError

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient

DETAIL = {"id": "e-1"}


@pytest.fixture(scope="module")
def client() -> "EventBridgeClient":
    return boto3.client("events", region_name="us-east-1")


@pytest.fixture
def eventbridge(client: "EventBridgeClient") -> Iterator[Stubber]:
    """EventBridge, which answers as it was told."""
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def bus(client: "EventBridgeClient") -> EventBus:
    return EventBus("our-bus", client)


def reply(**entry: str) -> dict[str, Any]:
    return {"FailedEntryCount": int("ErrorCode" in entry), "Entries": [entry]}


def test_an_event_goes_to_our_bus_under_its_type(bus: EventBus, eventbridge: Stubber) -> None:
    entry = {
        "EventBusName": "our-bus",
        "Source": "wix",
        "DetailType": "wix.ecom.v1.order_approved",
        "Detail": '{"id":"e-1","name":"Zoë"}',
    }
    eventbridge.add_response("put_events", reply(EventId="b-1"), {"Entries": [entry]})

    bus.publish("wix", "wix.ecom.v1.order_approved", {"id": "e-1", "name": "Zoë"})

    eventbridge.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["InternalFailure", "ThrottlingException"])
def test_an_entry_that_was_not_taken_is_to_be_sent_again(
    bus: EventBus, eventbridge: Stubber, code: str
) -> None:
    eventbridge.add_response("put_events", reply(ErrorCode=code, ErrorMessage=canaries.MESSAGE))

    with pytest.raises(BusUnavailableError, match=code) as caught:
        bus.publish("wix", "a.type", DETAIL)

    assert canaries.MESSAGE not in str(caught.value)


@pytest.mark.parametrize("code", ["InternalFailure", "AccessDenied", "ResourceNotFoundException"])
def test_a_bus_that_refuses_to_answer_is_to_be_asked_again(
    bus: EventBus, eventbridge: Stubber, code: str
) -> None:
    eventbridge.add_client_error("put_events", code, canaries.MESSAGE)

    with pytest.raises(BusUnavailableError, match=code) as caught:
        bus.publish("wix", "a.type", DETAIL)

    assert canaries.MESSAGE not in str(caught.value)


@pytest.mark.parametrize(
    "trouble",
    [ConnectTimeoutError(endpoint_url="here"), ReadTimeoutError(endpoint_url="here")],
)
def test_a_bus_that_does_not_answer_is_to_be_asked_again(
    bus: EventBus, client: "EventBridgeClient", trouble: BotoCoreError
) -> None:
    def fail(**_: object) -> None:
        raise trouble

    client.meta.events.register_first("before-call.events.PutEvents", fail, unique_id="fail")
    try:
        with pytest.raises(BusUnavailableError, match=type(trouble).__name__):
            bus.publish("wix", "a.type", DETAIL)
    finally:
        client.meta.events.unregister("before-call.events.PutEvents", unique_id="fail")


@pytest.mark.parametrize("how", ["request", "entry"])
@pytest.mark.parametrize("code", ["ValidationException", "MalformedDetail", "InvalidArgument"])
def test_what_eventbridge_would_refuse_again_is_not_sent_again(
    bus: EventBus, eventbridge: Stubber, how: Literal["request", "entry"], code: str
) -> None:
    if how == "request":
        eventbridge.add_client_error("put_events", code)
    else:
        eventbridge.add_response("put_events", reply(ErrorCode=code))

    with pytest.raises(UnpublishableError, match=code):
        bus.publish("wix", "a.type", DETAIL)


@pytest.mark.parametrize(
    ("event_type", "detail"),
    [
        ("t" * 129, DETAIL),
        ("a.type", {"text": "x" * MAX_ENTRY_BYTES}),
        ("a.type", {"text": "é" * (MAX_ENTRY_BYTES // 2)}),
        ("a.type", {"text": f"{canaries.MESSAGE} \ud800"}),
        ("a.type", {"number": float("nan")}),
        ("a.type", {"number": float("inf")}),
    ],
    ids=["long type", "large", "large in UTF-8", "half a pair", "no number", "endless"],
)
def test_what_cannot_be_an_event_is_not_sent_at_all(
    bus: EventBus, eventbridge: Stubber, event_type: str, detail: dict[str, Any]
) -> None:
    with pytest.raises(UnpublishableError) as caught:
        bus.publish("wix", event_type, detail)

    assert caught.value.__cause__ is None
    assert canaries.MESSAGE not in str(caught.value)


def test_the_largest_event_is_sent_and_no_larger_one(bus: EventBus, eventbridge: Stubber) -> None:
    event_type = "t" * 128
    around = len("wix" + event_type + json.dumps({"text": ""}, separators=(",", ":")))
    text = "x" * (MAX_ENTRY_BYTES - 1 - around)
    eventbridge.add_response("put_events", reply(EventId="b-1"), {"Entries": ANY})

    bus.publish("wix", event_type, {"text": text})
    with pytest.raises(UnpublishableError):
        bus.publish("wix", event_type, {"text": f"{text}x"})

    eventbridge.assert_no_pending_responses()


def test_a_process_makes_its_bus_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "our-bus")

    assert process.event_bus() is process.event_bus()


def test_a_function_that_publishes_needs_a_bus() -> None:
    assert "EVENT_BUS_NAME" not in os.environ

    with pytest.raises(SettingsError, match="EVENT_BUS_NAME"):
        process.event_bus()
