"""Puts into the simulated shop what the document's samples name, so that they can be sent."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.samples import (
    SAMPLE_BOOKINGS,
    SAMPLE_EMAIL,
    SAMPLE_KEY,
    SAMPLE_MEMBERS,
    SAMPLE_NEW_SKU,
    SAMPLE_ORDERS,
    SAMPLE_PAYMENT,
    SAMPLE_SKU,
    SAMPLE_START,
    SAMPLE_VARIANT,
    named,
)
from tests.wix_simulator import WixSimulator, card, line, offline

type Json = dict[str, Any]


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
    return {SAMPLE_KEY: str(uuid.uuid4()), **SEEDS[area](wix)}


def _naming(ids: dict[str, str], operation: Json) -> Json:
    renamed: Json = json.loads(named(json.dumps(operation), ids))
    return renamed


def _order(wix: WixSimulator) -> dict[str, str]:
    """Add an order of which half is paid."""
    halves = [card("25.00"), offline("25.00")]
    order = wix.add_order(lines=[line(4, "12.50", name="Coffee beans")], payments=halves)
    orders = dict.fromkeys(SAMPLE_ORDERS, str(order["id"]))
    return {**orders, SAMPLE_PAYMENT: wix.payment_ids(order["id"])[0]}


def _member(wix: WixSimulator) -> dict[str, str]:
    """Add a member who waits to be let in; the one to be created gets an address of their own."""
    member = wix.members.add(status="PENDING", email=_address())
    return {**dict.fromkeys(SAMPLE_MEMBERS, str(member["id"])), SAMPLE_EMAIL: _address()}


def _address() -> str:
    return f"ada-{uuid.uuid4().hex[:6]}@example.com"


def _new_product(wix: WixSimulator) -> dict[str, str]:
    """Add a product for the list; the one to be created gets a SKU that no product has."""
    wix.catalog.add_product()
    return {SAMPLE_NEW_SKU: _sku()}


def _stock(wix: WixSimulator) -> dict[str, str]:
    """Add two products in stock: one is named by its SKU, and one by its variant."""
    sku = _sku()
    wix.catalog.add_product(sku=sku, quantity=3)
    [item] = wix.catalog.inventory(wix.catalog.add_product(quantity=12)["id"])
    return {SAMPLE_SKU: sku, SAMPLE_VARIANT: item["variantId"]}


def _sku() -> str:
    return f"MUG-{uuid.uuid4().hex[:6].upper()}"


def _booking(wix: WixSimulator) -> dict[str, str]:
    """Add a booking that waits for approval, and a free time to move it to."""
    service = wix.bookings.add_service(approval=True)
    booking = wix.bookings.add(service_id=service["id"])
    start = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}T09:00:00"
    wix.bookings.add_slot(service["id"], start)
    return {**dict.fromkeys(SAMPLE_BOOKINGS, str(booking["id"])), SAMPLE_START: start}


SEEDS: dict[str, Callable[[WixSimulator], dict[str, str]]] = {
    "members": _member,
    "products": _new_product,
    "inventory": _stock,
    "orders": _order,
    "bookings": _booking,
}
"""For each area, how to put into the shop what its samples name; and what that is called there."""
