"""Bookings as Wix tells them, and how one is read."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from wix_admin.bookings.operations import QUERY_BOOKINGS
from wix_admin.errors import WixNotFoundError
from wix_admin.models import LENIENT, WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.pages import Listed
from wix_admin.wix.replies import read_as

SHOWS_WITHIN_SECONDS = 1.0
"""How long a booking that is not shown is waited for, as it may be new."""


class Resource(WixEntity):
    """Who gives the service."""

    id: str | None = None
    type: str | None = None
    transparency: str | None = None


class Location(WixEntity):
    """Where it takes place; only a place of the business has an id."""

    id: str | None = None
    name: str | None = None
    formatted_address: str | None = None
    location_type: str | None = None


class Slot(WixEntity):
    """The time of an appointment, or the session of a class."""

    service_id: str | None = None
    schedule_id: str | None = None
    event_id: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    timezone: str | None = None
    resource: Resource | None = None
    location: Location | None = None
    resource_selections: list[dict[str, Any]] | None = None


class Course(WixEntity):
    """The sessions of a course."""

    service_id: str | None = None


class BookedEntity(WixEntity):
    """What was booked: a slot, or a whole course."""

    slot: Slot | None = None
    schedule: Course | None = None
    tags: list[str] | None = None


class Booking(WixEntity):
    """A booking."""

    id: str
    booked_entity: BookedEntity | None = None
    status: str | None = None
    payment_status: Annotated[str | None, LENIENT] = None
    revision: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    double_booked: Annotated[bool | None, LENIENT] = None
    multi_service_booking_info: WixEntity | None = None

    @property
    def slot(self) -> Slot | None:
        """The booked slot; None for a course."""
        return self.booked_entity.slot if self.booked_entity else None

    @property
    def service_id(self) -> str | None:
        """The service that was booked."""
        entity = self.booked_entity or BookedEntity()
        return (entity.slot or entity.schedule or Course()).service_id

    @property
    def is_class(self) -> bool:
        """Whether it is one of many for a session."""
        return "GROUP" in ((self.booked_entity and self.booked_entity.tags) or [])


class ExtendedBooking(WixEntity):
    """A booking, and what can be done with it without overriding a policy (`allowedActions`)."""

    booking: Booking | None = None


class Found(Listed):
    """A page of bookings."""

    extended_bookings: list[Any] | None = None

    @property
    def bookings(self) -> list[Booking]:
        """The bookings themselves.

        Raises:
            WixUnavailableError: If one cannot be read.
        """
        listed = self.extended_bookings or []
        extended = [read_as(ExtendedBooking, each, QUERY_BOOKINGS) for each in listed]
        return [read_as(Booking, each.booking, QUERY_BOOKINGS) for each in extended]


def find_booking(wix: WixClient, booking_id: str) -> Booking | None:
    """Read one booking, as far as Wix's index knows it.

    Wix: `POST /_api/bookings-reader/v2/extended-bookings/query`; there is no call to get one.

    Raises:
        WixError: If Wix cannot be asked.
    """
    query = {"filter": {"id": {"$eq": booking_id}}, "cursorPaging": {"limit": 1}}
    reply = wix.call(QUERY_BOOKINGS, body={"query": query})
    bookings = read_as(Found, reply, QUERY_BOOKINGS).bookings
    return bookings[0] if bookings else None


def fetch_booking(wix: WixClient, booking_id: str) -> Booking:
    """Read one booking, waiting a moment for one that may be new.

    Raises:
        WixNotFoundError: If Wix's index does not show it.
        WixError: If Wix cannot be asked.
    """
    booking = find_booking(wix, booking_id)
    if booking is None and wix.pause(SHOWS_WITHIN_SECONDS):
        booking = find_booking(wix, booking_id)
    if booking is None:
        raise WixNotFoundError(
            "Wix shows no such booking: check the id. One that was made a moment ago may take some"
            " seconds to show"
        )
    return booking


def instant_of(text: str | None, timezone: str | None = None) -> datetime | None:
    """Read a time of Wix as an instant; one without an offset is local to the zone."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone) if timezone else UTC)
    return moment.astimezone(UTC)
