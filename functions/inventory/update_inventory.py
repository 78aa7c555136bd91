"""Set or adjust stock, of one item or thousands.

Each change has a result of its own, in the order of the request. Unless the answer is `complete`,
send the same request with the same key again. With a key, an adjustment is made once on catalog V3;
without one, an adjustment whose answer got lost is `unknown`, and not made again. If the one change
of a request fails, the answer is a problem.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.inventory.operations import (
    DECREMENT_STOCK,
    DECREMENT_STOCK_V1,
    FIND_SKUS_V1,
    INCREMENT_STOCK,
    INCREMENT_STOCK_V1,
    QUERY_STOCK,
    QUERY_STOCK_V1,
    SET_STOCK,
    SET_STOCK_V1,
)
from wix_admin.inventory.stock_input import UpdateInventoryAnswer, UpdateInventoryInput
from wix_admin.inventory.update_inventory import update_inventory
from wix_admin.wix.catalog import GET_CATALOG_VERSION

V3 = [QUERY_STOCK, SET_STOCK, INCREMENT_STOCK, DECREMENT_STOCK]
V1 = [QUERY_STOCK_V1, FIND_SKUS_V1, SET_STOCK_V1, INCREMENT_STOCK_V1, DECREMENT_STOCK_V1]


@admin_action(UpdateInventoryInput, elevates=[GET_CATALOG_VERSION, *V3, *V1], key=Key.HONOURED)
def handler(request: UpdateInventoryInput, wix: WixClient, once: Once) -> UpdateInventoryAnswer:
    return update_inventory(wix, request, once)
