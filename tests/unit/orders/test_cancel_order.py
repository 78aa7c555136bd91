"""Cancelling: once, and without a word about money."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.orders.calls import Reply, api_calls, call
from tests.wix_simulator import Fault, WixSimulator, authorized, line

pytestmark = pytest.mark.usefixtures("table")

CANCEL = "/ecom/v1/orders/*/cancel"


def cancel(order: dict[str, Any], key: str | None = None, **body: Any) -> Reply:
    return call("cancel_order", body, key=key, order_id=order["id"])


def test_an_order_is_canceled_and_its_money_stays_where_it_is(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")

    reply = cancel(order)

    assert reply.status == 200
    assert reply.json["status"] == "CANCELED"
    assert Decimal(reply.json["stillPaid"]) == 25
    assert wix.refunds(order["id"]) == []


def test_stock_and_mail_are_left_alone_unless_asked_for(wix: WixSimulator) -> None:
    quiet, told = (wix.add_order(lines=[line(quantity=2)]) for _ in range(2))

    cancel(quiet)
    cancel(told, restockAllItems=True, sendOrderCanceledEmail=True, customMessage="Sorry")

    assert wix.restocked(quiet["id"]) == {}
    assert list(wix.restocked(told["id"]).values()) == [2]
    assert len(wix.mails) == 1


def test_a_canceled_order_is_left_alone(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")
    cancel(order)

    again = cancel(order, restockAllItems=True)

    assert (again.status, again.json["alreadyCanceled"]) == (200, True)
    assert len(api_calls(wix, CANCEL)) == 1
    assert wix.restocked(order["id"]) == {}


def test_a_key_is_honoured(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")

    one, two, other = (
        cancel(order, "k"),
        cancel(order, "k"),
        cancel(order, "k", restockAllItems=True),
    )

    assert (one.replayed, two.replayed) == (False, True)
    assert two.json == one.json
    assert (other.status, other.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", [None, "k"])
def test_a_lost_answer_is_read_back_at_once(wix: WixSimulator, key: str | None) -> None:
    order = wix.add_order(total="25.00")
    wix.add_fault(Fault(path=CANCEL, drop="after"))

    reply = cancel(order, key)

    assert (reply.status, reply.json["status"]) == (200, "CANCELED")
    assert len(api_calls(wix, CANCEL)) == 1


def test_an_unknown_outcome_is_told_as_such_without_a_key_too(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")
    wix.add_fault(Fault(path=CANCEL, drop="before"))

    unknown = cancel(order)
    done = cancel(order)

    assert (unknown.status, unknown.code) == (504, "outcome_unknown")
    assert (done.status, done.json["status"]) == (200, "CANCELED")


def test_what_wix_forbids_is_told_with_its_code(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", payments=[authorized("25.00")])

    reply = cancel(order)

    assert (reply.status, reply.code) == (409, "wix_forbids")
    assert reply.json["wixCode"] == "ORDER_HAS_AUTHORIZED_TRANSACTION"
