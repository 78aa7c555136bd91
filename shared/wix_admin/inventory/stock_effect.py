"""Changes stock with one call for many items, on either version of the catalog."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple, override

from wix_admin.effects.batches import ItemError, refused
from wix_admin.effects.once import Effect, Sent
from wix_admin.errors import OutcomeUnknownError, WithheldError, WixRequestError
from wix_admin.inventory.stock_input import IndexedChange, InventoryReceipt, InventoryResult
from wix_admin.inventory.stock_lookup import Key, StockLookup, refusal_of
from wix_admin.models import Json
from wix_admin.wix.client import WixClient

SET_AT_ONCE = 1_000
"""How many items of V3 Wix sets in one call. A record of so many stays below the 400 KB that an
item of DynamoDB may have."""

MOVED_AT_ONCE = 300
"""How many items Wix increments or decrements in one call."""


class Entry(NamedTuple):
    """One change of a call, as the ledger has it before it is sent.

    Attributes:
        place: Its place in the request.
        key: What Wix knows the stock by.
        revision: The revision that was read; empty on V1.
        quantity: How many there were; None if they were not counted.
        becomes: How many there are to be.
    """

    place: int
    key: Key
    revision: str
    quantity: int | None
    becomes: int

    @property
    def by(self) -> int:
        """How many come in or, below zero, go out."""
        return self.becomes - (self.quantity or 0)


TAKE_FEWER = ("below_zero", "Take out fewer, as there are not so many")

REFUSALS = {
    "INSUFFICIENT_INVENTORY": TAKE_FEWER,
    "MIN_QUANTITY_LIMIT_REACHED": TAKE_FEWER,
    "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE_DECREASING": TAKE_FEWER,
    "INVENTORY_QUANTITY_NOT_TRACKED": (
        "not_possible_now",
        "Its stock is not counted: set it first",
    ),
    "MAX_QUANTITY_LIMIT_REACHED": ("not_possible_now", "Add fewer, as Wix counts no further"),
    "NOT_FOUND": ("not_found", "Wix keeps no stock of it any more"),
}
"""What Wix's refusals of one item mean."""

NO_ANSWER = "It was sent, no answer came, and no revision tells it from the changes of others"


class StockEffect(Effect[InventoryReceipt]):
    """Changes the stock of some of a request's items.

    What cannot be done is known from reading, and refused item by item without asking.

    Args:
        wix: The client of this invocation.
        lookup: Knows the stock that the request is about.
        target: Which part of the request, and which try.
        items: The changes.
        reason: Why, as Wix keeps it.
    """

    name = "inventory.update"
    receipt = InventoryReceipt

    def __init__(
        self,
        wix: WixClient,
        lookup: StockLookup,
        target: str,
        items: Sequence[IndexedChange],
        reason: str,
    ) -> None:
        self.target = target
        self._wix = wix
        self._lookup = lookup
        self._items = items
        self._reason = reason
        self._impossible: list[InventoryResult] = []

    @override
    def check(self) -> Json:
        """Read the stock, and say what each change would come to."""
        possible, self._impossible = self._lookup.plan(self._items)
        return {
            "stock": [
                Entry(item.index, stock.key, stock.revision, stock.quantity, becomes)
                for item, stock, becomes in possible
            ]
        }

    @override
    def send(self, sent: Sent) -> InventoryReceipt:
        """Make the changes that can be made."""
        entries = entries_in(sent)
        made = self.make(entries) if entries else []
        return InventoryReceipt(results=[*made, *self._impossible])

    @override
    def rehearse(self, sent: Sent) -> InventoryReceipt:
        """Name the requests, and refuse what the real one refuses."""
        entries = entries_in(sent)
        if entries:
            self.rehearse_all(entries)
        planned = [result_of(each, "planned", quantity=each.becomes) for each in entries]
        return InventoryReceipt(results=[*planned, *self._impossible])

    @abstractmethod
    def make(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Send the changes, and say what became of each.

        Raises:
            WixRequestError: If Wix refused them all.
            OutcomeUnknownError: If they were sent and no clear answer came.
            AdminError: If they never left us.
        """

    def rehearse_all(self, entries: Sequence[Entry]) -> None:
        """Name the requests that `make` would send."""
        with suppress(WithheldError):
            self.make(entries)


class MoveEffect(StockEffect):
    """Adds to stock, or takes from it: a call that is never made twice.

    Nothing at Wix tells afterwards whether it was made, so a lost answer stays unknown.
    """

    @override
    def make(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        try:
            return self.move(entries)
        except OutcomeUnknownError:
            return [_unclear(each) for each in entries]
        except WixRequestError as refusal:
            return self._without_culprits(entries, refusal)

    @abstractmethod
    def move(self, entries: Sequence[Entry]) -> list[InventoryResult]:
        """Make the call; raises what `make` may raise."""

    @override
    def read_back(self, sent: Sent) -> InventoryReceipt:
        """Say that nobody can tell; what was not sent is left."""
        return InventoryReceipt(
            results=[
                *(_unclear(each) for each in entries_in(sent)),
                *unsent(self._items, entries_in(sent)),
            ]
        )

    def _without_culprits(
        self, entries: Sequence[Entry], refusal: WixRequestError
    ) -> list[InventoryResult]:
        """Find out for which items Wix refused the whole call; the others are left.

        Raises:
            WixRequestError: If it was none that can be seen.
        """
        sent = {each.place for each in entries}
        _, culprits = self._lookup.plan([each for each in self._items if each.index in sent])
        if not culprits:
            raise refusal
        found = {each.index for each in culprits}
        return [*culprits, *(left(each.place) for each in entries if each.place not in found)]


def entries_in(sent: Sent) -> list[Entry]:
    """Return what was, or is to be, sent."""
    return [
        Entry(place, tuple(key), revision, quantity, becomes)
        for place, key, revision, quantity, becomes in sent.before["stock"]
    ]


def result_of(
    entry: Entry, status: str, *, quantity: int | None = None, error: ItemError | None = None
) -> InventoryResult:
    """Say what became of a change, and which stock it is about."""
    item_id = entry.key[0] if len(entry.key) == 1 else None
    product_id, variant_id = (None, None) if item_id else entry.key
    return InventoryResult.model_validate(
        {
            "index": entry.place,
            "status": status,
            "inventory_item_id": item_id,
            "product_id": product_id,
            "variant_id": variant_id,
            "quantity": quantity,
            "error": error,
        }
    )


def refused_by_wix(index: int, code: str) -> InventoryResult:
    """Say that Wix refused one item."""
    ours, detail = REFUSALS.get(code, ("wix_refused", "Wix refused it"))
    return refused(InventoryResult, index, refusal_of(index, ours, detail, wix_code=code or None))


def left(index: int, detail: str = "It changed at the same moment") -> InventoryResult:
    """Say that a change was not made and may be tried again."""
    return InventoryResult(
        index=index, status="left", error=ItemError(code="unfinished", detail=detail)
    )


def unsent(items: Iterable[IndexedChange], entries: Iterable[Entry]) -> list[InventoryResult]:
    """Leave the changes that were not among those sent."""
    sent = {each.place for each in entries}
    return [left(each.index, "It was not sent") for each in items if each.index not in sent]


def unknown(entry: Entry, detail: str) -> InventoryResult:
    """Say that a change may have been made."""
    return result_of(entry, "unknown", error=ItemError(code="outcome_unknown", detail=detail))


def _unclear(entry: Entry) -> InventoryResult:
    return unknown(entry, f"{NO_ANSWER}; there were {entry.quantity} before")
