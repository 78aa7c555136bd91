"""Lists bookings."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from wix_admin.bookings.entities import Booking, ExtendedBooking, Found
from wix_admin.bookings.filters import BOOKINGS
from wix_admin.bookings.operations import QUERY_BOOKINGS
from wix_admin.models import Json, without_none
from wix_admin.wix.client import WixClient
from wix_admin.wix.pages import LARGEST_PAGE, Page, QueryInput, Sort, pass_on_items, walk
from wix_admin.wix.replies import read_as

NEWEST_FIRST: list[Json] = [{"fieldName": "createdDate", "order": "DESC"}]
"""Always said, as Wix documents two orders for a query without one."""


class QueryBookingsInput(QueryInput):
    """Which bookings to list: a filter to begin with, then the cursor of the last answer.

    The newest come first unless a sort says otherwise. Wix's filters spell the slot's fields
    `bookedEntity.item.slot.serviceId`, and each field stands in a filter once.
    """

    filter: dict[str, Any] | None = Field(
        default=None, description='Wix\'s filter, such as {"status": "PENDING"}'
    )
    sort: list[Sort] | None = None


class BookingPage(Page[ExtendedBooking]):
    """One page of extended bookings, each with its `allowedActions`."""


def query_bookings(wix: WixClient, query: QueryBookingsInput) -> BookingPage:
    """List one page of bookings. Wix's index lags behind changes by seconds.

    Wix: `POST /_api/bookings-reader/v2/extended-bookings/query`, whose limit is 100 a page.

    Raises:
        InputError: If the cursor is not one of ours, or the filter or sort not one of Wix's.
        WixRequestError: If Wix refuses the filter.
        WixError: If Wix cannot be asked.
    """
    query.check(BOOKINGS)
    begun = query.cursor is not None
    wix_query = without_none(
        cursorPaging=query.cursor_paging(QUERY_BOOKINGS),
        sort=None if begun else query.sorting() or NEWEST_FIRST,
        filter=query.filter or None,
    )
    body = {"query": wix_query, "withBookingAllowedActions": True}
    found = read_as(Found, wix.call(QUERY_BOOKINGS, body=body), QUERY_BOOKINGS)
    bookings = pass_on_items(ExtendedBooking, found.extended_bookings or [], QUERY_BOOKINGS)
    return BookingPage.of(QUERY_BOOKINGS, bookings, found.position)


def bookings_with(wix: WixClient, condition: Json) -> Iterator[Booking]:
    """Yield every booking that fits a filter, page after page.

    Raises:
        WixError: If Wix refuses the filter or cannot be asked.
    """

    def read(query: Json) -> Found:
        return read_as(Found, wix.call(QUERY_BOOKINGS, body={"query": query}), QUERY_BOOKINGS)

    first = {
        "filter": condition,
        "sort": NEWEST_FIRST,
        "cursorPaging": {"limit": LARGEST_PAGE},
    }
    for page in walk(read, first):
        yield from page.bookings
