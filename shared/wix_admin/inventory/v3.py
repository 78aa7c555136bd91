"""Changes stock on catalog V3, where each inventory item has a revision."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import override

from wix_admin.effects.once import Sent
from wix_admin.errors import AdminError, OutcomeUnknownError, RefusedError, WixConflictError
from wix_admin.inventory.operations import DECREMENT_STOCK, INCREMENT_STOCK, SET_STOCK
from wix_admin.inventory.stock_effect import (
    REFUSALS,
    Entry,
    MoveEffect,
    StockEffect,
    entries_in,
    left,
    refused_by_wix,
    result_of,
    unknown,
    unsent,
)
from wix_admin.inventory.stock_input import (
    IndexedChange,
    InventoryReceipt,
    InventoryResult,
    StockChange,
)
from wix_admin.inventory.stock_lookup import Key, Reader, Stock
from wix_admin.inventory.v3_items import InventoryItem, all_items
from wix_admin.models import Json, WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import CONFLICT_MARKS, read_as
from wix_auth import WixAuthError

NAMED_AT_ONCE = 200
"""How many ids or SKUs one filter names: Wix's cursors have to hold it, in 16,000 characters."""

GONE = "NOT_FOUND"

READS_BEHIND = 3
"""How often stock is read that must have changed and is not seen changed."""


class _Fault(WixEntity):
    code: str | None = None


class _Metadata(WixEntity):
    original_index: int = 0
    success: bool = False
    error: _Fault | None = None


class _Result(WixEntity):
    item_metadata: _Metadata
    item: InventoryItem | None = None


class _Results(WixEntity):
    results: list[_Result] | None = None


_CONFLICT = _Result(item_metadata=_Metadata(error=_Fault(code="ABORTED")))


class ReaderV3(Reader):
    """Reads inventory items by any of their names."""

    def __init__(self, wix: WixClient) -> None:
        self._wix = wix

    @override
    def find(self, changes: Sequence[StockChange]) -> list[Stock]:
        """Read them by SKU, variant or product: each name costs a part of one call."""
        skus = {each.sku for each in changes if each.sku is not None}
        unnamed = [each for each in changes if each.sku is None]
        products = {each.product_id for each in unnamed if each.variant_id is None}
        variants = {each.variant_id for each in unnamed if each.variant_id is not None}
        return [
            *self._named("product.variantSku", skus),
            *self._named("variantId", variants),
            *self._named("productId", products - {None}),
        ]

    @override
    def reread(self, keys: Iterable[Key]) -> dict[Key, Stock]:
        return {each.key: each for each in self._named("id", {key[0] for key in keys})}

    @override
    def unsupported(self, item: IndexedChange) -> RefusedError | None:
        return None

    def _named(self, field: str, names: Iterable[str | None]) -> Iterator[Stock]:
        for part in batched(sorted(filter(None, names)), NAMED_AT_ONCE, strict=False):
            for item in all_items(self._wix, {field: {"$in": list(part)}}):
                yield _stock(item)


