"""Moves a booking to another time, or to another session of its class."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self, override
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from wix_admin.bookings.booking_effect import BookingChange, BookingInput, BookingReceipt, flags
from wix_admin.bookings.booking_status import WAITING
from wix_admin.bookings.entities import (
    Booking,
    Location,
    Resource,
    Slot,
    fetch_booking,
    instant_of,
)
from wix_admin.bookings.operations import (
    GET_SESSION,
    GET_TIME_SLOT,
    LIST_TIME_SLOTS,
    RESCHEDULE_BOOKING,
)
from wix_admin.effects.once import Sent
from wix_admin.errors import InputError, RefusedError, WixNotFoundError
from wix_admin.models import Guid, Json, OrSay, WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
"""Wix's id of the resource type that staff members have, the same on all sites."""

SLOT_LOCATIONS = {"OWNER_BUSINESS": "BUSINESS", "OWNER_CUSTOM": "CUSTOM", "CUSTOM": "CUSTOMER"}
"""How the time slots spell a booking's kinds of location."""

BOOKED_LOCATIONS = {spelled: kind for kind, spelled in SLOT_LOCATIONS.items()}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "zone", "Send a zone of the IANA list, such as America/New_York"
        ) from None
    return name


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError(
            "moment", "Send another: no calendar has such a day, or no clock such a time"
        ) from None
    return text


LocalTime = Annotated[
    str,
    Field(
        pattern=r"^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
        description="a local time without an offset, such as 2026-03-03T09:00:00",
    ),
    OrSay(
        "Send a local time without Z or offset, such as 2026-03-03T09:00:00: the zone goes into"
        " timezone"
    ),
    AfterValidator(_moment),
]

SessionId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_-]{36,250}$"),
    OrSay("Send the session's id as Wix gave it: 36 to 250 letters, digits and the signs _ -"),
]


class RescheduleBookingInput(BookingInput):
    """Where to move a booking: a new start of an appointment, or another session of a class."""

    start: LocalTime | None = None
    end: LocalTime | None = Field(
        default=None, description="When it ends then; left out, it stays as long as it was."
    )
    timezone: Annotated[str, Field(max_length=100), AfterValidator(_zone)] | None = Field(
        default=None, description="The zone of start and end; left out, the booking's own."
    )
    resource_id: Guid | None = Field(
        default=None, description="Who gives the service then; left out, whoever did."
    )
    event_id: SessionId | None = Field(
        default=None, description="The session of the class to move to."
    )
    ignore_reschedule_policy: bool = Field(
        default=False, description="Move it even if the service's policy says that it is too late."
    )
    skip_availability_validation: bool = Field(
        default=False, description="Move it even if the time is not free."
    )
    skip_business_confirmation: bool = Field(
        default=False, description="Keep it confirmed even if the service wants approval."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.start is None) == (self.event_id is None):
            raise PydanticCustomError(
                "place", "Send start or, for a class, eventId: one of the two"
            )
        if self.event_id is not None and {self.end, self.timezone, self.resource_id} != {None}:
            raise PydanticCustomError(
                "place", "Send eventId without end, timezone and resourceId: a session has its own"
            )
        return self


class _TimeSlot(WixEntity):
    bookable: bool | None = None
    schedule_id: str | None = None
    local_start_date: str | None = None
    local_end_date: str | None = None
    location: Location | None = None
    available_resources: list["_Resources"] | None = None

    def first_resource(self) -> str | None:
        """Return somebody who is free then."""
        for kind in self.available_resources or []:
            for each in kind.resources or []:
                return each.id
        return None

    @property
    def place(self) -> Location:
        """Where it is, as bookings spell it."""
        place = self.location or Location()
        kind = BOOKED_LOCATIONS.get(place.location_type or "")
        return place.model_copy(update={"location_type": kind})


class _TimeSlots(WixEntity):
    time_slots: list[_TimeSlot] | None = None


class _Resources(WixEntity):
    resources: list[Resource] | None = None


