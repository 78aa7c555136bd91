"""Declines a booking that waits for the business."""

from pydantic import Field

from wix_admin.bookings.booking_effect import BookingInput, flags
from wix_admin.bookings.booking_status import WAITING, NotedPaymentStatus, StatusChange
from wix_admin.bookings.operations import DECLINE_BOOKING
from wix_admin.models import without_none
from wix_admin.wix.client import WixClient


class DeclineBookingInput(BookingInput):
    """Which booking to decline."""

    payment_status: NotedPaymentStatus = None
    with_refund: bool = Field(
        default=False,
        description="Give back what was paid: with a membership by Wix, otherwise by the site's"
        " refund automation, if it has one. Look at the order's refunds before refunding it, too.",
    )


class BookingDecline(StatusChange):
    """Declines one booking.

    Wix: `POST /_api/bookings-service/v2/bookings/{bookingId}/decline`.
    """

    name = DECLINE_BOOKING.name
    operation = DECLINE_BOOKING
    changes_from = WAITING
    goal = "DECLINED"

    def __init__(self, wix: WixClient, request: DeclineBookingInput) -> None:
        noted = without_none(paymentStatus=request.payment_status)
        super().__init__(wix, request, {**noted, **flags(withRefund=request.with_refund)})
