"""The automation that records what left the warehouse."""

import json

from .ledger import Json, once
from .queues import work_off
from .writers import fulfillment

NAME = "fulfill_dispatched_shipment"


def fulfill_dispatched_shipment(batch: Json, context: object) -> Json:
    return work_off(batch, NAME, record)


def record(body: str) -> None:
    shipment = json.loads(body)["detail"]
    order_id = shipment["orderId"]
    once("fulfill", order_id, shipment["dispatchId"], lambda: fulfillment(order_id, shipment))
