"""What of a site's goods is in stock, where, and how that came about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from tests.wix_simulator.clock import Clock, Ids
from tests.wix_simulator.errors import Json

type Level = int | bool | None

type ChangeKind = Literal["set", "increment", "decrement", "other"]
type StockEvent = Literal["created", "updated", "deleted"]

MOST = 99999
"""The largest quantity there can be; the smallest is as far below nothing."""

PREORDER_LIMIT = 100000


@dataclass
class StockItem:
    """The stock of one variant at one location. Either a quantity is tracked, or a flag is set."""

    id: str
    product_id: str
    variant_id: str
    location_id: str
    created: str
    updated: str
    quantity: int | None = None
    in_stock: bool | None = None
    revision: int = 1
    preorder: Json = field(default_factory=dict)
    """`enabled`, `message` and `limit`, as they were set."""

    preorders: int = 0
    """How many were ordered before there were any."""

    extended_fields: Json | None = None

    @property
    def available(self) -> bool:
        return bool(self.in_stock) if self.quantity is None else self.quantity > 0

    @property
    def can_be_preordered(self) -> bool:
        return bool(self.preorder.get("enabled"))


@dataclass(frozen=True)
class StockChange:
    """One change of stock."""

    sequence: int
    """The request that made it, by its number in the journal; 0 for anybody else."""

    kind: ChangeKind
    """What was asked for; `other` if it was no request."""

    value: Level
    """The quantity or flag that was set, or how many were added or taken."""

    quantity: int | None
    """What it came to; None if it is not tracked."""

    revision: int
    """The item's revision afterwards."""

    product_id: str
    variant_id: str
    location_id: str


class Stock:
    """All stock of one site, found by its id, its product or its variant."""

    def __init__(
        self,
        clock: Clock,
        ids: Ids,
        serving: Callable[[], int],
        on_change: Callable[[StockItem, StockEvent], None],
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._serving = serving
        self._on_change = on_change
        self._items: dict[str, StockItem] = {}
        self._by_product: dict[str, dict[tuple[str, str], StockItem]] = {}
        self._by_variant: dict[str, dict[str, StockItem]] = {}
        self._history: dict[str, list[StockChange]] = {}

    def __iter__(self) -> Iterator[StockItem]:
        return iter(self._items.values())

    def item(self, item_id: str) -> StockItem | None:
        return self._items.get(item_id)

    def of_product(self, product_id: str) -> list[StockItem]:
        return list(self._by_product.get(product_id, {}).values())

    def of_variant(self, variant_id: str) -> list[StockItem]:
        """The stock of a variant, where its id is unlike those of other products."""
        return list(self._by_variant.get(variant_id, {}).values())

    def at(self, product_id: str, variant_id: str, location_id: str) -> StockItem | None:
        return self._by_product.get(product_id, {}).get((variant_id, location_id))

    def of_variant_at(self, variant_id: str, location_id: str) -> StockItem | None:
        return self._by_variant.get(variant_id, {}).get(location_id)

    def history(self, product_id: str, variant_id: str | None = None) -> list[StockChange]:
        """Every change to the stock of a product or a variant, in order; also of what is gone."""
        found = self._history.get(product_id, [])
        return [each for each in found if variant_id in {None, each.variant_id}]

    def add(
        self,
        product_id: str,
        variant_id: str,
        location_id: str,
        *,
        kind: ChangeKind,
        quantity: int | None = None,
        in_stock: bool | None = None,
        preorder: Json | None = None,
        extended_fields: Json | None = None,
    ) -> StockItem:
        """Begin to keep stock of a variant at a location that has none of it yet."""
        now = self._clock.stamp()
        item = StockItem(
            id=self._ids.guid(),
            product_id=product_id,
            variant_id=variant_id,
            location_id=location_id,
            created=now,
            updated=now,
            quantity=quantity,
            in_stock=in_stock,
            preorder=preorder or {},
            extended_fields=extended_fields,
        )
        self._items[item.id] = item
        self._by_product.setdefault(product_id, {})[variant_id, location_id] = item
        self._by_variant.setdefault(variant_id, {})[location_id] = item
        self._note(item, kind, in_stock if quantity is None else quantity)
        self._on_change(item, "created")
        return item

    def set(
        self,
        item: StockItem,
        kind: ChangeKind,
        *,
        quantity: int | None = None,
        in_stock: bool | None = None,
    ) -> None:
        """Say how many there are, or whether there are any; the other is not tracked any more."""
        item.quantity, item.in_stock = quantity, in_stock
        self.touch(item)
        self._note(item, kind, in_stock if quantity is None else quantity)

    def move(self, item: StockItem, kind: ChangeKind, by: int, quantity: int) -> None:
        """Bring a tracked quantity to what it is after `by` were added or taken."""
        item.quantity = quantity
        self.touch(item)
        self._note(item, kind, by)

    def touch(self, item: StockItem) -> None:
        """Count one more change of an item."""
        item.revision += 1
        item.updated = self._clock.stamp()
        self._on_change(item, "updated")

    def remove(self, item: StockItem) -> None:
        """Keep no stock of it any more."""
        self._on_change(item, "deleted")
        del self._items[item.id]
        del self._by_product[item.product_id][item.variant_id, item.location_id]
        del self._by_variant[item.variant_id][item.location_id]

    def _note(self, item: StockItem, kind: ChangeKind, value: Level) -> None:
        change = StockChange(
            sequence=self._serving(),
            kind=kind,
            value=value,
            quantity=item.quantity,
            revision=item.revision,
            product_id=item.product_id,
            variant_id=item.variant_id,
            location_id=item.location_id,
        )
        self._history.setdefault(item.product_id, []).append(change)
