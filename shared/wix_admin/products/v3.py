"""Creates products on catalog V3: up to a hundred with one call, their stock included."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from wix_admin.effects.batches import Batch, BatchReceipt, ItemError
from wix_admin.effects.once import Effect, Once, Sent
from wix_admin.errors import (
    Violation,
    WithheldError,
    WixRequestError,
    WixViolation,
    pointer,
)
from wix_admin.models import Json, WixEntity, to_price
from wix_admin.products.operations import (
    COUNT_PRODUCTS,
    CREATE_PRODUCTS,
    CREATE_STOCKED_PRODUCTS,
    QUERY_PRODUCTS,
)
from wix_admin.products.product_input import NewProduct, Option, Variant
from wix_admin.products.product_results import CreateReceipt, ProductResult
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

MOST_PRODUCTS = 100
MOST_VARIANTS = 1000
MOST_OPTIONS = 100
"""What one call takes in all."""

ROUNDS = 3
MOST_REPAIRS = 5
"""How often a call that is refused for a product that Wix names is made without it."""

INDEX_IN_FIELD = re.compile(r"products\W+([0-9]{1,3})\b\W*([A-Za-z]*)")

OUR_NAMES = {
    "variantsInfo": "variants",
    "plainDescription": "description",
    "physicalProperties": "weight",
}
"""How fields of Wix's are called here, where that differs."""

FIELDS = {
    "BARCODE_ALREADY_EXIST_ERROR": "barcode",
    "BRAND_CREATION_FAILED": "brand",
    "COMPARE_AT_PRICE_LOWER_THAN_ACTUAL_PRICE": "compareAtPrice",
    "DIGITAL_FILE_NOT_FOUND_ERROR": "digitalFileId",
    "DUPLICATE_BARCODE_ERROR": "barcode",
    "DUPLICATE_MEDIA_ERROR": "media",
    "DUPLICATE_SLUG_ERROR": "slug",
    "INVALID_SLUG_FORMAT": "slug",
    "PRODUCT_MEDIA_NOT_EXIST": "media",
    "RIBBON_NOT_FOUND": "ribbon",
    "SKU_ALREADY_EXIST_ERROR": "sku",
}
"""The fields that Wix's codes are about."""

PASSING = {
    "ADD_CUSTOMIZATION_CHOICES_FAILED",
    "BRAND_CREATION_FAILED",
    "CUSTOMIZATIONS_CREATION_FAILED",
    "DEADLINE_EXCEEDED",
    "INFO_SECTION_CREATION_FAILED",
    "INFO_SECTION_ERROR_OCCURRED",
    "INTERNAL",
    "RESOURCE_EXHAUSTED",
    "RIBBON_CREATION_FAILED",
    "UNAVAILABLE",
}
"""Wix's codes for trouble of its own, which may be over the next time."""

REMEDIES = {
    "conflict": "Another product has it already: change it, or leave it out",
    "not_found": "Wix does not know something that it names",
    "wix_forbids": "The site's plan does not allow more products",
    "wix_refused": "Mend it, and send it with another key",
    "wix_unavailable": "Wix is in trouble: repeat with the same key",
}

