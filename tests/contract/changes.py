"""Changes to the shop: how they are asked for, where they break, and how often they happened.

A test has one order and a journal of its own, so what the journal has is about that order.
"""

import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.contract.functions import Functions, Reply, http, reply_in
from tests.lambda_runtime import FunctionProcess
from tests.wix_simulator import Fault, WixSimulator, line, offline
from tests.wix_simulator.builders import Payment

LINE = "00000000-0000-0000-0000-000000000001"
"""The first line of any order; the simulator numbers lines so."""

KEY = "one-request"

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Change:
    """One change to an order that costs 40.00.

    Attributes:
        name: What is done.
        action: The function that does it.
        effect: The path of the one call that does it.
        check: The path of a call that is made shortly before.
        receipt_id: The field of the answer that says what came of it.
        ids_at_wix: What that field can hold, as Wix has it.
        body: What is asked for.
        payments: How the order was paid; by card if nothing is said.
    """

    name: str
    action: str
    effect: str
    check: str
    receipt_id: str
    ids_at_wix: Callable[[WixSimulator, str], list[str]]
    body: dict[str, Any] = field(default_factory=dict)
    payments: Sequence[Payment] | None = None

    def __str__(self) -> str:
        return self.name

    def new_order(self, wix: WixSimulator) -> str:
        """Add an order that can be changed so."""
        order = wix.add_order(lines=[line(2, "20.00", id=LINE)], payments=self.payments)
        order_id: str = order["id"]
        return order_id

    def ask(self, process: FunctionProcess, order_id: str, key: str = KEY) -> Reply:
        """Ask for it over HTTP."""
        return reply_in(process.invoke(http(self.action, self.body, order_id=order_id, key=key)))

    def times_done(self, wix: WixSimulator) -> int:
        """How often Wix did it."""
        return sum(each.effect for each in wix.requests(path=self.effect))

    def times_sent(self, wix: WixSimulator) -> int:
        """How often Wix was told to do it."""
        return len(wix.requests(path=self.effect))


def _refunds(wix: WixSimulator, order_id: str) -> list[str]:
    return [each["id"] for each in wix.refunds(order_id)]


def _fulfillments(wix: WixSimulator, order_id: str) -> list[str]:
    return [each["id"] for each in wix.fulfillments(order_id)]


REFUND = Change(
    name="refund",
    action="refund_order",
    effect="*/refund-payments",
    check="*/get-order-refundability",
    receipt_id="refundId",
    ids_at_wix=_refunds,
    body={"amount": "10.00"},
)

CHANGES = (
    REFUND,
    Change(
        name="tracked fulfillment",
        action="fulfill_order",
        effect="*/create-fulfillment",
        check="/ecom/v1/orders/*",
        receipt_id="fulfillmentId",
        ids_at_wix=_fulfillments,
        body={
            "lines": [{"lineItemId": LINE, "quantity": 1}],
            "carrier": "ups",
            "trackingNumber": "1Z999AA10123456784",
        },
    ),
    Change(
        name="untracked fulfillment",
        action="fulfill_order",
        effect="*/create-fulfillment",
        check="/ecom/v1/orders/*",
        receipt_id="fulfillmentId",
        ids_at_wix=_fulfillments,
        body={"lines": [{"lineItemId": LINE, "quantity": 1}]},
    ),
    Change(
        name="new payment",
        action="record_payment",
        effect="*/add-payment",
        check="/ecom/v1/payments/orders/*",
        receipt_id="paymentId",
        ids_at_wix=WixSimulator.payment_ids,
        body={"amount": "10.00"},
        payments=(),
    ),
    Change(
        name="payment that waited",
        action="record_payment",
        effect="*/update-payment-transaction-status",
        check="/ecom/v1/payments/orders/*",
        receipt_id="paymentId",
        ids_at_wix=WixSimulator.payment_ids,
        body={"amount": "all"},
        payments=[offline("40.00")],
    ),
    Change(
        name="cancellation",
        action="cancel_order",
        effect="*/cancel",
        check="/ecom/v1/orders/*",
        receipt_id="orderId",
        ids_at_wix=lambda _, order_id: [order_id],
    ),
)


def kill_during(
    functions: Functions,
    wix: WixSimulator,
    change: Change,
    trouble: Fault,
    when: Callable[[], object],
    *,
    order_id: str | None = None,
    seconds_left: float | None = None,
) -> str:
    """Let a new process begin a change under `KEY`, and end it at once when something is the case.

    Args:
        trouble: What keeps the process waiting at that moment.
        when: The moment.
        order_id: Which order to change; a new one if nothing is said.
        seconds_left: How much time Lambda gives; the function's timeout if nothing is said.

    Returns:
        The id of the order that was to be changed.
    """
    order_id = order_id or change.new_order(wix)
    number = wix.add_fault(trouble)
    event = http(change.action, change.body, order_id=order_id, key=KEY)
    with functions.fresh(change.action) as process, ThreadPoolExecutor(1) as pool:
        dying = pool.submit(process.invoke, event, seconds_left=seconds_left)
        until(when)
        assert not dying.done(), dying.result()
        os.kill(process.process_id, signal.SIGKILL)
        error = dying.result().error
    assert error is not None
    assert error.type == "Runtime.ExitError"
    wix.remove_fault(number)
    return order_id


def until(something: Callable[[], object]) -> None:
    """Wait for something to become true."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while not something():
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.005)
