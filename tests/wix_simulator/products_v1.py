"""Products of catalog V1: numbers for prices, queries as text, variants made by options."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.catalog_version import v1_route
from tests.wix_simulator.errors import Json, invalid, plain_error
from tests.wix_simulator.filters import COMPARING, EXACT, MEMBERS, Fields, Paging, Sort
from tests.wix_simulator.old_products import (
    change_old_product,
    change_variants,
    new_old_product,
    old_product,
    remove_old_product,
    shown_old_product,
    shown_variants,
    variants_of,
)
from tests.wix_simulator.text_queries import OLD_EXACT, TextPaging, TextQuery, part_of, selected
from tests.wix_simulator.world import Call

MODIFY = "WIX_STORES.MODIFY_PRODUCTS"

type Amount = Annotated[float, Field(ge=0, le=999999999.99)]
type Weight = Annotated[float, Field(ge=0, le=999999999.99)]
type Sku = Annotated[str, StringConstraints(max_length=40)]

_TEXT = OLD_EXACT | {"$startsWith", "$contains"}


def _choices(product: Json, name: str) -> list[str]:
    """What can be chosen for an option of a product."""
    return [
        choice["description"]
        for option in product["productOptions"]
        if option["name"].lower() == name.lower()
        for choice in option["choices"]
    ]


QUERY_FIELDS = Fields(
    filterable={
        "id": OLD_EXACT,
        "name": _TEXT,
        "sku": _TEXT,
        "slug": _TEXT,
        "description": _TEXT,
        "visible": OLD_EXACT,
        "price": OLD_EXACT | COMPARING,
        "numericId": OLD_EXACT | COMPARING,
        "productType": OLD_EXACT,
        "lastUpdated": OLD_EXACT | COMPARING,
        "createdDate": OLD_EXACT | COMPARING,
        "inventoryStatus": OLD_EXACT,
        "collections.id": OLD_EXACT | {"$hasAll"},
        "options.<name>": OLD_EXACT | {"$hasAll"},
        "productOptions.<name>": OLD_EXACT | {"$hasAll"},
        "brand": OLD_EXACT,
    },
    sortable=frozenset(
        {
            "id",
            "name",
            "sku",
            "slug",
            "price",
            "numericId",
            "productType",
            "lastUpdated",
            "createdDate",
        }
    ),
    kinds={
        "visible": "flag",
        "price": "number",
        "numericId": "number",
        "lastUpdated": "date",
        "createdDate": "date",
    },
    paths={
        "price": "priceData.price",
        "inventoryStatus": "stock.inventoryStatus",
        "collections.id": "collectionIds",
    },
    families={"options": _choices, "productOptions": _choices},
)

_ANY = EXACT | COMPARING | {"$startsWith", "$exists"}
_SORTED = ("id", "name", "slug", "productType", "sku", "price", "numericId", "lastUpdated")
_SDK_FIELDS = Fields(
    filterable={
        **dict.fromkeys((*_SORTED, "description", "priceData.price", "createdDate"), _ANY),
        "collectionIds": MEMBERS | {"$exists"},
    },
    sortable={*_SORTED, "priceData.price"},
    kinds={**QUERY_FIELDS.kinds, "priceData.price": "number"},
    paths={"price": "priceData.price"},
)


class _PriceData(Body):
    price: Amount


class _Cost(Body):
    item_cost: Amount


class _Discount(Body):
    type: Literal["NONE", "AMOUNT", "PERCENT"]
    value: Amount = 0


class _Section(Body):
    title: Annotated[str, StringConstraints(max_length=50)] | None = None
    description: Annotated[str, StringConstraints(max_length=16000)] | None = None


class _Choice(Body):
    value: Annotated[str, StringConstraints(min_length=1)]
    description: Annotated[str, StringConstraints(min_length=1)]


class _Option(Body):
    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    option_type: Literal["drop_down", "color"] = "drop_down"
    choices: Annotated[list[_Choice], Field(min_length=1, max_length=100)]


class ProductFields(Body):
    """What a caller may say of a product."""

    slug: Annotated[str, StringConstraints(max_length=100)] | None = None
    visible: bool | None = None
    product_type: Literal["physical", "digital"] | None = None
    description: Annotated[str, StringConstraints(max_length=8000)] | None = None
    sku: Sku | None = None
    weight: Weight | None = None
    cost_and_profit_data: _Cost | None = None
    discount: _Discount | None = None
    additional_info_sections: list[_Section] | None = None
    ribbon: Annotated[str, StringConstraints(max_length=30)] | None = None
    brand: Annotated[str, StringConstraints(max_length=50)] | None = None
    manage_variants: bool | None = None
    product_options: Annotated[list[_Option], Field(max_length=6)] | None = None
    seo_data: Json | None = None
    price_per_unit_data: Json | None = None


class NewOldProduct(ProductFields):
    """A product to create."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    price_data: _PriceData


