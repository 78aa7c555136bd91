"""Recording payments: the one that waits, or a new one, once."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.orders.calls import Reply, api_calls, call, later
from tests.wix_simulator import Fault, WixSimulator, card, line, offline
from wix_admin.once import SETTLE_SECONDS

pytestmark = pytest.mark.usefixtures("table")

ADD = "/ecom/v1/payments/orders/*/add-payment"
LIST = "/ecom/v1/payments/orders/*"
APPROVE = "/ecom/v1/payments/*/update-payment-transaction-status"


def pay(order: dict[str, Any], key: str | None = "k-1", **body: Any) -> Reply:
    return call("record_payment", body, key=key, order_id=order["id"])


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


def test_more_than_is_left_to_pay_is_refused(wix: WixSimulator) -> None:
    order = unpaid(wix)

    reply = pay(order, amount="25.01")

    assert (reply.status, reply.code, reply.fields) == (422, "exceeds_balance", ["amount"])
    assert "25 is left to pay" in reply.json["detail"]


def test_a_paid_order_takes_no_more(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[card("25.00")])

    reply = pay(order)

    assert (reply.status, reply.code) == (422, "exceeds_balance")


def test_another_amount_than_the_one_that_waits_is_refused(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[offline("25.00")])

    reply = pay(order, amount="10.00")

    assert (reply.status, reply.code) == (422, "exceeds_balance")
    assert "25 are waiting" in reply.json["detail"]


def test_of_several_that_wait_the_amount_tells_which(wix: WixSimulator) -> None:
    order = wix.add_order(
        lines=[line(price="25.00")], payments=[offline("10.00"), offline("15.00")]
    )

    unclear = pay(order)
    clear = pay(order, amount="15.00")

    assert (unclear.status, unclear.code) == (422, "exceeds_balance")
    assert clear.json["paymentId"] == wix.payment_ids(order["id"])[1]


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
