"""Several processes at the same moment: what is to happen once happens once."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.changes import KEY, REFUND, kill_during, until
from tests.contract.functions import Functions, Reply, http, reply_in
from tests.contract.ledger import Ledger
from tests.lambda_runtime import FunctionProcess
from tests.wix_simulator import Fault, WixSimulator

PROCESSES = 6

LONG_AGO_SECONDS = 400
"""Longer than a lease, and than a call may be under way at Wix."""


@pytest.fixture(scope="module")
def processes(functions: Functions) -> Iterator[Sequence[FunctionProcess]]:
    """As many environments as Lambda may start for one function; cold for the first test."""
    with ExitStack() as stack:
        started = [stack.enter_context(functions.fresh("refund_order")) for _ in range(PROCESSES)]
        assert all(each.init_seconds for each in started)
        yield started


def at_once(processes: Sequence[FunctionProcess], events: Sequence[Any]) -> list[Reply]:
    """Give each process its event at the same moment."""
    start = threading.Barrier(len(processes))

    def call(process: FunctionProcess, event: Any) -> Reply:
        start.wait()
        return reply_in(process.invoke(event))

    with ThreadPoolExecutor(len(processes)) as pool:
        return list(pool.map(call, processes, events))


def same_refund(order_id: str) -> list[Any]:
    event = http("refund_order", REFUND.body, order_id=order_id, key=KEY)
    return [event] * PROCESSES


@pytest.mark.parametrize(
    "trouble",
    [Fault(path=REFUND.effect, latency=0.3), Fault(path=REFUND.effect, drop="after")],
    ids=str,
)
def test_one_request_that_comes_several_times_is_done_once_and_answered_the_same(
    processes: Sequence[FunctionProcess], wix: WixSimulator, trouble: Fault
) -> None:
    order_id = REFUND.new_order(wix)
    wix.add_fault(trouble)

    replies = at_once(processes, same_refund(order_id))
    again = at_once(processes, same_refund(order_id))

    [refund_id] = REFUND.ids_at_wix(wix, order_id)
    done = [each for each in replies if each.status == 200]
    assert {each.json["refundId"] for each in done} == {refund_id}
    assert {each.code for each in replies if each not in done} <= {"still_running"}
    assert [(each.status, each.replayed) for each in again] == [(200, True)] * PROCESSES
    assert all(each.json == done[0].json for each in again)
    assert REFUND.times_sent(wix) == 1


def test_whoever_asks_while_wix_is_at_work_on_it_is_told_to_wait(
    processes: Sequence[FunctionProcess], wix: WixSimulator
) -> None:
    order_id = REFUND.new_order(wix)
    wix.add_fault(Fault(path=REFUND.effect, latency=1.5))
    first, *others = processes

    with ThreadPoolExecutor(1) as pool:
        at_work = pool.submit(REFUND.ask, first, order_id)
        until(lambda: REFUND.times_sent(wix))
        meanwhile = at_once(others, same_refund(order_id)[1:])
        done = at_work.result()
    again = at_once(processes, same_refund(order_id))

    told = [(each.status, each.code) for each in meanwhile]
    assert told == [(409, "still_running")] * len(others)
    assert (done.status, done.replayed) == (200, False)
    assert [(each.json, each.replayed) for each in again] == [(done.json, True)] * PROCESSES
    assert (REFUND.times_sent(wix), REFUND.times_done(wix)) == (1, 1)


def test_several_refunds_of_one_order_never_exceed_what_was_paid_and_each_answer_is_true(
    processes: Sequence[FunctionProcess], wix: WixSimulator
) -> None:
    order_id = REFUND.new_order(wix)
    wix.add_fault(Fault(path=REFUND.check, latency=0.3, times=PROCESSES))
    events = [
        http("refund_order", {"amount": "15.00"}, order_id=order_id, key=f"key-{number}")
        for number in range(PROCESSES)
    ]

    replies = at_once(processes, events)
    again = at_once(processes, events)

    refunds = {
        each["id"]: sum(Decimal(part["amount"]["amount"]) for part in each["transactions"])
        for each in wix.refunds(order_id)
    }
    done = {each.json["refundId"]: each.json["refunded"] for each in replies if each.status == 200}
    assert sum(refunds.values()) <= 40
    assert len(refunds) == 2
    assert done.keys() == refunds.keys()
    assert {Decimal(each) for each in done.values()} == set(refunds.values())
    refused = {each.code for each in replies if each.status != 200}
    assert refused <= {"exceeds_refundable", "wix_refused", "wix_forbids"}
    assert [(each.status, each.json.get("refundId")) for each in again] == [
        (each.status, each.json.get("refundId")) for each in replies
    ]


def test_of_several_that_find_a_dead_request_one_goes_on_with_it(
    processes: Sequence[FunctionProcess],
    functions: Functions,
    wix: WixSimulator,
    ledger: Ledger,
) -> None:
    order_id = kill_during(
        functions,
        wix,
        REFUND,
        Fault(path=REFUND.effect, latency=5, drop="before"),
        lambda: REFUND.times_sent(wix),
    )
    ledger.grow_older(order_id, KEY, LONG_AGO_SECONDS)

    replies = at_once(processes, same_refund(order_id))
    again = at_once(processes, same_refund(order_id))

    [refund_id] = REFUND.ids_at_wix(wix, order_id)
    assert {each.status for each in replies} <= {200, 409}
    assert {each.code for each in replies if each.status == 409} <= {"still_running"}
    assert [each.json["refundId"] for each in again] == [refund_id] * PROCESSES
    assert REFUND.times_done(wix) == 1
