"""Gives money back, once.

Wix has no idempotency key for refunds. Our reference goes out in `customerReason` and comes back
in the order's transactions, which is how a refund whose answer got lost is found again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, override

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import AdminError, InputError, OutcomeUnknownError, RefusedError, pointer
from wix_admin.models import (
    LENIENT,
    Answer,
    FunctionInput,
    Guid,
    Json,
    Money,
    Price,
    WixEntity,
    WriteInput,
    plain,
    to_price,
)
from wix_admin.orders.entities import OrderId
from wix_admin.orders.operations import GET_REFUNDABILITY, REFUND_PAYMENTS
from wix_admin.orders.transactions import (
    Payment,
    Refund,
    Transactions,
    amount_of,
    fetch_transactions,
)
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

ALL_THAT_IS_LEFT = "Left out: all of it that was not given back yet."
UNTOLD = "?"

type Quantity = Annotated[int, Field(ge=1, le=100_000)]


class PaymentRefund(FunctionInput):
    """How much of one payment to give back."""

    payment_id: Guid
    amount: Money | None = Field(
        default=None, description="Left out: all of it. Gift cards and memberships only whole."
    )
    external_refund: bool = Field(
        default=False, description="Only record a refund that was made outside of Wix."
    )


class RefundedLine(FunctionInput):
    """Units of a line that come back."""

    line_item_id: Guid
    quantity: Quantity


class RefundedFee(FunctionInput):
    """An additional fee that is given back."""

    additional_fee_id: Guid
    amount: Money | None = Field(default=None, description=ALL_THAT_IS_LEFT)


class RefundedShipping(FunctionInput):
    """Shipping that is given back."""

    amount: Money | None = Field(default=None, description=ALL_THAT_IS_LEFT)


class RefundedItems(FunctionInput):
    """What the money is for; Wix books it, and works out no amount from it."""

    line_items: Annotated[list[RefundedLine], Field(max_length=300)] | None = None
    additional_fees: Annotated[list[RefundedFee], Field(max_length=100)] | None = None
    shipping: RefundedShipping | None = None


class RefundOrderInput(WriteInput):
    """How much to give back: an amount, or how much of which payments."""

    order_id: OrderId
    amount: Money | None = Field(
        default=None, description="Taken from the order's payments that Wix can refund, in turn."
    )
    payments: Annotated[list[PaymentRefund], Field(min_length=1, max_length=50)] | None = Field(
        default=None, validate_default=True
    )
    items: RefundedItems | None = None
    restock: Annotated[list[RefundedLine], Field(min_length=1, max_length=300)] | None = None
    send_customer_email: bool = False
    custom_message: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=170)] | None = None

    @field_validator("payments")
    @classmethod
    def _one_way(
        cls, given: list[PaymentRefund] | None, others: ValidationInfo
    ) -> list[PaymentRefund] | None:
        if "amount" in others.data and (given is None) == (others.data["amount"] is None):
            raise PydanticCustomError("one_of", "Send either amount or payments")
        ids = [each.payment_id for each in given or []]
        if len(ids) != len(set(ids)):
            raise PydanticCustomError(
                "twice", "Name each payment once, with all that it gives back"
            )
        return given


class RefundedPayment(Answer):
    """What became of one payment.

    Attributes:
        payment_id: The payment.
        amount: How much of it, if Wix tells.
        refund_status: How far that got.
    """

    payment_id: str
    amount: Decimal | None = None
    refund_status: str


class RefundReceipt(Receipt):
    """A refund that Wix took. Wix's 200 means accepted, not paid.

    Attributes:
        order_id: The order.
        refund_id: Wix's id of the refund.
        status: `REFUNDED`, `PENDING` while a payment is not through, `PARTLY_FAILED` or `FAILED`.
        refunded: What is through, in the order's currency, if Wix tells of each payment.
        payments: The payments, one by one.
        pending_payments: The ids of those that are not through. The same request with the same
            key brings them up to date.
    """

    order_id: str
    refund_id: str
    status: Literal["REFUNDED", "PENDING", "PARTLY_FAILED", "FAILED"]
    refunded: Decimal | None = None
    payments: list[RefundedPayment]
    pending_payments: list[str]

    @override
    def state(self) -> Literal["accepted", "settled", "failed"]:
        if self.status == "PENDING":
            return "accepted"
        return "failed" if self.status == "FAILED" else "settled"


class _Why(WixEntity):
    reason: Annotated[str | None, Field(pattern="^[A-Z_]{1,80}$"), LENIENT] = None


class _Monetary(WixEntity):
    paid: Price | None = None
    refunded: Price | None = None
    refund_pending: Price | None = None
    max_refund: Price | None = None


class _Membership(WixEntity):
    refunded_line_item_ids: list[str] | None = None


class _PaymentInfo(WixEntity):
    payment_id: str
    monetary: _Monetary | None = None
    membership: _Membership | None = None


class _Refundable(WixEntity):
    payment: _PaymentInfo
    refundable: bool | None = None
    manually_refundable: _Why | None = None
    non_refundable: _Why | None = None

    def most(self) -> Decimal:
        """Return how much can still be given back."""
        return amount_of(self.payment.monetary.max_refund if self.payment.monetary else None)

    def trace(self) -> str:
        """Return what any refund of this payment would change; `UNTOLD` is what Wix hides of it."""
        if self.payment.monetary:
            monetary = self.payment.monetary
            parts = (monetary.paid, monetary.refunded, monetary.refund_pending)
            return " ".join(
                UNTOLD if each and each.amount is None else plain(amount_of(each)) for each in parts
            )
        membership = self.payment.membership or _Membership()
        return " ".join(sorted(membership.refunded_line_item_ids or []))


class _Refundability(WixEntity):
    payments: list[_Refundable] | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """One payment's part of the refund; no amount means the whole payment."""

    payment_id: str
    amount: Decimal | None
    external: bool

    def to_wix(self) -> Json:
        return {
            "paymentId": self.payment_id,
            "externalRefund": self.external,
            **_part_of(self.amount),
        }


