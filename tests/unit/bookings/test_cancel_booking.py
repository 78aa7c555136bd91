"""Canceling a booking: what is given back, what is waived, and what a policy forbids."""

import time
from typing import Any

import pytest

from tests.unit.bookings.calls import act, confirmed_unseen, writes
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.effects.once import SETTLE_SECONDS
from wix_admin.process import effects_table

pytestmark = pytest.mark.usefixtures("table")

ACTION = "cancel_booking"


@pytest.mark.parametrize("waived", [True, False])
def test_what_is_still_owed_is_waived_only_if_asked_for(wix: WixSimulator, *, waived: bool) -> None:
    order = {"status": "APPROVED", "paymentStatus": "NOT_PAID", "balance": {"amount": "80.00"}}
    booking = wix.bookings.add(status="CONFIRMED", order=order)

    reply = act(ACTION, booking, waiveCharges=waived)

    assert (reply.status, reply.json["status"]) == (200, "CANCELED")
    ordered = wix.bookings.order(booking["id"])
    assert ordered == order | {"status": "CANCELED" if waived else "APPROVED"}


def test_a_refund_that_wix_does_not_give_leaves_the_booking_as_it_was(wix: WixSimulator) -> None:
    wix.switches.refund_of_other_payments = "refuse"
    booking = wix.bookings.add(status="CONFIRMED", payment_status="PAID")

    refused = act(ACTION, booking, withRefund=True, key="k-1")
    wix.switches.refund_of_other_payments = "nothing"
    canceled = act(ACTION, booking, withRefund=True, key="k-2")

    assert (refused.status, refused.json["wixCode"]) == (409, "REFUND_NOT_ALLOWED")
    assert (canceled.status, canceled.json["paymentStatus"]) == (200, "PAID")


@pytest.mark.parametrize(
    "answer", ["409 BOOKING_REVISION_MISMATCH", "428 BOOKING_REVISION_MISMATCH", "409"]
)
def test_a_stale_revision_is_read_again_and_the_change_made(wix: WixSimulator, answer: Any) -> None:
    wix.switches.booking_conflict = answer
    booking = confirmed_unseen(wix, lag_seconds=0.6)

    reply = act(ACTION, booking)

    assert (reply.status, reply.json["status"], reply.json["revision"]) == (200, "CANCELED", "3")
    assert writes(wix, "cancel") == 1


def test_a_reader_that_lags_too_long_is_told_as_a_change_and_the_key_is_free_again(
    wix: WixSimulator,
) -> None:
    booking = confirmed_unseen(wix, lag_seconds=3600)

    reply = act(ACTION, booking, key="k-1")
    wix.switches.booking_reader_lag_seconds = 0
    again = act(ACTION, booking, key="k-1")

    assert (reply.status, reply.code) == (409, "changed_meanwhile")
    assert reply.headers["Retry-After"]
    assert (again.status, again.json["status"]) == (200, "CANCELED")


def test_a_lost_try_that_was_refused_is_told_as_refused_when_it_is_long_ago(
    wix: WixSimulator,
) -> None:
    service = wix.bookings.add_service(cancel_policy_minutes=60 * 24 * 365 * 50)
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")
    wix.add_fault(Fault(path="*/cancel", drop="before", times=1))

    lost = act(ACTION, booking, key="k-1")
    effects_table().now = lambda: time.time() + SETTLE_SECONDS + 1
    found = act(ACTION, booking, key="k-1")

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.code) == (409, "policy_forbids")
    assert writes(wix, "cancel") == 0


def test_a_policy_forbids_and_is_not_taken_for_a_missing_permission(wix: WixSimulator) -> None:
    service = wix.bookings.add_service(cancel_policy_minutes=60 * 24 * 365 * 50)
    booking = wix.bookings.add(service_id=service["id"], status="CONFIRMED")

    refused = act(ACTION, booking)
    ignored = act(ACTION, booking, ignoreCancellationPolicy=True)

    assert (refused.status, refused.code) == (409, "policy_forbids")
    assert refused.json["wixCode"] == "BOOKING_POLICY_VIOLATION"
    assert (ignored.status, ignored.json["status"]) == (200, "CANCELED")


def test_a_part_of_a_multi_service_booking_is_not_canceled_alone(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="CONFIRMED", multi_service=True)

    reply = act(ACTION, booking)

    assert (reply.status, reply.code) == (409, "wix_forbids")


def test_an_override_that_the_credential_may_not_make_says_so(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="CONFIRMED")
    wix.set_permissions(["BOOKINGS.BOOKING_READ", "BOOKINGS.BOOKING_CANCEL"])

    reply = act(ACTION, booking, ignoreCancellationPolicy=True)

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert "override" in reply.json["detail"]
