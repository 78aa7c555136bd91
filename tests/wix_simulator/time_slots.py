"""Availability time slots v2: when services can be booked."""

from collections.abc import Iterable
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from tests.wix_simulator.bodies import Body, Guid
from tests.wix_simulator.booking_book import BookingBook
from tests.wix_simulator.errors import Json, application_error, invalid
from tests.wix_simulator.filters import Cursor
from tests.wix_simulator.service_calendar import (
    STAFF_TYPE_ID,
    Slot,
    instant,
    local,
    resource,
    zone,
)
from tests.wix_simulator.world import Call, Route

PATHS = ("/_api/service-availability/v2/time-slots", "/service-availability/v2/time-slots")

type _Zone = Annotated[str, StringConstraints(min_length=1, max_length=150)]
type _LocationType = Literal["BUSINESS", "CUSTOM", "CUSTOMER"]


class _Location(Body):
    id: Guid | None = None
    name: str | None = None
    formatted_address: str | None = None
    location_type: _LocationType | None = None

    def is_of(self, place: Json) -> bool:
        """Whether a place is meant; beside an id, nothing else counts."""
        if self.id is not None:
            return place.get("id") == self.id
        return self.location_type in {None, place["locationType"]}


class _ResourceType(Body):
    resource_type_id: Guid
    resource_ids: Annotated[list[Guid], Field(max_length=135)] | None = None


class _CursorPaging(Body):
    limit: Annotated[int, Field(ge=1, le=1000)] | None = None
    cursor: Cursor | None = None


class _Violations(Body):
    too_early_to_book: bool | None = None
    earliest_booking_date: str | None = None
    too_late_to_book: bool | None = None
    book_online_disabled: bool | None = None


class _Choices(Body):
    duration_in_minutes: Annotated[int, Field(ge=1, le=57600)] | None = None
    add_on_ids: Annotated[list[Guid], Field(max_length=21)] | None = None
    duration_choice_id: Guid | None = None
    requested_gender: Json | None = None


class _Wanted(Body):
    include_resource_type_ids: Annotated[list[Guid], Field(max_length=100)] | None = None
    resource_types: Annotated[list[_ResourceType], Field(max_length=8)] | None = None


class _ListBody(_Wanted):
    service_id: Guid | None = None
    from_local_date: str | None = None
    to_local_date: str | None = None
    time_zone: _Zone | None = None
    locations: Annotated[list[_Location], Field(max_length=5)] | None = None
    bookable: bool | None = None
    booking_policy_violations: _Violations | None = None
    time_slots_per_day: Annotated[int, Field(ge=1)] | None = None
    customer_choices: _Choices | None = None
    cursor_paging: _CursorPaging = _CursorPaging()


class _GetBody(_Wanted):
    service_id: Guid
    local_start_date: str
    local_end_date: str
    time_zone: _Zone
    location: _Location


class _EventsBody(Body):
    from_local_date: str | None = None
    to_local_date: str | None = None
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    service_ids: Annotated[list[Guid], Field(max_length=100)] | None = None
    include_non_bookable: bool = True
    min_bookable_capacity: Annotated[int, Field(ge=1)] | None = None
    event_filter: Json | None = None
    max_slots_per_day: Annotated[int, Field(ge=1, le=1000)] | None = None
    booking_policy_violations: _Violations | None = None
    cursor_paging: _CursorPaging = _CursorPaging()


