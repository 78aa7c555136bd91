"""What Wix answers is odd in one place: no money and no goods move because of it."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.orders.calls import api_calls, call, later
from tests.wix_simulator import Fault, WixSimulator, card, offline
from wix_admin.effects.once import SETTLE_SECONDS

pytestmark = pytest.mark.usefixtures("table")

ORDER = "^/ecom/v1/orders/[^/]+$"
FULFILLMENTS = "^/ecom/v1/fulfillments/orders/[^/]+$"
CREATE = "*/create-fulfillment"
CANCEL = "*/cancel"
ADD = "*/add-payment"
APPROVE = "*/update-payment-transaction-status"
REFUND = "*/refund-payments"
REFUNDABILITY = "*/get-order-refundability"
TRANSACTIONS = "^/ecom/v1/payments/orders/[^/]+$"

UNTOLD: list[Any] = [None, "", "a lot", [], {"value": 1}, "NaN"]
odd = pytest.mark.parametrize("value", UNTOLD, ids=str)


def shows(wix: WixSimulator, path: str, body: Any) -> None:
    """Let Wix answer with this, whatever it has."""
    wix.add_fault(Fault(path=path, status=200, body=body, times=None))


def order_with(wix: WixSimulator, order: dict[str, Any], **changed: Any) -> None:
    shows(wix, ORDER, {"order": {**wix.order(order["id"]), **changed}})


def refundability(payment_id: str, **monetary: Any) -> dict[str, Any]:
    amounts = {
        "paid": {"amount": "40.00"},
        "refunded": {"amount": "0.00"},
        "refundPending": {"amount": "0.00"},
        "maxRefund": {"amount": "40.00"},
    }
    payment = {"paymentId": payment_id, "monetary": amounts | monetary}
    return {"payments": [{"refundable": True, "payment": payment}]}


def lists_payments(wix: WixSimulator, order: dict[str, Any], **changed: Any) -> None:
    """Let Wix list the order's payments with something changed in the first."""
    first, *others = copy.deepcopy(wix.payments(order["id"]))
    listed = {"orderId": order["id"], "payments": [first | changed, *others], "refunds": []}
    shows(wix, TRANSACTIONS, {"orderTransactions": listed})


# ---- Goods ----------------------------------------------------------------------------------


@odd
def test_an_order_of_unknown_size_is_not_fulfilled(wix: WixSimulator, value: Any) -> None:
    order = wix.add_order()
    lines = copy.deepcopy(wix.order(order["id"])["lineItems"])
    lines[0]["quantity"] = value
    order_with(wix, order, lineItems=lines)

    reply = call("fulfill_order", {"lines": "all"}, order_id=order["id"], key="k-1")

    assert (reply.status, reply.code) == (503, "wix_unavailable")
    assert lines[0]["id"] in reply.json["detail"]
    assert not api_calls(wix, CREATE)


@pytest.mark.parametrize("value", [*UNTOLD, ...], ids=str)
def test_units_are_not_sent_again_that_may_have_been_sent(wix: WixSimulator, value: Any) -> None:
    order = wix.add_order()
    [line, *_] = wix.order(order["id"])["lineItems"]
    sent = {"id": line["id"], **({} if value is ... else {"quantity": value})}
    listed = {"orderId": order["id"], "fulfillments": [{"id": "f-1", "lineItems": [sent]}]}
    shows(wix, FULFILLMENTS, {"orderWithFulfillments": listed})

    reply = call("fulfill_order", {"lines": "all"}, order_id=order["id"], key="k-1")

    assert (reply.status, reply.code) == (503, "wix_unavailable")
    assert not api_calls(wix, CREATE)


# ---- Money ----------------------------------------------------------------------------------


@odd
def test_nothing_is_refunded_of_a_payment_of_which_wix_does_not_tell_how_much(
    wix: WixSimulator, value: Any
) -> None:
    order = wix.add_order(total="40.00", payments=[card("40.00")])
    [payment_id] = wix.payment_ids(order["id"])
    shows(wix, REFUNDABILITY, refundability(payment_id, maxRefund={"amount": value}))

    reply = call("refund_order", {"amount": "5.00"}, order_id=order["id"], key="k-1")

    assert (reply.status, reply.code) == (422, "exceeds_refundable")
    assert not api_calls(wix, REFUND)


