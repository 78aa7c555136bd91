"""Moving bookings: to times that are free, in the right zone, for as long as they were."""

import json
from typing import Any

import pytest

from tests import canaries
from tests.unit.aws import aws_client
from tests.unit.calls import Reply, call
from tests.wix_simulator import Fault, WixSimulator

pytestmark = pytest.mark.usefixtures("table")

NOTHING = "00000000-0000-4000-8000-000000000000"
NINE, TEN, ELEVEN = (f"2030-03-04T{hour}:00:00" for hour in ("09", "10", "11"))


def move(booking: dict[str, Any], *, key: str | None = None, **body: Any) -> Reply:
    return call("bookings/reschedule_booking", body, target=booking["id"], key=key)


def appointment(wix: WixSimulator, *, free: str | None = ELEVEN, **about: Any) -> dict[str, Any]:
    """A booking at nine, and a time that is free."""
    service = wix.bookings.add_service(**about)
    if free:
        wix.bookings.add_slot(service["id"], free)
    return wix.bookings.add(service_id=service["id"], start=NINE, status="CONFIRMED")


def start_of(wix: WixSimulator, booking: dict[str, Any]) -> str:
    found = wix.bookings.get(booking["id"])
    assert found is not None
    return str(found["bookedEntity"]["slot"]["startDate"])


def moves(wix: WixSimulator) -> int:
    return sum(each.effect for each in wix.requests("POST", "*/reschedule"))


def test_an_appointment_is_moved(wix: WixSimulator) -> None:
    booking = appointment(wix)

    reply = move(booking, start=ELEVEN)

    assert reply.status == 200
    assert reply.json["startDate"] == "2030-03-04T16:00:00.000Z"
    assert reply.json["endDate"] == "2030-03-04T17:00:00.000Z"
    assert (reply.json["status"], reply.json["revision"]) == ("CONFIRMED", "2")
    assert wix.bookings.notifications == []


def test_it_stays_as_long_as_it_was(wix: WixSimulator) -> None:
    service = wix.bookings.add_service(duration_minutes=90)
    booking = wix.bookings.add(service_id=service["id"], start=NINE, status="CONFIRMED")
    wix.bookings.add_slot(service["id"], ELEVEN)

    reply = move(booking, start=ELEVEN)

    assert reply.json["endDate"] == "2030-03-04T17:30:00.000Z"


def test_it_stays_as_long_as_it_was_when_clocks_change(wix: WixSimulator) -> None:
    service = wix.bookings.add_service(duration_minutes=120)
    booking = wix.bookings.add(service_id=service["id"], start=NINE, status="CONFIRMED")
    wix.bookings.add_slot(service["id"], "2030-03-10T01:00:00", "2030-03-10T04:00:00")

    reply = move(booking, start="2030-03-10T01:00:00")

    assert reply.json["startDate"] == "2030-03-10T06:00:00.000Z"
    assert reply.json["endDate"] == "2030-03-10T08:00:00.000Z"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"start": NINE, "eventId": "e" * 40}, ""),
        ({"eventId": "e" * 40, "timezone": "UTC"}, ""),
        ({"start": "2030-03-04"}, "/start"),
        ({"start": "2030-03-04T09:00:00Z"}, "/start"),
        ({"start": "2030-02-30T09:00:00"}, "/start"),
        ({"start": "9999-12-31T23:59:59"}, "/start"),
        ({"start": "2030-03-10T02:30:00"}, "/start"),
        ({"start": NINE, "timezone": "Mars/Olympus"}, "/timezone"),
        ({"start": NINE, "timezone": "../etc/passwd"}, "/timezone"),
        ({"start": ELEVEN, "end": TEN}, "/end"),
        ({"eventId": "e" * 40}, "/start"),
        ({"eventId": "e" * 35}, "/eventId"),
        ({"eventId": "e" * 251}, "/eventId"),
        ({"eventId": "e" * 36 + "/.."}, "/eventId"),
    ],
)
def test_a_mistake_is_told_by_its_field(
    wix: WixSimulator, body: dict[str, Any], field: str
) -> None:
    reply = move(appointment(wix), **body)

    assert (reply.status, reply.code, reply.fields) == (400, "invalid_input", [field])
    assert moves(wix) == 0


