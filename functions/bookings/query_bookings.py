"""List bookings, page by page, with the actions that each allows.

The newest come first unless a sort says otherwise. Each booking comes with what can be done with it
(`allowedActions`). Wix's index lags behind changes by seconds.
"""

from wix_admin import WixClient, admin_action
from wix_admin.bookings.operations import QUERY_BOOKINGS
from wix_admin.bookings.query_bookings import BookingPage, QueryBookingsInput, query_bookings


@admin_action(QueryBookingsInput, elevates=[QUERY_BOOKINGS])
def handler(query: QueryBookingsInput, wix: WixClient) -> BookingPage:
    return query_bookings(wix, query)
