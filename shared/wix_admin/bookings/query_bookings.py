"""Lists bookings."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from wix_admin.bookings.entities import Booking, ExtendedBooking, Found
from wix_admin.bookings.filters import BOOKINGS
from wix_admin.bookings.operations import QUERY_BOOKINGS
from wix_admin.models import Json
from wix_admin.wix.client import WixClient
from wix_admin.wix.cursors import seal, unseal
from wix_admin.wix.pages import LARGEST_PAGE, Page, QueryInput, Sort, items_as_told
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


class BookingPage(Page):
    """One page of extended bookings, each with its `allowedActions`."""

    items: list[ExtendedBooking]


def query_bookings(wix: WixClient, wanted: QueryBookingsInput) -> BookingPage:
    """List one page of bookings. Wix's index lags behind changes by seconds.

    Wix: `POST /_api/bookings-reader/v2/extended-bookings/query`, whose limit is 100 a page.

    Raises:
        InputError: If the cursor is not one of ours, or the filter or sort not one of Wix's.
        WixRequestError: If Wix refuses the filter.
        WixError: If Wix cannot be asked.
    """
    wanted.check(BOOKINGS)
    paging: Json = {"limit": wanted.limit}
    query: Json = {"cursorPaging": paging}
    if wanted.cursor is not None:
        paging["cursor"] = unseal(QUERY_BOOKINGS.name, wanted.cursor)
    else:
        query["sort"] = wanted.sorting() or NEWEST_FIRST
        if wanted.filter:
            query["filter"] = wanted.filter
    reply = wix.call(QUERY_BOOKINGS, body={"query": query, "withBookingAllowedActions": True})
    found = read_as(Found, reply, QUERY_BOOKINGS)
    position = found.position
    return BookingPage(
        items=items_as_told(ExtendedBooking, found.extended_bookings or [], QUERY_BOOKINGS),
        cursor=seal(QUERY_BOOKINGS.name, position) if position else None,
        has_more=position is not None,
    )


def bookings_with(wix: WixClient, condition: Json) -> Iterator[Booking]:
    """Yield every booking that fits a filter, page after page.

    Raises:
        WixError: If Wix refuses the filter or cannot be asked.
    """
    query: Json | None = {
        "filter": condition,
        "sort": NEWEST_FIRST,
        "cursorPaging": {"limit": LARGEST_PAGE},
    }
    while query:
        found = read_as(Found, wix.call(QUERY_BOOKINGS, body={"query": query}), QUERY_BOOKINGS)
        yield from found.bookings
        position = found.position
        query = {"cursorPaging": {"limit": LARGEST_PAGE, "cursor": position}} if position else None