class BookingReschedule(BookingChange):
    """Moves one booking.

    Wix: `POST /_api/bookings-service/v2/bookings/{bookingId}/reschedule`, after a look at
    `POST /_api/service-availability/v2/time-slots/get`, or at `GET .../time-slots/event/{eventId}`
    for a class. Courses and the parts of a multi-service booking are not moved so.

    Wix keeps nothing of the old slot, so the new one says all that stays. An address may be a
    person's home: it is no part of `before`, and a later invocation reads it again.
    """

    name = RESCHEDULE_BOOKING.name
    operation = RESCHEDULE_BOOKING
    changes_from = WAITING | {"CONFIRMED"}

    def __init__(self, wix: WixClient, request: RescheduleBookingInput) -> None:
        super().__init__(wix, request.booking_id)
        self._request = request
        self._address: Json | None = None

    @override
    def read_back(self, sent: Sent) -> BookingReceipt | None:
        """Send the same again, the address included."""
        if self._address is None and "location" in sent.before.get("slot", {}):
            booking = fetch_booking(self._wix, self.target)
            self._address = _address(_place(booking.slot or Slot()))
        return super().read_back(sent)

    @override
    def is_done(self, booking: Booking) -> bool:
        slot = booking.slot
        if slot is None or booking.status not in self.changes_from:
            return False
        if self._request.event_id is not None:
            return slot.event_id == self._request.event_id
        if booking.is_class:
            return False
        start, end = self._span(slot)
        there = (instant_of(booking.start_date), instant_of(booking.end_date)) == (start, end)
        who = slot.resource.id if slot.resource else None
        return there and self._request.resource_id in {None, who}

    @override
    def refuse(self, booking: Booking) -> None:
        """Let an appointment pass, or a booking of a class, in a state that can be moved."""
        super().refuse(booking)
        if booking.slot is None:
            raise RefusedError("A course is not rescheduled: cancel the booking, and book anew")
        if booking.multi_service_booking_info is not None:
            raise RefusedError(
                "It is a part of a multi-service booking: move that in Wix, as a whole"
            )
        if booking.is_class != (self._request.event_id is not None):
            kind, field = (
                ("a class", "eventId") if booking.is_class else ("an appointment", "start")
            )
            raise InputError.of(field, f"Send it, as the booking is of {kind}")

    @override
    def plan(self, booking: Booking) -> Json:
        """See that the time is free.

        Raises:
            RefusedError: If it is not.
        """
        slot = booking.slot or Slot()
        if self._request.event_id is not None:
            return {"slot": self._session(slot, self._request.event_id)}
        return {"slot": self._appointment(booking, slot)}

    @override
    def body(self, sent: Sent) -> Json:
        request = self._request
        slot = dict(sent.before["slot"])
        if "location" in slot:
            slot["location"] = {**slot["location"], **(self._address or {})}
        return {
            "slot": slot,
            **request.notification(),
            **flags(
                ignoreReschedulePolicy=request.ignore_reschedule_policy,
                skipAvailabilityValidation=request.skip_availability_validation,
                skipBusinessConfirmation=request.skip_business_confirmation,
            ),
        }

    def _session(self, slot: Slot, event_id: str) -> Json:
        if not self._request.skip_availability_validation:
            try:
                reply = self._wix.call(GET_SESSION, event_id=event_id)
            except WixNotFoundError as error:
                raise _taken(
                    "eventId", "There is no such session: send the id of another"
                ) from error
            if not read_as(_TimeSlot, reply.get("timeSlot"), GET_SESSION).bookable:
                raise _taken(
                    "eventId", "The session is full, or cannot be booked: send the id of another"
                )
        return {"serviceId": slot.service_id, "eventId": event_id}

    def _appointment(self, booking: Booking, slot: Slot) -> Json:
        start, end = self._span(slot)
        timezone = self._timezone(slot)
        place = _place(slot)
        resource = slot.resource or Resource()
        if self._request.resource_id not in {None, resource.id}:
            resource = Resource(id=self._request.resource_id, type=resource.type)
        moved: Json = {
            "serviceId": slot.service_id,
            "scheduleId": slot.schedule_id,
            "startDate": _local(start, timezone),
            "endDate": _local(end, timezone),
            "timezone": timezone,
            "resourceSelections": slot.resource_selections,
        }
        if not self._request.skip_availability_validation:
            free = self._free(moved, place, resource)
            # Its own time is not free for anybody: whether it may move within that, Wix knows.
            if free is None and not _overlaps(booking, start, end):
                raise _taken("start", "The time is not free, or not offered: send another")
            if free is not None:
                moved["scheduleId"] = free.schedule_id or slot.schedule_id
                if resource.id is None:
                    resource = Resource(id=free.first_resource())
                if _in_time_slots(place) is None:
                    place = free.place.model_copy(
                        update=_filled(name=place.name, formatted_address=place.formatted_address)
                    )
        self._address = _address(place)
        moved["resource"] = _filled(id=resource.id, transparency=resource.transparency)
        moved["location"] = _filled(id=place.id, locationType=place.location_type)
        return _filled(**moved)

    def _free(self, moved: Json, place: Location, resource: Resource) -> _TimeSlot | None:
        """Return the time slot, if it can be booked.

        Raises:
            RefusedError: If it can be in several places, and the booking does not say in which.
        """
        kind = resource.type or STAFF
        search: Json = {
            "serviceId": moved["serviceId"],
            "timeZone": moved["timezone"],
            "includeResourceTypeIds": [kind],
        }
        if resource.id is not None:
            search["resourceTypes"] = [{"resourceTypeId": kind, "resourceIds": [resource.id]}]
        where = _in_time_slots(place)
        if where is None:
            return self._free_anywhere(moved, place, search)
        search |= {
            "localStartDate": moved["startDate"],
            "localEndDate": moved["endDate"],
            "location": where,
        }
        try:
            reply = self._wix.call(GET_TIME_SLOT, body=search)
        except WixNotFoundError:
            return None
        found = read_as(_TimeSlot, reply.get("timeSlot"), GET_TIME_SLOT)
        return found if found.bookable else None

    def _free_anywhere(self, moved: Json, place: Location, search: Json) -> _TimeSlot | None:
        # Asked for one time, Wix wants to know where; it lists times of all places.
        span = moved["startDate"], moved["endDate"]
        search |= {"fromLocalDate": span[0], "toLocalDate": span[1], "bookable": True}
        reply = self._wix.call(LIST_TIME_SLOTS, body=search)
        free = [
            each
            for each in read_as(_TimeSlots, reply, LIST_TIME_SLOTS).time_slots or []
            if (each.local_start_date, each.local_end_date) == span
            and place.location_type in {None, each.place.location_type}
        ]
        if len(free) > 1:
            raise RefusedError(
                "Wix does not tell at which of several places the booking is: move it in Wix"
            )
        return free[0] if free else None

    def _span(self, slot: Slot) -> tuple[datetime, datetime]:
        """Return the new start and end; it stays as long as it was, whatever clocks do.

        Raises:
            InputError: If it would end before it starts, or clocks never show such a time.
        """
        timezone = self._timezone(slot)
        start = _instant("start", self._request.start or "", timezone)
        if self._request.end is not None:
            end = _instant("end", self._request.end, timezone)
        else:
            was = (
                instant_of(slot.start_date, slot.timezone),
                instant_of(slot.end_date, slot.timezone),
            )
            if was[0] is None or was[1] is None:
                raise InputError.of("end", "Send it, as Wix does not tell how long the booking is")
            end = start + (was[1] - was[0])
        if end <= start:
            raise InputError.of("end", "Send a time after start")
        return start, end

    def _timezone(self, slot: Slot) -> str:
        return self._request.timezone or slot.timezone or "UTC"


