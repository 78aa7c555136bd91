"""The functions that change a booking, each under its caller's idempotency key."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from pydantic import BaseModel

from .client import answer, call
from .ledger import Change, Json, once

SERVICE = "/_api/bookings-service/v2/bookings"
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"

type Say = Callable[[Json, Json], Json]
"""Makes of the booking and of what is asked what Wix is told besides the revision."""


class Changed(BaseModel):
    booking_id: str
    status: str
    revision: str


def confirm_booking(event: Json, context: object) -> Json:
    return change(event, "confirm", {"PENDING"}, notification)


def decline_booking(event: Json, context: object) -> Json:
    return change(event, "decline", {"PENDING"}, notification)


def cancel_booking(event: Json, context: object) -> Json:
    return change(event, "cancel", {"PENDING", "CONFIRMED"}, notification)


def reschedule_booking(event: Json, context: object) -> Json:
    return change(event, "reschedule", {"PENDING", "CONFIRMED"}, moved)


def change(event: Json, verb: str, changes_from: set[str], say: Say) -> Json:
    booking_id: str = event["pathParameters"]["bookingId"]
    asked = json.loads(event["body"])

    def check() -> Change:
        booking = read(booking_id)
        if booking["status"] not in changes_from:
            raise ValueError(f"the booking is {booking['status']}")
        body = {"revision": booking["revision"], **say(booking, asked)}
        return partial(call, "POST", f"{SERVICE}/{booking_id}/{verb}", body)

    name = f"{verb}_booking"
    made = once(name, booking_id, event["headers"]["Idempotency-Key"], check, changed)
    return answer(name, made)


def read(booking_id: str) -> Json:
    query = {"filter": {"id": booking_id}, "cursorPaging": {"limit": 1}}
    reply = call("POST", "/_api/bookings-reader/v2/extended-bookings/query", {"query": query})
    booking: Json = reply["extendedBookings"][0]["booking"]
    return booking


def notification(booking: Json, asked: Json) -> Json:
    del booking
    told = {name: asked[name] for name in ("notifyParticipants", "message") if name in asked}
    return {"participantNotification": told} if told else {}


def moved(booking: Json, asked: Json) -> Json:
    slot = booking["bookedEntity"]["slot"]
    times = [datetime.fromisoformat(booking[name]) for name in ("startDate", "endDate")]
    start = datetime.fromisoformat(asked["start"])
    end = start + (times[1] - times[0])
    local = [each.isoformat(timespec="seconds") for each in (start, end)]
    resource = slot["resource"]["id"]
    free = call(
        "POST",
        "/_api/service-availability/v2/time-slots/get",
        {
            "serviceId": slot["serviceId"],
            "localStartDate": local[0],
            "localEndDate": local[1],
            "timeZone": asked["timezone"],
            "location": {**slot["location"], "locationType": "BUSINESS"},
            "includeResourceTypeIds": [STAFF],
            "resourceTypes": [{"resourceTypeId": STAFF, "resourceIds": [resource]}],
        },
    )["timeSlot"]
    if not free["bookable"]:
        raise ValueError("the time is not free")
    place = {
        "serviceId": slot["serviceId"],
        "scheduleId": slot["scheduleId"],
        "startDate": local[0],
        "endDate": local[1],
        "timezone": asked["timezone"],
        "location": slot["location"],
        "resource": {"id": resource},
    }
    return {"slot": place, **notification(booking, asked)}


def changed(reply: Json, booking_id: str) -> Changed:
    booking = reply["booking"]
    return Changed(booking_id=booking_id, status=booking["status"], revision=booking["revision"])
