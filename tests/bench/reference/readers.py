"""The functions that read."""

import json
from typing import Any

from pydantic import BaseModel

from .client import answer, call

FULL = {"fieldsets": ["FULL"]}


class Order(BaseModel, extra="allow"):
    id: str
    number: str
    status: str


class Page(BaseModel):
    items: list[Order]
    cursor: str | None


class Entity(BaseModel, extra="allow"):
    id: str


class Entities(BaseModel):
    items: list[Entity]
    cursor: str | None


def get_order(event: dict[str, Any], context: object) -> dict[str, Any]:
    reply = call("GET", f"/ecom/v1/orders/{event['pathParameters']['orderId']}")
    return answer("get_order", Order.model_validate(reply["order"]).model_dump_json())


def query_orders(event: dict[str, Any], context: object) -> dict[str, Any]:
    asked = json.loads(event["body"])
    limit = asked.pop("limit")
    search = {**asked, "cursorPaging": {"limit": limit}}
    reply = call("POST", "/ecom/v1/orders/search", {"search": search})
    cursor = reply["metadata"].get("cursors", {}).get("next")
    page = Page.model_validate({"items": reply["orders"], "cursor": cursor})
    return answer("query_orders", page.model_dump_json())


def query_members(event: dict[str, Any], context: object) -> dict[str, Any]:
    asked = json.loads(event["body"])
    query = {
        "filter": asked.get("filter", {}),
        "sorting": asked.get("sort", [{"fieldName": "createdDate", "order": "ASC"}]),
        "paging": {"limit": asked["limit"], "offset": 0},
    }
    reply = call("POST", "/members/v1/members/query", {"query": query, **FULL})
    return answer("query_members", page(reply["members"], reply["metadata"]))


def query_products(event: dict[str, Any], context: object) -> dict[str, Any]:
    asked = json.loads(event["body"])
    catalog_version()
    query = {"filter": asked["filter"], "cursorPaging": {"limit": asked["limit"]}}
    reply = call("POST", "/stores/v3/products/query", {"query": query, "fields": []})
    return answer("query_products", page(reply["products"], reply["pagingMetadata"]))


def query_inventory(event: dict[str, Any], context: object) -> dict[str, Any]:
    asked = json.loads(event["body"])
    catalog_version()
    few = {"trackQuantity": True, "quantity": {"$lte": asked["lowStock"]}}
    query = {"filter": few, "cursorPaging": {"limit": asked["limit"]}}
    reply = call("POST", "/stores/v3/inventory-items/query", {"query": query})
    return answer("query_inventory", page(reply["inventoryItems"], reply["pagingMetadata"]))


def query_bookings(event: dict[str, Any], context: object) -> dict[str, Any]:
    asked = json.loads(event["body"])
    query = {
        "filter": asked["filter"],
        "sort": asked["sort"],
        "cursorPaging": {"limit": asked["limit"]},
    }
    reply = call(
        "POST",
        "/_api/bookings-reader/v2/extended-bookings/query",
        {"query": query, "withBookingAllowedActions": True},
    )
    bookings = [
        {**each["booking"], "allowedActions": each["allowedActions"]}
        for each in reply["extendedBookings"]
    ]
    return answer("query_bookings", page(bookings, reply["pagingMetadata"]))


def catalog_version() -> str:
    version: str = call("GET", "/stores/v3/provision/version")["catalogVersion"]
    if version != "V3_CATALOG":
        raise ValueError("this reference knows catalog V3")
    return version


def page(items: list[dict[str, Any]], paging: dict[str, Any]) -> str:
    cursor = paging.get("cursors", {}).get("next")
    return Entities.model_validate({"items": items, "cursor": cursor}).model_dump_json()
