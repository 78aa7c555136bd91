"""Changes stock on catalog V1, which has neither revisions nor locations."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import batched, islice
from typing import override

from wix_admin.effects.batches import refused
from wix_admin.effects.once import Sent
from wix_admin.errors import (
    AdminError,
    RefusedError,
    WithheldError,
    WixRequestError,
    WixUnavailableError,
)
from wix_admin.inventory.operations import DECREMENT_STOCK_V1, INCREMENT_STOCK_V1, SET_STOCK_V1
from wix_admin.inventory.stock_effect import (
    Entry,
    MoveEffect,
    StockEffect,
    entries_in,
    left,
    result_of,
    unsent,
)
from wix_admin.inventory.stock_input import (
    IndexedChange,
    InventoryReceipt,
    InventoryResult,
    StockChange,
)
from wix_admin.inventory.stock_lookup import Key, Reader, Stock, refusal_of
from wix_admin.inventory.v1_items import LARGEST_PAGE, ProductStock, products_with, query_page_v1
from wix_admin.wix.client import WixClient
from wix_auth import WixAuthError

MOST_FAILURES = 3
"""How many products are left, of those that one call is for, before the rest is left too."""

WALKED_PAGES = 50
"""How many pages of products are looked through for a SKU that no filter finds."""


class ReaderV1(Reader):
    """Reads the stock of products, having found whose the SKUs are."""

    def __init__(self, wix: WixClient) -> None:
        self._wix = wix

    @override
    def find(self, changes: Sequence[StockChange]) -> list[Stock]:
        """Read all stock of the products that are named, and of those whose SKU is."""
        skus = self._skus({each.sku for each in changes if each.sku is not None})
        named = {each.product_id for each in changes if each.product_id is not None}
        products = named | {product_id for product_id, _ in skus}
        return [replace(each, sku=skus.get(each.key)) for each in self._stocks(products)]

    @override
    def reread(self, keys: Iterable[Key]) -> dict[Key, Stock]:
        return {each.key: each for each in self._stocks({key[0] for key in keys})}

    @override
    def unsupported(self, item: IndexedChange) -> RefusedError | None:
        """Refuse locations, and variants without their product."""
        refuse = partial(refusal_of, item.index, "not_in_this_catalog")
        change = item.change
        if change.location_id is not None:
            return refuse(
                "Leave it out: the site has catalog V1, which has no locations", "locationId"
            )
        if change.product_id is None and change.sku is None:
            return refuse(
                "Send productId, too: the site has catalog V1, which finds variants by that",
                "variantId",
            )
        return None

    def _stocks(self, products: Iterable[str]) -> Iterator[Stock]:
        for part in batched(sorted(products), LARGEST_PAGE, strict=False):
            condition = {"productId": {"$hasSome": list(part)}}
            for product in query_page_v1(self._wix, condition, None, LARGEST_PAGE):
                yield from _stocks_of(product)

    def _skus(self, skus: set[str]) -> dict[Key, str]:
        """Find whose SKUs they are.

        That the filter finds the SKUs of variants too is not documented, so what it does not find
        is looked for among all products, up to `WALKED_PAGES`.
        """
        found: dict[Key, str] = {}
        for part in batched(sorted(skus), LARGEST_PAGE, strict=False):
            for product in products_with(self._wix, {"sku": {"$hasSome": list(part)}}):
                found |= product.skus()
        if skus.issubset(found.values()):
            return found
        for product in islice(products_with(self._wix, {}), WALKED_PAGES * LARGEST_PAGE):
            found |= product.skus()
            if skus.issubset(found.values()):
                break
        return found


class SetV1(StockEffect):
    """Sets quantities; the last write wins, as V1 has no revision.

    Wix: `PATCH /stores/v2/inventoryItems/product/{productId}`, a call for each product. What is
    not said to be tracked loses its tracking, so that is said every time. Variants that are not
    named keep their stock if the product is counted already.
    """

    @override
    def make(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Set product after product, and leave those that cannot be set now."""
        results: dict[int, InventoryResult] = {}
        failures: list[AdminError | WixAuthError] = []
        for product_id, changes in _by_product(entries).items():
            try:
                results |= {each.index: each for each in self._set_all(product_id, changes)}
            except (AdminError, WixAuthError) as error:
                failures.append(error)
                if len(failures) == MOST_FAILURES or not isinstance(error, WixUnavailableError):
                    break
        if failures and not results:
            raise failures[-1]
        return [
            results.get(each.place) or left(each.place, "Wix or the time did not allow it")
            for each in entries
        ]

    @override
    def read_back(self, sent: Sent) -> InventoryReceipt:
        """Set them again, which is as good as finding them set."""
        entries = entries_in(sent)
        made = self.make(entries) if entries else []
        return InventoryReceipt(results=[*made, *unsent(self._items, entries)])

    @override
    def rehearse_all(self, entries: Sequence[Entry]) -> None:
        for product_id, changes in _by_product(entries).items():
            with suppress(WithheldError):
                self._set(product_id, changes)

    def _set_all(self, product_id: str, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Set the variants of one product; what Wix refuses, it refuses of all of them."""
        try:
            self._set(product_id, entries)
        except WixRequestError as error:
            return [refused(InventoryResult, each.place, error) for each in entries]
        done = [result_of(each, "done", quantity=each.becomes) for each in entries]
        return [each.model_copy(update={"last_write_wins": True}) for each in done]

    def _set(self, product_id: str, entries: Sequence[Entry]) -> None:
        variants = [{"variantId": each.key[1], "quantity": each.becomes} for each in entries]
        body = {"inventoryItem": {"trackQuantity": True, "variants": variants}}
        self._wix.call(SET_STOCK_V1, body=body, product_id=product_id)


class MoveV1(MoveEffect):
    """Adds to variants, or takes from them.

    Wix: `POST /stores/v2/inventoryItems/increment` and `.../decrement`, at most 300 variants a
    call, which tell nothing of how many there are afterwards.
    """

    @override
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


def _stocks_of(product: ProductStock) -> Iterator[Stock]:
    variants = product.variants or []
    keys = [(product.product_id, each.variant_id) for each in variants]
    together = () if product.track_quantity else tuple(keys)
    for key, variant in zip(keys, variants, strict=True):
        yield Stock(
            key,
            product.product_id,
            variant.variant_id,
            variant.quantity if product.track_quantity else None,
            counted_with=together,
        )
