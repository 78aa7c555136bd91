"""Recording payments: the one that waits, or a new one, once."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.orders.calls import Reply, api_calls, call, later
from tests.wix_simulator import (
    Fault,
    WixSimulator,
    authorized,
    card,
    gift_card,
    line,
    membership,
    offline,
)
from wix_admin.effects.once import SETTLE_SECONDS

pytestmark = pytest.mark.usefixtures("table")

ADD = "/ecom/v1/payments/orders/*/add-payment"
LIST = "/ecom/v1/payments/orders/*"
APPROVE = "/ecom/v1/payments/*/update-payment-transaction-status"


def pay(order: dict[str, Any], key: str | None = "k-1", **body: Any) -> Reply:
    return call("record_payment", {"amount": "all", **body}, key=key, order_id=order["id"])


def unpaid(wix: WixSimulator, total: str = "25.00") -> dict[str, Any]:
    return wix.add_order(total=total, payments=[])


def test_a_payment_that_waits_is_confirmed(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[offline("25.00")])

    reply = pay(order)

    assert reply.status == 200
    assert reply.json["wasPending"] is True
    assert reply.json["paymentId"] == wix.payment_ids(order["id"])[0]
    assert wix.order(order["id"])["paymentStatus"] == "PAID"
    assert not api_calls(wix, ADD)


def test_without_one_all_that_is_left_to_pay_is_added(wix: WixSimulator) -> None:
    order = unpaid(wix)

    part = pay(order, key="part", amount="10.00", paymentMethod="Cash")
    rest = pay(order, key="rest")

    assert Decimal(part.json["amount"]) == 10
    assert Decimal(rest.json["amount"]) == 15
    assert wix.order(order["id"])["paymentStatus"] == "PAID"


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("Cash", {"predefined": "CASH"}),
        ("bank transfer", {"predefined": "BANK_TRANSFER"}),
        ("CHECK", {"predefined": "CHECK"}),
        ("Money order", {"custom": "Money order"}),
        ("x" * 150, {"custom": "x" * 150}),
        (None, {"custom": "Offline"}),
    ],
)
def test_a_payment_is_recorded_in_the_fields_that_wix_keeps_and_those_that_go(
    wix: WixSimulator, method: str | None, name: dict[str, str]
) -> None:
    order = unpaid(wix)

    pay(order, **({"paymentMethod": method} if method else {}))

    (payment,) = wix.payments(order["id"])
    details = payment["regularPaymentDetails"]
    assert payment["status"] == details["status"] == "APPROVED"
    assert details["paymentMethod"] == (method or "Offline")
    assert details["paymentMethodName"] == {"userDefinedName": name}


def test_more_than_is_left_to_pay_is_refused(wix: WixSimulator) -> None:
    order = unpaid(wix)

    reply = pay(order, amount="25.01")

    assert (reply.status, reply.code, reply.fields) == (422, "exceeds_balance", ["/amount"])
    assert "25 is left to pay" in reply.json["detail"]


def test_a_paid_order_takes_no_more(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[card("25.00")])

    reply = pay(order)

    assert (reply.status, reply.code) == (422, "exceeds_balance")


def test_another_amount_than_the_one_that_waits_is_refused(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[offline("25.00")])

    reply = pay(order, amount="10.00")

    assert (reply.status, reply.code) == (422, "exceeds_balance")
    assert 'Send 25 or "all" to confirm the payment that is waiting' in reply.json["detail"]


def test_of_several_that_wait_the_amount_tells_which(wix: WixSimulator) -> None:
    order = wix.add_order(
        lines=[line(price="25.00")], payments=[offline("10.00"), offline("15.00")]
    )

    unclear = pay(order)
    clear = pay(order, amount="15.00")

    assert (unclear.status, unclear.code) == (422, "exceeds_balance")
    assert "Send 10 or 15: the amount of the payment that came" in unclear.json["detail"]
    assert clear.json["paymentId"] == wix.payment_ids(order["id"])[1]


def test_of_two_alike_that_wait_one_is_confirmed_at_a_time(wix: WixSimulator) -> None:
    order = wix.add_order(total="20.00", payments=[offline("10.00"), offline("10.00")])

    one, two, three = (pay(order, key=key, amount="10.00") for key in ("one", "two", "three"))

    assert {one.json["paymentId"], two.json["paymentId"]} == set(wix.payment_ids(order["id"]))
    assert (three.status, three.code) == (422, "exceeds_balance")


# ---- What is left to pay ----

LAGS = pytest.mark.parametrize("lag", [0, 60], ids=["at once", "behind"])


def amounts(wix: WixSimulator, order: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the order's payments are, by their status and amount."""
    return [
        (each["status"], Decimal(each["amount"]["amount"])) for each in wix.payments(order["id"])
    ]


