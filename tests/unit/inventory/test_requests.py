"""What is sent to Wix, field by field, and that nothing undeclared can be sent."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.calls import call, handler_of
from tests.wix_simulator import WixSimulator
from wix_admin.errors import ElevationError
from wix_admin.inventory import operations
from wix_admin.inventory.operations import QUERY_STOCK, QUERY_STOCK_V1
from wix_admin.wix.catalog import GET_CATALOG_VERSION
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation

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

type Request = tuple[str, str, Any]


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


@dataclass(frozen=True)
class Case:
    """One variant of an action, and the requests it makes."""

    name: str
    body: dict[str, Any]
    requests: list[Request]
    action: str = "update_inventory"
    version: Any = "V3_CATALOG"
    key: str | None = None

    def __str__(self) -> str:
        return self.name


CASES = [
    Case(
        "set by SKU",
        {"changes": [{"sku": "MUG", "set": 7}]},
        [found("product.variantSku", "MUG"), set_to(7)],
    ),
    Case(
        "set by variant and location, for a reason",
        {
            "changes": [{"variantId": VARIANT, "locationId": LOCATION, "set": 7}],
            "reason": "REVERT_INVENTORY_CHANGE",
        },
        [found("variantId", VARIANT), set_to(7, "REVERT_INVENTORY_CHANGE")],
    ),
    Case(
        "set by product and variant",
        {"changes": [{"productId": MUG_ID, "variantId": VARIANT, "set": 7}]},
        [found("variantId", VARIANT), set_to(7)],
    ),
    Case(
        "adjust by product, once",
        {"changes": [{"productId": MUG_ID, "adjust": -3}]},
        [found("productId", MUG_ID), set_to(7)],
        key="k-1",
    ),
    Case(
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
    ),
    Case(
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
    ),
    Case(
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
        version="V1_CATALOG",
    ),
    Case(
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
        version="V1_CATALOG",
        key="k-1",
    ),
    Case(
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
        version="V1_CATALOG",
    ),
    Case(
        "query",
        {},
        [("POST", READ, {"query": {"cursorPaging": {"limit": 50}}})],
        action="query_inventory",
    ),
    Case(
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
        action="query_inventory",
    ),
    Case(
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
        action="query_inventory",
    ),
    Case(
        "query on V1",
        {"filter": {"trackQuantity": True}, "limit": 7},
        [("POST", READ_V1, {"query": page_v1({"trackQuantity": True}, 7)})],
        action="query_inventory",
        version="V1_CATALOG",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_these_requests_are_sent_and_no_others(wix: WixSimulator, case: Case) -> None:
    wix.catalog.version = case.version
    wix.catalog.add_product(product_id=MUG_ID, sku="MUG", quantity=10)
    ids = {}
    if case.version == "V3_CATALOG":
        [item] = wix.catalog.inventory(MUG_ID)
        ids = {ITEM: item["id"], VARIANT: item["variantId"], LOCATION: item["locationId"]}

    reply = call(f"inventory/{case.action}", filled(case.body, ids), key=case.key)

    assert reply.status == 200, reply.json
    sent = [(each.method, each.path, each.body) for each in wix.requests(path="/stores*")]
    assert sent == [
        ("GET", "/stores/v3/provision/version", None),
        *(tuple(filled(each, ids)) for each in case.requests),
    ]


def filled(value: Any, ids: dict[str, str]) -> Any:
    """A value with the ids that Wix gave."""
    text = json.dumps(value)
    for name, given in ids.items():
        text = text.replace(name, given)
    return json.loads(text)


ALL = {each for each in vars(operations).values() if isinstance(each, Operation)}
READS = {GET_CATALOG_VERSION, QUERY_STOCK, QUERY_STOCK_V1}
DECLARED = {
    "inventory/update_inventory": ALL | {GET_CATALOG_VERSION},
    "inventory/query_inventory": READS,
    "schedules/report_low_stock": READS,
}


@pytest.mark.parametrize("action", DECLARED)
def test_an_action_declares_what_it_needs_and_no_more(action: str) -> None:
    assert set(handler_of(action).elevates) == DECLARED[action]


def test_a_query_can_change_nothing(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[WixClient] = []
    real = WixClient.call

    def watched(self: WixClient, *arguments: Any, **more: Any) -> Any:
        seen.append(self)
        return real(self, *arguments, **more)

    monkeypatch.setattr(WixClient, "call", watched)
    call("inventory/query_inventory", {})
    before = len(wix.requests())

    for operation in ALL - READS:
        with pytest.raises(ElevationError):
            real(seen[0], operation, body={}, product_id=MUG_ID)

    assert len(wix.requests()) == before
