"""What is sent to Wix, field by field."""

import json
import re
from typing import Any

import pytest

from tests.unit.bus import Bus
from tests.unit.requests import Case, Known, Request, sent_by
from tests.wix_simulator import Fault, WixSimulator, line

ORDER_ID = "a1a1a1a1-0000-4000-8000-00000000000a"
GOODS, FILE = (f"00000000-0000-0000-0000-{n:012d}" for n in (1, 2))
FULFILLMENTS = f"/ecom/v1/fulfillments/orders/{ORDER_ID}"

READ: Request = ("GET", f"/ecom/v1/orders/{ORDER_ID}", None)
LIST: Request = ("GET", FULFILLMENTS, None)


def create(line_id: str, **more: Any) -> Request:
    body = {"fulfillment": {"lineItems": [{"id": line_id, "quantity": 1}], **more}}
    return ("POST", f"{FULFILLMENTS}/create-fulfillment", body)


def an_order(wix: WixSimulator) -> Known:
    wix.add_order(order_id=ORDER_ID, lines=[line(2), line(kind="DIGITAL")])
    return {}


def an_order_whose_answer_is_lost(wix: WixSimulator) -> Known:
    wix.add_fault(Fault(path="*/create-fulfillment", drop="after"))
    return an_order(wix)


APPROVED = {"id": "e-1", "entityId": ORDER_ID}
SENT = create(FILE, customInfo={"fieldsData": {"reference": "<reference>"}})

CASES = [
    Case("automations/fulfill_approved_order", APPROVED, [READ, SENT]),
    Case(
        "automations/fulfill_approved_order",
        APPROVED,
        [READ, SENT, LIST],
        name="whose answer is lost",
        scene=an_order_whose_answer_is_lost,
    ),
    Case(
        "automations/fulfill_dispatched_shipment",
        {
            "dispatchId": "D-1",
            "orderId": ORDER_ID,
            "lines": [{"lineItemId": GOODS, "quantity": 1}],
            "carrier": "ups",
            "trackingNumber": "1Z999",
        },
        [
            LIST,
            READ,
            create(GOODS, trackingInfo={"trackingNumber": "1Z999", "shippingProvider": "ups"}),
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, bus: Bus, case: Case) -> None:
    (case.scene or an_order)(wix)

    sent = [(method, path, without_reference(body)) for method, path, body in sent_by(wix, case)]

    assert sent == case.requests


def without_reference(body: Any) -> Any:
    """Put a mark in place of a fulfillment's reference, if it has the form of one."""
    return json.loads(re.sub(r"wa-[0-9a-f]{16}", "<reference>", json.dumps(body)))
