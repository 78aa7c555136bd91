"""Inventory of catalog V1: one item for each product, with a quantity or a flag by variant."""

from typing import Annotated, Literal

from pydantic import Field

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.catalog_events import old_stock_told
from tests.wix_simulator.catalog_version import v1_route
from tests.wix_simulator.errors import Json, invalid, plain_error
from tests.wix_simulator.filters import COMPARING, Fields
from tests.wix_simulator.old_products import item_of, old_product, shown_inventory
from tests.wix_simulator.product_bodies import Preorder
from tests.wix_simulator.stock import MOST, StockItem
from tests.wix_simulator.store import Store
from tests.wix_simulator.text_queries import OLD_EXACT, TextQuery, filter_of, part_of, selected
from tests.wix_simulator.world import Call

QUERY_FIELDS = Fields(
    filterable={
        "id": OLD_EXACT,
        "productId": OLD_EXACT,
        "externalId": OLD_EXACT,
        "numericId": OLD_EXACT | COMPARING,
        "trackQuantity": OLD_EXACT,
        "lastUpdated": OLD_EXACT | COMPARING,
    },
    sortable=frozenset({"id", "productId", "numericId", "lastUpdated"}),
    kinds={"numericId": "number", "trackQuantity": "flag", "lastUpdated": "date"},
)


class _Variant(Body):
    variant_id: str
    quantity: Annotated[int, Field(ge=-MOST, le=MOST)] | None = None
    in_stock: bool | None = None


class _Item(Body):
    track_quantity: bool = False
    variants: Annotated[list[_Variant], Field(max_length=1000)] | None = None
    preorder_info: Preorder | None = None


class _UpdateBody(Body):
    inventory_item: _Item


class _Move(Body):
    product_id: str | None = None
    inventory_id: str | None = None
    variant_id: str


class _Decrement(_Move):
    decrement_by: Annotated[int, Field(ge=1)]
    preorder_request: bool = False


class _Increment(_Move):
    increment_by: Annotated[int, Field(ge=1)]


class _DecrementBody(Body):
    decrement_data: Annotated[list[_Decrement], Field(min_length=1, max_length=300)]


class _IncrementBody(Body):
    increment_data: Annotated[list[_Increment], Field(min_length=1, max_length=300)]


class _QueryBody(Body):
    query: TextQuery = TextQuery()


class _VariantsBody(Body):
    variant_ids: list[str] | None = None


def update_inventory(call: Call) -> Json:
    """PATCH /stores/v2/inventoryItems/product/{productId}: set stock.

    Without `trackQuantity` no quantity of the product is tracked any more: those told are ignored.
    """
    return _update(call, old_product(call.store, call.path["inventoryItem.productId"]))


def update_inventory_item(call: Call) -> Json:
    """PATCH /stores/v2/inventoryItems/{inventoryItemId}: the same, as older documentation has."""
    return _update(call, _with_inventory(call.store, call.path["inventoryItem.id"]))


def _update(call: Call, product: Json) -> Json:
    told = call.read(_UpdateBody).inventory_item
    store = call.store
    wanted = {each.variant_id: each for each in told.variants or []}
    for variant_id in wanted:
        item_of(store, product["id"], variant_id)
    with old_stock_told(store, [product["id"]]):
        for item in store.stock.of_product(product["id"]):
            if told.preorder_info is not None:
                item.preorder = told.preorder_info.sent()
            if told.track_quantity:
                _set_quantity(store, item, wanted.get(item.variant_id))
            else:
                _set_flag(store, item, wanted.get(item.variant_id))
    return {}


def _set_quantity(store: Store, item: StockItem, wanted: _Variant | None) -> None:
    if wanted is not None and wanted.quantity is not None:
        store.stock.set(item, "set", quantity=wanted.quantity)
    elif item.quantity is None:
        store.stock.set(item, "set", quantity=0)


def _set_flag(store: Store, item: StockItem, wanted: _Variant | None) -> None:
    if wanted is not None and wanted.in_stock is not None:
        store.stock.set(item, "set", in_stock=wanted.in_stock)
    elif item.quantity is not None:
        store.stock.set(item, "set", in_stock=item.available)


# ---- Amounts ----


def decrement(call: Call) -> Json:
    """POST /stores/v2/inventoryItems/decrement: take from variants, all or nothing."""
    data = call.read(_DecrementBody).decrement_data
    moves = [
        (_item(call.store, each, f"decrementData[{index}]"), -each.decrement_by)
        for index, each in enumerate(data)
    ]
    return _move(call, moves, "decrement")