def list_time_slots(call: Call) -> Json:
    """POST …/time-slots: when an appointment is offered. Times are local, without an offset."""
    request = call.read(_ListBody)
    book, paging = call.bookings, request.cursor_paging
    if paging.cursor:
        found, zone_name = book.cursors.resume(paging.cursor, "cursorPaging.cursor")
    else:
        service_id = _needed(request.service_id, "serviceId")
        zone_name = _needed(request.time_zone, "timeZone")
        book.calendar.service(service_id)
        slots = [
            slot
            for slot in _between(book, request.from_local_date, request.to_local_date, zone_name)
            if slot.service_id == service_id and slot.event_id is None and _chosen(slot, request)
        ]
        where = ZoneInfo(zone_name)
        resources = request.include_resource_type_ids is not None
        found = [
            time_slot(book, same_time, where, place, resources=resources)
            for same_time in _by_time(slots)
            for place in book.calendar.places[service_id]
            if not request.locations or any(each.is_of(place) for each in request.locations)
        ]
        if request.bookable is not None:
            found = [each for each in found if each["bookable"] is request.bookable]
        found = _first_of_days(found, request.time_slots_per_day)
    page, following = _cut(book, found, zone_name, paging.limit or 1000)
    return {
        "timeSlots": page,
        "timeZone": zone_name,
        "cursorPagingMetadata": {"cursors": {"next": following}, "hasNext": bool(following)},
    }


def get_time_slot(call: Call) -> Json:
    """POST …/time-slots/get: one time of an appointment."""
    request = call.read(_GetBody)
    book = call.bookings
    book.calendar.service(request.service_id)
    if request.location.id is None and request.location.location_type in {None, "BUSINESS"}:
        raise invalid("location.id", "must not be empty", "REQUIRED_FIELD")
    where = zone(request.time_zone, "timeZone")
    start = instant(request.local_start_date, where, "localStartDate")
    end = instant(request.local_end_date, where, "localEndDate")
    slots = [
        slot
        for slot in book.calendar.appointments(request.service_id, start, end)
        if _chosen(slot, request)
    ]
    places = [
        place for place in book.calendar.places[request.service_id] if request.location.is_of(place)
    ]
    if not slots or not places:
        raise application_error(404, "SLOT_NOT_FOUND")
    resources = request.include_resource_type_ids is not None
    found = time_slot(book, slots, where, places[0], resources=resources)
    return {"timeSlot": found, "timeZone": request.time_zone}


def list_event_time_slots(call: Call) -> Json:
    """POST …/time-slots/event: the sessions of classes."""
    request = call.read(_EventsBody)
    book, paging = call.bookings, request.cursor_paging
    if paging.cursor:
        found, zone_name = book.cursors.resume(paging.cursor, "cursorPaging.cursor")
    else:
        zone_name = _needed(request.time_zone, "timeZone")
        least = request.min_bookable_capacity or 0
        found = [
            time_slot(book, [slot], ZoneInfo(zone_name), resources=True)
            for slot in _between(book, request.from_local_date, request.to_local_date, zone_name)
            if slot.event_id is not None
            and (request.service_ids is None or slot.service_id in request.service_ids)
        ]
        found = [
            each
            for each in found
            if (request.include_non_bookable or each["bookable"])
            and each["bookableCapacity"] >= least
        ]
        found = _first_of_days(found, request.max_slots_per_day)
    page, following = _cut(book, found, zone_name, paging.limit or 50)
    return {
        "timeSlots": page,
        "timeZone": zone_name,
        "pagingMetadata": {"cursors": {"next": following}, "hasNext": bool(following)},
    }


def get_event_time_slot(call: Call) -> Json:
    """GET …/time-slots/event/{eventId}: one session of a class."""
    slot = call.bookings.calendar.session(call.path["eventId"])
    if slot is None:
        raise application_error(404, "SLOT_NOT_FOUND")
    zone_name = call.query.get("timeZone", [slot.timezone])[-1]
    where = zone(zone_name, "timeZone")
    return {
        "timeSlot": time_slot(call.bookings, [slot], where, resources=True),
        "timeZone": zone_name,
    }


