"""Through their queues: what is done is gone, and what needs a person is kept and says why."""

import json
from typing import Any

import pytest

from tests.unit.automations.calls import CREATE, act, approved, dispatched, record
from tests.unit.bus import Bus
from tests.unit.wix_admin.effects.batches import QueueInMemory
from tests.wix_simulator import Fault, WixSimulator, line, too_many_requests

pytestmark = pytest.mark.usefixtures("bus")

UNKNOWN_ORDER = "0dd0dd0d-0000-4000-8000-000000000001"


@pytest.fixture
def queue(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> QueueInMemory:
    """The queue that an automation works off."""
    queue = QueueInMemory.create()
    monkeypatch.setenv("QUEUE_URL", queue.url)
    return queue


@pytest.fixture
def dead_letters(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> QueueInMemory:
    queue = QueueInMemory.create()
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", queue.url)
    return queue


def reasons(dead_letters: QueueInMemory) -> dict[str, str]:
    """Why messages were given up on, by the order they are about."""
    found = {}
    for letter in dead_letters.receive():
        detail: dict[str, Any] = json.loads(letter["Body"])["detail"]
        order_id = detail.get("entityId") or detail["orderId"]
        found[order_id] = letter["MessageAttributes"]["reason"]["StringValue"]
    return found


def test_approved_orders_are_acted_on_each_by_itself(
    wix: WixSimulator, bus: Bus, queue: QueueInMemory, dead_letters: QueueInMemory
) -> None:
    refused, good = (wix.add_order(lines=[line(), line(kind="DIGITAL")])["id"] for _ in range(2))
    canceled = wix.add_order(status="CANCELED")["id"]
    wix.add_fault(Fault(path=f"*/{refused}/create-fulfillment", status=400))
    for order_id in (refused, UNKNOWN_ORDER, canceled, good):
        queue.send(json.dumps(approved(order_id)))

    answer = act(queue.batch())

    assert answer == {"batchItemFailures": []}
    assert reasons(dead_letters) == {refused: "wix_refused", UNKNOWN_ORDER: "not_found"}
    assert len(wix.fulfillments(good)) == 1
    assert {each["orderId"] for each in bus.details} == {refused, good}


def test_what_may_go_better_later_stays_in_the_queue(
    wix: WixSimulator, bus: Bus, queue: QueueInMemory, dead_letters: QueueInMemory
) -> None:
    order_id = wix.add_order(lines=[line(), line(kind="DIGITAL")])["id"]
    message_id = queue.send(json.dumps(approved(order_id)))
    wix.add_fault(too_many_requests(CREATE, retry_after=60))
    batch = queue.batch()

    first, second = act(batch), act(batch)

    assert first == {"batchItemFailures": [{"itemIdentifier": message_id}]}
    assert second == {"batchItemFailures": []}
    assert reasons(dead_letters) == {}
    assert len(bus.events) == 1
    assert len(wix.fulfillments(order_id)) == 1


def test_shipments_are_recorded_each_by_itself(
    wix: WixSimulator, queue: QueueInMemory, dead_letters: QueueInMemory
) -> None:
    waiting = wix.add_order(lines=[line()], status="PENDING")["id"]
    short = wix.add_order(lines=[line(), line()])["id"]
    canceled = wix.add_order(lines=[line()], status="CANCELED")["id"]
    good = wix.add_order(lines=[line()])["id"]
    two = [{"lineItemId": "00000000-0000-0000-0000-000000000001", "quantity": 2}]
    for order_id in (waiting, canceled, UNKNOWN_ORDER, good):
        queue.send(json.dumps(dispatched(order_id, dispatchId=f"D/{order_id}")))
    queue.send(json.dumps(dispatched(short, dispatchId="D/short", lines=two)))

    answer = record(queue.batch())

    assert answer == {"batchItemFailures": []}
    assert reasons(dead_letters) == {
        waiting: "not_possible_now",
        short: "exceeds_unfulfilled",
        UNKNOWN_ORDER: "not_found",
    }
    assert len(wix.fulfillments(good)) == 1
