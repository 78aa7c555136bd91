"""What the inventory's functions may call at Wix (Stores: inventory of catalog V3 and of V1).

Setting stock on V3 names the revision that was read, so Wix does it at most once. It is declared as
not repeatable all the same: a second try is answered with a conflict whether the first was carried
out or somebody else was faster, and only who knows that it is the second can judge that. V1 has no
revision, and setting the same stock twice is harmless in itself. Increments and decrements have
neither revision nor idempotency key and are never repeated blindly.
"""

from wix_admin.wix.operations import Operation

QUERY_STOCK = Operation(
    "inventory.query",
    "POST",
    "/stores/v3/inventory-items/query",
    "WIX_STORES.INVENTORY_READ",
    repeatable=True,
    reads=True,
)
SET_STOCK = Operation(
    "inventory.set",
    "POST",
    "/stores/v3/bulk/inventory-items/update",
    "WIX_STORES.INVENTORY_UPDATE",
    repeatable=False,
)
INCREMENT_STOCK = Operation(
    "inventory.increment",
    "POST",
    "/stores/v3/bulk/inventory-items/increment",
    "WIX_STORES.INVENTORY_UPDATE",
    repeatable=False,
)
DECREMENT_STOCK = Operation(
    "inventory.decrement",
    "POST",
    "/stores/v3/bulk/inventory-items/decrement",
    "WIX_STORES.INVENTORY_UPDATE",
    repeatable=False,
)

QUERY_STOCK_V1 = Operation(
    "inventory.query_v1",
    "POST",
    "/stores-reader/v2/inventoryItems/query",
    "WIX_STORES.READ_INVENTORY",
    repeatable=True,
    reads=True,
)
FIND_SKUS_V1 = Operation(
    "inventory.find_skus_v1",
    "POST",
    "/stores-reader/v1/products/query",
    "WIX_STORES.READ_PRODUCTS",
    repeatable=True,
    reads=True,
)
SET_STOCK_V1 = Operation(
    "inventory.set_v1",
    "PATCH",
    "/stores/v2/inventoryItems/product/{product_id}",
    "WIX_STORES.MODIFY_INVENTORY",
    repeatable=True,
)
INCREMENT_STOCK_V1 = Operation(
    "inventory.increment_v1",
    "POST",
    "/stores/v2/inventoryItems/increment",
    "WIX_STORES.MODIFY_INVENTORY",
    repeatable=False,
)
DECREMENT_STOCK_V1 = Operation(
    "inventory.decrement_v1",
    "POST",
    "/stores/v2/inventoryItems/decrement",
    "WIX_STORES.MODIFY_INVENTORY",
    repeatable=False,
)
