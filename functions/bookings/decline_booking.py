"""Decline a pending booking.

Participants are notified only if the request says so. A booking that was declined before stays as
it is.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.bookings.booking_effect import BookingReceipt
from wix_admin.bookings.decline_booking import BookingDecline, DeclineBookingInput
from wix_admin.bookings.operations import DECLINE_BOOKING, QUERY_BOOKINGS


@admin_action(DeclineBookingInput, elevates=[QUERY_BOOKINGS, DECLINE_BOOKING], key=Key.HONOURED)
def handler(booking: DeclineBookingInput, wix: WixClient, once: Once) -> BookingReceipt:
    return once.make(BookingDecline(wix, booking))
