"""Order billing: what can be refunded, what it is worth, and the refund itself."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tests.wix_simulator import refundable
from tests.wix_simulator.bodies import Body, Guid, PriceBody
from tests.wix_simulator.errors import Json, RefusedError, application_error, invalid
from tests.wix_simulator.money import ZERO, amount, scale_of
from tests.wix_simulator.payments import set_status
from tests.wix_simulator.refundable import Worth
from tests.wix_simulator.shop import UNSETTLED_REFUNDS, Record, Shop
from tests.wix_simulator.world import Call, Route, SentMail

type RefundStatus = Literal["PENDING", "SUCCEEDED", "FAILED", "SCHEDULED", "STARTED"]

type Quantity = Annotated[int, Field(ge=1, le=100000)]


class _LineBody(Body):
    line_item_id: Guid
    quantity: Quantity


class _FeeBody(Body):
    additional_fee_id: Guid
    amount: PriceBody | None = None


class _ShippingBody(Body):
    amount: PriceBody | None = None


class _ItemsBody(Body):
    line_items: Annotated[list[_LineBody], Field(default_factory=list, max_length=300)]
    additional_fees: Annotated[list[_FeeBody], Field(default_factory=list, max_length=100)]
    shipping: _ShippingBody | None = None


class _OrderBody(Body):
    order_id: Guid


class _CalculateBody(Body):
    order_id: Guid
    refund_items: _ItemsBody


class _PaymentRefundBody(Body):
    payment_id: Guid
    amount: PriceBody | None = None
    external_refund: bool = False


class _RestockBody(Body):
    line_items: Annotated[list[_LineBody], Field(default_factory=list, max_length=300)]


class _NotificationsBody(Body):
    send_customer_email: bool = False
    custom_message: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None


class _SideEffectsBody(Body):
    restock: _RestockBody = _RestockBody()
    notifications: _NotificationsBody = _NotificationsBody()


class RefundBody(Body):
    """The body of refund-payments."""

    order_id: Guid
    payment_refunds: Annotated[list[_PaymentRefundBody], Field(min_length=1, max_length=50)]
    refund_items: _ItemsBody = _ItemsBody()
    side_effects: _SideEffectsBody = _SideEffectsBody()
    customer_reason: Annotated[str, StringConstraints(max_length=200)] | None = None


# ---- Refundability ----


def get_refundability(call: Call) -> Json:
    """POST /ecom/v1/order-billing/get-order-refundability."""
    record = call.shop.record(call.read(_OrderBody).order_id)
    money = [each for each in record.payments if "membershipPaymentDetails" not in each]
    reply: Json = {
        "payments": [
            refundable.payment_refundability(record, each, call.shop.refundability.get(each["id"]))
            for each in record.payments
        ],
        "paymentsSummary": {"monetary": refundable.monetary(record, money)},
        "lineItems": [
            {
                "lineItemId": line["id"],
                "originalQuantity": line["quantity"],
                "refundedQuantity": record.refunded_quantity(line["id"]),
                "availableRefundQuantity": refundable.available_quantity(record, line),
            }
            for line in record.order["lineItems"]
        ],
        "additionalFees": [
            {
                "additionalFeeId": fee["id"],
                **_left(
                    record, refundable.fee_cost(fee), refundable.refunded_fee(record, fee["id"])
                ),
            }
            for fee in record.order["additionalFees"]
        ],
    }
    cost = refundable.shipping_cost(record)
    if cost:
        reply["shipping"] = _left(record, cost, refundable.refunded_shipping(record))
    return reply


def _left(record: Record, whole: Decimal, taken: Decimal) -> Json:
    return {
        "amount": record.price(whole),
        "refundedAmount": record.price(taken),
        "availableRefundAmount": record.price(whole - taken),
    }


# ---- Calculation ----


def calculate_refund(call: Call) -> Json:
    """POST /ecom/v1/order-billing/calculate-refund: 200 even if nothing can be refunded."""
    request = call.read(_CalculateBody)
    record = call.shop.record(request.order_id)
    items = request.refund_items
    errors = _item_errors(record, items)
    if errors:
        return {"notAvailable": {"errors": errors}}
    lines = [(each, _worth_of_line(record, each)) for each in items.line_items]
    fees = [(each, Worth(_fee_amount(record, each))) for each in items.additional_fees]
    shipping = Worth(_shipping_amount(record, items.shipping))
    all_lines = sum((worth for _, worth in lines), Worth())
    all_fees = sum((worth for _, worth in fees), Worth())
    calculated: Json = {
        "lineItems": [
            {"item": each.sent(), "summary": worth.to_json(record)} for each, worth in lines
        ],
        "additionalFees": [
            {
                "additionalFee": {
                    "additionalFeeId": each.additional_fee_id,
                    "amount": record.price(worth.total),
                },
                "summary": worth.to_json(record),
            }
            for each, worth in fees
        ],
    }
    if items.shipping is not None:
        calculated["shipping"] = {
            "shipping": {"amount": record.price(shipping.total)},
            "summary": shipping.to_json(record),
        }
    return {
        "available": True,
        "summary": {
            **(all_lines + all_fees + shipping).to_json(record),
            "lineItemsSubtotal": record.price(all_lines.subtotal),
            "additionalFeesTotal": record.price(all_fees.total),
        },
        "calculatedRefundItems": calculated,
    }


def _item_errors(record: Record, items: _ItemsBody) -> list[Json]:
    errors = []
    for line in items.line_items:
        try:
            _worth_of_line(record, line)
        except RefusedError as error:
            errors.append({"lineItem": line.sent(), "error": _details(error)})
    for fee in items.additional_fees:
        try:
            _fee_amount(record, fee)
        except RefusedError as error:
            errors.append({"additionalFee": fee.sent(), "error": _details(error)})
    if items.shipping is not None:
        try:
            _shipping_amount(record, items.shipping)
        except RefusedError as error:
            errors.append({"shipping": items.shipping.sent(), "error": _details(error)})
    return errors


def _details(error: RefusedError) -> Json:
    body = error.reply.body
    return dict(body["details"]) if isinstance(body, dict) else {}


def _worth_of_line(record: Record, wanted: _LineBody) -> Worth:
    line = record.line(wanted.line_item_id)
    if line is None:
        raise application_error(404, "LINE_ITEM_NOT_FOUND", data=wanted.sent())
    if wanted.quantity > refundable.available_quantity(record, line):
        raise application_error(400, "INVALID_LINE_ITEM_REFUND_QUANTITY", data=wanted.sent())
    return refundable.worth_of_line(record, line, wanted.quantity)


def _fee_amount(record: Record, wanted: _FeeBody) -> Decimal:
    fee = refundable.fee(record, wanted.additional_fee_id)
    if fee is None:
        raise application_error(404, "ADDITIONAL_FEE_NOT_FOUND", data=wanted.sent())
    left = refundable.fee_cost(fee) - refundable.refunded_fee(record, wanted.additional_fee_id)
    taken = left if wanted.amount is None else wanted.amount.value
    if not _is_payable(record, taken, left):
        raise application_error(400, "INVALID_ADDITIONAL_FEE_REFUND_AMOUNT", data=wanted.sent())
    return taken


def _shipping_amount(record: Record, wanted: _ShippingBody | None) -> Decimal:
    if wanted is None:
        return ZERO
    cost = refundable.shipping_cost(record)
    if not cost:
        raise application_error(404, "SHIPPING_NOT_FOUND")
    left = cost - refundable.refunded_shipping(record)
    taken = left if wanted.amount is None else wanted.amount.value
    if not _is_payable(record, taken, left):
        raise application_error(400, "INVALID_SHIPPING_REFUND_AMOUNT", data=wanted.sent())
    return taken


def _is_payable(record: Record, value: Decimal, most: Decimal) -> bool:
    exponent = value.normalize().as_tuple().exponent
    exact = isinstance(exponent, int) and -exponent <= scale_of(record.currency)
    return exact and 0 < value <= most


# ---- Refund ----


def refund_payments(call: Call) -> Json:
    """POST /ecom/v1/order-billing/refund-payments: give money back. 200 means accepted.

    Each payment's refund succeeds at once unless a test said how it ends.
    """
    request = call.read(RefundBody)
    with call.shop.change(request.order_id) as record:
        refund = make_refund(call.shop, record, request)
    notifications = request.side_effects.notifications
    if notifications.send_customer_email:
        call.world.mails.append(
            SentMail("ORDER_REFUNDED", request.order_id, notifications.custom_message)
        )
    return {"refund": refund, "orderTransactions": record.transactions()}


def make_refund(shop: Shop, record: Record, request: RefundBody) -> Json:
    """Refund into a record that is being changed.

    Raises:
        RefusedError: If anything asked for cannot be refunded; nothing is refunded then.
    """
    _refuse_twice(request.refund_items)
    details = _refund_details(record, request)
    breakdown = [
        {
            "lineItemId": each.line_item_id,
            "totalRefundedAmount": record.price(_worth_of_line(record, each).total),
        }
        for each in request.refund_items.line_items
    ]
    restocked = _restocked(shop, record, request)
    refund: Json = {
        "id": shop.ids.guid(),
        "createdDate": shop.clock.stamp(),
        "transactions": [],
        "details": details,
        "summary": {},
    }
    record.refunds.append(refund)
    record.breakdowns[refund["id"]] = breakdown
    record.side_effects[refund["id"]] = _side_effects(request)
    # One by one: a payment that is named twice has less left the second time.
    for each in request.payment_refunds:
        refund["transactions"].append(_part(shop, record, each))
    if refund in record.standing_refunds():
        record.restocked = restocked
    shop.note(
        record,
        "REFUND_INITIATED",
        refundInitiated={
            "refundId": refund["id"],
            "amount": record.price(_sum(refund, {*UNSETTLED_REFUNDS, "SUCCEEDED", "FAILED"})),
            "payments": [{"paymentId": each.payment_id} for each in request.payment_refunds],
        },
    )
    for part in refund["transactions"]:
        _follow(shop, record, refund, part)
    return refund


def _refuse_twice(items: _ItemsBody) -> None:
    lines = [each.line_item_id for each in items.line_items]
    fees = [each.additional_fee_id for each in items.additional_fees]
    if len(set(lines)) < len(lines) or len(set(fees)) < len(fees):
        raise invalid("refundItems", "names an item twice")


def _refund_details(record: Record, request: RefundBody) -> Json:
    items = request.refund_items
    lines = [each.sent() for each in items.line_items]
    details: Json = {
        "items": lines,
        "lineItems": lines,
        "shippingIncluded": items.shipping is not None,
        "additionalFees": [
            {
                "additionalFeeId": each.additional_fee_id,
                "amount": record.price(_fee_amount(record, each)),
            }
            for each in items.additional_fees
        ],
    }
    if items.shipping is not None:
        details["shipping"] = {"amount": record.price(_shipping_amount(record, items.shipping))}
    if request.customer_reason is not None:
        details["reason"] = request.customer_reason
    return details


def _part(shop: Shop, record: Record, wanted: _PaymentRefundBody) -> Json:
    """The refund of one payment."""
    payment = record.payment(wanted.payment_id)
    if payment is None:
        raise application_error(404, "PAYMENT_NOT_FOUND", data=wanted.sent())
    reason = refundable.why_not(record, payment, shop.refundability.get(wanted.payment_id))
    if reason is not None and reason not in refundable.MANUAL_REASONS:
        raise application_error(
            428,
            "PAYMENT_NOT_REFUNDABLE",
            data={"paymentId": wanted.payment_id, "nonRefundableReason": reason},
        )
    if reason is not None and not wanted.external_refund:
        raise application_error(
            shop.switches.external_refund_expected_status,
            "EXTERNAL_REFUND_EXPECTED",
            data=wanted.sent(),
        )
    outcome = "SUCCEEDED"
    if not wanted.external_refund:
        outcome = shop.refund_outcomes.get(wanted.payment_id, outcome)
    part: Json = {
        "paymentId": wanted.payment_id,
        "amount": record.price(_amount(record, payment, wanted)),
        "refundStatus": outcome,
        "externalRefund": wanted.external_refund,
    }
    if not wanted.external_refund:
        part["gatewayRefundId"] = shop.ids.guid()
        part["providerRefundId"] = f"re_{shop.ids.random.randrange(10**9)}"
    return part


def _amount(record: Record, payment: Json, wanted: _PaymentRefundBody) -> Decimal:
    most = refundable.max_refund(record, payment)
    if refundable.is_whole(payment):
        if wanted.amount is None:
            return most
    elif wanted.amount is not None and _is_payable(record, wanted.amount.value, most):
        return wanted.amount.value
    raise application_error(400, "INVALID_PAYMENT_REFUND_AMOUNT", data=wanted.sent())


def _restocked(shop: Shop, record: Record, request: RefundBody) -> dict[str, int]:
    """What is back in stock, by line item, once the refund is made."""
    refunding = {each.line_item_id: each.quantity for each in request.refund_items.line_items}
    restocked = dict(record.restocked)
    for wanted in request.side_effects.restock.line_items:
        line = record.line(wanted.line_item_id)
        if line is None:
            raise application_error(404, "LINE_ITEM_NOT_FOUND", data=wanted.sent())
        line_id = wanted.line_item_id
        units = restocked.get(line_id, 0) + wanted.quantity
        if units > record.refunded_quantity(line_id) + refunding.get(line_id, 0):
            raise application_error(400, "INVALID_LINE_ITEM_RESTOCK_QUANTITY", data=wanted.sent())
        if len(line["locations"]) > 1 and units < line["quantity"]:
            other = 400 if shop.switches.external_refund_expected_status == 428 else 428
            raise application_error(
                other, "PARTIAL_REFUND_FOR_MULTIPLE_LOCATIONS_NOT_ALLOWED", data=wanted.sent()
            )
        restocked[line_id] = units
    return restocked


def _side_effects(request: RefundBody) -> Json:
    """In the words of the event, which are those of the older refund call."""
    effects = request.side_effects
    items = [each.sent() for each in effects.restock.line_items]
    told: Json = {
        "restockInfo": {"type": "SOME_ITEMS" if items else "NO_ITEMS", "items": items},
        "sendOrderRefundedEmail": effects.notifications.send_customer_email,
    }
    if effects.notifications.custom_message is not None:
        told["customMessage"] = effects.notifications.custom_message
    return told


# ---- What follows when a refund is settled ----


def settle(
    shop: Shop, record: Record, refund_id: str, payment_id: str, outcome: RefundStatus
) -> None:
    """Give the waiting refund of one payment its end, in a record that is being changed.

    Raises:
        LookupError: If no such refund is waiting.
    """
    for refund in record.refunds:
        for part in refund["transactions"]:
            named = refund["id"] == refund_id and part["paymentId"] == payment_id
            if named and part["refundStatus"] in UNSETTLED_REFUNDS:
                part["refundStatus"] = outcome
                _follow(shop, record, refund, part)
                return
    raise LookupError(f"no refund {refund_id} of payment {payment_id} is waiting")


def _follow(shop: Shop, record: Record, refund: Json, part: Json) -> None:
    """Let the payment, the summary and the history follow one payment's refund."""
    _summarise(record, refund)
    told = {"refundId": refund["id"], "payment": {"paymentId": part["paymentId"]}}
    if part["refundStatus"] == "FAILED":
        part["refundStatusInfo"] = {
            "paymentGatewayReasonCode": "DECLINED",
            "description": "The provider refused the refund",
        }
        shop.note(record, "PAYMENT_REFUND_FAILED", paymentRefundFailed=told)
    if part["refundStatus"] != "SUCCEEDED":
        return
    payment = record.payment(part["paymentId"])
    if payment is None:
        raise LookupError("a refund has lost its payment")
    set_status(payment, _status_after(record, payment), shop.clock.stamp())
    shop.note(record, "PAYMENT_REFUNDED", paymentRefunded=told)
    shop.note(
        record,
        "ORDER_REFUNDED",
        orderRefunded={
            "manual": part["externalRefund"],
            "amount": part["amount"],
            "reason": refund["details"].get("reason", ""),
        },
    )


