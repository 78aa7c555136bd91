"""The function that adds products, under its caller's idempotency key."""

import json
from functools import partial

from pydantic import BaseModel

from .client import Json, answer, call, catalog_version
from .ledger import Change, once

NAME = "create_product"


class Created(BaseModel):
    product_ids: list[str]


class Chosen(BaseModel):
    catalog: str


def handler(event: Json, context: object) -> Json:
    key = event["headers"]["Idempotency-Key"]
    products = json.loads(event["body"])["products"]
    catalog = catalog_version()
    # A product that was begun on one catalog is not made again on another.
    once("choose_catalog", "new", key, lambda: dict, lambda _: Chosen(catalog=catalog))
    return answer(NAME, once(NAME, "0.0", key, partial(check, products), created))


def check(products: list[Json]) -> Change:
    body = {"products": [described(each) for each in products], "returnEntity": False}
    return partial(call, "POST", "/stores/v3/bulk/products-with-inventory/create", body)


def created(reply: Json) -> Created:
    made = [each["itemMetadata"] for each in reply["productResults"]["results"]]
    stocked = [each["itemMetadata"]["success"] for each in reply["inventoryResults"]["results"]]
    if not all(each["success"] for each in made) or not all(stocked):
        raise ValueError("not all were created")
    return Created(product_ids=[each["id"] for each in made])


def described(product: Json) -> Json:
    return {
        "name": product["name"],
        "productType": "PHYSICAL",
        "physicalProperties": {},
        "variantsInfo": {
            "variants": [
                {
                    "sku": product["sku"],
                    "price": {"actualPrice": {"amount": product["price"]}},
                    "physicalProperties": {},
                    "inventoryItem": {"quantity": product["quantity"]},
                }
            ]
        },
    }