class OrderRefund(Effect[RefundReceipt]):
    """Refunds payments of one order.

    Wix: `POST /ecom/v1/order-billing/refund-payments`, after `get-order-refundability` and the
    order's transactions.
    """

    name = REFUND_PAYMENTS.name
    receipt = RefundReceipt

    def __init__(self, wix: WixClient, request: RefundOrderInput) -> None:
        self.target = request.order_id
        self._wix = wix
        self._request = request
        self._parts: list[_Part] = []
        self._known = Transactions()

    @override
    def check(self) -> Json:
        """Split the refund over the order's payments.

        Returns:
            What any refund of these payments would change, payment by payment.

        Raises:
            InputError: If a payment is not the order's, or is only refunded whole.
            RefusedError: If more is asked for than is refundable, or a payment cannot be refunded.
        """
        self._known = fetch_transactions(self._wix, self.target)
        refundable = self._refundability()
        if self._request.payments is not None:
            self._parts = list(self._named(self._request.payments, refundable))
        else:
            self._parts = list(self._split(self._request.amount or Decimal(0), refundable))
        return {part.payment_id: refundable[part.payment_id].trace() for part in self._parts}

    @override
    def send(self, sent: Sent) -> RefundReceipt:
        """Refund, unless a refund with our reference is there already."""
        done = self._known.refund_with(sent.reference)
        if done is not None:
            return self._receipt(done)
        reply = self._wix.call(REFUND_PAYMENTS, body=self._body(sent.reference))
        return self._receipt(read_as(Refund, reply.get("refund"), REFUND_PAYMENTS))

    @override
    def read_back(self, sent: Sent) -> RefundReceipt | None:
        """Look for our reference among the order's refunds.

        Raises:
            OutcomeUnknownError: If no refund carries it, and yet a payment was refunded meanwhile.
        """
        done = fetch_transactions(self._wix, self.target).refund_with(sent.reference)
        if done is not None:
            return self._receipt(done)
        now = self._refundability()
        if any(
            payment_id not in now or now[payment_id].trace() != trace or UNTOLD in trace
            for payment_id, trace in sent.before.items()
        ):
            raise OutcomeUnknownError(
                "A payment of this order was refunded meanwhile, by whom is not clear: look at the"
                " order in Wix"
            )
        return None

    @override
    def failure(self, receipt: RefundReceipt) -> AdminError:
        return RefusedError(
            f"Refund {receipt.refund_id} failed for every payment: see the order in Wix",
            code="refund_failed",
        )

    def _refundability(self) -> dict[str, _Refundable]:
        reply = self._wix.call(GET_REFUNDABILITY, body={"orderId": self.target})
        answer = read_as(_Refundability, reply, GET_REFUNDABILITY)
        return {each.payment.payment_id: each for each in answer.payments or []}

    def _named(
        self, named: list[PaymentRefund], refundable: dict[str, _Refundable]
    ) -> Iterator[_Part]:
        for index, each in enumerate(named):
            field = pointer("payments", index)
            found = refundable.get(each.payment_id)
            if found is None:
                raise InputError.of(
                    f"{field}/paymentId", "The order has no such payment: look at the order in Wix"
                )
            self._refuse_unrefundable(found, each, field)
            if self._only_whole(found):
                if each.amount is not None:
                    raise InputError.of(
                        f"{field}/amount", "Leave it out: this payment is only refunded whole"
                    )
                yield _Part(each.payment_id, None, each.external_refund)
                continue
            amount = found.most() if each.amount is None else each.amount
            if amount > found.most() or not amount:
                raise _too_much(f"{field}/amount", amount, found.most())
            yield _Part(each.payment_id, amount, each.external_refund)

    def _split(self, amount: Decimal, refundable: dict[str, _Refundable]) -> Iterator[_Part]:
        able = [
            each for each in refundable.values() if each.refundable and not self._only_whole(each)
        ]
        most = sum((each.most() for each in able), Decimal(0))
        if amount > most:
            raise _too_much("amount", amount, most)
        for each in able:
            part = min(amount, each.most())
            if part:
                yield _Part(each.payment.payment_id, part, external=False)
            amount -= part

    def _only_whole(self, found: _Refundable) -> bool:
        payment: Payment | None = self._known.payment(found.payment.payment_id)
        return found.payment.monetary is None or (
            payment is not None and payment.regular_payment_details is None
        )

    def _refuse_unrefundable(self, found: _Refundable, named: PaymentRefund, field: str) -> None:
        if found.non_refundable:
            raise RefusedError.of(
                field,
                f"Leave it out: Wix cannot refund this payment ({found.non_refundable.reason})",
            )
        if found.manually_refundable and not named.external_refund:
            raise RefusedError.of(
                f"{field}/externalRefund",
                f"Wix cannot move this money ({found.manually_refundable.reason}): give it back by"
                " hand, then record that with externalRefund: true",
            )

    def _body(self, reference: str) -> Json:
        request = self._request
        reason = f"{request.reason} ({reference})" if request.reason else reference
        body: Json = {
            "orderId": self.target,
            "paymentRefunds": [part.to_wix() for part in self._parts],
            "customerReason": reason,
        }
        if request.items:
            body["refundItems"] = _items(request.items)
        effects: Json = {}
        if request.restock:
            effects["restock"] = {"lineItems": _lines(request.restock)}
        if request.send_customer_email:
            message = {"customMessage": request.custom_message} if request.custom_message else {}
            effects["notifications"] = {"sendCustomerEmail": True, **message}
        if effects:
            body["sideEffects"] = effects
        return body

    def _receipt(self, refund: Refund) -> RefundReceipt:
        payments = [
            RefundedPayment(
                payment_id=each.payment_id,
                amount=each.amount.amount if each.amount else Decimal(0),
                refund_status=each.refund_status or "PENDING",
            )
            for each in refund.transactions or []
        ]
        done = [each for each in payments if each.refund_status == "SUCCEEDED"]
        failed = [each for each in payments if each.refund_status == "FAILED"]
        pending = [each.payment_id for each in payments if each not in done + failed]
        through = [each.amount for each in done if each.amount is not None]
        return RefundReceipt(
            order_id=self.target,
            refund_id=refund.id,
            status=_status(len(payments), len(done), len(failed)),
            refunded=sum(through, Decimal(0)) if len(through) == len(done) else None,
            payments=payments,
            pending_payments=pending,
        )


