"""Confirms a booking that waits for the business."""

from pydantic import Field

from wix_admin.bookings.booking_effect import BookingInput, flags
from wix_admin.bookings.booking_status import WAITING, NotedPaymentStatus, StatusChange
from wix_admin.bookings.operations import CONFIRM_BOOKING
from wix_admin.models import without_none
from wix_admin.wix.client import WixClient


class ConfirmBookingInput(BookingInput):
    """Which booking to confirm. Bookings paid through Wix's checkout are confirmed by Wix."""

    payment_status: NotedPaymentStatus = None
    send_sms_reminder: bool | None = Field(
        default=None, description="Whether participants get an SMS the day before."
    )
    check_availability: bool = Field(
        default=False, description="Confirm it only if the time is still free."
    )


class BookingConfirmation(StatusChange):
    """Confirms one booking.

    Wix: `POST /_api/bookings-service/v2/bookings/{bookingId}/confirm`.
    """

    name = CONFIRM_BOOKING.name
    operation = CONFIRM_BOOKING
    changes_from = WAITING
    goal = "CONFIRMED"

    def __init__(self, wix: WixClient, request: ConfirmBookingInput) -> None:
        noted = without_none(
            paymentStatus=request.payment_status, sendSmsReminder=request.send_sms_reminder
        )
        checked = flags(checkAvailabilityValidation=request.check_availability)
        super().__init__(wix, request, {**noted, **checked})
