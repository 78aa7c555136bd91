"""Changes the few fields of an order that Wix lets anybody change."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, override

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.models import Country, Email, FunctionInput, Json, OrSay, WriteInput
from wix_admin.orders.entities import Order, OrderId
from wix_admin.orders.operations import UPDATE_ORDER
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

USE_INSTEAD = {
    "status": "An order's status is not set: cancel it with POST /orders/{orderId}/cancel, put it"
    " away with archived; Wix approves it when it is paid",
    "paymentStatus": "The payment status follows the payments: record one with POST"
    " /orders/{orderId}/payments, give money back with POST /orders/{orderId}/refunds",
    "fulfillmentStatus": "The fulfillment status follows the fulfillments: add one with POST"
    " /orders/{orderId}/fulfillments",
    "lineItems": "Lines and prices change through Wix's draft orders, which is not offered here",
    "priceSummary": "Lines and prices change through Wix's draft orders, which is not offered here",
    "tags": "Tags do not change through an update at Wix",
    "balanceSummary": "The balance follows the payments: record one with POST"
    " /orders/{orderId}/payments, give money back with POST /orders/{orderId}/refunds",
}
"""Fields that callers expect to set here, and the action that does it."""

Language = Annotated[
    str, Field(pattern="^[a-z]{2}$"), OrSay("Send a language as two small letters, such as en")
]


class BuyerInfo(FunctionInput):
    """Who bought."""

    email: Email


class OrderStreetAddress(FunctionInput):
    """A street and a number, apart."""

    number: Annotated[str, Field(max_length=100)] | None = None
    name: Annotated[str, Field(max_length=250)] | None = None


class OrderAddress(FunctionInput):
    """An address; `addressLine` or `streetAddress`."""

    country: Country | None = None
    subdivision: Annotated[str, Field(max_length=50)] | None = None
    city: Annotated[str, Field(max_length=50)] | None = None
    postal_code: Annotated[str, Field(max_length=50)] | None = None
    street_address: OrderStreetAddress | None = None
    address_line: Annotated[str, Field(max_length=150)] | None = None
    address_line2: Annotated[str, Field(max_length=100)] | None = None


class VatId(FunctionInput):
    """A Brazilian tax number: a person's is a CPF, a company's a CNPJ."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    type: Literal["CPF", "CNPJ"]


class ContactDetails(FunctionInput):
    """A person at an address."""

    first_name: Annotated[str, Field(max_length=100)] | None = None
    last_name: Annotated[str, Field(max_length=100)] | None = None
    phone: Annotated[str, Field(max_length=100)] | None = None
    company: Annotated[str, Field(max_length=1000)] | None = None
    vat_id: VatId | None = None


def _kept(given: Any) -> Any:
    """Refuse a null where Wix clears nothing."""
    if given is None:
        raise PydanticCustomError("null", "Wix does not clear this: leave it out, or send a value")
    return given


class AddressWithContact(FunctionInput):
    """An address and whom to find there. Null clears the address, but never the contact."""

    address: OrderAddress | None = None
    contact_details: Annotated[ContactDetails | None, AfterValidator(_kept)] = None


class Logistics(FunctionInput):
    """How it is delivered."""

    shipping_destination: AddressWithContact


class ShippingInfo(FunctionInput):
    """Where it is delivered."""

    logistics: Logistics


class UpdateOrderInput(WriteInput):
    """What to change. A field left out stays as it is; null clears it where Wix can.

    The last write wins, as Wix keeps no revision of an order.
    """

    remembers_nulls: ClassVar[bool] = True
    advice: ClassVar[Mapping[str, str]] = USE_INSTEAD

    order_id: OrderId
    archived: Annotated[bool | None, AfterValidator(_kept)] = None
    seen_by_a_human: Annotated[bool | None, AfterValidator(_kept)] = None
    buyer_info: Annotated[BuyerInfo | None, AfterValidator(_kept)] = None
    buyer_language: Language | None = None
    weight_unit: Annotated[Literal["KG", "LB"] | None, AfterValidator(_kept)] = None
    attribution_source: Literal["UNSPECIFIED", "FACEBOOK_ADS"] | None = None
    billing_info: Annotated[AddressWithContact | None, AfterValidator(_kept)] = None
    recipient_info: Annotated[AddressWithContact | None, AfterValidator(_kept)] = None
    shipping_info: Annotated[ShippingInfo | None, AfterValidator(_kept)] = None
    extended_fields: Annotated[dict[str, Any] | None, AfterValidator(_kept)] = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.model_fields_set <= {"order_id", "dry_run"}:
            raise PydanticCustomError("nothing", "Send at least one field to change")
        return self


class UpdateReceipt(Receipt):
    """What was changed.

    Attributes:
        order_id: The order.
        changed: The fields that were set.
        updated_date: Wix's time of the change.
    """

    order_id: str
    changed: list[str]
    updated_date: str | None = None


class OrderUpdate(Effect[UpdateReceipt]):
    """Sets fields of one order; setting them twice changes nothing.

    Wix: `PATCH /ecom/v1/orders/{order.id}`.
    """

    name = UPDATE_ORDER.name
    receipt = UpdateReceipt

    def __init__(self, wix: WixClient, request: UpdateOrderInput) -> None:
        self.target = request.order_id
        self._wix = wix
        self._changes = request.to_wix(without={"order_id"}, exclude_unset=True)

    @override
    def check(self) -> Json:
        return {}

    @override
    def send(self, sent: Sent) -> UpdateReceipt:
        reply = self._wix.call(UPDATE_ORDER, body={"order": self._changes}, order_id=self.target)
        order = read_as(Order, reply.get("order"), UPDATE_ORDER)
        return UpdateReceipt(
            order_id=self.target, changed=sorted(self._changes), updated_date=order.updated_date
        )

    @override
    def read_back(self, sent: Sent) -> UpdateReceipt:
        """Set the fields again, which is as good as finding them set."""
        return self.send(sent)