@odd
def test_a_refund_is_not_made_again_if_wix_hides_whether_it_was_made(
    wix: WixSimulator, value: Any
) -> None:
    order = wix.add_order(total="40.00", payments=[card("40.00")])
    [payment_id] = wix.payment_ids(order["id"])
    shows(wix, REFUNDABILITY, refundability(payment_id, refunded={"amount": value}))
    wix.add_fault(Fault(path=REFUND, drop="before"))
    ask = {"amount": "5.00"}
    lost = call("refund_order", ask, order_id=order["id"], key="k-1")
    later(SETTLE_SECONDS + 1)

    reply = call("refund_order", ask, order_id=order["id"], key="k-1")

    assert (lost.code, reply.code) == ("outcome_unknown", "outcome_unknown")
    assert len(api_calls(wix, REFUND)) == 1


@odd
def test_a_refund_is_answered_even_if_wix_does_not_tell_its_amount(
    wix: WixSimulator, value: Any
) -> None:
    order = wix.add_order(total="40.00", payments=[card("40.00")])
    [payment_id] = wix.payment_ids(order["id"])
    part = {"paymentId": payment_id, "amount": {"amount": value}, "refundStatus": "SUCCEEDED"}
    shows(wix, REFUND, {"refund": {"id": "r-1", "transactions": [part]}})

    reply = call("refund_order", {"amount": "5.00"}, order_id=order["id"], key="k-1")
    again = call("refund_order", {"amount": "5.00"}, order_id=order["id"], key="k-1")

    assert reply.json == {
        "orderId": order["id"],
        "refundId": "r-1",
        "status": "REFUNDED",
        "payments": [{"paymentId": payment_id, "refundStatus": "SUCCEEDED"}],
        "pendingPayments": [],
    }
    assert (again.json, again.replayed) == (reply.json, True)


@odd
def test_a_payment_that_waits_is_not_confirmed_if_wix_does_not_tell_its_amount(
    wix: WixSimulator, value: Any
) -> None:
    order = wix.add_order(total="40.00", payments=[offline("40.00")])
    lists_payments(wix, order, amount={"amount": value})

    reply = call("record_payment", {"amount": "all"}, order_id=order["id"], key="k-1")

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert wix.payment_ids(order["id"])[0] in reply.json["detail"]
    assert not api_calls(wix, APPROVE)


@odd
def test_a_payment_is_not_recorded_again_if_wix_does_not_tell_its_amount(
    wix: WixSimulator, value: Any
) -> None:
    order = wix.add_order(total="40.00", payments=[])
    wix.add_fault(Fault(path=ADD, status=503, effect=True))
    wix.add_fault(Fault(path=TRANSACTIONS, skip=1, status=503, times=3))
    lost = call("record_payment", {"amount": "9.00"}, order_id=order["id"], key="k-1")
    lists_payments(wix, order, amount={"amount": value})
    later(SETTLE_SECONDS + 1)

    reply = call("record_payment", {"amount": "9.00"}, order_id=order["id"], key="k-1")

    assert (lost.code, reply.status) == ("outcome_unknown", 200)
    assert len(api_calls(wix, ADD)) == 1


@odd
def test_another_payment_of_unknown_amount_holds_up_no_refund(
    wix: WixSimulator, value: Any
) -> None:
    order = wix.add_order(total="40.00", payments=[card("15.00"), card("25.00")])
    first, second = wix.payment_ids(order["id"])
    lists_payments(wix, order, amount={"amount": value})

    ask = {"payments": [{"paymentId": second, "amount": "25.00"}]}
    reply = call("refund_order", ask, order_id=order["id"], key="k-1")

    assert reply.status == 200
    assert Decimal(reply.json["refunded"]) == 25
    assert first not in str(reply.json)


@odd
def test_a_canceled_order_does_not_say_what_is_still_paid_if_wix_does_not(
    wix: WixSimulator, value: Any
) -> None:
    order = wix.add_order(total="40.00", payments=[card("40.00")])
    canceled = {**wix.order(order["id"]), "status": "CANCELED"}
    canceled["balanceSummary"] = {"paid": {"amount": "40.00"}, "refunded": {"amount": value}}
    shows(wix, CANCEL, {"order": canceled})

    reply = call("cancel_order", {}, order_id=order["id"], key="k-1")

    assert (reply.status, reply.json["status"]) == (200, "CANCELED")
    assert "stillPaid" not in reply.json
