"""What catalog V3 answers about new products, and what became of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wix_admin.effects.batches import ItemError
from wix_admin.errors import Violation, WixRequestError, WixViolation, pointer
from wix_admin.models import Json, WixEntity
from wix_admin.products.operations import CREATE_STOCKED_PRODUCTS, QUERY_PRODUCTS
from wix_admin.products.product_input import NewProduct
from wix_admin.products.product_results import ProductResult
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as

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
class NamedProduct:
    """One product of a request.

    Attributes:
        index: Its place in the request.
        product: What it is to be.
        handle: The name by which it is found again.
    """

    index: int
    product: NewProduct
    handle: str


class _Error(WixEntity):
    code: str | None = None


class _Metadata(WixEntity):
    id: str | None = None
    original_index: int | None = None
    success: bool | None = None
    error: _Error | None = None

    @property
    def code(self) -> str | None:
        return self.error.code if self.error else None


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


def ids_by_handle(reply: Json) -> dict[str, str]:
    """Return the ids of the products that Wix found, by their handles.

    Raises:
        WixUnavailableError: If the answer cannot be read.
    """
    products = read_as(_Found, reply, QUERY_PRODUCTS).products or []
    return {each.handle: each.id for each in products if each.id and each.handle}


def results_in(
    reply: Json, operation: Operation, items: Sequence[NamedProduct]
) -> list[ProductResult]:
    """Say what became of each product of a call, and of its stock if that was sent.

    Raises:
        OutcomeUnknownError: If the answer cannot be read.
    """
    read = read_as(_Reply, reply, operation)
    if operation != CREATE_STOCKED_PRODUCTS:
        return _created(items, read)
    return _with_stock(items, _created(items, read.product_results), read.inventory_results)


def refused_by_name(refusal: WixRequestError, items: Sequence[NamedProduct]) -> list[ProductResult]:
    """Refuse each product that Wix names as the reason to refuse the whole call."""
    named: dict[int, ProductResult] = {}
    for each in refusal.violations:
        place = INDEX_IN_FIELD.search(each.path) if isinstance(each, WixViolation) else None
        if place and int(place[1]) < len(items):
            index = items[int(place[1])].index
            field = OUR_NAMES.get(place[2], place[2]) or None
            named[index] = refused(
                index, "wix_refused", wix_code=refusal.wix_code, field=field, says=[each]
            )
    return list(named.values())


def found(item: NamedProduct, product_id: str) -> ProductResult:
    """Say that a product is there; whether its stock was set does not show."""
    return ProductResult(
        index=item.index,
        status="done",
        product_id=product_id,
        inventory_error=_stock_error(item, "outcome_unknown") if item.product.has_stock() else None,
    )


def missing(item: NamedProduct, *, settled: bool) -> ProductResult:
    """Say that Wix does not show a product; `settled`, that it is not at work on it any more."""
    if settled:
        return _left(item.index, "unfinished", "Wix did not carry it out: repeat it")
    unknown = ItemError(code="outcome_unknown", detail="Wix may be at work on it")
    return ProductResult(index=item.index, status="unknown", error=unknown)


def refused(
    index: int,
    code: str,
    *,
    wix_code: str | None = None,
    field: str | None = None,
    says: Sequence[Violation] = (),
) -> ProductResult:
    """Say that a product was refused.

    Args:
        index: Its place in the request.
        code: A row of `REMEDIES`.
        wix_code: Wix's own code.
        field: The field of the product that it is about.
        says: What Wix says, in its own words.
    """
    reason = ItemError(
        code=code,
        detail=REMEDIES[code],
        field=pointer("products", index, *([field] if field else [])),
        wix_code=wix_code or None,
    )
    reason.quote(*says)
    return ProductResult(index=index, status="refused", error=reason)


def _created(items: Sequence[NamedProduct], results: _Results | None) -> list[ProductResult]:
    by_index = results.by_index() if results else {}
    return [_result(item.index, by_index.get(place)) for place, item in enumerate(items)]


def _result(index: int, metadata: _Metadata | None) -> ProductResult:
    """Read what became of one product. One that Wix does not tell of failed among too many."""
    if metadata is not None and metadata.success and metadata.id:
        return ProductResult(index=index, status="done", product_id=metadata.id)
    code = (metadata.code if metadata else None) or ""
    if metadata is None or metadata.success or code in PASSING:
        return _left(index, "wix_unavailable", REMEDIES["wix_unavailable"], code)
    return refused(index, _code_of(code), wix_code=code, field=FIELDS.get(code))


def _code_of(wix_code: str) -> str:
    if "ALREADY_EXIST" in wix_code or wix_code == "DUPLICATE_SLUG_ERROR":
        return "conflict"
    if "NOT_FOUND" in wix_code or "NOT_EXIST" in wix_code:
        return "not_found"
    return "wix_forbids" if wix_code == "PRODUCTS_LIMIT_EXCEEDED" else "wix_refused"


def _left(index: int, code: str, detail: str, wix_code: str = "") -> ProductResult:
    reason = ItemError(code=code, detail=detail, wix_code=wix_code or None)
    return ProductResult(index=index, status="left", error=reason)


def _with_stock(
    items: Sequence[NamedProduct], created: Sequence[ProductResult], stock: _Results | None
) -> list[ProductResult]:
    """Say of the products that are there which of them lack their stock.

    Wix numbers the stock of all products that were created through. If the numbers do not fit
    that, every product with stock may be the one that lacks it.
    """
    there = [
        place
        for place, item in enumerate(items)
        if created[place].status == "done"
        for variant in item.product.sold()
        if variant.has_stock()
    ]
    failed = _failed_stock(stock, len(there))
    if failed is None:
        code = "outcome_unknown"
        lacking = dict.fromkeys(there, stock.error.code if stock and stock.error else None)
    else:
        code = "wix_refused"
        lacking = {there[number]: wix_code for number, wix_code in failed.items()}
    results = list(created)
    for place, wix_code in lacking.items():
        reason = _stock_error(items[place], code, wix_code)
        results[place] = created[place].model_copy(update={"inventory_error": reason})
    return results


def _failed_stock(stock: _Results | None, count: int) -> dict[int, str | None] | None:
    """Return Wix's codes of the stock that was not set, by number; None if they do not fit."""
    if stock is None or stock.error:
        return None
    results = stock.by_index()
    totals = stock.bulk_action_metadata or _Totals()
    if totals.undetailed_failures or results.keys() != set(range(count)):
        return None
    return {number: each.code for number, each in results.items() if not each.success}


def _stock_error(item: NamedProduct, code: str, wix_code: str | None = None) -> ItemError:
    return ItemError(
        code=code,
        detail=STOCK_UNKNOWN if code == "outcome_unknown" else STOCK_MISSING,
        field=pointer("products", item.index, "quantity"),
        wix_code=wix_code,
    )
