"""When an automation has nothing to do with an order, and how it says so."""

from typing import Literal

from wix_admin.errors import RefusedError
from wix_admin.models import Answer

type Reason = Literal[
    "anonymized",
    "canceled",
    "rejected",
    "not_approved",
    "imported",
    "unpaid",
    "refunded",
    "fulfilled",
]


class Skipped(Answer):
    """An order that nothing was done about.

    Attributes:
        order_id: The order.
        left_alone: Why.
    """

    order_id: str
    left_alone: Reason


class SkippedError(RefusedError):
    """An effect's check found nothing to do. Its key is free again, so nothing is remembered.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"There is nothing to do: {reason}")
        self.reason = reason
