"""What an app is told of bookings."""

from typing import Any

import httpx
import pytest

from tests.unit.wix_simulator.hearing import Hearing
from tests.wix_simulator import WixSimulator

type Json = dict[str, Any]

PATH = "/bookings/v2/bookings"
BOOKING = "wix.bookings.v2.booking"
NOTE = {"notifyParticipants": True, "message": "See you"}


def act(admin: httpx.Client, booking: Json, verb: str, **body: Any) -> Json:
    reply = admin.post(
        f"{PATH}/{booking['id']}/{verb}", json={"revision": booking["revision"], **body}
    )
    assert reply.status_code == 200, reply.text
    return dict(reply.json()["booking"])


def body_of(told: Hearing, slug: str) -> Json:
    [event] = told.events()
    assert event.type == f"{BOOKING}_{slug}"
    assert (event.content["entityFqdn"], event.content["slug"]) == (BOOKING, slug)
    return dict(event.content["actionEvent"]["body"])


def test_a_new_booking_is_told_whole(told: Hearing, wix: WixSimulator, admin: httpx.Client) -> None:
    lesson = wix.bookings.add_service(type="CLASS", capacity=8)
    slot = wix.bookings.add_slot(lesson["id"], "2099-03-02T09:00:00")
    booked = {"serviceId": lesson["id"], "eventId": slot["eventInfo"]["eventId"]}

    reply = admin.post(
        PATH, json={"booking": {"bookedEntity": {"slot": booked}, "totalParticipants": 1}}
    )

    [event] = told.events()
    booking = reply.json()["booking"]
    assert (event.type, event.entity_id) == (f"{BOOKING}_created", booking["id"])
    assert event.content["createdEvent"] == {"entity": booking}


def test_confirming_tells_what_it_was_before_and_what_the_call_said(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add(status="PENDING")
    told.events()

    after = act(
        admin,
        booking,
        "confirm",
        participantNotification=NOTE,
        sendSmsReminder=True,
        paymentStatus="PAID",
    )

    assert body_of(told, "confirmed") == {
        "booking": after,
        "participantNotification": NOTE,
        "sendSmsReminder": True,
        "doubleBooked": False,
        "initiatedBy": {"appId": "a99e0000-0000-4000-8000-00000000000a"},
        "previousStatus": "PENDING",
        "previousPaymentStatus": "NOT_PAID",
    }


def test_declining_tells_how_it_was_meant(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add(status="PENDING")
    told.events()

    after = act(admin, booking, "decline", flowControlSettings={"withRefund": True})

    body = body_of(told, "declined")
    assert (body["booking"], body["previousStatus"]) == (after, "PENDING")
    assert body["flowControlSettings"] == {"withRefund": True}
    assert "participantNotification" not in body


def test_canceling_has_one_l_and_tells_no_payment(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add(status="CONFIRMED")
    told.events()

    after = act(admin, booking, "cancel", participantNotification=NOTE)

    body = body_of(told, "canceled")
    assert (body["booking"], body["previousStatus"]) == (after, "CONFIRMED")
    assert body["participantNotification"] == NOTE
    assert "previousPaymentStatus" not in body


def test_moving_tells_where_it_was_before(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    lesson = wix.bookings.add_service(type="CLASS")
    booking = wix.bookings.add(service_id=lesson["id"], status="CONFIRMED", participants=2)
    later = wix.bookings.add_slot(lesson["id"], "2099-03-02T09:00:00")
    told.events()

    after = act(admin, booking, "reschedule", slot={"eventId": later["eventInfo"]["eventId"]})

    body = body_of(told, "rescheduled")
    assert body["booking"] == after
    assert body["previousBookedEntity"] == booking["bookedEntity"]
    assert body["previousStartDate"] == booking["startDate"] != after["startDate"]
    assert body["previousEndDate"] == booking["endDate"]
    assert body["previousTotalParticipants"] == 2


def test_a_booking_that_is_to_wait_is_told_in_camel_case(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add(status="CREATED")
    told.events()

    after = act(admin, booking, "mark_booking_as_pending")

    assert body_of(told, "markedAsPending")["booking"] == after


@pytest.mark.parametrize(
    ("status", "slugs"),
    [
        ("CREATED", ["created"]),
        ("PENDING", ["created", "markedAsPending"]),
        ("CONFIRMED", ["created", "confirmed"]),
        ("CANCELED", ["created", "canceled"]),
    ],
)
def test_a_booking_that_begins_otherwise_tells_how(
    told: Hearing, wix: WixSimulator, status: Any, slugs: list[str]
) -> None:
    booking = wix.bookings.add(status=status)

    events = told.events()

    assert [event.content["slug"] for event in events] == slugs
    assert [event.sequence for event in events] == list(range(1, len(slugs) + 1))
    assert {event.entity_id for event in events} == {booking["id"]}


def test_nothing_is_told_of_what_was_refused_or_made_up(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add(status="CONFIRMED")
    told.events()

    wix.bookings.seed(5)
    refused = admin.post(f"{PATH}/{booking['id']}/confirm", json={"revision": "9"})

    assert refused.status_code == 409
    assert told.events() == []
