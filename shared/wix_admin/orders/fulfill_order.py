"""Marks lines of an order as sent, once.

A tracking number can be on one fulfillment only, at Wix too. Without one, our reference goes into
the fulfillment's `customInfo`. Either is how a fulfillment whose answer got lost is found again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self, override

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import (
    InputError,
    RefusedError,
    WixConflictError,
    WixUnavailableError,
    pointer,
)
from wix_admin.models import (
    LENIENT,
    Answer,
    FunctionInput,
    Guid,
    Json,
    OrSay,
    WixEntity,
    WriteInput,
)
from wix_admin.orders.entities import Order, OrderId, OrderLine, fetch_order
from wix_admin.orders.operations import CREATE_FULFILLMENT, LIST_FULFILLMENTS
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

LINKED_CARRIERS = {name.lower(): name for name in ("fedex", "ups", "usps", "dhl", "canadaPost")}
"""Carriers for which Wix makes the tracking link itself, in its own spelling."""

REFERENCE_FIELD = "reference"

SEND_LINES = 'Send the lines that were sent, or "all" for everything that is not fulfilled yet'

type Label = Annotated[str, Field(min_length=1, max_length=100)]
type DispatchId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._:/-]{1,100}$"),
    OrSay("Send 1 to 100 letters, digits and the signs . _ : / -"),
]
TrackingUrl = Annotated[
    str,
    Field(pattern=r"^https?://\S+$", max_length=2048),
    OrSay("Send a web address such as https://example.com/track/1, of at most 2048 characters"),
]


class FulfilledLine(FunctionInput):
    """Units of a line that were sent."""

    line_item_id: Guid
    quantity: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Left out: all units that are not fulfilled yet."
    )


def _each_once(lines: list[FulfilledLine]) -> list[FulfilledLine]:
    if len(lines) != len({each.line_item_id for each in lines}):
        raise PydanticCustomError("twice", "Name each line once, with all units of it")
    return lines


def _kind(given: object) -> str | None:
    if isinstance(given, list):
        return "a list of lines"
    return "all" if given == "all" else None


type Lines = Annotated[
    list[FulfilledLine], Field(min_length=1, max_length=300), AfterValidator(_each_once)
]
LinesOrAll = Annotated[
    Annotated[Lines, Tag("a list of lines")] | Annotated[Literal["all"], Tag("all")],
    Discriminator(_kind, custom_error_type="lines", custom_error_message=SEND_LINES),
]


class FulfillOrderInput(WriteInput):
    """What was sent, and how it can be tracked."""

    advice: ClassVar[Mapping[str, str]] = {"lines": SEND_LINES}

    order_id: OrderId
    lines: LinesOrAll = Field(description='Or "all": everything that is not fulfilled yet.')
    tracking_number: Label | None = None
    carrier: Label | None = Field(
        default=None, description="fedex, ups, usps, dhl, canadaPost, or any other by its name."
    )
    tracking_url: TrackingUrl | None = Field(
        default=None, description="Required for a carrier that Wix does not know."
    )
    dispatch_id: DispatchId | None = Field(
        default=None, description="The warehouse's id of the shipment; it is the idempotency key."
    )

    @model_validator(mode="after")
    def _trackable(self) -> Self:
        if (self.carrier is None) != (self.tracking_number is None):
            missing = "carrier" if self.carrier is None else "trackingNumber"
            raise PydanticCustomError(
                "tracking",
                "Send carrier and trackingNumber together, or neither",
                {"at": [missing]},
            )
        if self.tracking_url and not self.tracking_number:
            raise PydanticCustomError(
                "tracking", "Send carrier and trackingNumber with it", {"at": ["trackingUrl"]}
            )
        if self.carrier and self.carrier.lower() not in LINKED_CARRIERS and not self.tracking_url:
            raise PydanticCustomError(
                "tracking",
                "Send it, the address where the buyer can follow the parcel: Wix knows none for"
                " this carrier",
                {"at": ["trackingUrl"]},
            )
        return self

    @override
    def own_key(self) -> str | None:
        """Return the dispatch's id: one dispatch is one fulfillment."""
        return f"dispatch:{self.dispatch_id}" if self.dispatch_id else None


