"""Inventory of catalog V3: stock by variant and location, set by revision or moved by amounts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tests.wix_simulator.bodies import Body, Guid
from tests.wix_simulator.bulk import bulk_result, failed, succeeded
from tests.wix_simulator.catalog_version import v3_route
from tests.wix_simulator.errors import Json, RefusedError, application_error, invalid
from tests.wix_simulator.filters import (
    MEMBERS,
    OF_FLAGS,
    OF_NUMBERS,
    OF_TEXTS,
    Cursor,
    Fields,
    Kind,
    Sort,
)
from tests.wix_simulator.inventory_items import add_item, change_item, check_stock, shown_item
from tests.wix_simulator.pages import Listing, told
from tests.wix_simulator.product_bodies import Preorder, ProductId, Quantity
from tests.wix_simulator.revisions import refuse_stale
from tests.wix_simulator.stock import MOST, StockItem
from tests.wix_simulator.store import Store
from tests.wix_simulator.world import Call

type Reason = Literal["ORDER", "MANUAL", "REVERT_INVENTORY_CHANGE"]
type Amount = Annotated[int, Field(ge=1, le=MOST)]

_KINDS: dict[str, Kind] = {
    "createdDate": "date",
    "updatedDate": "date",
    "quantity": "number",
    "inStock": "flag",
    "trackQuantity": "flag",
    "preorderInfo.enabled": "flag",
}
_SORTED: dict[str, frozenset[str]] = {
    "createdDate": OF_NUMBERS,
    "updatedDate": OF_NUMBERS,
    "productId": OF_TEXTS,
    "quantity": OF_NUMBERS,
    "inStock": OF_FLAGS,
    "trackQuantity": OF_FLAGS,
    "availabilityStatus": OF_FLAGS,
    "preorderInfo.enabled": OF_FLAGS,
    "product.name": OF_TEXTS,
    "product.variantName": OF_TEXTS,
    "product.variantSku": OF_TEXTS,
    "product.variantBarcode": OF_TEXTS,
    "product.brand.id": OF_TEXTS,
    # The types have the first and `$isEmpty`, the documentation the others.
    "product.directCategoryIds": MEMBERS | {"$isEmpty", "$exists", "$eq", "$ne", "$in"},
}
QUERY_FIELDS = Fields(
    filterable={**_SORTED, "id": OF_TEXTS, "locationId": OF_TEXTS, "variantId": OF_TEXTS},
    sortable=_SORTED.keys(),
    kinds=_KINDS,
)
_QUERY = Listing("inventory", "query", QUERY_FIELDS, default_limit=100)
_SEARCH = Listing(
    "inventory search",
    "search",
    QUERY_FIELDS,
    default_limit=100,
    sort=[Sort(fieldName="createdDate", order="DESC")],
)


class _Changes(Body):
    revision: str
    quantity: Quantity | None = None
    in_stock: bool | None = None
    preorder_info: Preorder | None = None
    extended_fields: Json | None = None


class _ChangesWithId(_Changes):
    id: Guid


class _NewItem(Body):
    product_id: ProductId
    variant_id: Guid
    location_id: Guid | None = None
    quantity: Quantity | None = None
    in_stock: bool | None = None
    preorder_info: Preorder | None = None
    extended_fields: Json | None = None


class _CreateBody(Body):
    inventory_item: _NewItem


class _UpdateBody(Body):
    inventory_item: _Changes
    reason: Reason | None = None


class _BulkCreateBody(Body):
    inventory_items: Annotated[list[_NewItem], Field(min_length=1, max_length=1000)]
    return_entity: bool = False


class _BulkChange(Body):
    inventory_item: _ChangesWithId


class _BulkUpdateBody(Body):
    inventory_items: Annotated[list[_BulkChange], Field(min_length=1, max_length=1000)]
    return_entity: bool = False
    reason: Reason | None = None


class _BulkDeleteBody(Body):
    inventory_item_ids: Annotated[list[Guid], Field(min_length=1, max_length=1000)]


class _CursorPaging(Body):
    limit: Annotated[int, Field(ge=1, le=1000)] | None = None
    cursor: Cursor | None = None


class _Query(Body):
    filter: Json | None = None
    sort: Annotated[list[Sort], Field(max_length=10)] | None = None
    cursor_paging: _CursorPaging = _CursorPaging()


class _QueryBody(Body):
    query: _Query = _Query()


class _FreeText(Body):
    expression: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    mode: Literal["OR", "AND"] = "OR"
    fields: Annotated[list[str], Field(default_factory=list)]
    fuzzy: bool = False


class _Search(_Query):
    search: _FreeText | None = None


class _SearchBody(Body):
    search: _Search = _Search()


# ---- Amounts by item, or by variant and location ----


class _Move(Body):
    preorder_request: bool = False


class _DecrementOfItem(_Move):
    inventory_item_id: Guid
    decrement_by: Amount


class _DecrementOfVariant(_Move):
    variant_id: Guid
    location_id: Guid | None = None
    decrement_by: Amount


class _IncrementOfItem(Body):
    inventory_item_id: Guid
    increment_by: Amount


class _IncrementOfVariant(Body):
    variant_id: Guid
    location_id: Guid | None = None
    increment_by: Amount


class _Moves(Body):
    return_entity: bool = False
    reason: Reason | None = None


class _Decrements(_Moves):
    decrement_data: Annotated[list[_DecrementOfItem], Field(min_length=1, max_length=300)]
    restrict_inventory: bool | None = None


class _VariantDecrements(_Moves):
    decrement_data: Annotated[list[_DecrementOfVariant], Field(min_length=1, max_length=300)]
    restrict_inventory: bool | None = None


class _Increments(_Moves):
    increment_data: Annotated[list[_IncrementOfItem], Field(min_length=1, max_length=300)]


class _VariantIncrements(_Moves):
    increment_data: Annotated[list[_IncrementOfVariant], Field(min_length=1, max_length=300)]


# ---- One item ----


def create_item(call: Call) -> Json:
    """POST /stores/v3/inventory-items: begin to keep stock of a variant at a location."""
    sent = call.read(_CreateBody).inventory_item.sent()
    check_stock(sent, "inventoryItem")
    return _told(call.store, add_item(call.store, sent))


def get_item(call: Call) -> Json:
    """GET /stores/v3/inventory-items/{inventoryItemId}: an item as it is now."""
    return _told(call.store, _item(call.store, call.path["inventoryItemId"]))


def update_item(call: Call) -> Json:
    """PATCH /stores/v3/inventory-items/{inventoryItem.id}: set stock, at the revision told."""
    item = _item(call.store, call.path["inventoryItem.id"])
    sent = call.read(_UpdateBody).inventory_item.sent()
    check_stock(sent, "inventoryItem", required=False)
    refuse_stale(call.switches, str(item.revision), sent["revision"])
    change_item(call.store, item, sent)
    return _told(call.store, item)


def delete_item(call: Call) -> Json:
    """DELETE /stores/v3/inventory-items/{inventoryItemId}: keep no stock there any more."""
    call.store.stock.remove(_item(call.store, call.path["inventoryItemId"]))
    return {}


# ---- Lists ----


def query_items(call: Call) -> Json:
    """POST /stores/v3/inventory-items/query: items by filter; the answer has no `hasNext`."""
    query = call.read(_QueryBody).query
    page = _QUERY.page(
        call.store.cursors, query, lambda condition, _: _candidates(call.store, condition)
    )
    return {"inventoryItems": page.items, "pagingMetadata": told(page, with_has_next=False)}


def search_items(call: Call) -> Json:
    """POST /stores/v3/inventory-items/search: the same, and by a word of product or SKU."""
    search = call.read(_SearchBody).search
    if search.search is not None and search.cursor_paging.cursor:
        raise invalid("search.search", "must not be sent beside a cursor", "FIELD_NOT_ALLOWED")
    page = _SEARCH.page(
        call.store.cursors,
        search,
        lambda condition, text: _with_words(_candidates(call.store, condition), text),
        search.search,
    )
    return {
        "inventoryItems": page.items,
        "pagingMetadata": told(page, with_has_next=False),
        "aggregationData": {"results": []},
    }


def _candidates(store: Store, condition: Json) -> Iterator[Json]:
    """The items to choose from: those that the filter names, or all."""
    stock = store.stock
    by_name: dict[str, Callable[[str], Iterable[StockItem]]] = {
        "id": lambda value: filter(None, [stock.item(value)]),
        "variantId": stock.of_variant,
        "productId": stock.of_product,
        "product.variantSku": lambda value: stock.of_variant(store.owner("sku", value) or ""),
    }
    for name, found in by_name.items():
        values = _named(condition.get(name))
        if values is not None:
            return _of_this_catalog(store, (item for value in values for item in found(value)))
    return _of_this_catalog(store, stock)


def _of_this_catalog(store: Store, items: Iterable[StockItem]) -> Iterator[Json]:
    """Those that are not of what catalog V1 had before the site was moved."""
    for item in items:
        if item.product_id not in store.old_products:
            yield shown_item(store, item)


def _named(condition: Any) -> set[str] | None:
    """The values a field's condition allows, where it lists them."""
    if isinstance(condition, str):
        return {condition}
    if isinstance(condition, dict) and len(condition) == 1:
        match condition:
            case {"$eq": str(value)}:
                return {value}
            case {"$in": list(values)}:
                return set(values)
    return None


