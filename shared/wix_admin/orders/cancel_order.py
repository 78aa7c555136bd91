"""Cancels an order. That neither refunds nor voids a payment."""

from decimal import Decimal
from typing import Annotated, override

from pydantic import Field

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.models import Json, WriteInput
from wix_admin.orders.entities import BalanceSummary, Order, OrderId, fetch_order
from wix_admin.orders.operations import CANCEL_ORDER
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

CANCELED = "CANCELED"


class CancelOrderInput(WriteInput):
    """Which order to cancel, and what else Wix is to do then."""

    order_id: OrderId
    restock_all_items: bool = Field(
        default=False, description="Put the units of Wix Stores products back into the inventory."
    )
    send_order_canceled_email: bool = Field(default=False, description="Tell the buyer by mail.")
    custom_message: Annotated[str, Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="Added to that mail."
    )


class CancelReceipt(Receipt):
    """A canceled order.

    Attributes:
        order_id: The order.
        status: Its status now.
        payment_status: What Wix says of its payments, which cancelling leaves as they are.
        still_paid: What was paid and not refunded: refund it if the buyer is to have it back.
        already_canceled: Whether it was canceled before, so that nothing was done.
    """

    order_id: str
    status: str
    payment_status: str | None = None
    still_paid: Decimal | None = None
    already_canceled: bool = False


class OrderCancellation(Effect[CancelReceipt]):
    """Cancels one order.

    Wix: `POST /ecom/v1/orders/{id}/cancel`. What a second call does is not documented, so an order
    that is canceled already is left alone.
    """

    name = CANCEL_ORDER.name
    receipt = CancelReceipt

    def __init__(self, wix: WixClient, request: CancelOrderInput) -> None:
        self.target = request.order_id
        self._wix = wix
        self._flags = request.to_wix(without={"order_id"}, exclude_defaults=True)
        self._found: Order | None = None

    @override
    def check(self) -> Json:
        """Read the order, as it may be canceled already."""
        self._found = fetch_order(self._wix, self.target)
        return {}

    @override
    def send(self, sent: Sent) -> CancelReceipt:
        if self._found is not None and self._found.status == CANCELED:
            return self._receipt(self._found, already=True)
        reply = self._wix.call(CANCEL_ORDER, body=self._flags, order_id=self.target)
        return self._receipt(read_as(Order, reply.get("order"), CANCEL_ORDER))

    @override
    def read_back(self, sent: Sent) -> CancelReceipt | None:
        order = fetch_order(self._wix, self.target)
        return self._receipt(order) if order.status == CANCELED else None

    def _receipt(self, order: Order, *, already: bool = False) -> CancelReceipt:
        return CancelReceipt(
            order_id=self.target,
            status=order.status or CANCELED,
            payment_status=order.payment_status,
            still_paid=_still_paid(order.balance_summary),
            already_canceled=already,
        )


def _still_paid(balance: BalanceSummary | None) -> Decimal | None:
    paid = balance.paid.amount if balance and balance.paid else None
    refunded = balance.refunded.amount if balance and balance.refunded else Decimal(0)
    return None if paid is None or refunded is None else paid - refunded
