"""What is sent to Wix, field by field."""

from typing import Any

import pytest

from tests import canaries
from tests.unit.calls import call
from tests.unit.requests import Case, Known, Request, Scene, filled, sent_by
from tests.wix_simulator import WixSimulator
from wix_admin.bookings.operations import QUERY_BOOKINGS
from wix_admin.wix.cursors import seal

pytestmark = pytest.mark.usefixtures("table")

BOOKING_ID = "a3d5f0c2-6b1e-4c7a-8f20-91e4d7b6aa01"
SERVICE_ID = "5e8d0f4b-77aa-4d0c-b6f1-2c3d4e5f6a01"
EVENT_ID = ("6Qz1mU0eJ8s2dR5tY7uIoPaSdFgHjKlZxCvBnM12" * 3)[:118]
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
BOOKING = f"/_api/bookings-service/v2/bookings/{BOOKING_ID}"
READER = "/_api/bookings-reader/v2/extended-bookings/query"
SLOTS = "/_api/service-availability/v2/time-slots"
ELEVEN, NOON = "2030-03-04T11:00:00", "2030-03-04T12:00:00"
ZONE = "America/New_York"
SCHEDULE, PERSON, EVERYBODY = "<schedule>", "<person>", "<everybody>"
PLACE, PLACE_ID = "<place>", "<place's id>"
NEWEST_FIRST = [{"fieldName": "createdDate", "order": "DESC"}]

READ = (
    "POST",
    READER,
    {"query": {"filter": {"id": {"$eq": BOOKING_ID}}, "cursorPaging": {"limit": 1}}},
)
TOLD = {"participantNotification": {"notifyParticipants": True, "message": "See you"}}
TELL = {"notifyParticipants": True, "message": "See you"}


def of(action: str, name: str, body: Any, requests: list[Request], **more: Any) -> Case:
    return Case(f"bookings/{action}", body, requests, name=name, **more)


def change(verb: str, body: dict[str, Any]) -> list[Request]:
    return [READ, ("POST", f"{BOOKING}/{verb}", {"revision": "1", **body})]


DECISIONS = [
    of("confirm_booking", "plain", {}, change("confirm", {})),
    of(
        "confirm_booking",
        "with everything",
        {**TELL, "paymentStatus": "PAID", "sendSmsReminder": False, "checkAvailability": True},
        change(
            "confirm",
            {
                **TOLD,
                "paymentStatus": "PAID",
                "sendSmsReminder": False,
                "flowControlSettings": {"checkAvailabilityValidation": True},
            },
        ),
    ),
    of("decline_booking", "plain", {}, change("decline", {})),
    of(
        "decline_booking",
        "with everything",
        {"notifyParticipants": True, "paymentStatus": "REFUNDED", "withRefund": True},
        change(
            "decline",
            {
                "participantNotification": {"notifyParticipants": True},
                "paymentStatus": "REFUNDED",
                "flowControlSettings": {"withRefund": True},
            },
        ),
    ),
    of("cancel_booking", "plain", {}, change("cancel", {})),
    of(
        "cancel_booking",
        "with everything",
        {
            **TELL,
            "ignoreCancellationPolicy": True,
            "withRefund": True,
            "waiveCancellationFee": True,
            "waiveCharges": True,
        },
        change(
            "cancel",
            {
                **TOLD,
                "flowControlSettings": {
                    "ignoreCancellationPolicy": True,
                    "withRefund": True,
                    "waiveCancellationFee": True,
                },
                "waiveCharges": True,
            },
        ),
    ),
]

QUERIES = [
    of(
        "query_bookings",
        "plain",
        {},
        [
            (
                "POST",
                READER,
                {
                    "query": {"sort": NEWEST_FIRST, "cursorPaging": {"limit": 50}},
                    "withBookingAllowedActions": True,
                },
            )
        ],
    ),
    of(
        "query_bookings",
        "with everything",
        {
            "filter": {"bookedEntity.item.slot.serviceId": SERVICE_ID},
            "sort": [{"fieldName": "startDate"}],
            "limit": 7,
        },
        [
            (
                "POST",
                READER,
                {
                    "query": {
                        "filter": {"bookedEntity.item.slot.serviceId": SERVICE_ID},
                        "sort": [{"fieldName": "startDate", "order": "ASC"}],
                        "cursorPaging": {"limit": 7},
                    },
                    "withBookingAllowedActions": True,
                },
            )
        ],
    ),
]


