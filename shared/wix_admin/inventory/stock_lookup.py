"""Finds the stock that changes are about: by product, variant or SKU, and location."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wix_admin.effects.batches import refused
from wix_admin.errors import RefusedError, Violation, pointer
from wix_admin.inventory.stock_input import MOST, IndexedChange, InventoryResult, StockChange

ALL_OR_NONE = (
    "Set all variants of its product in one request of up to 1,000 changes: they are not counted"
    " yet, and catalog V1 counts all of a product or none"
)

type Key = tuple[str, ...]
"""What Wix knows stock by: the id of an inventory item; on V1 the ids of product and variant."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock of one variant at one location, as it was read.

    Attributes:
        key: What Wix knows it by.
        product_id: The product.
        variant_id: The variant, whose id on V1 is only told apart within its product.
        quantity: How many there are; None if they are not counted.
        sku: The variant's SKU, if it is known.
        location_id: The location; None on V1.
        revision: The revision to change it at; empty on V1.
        counted_with: What must be set together with it, if it is not counted: on V1, all variants
            of a product are counted or none.
    """

    key: Key
    product_id: str
    variant_id: str
    quantity: int | None
    sku: str | None = None
    location_id: str | None = None
    revision: str = ""
    counted_with: tuple[Key, ...] = ()


class Reader(ABC):
    """Reads stock from one version of the catalog."""

    @abstractmethod
    def find(self, changes: Sequence[StockChange]) -> list[Stock]:
        """Read all stock that any of the changes may be about.

        Raises:
            WixError: If Wix cannot be asked.
        """

    @abstractmethod
    def reread(self, keys: Iterable[Key]) -> dict[Key, Stock]:
        """Read stock anew; what is gone is missing from the answer.

        Raises:
            WixError: If Wix cannot be asked.
        """

    @abstractmethod
    def unsupported(self, item: IndexedChange) -> RefusedError | None:
        """Say what of a change this version of the catalog cannot express, if anything."""


class PlannedChange(NamedTuple):
    """A change that can be made.

    Attributes:
        item: The change.
        stock: What it is about.
        becomes: The quantity that it leads to.
    """

    item: IndexedChange
    stock: Stock
    becomes: int


class StockLookup:
    """Knows the stock that a request is about.

    All of it is looked up together, when the first of it is needed: each name costs a part of one
    read, and two changes of the same stock are found whichever calls they fall in. What was acted
    upon once is read again before the next try.
    """

    def __init__(self, reader: Reader, items: Sequence[IndexedChange]) -> None:
        self.reader = reader
        self._items = items
        self._found: dict[int, Stock | RefusedError] = {}
        self._used: set[int] = set()

    def plan(
        self, items: Sequence[IndexedChange]
    ) -> tuple[list[PlannedChange], list[InventoryResult]]:
        """Say what each change would come to.

        Returns:
            The changes that can be made, and the results of those that cannot.

        Raises:
            WixError: If Wix cannot be asked.
        """
        if not self._found:
            self._found = self._look_up()
        self._refresh([item.index for item in items if item.index in self._used])
        self._used |= {item.index for item in items}
        planned: list[PlannedChange] = []
        refusals: dict[int, RefusedError] = {}
        for item in items:
            try:
                planned.append(self._planned(item))
            except RefusedError as refusal:
                refusals[item.index] = refusal
        whole, partial = _parted(planned)
        refusals |= {
            index: refusal_of(index, "not_possible_now", ALL_OR_NONE)
            for index in (each.item.index for each in partial)
        }
        return whole, [refused(InventoryResult, *refusal) for refusal in refusals.items()]

    def _planned(self, item: IndexedChange) -> PlannedChange:
        stock = self._found[item.index]
        if isinstance(stock, RefusedError):
            raise stock
        return PlannedChange(item, stock, _outcome(item, stock))

    def _look_up(self) -> dict[int, Stock | RefusedError]:
        index = _StockIndex(self.reader.find([item.change for item in self._items]))
        found: dict[int, Stock | RefusedError] = {}
        named_by: dict[Key, int] = {}
        for item in self._items:
            stock = self.reader.unsupported(item) or index.find_one(item)
            found[item.index] = stock
            if isinstance(stock, Stock):
                first = named_by.setdefault(stock.key, item.index)
                if first != item.index:
                    found[first] = _twice(first, item.index)
                    found[item.index] = _twice(item.index, first)
        return found

    def _refresh(self, indexes: Iterable[int]) -> None:
        known = {
            index: stock for index in indexes if isinstance(stock := self._found[index], Stock)
        }
        if known:
            now = self.reader.reread({stock.key for stock in known.values()})
            for index, stock in known.items():
                self._found[index] = now.get(stock.key) or refusal_of(
                    index, "not_found", "Wix keeps no stock of it any more"
                )


class _StockIndex:
    """Stock by every name it has."""

    def __init__(self, stocks: Iterable[Stock]) -> None:
        self._named: dict[tuple[str, str | None], list[Stock]] = {}
        for stock in {each.key: each for each in stocks}.values():
            for name in (
                ("variant", stock.variant_id),
                ("sku", stock.sku),
                ("product", stock.product_id),
            ):
                self._named.setdefault(name, []).append(stock)

    def find_one(self, item: IndexedChange) -> Stock | RefusedError:
        """Return the one stock that fits all that a change names, or why there is none."""
        change = item.change
        if change.sku is not None:
            name: tuple[str, str | None] = ("sku", change.sku)
        elif change.product_id is not None:
            name = ("product", change.product_id)
        else:
            name = ("variant", change.variant_id)
        fitting = [each for each in self._named.get(name, []) if _fits(change, each)]
        if len({(each.product_id, each.variant_id) for each in fitting}) > 1:
            return refusal_of(
                item.index,
                "invalid_input",
                "It stands for several variants: name one by variantId or sku",
            )
        if len(fitting) > 1:
            return refusal_of(
                item.index, "invalid_input", "Several locations have it: name one by locationId"
            )
        if not fitting:
            return refusal_of(
                item.index,
                "not_found",
                "Wix keeps no stock of it: look at product, variant and location",
            )
        return fitting[0]


def _parted(
    planned: Sequence[PlannedChange],
) -> tuple[list[PlannedChange], list[PlannedChange]]:
    """Part the changes that can be made from those that lack others beside them."""
    changed = {each.stock.key for each in planned}
    whole: list[PlannedChange] = []
    partial: list[PlannedChange] = []
    for each in planned:
        (whole if changed.issuperset(each.stock.counted_with) else partial).append(each)
    return whole, partial


def _fits(change: StockChange, stock: Stock) -> bool:
    pairs = (
        (change.product_id, stock.product_id),
        (change.variant_id, stock.variant_id),
        (change.sku, stock.sku),
        (change.location_id, stock.location_id),
    )
    return all(named in {None, has} for named, has in pairs)


def _outcome(item: IndexedChange, stock: Stock) -> int:
    """Return the quantity that a change leads to.

    Raises:
        RefusedError: If it cannot be made.
    """
    change = item.change
    if change.adjust is None:
        return change.set_to or 0
    if stock.quantity is None:
        raise refusal_of(
            item.index, "not_possible_now", "Its stock is not counted: set it first", "adjust"
        )
    quantity = stock.quantity + change.adjust
    if quantity < 0 and change.adjust < 0:
        raise refusal_of(
            item.index,
            "below_zero",
            f"Take out at most {stock.quantity}, as there are no more",
            "adjust",
        )
    if quantity > MOST:
        raise refusal_of(
            item.index,
            "not_possible_now",
            f"Add at most {MOST - stock.quantity}, as Wix counts no further than {MOST}",
            "adjust",
        )
    return quantity


def _twice(index: int, other: int) -> RefusedError:
    return refusal_of(
        index, "invalid_input", f"changes.{other} is about the same stock: send one change for it"
    )


def refusal_of(
    index: int, code: str, detail: str, field: str = "", *, wix_code: str | None = None
) -> RefusedError:
    """Make the error of a change that cannot be made.

    Args:
        index: Its place in the request.
        code: As for any error.
        detail: What to do about it, as a whole sentence.
        field: The field of the change that it is about; "" is the change as a whole.
        wix_code: As for any error.
    """
    violation = Violation(pointer("changes", index, *([field] if field else [])), detail)
    return RefusedError(detail, code=code, violations=[violation], wix_code=wix_code)
