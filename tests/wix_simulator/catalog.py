"""A site's catalog as tests use it: what there is, and what others do to it."""

import copy
from collections.abc import Mapping, Sequence

from tests import canaries
from tests.wix_simulator.catalog_events import old_stock_told
from tests.wix_simulator.errors import Json
from tests.wix_simulator.inventory_items import shown_item
from tests.wix_simulator.old_products import (
    change_variants,
    new_old_product,
    shown_inventory,
    shown_old_product,
    variants_of,
)
from tests.wix_simulator.product_bodies import FIELDS, NewProduct
from tests.wix_simulator.product_rules import check_new, new_product
from tests.wix_simulator.product_views import shown_product
from tests.wix_simulator.products_v1 import NewOldProduct
from tests.wix_simulator.state import State
from tests.wix_simulator.stock import StockChange, StockItem
from tests.wix_simulator.store import CatalogVersion, Store

type Choices = Mapping[str, str]
type VariantSpec = tuple[Choices, str | None, int | None]

_GOODS = (
    ("Ceramic mug", "19.99"),
    ("Coffee beans", "12.50"),
    ("Paper filters", "4.25"),
    ("Hand grinder", "64.00"),
)


class Catalog:
    """The catalog of the default site, unless another is named. What is returned is a copy."""

    def __init__(self, state: State) -> None:
        self._state = state

    # ---- The site ----

    @property
    def version(self) -> CatalogVersion:
        """Which catalog the site has. Products of one version are not seen in the other."""
        with self._state.lock:
            return self._store().version

    @version.setter
    def version(self, version: CatalogVersion) -> None:
        with self._state.lock:
            self._store().version = version

    @property
    def default_location_id(self) -> str:
        with self._state.lock:
            return self._store().default_location_id

    def add_location(self, name: str, *, site_id: str = canaries.SITE_ID) -> str:
        """One more place to keep stock at; its id."""
        with self._state.lock:
            store = self._store(site_id)
            location_id = store.ids.guid()
            store.locations[location_id] = name
            return location_id

    # ---- Products ----

    def add_product(
        self,
        *,
        name: str = "Ceramic mug",
        price: str = "19.99",
        sku: str | None = None,
        quantity: int | None = None,
        variants: Sequence[VariantSpec] | None = None,
        product_id: str | None = None,
        visible: bool = True,
        fields: Json | None = None,
        site_id: str = canaries.SITE_ID,
    ) -> Json:
        """Add something that is shipped; by default one thing without stock.

        Args:
            quantity: How many there are at the default location. Default: no stock is kept.
            variants: Several things instead: the choice made of each option, such as
                `{"Size": "S"}`, then the SKU and how many there are.
            product_id: Default: a new id.
            fields: More fields of the product, as a caller would send them to create it.
            site_id: The site that gets it.

        Returns:
            The product with all its fields, as the site's catalog tells it.

        Raises:
            RefusedError: If Wix would not create it.
        """
        specs = variants or [({}, sku, quantity)]
        with self._state.lock:
            store = self._store(site_id)
            told = {"name": name, "visible": visible, **(fields or {})}
            make = _new_old if store.version == "V1_CATALOG" else _new
            product = make(store, specs, told, price, product_id)
            return self._shown(store, product["id"])

    def seed(self, count: int, *, site_id: str = canaries.SITE_ID) -> list[str]:
        """Add varied products with stock, telling nobody; their ids, the oldest first."""
        with self._state.lock, self._state.world.events.muted():
            return [self._seed_product(index, site_id) for index in range(count)]

    def _seed_product(self, index: int, site_id: str) -> str:
        name, price = _GOODS[index % len(_GOODS)]
        sku = f"SKU-{index + 1:05}"
        if index % 5 == 4:
            variants: list[VariantSpec] = [
                ({"Size": size}, f"{sku}-{size}", (index * 7 + place * 3) % 40)
                for place, size in enumerate(("S", "M", "L"))
            ]
        else:
            variants = [({}, sku, (index * 7) % 40)]
        product = self.add_product(
            name=f"{name} {index + 1}",
            price=price,
            variants=variants,
            visible=index % 10 != 9,
            site_id=site_id,
        )
        return str(product["id"])

    def product(self, product_id: str) -> Json:
        """A product with all its fields, as its catalog tells it, whatever site it belongs to.

        Raises:
            LookupError: If there is none.
        """
        with self._state.lock:
            return self._shown(self._store_of(product_id), product_id)

    def products(self, site_id: str = canaries.SITE_ID) -> list[Json]:
        """All products of a site's catalog, of the version it has, hidden ones too."""
        with self._state.lock:
            store = self._store(site_id)
            if store.version == "V1_CATALOG":
                return [self._shown(store, product_id) for product_id in store.old_products]
            return [self._shown(store, each["id"]) for each in store.products.all()]

    # ---- Stock ----

    def inventory(self, product_id: str) -> list[Json]:
        """The inventory items of a product, as its catalog tells them."""
        with self._state.lock:
            store = self._store_of(product_id)
            if product_id in store.old_products:
                return [copy.deepcopy(shown_inventory(store, store.old_products[product_id]))]
            items = store.stock.of_product(product_id)
            return copy.deepcopy([shown_item(store, item) for item in items])

    def stock(
        self, product_id: str, variant_id: str | None = None, location_id: str | None = None
    ) -> int | None:
        """How many there are; None if that is not tracked, or no stock is kept.

        Args:
            variant_id: Default: the product's only or first variant.
            location_id: Default: the default location.
        """
        with self._state.lock:
            item = self._item(product_id, variant_id, location_id)
            return None if item is None else item.quantity

    def set_stock(
        self,
        product_id: str,
        quantity: int,
        variant_id: str | None = None,
        location_id: str | None = None,
    ) -> None:
        """Somebody else says how many there are: one revision more, or the first."""
        with self._state.lock:
            store = self._store_of(product_id)
            item = self._item(product_id, variant_id, location_id)
            if item is not None and product_id in store.old_products:
                _set_old_stock(store, product_id, item.variant_id, quantity)
                return
            if item is not None:
                store.stock.set(item, "other", quantity=quantity)
                return
            variant = variant_id or _first_variant(store, product_id)
            place = location_id or store.default_location_id
            store.stock.add(product_id, variant, place, kind="other", quantity=quantity)

    def stock_history(self, product_id: str, variant_id: str | None = None) -> list[StockChange]:
        """Each change of stock, in the order carried out, at all locations."""
        with self._state.lock:
            return self._store_of(product_id).stock.history(product_id, variant_id)

    # ---- Inside ----

    def _store(self, site_id: str = canaries.SITE_ID) -> Store:
        return self._state.world.store(site_id)

    def _store_of(self, product_id: str) -> Store:
        for store in self._state.world.stores.values():
            if store.ever_had(product_id):
                return store
        raise LookupError(f"no product {product_id}")

    def _shown(self, store: Store, product_id: str) -> Json:
        if product_id in store.old_products:
            old = shown_old_product(store, store.old_products[product_id], costs=True)
            return copy.deepcopy(old)
        product = store.products.get(product_id)
        if product is None:
            raise LookupError(f"no product {product_id}")
        return copy.deepcopy(shown_product(store, product, FIELDS))

    def _item(
        self, product_id: str, variant_id: str | None, location_id: str | None
    ) -> StockItem | None:
        store = self._store_of(product_id)
        return store.stock.at(
            product_id,
            variant_id or _first_variant(store, product_id),
            location_id or store.default_location_id,
        )