def an_appointment(wix: WixSimulator) -> Known:
    service = wix.bookings.add_service(service_id=SERVICE_ID)
    booking = wix.bookings.add(
        service_id=SERVICE_ID, booking_id=BOOKING_ID, start="2030-03-04T09:00:00"
    )
    wix.bookings.add_slot(SERVICE_ID, ELEVEN)
    slot = booking["bookedEntity"]["slot"]
    return {
        SCHEDULE: service["schedule"]["id"],
        PERSON: slot["resource"]["id"],
        PLACE: slot["location"],
        PLACE_ID: slot["location"]["id"],
    }


def moved(
    name: str, asked: dict[str, Any], start: str, end: str, timezone: str, **flow: Any
) -> Case:
    """An appointment that is moved after a look at the time."""
    look = {
        "serviceId": SERVICE_ID,
        "localStartDate": start,
        "localEndDate": end,
        "timeZone": timezone,
        "location": {"id": PLACE_ID, "locationType": "BUSINESS"},
        "includeResourceTypeIds": [STAFF],
        "resourceTypes": [{"resourceTypeId": STAFF, "resourceIds": [PERSON]}],
    }
    slot = {
        "serviceId": SERVICE_ID,
        "scheduleId": SCHEDULE,
        "startDate": start,
        "endDate": end,
        "timezone": timezone,
        "resource": {"id": PERSON},
        "location": PLACE,
    }
    change = ("POST", f"{BOOKING}/reschedule", {"revision": "1", "slot": slot, **flow})
    requests = [READ, ("POST", f"{SLOTS}/get", look), change]
    return of("reschedule_booking", name, asked, requests, scene=an_appointment)


def somewhere(location: dict[str, Any] | None) -> Scene:
    """Make a booking that does not say well where it is."""

    def scene(wix: WixSimulator) -> Known:
        service = wix.bookings.add_service(service_id=SERVICE_ID)
        booking = wix.bookings.add(
            service_id=SERVICE_ID,
            booking_id=BOOKING_ID,
            start="2030-03-04T09:00:00",
            slot_fields={"location": location},
        )
        wix.bookings.add_slot(SERVICE_ID, ELEVEN, "2030-03-04T11:30:00")
        place = wix.bookings.add_slot(SERVICE_ID, ELEVEN)["location"]
        return {
            SCHEDULE: service["schedule"]["id"],
            PERSON: booking["bookedEntity"]["slot"]["resource"]["id"],
            EVERYBODY: service["staffMemberIds"],
            PLACE: {**place, "locationType": "OWNER_BUSINESS"},
        }

    return scene


def found_by_the_time(name: str, location: dict[str, Any] | None) -> Case:
    """An appointment whose place is that of the time that is free."""
    look = {
        "serviceId": SERVICE_ID,
        "fromLocalDate": ELEVEN,
        "toLocalDate": NOON,
        "timeZone": ZONE,
        "includeResourceTypeIds": [STAFF],
        "resourceTypes": [{"resourceTypeId": STAFF, "resourceIds": EVERYBODY}],
        "bookable": True,
    }
    slot = {
        "serviceId": SERVICE_ID,
        "scheduleId": SCHEDULE,
        "startDate": ELEVEN,
        "endDate": NOON,
        "timezone": ZONE,
        "resource": {"id": PERSON},
        "location": PLACE,
    }
    change = ("POST", f"{BOOKING}/reschedule", {"revision": "1", "slot": slot})
    requests: list[Request] = [READ, ("POST", SLOTS, look), change]
    body = {"start": ELEVEN}
    return of("reschedule_booking", name, body, requests, scene=somewhere(location))


def a_session(wix: WixSimulator) -> Known:
    wix.bookings.add_service(service_id=SERVICE_ID, type="CLASS")
    wix.bookings.add(service_id=SERVICE_ID, booking_id=BOOKING_ID)
    wix.bookings.add_slot(SERVICE_ID, ELEVEN, event_id=EVENT_ID)
    return {}