def listed(wix: WixSimulator, order: dict[str, Any], **changes: Any) -> None:
    """Let Wix list the order's first payment otherwise."""
    first, *others = wix.payments(order["id"])
    body = {"orderTransactions": {"payments": [{**first, **changes}, *others]}}
    wix.add_fault(Fault(path=LIST, method="GET", status=200, body=body, times=None))


@LAGS
def test_each_payment_counts_before_the_balance_shows_it(wix: WixSimulator, lag: float) -> None:
    wix.switches.payment_status_lag_seconds = lag
    order = unpaid(wix)

    replies = [pay(order, key=key, amount="25.00") for key in ("one", "two", "three")]

    assert [each.status for each in replies] == [200, 422, 422]
    assert {each.code for each in replies[1:]} == {"exceeds_balance"}
    assert amounts(wix, order) == [("APPROVED", 25)]


@LAGS
def test_what_was_confirmed_is_not_added_by_the_next(wix: WixSimulator, lag: float) -> None:
    wix.switches.payment_status_lag_seconds = lag
    order = wix.add_order(total="25.00", payments=[offline("25.00")])

    confirmed, again = pay(order, key="one"), pay(order, key="two")

    assert confirmed.json["wasPending"] is True
    assert (again.status, again.code) == (422, "exceeds_balance")
    assert amounts(wix, order) == [("APPROVED", 25)]


def test_a_balance_that_is_less_than_the_payments_leave_is_kept_to(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[card("25.00")])
    listed(wix, order, status="CANCELED")

    reply = pay(order)

    assert (reply.status, reply.code) == (422, "exceeds_balance")


def test_without_a_balance_the_payments_tell(wix: WixSimulator) -> None:
    order = unpaid(wix)
    shown = {**wix.order(order["id"]), "balanceSummary": {"balance": {"amount": None}}}
    wix.add_fault(Fault(path="/ecom/v1/orders/*", status=200, body={"order": shown}, times=None))

    first, second = pay(order, key="one"), pay(order, key="two")

    assert Decimal(first.json["amount"]) == 25
    assert (second.status, second.code) == (422, "exceeds_balance")


@pytest.mark.parametrize("summary", [{}, {"total": None}, {"total": {"amount": None}}], ids=str)
def test_an_order_without_a_total_takes_no_payment(
    wix: WixSimulator, summary: dict[str, Any]
) -> None:
    order = unpaid(wix)
    shown = {**wix.order(order["id"]), "priceSummary": summary}
    wix.add_fault(Fault(path="/ecom/v1/orders/*", status=200, body={"order": shown}))

    reply = pay(order, amount="1.00")

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert "total" in reply.json["detail"]
    assert not wix.payments(order["id"])


@pytest.mark.parametrize("status", ["PENDING", "PENDING_MERCHANT"])
@LAGS
def test_an_offline_payment_that_waits_for_the_merchant_is_confirmed_once(
    wix: WixSimulator, status: str, lag: float
) -> None:
    wix.switches.payment_status_lag_seconds = lag
    order = wix.add_order(total="25.00", payments=[offline("25.00", status=status)])

    first, second = pay(order, key="one"), pay(order, key="two", amount="25.00")

    assert first.json["wasPending"] is True
    assert (second.status, second.code) == (422, "exceeds_balance")
    assert amounts(wix, order) == [("APPROVED", 25)]