class _Changes(ProductFields):
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    price_data: _PriceData | None = None


class _CreateBody(Body):
    product: NewOldProduct


class _UpdateBody(Body):
    product: _Changes


class _QueryBody(Body):
    query: TextQuery = TextQuery()
    include_variants: bool = False
    include_hidden_products: bool = False
    include_merchant_specific_data: bool = False


class _SdkQuery(Body):
    filter: Json | None = None
    sort: list[Sort] | None = None
    paging: Paging = Paging()


class _SdkQueryBody(Body):
    query: _SdkQuery = _SdkQuery()


class _VariantChanges(Body):
    choices: dict[str, str] | None = None
    variant_ids: Annotated[list[str], Field(min_length=1)] | None = None
    price: Amount | None = None
    cost: Amount | None = None
    weight: Weight | None = None
    sku: Sku | None = None
    visible: bool | None = None


class _VariantsBody(Body):
    variants: Annotated[list[_VariantChanges], Field(min_length=1, max_length=1000)]


class _VariantsQueryBody(Body):
    choices: dict[str, str] | None = None
    variant_ids: list[str] | None = None
    paging: TextPaging = TextPaging()
    include_merchant_specific_data: bool = False


class _Medium(Body):
    url: Annotated[str, StringConstraints(min_length=1)] | None = None
    media_id: Annotated[str, StringConstraints(min_length=1)] | None = None
    choice: Json | None = None


class _MediaBody(Body):
    media: Annotated[list[_Medium], Field(min_length=1, max_length=50)]


# ---- One product ----


def create_product(call: Call) -> Json:
    """POST /stores/v1/products: a product that is shipped; nothing else can be created."""
    sent = call.read(_CreateBody).product.sent()
    if sent.get("productType") == "digital":
        raise invalid("product.productType", "digital is not supported")
    return {"product": shown_old_product(call.store, new_old_product(call.store, sent))}


def get_product(call: Call) -> Json:
    """GET /stores-reader/v1/products/{id}: a product as it is now, hidden or not."""
    product = old_product(call.store, call.path["id"])
    costs = call.query.get("includeMerchantSpecificData") == ["true"]
    return {"product": shown_old_product(call.store, product, costs=costs)}


def update_product(call: Call) -> Json:
    """PATCH /stores/v1/products/{product.id}: change what is named. The last write wins."""
    before = old_product(call.store, call.path["product.id"])
    sent = call.read(_UpdateBody).product.sent()
    return {"product": shown_old_product(call.store, change_old_product(call.store, before, sent))}


def delete_product(call: Call) -> Json:
    """DELETE /stores/v1/products/{id}: delete it, with its stock."""
    remove_old_product(call.store, old_product(call.store, call.path["id"])["id"])
    return {}


def add_media(call: Call) -> Json:
    """POST /stores/v1/products/{id}/media: media by address or id; nobody looks for them yet."""
    product = old_product(call.store, call.path["id"])
    items = []
    for index, each in enumerate(call.read(_MediaBody).media):
        if (each.url is None) == (each.media_id is None):
            raise invalid(f"media[{index}]", "takes either url or mediaId", "ONE_OF_ALIGNMENT")
        media_id = each.media_id or f"{call.store.ids.guid()}~mv2.jpg"
        url = each.url or f"https://static.example.com/media/{media_id}"
        image = {"url": url, "width": 1000, "height": 1000}
        items.append({"id": media_id, "mediaType": "image", "title": "", "image": image})
    changed = {**product, "media": product["media"] + items}
    call.store.old_products[product["id"]] = changed
    call.store.listener.old_product(product, changed, ["media"])
    return {}


# ---- Lists ----


