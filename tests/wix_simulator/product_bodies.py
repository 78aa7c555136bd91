"""What a caller may say of a product of catalog V3."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from tests.wix_simulator.bodies import Body, Guid
from tests.wix_simulator.errors import Json

FIELDS = frozenset(
    {
        "ALL_CATEGORIES_INFO",
        "BREADCRUMBS_INFO",
        "CURRENCY",
        "DESCRIPTION",
        "DIRECT_CATEGORIES_INFO",
        "DISCOUNT_INFO",
        "INFO_SECTION",
        "INFO_SECTION_DESCRIPTION",
        "INFO_SECTION_PLAIN_DESCRIPTION",
        "MEDIA_ITEMS_INFO",
        "MERCHANT_DATA",
        "PLAIN_DESCRIPTION",
        "PRODUCT_CHOICES_DISPLAY_IMAGE",
        "PRODUCT_CHOICES_MEDIA_REFERENCES",
        "SUBSCRIPTION_PRICES_INFO",
        "THUMBNAIL",
        "URL",
        "VARIANT_OPTION_CHOICE_NAMES",
        "WEIGHT_MEASUREMENT_UNIT_INFO",
    }
)
"""What a caller may ask for besides; `MIN_PRICE_VARIANT` goes with lists only."""

_MOST = Decimal("999999999.99")


def _at_most(written: str) -> str:
    if Decimal(written) > _MOST:
        raise ValueError(f"must be at most {_MOST}")
    return written


def _field(name: str) -> str:
    if name not in FIELDS | {"MIN_PRICE_VARIANT"}:
        raise ValueError("is not a known field")
    return name


type Text50 = Annotated[str, StringConstraints(min_length=1, max_length=50)]
type Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
type LongHtml = Annotated[str, StringConstraints(max_length=16000)]
type MoneyText = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$"), AfterValidator(_at_most)
]
type Quantity = Annotated[int, Field(ge=-99999, le=99999)]
type ProductId = Annotated[str, StringConstraints(min_length=1, max_length=36)]
RequestedFields = Annotated[
    list[Annotated[str, AfterValidator(_field)]], Field(max_length=100, default_factory=list)
]


class Money(Body):
    """An amount. The formatted copy is read-only and ignored."""

    amount: MoneyText
    formatted_amount: str | None = None


class Prices(Body):
    """What a variant costs, and what it is said to have cost."""

    actual_price: Money
    compare_at_price: Money | None = None


class ChoiceIds(Body):
    """One choice of an option, by their ids."""

    option_id: Guid
    choice_id: Guid


class ChoiceNames(Body):
    """One choice of an option, by their names."""

    option_name: Text50
    choice_name: Text50
    render_type: Literal["TEXT_CHOICES", "SWATCH_CHOICES"] = "TEXT_CHOICES"


class VariantChoice(Body):
    """One choice of an option."""

    option_choice_ids: ChoiceIds | None = None
    option_choice_names: ChoiceNames | None = None


class Preorder(Body):
    """Whether what is out of stock can be ordered all the same."""

    enabled: bool | None = None
    message: Annotated[str, StringConstraints(min_length=1, max_length=250)] | None = None
    limit: Annotated[int, Field(ge=0, le=100000)] | None = None


class VariantStock(Body):
    """The stock of a variant at the default location."""

    quantity: Quantity | None = None
    in_stock: bool | None = None
    preorder_info: Preorder | None = None


class _Revenue(Body):
    cost: Money | None = None


class _DigitalFile(Body):
    id: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _DigitalProperties(Body):
    digital_file: _DigitalFile | None = None


class Variant(Body):
    """One thing that can be bought."""

    id: Guid | None = None
    visible: bool | None = None
    sku: Code | None = None
    barcode: Code | None = None
    choices: Annotated[list[VariantChoice], Field(max_length=6)] | None = None
    price: Prices
    revenue_details: _Revenue | None = None
    physical_properties: Json | None = None
    digital_properties: _DigitalProperties | None = None


class StockedVariant(Variant):
    """The same, with its stock."""

    inventory_item: VariantStock | None = None


class _VariantsInfo(Body):
    variants: Annotated[list[Variant], Field(min_length=1, max_length=1000)]


class _StockedVariantsInfo(Body):
    variants: Annotated[list[StockedVariant], Field(min_length=1, max_length=1000)]


class _Choice(Body):
    choice_id: Guid | None = None
    name: Text50 | None = None
    choice_type: Literal["CHOICE_TEXT", "ONE_COLOR"] | None = None
    color_code: str | None = None
    media: Json | None = None
    linked_media: list[Any] | None = None


class _Choices(Body):
    choices: Annotated[list[_Choice], Field(min_length=1, max_length=1000)]


class Option(Body):
    """A choice between variants."""

    id: Guid | None = None
    name: Text50 | None = None
    option_render_type: Literal["TEXT_CHOICES", "SWATCH_CHOICES"] | None = None
    choices_settings: _Choices | None = None


class Modifier(Body):
    """A choice that makes no variants."""

    id: Guid | None = None
    name: Text50 | None = None
    modifier_render_type: Literal["FREE_TEXT", "TEXT_CHOICES", "SWATCH_CHOICES"] | None = None
    mandatory: bool | None = None
    free_text_settings: Json | None = None
    choices_settings: Json | None = None


class _MediaItem(Body):
    id: str | None = None
    url: Annotated[str, StringConstraints(min_length=1)] | None = None
    alt_text: Annotated[str, StringConstraints(max_length=1000)] | None = None
    display_name: Annotated[str, StringConstraints(max_length=80)] | None = None


class _MediaItems(Body):
    items: Annotated[list[_MediaItem], Field(max_length=50)]


class _Media(Body):
    items_info: _MediaItems | None = None


class _Brand(Body):
    id: Guid | None = None
    name: Text50 | None = None


class _Ribbon(Body):
    id: Guid | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=30)] | None = None


class InfoSection(Body):
    """A text beside the description."""

    id: Guid | None = None
    unique_name: Annotated[str, StringConstraints(max_length=100)] | None = None
    title: Annotated[str, StringConstraints(max_length=50)] | None = None
    description: Json | None = None
    plain_description: LongHtml | None = None


class _TagIds(Body):
    tag_ids: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=5)]], Field(max_length=100)
    ]


class _Tags(Body):
    public_tags: _TagIds | None = None
    private_tags: _TagIds | None = None


class _ExtendedFields(Body):
    namespaces: dict[str, Json]


class _ProductFields(Body):
    slug: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    physical_properties: Json | None = None
    visible: bool | None = None
    visible_in_pos: bool | None = None
    description: Json | None = None
    plain_description: LongHtml | None = None
    media: _Media | None = None
    seo_data: Json | None = None
    tax_group_id: Guid | None = None
    options: Annotated[list[Option], Field(max_length=6)] | None = None
    modifiers: Annotated[list[Modifier], Field(max_length=10)] | None = None
    brand: _Brand | None = None
    ribbon: _Ribbon | None = None
    additional_ribbons: Annotated[list[_Ribbon], Field(max_length=4)] | None = None
    info_sections: Annotated[list[InfoSection], Field(max_length=20)] | None = None
    main_category_id: Guid | None = None
    purchase_eligibility: Json | None = None
    subscription_details: Json | None = None
    tags: _Tags | None = None
    extended_fields: _ExtendedFields | None = None


class _NewFields(_ProductFields):
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    product_type: Literal["PHYSICAL", "DIGITAL"]
    handle: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


class NewProduct(_NewFields):
    """A product to create."""

    variants_info: _VariantsInfo


class NewStockedProduct(_NewFields):
    """A product to create, with its stock."""

    variants_info: _StockedVariantsInfo


class ProductChanges(_ProductFields):
    """What is to be changed of a product: what is not told stays."""

    revision: str
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    variants_info: _VariantsInfo | None = None


def with_text_prices(value: Any) -> Any:
    """A copy of a body whose amounts are text, whatever they were."""
    if isinstance(value, list):
        return [with_text_prices(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: str(each)
        if name == "amount" and isinstance(each, int | float)
        else with_text_prices(each)
        for name, each in value.items()
    }
