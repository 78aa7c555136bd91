"""Order transactions: list payments and refunds, record payments, settle offline ones."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tests.wix_simulator.bodies import Body, Guid, PriceBody
from tests.wix_simulator.clock import seconds_of, written
from tests.wix_simulator.errors import Json, application_error, invalid
from tests.wix_simulator.money import scale_of
from tests.wix_simulator.shop import PAID_STATUSES, WAITING_STATUSES, Record, Shop, is_offline
from tests.wix_simulator.world import Call, Route

type PaymentStatus = Literal[
    "APPROVED",
    "PENDING",
    "PENDING_MERCHANT",
    "CANCELED",
    "DECLINED",
    "REFUNDED",
    "PARTIALLY_REFUNDED",
    "AUTHORIZED",
    "VOIDED",
]

_SETTLED_BY_HAND = {"APPROVED", "CANCELED", "DECLINED"}


def _instant(value: str) -> str:
    seconds_of(value)
    return value


type Instant = Annotated[str, AfterValidator(_instant)]
type MethodName = Annotated[str, StringConstraints(max_length=150)]


class _Card(Body):
    last_four_digits: str | None = None
    brand: str | None = None


class _UserDefinedName(Body):
    predefined: Literal["CASH", "BANK_TRANSFER", "CHECK"] | None = None
    custom: Annotated[MethodName, StringConstraints(min_length=1)] | None = None

    @model_validator(mode="after")
    def _exactly_one_kind(self) -> "_UserDefinedName":
        if (self.predefined is None) == (self.custom is None):
            raise ValueError("exactly one of predefined and custom must be set")
        return self


class _MethodNames(Body):
    buyer_language_name: MethodName | None = None
    site_language_name: MethodName | None = None
    user_defined_name: _UserDefinedName | None = None


class _Regular(Body):
    offline_payment: bool = False
    status: PaymentStatus | None = None
    payment_method: MethodName | None = None
    payment_method_name: _MethodNames | None = None
    gateway_transaction_id: str | None = None
    provider_transaction_id: str | None = None
    payment_order_id: str | None = None
    saved_payment_method: bool = False
    credit_card_details: _Card | None = None


class _GiftCard(Body):
    gift_card_payment_id: str
    app_id: Guid
    obfuscated_code: str | None = None


class _PlanName(Body):
    original: str
    translated: str | None = None


class _Membership(Body):
    membership_id: str
    line_item_id: Guid
    provider_app_id: Guid
    name: _PlanName | None = None
    external_transaction_id: str | None = None


class _Payment(Body):
    amount: PriceBody
    created_date: Instant | None = None
    refund_disabled: bool = False
    status: PaymentStatus | None = None
    charge_correlation_id: Guid | None = None
    regular_payment_details: _Regular | None = None
    giftcard_payment_details: _GiftCard | None = None
    membership_payment_details: _Membership | None = None

    @model_validator(mode="after")
    def _exactly_one_kind(self) -> "_Payment":
        kinds = (
            self.regular_payment_details,
            self.giftcard_payment_details,
            self.membership_payment_details,
        )
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("exactly one kind of payment details must be set")
        return self


class _AddBody(Body):
    payments: Annotated[list[_Payment], Field(min_length=1, max_length=50)]


class _StatusBody(Body):
    status: PaymentStatus


class _ListBody(Body):
    order_ids: Annotated[list[Guid], Field(min_length=1, max_length=100)]


def list_transactions(call: Call) -> Json:
    """GET /ecom/v1/payments/orders/{orderId}."""
    return {"orderTransactions": call.shop.record(call.path["orderId"]).transactions()}


def list_by_ids(call: Call) -> Json:
    """POST /ecom/v1/payments/list-by-ids: of many orders; unknown ones are left out."""
    known = [each for each in call.read(_ListBody).order_ids if call.shop.known(each)]
    return {"orderTransactions": [call.shop.record(each).transactions() for each in known]}


def add_payments(call: Call) -> Json:
    """POST /ecom/v1/payments/orders/{orderId}/add-payment: record payments, charge nothing.

    A payment without a status is taken as pending.
    """
    request = call.read(_AddBody)
    ids = []
    with call.shop.change(call.path["orderId"]) as record:
        for index, given in enumerate(request.payments):
            _refuse_odd_amount(record, given, f"payments[{index}].amount.amount")
            payment = _payment(call.shop, record, given)
            record.payments.append(payment)
            ids.append(payment["id"])
        approve_if_paid(record)
    return {"orderTransactions": record.transactions(), "paymentsIds": ids}


def update_status(call: Call) -> Json:
    """POST /ecom/v1/payments/{paymentId}/orders/{orderId}/update-payment-transaction-status.

    For offline payments that are pending, as money that was handed over is noticed later.
    """
    wanted = call.read(_StatusBody).status
    payment_id = call.path["paymentId"]
    with call.shop.change(call.path["orderId"]) as record:
        payment = record.payment(payment_id)
        if payment is None:
            raise application_error(404, "PAYMENT_NOT_FOUND", data={"paymentId": payment_id})
        waits = is_offline(payment) and payment["status"] in WAITING_STATUSES
        if not waits or wanted not in _SETTLED_BY_HAND:
            raise application_error(call.switches.status_not_allowed_status, "STATUS_NOT_ALLOWED")
        set_status(payment, wanted, call.shop.clock.stamp())
        approve_if_paid(record)
    return {"orderTransactions": record.transactions()}


def set_status(payment: Json, status: str, stamp: str) -> None:
    """Set a payment's status, and the deprecated copy of it."""
    payment["status"] = status
    payment["updatedDate"] = stamp
    if "regularPaymentDetails" in payment:
        payment["regularPaymentDetails"]["status"] = status


