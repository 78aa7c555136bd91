"""New products as catalog V1 reads them."""

from decimal import Decimal
from itertools import product as combined

from wix_admin.models import Json, without_none
from wix_admin.products.product_input import NewProduct, Option, Variant


def to_v1(product: NewProduct) -> Json:
    """Write a product as catalog V1 reads it: prices are numbers, a lower price is a discount."""
    price = product.price if product.price is not None else product.sold()[0].price
    before = product.compare_at_price
    return without_none(
        name=product.name,
        productType=product.product_type.lower(),
        priceData={"price": _number(price if before is None else before)},
        discount=_discount(price, before),
        costAndProfitData=None if product.cost is None else {"itemCost": _number(product.cost)},
        description=product.description,
        slug=product.slug,
        brand=product.brand,
        ribbon=product.ribbon,
        sku=product.sku,
        weight=product.weight,
        visible=None if product.visible else False,
        manageVariants=True if product.options else None,
        productOptions=[_option(each) for each in product.options] or None,
    )


def variants_to_v1(product: NewProduct) -> list[Json]:
    """Write every combination of choices, as catalog V1 makes them all; the unsold are hidden."""
    sold = {tuple(sorted(each.choices.items())): each for each in product.sold()}
    names = [option.name for option in product.options]
    choices = [[choice.name for choice in option.choices] for option in product.options]
    combinations = [dict(zip(names, chosen, strict=True)) for chosen in combined(*choices)]
    return [_variant(each, sold.get(tuple(sorted(each.items())))) for each in combinations]


def _discount(price: Decimal | None, before: Decimal | None) -> Json | None:
    if price is None or before is None or before <= price:
        return None
    return {"type": "AMOUNT", "value": _number(before - price)}


def _option(option: Option) -> Json:
    return {
        "name": option.name,
        "optionType": "drop_down" if option.render_type == "TEXT_CHOICES" else "color",
        "choices": [
            {"value": each.color_code or each.name, "description": each.name}
            for each in option.choices
        ],
    }


def _variant(choices: dict[str, str], variant: Variant | None) -> Json:
    if variant is None:
        return {"choices": choices, "visible": False}
    return without_none(
        choices=choices,
        price=_number(variant.price),
        visible=variant.visible,
        cost=None if variant.cost is None else _number(variant.cost),
        sku=variant.sku,
        weight=variant.weight,
    )


def _number(amount: Decimal | None) -> float:
    return float(amount or 0)
