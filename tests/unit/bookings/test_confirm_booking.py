"""Confirming a booking: once, and at a time that nobody else has."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.unit.bookings.calls import act, confirmed_unseen, writes
from tests.wix_simulator import Fault, WixSimulator

pytestmark = pytest.mark.usefixtures("table")

ACTION = "confirm_booking"


def test_a_time_that_somebody_else_has_is_not_confirmed_if_it_is_checked(
    wix: WixSimulator,
) -> None:
    service = wix.bookings.add_service()
    booking = wix.bookings.add(service_id=service["id"], start="2030-03-04T09:00:00")
    wix.bookings.add(service_id=service["id"], start="2030-03-04T09:00:00", status="CONFIRMED")

    checked = act(ACTION, booking, checkAvailability=True)
    unchecked = act(ACTION, booking)

    assert (checked.status, checked.code) == (409, "slot_taken")
    assert (unchecked.status, unchecked.json["status"]) == (200, "CONFIRMED")


def test_what_somebody_else_did_meanwhile_is_not_done_again(wix: WixSimulator) -> None:
    booking = confirmed_unseen(wix, lag_seconds=0.6)

    reply = act(ACTION, booking, notifyParticipants=True)

    assert (reply.status, reply.json["already"], reply.json["status"]) == (200, True, "CONFIRMED")
    assert wix.bookings.notifications == []


def test_of_two_that_want_the_same_at_the_same_time_one_does_it(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.add_fault(Fault(path=f"*/{booking['id']}/*", latency=0.3, times=2))

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: act(ACTION, booking, notifyParticipants=True), range(2)))

    assert [each.status for each in replies] == [200, 200]
    assert sorted(each.json["already"] for each in replies) == [False, True]
    assert len(wix.bookings.notifications) == 1


def test_a_lost_answer_is_unknown_while_the_reader_lags_and_found_later(
    wix: WixSimulator,
) -> None:
    booking = wix.bookings.add(status="PENDING")
    wix.switches.booking_reader_lag_seconds = 3600
    wix.advance(7200)
    wix.add_fault(Fault(path="*/confirm", drop="after", times=1))

    lost = act(ACTION, booking, key="k-1")
    wix.switches.booking_reader_lag_seconds = 0
    found = act(ACTION, booking, key="k-1")

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.json["status"], found.replayed) == (200, "CONFIRMED", True)
    assert writes(wix, "confirm") == 1


def test_a_booking_that_was_made_a_moment_ago_is_waited_for(wix: WixSimulator) -> None:
    wix.switches.booking_reader_lag_seconds = 0.2
    booking = wix.bookings.add()

    assert act(ACTION, booking).status == 200
