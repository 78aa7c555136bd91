"""Puts into the simulated shop what the document's samples name, so that they can be sent."""

import json
import uuid
from collections.abc import Callable

from tests.openapi.files import Json
from tests.wix_simulator import WixSimulator, line, offline

ORDER_ID = "a1a1a1a1-0000-4000-8000-00000000000a"
PAYMENT_ID = "b0b0b0b0-0000-4000-8000-000000000001"
KEY = "5e0a8f1c-7a3b-4c7d-9f0e-2b1d6c4a8e90"


def seeded(document: Json, wix: WixSimulator) -> Json:
    """Return the document with samples that name what is there: for each operation its own."""
    paths = {
        path: {method: with_seeds(operation, wix) for method, operation in methods.items()}
        for path, methods in document["paths"].items()
    }
    return {**document, "paths": paths}


def with_seeds(operation: Json, wix: WixSimulator) -> Json:
    """Return an operation of the document with samples that name what is there, and a new key."""
    text = json.dumps(operation)
    ids = SEEDS[operation["tags"][0]](operation["operationId"], wix)
    for sample, real in {KEY: str(uuid.uuid4()), **ids}.items():
        text = text.replace(sample, real)
    renamed: Json = json.loads(text)
    return renamed


def _order(operation: str, wix: WixSimulator) -> dict[str, str]:
    unpaid = [offline("25.00")] if operation == "recordPayment" else None
    order = wix.add_order(lines=[line(2, "12.50", name="Coffee beans")], payments=unpaid)
    return {ORDER_ID: order["id"], PAYMENT_ID: wix.payment_ids(order["id"])[0]}


SEEDS: dict[str, Callable[[str, WixSimulator], dict[str, str]]] = {"orders": _order}
"""How to fill the shop for the operations of each area."""
