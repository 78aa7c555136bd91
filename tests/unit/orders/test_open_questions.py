"""Every change to an order comes out right, however Wix answers what its reference leaves open."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.orders.calls import call
from tests.wix_simulator import WixSimulator, card, line, offline

pytestmark = pytest.mark.usefixtures("table")

OPEN = [
    *({"created_date": kept} for kept in ("milliseconds", "seconds", "own")),
    *({"custom_info": shown} for shown in ("kept", "hidden")),
    *({"payment_status_lag_seconds": seconds} for seconds in (3, 60)),
    {"refund_reopens_balance": True},
    {"refund_reopens_balance": True, "payment_status_lag_seconds": 60},
    {"uneven_amounts": True},
    {"cancel_twice": 428},
    {"partial_address": "replace"},
    {"tracking_number_scope": "site"},
    {"over_fulfillment_status": 428},
    {"status_not_allowed_status": 428},
    {"external_refund_expected_status": 400},
    {"consistency_header": True},
    {"unknown_fields": "ignore"},
]


@pytest.mark.parametrize("switches", OPEN, ids=str)
def test_an_order_is_paid_sent_refunded_changed_and_canceled(
    wix: WixSimulator, switches: dict[str, Any]
) -> None:
    for name, value in switches.items():
        setattr(wix.switches, name, value)
    order = wix.add_order(
        lines=[line(quantity=3, price="20.00")],
        payments=[card("20.00"), offline("10.00", status="PENDING_MERCHANT")],
    )
    line_id = order["lineItems"][0]["id"]
    card_id, waiting_id = wix.payment_ids(order["id"])
    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("record_payment", {"amount": "all"}, {"paymentId": waiting_id, "wasPending": True}),
        ("record_payment", {"amount": "12.50"}, {"wasPending": False}),
        ("record_payment", {"amount": "all"}, {"wasPending": False}),
        ("fulfill_order", {"lines": [{"lineItemId": line_id, "quantity": 1}]}, {}),
        (
            "fulfill_order",
            {"lines": "all", "carrier": "ups", "trackingNumber": "1Z999AA10123456784"},
            {"lines": [{"lineItemId": line_id, "quantity": 2}]},
        ),
        ("refund_order", {"amount": "7.25"}, {"status": "REFUNDED", "refunded": "7.25"}),
        ("update_order", {"archived": True}, {"changed": ["archived"]}),
        ("cancel_order", {}, {"status": "CANCELED", "alreadyCanceled": False}),
        ("cancel_order", {}, {"status": "CANCELED", "alreadyCanceled": True}),
    ]

    done = [
        call(action, body, key=f"k-{number}", order_id=order["id"])
        for number, (action, body, _) in enumerate(changes)
    ]
    again = [
        call(action, body, key=f"k-{number}", order_id=order["id"])
        for number, (action, body, _) in enumerate(changes)
    ]

    assert [each.status for each in done] == [200] * len(changes)
    for reply, (_, _, expected) in zip(done, changes, strict=True):
        assert {name: reply.json[name] for name in expected} == expected
    assert [(each.replayed, each.json) for each in again] == [(True, each.json) for each in done]
    assert [
        (each["id"] in {card_id, waiting_id}, each["status"], Decimal(each["amount"]["amount"]))
        for each in wix.payments(order["id"])
    ] == [
        (True, "PARTIALLY_REFUNDED", 20),
        (True, "APPROVED", 10),
        (False, "APPROVED", Decimal("12.50")),
        (False, "APPROVED", Decimal("17.50")),
    ]
    assert [each["lineItems"][0]["quantity"] for each in wix.fulfillments(order["id"])] == [1, 2]
    assert len(wix.refunds(order["id"])) == 1
