"""What Wix tells of bookings.

Certain, by the declarations of Wix's SDK: the types, also `booking_markedAsPending` with its odd
spelling, and the fields of each body. Guesses: a change makes exactly one event, so `updated` is
never told; a booking that begins otherwise than CREATED tells how right after `created`; what a
call leaves out is left out here as well; `doubleBooked` is told as false until it is so.
"""

from dataclasses import dataclass, field
from typing import Literal

from tests.wix_simulator.errors import Json

BOOKING = "wix.bookings.v2.booking"

type BookingEventKind = Literal[
    "created", "confirmed", "declined", "canceled", "rescheduled", "pending"
]

BEGINNINGS: dict[str, BookingEventKind] = {
    "CONFIRMED": "confirmed",
    "PENDING": "pending",
    "DECLINED": "declined",
    "CANCELED": "canceled",
}
"""What is told of a new booking besides, by its status."""

_SLUGS = {"pending": "markedAsPending"}
_OF_THE_CALL = {
    "confirmed": ("participantNotification", "sendSmsReminder"),
    "pending": ("participantNotification", "sendSmsReminder"),
    "declined": ("participantNotification", "flowControlSettings"),
    "canceled": ("participantNotification", "flowControlSettings"),
    "rescheduled": ("participantNotification", "flowControlSettings"),
}
_DECIDED = {"confirmed", "pending", "declined"}
_MOVED = ("bookedEntity", "startDate", "endDate", "bookedAddOns")
_PARTICIPANTS = ("totalParticipants", "participantsChoices")


@dataclass(frozen=True)
class BookingChange:
    """What became of a booking. Nothing in it is changed any more."""

    kind: BookingEventKind
    before: Json
    after: Json
    call: Json = field(default_factory=dict)
    """The body of the call that did it; empty if none did."""


def booking_event(change: BookingChange, *, initiated_by: Json) -> tuple[str, Json]:
    """The type and the body of the event of a change.

    Args:
        initiated_by: Who did it, in the form of a booking's `createdBy`.
    """
    kind, before = change.kind, change.before
    event_type = f"{BOOKING}_{_SLUGS.get(kind, kind)}"
    if kind == "created":
        return event_type, {"createdEvent": {"entity": change.after}}
    body: Json = {"booking": change.after, "initiatedBy": initiated_by}
    body |= {name: change.call[name] for name in _OF_THE_CALL[kind] if name in change.call}
    body["previousStatus"] = before["status"]
    if kind in _DECIDED:
        body["doubleBooked"] = change.after.get("doubleBooked", False)
        body["previousPaymentStatus"] = before["paymentStatus"]
    if kind == "rescheduled":
        for name in (*_MOVED, *_PARTICIPANTS):
            if name in before:
                body[f"previous{name[0].upper()}{name[1:]}"] = before[name]
    return event_type, {"actionEvent": {"body": body}}