STOCK_UNKNOWN = (
    "Whether its stock was set is not known: look with query_inventory, set it with"
    " update_inventory"
)
STOCK_MISSING = "The product is there, its stock is not set: set it with update_inventory"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One product of a request.

    Attributes:
        index: Its place in the request.
        product: What it is to be.
        handle: The name by which it is found again.
    """

    index: int
    product: NewProduct
    handle: str


def create_on_v3(wix: WixClient, once: Once, products: Sequence[NewProduct]) -> list[ProductResult]:
    """Create the products, chunk by chunk.

    Wix: `POST /stores/v3/bulk/products-with-inventory/create` where any has stock, else
    `POST /stores/v3/bulk/products/create`.

    Raises:
        WixSetupError: If the site has another catalog.
        AdminError: If nothing was done, and the reason is not about the products.
    """
    wanted = [
        Wanted(index, product, product.handle or _handle(once, index))
        for index, product in enumerate(products)
    ]
    batch = Batch(
        wix=wix,
        once=once,
        effect=partial(ProductsCreation, wix),
        result=ProductResult,
        rounds=ROUNDS,
        log_as="Creating products",
    )
    return batch.make(list(_chunks(wanted)))


def _handle(once: Once, index: int) -> str:
    """Name a product after its request, so that every try of it has the same name."""
    request = "#".join((once.site_id, CREATE_PRODUCTS.name, str(once.key)))
    return f"wa-{sha256(request.encode()).hexdigest()[:20]}-{index}"


def _chunks(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    chunk: list[Wanted] = []
    variants = options = 0
    for each in wanted:
        more_variants, more_options = len(each.product.sold()), len(each.product.options)
        if chunk and (
            len(chunk) == MOST_PRODUCTS
            or variants + more_variants > MOST_VARIANTS
            or options + more_options > MOST_OPTIONS
        ):
            yield chunk
            chunk, variants, options = [], 0, 0
        chunk.append(each)
        variants += more_variants
        options += more_options
    yield chunk


class ProductsCreation(Effect[BatchReceipt[ProductResult]]):
    """Creates some products with one call.

    A lost answer is read back by the handles that the products carry. What Wix shows then is done;
    what it does not show is sent again only when Wix cannot be at work on it any more.
    """

    name = CREATE_PRODUCTS.name
    receipt = CreateReceipt

    def __init__(self, wix: WixClient, target: str, wanted: Sequence[Wanted]) -> None:
        self.target = target
        self._wix = wix
        self._wanted = wanted

    def check(self) -> Json:
        """See which handles are taken: by the caller's own choice, or by an earlier round."""
        again = not self.target.endswith(".0")
        named = [each for each in self._wanted if again or each.product.handle is not None]
        found = self._found(named) if named else {}
        return {("made" if again else "taken"): {str(index): found[index] for index in found}}

    def send(self, sent: Sent) -> CreateReceipt:
        """Create those whose handle is free."""
        known = self._known(sent)
        rest = self._rest(known)
        for _ in range(MOST_REPAIRS):
            if not rest:
                break
            try:
                return CreateReceipt(results=known + self._created(rest))
            except WixRequestError as refusal:
                named = _named_in(refusal, rest)
                if not named:
                    raise
                known += named
                rest = self._rest(known)
        return CreateReceipt(results=known + (self._created(rest) if rest else []))

    def rehearse(self, sent: Sent) -> CreateReceipt:
        """Come to the call, and tell of each product what is known without it."""
        try:
            return self.send(sent)
        except WithheldError:
            known = self._known(sent)
            planned = [
                ProductResult(index=each.index, status="planned") for each in self._rest(known)
            ]
            return CreateReceipt(results=known + planned)

    def read_back(self, sent: Sent) -> CreateReceipt | None:
        """Look for the handles."""
        known = self._known(sent)
        rest = self._rest(known)
        found = self._found(rest)
        if not found and not known:
            return None
        missing = [each for each in rest if each.index not in found]
        results = [_done(each, found[each.index]) for each in rest if each.index in found]
        return CreateReceipt(
            results=known + results + [_missing(each, settled=sent.settled) for each in missing]
        )

    def _known(self, sent: Sent) -> list[ProductResult]:
        """Return what is known of products before anything is sent."""
        made, taken = sent.before.get("made", {}), sent.before.get("taken", {})
        return [
            _done(each, made[str(each.index)])
            if str(each.index) in made
            else _refused(each.index, "conflict", field="handle")
            for each in self._wanted
            if str(each.index) in made or str(each.index) in taken
        ]

    def _rest(self, known: Sequence[ProductResult]) -> list[Wanted]:
        seen = {each.index for each in known}
        return [each for each in self._wanted if each.index not in seen]

    def _created(self, wanted: Sequence[Wanted]) -> list[ProductResult]:
        stocked = any(each.product.has_stock() for each in wanted)
        operation = CREATE_STOCKED_PRODUCTS if stocked else CREATE_PRODUCTS
        bodies = [to_v3(each.product, each.handle) for each in wanted]
        reply = self._wix.call(operation, body={"products": bodies, "returnEntity": False})
        told = read_as(_Reply, reply, operation)
        products = told.product_results if stocked else told
        results = products.by_index() if products else {}
        created = [_result(each, results.get(place)) for place, each in enumerate(wanted)]
        return _with_stock(wanted, created, told.inventory_results) if stocked else created

    def _found(self, wanted: Sequence[Wanted]) -> dict[int, str]:
        """Return the ids of the products that have the handles.

        Wix: `POST /stores/v3/products/query`, which sees what was just written, and hides what is
        not visible from a credential that may not see it.

        Raises:
            WixPermissionError: If the credential may not see hidden products, and one may be there.
        """
        if not wanted:
            return {}
        handles = {each.handle: each.index for each in wanted}
        named: Json = {"handle": {"$in": list(handles)}}
        query = {"filter": named, "cursorPaging": {"limit": MOST_PRODUCTS}}
        reply = self._wix.call(QUERY_PRODUCTS, body={"query": query, "fields": []})
        products = read_as(_Found, reply, QUERY_PRODUCTS).products or []
        found = {
            handles[each.handle]: each.id for each in products if each.id and each.handle in handles
        }
        if any(not each.product.visible and each.index not in found for each in wanted):
            self._check_that_hidden_ones_are_seen(named)
        return found

    def _check_that_hidden_ones_are_seen(self, named: Json) -> None:
        """Wix: `POST /stores/v3/products/count`, which refuses to count what it would hide."""
        self._wix.call(COUNT_PRODUCTS, body={"filter": named, "returnNonVisibleProducts": True})


