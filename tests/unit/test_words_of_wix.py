"""What Wix says when it refuses a request: its caller reads it, and nobody else does."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import canaries
from tests.unit.aws import aws_client
from tests.unit.calls import Reply, call, invoke
from tests.unit.wix_admin.effects.batches import QueueInMemory
from tests.wix_simulator import Fault, WixSimulator, card, line
from wix_admin.errors import WixRequestError

WORDS = f"{canaries.FIRST_NAME} cannot have {canaries.MESSAGE}"
FULFILL = "*/create-fulfillment"
LINES = [{"lineItemId": "00000000-0000-0000-0000-000000000001", "quantity": 1}]
PARCEL = {"trackingNumber": "T-1", "carrier": "dhl", "lines": LINES}

type LogLines = Callable[[], list[dict[str, Any]]]


def refusing(path: str, *, field: str | None = None, status: int = 400) -> Fault:
    """Make Wix refuse the next call of a path, in words that must not spread."""
    violation = {"field": field, "description": WORDS, "violatedRule": "OTHER"}
    about: dict[str, Any] = (
        {"validationError": {"fieldViolations": [violation]}}
        if field
        else {"applicationError": {"code": "NOT_TAKEN", "description": WORDS}}
    )
    return Fault(path=path, status=status, body={"message": WORDS, "details": about})


def spread_in(*places: object) -> set[str]:
    """Find Wix's words in what is written down."""
    return {mark for mark in canaries.MARKS for each in places if mark in json.dumps(each)}


def ledger(table: str) -> list[Any]:
    items: list[Any] = aws_client("dynamodb").scan(TableName=table)["Items"]
    return items


@pytest.mark.parametrize("status", [400, 409, 428])
@pytest.mark.usefixtures("table")
def test_the_caller_reads_why_wix_refused(
    wix: WixSimulator, log_lines: LogLines, status: int
) -> None:
    order_id = wix.add_order(total="30.00", payments=[card("30.00")])["id"]
    wix.add_fault(refusing("*/refund-payments", status=status))

    reply = call("orders/refund_order", {"amount": "10.00"}, target=order_id, key="k-1")

    assert reply.status in {400, 409}
    assert reply.json["detail"] == f"Wix says: {WORDS}"
    assert reply.json["errors"] == [{"field": "", "detail": f"Wix says: {WORDS}"}]
    assert reply.json["wixCode"] == "NOT_TAKEN"
    assert not spread_in(log_lines())


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("search.filter", {"filter": {"status": "APPROVED"}}, "/filter"),
        ("search.cursorPaging.limit", {"limit": 7}, "/limit"),
        ("search.cursorPaging.limit", {}, ""),
    ],
)
def test_the_caller_reads_where_it_is_in_the_request(
    wix: WixSimulator, path: str, body: dict[str, Any], place: str
) -> None:
    wix.add_fault(refusing("/ecom/v1/orders/search", field=path))

    reply = call("orders/query_orders", body)

    assert (reply.status, reply.fields) == (400, [place])
    assert f"Wix says: {path}: {WORDS}" in reply.json["detail"]


def test_no_record_and_no_replay_has_what_wix_said(
    wix: WixSimulator, table: str, log_lines: LogLines
) -> None:
    order_id = wix.add_order(lines=[line()])["id"]
    wix.add_fault(refusing(FULFILL, field="fulfillment.trackingInfo.trackingNumber"))

    first, second = (
        call("orders/fulfill_order", PARCEL, target=order_id, key="k-1") for _ in range(2)
    )

    assert first.fields == ["/trackingNumber"]
    assert WORDS in first.json["detail"]
    assert (second.status, second.code, second.replayed) == (first.status, first.code, True)
    assert not spread_in(second.json, ledger(table), log_lines())


@pytest.mark.usefixtures("table")
def test_the_error_of_a_direct_call_does_not_have_it(wix: WixSimulator) -> None:
    order_id = wix.add_order(lines=[line()])["id"]
    wix.add_fault(refusing(FULFILL))

    with pytest.raises(WixRequestError) as caught:
        invoke("orders/fulfill_order", {"orderId": order_id, "idempotencyKey": "k-1", **PARCEL})

    assert not spread_in(str(caught.value), repr(caught.value))


@pytest.mark.usefixtures("table")
def test_a_dead_letter_does_not_have_it(
    wix: WixSimulator, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    queue, dead_letters = QueueInMemory.create(), QueueInMemory.create()
    monkeypatch.setenv("QUEUE_URL", queue.url)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", dead_letters.url)
    order_id = wix.add_order(lines=[line()])["id"]
    queue.send(json.dumps({"orderId": order_id, "dispatchId": "D-1", **PARCEL}))
    wix.add_fault(refusing(FULFILL))

    invoke("automations/fulfill_dispatched_shipment", queue.batch())

    [letter] = dead_letters.receive()
    assert letter["MessageAttributes"]["reason"]["StringValue"] == "wix_refused"
    assert not spread_in(letter, log_lines())


@pytest.mark.parametrize("many", [False, True])
def test_the_caller_reads_why_wix_refused_a_product(
    wix: WixSimulator, table: str, log_lines: LogLines, *, many: bool
) -> None:
    products = [{"name": "Mug", "price": "9.50"}, {"name": "Tea", "price": "4.00"}]
    body = {"products": products if many else products[:1]}
    wix.add_fault(refusing("/stores/v3/bulk/products/create*", field="products[0].name"))

    def create() -> Reply:
        return call("products/create_product", body, key="k-1")

    first, second = create(), create()

    told = first.json["results"][0]["error"] if many else first.json
    assert f"Wix says: products[0].name: {WORDS}" in told["detail"]
    assert not spread_in(second.json, ledger(table), log_lines())