def _with_words(items: Iterable[Json], text: _FreeText | None) -> Iterator[Json]:
    words = [] if text is None else text.expression.lower().split()
    for item in items:
        product = item["product"]
        names = [product["name"], product["variantName"], product["variantSku"]]
        values = [str(name).lower() for name in names if name]
        found = [any(word in value for value in values) for word in words]
        if all(found) if text is None or text.mode == "AND" else any(found):
            yield item


# ---- Many items ----


def bulk_create_items(call: Call) -> Json:
    """POST /stores/v3/bulk/inventory-items/create: each item by itself, at most 1000."""
    request = call.read(_BulkCreateBody)
    items = [item.sent() for item in request.inventory_items]
    for index, sent in enumerate(items):
        check_stock(sent, f"inventoryItems[{index}]")
    results = []
    for index, sent in enumerate(items):
        try:
            item = add_item(call.store, sent)
        except RefusedError as refusal:
            results.append(failed(None, index, refusal))
            continue
        results.append(_done(call.store, item, index, return_entity=request.return_entity))
    return bulk_result(results)


def bulk_update_items(call: Call) -> Json:
    """POST /stores/v3/bulk/inventory-items/update: each item by itself, at its revision."""
    request = call.read(_BulkUpdateBody)
    changes = [each.inventory_item.sent() for each in request.inventory_items]
    for index, sent in enumerate(changes):
        check_stock(sent, f"inventoryItems[{index}].inventoryItem", required=False)
    results = []
    for index, sent in enumerate(changes):
        try:
            item = _item(call.store, sent["id"])
            refuse_stale(call.switches, str(item.revision), sent["revision"], in_bulk=True)
            change_item(call.store, item, sent)
        except RefusedError as refusal:
            results.append(failed(sent["id"], index, refusal))
            continue
        results.append(_done(call.store, item, index, return_entity=request.return_entity))
    return bulk_result(results)


