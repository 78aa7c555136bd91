"""The automation that fulfills what needs no shipping, and announces the rest."""

import json
from functools import partial

from .bus import publish
from .client import call
from .ledger import Change, Json, once
from .queues import work_off

NAME = "fulfill_approved_order"


def fulfill_approved_order(batch: Json, context: object) -> Json:
    return work_off(batch, NAME, act)


def act(body: str) -> None:
    order_id = json.loads(body)["detail"]["entityId"]
    order = call("GET", f"/ecom/v1/orders/{order_id}")["order"]
    if (order["status"], order["paymentStatus"]) != ("APPROVED", "PAID"):
        return
    if order["fulfillmentStatus"] != "NOT_FULFILLED":
        raise ValueError("this reference knows orders that are new")
    shipped = [each for each in order["lineItems"] if each["physicalProperties"]["shippable"]]
    unshipped = [each for each in order["lineItems"] if each not in shipped]

    def announcement() -> Change:
        lines = [{"lineItemId": each["id"], "quantity": each["quantity"]} for each in shipped]
        detail = {"orderId": order_id, "orderNumber": order["number"], "lines": lines}
        return partial(publish, "wix-admin", "Order Ready To Ship", detail)

    def fulfillment() -> Change:
        lines = [{"id": each["id"], "quantity": each["quantity"]} for each in unshipped]
        path = f"/ecom/v1/fulfillments/orders/{order_id}/create-fulfillment"
        return partial(call, "POST", path, {"fulfillment": {"lineItems": lines}})

    if shipped:
        once("announce", order_id, "approved", announcement)
    if unshipped:
        once("fulfill", order_id, "approved", fulfillment)
