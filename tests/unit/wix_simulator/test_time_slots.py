from typing import Any, get_args

import httpx
import pytest

from tests.wix_simulator import WixSimulator
from tests.wix_simulator.booking_facade import BookingStatus

type Json = dict[str, Any]

PATH = "/_api/service-availability/v2/time-slots"
NOTHING = "00000000-0000-4000-8000-00000000dead"
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
NINE, TEN, ELEVEN = "2026-12-01T09:00:00", "2026-12-01T10:00:00", "2026-12-01T11:00:00"
DAY = {
    "fromLocalDate": "2026-12-01T00:00:00",
    "toLocalDate": "2026-12-02T00:00:00",
    "timeZone": "America/New_York",
}


def slots(admin: httpx.Client, path: str = PATH, **request: Any) -> Json:
    reply = admin.post(path, json=DAY | request)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def starts(reply: Json) -> list[str]:
    return [each["localStartDate"] for each in reply["timeSlots"]]


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


# ---- Appointments ----


def test_slots_come_in_order_and_in_the_time_zone_asked_for(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    ten, _ = (wix.bookings.add_slot(service["id"], start) for start in (TEN, NINE))
    wix.bookings.add_slot(service["id"], "2026-12-02T00:00:00")
    wix.bookings.add_slot(wix.bookings.add_service()["id"], NINE)

    here = slots(admin, serviceId=service["id"], includeResourceTypeIds=[STAFF])
    alias = slots(
        admin,
        "/service-availability/v2/time-slots",
        serviceId=service["id"],
        includeResourceTypeIds=[STAFF],
    )
    there = slots(admin, serviceId=service["id"], timeZone="Europe/Berlin")

    assert starts(here) == [NINE, TEN]
    assert here["timeSlots"][1] == ten
    assert here["timeZone"] == "America/New_York"
    assert here["cursorPagingMetadata"] == {"cursors": {"next": ""}, "hasNext": False}
    assert alias == here
    assert starts(there) == ["2026-12-01T15:00:00", "2026-12-01T16:00:00"]
    assert "availableResources" not in there["timeSlots"][0]


def test_a_booked_slot_is_not_bookable_until_its_booking_ends(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    wix.bookings.add_slot(service["id"], TEN)
    wix.bookings.add_slot(service["id"], ELEVEN, bookable=False)
    booking = wix.bookings.add(service_id=service["id"], start=NINE)

    taken = slots(admin, serviceId=service["id"])["timeSlots"]
    bookable = slots(admin, serviceId=service["id"], bookable=True)
    other = slots(admin, serviceId=service["id"], bookable=False)
    admin.post(
        f"/_api/bookings-service/v2/bookings/{booking['id']}/decline", json={"revision": "1"}
    )
    free = slots(admin, serviceId=service["id"], bookable=True)

    assert [each["bookable"] for each in taken] == [False, True, False]
    assert [each["remainingCapacity"] for each in taken] == [0, 1, 1]
    assert taken[0]["nonBookableReasons"]["noRemainingCapacity"] is True
    assert taken[2]["bookingPolicyViolations"]["bookOnlineDisabled"] is True
    assert (starts(bookable), starts(other)) == ([TEN], [NINE, ELEVEN])
    assert starts(free) == [NINE, TEN]


@pytest.mark.parametrize("status", get_args(BookingStatus.__value__))
def test_only_bookings_in_the_calendar_take_their_slot(
    wix: WixSimulator, admin: httpx.Client, status: BookingStatus
) -> None:
    booking = wix.bookings.add(start=NINE, status=status)
    service_id = booking["bookedEntity"]["slot"]["serviceId"]

    [slot] = slots(admin, serviceId=service_id)["timeSlots"]

    assert slot["bookable"] is (status not in {"PENDING", "CONFIRMED"})


def test_a_staff_member_has_one_appointment_at_a_time(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    long = wix.bookings.add_service(duration_minutes=90, staff=2)
    busy, free = long["staffMemberIds"]
    for resource_id in (busy, free):
        wix.bookings.add_slot(long["id"], NINE, resource_id=resource_id)
    short = wix.bookings.add_service()
    wix.bookings.add_slot(short["id"], TEN, resource_id=busy)
    wix.bookings.add_slot(short["id"], ELEVEN, resource_id=busy)
    wix.bookings.add(service_id=short["id"], start=TEN, status="CONFIRMED")

    [slot] = slots(admin, serviceId=long["id"], includeResourceTypeIds=[STAFF])["timeSlots"]
    of_busy = slots(
        admin,
        serviceId=long["id"],
        resourceTypes=[{"resourceTypeId": STAFF, "resourceIds": [busy]}],
    )

    assert (slot["bookable"], slot["totalCapacity"], slot["remainingCapacity"]) == (True, 2, 1)
    [resources] = slot["availableResources"]
    assert [each["id"] for each in resources["resources"]] == [free]
    assert [each["bookable"] for each in of_busy["timeSlots"]] == [False]


def test_slots_are_those_of_the_place_asked_for(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service()
    slot = wix.bookings.add_slot(service["id"], NINE)
    here = {"id": slot["location"]["id"], "locationType": "BUSINESS"}
    there = {"id": NOTHING, "locationType": "BUSINESS"}
    one = {
        "serviceId": service["id"],
        "localStartDate": NINE,
        "localEndDate": TEN,
        "timeZone": "America/New_York",
    }

    assert starts(slots(admin, serviceId=service["id"], locations=[there, here])) == [NINE]
    assert starts(slots(admin, serviceId=service["id"], locations=[there])) == []
    assert admin.post(f"{PATH}/get", json=one | {"location": here}).status_code == 200
    assert admin.post(f"{PATH}/get", json=one | {"location": there}).status_code == 404


def test_a_service_is_given_where_it_says(wix: WixSimulator, admin: httpx.Client) -> None:
    uptown = {"id": NOTHING, "name": "Uptown", "locationType": "BUSINESS"}
    visit = {"locationType": "CUSTOMER"}
    service = wix.bookings.add_service(places=[uptown, visit])
    wix.bookings.add_slot(service["id"], NINE)
    one = {
        "serviceId": service["id"],
        "localStartDate": NINE,
        "localEndDate": TEN,
        "timeZone": "America/New_York",
    }

    def get(**location: str) -> httpx.Response:
        return admin.post(f"{PATH}/get", json=one | {"location": location})

    everywhere = slots(admin, serviceId=service["id"])["timeSlots"]
    visited = slots(admin, serviceId=service["id"], locations=[visit])["timeSlots"]

    assert [each["location"] for each in everywhere] == [uptown, visit]
    assert [each["location"] for each in visited] == [visit]
    assert get(id=NOTHING).json()["timeSlot"]["location"] == uptown
    assert get(**visit).json()["timeSlot"]["location"] == visit
    assert get(locationType="CUSTOM").status_code == 404


@pytest.mark.parametrize("location", [None, {}, {"locationType": "BUSINESS"}])
def test_one_slot_is_not_told_without_the_place(
    wix: WixSimulator, admin: httpx.Client, location: Json | None
) -> None:
    service = wix.bookings.add_service()
    wix.bookings.add_slot(service["id"], NINE)
    request = {
        "serviceId": service["id"],
        "localStartDate": NINE,
        "localEndDate": TEN,
        "timeZone": "America/New_York",
    }

    reply = admin.post(
        f"{PATH}/get", json=request if location is None else request | {"location": location}
    )

    assert reply.status_code == 400


def test_a_class_has_no_slots_of_appointments(wix: WixSimulator, admin: httpx.Client) -> None:
    lesson = wix.bookings.add_service(type="CLASS")
    wix.bookings.add_slot(lesson["id"], NINE)

    assert starts(slots(admin, serviceId=lesson["id"])) == []


def test_pages_of_slots_follow_their_cursor(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service()
    for start in (NINE, TEN, ELEVEN):
        wix.bookings.add_slot(service["id"], start)

    first = slots(admin, serviceId=service["id"], cursorPaging={"limit": 2})
    cursor = first["cursorPagingMetadata"]["cursors"]["next"]
    last = admin.post(PATH, json={"cursorPaging": {"cursor": cursor}}).json()
    few = slots(admin, serviceId=service["id"], timeSlotsPerDay=1)

    assert (starts(first), first["cursorPagingMetadata"]["hasNext"]) == ([NINE, TEN], True)
    assert (starts(last), last["timeZone"]) == ([ELEVEN], "America/New_York")
    assert last["cursorPagingMetadata"]["hasNext"] is False
    assert starts(few) == [NINE]


@pytest.mark.parametrize(
    "changes",
    [
        {"fromLocalDate": "2026-12-01"},
        {"timeZone": "Mars/Olympus"},
        {"timezone": "UTC"},
        {"locations": [{"locationType": "OWNER_BUSINESS"}]},
        {"cursorPaging": {"limit": 1001}},
        {"toLocalDate": None},
        {"serviceId": None},
    ],
)
def test_a_request_for_slots_that_is_spelled_wrong_is_refused(
    wix: WixSimulator, admin: httpx.Client, changes: Json
) -> None:
    service = wix.bookings.add_service()

    reply = admin.post(PATH, json=DAY | {"serviceId": service["id"]} | changes)

    assert reply.status_code == 400


def test_one_slot_is_asked_for_before_a_booking_is_moved_there(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    slot = wix.bookings.add_slot(service["id"], NINE)
    request = {
        "serviceId": service["id"],
        "localStartDate": NINE,
        "localEndDate": TEN,
        "timeZone": "America/New_York",
        "location": {"id": slot["location"]["id"], "locationType": "BUSINESS"},
        "includeResourceTypeIds": [STAFF],
    }

    def get(**changes: Any) -> httpx.Response:
        return admin.post(f"{PATH}/get", json=request | changes)

    assert get().json() == {"timeSlot": slot, "timeZone": "America/New_York"}
    missing = get(localEndDate=ELEVEN)
    assert (missing.status_code, code_of(missing)) == (404, "SLOT_NOT_FOUND")
    unknown = get(serviceId=NOTHING)
    assert (unknown.status_code, code_of(unknown)) == (404, "SERVICE_NOT_FOUND")
    assert get(location={"locationType": "OWNER_BUSINESS"}).status_code == 400


# ---- Classes ----


def test_sessions_of_classes_are_told_with_the_room_they_have(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    lesson = wix.bookings.add_service(type="CLASS", capacity=3)
    other = wix.bookings.add_service(type="CLASS")
    nine, ten = (
        wix.bookings.add_slot(lesson["id"], start)["eventInfo"]["eventId"] for start in (NINE, TEN)
    )
    wix.bookings.add_slot(other["id"], NINE)
    wix.bookings.add_slot(wix.bookings.add_service()["id"], NINE)
    wix.bookings.add(service_id=lesson["id"], event_id=nine, participants=2)
    wix.bookings.add(service_id=lesson["id"], event_id=ten, participants=3)

    every = slots(admin, f"{PATH}/event", serviceIds=[lesson["id"]])
    bookable = slots(admin, f"{PATH}/event", serviceIds=[lesson["id"]], includeNonBookable=False)
    all_classes = slots(admin, f"{PATH}/event")
    roomy = slots(admin, f"{PATH}/event", minBookableCapacity=2)
    one = admin.get(f"{PATH}/event/{ten}", params={"timeZone": "UTC"}).json()

    assert [each["remainingCapacity"] for each in every["timeSlots"]] == [1, 0]
    staff = [each["availableResources"][0]["resources"] for each in every["timeSlots"]]
    assert [each[0]["id"] for each in staff] == lesson["staffMemberIds"] * 2
    assert {each["serviceId"] for each in all_classes["timeSlots"]} == {lesson["id"], other["id"]}
    assert every["pagingMetadata"] == {"cursors": {"next": ""}, "hasNext": False}
    assert [each["eventInfo"]["eventId"] for each in bookable["timeSlots"]] == [nine]
    assert [each["serviceId"] for each in roomy["timeSlots"]] == [other["id"]]
    assert one["timeZone"] == "UTC"
    assert (one["timeSlot"]["localStartDate"], one["timeSlot"]["bookable"]) == (
        "2026-12-01T15:00:00",
        False,
    )
    missing = admin.get(f"{PATH}/event/{'e' * 36}")
    assert (missing.status_code, code_of(missing)) == (404, "SLOT_NOT_FOUND")


def test_pages_of_sessions_follow_their_cursor(wix: WixSimulator, admin: httpx.Client) -> None:
    lesson = wix.bookings.add_service(type="CLASS")
    for start in (NINE, TEN):
        wix.bookings.add_slot(lesson["id"], start)

    first = slots(admin, f"{PATH}/event", cursorPaging={"limit": 1})
    cursor = first["pagingMetadata"]["cursors"]["next"]
    last = admin.post(f"{PATH}/event", json={"cursorPaging": {"cursor": cursor}}).json()

    assert (starts(first), starts(last)) == ([NINE], [TEN])
    assert (first["pagingMetadata"]["hasNext"], last["pagingMetadata"]["hasNext"]) == (True, False)


# ---- Services ----


def test_a_service_is_got_by_its_id_on_either_path(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service(approval=True, cancel_policy_minutes=60)

    one, other = (
        admin.get(f"{prefix}/bookings/v2/services/{service['id']}").json()
        for prefix in ("", "/_api")
    )
    missing = admin.get(f"/bookings/v2/services/{NOTHING}")

    assert one == other == {"service": service}
    assert service["onlineBooking"]["requireManualApproval"] is True
    policy = service["bookingPolicy"]["cancellationPolicy"]
    assert (policy["limitLatestCancellation"], policy["latestCancellationInMinutes"]) == (True, 60)
    assert (missing.status_code, code_of(missing)) == (404, "SERVICE_NOT_FOUND")


def test_services_are_found_by_filter_and_offset(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = [wix.bookings.add_service(name=f"Massage {n}")["id"] for n in range(3)]
    wix.bookings.add_service(type="COURSE")

    def query(**parts: Any) -> httpx.Response:
        return admin.post("/_api/bookings/v2/services/query", json={"query": parts})

    page = query(filter={"type": "APPOINTMENT"}, paging={"limit": 2, "offset": 1}).json()
    backwards = query(
        filter={"type": "APPOINTMENT"}, sort=[{"fieldName": "name", "order": "DESC"}]
    ).json()

    assert [each["id"] for each in page["services"]] == ids[1:]
    assert page["pagingMetadata"] == {
        "count": 2,
        "offset": 1,
        "total": 3,
        "tooManyToCount": False,
    }
    assert [each["id"] for each in backwards["services"]] == ids[::-1]
    assert query(filter={"price": "1"}).status_code == 400
