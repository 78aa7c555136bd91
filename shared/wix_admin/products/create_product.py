"""Creates products, one or thousands, on whichever catalog the site has."""

from typing import override

from wix_admin.effects.batches import summarize
from wix_admin.effects.once import Effect, Once, Receipt, Sent
from wix_admin.models import Json
from wix_admin.products.product_input import CreateProductInput
from wix_admin.products.product_results import CreateProductAnswer, ProductResult
from wix_admin.products.product_rules import check_products
from wix_admin.products.v1 import create_on_v1
from wix_admin.products.v3 import create_on_v3
from wix_admin.wix.catalog import Catalog, on_catalog
from wix_admin.wix.client import WixClient


def create_products(wix: WixClient, once: Once, request: CreateProductInput) -> CreateProductAnswer:
    """Create the products, each once, and tell what became of each.

    Raises:
        InputError: If one of them is nothing that Wix would take.
        WixSetupError: If the site has no catalog, or was moved to another since the request began.
        AdminError: If nothing was done; with one product, also why that was not.
    """
    check_products(request.products)

    def create(catalog: Catalog) -> list[ProductResult]:
        chosen = once.make(CatalogChoice(catalog)).catalog
        creates = create_on_v3 if chosen == "V3_CATALOG" else create_on_v1
        return creates(wix, once, request.products)

    return summarize(CreateProductAnswer, on_catalog(wix, create), once)


class ChoiceReceipt(Receipt):
    """The catalog that a request was begun on."""

    catalog: Catalog


class CatalogChoice(Effect[ChoiceReceipt]):
    """Begins a request on one catalog, for good: what was made there is not made on another."""

    name = "products.choose_catalog"
    receipt = ChoiceReceipt
    target = "catalog"

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @override
    def check(self) -> Json:
        return {"catalog": self._catalog}

    @override
    def send(self, sent: Sent) -> ChoiceReceipt:
        """Change nothing: the choice is what the ledger remembers."""
        return ChoiceReceipt.model_validate(sent.before)

    @override
    def read_back(self, sent: Sent) -> ChoiceReceipt:
        return self.send(sent)
