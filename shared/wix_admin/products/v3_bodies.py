"""New products as catalog V3 reads them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from wix_admin.models import Json, to_price, without_none
from wix_admin.products.product_input import NewProduct, Option, Picture, Tags, Variant


def to_v3(product: NewProduct, handle: str) -> Json:
    """Write a product as catalog V3 reads it."""
    return without_none(
        name=product.name,
        productType=product.product_type,
        handle=handle,
        physicalProperties={} if product.product_type == "PHYSICAL" else None,
        visible=None if product.visible else False,
        slug=product.slug,
        plainDescription=product.description,
        brand=_named(product.brand),
        ribbon=_named(product.ribbon),
        media=_media(product.media),
        tags=_tags(product.tags),
        options=[_option(each) for each in product.options] or None,
        variantsInfo={"variants": [_variant(product, each) for each in product.sold()]},
    )


def _named(name: str | None) -> Json | None:
    return None if name is None else {"name": name}


def _media(pictures: Sequence[Picture]) -> Json | None:
    items = [each.model_dump(by_alias=True, exclude_none=True) for each in pictures]
    return {"itemsInfo": {"items": items}} if items else None


def _tags(tags: Tags | None) -> Json | None:
    if tags is None:
        return None
    return {"publicTags": {"tagIds": tags.public}, "privateTags": {"tagIds": tags.private}}


def _option(option: Option) -> Json:
    choices: list[Json] = [
        {"choiceType": "CHOICE_TEXT", "name": each.name}
        if each.color_code is None
        else {"choiceType": "ONE_COLOR", "name": each.name, "colorCode": each.color_code}
        for each in option.choices
    ]
    return {
        "name": option.name,
        "optionRenderType": option.render_type,
        "choicesSettings": {"choices": choices},
    }


def _variant(product: NewProduct, sold: Variant) -> Json:
    is_physical = product.product_type == "PHYSICAL"
    return without_none(
        price=without_none(
            actualPrice=_price(sold.price), compareAtPrice=_price(sold.compare_at_price)
        ),
        choices=[_choice(each, sold.choices) for each in product.options] or None,
        visible=None if sold.visible else False,
        sku=sold.sku,
        barcode=sold.barcode,
        revenueDetails=without_none(cost=_price(sold.cost)) or None,
        physicalProperties=without_none(weight=sold.weight) if is_physical else None,
        digitalProperties=None if is_physical else {"digitalFile": {"id": sold.digital_file_id}},
        inventoryItem=without_none(quantity=sold.quantity, inStock=sold.in_stock) or None,
    )


def _price(amount: Decimal | None) -> Json | None:
    return None if amount is None else to_price(amount)


def _choice(option: Option, chosen: Mapping[str, str]) -> Json:
    return {
        "optionChoiceNames": {
            "optionName": option.name,
            "choiceName": chosen[option.name],
            "renderType": option.render_type,
        }
    }
