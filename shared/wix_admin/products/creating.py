"""Creates products, one or thousands, on whichever catalog the site has."""

from wix_admin.batches import summed
from wix_admin.catalog import Catalog, on_catalog
from wix_admin.client import WixClient
from wix_admin.once import Once
from wix_admin.products.checking import check_products
from wix_admin.products.describing import CreateProductInput
from wix_admin.products.results import CreateProductAnswer, ProductResult
from wix_admin.products.v1 import create_on_v1
from wix_admin.products.v3 import create_on_v3


def create_products(wix: WixClient, once: Once, asked: CreateProductInput) -> CreateProductAnswer:
    """Create the products, each once, and tell what became of each.

    Raises:
        InputError: If one of them is nothing that Wix would take.
        WixSetupError: If the site has no catalog.
        AdminError: If nothing was done; with one product, also why that was not.
    """
    check_products(asked.products)

    def create(catalog: Catalog) -> list[ProductResult]:
        creates = create_on_v3 if catalog == "V3_CATALOG" else create_on_v1
        return creates(wix, once, asked.products)

    return summed(CreateProductAnswer, on_catalog(wix, create), once)