def test_a_time_that_somebody_else_has_is_not_free(wix: WixSimulator) -> None:
    booking = appointment(wix)
    service_id = booking["bookedEntity"]["slot"]["serviceId"]
    wix.bookings.add(service_id=service_id, start=ELEVEN, status="CONFIRMED")

    reply = move(booking, start=ELEVEN)

    assert (reply.status, reply.code, reply.fields) == (409, "slot_taken", ["/start"])
    assert wix.requests("POST", "*/reschedule") == []


def test_a_time_that_is_not_offered_is_not_free(wix: WixSimulator) -> None:
    reply = move(appointment(wix, free=None), start=ELEVEN)

    assert (reply.status, reply.code) == (409, "slot_taken")


def test_a_time_may_be_taken_all_the_same_if_that_is_asked_for_by_name(wix: WixSimulator) -> None:
    booking = appointment(wix, free=None)

    reply = move(booking, start=ELEVEN, skipAvailabilityValidation=True)

    assert reply.status == 200
    assert start_of(wix, booking).startswith("2030-03-04T11:00:00")


def test_wix_has_the_last_word_if_somebody_was_faster(wix: WixSimulator) -> None:
    booking = appointment(wix)
    wix.add_fault(
        Fault(
            path="*/reschedule",
            status=428,
            body={"details": {"applicationError": {"code": "SLOT_NOT_AVAILABLE"}}},
            times=1,
        )
    )

    reply = move(booking, start=ELEVEN)

    assert (reply.status, reply.code) == (409, "slot_taken")


def test_whoever_gives_the_service_stays_the_same(wix: WixSimulator) -> None:
    service = wix.bookings.add_service(staff=2)
    first, second = service["staffMemberIds"]
    booking = wix.bookings.add(service_id=service["id"], start=NINE, status="CONFIRMED")
    wix.bookings.add_slot(service["id"], ELEVEN, resource_id=second)
    assert booking["bookedEntity"]["slot"]["resource"]["id"] == first

    kept = move(booking, start=ELEVEN)
    asked = move(booking, start=ELEVEN, resourceId=second)

    assert (kept.status, kept.code) == (409, "slot_taken")
    assert asked.status == 200, asked.json
    moved = wix.bookings.get(booking["id"])
    assert moved is not None
    assert moved["bookedEntity"]["slot"]["resource"]["id"] == second


HOME = {"locationType": "CUSTOM", "formattedAddress": canaries.STREET}


def visit(wix: WixSimulator, *, status: Any = "CONFIRMED") -> dict[str, Any]:
    """A booking at the customer's home, and a time that is free."""
    service = wix.bookings.add_service(places=[{"locationType": "CUSTOMER"}])
    wix.bookings.add_slot(service["id"], ELEVEN)
    return wix.bookings.add(
        service_id=service["id"], start=NINE, status=status, slot_fields={"location": HOME}
    )


def slot_of(wix: WixSimulator, booking: dict[str, Any]) -> dict[str, Any]:
    found = wix.bookings.get(booking["id"])
    assert found is not None
    slot: dict[str, Any] = found["bookedEntity"]["slot"]
    return slot


@pytest.mark.parametrize("skip", [True, False])
def test_an_address_stays(wix: WixSimulator, *, skip: bool) -> None:
    booking = visit(wix)

    reply = move(booking, start=ELEVEN, skipAvailabilityValidation=skip)

    assert reply.status == 200, reply.json
    assert slot_of(wix, booking)["location"] == HOME


def test_what_is_known_of_how_staff_is_booked_stays_with_the_same_staff(
    wix: WixSimulator,
) -> None:
    service = wix.bookings.add_service(staff=2)
    one, other = service["staffMemberIds"]
    for resource_id, start in ((one, TEN), (other, ELEVEN)):
        wix.bookings.add_slot(service["id"], start, resource_id=resource_id)
    booking = wix.bookings.add(
        service_id=service["id"],
        start=NINE,
        status="CONFIRMED",
        slot_fields={"resource": {"id": one, "transparency": "TRANSPARENT"}},
    )

    move(booking, start=TEN)
    kept = slot_of(wix, booking)["resource"]
    move(booking, start=ELEVEN, resourceId=other)
    changed = slot_of(wix, booking)["resource"]

    assert (kept["id"], kept["transparency"]) == (one, "TRANSPARENT")
    assert (changed["id"], "transparency" in changed) == (other, False)


