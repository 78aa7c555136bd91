"""Products of catalog V1: what they are made of, how they are told, and their stock."""

import itertools
import re
import uuid
from collections.abc import Iterator
from typing import Any

from tests.wix_simulator.errors import Json, plain_error
from tests.wix_simulator.money import price as price_of
from tests.wix_simulator.stock import StockItem
from tests.wix_simulator.store import CURRENCY, Store

DEFAULT_VARIANT = "00000000-0000-0000-0000-000000000000"
SITE = "https://shop.example.com"
MOST_VARIANTS = 1000

_KEPT = (
    "name",
    "visible",
    "description",
    "sku",
    "weight",
    "discount",
    "additionalInfoSections",
    "ribbon",
    "brand",
    "manageVariants",
    "productOptions",
    "seoData",
    "pricePerUnitData",
)


def old_product(store: Store, product_id: str) -> Json:
    """A product of catalog V1. Not to be changed.

    Raises:
        RefusedError: If there is none.
    """
    if product_id not in store.old_products:
        raise plain_error(404, "product not found")
    return store.old_products[product_id]


def new_old_product(store: Store, sent: Json, *, product_id: str | None = None) -> Json:
    """Take in a product. It is in stock, and how many there are is not tracked."""
    product: Json = {
        "visible": True,
        "description": "",
        "discount": {"type": "NONE", "value": 0},
        "manageVariants": False,
        "productOptions": [],
        "additionalInfoSections": [],
        **_told(sent),
        "id": product_id or store.ids.guid(),
        "slug": sent.get("slug") or re.sub(r"[^a-z0-9]+", "-", sent["name"].lower()).strip("-"),
        "productType": "physical",
        "numericId": store.next_number(),
        "inventoryItemId": store.ids.guid(),
        "createdDate": store.clock.stamp(),
        "media": [],
        "variantData": {},
    }
    check_size(product)
    store.old_inventories[product["inventoryItemId"]] = product["id"]
    _put(store, product)
    store.listener.old_product(None, product)
    return product


def change_old_product(store: Store, before: Json, sent: Json) -> Json:
    """Change what is told. The last write wins; a change of the type is ignored."""
    changes = _told(sent)
    if sent.get("slug") is not None:
        changes["slug"] = sent["slug"]
    product = {**before, **changes}
    check_size(product)
    _put(store, product)
    store.listener.old_product(before, product, [name for name in sent if sent[name] is not None])
    return product


def remove_old_product(store: Store, product_id: str) -> None:
    """Delete a product with its stock."""
    for item in store.stock.of_product(product_id):
        store.stock.remove(item)
    product = store.old_products.pop(product_id)
    del store.old_inventories[product["inventoryItemId"]]
    store.listener.old_product(product, None)


def change_variants(store: Store, before: Json, changed: dict[str, Json]) -> Json:
    """Change what is told of some variants."""
    data = {
        each: {**before["variantData"].get(each, {}), **changed.get(each, {})}
        for each in {*before["variantData"], *changed}
    }
    product = {**before, "variantData": data}
    _put(store, product)
    store.listener.old_variants(product, changed)
    return product


def check_size(product: Json) -> None:
    """Refuse options that make too many variants."""
    count = 1
    for option in product["productOptions"]:
        count *= len(option["choices"])
    if product["manageVariants"] and count > MOST_VARIANTS:
        raise plain_error(400, f"a product has at most {MOST_VARIANTS} variants")


def _put(store: Store, product: Json) -> None:
    product["lastUpdated"] = store.clock.stamp()
    store.old_products[product["id"]] = product
    wanted = variants_of(product)
    items = {item.variant_id: item for item in store.stock.of_product(product["id"])}
    tracked = any(item.quantity is not None for item in items.values())
    for variant_id, item in items.items():
        if variant_id not in wanted:
            store.stock.remove(item)
    for variant_id in wanted:
        if variant_id not in items:
            store.stock.add(
                product["id"],
                variant_id,
                store.default_location_id,
                kind="other",
                quantity=0 if tracked else None,
                in_stock=None if tracked else True,
            )


def _told(sent: Json) -> Json:
    told = {name: sent[name] for name in _KEPT if sent.get(name) is not None}
    if sent.get("priceData") is not None:
        told["price"] = sent["priceData"]["price"]
    if sent.get("costAndProfitData") is not None:
        told["cost"] = sent["costAndProfitData"]["itemCost"]
    return told


def variants_of(product: Json) -> dict[str, dict[str, str]]:
    """The choices of each variant, by its id: one of every combination, or the only one."""
    if not (product["manageVariants"] and product["productOptions"]):
        return {DEFAULT_VARIANT: {}}
    names = [option["name"] for option in product["productOptions"]]
    values = [
        [choice["description"] for choice in option["choices"]]
        for option in product["productOptions"]
    ]
    found = (dict(zip(names, each, strict=True)) for each in itertools.product(*values))
    return {_variant_id(product["id"], choices): choices for choices in found}


def _variant_id(product_id: str, choices: dict[str, str]) -> str:
    text = "\n".join(f"{name}={value}" for name, value in sorted(choices.items()))
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{product_id}\n{text}"))


# ---- How they are told ----


