"""Fulfillments: what was sent to the buyer, and how to follow it."""

from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, StringConstraints, model_validator

from tests.wix_simulator.bodies import Body, Guid
from tests.wix_simulator.errors import Json, application_error, invalid
from tests.wix_simulator.shop import Record
from tests.wix_simulator.world import Call, Route

_LINKS = {
    "fedex": "https://www.fedex.com/fedextrack/?trknbr=",
    "ups": "https://www.ups.com/track?tracknum=",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    "dhl": "https://www.dhl.com/en/express/tracking.html?AWB=",
    "canadaPost": "https://www.canadapost-postescanada.ca/track-reperage/en#/details/",
}
"""The carriers Wix knows; the exact links are its own."""

type Status = Literal["Pending", "Accepted", "Ready", "In_Delivery", "Fulfilled"]


class _Line(Body):
    id: Guid
    quantity: Annotated[int, Field(ge=1, le=100000)] | None = None


class _Tracking(Body):
    tracking_number: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    shipping_provider: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    tracking_link: (
        Annotated[str, StringConstraints(max_length=2048, pattern=r"^https?://")] | None
    ) = None


class _CustomInfo(Body):
    fields_data: Annotated[dict[str, str], Field(max_length=100)]


class _Changes(Body):
    tracking_info: _Tracking | None = None
    custom_info: _CustomInfo | None = None
    status: Status | None = None
    completed: bool | None = None

    @model_validator(mode="after")
    def _one_kind_of_info(self) -> "_Changes":
        if self.tracking_info and self.custom_info:
            raise ValueError("only one of trackingInfo and customInfo may be set")
        return self


class _Fulfillment(_Changes):
    line_items: Annotated[list[_Line], Field(min_length=1, max_length=300)]


class _CreateBody(Body):
    fulfillment: _Fulfillment


class _UpdateBody(Body):
    fulfillment: _Changes


class _ListBody(Body):
    order_ids: Annotated[list[Guid], Field(min_length=1, max_length=100)]


def list_fulfillments(call: Call) -> Json:
    """GET /ecom/v1/fulfillments/orders/{orderId}."""
    record = call.shop.record(call.path["orderId"])
    return {"orderWithFulfillments": _listed(call, record)}


def list_by_ids(call: Call) -> Json:
    """POST /ecom/v1/fulfillments/list-by-ids: of many orders; unknown ones are left out."""
    known = [each for each in call.read(_ListBody).order_ids if call.shop.known(each)]
    return {"ordersWithFulfillments": [_listed(call, call.shop.record(each)) for each in known]}


def create_fulfillment(call: Call) -> Json:
    """POST /ecom/v1/fulfillments/orders/{orderId}/create-fulfillment."""
    request = call.read(_CreateBody).fulfillment
    with call.shop.change(call.path["orderId"]) as record:
        if record.order["status"] != "APPROVED":
            raise application_error(428, "ORDER_NOT_APPROVED", "Only approved orders are fulfilled")
        fulfillment: Json = {
            "id": call.shop.ids.guid(),
            "createdDate": call.shop.clock.stamp(),
            "lineItems": [],
        }
        record.fulfillments.append(fulfillment)
        # One by one: a line that is named twice has less left the second time.
        for line in request.line_items:
            fulfillment["lineItems"].append(_line(call, record, line))
        _apply(call, record, fulfillment, request.sent())
    return {
        "orderWithFulfillments": _listed(call, record),
        "fulfillmentId": fulfillment["id"],
    }


def update_fulfillment(call: Call) -> Json:
    """PATCH /ecom/v1/fulfillments/{fulfillment.id}/orders/{orderId}: all but the lines."""
    changes = call.read(_UpdateBody).fulfillment.sent()
    with call.shop.change(call.path["orderId"]) as record:
        fulfillment = _fulfillment(record, call.path["fulfillment.id"])
        _apply(call, record, fulfillment, changes)
    return {"orderWithFulfillments": _listed(call, record)}


def delete_fulfillment(call: Call) -> Json:
    """DELETE /ecom/v1/fulfillments/{fulfillmentId}/orders/{orderId}."""
    with call.shop.change(call.path["orderId"]) as record:
        record.fulfillments.remove(_fulfillment(record, call.path["fulfillmentId"]))
    return {"orderWithFulfillments": _listed(call, record)}