def increment(call: Call) -> Json:
    """POST /stores/v2/inventoryItems/increment: add to variants, all or nothing."""
    data = call.read(_IncrementBody).increment_data
    moves = [
        (_item(call.store, each, f"incrementData[{index}]"), each.increment_by)
        for index, each in enumerate(data)
    ]
    return _move(call, moves, "increment")


def _move(
    call: Call, moves: list[tuple[StockItem, int]], kind: Literal["increment", "decrement"]
) -> Json:
    left: dict[str, int] = {}
    for item, by in moves:
        if item.quantity is None:
            continue
        left[item.id] = left.get(item.id, item.quantity) + by
        if left[item.id] < 0 and by < 0 and call.switches.v1_negative_stock == "refuse":
            raise plain_error(400, "the quantity would be negative")
        if abs(left[item.id]) > MOST:
            raise plain_error(400, "the quantity is out of range")
    with old_stock_told(call.store, [item.product_id for item, _ in moves]):
        for item, by in moves:
            if item.quantity is not None:
                call.store.stock.move(item, kind, abs(by), item.quantity + by)
    return {}


def _item(store: Store, wanted: _Move, place: str) -> StockItem:
    if (wanted.product_id is None) == (wanted.inventory_id is None):
        raise invalid(place, "takes either productId or inventoryId", "ONE_OF_ALIGNMENT")
    if wanted.product_id is not None:
        product = old_product(store, wanted.product_id)
    else:
        product = _with_inventory(store, wanted.inventory_id or "")
    return item_of(store, product["id"], wanted.variant_id)


# ---- Lists ----


def query_inventory(call: Call) -> Json:
    """POST /stores-reader/v2/inventoryItems/query: by text, page by page."""
    query = call.read(_QueryBody).query
    products = call.store.old_products
    match filter_of(query).get("productId"):
        case str(value) | {"$eq": str(value)}:
            ids = [value]
        case {"$hasSome": list(values)}:
            ids = [each for each in dict.fromkeys(values) if isinstance(each, str)]
        case _:
            ids = list(products)
    items = (shown_inventory(call.store, products[each]) for each in ids if each in products)
    return part_of(selected(QUERY_FIELDS, query, items), query.paging, "inventoryItems")


def get_variants(call: Call) -> Json:
    """POST /stores-reader/v2/inventoryItems/{inventoryId}/getVariants: stock by variant."""
    return _variants(call, _with_inventory(call.store, call.path["inventoryId"]))


def get_variants_of_product(call: Call) -> Json:
    """POST /stores/v2/inventoryItems/product/{productId}/getVariants: the same, by product."""
    return _variants(call, old_product(call.store, call.path["productId"]))


def _variants(call: Call, product: Json) -> Json:
    ids = call.read(_VariantsBody).variant_ids
    return {"inventoryItem": shown_inventory(call.store, product, ids)}


def _with_inventory(store: Store, inventory_id: str) -> Json:
    product_id = store.old_inventories.get(inventory_id)
    if product_id is None:
        raise plain_error(404, "inventory item not found")
    return old_product(store, product_id)


_READ = "WIX_STORES.READ_INVENTORY"
_MODIFY = "WIX_STORES.MODIFY_INVENTORY"
_BASE = "/stores/v2/inventoryItems"
_READER = "/stores-reader/v2/inventoryItems"

ROUTES = (
    v1_route(
        "PATCH",
        _BASE + "/product/{inventoryItem.productId}",
        update_inventory,
        _MODIFY,
        writes=True,
    ),
    v1_route("PATCH", _BASE + "/{inventoryItem.id}", update_inventory_item, _MODIFY, writes=True),
    v1_route("POST", f"{_BASE}/decrement", decrement, _MODIFY, writes=True),
    v1_route("POST", f"{_BASE}/increment", increment, _MODIFY, writes=True),
    *(
        route
        for base in (_READER, _BASE)
        for route in (
            v1_route("POST", f"{base}/query", query_inventory, _READ),
            v1_route("POST", base + "/{inventoryId}/getVariants", get_variants, _READ),
            v1_route(
                "POST", base + "/product/{productId}/getVariants", get_variants_of_product, _READ
            ),
        )
    ),
)
