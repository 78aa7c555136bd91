"""Setting and adjusting stock on catalog V3: what is done, how often, and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.unit.inventory.conftest import Died, Meanwhile, codes, die, later, statuses, update
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.inventory.operations import DECREMENT_STOCK, QUERY_STOCK, SET_STOCK

pytestmark = pytest.mark.usefixtures("table")

SETTING = "/stores/v3/bulk/inventory-items/update"
TAKING = "/stores/v3/bulk/inventory-items/decrement"
READING = "/stores/v3/inventory-items/query"
ROUNDS = 10
"""How often a change is tried at most in one invocation."""


@pytest.fixture
def mug(wix: WixSimulator) -> str:
    """Ten mugs."""
    product = wix.catalog.add_product(sku="MUG", quantity=10)
    return str(product["id"])


@pytest.fixture
def tea(wix: WixSimulator) -> str:
    """Three packets of tea."""
    product = wix.catalog.add_product(name="Tea", sku="TEA", quantity=3)
    return str(product["id"])


def kinds(wix: WixSimulator, product_id: str) -> list[tuple[str, int | bool | None]]:
    """How its stock was changed."""
    history = wix.catalog.stock_history(product_id)
    return [(each.kind, each.value) for each in history if each.kind != "other"]


# ---- What is done ----


def test_what_is_set_is_set(wix: WixSimulator, mug: str) -> None:
    [item] = wix.catalog.inventory(mug)

    reply = update({"sku": "MUG", "set": 0})

    assert reply.json == {
        "results": [{"index": 0, "status": "done", "inventoryItemId": item["id"], "quantity": 0}],
        "done": 1,
        "refused": 0,
        "unknown": 0,
        "left": 0,
        "complete": True,
    }
    assert kinds(wix, mug) == [("set", 0)]


@pytest.mark.parametrize("by", [5, -10])
def test_an_adjustment_with_a_key_is_worked_out_and_set(
    wix: WixSimulator, mug: str, by: int
) -> None:
    reply = update({"sku": "MUG", "adjust": by}, key="k-1")
    again = update({"sku": "MUG", "adjust": by}, key="k-1")

    assert reply.json["results"][0]["quantity"] == 10 + by
    assert kinds(wix, mug) == [("set", 10 + by)]
    assert (again.json, again.replayed) == (reply.json, True)


@pytest.mark.parametrize(("by", "kind"), [(5, "increment"), (-10, "decrement")])
def test_an_adjustment_without_a_key_is_left_to_wix(
    wix: WixSimulator, mug: str, by: int, kind: str
) -> None:
    reply = update({"sku": "MUG", "adjust": by})

    assert reply.json["results"][0]["quantity"] == 10 + by
    assert kinds(wix, mug) == [(kind, abs(by))]


def test_a_replay_asks_wix_nothing(wix: WixSimulator, mug: str) -> None:
    changes = ({"sku": "MUG", "set": 4}, {"sku": "?", "set": 4})
    first = update(*changes, key="k-1")
    wix.clear_journal()

    second = update(*changes, key="k-1")

    assert (second.json, second.replayed) == (first.json, True)
    assert wix.requests() == []


@pytest.mark.parametrize("key", [None, "k-1"])
def test_stock_that_would_fall_below_zero_is_refused_by_itself(
    wix: WixSimulator, mug: str, tea: str, key: str | None
) -> None:
    reply = update({"sku": "MUG", "adjust": -11}, {"sku": "TEA", "adjust": -3}, key=key)

    assert codes(reply) == ["below_zero", None]
    assert reply.json["results"][0]["error"]["field"] == "/changes/0/adjust"
    assert wix.catalog.stock(mug) == 10
    assert wix.catalog.stock(tea) == 0


def test_one_change_that_cannot_be_made_is_the_problem_of_the_request(
    wix: WixSimulator, mug: str
) -> None:
    reply = update({"sku": "MUG", "adjust": -11}, key="k-1")
    again = update({"sku": "MUG", "adjust": -11}, key="k-1")

    assert (reply.status, reply.code, reply.fields) == (422, "below_zero", ["/changes/0/adjust"])
    assert (again.status, again.code, again.replayed) == (422, "below_zero", True)


@pytest.mark.parametrize("key", [None, "k-1"])
def test_wix_counts_only_so_far(wix: WixSimulator, mug: str, key: str | None) -> None:
    reply = update({"sku": "MUG", "adjust": 99_990}, key=key)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert wix.catalog.stock(mug) == 10


def test_stock_below_zero_can_be_brought_nearer_to_it(wix: WixSimulator, mug: str) -> None:
    wix.catalog.set_stock(mug, -5)

    reply = update({"sku": "MUG", "adjust": 3}, key="k-1")

    assert reply.json["results"][0]["quantity"] == -2


# ---- Others change it at the same moment ----


@pytest.mark.parametrize("code", ["ABORTED", "REVISION_MISMATCH", ""])
def test_what_somebody_else_changed_is_read_again(
    wix: WixSimulator, mug: str, tea: str, meanwhile: Meanwhile, code: Any
) -> None:
    wix.switches.stale_revision_code = code
    meanwhile(SET_STOCK, lambda: wix.catalog.set_stock(mug, 20))
    meanwhile(SET_STOCK, lambda: wix.catalog.set_stock(mug, 30))

    reply = update({"sku": "MUG", "adjust": -2}, {"sku": "TEA", "adjust": -2}, key="k-1")

    assert statuses(reply) == ["done", "done"]
    assert (wix.catalog.stock(mug), wix.catalog.stock(tea)) == (28, 1)
    assert kinds(wix, tea) == [("set", 1)]


def test_a_whole_call_that_meets_a_conflict_is_made_again(wix: WixSimulator, mug: str) -> None:
    wix.add_fault(Fault(path=SETTING, status=409, body={"message": "", "details": {}}))

    assert update({"sku": "MUG", "set": 4}).status == 200
    assert wix.catalog.stock(mug) == 4


def test_it_is_refused_if_others_leave_too_little(
    wix: WixSimulator, mug: str, tea: str, meanwhile: Meanwhile
) -> None:
    meanwhile(SET_STOCK, lambda: wix.catalog.set_stock(mug, 1))

    reply = update({"sku": "MUG", "adjust": -2}, {"sku": "TEA", "adjust": -2}, key="k-1")

    assert codes(reply) == ["below_zero", None]
    assert wix.catalog.stock(mug) == 1


def test_tries_are_bounded_and_a_repetition_goes_on(
    wix: WixSimulator, mug: str, meanwhile: Meanwhile, pauses: list[float]
) -> None:
    for number in range(ROUNDS):
        meanwhile(SET_STOCK, partial(wix.catalog.set_stock, mug, 100 + number))

    reply = update({"sku": "MUG", "adjust": -1}, key="k-1")

    assert (reply.status, reply.code, reply.json["retryable"]) == (503, "unfinished", True)
    assert len(wix.requests(path=SETTING)) == ROUNDS
    assert len(pauses) == ROUNDS - 1
    assert max(pauses) <= 3
    assert kinds(wix, mug) == []

    again = update({"sku": "MUG", "adjust": -1}, key="k-1")

    assert again.status == 200
    assert kinds(wix, mug) == [("set", 100 + ROUNDS - 2)]


def test_what_wix_refuses_for_another_reason_is_not_tried_again(
    wix: WixSimulator, mug: str, tea: str
) -> None:
    wix.add_fault(Fault(path=SETTING, status=200, body=bulk(failure("PRE_ORDER_VALIDATION"), None)))

    reply = update({"sku": "MUG", "set": 4}, {"sku": "TEA", "set": 4})

    assert codes(reply) == ["wix_refused", None]
    assert reply.json["results"][0]["error"]["wixCode"] == "PRE_ORDER_VALIDATION"
    assert len(wix.requests(path=SETTING)) == 1


def test_what_is_gone_when_it_is_read_again_is_refused(
    wix: WixSimulator, mug: str, tea: str, meanwhile: Meanwhile
) -> None:
    meanwhile(SET_STOCK, lambda: wix.catalog.set_stock(mug, 20))
    wix.add_fault(
        Fault(path=READING, skip=1, status=200, body={"inventoryItems": [], "pagingMetadata": {}})
    )

    reply = update({"sku": "MUG", "set": 4}, {"sku": "TEA", "set": 4})

    assert codes(reply) == ["not_found", None]


@pytest.mark.parametrize("status", [400, 503])
def test_what_is_set_stays_told_if_the_others_cannot_be_looked_at(
    wix: WixSimulator, mug: str, tea: str, status: int
) -> None:
    answer = bulk(None, failure("PRE_ORDER_VALIDATION"))
    wix.add_fault(Fault(path=SETTING, status=200, effect=True, body=answer))
    wix.add_fault(Fault(path=READING, skip=1, status=status, times=3))
    changes = [{"sku": "MUG", "adjust": -1}, {"sku": "TEA", "adjust": -1}]

    first = update(*changes, key="k-1")
    again = update(*changes, key="k-1")

    assert statuses(first) == statuses(again) == ["done", "unknown"]
    assert kinds(wix, mug) == [("set", 9)]


def test_a_failure_that_wix_does_not_name_is_made_out_by_reading(
    wix: WixSimulator, mug: str, tea: str
) -> None:
    wix.add_fault(Fault(path=SETTING, status=200, body=bulk(None)))

    reply = update({"sku": "MUG", "set": 4}, {"sku": "TEA", "set": 4})

    assert statuses(reply) == ["done", "done"]
    assert wix.catalog.stock(tea) == 4
    assert wix.catalog.stock(mug) == 10


def failure(code: str) -> dict[str, Any]:
    return {"code": code, "description": "", "data": {}}


def bulk(*errors: dict[str, Any] | None) -> dict[str, Any]:
    """What Wix answers to a call for some items; one of which it tells nothing is not in it."""
    results = [
        {"itemMetadata": {"originalIndex": index, "success": error is None}}
        | ({} if error is None else {"itemMetadata": {"originalIndex": index, "error": error}})
        for index, error in enumerate(errors)
    ]
    failures = sum(error is not None for error in errors)
    return {
        "results": results,
        "bulkActionMetadata": {
            "totalSuccesses": len(errors) - failures,
            "totalFailures": failures,
            "undetailedFailures": 0,
        },
    }


# ---- Answers that get lost ----


@dataclass(frozen=True)
class Lost:
    """An answer that got lost, what others did then, and what is known afterwards."""

    change: dict[str, int]
    done: bool
    others: tuple[int, ...]
    status: str
    stock: int

    def __str__(self) -> str:
        did = "done" if self.done else "not done"
        return f"{self.change} {did}, then {self.others}"


LOST = [
    Lost({"set": 4}, done=True, others=(), status="done", stock=4),
    Lost({"set": 4}, done=False, others=(), status="done", stock=4),
    Lost({"set": 4}, done=False, others=(4,), status="done", stock=4),
    Lost({"set": 4}, done=False, others=(8,), status="done", stock=4),
    Lost({"set": 4}, done=True, others=(8,), status="unknown", stock=8),
    Lost({"set": 4}, done=False, others=(8, 9), status="unknown", stock=9),
    Lost({"set": 4}, done=True, others=(8, 4), status="done", stock=4),
    Lost({"adjust": -2}, done=False, others=(), status="done", stock=8),
    Lost({"adjust": -2}, done=False, others=(7,), status="done", stock=5),
    Lost({"adjust": -2}, done=True, others=(), status="unknown", stock=8),
    Lost({"adjust": -2}, done=False, others=(8,), status="unknown", stock=8),
    Lost({"adjust": -2}, done=True, others=(7,), status="unknown", stock=7),
    Lost({"adjust": -2}, done=False, others=(7, 6), status="unknown", stock=6),
]


@pytest.mark.parametrize("lost", LOST, ids=str)
def test_a_lost_answer_is_found_out_or_told_as_unknown(
    wix: WixSimulator, mug: str, meanwhile: Meanwhile, lost: Lost
) -> None:
    def others() -> None:
        for each in lost.others:
            wix.catalog.set_stock(mug, each)

    wix.add_fault(Fault(path=SETTING, drop="after" if lost.done else "before"))
    meanwhile(SET_STOCK, lambda: None)
    meanwhile(SET_STOCK, others)

    changes = ({"sku": "MUG", **lost.change}, {"sku": "?", **lost.change})
    reply = update(*changes, key="k-1")
    again = update(*changes, key="k-1")

    assert statuses(reply) == [lost.status, "refused"]
    assert wix.catalog.stock(mug) == lost.stock
    assert (again.json, again.replayed) == (reply.json, True)


def test_an_unknown_outcome_tells_what_is_known(wix: WixSimulator, mug: str) -> None:
    wix.add_fault(Fault(path=SETTING, drop="after"))

    reply = update({"sku": "MUG", "adjust": -2}, key="k-1")

    assert (reply.status, reply.code) == (504, "outcome_unknown")
    assert "From 10 it was to be 8" in reply.json["detail"]
    assert "it is 8" in reply.json["detail"]


@pytest.mark.parametrize("change", [{"set": 4}, {"adjust": -2}], ids=str)
def test_what_two_lost_answers_leave_open_is_found_out_with_the_same_key(
    wix: WixSimulator, mug: str, change: dict[str, int]
) -> None:
    wix.add_fault(Fault(path=SETTING, drop="before", times=2))

    first = update({"sku": "MUG", **change}, key="k-1")
    second = update({"sku": "MUG", **change}, key="k-1")
    third = update({"sku": "MUG", **change}, key="k-1")

    assert (first.status, first.code) == (504, "outcome_unknown")
    assert (second.status, second.replayed) == (200, True)
    assert (third.json, third.replayed) == (second.json, True)
    assert len(kinds(wix, mug)) == 1


@pytest.mark.parametrize("trouble", ["drop", "reset", "garbage", "status"])
def test_a_set_is_made_once_whatever_hides_its_answer(
    wix: WixSimulator, mug: str, trouble: str
) -> None:
    hidden: dict[str, Any] = {
        "drop": {"drop": "after"},
        "reset": {"reset": "after"},
        "garbage": {"garbage": True},
        "status": {"status": 503, "effect": True},
    }
    wix.add_fault(Fault(path=SETTING, **hidden[trouble]))

    assert update({"sku": "MUG", "set": 4}, key="k-1").status == 200
    assert kinds(wix, mug) == [("set", 4)]


def test_a_reader_that_is_behind_does_not_make_a_change_happen_twice(
    wix: WixSimulator, mug: str, pauses: list[float]
) -> None:
    old = {"inventoryItems": wix.catalog.inventory(mug), "pagingMetadata": {"cursors": {}}}
    wix.add_fault(Fault(path=SETTING, drop="after"))
    wix.add_fault(Fault(path=READING, skip=1, times=2, status=200, body=old))

    reply = update({"sku": "MUG", "set": 4}, key="k-1")

    assert reply.status == 200
    assert kinds(wix, mug) == [("set", 4)]
    assert len(pauses) == 2


def test_a_reader_that_stays_behind_leaves_it_unknown(wix: WixSimulator, mug: str) -> None:
    old = {"inventoryItems": wix.catalog.inventory(mug), "pagingMetadata": {"cursors": {}}}
    wix.add_fault(Fault(path=SETTING, drop="after"))
    wix.add_fault(Fault(path=READING, skip=1, times=None, status=200, body=old))

    reply = update({"sku": "MUG", "adjust": -2}, key="k-1")

    assert (reply.status, reply.code) == (504, "outcome_unknown")
    assert kinds(wix, mug) == [("set", 8)]


def test_an_adjustment_is_not_made_again_if_wix_does_not_tell_how_many_there_are(
    wix: WixSimulator, mug: str
) -> None:
    [item] = wix.catalog.inventory(mug)
    hidden = item | {"quantity": None, "revision": str(int(item["revision"]) + 1)}
    answer = {"inventoryItems": [hidden], "pagingMetadata": {"count": 1}}
    wix.add_fault(Fault(path=SETTING, drop="after"))
    wix.add_fault(Fault(path=READING, skip=1, status=200, body=answer, times=3))

    reply = update({"sku": "MUG", "adjust": -1}, {"sku": "?", "adjust": -1}, key="k-1")

    assert statuses(reply) == ["unknown", "refused"]
    assert kinds(wix, mug) == [("set", 9)]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_adjustment_without_a_key_whose_answer_is_lost_is_not_made_again(
    wix: WixSimulator,
    mug: str,
    tea: str,
    moment: Any,
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    wix.add_fault(Fault(path=TAKING, drop=moment))

    reply = update(
        {"sku": "MUG", "adjust": -2}, {"sku": "?", "adjust": -1}, {"sku": "TEA", "set": 1}
    )

    assert codes(reply) == ["outcome_unknown", "not_found", None]
    assert statuses(reply) == ["unknown", "refused", "done"]
    detail = reply.json["results"][0]["error"]["detail"]
    assert "there were 10 before" in detail
    assert "No key was sent: look at Wix before you ask again" in detail
    assert len(wix.requests(path=TAKING)) == 1
    assert not any("read back" in line["message"] for line in log_lines())
    assert not reply.json["complete"]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("change", [{"set": 4}, {"adjust": -2}], ids=str)
def test_what_a_process_that_died_was_at_is_found_out_with_the_same_key(
    wix: WixSimulator, mug: str, meanwhile: Meanwhile, change: dict[str, int], moment: str
) -> None:
    if moment == "after":
        wix.add_fault(Fault(path=SETTING, drop="after"))
        meanwhile(SET_STOCK, lambda: None)
    meanwhile(SET_STOCK, die)
    with pytest.raises(Died):
        update({"sku": "MUG", **change}, {"sku": "?", **change}, key="k-1")

    early = update({"sku": "MUG", **change}, {"sku": "?", **change}, key="k-1")
    later()
    reply = update({"sku": "MUG", **change}, {"sku": "?", **change}, key="k-1")

    assert (early.status, early.code) == (409, "still_running")
    made_out = "unknown" if moment == "after" and "adjust" in change else "done"
    assert statuses(reply) == [made_out, "refused"]
    assert len(kinds(wix, mug)) == 1


# ---- Adjustments that are left to Wix ----


@pytest.mark.parametrize("failing", ["item", "call"])
def test_what_others_took_first_is_refused_and_the_rest_done(
    wix: WixSimulator, mug: str, tea: str, meanwhile: Meanwhile, failing: Any
) -> None:
    wix.switches.bulk_decrement_failure = failing
    meanwhile(DECREMENT_STOCK, lambda: wix.catalog.set_stock(mug, 1))

    reply = update({"sku": "MUG", "adjust": -2}, {"sku": "TEA", "adjust": -2})

    assert codes(reply) == ["below_zero", None]
    assert (wix.catalog.stock(mug), wix.catalog.stock(tea)) == (1, 1)
    assert kinds(wix, tea) == [("decrement", 2)]


def test_a_call_that_is_refused_for_nothing_that_can_be_seen_is_refused_for_all(
    wix: WixSimulator, mug: str, tea: str
) -> None:
    body = {"message": "", "details": {"applicationError": {"code": "SOMETHING_ELSE"}}}
    wix.add_fault(Fault(path=TAKING, status=428, body=body))

    reply = update({"sku": "MUG", "adjust": -2}, {"sku": "TEA", "adjust": -2})

    assert codes(reply) == ["wix_forbids", "wix_forbids"]
    assert len(wix.requests(path=TAKING)) == 1


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("INSUFFICIENT_INVENTORY", "below_zero"),
        ("MIN_QUANTITY_LIMIT_REACHED", "below_zero"),
        ("INVENTORY_QUANTITY_NOT_TRACKED", "not_possible_now"),
        ("MAX_QUANTITY_LIMIT_REACHED", "not_possible_now"),
        ("NOT_FOUND", "not_found"),
        ("SOMETHING_NEW", "wix_refused"),
    ],
)
def test_wixs_refusals_of_an_item_are_told_in_our_words(
    wix: WixSimulator, mug: str, tea: str, code: str, ours: str
) -> None:
    wix.add_fault(Fault(path=TAKING, status=200, body=bulk(None, failure(code))))

    reply = update({"sku": "MUG", "adjust": -2}, {"sku": "TEA", "adjust": -2})

    assert codes(reply) == [None, ours]
    assert reply.json["results"][1]["error"]["wixCode"] == code


def test_an_item_of_which_wix_tells_nothing_is_unknown(
    wix: WixSimulator, mug: str, tea: str
) -> None:
    wix.add_fault(Fault(path=TAKING, status=200, body=bulk(None)))

    reply = update({"sku": "MUG", "adjust": -2}, {"sku": "TEA", "adjust": -2})

    assert statuses(reply) == ["done", "unknown"]


@pytest.mark.parametrize("action", [QUERY_STOCK, SET_STOCK], ids=lambda each: each.name)
def test_a_wix_that_cannot_be_reached_changes_nothing_and_frees_the_key(
    wix: WixSimulator, mug: str, action: Any
) -> None:
    body = {"message": "Too many requests", "details": {}}
    number = wix.add_fault(Fault(path=action.path, status=429, body=body, times=None))

    reply = update({"sku": "MUG", "set": 4}, key="k-1", seconds=20)
    wix.remove_fault(number)
    again = update({"sku": "MUG", "set": 4}, key="k-1")

    assert (reply.status, reply.code) == (503, "wix_busy")
    assert (again.status, again.replayed) == (200, False)