def bulk_delete_items(call: Call) -> Json:
    """POST /stores/v3/bulk/inventory-items/delete: each item by itself, at most 1000."""
    results = []
    for index, item_id in enumerate(call.read(_BulkDeleteBody).inventory_item_ids):
        try:
            call.store.stock.remove(_item(call.store, item_id))
        except RefusedError as refusal:
            results.append(failed(item_id, index, refusal))
        else:
            results.append(succeeded(item_id, index))
    return bulk_result(results)


# ---- Amounts ----


def decrement_items(call: Call) -> Json:
    """POST /stores/v3/bulk/inventory-items/decrement: take from items; not below nothing."""
    request = call.read(_Decrements)
    wanted = [
        _Wanted(_item_or_none(call, each), -each.decrement_by, each.preorder_request)
        for each in request.decrement_data
    ]
    return _moved(call, request, wanted, restricted=request.restrict_inventory is not False)


def decrement_variants(call: Call) -> Json:
    """POST .../decrement-by-variant-and-location: the same, wherever the items are."""
    request = call.read(_VariantDecrements)
    wanted = [
        _Wanted(_at_location(call, each), -each.decrement_by, each.preorder_request)
        for each in request.decrement_data
    ]
    return _moved(call, request, wanted, restricted=request.restrict_inventory is not False)


def increment_items(call: Call) -> Json:
    """POST /stores/v3/bulk/inventory-items/increment: add to items."""
    request = call.read(_Increments)
    wanted = [
        _Wanted(_item_or_none(call, each), each.increment_by) for each in request.increment_data
    ]
    return _moved(call, request, wanted)


def increment_variants(call: Call) -> Json:
    """POST .../increment-by-variant-and-location: the same, wherever the items are."""
    request = call.read(_VariantIncrements)
    wanted = [
        _Wanted(_at_location(call, each), each.increment_by) for each in request.increment_data
    ]
    return _moved(call, request, wanted)


@dataclass(frozen=True)
class _Wanted:
    """One amount to add or, below nothing, to take."""

    item: StockItem | None
    by: int
    preorder: bool = False


def _item_or_none(call: Call, wanted: _DecrementOfItem | _IncrementOfItem) -> StockItem | None:
    return call.store.stock.item(wanted.inventory_item_id)


def _at_location(call: Call, wanted: _DecrementOfVariant | _IncrementOfVariant) -> StockItem | None:
    location_id = wanted.location_id or call.store.default_location_id
    return call.store.stock.of_variant_at(wanted.variant_id, location_id)


