"""Brings a booking to a status: what confirming, declining and cancelling have in common."""

from typing import Annotated, ClassVar, Literal, override

from pydantic import Field

from wix_admin.bookings.booking_effect import BookingChange, BookingInput
from wix_admin.bookings.entities import Booking
from wix_admin.effects.once import Sent
from wix_admin.models import Json
from wix_admin.wix.client import WixClient

WAITING = frozenset({"PENDING", "CREATED", "WAITING_LIST"})

type PaymentStatus = Literal["NOT_PAID", "PAID", "PARTIALLY_PAID", "REFUNDED", "EXEMPT", "FAILED"]

NotedPaymentStatus = Annotated[
    PaymentStatus | None, Field(description="What to note of its payment, which moves no money.")
]


class StatusChange(BookingChange):
    """Brings one booking to a status."""

    goal: ClassVar[str]

    def __init__(self, wix: WixClient, request: BookingInput, details: Json) -> None:
        super().__init__(wix, request.booking_id)
        self._body = {**request.notification(), **details}

    @override
    def is_done(self, booking: Booking) -> bool:
        return booking.status == self.goal

    @override
    def body(self, sent: Sent) -> Json:
        return self._body
