"""A dry run: everything up to the call that would change something, and nothing after it."""

import json
from typing import Any

import pytest

from tests.unit.aws import aws_client
from tests.unit.orders.calls import api_calls, call, http_event, invoke
from tests.wix_simulator import WixSimulator, card, line, offline

ORDER_ID = "a1a1a1a1-0000-4000-8000-00000000000a"


@pytest.fixture
def order(wix: WixSimulator, table: str) -> dict[str, Any]:
    return wix.add_order(
        order_id=ORDER_ID, lines=[line(2, "12.50")], payments=lambda total: [card(total)]
    )


def ledger(table: str) -> list[Any]:
    items: list[Any] = aws_client("dynamodb").scan(TableName=table)["Items"]
    return items


@pytest.mark.parametrize("door", ["http", "direct", "event"])
@pytest.mark.usefixtures("order")
def test_it_needs_no_key_at_any_door(wix: WixSimulator, table: str, door: str) -> None:
    asked = {"amount": "5.00", "dryRun": True}
    direct = {"orderId": ORDER_ID, **asked}
    event = {
        "http": http_event("refund_order", asked, order_id=ORDER_ID),
        "direct": direct,
        "event": {"source": "shop", "detail-type": "Refund Wanted", "detail": direct},
    }[door]

    answer = invoke("refund_order", event)

    told = json.loads(answer["body"]) if door == "http" else answer
    assert told["dryRun"] is True
    assert [each["path"] for each in told["requests"]] == ["/ecom/v1/order-billing/refund-payments"]
    assert not any(each.effect for each in api_calls(wix))
    assert ledger(table) == []


@pytest.mark.usefixtures("order")
def test_a_key_that_stands_for_another_request_is_not_looked_at(table: str) -> None:
    call("refund_order", {"amount": "5.00"}, order_id=ORDER_ID, key="k-1")
    remembered = ledger(table)

    reply = call("refund_order", {"amount": "7.00", "dryRun": True}, order_id=ORDER_ID, key="k-1")

    assert (reply.status, reply.json["dryRun"]) == (200, True)
    assert ledger(table) == remembered


def test_it_tells_whether_a_payment_would_be_confirmed(wix: WixSimulator, table: str) -> None:
    wix.add_order(order_id=ORDER_ID, total="25.00", payments=lambda total: [offline(total)])
    [payment_id] = wix.payment_ids(ORDER_ID)

    reply = call("record_payment", {"amount": "all", "dryRun": True}, order_id=ORDER_ID, key="k-1")

    [planned] = reply.json["requests"]
    assert payment_id in planned["path"]
    assert planned["body"] == {"status": "APPROVED"}
    assert not any(each.effect for each in api_calls(wix))


@pytest.mark.usefixtures("order")
def test_it_shows_what_it_read_to_decide(wix: WixSimulator) -> None:
    reply = call("cancel_order", {"dryRun": True}, order_id=ORDER_ID)

    [read] = reply.json["read"]
    assert (read["method"], read["path"]) == ("GET", f"/ecom/v1/orders/{ORDER_ID}")
    assert read["answer"]["order"] == wix.order(ORDER_ID)


def test_it_says_what_would_be_answered_if_there_is_nothing_to_do(
    wix: WixSimulator, table: str
) -> None:
    wix.add_order(order_id=ORDER_ID, status="CANCELED")

    reply = call("cancel_order", {"dryRun": True}, order_id=ORDER_ID)

    assert reply.json["requests"] == []
    assert reply.json["result"]["alreadyCanceled"] is True


@pytest.mark.usefixtures("order")
def test_it_refuses_what_the_real_one_refuses() -> None:
    reply = call("refund_order", {"amount": "999", "dryRun": True}, order_id=ORDER_ID, key="k-1")

    assert (reply.status, reply.code) == (422, "exceeds_refundable")


@pytest.mark.usefixtures("order")
def test_a_call_that_is_no_dry_run_may_say_so_and_is_the_same_request(wix: WixSimulator) -> None:
    first = call("update_order", {"archived": True}, order_id=ORDER_ID, key="k-1")
    second = call("update_order", {"archived": True, "dryRun": False}, order_id=ORDER_ID, key="k-1")

    assert (first.status, second.status, second.replayed) == (200, 200, True)
    assert sum(each.effect for each in api_calls(wix)) == 1
