"""A process that is killed at the worst moment, and what the next one makes of what it left."""

import time

import pytest

from tests.contract.changes import CHANGES, KEY, REFUND, Change, kill_during, until
from tests.contract.functions import Functions
from tests.contract.ledger import Ledger
from tests.wix_simulator import Fault, WixSimulator

LEASE_SECONDS = 30 + 5
"""A function's timeout, and the margin after it."""

SETTLE_SECONDS = 300
"""How long a call may be under way at Wix, unseen."""

STUCK_SECONDS = 5
SHORT_SECONDS = 6

TRANSACTIONS = "/ecom/v1/payments/orders/*"


@pytest.fixture(params=CHANGES, ids=str)
def change(request: pytest.FixtureRequest) -> Change:
    change: Change = request.param
    return change


def test_what_was_done_before_a_death_is_found_and_answered_and_not_done_again(
    functions: Functions, wix: WixSimulator, ledger: Ledger, change: Change
) -> None:
    order_id = kill_during(
        functions,
        wix,
        change,
        Fault(path=change.effect, latency_after=STUCK_SECONDS),
        lambda: change.times_done(wix),
    )
    heir = functions.warm(change.action)

    early = change.ask(heir, order_id)
    ledger.grow_older(order_id, KEY, LEASE_SECONDS)
    found = change.ask(heir, order_id)
    again = change.ask(heir, order_id)

    assert (early.status, early.code) == (409, "still_running")
    assert (found.status, found.replayed) == (200, True)
    assert [found.json[change.receipt_id]] == change.ids_at_wix(wix, order_id)
    assert (again.json, again.replayed) == (found.json, True)
    assert (change.times_sent(wix), change.times_done(wix)) == (1, 1)


def test_what_may_have_reached_wix_before_a_death_is_not_done_again_until_wix_is_sure(
    functions: Functions, wix: WixSimulator, ledger: Ledger, change: Change
) -> None:
    order_id = kill_during(
        functions,
        wix,
        change,
        Fault(path=change.effect, latency=STUCK_SECONDS, drop="before"),
        lambda: change.times_sent(wix),
    )
    heir = functions.warm(change.action)

    early = change.ask(heir, order_id)
    ledger.grow_older(order_id, KEY, LEASE_SECONDS)
    unknown = [change.ask(heir, order_id) for _ in range(2)]
    sent_meanwhile = change.times_sent(wix)
    ledger.grow_older(order_id, KEY, SETTLE_SECONDS)
    sure = change.ask(heir, order_id)

    assert (early.status, early.code) == (409, "still_running")
    assert [(each.status, each.code) for each in unknown] == [(504, "outcome_unknown")] * 2
    assert all(0 < int(each.headers["Retry-After"]) <= SETTLE_SECONDS for each in unknown)
    assert sent_meanwhile == 1
    assert (sure.status, sure.replayed) == (200, False)
    assert [sure.json[change.receipt_id]] == change.ids_at_wix(wix, order_id)
    assert change.times_done(wix) == 1


def test_what_was_only_intended_before_a_death_is_done_by_the_next(
    functions: Functions, wix: WixSimulator, ledger: Ledger, change: Change
) -> None:
    order_id = kill_during(
        functions,
        wix,
        change,
        Fault(path=change.check, latency=STUCK_SECONDS),
        lambda: wix.requests(path=change.check),
    )
    heir = functions.warm(change.action)

    early = change.ask(heir, order_id)
    ledger.grow_older(order_id, KEY, LEASE_SECONDS)
    done = change.ask(heir, order_id)

    assert (early.status, early.code) == (409, "still_running")
    assert 0 < int(early.headers["Retry-After"]) <= LEASE_SECONDS
    assert (done.status, done.replayed) == (200, False)
    assert [done.json[change.receipt_id]] == change.ids_at_wix(wix, order_id)
    assert (change.times_sent(wix), change.times_done(wix)) == (1, 1)


def test_what_wix_does_only_after_a_death_is_found_once_it_is_done(
    functions: Functions, wix: WixSimulator, ledger: Ledger
) -> None:
    order_id = kill_during(
        functions,
        wix,
        REFUND,
        Fault(path=REFUND.effect, latency=3),
        lambda: REFUND.times_sent(wix),
    )
    ledger.grow_older(order_id, KEY, LEASE_SECONDS)
    heir = functions.warm("refund_order")

    unknown = REFUND.ask(heir, order_id)
    until(lambda: REFUND.times_done(wix))
    found = REFUND.ask(heir, order_id)

    assert (unknown.status, unknown.code) == (504, "outcome_unknown")
    assert (found.status, found.replayed) == (200, True)
    assert REFUND.times_sent(wix) == 1


def test_a_second_death_while_looking_for_what_the_first_left_loses_nothing(
    functions: Functions, wix: WixSimulator, ledger: Ledger
) -> None:
    order_id = kill_during(
        functions,
        wix,
        REFUND,
        Fault(path=REFUND.effect, latency_after=STUCK_SECONDS),
        lambda: REFUND.times_done(wix),
    )
    ledger.grow_older(order_id, KEY, LEASE_SECONDS)
    wix.clear_journal()
    kill_during(
        functions,
        wix,
        REFUND,
        Fault(path=TRANSACTIONS, latency=STUCK_SECONDS),
        lambda: wix.requests(path=TRANSACTIONS),
        order_id=order_id,
    )
    heir = functions.warm("refund_order")

    early = REFUND.ask(heir, order_id)
    ledger.grow_older(order_id, KEY, LEASE_SECONDS)
    found = REFUND.ask(heir, order_id)

    assert (early.status, early.code) == (409, "still_running")
    assert (found.status, found.replayed) == (200, True)
    assert [found.json["refundId"]] == REFUND.ids_at_wix(wix, order_id)


def test_whoever_waits_as_long_as_told_finds_a_dead_requests_lease_lapsed(
    functions: Functions, wix: WixSimulator, ledger: Ledger
) -> None:
    order_id = kill_during(
        functions,
        wix,
        REFUND,
        Fault(path=TRANSACTIONS, latency=STUCK_SECONDS),
        lambda: wix.requests(path=TRANSACTIONS),
        seconds_left=SHORT_SECONDS,
    )
    left = float(ledger.item(order_id, KEY)["leaseUntil"]) - time.time()
    ledger.grow_older(order_id, KEY, left - 1.3)
    heir = functions.warm("refund_order")

    early = REFUND.ask(heir, order_id)
    time.sleep(int(early.headers["Retry-After"]))
    done = REFUND.ask(heir, order_id)

    assert left <= SHORT_SECONDS + 5
    assert (early.status, early.code) == (409, "still_running")
    assert (done.status, done.replayed) == (200, False)
    assert REFUND.times_done(wix) == 1
