"""The function that adds products, under its caller's idempotency key."""

import json
from functools import partial

from pydantic import BaseModel

from .client import answer, call
from .ledger import Change, Json, once
from .readers import catalog_version

NAME = "create_product"


class Created(BaseModel):
    product_ids: list[str]


class Chosen(BaseModel):
    catalog: str


def create_product(event: Json, context: object) -> Json:
    key = event["headers"]["Idempotency-Key"]
    asked = json.loads(event["body"])["products"]
    catalog_version()

    def check() -> Change:
        body = {"products": [described(each) for each in asked], "returnEntity": False}
        return partial(call, "POST", "/stores/v3/bulk/products-with-inventory/create", body)

    # A product that was begun on one catalog is not made again on another.
    once("choose_catalog", "new", key, lambda: dict, chosen)
    return answer(NAME, once(NAME, "0.0", key, check, created))


def chosen(_: Json, __: str) -> Chosen:
    return Chosen(catalog="V3_CATALOG")


def created(reply: Json, _: str) -> Created:
    told = [each["itemMetadata"] for each in reply["productResults"]["results"]]
    stocked = [each["itemMetadata"]["success"] for each in reply["inventoryResults"]["results"]]
    if not all(each["success"] for each in told) or not all(stocked):
        raise ValueError("not all were created")
    return Created(product_ids=[each["id"] for each in told])


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
