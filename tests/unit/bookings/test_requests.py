"""What is sent to Wix, field by field."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests import canaries
from tests.unit.calls import call
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
NEWEST_FIRST = [{"fieldName": "createdDate", "order": "DESC"}]

READ = (
    "POST",
    READER,
    {"query": {"filter": {"id": {"$eq": BOOKING_ID}}, "cursorPaging": {"limit": 1}}},
)
TOLD = {"participantNotification": {"notifyParticipants": True, "message": "See you"}}
TELL = {"notifyParticipants": True, "message": "See you"}

type Request = tuple[str, str, Any]


@dataclass(frozen=True)
class Case:
    """One variant of an action, and the requests it makes."""

    name: str
    action: str
    body: dict[str, Any]
    requests: list[Request]

    def __str__(self) -> str:
        return f"{self.action} {self.name}"


def change(verb: str, body: dict[str, Any]) -> list[Request]:
    return [READ, ("POST", f"{BOOKING}/{verb}", {"revision": "1", **body})]


DECISIONS = [
    Case("plain", "confirm_booking", {}, change("confirm", {})),
    Case(
        "with everything",
        "confirm_booking",
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
    Case("plain", "decline_booking", {}, change("decline", {})),
    Case(
        "with everything",
        "decline_booking",
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
    Case("plain", "cancel_booking", {}, change("cancel", {})),
    Case(
        "with everything",
        "cancel_booking",
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
    Case(
        "plain",
        "query_bookings",
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
    Case(
        "with everything",
        "query_bookings",
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


@pytest.mark.parametrize("case", DECISIONS + QUERIES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, case: Case) -> None:
    wix.bookings.add_service(service_id=SERVICE_ID, approval=True)
    wix.bookings.add(service_id=SERVICE_ID, booking_id=BOOKING_ID, payment_option="MEMBERSHIP")

    assert asked_for(wix, case) == case.requests


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


@pytest.mark.parametrize(
    ("asked", "place_in_time", "flow"),
    [
        (
            {"start": "2030-03-04T11:00:00"},
            ("2030-03-04T11:00:00", "2030-03-04T12:00:00", "America/New_York"),
            {},
        ),
        (
            {"start": "2030-03-04T16:00:00", "end": "2030-03-04T17:00:00", "timezone": "UTC"},
            ("2030-03-04T16:00:00", "2030-03-04T17:00:00", "UTC"),
            {},
        ),
        (
            {
                "start": "2030-03-04T11:00:00",
                **TELL,
                "ignoreReschedulePolicy": True,
                "skipBusinessConfirmation": True,
            },
            ("2030-03-04T11:00:00", "2030-03-04T12:00:00", "America/New_York"),
            {
                **TOLD,
                "flowControlSettings": {
                    "ignoreReschedulePolicy": True,
                    "skipBusinessConfirmation": True,
                },
            },
        ),
    ],
)
def test_an_appointment_is_moved_after_a_look_at_the_time(
    wix: WixSimulator, asked: dict[str, Any], place_in_time: tuple[str, str, str], flow: Any
) -> None:
    start, end, timezone = place_in_time
    service = wix.bookings.add_service(service_id=SERVICE_ID)
    booking = wix.bookings.add(
        service_id=SERVICE_ID, booking_id=BOOKING_ID, start="2030-03-04T09:00:00"
    )
    wix.bookings.add_slot(SERVICE_ID, "2030-03-04T11:00:00")
    slot = booking["bookedEntity"]["slot"]
    place = slot["location"]
    case = Case("", "reschedule_booking", asked, [])

    assert asked_for(wix, case) == [
        READ,
        (
            "POST",
            f"{SLOTS}/get",
            {
                "serviceId": SERVICE_ID,
                "localStartDate": start,
                "localEndDate": end,
                "timeZone": timezone,
                "location": {"id": place["id"], "locationType": "BUSINESS"},
                "includeResourceTypeIds": [STAFF],
                "resourceTypes": [
                    {"resourceTypeId": STAFF, "resourceIds": [slot["resource"]["id"]]}
                ],
            },
        ),
        (
            "POST",
            f"{BOOKING}/reschedule",
            {
                "revision": "1",
                "slot": {
                    "serviceId": SERVICE_ID,
                    "scheduleId": service["schedule"]["id"],
                    "startDate": start,
                    "endDate": end,
                    "timezone": timezone,
                    "resource": {"id": slot["resource"]["id"]},
                    "location": place,
                },
                **flow,
            },
        ),
    ]


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

    case = Case("", "reschedule_booking", {"start": "2030-03-04T11:00:00"}, [])
    [_, (_, _, looked), (_, _, moved)] = asked_for(wix, case)

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

    case = Case("", "reschedule_booking", {"start": "2030-03-04T11:00:00"}, [])
    [_, (_, _, looked), (_, _, moved)] = asked_for(wix, case)

    assert looked["location"] == {"id": place["id"], "locationType": "BUSINESS"}
    assert moved["slot"]["location"] == {"id": place["id"], "locationType": "OWNER_BUSINESS"}


@pytest.mark.parametrize(
    "location",
    [None, {"locationType": "UNDEFINED"}, {"locationType": "OWNER_BUSINESS"}],
    ids=["none", "undefined", "no id"],
)
def test_the_place_is_found_by_the_time_if_the_booking_does_not_say(
    wix: WixSimulator, location: dict[str, Any] | None
) -> None:
    service = wix.bookings.add_service(service_id=SERVICE_ID)
    wix.bookings.add(
        service_id=SERVICE_ID,
        booking_id=BOOKING_ID,
        start="2030-03-04T09:00:00",
        slot_fields={"location": location},
    )
    wix.bookings.add_slot(SERVICE_ID, "2030-03-04T11:00:00", "2030-03-04T11:30:00")
    place = wix.bookings.add_slot(SERVICE_ID, "2030-03-04T11:00:00")["location"]

    case = Case("", "reschedule_booking", {"start": "2030-03-04T11:00:00"}, [])
    [_, looked, (_, _, moved)] = asked_for(wix, case)

    assert looked == (
        "POST",
        SLOTS,
        {
            "serviceId": SERVICE_ID,
            "fromLocalDate": "2030-03-04T11:00:00",
            "toLocalDate": "2030-03-04T12:00:00",
            "timeZone": "America/New_York",
            "includeResourceTypeIds": [STAFF],
            "resourceTypes": [{"resourceTypeId": STAFF, "resourceIds": service["staffMemberIds"]}],
            "bookable": True,
        },
    )
    assert moved["slot"]["location"] == {**place, "locationType": "OWNER_BUSINESS"}


def test_a_booking_of_a_class_is_moved_by_the_session_alone(wix: WixSimulator) -> None:
    wix.bookings.add_service(service_id=SERVICE_ID, type="CLASS")
    wix.bookings.add(service_id=SERVICE_ID, booking_id=BOOKING_ID)
    wix.bookings.add_slot(SERVICE_ID, "2030-03-04T11:00:00", event_id=EVENT_ID)

    assert asked_for(wix, Case("", "reschedule_booking", {"eventId": EVENT_ID}, [])) == [
        READ,
        ("GET", f"{SLOTS}/event/{EVENT_ID}", None),
        (
            "POST",
            f"{BOOKING}/reschedule",
            {"revision": "1", "slot": {"serviceId": SERVICE_ID, "eventId": EVENT_ID}},
        ),
    ]


def asked_for(wix: WixSimulator, case: Case) -> list[Request]:
    target = None if case.action.startswith("query") else BOOKING_ID
    reply = call(f"bookings/{case.action}", case.body, target=target)
    assert reply.status == 200, reply.json
    return [(each.method, each.path, each.body) for each in wix.requests(path="/_api/*")]
