"""Cancel a booking.

The site's cancellation policy is kept unless the request says otherwise; what it forbids is refused
(`policy_forbids`). Participants are notified only if the request says so. A booking that was
canceled before stays as it is.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.bookings.booking_effect import BookingReceipt
from wix_admin.bookings.cancel_booking import BookingCancellation, CancelBookingInput
from wix_admin.bookings.operations import CANCEL_BOOKING, QUERY_BOOKINGS


@admin_action(CancelBookingInput, elevates=[QUERY_BOOKINGS, CANCEL_BOOKING], key=Key.HONOURED)
def handler(booking: CancelBookingInput, wix: WixClient, once: Once) -> BookingReceipt:
    return once.make(BookingCancellation(wix, booking))