def time_slot(
    book: BookingBook,
    slots: list[Slot],
    timezone: ZoneInfo,
    place: Json | None = None,
    *,
    resources: bool,
) -> Json:
    """Slots of one time and place, and perhaps of several staff members, as one TimeSlot."""
    first = slots[0]
    free = [slot for slot in slots if slot.is_open and book.remaining(slot) > 0]
    left = sum(book.remaining(slot) for slot in slots)
    told: Json = {
        "serviceId": first.service_id,
        "localStartDate": local(first.start, timezone),
        "localEndDate": local(first.end, timezone),
        "bookable": bool(free),
        "scheduleId": first.schedule_id,
        "location": place or book.calendar.places[first.service_id][0],
        "totalCapacity": sum(slot.capacity for slot in slots),
        "remainingCapacity": left,
        "bookableCapacity": sum(book.remaining(slot) for slot in free),
        "bookingPolicyViolations": {
            "tooEarlyToBook": False,
            "tooLateToBook": False,
            "bookOnlineDisabled": not any(slot.is_open for slot in slots),
        },
    }
    if not free:
        told["nonBookableReasons"] = {
            "noRemainingCapacity": left <= 0,
            "violatesBookingPolicy": left > 0,
            "reservedForWaitingList": False,
            "eventCancelled": False,
        }
    if first.event_id is not None:
        title = book.calendar.service(first.service_id)["name"]
        told["eventInfo"] = {"eventId": first.event_id, "eventTitle": title}
    if resources:
        staff = slots if first.event_id is not None else free
        told["availableResources"] = [
            {
                "resourceTypeId": STAFF_TYPE_ID,
                "resources": [_named(slot.resource_id) for slot in staff],
                "hasMoreAvailableResources": False,
            }
        ]
    return told


def _named(resource_id: str) -> Json:
    return {name: value for name, value in resource(resource_id).items() if name != "type"}


def _needed(value: str | None, field_name: str) -> str:
    if value is None:
        raise invalid(field_name, "must not be empty", "REQUIRED_FIELD")
    return value


def _between(
    book: BookingBook, first: str | None, last: str | None, zone_name: str
) -> Iterable[Slot]:
    where = zone(zone_name, "timeZone")
    start = instant(_needed(first, "fromLocalDate"), where, "fromLocalDate")
    end = instant(_needed(last, "toLocalDate"), where, "toLocalDate")
    slots = sorted(book.calendar.slots, key=lambda slot: (slot.start, slot.end))
    return [slot for slot in slots if start <= slot.start < end]


def _chosen(slot: Slot, request: _Wanted) -> bool:
    """Whether a slot is of a staff member who was asked for."""
    for each in request.resource_types or []:
        staff = each.resource_type_id == STAFF_TYPE_ID
        if not staff or (each.resource_ids and slot.resource_id not in each.resource_ids):
            return False
    return True


def _by_time(slots: Iterable[Slot]) -> list[list[Slot]]:
    times: dict[tuple[float, float], list[Slot]] = {}
    for slot in slots:
        times.setdefault((slot.start, slot.end), []).append(slot)
    return list(times.values())


def _first_of_days(slots: list[Json], most: int | None) -> list[Json]:
    days: dict[str, list[Json]] = {}
    for slot in slots:
        days.setdefault(slot["localStartDate"][:10], []).append(slot)
    return [slot for day in days.values() for slot in day[:most]]


def _cut(
    book: BookingBook, found: list[Json], zone_name: str, limit: int
) -> tuple[list[Json], str]:
    """A page, and the cursor to what is left; `""` if nothing is."""
    rest = found[limit:]
    return found[:limit], book.cursors.keep((rest, zone_name)) if rest else ""


_APPOINTMENTS = "BOOKINGS.AVAILABILITY_READ_TIME_SLOTS"
_EVENTS = "BOOKINGS.AVAILABILITY_READ"

ROUTES = tuple(
    route
    for path in PATHS
    for route in (
        Route("POST", path, list_time_slots, _APPOINTMENTS),
        Route("POST", path + "/get", get_time_slot, _APPOINTMENTS),
        Route("POST", path + "/event", list_event_time_slots, _EVENTS),
        Route(
            "GET",
            path + "/event/{eventId}",
            get_event_time_slot,
            _EVENTS,
            query=frozenset({"timeZone"}),
        ),
    )
)
