"""What the bookings' functions may call at Wix (Bookings v2, its reader, time slots).

Every change names the revision that was read, so that Wix makes it once at most. None is repeated
blindly all the same: whether the first try was the one that was made is looked up.
"""

from wix_admin.wix.operations import Operation

QUERY_BOOKINGS = Operation(
    "bookings.query",
    "POST",
    "/_api/bookings-reader/v2/extended-bookings/query",
    "BOOKINGS.BOOKING_READ",
    repeatable=True,
    reads=True,
)
CONFIRM_BOOKING = Operation(
    "bookings.confirm",
    "POST",
    "/_api/bookings-service/v2/bookings/{booking_id}/confirm",
    "BOOKINGS.BOOKING_CONFIRM",
    repeatable=False,
)
DECLINE_BOOKING = Operation(
    "bookings.decline",
    "POST",
    "/_api/bookings-service/v2/bookings/{booking_id}/decline",
    "BOOKINGS.BOOKING_DECLINE",
    repeatable=False,
)
CANCEL_BOOKING = Operation(
    "bookings.cancel",
    "POST",
    "/_api/bookings-service/v2/bookings/{booking_id}/cancel",
    "BOOKINGS.BOOKING_CANCEL",
    repeatable=False,
)
RESCHEDULE_BOOKING = Operation(
    "bookings.reschedule",
    "POST",
    "/_api/bookings-service/v2/bookings/{booking_id}/reschedule",
    "BOOKINGS.BOOKING_RESCHEDULE",
    repeatable=False,
)
GET_TIME_SLOT = Operation(
    "time_slots.get",
    "POST",
    "/_api/service-availability/v2/time-slots/get",
    "BOOKINGS.AVAILABILITY_READ_TIME_SLOTS",
    repeatable=True,
    reads=True,
)
LIST_TIME_SLOTS = Operation(
    "time_slots.list",
    "POST",
    "/_api/service-availability/v2/time-slots",
    "BOOKINGS.AVAILABILITY_READ_TIME_SLOTS",
    repeatable=True,
    reads=True,
)
GET_SESSION = Operation(
    "time_slots.session",
    "GET",
    "/_api/service-availability/v2/time-slots/event/{event_id}",
    "BOOKINGS.AVAILABILITY_READ",
    repeatable=True,
    reads=True,
)