class FulfillmentLine(Answer):
    """Units of a line in a fulfillment."""

    line_item_id: str
    quantity: int


class FulfillmentReceipt(Receipt):
    """A fulfillment.

    Attributes:
        order_id: The order.
        fulfillment_id: Wix's id of the fulfillment.
        lines: What is in it.
        tracking_number: Its tracking number.
    """

    order_id: str
    fulfillment_id: str
    lines: list[FulfillmentLine]
    tracking_number: str | None = None


class _Line(WixEntity):
    id: str
    quantity: Annotated[int | None, LENIENT] = None


class _Tracking(WixEntity):
    tracking_number: str | None = None


class _CustomInfo(WixEntity):
    fields_data: dict[str, str] | None = None


class Fulfillment(WixEntity):
    """Units of an order's lines that were sent together."""

    id: str
    line_items: list[_Line] | None = None
    tracking_info: _Tracking | None = None
    custom_info: _CustomInfo | None = None

    def units(self) -> Counter[str]:
        """Return how many units of each line it holds.

        Raises:
            WixUnavailableError: If Wix does not tell.
        """
        return Counter(_told_units(self.line_items or []))


class _Fulfillments(WixEntity):
    fulfillments: list[Fulfillment] | None = None


class _Created(WixEntity):
    fulfillment_id: str


def fetch_fulfillments(wix: WixClient, order_id: str) -> list[Fulfillment]:
    """Read all fulfillments of an order.

    Wix: `GET /ecom/v1/fulfillments/orders/{orderId}`.

    Raises:
        WixError: If Wix cannot be asked.
    """
    reply = wix.call(LIST_FULFILLMENTS, order_id=order_id)
    listed = read_as(_Fulfillments, reply.get("orderWithFulfillments"), LIST_FULFILLMENTS)
    return listed.fulfillments or []


def units_left(order: Order, fulfillments: list[Fulfillment]) -> dict[str, int]:
    """Return how many units of each line are in no fulfillment yet.

    Raises:
        WixUnavailableError: If Wix does not tell how many there are, or were sent.
    """
    sent = sum((each.units() for each in fulfillments), Counter[str]())
    ordered = _told_units(order.line_items or [])
    return {line: max(quantity - sent[line], 0) for line, quantity in ordered.items()}


def _told_units(lines: Sequence[OrderLine | _Line]) -> dict[str, int]:
    units: dict[str, int] = {}
    for each in lines:
        if each.quantity is None:
            raise WixUnavailableError(f"Wix does not tell how many units of line {each.id} it is")
        units[each.id] = each.quantity
    return units