def _new(
    store: Store,
    specs: Sequence[VariantSpec],
    told: Json,
    price: str,
    product_id: str | None,
) -> Json:
    """A new product of catalog V3 with its stock."""
    sent = {
        "productType": "PHYSICAL",
        "physicalProperties": {},
        "options": [_option(option, names) for option, names in _options(specs).items()],
        "variantsInfo": {"variants": [_variant(price, choices, sku) for choices, sku, _ in specs]},
        **told,
    }
    checked = NewProduct.model_validate(sent).sent()
    check_new(checked, "product")
    product = new_product(store, checked, product_id=product_id)
    variants = product["variantsInfo"]["variants"]
    for variant, (_, _, quantity) in zip(variants, specs, strict=False):
        if quantity is not None:
            store.stock.add(
                product["id"],
                variant["id"],
                store.default_location_id,
                kind="other",
                quantity=quantity,
            )
    return product


def _new_old(
    store: Store,
    specs: Sequence[VariantSpec],
    told: Json,
    price: str,
    product_id: str | None,
) -> Json:
    """A new product of catalog V1 with its stock; what is not told of it is out of stock."""
    options = [
        {"name": option, "choices": [{"value": each, "description": each} for each in names]}
        for option, names in _options(specs).items()
    ]
    sent: Json = {
        "productType": "physical",
        "priceData": {"price": float(price)},
        "manageVariants": bool(options),
        "productOptions": options,
        **told,
    }
    if not options and specs[0][1] is not None:
        sent["sku"] = specs[0][1]
    checked = NewOldProduct.model_validate(sent).sent()
    product = new_old_product(store, checked, product_id=product_id)
    ids = {tuple(sorted(each.items())): key for key, each in variants_of(product).items()}
    skus: dict[str, Json] = {}
    for choices, sku, quantity in specs:
        variant_id = ids[tuple(sorted(choices.items()))]
        if options and sku is not None:
            skus[variant_id] = {"sku": sku}
        if quantity is not None:
            _set_old_stock(store, product["id"], variant_id, quantity)
    return change_variants(store, product, skus)


def _set_old_stock(store: Store, product_id: str, variant_id: str, quantity: int) -> None:
    """Set a quantity; those of a product are tracked all or none."""
    with old_stock_told(store, [product_id]):
        for item in store.stock.of_product(product_id):
            if item.variant_id == variant_id:
                store.stock.set(item, "other", quantity=quantity)
            elif item.quantity is None:
                store.stock.set(item, "other", quantity=0)


def _options(specs: Sequence[VariantSpec]) -> dict[str, list[str]]:
    """The choices of each option, in the order they are named."""
    return {
        option: list(dict.fromkeys(choices[option] for choices, _, _ in specs))
        for choices, _, _ in specs
        for option in choices
    }


def _option(name: str, choices: list[str]) -> Json:
    told = [{"choiceType": "CHOICE_TEXT", "name": choice} for choice in choices]
    return {
        "name": name,
        "optionRenderType": "TEXT_CHOICES",
        "choicesSettings": {"choices": told},
    }


def _variant(price: str, choices: Choices, sku: str | None) -> Json:
    names = [{"optionName": option, "choiceName": name} for option, name in choices.items()]
    return {
        "price": {"actualPrice": {"amount": price}},
        "physicalProperties": {},
        "choices": [{"optionChoiceNames": each} for each in names],
        **({} if sku is None else {"sku": sku}),
    }


def _first_variant(store: Store, product_id: str) -> str:
    if product_id in store.old_products:
        return next(iter(variants_of(store.old_products[product_id])))
    product = store.product(product_id)
    return str(product["variantsInfo"]["variants"][0]["id"])
