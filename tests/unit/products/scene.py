"""Products that are to be created, and what Wix was asked for them."""

import time
from typing import Any

from tests.unit.calls import Reply, call
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.journal import RecordedRequest
from wix_admin.process import effects_table

VERSION = "/stores/v3/provision/version"
BULK = "/stores/v3/bulk/products/create"
STOCKED = "/stores/v3/bulk/products-with-inventory/create"
QUERY = "/stores/v3/products/query"
COUNT = "/stores/v3/products/count"
V1 = "/stores/v1/products"
V1_QUERY = "/stores-reader/v1/products/query"

type Json = dict[str, Any]


def mug(**more: Any) -> Json:
    """The smallest product there can be."""
    return {"name": "Ceramic mug", "price": "19.99", **more}


def mugs(count: int, **more: Any) -> list[Json]:
    """Products that differ by name and SKU."""
    return [mug(name=f"Mug {index}", sku=f"MUG-{index}", **more) for index in range(count)]


def tee(**more: Any) -> Json:
    """A product with one option."""
    return {
        "name": "Tee",
        "price": "20.00",
        "options": [{"name": "Size", "choices": [{"name": "S"}, {"name": "M"}]}],
        "variants": [
            {"choices": {"Size": "S"}, "sku": "TEE-S"},
            {"choices": {"Size": "M"}, "sku": "TEE-M", "price": "22.00"},
        ],
        **more,
    }


def create(
    *products: Json, key: str | None = "k-1", seconds: float = 60, dry_run: bool = False
) -> Reply:
    body: Json = {"products": list(products)}
    if dry_run:
        body["dryRun"] = True
    return call("products/create_product", body, key=key, seconds=seconds)


def statuses(reply: Reply) -> list[str]:
    """What became of each product."""
    assert reply.status == 200, reply.json
    return [each["status"] for each in reply.json["results"]]


def counts(reply: Reply) -> Json:
    return {name: reply.json[name] for name in ("done", "refused", "unknown", "left", "complete")}


def asked(wix: WixSimulator) -> list[RecordedRequest]:
    """What was asked of Wix Stores."""
    return wix.requests(path="/stores*")


def paths(wix: WixSimulator) -> list[str]:
    """The paths that were asked, but for the version."""
    return [each.path for each in asked(wix) if each.path != VERSION]


def names(wix: WixSimulator) -> list[str]:
    """The names of the products that are there, in alphabetical order."""
    return sorted(each["name"] for each in wix.catalog.products())


def later(seconds: float) -> None:
    """Let time pass for the effects table."""
    effects_table().now = lambda: time.time() + seconds