def shown_old_product(
    store: Store, product: Json, *, variants: bool = True, costs: bool = False
) -> Json:
    """A product as Wix tells it; with what it costs the merchant only if asked."""
    managed = product["manageVariants"]
    in_stock = _choices_in_stock(store, product)
    price = _price_data(product, product["price"])
    shown = {
        "id": product["id"],
        "name": product["name"],
        "slug": product["slug"],
        "visible": product["visible"],
        "productType": product["productType"],
        "description": product["description"],
        "sku": product.get("sku", ""),
        "weight": product.get("weight", 0),
        "stock": _stock(store, product),
        "price": price,
        "priceData": price,
        "convertedPriceData": price,
        "priceRange": _price_range(product),
        "discount": product["discount"],
        "additionalInfoSections": product["additionalInfoSections"],
        "ribbon": product.get("ribbon", ""),
        "brand": product.get("brand", ""),
        "media": _media(product),
        "customTextFields": [],
        "manageVariants": managed,
        "productOptions": [_option(option, in_stock) for option in product["productOptions"]],
        "productPageUrl": {"base": SITE, "path": f"/product-page/{product['slug']}"},
        "numericId": product["numericId"],
        "inventoryItemId": product["inventoryItemId"],
        "collectionIds": [],
        "lastUpdated": product["lastUpdated"],
        "createdDate": product["createdDate"],
        "seoData": product.get("seoData", {"tags": []}),
        "variants": list(shown_variants(store, product, costs=costs)) if variants else [],
    }
    if costs and "cost" in product:
        shown["costAndProfitData"] = _profit(product["price"], product["cost"])
    return shown


def shown_variants(store: Store, product: Json, *, costs: bool = False) -> Iterator[Json]:
    """The variants of a product as Wix tells them."""
    for variant_id, choices in variants_of(product).items():
        own = product["variantData"].get(variant_id, {})
        item = item_of(store, product["id"], variant_id)
        price = own.get("price", product["price"])
        price_data = _price_data(product, price)
        told: Json = {
            "priceData": price_data,
            "convertedPriceData": price_data,
            "weight": own.get("weight", product.get("weight", 0)),
            "sku": own.get("sku", product.get("sku", "")),
            "visible": own.get("visible", True),
        }
        cost = own.get("cost", product.get("cost"))
        if costs and cost is not None:
            told["costAndProfitData"] = _profit(price, cost)
        stock: Json = {"trackQuantity": item.quantity is not None, "inStock": item.available}
        if item.quantity is not None:
            stock["quantity"] = item.quantity
        yield {"id": variant_id, "choices": choices, "variant": told, "stock": stock}


def _price_data(product: Json, price: float) -> Json:
    discount = product["discount"]
    off = {"AMOUNT": discount["value"], "PERCENT": price * discount["value"] / 100}
    reduced = max(round(price - off.get(discount["type"], 0), 2), 0)
    return {
        "currency": CURRENCY,
        "price": price,
        "discountedPrice": reduced,
        "formatted": {"price": _formatted(price), "discountedPrice": _formatted(reduced)},
    }


def _formatted(value: float) -> Any:
    return price_of(str(value), CURRENCY)["formattedAmount"]


def _price_range(product: Json) -> Json:
    own = [product["variantData"].get(each, {}) for each in variants_of(product)]
    prices = [each.get("price", product["price"]) for each in own]
    return {"minValue": min(prices), "maxValue": max(prices)}


def _profit(price: float, cost: float) -> Json:
    profit = round(price - cost, 2)
    return {
        "itemCost": cost,
        "formattedItemCost": _formatted(cost),
        "profit": profit,
        "formattedProfit": _formatted(profit),
        "profitMargin": round(profit / price, 4) if price else 0,
    }


def _stock(store: Store, product: Json) -> Json:
    items = store.stock.of_product(product["id"])
    available = [item.available for item in items]
    status = "PARTIALLY_OUT_OF_STOCK" if any(available) else "OUT_OF_STOCK"
    told: Json = {
        "trackInventory": is_tracked(items),
        "inStock": any(available),
        "inventoryStatus": "IN_STOCK" if all(available) else status,
    }
    if is_tracked(items):
        told["quantity"] = sum(item.quantity or 0 for item in items)
    return told


def _choices_in_stock(store: Store, product: Json) -> set[tuple[str, str]]:
    return {
        choice
        for variant_id, choices in variants_of(product).items()
        if item_of(store, product["id"], variant_id).available
        for choice in choices.items()
    }


def _option(option: Json, in_stock: set[tuple[str, str]]) -> Json:
    choices = [
        {**each, "inStock": (option["name"], each["description"]) in in_stock, "visible": True}
        for each in option["choices"]
    ]
    return {"optionType": "drop_down", **option, "choices": choices}


def _media(product: Json) -> Json:
    items = product["media"]
    return {"mainMedia": items[0], "items": items} if items else {"items": []}


# ---- Stock ----


def item_of(store: Store, product_id: str, variant_id: str) -> StockItem:
    """The stock of one variant.

    Raises:
        RefusedError: If the product has no such variant.
    """
    item = store.stock.at(product_id, variant_id, store.default_location_id)
    if item is None:
        raise plain_error(404, "variant not found")
    return item


def is_tracked(items: list[StockItem]) -> bool:
    """Whether a product's quantities are tracked; that goes for all its variants alike."""
    return any(item.quantity is not None for item in items)


def shown_inventory(store: Store, product: Json, variant_ids: list[str] | None = None) -> Json:
    """The inventory item of a product as Wix tells it."""
    items = store.stock.of_product(product["id"])
    variants = []
    for item in items:
        if variant_ids and item.variant_id not in variant_ids:
            continue
        told: Json = {
            "variantId": item.variant_id,
            "inStock": item.available,
            "availableForPreorder": item.can_be_preordered and not item.available,
        }
        if item.quantity is not None:
            told["quantity"] = item.quantity
        variants.append(told)
    preorder = items[0].preorder
    return {
        "id": product["inventoryItemId"],
        "externalId": product["id"],
        "productId": product["id"],
        "trackQuantity": is_tracked(items),
        "variants": variants,
        "preorderInfo": {"enabled": False, **preorder},
        "lastUpdated": max(item.updated for item in items),
        "numericId": product["numericId"],
    }
