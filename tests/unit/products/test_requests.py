"""What is sent to Wix for products, field by field."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.products.scene import BULK, COUNT, QUERY, STOCKED, V1, V1_QUERY, VERSION
from tests.unit.requests import Case, Known, Request, Scene, sent_by
from tests.wix_simulator import Fault, WixSimulator
from tests.wix_simulator.store import CatalogVersion

pytestmark = pytest.mark.usefixtures("table")

FILE = "abc_1.pdf"
PRODUCT = "<product>"
IN_PATH = re.compile(r"(?<=/products/)[0-9a-f-]{36}")
HANDLE = "<handle>"


def of(action: str, name: str, body: Any, requests: list[Request], catalog: CatalogVersion) -> Case:
    """A case that begins with a look at which catalog the site has."""
    requests = [("GET", VERSION, None), *requests]
    return Case(f"products/{action}", body, requests, name=f"{name} on {catalog}", catalog=catalog)


def creating(
    name: str, product: dict[str, Any], *requests: Request, catalog: CatalogVersion
) -> Case:
    return of("create_product", name, {"products": [product]}, list(requests), catalog)


def v3(name: str, product: dict[str, Any], sent: dict[str, Any], path: str = BULK) -> Case:
    requests: list[Request] = [("POST", path, {"products": [sent], "returnEntity": False})]
    if "handle" in product:
        named = {"handle": {"$in": [product["handle"]]}}
        look = {"query": {"filter": named, "cursorPaging": {"limit": 100}}, "fields": []}
        count = {"filter": named, "returnNonVisibleProducts": True}
        requests = [("POST", QUERY, look), ("POST", COUNT, count), *requests]
    return creating(name, product, *requests, catalog="V3_CATALOG")


def loses_media(wix: WixSimulator) -> Known:
    wix.add_fault(Fault(path="*/media", drop="after"))
    return {}


def v1(name: str, product: dict[str, Any], *requests: Request, scene: Scene | None = None) -> Case:
    field = "sku" if "sku" in product else "name"
    look = {
        "query": {
            "paging": {"limit": 100, "offset": 0},
            "filter": json.dumps({field: product[field]}),
            "sort": '[{"numericId": "desc"}]',
        },
        "includeHiddenProducts": True,
    }
    requests = (("POST", V1_QUERY, look), *requests)
    return replace(creating(name, product, *requests, catalog="V1_CATALOG"), scene=scene)


def querying(name: str, body: dict[str, Any], *sent: dict[str, Any]) -> Case:
    requests: list[Request] = [("POST", QUERY, each) for each in sent]
    return of("query_products", name, body, requests, "V3_CATALOG")


def querying_v1(name: str, body: dict[str, Any], query: dict[str, Any]) -> Case:
    sent = {"query": query, "includeVariants": True, "includeHiddenProducts": True}
    request = ("POST", V1_QUERY, sent)
    return of("query_products", name, body, [request], "V1_CATALOG")


SIZES = [{"name": "Size", "choices": [{"name": "S"}, {"name": "M"}]}]


def size(name: str) -> dict[str, Any]:
    return {
        "optionChoiceNames": {
            "optionName": "Size",
            "choiceName": name,
            "renderType": "TEXT_CHOICES",
        }
    }


CASES = [
    v3(
        "with the least",
        {"name": "Ceramic mug", "price": "19.99"},
        {
            "name": "Ceramic mug",
            "productType": "PHYSICAL",
            "handle": HANDLE,
            "physicalProperties": {},
            "variantsInfo": {
                "variants": [
                    {"price": {"actualPrice": {"amount": "19.99"}}, "physicalProperties": {}}
                ]
            },
        },
    ),
    v3(
        "with everything",
        {
            "name": "Ceramic mug",
            "productType": "PHYSICAL",
            "price": "19.90",
            "compareAtPrice": "25",
            "cost": "7.125",
            "weight": 0.4,
            "sku": "MUG-1",
            "barcode": "4006381333931",
            "description": "<p>Holds coffee</p>",
            "visible": False,
            "slug": "mug",
            "handle": "our-mug",
            "brand": "Acme",
            "ribbon": "New",
            "media": [
                {"url": "https://shop.example.com/mug.jpg", "altText": "A mug"},
                {"url": "https://shop.example.com/mug.mp4"},
            ],
            "tags": {"public": ["11", "12345"], "private": ["2"]},
        },
        {
            "name": "Ceramic mug",
            "productType": "PHYSICAL",
            "handle": "our-mug",
            "physicalProperties": {},
            "visible": False,
            "slug": "mug",
            "plainDescription": "<p>Holds coffee</p>",
            "brand": {"name": "Acme"},
            "ribbon": {"name": "New"},
            "media": {
                "itemsInfo": {
                    "items": [
                        {"url": "https://shop.example.com/mug.jpg", "altText": "A mug"},
                        {"url": "https://shop.example.com/mug.mp4"},
                    ]
                }
            },
            "tags": {
                "publicTags": {"tagIds": ["11", "12345"]},
                "privateTags": {"tagIds": ["2"]},
            },
            "variantsInfo": {
                "variants": [
                    {
                        "price": {
                            "actualPrice": {"amount": "19.90"},
                            "compareAtPrice": {"amount": "25"},
                        },
                        "sku": "MUG-1",
                        "barcode": "4006381333931",
                        "revenueDetails": {"cost": {"amount": "7.125"}},
                        "physicalProperties": {"weight": 0.4},
                    }
                ]
            },
        },
    ),
    v3(
        "with a quantity",
        {"name": "Ceramic mug", "price": "0", "quantity": 0},
        {
            "name": "Ceramic mug",
            "productType": "PHYSICAL",
            "handle": HANDLE,
            "physicalProperties": {},
            "variantsInfo": {
                "variants": [
                    {
                        "price": {"actualPrice": {"amount": "0"}},
                        "physicalProperties": {},
                        "inventoryItem": {"quantity": 0},
                    }
                ]
            },
        },
        STOCKED,
    ),
    v3(
        "with what is delivered",
        {
            "name": "E-book",
            "productType": "DIGITAL",
            "price": "5",
            "digitalFileId": FILE,
            "inStock": True,
        },
        {
            "name": "E-book",
            "productType": "DIGITAL",
            "handle": HANDLE,
            "variantsInfo": {
                "variants": [
                    {
                        "price": {"actualPrice": {"amount": "5"}},
                        "digitalProperties": {"digitalFile": {"id": FILE}},
                        "inventoryItem": {"inStock": True},
                    }
                ]
            },
        },
        STOCKED,
    ),
    v3(
        "with variants",
        {
            "name": "Tee",
            "price": "20.00",
            "compareAtPrice": "25.00",
            "weight": 0.2,
            "options": SIZES,
            "variants": [
                {"choices": {"Size": "S"}, "sku": "TEE-S", "quantity": 3, "visible": False},
                {
                    "choices": {"Size": "M"},
                    "barcode": "1",
                    "price": "22.00",
                    "cost": "9.00",
                    "weight": 0.3,
                    "inStock": False,
                },
            ],
        },
        {
            "name": "Tee",
            "productType": "PHYSICAL",
            "handle": HANDLE,
            "physicalProperties": {},
            "options": [
                {
                    "name": "Size",
                    "optionRenderType": "TEXT_CHOICES",
                    "choicesSettings": {
                        "choices": [
                            {"choiceType": "CHOICE_TEXT", "name": "S"},
                            {"choiceType": "CHOICE_TEXT", "name": "M"},
                        ]
                    },
                }
            ],
            "variantsInfo": {
                "variants": [
                    {
                        "price": {
                            "actualPrice": {"amount": "20.00"},
                            "compareAtPrice": {"amount": "25.00"},
                        },
                        "choices": [size("S")],
                        "visible": False,
                        "sku": "TEE-S",
                        "physicalProperties": {"weight": 0.2},
                        "inventoryItem": {"quantity": 3},
                    },
                    {
                        "price": {
                            "actualPrice": {"amount": "22.00"},
                            "compareAtPrice": {"amount": "25.00"},
                        },
                        "choices": [size("M")],
                        "barcode": "1",
                        "revenueDetails": {"cost": {"amount": "9.00"}},
                        "physicalProperties": {"weight": 0.3},
                        "inventoryItem": {"inStock": False},
                    },
                ]
            },
        },
        STOCKED,
    ),
    v3(
        "with colors",
        {
            "name": "Tee",
            "options": [
                {
                    "name": "Color",
                    "renderType": "SWATCH_CHOICES",
                    "choices": [{"name": "Red", "colorCode": "#ff0000"}],
                }
            ],
            "variants": [{"choices": {"Color": "Red"}, "price": "20"}],
        },
        {
            "name": "Tee",
            "productType": "PHYSICAL",
            "handle": HANDLE,
            "physicalProperties": {},
            "options": [
                {
                    "name": "Color",
                    "optionRenderType": "SWATCH_CHOICES",
                    "choicesSettings": {
                        "choices": [
                            {"choiceType": "ONE_COLOR", "name": "Red", "colorCode": "#ff0000"}
                        ]
                    },
                }
            ],
            "variantsInfo": {
                "variants": [
                    {
                        "price": {"actualPrice": {"amount": "20"}},
                        "choices": [
                            {
                                "optionChoiceNames": {
                                    "optionName": "Color",
                                    "choiceName": "Red",
                                    "renderType": "SWATCH_CHOICES",
                                }
                            }
                        ],
                        "physicalProperties": {},
                    }
                ]
            },
        },
    ),
    v1(
        "with the least",
        {"name": "Ceramic mug", "price": "19.99"},
        (
            "POST",
            V1,
            {
                "product": {
                    "name": "Ceramic mug",
                    "productType": "physical",
                    "priceData": {"price": 19.99},
                }
            },
        ),
    ),
    v1(
        "with everything",
        {
            "name": "Ceramic mug",
            "price": "19.90",
            "compareAtPrice": "25",
            "cost": "7.5",
            "weight": 0.4,
            "sku": "MUG-1",
            "description": "<p>Holds coffee</p>",
            "visible": False,
            "slug": "mug",
            "brand": "Acme",
            "ribbon": "New",
            "media": [{"url": "https://shop.example.com/mug.jpg"}],
        },
        (
            "POST",
            V1,
            {
                "product": {
                    "name": "Ceramic mug",
                    "productType": "physical",
                    "priceData": {"price": 25.0},
                    "discount": {"type": "AMOUNT", "value": 5.1},
                    "costAndProfitData": {"itemCost": 7.5},
                    "description": "<p>Holds coffee</p>",
                    "slug": "mug",
                    "brand": "Acme",
                    "ribbon": "New",
                    "sku": "MUG-1",
                    "weight": 0.4,
                    "visible": False,
                }
            },
        ),
        ("POST", f"{V1}/{PRODUCT}/media", {"media": [{"url": "https://shop.example.com/mug.jpg"}]}),
    ),
    v1(
        "with variants",
        {
            "name": "Tee",
            "options": [
                *SIZES,
                {
                    "name": "Color",
                    "renderType": "SWATCH_CHOICES",
                    "choices": [{"name": "Red", "colorCode": "#ff0000"}],
                },
            ],
            "variants": [
                {
                    "choices": {"Color": "Red", "Size": "M"},
                    "price": "18.50",
                    "cost": "7.25",
                    "sku": "TEE-M",
                    "weight": 0.2,
                    "visible": False,
                }
            ],
        },
        (
            "POST",
            V1,
            {
                "product": {
                    "name": "Tee",
                    "productType": "physical",
                    "priceData": {"price": 18.5},
                    "manageVariants": True,
                    "productOptions": [
                        {
                            "name": "Size",
                            "optionType": "drop_down",
                            "choices": [
                                {"value": "S", "description": "S"},
                                {"value": "M", "description": "M"},
                            ],
                        },
                        {
                            "name": "Color",
                            "optionType": "color",
                            "choices": [{"value": "#ff0000", "description": "Red"}],
                        },
                    ],
                }
            },
        ),
        (
            "PATCH",
            f"{V1}/{PRODUCT}/variants",
            {
                "variants": [
                    {"choices": {"Size": "S", "Color": "Red"}, "visible": False},
                    {
                        "choices": {"Size": "M", "Color": "Red"},
                        "price": 18.5,
                        "visible": False,
                        "cost": 7.25,
                        "sku": "TEE-M",
                        "weight": 0.2,
                    },
                ]
            },
        ),
    ),
    v1(
        "with media whose answer is lost",
        {"name": "Mug", "price": "20", "media": [{"url": "https://shop.example.com/mug.jpg"}]},
        (
            "POST",
            V1,
            {"product": {"name": "Mug", "productType": "physical", "priceData": {"price": 20.0}}},
        ),
        ("POST", f"{V1}/{PRODUCT}/media", {"media": [{"url": "https://shop.example.com/mug.jpg"}]}),
        ("GET", f"/stores-reader/v1/products/{PRODUCT}", None),
        scene=loses_media,
    ),
    querying("plain", {}, {"query": {"cursorPaging": {"limit": 50}}, "fields": []}),
    querying(
        "with everything",
        {
            "filter": {"visible": True, "handle": {"$in": ["a"]}},
            "sort": [{"fieldName": "createdDate", "order": "DESC"}, {"fieldName": "slug"}],
            "fields": ["CURRENCY", "URL"],
            "limit": 7,
        },
        {
            "query": {
                "filter": {"visible": True, "handle": {"$in": ["a"]}},
                "sort": [
                    {"fieldName": "createdDate", "order": "DESC"},
                    {"fieldName": "slug", "order": "ASC"},
                ],
                "cursorPaging": {"limit": 7},
            },
            "fields": ["CURRENCY", "URL"],
        },
    ),
    querying_v1(
        "plain",
        {},
        {"paging": {"limit": 50, "offset": 0}, "sort": '[{"numericId": "asc"}]'},
    ),
    querying_v1(
        "by a filter",
        {"filter": {"sku": {"$startsWith": "MUG"}}, "limit": 100},
        {
            "paging": {"limit": 100, "offset": 0},
            "filter": '{"sku": {"$startsWith": "MUG"}}',
            "sort": '[{"numericId": "asc"}]',
        },
    ),
    querying_v1(
        "by number",
        {"filter": {"numericId": {"$gt": 5}}},
        {
            "paging": {"limit": 50, "offset": 0},
            "sort": '[{"numericId": "asc"}]',
            "filter": '{"numericId": {"$gt": 5}}',
        },
    ),
    querying_v1(
        "with a sort",
        {"sort": [{"fieldName": "price", "order": "DESC"}, {"fieldName": "name"}], "limit": 7},
        {"paging": {"limit": 7, "offset": 0}, "sort": '[{"price": "desc"}, {"name": "asc"}]'},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, case: Case) -> None:
    wix.catalog.version = case.catalog
    if case.scene:
        case.scene(wix)

    sent = [
        (method, IN_PATH.sub(PRODUCT, path), without_our_handle(body))
        for method, path, body in sent_by(wix, case)
    ]

    assert sent == case.requests


def without_our_handle(body: Any) -> Any:
    """Put a mark in place of each handle that was made for a product, checked for its form."""
    for each in (body or {}).get("products", []):
        if each["handle"].startswith("wa-"):
            reference, index = each["handle"].removeprefix("wa-").split("-")
            assert (len(reference), index) == (20, "0")
            each["handle"] = HANDLE
    return body