@pytest.mark.parametrize(
    ("payment", "way"),
    [
        (authorized("25.00"), "is AUTHORIZED: capture or void it in Wix first"),
        (card("25.00", status="PENDING"), "is PENDING: wait for it first"),
        (card("25.00", status="PENDING_MERCHANT"), "is PENDING_MERCHANT: wait for it first"),
        (card("25.00", status="UNDEFINED"), "is UNDEFINED: wait for it first"),
        (card("25.00", status="ON_HOLD"), "is ON_HOLD: wait for it first"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.status,
)
def test_a_payment_that_is_under_way_counts_and_is_named(
    wix: WixSimulator, payment: Any, way: str
) -> None:
    order = wix.add_order(total="30.00", payments=[payment])

    too_much = pay(order, key="all", amount="30.00")
    rest = pay(order, key="rest")
    none = pay(order, key="none")

    (payment_id, _) = wix.payment_ids(order["id"])
    assert (too_much.status, too_much.code) == (422, "exceeds_balance")
    assert f"5 is left to pay; payment {payment_id} of 25 {way}" in too_much.json["detail"]
    assert Decimal(rest.json["amount"]) == 5
    assert (none.status, none.code) == (422, "exceeds_balance")


@pytest.mark.parametrize("status", ["CANCELED", "DECLINED", "VOIDED"])
def test_a_payment_that_fell_through_leaves_all_to_pay(wix: WixSimulator, status: str) -> None:
    order = wix.add_order(total="25.00", payments=[card("25.00", status=status)])

    reply = pay(order)

    assert Decimal(reply.json["amount"]) == 25


@pytest.mark.parametrize("reopens", [False, True])
@LAGS
def test_money_that_was_given_back_is_not_left_to_pay_again(
    wix: WixSimulator, lag: float, *, reopens: bool
) -> None:
    wix.switches.payment_status_lag_seconds = lag
    wix.switches.refund_reopens_balance = reopens
    order = wix.add_order(total="25.00", payments=[card("15.00")], created="2026-01-15T08:30:00Z")
    refund = call("refund_order", {"amount": "10.00"}, key="r", order_id=order["id"])

    too_much = pay(order, key="all", amount="10.01")
    rest, none = pay(order, key="rest"), pay(order, key="none")

    assert refund.json["status"] == "REFUNDED"
    assert (too_much.status, too_much.code) == (422, "exceeds_balance")
    assert "10 is left to pay; what was refunded counts as paid" in too_much.json["detail"]
    assert Decimal(rest.json["amount"]) == 10
    assert (none.status, none.code) == (422, "exceeds_balance")


@LAGS
def test_gift_cards_and_memberships_pay_their_part(wix: WixSimulator, lag: float) -> None:
    wix.switches.payment_status_lag_seconds = lag
    order = wix.add_order(
        lines=[line(price="25.00"), line(price="0", kind="SERVICE")],
        payments=[gift_card("20.00"), membership(line_index=1)],
    )

    rest, none = pay(order, key="rest"), pay(order, key="none")

    assert Decimal(rest.json["amount"]) == 5
    assert (none.status, none.code) == (422, "exceeds_balance")


@pytest.mark.parametrize("reopens", [False, True])
def test_a_gift_card_that_was_refunded_is_paid_again_only_if_wix_says_so(
    wix: WixSimulator, *, reopens: bool
) -> None:
    wix.switches.refund_reopens_balance = reopens
    order = wix.add_order(total="20.00", payments=[gift_card("20.00")])
    whole = [{"paymentId": wix.payment_ids(order["id"])[0]}]
    call("refund_order", {"payments": whole}, key="r", order_id=order["id"])

    replies = [pay(order, key=key) for key in ("one", "two")]

    assert [each.status for each in replies] == ([200, 422] if reopens else [422, 422])


def test_a_payment_that_was_charged_back_still_counts(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[card("25.00")])
    (payment,) = wix.payments(order["id"])
    charged_back = [{"id": "c-1", "amount": {"amount": "25.00"}, "status": "APPROVED"}]
    listed(
        wix,
        order,
        regularPaymentDetails={**payment["regularPaymentDetails"], "chargebacks": charged_back},
    )

    reply = pay(order)

    assert (reply.status, reply.code) == (422, "exceeds_balance")


@pytest.mark.parametrize("amount", [None, {}, {"amount": None}], ids=str)
@pytest.mark.parametrize("payment", [card("10.00"), offline("10.00")], ids=["card", "waiting"])
def test_a_payment_of_unknown_amount_is_named_and_nothing_recorded(
    wix: WixSimulator, payment: Any, amount: Any
) -> None:
    order = wix.add_order(total="25.00", payments=[payment])
    listed(wix, order, amount=amount)

    reply = pay(order, amount="10.00")

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert wix.payment_ids(order["id"])[0] in reply.json["detail"]
    assert not api_calls(wix, ADD)
    assert not api_calls(wix, APPROVE)


def test_cash_that_was_rounded_counts_as_what_it_was_rounded_from(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.02", payments=[offline("25.00")])
    listed(wix, order, cashRounding={"unroundedAmount": {"amount": "25.02"}}, status="APPROVED")

    reply = pay(order)

    assert (reply.status, reply.code) == (422, "exceeds_balance")


def test_rounded_cash_that_waits_is_confirmed_as_it_is(wix: WixSimulator) -> None:
    order = wix.add_order(total="24.98", payments=[offline("25.00")])
    listed(wix, order, cashRounding={"unroundedAmount": {"amount": "24.98"}})

    reply = pay(order)

    assert Decimal(reply.json["amount"]) == 25


def test_one_that_waits_is_not_confirmed_beyond_the_total(wix: WixSimulator) -> None:
    order = wix.add_order(
        total="25.00", payments=[offline("10.00", status="APPROVED"), offline("25.00")]
    )

    reply = pay(order)

    waiting = wix.payment_ids(order["id"])[1]
    assert (reply.status, reply.code) == (422, "exceeds_balance")
    assert f"15 is left to pay; payment {waiting} of 25 is waiting" in reply.json["detail"]
    assert not api_calls(wix, APPROVE)


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"uneven_amounts": True},
        {"consistency_header": True},
        {"unknown_fields": "ignore"},
        {"status_not_allowed_status": 428},
        *({"created_date": kept} for kept in ("milliseconds", "seconds", "own")),
    ],
    ids=str,
)
@LAGS
def test_whatever_wix_does_an_order_is_paid_once(
    wix: WixSimulator, lag: float, switches: dict[str, Any]
) -> None:
    for name, value in {**switches, "payment_status_lag_seconds": lag}.items():
        setattr(wix.switches, name, value)
    order = wix.add_order(total="40.00", payments=[offline("10.00")])
    asked = {"waiting": {}, "part": {"amount": "12.50"}, "rest": {}, "none": {}}

    replies = {key: pay(order, key=key, **body) for key, body in asked.items()}
    again = {key: pay(order, key=key, **body) for key, body in asked.items()}

    statuses = {"waiting": 200, "part": 200, "rest": 200, "none": 422}
    for answered in (replies, again):
        assert {key: each.status for key, each in answered.items()} == statuses
    assert amounts(wix, order) == [
        ("APPROVED", 10),
        ("APPROVED", Decimal("12.50")),
        ("APPROVED", Decimal("17.50")),
    ]