def query_products(call: Call) -> Json:
    """POST /stores-reader/v1/products/query: by text, page by page; hidden ones only if asked."""
    request = call.read(_QueryBody)
    if request.include_hidden_products and not call.may(MODIFY):
        raise plain_error(403, "hidden products need a permission to modify products")
    known = call.store.old_products
    products = (
        shown_old_product(call.store, each, variants=False)
        for each in known.values()
        if each["visible"] or request.include_hidden_products
    )
    found = selected(QUERY_FIELDS, request.query, products)
    answer = part_of(found, request.query.paging, "products")
    answer["products"] = [
        shown_old_product(
            call.store,
            known[each["id"]],
            variants=request.include_variants,
            costs=request.include_merchant_specific_data,
        )
        for each in answer["products"]
    ]
    return answer


def query_products_of_sdk(call: Call) -> Json:
    """GET or POST /stores-reader/v1/products/query-platformized: the SDK's, without hidden ones."""
    query = call.read(_SdkQueryBody).query
    condition, sort = query.filter or {}, query.sort or []
    _SDK_FIELDS.check_filter(condition)
    _SDK_FIELDS.check_sort(sort)
    shown = (
        shown_old_product(call.store, each)
        for each in call.store.old_products.values()
        if each["visible"]
    )
    found = _SDK_FIELDS.sorted((each for each in shown if _SDK_FIELDS.match(condition, each)), sort)
    start = query.paging.offset
    page = found[start : start + (query.paging.limit or 100)]
    metadata = {"count": len(page), "offset": start, "total": len(found)}
    return {"products": page, "metadata": metadata}


# ---- Variants ----


def update_variants(call: Call) -> Json:
    """PATCH /stores/v1/products/{id}/variants: change variants by their choices or ids."""
    product = old_product(call.store, call.path["id"])
    if not product["manageVariants"]:
        raise plain_error(400, "the product does not manage variants")
    changed: dict[str, Json] = {}
    for index, each in enumerate(call.read(_VariantsBody).variants):
        changes = {
            name: value
            for name, value in each.sent().items()
            if name not in {"choices", "variantIds"} and value is not None
        }
        for variant_id in _chosen(product, each, f"variants[{index}]"):
            changed[variant_id] = {**changed.get(variant_id, {}), **changes}
    product = change_variants(call.store, product, changed)
    return {"variants": list(shown_variants(call.store, product))}


def query_variants(call: Call) -> Json:
    """POST /stores-reader/v1/products/{id}/variants/query: variants by their choices or ids."""
    product = old_product(call.store, call.path["id"])
    request = call.read(_VariantsQueryBody)
    choices, ids = request.choices or {}, request.variant_ids
    found = [
        each
        for each in shown_variants(
            call.store, product, costs=request.include_merchant_specific_data
        )
        if (not ids or each["id"] in ids) and choices.items() <= each["choices"].items()
    ]
    return part_of(found, request.paging, "variants")


def _chosen(product: Json, wanted: _VariantChanges, place: str) -> list[str]:
    """The ids of the variants that a change means."""
    if (wanted.choices is None) == (wanted.variant_ids is None):
        raise invalid(place, "takes either choices or variantIds", "ONE_OF_ALIGNMENT")
    known: dict[str, Any] = variants_of(product)
    if wanted.choices is None:
        found = [each for each in wanted.variant_ids or [] if each in known]
        complete = len(found) == len(wanted.variant_ids or [])
    else:
        found = [each for each, choices in known.items() if choices == wanted.choices]
        complete = bool(found)
    if not complete:
        raise plain_error(404, "variant not found")
    return found


_READ = "WIX_STORES.READ_PRODUCTS"
_COSTS = frozenset({"includeMerchantSpecificData"})
_READER = "/stores-reader/v1/products"
_BASE = "/stores/v1/products"

ROUTES = (
    v1_route("POST", f"{_READER}/query-platformized", query_products_of_sdk, _READ),
    v1_route("POST", _BASE, create_product, MODIFY, writes=True),
    *(
        route
        for base in (_READER, _BASE)
        for route in (
            v1_route("POST", f"{base}/query", query_products, _READ),
            v1_route("GET", base + "/{id}", get_product, _READ, query=_COSTS),
            v1_route("POST", base + "/{id}/variants/query", query_variants, _READ),
        )
    ),
    v1_route("PATCH", _BASE + "/{product.id}", update_product, MODIFY, writes=True),
    v1_route("DELETE", _BASE + "/{id}", delete_product, MODIFY, writes=True),
    v1_route("PATCH", _BASE + "/{id}/variants", update_variants, MODIFY, writes=True),
    v1_route("POST", _BASE + "/{id}/media", add_media, MODIFY, writes=True),
)
