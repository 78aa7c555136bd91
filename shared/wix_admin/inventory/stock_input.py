"""What callers ask of the stock, and what they are told of each change."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from wix_admin.effects.batches import BatchAnswer, BatchReceipt, ItemResult
from wix_admin.models import FunctionInput, Guid, OrSay, WriteInput

MOST = 99_999
"""The largest quantity that Wix keeps."""

MOST_CHANGES = 5_000

ProductId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_-]{1,36}$", description="a product's id"),
    OrSay("Send the product's id as Wix gave it: at most 36 letters, digits and the signs _ -"),
]


class StockChange(FunctionInput):
    """A change to the stock of one variant at one location.

    Name the variant by `variantId`, by `sku`, or by `productId` alone if stock is kept of only
    one of the product's; all that is named must fit. Without `locationId`, there must be one
    location that has it.
    """

    product_id: ProductId | None = None
    variant_id: Guid | None = None
    sku: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    location_id: Guid | None = Field(default=None, description="Not on catalog V1.")
    set_to: Annotated[int, Field(ge=0, le=MOST)] | None = Field(
        default=None,
        alias="set",
        description=(
            "How many there are, from now on counted. On catalog V1, the variants of a product that"
            " is not counted yet are set together."
        ),
    )
    adjust: Annotated[int, Field(ge=-MOST, le=MOST)] | None = Field(
        default=None, description="How many come in or, below zero, go out of what is counted."
    )

    @model_validator(mode="after")
    def _says_what_and_how_many(self) -> Self:
        if self.product_id is None and self.variant_id is None and self.sku is None:
            raise PydanticCustomError(
                "which", "Send variantId, sku or productId: which stock it is about"
            )
        if (self.set_to is None) == (self.adjust is None):
            raise PydanticCustomError("how_many", "Send either set or adjust, one of the two")
        if self.adjust == 0:
            raise PydanticCustomError(
                "how_many",
                "Send how many come in or, below zero, go out: 0 is no change",
                {"at": ["adjust"]},
            )
        return self


class UpdateInventoryInput(WriteInput):
    """Which stock to change.

    With an idempotency key, an adjustment is made exactly once on catalog V3, and repeating the
    request does what is left of it. Without one, an adjustment whose answer got lost is told as
    `unknown`, and is not repeated.
    """

    many = "changes"

    changes: Annotated[list[StockChange], Field(min_length=1, max_length=MOST_CHANGES)]
    reason: Literal["MANUAL", "ORDER", "REVERT_INVENTORY_CHANGE"] = Field(
        default="MANUAL", description="Why, as Wix keeps it. Catalog V1 takes MANUAL alone."
    )


@dataclass(frozen=True, slots=True)
class IndexedChange:
    """A change and its place in the request."""

    index: int
    change: StockChange


class InventoryResult(ItemResult):
    """What became of one change.

    Attributes:
        inventory_item_id: Wix's id of this stock, on catalog V3.
        product_id: The product, on catalog V1.
        variant_id: The variant, on catalog V1.
        quantity: How many there were right after it, if Wix told or was told.
        last_write_wins: That another change at the same moment may have been overwritten: so it is
            with `set` on catalog V1, which keeps no revisions.
    """

    inventory_item_id: str | None = None
    product_id: str | None = None
    variant_id: str | None = None
    quantity: int | None = None
    last_write_wins: Literal[True] | None = None


InventoryReceipt = BatchReceipt[InventoryResult]
"""What one call came to."""


class UpdateInventoryAnswer(BatchAnswer[InventoryResult]):
    """What became of the changes."""