def _place(slot: Slot) -> Location:
    """Return where a booking is, its kind left out if that is not told."""
    place = slot.location or Location()
    kind = place.location_type if place.location_type in SLOT_LOCATIONS else None
    if kind is None and place.id:
        kind = "OWNER_BUSINESS"  # no other place has an id
    return place.model_copy(update={"location_type": kind})


def _in_time_slots(place: Location) -> Json | None:
    """Return a place as time slots are asked for it; None if what is known is too little."""
    kind = place.location_type
    if kind is None or (kind == "OWNER_BUSINESS" and not place.id):
        return None
    return _filled(id=place.id, locationType=SLOT_LOCATIONS[kind])


def _address(place: Location) -> Json:
    return _filled(name=place.name, formattedAddress=place.formatted_address)


def _filled(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value}


def _instant(field: str, text: str, timezone: str) -> datetime:
    local = datetime.fromisoformat(text)
    moment = local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) != local:
        raise InputError.of(field, "Send another time: this one is skipped where clocks go forward")
    return moment


def _local(moment: datetime, timezone: str) -> str:
    return moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None).isoformat(timespec="seconds")


def _overlaps(booking: Booking, start: datetime, end: datetime) -> bool:
    was = instant_of(booking.start_date), instant_of(booking.end_date)
    return was[0] is not None and was[1] is not None and was[0] < end and start < was[1]


def _taken(field: str, detail: str) -> RefusedError:
    return RefusedError.of(field, detail, code="slot_taken")
