"""Confirming, declining and canceling: once, at the right revision, and only if it may be."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from tests import canaries
from tests.unit.calls import Reply, call
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.bookings import booking_effect as changing
from wix_admin.effects.once import SETTLE_SECONDS
from wix_admin.process import effects_table

pytestmark = pytest.mark.usefixtures("table")

NINE = "2030-03-04T09:00:00"
NOTHING = "00000000-0000-4000-8000-000000000000"
GOALS = {"confirm": "CONFIRMED", "decline": "DECLINED", "cancel": "CANCELED"}
VERBS = list(GOALS)


def act(verb: str, booking: dict[str, Any] | str, *, key: str | None = None, **body: Any) -> Reply:
    target = booking if isinstance(booking, str) else booking["id"]
    return call(f"bookings/{verb}_booking", body, target=target, key=key)


def now(wix: WixSimulator, booking: dict[str, Any]) -> dict[str, Any]:
    found = wix.bookings.get(booking["id"])
    assert found is not None
    return found


def writes(wix: WixSimulator, verb: str) -> int:
    return sum(each.effect for each in wix.requests("POST", f"*/{verb}"))


def confirmed_unseen(wix: WixSimulator, *, lag_seconds: float) -> dict[str, Any]:
    """A booking that the reader shows as pending, as it was confirmed right now."""
    booking = wix.bookings.add(status="PENDING")
    wix.advance(2 * lag_seconds)
    wix.switches.booking_reader_lag_seconds = lag_seconds
    assert act("confirm", booking).status == 200
    return booking


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is not waited for as long as it would be."""
    monkeypatch.setattr(changing, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.mark.parametrize("verb", VERBS)
def test_a_booking_comes_to_its_new_state(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add(status="PENDING")

    reply = act(verb, booking)

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

    act(verb, booking, notifyParticipants=True, message="Sorry")

    [sent] = wix.bookings.notifications
    assert (sent.booking_id, sent.message) == (booking["id"], "Sorry")


@pytest.mark.parametrize("verb", VERBS)
def test_a_message_that_nobody_would_get_is_refused(wix: WixSimulator, verb: str) -> None:
    reply = act(verb, wix.bookings.add(), message="Sorry")

    assert (reply.status, reply.fields) == (400, ["/message"])


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_so_already_is_left_alone(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add(status=GOALS[verb])  # type: ignore[arg-type]  # is one of them

    reply = act(verb, booking, notifyParticipants=True)

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

    reply = act(verb, booking)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert status in reply.json["detail"]
    assert writes(wix, verb) == 0


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_key_gives_the_first_answer(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add()

    first, second = (act(verb, booking, key="k-1") for _ in range(2))

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

    reply = act(verb, booking, paymentStatus=status)

    assert (reply.status, reply.json["paymentStatus"]) == (200, status)


def test_a_time_that_somebody_else_has_is_not_confirmed_if_it_is_checked(
    wix: WixSimulator,
) -> None:
    service = wix.bookings.add_service()
    booking = wix.bookings.add(service_id=service["id"], start=NINE)
    wix.bookings.add(service_id=service["id"], start=NINE, status="CONFIRMED")

    checked = act("confirm", booking, checkAvailability=True)
    unchecked = act("confirm", booking)

    assert (checked.status, checked.code) == (409, "slot_taken")
    assert (unchecked.status, unchecked.json["status"]) == (200, "CONFIRMED")


@pytest.mark.parametrize("waived", [True, False])
def test_what_is_still_owed_is_waived_only_if_asked_for(wix: WixSimulator, *, waived: bool) -> None:
    order = {"status": "APPROVED", "paymentStatus": "NOT_PAID", "balance": {"amount": "80.00"}}
    booking = wix.bookings.add(status="CONFIRMED", order=order)

    reply = act("cancel", booking, waiveCharges=waived)

    assert (reply.status, reply.json["status"]) == (200, "CANCELED")
    ordered = wix.bookings.order(booking["id"])
    assert ordered == order | {"status": "CANCELED" if waived else "APPROVED"}


@pytest.mark.parametrize("verb", ["decline", "cancel"])
def test_a_membership_s_credit_is_given_back_only_if_asked_for(
    wix: WixSimulator, verb: str
) -> None:
    given, kept = (
        wix.bookings.add(payment_option="MEMBERSHIP", payment_status="PAID") for _ in range(2)
    )

    refunded = act(verb, given, withRefund=True)
    plain = act(verb, kept)

    assert refunded.json["paymentStatus"] == "REFUNDED"
    assert plain.json["paymentStatus"] == "PAID"


def test_a_refund_that_wix_does_not_give_leaves_the_booking_as_it_was(wix: WixSimulator) -> None:
    wix.switches.refund_of_other_payments = "refuse"
    booking = wix.bookings.add(status="CONFIRMED", payment_status="PAID")

    refused = act("cancel", booking, withRefund=True, key="k-1")
    wix.switches.refund_of_other_payments = "nothing"
    canceled = act("cancel", booking, withRefund=True, key="k-2")

    assert (refused.status, refused.json["wixCode"]) == (409, "REFUND_NOT_ALLOWED")
    assert (canceled.status, canceled.json["paymentStatus"]) == (200, "PAID")


# ---- Revisions ----


@pytest.mark.parametrize(
    "answer", ["409 BOOKING_REVISION_MISMATCH", "428 BOOKING_REVISION_MISMATCH", "409"]
)
def test_a_stale_revision_is_read_again_and_the_change_made(wix: WixSimulator, answer: Any) -> None:
    wix.switches.booking_conflict = answer
    booking = confirmed_unseen(wix, lag_seconds=0.6)

    reply = act("cancel", booking)

    assert (reply.status, reply.json["status"], reply.json["revision"]) == (200, "CANCELED", "3")
    assert writes(wix, "cancel") == 1


def test_a_stale_revision_is_read_again_and_a_state_that_forbids_it_told(
    wix: WixSimulator,
) -> None:
    booking = confirmed_unseen(wix, lag_seconds=0.6)

    reply = act("decline", booking)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert "CONFIRMED" in reply.json["detail"]
    assert writes(wix, "decline") == 0


def test_what_somebody_else_did_meanwhile_is_not_done_again(wix: WixSimulator) -> None:
    booking = confirmed_unseen(wix, lag_seconds=0.6)

    reply = act("confirm", booking, notifyParticipants=True)

    assert (reply.status, reply.json["already"], reply.json["status"]) == (200, True, "CONFIRMED")
    assert wix.bookings.notifications == []


@pytest.mark.usefixtures("impatient")
def test_a_reader_that_lags_too_long_is_told_as_a_change_and_the_key_is_free_again(
    wix: WixSimulator,
) -> None:
    booking = confirmed_unseen(wix, lag_seconds=3600)

    reply = act("cancel", booking, key="k-1")
    wix.switches.booking_reader_lag_seconds = 0
    again = act("cancel", booking, key="k-1")

    assert (reply.status, reply.code) == (409, "changed_meanwhile")
    assert reply.headers["Retry-After"]
    assert (again.status, again.json["status"]) == (200, "CANCELED")


@pytest.mark.parametrize("other", ["cancel", "decline"])
def test_of_two_at_the_same_time_each_meets_the_other_s_revision(
    wix: WixSimulator, other: str
) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.add_fault(Fault(path=f"*/{booking['id']}/*", latency=0.3, times=2))

    with ThreadPoolExecutor(2) as pool:
        confirming = pool.submit(act, "confirm", booking)
        ending = pool.submit(act, other, booking)
    statuses = (confirming.result().status, ending.result().status)

    done = [writes(wix, verb) for verb in ("confirm", other)]
    assert done == [int(status == 200) for status in statuses]
    assert now(wix, booking)["revision"] == str(1 + sum(done))
    assert sum(done) == (2 if done[0] and other == "cancel" else 1)


def test_of_two_that_want_the_same_at_the_same_time_one_does_it(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.add_fault(Fault(path=f"*/{booking['id']}/*", latency=0.3, times=2))

    with ThreadPoolExecutor(2) as pool:
        replies = list(
            pool.map(lambda _: act("confirm", booking, notifyParticipants=True), range(2))
        )

    assert [each.status for each in replies] == [200, 200]
    assert sorted(each.json["already"] for each in replies) == [False, True]
    assert len(wix.bookings.notifications) == 1


# ---- Lost answers ----


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_lost_answer_is_found_by_the_same_revision(
    wix: WixSimulator, verb: str, moment: Any
) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.add_fault(Fault(path=f"*/{verb}", drop=moment, times=1))

    reply = act(verb, booking, notifyParticipants=True)

    assert (reply.status, reply.json["status"]) == (200, GOALS[verb])
    assert writes(wix, verb) == 1
    assert len(wix.bookings.notifications) == 1


@pytest.mark.usefixtures("impatient")
def test_a_lost_answer_is_unknown_while_the_reader_lags_and_found_later(
    wix: WixSimulator,
) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.switches.booking_reader_lag_seconds = 3600
    wix.advance(7200)
    wix.add_fault(Fault(path="*/confirm", drop="after", times=1))

    lost = act("confirm", booking, key="k-1")
    wix.switches.booking_reader_lag_seconds = 0
    found = act("confirm", booking, key="k-1")

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.json["status"], found.replayed) == (200, "CONFIRMED", True)
    assert writes(wix, "confirm") == 1


@pytest.mark.usefixtures("impatient")
def test_a_lost_try_that_was_refused_is_told_as_refused_when_it_is_long_ago(
    wix: WixSimulator,
) -> None:
    service = wix.bookings.add_service(cancel_policy_minutes=60 * 24 * 365 * 50)
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")
    wix.add_fault(Fault(path="*/cancel", drop="before", times=1))

    lost = act("cancel", booking, key="k-1")
    effects_table().now = lambda: time.time() + SETTLE_SECONDS + 1
    found = act("cancel", booking, key="k-1")

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.code) == (409, "policy_forbids")
    assert writes(wix, "cancel") == 0


# ---- What Wix does not allow ----


def test_a_policy_forbids_and_is_not_taken_for_a_missing_permission(wix: WixSimulator) -> None:
    service = wix.bookings.add_service(cancel_policy_minutes=60 * 24 * 365 * 50)
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")

    refused = act("cancel", booking)
    ignored = act("cancel", booking, ignoreCancellationPolicy=True)

    assert (refused.status, refused.code) == (409, "policy_forbids")
    assert refused.json["wixCode"] == "BOOKING_POLICY_VIOLATION"
    assert (ignored.status, ignored.json["status"]) == (200, "CANCELED")


def test_a_part_of_a_multi_service_booking_is_not_canceled_alone(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="CONFIRMED", multi_service=True)

    reply = act("cancel", booking)

    assert (reply.status, reply.code) == (409, "wix_forbids")


@pytest.mark.parametrize("verb", VERBS)
def test_a_missing_permission_is_told_by_its_name(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add()
    wix.set_permissions(["BOOKINGS.BOOKING_READ"])

    reply = act(verb, booking)

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert f"BOOKINGS.BOOKING_{verb.upper()}" in reply.json["detail"]


def test_an_override_that_the_credential_may_not_make_says_so(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="CONFIRMED")
    wix.set_permissions(["BOOKINGS.BOOKING_READ", "BOOKINGS.BOOKING_CANCEL"])

    reply = act("cancel", booking, ignoreCancellationPolicy=True)

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert "override" in reply.json["detail"]


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_booking_is_not_found(wix: WixSimulator, verb: str) -> None:
    reply = act(verb, NOTHING)

    assert (reply.status, reply.code) == (404, "not_found")
    assert "some seconds" in reply.json["detail"]


def test_a_booking_that_was_made_a_moment_ago_is_waited_for(wix: WixSimulator) -> None:
    wix.switches.booking_reader_lag_seconds = 0.2
    booking = wix.bookings.add()

    assert act("confirm", booking).status == 200


# ---- Dry runs, and what is kept ----


@pytest.mark.parametrize("verb", VERBS)
def test_a_dry_run_names_the_request_and_sends_nothing(wix: WixSimulator, verb: str) -> None:
    booking = wix.bookings.add()

    reply = act(verb, booking, dryRun=True, key="k-1")

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

    act("confirm", booking, key="k-1", notifyParticipants=True, message=canaries.MESSAGE)

    kept = json.dumps(boto3.client("dynamodb").scan(TableName=table)["Items"])
    assert not any(mark in kept + json.dumps(log_lines()) for mark in canaries.MARKS)
