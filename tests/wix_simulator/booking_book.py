"""The bookings of one site, and the rules that hold for all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from tests.wix_simulator.booking_events import BEGINNINGS, BookingChange, BookingEventKind
from tests.wix_simulator.clock import Clock, Ids, seconds_of, written
from tests.wix_simulator.documents import Documents
from tests.wix_simulator.errors import Json, application_error, plain_error
from tests.wix_simulator.events import A_USER
from tests.wix_simulator.filters import Cursors
from tests.wix_simulator.service_calendar import (
    ServiceCalendar,
    Slot,
    as_booked,
    new_event_id,
    resource,
    with_offset,
)
from tests.wix_simulator.switches import Switches

BOOKINGS_APP_ID = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"

IN_CALENDAR = {"CONFIRMED", "PENDING"}
"""Bookings in these states take their slot."""

ENDED = {"CANCELED", "DECLINED"}

_TAGS = {"APPOINTMENT": "INDIVIDUAL", "CLASS": "GROUP", "COURSE": "COURSE"}


@dataclass(frozen=True)
class Notification:
    """What a participant would have been sent, because a call asked for it."""

    booking_id: str
    kind: str
    """What happened: `created`, `confirmed`, `declined`, `canceled`, `rescheduled`, `pending`."""

    message: str | None = None
    metadata: Json = field(default_factory=dict)


@dataclass
class Terms:
    """How a booking was made: it keeps these, whatever becomes of its service."""

    policy: Json
    skips_availability: bool = False
    skips_confirmation: bool = False
    allows_add_on_changes: bool = False
    order: Json | None = None
    """The eCommerce order that pays for it, as the reader tells it."""


@dataclass
class BookingBook:
    """All bookings of a site. The caller holds the simulator's lock."""

    clock: Clock
    ids: Ids
    switches: Switches
    on_change: Callable[[BookingChange], None]
    terms: dict[str, Terms] = field(default_factory=dict)
    notifications: list[Notification] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calendar = ServiceCalendar(self.ids)
        self.documents = Documents(self.clock)
        self.cursors = Cursors(self.clock, self.switches)

    def get(self, booking_id: str) -> Json:
        """The booking as it is now. Not to be changed.

        Raises:
            RefusedError: If there is none.
        """
        booking = self.documents.get(booking_id)
        if booking is None:
            raise application_error(404, "BOOKING_NOT_FOUND", data={"bookingId": booking_id})
        return booking

    def check_revision(self, booking: Json, revision: str) -> None:
        """Refuse what was decided on an older booking.

        Raises:
            RefusedError: If the booking has changed since.
        """
        if revision == booking["revision"]:
            return
        if self.switches.booking_conflict == "409":
            raise plain_error(409, "the booking has changed")
        status, code = self.switches.booking_conflict.split()
        raise application_error(int(status), code)

    def change(
        self, booking_id: str, work: Callable[[Json], Any], kind: BookingEventKind, call: Json
    ) -> Json:
        """Let `work` change a copy, kept only if it raises nothing; answers the booking.

        Args:
            kind: What is done to it.
            call: The body of the call that does it.
        """
        before = self.get(booking_id)
        with self.documents.change(booking_id) as booking:
            work(booking)
            booking["revision"] = str(int(booking["revision"]) + 1)
            booking["updatedDate"] = self.clock.stamp()
            self._derive(booking)
        after = self.get(booking_id)
        self.on_change(BookingChange(kind, before, after, call))
        return after

    def add(self, booking: Json, terms: Terms, *, created: str | None = None) -> Json:
        """Take in a new booking of a known service; answers it."""
        now = created or self.clock.stamp()
        booking = {
            "id": self.ids.guid(),
            "contactDetails": {},
            "additionalFields": [],
            "status": "CREATED",
            "paymentStatus": "UNDEFINED",
            "createdDate": now,
            "updatedDate": now,
            "revision": "1",
            "createdBy": {"wixUserId": A_USER["wixUserId"]},
            "appId": BOOKINGS_APP_ID,
            **booking,
        }
        self._derive(booking)
        self.documents.add(booking)
        self.terms[booking["id"]] = terms
        self.on_change(BookingChange("created", booking, booking))
        if booking["status"] in BEGINNINGS:
            before = booking | {"status": "CREATED"}
            self.on_change(BookingChange(BEGINNINGS[booking["status"]], before, booking))
        return booking

    def _derive(self, booking: Json) -> None:
        slot = booking["bookedEntity"].get("slot")
        if slot is None:
            return
        for name in ("startDate", "endDate"):
            booking[name] = written(seconds_of(slot[name]))
        if booking["status"] in IN_CALENDAR and "eventId" not in slot:
            slot["eventId"] = new_event_id(self.ids)

    # ---- What is booked ----

    def service_of(self, booking: Json) -> Json:
        entity = booking["bookedEntity"]
        return self.calendar.service((entity.get("slot") or entity["schedule"])["serviceId"])

    def slot_entity(self, service: Json, slot: Slot) -> Json:
        """A slot as a `bookedEntity`."""
        zone = ZoneInfo(slot.timezone)
        booked = {
            "serviceId": slot.service_id,
            "scheduleId": slot.schedule_id,
            "startDate": with_offset(slot.start, zone),
            "endDate": with_offset(slot.end, zone),
            "timezone": slot.timezone,
            "resource": resource(slot.resource_id),
            "location": self._place_of(service),
        }
        if slot.event_id is not None:
            booked["eventId"] = slot.event_id
        return {"slot": booked, "title": service["name"], "tags": [_TAGS[service["type"]]]}

    def course_entity(self, service: Json, timezone: str) -> Json:
        """A course as a `bookedEntity`."""
        schedule = {
            "scheduleId": service["schedule"]["id"],
            "serviceId": service["id"],
            "timezone": timezone,
            "location": self._place_of(service),
        }
        return {"schedule": schedule, "title": service["name"], "tags": ["COURSE"]}

    def _place_of(self, service: Json) -> Json:
        return as_booked(self.calendar.places[service["id"]][0])

    # ---- Who takes which time ----

    def remaining(self, slot: Slot, *, without: str | None = None) -> int:
        """How many more can take part, perhaps as if one booking were not there."""
        others = [
            booking["bookedEntity"]["slot"] | {"participants": participants(booking)}
            for booking in self.documents.all()
            if booking["status"] in IN_CALENDAR
            and booking["id"] != without
            and "slot" in booking["bookedEntity"]
        ]
        if slot.event_id is not None:
            here = [each for each in others if each["eventId"] == slot.event_id]
            return slot.capacity - sum(int(each["participants"]) for each in here)
        busy = any(
            each["resource"]["id"] == slot.resource_id
            and seconds_of(each["startDate"]) < slot.end
            and slot.start < seconds_of(each["endDate"])
            for each in others
        )
        return 0 if busy else slot.capacity

    def left_in_course(self, service: Json) -> int:
        taken = (
            participants(booking)
            for booking in self.documents.all()
            if booking["status"] in IN_CALENDAR
            and booking["bookedEntity"].get("schedule", {}).get("serviceId") == service["id"]
        )
        return self.calendar.capacities[service["id"]] - sum(taken)

    def is_crowded(self, booking: Json) -> bool:
        """Whether a booking has no room in the calendar beside the others."""
        entity = booking["bookedEntity"]
        service = self.service_of(booking)
        if "schedule" in entity:
            room = self.left_in_course(service)
            return room - (0 if booking["status"] in IN_CALENDAR else participants(booking)) < 0
        slot = entity["slot"]
        session = self.calendar.session(slot.get("eventId", ""))
        if session is None:
            session = Slot(
                service_id=service["id"],
                schedule_id=service["schedule"]["id"],
                start=seconds_of(slot["startDate"]),
                end=seconds_of(slot["endDate"]),
                timezone=slot["timezone"],
                resource_id=slot["resource"]["id"],
                capacity=1,
                is_open=True,
            )
            return self.remaining(session, without=booking["id"]) < 1
        return self.remaining(session, without=booking["id"]) < participants(booking)

    # ---- Policies ----

    def may_cancel(self, booking: Json) -> bool:
        """Whether the policy the booking was made under still lets it be canceled."""
        policy = self.terms[booking["id"]].policy["cancellationPolicy"]
        return bool(policy["enabled"]) and not self._is_late(
            booking, policy["limitLatestCancellation"], policy["latestCancellationInMinutes"]
        )

    def may_reschedule(self, booking: Json) -> bool:
        """Whether the policy the booking was made under still lets it be moved."""
        policy = self.terms[booking["id"]].policy["reschedulePolicy"]
        return bool(policy["enabled"]) and not self._is_late(
            booking, policy["limitLatestReschedule"], policy["latestRescheduleInMinutes"]
        )

    def _is_late(self, booking: Json, limited: bool, minutes: int) -> bool:  # noqa: FBT001
        if not limited or "startDate" not in booking:
            return False
        return self.clock.now() > seconds_of(booking["startDate"]) - minutes * 60

    def allowed_actions(self, booking: Json) -> Json:
        """What may be done to a booking alone, without override flags."""
        alive = booking["status"] not in ENDED and "multiServiceBookingInfo" not in booking
        movable = "slot" in booking["bookedEntity"]
        return {
            "cancel": alive and self.may_cancel(booking),
            "reschedule": alive and movable and self.may_reschedule(booking),
        }


def participants(booking: Json) -> int:
    """How many people a booking is for."""
    if "totalParticipants" in booking:
        return int(booking["totalParticipants"])
    choices = booking["participantsChoices"]["serviceChoices"]
    return sum(each["numberOfParticipants"] for each in choices)
