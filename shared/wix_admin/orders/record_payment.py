"""Records a payment that was made outside of Wix, once. It charges nobody.

Wix has no idempotency key for payments. It keeps the moment that we give a payment, to the
millisecond, which is how a payment whose answer got lost is found again.

Wix records any amount, so what is left to pay is worked out here: the order's total without all
payments that did not fall through, or the balance that Wix tells if that is less, as it follows
the payments later. Money that was given back counts as paid: Wix does not say that it is owed
again, and too little on record is better than too much. A gift card is voided by its refund, and
what it paid is left to pay again as soon as the balance says so.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, override

from pydantic import Field

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import RefusedError
from wix_admin.models import Json, Money, OrSay, WixEntity, WriteInput, plain, to_price
from wix_admin.orders.entities import Order, OrderId, fetch_order
from wix_admin.orders.operations import ADD_PAYMENT, APPROVE_PAYMENT
from wix_admin.orders.transactions import (
    Payment,
    amount_of,
    fetch_transactions,
    known_amount,
)
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

OVER = {"CANCELED", "REJECTED"}
PREDEFINED = {"CASH", "BANK_TRANSFER", "CHECK"}
GAVE_BACK = {"PARTIALLY_REFUNDED", "REFUNDED"}

SEND_AMOUNT = (
    "Send the amount that was paid as text in quotes, with a dot and at most two decimals, such as"
    ' "12.50", or "all" for all that is left to pay'
)

AmountOrAll = Annotated[Money | Literal["all"], OrSay(SEND_AMOUNT)]


class RecordPaymentInput(WriteInput):
    """A payment that was made by cash, bank transfer and the like."""

    advice: ClassVar[Mapping[str, str]] = {"amount": SEND_AMOUNT}

    order_id: OrderId
    amount: AmountOrAll = Field(
        description='Or "all": all that is left to pay, or the one payment that is waiting.'
    )
    payment_method: Annotated[str, Field(min_length=1, max_length=150)] = Field(
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

    def __init__(self, wix: WixClient, request: RecordPaymentInput) -> None:
        self.target = request.order_id
        self._wix = wix
        self._request = request
        self._amount = request.amount if isinstance(request.amount, Decimal) else None

    @override
    def check(self) -> Json:
        """Decide whether to confirm a waiting payment or to add one.

        Returns:
            The payment: its amount, with its id if it is waiting and its moment if it is new.

        Raises:
            RefusedError: If the order is over, less is left to pay, another amount is waiting, or
                Wix does not tell an amount that this depends on.
        """
        order = fetch_order(self._wix, self.target)
        if order.status in OVER:
            raise RefusedError(f"The order is {order.status}: it takes no payment")
        payments = fetch_transactions(self._wix, self.target).payments or []
        waiting = [each for each in payments if each.waits_for_cash()]
        taken = [each for each in payments if each not in waiting and not each.fell_through()]
        left = _total(order) - sum((_counted(each) for each in taken), Decimal(0))
        if waiting:
            return self._confirmed(waiting, left, taken)
        balance = order.balance()
        return self._added(left if balance is None else min(left, balance), taken)

    @override
    def send(self, sent: Sent) -> PaymentReceipt:
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
            "status": "APPROVED",
            "regularPaymentDetails": {
                "offlinePayment": True,
                "paymentMethodName": {"userDefinedName": _named(self._request.payment_method)},
                # Wix is to take these two away, in favour of the status and the name above.
                "status": "APPROVED",
                "paymentMethod": self._request.payment_method,
            },
        }
        reply = self._wix.call(ADD_PAYMENT, body={"payments": [payment]}, order_id=self.target)
        added = read_as(_Added, reply, ADD_PAYMENT)
        return self._receipt(added.payments_ids[0], amount)

    @override
    def read_back(self, sent: Sent) -> PaymentReceipt | None:
        """Look for the confirmed payment, or for one with our moment and amount."""
        transactions = fetch_transactions(self._wix, self.target)
        amount = Decimal(sent.before["amount"])
        waiting = sent.before.get("paymentId")
        if waiting is not None:
            payment = transactions.payment(waiting)
            confirmed = payment is not None and payment.came()
            return self._receipt(waiting, amount, was_pending=True) if confirmed else None
        moment = datetime.fromisoformat(sent.before["createdDate"])
        for each in transactions.payments or []:
            if _made_at(each) == moment and known_amount(each.amount) in {None, amount}:
                return self._receipt(each.id, amount)
        return None

    def _confirmed(self, waiting: list[Payment], left: Decimal, taken: list[Payment]) -> Json:
        counted = {each.id: _counted(each) for each in waiting}
        payment = self._meant(waiting)
        amount = amount_of(payment.amount)
        if counted[payment.id] > left:
            raise _beyond(
                f"{_left_to_pay(left, taken)}; payment {payment.id} of {plain(amount)} is waiting:"
                " confirm or cancel it in Wix"
            )
        return {"amount": str(amount), "paymentId": payment.id}

    def _meant(self, waiting: list[Payment]) -> Payment:
        """Choose the waiting payment that came; of several alike, any."""
        amounts = [amount_of(each.amount) for each in waiting]
        if self._amount is None and len(waiting) == 1:
            return waiting[0]
        if self._amount in amounts:
            return waiting[amounts.index(self._amount)]
        if len(waiting) == 1:
            way = f'Send {plain(amounts[0])} or "all" to confirm the payment that is waiting'
        else:
            listed = " or ".join(map(plain, amounts))
            way = f"Send {listed}: the amount of the payment that came, of those that are waiting"
        raise _beyond(way)

    def _added(self, left: Decimal, taken: list[Payment]) -> Json:
        amount = left if self._amount is None else self._amount
        if amount > left or amount <= 0:
            raise _beyond(_left_to_pay(left, taken))
        return {
            "amount": str(amount),
            "createdDate": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }

    def _receipt(
        self, payment_id: str, amount: Decimal, *, was_pending: bool = False
    ) -> PaymentReceipt:
        return PaymentReceipt(
            order_id=self.target, payment_id=payment_id, amount=amount, was_pending=was_pending
        )


def _named(method: str) -> Json:
    """Name a method of payment as Wix reads it, which can translate those that it knows."""
    known = method.upper().replace(" ", "_")
    return {"predefined": known} if known in PREDEFINED else {"custom": method}


def _made_at(payment: Payment) -> datetime | None:
    try:
        moment = datetime.fromisoformat(payment.created_date or "")
    except ValueError:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _total(order: Order) -> Decimal:
    total = order.total()
    if total is None:
        raise RefusedError("Wix does not tell the order's total: record the payment in Wix")
    return total


def _counted(payment: Payment) -> Decimal:
    counted = payment.counts_as()
    if counted is None:
        raise RefusedError(
            f"Wix does not tell the amount of payment {payment.id}, so what is left to pay is not"
            " known: record the payment in Wix"
        )
    return counted


def _left_to_pay(left: Decimal, taken: list[Payment]) -> str:
    """Say what is left to pay, and why that may be less than it seems."""
    parts = [f"{plain(max(left, Decimal(0)))} is left to pay"]
    for each in taken:
        if not each.came():
            way = "capture or void it in Wix" if each.state() == "AUTHORIZED" else "wait for it"
            amount = plain(amount_of(each.amount))
            parts.append(f"payment {each.id} of {amount} is {each.state()}: {way} first")
    if any(each.state() in GAVE_BACK for each in taken):
        parts.append("what was refunded counts as paid")
    return "; ".join(parts)


def _beyond(detail: str) -> RefusedError:
    return RefusedError.of("amount", detail, code="exceeds_balance")
