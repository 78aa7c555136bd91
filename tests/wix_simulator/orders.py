"""Orders: get, update, cancel, approve."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.errors import Json, application_error, invalid
from tests.wix_simulator.world import Call, Route, SentMail

type Text100 = Annotated[str, StringConstraints(max_length=100)]
type Text50 = Annotated[str, StringConstraints(max_length=50)]
type Text150 = Annotated[str, StringConstraints(max_length=150)]

_FINAL = {"PENDING": "ORDER_IS_PENDING", "REJECTED": "ORDER_IS_REJECTED"}
_NEVER_CLEARED = {"buyerInfo", "billingInfo", "recipientInfo", "shippingInfo", "contactDetails"}


class _StreetAddress(Body):
    number: str | None = None
    name: str | None = None


class _Geocode(Body):
    latitude: float | None = None
    longitude: float | None = None


class _Address(Body):
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: Text50 | None = None
    city: Text50 | None = None
    postal_code: Text50 | None = None
    street_address: _StreetAddress | None = None
    address_line: Text150 | None = None
    address_line2: Annotated[Text100 | None, Field(alias="addressLine2")] = None
    geocode: _Geocode | None = None


class _VatId(Body):
    id: str
    type: Literal["CPF", "CNPJ"]


class _Contact(Body):
    first_name: Text100 | None = None
    last_name: Text100 | None = None
    phone: str | None = None
    company: Annotated[str, StringConstraints(max_length=1000)] | None = None
    vat_id: _VatId | None = None


class _Addressed(Body):
    address: _Address | None = None
    contact_details: _Contact | None = None


class _Logistics(Body):
    shipping_destination: _Addressed


class _Shipping(Body):
    logistics: _Logistics


class _Buyer(Body):
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None


class _ExtendedFields(Body):
    namespaces: dict[str, Json]


class _OrderChanges(Body):
    """Only what PATCH can change: anything else is an unknown field here."""

    buyer_info: _Buyer | None = None
    buyer_language: str | None = None
    weight_unit: Literal["UNSPECIFIED_WEIGHT_UNIT", "KG", "LB"] | None = None
    billing_info: _Addressed | None = None
    archived: bool | None = None
    attribution_source: Literal["UNSPECIFIED", "FACEBOOK_ADS"] | None = None
    seen_by_a_human: Annotated[bool | None, Field(alias="seenByAHuman")] = None
    recipient_info: _Addressed | None = None
    shipping_info: _Shipping | None = None
    extended_fields: _ExtendedFields | None = None


class _UpdateBody(Body):
    order: _OrderChanges


class _CancelBody(Body):
    send_order_canceled_email: bool = False
    custom_message: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None
    restock_all_items: bool = False


class _StatusBody(Body):
    status: Literal["INITIALIZED", "APPROVED", "CANCELED", "PENDING", "REJECTED"]


def get_order(call: Call) -> Json:
    """GET /ecom/v1/orders/{id}: an order of any status, as it is now."""
    return {"order": call.shop.shown(call.path["id"])}


def update_order(call: Call) -> Json:
    """PATCH /ecom/v1/orders/{order.id}: change what may be changed. The last write wins."""
    order_id = call.path["order.id"]
    _refuse_unfinished(call.shop.record(order_id).order["status"])
    changes = call.read(_UpdateBody).order.sent()
    _refuse_clearing(changes)
    with call.shop.change(order_id) as record:
        _refuse_unshipped(record.order, changes)
        _merge(record.order, changes, whole=call.switches.partial_address == "replace")
    return {"order": call.shop.shown(order_id)}


def cancel_order(call: Call) -> Json:
    """POST /ecom/v1/orders/{id}/cancel: cancel. Refunds nothing and voids nothing."""
    order_id = call.path["id"]
    request = call.read(_CancelBody)
    current = call.shop.record(order_id)
    _refuse_unfinished(current.order["status"])
    if current.order["status"] == "CANCELED":
        if call.switches.cancel_twice == 428:
            raise application_error(428, "ORDER_IS_CANCELED")
        return {"order": call.shop.shown(order_id)}
    if any(payment["status"] == "AUTHORIZED" for payment in current.payments):
        raise application_error(428, "ORDER_HAS_AUTHORIZED_TRANSACTION")
    with call.shop.change(order_id) as record:
        record.order["status"] = "CANCELED"
        record.cancellation = {
            "restockAllItems": request.restock_all_items,
            "sendOrderCanceledEmail": request.send_order_canceled_email,
        }
        if request.custom_message is not None:
            record.cancellation["customMessage"] = request.custom_message
        if request.restock_all_items:
            record.restocked = {line["id"]: line["quantity"] for line in record.order["lineItems"]}
        call.shop.note(record, "ORDER_CANCELED")
    if request.send_order_canceled_email:
        call.world.mails.append(SentMail("ORDER_CANCELED", order_id, request.custom_message))
    return {"order": call.shop.shown(order_id)}


def update_status(call: Call) -> Json:
    """POST /ecom/v1/orders/{orderId}/update-status: unpublished; approve a waiting order."""
    order_id = call.path["orderId"]
    wanted = call.read(_StatusBody).status
    current = call.shop.record(order_id).order["status"]
    if wanted == current:
        raise application_error(400, "STATUS_ALREADY_SET")
    if wanted not in {"APPROVED", "PENDING"}:
        raise application_error(400, "STATUS_NOT_SUPPORTED")
    if (current, wanted) not in {
        ("INITIALIZED", "APPROVED"),
        ("PENDING", "APPROVED"),
        ("INITIALIZED", "PENDING"),
    }:
        raise application_error(428, "UNSUPPORTED_TRANSITION")
    with call.shop.change(order_id) as record:
        record.order["status"] = wanted
    return {"order": call.shop.shown(order_id)}


def _refuse_unfinished(status: str) -> None:
    if status in _FINAL:
        raise application_error(428, _FINAL[status])


def _refuse_clearing(changes: Json, path: str = "order") -> None:
    for name, value in changes.items():
        if value is None and name in _NEVER_CLEARED:
            raise invalid(f"{path}.{name}", "cannot be cleared")
        if isinstance(value, dict):
            _refuse_clearing(value, f"{path}.{name}")


def _refuse_unshipped(order: Json, changes: Json) -> None:
    if "shippingInfo" not in changes:
        return
    if "shippingDestination" not in order.get("shippingInfo", {}).get("logistics", {}):
        raise invalid("order.shippingInfo", "the order is not shipped", "FIELD_NOT_ALLOWED")


def _merge(target: Json, changes: Json, *, whole: bool) -> None:
    for name, value in changes.items():
        if value is None:
            target.pop(name, None)
        elif isinstance(value, dict) and not (whole and name in {"address", "contactDetails"}):
            kept: Any = target.setdefault(name, {})
            _merge(kept, value, whole=whole)
        else:
            target[name] = value


ROUTES = (
    Route("GET", "/ecom/v1/orders/{id}", get_order, "ECOM.READ_ORDERS"),
    Route("PATCH", "/ecom/v1/orders/{order.id}", update_order, "ECOM.MODIFY_ORDERS", writes=True),
    Route("POST", "/ecom/v1/orders/{id}/cancel", cancel_order, "ECOM.MODIFY_ORDERS", writes=True),
    Route(
        "POST",
        "/ecom/v1/orders/{orderId}/update-status",
        update_status,
        "ECOM.ORDER_UPDATE_STATUS",
        writes=True,
    ),
)
