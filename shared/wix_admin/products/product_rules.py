"""Finds what Wix would refuse of new products, before anything is sent.

A rule of Wix's that one product breaks may fail the whole call for a hundred.
"""

from collections.abc import Iterator, Sequence

from wix_admin.errors import InputError, Violation, pointer
from wix_admin.problems import MAX_TOLD
from wix_admin.products.product_input import NewProduct, Option, Variant

OF_VARIANTS = {
    "sku": "sku",
    "barcode": "barcode",
    "quantity": "quantity",
    "in_stock": "inStock",
}
"""What is told of each variant where there are any, and not of the product, with its JSON name."""


def check_products(products: Sequence[NewProduct]) -> None:
    """Refuse products whose parts do not fit each other, or one another.

    Raises:
        InputError: With each field that is wrong. Its text holds none of the caller's words.
    """
    found = [
        violation
        for index, product in enumerate(products)
        for violation in _wrong_with(product, pointer("products", index))
    ]
    found += _duplicates(products)
    if found:
        raise InputError("; ".join(map(str, found[:MAX_TOLD])), violations=found)


def _wrong_with(product: NewProduct, place: str) -> Iterator[Violation]:
    for number, option in enumerate(product.options):
        yield from _wrong_with_option(option, f"{place}/options/{number}")
    yield from _repeated(
        [each.name for each in product.options], f"{place}/options", "/name", "this option"
    )
    yield from _repeated(
        [each.url for each in product.media], f"{place}/media", "/url", "this file"
    )
    yield from _wrong_with_variants(product, place)
    for number, variant in enumerate(product.sold()):
        where = f"{place}/variants/{number}" if product.options else place
        yield from _wrong_with_sold(product, variant, where)


def _wrong_with_option(option: Option, place: str) -> Iterator[Violation]:
    names = [each.name for each in option.choices]
    yield from _repeated(names, f"{place}/choices", "/name", "this choice")
    swatches = option.render_type == "SWATCH_CHOICES"
    for number, choice in enumerate(option.choices):
        if (choice.color_code is not None) != swatches:
            yield Violation(
                f"{place}/choices/{number}/colorCode",
                "Send a color for each of SWATCH_CHOICES, and for none of TEXT_CHOICES",
            )


def _wrong_with_variants(product: NewProduct, place: str) -> Iterator[Violation]:
    if not product.options:
        if product.variants:
            yield Violation(f"{place}/options", "Send the options by which the variants differ")
        return
    if not product.variants:
        yield Violation(
            f"{place}/variants", "Send each combination that is sold, as Wix makes none by itself"
        )
    for name, written in OF_VARIANTS.items():
        if getattr(product, name) is not None:
            yield Violation(f"{place}/{written}", "Send it with each variant, not with the product")
    yield from _wrong_with_choices(product, place)


def _wrong_with_choices(product: NewProduct, place: str) -> Iterator[Violation]:
    choices = {
        option.name: {choice.name for choice in option.choices} for option in product.options
    }
    combinations = []
    for number, variant in enumerate(product.variants):
        if variant.choices.keys() != choices.keys() or any(
            chosen not in choices[name] for name, chosen in variant.choices.items()
        ):
            yield Violation(
                f"{place}/variants/{number}/choices",
                "Send one choice of each option, and no other",
            )
        combinations.append(str(sorted(variant.choices.items())))
    yield from _repeated(combinations, f"{place}/variants", "/choices", "this combination")


def _wrong_with_sold(product: NewProduct, sold: Variant, place: str) -> Iterator[Violation]:
    if sold.price is None:
        yield Violation(f"{place}/price", "Send the price")
    elif sold.compare_at_price is not None and sold.compare_at_price < sold.price:
        yield Violation(
            f"{place}/compareAtPrice",
            "Send the price before, or leave it out: it is not lower than the price",
        )
    if sold.quantity is not None and sold.in_stock is not None:
        yield Violation(f"{place}/inStock", "Send quantity or inStock, not both")
    if product.product_type == "DIGITAL":
        if sold.digital_file_id is None:
            yield Violation(f"{place}/digitalFileId", "Send the file of a DIGITAL product")
        if sold.weight is not None:
            yield Violation(f"{place}/weight", "Leave it out: a DIGITAL product has no weight")
    elif sold.digital_file_id is not None:
        yield Violation(f"{place}/digitalFileId", "Leave it out: only a DIGITAL product has a file")


def _duplicates(products: Sequence[NewProduct]) -> Iterator[Violation]:
    """Find what only one product or variant of a site can have."""
    seen: set[tuple[str, str]] = set()
    for index, product in enumerate(products):
        place = pointer("products", index)
        unique = [(place, name, getattr(product, name)) for name in ("slug", "handle")]
        for number, variant in enumerate(product.sold()):
            where = f"{place}/variants/{number}" if product.options else place
            unique += [(where, name, getattr(variant, name)) for name in ("sku", "barcode")]
        for where, name, value in unique:
            if (name, value) in seen:
                yield Violation(
                    f"{where}/{name}", "Send another: a product or variant before it has the same"
                )
            if value is not None:
                seen.add((name, value))


def _repeated(values: Sequence[str], place: str, field: str, what: str) -> Iterator[Violation]:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            yield Violation(
                f"{place}/{number}{field}", f"Leave it out: {what} is there once already"
            )
        seen.add(value)