class SetAtRevision(StockEffect):
    """Sets quantities that were worked out from what was read, each if it is still so.

    What was not counted is counted once its quantity is set.

    Wix: `POST /stores/v3/bulk/inventory-items/update`, at most 1,000 items a call. An item that
    changed meanwhile is left, to be read again in the next round.

    If an answer got lost, the same is sent again. Wix does at most one of the two, as both name
    the same revision. A conflict then means that the first was carried out, or that somebody
    else was faster:

    * The revision is the next one, with another quantity than ours: ours was not done.
    * The quantity is ours: what was to be set is set. An adjustment of somebody else may have led
      to the same quantity, so whether ours was made is not known.
    * Otherwise several changes were made since, and whether ours is among them is not known.
    """

    @override
    def make(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Set them; a conflict means that it was not done."""
        faults = self._set(entries)
        doubtful = [
            each.key
            for each in entries
            if each.place in faults and not _is_conflict(faults[each.place])
        ]
        try:
            now = self._lookup.reader.reread(doubtful) if doubtful else {}
        except (AdminError, WixAuthError):
            now = None  # what is set is told all the same
        return [
            self._first_try_result(each, faults[each.place], now)
            if each.place in faults
            else result_of(each, "done", quantity=each.becomes)
            for each in entries
        ]

    @override
    def read_back(self, sent: Sent) -> InventoryReceipt:
        """Set them again at the same revisions, and judge the conflicts."""
        entries = entries_in(sent)
        made = self._retry_results(entries, self._set(entries)) if entries else []
        return InventoryReceipt(results=[*made, *unsent(self._items, entries)])

    def _set(self, entries: Sequence[Entry]) -> dict[int, str | None]:
        """Set them all; return Wix's code for each that it does not say to have set, by place."""
        items = [
            {
                "inventoryItem": {
                    "id": each.key[0],
                    "revision": each.revision,
                    "quantity": each.becomes,
                }
            }
            for each in entries
        ]
        body = {"inventoryItems": items, "returnEntity": False, "reason": self._reason}
        try:
            results = _results_in(self._wix.call(SET_STOCK, body=body))
        except WixConflictError:
            results = dict.fromkeys(range(len(entries)), _CONFLICT)
        return {
            entry.place: _fault_in(results.get(position))
            for position, entry in enumerate(entries)
            if position not in results or not results[position].item_metadata.success
        }

    def _first_try_result(
        self, entry: Entry, fault: str | None, seen: Mapping[Key, Stock] | None
    ) -> InventoryResult:
        """Say what became of an item that the first try is not told to have set.

        Args:
            entry: The change.
            fault: Wix's code for it; None if Wix said nothing of it.
            seen: What was read since of those that are no plain conflict; None if it could not be.
        """
        if _is_conflict(fault):
            return left(entry.place)
        if seen is None:
            return unknown(entry, "Wix does not tell whether it was set, and cannot be asked")
        now = seen.get(entry.key)
        if fault is None:
            return self._infer_result(entry, now)
        if now is not None and now.revision != entry.revision:
            return left(entry.place)
        return refused_by_wix(entry.place, fault)

    def _retry_results(
        self, entries: Sequence[Entry], faults: Mapping[int, str | None]
    ) -> list[InventoryResult]:
        """Say what became of items of which a second try set all but those with a fault."""
        doubtful = [each for each in entries if each.place in faults]
        now = self._wait_for_change(doubtful)
        results = []
        for each in entries:
            stock = now.get(each.key)
            fault = faults.get(each.place)
            if each.place not in faults:
                results.append(result_of(each, "done", quantity=each.becomes))
            elif stock is None or stock.revision != each.revision:
                results.append(self._infer_result(each, stock))
            elif fault in REFUSALS:
                results.append(refused_by_wix(each.place, fault))
            else:
                results.append(unknown(each, "Wix says that it changed, and does not show how"))
        return results

    def _wait_for_change(self, entries: Sequence[Entry]) -> dict[Key, Stock]:
        """Read stock anew, and again while what must have changed is not seen changed."""
        same = {each.key: each.revision for each in entries}
        now: dict[Key, Stock] = {}
        for _ in range(READS_BEHIND):
            now |= self._lookup.reader.reread(same) if same else {}
            same = {
                key: old for key, old in same.items() if key in now and now[key].revision == old
            }
            if not same or not self._wix.pause(1.0):
                break
        return now

    def _infer_result(self, entry: Entry, now: Stock | None) -> InventoryResult:
        """Say from how the stock is now whether a change was made that may have been."""
        if now is None:
            return refused_by_wix(entry.place, GONE)
        sets = entry.place in self._sets
        ours = now.quantity == entry.becomes
        # What is hidden may be ours, and an adjustment must not be made again.
        others = not ours and (sets or now.quantity is not None)
        if now.revision == entry.revision or (_is_next(entry.revision, now.revision) and others):
            return left(entry.place)
        if ours and sets:
            return result_of(entry, "done", quantity=entry.becomes)
        return unknown(
            entry,
            f"No answer came. From {_in_words(entry.quantity)} it was to be {entry.becomes} at"
            f" revision {entry.revision}; it is {_in_words(now.quantity)} at {now.revision}, by us"
            " or by others",
        )

    @property
    def _sets(self) -> set[int]:
        return {each.index for each in self._items if each.change.adjust is None}


class MoveV3(MoveEffect):
    """Adds to inventory items, or takes from them.

    Wix: `POST /stores/v3/bulk/inventory-items/increment` and `.../decrement`, at most 300 items a
    call. Whether one item that cannot be done fails alone or the whole call is not documented.
    """

    @override
    def move(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Make the call, with the restriction said aloud, as its documented defaults differ."""
        comes_in = entries[0].by > 0
        operation, verb = (
            (INCREMENT_STOCK, "increment") if comes_in else (DECREMENT_STOCK, "decrement")
        )
        body: Json = {
            f"{verb}Data": [
                {
                    "inventoryItemId": each.key[0],
                    f"{verb}By": abs(each.by),
                }
                for each in entries
            ],
            **({} if comes_in else {"restrictInventory": True}),
            "returnEntity": True,
            "reason": self._reason,
        }
        results = _results_in(self._wix.call(operation, body=body))
        return [_moved(entry, results.get(position)) for position, entry in enumerate(entries)]


def _moved(entry: Entry, result: _Result | None) -> InventoryResult:
    if result is None:
        return unknown(entry, f"Wix told nothing of it; there were {entry.quantity} before")
    if not result.item_metadata.success:
        return refused_by_wix(entry.place, _fault_in(result) or "")
    quantity = result.item.quantity if result.item else None
    return result_of(entry, "done", quantity=quantity)


def _results_in(reply: Json) -> dict[int, _Result]:
    """Return what Wix says of each item, by its place in the request.

    Raises:
        OutcomeUnknownError: If it cannot be read.
    """
    results = read_as(_Results, reply, SET_STOCK).results
    if results is None:
        raise OutcomeUnknownError("Wix's answer tells nothing of the items")
    return {each.item_metadata.original_index: each for each in results}


def _fault_in(result: _Result | None) -> str | None:
    if result is None:
        return None
    error = result.item_metadata.error
    return (error.code if error else None) or ""


def _in_words(quantity: int | None) -> str:
    return "not counted" if quantity is None else str(quantity)


def _is_conflict(code: str | None) -> bool:
    return code is not None and (
        any(mark in code for mark in (*CONFLICT_MARKS, "ABORTED")) and code not in REFUSALS
    )


def _is_next(before: str, after: str) -> bool:
    return before.isdigit() and after.isdigit() and int(after) == int(before) + 1


def _stock(item: InventoryItem) -> Stock:
    tracked = item.track_quantity is not False
    return Stock(
        key=(item.id,),
        product_id=item.product_id,
        variant_id=item.variant_id,
        quantity=item.quantity if tracked else None,
        sku=item.product.variant_sku if item.product else None,
        location_id=item.location_id,
        revision=item.revision or "",
    )
