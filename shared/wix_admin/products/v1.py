"""Creates products on catalog V1: one call for each, then its variants and its media.

What catalog V1 does not have is refused by its name. An answer that got lost is read back by SKU,
else by name: whatever looks like the product and was not there before.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import product as combined
from json import dumps
from math import prod
from typing import ClassVar

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
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as
from wix_admin.wix.traffic import Request
from wix_auth import WixAuthError

LONGEST_DESCRIPTION = 8000
LONGEST_SLUG = 100
MOST_CHOICES = 100
MOST_COMBINATIONS = 1000

LARGEST_PAGE = 100

NEW_ID = "<id of the new product>"
"""What a dry run writes for it."""


@dataclass(frozen=True, slots=True)
class Wanted:
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
        if (missing := list(_not_here(product, pointer("products", index))))
    }
    possible = [
        [Wanted(index, product)]
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
        then=partial(_completed, wix, once),
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


def _not_here(product: NewProduct, place: str) -> Iterator[Violation]:
    """Name what catalog V1 cannot express, or not surely."""
    description, slug = product.description or "", product.slug or ""
    choices = [len(option.choices) for option in product.options]
    rules = [
        ("productType", product.product_type == "DIGITAL", "DIGITAL products"),
        ("handle", product.handle is not None, "a handle"),
        ("tags", product.tags is not None, "tags"),
        ("barcode", product.barcode is not None, "a barcode"),
        ("description", len(description) > LONGEST_DESCRIPTION, "a description above 8,000"),
        ("slug", len(slug) > LONGEST_SLUG, "a slug above 100 characters"),
        ("options", any(each > MOST_CHOICES for each in choices), "more than 100 choices"),
        ("options", prod(choices) > MOST_COMBINATIONS, "more than 1,000 combinations"),
        (
            "compareAtPrice",
            bool(product.options) and product.compare_at_price is not None,
            "a compareAtPrice of variants",
        ),
        ("quantity", product.quantity is not None, "stock with the product (see update_inventory)"),
        ("inStock", product.in_stock is not None, "stock with the product (see update_inventory)"),
    ]
    for number, picture in enumerate(product.media):
        rules.append((f"media/{number}/altText", picture.alt_text is not None, "an altText"))
    for number, variant in enumerate(product.variants):
        where = f"variants/{number}"
        rules += [
            (f"{where}/barcode", variant.barcode is not None, "a barcode"),
            (
                f"{where}/compareAtPrice",
                variant.compare_at_price is not None,
                "a compareAtPrice of variants",
            ),
            (
                f"{where}/quantity",
                variant.quantity is not None,
                "stock with the product (see update_inventory)",
            ),
            (
                f"{where}/inStock",
                variant.in_stock is not None,
                "stock with the product (see update_inventory)",
            ),
        ]
    for field, applies, what in rules:
        if applies:
            yield Violation(f"{place}/{field}", what)


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

    def __init__(self, wix: WixClient, target: str, wanted: Wanted) -> None:
        self.target = target
        self._wix = wix
        self._wanted = wanted

    def check(self) -> Json:
        """See which products look like it already."""
        return {"alike": self._alike()}

    def send(self, sent: Sent) -> CreateReceipt:
        """Create it."""
        del sent
        reply = self._wix.call(CREATE_PRODUCT_V1, body={"product": to_v1(self._wanted.product)})
        product = read_as(_Product, reply.get("product"), CREATE_PRODUCT_V1)
        if not product.id:
            raise OutcomeUnknownError(f"{CREATE_PRODUCT_V1.name}: Wix's answer has no id")
        return self._receipt(product.id)

    def rehearse(self, sent: Sent) -> CreateReceipt:
        """Name the calls that follow, too."""
        try:
            return self.send(sent)
        except WithheldError:
            for effect in _details(self._wix, self._wanted, NEW_ID):
                effect.announce()
            raise

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
        done = ProductResult(index=self._wanted.index, status="done", product_id=product_id)
        return CreateReceipt(results=[done])

    def _alike(self) -> list[str]:
        """Return the ids of the newest products with the SKU, or with the name if it has none.

        Wix: `POST /stores-reader/v1/products/query`.
        """
        product = self._wanted.product
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

    def __init__(self, wix: WixClient, wanted: Wanted, product_id: str) -> None:
        self.target = product_id
        self._wix = wix
        self._product = wanted.product

    def check(self) -> Json:
        """Leave it to Wix."""
        return {}

    @abstractmethod
    def body(self) -> Json:
        """Return what is sent."""

    def send(self, sent: Sent) -> DetailReceipt:
        """Give it to the product."""
        del sent
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

    def read_back(self, sent: Sent) -> DetailReceipt:
        """Set them again, which is as good as finding them set."""
        return self.send(sent)

    def body(self) -> Json:
        """Return the variants."""
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

    def read_back(self, sent: Sent) -> DetailReceipt | None:
        """See whether it has any by now."""
        del sent
        reply = self._wix.call(GET_PRODUCT_V1, product_id=self.target)
        product = read_as(_WithMedia, reply.get("product"), GET_PRODUCT_V1)
        has_media = product.media and product.media.items
        return DetailReceipt(product_id=self.target) if has_media else None

    def body(self) -> Json:
        """Return the addresses."""
        return {"media": [{"url": each.url} for each in self._product.media]}


def _details(wix: WixClient, wanted: Wanted, product_id: str) -> list[_Detail]:
    details: list[_Detail] = []
    if wanted.product.options:
        details.append(VariantsChange(wix, wanted, product_id))
    if wanted.product.media:
        details.append(MediaAddition(wix, wanted, product_id))
    return details


def _completed(wix: WixClient, once: Once, wanted: Wanted, done: ProductResult) -> ProductResult:
    """Give a product that is there its variants and its media, or tell what it lacks."""
    old = once.replayed
    for effect in _details(wix, wanted, done.product_id or ""):
        try:
            once.make(effect)
            old = old and once.replayed
        except (WixRequestError, RefusedError) as error:
            reason = _reason(error, wanted, effect)
            done = done.model_copy(update={effect.error_field: reason})
            old = old and error.replayed
        except (AdminError, WixAuthError) as error:
            status = "unknown" if isinstance(error, OutcomeUnknownError) else "left"
            reason = _reason(error, wanted, effect)
            done = done.model_copy(
                update={"status": status, "error": reason, effect.error_field: reason}
            )
            old = False
    once.replayed = old
    return done


def _reason(error: AdminError | WixAuthError, wanted: Wanted, effect: _Detail) -> ItemError:
    return ItemError(
        code=code_of(error),
        detail=f"Product {effect.target} is there without its {effect.field}: {error}",
        field=pointer("products", wanted.index, effect.field),
        wix_code=error.wix_code if isinstance(error, AdminError) else None,
    )


# ---- What Wix is sent -----------------------------------------------------------


def to_v1(product: NewProduct) -> Json:
    """Write a product as catalog V1 reads it: prices are numbers, a lower price is a discount."""
    sold = product.sold()
    price = product.price if product.price is not None else sold[0].price
    before = product.compare_at_price
    body: Json = {
        "name": product.name,
        "productType": product.product_type.lower(),
        "priceData": {"price": _number(before if before is not None else price)},
    }
    if before is not None and price is not None and before > price:
        body["discount"] = {"type": "AMOUNT", "value": _number(before - price)}
    if product.cost is not None:
        body["costAndProfitData"] = {"itemCost": _number(product.cost)}
    for name in ("description", "slug", "brand", "ribbon", "sku", "weight"):
        if getattr(product, name) is not None:
            body[name] = getattr(product, name)
    if not product.visible:
        body["visible"] = False
    if product.options:
        body["manageVariants"] = True
        body["productOptions"] = [
            {
                "name": option.name,
                "optionType": "drop_down" if option.render_type == "TEXT_CHOICES" else "color",
                "choices": [
                    {"value": each.color_code or each.name, "description": each.name}
                    for each in option.choices
                ],
            }
            for option in product.options
        ]
    return body


def variants_to_v1(product: NewProduct) -> list[Json]:
    """Write every combination of choices, as catalog V1 makes them all; the unsold are hidden."""
    sold = {tuple(sorted(each.choices.items())): each for each in product.sold()}
    names = [option.name for option in product.options]
    bodies: list[Json] = []
    for chosen in combined(*([each.name for each in option.choices] for option in product.options)):
        choices = dict(zip(names, chosen, strict=True))
        variant = sold.get(tuple(sorted(choices.items())))
        if variant is None:
            bodies.append({"choices": choices, "visible": False})
            continue
        body: Json = {
            "choices": choices,
            "price": _number(variant.price),
            "visible": variant.visible,
        }
        if variant.cost is not None:
            body["cost"] = _number(variant.cost)
        if variant.sku is not None:
            body["sku"] = variant.sku
        if variant.weight is not None:
            body["weight"] = variant.weight
        bodies.append(body)
    return bodies


def _number(amount: Decimal | None) -> float:
    return float(amount or 0)