MOVES = [
    moved("to a start", {"start": ELEVEN}, ELEVEN, NOON, ZONE),
    moved(
        "to a time elsewhere",
        {"start": "2030-03-04T16:00:00", "end": "2030-03-04T17:00:00", "timezone": "UTC"},
        "2030-03-04T16:00:00",
        "2030-03-04T17:00:00",
        "UTC",
    ),
    moved(
        "with everything",
        {"start": ELEVEN, **TELL, "ignoreReschedulePolicy": True, "skipBusinessConfirmation": True},
        ELEVEN,
        NOON,
        ZONE,
        **TOLD,
        flowControlSettings={"ignoreReschedulePolicy": True, "skipBusinessConfirmation": True},
    ),
    found_by_the_time("that is nowhere", None),
    found_by_the_time("that is anywhere", {"locationType": "UNDEFINED"}),
    found_by_the_time("that is at no known place", {"locationType": "OWNER_BUSINESS"}),
    of(
        "reschedule_booking",
        "to a session of a class",
        {"eventId": EVENT_ID},
        [
            READ,
            ("GET", f"{SLOTS}/event/{EVENT_ID}", None),
            (
                "POST",
                f"{BOOKING}/reschedule",
                {"revision": "1", "slot": {"serviceId": SERVICE_ID, "eventId": EVENT_ID}},
            ),
        ],
        scene=a_session,
    ),
]

CASES = DECISIONS + QUERIES + MOVES


def a_pending_booking(wix: WixSimulator) -> Known:
    wix.bookings.add_service(service_id=SERVICE_ID, approval=True)
    wix.bookings.add(service_id=SERVICE_ID, booking_id=BOOKING_ID, payment_option="MEMBERSHIP")
    return {}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, case: Case) -> None:
    known = (case.scene or a_pending_booking)(wix)

    assert sent_by(wix, case, BOOKING_ID) == filled(case.requests, known)


def test_the_next_page_is_asked_for_with_the_cursor_alone(wix: WixSimulator) -> None:
    wix.bookings.seed(3)
    first = call("bookings/query_bookings", {"limit": 2, "filter": {"status": {"$ne": "DECLINED"}}})
    wix.clear_journal()

    call("bookings/query_bookings", {"cursor": first.json["cursor"], "limit": 5})

    [sent] = wix.requests(path="/_api/*")
    position = sent.body["query"]["cursorPaging"]["cursor"]
    assert first.json["cursor"] == seal(QUERY_BOOKINGS.name, position)
    assert sent.body == {
        "query": {"cursorPaging": {"limit": 5, "cursor": position}},
        "withBookingAllowedActions": True,
    }


TO_ELEVEN = of("reschedule_booking", "", {"start": ELEVEN}, [])
HOME = {"locationType": "CUSTOM", "formattedAddress": canaries.STREET}
STUDIO = {
    "locationType": "OWNER_CUSTOM",
    "name": "Studio",
    "formattedAddress": "2 Side St, Portland",
}
SELECTIONS = [
    {
        "resourceTypeId": STAFF,
        "selectionMethod": "ANY_RESOURCE",
        "requestedGender": {"gender": "ANY_FEMALE"},
    }
]


@pytest.mark.parametrize(
    ("place", "spelled"), [(HOME, "CUSTOMER"), (STUDIO, "CUSTOM")], ids=["home", "studio"]
)
def test_an_appointment_is_moved_with_all_that_stays(
    wix: WixSimulator, place: dict[str, Any], spelled: str
) -> None:
    wix.bookings.add_service(service_id=SERVICE_ID, places=[{"locationType": spelled}])
    wix.bookings.add(
        service_id=SERVICE_ID,
        booking_id=BOOKING_ID,
        start="2030-03-04T09:00:00",
        slot_fields={"location": place, "resourceSelections": SELECTIONS},
    )
    wix.bookings.add_slot(SERVICE_ID, "2030-03-04T11:00:00")

    [_, (_, _, looked), (_, _, moved)] = sent_by(wix, TO_ELEVEN, BOOKING_ID)

    assert looked["location"] == {"locationType": spelled}
    assert moved["slot"]["location"] == place
    assert moved["slot"]["resourceSelections"] == SELECTIONS
    assert "eventId" not in moved["slot"]


def test_a_place_with_an_id_is_the_business_s_own(wix: WixSimulator) -> None:
    wix.bookings.add_service(service_id=SERVICE_ID)
    place = wix.bookings.add_slot(SERVICE_ID, "2030-03-04T11:00:00")["location"]
    wix.bookings.add(
        service_id=SERVICE_ID,
        booking_id=BOOKING_ID,
        start="2030-03-04T09:00:00",
        slot_fields={"location": {"id": place["id"]}},
    )

    [_, (_, _, looked), (_, _, moved)] = sent_by(wix, TO_ELEVEN, BOOKING_ID)

    assert looked["location"] == {"id": place["id"], "locationType": "BUSINESS"}
    assert moved["slot"]["location"] == {"id": place["id"], "locationType": "OWNER_BUSINESS"}
