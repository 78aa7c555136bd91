"""What holds alike for confirming, declining and canceling a booking."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import canaries
from tests.unit.aws import aws_client
from tests.unit.bookings.calls import act, now, writes
from tests.wix_simulator import Fault, WixSimulator

pytestmark = pytest.mark.usefixtures("table")

NOTHING = "00000000-0000-4000-8000-000000000000"
GOALS = {"confirm": "CONFIRMED", "decline": "DECLINED", "cancel": "CANCELED"}
VERBS = list(GOALS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_booking_comes_to_its_new_state(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add(status="PENDING")

    reply = act(f"{verb}_booking", booking)

    assert reply.status == 200
    assert reply.json == {
        "bookingId": booking["id"],
        "status": GOALS[verb],
        "revision": "2",
        "paymentStatus": "NOT_PAID",
        "startDate": booking["startDate"],
        "endDate": booking["endDate"],
        "already": False,
    }
    assert now(wix, booking)["status"] == GOALS[verb]
    assert wix.bookings.notifications == []


@pytest.mark.parametrize("verb", VERBS)
def test_participants_are_told_if_that_was_asked_for(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add()

    act(f"{verb}_booking", booking, notifyParticipants=True, message="Sorry")

    [sent] = wix.bookings.notifications
    assert (sent.booking_id, sent.message) == (booking["id"], "Sorry")


@pytest.mark.parametrize("verb", VERBS)
def test_a_message_that_nobody_would_get_is_refused(wix: WixSimulator, verb: str) -> None:
    reply = act(f"{verb}_booking", wix.bookings.add(), message="Sorry")

    assert (reply.status, reply.fields) == (400, ["/message"])


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_so_already_is_left_alone(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add(status=GOALS[verb])  # type: ignore[arg-type]  # is one of them

    reply = act(f"{verb}_booking", booking, notifyParticipants=True)

    assert (reply.status, reply.json["already"], reply.json["revision"]) == (200, True, "1")
    assert writes(wix, verb) == 0


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("confirm", "CANCELED"),
        ("confirm", "DECLINED"),
        ("decline", "CONFIRMED"),
        ("decline", "CANCELED"),
        ("cancel", "DECLINED"),
    ],
)
def test_a_state_that_does_not_allow_it_is_told(wix: WixSimulator, verb: str, status: Any) -> None:
    booking = wix.bookings.add(status=status)

    reply = act(f"{verb}_booking", booking)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert status in reply.json["detail"]
    assert writes(wix, verb) == 0


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_key_gives_the_first_answer(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add()

    first, second = (act(f"{verb}_booking", booking, key="k-1") for _ in range(2))

    assert (second.status, second.json, second.replayed) == (200, first.json, True)
    assert writes(wix, verb) == 1


@pytest.mark.parametrize("verb", ["confirm", "decline"])
@pytest.mark.parametrize(
    "status", ["NOT_PAID", "PAID", "PARTIALLY_PAID", "REFUNDED", "EXEMPT", "FAILED"]
)
def test_every_payment_status_of_wix_can_be_noted(
    wix: WixSimulator, verb: str, status: str
) -> None:
    booking = wix.bookings.add()

    reply = act(f"{verb}_booking", booking, paymentStatus=status)

    assert (reply.status, reply.json["paymentStatus"]) == (200, status)


@pytest.mark.parametrize("verb", ["decline", "cancel"])
def test_a_membership_s_credit_is_given_back_only_if_asked_for(
    wix: WixSimulator, verb: str
) -> None:
    given, kept = (
        wix.bookings.add(payment_option="MEMBERSHIP", payment_status="PAID") for _ in range(2)
    )

    refunded = act(f"{verb}_booking", given, withRefund=True)
    plain = act(f"{verb}_booking", kept)

    assert refunded.json["paymentStatus"] == "REFUNDED"
    assert plain.json["paymentStatus"] == "PAID"


# ---- Revisions ----


@pytest.mark.parametrize("other", ["cancel", "decline"])
def test_of_two_at_the_same_time_each_meets_the_other_s_revision(
    wix: WixSimulator, other: str
) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.add_fault(Fault(path=f"*/{booking['id']}/*", latency=0.3, times=2))

    with ThreadPoolExecutor(2) as pool:
        confirming = pool.submit(act, "confirm_booking", booking)
        ending = pool.submit(act, f"{other}_booking", booking)
    statuses = (confirming.result().status, ending.result().status)

    done = [writes(wix, verb) for verb in ("confirm", other)]
    assert done == [int(status == 200) for status in statuses]
    assert now(wix, booking)["revision"] == str(1 + sum(done))
    assert sum(done) == (2 if done[0] and other == "cancel" else 1)


# ---- Lost answers ----


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_lost_answer_is_found_by_the_same_revision(
    wix: WixSimulator, verb: str, moment: Any
) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.add_fault(Fault(path=f"*/{verb}", drop=moment, times=1))

    reply = act(f"{verb}_booking", booking, notifyParticipants=True)

    assert (reply.status, reply.json["status"]) == (200, GOALS[verb])
    assert writes(wix, verb) == 1
    assert len(wix.bookings.notifications) == 1


# ---- What Wix does not allow ----


@pytest.mark.parametrize("verb", VERBS)
def test_a_missing_permission_is_told_by_its_name(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add()
    wix.set_permissions(["BOOKINGS.BOOKING_READ"])

    reply = act(f"{verb}_booking", booking)

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert f"BOOKINGS.BOOKING_{verb.upper()}" in reply.json["detail"]


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_booking_is_not_found(wix: WixSimulator, verb: str) -> None:
    reply = act(f"{verb}_booking", NOTHING)

    assert (reply.status, reply.code) == (404, "not_found")
    assert "some seconds" in reply.json["detail"]


# ---- Dry runs, and what is kept ----


@pytest.mark.parametrize("verb", VERBS)
def test_a_dry_run_names_the_request_and_sends_nothing(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add()

    reply = act(f"{verb}_booking", booking, dryRun=True, key="k-1")

    assert reply.json["requests"] == [
        {
            "method": "POST",
            "path": f"/_api/bookings-service/v2/bookings/{booking['id']}/{verb}",
            "body": {"revision": "1"},
        }
    ]
    assert now(wix, booking) == booking


def test_neither_log_nor_ledger_has_the_person(
    wix: WixSimulator, table: str, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    booking = wix.bookings.add()

    act("confirm_booking", booking, key="k-1", notifyParticipants=True, message=canaries.MESSAGE)

    kept = json.dumps(aws_client("dynamodb").scan(TableName=table)["Items"])
    assert not any(mark in kept + json.dumps(log_lines()) for mark in canaries.MARKS)