# ---- What Wix answers -----------------------------------------------------------


class _Error(WixEntity):
    code: str | None = None


class _Metadata(WixEntity):
    id: str | None = None
    original_index: int | None = None
    success: bool | None = None
    error: _Error | None = None


class _Item(WixEntity):
    item_metadata: _Metadata | None = None


class _Totals(WixEntity):
    total_failures: int | None = None
    undetailed_failures: int | None = None


class _Results(WixEntity):
    results: list[_Item] | None = None
    bulk_action_metadata: _Totals | None = None
    error: _Error | None = None

    def by_index(self) -> dict[int, _Metadata]:
        items = [each.item_metadata for each in self.results or [] if each.item_metadata]
        return {each.original_index or 0: each for each in items}


class _Reply(_Results):
    product_results: _Results | None = None
    inventory_results: _Results | None = None


class _Product(WixEntity):
    id: str | None = None
    handle: str | None = None


class _Found(WixEntity):
    products: list[_Product] | None = None


def _result(wanted: Wanted, told: _Metadata | None) -> ProductResult:
    """Read what became of one product. One that Wix does not tell of failed among too many."""
    if told is not None and told.success and told.id:
        return ProductResult(index=wanted.index, status="done", product_id=told.id)
    code = (told.error.code if told and told.error else None) or ""
    if told is None or told.success or code in PASSING:
        return _left(wanted.index, "wix_unavailable", REMEDIES["wix_unavailable"], code)
    return _refused(wanted.index, _code_of(code), wix_code=code, field=FIELDS.get(code))


def _code_of(wix_code: str) -> str:
    if "ALREADY_EXIST" in wix_code or wix_code == "DUPLICATE_SLUG_ERROR":
        return "conflict"
    if "NOT_FOUND" in wix_code or "NOT_EXIST" in wix_code:
        return "not_found"
    return "wix_forbids" if wix_code == "PRODUCTS_LIMIT_EXCEEDED" else "wix_refused"


def _with_stock(
    wanted: Sequence[Wanted], created: Sequence[ProductResult], stock: _Results | None
) -> list[ProductResult]:
    """Tell of the products that are there which of them lack their stock.

    Wix numbers the stock of all products that were created through. If the numbers do not fit
    that, every product with stock may be the one that lacks it.
    """
    results = stock.by_index() if stock else {}
    there = [
        number
        for number, each in enumerate(wanted)
        if created[number].status == "done"
        for variant in each.product.sold()
        if variant.quantity is not None or variant.in_stock is not None
    ]
    totals = (stock.bulk_action_metadata if stock else None) or _Totals()
    if stock and not stock.error and not totals.undetailed_failures and len(results) == len(there):
        code, detail = "wix_refused", STOCK_MISSING
        lacking = {there[place]: told for place, told in results.items() if not told.success}
    else:
        code, detail = "outcome_unknown", STOCK_UNKNOWN
        lacking = dict.fromkeys(there, _Metadata(error=stock.error if stock else None))
    told_of = list(created)
    for number, told in lacking.items():
        wix_code = told.error.code if told.error else None
        reason = ItemError(
            code=code,
            detail=detail,
            field=pointer("products", wanted[number].index, "quantity"),
            wix_code=wix_code,
        )
        told_of[number] = created[number].model_copy(update={"inventory_error": reason})
    return told_of


def _named_in(refusal: WixRequestError, wanted: Sequence[Wanted]) -> list[ProductResult]:
    """Return a refusal of each product that Wix names as the reason to refuse the call."""
    named: dict[int, ProductResult] = {}
    for each in refusal.violations:
        place = INDEX_IN_FIELD.search(each.path) if isinstance(each, WixViolation) else None
        if place and int(place[1]) < len(wanted):
            index = wanted[int(place[1])].index
            field = OUR_NAMES.get(place[2], place[2]) or None
            named[index] = _refused(
                index, "wix_refused", wix_code=refusal.wix_code, field=field, says=[each]
            )
    return list(named.values())


