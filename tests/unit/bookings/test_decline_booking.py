"""Declining a booking: for good, and only one that waits."""

import pytest

from tests.unit.bookings.calls import act, confirmed_unseen, now, writes
from tests.wix_simulator import WixSimulator

pytestmark = pytest.mark.usefixtures("table")

ACTION = "decline_booking"


def test_a_stale_revision_is_read_again_and_a_state_that_forbids_it_told(
    wix: WixSimulator,
) -> None:
    booking = confirmed_unseen(wix, lag_seconds=0.6)

    reply = act(ACTION, booking)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert "CONFIRMED" in reply.json["detail"]
    assert writes(wix, "decline") == 0


def test_what_was_declined_is_not_confirmed_afterwards(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="PENDING")

    declined = act(ACTION, booking)
    confirmed = act("confirm_booking", booking)

    assert (declined.status, declined.json["status"]) == (200, "DECLINED")
    assert (confirmed.status, confirmed.code) == (409, "not_possible_now")
    assert now(wix, booking)["status"] == "DECLINED"
