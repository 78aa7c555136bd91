"""Giving the automations the events that start them."""

import os
from typing import Any

from tests.actions import ACTIONS
from tests.samples import sample_event
from tests.unit.aws import aws_client
from tests.unit.calls import handler_of
from tests.unit.orders.calls import Context
from tests.wix_simulator import Fault, WixSimulator

ORDER = "/ecom/v1/orders/*"
LIST = "/ecom/v1/fulfillments/orders/*"
CREATE = "/ecom/v1/fulfillments/orders/*/create-fulfillment"

OF_WIX = {
    "id": "e1e1e1e1-0000-4000-8000-000000000001",
    "instanceId": "1257a7ce-0000-4000-8000-000000000001",
    "late": False,
    "identity": {"identityType": "WIX_USER"},
    "entityFqdn": "wix.ecom.v1.order",
    "slug": "approved",
    "eventTime": "2026-01-15T08:30:02.365080Z",
    "entityEventSequence": "3",
    "triggeredByAnonymizeRequest": False,
    "originatedFrom": "",
    "actionEvent": {"body": {}},
}
"""What else is in an event of Wix that an order was approved."""

LEASE_SECONDS = 36
"""How long another try waits for one that died: the invocation's time and a margin."""


class Died(BaseException):
    """The process was ended."""


def sample(action: str) -> dict[str, Any]:
    return sample_event(ACTIONS[f"automations/{action}"], "event")


def approved(order_id: str, **changed: Any) -> dict[str, Any]:
    """Make the event that an order was approved, or another one about it, without the order itself.

    Args:
        changed: Fields of its detail that are different.
    """
    event = sample("fulfill_approved_order")
    event["detail"] |= {**OF_WIX, "entityId": order_id, **changed}
    return event


def dispatched(order_id: str, **changed: Any) -> dict[str, Any]:
    """Make the event that a shipment left: by default one unit of the first line, by UPS.

    Args:
        changed: Fields of its detail that are different, or that are missing if they are None.
    """
    event = sample("fulfill_dispatched_shipment")
    detail = event["detail"] | {"orderId": order_id, **changed}
    event["detail"] = {name: value for name, value in detail.items() if value is not None}
    return event


def act(event: Any) -> Any:
    """Let the automation for approved orders have an event."""
    return handler_of("automations/fulfill_approved_order")(event, Context())


def record(event: Any) -> Any:
    """Let the automation for shipments have an event."""
    return handler_of("automations/fulfill_dispatched_shipment")(event, Context())


def wix_shows(wix: WixSimulator, order: dict[str, Any], *, times: int | None = None) -> None:
    """Let Wix answer with this order, whatever it has."""
    wix.add_fault(Fault(path=ORDER, method="GET", status=200, body={"order": order}, times=times))


def asked(wix: WixSimulator) -> list[str]:
    """What was asked of Wix, in short: `order`, `list` or `create`."""
    return [
        "create" if each.method == "POST" else "list" if "/fulfillments/" in each.path else "order"
        for each in wix.requests(path="/ecom/*")
    ]


def ledger(operation: str) -> dict[str, Any]:
    """What the ledger remembers of an operation, `{}` if that is nothing."""
    items = aws_client("dynamodb").scan(TableName=os.environ["EFFECTS_TABLE_NAME"])["Items"]
    found = [
        {name: next(iter(value.values())) for name, value in item.items()}
        for item in items
        if item["operation"]["S"] == operation
    ]
    assert len(found) <= 1
    return found[0] if found else {}
