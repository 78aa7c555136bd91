"""Eight processes that change the same stock: each change happens as often as its answer says."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.actions import ACTIONS
from tests.contract.functions import Functions, Reply, reply_in
from tests.events import http_event
from tests.lambda_runtime import FunctionProcess
from tests.wix_simulator import Fault, WixSimulator

UPDATE = ACTIONS["inventory/update_inventory"]

WRITERS = 8
TURNS = 4
ROUNDS = 10
"""How often a change is tried at most in one invocation."""

SETTING = "/stores/v3/bulk/inventory-items/update"
MOVING = "/stores/v3/bulk/inventory-items/*crement"
BEGINNING = 10_000

SLOW = Fault(path=SETTING, latency=0.05, times=None)
"""Leaves time for others between what was read and what is set."""

TROUBLES = [
    Fault(path=SETTING, skip=2, drop="after"),
    Fault(path=SETTING, skip=5, drop="before"),
    Fault(path=SETTING, skip=8, status=503, effect=True),
    Fault(path=SETTING, skip=11, reset="after"),
    Fault(path=SETTING, skip=14, garbage=True),
    Fault(path=SETTING, skip=17, latency_after=0.5),
    Fault(path=MOVING, skip=1, drop="after"),
    Fault(path=MOVING, skip=3, drop="before"),
]


@dataclass(frozen=True)
class Change:
    """One request, told from all others by the amount or the quantity that it asks for.

    Attributes:
        number: Which of all requests.
        verb: Whether it sets or adjusts.
        value: The quantity to set, or the amount to adjust by.
        key: Its idempotency key, if it has one.
    """

    number: int
    verb: str
    value: int
    key: str | None

    def event(self, sku: str) -> dict[str, Any]:
        """The request as it comes over HTTP."""
        body = {"changes": [{"sku": sku, self.verb: self.value}]}
        return http_event(UPDATE, json.dumps(body), key=self.key)


def changes(name: str) -> list[Change]:
    """A set from each fifth writer, and of the adjustments every third without a key."""
    return [
        Change(number, "set", BEGINNING + 1000 * number, f"{name}-{number}")
        if number % 5 == 0
        else Change(
            number,
            "adjust",
            number * (-1) ** number,
            None if number % 3 == 0 else f"{name}-{number}",
        )
        for number in range(1, WRITERS * TURNS + 1)
    ]


@pytest.fixture(scope="module")
def writers(functions: Functions) -> Iterator[Sequence[FunctionProcess]]:
    """As many environments as Lambda may start for one function."""
    with ExitStack() as stack:
        started = []
        for _ in range(WRITERS):
            started.append(stack.enter_context(functions.fresh("update_inventory")))
            # One after the other, as none becomes ready in time if all start at the same moment.
            assert started[-1].init_seconds
        yield started


def all_at_once(
    writers: Sequence[FunctionProcess], asked: Sequence[Change], sku: str
) -> dict[Change, Reply]:
    """Let each writer make its turns, all beginning at the same moment."""
    start = threading.Barrier(len(writers))

    def turns(writer: FunctionProcess, own: Sequence[Change]) -> dict[Change, Reply]:
        start.wait()
        return {each: reply_in(writer.invoke(each.event(sku))) for each in own}

    with ThreadPoolExecutor(len(writers)) as pool:
        shares = [asked[place :: len(writers)] for place in range(len(writers))]
        replies: dict[Change, Reply] = {}
        for share in pool.map(turns, writers, shares):
            replies |= share
    return replies


def happened(wix: WixSimulator, product_id: str, asked: Sequence[Change]) -> Counter[int]:
    """How often each change was carried out, by its number, from a replay of the journal."""
    amounts = {each.value: each.number for each in asked if each.verb == "adjust"}
    quantities = {each.value: each.number for each in asked if each.verb == "set"}
    times: Counter[int] = Counter()
    quantity = 0
    for change in wix.catalog.stock_history(product_id):
        before = quantity
        match change.kind, change.value:
            case ("set" | "other", int(value)):
                quantity = value
            case ("increment", int(value)):
                quantity += value
            case ("decrement", int(value)):
                quantity -= value
        assert quantity == change.quantity
        if change.kind != "other":
            number = amounts.get(quantity - before) or quantities[quantity]
            times[number] += 1
    assert wix.catalog.stock(product_id) == quantity
    return times


@pytest.mark.parametrize("troubles", [[], TROUBLES], ids=["no trouble", "answers get lost"])
def test_no_acknowledged_change_of_one_stock_is_lost_or_made_twice(
    writers: Sequence[FunctionProcess], wix: WixSimulator, troubles: Sequence[Fault]
) -> None:
    name = "well" if not troubles else "lost"
    sku = f"STOCK-{name}"
    product = wix.catalog.add_product(name=sku, sku=sku, quantity=BEGINNING)
    asked = changes(name)
    for trouble in (*troubles, SLOW):
        wix.add_fault(trouble)

    replies = all_at_once(writers, asked, sku)

    times = happened(wix, product["id"], asked)
    told = {each: reply.code or "done" for each, reply in replies.items()}
    assert set(told.values()) <= {"done", "unfinished", "outcome_unknown"}
    for change, code in told.items():
        allowed = {"done": {1}, "unfinished": {0}, "outcome_unknown": {0, 1}}[code]
        assert times[change.number] in allowed, (change, code)
    unknown = [each for each, code in told.items() if code == "outcome_unknown"]
    assert len(unknown) <= len(troubles)
    keyless = sum(each.key is None for each in asked)
    assert len(asked) - keyless < len(wix.requests(path=SETTING)) <= ROUNDS * len(asked)
    assert len(wix.requests(path=MOVING)) == keyless

    # The same requests again, one by one: what is done stays done, what was left is done now.
    wix.clear_faults()
    for change, code in told.items():
        if change.key is not None:
            again = reply_in(writers[0].invoke(change.event(sku)))
            assert (again.code or "done") == code.replace("unfinished", "done")
            assert again.replayed == (code != "unfinished")
    later = happened(wix, product["id"], asked)
    left = Counter(each.number for each, code in told.items() if code == "unfinished")
    assert later == times + left
