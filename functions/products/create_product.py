"""Add products, one or thousands, each once.

Each product has a result of its own, in the order of the request. Unless the answer is `complete`,
send the same request with the same key again: what is done is not done twice. If the one product of
a request fails, the answer is a problem.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.products.create_product import create_products
from wix_admin.products.operations import (
    ADD_MEDIA_V1,
    COUNT_PRODUCTS,
    CREATE_PRODUCT_V1,
    CREATE_PRODUCTS,
    CREATE_STOCKED_PRODUCTS,
    GET_PRODUCT_V1,
    QUERY_PRODUCTS,
    QUERY_PRODUCTS_V1,
    SET_VARIANTS_V1,
)
from wix_admin.products.product_input import CreateProductInput
from wix_admin.products.product_results import CreateProductAnswer
from wix_admin.wix.catalog import GET_CATALOG_VERSION


@admin_action(
    CreateProductInput,
    elevates=[
        GET_CATALOG_VERSION,
        CREATE_PRODUCTS,
        CREATE_STOCKED_PRODUCTS,
        QUERY_PRODUCTS,
        COUNT_PRODUCTS,
        CREATE_PRODUCT_V1,
        SET_VARIANTS_V1,
        ADD_MEDIA_V1,
        GET_PRODUCT_V1,
        QUERY_PRODUCTS_V1,
    ],
    key=Key.REQUIRED,
)
def handler(request: CreateProductInput, wix: WixClient, once: Once) -> CreateProductAnswer:
    return create_products(wix, once, request)
