"""What one site sells: the products of its catalog, of whichever version, and their stock."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Literal

from tests.wix_simulator.clock import Clock, Ids
from tests.wix_simulator.documents import Documents
from tests.wix_simulator.errors import Json, application_error
from tests.wix_simulator.filters import Cursors
from tests.wix_simulator.stock import Stock, StockEvent, StockItem
from tests.wix_simulator.switches import Switches

type CatalogVersion = Literal["V1_CATALOG", "V3_CATALOG", "STORES_NOT_INSTALLED", "PROVISIONING"]

CURRENCY = "USD"


class Listener:
    """Told of each change, under the lock. By default nobody is."""

    def product(self, before: Json | None, after: Json | None) -> None:
        """Hear of a product of catalog V3, new if there is no `before`, deleted if no `after`."""

    def stock(self, item: StockItem, what: StockEvent) -> None:
        """Hear of an inventory item, before it is deleted or after anything else."""

    def old_product(
        self, before: Json | None, after: Json | None, changed: Collection[str] = ()
    ) -> None:
        """Hear of a product of catalog V1; `changed` are the names of what was told anew."""

    def old_variants(self, product: Json, changed: dict[str, Json]) -> None:
        """Hear what was told of variants of catalog V1, by their ids."""

    def old_stock(self, before: Json, after: Json) -> None:
        """Hear how the stock of a product of catalog V1 was told before and is told now."""


class Store:
    """The catalog of one site. A product is replaced by a change, never changed in place."""

    def __init__(
        self, clock: Clock, ids: Ids, switches: Switches, serving: Callable[[], int]
    ) -> None:
        self.clock = clock
        self.ids = ids
        self.switches = switches
        self.version: CatalogVersion = "V3_CATALOG"
        self.listener = Listener()
        self.reason: str | None = None
        """Why stock changes, as the call says that changes it."""

        self.stock = Stock(clock, ids, serving, self._stock_changed)
        self.cursors = Cursors(clock, switches)
        self.default_location_id = ids.guid()
        self.locations: dict[str, str] = {self.default_location_id: "Main location"}
        self.old_products: dict[str, Json] = {}
        """The products of catalog V1, as it tells them but for their stock."""

        self.old_inventories: dict[str, str] = {}
        """The product of each inventory item of catalog V1, by their ids."""

        self.customizations: dict[str, Json] = {}
        """Options that products share, by id, with their choices."""

        self.named: dict[tuple[str, ...], str] = {}
        """Ids of what is known by a kind and a name: brands, ribbons, customizations."""

        self.products = Documents(clock)
        """The products of catalog V3, as they were set."""

        self._owners: dict[tuple[str, str], str] = {}
        self._slug_counts: dict[str, int] = {}
        self._last_number = 1_600_000_000_000

    def next_number(self) -> str:
        """The `numericId` of a new product of catalog V1."""
        self._last_number += 1
        return str(self._last_number)

    def id_of(self, *kind_and_name: str) -> str:
        """The id of a thing known by its name; a new one if it is named for the first time."""
        if kind_and_name not in self.named:
            self.named[kind_and_name] = self.ids.guid()
        return self.named[kind_and_name]

    # ---- Products of catalog V3 ----

    def product(self, product_id: str) -> Json:
        """A product of catalog V3. Not to be changed.

        Raises:
            RefusedError: If there is none.
        """
        product = self.products.get(product_id)
        if product is None:
            raise application_error(404, "NOT_FOUND", "Entity not found")
        return product

    def ever_had(self, product_id: str) -> bool:
        """Whether there is a product of any version, or was one with stock."""
        known = self.products.get(product_id) is not None or product_id in self.old_products
        return known or bool(self.stock.history(product_id))

    def owner(self, kind: str, value: str) -> str | None:
        """Which product has a slug or a variant's id, or which variant has a SKU or a barcode."""
        return self._owners.get((kind, value))

    def put(self, product: Json) -> None:
        """Take in a new product, or what became of one."""
        self._forget_names(product["id"])
        before = self.products.get(product["id"])
        if before is None:
            self.products.add(product)
        else:
            with self.products.change(product["id"]) as kept:
                kept.clear()
                kept.update(product)
        self._owners.update(_names(product))
        self.listener.product(before, product)

    def remove(self, product_id: str) -> None:
        """Delete a product with its stock."""
        self.listener.product(self.product(product_id), None)
        for item in self.stock.of_product(product_id):
            self.stock.remove(item)
        self._forget_names(product_id)
        self.products.remove(product_id)

    def _stock_changed(self, item: StockItem, what: StockEvent) -> None:
        self.listener.stock(item, what)

    @contextmanager
    def because(self, reason: str | None) -> Iterator[None]:
        """Whatever happens inside has that reason."""
        before, self.reason = self.reason, reason
        try:
            yield
        finally:
            self.reason = before

    def free_slug(self, wanted: str) -> str:
        """A slug that no product has: this one, or one with a number behind it."""
        slug = wanted
        while self.owner("slug", slug) is not None:
            self._slug_counts[wanted] = self._slug_counts.get(wanted, 0) + 1
            slug = f"{wanted}-{self._slug_counts[wanted]}"
        return slug

    def _forget_names(self, product_id: str) -> None:
        before = self.products.get(product_id)
        for name in _names(before) if before is not None else ():
            self._owners.pop(name, None)


def _names(product: Json) -> dict[tuple[str, str], str]:
    names = {("slug", product["slug"]): product["id"]}
    for variant in product["variantsInfo"]["variants"]:
        names["variant", variant["id"]] = product["id"]
        for kind in ("sku", "barcode"):
            if variant.get(kind):
                names[kind, variant[kind]] = variant["id"]
    return names
