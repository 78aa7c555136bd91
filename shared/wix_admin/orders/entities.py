"""An order as Wix answers it: the parts that the actions look at; the rest is kept as it came."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from wix_admin.models import LENIENT, Guid, Price, WixEntity
from wix_admin.orders.operations import GET_ORDER
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as


def _no_number(given: object) -> object:
    if str(given).isdecimal():
        raise PydanticCustomError(
            "order_number",
            "Send the order's id, not its number: find it with POST /orders/query"
            ' {"filter": {"number": "10042"}}',
        )
    return given


OrderId = Annotated[Guid, BeforeValidator(_no_number)]
"""An order's id; callers mistake its number for it, which shops print on everything."""


class ItemType(WixEntity):
    """What kind of thing a line sells."""

    preset: str | None = None


class PhysicalProperties(WixEntity):
    """What the warehouse knows a thing by; `shippable` says that it has to be sent."""

    sku: Annotated[str | None, LENIENT] = None
    shippable: bool | None = None


class CatalogReference(WixEntity):
    """The product that a line sells."""

    catalog_item_id: str | None = None


class OrderLine(WixEntity):
    """One line of an order."""

    id: str
    quantity: Annotated[int | None, LENIENT] = None
    item_type: ItemType | None = None
    physical_properties: PhysicalProperties | None = None
    catalog_reference: CatalogReference | None = None
    fulfiller_id: str | None = None


class BalanceSummary(WixEntity):
    """What is paid and what is left; `balance` is negative if money is owed to the buyer."""

    balance: Price | None = None
    paid: Price | None = None
    refunded: Price | None = None


class PriceSummary(WixEntity):
    """What the order costs."""

    total: Price | None = None


class Order(WixEntity):
    """An order. It has no revision: `updated_date` is all that tells two versions apart."""

    id: str
    number: Annotated[str | None, LENIENT] = None
    status: str | None = None
    payment_status: str | None = None
    fulfillment_status: str | None = None
    updated_date: Annotated[str | None, LENIENT] = None
    currency: Annotated[str | None, LENIENT] = None
    imported: bool | None = None
    line_items: list[OrderLine] | None = None
    price_summary: PriceSummary | None = None
    balance_summary: BalanceSummary | None = None

    def balance(self) -> Decimal | None:
        """Return what is left to pay, if Wix says; it follows the payments a little later."""
        left = self.balance_summary and self.balance_summary.balance
        return left.amount if left else None

    def total(self) -> Decimal | None:
        """Return what the order costs, if Wix says."""
        total = self.price_summary and self.price_summary.total
        return total.amount if total else None


def fetch_order(wix: WixClient, order_id: str) -> Order:
    """Read one order, in any status, as it is now.

    Wix: `GET /ecom/v1/orders/{id}`.

    Raises:
        WixNotFoundError: If there is no such order.
        WixError: If Wix cannot be asked.
    """
    reply = wix.call(GET_ORDER, order_id=order_id)
    return read_as(Order, reply.get("order"), GET_ORDER)
