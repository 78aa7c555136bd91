"""The services of one site, and the times at which they are offered."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tests.wix_simulator.clock import Ids
from tests.wix_simulator.errors import Json, application_error, invalid

STAFF_TYPE_ID = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
DOWNTOWN: Json = {
    "id": "10ca7100-0000-4000-8000-000000000001",
    "name": "Downtown",
    "formattedAddress": "1 Main St, Portland",
    "locationType": "BUSINESS",
}
"""Where everything takes place, unless a service says otherwise; as time slots tell it."""

_AS_BOOKED = {"BUSINESS": "OWNER_BUSINESS", "CUSTOM": "OWNER_CUSTOM", "CUSTOMER": "CUSTOM"}

DEFAULT_ZONE = "America/New_York"

type ServiceType = Literal["APPOINTMENT", "CLASS", "COURSE"]


@dataclass(frozen=True)
class Slot:
    """A time at which a service is offered."""

    service_id: str
    schedule_id: str
    start: float
    end: float
    """Instants, in seconds since the epoch."""

    timezone: str
    resource_id: str
    """The staff member."""

    capacity: int
    is_open: bool
    event_id: str | None = None
    """Which session of a class; None for an appointment."""


class ServiceCalendar:
    """Services and slots, as the business set them up. Who booked what is known elsewhere."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self.services: dict[str, Json] = {}
        self.capacities: dict[str, int] = {}
        """How many may take part: in a session of a class, in a course. By service."""

        self.places: dict[str, list[Json]] = {}
        """Where each service is given, as time slots tell it."""

        self.slots: list[Slot] = []

    def service(self, service_id: str) -> Json:
        """A service.

        Raises:
            RefusedError: If there is none.
        """
        if service_id not in self.services:
            raise application_error(404, "SERVICE_NOT_FOUND", data={"serviceId": service_id})
        return self.services[service_id]

    def add_service(
        self,
        *,
        service_id: str | None = None,
        kind: ServiceType = "APPOINTMENT",
        name: str = "Deep tissue massage",
        approval: bool = False,
        cancel_policy_minutes: int | None = None,
        reschedule_policy_minutes: int | None = None,
        duration_minutes: int = 60,
        capacity: int | None = None,
        staff: int = 1,
        places: list[Json] | None = None,
        fields: Json | None = None,
    ) -> Json:
        """Offer one more service; answers it."""
        service: Json = {
            "id": service_id or self._ids.guid(),
            "type": kind,
            "name": name,
            "schedule": {
                "id": self._ids.guid(),
                "availabilityConstraints": {"sessionDurations": [duration_minutes]},
            },
            "staffMemberIds": [self._ids.guid() for _ in range(staff)],
            "onlineBooking": {
                "enabled": True,
                "requireManualApproval": approval,
                "allowMultipleRequests": False,
            },
            "bookingPolicy": {
                "cancellationPolicy": {
                    "enabled": True,
                    "limitLatestCancellation": cancel_policy_minutes is not None,
                    "latestCancellationInMinutes": cancel_policy_minutes or 1440,
                },
                "reschedulePolicy": {
                    "enabled": True,
                    "limitLatestReschedule": reschedule_policy_minutes is not None,
                    "latestRescheduleInMinutes": reschedule_policy_minutes or 1440,
                },
            },
            **(fields or {}),
        }
        self.services[service["id"]] = service
        self.places[service["id"]] = places or [DOWNTOWN]
        self.capacities[service["id"]] = capacity or (1 if kind == "APPOINTMENT" else 10)
        return service

    def add_slot(
        self,
        service: Json,
        start: float,
        end: float,
        *,
        timezone: str = DEFAULT_ZONE,
        bookable: bool = True,
        event_id: str | None = None,
        resource_id: str | None = None,
        capacity: int | None = None,
    ) -> Slot:
        """Offer a service at one more time; for a class, this is a session."""
        if event_id is None and service["type"] == "CLASS":
            event_id = new_event_id(self._ids)
        slot = Slot(
            service_id=service["id"],
            schedule_id=service["schedule"]["id"],
            start=start,
            end=end,
            timezone=timezone,
            resource_id=resource_id or service["staffMemberIds"][0],
            capacity=capacity or self.capacities[service["id"]],
            is_open=bookable,
            event_id=event_id,
        )
        if resource_id is not None and resource_id not in service["staffMemberIds"]:
            service["staffMemberIds"].append(resource_id)
        self.slots.append(slot)
        return slot

    def appointments(self, service_id: str, start: float, end: float) -> list[Slot]:
        """The slots of exactly this time: one for each staff member."""
        return [
            slot
            for slot in self.slots
            if (slot.service_id, slot.start, slot.end) == (service_id, start, end)
            and slot.event_id is None
        ]

    def session(self, event_id: str) -> Slot | None:
        """A session of a class."""
        return next((slot for slot in self.slots if slot.event_id == event_id), None)


def new_event_id(ids: Ids) -> str:
    """The id of an event of the calendar, as long as those that Wix shows."""
    return "".join(ids.guid().replace("-", "") for _ in range(4))[:118]


def as_booked(place: Json) -> Json:
    """A place of time slots, as bookings tell it."""
    return place | {"locationType": _AS_BOOKED[place["locationType"]]}


def resource(resource_id: str) -> Json:
    """A staff member, as bookings tell them."""
    return {"id": resource_id, "name": f"Robin {resource_id[:4]}", "type": STAFF_TYPE_ID}


# ---- Local time ----


def zone(name: str, field_name: str) -> ZoneInfo:
    """A time zone, by its IANA name.

    Raises:
        RefusedError: If there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise invalid(field_name, "is not a time zone") from None


def instant(text: str, timezone: ZoneInfo, field_name: str) -> float:
    """What a local date-time means there; an offset in the text is believed.

    Raises:
        RefusedError: If it is none, or a date without a time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(field_name, "is not a local date and time") from None
    if "T" not in text:
        raise invalid(field_name, "has no time")
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone)).timestamp()


def local(seconds: float, timezone: ZoneInfo) -> str:
    """An instant as a plain local date-time."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(timezone).strftime("%Y-%m-%dT%H:%M:%S")


def with_offset(seconds: float, timezone: ZoneInfo) -> str:
    """An instant as a local date-time with its offset."""
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(timezone)
    return moment.isoformat(timespec="milliseconds")
