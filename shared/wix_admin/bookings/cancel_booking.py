"""Cancels a booking."""

from pydantic import Field

from wix_admin.bookings.booking_effect import BookingInput, flags
from wix_admin.bookings.booking_status import WAITING, StatusChange
from wix_admin.bookings.operations import CANCEL_BOOKING
from wix_admin.models import Json
from wix_admin.wix.client import WixClient


class CancelBookingInput(BookingInput):
    """Which booking to cancel."""

    ignore_cancellation_policy: bool = Field(
        default=False, description="Cancel even if the service's policy says that it is too late."
    )
    with_refund: bool = Field(
        default=False, description="Give back what was paid with a membership."
    )
    waive_cancellation_fee: bool = Field(default=False, description="Take no fee for it.")
    waive_charges: bool = Field(
        default=False,
        description="Waive what is still owed: Wix cancels the order, too, if all of it is"
        " bookings, some of it unpaid, and no fee is due.",
    )


class BookingCancellation(StatusChange):
    """Cancels one booking.

    Wix: `POST /_api/bookings-service/v2/bookings/{bookingId}/cancel`.
    """

    name = CANCEL_BOOKING.name
    operation = CANCEL_BOOKING
    changes_from = WAITING | {"CONFIRMED"}
    goal = "CANCELED"

    def __init__(self, wix: WixClient, request: CancelBookingInput) -> None:
        chosen = flags(
            ignoreCancellationPolicy=request.ignore_cancellation_policy,
            withRefund=request.with_refund,
            waiveCancellationFee=request.waive_cancellation_fee,
        )
        waived: Json = {"waiveCharges": True} if request.waive_charges else {}
        super().__init__(wix, request, {**chosen, **waived})
