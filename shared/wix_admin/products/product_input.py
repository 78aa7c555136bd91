"""What a caller says of new products: one description for either version of the catalog."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self, override

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from wix_admin.models import FunctionInput, OrSay, WriteInput, plain

PRICE_PATTERN = r"[0-9]{1,9}(\.[0-9]{1,3})?"
PRICE = re.compile(PRICE_PATTERN)
LARGEST_PRICE = Decimal("999999999.99")


def _price(value: object) -> Decimal:
    """Read a price from text; a JSON number may have lost a digit already."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not PRICE.fullmatch(value):
        raise PydanticCustomError(
            "price",
            "Send a price as text in quotes, with a dot and at most three decimals,"
            ' such as "19.99"',
        )
    price = Decimal(value)
    if price > LARGEST_PRICE:
        raise PydanticCustomError("price", "Send a price of at most 999999999.99")
    return price


CatalogPrice = Annotated[
    Decimal,
    BeforeValidator(_price),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{PRICE_PATTERN}$"}, mode="validation"),
    Field(strict=False, description='an amount in the site\'s currency, as text: "19.99"'),
]
"""A price or cost as Wix Stores has it: from 0 to 999,999,999.99, at most three decimals."""

HAS_A_LETTER = r"\S"


def _filled(most: int) -> OrSay:
    return OrSay(f"Send text of 1 to {most} characters that are not all spaces")


Name = Annotated[str, Field(min_length=1, max_length=50, pattern=HAS_A_LETTER), _filled(50)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=HAS_A_LETTER), _filled(40)]
Weight = Annotated[
    float, Field(ge=0, le=999_999_999.99, description="in the site's unit of weight, kg or lb")
]
Quantity = Annotated[int, Field(ge=0, le=99_999, description="how many there are")]
TagId = Annotated[str, Field(min_length=1, max_length=5)]
TagIds = Annotated[list[TagId], Field(max_length=100)]

Color = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$"), OrSay('Send a color such as "#1a2b3c"')]
MediaUrl = Annotated[
    str,
    Field(pattern=r"^https?://\S+$", max_length=2000),
    OrSay("Send a web address such as https://example.com/mug.jpg, of at most 2000 characters"),
]


class Choice(FunctionInput):
    """One choice of an option."""

    name: Name
    color_code: Color | None = Field(
        default=None, description='For SWATCH_CHOICES: the color, like "#1a2b3c".'
    )


class Option(FunctionInput):
    """What a buyer chooses between, such as the size."""

    name: Name
    render_type: Literal["TEXT_CHOICES", "SWATCH_CHOICES"] = "TEXT_CHOICES"
    choices: Annotated[list[Choice], Field(min_length=1, max_length=1000)]


class Sold(FunctionInput):
    """What a product without options and each variant have alike."""

    price: CatalogPrice | None = None
    compare_at_price: CatalogPrice | None = Field(
        default=None, description='The price before, shown crossed out, as text: "24.99".'
    )
    cost: CatalogPrice | None = Field(
        default=None, description='What one costs the shop, as text: "7.50".'
    )
    weight: Weight | None = None
    sku: Code | None = None
    barcode: Code | None = None
    digital_file_id: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="What is delivered of a DIGITAL product, by its media file id."
    )
    quantity: Quantity | None = None
    in_stock: bool | None = Field(
        default=None, description="Whether there are any, where they are not counted."
    )

    def has_stock(self) -> bool:
        """Tell whether it says how many there are, or whether any."""
        return self.quantity is not None or self.in_stock is not None


INHERITED = ("price", "compare_at_price", "cost", "weight", "digital_file_id")
"""What a variant has from its product unless it says otherwise."""


class Variant(Sold):
    """One combination of choices that is sold.

    What it leaves out of the prices, the weight and the file is the product's.
    """

    choices: dict[str, str] = Field(
        description='One choice of each option: {"Size": "S", "Color": "Red"}.'
    )
    visible: bool = True

    def completed(self, inherited: Mapping[str, object]) -> Self:
        """Return it with what it does not say itself."""
        lacking = {name: value for name, value in inherited.items() if getattr(self, name) is None}
        return self.model_copy(update=lacking)


class Picture(FunctionInput):
    """A picture or video that Wix fetches."""

    url: MediaUrl
    alt_text: Annotated[str, Field(min_length=1, max_length=1000)] | None = None


class Tags(FunctionInput):
    """Tags by their ids, which are short texts like "11"."""

    public: TagIds = Field(default_factory=list)
    private: TagIds = Field(default_factory=list)


class NewProduct(Sold):
    """A product to create.

    Without options it has a `price` of its own. With options it has `variants`, each combination
    of choices that is sold, as Wix makes none by itself.
    """

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=HAS_A_LETTER), _filled(80)]
    product_type: Literal["PHYSICAL", "DIGITAL"] = "PHYSICAL"
    description: Annotated[str, Field(max_length=16_000)] | None = Field(
        default=None, description="HTML."
    )
    visible: bool = Field(default=True, description="Whether buyers see it.")
    slug: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="The end of its page's address; made of its name if left out."
    )
    handle: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="A name of yours that never changes; made if left out."
    )
    brand: Name | None = None
    ribbon: (
        Annotated[str, Field(min_length=1, max_length=30, pattern=HAS_A_LETTER), _filled(30)] | None
    ) = None
    media: Annotated[list[Picture], Field(max_length=50)] = Field(default_factory=list)
    options: Annotated[list[Option], Field(max_length=6)] = Field(default_factory=list)
    variants: Annotated[list[Variant], Field(max_length=1000)] = Field(default_factory=list)
    tags: Tags | None = None

    def sold(self) -> list[Variant]:
        """Return each variant with what it has from the product; without options, the one."""
        if not self.options:
            own = {name: getattr(self, name) for name in Sold.model_fields}
            return [Variant.model_construct(choices={}, **own)]
        inherited = {name: getattr(self, name) for name in INHERITED}
        return [variant.completed(inherited) for variant in self.variants]

    @override
    def has_stock(self) -> bool:
        return any(variant.has_stock() for variant in self.sold())


class CreateProductInput(WriteInput):
    """The products to create, one or many."""

    many = "products"

    products: Annotated[list[NewProduct], Field(min_length=1, max_length=5000)]