def _moved(call: Call, request: _Moves, wanted: list[_Wanted], *, restricted: bool = False) -> Json:
    """Carry out what can be, in order; nothing at all if one failure fails the call."""
    upcoming: dict[str, int] = {}
    refusals: dict[int, RefusedError] = {}
    for index, each in enumerate(wanted):
        try:
            _count(each, upcoming, restricted=restricted)
        except RefusedError as refusal:
            if call.switches.bulk_decrement_failure == "call":
                raise
            refusals[index] = refusal
    results = []
    for index, each in enumerate(wanted):
        if each.item is None or index in refusals:
            item_id = None if each.item is None else each.item.id
            results.append(failed(item_id, index, refusals[index]))
            continue
        _carry_out(call.store, each.item, each)
        done = _done(call.store, each.item, index, return_entity=request.return_entity)
        results.append(done)
    return bulk_result(results)


def _count(wanted: _Wanted, upcoming: dict[str, int], *, restricted: bool) -> None:
    """Count a move into the quantities there will be, if it is allowed."""
    item = wanted.item
    if item is None:
        raise application_error(404, "NOT_FOUND", "Entity not found")
    if item.quantity is None:
        raise application_error(428, "INVENTORY_QUANTITY_NOT_TRACKED")
    if _is_preorder(item, wanted):
        return
    quantity = upcoming.get(item.id, item.quantity) + wanted.by
    if wanted.by < 0 and quantity < 0 and restricted:
        raise application_error(428, "INSUFFICIENT_INVENTORY")
    if quantity < -MOST:
        raise application_error(428, "MIN_QUANTITY_LIMIT_REACHED")
    if quantity > MOST:
        raise application_error(428, "MAX_QUANTITY_LIMIT_REACHED")
    upcoming[item.id] = quantity


def _carry_out(store: Store, item: StockItem, wanted: _Wanted) -> None:
    if _is_preorder(item, wanted):
        item.preorders -= wanted.by
        store.stock.touch(item)
        return
    kind: Literal["increment", "decrement"] = "increment" if wanted.by > 0 else "decrement"
    store.stock.move(item, kind, abs(wanted.by), (item.quantity or 0) + wanted.by)


def _is_preorder(item: StockItem, wanted: _Wanted) -> bool:
    return wanted.preorder and item.can_be_preordered


# ---- Parts ----


def _item(store: Store, item_id: str) -> StockItem:
    item = store.stock.item(item_id)
    if item is None:
        raise application_error(404, "NOT_FOUND", "Entity not found")
    return item


def _told(store: Store, item: StockItem) -> Json:
    return {"inventoryItem": shown_item(store, item)}


def _done(store: Store, item: StockItem, index: int, *, return_entity: bool) -> Json:
    return succeeded(item.id, index, shown_item(store, item) if return_entity else None)


_READ = "WIX_STORES.INVENTORY_READ"
_CREATE = "WIX_STORES.INVENTORY_CREATE"
_UPDATE = "WIX_STORES.INVENTORY_UPDATE"
_DELETE = "WIX_STORES.INVENTORY_DELETE"
_BASE = "/stores/v3/inventory-items"
_BULK = "/stores/v3/bulk/inventory-items"

ROUTES = (
    v3_route("POST", f"{_BASE}/query", query_items, _READ),
    v3_route("POST", f"{_BASE}/search", search_items, _READ),
    v3_route("POST", _BASE, create_item, _CREATE, writes=True),
    v3_route("GET", _BASE + "/{inventoryItemId}", get_item, _READ),
    v3_route("PATCH", _BASE + "/{inventoryItem.id}", update_item, _UPDATE, writes=True),
    v3_route("DELETE", _BASE + "/{inventoryItemId}", delete_item, _DELETE, writes=True),
    v3_route("POST", f"{_BULK}/create", bulk_create_items, _CREATE, writes=True),
    v3_route("POST", f"{_BULK}/update", bulk_update_items, _UPDATE, writes=True),
    v3_route("POST", f"{_BULK}/delete", bulk_delete_items, _DELETE, writes=True),
    v3_route("POST", f"{_BULK}/decrement", decrement_items, _UPDATE, writes=True),
    v3_route("POST", f"{_BULK}/increment", increment_items, _UPDATE, writes=True),
    v3_route(
        "POST",
        f"{_BULK}/decrement-by-variant-and-location",
        decrement_variants,
        _UPDATE,
        writes=True,
    ),
    v3_route(
        "POST",
        f"{_BULK}/increment-by-variant-and-location",
        increment_variants,
        _UPDATE,
        writes=True,
    ),
)
