"""Finds the stock that changes are about: by product, variant or SKU, and location."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wix_admin.effects.batches import refused
from wix_admin.errors import AdminError, RefusedError, Violation, pointer
from wix_admin.inventory.stock_input import MOST, InventoryResult, StockChange, Wanted

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
    def again(self, keys: Iterable[Key]) -> dict[Key, Stock]:
        """Read stock anew; what is gone is missing from the answer.

        Raises:
            WixError: If Wix cannot be asked.
        """

    def unspeakable(self, wanted: Wanted) -> AdminError | None:
        """Say what of a change this version cannot express."""
        del wanted
        return None


class Book:
    """What is known of the stock that a request is about.

    All of it is looked up together, when the first of it is needed: each name costs a part of one
    read, and two changes of the same stock are found whichever calls they fall in. What was acted
    upon once is read again before the next try.
    """

    def __init__(self, reader: Reader, wanted: Sequence[Wanted]) -> None:
        self.reader = reader
        self._wanted = wanted
        self._found: dict[int, Stock | AdminError] = {}
        self._used: set[int] = set()

    def plan(
        self, wanted: Sequence[Wanted]
    ) -> tuple[list[tuple[Wanted, Stock, int]], list[InventoryResult]]:
        """Say what each change would come to.

        Returns:
            The changes that can be made, each with its stock and the quantity it leads to; and
            the results of those that cannot.

        Raises:
            WixError: If Wix cannot be asked.
        """
        if not self._found:
            self._found = self._looked_up()
        self._refresh([each.index for each in wanted if each.index in self._used])
        possible, impossible = [], []
        for each in wanted:
            found = self._found[each.index]
            try:
                if isinstance(found, AdminError):
                    raise found
                possible.append((each, found, _outcome(each, found)))
            except AdminError as error:
                impossible.append(refused(InventoryResult, each.index, error))
        self._used |= {each.index for each in wanted}
        changed = {stock.key for _, stock, _ in possible}
        whole = []
        for each, stock, becomes in possible:
            if changed.issuperset(stock.counted_with):
                whole.append((each, stock, becomes))
            else:
                refusal = _refusal(each.index, "not_possible_now", ALL_OR_NONE)
                impossible.append(refused(InventoryResult, each.index, refusal))
        return whole, impossible

    def _looked_up(self) -> dict[int, Stock | AdminError]:
        stocks = self.reader.find([each.change for each in self._wanted])
        shelf = _Shelf(stocks)
        found: dict[int, Stock | AdminError] = {}
        named_by: dict[Key, int] = {}
        for each in self._wanted:
            try:
                stock = shelf.only(each, self.reader.unspeakable(each))
            except AdminError as error:
                found[each.index] = error
                continue
            first = named_by.setdefault(stock.key, each.index)
            if first == each.index:
                found[first] = stock
            else:
                found[first] = _twice(first, each.index)
                found[each.index] = _twice(each.index, first)
        return found

    def _refresh(self, indexes: Iterable[int]) -> None:
        known = {
            index: stock for index in indexes if isinstance(stock := self._found[index], Stock)
        }
        if known:
            now = self.reader.again({stock.key for stock in known.values()})
            for index, stock in known.items():
                self._found[index] = now.get(stock.key) or _refusal(
                    index, "not_found", "Wix keeps no stock of it any more"
                )


class _Shelf:
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

    def only(self, wanted: Wanted, unspeakable: AdminError | None) -> Stock:
        """Return the one stock that fits all that a change names.

        Raises:
            AdminError: If nothing fits or too much, or this version cannot express the change.
        """
        if unspeakable is not None:
            raise unspeakable
        change = wanted.change
        if change.sku is not None:
            named: tuple[str, str | None] = ("sku", change.sku)
        elif change.product_id is not None:
            named = ("product", change.product_id)
        else:
            named = ("variant", change.variant_id)
        fitting = [each for each in self._named.get(named, []) if _fits(change, each)]
        if len({(each.product_id, each.variant_id) for each in fitting}) > 1:
            raise _refusal(
                wanted.index,
                "invalid_input",
                "It stands for several variants: name one by variantId or sku",
            )
        if len(fitting) > 1:
            raise _refusal(
                wanted.index, "invalid_input", "Several locations have it: name one by locationId"
            )
        if not fitting:
            raise _refusal(
                wanted.index,
                "not_found",
                "Wix keeps no stock of it: look at product, variant and location",
            )
        return fitting[0]


def _fits(change: StockChange, stock: Stock) -> bool:
    pairs = (
        (change.product_id, stock.product_id),
        (change.variant_id, stock.variant_id),
        (change.sku, stock.sku),
        (change.location_id, stock.location_id),
    )
    return all(asked in {None, has} for asked, has in pairs)


def _outcome(wanted: Wanted, stock: Stock) -> int:
    """Return the quantity that a change leads to.

    Raises:
        RefusedError: If it cannot be made.
    """
    change = wanted.change
    if change.adjust is None:
        return change.set_to or 0
    if stock.quantity is None:
        raise _refusal(
            wanted.index, "not_possible_now", "Its stock is not counted: set it first", "adjust"
        )
    quantity = stock.quantity + change.adjust
    if quantity < 0 and change.adjust < 0:
        raise _refusal(
            wanted.index,
            "below_zero",
            f"Take out at most {stock.quantity}, as there are no more",
            "adjust",
        )
    if quantity > MOST:
        raise _refusal(
            wanted.index,
            "not_possible_now",
            f"Add at most {MOST - stock.quantity}, as Wix counts no further than {MOST}",
            "adjust",
        )
    return quantity


def _twice(index: int, other: int) -> RefusedError:
    return _refusal(
        index, "invalid_input", f"changes.{other} is about the same stock: send one change for it"
    )


def _refusal(index: int, code: str, detail: str, field: str = "") -> RefusedError:
    violation = Violation(pointer("changes", index, *([field] if field else [])), detail)
    return RefusedError(detail, code=code, violations=[violation])
