"""Puts into the simulated shop what the document's samples name, so that they can be sent."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.openapi.files import Json
from tests.wix_simulator import WixSimulator, card, line, offline

MEMBER_ID = "4c9f7a10-2f0e-4b86-9d55-0d8f3a1b7c01"
EMAIL = "ada@example.com"
ORDER_ID = "a1a1a1a1-0000-4000-8000-00000000000a"
PAYMENT_ID = "b0b0b0b0-0000-4000-8000-000000000001"
VARIANT_ID = "d0d0d0d0-0000-4000-8000-000000000001"
SKU = "MUG-1"
BOOKING_ID = "a3d5f0c2-6b1e-4c7a-8f20-91e4d7b6aa01"
START = "2027-03-03T09:00:00"
KEY = "5e0a8f1c-7a3b-4c7d-9f0e-2b1d6c4a8e90"


def seeded(document: Json, wix: WixSimulator) -> Json:
    """Return the document with samples that name what is there now, and with a new key."""
    ids = {tag["name"]: _present(tag["name"], wix) for tag in document["tags"]}
    paths = {
        path: {
            method: _naming(ids[operation["tags"][0]], operation)
            for method, operation in methods.items()
        }
        for path, methods in document["paths"].items()
    }
    return {**document, "paths": paths}


def with_seeds(operation: Json, wix: WixSimulator) -> Json:
    """Return one operation of the document, the same way, with things of its own."""
    return _naming(_present(operation["tags"][0], wix), operation)


def _present(area: str, wix: WixSimulator) -> dict[str, str]:
    return {KEY: str(uuid.uuid4()), **SEEDS[area](wix)}


def _naming(ids: dict[str, str], operation: Json) -> Json:
    text = json.dumps(operation)
    for sample, real in ids.items():
        text = text.replace(sample, real)
    renamed: Json = json.loads(text)
    return renamed


def _order(wix: WixSimulator) -> dict[str, str]:
    """Add an order of which half is paid."""
    halves = [card("25.00"), offline("25.00")]
    order = wix.add_order(lines=[line(4, "12.50", name="Coffee beans")], payments=halves)
    return {ORDER_ID: order["id"], PAYMENT_ID: wix.payment_ids(order["id"])[0]}


def _member(wix: WixSimulator) -> dict[str, str]:
    """Add a member who waits to be let in; the one to be created gets an address of their own."""
    member = wix.members.add(status="PENDING", email=_address())
    return {MEMBER_ID: member["id"], EMAIL: _address()}


def _address() -> str:
    return f"ada-{uuid.uuid4().hex[:6]}@example.com"


def _new_product(wix: WixSimulator) -> dict[str, str]:
    """Add a product for the list; the one to be created gets a SKU that no product has."""
    wix.catalog.add_product()
    return {SKU: _sku()}


def _stock(wix: WixSimulator) -> dict[str, str]:
    """Add two products in stock: one is named by its SKU, and one by its variant."""
    sku = _sku()
    wix.catalog.add_product(sku=sku, quantity=3)
    [item] = wix.catalog.inventory(wix.catalog.add_product(quantity=12)["id"])
    return {SKU: sku, VARIANT_ID: item["variantId"]}


def _sku() -> str:
    return f"MUG-{uuid.uuid4().hex[:6].upper()}"


def _booking(wix: WixSimulator) -> dict[str, str]:
    """Add a booking that waits for approval, and a free time to move it to."""
    service = wix.bookings.add_service(approval=True)
    booking = wix.bookings.add(service_id=service["id"])
    start = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}T09:00:00"
    wix.bookings.add_slot(service["id"], start)
    return {BOOKING_ID: booking["id"], START: start}


SEEDS: dict[str, Callable[[WixSimulator], dict[str, str]]] = {
    "members": _member,
    "products": _new_product,
    "inventory": _stock,
    "orders": _order,
    "bookings": _booking,
}
"""For each area, how to put into the shop what its samples name; and what that is called there."""
