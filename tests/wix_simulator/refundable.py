"""What of an order can still be refunded, and what a part of it is worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tests.wix_simulator.errors import Json
from tests.wix_simulator.money import ZERO, amount, share
from tests.wix_simulator.shop import UNSETTLED_REFUNDS, Record, is_offline

MANUAL_REASONS = {"UNKNOWN_REASON", "EXPIRED", "NOT_SUPPORTED", "OFFLINE", "REQUIRES_CARD_READER"}
REFUSED_REASONS = {
    "ALREADY_REFUNDED",
    "PROVIDER_IS_DOWN",
    "NOT_PAID",
    "ZERO_PRICE",
    "DISABLED_BY_PROVIDER",
    "PENDING_REFUND",
    "FORBIDDEN",
    "TRANSACTION_NOT_FOUND",
    "ORDER_IS_PENDING",
    "ORDER_IS_REJECTED",
    "AMOUNT_OFFSET_BY_CHARGEBACK",
}
_BY_ORDER_STATUS = {"PENDING": "ORDER_IS_PENDING", "REJECTED": "ORDER_IS_REJECTED"}


@dataclass(frozen=True)
class Worth:
    """The value of a part of an order."""

    subtotal: Decimal = ZERO
    discount: Decimal = ZERO
    tax: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount + self.tax

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(
            self.subtotal + other.subtotal, self.discount + other.discount, self.tax + other.tax
        )

    def to_json(self, record: Record) -> Json:
        return {
            "total": record.price(self.total),
            "tax": record.price(self.tax),
            "discount": record.price(self.discount),
            "subtotal": record.price(self.subtotal),
        }


def is_whole(payment: Json) -> bool:
    """Whether a payment can only be refunded whole, without an amount."""
    return "regularPaymentDetails" not in payment


def max_refund(record: Record, payment: Json) -> Decimal:
    taken = record.refunded(UNSETTLED_REFUNDS | {"SUCCEEDED"}, payment["id"])
    return amount(payment["amount"]) - taken


def why_not(record: Record, payment: Json, forced: str | None) -> str | None:
    """Why a payment cannot be refunded, or only by hand; None if it can be.

    Args:
        forced: A reason that a test gave for this payment.
    """
    if forced:
        return forced
    if record.order["status"] in _BY_ORDER_STATUS:
        return _BY_ORDER_STATUS[record.order["status"]]
    reason = _why_not_by_state(record, payment)
    return reason or ("OFFLINE" if is_offline(payment) else None)


def _why_not_by_state(record: Record, payment: Json) -> str | None:
    taken_whole = is_whole(payment) and any(
        part["paymentId"] == payment["id"] and part["refundStatus"] in UNSETTLED_REFUNDS
        for refund in record.refunds
        for part in refund["transactions"]
    )
    pending = record.refunded(UNSETTLED_REFUNDS, payment["id"])
    if not record.was_paid(payment):
        reason = "NOT_PAID"
    elif payment["status"] in {"REFUNDED", "VOIDED"}:
        reason = "ALREADY_REFUNDED"
    elif taken_whole or (pending and max_refund(record, payment) <= 0):
        reason = "PENDING_REFUND"
    elif amount(payment["amount"]) == 0 and "membershipPaymentDetails" not in payment:
        reason = "ZERO_PRICE"
    elif payment["refundDisabled"]:
        reason = "DISABLED_BY_PROVIDER"
    else:
        reason = None
    return reason


def payment_refundability(record: Record, payment: Json, forced: str | None) -> Json:
    """One entry of the refundability reply."""
    reason = why_not(record, payment, forced)
    if reason is None:
        verdict: Json = {"refundable": True}
    elif reason in MANUAL_REASONS:
        verdict = {"manuallyRefundable": {"reason": reason}}
    else:
        verdict = {"nonRefundable": {"reason": reason}}
    regular = payment.get("regularPaymentDetails", {})
    told: Json = {"paymentId": payment["id"], "offlinePayment": is_offline(payment)}
    if "paymentMethod" in regular:
        told["paymentMethod"] = regular["paymentMethod"]
    if "creditCardDetails" in regular:
        told["creditCardDetails"] = regular["creditCardDetails"]
    if "membershipPaymentDetails" in payment:
        line_id = payment["membershipPaymentDetails"]["lineItemId"]
        done = record.gave_back(payment)
        told["membership"] = {
            "paidLineItemIds": [line_id],
            "refundedLineItemIds": [line_id] if done else [],
            "refundableLineItemIds": [] if reason else [line_id],
        }
    else:
        told["monetary"] = monetary(record, [payment])
    return {**verdict, "payment": told}


def monetary(record: Record, payments: Iterable[Json]) -> Json:
    """What these payments brought, gave back, and can still give back."""
    paid = refunded = pending = ZERO
    for payment in payments:
        if record.was_paid(payment):
            paid += amount(payment["amount"])
        refunded += record.refunded({"SUCCEEDED"}, payment["id"])
        pending += record.refunded(UNSETTLED_REFUNDS, payment["id"])
    sums = {
        "paid": paid,
        "refunded": refunded,
        "refundPending": pending,
        "maxRefund": paid - refunded - pending,
    }
    return {name: record.price(value) for name, value in sums.items()}


# ---- Lines, fees and shipping ----


def available_quantity(record: Record, line: Json) -> int:
    return int(line["quantity"]) - record.refunded_quantity(line["id"])


def refunded_fee(record: Record, fee_id: str) -> Decimal:
    return sum(
        (
            amount(fee["amount"])
            for refund in record.standing_refunds()
            for fee in refund["details"]["additionalFees"]
            if fee["additionalFeeId"] == fee_id
        ),
        ZERO,
    )


def refunded_shipping(record: Record) -> Decimal:
    return sum(
        (
            amount(refund["details"].get("shipping", {}).get("amount"))
            for refund in record.standing_refunds()
        ),
        ZERO,
    )


def shipping_cost(record: Record) -> Decimal:
    """What was charged for shipping; 0 if nothing was."""
    cost = record.order.get("shippingInfo", {}).get("cost", {})
    return amount(cost.get("totalPriceAfterTax"))


def fee(record: Record, fee_id: str) -> Json | None:
    return next((each for each in record.order["additionalFees"] if each["id"] == fee_id), None)


def fee_cost(given: Json) -> Decimal:
    return amount(given["priceAfterTax"])


def worth_of_line(record: Record, line: Json, quantity: int) -> Worth:
    """The value of some units of a line, after those that were refunded before."""
    before = record.refunded_quantity(line["id"])

    def part(total: Decimal) -> Decimal:
        return share(total, before, quantity, line["quantity"], record.currency)

    return Worth(
        part(amount(line["priceBeforeDiscounts"]) * line["quantity"]),
        part(amount(line["totalDiscount"])),
        part(amount(line["taxInfo"]["taxAmount"])),
    )
