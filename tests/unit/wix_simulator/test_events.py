"""What an app is told of what happens to orders."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests import canaries
from tests.unit.wix_simulator.receiver import Json, Receiver, receiving
from tests.wix_simulator import (
    App,
    WixSimulator,
    authorized,
    card,
    gift_card,
    line,
    membership,
    offline,
)

FIRST = "00000000-0000-0000-0000-000000000001"
ORDER = "wix.ecom.v1.order"
FULFILLMENTS_UPDATED = "wix.ecom.v1.fulfillments_updated"
DETAILS_UPDATED = "wix.ecom.v1.order_transactions_details_updated"
REFUND_COMPLETED = "wix.ecom.v1.order_transactions_refund_completed"


@pytest.fixture
def receiver(wix: WixSimulator) -> Iterator[Receiver]:
    """Hears of everything from now on."""
    with receiving() as receiver:
        wix.webhooks.subscribe(receiver.url)
        yield receiver


def told(wix: WixSimulator, receiver: Receiver) -> dict[str, Json]:
    """The body of each event since the last time, in the order they happened, by type."""
    wix.webhooks.wait_until_done()
    found = receiver.read_all(wix.webhooks.public_key)
    receiver.received.clear()
    assert len({each.type for each in found}) == len(found)
    return {each.type: each.body for each in found}


def test_an_order_that_is_placed_and_paid_tells_its_whole_story(
    wix: WixSimulator, receiver: Receiver
) -> None:
    order = wix.add_order(total="49.73")

    events = told(wix, receiver)

    assert list(events) == [
        f"{ORDER}_created",
        f"{ORDER}_payment_status_updated",
        f"{ORDER}_approved",
        f"{ORDER}_updated",
        DETAILS_UPDATED,
    ]
    assert events[f"{ORDER}_created"] == order
    assert events[f"{ORDER}_payment_status_updated"] == {
        "order": order,
        "previousPaymentStatus": "NOT_PAID",
    }
    assert events[f"{ORDER}_approved"] == {"order": order}
    assert events[f"{ORDER}_updated"] == order
    assert events[DETAILS_UPDATED] == {
        "orderTransactions": {
            "orderId": order["id"],
            "payments": wix.payments(order["id"]),
            "refunds": [],
        },
        "paymentIds": wix.payment_ids(order["id"]),
        "refundIds": [],
    }


def test_an_order_that_waits_is_only_created_until_it_is_paid(
    wix: WixSimulator, receiver: Receiver
) -> None:
    order_id = wix.add_order(total="49.73", status="INITIALIZED")["id"]
    placed = told(wix, receiver)

    wix.approve_order(order_id)

    events = told(wix, receiver)
    order = wix.order(order_id)
    assert list(placed) == [f"{ORDER}_created"]
    assert (order["status"], order["paymentStatus"]) == ("APPROVED", "PAID")
    assert [each["amount"]["amount"] for each in wix.payments(order_id)] == ["49.73"]
    assert list(events) == [
        f"{ORDER}_payment_status_updated",
        f"{ORDER}_approved",
        f"{ORDER}_updated",
        DETAILS_UPDATED,
    ]
    assert events[f"{ORDER}_approved"] == {"order": order}


@pytest.mark.parametrize(
    ("payments", "becomes"),
    [
        ([], "PAID"),
        ([gift_card("9.73")], "PAID"),
        ([offline("49.73")], "NOT_PAID"),
        ([authorized("49.73")], "PENDING"),
    ],
)
def test_approving_pays_what_is_not_paid_by_other_means(
    wix: WixSimulator, payments: list[object], becomes: str
) -> None:
    order = wix.add_order(total="49.73", status="INITIALIZED", payments=payments)  # type: ignore[arg-type] # mixed kinds

    wix.approve_order(order["id"])

    assert wix.order(order["id"])["status"] == "APPROVED"
    assert wix.order(order["id"])["paymentStatus"] == becomes


def test_a_pending_order_is_approved_with_the_payment_it_waits_for(wix: WixSimulator) -> None:
    order = wix.add_order(status="PENDING")

    wix.approve_order(order["id"])

    assert [each["status"] for each in wix.payments(order["id"])] == ["APPROVED"]
    assert wix.order(order["id"])["paymentStatus"] == "PAID"


@pytest.mark.parametrize("status", ["APPROVED", "CANCELED", "REJECTED"])
def test_only_what_waits_is_approved(wix: WixSimulator, receiver: Receiver, status: str) -> None:
    order = wix.add_order(status=status)  # type: ignore[arg-type] # a plain str here
    told(wix, receiver)

    with pytest.raises(ValueError, match=status):
        wix.approve_order(order["id"])

    assert told(wix, receiver) == {}


def test_money_handed_over_later_is_told_without_a_second_approval(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order(total="20.00", payments=[offline("20.00")])["id"]
    placed = told(wix, receiver)
    (payment_id,) = wix.payment_ids(order_id)

    admin.post(
        f"/ecom/v1/payments/{payment_id}/orders/{order_id}/update-payment-transaction-status",
        json={"status": "APPROVED"},
    )

    paid = told(wix, receiver)
    assert f"{ORDER}_approved" in placed
    assert f"{ORDER}_payment_status_updated" not in placed
    assert list(paid) == [f"{ORDER}_payment_status_updated", f"{ORDER}_updated", DETAILS_UPDATED]
    assert paid[f"{ORDER}_payment_status_updated"]["order"]["paymentStatus"] == "PAID"
    assert paid[DETAILS_UPDATED]["paymentIds"] == [payment_id]


def test_a_fulfillment_is_told_as_made_changed_and_deleted(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order(lines=[line(2)])["id"]
    told(wix, receiver)
    path = f"/ecom/v1/fulfillments/orders/{order_id}/create-fulfillment"
    lines = [{"id": FIRST, "quantity": 1}]

    made = admin.post(path, json={"fulfillment": {"lineItems": lines}}).json()
    first = told(wix, receiver)
    one = f"/ecom/v1/fulfillments/{made['fulfillmentId']}/orders/{order_id}"
    admin.patch(one, json={"fulfillment": {"status": "Ready"}})
    changed = told(wix, receiver)
    admin.delete(one)
    deleted = told(wix, receiver)

    assert list(first) == [f"{ORDER}_fulfilled", f"{ORDER}_updated", FULFILLMENTS_UPDATED]
    assert first[FULFILLMENTS_UPDATED] == made["orderWithFulfillments"]
    assert first[f"{ORDER}_fulfilled"]["order"]["id"] == order_id
    assert (
        first[f"{ORDER}_fulfilled"]["previousFulfillmentStatus"],
        first[f"{ORDER}_fulfilled"]["newFulfillmentStatus"],
    ) == ("NOT_FULFILLED", "PARTIALLY_FULFILLED")
    assert list(changed) == [FULFILLMENTS_UPDATED]
    assert changed[FULFILLMENTS_UPDATED]["fulfillments"][0]["status"] == "Ready"
    assert deleted[f"{ORDER}_fulfilled"]["newFulfillmentStatus"] == "NOT_FULFILLED"
    assert deleted[FULFILLMENTS_UPDATED] == {"orderId": order_id, "fulfillments": []}


def test_a_cancellation_tells_how_it_was_asked_for(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order()["id"]
    told(wix, receiver)
    how = {
        "restockAllItems": True,
        "sendOrderCanceledEmail": True,
        "customMessage": f"{canaries.MESSAGE}: out of stock",
    }

    admin.post(f"/ecom/v1/orders/{order_id}/cancel", json=how)

    canceled = wix.order(order_id)
    events = told(wix, receiver)
    admin.patch(f"/ecom/v1/orders/{order_id}", json={"order": {"archived": True}})
    assert list(events) == [f"{ORDER}_canceled", f"{ORDER}_updated"]
    assert events[f"{ORDER}_canceled"] == {"order": canceled} | how
    assert list(told(wix, receiver)) == [f"{ORDER}_updated"]


def test_an_order_that_wix_cancels_tells_the_same_with_nothing_asked_for(
    wix: WixSimulator, receiver: Receiver
) -> None:
    order_id = wix.add_order()["id"]
    told(wix, receiver)

    wix.set_order_status(order_id, "CANCELED")

    assert told(wix, receiver)[f"{ORDER}_canceled"] == {
        "order": wix.order(order_id),
        "restockAllItems": False,
        "sendOrderCanceledEmail": False,
    }


def test_an_update_tells_the_old_values_of_what_it_changed(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order()["id"]
    told(wix, receiver)

    admin.patch(f"/ecom/v1/orders/{order_id}", json={"order": {"archived": True}})

    wix.webhooks.wait_until_done()
    (update,) = receiver.read_all(wix.webhooks.public_key)
    assert update.type == f"{ORDER}_updated"
    assert update.event["updatedEvent"] == {
        "currentEntity": wix.order(order_id),
        "modifiedFields": {"archived": False},
    }


def refund(admin: httpx.Client, order_id: str, payment_id: str, **more: object) -> Json:
    body = {
        "orderId": order_id,
        "paymentRefunds": [{"paymentId": payment_id, "amount": {"amount": "5.00"}}],
        **more,
    }
    reply = admin.post("/ecom/v1/order-billing/refund-payments", json=body)
    return dict(reply.json()["refund"])


def test_a_refund_is_complete_when_nothing_of_it_is_open(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order(total="20.00")["id"]
    (payment_id,) = wix.payment_ids(order_id)
    wix.refunds_of(payment_id, becomes="PENDING")
    told(wix, receiver)

    made = refund(admin, order_id, payment_id)
    open_ = told(wix, receiver)
    wix.settle_refund(made["id"], payment_id)
    settled = told(wix, receiver)
    wix.refunds_of(payment_id, becomes="SUCCEEDED")
    other = refund(admin, order_id, payment_id)
    at_once = told(wix, receiver)

    assert list(open_) == [f"{ORDER}_updated", DETAILS_UPDATED]
    assert open_[DETAILS_UPDATED]["refundIds"] == [made["id"]]
    assert open_[DETAILS_UPDATED]["paymentIds"] == []
    assert list(settled) == [
        f"{ORDER}_payment_status_updated",
        f"{ORDER}_updated",
        DETAILS_UPDATED,
        REFUND_COMPLETED,
    ]
    assert settled[DETAILS_UPDATED]["paymentIds"] == [payment_id]
    assert settled[REFUND_COMPLETED]["refund"]["id"] == made["id"]
    assert settled[REFUND_COMPLETED]["orderTransactions"]["orderId"] == order_id
    assert at_once[REFUND_COMPLETED]["refund"]["id"] == other["id"]
    assert f"{ORDER}_payment_status_updated" not in at_once


def test_a_refund_of_which_a_part_is_open_is_not_complete(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order(total="20.00", payments=[card("10.00"), card("10.00")])["id"]
    one, other = wix.payment_ids(order_id)
    wix.refunds_of(other, becomes="PENDING")
    told(wix, receiver)
    parts = [{"paymentId": each, "amount": {"amount": "5.00"}} for each in (one, other)]

    made = refund(admin, order_id, one, paymentRefunds=parts)
    open_ = told(wix, receiver)
    wix.settle_refund(made["id"], other, "FAILED")
    settled = told(wix, receiver)

    assert REFUND_COMPLETED not in open_
    statuses = [
        each["refundStatus"] for each in settled[REFUND_COMPLETED]["refund"]["transactions"]
    ]
    assert statuses == ["SUCCEEDED", "FAILED"]


def test_a_complete_refund_tells_its_side_effects(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order(lines=[line(2)])["id"]
    (payment_id,) = wix.payment_ids(order_id)
    told(wix, receiver)
    units = [{"lineItemId": FIRST, "quantity": 1}]

    refund(
        admin,
        order_id,
        payment_id,
        refundItems={"lineItems": units},
        sideEffects={
            "restock": {"lineItems": units},
            "notifications": {"sendCustomerEmail": True, "customMessage": canaries.MESSAGE},
        },
    )
    with_effects = told(wix, receiver)
    refund(admin, order_id, payment_id)
    without = told(wix, receiver)

    assert with_effects[REFUND_COMPLETED]["orderId"] == order_id
    assert with_effects[REFUND_COMPLETED]["sideEffects"] == {
        "restockInfo": {"type": "SOME_ITEMS", "items": units},
        "sendOrderRefundedEmail": True,
        "customMessage": canaries.MESSAGE,
    }
    assert without[REFUND_COMPLETED]["sideEffects"] == {
        "restockInfo": {"type": "NO_ITEMS", "items": []},
        "sendOrderRefundedEmail": False,
    }


def test_what_needs_no_shipping_is_fulfilled_by_wix_when_it_is_approved(
    wix: WixSimulator, receiver: Receiver
) -> None:
    lines = [line(kind="DIGITAL"), line(kind="GIFT_CARD"), line(kind="SERVICE")]
    order_id = wix.add_order(lines=lines, status="INITIALIZED")["id"]
    told(wix, receiver)

    wix.approve_order(order_id)
    approved = told(wix, receiver)
    wix.set_order_status(order_id, "CANCELED")
    canceled = told(wix, receiver)

    assert list(approved) == [
        f"{ORDER}_payment_status_updated",
        f"{ORDER}_approved",
        f"{ORDER}_fulfilled",
        f"{ORDER}_updated",
        DETAILS_UPDATED,
    ]
    assert approved[f"{ORDER}_fulfilled"]["newFulfillmentStatus"] == "FULFILLED"
    assert list(canceled) == [f"{ORDER}_canceled", f"{ORDER}_updated"]
    assert wix.order(order_id)["fulfillmentStatus"] == "FULFILLED"


def test_a_mixed_order_is_shipped_and_says_of_each_line_what_it_is(wix: WixSimulator) -> None:
    order = wix.add_order(
        lines=[
            line(),
            line(kind="DIGITAL"),
            line(kind="GIFT_CARD"),
            line(kind="SERVICE"),
            line(shippable=False),
        ]
    )

    kinds = [
        (each["itemType"]["preset"], each["physicalProperties"]["shippable"])
        for each in order["lineItems"]
    ]
    assert kinds == [
        ("PHYSICAL", True),
        ("DIGITAL", False),
        ("GIFT_CARD", False),
        ("SERVICE", False),
        ("PHYSICAL", False),
    ]
    assert [each for each in order["lineItems"] if "digitalFile" in each] == order["lineItems"][1:2]
    assert len({each["catalogReference"]["appId"] for each in order["lineItems"]}) == 3
    assert "shippingInfo" in order
    assert order["fulfillmentStatus"] == "NOT_FULFILLED"


def test_an_imported_order_is_told_as_that_alone(wix: WixSimulator, receiver: Receiver) -> None:
    order = wix.add_order(fields={"imported": True})

    assert told(wix, receiver) == {f"{ORDER}_imported": {"order": order}}


def test_an_erasure_is_marked_and_repeats_nothing_of_the_person(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    order_id = wix.add_order()["id"]
    told(wix, receiver)

    wix.anonymize_order(order_id)

    wix.webhooks.wait_until_done()
    (update,) = receiver.read_all(wix.webhooks.public_key)
    assert update.type == f"{ORDER}_updated"
    assert update.event["triggeredByAnonymizeRequest"] is True
    assert update.body == wix.order(order_id)
    assert [mark for mark in canaries.MARKS if mark in json.dumps(update.event)] == []
    filter_ = {"buyerInfo.email": f"nobody@{canaries.EMAIL_DOMAIN}"}
    found = admin.post("/ecom/v1/orders/search", json={"search": {"filter": filter_}})
    assert found.json()["orders"] == []


def test_who_did_it_is_told(wix: WixSimulator, receiver: Receiver, admin: httpx.Client) -> None:
    order_id = wix.add_order(status="INITIALIZED")["id"]
    admin.patch(f"/ecom/v1/orders/{order_id}", json={"order": {"archived": True}})
    wix.set_order_status(order_id, "REJECTED")

    wix.webhooks.wait_until_done()

    found = receiver.read_all(wix.webhooks.public_key)
    assert [each.identity["identityType"] for each in found] == [
        "ANONYMOUS_VISITOR",
        "APP",
        "WIX_USER",
    ]


def test_what_is_made_up_read_or_refused_is_not_told(
    wix: WixSimulator, receiver: Receiver, admin: httpx.Client
) -> None:
    (order_id, *_) = wix.seed_orders(20)

    read = admin.get(f"/ecom/v1/orders/{order_id}")
    refused = admin.patch(f"/ecom/v1/orders/{order_id}", json={"order": {"number": "1"}})

    assert (read.status_code, refused.status_code) == (200, 400)
    assert wix.webhooks.deliveries == []
    wix.add_order()
    assert wix.webhooks.deliveries != []


def test_events_of_one_order_are_counted_and_each_has_an_id_of_its_own(
    wix: WixSimulator, receiver: Receiver
) -> None:
    wix.webhooks.subscribe(receiver.url, [f"{ORDER}_approved"])
    one = wix.add_order(status="INITIALIZED")["id"]
    other = wix.add_order(status="INITIALIZED")["id"]
    wix.webhooks.subscribe(receiver.url)

    wix.approve_order(one)
    wix.set_order_status(other, "REJECTED")

    wix.webhooks.wait_until_done()
    found = receiver.read_all(wix.webhooks.public_key)
    numbers = [each.event["entityEventSequence"] for each in found if each.event["entityId"] == one]
    assert numbers == ["2", "3", "4", "5"]
    assert {each.event["entityId"] for each in found} == {one, other}
    assert len({each.event["id"] for each in found}) == len(found) == 5


def test_the_same_seed_makes_the_same_event_ids() -> None:
    one, other = WixSimulator(seed=3), WixSimulator(seed=3)
    for simulator in (one, other):
        simulator.webhooks.subscribe("http://127.0.0.1:9/")
        simulator.add_order()

    ids = [each.event_id for each in one.webhooks.deliveries]

    assert ids == [each.event_id for each in other.webhooks.deliveries]
    assert len(set(ids)) == 5


def test_each_site_has_its_own_installation(wix: WixSimulator, receiver: Receiver) -> None:
    other_site = "517e0000-0000-4000-8000-000000000002"
    other_instance = "1257a7ce-0000-4000-8000-000000000002"
    wix.add_order(status="INITIALIZED")
    wix.add_order(status="INITIALIZED", site_id=other_site)
    wix.register(App("c11e0000-0000-4000-8000-0000000000c2", "secret", other_site, other_instance))
    wix.add_order(status="INITIALIZED", site_id=other_site)

    wix.webhooks.wait_until_done()

    found = receiver.read_all(wix.webhooks.public_key)
    assert {each.envelope["instanceId"] for each in found} == {canaries.INSTANCE_ID, other_instance}
    assert len(found) == 2


def test_a_late_payment_status_is_told_when_the_order_shows_it(
    wix: WixSimulator, receiver: Receiver
) -> None:
    order_id = wix.add_order(status="INITIALIZED")["id"]
    told(wix, receiver)
    wix.switches.payment_status_lag_seconds = 60

    wix.approve_order(order_id)
    late, approved = wix.webhooks.deliveries[1:3]
    wix.advance(60)

    events = told(wix, receiver)
    assert late.event_type == f"{ORDER}_payment_status_updated"
    assert late.due - approved.due == pytest.approx(60, abs=1)
    assert events[f"{ORDER}_approved"]["order"]["paymentStatus"] == "NOT_PAID"
    assert events[f"{ORDER}_payment_status_updated"]["order"]["paymentStatus"] == "PAID"
    assert wix.webhooks.deliveries[1].attempts[0].at >= late.due


def test_amounts_are_told_as_short_as_in_answers(wix: WixSimulator, receiver: Receiver) -> None:
    wix.switches.uneven_amounts = True

    wix.add_order(total="25.00")

    created = told(wix, receiver)[f"{ORDER}_created"]
    assert created["priceSummary"]["total"]["amount"] == "25.0"


def test_a_line_paid_with_a_membership_is_told_like_any_other(
    wix: WixSimulator, receiver: Receiver
) -> None:
    order = wix.add_order(lines=[line(price="0", kind="SERVICE")], payments=[membership()])

    events = told(wix, receiver)

    assert events[f"{ORDER}_approved"] == {"order": order}
