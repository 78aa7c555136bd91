"""The payments and refunds of an order, as Wix's order transactions list them."""

from decimal import Decimal

from wix_admin.models import Price, WixEntity
from wix_admin.orders.operations import LIST_TRANSACTIONS
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as

WAITING = {"PENDING", "PENDING_MERCHANT"}
CAME = {"APPROVED", "PARTIALLY_REFUNDED", "REFUNDED"}
FELL_THROUGH = {"CANCELED", "DECLINED", "VOIDED"}


class RegularPayment(WixEntity):
    """A payment by card, cash and the like."""

    offline_payment: bool | None = None
    status: str | None = None


class CashRounding(WixEntity):
    """A payment in cash was rounded to what coins there are."""

    unrounded_amount: Price | None = None


class Payment(WixEntity):
    """One payment: regular, by gift card or by membership."""

    id: str
    created_date: str | None = None
    amount: Price | None = None
    status: str | None = None
    cash_rounding: CashRounding | None = None
    regular_payment_details: RegularPayment | None = None

    def state(self) -> str | None:
        """Return the status, from where Wix has it now or had it before."""
        regular = self.regular_payment_details
        return self.status or (regular.status if regular else None)

    def waits_for_cash(self) -> bool:
        """Tell whether it is an offline payment that nobody has confirmed yet."""
        regular = self.regular_payment_details
        return bool(regular and regular.offline_payment) and self.state() in WAITING

    def came(self) -> bool:
        """Tell whether its money came, even if it was given back since."""
        return self.state() in CAME

    def fell_through(self) -> bool:
        """Tell whether it neither brought money nor will."""
        return self.state() in FELL_THROUGH

    def counts_as(self) -> Decimal | None:
        """Return how much of the order it pays, as Wix counts it; None if Wix does not say."""
        paid = known_amount(self.amount)
        rounded = self.cash_rounding
        exact = known_amount(rounded.unrounded_amount) if rounded else None
        return paid if paid is None or exact is None else exact


class RefundTransaction(WixEntity):
    """What a refund does to one payment."""

    payment_id: str
    amount: Price | None = None
    refund_status: str | None = None


class RefundDetails(WixEntity):
    """What a refund was for."""

    reason: str | None = None


class Refund(WixEntity):
    """One refund, of one or more payments."""

    id: str
    transactions: list[RefundTransaction] | None = None
    details: RefundDetails | None = None


class Transactions(WixEntity):
    """All payments and refunds of one order."""

    payments: list[Payment] | None = None
    refunds: list[Refund] | None = None

    def refund_with(self, reference: str) -> Refund | None:
        """Return the refund that carries our reference in its reason."""
        return next(
            (
                each
                for each in self.refunds or []
                if each.details and reference in (each.details.reason or "")
            ),
            None,
        )

    def payment(self, payment_id: str) -> Payment | None:
        """Return the payment with this id."""
        return next((each for each in self.payments or [] if each.id == payment_id), None)


def fetch_transactions(wix: WixClient, order_id: str) -> Transactions:
    """Read all payments and refunds of an order.

    Wix: `GET /ecom/v1/payments/orders/{orderId}`.

    Raises:
        WixError: If Wix cannot be asked.
    """
    reply = wix.call(LIST_TRANSACTIONS, order_id=order_id)
    return read_transactions(reply, LIST_TRANSACTIONS)


def read_transactions(reply: dict[str, object], operation: Operation) -> Transactions:
    """Read the transactions that any of Wix's payment calls answers with."""
    return read_as(Transactions, reply.get("orderTransactions"), operation)


def known_amount(price: Price | None) -> Decimal | None:
    """Return an amount, None if Wix gives none."""
    return price.amount if price else None


def amount_of(price: Price | None) -> Decimal:
    """Return an amount, zero if Wix gives none."""
    return known_amount(price) or Decimal(0)
