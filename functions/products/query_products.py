"""List products, page by page.

The list is current, with no lag. The site's catalog is V1 or V3, as each page says; the two have
different fields of a product, and different filters.
"""

from wix_admin import WixClient, admin_action
from wix_admin.products.operations import QUERY_PRODUCTS, QUERY_PRODUCTS_V1
from wix_admin.products.query_products import ProductPage, QueryProductsInput, query_products
from wix_admin.wix.catalog import GET_CATALOG_VERSION


@admin_action(QueryProductsInput, elevates=[GET_CATALOG_VERSION, QUERY_PRODUCTS, QUERY_PRODUCTS_V1])
def handler(query: QueryProductsInput, wix: WixClient) -> ProductPage:
    return query_products(wix, query)
