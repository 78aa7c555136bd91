"""What Wix tells of products and their stock, of either catalog.

Certain, by the declarations of Wix's SDK: the types, and the fields of what each tells. Events of
catalog V1 are flat: they have no id, no entity and no sequence.

Both seen: catalog V3 holding its entities as objects, as the SDK needs it, and as text under names
ending in `AsJson`; there is a switch.

Guesses, V3: which fields of a product are told (those that come unasked); that `modifiedFields` are
whole fields with their old values; that stock that changes is no change of its product; that
`updated_with_reason` comes if the call told a reason, and `stock_status_updated` if there is any
for the first time, or none any more; that a deleted product is told before its stock.

Guesses, V1: that `changedFields` are the names that the call used; that what a new product has in
stock is not told; that both values of a variant are told whole, and all variants that a call
changes at once.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from tests.wix_simulator.errors import Json
from tests.wix_simulator.inventory_items import shown_item
from tests.wix_simulator.old_products import shown_inventory, shown_old_product, variants_of
from tests.wix_simulator.product_views import shown_product
from tests.wix_simulator.signing import AN_APP
from tests.wix_simulator.stock import StockEvent, StockItem
from tests.wix_simulator.store import Listener, Store

PRODUCT = "wix.stores.catalog.v3.product"
ITEM = "wix.stores.catalog.v3.inventory_item"
OLD_CATALOG = "com.wix.ecommerce.catalog.api.v1"
OLD_INVENTORY = "com.wix.ecommerce.inventory.api.v1"

_V1: Json = {"originatedFromVersion": "V1_CATALOG"}
_ALWAYS_NEW = {"revision", "updatedDate"}
_OF_A_NEW_PRODUCT = ("name", "price", "visible", "media", "sku", "productPageUrl", "brand")
_MASKED = {"trackInventory": "trackQuantity", "preorderInfo": "preorderInfo"}
_LEVEL = ("quantity", "inStock", "availableForPreorder")


class CatalogEvents(Listener):
    """Makes events of what changes in one store."""

    def __init__(self, store: Store, tell: Callable[[str, str | None, Json], None]) -> None:
        """Prepare to tell.

        Args:
            tell: Told the type, the entity's id (None if the event is flat) and the content.
        """
        self._store = store
        self._tell = tell
        self._told: dict[str, Json] = {}
        """How each inventory item of catalog V3 was told last."""

    # ---- Catalog V3 ----

    def product(self, before: Json | None, after: Json | None) -> None:
        old = None if before is None else shown_product(self._store, before)
        new = None if after is None else shown_product(self._store, after)
        self._tell_entity(PRODUCT, old, new)

    def stock(self, item: StockItem, what: StockEvent) -> None:
        if self._store.products.get(item.product_id) is None:
            return
        old, new = self._told.get(item.id), shown_item(self._store, item)
        if what == "deleted":
            del self._told[item.id]
            self._tell_entity(ITEM, new, None)
            return
        self._told[item.id] = new
        self._tell_entity(ITEM, old, new)
        if what == "updated" and self._store.reason is not None:
            body = {"currentEntity": new, "reason": self._store.reason, "appId": AN_APP["appId"]}
            self._tell_action(f"{ITEM}_updated_with_reason", item.id, body)
        in_stock = new["availabilityStatus"] == "IN_STOCK"
        if old is not None and in_stock is not (old["availabilityStatus"] == "IN_STOCK"):
            self._tell_action(f"{ITEM}_stock_status_updated", item.id, {"inStock": in_stock})

    def _tell_entity(self, name: str, old: Json | None, new: Json | None) -> None:
        if new is not None and old is not None:
            modified = {
                field: value
                for field, value in old.items()
                if value != new.get(field) and field not in _ALWAYS_NEW
            }
            told = self._written({"currentEntity": new}) | {"modifiedFields": modified}
            self._tell(f"{name}_updated", new["id"], {"updatedEvent": told})
        elif new is not None:
            told = self._written({"entity": new})
            self._tell(f"{name}_created", new["id"], {"createdEvent": told})
        elif old is not None:
            told = self._written({"deletedEntity": old})
            self._tell(f"{name}_deleted", old["id"], {"deletedEvent": told})

    def _tell_action(self, event_type: str, entity_id: str, body: Json) -> None:
        self._tell(event_type, entity_id, {"actionEvent": self._written({"body": body})})

    def _written(self, content: Json) -> Json:
        if self._store.switches.catalog_event_form == "object":
            return content
        return {f"{name}AsJson": json.dumps(value) for name, value in content.items()}

    # ---- Catalog V1 ----

    def old_product(
        self, before: Json | None, after: Json | None, changed: Collection[str] = ()
    ) -> None:
        if before is None and after is not None:
            shown = shown_old_product(self._store, after, costs=True)
            content = {name: shown[name] for name in _OF_A_NEW_PRODUCT}
            if "costAndProfitData" in shown:
                content["costAndProfitData"] = shown["costAndProfitData"]
            self._tell_flat("ProductCreated", {"productId": shown["id"], **content})
        elif after is None and before is not None:
            self._tell_flat("ProductDeleted", {"productId": before["id"]})
        elif after is not None:
            fields = {"productId": after["id"], "changedFields": sorted(changed)}
            self._tell_flat("ProductChanged", fields)

    def old_variants(self, product: Json, changed: dict[str, Json]) -> None:
        choices = variants_of(product)
        variants = [
            {
                "variantId": variant_id,
                "choices": choices[variant_id],
                "changedFields": sorted(fields),
                **_V1,
            }
            for variant_id, fields in changed.items()
        ]
        if variants:
            self._tell_flat("VariantsChanged", {"productId": product["id"], "variants": variants})

    def old_stock(self, before: Json, after: Json) -> None:
        item = {
            "inventoryItemId": after["id"],
            "externalId": after["productId"],
            "productId": after["productId"],
            "updatedDate": after["lastUpdated"],
        }
        mask = [field for field, name in _MASKED.items() if after[name] != before[name]]
        if mask:
            content = {
                **item,
                "trackInventory": after["trackQuantity"],
                "preorderInfo": after["preorderInfo"],
                "fieldMask": ",".join(mask),
            }
            self._tell(f"{OLD_INVENTORY}.InventoryItemChanged", None, content)
        variants = list(_changed_variants(before, after))
        if variants:
            content = {**item, "variants": variants}
            self._tell(f"{OLD_INVENTORY}.InventoryVariantsChanged", None, content)

    def _tell_flat(self, name: str, content: Json) -> None:
        self._tell(f"{OLD_CATALOG}.{name}", None, content | _V1)


def _changed_variants(before: Json, after: Json) -> Iterator[Json]:
    old = {each["variantId"]: _level(each) for each in before["variants"]}
    for each in after["variants"]:
        variant_id, new = each["variantId"], _level(each)
        if variant_id in old and old[variant_id] != new:
            yield {"id": variant_id, "oldValue": old[variant_id], "newValue": new}


def _level(variant: Json) -> Json:
    return {name: variant[name] for name in _LEVEL if name in variant}


@contextmanager
def old_stock_told(store: Store, product_ids: Iterable[str]) -> Iterator[None]:
    """Tell how the stock of products of catalog V1 has changed when all inside is done."""
    ids = dict.fromkeys(product_ids)
    before = {each: shown_inventory(store, store.old_products[each]) for each in ids}
    yield
    for each, old in before.items():
        store.listener.old_stock(old, shown_inventory(store, store.old_products[each]))
