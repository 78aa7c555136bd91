"""Inventory items of catalog V3: how they are made, changed and told."""

from tests.wix_simulator.errors import Json, Violation, application_error, validation_error
from tests.wix_simulator.product_views import availability_of, choice_names
from tests.wix_simulator.stock import PREORDER_LIMIT, StockItem
from tests.wix_simulator.store import Store


def check_stock(told: Json, path: str, *, required: bool = True) -> None:
    """Refuse an item that tells both a quantity and whether it is in stock, or neither.

    Raises:
        RefusedError: Names the item's place.
    """
    given = [name for name in ("quantity", "inStock") if told.get(name) is not None]
    if len(given) > 1:
        text = "takes either quantity or inStock"
        raise validation_error([Violation(path, text, "ONE_OF_ALIGNMENT")])
    if not given and required:
        text = "needs quantity or inStock"
        raise validation_error([Violation(path, text, "REQUIRED_ONE_OF_FIELD")])


def add_item(store: Store, told: Json) -> StockItem:
    """Begin to keep stock of a variant at a location.

    Raises:
        RefusedError: If there is no such variant or location, or stock of it is kept there.
    """
    variant_id = told["variantId"]
    location_id = told.get("locationId") or store.default_location_id
    if store.owner("variant", variant_id) != told["productId"]:
        raise application_error(404, "NOT_FOUND", "Entity not found")
    if location_id not in store.locations:
        raise application_error(404, "NOT_FOUND", "Entity not found")
    if store.stock.of_variant_at(variant_id, location_id) is not None:
        raise application_error(409, "ITEM_ALREADY_EXISTS")
    preorder = told.get("preorderInfo") or {}
    refuse_preorder(preorder, tracked=told.get("quantity") is not None)
    return store.stock.add(
        told["productId"],
        variant_id,
        location_id,
        kind="set",
        quantity=told.get("quantity"),
        in_stock=told.get("inStock"),
        preorder=preorder,
        extended_fields=told.get("extendedFields"),
    )


def change_item(store: Store, item: StockItem, told: Json) -> None:
    """Change what is told of an item.

    Raises:
        RefusedError: If it breaks a rule.
    """
    quantity, in_stock = told.get("quantity"), told.get("inStock")
    if quantity is not None and quantity < 0 and quantity < (item.quantity or 0):
        raise application_error(400, "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE_DECREASING")
    preorder = item.preorder
    if "preorderInfo" in told:
        preorder = {**item.preorder, **(told["preorderInfo"] or {"enabled": False})}
        tracked = in_stock is None and (quantity is not None or item.quantity is not None)
        refuse_preorder(preorder, tracked=tracked)
    item.preorder = preorder
    if "extendedFields" in told:
        item.extended_fields = told["extendedFields"]
    if quantity is None and in_stock is None:
        store.stock.touch(item)
    else:
        store.stock.set(item, "set", quantity=quantity, in_stock=in_stock)


def refuse_preorder(preorder: Json, *, tracked: bool) -> None:
    """A limit goes with a quantity only."""
    if preorder.get("limit") is not None and not tracked:
        raise application_error(400, "PRE_ORDER_VALIDATION")


def shown_item(store: Store, item: StockItem) -> Json:
    """An inventory item as Wix tells it."""
    level: Json = {"quantity": item.quantity} if item.quantity is not None else {}
    if item.quantity is None:
        level = {"inStock": bool(item.in_stock)}
    return {
        "id": item.id,
        "revision": str(item.revision),
        "createdDate": item.created,
        "updatedDate": item.updated,
        "productId": item.product_id,
        "variantId": item.variant_id,
        "locationId": item.location_id,
        **level,
        "trackQuantity": item.quantity is not None,
        "availabilityStatus": availability_of(item),
        "preorderInfo": _preorder(item),
        "product": _product(store, item),
        **({} if item.extended_fields is None else {"extendedFields": item.extended_fields}),
    }


def _preorder(item: StockItem) -> Json:
    told: Json = {
        "enabled": item.can_be_preordered,
        "message": item.preorder.get("message"),
        "limit": None,
        "counter": None,
        "quantity": None,
    }
    if item.can_be_preordered and item.quantity is not None:
        limit = item.preorder.get("limit")
        told["limit"] = PREORDER_LIMIT if limit is None else limit
        told["counter"] = item.preorders
        told["quantity"] = item.quantity
    return told


def _product(store: Store, item: StockItem) -> Json:
    product = store.product(item.product_id)
    variants = product["variantsInfo"]["variants"]
    variant = next(each for each in variants if each["id"] == item.variant_id)
    names = [each["choiceName"] for each in choice_names(product, variant)]
    return {
        "name": product["name"],
        "directCategoryIds": [],
        "variantName": ", ".join(names) or None,
        "variantSku": variant.get("sku"),
        "variantVisible": variant["visible"],
        "variantBarcode": variant.get("barcode"),
        "brand": product.get("brand"),
    }
