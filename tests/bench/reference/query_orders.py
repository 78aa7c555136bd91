"""The function that finds orders."""

import json

from pydantic import BaseModel

from .client import Json, answer, call
from .get_order import Order


class Page(BaseModel):
    items: list[Order]
    cursor: str | None


def handler(event: Json, context: object) -> Json:
    request = json.loads(event["body"])
    paging = {"limit": request.pop("limit")}
    search = {**request, "cursorPaging": paging}
    reply = call("POST", "/ecom/v1/orders/search", {"search": search})
    cursor = reply["metadata"].get("cursors", {}).get("next")
    return answer("query_orders", Page(items=reply["orders"], cursor=cursor))
