"""Move a booking to a free time slot.

Give the start of an appointment, or the session of a class. The time must be free (`slot_taken`);
the place stays, and so does the duration unless an end is given. The site's policy is kept unless
the request says otherwise, and participants are notified only if it says so.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.bookings.booking_effect import BookingReceipt
from wix_admin.bookings.operations import (
    GET_SESSION,
    GET_TIME_SLOT,
    LIST_TIME_SLOTS,
    QUERY_BOOKINGS,
    RESCHEDULE_BOOKING,
)
from wix_admin.bookings.reschedule_booking import BookingReschedule, RescheduleBookingInput


@admin_action(
    RescheduleBookingInput,
    elevates=[QUERY_BOOKINGS, GET_TIME_SLOT, LIST_TIME_SLOTS, GET_SESSION, RESCHEDULE_BOOKING],
    key=Key.HONOURED,
)
def handler(booking: RescheduleBookingInput, wix: WixClient, once: Once) -> BookingReceipt:
    return once.make(BookingReschedule(wix, booking))
