"""List bookings, page by page."""

from wix_admin import WixClient, admin_action
from wix_admin.bookings.operations import QUERY_BOOKINGS
from wix_admin.bookings.reading import BookingPage, QueryBookingsInput, query_bookings


@admin_action(QueryBookingsInput, elevates=[QUERY_BOOKINGS])
def handler(wanted: QueryBookingsInput, wix: WixClient) -> BookingPage:
    return query_bookings(wix, wanted)
