"""Products of catalog V3: create, get, query, search, count, change, delete, in bulk as well."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints

from tests.wix_simulator.bodies import Body, read
from tests.wix_simulator.bulk import bulk_result, failed, succeeded
from tests.wix_simulator.catalog_version import v3_route
from tests.wix_simulator.errors import (
    Json,
    RefusedError,
    Violation,
    application_error,
    invalid,
    plain_error,
    validation_error,
)
from tests.wix_simulator.filters import (
    COMPARING,
    EXACT,
    MEMBERS,
    OF_FLAGS,
    OF_NUMBERS,
    OF_TEXTS,
    CursorPaging,
    Fields,
    Kind,
    Sort,
)
from tests.wix_simulator.inventory_items import add_item, check_stock, shown_item
from tests.wix_simulator.pages import Listing, told
from tests.wix_simulator.product_bodies import (
    NewProduct,
    NewStockedProduct,
    ProductChanges,
    ProductId,
    RequestedFields,
    with_text_prices,
)
from tests.wix_simulator.product_rules import (
    changed_product,
    check_changes,
    check_new,
    new_product,
)
from tests.wix_simulator.product_views import shown_product
from tests.wix_simulator.revisions import refuse_stale
from tests.wix_simulator.store import Store
from tests.wix_simulator.world import Call

READ = "WIX_STORES.PRODUCT_READ"
READ_HIDDEN = "WIX_STORES.PRODUCT_READ_NON_VISIBLE"
READ_COSTS = "WIX_STORES.PRODUCT_MERCHANT_DATA_READ"

_VARIANTS = "variantsInfo.variants"
_DEFAULT_LIMIT = 100

_KINDS: dict[str, Kind] = {
    "createdDate": "date",
    "updatedDate": "date",
    "visible": "flag",
    "visibleInPos": "flag",
    "actualPriceRange.minValue.amount": "number",
    "actualPriceRange.maxValue.amount": "number",
    "compareAtPriceRange.minValue.amount": "number",
    "compareAtPriceRange.maxValue.amount": "number",
}
_TEXT = EXACT | {"$startsWith"}
_SORTED: dict[str, frozenset[str]] = {
    "createdDate": OF_NUMBERS,
    "updatedDate": OF_NUMBERS,
    "slug": OF_TEXTS,
    "visible": OF_FLAGS,
}
QUERY_FIELDS = Fields(
    filterable={
        **_SORTED,
        "id": OF_TEXTS,
        "handle": OF_TEXTS,
        # The SDK's types say the former, the documentation the latter.
        "options.id": MEMBERS | OF_TEXTS,
    },
    sortable=_SORTED.keys(),
    kinds=_KINDS,
)
_QUERY = Listing("products", "query", QUERY_FIELDS, default_limit=_DEFAULT_LIMIT)
_SEARCHED: dict[str, frozenset[str]] = {
    **_SORTED,
    "name": _TEXT,
    "productType": EXACT,
    "visibleInPos": EXACT,
    "brand.name": _TEXT,
    "inventory.availabilityStatus": EXACT,
    "inventory.preorderStatus": EXACT,
    "actualPriceRange.minValue.amount": EXACT | COMPARING,
    "actualPriceRange.maxValue.amount": EXACT | COMPARING,
    "compareAtPriceRange.minValue.amount": EXACT | COMPARING,
    "compareAtPriceRange.maxValue.amount": EXACT | COMPARING,
}
_SEARCH = Listing(
    name="product search",
    place="search",
    fields=Fields(
        filterable={
            **_SEARCHED,
            "id": EXACT,
            "handle": _TEXT,
            "brand.id": EXACT,
            "ribbon.id": EXACT,
            "ribbon.name": _TEXT,
            "taxGroupId": EXACT,
            "options.id": MEMBERS,
            "options.name": MEMBERS,
            "modifiers.id": MEMBERS,
            "infoSections.id": MEMBERS,
            "tags.publicTags.tagIds": MEMBERS,
        },
        sortable=_SEARCHED.keys(),
        kinds=_KINDS,
    ),
    default_limit=_DEFAULT_LIMIT,
    sort=[Sort(fieldName="createdDate", order="DESC")],
)
_VARIANT = Fields(
    filterable={
        "id": EXACT,
        "sku": _TEXT,
        "barcode": _TEXT,
        "visible": EXACT,
        "inventoryStatus.inStock": EXACT,
        "price.actualPrice.amount": EXACT | COMPARING,
    },
    sortable=frozenset(),
    kinds={
        "visible": "flag",
        "inventoryStatus.inStock": "flag",
        "price.actualPrice.amount": "number",
    },
)
_FREE_TEXT: dict[str, Callable[[Json], list[Any]]] = {
    "name": lambda product: [product["name"]],
    "description": lambda product: [product["plainDescription"]],
    "variantsInfo.variants.sku": lambda product: _of_variants(product, "sku"),
    "variantsInfo.variants.barcode": lambda product: _of_variants(product, "barcode"),
}


class _CreateBody(Body):
    product: NewProduct
    fields: RequestedFields


class _CreateStockedBody(Body):
    product: NewStockedProduct
    return_entity: bool = False
    fields: RequestedFields


class _UpdateBody(Body):
    product: ProductChanges
    fields: RequestedFields


class _BulkCreateBody(Body):
    products: Annotated[list[NewProduct], Field(min_length=1, max_length=100)]
    return_entity: bool = False
    fields: RequestedFields


class _BulkCreateStockedBody(Body):
    products: Annotated[list[NewStockedProduct], Field(min_length=1, max_length=100)]
    return_entity: bool = False
    fields: RequestedFields


class _ChangesWithId(ProductChanges):
    id: ProductId


class _BulkChange(Body):
    product: _ChangesWithId


class _BulkUpdateBody(Body):
    products: Annotated[list[_BulkChange], Field(min_length=1, max_length=100)]
    return_entity: bool = False
    fields: RequestedFields


class _BulkDeleteBody(Body):
    product_ids: Annotated[list[ProductId], Field(min_length=1, max_length=100)]


class _Query(Body):
    filter: Json | None = None
    sort: Annotated[list[Sort], Field(max_length=5)] | None = None
    cursor_paging: CursorPaging = CursorPaging()


class _QueryBody(Body):
    query: _Query = _Query()
    fields: RequestedFields


class _FreeText(Body):
    expression: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    mode: Literal["OR", "AND"] = "OR"
    fields: Annotated[list[str], Field(min_length=1, max_length=20)]
    fuzzy: bool = False


class _Search(Body):
    search: _FreeText | None = None
    filter: Json | None = None
    sort: Annotated[list[Sort], Field(max_length=10)] | None = None
    cursor_paging: CursorPaging = CursorPaging()
    time_zone: str | None = None


class _SearchBody(Body):
    search: _Search = _Search()
    fields: RequestedFields


class _FieldsBody(Body):
    fields: RequestedFields


class _CountBody(Body):
    filter: Json | None = None
    search: _FreeText | None = None
    return_non_visible_products: bool = False


# ---- One product ----


def create_product(call: Call) -> Json:
    """POST /stores/v3/products: a product; no stock of it is kept yet."""
    request = _read(call, _CreateBody)
    fields = _fields(call, request.fields)
    sent = request.product.sent()
    check_new(sent, "product")
    return {"product": shown_product(call.store, new_product(call.store, sent), fields)}


def create_product_with_inventory(call: Call) -> Json:
    """POST /stores/v3/products-with-inventory: a product, and what each variant tells of stock."""
    request = _read(call, _CreateStockedBody)
    fields = _fields(call, request.fields)
    sent = request.product.sent()
    check_new(sent, "product")
    _check_variants_stock(sent, "product")
    product = new_product(call.store, sent)
    results = _keep_stock(call.store, product, sent, 0, return_entity=request.return_entity)
    return {
        "product": shown_product(call.store, product, fields),
        "inventoryResults": bulk_result(results),
    }


def get_product(call: Call) -> Json:
    """GET /stores/v3/products/{productId}: a product with its variants, as it is now."""
    return _got(call, call.path["productId"])


def get_product_by_slug(call: Call) -> Json:
    """GET /stores/v3/products/slug/{slug}: the same, found by its slug."""
    return _got(call, call.store.owner("slug", call.path["slug"]) or "")


def update_product(call: Call) -> Json:
    """PATCH /stores/v3/products/{product.id}: change what is named, at the revision told."""
    product = call.store.product(call.path["product.id"])
    request = _read(call, _UpdateBody)
    fields = _fields(call, request.fields)
    changes = request.product.sent()
    refuse_stale(call.switches, product["revision"], changes["revision"])
    check_changes(changes, product["productType"], "product")
    product = changed_product(call.store, product, changes)
    return {"product": shown_product(call.store, product, fields)}


def delete_product(call: Call) -> Json:
    """DELETE /stores/v3/products/{productId}: delete it, with its stock."""
    call.store.remove(call.store.product(call.path["productId"])["id"])
    return {}


# ---- Many products ----


def bulk_create_products(call: Call) -> Json:
    """POST /stores/v3/bulk/products/create: each product by itself, at most 100."""
    request = _read(call, _BulkCreateBody)
    fields = _fields(call, request.fields)
    products = [product.sent() for product in request.products]
    _check_all_new(products)
    results, _ = _created(call.store, products, fields if request.return_entity else None)
    return bulk_result(results)


def bulk_create_products_with_inventory(call: Call) -> Json:
    """POST /stores/v3/bulk/products-with-inventory/create: the same, with stock."""
    request = _read(call, _BulkCreateStockedBody)
    fields = _fields(call, request.fields)
    products = [product.sent() for product in request.products]
    _check_all_new(products)
    for index, sent in enumerate(products):
        _check_variants_stock(sent, f"products[{index}]")
    results, created = _created(call.store, products, None)
    inventory: list[Json] = []
    for index, product in created:
        inventory += _keep_stock(
            call.store,
            product,
            products[index],
            len(inventory),
            return_entity=request.return_entity,
        )
        if request.return_entity:
            results[index]["item"] = shown_product(call.store, product, fields)
    return {"productResults": bulk_result(results), "inventoryResults": bulk_result(inventory)}


def bulk_update_products(call: Call) -> Json:
    """POST /stores/v3/bulk/products/update: each change by itself, at most 100."""
    request = _read(call, _BulkUpdateBody)
    fields = _fields(call, request.fields)
    changes = [each.product.sent() for each in request.products]
    ids = [each.pop("id") for each in changes]
    if len(set(ids)) < len(ids):
        raise application_error(400, "DUPLICATE_PRODUCT_IDS_REQUEST")
    _check_totals(changes)
    for index, (product_id, each) in enumerate(zip(ids, changes, strict=True)):
        product = call.store.products.get(product_id)
        if product is not None:
            check_changes(each, product["productType"], f"products[{index}].product")
    results = []
    for index, (product_id, each) in enumerate(zip(ids, changes, strict=True)):
        try:
            product = call.store.product(product_id)
            refuse_stale(call.switches, product["revision"], each["revision"], in_bulk=True)
            product = changed_product(call.store, product, each)
        except RefusedError as refusal:
            results.append(failed(product_id, index, refusal))
            continue
        item = shown_product(call.store, product, fields) if request.return_entity else None
        results.append(succeeded(product_id, index, item))
    return bulk_result(results)


def bulk_delete_products(call: Call) -> Json:
    """POST /stores/v3/bulk/products/delete: each product by itself, at most 100."""
    results = []
    for index, product_id in enumerate(call.read(_BulkDeleteBody).product_ids):
        try:
            call.store.remove(call.store.product(product_id)["id"])
        except RefusedError as refusal:
            results.append(failed(product_id, index, refusal))
        else:
            results.append(succeeded(product_id, index))
    return bulk_result(results)


# ---- Lists ----


def query_products(call: Call) -> Json:
    """POST /stores/v3/products/query: products as they are now, by few fields, without variants."""
    request = call.read(_QueryBody)
    fields = _fields(call, request.fields, in_list=True)
    page = _QUERY.page(
        call.store.cursors,
        request.query,
        lambda _filter, _extra: _seen(call, call.store.products.all()),
    )
    products = [_listed(call.store, each, fields) for each in page.items]
    return {"products": products, "pagingMetadata": told(page)}


def search_products(call: Call) -> Json:
    """POST /stores/v3/products/search: by more fields and free text, perhaps somewhat behind."""
    request = call.read(_SearchBody)
    search, fields = request.search, _fields(call, request.fields, in_list=True)
    if search.search is not None and search.cursor_paging.cursor:
        raise invalid("search.search", "must not be sent beside a cursor", "FIELD_NOT_ALLOWED")
    wanted = _Wanted.of(search.search, search.filter)
    lag = 0 if call.sees_own_writes else call.switches.product_query_lag_seconds
    products = {each["id"]: each for each in call.store.products.indexed(lag_seconds=lag)}
    page = _SEARCH.page(
        call.store.cursors,
        search.model_copy(update={"filter": wanted.rest}),
        lambda _filter, kept: _found(call, products.values(), kept),
        wanted,
    )
    return {
        "products": [_listed(call.store, products[each["id"]], fields) for each in page.items],
        "pagingMetadata": told(page),
        "aggregationData": {"results": []},
    }


def count_products(call: Call) -> Json:
    """POST /stores/v3/products/count: how many a search finds; hidden ones only if asked."""
    request = call.read(_CountBody)
    if request.return_non_visible_products and not call.may(READ_HIDDEN):
        raise application_error(403, "NO_PERMISSION_TO_INCLUDE_NOT_VISIBLE_PRODUCTS")
    wanted = _Wanted.of(request.search, request.filter)
    condition = wanted.rest or {}
    _SEARCH.fields.check_filter(condition)
    lag = 0 if call.sees_own_writes else call.switches.product_query_lag_seconds
    found = _found(call, call.store.products.indexed(lag_seconds=lag), wanted)
    count = sum(
        _SEARCH.fields.match(condition, each)
        for each in found
        if each["visible"] or request.return_non_visible_products
    )
    return {"count": count}


@dataclass(frozen=True)
class _Wanted:
    """What a search asks for: free text, conditions of one variant, and the rest."""

    text: _FreeText | None
    variant: list[Json]
    rest: Json | None

    @classmethod
    def of(cls, text: _FreeText | None, condition: Json | None) -> Self:
        for name in text.fields if text is not None else ():
            if name not in _FREE_TEXT:
                raise plain_error(400, f"Field '{name}' is not declared as searchable")
        rest = None if condition is None else dict(condition)
        variant = [] if rest is None else _items_to_match(rest.pop(_VARIANTS, None))
        return cls(text, variant, rest)

    def lets_through(self, shown: Json) -> bool:
        variants = shown["variantsInfo"]["variants"]
        return (self.text is None or _mentions(shown, self.text)) and (
            not self.variant
            or any(
                all(_VARIANT.match(condition, each) for condition in self.variant)
                for each in variants
            )
        )


def _items_to_match(value: Any) -> list[Json]:
    if value is None:
        return []
    items = value.get("$matchItems") if isinstance(value, dict) else None
    if items is None or len(value) > 1:
        raise plain_error(400, f"Field '{_VARIANTS}' takes '$matchItems' only")
    wanted = items if isinstance(items, list) else [items]
    for each in wanted:
        if not isinstance(each, dict):
            raise plain_error(400, "a condition is an object")
        _VARIANT.check_filter(each)
    return wanted


def _mentions(shown: Json, text: _FreeText) -> bool:
    words = text.expression.lower().split()
    values = [
        str(value).lower() for name in text.fields for value in _FREE_TEXT[name](shown) if value
    ]
    found = (any(word in value for value in values) for word in words)
    return all(found) if text.mode == "AND" else any(found)


def _of_variants(product: Json, name: str) -> list[Any]:
    return [variant[name] for variant in product["variantsInfo"]["variants"]]


def _found(call: Call, products: Iterable[Json], wanted: _Wanted) -> Iterator[Json]:
    for product in _seen(call, products):
        shown = shown_product(call.store, product, {"PLAIN_DESCRIPTION"})
        if wanted.lets_through(shown):
            yield shown


def _seen(call: Call, products: Iterable[Json]) -> Iterator[Json]:
    """Those that the caller may see."""
    all_of_them = call.may(READ_HIDDEN)
    return (each for each in products if all_of_them or each["visible"])


def _listed(store: Store, product: Json, fields: frozenset[str]) -> Json:
    return shown_product(store, product, fields, with_variants=False)


# ---- Parts ----


def _read[M: Body](call: Call, model: type[M]) -> M:
    accepts = call.switches.price_as_number == "accept"
    body = with_text_prices(call.body) if accepts else call.body
    return read(model, body, call.switches)


def _fields(call: Call, wanted: Iterable[str], *, in_list: bool = False) -> frozenset[str]:
    """What the caller asks for besides, if there is such and it may be told."""
    asked = frozenset(wanted)
    if "MIN_PRICE_VARIANT" in asked and not in_list:
        raise invalid("fields", "MIN_PRICE_VARIANT goes with lists", "INVALID_ENUM_VALUE")
    if "MERCHANT_DATA" in asked and not call.may(READ_COSTS):
        raise application_error(403, "NO_PERMISSION_TO_READ_MERCHANT_DATA")
    return asked


def _got(call: Call, product_id: str) -> Json:
    wanted = read(_FieldsBody, {"fields": call.query.get("fields", [])}, call.switches).fields
    fields = _fields(call, wanted)
    product = call.store.product(product_id)
    if not product["visible"] and not call.may(READ_HIDDEN):
        raise application_error(403, "NO_PERMISSION_TO_INCLUDE_NOT_VISIBLE_PRODUCTS")
    return {"product": shown_product(call.store, product, fields)}


def _check_all_new(products: list[Json]) -> None:
    _check_totals(products)
    for index, sent in enumerate(products):
        check_new(sent, f"products[{index}]")


def _check_totals(products: list[Json]) -> None:
    """What all products of a bulk call may have together."""
    for name, most in (("options", 100), ("modifiers", 100), ("infoSections", 100)):
        if sum(len(each.get(name) or []) for each in products) > most:
            raise invalid("products", f"has more than {most} {name} in total", "MAX_SIZE")
    variants = (len((each.get("variantsInfo") or {}).get("variants", [])) for each in products)
    if sum(variants) > 1000:
        raise invalid("products", "has more than 1000 variants in total", "MAX_SIZE")


def _check_variants_stock(sent: Json, path: str) -> None:
    for number, variant in enumerate(sent["variantsInfo"]["variants"]):
        stock = variant.get("inventoryItem")
        if stock is None:
            continue
        place = f"{path}.variantsInfo.variants[{number}].inventoryItem"
        check_stock(stock, place)
        if (stock.get("quantity") or 0) < 0:
            rule = "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE"
            text = "must not be negative"
            raise validation_error([Violation(f"{place}.quantity", text, "OTHER", rule_name=rule)])


def _created(
    store: Store, products: list[Json], fields: frozenset[str] | None
) -> tuple[list[Json], list[tuple[int, Json]]]:
    """What became of each product, and those that were created; shown if there are `fields`."""
    results, created = [], []
    for index, sent in enumerate(products):
        try:
            product = new_product(store, sent)
        except RefusedError as refusal:
            results.append(failed(None, index, refusal))
            continue
        created.append((index, product))
        item = None if fields is None else shown_product(store, product, fields)
        results.append(succeeded(product["id"], index, item))
    return results, created


def _keep_stock(
    store: Store, product: Json, sent: Json, first: int, *, return_entity: bool
) -> list[Json]:
    """Begin to keep stock as the variants of a new product tell; the results, from `first` on."""
    results: list[Json] = []
    variants = product["variantsInfo"]["variants"]
    for variant, told_of in zip(variants, sent["variantsInfo"]["variants"], strict=True):
        stock = told_of.get("inventoryItem")
        if stock is None:
            continue
        index = first + len(results)
        try:
            item = add_item(
                store, {**stock, "productId": product["id"], "variantId": variant["id"]}
            )
        except RefusedError as refusal:
            results.append(failed(None, index, refusal))
            continue
        entity = shown_item(store, item) if return_entity else None
        results.append(succeeded(item.id, index, entity))
    return results


_CREATE = "WIX_STORES.PRODUCT_CREATE"
_UPDATE = "WIX_STORES.PRODUCT_UPDATE"
_DELETE = "WIX_STORES.PRODUCT_DELETE"
_FIELDS = frozenset({"fields"})
_BASE = "/stores/v3/products"
_STOCKED = "/stores/v3/products-with-inventory"
_BULK = "/stores/v3/bulk/products"
_BULK_STOCKED = "/stores/v3/bulk/products-with-inventory"

ROUTES = (
    v3_route("POST", f"{_BASE}/query", query_products, READ),
    v3_route("POST", f"{_BASE}/search", search_products, READ),
    v3_route("POST", f"{_BASE}/count", count_products, READ),
    v3_route("POST", _BASE, create_product, _CREATE, writes=True),
    v3_route("POST", _STOCKED, create_product_with_inventory, _CREATE, writes=True),
    v3_route("GET", _BASE + "/{productId}", get_product, READ, query=_FIELDS),
    v3_route("GET", _BASE + "/slug/{slug}", get_product_by_slug, READ, query=_FIELDS),
    v3_route("PATCH", _BASE + "/{product.id}", update_product, _UPDATE, writes=True),
    v3_route("DELETE", _BASE + "/{productId}", delete_product, _DELETE, writes=True),
    v3_route("POST", f"{_BULK}/create", bulk_create_products, _CREATE, writes=True),
    v3_route(
        "POST",
        f"{_BULK_STOCKED}/create",
        bulk_create_products_with_inventory,
        f"{_CREATE} and WIX_STORES.INVENTORY_CREATE",
        writes=True,
    ),
    v3_route("POST", f"{_BULK}/update", bulk_update_products, _UPDATE, writes=True),
    v3_route("POST", f"{_BULK}/delete", bulk_delete_products, _DELETE, writes=True),
)
