"""Stock on catalog V1: one entry for each product, without revision and without locations."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import batched, islice
from typing import Annotated

from wix_admin.effects.batches import refused
from wix_admin.effects.once import Sent
from wix_admin.errors import (
    AdminError,
    RefusedError,
    Violation,
    WithheldError,
    WixRequestError,
    WixUnavailableError,
)
from wix_admin.inventory.operations import (
    DECREMENT_STOCK_V1,
    FIND_SKUS_V1,
    INCREMENT_STOCK_V1,
    QUERY_STOCK_V1,
    SET_STOCK_V1,
)
from wix_admin.inventory.stock_effect import (
    Entry,
    MoveEffect,
    StockEffect,
    entries_in,
    left,
    result_of,
    unsent,
)
from wix_admin.inventory.stock_input import InventoryReceipt, InventoryResult, StockChange, Wanted
from wix_admin.inventory.stock_lookup import Key, Reader, Stock
from wix_admin.models import LENIENT, Json, WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as
from wix_auth import WixAuthError

LARGEST_PAGE = 100

MOST_FAILURES = 3
"""How many products are left, of those that one call is for, before the rest is left too."""

WALKED_PAGES = 50
"""How many pages of products are looked through for a SKU that no filter finds."""

DEFAULT_VARIANT = "00000000-0000-0000-0000-000000000000"
"""The one variant of a product whose variants are not managed."""

BY_NUMBER = json.dumps([{"numericId": "asc"}])
"""Wix's offsets break down near 10,000, so lists are walked by this number."""


class Variant(WixEntity):
    """The stock of one variant."""

    variant_id: str
    quantity: int | None = None
    in_stock: Annotated[bool | None, LENIENT] = None


class ProductStock(WixEntity):
    """The stock of one product, as Wix has it."""

    id: str
    product_id: str
    track_quantity: bool | None = None
    variants: list[Variant] | None = None
    numeric_id: int
    last_updated: Annotated[str | None, LENIENT] = None


class _Found(WixEntity):
    inventory_items: list[ProductStock] | None = None


class _Inner(WixEntity):
    sku: str | None = None


class _ProductVariant(WixEntity):
    id: str
    variant: _Inner | None = None


class _Product(WixEntity):
    id: str
    sku: str | None = None
    numeric_id: int
    manage_variants: bool | None = None
    variants: list[_ProductVariant] | None = None


class _Products(WixEntity):
    products: list[_Product] | None = None


def query_page_v1(
    wix: WixClient, condition: Json, after: int | None, limit: int
) -> list[ProductStock]:
    """Read the stock of some products, in the order of their numbers.

    Wix: `POST /stores-reader/v2/inventoryItems/query`, whose limit is 100 a page.

    Args:
        wix: The client of this invocation.
        condition: Wix's filter.
        after: The number of the last product before these.
        limit: How many products.

    Raises:
        WixError: If Wix refuses the filter or cannot be asked.
    """
    query: Json = {"paging": {"limit": limit, "offset": 0}, "sort": BY_NUMBER}
    filtered = beyond(condition, after)
    if filtered:
        query["filter"] = json.dumps(filtered)
    reply = wix.call(QUERY_STOCK_V1, body={"query": query})
    return read_as(_Found, reply, QUERY_STOCK_V1).inventory_items or []


def beyond(condition: Json, after: int | None) -> Json:
    """Return a filter for what comes after a number."""
    if after is None:
        return condition
    step: Json = {"numericId": {"$gt": after}}
    if "numericId" in condition:
        return {"$and": [condition, step]}
    return {**condition, **step}


def all_products(wix: WixClient) -> Iterator[ProductStock]:
    """Yield the stock of every product, page after page.

    Raises:
        WixError: If Wix cannot be asked.
    """
    after: int | None = None
    while True:
        page = query_page_v1(wix, {}, after, LARGEST_PAGE)
        yield from page
        if len(page) < LARGEST_PAGE:
            return
        after = page[-1].numeric_id