def test_an_address_without_its_kind_stays_with_the_kind_that_is_found(
    wix: WixSimulator,
) -> None:
    service = wix.bookings.add_service(places=[{"locationType": "CUSTOMER"}])
    wix.bookings.add_slot(service["id"], ELEVEN)
    booking = wix.bookings.add(
        service_id=service["id"],
        start=NINE,
        status="CONFIRMED",
        slot_fields={"location": HOME | {"locationType": "UNDEFINED"}},
    )

    reply = move(booking, start=ELEVEN)

    assert reply.status == 200, reply.json
    assert slot_of(wix, booking)["location"] == HOME


@pytest.mark.parametrize(
    ("location", "status"), [(None, 409), ({"locationType": "OWNER_BUSINESS"}, 200)]
)
def test_a_booking_that_may_be_at_several_places_is_not_moved(
    wix: WixSimulator, location: dict[str, str] | None, status: int
) -> None:
    here = {"id": NOTHING, "name": "Uptown", "locationType": "BUSINESS"}
    service = wix.bookings.add_service(places=[here, {"locationType": "CUSTOMER"}])
    wix.bookings.add_slot(service["id"], ELEVEN)
    booking = wix.bookings.add(
        service_id=service["id"],
        start=NINE,
        status="CONFIRMED",
        slot_fields={"location": location},
    )

    reply = move(booking, start=ELEVEN)

    assert reply.status == status, reply.json
    assert moves(wix) == (status == 200)
    assert status == 200 or reply.code == "not_possible_now"


def test_a_time_that_no_place_offers_is_not_free(wix: WixSimulator) -> None:
    service = wix.bookings.add_service()
    booking = wix.bookings.add(
        service_id=service["id"], start=NINE, status="CONFIRMED", slot_fields={"location": None}
    )

    reply = move(booking, start=ELEVEN)

    assert (reply.status, reply.code) == (409, "slot_taken")


def test_a_booking_may_move_within_its_own_time_if_wix_lets_it(wix: WixSimulator) -> None:
    booking = appointment(wix, free="2030-03-04T09:30:00")

    reply = move(booking, start="2030-03-04T09:30:00")

    assert reply.status == 200, reply.json
    assert moves(wix) == 1


def test_a_booking_that_is_there_already_is_left_alone(wix: WixSimulator) -> None:
    booking = appointment(wix)

    reply = move(booking, start="2030-03-04T14:00:00", timezone="UTC")

    assert (reply.status, reply.json["already"]) == (200, True)
    assert moves(wix) == 0


@pytest.mark.parametrize("event_id", [None, "e" * 36, "e" * 250])
def test_a_class_is_moved_to_another_session(wix: WixSimulator, event_id: str | None) -> None:
    service = wix.bookings.add_service(type="CLASS")
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")
    session = wix.bookings.add_slot(service["id"], ELEVEN, event_id=event_id)
    session_id = session["eventInfo"]["eventId"]

    reply = move(booking, eventId=session_id)

    assert reply.status == 200
    moved = wix.bookings.get(booking["id"])
    assert moved is not None
    assert moved["bookedEntity"]["slot"]["eventId"] == session_id


@pytest.mark.parametrize("capacity", [1, None])
def test_a_session_that_is_full_or_unknown_is_not_free(
    wix: WixSimulator, capacity: int | None
) -> None:
    service = wix.bookings.add_service(type="CLASS")
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")
    session = "e" * 40
    if capacity is not None:
        wix.bookings.add_slot(service["id"], ELEVEN, event_id=session, capacity=capacity)
        wix.bookings.add(service_id=service["id"], event_id=session, status="CONFIRMED")

    reply = move(booking, eventId=session)

    assert (reply.status, reply.code, reply.fields) == (409, "slot_taken", ["/eventId"])


def test_a_class_is_not_moved_by_a_time(wix: WixSimulator) -> None:
    service = wix.bookings.add_service(type="CLASS")
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")

    reply = move(booking, start=ELEVEN)

    assert (reply.status, reply.fields) == (400, ["/eventId"])


def test_a_course_is_not_moved(wix: WixSimulator) -> None:
    service = wix.bookings.add_service(type="COURSE")
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")

    reply = move(booking, start=ELEVEN)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert "course" in reply.json["detail"]


def test_a_part_of_a_multi_service_booking_is_not_moved_alone(wix: WixSimulator) -> None:
    reply = move(wix.bookings.add(status="CONFIRMED", multi_service=True), start=ELEVEN)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert "multi-service" in reply.json["detail"]


