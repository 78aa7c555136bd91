"""The functions that read."""

import json
from typing import Any

from pydantic import BaseModel

from .client import answer, call


class Order(BaseModel, extra="allow"):
    id: str
    number: str
    status: str


class Page(BaseModel):
    items: list[Order]
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