class ReaderV1(Reader):
    """Reads the stock of products, having found whose the SKUs are."""

    def __init__(self, wix: WixClient) -> None:
        self._wix = wix

    def unspeakable(self, wanted: Wanted) -> AdminError | None:
        """Refuse locations, and variants without their product."""
        change = wanted.change
        if change.location_id is not None:
            return _not_here(
                wanted,
                "locationId",
                "Leave it out: the site has catalog V1, which has no locations",
            )
        if change.product_id is None and change.sku is None:
            return _not_here(
                wanted,
                "variantId",
                "Send productId, too: the site has catalog V1, which finds variants by that",
            )
        return None

    def find(self, changes: Sequence[StockChange]) -> list[Stock]:
        """Read all stock of the products that are named, and of those whose SKU is."""
        skus = self._skus({each.sku for each in changes if each.sku is not None})
        named = {each.product_id for each in changes if each.product_id is not None}
        products = named | {product_id for product_id, _ in skus}
        return [replace(each, sku=skus.get(each.key)) for each in self._stock(products)]

    def again(self, keys: Iterable[Key]) -> dict[Key, Stock]:
        """Read the stock of their products."""
        return {each.key: each for each in self._stock({key[0] for key in keys})}

    def _stock(self, products: Iterable[str]) -> Iterator[Stock]:
        for part in batched(sorted(products), LARGEST_PAGE, strict=False):
            condition = {"productId": {"$hasSome": list(part)}}
            for product in query_page_v1(self._wix, condition, None, LARGEST_PAGE):
                variants = product.variants or []
                keys = [(product.product_id, each.variant_id) for each in variants]
                together = () if product.track_quantity else tuple(keys)
                for key, each in zip(keys, variants, strict=True):
                    yield Stock(
                        key,
                        product.product_id,
                        each.variant_id,
                        each.quantity if product.track_quantity else None,
                        counted_with=together,
                    )

    def _skus(self, skus: set[str]) -> dict[Key, str]:
        """Find whose SKUs they are.

        That the filter finds the SKUs of variants too is not documented, so what it does not find
        is looked for among all products, up to `WALKED_PAGES`.
        """
        found: dict[Key, str] = {}
        for part in batched(sorted(skus), LARGEST_PAGE, strict=False):
            for product in self._products({"sku": {"$hasSome": list(part)}}):
                found |= _skus_of(product)
        if skus.issubset(found.values()):
            return found
        for product in islice(self._products({}), WALKED_PAGES * LARGEST_PAGE):
            found |= _skus_of(product)
            if skus.issubset(found.values()):
                break
        return found

    def _products(self, condition: Json) -> Iterator[_Product]:
        """Yield products with their variants, in the order of their numbers.

        Wix: `POST /stores-reader/v1/products/query`, whose limit is 100 a page.
        """
        after: int | None = None
        while True:
            query: Json = {"paging": {"limit": LARGEST_PAGE, "offset": 0}, "sort": BY_NUMBER}
            if filtered := beyond(condition, after):
                query["filter"] = json.dumps(filtered)
            body = {"query": query, "includeVariants": True, "includeHiddenProducts": True}
            reply = self._wix.call(FIND_SKUS_V1, body=body)
            page = read_as(_Products, reply, FIND_SKUS_V1).products or []
            yield from page
            if len(page) < LARGEST_PAGE:
                return
            after = page[-1].numeric_id


class SetV1(StockEffect):
    """Sets quantities; the last write wins, as V1 has no revision.

    Wix: `PATCH /stores/v2/inventoryItems/product/{productId}`, a call for each product. What is
    not said to be tracked loses its tracking, so that is said every time. Variants that are not
    named keep their stock if the product is counted already.
    """

    def make(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Set product after product, and leave those that cannot be set now."""
        results: dict[int, InventoryResult] = {}
        failure: AdminError | WixAuthError | None = None
        failures = 0
        for product_id, stocks in _by_product(entries).items():
            try:
                self._set(product_id, stocks)
            except WixRequestError as error:
                results |= {
                    each.place: refused(InventoryResult, each.place, error) for each in stocks
                }
            except (AdminError, WixAuthError) as error:
                failure = error
                failures += 1
                if failures == MOST_FAILURES or not isinstance(error, WixUnavailableError):
                    break
            else:
                results |= {each.place: _set_to(each) for each in stocks}
        if failure and not results:
            raise failure
        return [
            results.get(each.place) or left(each.place, "Wix or the time did not allow it")
            for each in entries
        ]

    def read_back(self, sent: Sent) -> InventoryReceipt:
        """Set them again, which is as good as finding them set."""
        entries = entries_in(sent)
        made = self.make(entries) if entries else []
        return InventoryReceipt(results=[*made, *unsent(self._wanted, entries)])

    def rehearse_all(self, entries: Sequence[Entry]) -> None:
        """Name a request for each product."""
        for product_id, stocks in _by_product(entries).items():
            with suppress(WithheldError):
                self._set(product_id, stocks)

    def _set(self, product_id: str, entries: Sequence[Entry]) -> None:
        variants = [{"variantId": each.key[1], "quantity": each.becomes} for each in entries]
        body = {"inventoryItem": {"trackQuantity": True, "variants": variants}}
        self._wix.call(SET_STOCK_V1, body=body, product_id=product_id)


class MoveV1(MoveEffect):
    """Adds to variants, or takes from them.

    Wix: `POST /stores/v2/inventoryItems/increment` and `.../decrement`, at most 300 variants a
    call, which tell nothing of how many there are afterwards.
    """

    def move(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Make the call, all of it or nothing."""
        comes_in = entries[0].by > 0
        operation, verb = (
            (INCREMENT_STOCK_V1, "increment") if comes_in else (DECREMENT_STOCK_V1, "decrement")
        )
        moves = [
            {
                "productId": each.key[0],
                "variantId": each.key[1],
                f"{verb}By": abs(each.by),
            }
            for each in entries
        ]
        self._wix.call(operation, body={f"{verb}Data": moves})
        return [result_of(each, "done") for each in entries]


def _by_product(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    products: dict[str, list[Entry]] = {}
    for each in entries:
        products.setdefault(each.key[0], []).append(each)
    return products


def _skus_of(product: _Product) -> dict[Key, str]:
    if product.manage_variants:
        named = {(product.id, each.id): each.variant for each in product.variants or []}
        return {key: each.sku for key, each in named.items() if each and each.sku}
    return {(product.id, DEFAULT_VARIANT): product.sku} if product.sku else {}


def _set_to(entry: Entry) -> InventoryResult:
    done = result_of(entry, "done", quantity=entry.becomes)
    return done.model_copy(update={"last_write_wins": True})


def _not_here(wanted: Wanted, field: str, detail: str) -> RefusedError:
    violation = Violation(f"{wanted.field}/{field}", detail)
    return RefusedError(detail, code="not_in_this_catalog", violations=[violation])