def _status_after(record: Record, payment: Json) -> str:
    """The status of a payment of which something went back."""
    if refundable.is_whole(payment):
        return "VOIDED"
    whole = record.refunded({"SUCCEEDED"}, payment["id"]) >= amount(payment["amount"])
    return "REFUNDED" if whole else "PARTIALLY_REFUNDED"


def _summarise(record: Record, refund: Json) -> None:
    pending = _sum(refund, UNSETTLED_REFUNDS)
    unsettled = any(each["refundStatus"] in UNSETTLED_REFUNDS for each in refund["transactions"])
    refund["summary"].update(
        requestedRefund=record.price(_sum(refund, {*UNSETTLED_REFUNDS, "SUCCEEDED", "FAILED"})),
        pendingRefund=record.price(pending),
        refunded=record.price(_sum(refund, {"SUCCEEDED"})),
        failedRefundAmount=record.price(_sum(refund, {"FAILED"})),
        pending=unsettled,
    )
    if not unsettled:
        refund["summary"]["breakdown"] = {"lineItems": record.breakdowns[refund["id"]]}


def _sum(refund: Json, statuses: set[str]) -> Decimal:
    parts = (each for each in refund["transactions"] if each["refundStatus"] in statuses)
    return sum((amount(each["amount"]) for each in parts), ZERO)


_BASE = "/ecom/v1/order-billing"

ROUTES = (
    Route(
        "POST",
        f"{_BASE}/get-order-refundability",
        get_refundability,
        "ECOM.ORDER_BILLING_GET_ORDER_REFUNDABILITY",
    ),
    Route(
        "POST",
        f"{_BASE}/calculate-refund",
        calculate_refund,
        "ECOM.ORDER_BILLING_CALCULATE_REFUND",
    ),
    Route(
        "POST",
        f"{_BASE}/refund-payments",
        refund_payments,
        "ECOM.ORDER_BILLING_REFUND_PAYMENTS",
        writes=True,
    ),
)
