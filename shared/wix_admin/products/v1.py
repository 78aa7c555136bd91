"""Creates products on catalog V1: one call for each, then its variants and its media.

What catalog V1 does not have is refused by its name. An answer that got lost is read back by SKU,
else by name: whatever looks like the product and was not there before.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from json import dumps
from typing import ClassVar, override

from wix_admin.effects.batches import Batch, BatchReceipt, ItemError, refused
from wix_admin.effects.once import Effect, Once, Receipt, Sent
from wix_admin.errors import (
    AdminError,
    OutcomeUnknownError,
    RefusedError,
    Violation,
    WithheldError,
    WixRequestError,
    pointer,
)
from wix_admin.models import Json, WixEntity
from wix_admin.problems import code_of
from wix_admin.products.operations import (
    ADD_MEDIA_V1,
    CREATE_PRODUCT_V1,
    CREATE_PRODUCTS,
    GET_PRODUCT_V1,
    QUERY_PRODUCTS_V1,
    SET_VARIANTS_V1,
)
from wix_admin.products.product_input import NewProduct
from wix_admin.products.product_results import CreateReceipt, ProductResult
from wix_admin.products.v1_bodies import to_v1, variants_to_v1
from wix_admin.products.v1_rules import unsupported
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as
from wix_admin.wix.traffic import Request
from wix_auth import WixAuthError

LARGEST_PAGE = 100

NEW_ID = "<id of the new product>"
"""What a dry run writes for it."""


@dataclass(frozen=True, slots=True)
class IndexedProduct:
    """One product of a request, and its place there."""

    index: int
    product: NewProduct


def create_on_v1(wix: WixClient, once: Once, products: Sequence[NewProduct]) -> list[ProductResult]:
    """Create the products that catalog V1 can have, one by one.

    Wix: `POST /stores/v1/products`, then `PATCH /stores/v1/products/{id}/variants` for one with
    options and `POST /stores/v1/products/{id}/media` for one with media.

    Raises:
        WixSetupError: If the site has another catalog.
        AdminError: If nothing was done, and the reason is not about the products.
    """
    impossible = {
        index: missing
        for index, product in enumerate(products)
        if (missing := list(unsupported(product, pointer("products", index))))
    }
    possible = [
        [IndexedProduct(index, product)]
        for index, product in enumerate(products)
        if index not in impossible
    ]
    batch = Batch(
        wix=wix,
        once=once,
        effect=lambda target, items: ProductCreation(wix, target, items[0]),
        result=ProductResult,
        rounds=1,
        log_as="Creating products",
        then=partial(_complete, wix, once),
    )
    return batch.make(possible) + [
        _refusal(index, missing) for index, missing in impossible.items()
    ]


def _refusal(index: int, missing: list[Violation]) -> ProductResult:
    names = ", ".join(dict.fromkeys(each.detail for each in missing))
    error = RefusedError(
        f"The site has catalog V1, which does not have this: {names}. Leave it out",
        code="not_in_this_catalog",
        violations=missing,
    )
    return refused(ProductResult, index, error)


class _Product(WixEntity):
    id: str | None = None
    name: str | None = None
    sku: str | None = None


class _Found(WixEntity):
    products: list[_Product] | None = None


class ProductCreation(Effect[BatchReceipt[ProductResult]]):
    """Creates one product, so far without the prices of its variants and without media."""

    name = CREATE_PRODUCTS.name
    receipt = CreateReceipt

    def __init__(self, wix: WixClient, target: str, item: IndexedProduct) -> None:
        self.target = target
        self._wix = wix
        self._item = item

    @override
    def check(self) -> Json:
        """See which products look like it already."""
        return {"alike": self._alike()}

    @override
    def send(self, sent: Sent) -> CreateReceipt:
        reply = self._wix.call(CREATE_PRODUCT_V1, body={"product": to_v1(self._item.product)})
        product = read_as(_Product, reply.get("product"), CREATE_PRODUCT_V1)
        if not product.id:
            raise OutcomeUnknownError(f"{CREATE_PRODUCT_V1.name}: Wix's answer has no id")
        return self._receipt(product.id)

    @override
    def rehearse(self, sent: Sent) -> CreateReceipt:
        """Name the calls that follow, too."""
        try:
            return self.send(sent)
        except WithheldError:
            for effect in _details(self._wix, self._item, NEW_ID):
                effect.announce()
            raise

    @override
    def read_back(self, sent: Sent) -> CreateReceipt | None:
        """Look for one that looks like it and was not there before.

        Raises:
            OutcomeUnknownError: If there are several.
        """
        new = [each for each in self._alike() if each not in sent.before.get("alike", [])]
        if len(new) > 1:
            raise OutcomeUnknownError("Several new products look like this one")
        return self._receipt(new[0]) if new else None

    def _receipt(self, product_id: str) -> CreateReceipt:
        done = ProductResult(index=self._item.index, status="done", product_id=product_id)
        return CreateReceipt(results=[done])

    def _alike(self) -> list[str]:
        """Return the ids of the newest products with the SKU, or with the name if it has none.

        Wix: `POST /stores-reader/v1/products/query`.
        """
        product = self._item.product
        field, value = ("sku", product.sku) if product.sku else ("name", product.name)
        query = {
            "paging": {"limit": LARGEST_PAGE, "offset": 0},
            "filter": dumps({field: value}),
            "sort": dumps([{"numericId": "desc"}]),
        }
        reply = self._wix.call(
            QUERY_PRODUCTS_V1, body={"query": query, "includeHiddenProducts": True}
        )
        found = read_as(_Found, reply, QUERY_PRODUCTS_V1).products or []
        return [each.id for each in found if each.id and getattr(each, field) == value]


# ---- What a product needs once it is there --------------------------------------


class DetailReceipt(Receipt):
    """The product that got its variants or its media."""

    product_id: str


class _Detail(Effect[DetailReceipt]):
    """Something that a product gets once it is there."""

    receipt = DetailReceipt
    operation: ClassVar[Operation]
    error_field: ClassVar[str]
    field: ClassVar[str]

    def __init__(self, wix: WixClient, item: IndexedProduct, product_id: str) -> None:
        self.target = product_id
        self._wix = wix
        self._product = item.product

    @override
    def check(self) -> Json:
        return {}

    @abstractmethod
    def body(self) -> Json:
        """Return what is sent."""

    @override
    def send(self, sent: Sent) -> DetailReceipt:
        self._wix.call(self.operation, body=self.body(), product_id=self.target)
        return DetailReceipt(product_id=self.target)

    def announce(self) -> None:
        """Name the call in a dry run."""
        if self._wix.rehearsal is not None:
            path = self.operation.path.format(product_id=self.target)
            request = Request(self.operation.method, path, self.body())
            self._wix.rehearsal.requests.append(request)


class VariantsChange(_Detail):
    """Sets the prices and so on of all combinations, and hides those that are not sold.

    Wix: `PATCH /stores/v1/products/{id}/variants`. Doing it twice changes nothing.
    """

    name = SET_VARIANTS_V1.name
    operation = SET_VARIANTS_V1
    error_field, field = "variants_error", "variants"

    @override
    def read_back(self, sent: Sent) -> DetailReceipt:
        """Set them again, which is as good as finding them set."""
        return self.send(sent)

    @override
    def body(self) -> Json:
        return {"variants": variants_to_v1(self._product)}


class _Media(WixEntity):
    items: list[Json] | None = None


class _WithMedia(WixEntity):
    media: _Media | None = None


class MediaAddition(_Detail):
    """Lets Wix fetch the media of a product that has none yet.

    Wix: `POST /stores/v1/products/{id}/media`.
    """

    name = ADD_MEDIA_V1.name
    operation = ADD_MEDIA_V1
    error_field, field = "media_error", "media"

    @override
    def read_back(self, sent: Sent) -> DetailReceipt | None:
        reply = self._wix.call(GET_PRODUCT_V1, product_id=self.target)
        product = read_as(_WithMedia, reply.get("product"), GET_PRODUCT_V1)
        has_media = product.media and product.media.items
        return DetailReceipt(product_id=self.target) if has_media else None

    @override
    def body(self) -> Json:
        return {"media": [{"url": each.url} for each in self._product.media]}


def _details(wix: WixClient, item: IndexedProduct, product_id: str) -> list[_Detail]:
    details: list[_Detail] = []
    if item.product.options:
        details.append(VariantsChange(wix, item, product_id))
    if item.product.media:
        details.append(MediaAddition(wix, item, product_id))
    return details


def _complete(
    wix: WixClient, once: Once, item: IndexedProduct, done: ProductResult
) -> ProductResult:
    """Give a product that is there its variants and its media, or tell what it lacks."""
    replayed = once.replayed
    for effect in _details(wix, item, done.product_id or ""):
        try:
            once.make(effect)
            replayed = replayed and once.replayed
        except (WixRequestError, RefusedError) as error:
            reason = _reason(error, item, effect)
            done = done.model_copy(update={effect.error_field: reason})
            replayed = replayed and error.replayed
        except (AdminError, WixAuthError) as error:
            status = "unknown" if isinstance(error, OutcomeUnknownError) else "left"
            reason = _reason(error, item, effect)
            done = done.model_copy(
                update={"status": status, "error": reason, effect.error_field: reason}
            )
            replayed = False
    once.replayed = replayed
    return done


def _reason(error: AdminError | WixAuthError, item: IndexedProduct, effect: _Detail) -> ItemError:
    return ItemError(
        code=code_of(error),
        detail=f"Product {effect.target} is there without its {effect.field}: {error}",
        field=pointer("products", item.index, effect.field),
        wix_code=error.wix_code if isinstance(error, AdminError) else None,
    )
