"""The function that sets and adjusts stock, each call under its caller's idempotency key."""

import json
from functools import partial

from pydantic import BaseModel

from .client import answer, call
from .ledger import Change, Json, once
from .readers import catalog_version

NAME = "update_inventory"


class Result(BaseModel):
    index: int
    inventory_item_id: str
    quantity: int


class Results(BaseModel):
    results: list[Result]


def update_inventory(event: Json, context: object) -> Json:
    key = event["headers"]["Idempotency-Key"]
    changes = [*enumerate(json.loads(event["body"])["changes"])]
    catalog_version()
    sets = [each for each in changes if "set" in each[1]]
    outgoing = [each for each in changes if "adjust" in each[1]]
    found: list[Json] = []

    def check(part: list[tuple[int, Json]]) -> Change:
        if not found:
            found.extend(named("product.variantSku", changes, "sku"))
            found.extend(named("variantId", changes, "variantId"))
        items = [item_of(change, found) for _, change in part]
        body = {
            "inventoryItems": [
                {
                    "inventoryItem": {
                        "id": item["id"],
                        "revision": item["revision"],
                        "quantity": outcome(change, item),
                    }
                }
                for (_, change), item in zip(part, items, strict=True)
            ],
            "returnEntity": False,
            "reason": "MANUAL",
        }
        return partial(call, "POST", "/stores/v3/bulk/inventory-items/update", body)

    def remember(part: list[tuple[int, Json]], reply: Json, _: str) -> Results:
        told = [each["itemMetadata"] for each in reply["results"]]
        if not all(each["success"] for each in told):
            raise ValueError("somebody else was faster")
        return Results(
            results=[
                Result(
                    index=index,
                    inventory_item_id=each["id"],
                    quantity=outcome(change, item_of(change, found)),
                )
                for (index, change), each in zip(part, told, strict=True)
            ]
        )

    results: list[Result] = []
    for number, part in enumerate((sets, outgoing)):
        made = once(NAME, str(number), key, partial(check, part), partial(remember, part))
        results += Results.model_validate_json(made).results
    return answer(NAME, Results(results=results).model_dump_json())


def named(field: str, changes: list[tuple[int, Json]], name: str) -> list[Json]:
    names = [change[name] for _, change in changes if name in change]
    query = {"filter": {field: {"$in": names}}, "cursorPaging": {"limit": 1000}}
    reply = call("POST", "/stores/v3/inventory-items/query", {"query": query})
    items: list[Json] = reply["inventoryItems"]
    return items


def item_of(change: Json, items: list[Json]) -> Json:
    [item] = [
        item
        for item in items
        if change.get("sku", "") == item["product"].get("variantSku")
        or change.get("variantId") == item["variantId"]
    ]
    return item


def outcome(change: Json, item: Json) -> int:
    quantity: int = change.get("set", item["quantity"] + change.get("adjust", 0))
    if quantity < 0:
        raise ValueError("there are not so many")
    return quantity
