"""What became of each product that was to be created."""

from typing import override

from wix_admin.effects.batches import BatchAnswer, BatchReceipt, ItemError, ItemResult
from wix_admin.effects.ledger import State


class ProductResult(ItemResult):
    """What became of one product.

    Attributes:
        product_id: Wix's id of it, once it is there.
        inventory_error: Why its stock is not known to be set, though the product is there: look
            with query_inventory and set it with update_inventory.
        variants_error: Why its variants are not as they should be, though the product is there.
        media_error: Why its media are missing, though the product is there.
    """

    product_id: str | None = None
    inventory_error: ItemError | None = None
    variants_error: ItemError | None = None
    media_error: ItemError | None = None


class CreateReceipt(BatchReceipt[ProductResult]):
    """What one call came to."""

    @override
    def state(self) -> State:
        """Return `accepted` while some of the products may still appear."""
        return "accepted" if any(each.status == "unknown" for each in self.results) else "settled"


class CreateProductAnswer(BatchAnswer[ProductResult]):
    """What became of the products."""
