"""How catalog V3 tells a product: what was asked for, and what follows from its stock."""

from collections.abc import Collection
from decimal import Decimal

from tests.wix_simulator.errors import Json
from tests.wix_simulator.money import price
from tests.wix_simulator.stock import StockItem
from tests.wix_simulator.store import CURRENCY, Store

SITE = "https://shop.example.com"

_TOLD_WHEN_ASKED = {
    "description": "DESCRIPTION",
    "plainDescription": "PLAIN_DESCRIPTION",
    "directCategoriesInfo": "DIRECT_CATEGORIES_INFO",
    "allCategoriesInfo": "ALL_CATEGORIES_INFO",
    "breadcrumbsInfo": "BREADCRUMBS_INFO",
}
_TOLD_ALWAYS = (
    "id",
    "revision",
    "createdDate",
    "updatedDate",
    "name",
    "slug",
    "handle",
    "visible",
    "visibleInPos",
    "productType",
    "brand",
    "ribbon",
    "taxGroupId",
    "mainCategoryId",
    "purchaseEligibility",
    "subscriptionDetails",
)
_TOLD_AS_LIST = ("modifiers", "additionalRibbons")


def shown_product(
    store: Store, product: Json, fields: Collection[str] = (), *, with_variants: bool = True
) -> Json:
    """A product as Wix tells it; `fields` are what the caller asked for besides."""
    variants = product["variantsInfo"]["variants"]
    items = {
        variant["id"]: store.stock.of_variant_at(variant["id"], store.default_location_id)
        for variant in variants
    }
    shown: Json = {name: product.get(name) for name in _TOLD_ALWAYS}
    shown |= {
        name: product.get(name) if field in fields else None
        for name, field in _TOLD_WHEN_ASKED.items()
    }
    shown |= {name: product.get(name, []) for name in _TOLD_AS_LIST}
    shown |= {
        "url": _url(product) if "URL" in fields else None,
        "currency": CURRENCY if "CURRENCY" in fields else None,
        "media": _media(product, fields),
        "seoData": product.get("seoData", {"tags": [], "settings": {"keywords": []}}),
        "options": [_option(each, variants, items) for each in product["options"]],
        "infoSections": [_info_section(each, fields) for each in product.get("infoSections", [])],
        "physicalProperties": product.get("physicalProperties"),
        "inventory": _inventory(list(items.values())),
        **_ranges(variants, fields),
        "variantSummary": {"variantCount": len(variants)},
        "tags": _tags(product),
        "extendedFields": product.get("extendedFields", {"namespaces": {}}),
    }
    if "MIN_PRICE_VARIANT" in fields:
        cheapest = min(variants, key=lambda each: Decimal(each["price"]["actualPrice"]["amount"]))
        told = _variant(product, cheapest, items[cheapest["id"]], fields)
        shown["variantSummary"]["minPriceVariant"] = told
    if with_variants:
        told_variants = [_variant(product, each, items[each["id"]], fields) for each in variants]
        shown["variantsInfo"] = {"variants": told_variants}
    return shown


def availability_of(item: StockItem | None) -> str:
    """IN_STOCK, PREORDER or OUT_OF_STOCK."""
    if item is not None and item.available:
        return "IN_STOCK"
    return "PREORDER" if item is not None and item.can_be_preordered else "OUT_OF_STOCK"


def choice_names(product: Json, variant: Json) -> list[Json]:
    """What a variant is, choice by choice."""
    names = []
    for each in variant["choices"]:
        ids = each["optionChoiceIds"]
        option = next(one for one in product["options"] if one["id"] == ids["optionId"])
        choices = option["choicesSettings"]["choices"]
        names.append(
            {
                "optionName": option["name"],
                "choiceName": next(
                    one["name"] for one in choices if one["choiceId"] == ids["choiceId"]
                ),
                "renderType": option["optionRenderType"],
            }
        )
    return names


def _variant(product: Json, variant: Json, item: StockItem | None, fields: Collection[str]) -> Json:
    choices = [dict(each) for each in variant["choices"]]
    if "VARIANT_OPTION_CHOICE_NAMES" in fields:
        for choice, names in zip(choices, choice_names(product, variant), strict=True):
            choice["optionChoiceNames"] = names
    return {
        "id": variant["id"],
        "visible": variant["visible"],
        "sku": variant.get("sku"),
        "barcode": variant.get("barcode"),
        "choices": choices,
        "price": {
            name: _amount(value, fields) for name, value in variant["price"].items() if value
        },
        "revenueDetails": _revenue(variant, fields),
        "physicalProperties": variant.get("physicalProperties"),
        "digitalProperties": variant.get("digitalProperties"),
        "media": None,
        "inventoryStatus": {
            "inStock": item is not None and item.available,
            "preorderEnabled": item is not None and item.can_be_preordered,
        },
    }


