"""What the products' functions may call at Wix (Stores: catalog V3, and V1 on older sites).

Creating has no idempotency key at Wix and is never repeated blindly. A V3 product carries a handle
of ours, by which a lost answer is read back; a V1 product is told by its SKU or its name.
"""

from wix_admin.wix.operations import Operation

BULK_SECONDS = 15.0

CREATE_PRODUCTS = Operation(
    "products.create",
    "POST",
    "/stores/v3/bulk/products/create",
    "WIX_STORES.PRODUCT_CREATE",
    repeatable=False,
    seconds=BULK_SECONDS,
)
CREATE_STOCKED_PRODUCTS = Operation(
    "products.create_stocked",
    "POST",
    "/stores/v3/bulk/products-with-inventory/create",
    "WIX_STORES.PRODUCT_CREATE and WIX_STORES.INVENTORY_CREATE",
    repeatable=False,
    seconds=BULK_SECONDS,
)
QUERY_PRODUCTS = Operation(
    "products.query",
    "POST",
    "/stores/v3/products/query",
    "WIX_STORES.PRODUCT_READ",
    repeatable=True,
    reads=True,
)
COUNT_PRODUCTS = Operation(
    "products.count",
    "POST",
    "/stores/v3/products/count",
    "WIX_STORES.PRODUCT_READ",
    repeatable=True,
    reads=True,
)
CREATE_PRODUCT_V1 = Operation(
    "products.create_v1",
    "POST",
    "/stores/v1/products",
    "WIX_STORES.MODIFY_PRODUCTS",
    repeatable=False,
)
SET_VARIANTS_V1 = Operation(
    "products.set_variants_v1",
    "PATCH",
    "/stores/v1/products/{product_id}/variants",
    "WIX_STORES.MODIFY_PRODUCTS",
    repeatable=True,
)
ADD_MEDIA_V1 = Operation(
    "products.add_media_v1",
    "POST",
    "/stores/v1/products/{product_id}/media",
    "WIX_STORES.MODIFY_PRODUCTS",
    repeatable=False,
)
GET_PRODUCT_V1 = Operation(
    "products.get_v1",
    "GET",
    "/stores-reader/v1/products/{product_id}",
    "WIX_STORES.READ_PRODUCTS",
    repeatable=True,
    reads=True,
)
QUERY_PRODUCTS_V1 = Operation(
    "products.query_v1",
    "POST",
    "/stores-reader/v1/products/query",
    "WIX_STORES.READ_PRODUCTS",
    repeatable=True,
    reads=True,
)
