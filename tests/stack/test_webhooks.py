"""What Wix tells of orders, from its webhook to what is done at Wix, with the stack as deployed."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from tests.local_stack import LocalStack, Message, Published, wait_for
from tests.local_stack.queues import messages
from tests.wix_simulator import WixSimulator, line, too_many_requests
from tests.wix_simulator.signing import SigningKey
from tests.wix_simulator.webhooks import APPROVED, Delivery

READY_TO_SHIP = "Order Ready To Ship"
MANY = 200
"""More than all workers take at a time; the benchmark does it with a thousand."""


@pytest.fixture
def wix(stack: LocalStack) -> Iterator[WixSimulator]:
    """A Wix that sends its webhooks to the stack, until all that it sent are answered."""
    wix = stack.wix
    wix.clear_journal()
    wix.webhooks.subscribe(stack.webhook_url)
    yield wix
    wix.webhooks.wait_until_done(60)
    wix.webhooks.unsubscribe()
    wix.webhooks.clear_deliveries()
    wix.clear_faults()


@pytest.fixture
def bus(stack: LocalStack) -> Iterator[Published]:
    with stack.published() as bus:
        yield bus


def mixed_order(wix: WixSimulator, **about: Any) -> str:
    """Something to download, and two things to ship."""
    order = wix.add_order(
        lines=[line(1, "9.00", kind="DIGITAL"), line(2, "12.50")],
        **about,
    )
    order_id: str = order["id"]
    return order_id


def lines_of(wix: WixSimulator, order_id: str) -> list[str]:
    return [each["id"] for each in wix.order(order_id)["lineItems"]]


def fulfilled(wix: WixSimulator, order_id: str) -> list[dict[str, int]]:
    """The units of each fulfillment of an order."""
    return [
        {each["id"]: each["quantity"] for each in one["lineItems"]}
        for one in wix.fulfillments(order_id)
    ]


def announced(bus: Published, order_id: str) -> list[dict[str, int]]:
    """The units of each announcement of an order."""
    return [
        {each["lineItemId"]: each["quantity"] for each in event["detail"]["lines"]}
        for event in bus.events
        if event["detail-type"] == READY_TO_SHIP and event["detail"]["orderId"] == order_id
    ]


def looked_at(stack: LocalStack, order_id: str) -> list[Any]:
    """What the automation logged of an order, once for each time that it was told of it."""
    ours = [each for each in logged(stack) if each.get("orderId") == order_id]
    return [each for each in ours if "outcome" in each]


def logged(stack: LocalStack) -> list[Any]:
    """What the automation logged, without what Lambda adds and without the metrics."""
    lines = stack.logs("automations/fulfill_approved_order")
    told = [json.loads(each) for each in lines if each.startswith("{")]
    return [each for each in told if "_aws" not in each]


def approvals(deliveries: Sequence[Delivery]) -> list[Delivery]:
    return [each for each in deliveries if each.event_type == APPROVED]


# ---- The way of an order --------------------------------------------------------------------


def test_an_approved_order_is_fulfilled_and_announced_without_anyone_asking(
    stack: LocalStack, wix: WixSimulator, bus: Published
) -> None:
    order_id = mixed_order(wix, status="INITIALIZED")
    wix.approve_order(order_id)

    wait_for(lambda: fulfilled(wix, order_id) and announced(bus, order_id))

    file, goods = lines_of(wix, order_id)
    assert fulfilled(wix, order_id) == [{file: 1}]
    assert announced(bus, order_id) == [{goods: 2}]
    assert wix.order(order_id)["fulfillmentStatus"] == "PARTIALLY_FULFILLED"


def test_what_the_warehouse_sends_in_parts_is_recorded_with_each_tracking_number(
    stack: LocalStack, wix: WixSimulator
) -> None:
    order_id = mixed_order(wix)
    wait_for(lambda: fulfilled(wix, order_id))
    file, goods = lines_of(wix, order_id)
    warehouse = stack.caller("WarehousePolicy")

    for number in ("D-1", "D-2", "D-1"):
        stack.put_event(
            "warehouse",
            "Shipment Dispatched",
            {
                "dispatchId": f"{order_id}/{number}",
                "orderId": order_id,
                "lines": [{"lineItemId": goods, "quantity": 1}],
                "carrier": "ups",
                "trackingNumber": f"1Z-{number}-{order_id[:8]}",
            },
            credentials=warehouse,
        )

    wait_for(lambda: wix.order(order_id)["fulfillmentStatus"] == "FULFILLED")
    assert fulfilled(wix, order_id) == [{file: 1}, {goods: 1}, {goods: 1}]
    tracked = {
        each.get("trackingInfo", {}).get("trackingNumber") for each in wix.fulfillments(order_id)
    }
    assert tracked == {None, f"1Z-D-1-{order_id[:8]}", f"1Z-D-2-{order_id[:8]}"}


def test_copies_in_any_order_are_one_fulfillment_and_one_announcement(
    stack: LocalStack, wix: WixSimulator, bus: Published
) -> None:
    wix.webhooks.duplicates = 2
    wix.webhooks.pause()
    order_id = mixed_order(wix, status="INITIALIZED")
    wix.approve_order(order_id)
    wix.webhooks.resume("reversed")

    wix.webhooks.wait_until_done(60)
    wix.webhooks.duplicates = 0
    triggers = len(approvals(wix.webhooks.deliveries))
    wait_for(lambda: len(_published(bus, order_id)) >= 2 * triggers)
    wait_for(lambda: len(looked_at(stack, order_id)) >= triggers and announced(bus, order_id))
    wait_for(lambda: fulfilled(wix, order_id))

    assert triggers == 3
    assert _published(bus, order_id)[0]["detail-type"] != APPROVED
    file, goods = lines_of(wix, order_id)
    assert fulfilled(wix, order_id) == [{file: 1}]
    assert announced(bus, order_id) == [{goods: 2}]


def _published(bus: Published, order_id: str) -> list[Any]:
    return [each for each in bus.events if each["detail"].get("entityId") == order_id]


def test_an_order_that_is_canceled_meanwhile_is_left_alone_and_the_log_says_why(
    stack: LocalStack, wix: WixSimulator, bus: Published
) -> None:
    with stack.paused("ReceiveWebhookFunction"):
        order_id = mixed_order(wix)
        wix.webhooks.wait_until_done(60)
        wix.set_order_status(order_id, "CANCELED")

    wait_for(lambda: looked_at(stack, order_id))

    reasons = [
        each["leftAlone"]
        for each in logged(stack)
        if each.get("orderId") == order_id and "leftAlone" in each
    ]
    assert set(reasons) == {"canceled"}
    assert fulfilled(wix, order_id) == []
    assert announced(bus, order_id) == []


# ---- Trouble --------------------------------------------------------------------------------


def test_many_deliveries_to_a_stopped_function_are_answered_and_worked_off(
    stack: LocalStack, wix: WixSimulator
) -> None:
    wix.webhooks.subscribe(stack.webhook_url, [APPROVED])
    with stack.paused("ReceiveWebhookFunction"):
        orders = [mixed_order(wix) for _ in range(MANY)]
        wix.webhooks.wait_until_done(60)
        deliveries = wix.webhooks.deliveries
        before = sum(bool(wix.fulfillments(each)) for each in orders)

    wait_for(lambda: all(map(wix.fulfillments, orders)), seconds=120)

    assert len(deliveries) == MANY
    assert [[each.status for each in one.attempts] for one in deliveries] == [[200]] * MANY
    assert before == 0
    assert {len(fulfilled(wix, each)) for each in orders} == {1}
    sent = wix.requests("POST", "*/create-fulfillment")
    assert sum(each.effect for each in sent) == MANY


def test_poisoned_messages_are_kept_with_their_reason_and_the_good_ones_among_them_done(
    stack: LocalStack, wix: WixSimulator
) -> None:
    unknown = str(uuid4())
    poison = {
        "invalid_input": {"id": "e-1", "entityId": "no order at all"},
        "not_found": {"id": "e-2", "entityId": unknown},
    }
    with stack.paused("FulfillApprovedOrderFunction"):
        orders = []
        for detail in poison.values():
            orders.append(mixed_order(wix))
            stack.put_event("wix", APPROVED, detail)
        orders.append(mixed_order(wix))
        wix.webhooks.wait_until_done(60)

    wait_for(lambda: all(map(wix.fulfillments, orders)))
    dead = wait_for(lambda: _dead(stack, poison))

    for reason, detail in poison.items():
        [letter] = [each for each in dead if each.json["detail"]["id"] == detail["id"]]
        assert letter.json["detail"] == detail
        assert letter.attributes["reason"] == reason
        assert letter.attributes["action"] == "fulfill_approved_order"
        assert letter.attributes["detail"]
        assert letter.attributes["requestId"]
        assert int(letter.attributes["failedAt"]) <= time.time() * 1000
    assert {len(fulfilled(wix, each)) for each in orders} == {1}


def _dead(stack: LocalStack, poison: dict[str, Any]) -> list[Any]:
    dead = stack.messages("ApprovedOrdersDeadLettersUrl")
    return dead if len(dead) >= len(poison) else []


def test_a_busy_wix_makes_a_message_wait_instead_of_using_up_its_receives(
    stack: LocalStack, wix: WixSimulator
) -> None:
    wix.webhooks.subscribe(stack.webhook_url, [APPROVED])
    wix.add_fault(too_many_requests(path="/ecom/v1/orders/*", retry_after=120))
    order_id = mixed_order(wix)

    [message] = wait_for(lambda: _waiting(stack, order_id))
    [waits] = wait_for(lambda: _put_off(stack, message.id))

    assert [each["outcome"] for each in looked_at(stack, order_id)] == ["wix_busy"]
    assert waits["seconds"] >= 120
    assert [each.received for each in _waiting(stack, order_id)] == [1]
    assert not fulfilled(wix, order_id)


def _waiting(stack: LocalStack, order_id: str) -> list[Message]:
    queued = messages(stack.account, stack.resources["ApprovedOrders"])
    return [each for each in queued if each.json["detail"]["entityId"] == order_id]


def _put_off(stack: LocalStack, message_id: str) -> list[Any]:
    ours = [each for each in logged(stack) if each.get("messageId") == message_id]
    return [each for each in ours if each["message"] == "A message is put off"]


# ---- Verdicts -------------------------------------------------------------------------------


def test_what_a_wrong_key_quarantined_is_published_once_the_right_one_is_configured(
    stack: LocalStack, wix: WixSimulator, bus: Published
) -> None:
    new_key = SigningKey.generate()
    ours, forged = str(uuid4()), str(uuid4())
    token = wix.webhooks.token("wix.ecom.v1.order_updated", ours, key=new_key)
    assert wix.webhooks.post(token) == 200
    forgery = wix.webhooks.token("wix.ecom.v1.order_updated", forged, key=SigningKey.generate())
    assert wix.webhooks.post(forgery) == 200
    kept = wait_for(lambda: _quarantined(stack, token, forgery))

    with told(stack, "RedriveQuarantineFunction", WIX_WEBHOOK_PUBLIC_KEYS=new_key.public_pem):
        redriven = stack.invoke("RedriveQuarantineFunction", {})

    assert {each.attributes["reason"] for each in kept} == {"signature_unknown"}
    assert redriven.error is None, redriven.payload
    assert redriven.payload["published"] == 1
    [event] = wait_for(lambda: _published(bus, ours))
    assert event["source"] == "wix"
    assert _published(bus, forged) == []
    assert [each.body for each in _quarantined_now(stack) if each.body in {token, forgery}] == [
        forgery
    ]


@contextmanager
def told(stack: LocalStack, function: str, **changed: str) -> Iterator[None]:
    """Let a function have other variables in its environment while the block lasts."""
    client, name = stack.account.client("lambda"), stack.resources[function]
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": before | changed}
    )
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def _quarantined_now(stack: LocalStack) -> list[Any]:
    return stack.messages("WebhookQuarantineUrl")


def _quarantined(stack: LocalStack, *tokens: str) -> list[Any]:
    found = [each for each in _quarantined_now(stack) if each.body in tokens]
    return found if len(found) == len(tokens) else []
