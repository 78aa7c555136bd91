"""Confirm a pending booking.

Participants are notified only if the request says so. A booking that was confirmed before stays as
it is.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.bookings.booking_effect import BookingReceipt
from wix_admin.bookings.confirm_booking import BookingConfirmation, ConfirmBookingInput
from wix_admin.bookings.operations import CONFIRM_BOOKING, QUERY_BOOKINGS


@admin_action(ConfirmBookingInput, elevates=[QUERY_BOOKINGS, CONFIRM_BOOKING], key=Key.HONOURED)
def handler(booking: ConfirmBookingInput, wix: WixClient, once: Once) -> BookingReceipt:
    return once.make(BookingConfirmation(wix, booking))
