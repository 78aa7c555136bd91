from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import Fault, WixSimulator
from tests.wix_simulator.booking_facade import BookingStatus

type Json = dict[str, Any]

PATH = "/_api/bookings-service/v2/bookings"
NOTHING = "00000000-0000-4000-8000-00000000dead"
NINE, TEN, ELEVEN = "2026-12-01T09:00:00", "2026-12-01T10:00:00", "2026-12-01T11:00:00"
ALL_STATUSES: list[BookingStatus] = [
    "CREATED",
    "CONFIRMED",
    "CANCELED",
    "PENDING",
    "DECLINED",
    "WAITING_LIST",
]


def act(admin: httpx.Client, booking: Json, verb: str, **body: Any) -> httpx.Response:
    body = {"revision": booking["revision"], **body}
    return admin.post(f"{PATH}/{booking['id']}/{verb}", json=body)


def confirm_or_decline(admin: httpx.Client, booking: Json, **body: Any) -> httpx.Response:
    return admin.post(f"/bookings/v2/confirmation/{booking['id']}:confirmOrDecline", json=body)


def slot_of(time_slot: Json, **changes: Any) -> Json:
    """A time slot as a booking's slot, in New York, with whoever is free then."""
    free = time_slot["availableResources"][0]["resources"]
    slot = {
        "serviceId": time_slot["serviceId"],
        "scheduleId": time_slot["scheduleId"],
        "startDate": time_slot["localStartDate"],
        "endDate": time_slot["localEndDate"],
        "timezone": "America/New_York",
        "resource": {"id": free[0]["id"]} if free else None,
        "location": {"id": time_slot["location"]["id"], "locationType": "OWNER_BUSINESS"},
        **changes,
    }
    return {name: value for name, value in slot.items() if value is not None}


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