class OrderFulfillment(Effect[FulfillmentReceipt]):
    """Adds one fulfillment to one order.

    Wix: `POST /ecom/v1/fulfillments/orders/{orderId}/create-fulfillment`, after the order and its
    fulfillments were read. Wix may mail the buyer, as the merchant has set it.
    """

    name = CREATE_FULFILLMENT.name
    receipt = FulfillmentReceipt

    def __init__(self, wix: WixClient, request: FulfillOrderInput) -> None:
        self.target = request.order_id
        self._wix = wix
        self._request = request
        self._named = request.lines if isinstance(request.lines, list) else None
        self._known: Fulfillment | None = None

    @override
    def check(self) -> Json:
        """Find out which units are meant, and that they are there to be sent.

        Returns:
            The units, line by line.

        Raises:
            InputError: If a line is not the order's.
            RefusedError: If the order is not approved, or fewer units are left than are asked for.
        """
        fulfillments = fetch_fulfillments(self._wix, self.target)
        known = self._tracked(fulfillments)
        if known is not None and self._same(known):
            self._known = known
            return dict(known.units())
        order = fetch_order(self._wix, self.target)
        self.admit(order)
        return self._units(units_left(order, fulfillments))

    def admit(self, order: Order) -> None:
        """Refuse an order that cannot be fulfilled.

        Raises:
            RefusedError: If it is not approved.
        """
        if order.status != "APPROVED":
            raise RefusedError(
                f"The order is {order.status}: only one that is APPROVED can be fulfilled"
            )

    @override
    def send(self, sent: Sent) -> FulfillmentReceipt:
        """Create the fulfillment, unless its tracking number is on the same one already."""
        if self._known is not None:
            return self._receipt(self._known.id, sent.before)
        try:
            reply = self._wix.call(CREATE_FULFILLMENT, body=self._body(sent), order_id=self.target)
        except WixConflictError:
            existing = self.read_back(sent)
            if existing is None:
                raise
            return existing
        created = read_as(_Created, reply, CREATE_FULFILLMENT)
        return self._receipt(created.fulfillment_id, sent.before)

    @override
    def read_back(self, sent: Sent) -> FulfillmentReceipt | None:
        """Look for our tracking number, or our reference, among the order's fulfillments."""
        fulfillments = fetch_fulfillments(self._wix, self.target)
        found = self._tracked(fulfillments) or next(
            (
                each
                for each in fulfillments
                if each.custom_info
                and (each.custom_info.fields_data or {}).get(REFERENCE_FIELD) == sent.reference
            ),
            None,
        )
        if found is None or found.units() != Counter(sent.before):
            return None
        return self._receipt(found.id, sent.before)

    def _tracked(self, fulfillments: list[Fulfillment]) -> Fulfillment | None:
        number = self._request.tracking_number
        return next(
            (
                each
                for each in fulfillments
                if number and each.tracking_info and each.tracking_info.tracking_number == number
            ),
            None,
        )

    def _same(self, known: Fulfillment) -> bool:
        """Tell whether a fulfillment holds what was asked for, as far as that was said."""
        named = {each.line_item_id: each.quantity for each in self._named or []}
        units = known.units()
        return not named or (
            named.keys() == units.keys()
            and all(quantity in {None, units[line]} for line, quantity in named.items())
        )

    def _units(self, left: Mapping[str, int]) -> dict[str, int]:
        if self._named is None:
            units = {line: quantity for line, quantity in left.items() if quantity > 0}
            if not units:
                raise RefusedError(
                    "Every line of the order is fulfilled already", code="exceeds_unfulfilled"
                )
            return units
        units = {}
        for index, each in enumerate(self._named):
            field = pointer("lines", index)
            if each.line_item_id not in left:
                raise InputError.of(
                    f"{field}/lineItemId", "The order has no such line: send the id of one it has"
                )
            most = left[each.line_item_id]
            quantity = most if each.quantity is None else each.quantity
            if quantity > most or not quantity:
                detail = f"{most} units are left to fulfill, and {quantity} were asked for"
                raise RefusedError.of(f"{field}/quantity", detail, code="exceeds_unfulfilled")
            units[each.line_item_id] = quantity
        return units

    def _body(self, sent: Sent) -> Json:
        lines = [{"id": line, "quantity": quantity} for line, quantity in sent.before.items()]
        request = self._request
        if request.carrier is None:
            mark: Json = {"customInfo": {"fieldsData": {REFERENCE_FIELD: sent.reference}}}
        else:
            link = {"trackingLink": request.tracking_url} if request.tracking_url else {}
            mark = {
                "trackingInfo": {
                    "trackingNumber": request.tracking_number,
                    "shippingProvider": LINKED_CARRIERS.get(
                        request.carrier.lower(), request.carrier
                    ),
                    **link,
                }
            }
        return {"fulfillment": {"lineItems": lines, **mark}}

    def _receipt(self, fulfillment_id: str, units: Mapping[str, int]) -> FulfillmentReceipt:
        return FulfillmentReceipt(
            order_id=self.target,
            fulfillment_id=fulfillment_id,
            lines=[
                FulfillmentLine(line_item_id=line, quantity=quantity)
                for line, quantity in units.items()
            ],
            tracking_number=self._request.tracking_number,
        )
