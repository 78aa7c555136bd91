"""What is sent to Wix, field by field."""

import json
from typing import Any

import pytest

from tests.unit.requests import Case, Request, filled, sent_by
from tests.wix_simulator import WixSimulator

pytestmark = pytest.mark.usefixtures("table")

MUG_ID = "c0c0c0c0-0000-4000-8000-000000000001"
DEFAULT_VARIANT = "00000000-0000-0000-0000-000000000000"

ITEM, VARIANT, LOCATION = "<item>", "<variant>", "<location>"
"""Ids that Wix gives."""

READ = "/stores/v3/inventory-items/query"
BULK = "/stores/v3/bulk/inventory-items"
READ_V1 = "/stores-reader/v2/inventoryItems/query"
FIND_V1 = "/stores-reader/v1/products/query"
V1 = "/stores/v2/inventoryItems"
BY_NUMBER = '[{"numericId": "asc"}]'


def found(by: str, value: str) -> Request:
    """The read that finds stock on V3."""
    query = {"filter": {by: {"$in": [value]}}, "cursorPaging": {"limit": 1000}}
    return ("POST", READ, {"query": query})


def found_v1() -> Request:
    """The read that finds stock on V1."""
    return ("POST", READ_V1, {"query": page_v1({"productId": {"$hasSome": [MUG_ID]}}, 100)})


def page_v1(condition: Any, limit: int) -> Any:
    query = {"paging": {"limit": limit, "offset": 0}, "sort": BY_NUMBER}
    return {**query, "filter": json.dumps(condition)} if condition else query


def set_to(quantity: int, reason: str = "MANUAL") -> Request:
    item = {"inventoryItem": {"id": ITEM, "revision": "1", "quantity": quantity}}
    body = {"inventoryItems": [item], "returnEntity": False, "reason": reason}
    return ("POST", f"{BULK}/update", body)


def of(action: str, name: str, body: Any, requests: list[Request], **more: Any) -> Case:
    """A case that begins with a look at which catalog the site has."""
    requests = [("GET", "/stores/v3/provision/version", None), *requests]
    return Case(f"inventory/{action}", body, requests, name=name, **more)


CASES = [
    of(
        "update_inventory",
        "set by SKU",
        {"changes": [{"sku": "MUG", "set": 7}]},
        [found("product.variantSku", "MUG"), set_to(7)],
        key=None,
    ),
    of(
        "update_inventory",
        "set by variant and location, for a reason",
        {
            "changes": [{"variantId": VARIANT, "locationId": LOCATION, "set": 7}],
            "reason": "REVERT_INVENTORY_CHANGE",
        },
        [found("variantId", VARIANT), set_to(7, "REVERT_INVENTORY_CHANGE")],
        key=None,
    ),
    of(
        "update_inventory",
        "set by product and variant",
        {"changes": [{"productId": MUG_ID, "variantId": VARIANT, "set": 7}]},
        [found("variantId", VARIANT), set_to(7)],
        key=None,
    ),
    of(
        "update_inventory",
        "adjust by product, once",
        {"changes": [{"productId": MUG_ID, "adjust": -3}]},
        [found("productId", MUG_ID), set_to(7)],
    ),
    of(
        "update_inventory",
        "decrement",
        {"changes": [{"productId": MUG_ID, "adjust": -3}]},
        [
            found("productId", MUG_ID),
            (
                "POST",
                f"{BULK}/decrement",
                {
                    "decrementData": [{"inventoryItemId": ITEM, "decrementBy": 3}],
                    "restrictInventory": True,
                    "returnEntity": True,
                    "reason": "MANUAL",
                },
            ),
        ],
        key=None,
    ),
    of(
        "update_inventory",
        "increment",
        {"changes": [{"productId": MUG_ID, "adjust": 3}], "reason": "ORDER"},
        [
            found("productId", MUG_ID),
            (
                "POST",
                f"{BULK}/increment",
                {
                    "incrementData": [{"inventoryItemId": ITEM, "incrementBy": 3}],
                    "returnEntity": True,
                    "reason": "ORDER",
                },
            ),
        ],
        key=None,
    ),
    of(
        "update_inventory",
        "set on V1 by SKU",
        {"changes": [{"sku": "MUG", "set": 7}]},
        [
            (
                "POST",
                FIND_V1,
                {
                    "query": page_v1({"sku": {"$hasSome": ["MUG"]}}, 100),
                    "includeVariants": True,
                    "includeHiddenProducts": True,
                },
            ),
            found_v1(),
            (
                "PATCH",
                f"{V1}/product/{MUG_ID}",
                {
                    "inventoryItem": {
                        "trackQuantity": True,
                        "variants": [{"variantId": DEFAULT_VARIANT, "quantity": 7}],
                    }
                },
            ),
        ],
        catalog="V1_CATALOG",
        key=None,
    ),
    of(
        "update_inventory",
        "decrement on V1, with a key too",
        {"changes": [{"productId": MUG_ID, "variantId": DEFAULT_VARIANT, "adjust": -3}]},
        [
            found_v1(),
            (
                "POST",
                f"{V1}/decrement",
                {
                    "decrementData": [
                        {"productId": MUG_ID, "variantId": DEFAULT_VARIANT, "decrementBy": 3}
                    ]
                },
            ),
        ],
        catalog="V1_CATALOG",
    ),
    of(
        "update_inventory",
        "increment on V1",
        {"changes": [{"productId": MUG_ID, "adjust": 3}]},
        [
            found_v1(),
            (
                "POST",
                f"{V1}/increment",
                {
                    "incrementData": [
                        {"productId": MUG_ID, "variantId": DEFAULT_VARIANT, "incrementBy": 3}
                    ]
                },
            ),
        ],
        catalog="V1_CATALOG",
        key=None,
    ),
    of(
        "query_inventory",
        "query",
        {},
        [("POST", READ, {"query": {"cursorPaging": {"limit": 50}}})],
    ),
    of(
        "query_inventory",
        "query with filter and sort",
        {
            "filter": {"productId": MUG_ID},
            "sort": [{"fieldName": "quantity", "order": "DESC"}],
            "lowStock": 5,
            "limit": 7,
        },
        [
            (
                "POST",
                READ,
                {
                    "query": {
                        "filter": {
                            "$and": [
                                {"productId": MUG_ID},
                                {"trackQuantity": True, "quantity": {"$lte": 5}},
                            ]
                        },
                        "sort": [{"fieldName": "quantity", "order": "DESC"}],
                        "cursorPaging": {"limit": 7},
                    }
                },
            )
        ],
    ),
    of(
        "query_inventory",
        "query for low stock",
        {"lowStock": 0},
        [
            (
                "POST",
                READ,
                {
                    "query": {
                        "filter": {"trackQuantity": True, "quantity": {"$lte": 0}},
                        "cursorPaging": {"limit": 50},
                    }
                },
            )
        ],
    ),
    of(
        "query_inventory",
        "query on V1",
        {"filter": {"trackQuantity": True}, "limit": 7},
        [("POST", READ_V1, {"query": page_v1({"trackQuantity": True}, 7)})],
        catalog="V1_CATALOG",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, case: Case) -> None:
    wix.catalog.version = case.catalog
    wix.catalog.add_product(product_id=MUG_ID, sku="MUG", quantity=10)
    known = {}
    if case.catalog == "V3_CATALOG":
        [item] = wix.catalog.inventory(MUG_ID)
        known = {ITEM: item["id"], VARIANT: item["variantId"], LOCATION: item["locationId"]}

    sent = sent_by(wix, case, known=known)

    assert sent == filled(case.requests, known)