def refusal(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, code_of(reply)


# ---- Create ----


def test_a_new_booking_is_created_and_takes_no_room_yet(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    slot = slot_of(wix.bookings.add_slot(service["id"], NINE))
    booking = {
        "bookedEntity": {"slot": slot},
        "contactDetails": {"contactId": NOTHING, "firstName": canaries.FIRST_NAME, "phone": None},
        "totalParticipants": 1,
        "paymentStatus": "PAID",
        "externalUserId": "crm-8812",
    }

    reply = admin.post(PATH, json={"booking": booking})
    again = admin.post("/bookings/v2/bookings", json={"booking": booking})

    made = reply.json()["booking"]
    assert (made["status"], made["paymentStatus"], made["revision"]) == (
        "CREATED",
        "UNDEFINED",
        "1",
    )
    assert made["bookedEntity"]["slot"]["startDate"] == "2026-12-01T09:00:00.000-05:00"
    assert (made["startDate"], made["endDate"]) == (
        "2026-12-01T14:00:00.000Z",
        "2026-12-01T15:00:00.000Z",
    )
    assert made["bookedEntity"]["tags"] == ["INDIVIDUAL"]
    assert made["contactDetails"] == {
        "contactId": NOTHING,
        "firstName": canaries.FIRST_NAME,
    }
    assert wix.bookings.all() == [made, again.json()["booking"]]


def test_a_session_and_a_course_are_booked_by_their_ids(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    lesson = wix.bookings.add_service(type="CLASS")
    event_id = wix.bookings.add_slot(lesson["id"], NINE)["eventInfo"]["eventId"]
    course = wix.bookings.add_service(type="COURSE")

    session = admin.post(
        PATH,
        json={
            "booking": {
                "bookedEntity": {"slot": {"serviceId": lesson["id"], "eventId": event_id}},
                "totalParticipants": 2,
            },
            "participantNotification": {"notifyParticipants": True},
        },
    ).json()["booking"]
    choices = [{"numberOfParticipants": 3, "choices": [{"optionId": NOTHING, "custom": "adult"}]}]
    whole = admin.post(
        PATH,
        json={
            "booking": {
                "bookedEntity": {"schedule": {"scheduleId": course["schedule"]["id"]}},
                "participantsChoices": {"serviceChoices": choices},
            }
        },
    ).json()["booking"]

    assert session["startDate"] == "2026-12-01T14:00:00.000Z"
    assert session["bookedEntity"]["tags"] == ["GROUP"]
    assert whole["bookedEntity"]["schedule"]["serviceId"] == course["id"]
    assert "startDate" not in whole
    told = [(each.booking_id, each.kind, each.message) for each in wix.bookings.notifications]
    assert told == [(session["id"], "created", None)]


def test_a_course_is_not_booked_by_the_schedule_of_something_else(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    schedule_id = wix.bookings.add_service()["schedule"]["id"]
    entity = {"schedule": {"scheduleId": schedule_id}}

    reply = admin.post(PATH, json={"booking": {"bookedEntity": entity, "totalParticipants": 1}})

    assert refusal(reply) == (428, "SCHEDULE_NOT_FOUND")


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": None},
        {"timeZone": "America/New_York"},
        {"timezone": "Mars/Olympus"},
        {"startDate": "2026-12-01"},
        {"endDate": NINE},
        {"location": {"locationType": "BUSINESS"}},
        {"location": None},
        {"location": {"locationType": "UNDEFINED"}},
        {"location": {"formattedAddress": "1 Main St"}},
    ],
)
def test_a_slot_that_is_spelled_wrong_is_refused(
    wix: WixSimulator, admin: httpx.Client, changes: Json
) -> None:
    service = wix.bookings.add_service()
    slot = slot_of(wix.bookings.add_slot(service["id"], NINE), **changes)
    booking = wix.bookings.add(service_id=service["id"], start=TEN)

    created = admin.post(
        PATH, json={"booking": {"bookedEntity": {"slot": slot}, "totalParticipants": 1}}
    )
    moved = act(admin, booking, "reschedule", slot=slot)

    assert (created.status_code, moved.status_code) == (400, 400)
    assert wix.bookings.all() == [booking]


@pytest.mark.parametrize(
    "count",
    [
        {},
        {
            "totalParticipants": 1,
            "participantsChoices": {"serviceChoices": [{"numberOfParticipants": 1}]},
        },
        {"totalParticipants": 0},
    ],
)
def test_a_booking_is_for_one_count_of_people(
    wix: WixSimulator, admin: httpx.Client, count: Json
) -> None:
    service = wix.bookings.add_service()
    slot = slot_of(wix.bookings.add_slot(service["id"], NINE))

    reply = admin.post(PATH, json={"booking": {"bookedEntity": {"slot": slot}, **count}})

    assert reply.status_code == 400


def test_what_is_full_cannot_be_booked_unless_nobody_looks(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    taken = wix.bookings.add(status="CONFIRMED", start=NINE)["bookedEntity"]["slot"]
    lesson = wix.bookings.add_service(type="CLASS", capacity=2)
    event_id = wix.bookings.add_slot(lesson["id"], NINE)["eventInfo"]["eventId"]
    course = wix.bookings.add_service(type="COURSE", capacity=2)
    closed = wix.bookings.add_slot(taken["serviceId"], ELEVEN, bookable=False)
    appointment = slot_of(closed, startDate=NINE, endDate=TEN, resource=None)
    staff = {"resource": {"id": taken["resource"]["id"]}}

    def create(entity: Json, participants: int, **flags: bool) -> httpx.Response:
        booking = {"bookedEntity": entity, "totalParticipants": participants}
        return admin.post(PATH, json={"booking": booking, "flowControlSettings": flags})

    session = {"slot": {"serviceId": lesson["id"], "eventId": event_id}}
    schedule = {"schedule": {"scheduleId": course["schedule"]["id"]}}
    skip = {"skipAvailabilityValidation": True}
    assert refusal(create({"slot": appointment}, 1)) == (428, "SLOT_NOT_AVAILABLE")
    later = appointment | {"startDate": ELEVEN, "endDate": "2026-12-01T12:00:00"}
    assert refusal(create({"slot": later}, 1)) == (428, "SLOT_NOT_AVAILABLE")
    assert refusal(create(session, 3)) == (428, "SESSION_CAPACITY_EXCEEDED")
    assert refusal(create(schedule, 3)) == (428, "SCHEDULE_CAPACITY_EXCEEDED")
    assert refusal(create({"slot": appointment}, 1, **skip)) == (
        400,
        "CAN_NOT_SKIP_AVAILABILITY_VALIDATION_IF_RESOURCE_NOT_PROVIDED",
    )
    assert create({"slot": appointment | staff}, 1, **skip).status_code == 200
    assert create(session, 3, **skip).status_code == 200
    assert create(session, 2).status_code == 200


# ---- Decide ----


@pytest.mark.parametrize(
    ("verb", "status", "allowed"),
    [
        ("confirm", "CONFIRMED", {"CREATED", "PENDING", "WAITING_LIST"}),
        ("decline", "DECLINED", {"CREATED", "PENDING", "WAITING_LIST"}),
        ("cancel", "CANCELED", {"CREATED", "CONFIRMED", "PENDING", "WAITING_LIST"}),
        ("mark_booking_as_pending", "PENDING", {"CREATED"}),
    ],
)
def test_an_action_is_for_bookings_in_some_states(
    wix: WixSimulator, admin: httpx.Client, verb: str, status: str, allowed: set[str]
) -> None:
    bookings = {str(each): wix.bookings.add(status=each) for each in ALL_STATUSES}

    replies = {each: act(admin, booking, verb) for each, booking in bookings.items()}

    assert {each for each, reply in replies.items() if reply.status_code == 200} == allowed
    for each in allowed:
        told = replies[each].json()["booking"]
        assert (told["status"], told["revision"]) == (status, "2")
        assert told == wix.bookings.get(bookings[each]["id"])
    refused = [reply.status_code for each, reply in replies.items() if each not in allowed]
    assert set(refused) == {428}


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("confirm", "FAILED_CONFIRMING_NON_PENDING_BOOKING"),
        ("decline", "FAILED_DECLINE_NON_PENDING_BOOKING"),
        ("cancel", "VALIDATION_FAILURE"),
    ],
)
def test_a_repeated_action_is_told_by_its_code(
    wix: WixSimulator, admin: httpx.Client, verb: str, code: str
) -> None:
    done = act(admin, wix.bookings.add(), verb).json()["booking"]

    assert refusal(act(admin, done, verb)) == (428, code)


@pytest.mark.parametrize("verb", ["confirm", "decline", "cancel", "mark_booking_as_pending"])
def test_an_action_needs_the_latest_revision_as_text(
    wix: WixSimulator, admin: httpx.Client, verb: str
) -> None:
    booking = wix.bookings.add(status="CREATED")
    path = f"{PATH}/{booking['id']}/{verb}"

    assert admin.post(path, json={}).status_code == 400
    assert admin.post(path, json={"revision": 1}).status_code == 400
    assert refusal(admin.post(path, json={"revision": "2"})) == (409, "BOOKING_REVISION_MISMATCH")
    wix.switches.booking_conflict = "428 BOOKING_REVISION_MISMATCH"
    assert refusal(admin.post(path, json={"revision": "2"})) == (428, "BOOKING_REVISION_MISMATCH")
    wix.switches.booking_conflict = "409"
    bare = admin.post(path, json={"revision": "2"})
    assert (bare.status_code, bare.json()["details"]) == (409, {})
    assert wix.bookings.get(booking["id"]) == booking
    assert admin.post(path, json={"revision": "1"}).status_code == 200


def test_repeating_what_was_done_before_the_connection_broke_is_a_conflict(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add()
    wix.add_fault(Fault(path="*/confirm", reset="after"))

    with pytest.raises(httpx.TransportError):
        act(admin, booking, "confirm")

    assert refusal(act(admin, booking, "confirm")) == (409, "BOOKING_REVISION_MISMATCH")
    assert [each["status"] for each in wix.bookings.all()] == ["CONFIRMED"]


@pytest.mark.parametrize(
    "verb", ["confirm", "decline", "cancel", "reschedule", "mark_booking_as_pending"]
)
def test_what_is_not_booked_is_not_found(admin: httpx.Client, verb: str) -> None:
    nothing = {"id": NOTHING, "revision": "1"}
    body = {"slot": {"eventId": "e" * 36}} if verb == "reschedule" else {}

    assert refusal(act(admin, nothing, verb, **body)) == (404, "BOOKING_NOT_FOUND")
    assert refusal(confirm_or_decline(admin, nothing)) == (404, "BOOKING_NOT_FOUND")


def test_participants_are_told_only_if_the_call_asks_for_it(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add()
    quiet: Json = {"message": canaries.MESSAGE}
    loud = {"notifyParticipants": True, "metadata": {"channels": "EMAIL, SMS"}, **quiet}

    booking = act(admin, booking, "confirm", participantNotification=quiet).json()["booking"]
    act(admin, booking, "cancel", participantNotification=loud)

    assert [(each.booking_id, each.kind, each.message) for each in wix.bookings.notifications] == [
        (booking["id"], "canceled", canaries.MESSAGE)
    ]
    assert wix.bookings.notifications[0].metadata == {"channels": "EMAIL, SMS"}


def test_a_decision_may_set_the_payment_status(wix: WixSimulator, admin: httpx.Client) -> None:
    reply = act(admin, wix.bookings.add(), "confirm", paymentStatus="PAID")

    assert reply.json()["booking"]["paymentStatus"] == "PAID"


@pytest.mark.parametrize("verb", ["confirm", "mark_booking_as_pending"])
def test_the_calendar_is_looked_at_only_on_demand(
    wix: WixSimulator, admin: httpx.Client, verb: str
) -> None:
    wix.bookings.add(status="CONFIRMED", start=NINE)
    unseen, seen, meant = (wix.bookings.add(status="CREATED", start=NINE) for _ in range(3))
    check = {"checkAvailabilityValidation": True}

    checked = act(admin, seen, verb, flowControlSettings=check)
    twice = act(admin, meant, verb, flowControlSettings=check, doubleBooked=True)
    blind = act(admin, unseen, verb, doubleBooked=True)

    assert refusal(checked) == (428, "NO_OPEN_SPOTS")
    assert twice.json()["booking"]["doubleBooked"] is True
    assert "doubleBooked" not in blind.json()["booking"]


def test_sessions_and_courses_have_room_for_so_many(wix: WixSimulator, admin: httpx.Client) -> None:
    lesson = wix.bookings.add_service(type="CLASS", capacity=3)
    course, other = (wix.bookings.add_service(type="COURSE", capacity=3) for _ in range(2))
    event_id = wix.bookings.add_slot(lesson["id"], NINE)["eventInfo"]["eventId"]
    check = {"checkAvailabilityValidation": True}
    wix.bookings.add(service_id=other["id"], status="CONFIRMED", participants=3)

    for service in (lesson, course):
        event = event_id if service is lesson else None
        made = [
            wix.bookings.add(
                service_id=service["id"], event_id=event, status="CREATED", participants=2
            )
            for _ in range(2)
        ]
        first, second = (act(admin, each, "confirm", flowControlSettings=check) for each in made)
        assert first.json()["booking"]["status"] == "CONFIRMED"
        assert refusal(second) == (428, "NO_OPEN_SPOTS")


def test_only_what_is_approved_by_hand_waits_for_it(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service(approval=False)
    booking = wix.bookings.add(service_id=service["id"], status="CREATED")
    skip = {"skipPendingApprovalServiceValidation": True}

    refused = act(admin, booking, "mark_booking_as_pending")
    skipped = act(admin, booking, "mark_booking_as_pending", flowControlSettings=skip)

    assert refusal(refused) == (428, "NOT_PENDING_APPROVAL_SERVICE")
    assert skipped.json()["booking"]["status"] == "PENDING"


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("free, unpaid", "CONFIRMED"),
        ("free, unpaid, approved by hand", "PENDING"),
        ("taken, unpaid", "DECLINED"),
        ("taken, exempt", "DECLINED"),
        ("taken, paid", "CONFIRMED, double booked"),
        ("taken, partly paid, approved by hand", "PENDING, double booked"),
    ],
)
def test_confirm_or_decline_decides_by_room_payment_and_approval(
    wix: WixSimulator, admin: httpx.Client, case: str, outcome: str
) -> None:
    room, payment, *approval = case.split(", ")
    service = wix.bookings.add_service(approval=bool(approval))
    if room == "taken":
        wix.bookings.add(service_id=service["id"], status="CONFIRMED", start=NINE)
    booking = wix.bookings.add(service_id=service["id"], status="CREATED", start=NINE)
    paid = {
        "unpaid": "NOT_PAID",
        "exempt": "EXEMPT",
        "paid": "PAID",
        "partly paid": "PARTIALLY_PAID",
    }[payment]

    told = confirm_or_decline(admin, booking, paymentStatus=paid).json()["booking"]

    double = ", double booked" if told.get("doubleBooked") else ""
    assert told["status"] + double == outcome
    assert (told["paymentStatus"], told["revision"]) == (paid, "2")


def test_a_booking_made_without_a_look_at_the_calendar_is_never_declined(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    taken = wix.bookings.add(status="CONFIRMED", start=NINE)["bookedEntity"]["slot"]
    slot = {name: taken[name] for name in ("serviceId", "scheduleId", "timezone")} | {
        "startDate": NINE,
        "endDate": TEN,
        "resource": {"id": taken["resource"]["id"]},
        "location": {"locationType": "OWNER_BUSINESS"},
    }
    flags = {"skipAvailabilityValidation": True, "skipBusinessConfirmation": True}
    body = {
        "booking": {"bookedEntity": {"slot": slot}, "totalParticipants": 1},
        "flowControlSettings": flags,
    }
    booking = admin.post(PATH, json=body).json()["booking"]

    told = confirm_or_decline(admin, booking).json()["booking"]

    assert (told["status"], told["doubleBooked"]) == ("CONFIRMED", True)


def test_confirm_or_decline_is_for_created_bookings(wix: WixSimulator, admin: httpx.Client) -> None:
    booking = wix.bookings.add(status="PENDING")

    assert refusal(confirm_or_decline(admin, booking)) == (428, "INVALID_BOOKING_STATUS")
    assert confirm_or_decline(admin, booking, revision="1").status_code == 400


# ---- Cancel ----


def test_cancelling_too_late_needs_an_override(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service(cancel_policy_minutes=60)
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")
    other = wix.bookings.add(service_id=service["id"], status="CONFIRMED")
    early = act(admin, other, "cancel")

    wix.advance(8 * 24 * 60 * 60)
    late = act(admin, booking, "cancel")
    ignored = act(admin, booking, "cancel", flowControlSettings={"ignoreCancellationPolicy": True})

    assert early.status_code == 200
    assert refusal(late) == (403, "BOOKING_POLICY_VIOLATION")
    assert ignored.json()["booking"]["status"] == "CANCELED"


def test_a_policy_may_forbid_every_change(wix: WixSimulator, admin: httpx.Client) -> None:
    never = {
        "bookingPolicy": {n: {"enabled": False} for n in ("cancellationPolicy", "reschedulePolicy")}
    }
    service = wix.bookings.add_service(fields=never)
    booking = wix.bookings.add(service_id=service["id"], start=NINE)
    slot = slot_of(wix.bookings.add_slot(service["id"], TEN))

    replies = [act(admin, booking, "cancel"), act(admin, booking, "reschedule", slot=slot)]

    assert [refusal(reply) for reply in replies] == [(403, "BOOKING_POLICY_VIOLATION")] * 2


def test_only_a_membership_is_refunded(wix: WixSimulator, admin: httpx.Client) -> None:
    member, declined, kept = (
        wix.bookings.add(payment_status="PAID", payment_option="MEMBERSHIP") for _ in range(3)
    )
    cash = wix.bookings.add()
    refund = {"flowControlSettings": {"withRefund": True}}

    assert act(admin, member, "cancel", **refund).json()["booking"]["paymentStatus"] == "REFUNDED"
    assert act(admin, declined, "decline", **refund).json()["booking"]["paymentStatus"] == (
        "REFUNDED"
    )
    assert act(admin, kept, "decline").json()["booking"]["paymentStatus"] == "PAID"
    wix.switches.refund_of_other_payments = "refuse"
    assert refusal(act(admin, cash, "cancel", **refund)) == (428, "REFUND_NOT_ALLOWED")
    wix.switches.refund_of_other_payments = "nothing"
    assert act(admin, cash, "cancel", **refund).json()["booking"]["paymentStatus"] == "NOT_PAID"


@pytest.mark.parametrize(
    ("payment_status", "balance", "status"),
    [
        ("NOT_PAID", "80.00", "CANCELED"),
        ("PARTIALLY_PAID", "30.00", "CANCELED"),
        ("NOT_PAID", "0", "APPROVED"),
        ("PAID", "0", "APPROVED"),
    ],
)
def test_waived_charges_cancel_the_order_if_something_is_owed(
    wix: WixSimulator, admin: httpx.Client, payment_status: str, balance: str, status: str
) -> None:
    order = {
        "status": "APPROVED",
        "paymentStatus": payment_status,
        "balance": {"amount": balance},
    }
    waived, charged = (wix.bookings.add(order=order) for _ in range(2))
    unordered = wix.bookings.add()

    replies = [act(admin, each, "cancel", waiveCharges=True) for each in (waived, unordered)]
    act(admin, charged, "cancel")

    assert [reply.json()["booking"]["status"] for reply in replies] == ["CANCELED"] * 2
    assert wix.bookings.order(waived["id"]) == order | {"status": status}
    assert wix.bookings.order(charged["id"]) == order


# ---- Reschedule ----


def test_rescheduling_frees_the_old_slot_and_takes_the_new_one(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    nine, ten = (wix.bookings.add_slot(service["id"], start) for start in (NINE, TEN))
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED", start=NINE)
    other = wix.bookings.add(service_id=service["id"], status="CONFIRMED", start=ELEVEN)

    moved = act(admin, booking, "reschedule", slot=slot_of(ten))
    refused = act(admin, other, "reschedule", slot=slot_of(ten))
    into_the_gap = act(admin, other, "reschedule", slot=slot_of(nine))

    told = moved.json()["booking"]
    assert (told["status"], told["revision"]) == ("CONFIRMED", "2")
    assert told["startDate"] == "2026-12-01T15:00:00.000Z"
    assert refusal(refused) == (428, "SLOT_NOT_AVAILABLE")
    assert into_the_gap.json()["booking"]["startDate"] == "2026-12-01T14:00:00.000Z"


def test_a_move_is_of_a_living_booking_as_it_is_now(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service()
    slot = slot_of(wix.bookings.add_slot(service["id"], TEN))
    ended = wix.bookings.add(service_id=service["id"], status="DECLINED")
    living = wix.bookings.add(service_id=service["id"])

    dead = act(admin, ended, "reschedule", slot=slot)
    stale = act(admin, living | {"revision": "7"}, "reschedule", slot=slot)
    blind = admin.post(f"{PATH}/{living['id']}/reschedule", json={"slot": slot})
    nowhere = act(admin, living, "reschedule")

    assert refusal(dead) == (428, "VALIDATION_FAILURE")
    assert refusal(stale) == (409, "BOOKING_REVISION_MISMATCH")
    assert (blind.status_code, nowhere.status_code) == (400, 400)


def test_a_booking_does_not_stand_in_its_own_way(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service(duration_minutes=120)
    lesson = wix.bookings.add_service(type="CLASS", capacity=2)
    booking = wix.bookings.add(service_id=service["id"], start=NINE)
    party = wix.bookings.add(service_id=lesson["id"], start=NINE, participants=2)
    slot = slot_of(wix.bookings.add_slot(service["id"], TEN), resource=None)
    session = {"eventId": party["bookedEntity"]["slot"]["eventId"]}

    an_hour_on = act(admin, booking, "reschedule", slot=slot)
    where_it_was = act(admin, party, "reschedule", slot=session, totalParticipants=1)

    assert an_hour_on.json()["booking"]["startDate"] == "2026-12-01T15:00:00.000Z"
    assert where_it_was.json()["booking"]["totalParticipants"] == 1


def test_whoever_is_asked_for_must_be_free(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service(staff=2)
    one, other = service["staffMemberIds"]
    for resource_id in (one, other):
        wix.bookings.add_slot(service["id"], TEN, resource_id=resource_id)
    slot = slot_of(wix.bookings.add_slot(service["id"], ELEVEN), startDate=TEN, endDate=ELEVEN)
    first, second, third = (wix.bookings.add(service_id=service["id"]) for _ in range(3))

    chosen = act(admin, first, "reschedule", slot=slot | {"resource": {"id": other}})
    taken = act(admin, second, "reschedule", slot=slot | {"resource": {"id": other}})
    slot.pop("resource")
    anybody = act(admin, second, "reschedule", slot=slot)
    nobody = act(admin, third, "reschedule", slot=slot)

    def resource(reply: httpx.Response) -> str:
        return str(reply.json()["booking"]["bookedEntity"]["slot"]["resource"]["id"])

    assert (resource(chosen), resource(anybody)) == (other, one)
    assert refusal(taken) == refusal(nobody) == (428, "SLOT_NOT_AVAILABLE")


def test_a_slot_keeps_the_place_and_the_choices_that_were_sent(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    place = {"locationType": "CUSTOM", "formattedAddress": canaries.STREET}
    selections = [{"resourceTypeId": NOTHING, "selectionMethod": "ANY_RESOURCE"}]
    booking = wix.bookings.add(
        service_id=service["id"],
        start=NINE,
        slot_fields={"location": place, "resourceSelections": selections},
    )
    plain = slot_of(
        wix.bookings.add_slot(service["id"], ELEVEN), location={"locationType": "CUSTOM"}
    )
    slot = slot_of(
        wix.bookings.add_slot(service["id"], TEN),
        location=place,
        resourceSelections=selections,
    )
    slot["resource"] |= {"transparency": "TRANSPARENT"}

    kept, lost = (
        act(admin, booking, "reschedule", slot=each, revision=revision).json()["booking"][
            "bookedEntity"
        ]["slot"]
        for each, revision in ((slot, "1"), (plain, "2"))
    )

    assert (kept["location"], kept["resourceSelections"]) == (place, selections)
    assert kept["resource"]["transparency"] == "TRANSPARENT"
    assert lost["location"] == {"locationType": "CUSTOM"}
    assert "resourceSelections" not in lost


def test_the_business_s_own_place_is_known_by_its_id(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    booking = wix.bookings.add(service_id=service["id"], start=NINE)
    slot = slot_of(wix.bookings.add_slot(service["id"], TEN))

    moved = act(admin, booking, "reschedule", slot=slot).json()["booking"]["bookedEntity"]["slot"]

    assert set(slot["location"]) == {"id", "locationType"}
    assert moved["location"] == booking["bookedEntity"]["slot"]["location"]


def test_a_move_may_change_for_how_many_it_is(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service(type="CLASS", capacity=3)
    ten = {"eventId": wix.bookings.add_slot(service["id"], TEN)["eventInfo"]["eventId"]}
    booking = wix.bookings.add(service_id=service["id"], start=NINE)
    choices = {"serviceChoices": [{"numberOfParticipants": 3}]}

    many = act(admin, booking, "reschedule", slot=ten, totalParticipants=4)
    moved = act(admin, booking, "reschedule", slot=ten, participantsChoices=choices)

    assert refusal(many) == (428, "SESSION_CAPACITY_EXCEEDED")
    assert moved.json()["booking"]["participantsChoices"] == choices
    assert "totalParticipants" not in moved.json()["booking"]


def test_add_ons_are_changed_only_if_allowed_from_the_start(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service()
    slot = slot_of(wix.bookings.add_slot(service["id"], TEN))
    booking = wix.bookings.add(service_id=service["id"], start=NINE)
    add_ons = [{"id": NOTHING, "groupId": NOTHING}]

    reply = act(
        admin,
        booking,
        "reschedule",
        slot=slot,
        bookedAddOns=add_ons,
        flowControlSettings={"allowAddOnChanges": True},
    )

    assert refusal(reply) == (428, "ADD_ON_CHANGES_NOT_ALLOWED")


def test_a_time_zone_far_away_names_the_same_slot(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service()
    ten = wix.bookings.add_slot(service["id"], TEN)
    booking = wix.bookings.add(
        service_id=service["id"], start=NINE, created="2026-01-01T00:00:00.000Z"
    )
    slot = slot_of(
        ten, startDate="2026-12-01T15:00:00", endDate="2026-12-01T16:00:00", timezone="UTC"
    )

    moved = act(admin, booking, "reschedule", slot=slot).json()["booking"]

    assert moved["startDate"] == "2026-12-01T15:00:00.000Z"
    assert moved["updatedDate"] > booking["updatedDate"]
    assert moved["bookedEntity"]["slot"]["startDate"] == "2026-12-01T15:00:00.000+00:00"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"startDate": "2026-12-01T10:15:00"}, "SLOT_NOT_AVAILABLE"),
        ({"scheduleId": NOTHING}, "SCHEDULE_NOT_FOUND"),
        ({"resource": {"id": NOTHING}}, "RESOURCE_NOT_FOUND"),
        ({"serviceId": NOTHING}, "VALIDATION_FAILURE"),
    ],
)
def test_a_slot_that_is_not_offered_is_refused(
    wix: WixSimulator, admin: httpx.Client, changes: Json, code: str
) -> None:
    booking = wix.bookings.add(start=NINE)
    service_id = booking["bookedEntity"]["slot"]["serviceId"]
    slot = slot_of(wix.bookings.add_slot(service_id, TEN), **changes)

    reply = act(admin, booking, "reschedule", slot=slot)

    assert refusal(reply) == (428, code)
    assert wix.bookings.get(booking["id"]) == booking


def test_a_closed_slot_is_taken_only_by_an_override(wix: WixSimulator, admin: httpx.Client) -> None:
    booking = wix.bookings.add(start=NINE)
    service_id = booking["bookedEntity"]["slot"]["serviceId"]
    resource = {"id": booking["bookedEntity"]["slot"]["resource"]["id"]}
    closed = wix.bookings.add_slot(service_id, TEN, bookable=False)
    slot = slot_of(closed, resource=resource)
    skip = {"skipAvailabilityValidation": True}

    refused = act(admin, booking, "reschedule", slot=slot)
    taken = act(admin, booking, "reschedule", slot=slot, flowControlSettings=skip)

    assert refusal(refused) == (428, "SLOT_NOT_AVAILABLE")
    assert taken.json()["booking"]["startDate"] == "2026-12-01T15:00:00.000Z"


def test_rescheduling_too_late_needs_an_override(wix: WixSimulator, admin: httpx.Client) -> None:
    service = wix.bookings.add_service(reschedule_policy_minutes=10**6)
    booking = wix.bookings.add(service_id=service["id"], start=NINE)
    slot = slot_of(wix.bookings.add_slot(service["id"], TEN))
    ignore = {"ignoreReschedulePolicy": True}

    wix.advance(365 * 24 * 60 * 60)
    late = act(admin, booking, "reschedule", slot=slot)
    ignored = act(admin, booking, "reschedule", slot=slot, flowControlSettings=ignore)

    assert refusal(late) == (403, "BOOKING_POLICY_VIOLATION")
    assert ignored.status_code == 200


def test_a_confirmed_booking_waits_again_if_moves_are_approved_by_hand(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service(approval=True)
    slots = [slot_of(wix.bookings.add_slot(service["id"], start)) for start in (TEN, ELEVEN)]
    one = wix.bookings.add(service_id=service["id"], status="CONFIRMED", start=NINE)
    other = wix.bookings.add(service_id=service["id"], status="CONFIRMED")
    created = wix.bookings.add(service_id=service["id"], status="CREATED")
    skip = {"skipBusinessConfirmation": True}

    unfinished = act(admin, created, "reschedule", slot=slots[0])
    waiting = act(admin, one, "reschedule", slot=slots[0])
    skipped = act(admin, other, "reschedule", slot=slots[1], flowControlSettings=skip)

    assert unfinished.json()["booking"]["status"] == "CREATED"
    assert waiting.json()["booking"]["status"] == "PENDING"
    assert skipped.json()["booking"]["status"] == "CONFIRMED"


def test_a_class_is_moved_to_another_session_by_its_id_alone(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    service = wix.bookings.add_service(type="CLASS", capacity=2)
    other = wix.bookings.add_service(type="CLASS")
    ten, full = (
        wix.bookings.add_slot(service["id"], start)["eventInfo"]["eventId"]
        for start in (TEN, ELEVEN)
    )
    foreign = wix.bookings.add_slot(other["id"], TEN)["eventInfo"]["eventId"]
    closed = wix.bookings.add_slot(service["id"], TEN, bookable=False)["eventInfo"]["eventId"]
    wix.bookings.add(service_id=service["id"], event_id=full, participants=2)
    booking = wix.bookings.add(service_id=service["id"], start=NINE, participants=2)

    def move(slot: Json) -> httpx.Response:
        return act(admin, booking, "reschedule", slot=slot)

    assert move({"eventId": ten, "startDate": TEN}).status_code == 400
    assert move({"startDate": TEN}).status_code == 400
    assert refusal(move({"eventId": "e" * 36})) == (428, "SESSION_NOT_FOUND")
    assert refusal(move({"eventId": full})) == (428, "SESSION_CAPACITY_EXCEEDED")
    assert refusal(move({"eventId": closed})) == (428, "SLOT_NOT_AVAILABLE")
    assert refusal(move({"eventId": foreign})) == (428, "VALIDATION_FAILURE")
    moved = move({"serviceId": service["id"], "eventId": ten})
    assert moved.json()["booking"]["startDate"] == "2026-12-01T15:00:00.000Z"


def test_a_course_cannot_be_rescheduled(wix: WixSimulator, admin: httpx.Client) -> None:
    course = wix.bookings.add_service(type="COURSE")
    booking = wix.bookings.add(service_id=course["id"])

    reply = act(admin, booking, "reschedule", slot={"eventId": "e" * 36})

    assert refusal(reply) == (428, "VALIDATION_FAILURE")


def test_a_part_of_a_multi_service_booking_is_not_changed_alone(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    booking = wix.bookings.add(multi_service=True)
    code = "NOT_ALLOWED_TO_UPDATE_BOOKING_IN_MULTI_SERVICE_BOOKING"

    moved = act(admin, booking, "reschedule", slot={"eventId": "e" * 36})
    canceled = act(admin, booking, "cancel")

    assert [refusal(moved), refusal(canceled)] == [(403, code)] * 2


# ---- Who may ----


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        (PATH, "BOOKING_CREATE"),
        (f"{PATH}/{NOTHING}/confirm", "BOOKING_CONFIRM"),
        (f"{PATH}/{NOTHING}/decline", "BOOKING_DECLINE"),
        (f"{PATH}/{NOTHING}/cancel", "BOOKING_CANCEL"),
        (f"{PATH}/{NOTHING}/reschedule", "BOOKING_RESCHEDULE"),
        (f"{PATH}/{NOTHING}/mark_booking_as_pending", "BOOKING_MARK_BOOKING_AS_PENDING"),
        (f"/bookings/v2/bookings/{NOTHING}/confirm", "BOOKING_CONFIRM"),
        (f"/bookings/v2/confirmation/{NOTHING}:confirmOrDecline", "BOOKING_CONFIRM_OR_DECLINE"),
        (
            "/bookings/v2/bulk/bookings/calculate_allowed_actions",
            "BULK_CALCULATE_ALLOWED_ACTIONS",
        ),
        *(
            (path, permission)
            for permission in ("BOOKING_READ", "BOOKING_READ_ANY", "MANAGE_BOOKINGS")
            for path in (
                "/_api/bookings-reader/v2/extended-bookings/query",
                "/_api/bookings-reader/v2/extended-bookings/count",
            )
        ),
        ("/_api/service-availability/v2/time-slots", "AVAILABILITY_READ_TIME_SLOTS"),
        ("/_api/service-availability/v2/time-slots/get", "AVAILABILITY_READ_TIME_SLOTS"),
        ("/_api/service-availability/v2/time-slots/event", "AVAILABILITY_READ"),
        ("/_api/bookings/v2/services/query", "SERVICES_READ"),
    ],
)
def test_each_call_needs_its_permission(
    wix: WixSimulator, admin: httpx.Client, path: str, permission: str
) -> None:
    def status(granted: str) -> int:
        wix.set_permissions([f"BOOKINGS.{granted}"], credential=canaries.API_KEY)
        return admin.post(path, json={}).status_code

    assert status("ATTENDANCE_SET") == 403
    assert status(permission) != 403


@pytest.mark.parametrize(
    ("verb", "flag", "permission"),
    [
        ("cancel", "ignoreCancellationPolicy", "MANAGE_BOOKINGS"),
        ("reschedule", "ignoreReschedulePolicy", "MANAGE_BOOKINGS"),
        ("reschedule", "skipAvailabilityValidation", "OVERRIDE_AVAILABILITY"),
        ("reschedule", "skipBusinessConfirmation", "OVERRIDE_AVAILABILITY"),
        ("reschedule", "allowAddOnChanges", "MANAGE_ADDONS"),
    ],
)
def test_an_override_needs_a_permission_besides(
    wix: WixSimulator, admin: httpx.Client, verb: str, flag: str, permission: str
) -> None:
    booking = wix.bookings.add(start=NINE)
    service_id = booking["bookedEntity"]["slot"]["serviceId"]
    slot = slot_of(wix.bookings.add_slot(service_id, TEN))
    body: Json = {"flowControlSettings": {flag: True}}
    if verb == "reschedule":
        body["slot"] = slot
    own = f"BOOKINGS.BOOKING_{verb.upper()}"

    wix.set_permissions([own], credential=canaries.API_KEY)
    refused = act(admin, booking, verb, **body)
    wix.set_permissions([own, f"BOOKINGS.{permission}"], credential=canaries.API_KEY)
    allowed = act(admin, booking, verb, **body)

    assert refusal(refused) == (403, "UNAUTHORIZED_OPERATION")
    assert allowed.status_code == 200


@pytest.mark.parametrize(
    ("changes", "permission"),
    [
        ({"booking": {"status": "CONFIRMED"}}, "MANAGE_BOOKINGS"),
        (
            {"flowControlSettings": {"skipSelectedPaymentOptionValidation": True}},
            "MANAGE_PAYMENTS",
        ),
        ({"flowControlSettings": {"skipAddOnValidation": True}}, "MANAGE_ADDONS"),
        ({"flowControlSettings": {"skipAvailabilityValidation": True}}, "OVERRIDE_AVAILABILITY"),
        ({"flowControlSettings": {"skipBusinessConfirmation": True}}, "OVERRIDE_AVAILABILITY"),
    ],
)
def test_creating_past_the_rules_needs_a_permission_besides(
    wix: WixSimulator, admin: httpx.Client, changes: Json, permission: str
) -> None:
    service = wix.bookings.add_service()
    slot = slot_of(wix.bookings.add_slot(service["id"], NINE))
    booking = {"bookedEntity": {"slot": slot}, "totalParticipants": 1}
    body = {**changes, "booking": booking | changes.get("booking", {})}
    own = "BOOKINGS.BOOKING_CREATE"

    wix.set_permissions([own], credential=canaries.API_KEY)
    refused = admin.post(PATH, json=body)
    wix.set_permissions([own, f"BOOKINGS.{permission}"], credential=canaries.API_KEY)
    allowed = admin.post(PATH, json=body)

    assert refusal(refused) == (403, "UNAUTHORIZED_OPERATION")
    wanted = changes.get("booking", {}).get("status", "CREATED")
    assert allowed.json()["booking"]["status"] == wanted


def test_the_sdk_may_repeat_the_id(wix: WixSimulator, admin: httpx.Client) -> None:
    booking = wix.bookings.add()

    assert act(admin, booking, "confirm", bookingId=booking["id"]).status_code == 200


# ---- Allowed actions ----


def test_allowed_actions_are_told_of_each_booking(wix: WixSimulator, admin: httpx.Client) -> None:
    strict = wix.bookings.add_service(cancel_policy_minutes=10**6, reschedule_policy_minutes=5)
    course = wix.bookings.add_service(type="COURSE")
    bookings = [
        wix.bookings.add(service_id=strict["id"], status="CONFIRMED"),
        wix.bookings.add(service_id=course["id"]),
        wix.bookings.add(service_id=strict["id"], status="CANCELED"),
        wix.bookings.add(service_id=strict["id"], multi_service=True),
    ]
    ids = [each["id"] for each in bookings] + [NOTHING]

    reply = admin.post(
        "/bookings/v2/bulk/bookings/calculate_allowed_actions", json={"bookingIds": ids}
    )

    results = reply.json()["results"]
    assert [each["itemMetadata"]["id"] for each in results] == ids
    assert [each["item"] for each in results[:4]] == [
        {"cancel": False, "reschedule": True},
        {"cancel": True, "reschedule": False},
        {"cancel": False, "reschedule": False},
        {"cancel": False, "reschedule": False},
    ]
    assert results[4]["itemMetadata"]["error"]["code"] == "BOOKING_NOT_FOUND"
    assert reply.json()["bulkActionMetadata"]["totalFailures"] == 1
