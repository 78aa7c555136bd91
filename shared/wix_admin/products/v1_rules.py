"""Finds what catalog V1 does not have of what is said of a new product."""

from collections.abc import Callable, Iterator
from math import prod

from wix_admin.errors import Violation
from wix_admin.products.product_input import NewProduct

LONGEST_DESCRIPTION = 8000
LONGEST_SLUG = 100
MOST_CHOICES = 100
MOST_COMBINATIONS = 1000

STOCK = "stock with the product (see update_inventory)"


def _choices(product: NewProduct) -> list[int]:
    return [len(option.choices) for option in product.options]


UNSUPPORTED: tuple[tuple[str, str, Callable[[NewProduct], bool]], ...] = (
    ("productType", "DIGITAL products", lambda product: product.product_type == "DIGITAL"),
    ("handle", "a handle", lambda product: product.handle is not None),
    ("tags", "tags", lambda product: product.tags is not None),
    ("barcode", "a barcode", lambda product: product.barcode is not None),
    (
        "description",
        "a description above 8,000",
        lambda product: len(product.description or "") > LONGEST_DESCRIPTION,
    ),
    ("slug", "a slug above 100 characters", lambda product: len(product.slug or "") > LONGEST_SLUG),
    (
        "options",
        "more than 100 choices",
        lambda product: max(_choices(product), default=0) > MOST_CHOICES,
    ),
    (
        "options",
        "more than 1,000 combinations",
        lambda product: prod(_choices(product)) > MOST_COMBINATIONS,
    ),
    (
        "compareAtPrice",
        "a compareAtPrice of variants",
        lambda product: bool(product.options) and product.compare_at_price is not None,
    ),
    ("quantity", STOCK, lambda product: product.quantity is not None),
    ("inStock", STOCK, lambda product: product.in_stock is not None),
)
"""Fields of a product, what V1 does not have of them, and whether a product has that."""

UNSUPPORTED_OF_VARIANTS = (
    ("barcode", "barcode", "a barcode"),
    ("compareAtPrice", "compare_at_price", "a compareAtPrice of variants"),
    ("quantity", "quantity", STOCK),
    ("inStock", "in_stock", STOCK),
)
"""Fields of a variant that V1 does not have: how they are written, called here and described."""


def unsupported(product: NewProduct, place: str) -> Iterator[Violation]:
    """Name what catalog V1 cannot express of a product, or not surely."""
    for field, what, applies in UNSUPPORTED:
        if applies(product):
            yield Violation(f"{place}/{field}", what)
    for number, picture in enumerate(product.media):
        if picture.alt_text is not None:
            yield Violation(f"{place}/media/{number}/altText", "an altText")
    for number, variant in enumerate(product.variants):
        for field, name, what in UNSUPPORTED_OF_VARIANTS:
            if getattr(variant, name) is not None:
                yield Violation(f"{place}/variants/{number}/{field}", what)