def _listed(call: Call, record: Record) -> Json:
    """An order's fulfillments, as Wix lists them."""
    listed = record.with_fulfillments()
    if call.switches.custom_info == "hidden":
        listed["fulfillments"] = [
            {name: value for name, value in each.items() if name != "customInfo"}
            for each in listed["fulfillments"]
        ]
    return listed


def _fulfillment(record: Record, fulfillment_id: str) -> Json:
    for each in record.fulfillments:
        if each["id"] == fulfillment_id:
            return each
    raise application_error(404, "FULFILLMENT_NOT_FOUND", data={"fulfillmentId": fulfillment_id})


def _line(call: Call, record: Record, wanted: _Line) -> Json:
    line = record.line(wanted.id)
    if line is None:
        raise application_error(400, "LINE_ITEM_NOT_FOUND", data={"lineItemId": wanted.id})
    left = line["quantity"] - record.fulfilled(wanted.id)
    quantity = left if wanted.quantity is None else wanted.quantity
    if not 0 < quantity <= left:
        raise application_error(
            call.switches.over_fulfillment_status,
            "LINE_ITEM_QUANTITY_EXCEEDED",
            "More than is left to fulfill",
            {"lineItemId": wanted.id, "availableQuantity": left},
        )
    return {"id": wanted.id, "quantity": quantity}


def _apply(call: Call, record: Record, fulfillment: Json, changes: Json) -> None:
    if changes.get("trackingInfo"):
        fulfillment.pop("customInfo", None)
        fulfillment["trackingInfo"] = _tracking(call, record, fulfillment, changes["trackingInfo"])
    if changes.get("customInfo"):
        fulfillment.pop("trackingInfo", None)
        fulfillment["customInfo"] = changes["customInfo"]
    for name in ("status", "completed"):
        if changes.get(name) is not None:
            fulfillment[name] = changes[name]


def _tracking(call: Call, record: Record, fulfillment: Json, changes: Json) -> Json:
    before = fulfillment.get("trackingInfo", {})
    tracking: Json = {**before, **changes}
    number, carrier = tracking.get("trackingNumber"), tracking.get("shippingProvider")
    if number and number != before.get("trackingNumber"):
        _refuse_known_number(call, record, fulfillment, number)
        call.shop.note(record, "TRACKING_NUMBER_EDITED" if before else "TRACKING_NUMBER_ADDED")
    if carrier in _LINKS:
        if number:
            tracking["trackingLink"] = _LINKS[carrier] + quote(number)
    elif not tracking.get("trackingLink") and call.switches.custom_carrier_without_link == "refuse":
        raise invalid(
            "fulfillment.trackingInfo.trackingLink",
            "must not be empty for a custom shipping provider",
            "REQUIRED_FIELD",
        )
    return {name: value for name, value in tracking.items() if value is not None}


def _refuse_known_number(call: Call, record: Record, fulfillment: Json, number: str) -> None:
    others = [] if call.switches.tracking_number_scope == "order" else call.shop.records()
    known = [
        each
        for other in [record, *(other for other in others if other.order_id != record.order_id)]
        for each in other.fulfillments
        if each["id"] != fulfillment["id"]
    ]
    if any(each.get("trackingInfo", {}).get("trackingNumber") == number for each in known):
        raise application_error(
            409, "TRACKING_NUMBER_ALREADY_EXISTS", data={"trackingNumber": number}
        )


_READ = "ECOM.READ_FULFILLMENTS"
_WRITE = "ECOM.MODIFY_FULFILLMENTS"
_BASE = "/ecom/v1/fulfillments"

ROUTES = (
    Route("GET", f"{_BASE}/orders/{{orderId}}", list_fulfillments, _READ),
    Route("POST", f"{_BASE}/list-by-ids", list_by_ids, _READ),
    Route(
        "POST",
        f"{_BASE}/orders/{{orderId}}/create-fulfillment",
        create_fulfillment,
        _WRITE,
        writes=True,
    ),
    Route(
        "PATCH",
        f"{_BASE}/{{fulfillment.id}}/orders/{{orderId}}",
        update_fulfillment,
        _WRITE,
        writes=True,
    ),
    Route(
        "DELETE",
        f"{_BASE}/{{fulfillmentId}}/orders/{{orderId}}",
        delete_fulfillment,
        _WRITE,
        writes=True,
    ),
)
