"""Automations in processes of their own: several at once, and one that is killed."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.contract.changes import until
from tests.contract.functions import Functions, marks_in
from tests.contract.ledger import Ledger
from tests.events import bus_event, queue_batch
from tests.lambda_runtime import FunctionProcess
from tests.local_stack.queues import Published
from tests.wix_simulator import Fault, WixSimulator, line

ACTION = "fulfill_approved_order"
KEY = "automation:approved"
CREATE = "*/create-fulfillment"

WORKERS = 3
LEASE_SECONDS = 60 + 5
"""The function's timeout, and the margin after it."""

GOODS, FILE = (f"00000000-0000-0000-0000-{number:012d}" for number in (1, 2))


@pytest.fixture(scope="module")
def workers(functions: Functions) -> Iterator[Sequence[FunctionProcess]]:
    """As many environments as Lambda may start for one queue."""
    with ExitStack() as stack:
        yield [stack.enter_context(functions.fresh(ACTION)) for _ in range(WORKERS)]


def mixed_order(wix: WixSimulator) -> str:
    order = wix.add_order(lines=[line(2, "12.50", id=GOODS), line(kind="DIGITAL", id=FILE)])
    order_id: str = order["id"]
    return order_id


def approved(order_id: str) -> Any:
    """A batch of one message: the order was approved."""
    event = bus_event({"entityId": order_id, "slug": "approved"})
    return queue_batch(approval=json.dumps(event))


def announced(published: Published, order_id: str) -> list[Any]:
    return [
        each["detail"]["lines"]
        for each in published.events
        if each["detail-type"] == "Order Ready To Ship" and each["detail"]["orderId"] == order_id
    ]


def stays(process: FunctionProcess, batch: Any) -> bool:
    """Give a process a batch; tell whether its message stays in the queue."""
    answer = process.invoke(batch)
    assert answer.error is None, answer.error
    return bool(answer.result["batchItemFailures"])


def kill_during(
    functions: Functions, wix: WixSimulator, order_id: str, trouble: Fault, when: Callable[[], Any]
) -> None:
    """Let a new process act on an order, and end it at once when something is the case."""
    number = wix.add_fault(trouble)
    with functions.fresh(ACTION) as process, ThreadPoolExecutor(1) as pool:
        dying = pool.submit(process.invoke, approved(order_id))
        until(when)
        assert not dying.done(), dying.result()
        os.kill(process.process_id, signal.SIGKILL)
        error = dying.result().error
    assert error is not None
    wix.remove_fault(number)


def test_three_workers_with_the_same_order_fulfill_and_announce_it_once(
    workers: Sequence[FunctionProcess], wix: WixSimulator, published: Published
) -> None:
    order_id = mixed_order(wix)
    start = threading.Barrier(WORKERS)

    def work(process: FunctionProcess) -> bool:
        start.wait()
        return stays(process, approved(order_id))

    with ThreadPoolExecutor(WORKERS) as pool:
        first_round = list(pool.map(work, workers))
        later = list(pool.map(work, workers))

    assert not all(first_round)
    assert later == [False] * WORKERS
    [fulfillment] = wix.fulfillments(order_id)
    assert [each["id"] for each in fulfillment["lineItems"]] == [FILE]
    assert len(wix.requests("POST", CREATE)) == 1
    [lines] = announced(published, order_id)
    assert [(each["lineItemId"], each["quantity"]) for each in lines] == [(GOODS, 2)]


def test_what_wix_did_before_a_death_is_not_done_again(
    functions: Functions, wix: WixSimulator, ledger: Ledger, published: Published
) -> None:
    order_id = mixed_order(wix)
    kill_during(
        functions,
        wix,
        order_id,
        Fault(path=CREATE, latency_after=5),
        lambda: wix.fulfillments(order_id),
    )
    heir = functions.warm(ACTION)

    early = stays(heir, approved(order_id))
    ledger.grow_older(order_id, KEY, LEASE_SECONDS, operation="fulfillments.create")
    late = stays(heir, approved(order_id))

    assert (early, late) == (True, False)
    assert len(wix.fulfillments(order_id)) == 1
    assert len(wix.requests("POST", CREATE)) == 1
    assert len(announced(published, order_id)) == 1
    assert ledger.item(order_id, KEY, operation="fulfillments.create")["state"] == "settled"


def test_what_never_reached_wix_before_a_death_is_done_once_wix_is_sure(
    functions: Functions, wix: WixSimulator, ledger: Ledger, published: Published
) -> None:
    order_id = mixed_order(wix)
    kill_during(
        functions,
        wix,
        order_id,
        Fault(path=CREATE, latency=5, drop="before"),
        lambda: wix.requests("POST", CREATE),
    )
    heir = functions.warm(ACTION)

    ledger.grow_older(order_id, KEY, LEASE_SECONDS, operation="fulfillments.create")
    unknown = stays(heir, approved(order_id))
    ledger.grow_older(order_id, KEY, 300, operation="fulfillments.create")
    sure = stays(heir, approved(order_id))

    assert (unknown, sure) == (True, False)
    assert len(wix.fulfillments(order_id)) == 1
    assert len(announced(published, order_id)) == 1


def test_the_same_dispatch_in_three_workers_at_once_is_one_fulfillment(
    functions: Functions, wix: WixSimulator
) -> None:
    order_id = mixed_order(wix)
    shipment = {
        "dispatchId": f"D-{order_id}",
        "orderId": order_id,
        "lines": [{"lineItemId": GOODS, "quantity": 1}],
        "carrier": "ups",
        "trackingNumber": "1Z999AA10123456784",
    }
    batch = queue_batch(dispatch=json.dumps(bus_event(shipment)))

    with ExitStack() as stack, ThreadPoolExecutor(WORKERS) as pool:
        processes = [
            stack.enter_context(functions.fresh("fulfill_dispatched_shipment"))
            for _ in range(WORKERS)
        ]
        first_round = list(pool.map(lambda each: stays(each, batch), processes))
        later = list(pool.map(lambda each: stays(each, batch), processes))

    assert not all(first_round)
    assert later == [False] * WORKERS
    [fulfillment] = wix.fulfillments(order_id)
    assert fulfillment["lineItems"] == [{"id": GOODS, "quantity": 1}]


def test_what_an_event_or_wix_tells_of_the_buyer_is_printed_nowhere(
    functions: Functions, wix: WixSimulator, published: Published, ledger: Ledger
) -> None:
    order_id = mixed_order(wix)
    order = wix.order(order_id)
    detail = {"entityId": order_id, "actionEvent": {"body": {"order": order}}}
    batch = queue_batch(
        approval=json.dumps(bus_event(detail)),
        poisoned=json.dumps(bus_event(order)),
    )

    with functions.fresh(ACTION, AWS_LAMBDA_LOG_LEVEL="DEBUG") as process:
        process.invoke(batch)

    assert marks_in(order)
    assert len(wix.fulfillments(order_id)) == 1
    told = [each for each in published.events if each["detail"].get("orderId") == order_id]
    remembered = [ledger.item(order_id, KEY, operation=each) for each in ("announce", "create")]
    assert not marks_in((functions.output(process), told, remembered))
