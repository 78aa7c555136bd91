"""Bookings, services and slots of the simulated sites, as tests make and see them."""

import copy
from typing import TYPE_CHECKING, Literal, Self
from zoneinfo import ZoneInfo

from tests import canaries
from tests.wix_simulator.bodies import without_none
from tests.wix_simulator.booking_book import BookingBook, Notification, Terms
from tests.wix_simulator.clock import written
from tests.wix_simulator.errors import Json
from tests.wix_simulator.service_calendar import DEFAULT_ZONE, ServiceType, Slot, instant
from tests.wix_simulator.time_slots import time_slot

if TYPE_CHECKING:
    from tests.wix_simulator.state import State

type BookingStatus = Literal[
    "CREATED", "CONFIRMED", "CANCELED", "PENDING", "DECLINED", "WAITING_LIST"
]

_DAY = 24 * 60 * 60
_SEEDED: tuple[BookingStatus, ...] = ("CONFIRMED", "PENDING", "CREATED", "CANCELED", "DECLINED")


class Bookings:
    """What is booked. Any thread may call; answers are copies.

    Times are local date-times such as `2026-03-02T09:00:00`, or instants with an offset.
    """

    def __init__(self, state: "State", site_id: str = canaries.SITE_ID) -> None:
        self._state = state
        self._site_id = site_id

    def on(self, site_id: str) -> Self:
        """The bookings of another site."""
        return type(self)(self._state, site_id)

    def add_service(
        self,
        *,
        service_id: str | None = None,
        type: ServiceType = "APPOINTMENT",  # noqa: A002 - as Wix names it
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
        """Offer a service.

        Args:
            service_id: Default: a new id.
            type: How it is booked: by a time, by a session of a class, or as a whole course.
            name: What it is called; its bookings have it as their title.
            approval: The business approves each booking by hand.
            cancel_policy_minutes: Until how long before the start it may be canceled; None is
                always.
            reschedule_policy_minutes: The same for moving it.
            duration_minutes: How long one appointment takes.
            capacity: How many can take part in a session or course. Default: 10.
            staff: How many staff members give it.
            places: Where it is given, as time slots tell it. Default: at the business's address.
            fields: Fields of the service to replace, as Wix's JSON.

        Returns:
            The service, as Wix tells it.
        """
        with self._state.lock:
            service = self._book.calendar.add_service(
                service_id=service_id,
                kind=type,
                name=name,
                approval=approval,
                cancel_policy_minutes=cancel_policy_minutes,
                reschedule_policy_minutes=reschedule_policy_minutes,
                duration_minutes=duration_minutes,
                capacity=capacity,
                staff=staff,
                places=copy.deepcopy(places),
                fields=copy.deepcopy(fields),
            )
            return copy.deepcopy(service)

    def add_slot(
        self,
        service_id: str,
        start: str,
        end: str | None = None,
        *,
        timezone: str = DEFAULT_ZONE,
        bookable: bool = True,
        event_id: str | None = None,
        resource_id: str | None = None,
        capacity: int | None = None,
    ) -> Json:
        """Offer a service at a time.

        Args:
            service_id: An appointment, or a class: then this is one of its sessions.
            start: When it starts, there.
            end: When it ends. Default: as long after as the service takes.
            timezone: Where the local times are meant.
            bookable: Whether the business lets it be booked.
            event_id: The session's id. Default: a new one for a class.
            resource_id: The staff member. Default: the service's first.
            capacity: How many can take part. Default: as the service says.

        Returns:
            The slot, as Wix tells those that are available, with the times of its time zone.
        """
        with self._state.lock:
            slot = self._add_slot(
                service_id,
                start,
                end,
                timezone=timezone,
                bookable=bookable,
                event_id=event_id,
                resource_id=resource_id,
                capacity=capacity,
            )
            return copy.deepcopy(time_slot(self._book, [slot], ZoneInfo(timezone), resources=True))

    def add(
        self,
        *,
        service_id: str | None = None,
        status: BookingStatus = "PENDING",
        start: str | None = None,
        end: str | None = None,
        timezone: str = DEFAULT_ZONE,
        event_id: str | None = None,
        participants: int = 1,
        contact: Json | None = None,
        payment_status: str = "NOT_PAID",
        payment_option: str = "OFFLINE",
        multi_service: bool = False,
        booking_id: str | None = None,
        order: Json | None = None,
        slot_fields: Json | None = None,
        fields: Json | None = None,
        created: str | None = None,
    ) -> Json:
        """Add a booking; by default one that waits for approval.

        Args:
            service_id: Default: the site's first service, or a new one that is approved by hand.
            status: PENDING and CONFIRMED ones take their slot.
            start: When it starts. Default: some day next week, each at another hour. For an
                appointment the slot is offered, if it was not yet.
            end: When it ends. Default: as long after as the service takes.
            timezone: Where the local times are meant.
            event_id: For a class, which session. Default: a new one at that time.
            participants: For how many people.
            contact: Its `contactDetails`. Default: a made-up person.
            payment_status: Whether it is paid.
            payment_option: How it is paid; only a MEMBERSHIP can be refunded here.
            multi_service: It belongs to a multi-service booking, and cannot be moved alone.
            booking_id: Default: a new id.
            order: The eCommerce order that pays for it, as the reader tells it.
            slot_fields: Fields of its slot to replace, as Wix's JSON; None leaves one out.
            fields: Fields of the booking to replace, as Wix's JSON.
            created: An RFC 3339 instant. Default: now.

        Returns:
            The booking, as Wix tells it.
        """
        with self._state.lock:
            book = self._book
            service = self._service(service_id)
            booking: Json = {
                "id": booking_id or book.ids.guid(),
                "contactDetails": contact or self._person(),
                "totalParticipants": participants,
                "status": status,
                "paymentStatus": payment_status,
                "selectedPaymentOption": payment_option,
            }
            if service["type"] == "COURSE":
                booking["bookedEntity"] = book.course_entity(service, timezone)
            else:
                slot = self._slot(service, start, end, timezone, event_id)
                booking["bookedEntity"] = book.slot_entity(service, slot)
                booked = booking["bookedEntity"]["slot"] | copy.deepcopy(slot_fields or {})
                booking["bookedEntity"]["slot"] = without_none(booked)
            if multi_service:
                booking["multiServiceBookingInfo"] = {
                    "id": book.ids.guid(),
                    "type": "SEQUENTIAL_BOOKINGS",
                }
            terms = Terms(copy.deepcopy(service["bookingPolicy"]), order=copy.deepcopy(order))
            return copy.deepcopy(
                book.add(booking | copy.deepcopy(fields or {}), terms, created=created)
            )

    def get(self, booking_id: str) -> Json | None:
        """A booking as it is now, whatever the reader's lag; None if there is none."""
        with self._state.lock:
            return copy.deepcopy(self._book.documents.get(booking_id))

    def order(self, booking_id: str) -> Json | None:
        """The eCommerce order that pays for a booking, as it is now; None if there is none."""
        with self._state.lock:
            return copy.deepcopy(self._book.terms[booking_id].order)

    def all(self) -> list[Json]:
        """Every booking as it is now, the oldest first."""
        with self._state.lock:
            return copy.deepcopy(self._book.documents.all())

    @property
    def services(self) -> list[Json]:
        """What can be booked."""
        with self._state.lock:
            return copy.deepcopy(list(self._book.calendar.services.values()))

    @property
    def notifications(self) -> list[Notification]:
        """What participants would have been sent, because a call asked for it."""
        with self._state.lock:
            return copy.deepcopy(self._book.notifications)

    def seed(self, count: int) -> list[str]:
        """Add bookings of all statuses, each at another hour, telling nobody; their ids."""
        with self._state.lock, self._state.world.events.muted():
            return [str(self.add(status=_SEEDED[i % len(_SEEDED)])["id"]) for i in range(count)]

    @property
    def _book(self) -> BookingBook:
        return self._state.world.bookings(self._site_id)

    def _service(self, service_id: str | None) -> Json:
        services = self._book.calendar.services
        if service_id is not None:
            return self._book.calendar.service(service_id)
        if not services:
            self._book.calendar.add_service(approval=True)
        return next(iter(services.values()))

    def _slot(
        self, service: Json, start: str | None, end: str | None, timezone: str, event_id: str | None
    ) -> Slot:
        calendar = self._book.calendar
        if event_id is not None and (session := calendar.session(event_id)):
            return session
        when = start or self._some_hour()
        begins, ends = self._span(service, when, end, timezone)
        if service["type"] == "APPOINTMENT":
            for slot in calendar.appointments(service["id"], begins, ends):
                return slot
        return self._add_slot(service["id"], when, end, timezone=timezone, event_id=event_id)

    def _add_slot(
        self,
        service_id: str,
        start: str,
        end: str | None,
        *,
        timezone: str,
        bookable: bool = True,
        event_id: str | None = None,
        resource_id: str | None = None,
        capacity: int | None = None,
    ) -> Slot:
        service = self._book.calendar.service(service_id)
        begins, ends = self._span(service, start, end, timezone)
        return self._book.calendar.add_slot(
            service,
            begins,
            ends,
            timezone=timezone,
            bookable=bookable,
            event_id=event_id,
            resource_id=resource_id,
            capacity=capacity,
        )

    def _span(
        self, service: Json, start: str, end: str | None, timezone: str
    ) -> tuple[float, float]:
        zone = ZoneInfo(timezone)
        begins = instant(start, zone, "start")
        minutes = service["schedule"]["availabilityConstraints"]["sessionDurations"][0]
        return begins, begins + minutes * 60 if end is None else instant(end, zone, "end")

    def _some_hour(self) -> str:
        today = self._book.clock.now() // _DAY * _DAY
        return written(today + 7 * _DAY + len(self._book.documents.all()) * 60 * 60)

    def _person(self) -> Json:
        guest = self._state.people(f"guest{len(self._book.documents.all()) + 1}")
        return {
            "contactId": self._book.ids.guid(),
            "firstName": guest.first_name,
            "lastName": guest.last_name,
            "email": guest.email,
            "phone": guest.phone,
        }
