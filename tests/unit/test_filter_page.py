"""The page about filters: every field has its row, and recipes find what they promise."""

from collections.abc import Callable
from typing import Any

import pytest

from openapi.filters import LISTINGS
from openapi.recipes import RECIPES, Recipe
from tests.readme import PAGES
from tests.unit.calls import call
from tests.unit.test_openapi import valid
from tests.wix_simulator import WixSimulator

type Things = dict[str, str]
"""Ids of things, by what the tests call them."""

SERVICE = "5e8d0f4b-77aa-4d0c-b6f1-2c3d4e5f6a01"


def orders(wix: WixSimulator) -> Things:
    fields = {"number": "10011", "buyerInfo": {"email": "ada@example.com"}}
    january = wix.add_order(total="9.00", created="2025-01-15T12:00:00Z", fields=fields)
    march = wix.add_order(
        total="9.00", status="CANCELED", created="2025-03-15T12:00:00Z", payments=[]
    )
    return {"january": january["id"], "march": march["id"]}


def members(wix: WixSimulator) -> Things:
    waits = wix.members.add(email="ada@example.com", status="PENDING")
    return {"waits": waits["id"], "approved": wix.members.add(email="ben@example.com")["id"]}


def bookings(wix: WixSimulator) -> Things:
    wix.bookings.add_service(service_id=SERVICE)
    other = wix.bookings.add_service()["id"]
    add = wix.bookings.add
    return {
        "that week": add(service_id=SERVICE, start="2025-03-04T09:00:00")["id"],
        "canceled": add(service_id=SERVICE, start="2025-03-04T11:00:00", status="CANCELED")["id"],
        "later": add(service_id=SERVICE, start="2025-03-11T09:00:00")["id"],
        "another": add(service_id=other, start="2025-03-04T09:00:00")["id"],
    }


def goods(wix: WixSimulator) -> Things:
    few = wix.catalog.add_product(name="Mug", sku="MUG-1", quantity=3)
    return {"few": few["id"], "many": wix.catalog.add_product(name="Pot", quantity=12)["id"]}


SCENES: dict[str, tuple[str, Callable[[WixSimulator], Things]]] = {
    "/orders/query": ("orders/query_orders", orders),
    "/members/query": ("members/query_members", members),
    "/bookings/query": ("bookings/query_bookings", bookings),
    "/products/query": ("products/query_products", goods),
    "/inventory/query": ("inventory/query_inventory", goods),
}
FOUND = {
    "The order with a number": {"january"},
    "Orders of a month, the oldest first": {"january"},
    "Orders of a buyer": {"january"},
    "Orders that are paid and still to be sent": {"january"},
    "Orders that changed since": {"march"},
    "The member with an e-mail address": {"waits"},
    "Members who wait for approval": {"waits"},
    "Bookings of a service in a week": {"that week"},
    "Stock that runs low": {"few"},
    "Stock of a SKU": {"few"},
    "Products that changed since": {"few", "many"},
    "The product with a SKU": {"few"},
}


def id_of(item: dict[str, Any]) -> Any:
    """The id of a thing as a page tells it: of a booking, or of the product in stock."""
    return item.get("booking", item).get("productId") or item.get("booking", item)["id"]


def test_every_field_of_every_query_has_its_row() -> None:
    text = PAGES["shared/openapi/filters.md"]

    for listing in LISTINGS:
        for query in listing.queries:
            for name in query.fields:
                assert f"\n| `{name}` | " in text


@pytest.mark.parametrize(
    ("recipe", "catalog"),
    [
        (each, catalog)
        for each in RECIPES
        for catalog in ("V1", "V3")
        if each.catalog in {None, catalog}
    ],
)
def test_a_recipe_finds_what_it_says(wix: WixSimulator, recipe: Recipe, catalog: str) -> None:
    wix.catalog.version = "V1_CATALOG" if catalog == "V1" else "V3_CATALOG"
    action, scene = SCENES[recipe.path]
    things = scene(wix)

    reply = call(action, recipe.body)

    assert reply.status == 200, reply.json
    assert {id_of(each) for each in reply.json["items"]} == {
        things[name] for name in FOUND[recipe.wanted]
    }


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda each: each.path)
def test_the_contract_types_what_the_recipes_send_and_not_what_is_refused(listing: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{listing.input_name}"}
    [recipe, *_] = [each for each in RECIPES if each.path == listing.path]

    assert valid(schema, recipe.body) == []
    assert valid(schema, {"filter": {"somethingNew": 1}, "unchecked": True}) == []
    assert valid(schema, {"filter": {"$and": {}}})
    assert valid(schema, {"filter": {"createdDate": {"$after": "2025"}, "lastUpdated": 5}})
    for name in listing.sortable:
        assert valid(schema, {"sort": [{"fieldName": name, "order": "DESC"}]}) == []