@pytest.mark.parametrize("status", ["CANCELED", "DECLINED"])
def test_a_booking_that_is_over_is_not_moved(wix: WixSimulator, status: Any) -> None:
    reply = move(wix.bookings.add(status=status), start=ELEVEN)

    assert (reply.status, reply.code) == (409, "not_possible_now")


def test_a_policy_forbids_unless_it_is_ignored_by_name(wix: WixSimulator) -> None:
    booking = appointment(wix, reschedule_policy_minutes=60 * 24 * 365 * 50)

    refused = move(booking, start=ELEVEN)
    ignored = move(booking, start=ELEVEN, ignoreReschedulePolicy=True)

    assert (refused.status, refused.code) == (409, "policy_forbids")
    assert ignored.status == 200


def test_a_service_that_wants_approval_is_told_by_the_status(wix: WixSimulator) -> None:
    booking = appointment(wix, approval=True)

    assert move(booking, start=ELEVEN).json["status"] == "PENDING"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_is_found_by_the_same_revision(wix: WixSimulator, moment: Any) -> None:
    booking = appointment(wix)
    wix.add_fault(Fault(path="*/reschedule", drop=moment, times=1))

    reply = move(booking, start=ELEVEN, notifyParticipants=True)

    assert (reply.status, reply.json["startDate"]) == (200, "2030-03-04T16:00:00.000Z")
    assert moves(wix) == 1
    assert len(wix.bookings.notifications) == 1


def test_an_address_is_not_written_down_and_stays_all_the_same(
    wix: WixSimulator, table: str
) -> None:
    booking = visit(wix)
    wix.add_fault(Fault(path="*/reschedule", drop="before", times=2))

    lost = move(booking, start=ELEVEN, key="k-1")
    written = json.dumps(aws_client("dynamodb").scan(TableName=table)["Items"])
    found = move(booking, start=ELEVEN, key="k-1")

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert canaries.STREET not in written
    assert found.status == 200, found.json
    assert slot_of(wix, booking)["location"] == HOME
    assert moves(wix) == 1


@pytest.mark.parametrize(
    "answer", ["409 BOOKING_REVISION_MISMATCH", "428 BOOKING_REVISION_MISMATCH", "409"]
)
def test_a_stale_revision_is_read_again(wix: WixSimulator, answer: Any) -> None:
    wix.switches.booking_conflict = answer
    booking = visit(wix, status="PENDING")
    wix.advance(2)
    wix.switches.booking_reader_lag_seconds = 0.6
    call("bookings/confirm_booking", {}, target=booking["id"])

    reply = move(booking, start=ELEVEN)

    assert (reply.status, reply.json["revision"]) == (200, "3")
    assert slot_of(wix, booking)["location"] == HOME


def test_a_stale_revision_is_read_again_and_the_length_with_it(wix: WixSimulator) -> None:
    service = wix.bookings.add_service()
    wix.bookings.add_slot(service["id"], TEN, "2030-03-04T12:00:00")
    wix.bookings.add_slot(service["id"], "2030-03-04T14:00:00", "2030-03-04T15:00:00")
    wix.bookings.add_slot(service["id"], "2030-03-04T14:00:00", "2030-03-04T16:00:00")
    booking = wix.bookings.add(service_id=service["id"], start=NINE, status="CONFIRMED")
    wix.advance(2)
    wix.switches.booking_reader_lag_seconds = 0.6
    move(booking, start=TEN, end="2030-03-04T12:00:00")

    reply = move(booking, start="2030-03-04T14:00:00")

    assert (reply.status, reply.json["revision"]) == (200, "3")
    assert reply.json["endDate"] == "2030-03-04T21:00:00.000Z"


def test_the_same_key_gives_the_first_answer(wix: WixSimulator) -> None:
    booking = appointment(wix)

    first, second = (move(booking, start=ELEVEN, key="k-1") for _ in range(2))

    assert (second.status, second.json, second.replayed) == (200, first.json, True)
    assert moves(wix) == 1


def test_a_dry_run_names_the_request_and_sends_nothing(wix: WixSimulator) -> None:
    booking = appointment(wix)

    rehearsed = move(booking, start=ELEVEN, dryRun=True)

    assert moves(wix) == 0
    move(booking, start=ELEVEN)
    [sent] = [each for each in wix.requests("POST", "*/reschedule") if each.effect]
    [planned] = rehearsed.json["requests"]
    assert planned == {"method": sent.method, "path": sent.path, "body": sent.body}
    assert len(rehearsed.json["read"]) == 2
