"""What each function is given to do: its sample event, as if it came now, about
something new."""

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from tests.wix_simulator import WixSimulator, line
from tests.wix_simulator.errors import Json
from tests.wix_simulator.webhooks import APPROVED

EVENTS = Path(__file__).resolve().parents[2] / "events"

READERS = frozenset(
    {
        "get_order",
        "query_bookings",
        "query_inventory",
        "query_members",
        "query_orders",
        "query_products",
    }
)

SAMPLE_ORDER = "a1a1a1a1-0000-4000-8000-00000000000a"
SAMPLE_PAYMENT = "b0b0b0b0-0000-4000-8000-000000000001"
SAMPLE_LINE = "00000000-0000-0000-0000-000000000001"
SAMPLE_TRACKING = "1Z999AA10123456784"
SAMPLE_SKU = "MUG-1"
SAMPLE_VARIANT = "d0d0d0d0-0000-4000-8000-000000000001"
"""What the sample events name, to be replaced by what is in the shop."""

SAMPLES = (SAMPLE_ORDER, SAMPLE_PAYMENT, SAMPLE_TRACKING, SAMPLE_SKU, SAMPLE_VARIANT)

MIXED = (line(2, "12.50", id=SAMPLE_LINE), line(price="9.99", kind="DIGITAL"))
"""Something to ship, and something to download."""


def event_for(area: str, function: str, wix: WixSimulator) -> Json:
    """Make something new, and an event about it for one of the functions of an area."""
    match area:
        case "webhooks":
            return _batch(delivery(wix, _new_order(wix)))
        case "automations":
            return _batch(_sample(f"{area}/{function}.event", _order(function, wix)))
        case "schedules":
            _waiting(function, wix)
            event: Json = json.loads(_sample(f"{area}/{function}", {}))
            return event
    return _request(area, function, SEEDS[area](function, wix))


def delivery(wix: WixSimulator, order: Json) -> str:
    """What Wix posts when an order is approved, signed."""
    return wix.webhooks.token(APPROVED, order["id"], {"actionEvent": {"body": {"order": order}}})


def _order(function: str, wix: WixSimulator) -> dict[str, str]:
    order = _new_order(wix, paid=function != "record_payment")
    real = {SAMPLE_ORDER: order["id"], SAMPLE_TRACKING: f"1Z{uuid.uuid4().hex[:16].upper()}"}
    if paid := wix.payment_ids(order["id"]):
        real[SAMPLE_PAYMENT] = paid[0]
    return real


def _new_order(wix: WixSimulator, *, paid: bool = True) -> Json:
    return wix.add_order(lines=MIXED, payments=None if paid else ())


def _products(function: str, wix: WixSimulator) -> dict[str, str]:
    del function, wix
    return {SAMPLE_SKU: _sku()}


def _stock(function: str, wix: WixSimulator) -> dict[str, str]:
    quantity = 5 if function in READERS else 50
    mug, beans = (wix.catalog.add_product(sku=_sku(), quantity=quantity) for _ in range(2))
    return {
        SAMPLE_SKU: mug["variantsInfo"]["variants"][0]["sku"],
        SAMPLE_VARIANT: beans["variantsInfo"]["variants"][0]["id"],
    }


def _sku() -> str:
    return uuid.uuid4().hex[:12].upper()


def _waiting(function: str, wix: WixSimulator) -> None:
    """Make what one of the schedules is there for."""
    if function == "report_low_stock":
        wix.catalog.add_product(sku=_sku(), quantity=1)


SEEDS: dict[str, Callable[[str, WixSimulator], dict[str, str]]] = {
    "products": _products,
    "inventory": _stock,
    "orders": _order,
}
"""For each area, how to make what a function's sample names; and what that is called at Wix."""


def _request(area: str, function: str, real: dict[str, str]) -> Json:
    request: Json = json.loads(_sample(f"{area}/{function}.http", real))
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


def _sample(name: str, real: dict[str, str]) -> str:
    text = (EVENTS / f"{name}.json").read_text()
    for sample, there in real.items():
        text = text.replace(sample, there)
    return text
