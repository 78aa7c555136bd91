"""List stock, all of it or what is low, page by page.

There is a line for each variant at each location. With `lowStock`, only what is counted and has at
most so many units left is listed.
"""

from wix_admin import WixClient, admin_action
from wix_admin.inventory.operations import QUERY_STOCK, QUERY_STOCK_V1
from wix_admin.inventory.query_inventory import InventoryPage, QueryInventoryInput, query_inventory
from wix_admin.wix.catalog import GET_CATALOG_VERSION


@admin_action(QueryInventoryInput, elevates=[GET_CATALOG_VERSION, QUERY_STOCK, QUERY_STOCK_V1])
def handler(query: QueryInventoryInput, wix: WixClient) -> InventoryPage:
    return query_inventory(wix, query)
