"""What each function is given to do: its sample event, as if it came now, about a new order."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

from tests.wix_simulator import WixSimulator, line
from tests.wix_simulator.errors import Json
from tests.wix_simulator.webhooks import APPROVED

EVENTS = Path(__file__).resolve().parents[2] / "events"

READERS = frozenset({"get_order", "query_orders"})

SAMPLE_ORDER = "a1a1a1a1-0000-4000-8000-00000000000a"
SAMPLE_PAYMENT = "b0b0b0b0-0000-4000-8000-000000000001"
SAMPLE_LINE = "00000000-0000-0000-0000-000000000001"
SAMPLE_TRACKING = "1Z999AA10123456784"
"""What the sample events name, to be replaced by what is in the shop."""

MIXED = (line(2, "12.50", id=SAMPLE_LINE), line(price="9.99", kind="DIGITAL"))
"""Something to ship, and something to download."""


def event_for(area: str, function: str, wix: WixSimulator) -> Json:
    """Make a new order, and an event about it for one of the functions of an area."""
    payments = () if function == "record_payment" else None
    order = wix.add_order(lines=MIXED, payments=payments)
    if area == "webhooks":
        return _batch(delivery(wix, order))
    if area == "automations":
        return _batch(_sample(f"{area}/{function}.event", wix, order))
    if area == "schedules":
        event: Json = json.loads(_sample(f"{area}/{function}", wix, order))
        return event
    return _request(function, wix, order)


def delivery(wix: WixSimulator, order: Json) -> str:
    """What Wix posts when an order is approved, signed."""
    return wix.webhooks.token(APPROVED, order["id"], {"actionEvent": {"body": {"order": order}}})


def _request(function: str, wix: WixSimulator, order: Json) -> Json:
    request: Json = json.loads(_sample(f"orders/{function}.http", wix, order))
    request["requestContext"]["requestTimeEpoch"] = round(time.time() * 1000)
    if function not in READERS:
        key = str(uuid.uuid4())
        request["headers"]["Idempotency-Key"] = key
        request["multiValueHeaders"]["Idempotency-Key"] = [key]
    return request


def _batch(body: str) -> Json:
    """One message of a queue, in the shape of the one sample that there is."""
    batch: Json = json.loads((EVENTS / "webhooks/receive_webhook.json").read_text())
    [record] = batch["Records"]
    now = str(round(time.time() * 1000))
    record["body"] = body
    record["attributes"] |= {"SentTimestamp": now, "ApproximateFirstReceiveTimestamp": now}
    record["messageAttributes"]["arrivedAt"]["stringValue"] = now
    return batch


def _sample(name: str, wix: WixSimulator, order: Any) -> str:
    real = {SAMPLE_ORDER: order["id"], SAMPLE_TRACKING: f"1Z{uuid.uuid4().hex[:16].upper()}"}
    if paid := wix.payment_ids(order["id"]):
        real[SAMPLE_PAYMENT] = paid[0]
    text = (EVENTS / f"{name}.json").read_text()
    for sample, there in real.items():
        text = text.replace(sample, there)
    return text
