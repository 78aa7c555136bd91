"""Records a shipment that left the warehouse, once.

The goods are gone when we hear of it, so whatever cannot be recorded is told: by a warning if the
order takes no fulfillment any more, by an error if an operator has to look.
"""

from typing import override

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from wix_admin.automations.skipping import Reason, Skipped, SkippedError
from wix_admin.aws.telemetry import logger
from wix_admin.effects.once import Once
from wix_admin.orders.entities import Order
from wix_admin.orders.fulfill_order import (
    DispatchId,
    FulfilledLine,
    FulfillmentReceipt,
    FulfillOrderInput,
    Label,
    Lines,
    OrderFulfillment,
)
from wix_admin.wix.client import WixClient


class DispatchedShipmentInput(FulfillOrderInput):
    """A shipment, as the warehouse tells it: what it holds, and how it can be tracked.

    It has the key and the fingerprint that `FulfillOrderInput` has for the same dispatch, so that
    one that is told both ways is one fulfillment.
    """

    lines: Lines
    tracking_number: Label
    carrier: Label
    dispatch_id: DispatchId

    @field_validator("lines")
    @classmethod
    def _counted(cls, given: list[FulfilledLine]) -> list[FulfilledLine]:
        for index, each in enumerate(given):
            if each.quantity is None:
                raise PydanticCustomError(
                    "quantity", "Say how many units of it were sent", {"at": [index, "quantity"]}
                )
        return given


def record_shipment(
    shipment: DispatchedShipmentInput, wix: WixClient, once: Once
) -> FulfillmentReceipt | Skipped:
    """Add a fulfillment for a shipment, whether or not the order is paid.

    What Wix refuses for good is remembered for 90 days and raised again for the same dispatch.

    Raises:
        InputError: If a line is not the order's.
        RefusedError: If the order is not approved yet, or more was sent than was left to send.
        KeyReusedError: If the dispatch's id stands for another shipment.
        StillRunningError: If the same dispatch is being worked on.
        OutcomeUnknownError: If an earlier try may have been carried out.
        WixRequestError: If Wix knows no such order or refused the fulfillment.
        AdminError: If Wix or the ledger cannot be asked.
    """
    try:
        return once.make(ShipmentFulfillment(wix, shipment))
    except SkippedError as found:
        logger.warning(
            "A shipment is not recorded, though it has left the house",
            extra={
                "orderId": shipment.order_id,
                "dispatchId": shipment.dispatch_id,
                "leftAlone": found.reason,
            },
        )
        return Skipped(order_id=shipment.order_id, left_alone=found.reason)


class ShipmentFulfillment(OrderFulfillment):
    """Adds the fulfillment of one shipment, unless the order takes none any more."""

    @override
    def admit(self, order: Order) -> None:
        """Leave alone an order that is over; refuse one that is not approved yet.

        Raises:
            SkippedError: If it is canceled, rejected, imported or fulfilled.
            RefusedError: If it is not approved.
        """
        reasons: list[tuple[bool, Reason]] = [
            (order.status == "CANCELED", "canceled"),
            (order.status == "REJECTED", "rejected"),
            (order.imported is True, "imported"),
            (order.fulfillment_status == "FULFILLED", "fulfilled"),
        ]
        for applies, reason in reasons:
            if applies:
                raise SkippedError(reason)
        super().admit(order)