def approve_if_paid(record: Record) -> None:
    """An order that waited for its payment is approved when it arrives."""
    if record.order["status"] in {"INITIALIZED", "PENDING"} and record.sum_of(PAID_STATUSES):
        record.order["status"] = "APPROVED"


def _refuse_odd_amount(record: Record, given: _Payment, field: str) -> None:
    decimals = given.amount.value.as_tuple().exponent
    if isinstance(decimals, int) and -decimals > scale_of(record.currency):
        raise invalid(field, f"has too many decimals for {record.currency}", "DECIMAL_MAX_SCALE")


def _kept(shop: Shop, created: str) -> str:
    """What is kept of the moment that a payment is given."""
    match shop.switches.created_date:
        case "milliseconds":
            return written(seconds_of(created))
        case "seconds":
            return written(seconds_of(created) // 1)
        case "own":
            return shop.clock.stamp()


def _payment(shop: Shop, record: Record, given: _Payment) -> Json:
    now = shop.clock.stamp()
    created = now if given.created_date is None else _kept(shop, given.created_date)
    regular = given.regular_payment_details
    status = given.status or (regular and regular.status) or "PENDING"
    payment: dict[str, Any] = {
        "id": shop.ids.guid(),
        "createdDate": created,
        "updatedDate": now,
        "amount": record.price(given.amount.value),
        "refundDisabled": given.refund_disabled,
        **given.model_dump(
            by_alias=True,
            exclude_none=True,
            exclude={"amount", "created_date", "refund_disabled", "status"},
        ),
    }
    set_status(payment, status, now)
    return payment


_WRITE = "ECOM.MODIFY_TRANSACTIONS"
_READ = "ECOM.READ_TRANSACTIONS"

ROUTES = (
    Route("GET", "/ecom/v1/payments/orders/{orderId}", list_transactions, _READ),
    Route("POST", "/ecom/v1/payments/list-by-ids", list_by_ids, _READ),
    Route(
        "POST", "/ecom/v1/payments/orders/{orderId}/add-payment", add_payments, _WRITE, writes=True
    ),
    Route(
        "POST",
        "/ecom/v1/payments/{paymentId}/orders/{orderId}/update-payment-transaction-status",
        update_status,
        _WRITE,
        writes=True,
    ),
)
