"""Records a payment that was made outside of Wix, once. It charges nobody.

Wix has no idempotency key for payments. It keeps the moment that we give a payment, to the
millisecond, which is how a payment whose answer got lost is found again.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from wix_admin.client import WixClient
from wix_admin.errors import RefusedError, Violation
from wix_admin.models import Guid, Json, Money, WixEntity, WriteInput, plain, to_price
from wix_admin.once import Effect, Receipt, Sent
from wix_admin.orders.entities import Order, fetch_order
from wix_admin.orders.operations import ADD_PAYMENT, APPROVE_PAYMENT
from wix_admin.orders.transactions import Payment, amount_of, fetch_transactions
from wix_admin.replies import read_as

OVER = {"CANCELED", "REJECTED"}


class RecordPaymentInput(WriteInput):
    """A payment that was made by cash, bank transfer and the like."""

    order_id: Guid
    amount: Money | None = Field(default=None, description="Left out: all that is left to pay.")
    payment_method: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        default="Offline", description="What to call it: Cash, Bank transfer, ..."
    )


class PaymentReceipt(Receipt):
    """A payment that is on the order now. Wix updates the order's payment status a little later.

    Attributes:
        order_id: The order.
        payment_id: Wix's id of the payment.
        amount: Its amount, in the order's currency.
        was_pending: Whether it was waiting on the order and was confirmed, not added.
    """

    order_id: str
    payment_id: str
    amount: Decimal
    was_pending: bool = False


class _Added(WixEntity):
    payments_ids: Annotated[list[str], Field(min_length=1)]


class OrderPayment(Effect[PaymentReceipt]):
    """Puts one offline payment on one order: confirms the one that is waiting, or adds one.

    Wix: `POST /ecom/v1/payments/{paymentId}/orders/{orderId}/update-payment-transaction-status` or
    `POST /ecom/v1/payments/orders/{orderId}/add-payment`.
    """

    name = ADD_PAYMENT.name
    receipt = PaymentReceipt

    def __init__(self, wix: WixClient, asked: RecordPaymentInput) -> None:
        self.target = asked.order_id
        self._wix = wix
        self._asked = asked

    def check(self) -> Json:
        """Decide whether to confirm a waiting payment or to add one.

        Returns:
            The payment: its amount, with its id if it is waiting and its moment if it is new.

        Raises:
            RefusedError: If the order is over, has nothing left to pay, or another amount is
                waiting.
        """
        order = fetch_order(self._wix, self.target)
        if order.status in OVER:
            raise RefusedError(f"The order is {order.status}: it takes no payment")
        waiting = [
            each
            for each in fetch_transactions(self._wix, self.target).payments or []
            if each.waits_for_cash()
        ]
        if waiting:
            return self._confirmed(waiting)
        return {
            "amount": str(self._amount(order)),
            "createdDate": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }

    def send(self, sent: Sent) -> PaymentReceipt:
        """Confirm or add the payment."""
        amount = Decimal(sent.before["amount"])
        waiting = sent.before.get("paymentId")
        if waiting is not None:
            self._wix.call(
                APPROVE_PAYMENT,
                body={"status": "APPROVED"},
                payment_id=waiting,
                order_id=self.target,
            )
            return self._receipt(waiting, amount, was_pending=True)
        payment = {
            "amount": to_price(amount),
            "createdDate": sent.before["createdDate"].replace("+00:00", "Z"),
            "refundDisabled": False,
            "regularPaymentDetails": {
                "offlinePayment": True,
                "status": "APPROVED",
                "paymentMethod": self._asked.payment_method,
            },
        }
        reply = self._wix.call(ADD_PAYMENT, body={"payments": [payment]}, order_id=self.target)
        added = read_as(_Added, reply, ADD_PAYMENT)
        return self._receipt(added.payments_ids[0], amount)

    def read_back(self, sent: Sent) -> PaymentReceipt | None:
        """Look for the confirmed payment, or for one with our moment and amount."""
        transactions = fetch_transactions(self._wix, self.target)
        amount = Decimal(sent.before["amount"])
        waiting = sent.before.get("paymentId")
        if waiting is not None:
            payment = transactions.payment(waiting)
            confirmed = payment is not None and payment.state() == "APPROVED"
            return self._receipt(waiting, amount, was_pending=True) if confirmed else None
        moment = datetime.fromisoformat(sent.before["createdDate"])
        for each in transactions.payments or []:
            if _made_at(each) == moment and amount_of(each.amount) == amount:
                return self._receipt(each.id, amount)
        return None

    def _confirmed(self, waiting: list[Payment]) -> Json:
        fitting = [
            each
            for each in waiting
            if self._asked.amount is None or amount_of(each.amount) == self._asked.amount
        ]
        if len(fitting) != 1:
            amounts = ", ".join(plain(amount_of(each.amount)) for each in waiting)
            raise _beyond(f"Payments of {amounts} are waiting for this order: confirm one of them")
        return {"amount": str(amount_of(fitting[0].amount)), "paymentId": fitting[0].id}

    def _amount(self, order: Order) -> Decimal:
        balance = order.balance()
        asked = self._asked.amount
        if balance is None:
            if asked is None:
                raise _beyond("Wix does not say what is left to pay: give an amount")
            return asked
        amount = balance if asked is None else asked
        if amount > balance or amount <= 0:
            raise _beyond(f"{plain(balance)} is left to pay")
        return amount

    def _receipt(
        self, payment_id: str, amount: Decimal, *, was_pending: bool = False
    ) -> PaymentReceipt:
        return PaymentReceipt(
            order_id=self.target, payment_id=payment_id, amount=amount, was_pending=was_pending
        )


def _made_at(payment: Payment) -> datetime | None:
    try:
        moment = datetime.fromisoformat(payment.created_date or "")
    except ValueError:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _beyond(detail: str) -> RefusedError:
    return RefusedError(
        f"amount: {detail}", code="exceeds_balance", violations=[Violation("amount", detail)]
    )