def _revenue(variant: Json, fields: Collection[str]) -> Json | None:
    cost = (variant.get("revenueDetails") or {}).get("cost")
    if cost is None or "MERCHANT_DATA" not in fields:
        return None
    actual, paid = Decimal(variant["price"]["actualPrice"]["amount"]), Decimal(cost["amount"])
    profit = actual - paid
    margin = profit / actual if actual else Decimal(0)
    return {
        "cost": _amount(cost, fields),
        "profit": _amount({"amount": str(profit)}, fields),
        "profitMargin": str(round(margin, 4)),
    }


def _amount(value: Json, fields: Collection[str]) -> Json:
    told: Json = {"amount": value["amount"]}
    if "CURRENCY" in fields:
        told["formattedAmount"] = price(value["amount"], CURRENCY)["formattedAmount"]
    return told


def _ranges(variants: list[Json], fields: Collection[str]) -> Json:
    prices = [each["price"]["actualPrice"] for each in variants]
    compared = [each["price"].get("compareAtPrice") for each in variants]
    costs = [(each.get("revenueDetails") or {}).get("cost") for each in variants]
    return {
        "actualPriceRange": _range(prices, fields),
        "compareAtPriceRange": _range(compared, fields),
        "costRange": _range(costs, fields) if "MERCHANT_DATA" in fields else None,
    }


def _range(amounts: list[Json | None], fields: Collection[str]) -> Json | None:
    given = sorted((each for each in amounts if each), key=lambda each: Decimal(each["amount"]))
    if not given:
        return None
    return {"minValue": _amount(given[0], fields), "maxValue": _amount(given[-1], fields)}


def _option(option: Json, variants: list[Json], items: dict[str, StockItem | None]) -> Json:
    in_stock = set()
    visible = set()
    for variant in variants:
        item = items[variant["id"]]
        for each in variant["choices"]:
            ids = each["optionChoiceIds"]
            if ids["optionId"] != option["id"]:
                continue
            if variant["visible"]:
                visible.add(ids["choiceId"])
            if item is not None and item.available:
                in_stock.add(ids["choiceId"])
    choices = [
        {
            **each,
            "key": each["name"],
            "inStock": each["choiceId"] in in_stock,
            "visible": each["choiceId"] in visible,
            "linkedMedia": [],
        }
        for each in option["choicesSettings"]["choices"]
    ]
    return {**option, "key": option["name"], "choicesSettings": {"choices": choices}}


def _inventory(items: list[StockItem | None]) -> Json:
    available = [item is not None and item.available for item in items]
    preorder = [item is not None and item.can_be_preordered for item in items]
    stock = "PARTIALLY_OUT_OF_STOCK" if any(available) else "OUT_OF_STOCK"
    status, extent = ("PARTIALLY_ENABLED", "SOME_VARIANTS")
    if not any(preorder):
        status, extent = "DISABLED", "NO_VARIANTS"
    elif all(preorder):
        status, extent = "ENABLED", "ALL_VARIANTS"
    return {
        "availabilityStatus": "IN_STOCK" if all(available) else stock,
        "preorderStatus": status,
        "preorderAvailability": extent,
    }


def _media(product: Json, fields: Collection[str]) -> Json:
    items = (product.get("media") or {}).get("itemsInfo", {}).get("items", [])
    told = [{**each, "mediaType": "IMAGE", "image": {"url": each.get("url")}} for each in items]
    return {
        "main": told[0] if told else None,
        "itemsInfo": {"items": told} if "MEDIA_ITEMS_INFO" in fields else None,
    }


def _info_section(section: Json, fields: Collection[str]) -> Json:
    asked = {
        "title": "INFO_SECTION",
        "description": "INFO_SECTION_DESCRIPTION",
        "plainDescription": "INFO_SECTION_PLAIN_DESCRIPTION",
    }
    return {
        "id": section["id"],
        "uniqueName": section.get("uniqueName"),
        **{name: section.get(name) if asked[name] in fields else None for name in asked},
    }


def _url(product: Json) -> Json:
    path = f"/product-page/{product['slug']}"
    return {"relativePath": path, "url": SITE + path}


def _tags(product: Json) -> Json:
    tags = product.get("tags", {})
    return {name: tags.get(name) or {"tagIds": []} for name in ("publicTags", "privateTags")}