def _status(
    payments: int, done: int, failed: int
) -> Literal["REFUNDED", "PENDING", "PARTLY_FAILED", "FAILED"]:
    if not payments or done + failed < payments:
        return "PENDING"
    if failed:
        return "PARTLY_FAILED" if done else "FAILED"
    return "REFUNDED"


def _too_much(field: str, amount: Decimal, most: Decimal) -> RefusedError:
    detail = f"At most {plain(most)} can be refunded, and {plain(amount)} was asked for"
    return RefusedError.of(field, detail, code="exceeds_refundable")


def _lines(lines: list[RefundedLine]) -> list[Json]:
    return [each.model_dump(by_alias=True) for each in lines]


def _part_of(amount: Decimal | None) -> Json:
    """Name an amount; without one Wix takes the whole."""
    return {} if amount is None else {"amount": to_price(amount)}


def _items(items: RefundedItems) -> Json:
    booked: Json = {}
    if items.line_items:
        booked["lineItems"] = _lines(items.line_items)
    if items.additional_fees:
        booked["additionalFees"] = [
            {"additionalFeeId": each.additional_fee_id, **_part_of(each.amount)}
            for each in items.additional_fees
        ]
    if items.shipping:
        booked["shipping"] = _part_of(items.shipping.amount)
    return booked