@pytest.mark.parametrize("status", ["CANCELED", "REJECTED"])
def test_an_order_that_is_over_takes_no_payment(wix: WixSimulator, status: Any) -> None:
    order = wix.add_order(total="25.00", payments=[], status=status)

    reply = pay(order)

    assert (reply.status, reply.code) == (409, "not_possible_now")


def test_the_same_request_is_answered_from_memory(wix: WixSimulator) -> None:
    order = unpaid(wix)

    one, two = (pay(order, amount="10.00") for _ in range(2))

    assert two.replayed
    assert two.json == one.json
    assert len(wix.payments(order["id"])) == 1


@pytest.mark.parametrize(
    ("waiting", "path"), [([offline("25.00")], APPROVE), ([], ADD)], ids=["confirmed", "added"]
)
@pytest.mark.parametrize("unreadable", [0, 3], ids=["at once", "by the next request"])
def test_a_lost_answer_is_found_again(
    wix: WixSimulator, waiting: list[Any], path: str, unreadable: int
) -> None:
    order = wix.add_order(total="25.00", payments=waiting)
    wix.add_fault(Fault(path=path, status=503, effect=True))
    if unreadable:
        wix.add_fault(Fault(path=LIST, skip=1, status=503, times=unreadable))

    replies = [pay(order) for _ in range(2)]

    (payment,) = wix.payments(order["id"])
    assert payment["status"] == "APPROVED"
    assert [each.status for each in replies] == ([504, 200] if unreadable else [200, 200])
    assert replies[-1].json["paymentId"] == payment["id"]


@pytest.mark.parametrize("refunded", ["4.00", "25.00"], ids=["a part", "all of it"])
def test_a_confirmed_payment_is_found_even_if_it_was_refunded_since(
    wix: WixSimulator, refunded: str
) -> None:
    order = wix.add_order(total="25.00", payments=[offline("25.00")])
    (payment_id,) = wix.payment_ids(order["id"])
    wix.add_fault(Fault(path=APPROVE, status=503, effect=True))
    wix.add_fault(Fault(path=LIST, skip=1, status=503, times=3))
    lost = pay(order)
    back = {"payments": [{"paymentId": payment_id, "amount": refunded, "externalRefund": True}]}
    call("refund_order", back, key="r", order_id=order["id"])

    found = pay(order)

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.json["paymentId"]) == (200, payment_id)
    assert found.json["wasPending"] is True


def test_a_payment_whose_amount_wix_no_longer_tells_is_found_by_its_moment(
    wix: WixSimulator,
) -> None:
    order = unpaid(wix)
    wix.add_fault(Fault(path=ADD, status=503, effect=True))
    wix.add_fault(Fault(path=LIST, skip=1, status=503, times=3))
    pay(order)
    listed(wix, order, amount=None)
    later(SETTLE_SECONDS + 1)

    found = pay(order)

    assert found.json["paymentId"] == wix.payment_ids(order["id"])[0]
    assert len(wix.payments(order["id"])) == 1


def test_a_payment_lost_before_wix_is_added_once_that_is_certain(wix: WixSimulator) -> None:
    order = unpaid(wix)
    wix.add_fault(Fault(path=ADD, drop="before"))

    unknown = pay(order)
    still_unknown = pay(order)
    later(SETTLE_SECONDS + 1)
    done = pay(order)

    assert [unknown.code, still_unknown.code] == ["outcome_unknown"] * 2
    assert done.status == 200
    assert len(wix.payments(order["id"])) == 1