def _done(wanted: Wanted, product_id: str) -> ProductResult:
    """Tell of a product that was found; whether its stock was set does not show."""
    unknown = ItemError(
        code="outcome_unknown",
        detail=STOCK_UNKNOWN,
        field=pointer("products", wanted.index, "quantity"),
    )
    return ProductResult(
        index=wanted.index,
        status="done",
        product_id=product_id,
        inventory_error=unknown if wanted.product.has_stock() else None,
    )


def _missing(wanted: Wanted, *, settled: bool) -> ProductResult:
    if settled:
        return _left(wanted.index, "unfinished", "Wix did not carry it out: repeat it")
    unknown = ItemError(code="outcome_unknown", detail="Wix may be at work on it")
    return ProductResult(index=wanted.index, status="unknown", error=unknown)


def _left(index: int, code: str, detail: str, wix_code: str = "") -> ProductResult:
    reason = ItemError(code=code, detail=detail, wix_code=wix_code or None)
    return ProductResult(index=index, status="left", error=reason)


def _refused(
    index: int,
    code: str,
    *,
    wix_code: str | None = None,
    field: str | None = None,
    says: Sequence[Violation] = (),
) -> ProductResult:
    reason = ItemError(
        code=code,
        detail=REMEDIES[code],
        field=pointer("products", index, *([field] if field else [])),
        wix_code=wix_code or None,
    )
    reason.quote(*says)
    return ProductResult(index=index, status="refused", error=reason)


# ---- What Wix is sent -----------------------------------------------------------


def to_v3(product: NewProduct, handle: str) -> Json:
    """Write a product as catalog V3 reads it."""
    body: Json = {"name": product.name, "productType": product.product_type, "handle": handle}
    if product.product_type == "PHYSICAL":
        body["physicalProperties"] = {}
    if not product.visible:
        body["visible"] = False
    if product.slug is not None:
        body["slug"] = product.slug
    if product.description is not None:
        body["plainDescription"] = product.description
    if product.brand is not None:
        body["brand"] = {"name": product.brand}
    if product.ribbon is not None:
        body["ribbon"] = {"name": product.ribbon}
    if product.media:
        body["media"] = {
            "itemsInfo": {
                "items": [
                    each.model_dump(by_alias=True, exclude_none=True) for each in product.media
                ]
            }
        }
    if product.tags is not None:
        body["tags"] = {
            "publicTags": {"tagIds": product.tags.public},
            "privateTags": {"tagIds": product.tags.private},
        }
    if product.options:
        body["options"] = [_option(each) for each in product.options]
    body["variantsInfo"] = {"variants": [_variant(product, each) for each in product.sold()]}
    return body


def _option(option: Option) -> Json:
    choices: list[Json] = [
        {"choiceType": "CHOICE_TEXT", "name": each.name}
        if each.color_code is None
        else {"choiceType": "ONE_COLOR", "name": each.name, "colorCode": each.color_code}
        for each in option.choices
    ]
    return {
        "name": option.name,
        "optionRenderType": option.render_type,
        "choicesSettings": {"choices": choices},
    }


def _variant(product: NewProduct, sold: Variant) -> Json:
    body: Json = {"price": _prices(sold)}
    if sold.choices:
        body["choices"] = [
            {
                "optionChoiceNames": {
                    "optionName": option.name,
                    "choiceName": sold.choices[option.name],
                    "renderType": option.render_type,
                }
            }
            for option in product.options
        ]
        if not sold.visible:
            body["visible"] = False
    for name in ("sku", "barcode"):
        if getattr(sold, name) is not None:
            body[name] = getattr(sold, name)
    if sold.cost is not None:
        body["revenueDetails"] = {"cost": to_price(sold.cost)}
    if product.product_type == "PHYSICAL":
        body["physicalProperties"] = {} if sold.weight is None else {"weight": sold.weight}
    else:
        body["digitalProperties"] = {"digitalFile": {"id": sold.digital_file_id}}
    if sold.quantity is not None:
        body["inventoryItem"] = {"quantity": sold.quantity}
    elif sold.in_stock is not None:
        body["inventoryItem"] = {"inStock": sold.in_stock}
    return body


def _prices(sold: Variant) -> Json:
    prices: Json = {}
    if sold.price is not None:
        prices["actualPrice"] = to_price(sold.price)
    if sold.compare_at_price is not None:
        prices["compareAtPrice"] = to_price(sold.compare_at_price)
    return prices
