"""Many items in one request: which are done, which are not and why, and what a repetition does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from tests import canaries
from tests.unit.wix_admin.builders import Clock, FakeWix, lost
from wix_admin.effects.batches import (
    Batch,
    BatchAnswer,
    BatchReceipt,
    ItemError,
    ItemResult,
    refused,
    summarize,
)
from wix_admin.effects.ledger import EffectsTable
from wix_admin.effects.once import SETTLE_SECONDS, Effect, Once, Sent
from wix_admin.errors import (
    AdminError,
    InputError,
    KeyReusedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    OutOfTimeError,
    RefusedError,
    StillRunningError,
    UnfinishedError,
    Violation,
    WithheldError,
    WixPermissionError,
    WixRequestError,
    WixSetupError,
    WixStateError,
    WixUnavailableError,
    WixViolation,
)
from wix_admin.models import Json
from wix_admin.wix.client import WixClient
from wix_auth import WixAuthError
from wix_auth.errors import CredentialRefusedError

BUSY = ItemError(code="wix_unavailable", detail="Ask again")


@dataclass(frozen=True)
class Thing:
    """What is asked for by its number."""

    index: int


def things(*chunks: Sequence[int]) -> list[list[Thing]]:
    return [[Thing(number) for number in chunk] for chunk in chunks]


@dataclass
class Shelf:
    """Where things are put, some at a time.

    Attributes:
        put: What was put there, in order.
        hides: What happens to the look at it with this number, before a call.
        goes_wrong: What happens to the call with this number, before it is carried out.
        answers_get_lost: The numbers of the calls that are carried out and not answered.
        turns_away: How often an item is turned away before it is taken.
    """

    put: list[int] = field(default_factory=list)
    calls: list[list[int]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    looks: int = 0
    hides: dict[int, Exception] = field(default_factory=dict)
    goes_wrong: dict[int, Exception] = field(default_factory=dict)
    answers_get_lost: set[int] = field(default_factory=set)
    turns_away: dict[int, int] = field(default_factory=dict)
    blind: bool = False


class Putting(Effect[BatchReceipt[ItemResult]]):
    """Puts some things on the shelf."""

    name = "things.put"
    receipt = BatchReceipt[ItemResult]

    def __init__(self, shelf: Shelf, target: str, things: Sequence[Thing]) -> None:
        self.target = target
        self._shelf = shelf
        self._things = [each.index for each in things]

    def check(self) -> Json:
        self._shelf.looks += 1
        if trouble := self._shelf.hides.get(self._shelf.looks):
            raise trouble
        return {}

    def send(self, sent: Sent) -> BatchReceipt[ItemResult]:
        number = len(self._shelf.calls)
        self._shelf.calls.append(list(self._things))
        self._shelf.targets.append(self.target)
        if trouble := self._shelf.goes_wrong.get(number):
            raise trouble
        results = [self._result(each) for each in self._things]
        self._shelf.put += [each.index for each in results if each.status == "done"]
        if number in self._shelf.answers_get_lost:
            raise lost()
        return BatchReceipt[ItemResult](results=results)

    def read_back(self, sent: Sent) -> BatchReceipt[ItemResult] | None:
        if self._shelf.blind:
            raise lost()
        if not set(self._things) <= set(self._shelf.put):
            return None
        return BatchReceipt[ItemResult](
            results=[ItemResult(index=each, status="done") for each in self._things]
        )

    def _result(self, thing: int) -> ItemResult:
        if self._shelf.turns_away.get(thing, 0):
            self._shelf.turns_away[thing] -= 1
            return ItemResult(index=thing, status="left", error=BUSY)
        return ItemResult(index=thing, status="done")


class Answered(BatchAnswer[ItemResult]):
    """What became of the things."""


@dataclass
class Desk:
    """Asks for things to be put on the shelf, as an action does."""

    ledger: EffectsTable
    wix: WixClient
    shelf: Shelf = field(default_factory=Shelf)
    replayed: bool = False

    def ask(
        self,
        *chunks: Sequence[int],
        rounds: int = 3,
        request: str = "h-1",
        wix: WixClient | None = None,
        then: Callable[[Thing, ItemResult], ItemResult] | None = None,
    ) -> dict[int, str]:
        """Ask; return the status of each thing, in the order of the answer."""
        return {
            each.index: each.status
            for each in self.results(*chunks, rounds=rounds, request=request, wix=wix, then=then)
        }

    def results(
        self,
        *chunks: Sequence[int],
        rounds: int = 3,
        request: str = "h-1",
        wix: WixClient | None = None,
        then: Callable[[Thing, ItemResult], ItemResult] | None = None,
    ) -> list[ItemResult]:
        once = Once(self.ledger, canaries.SITE_ID, "k-1", request, self.ledger.now() + 35)
        more: dict[str, Any] = {"then": then} if then else {}
        batch = Batch(
            wix=wix or self.wix,
            once=once,
            effect=partial(Putting, self.shelf),
            result=ItemResult,
            rounds=rounds,
            log_as="Putting things",
            **more,
        )
        found = batch.make(things(*chunks))
        self.replayed = once.replayed
        return found


@pytest.fixture
def desk(ledger: EffectsTable, wix: FakeWix) -> Desk:
    return Desk(ledger, wix.client())


# ---- What is done ---------------------------------------------------------------------------


def test_each_chunk_is_one_call_and_each_item_has_a_result_in_order(desk: Desk) -> None:
    assert desk.ask([0, 1], [2, 3], [4]) == dict.fromkeys(range(5), "done")
    assert desk.shelf.calls == [[0, 1], [2, 3], [4]]
    assert not desk.replayed


def test_a_repetition_is_answered_from_the_records(desk: Desk) -> None:
    desk.ask([0, 1], [2])

    assert desk.ask([0, 1], [2]) == dict.fromkeys(range(3), "done")
    assert desk.replayed
    assert desk.shelf.put == [0, 1, 2]


def test_an_empty_chunk_is_no_call_and_keeps_its_place(desk: Desk) -> None:
    assert desk.ask([], [1], [], [3]) == {1: "done", 3: "done"}
    assert desk.shelf.targets == ["1.0", "3.0"]


def test_no_chunk_at_all_is_no_repetition(desk: Desk) -> None:
    assert desk.ask() == {}
    assert not desk.replayed


# ---- What failed and may pass ---------------------------------------------------------------


def test_only_the_items_that_failed_are_tried_again_each_time_later(
    desk: Desk, clock: Clock
) -> None:
    desk.shelf.turns_away = {1: 1, 3: 2}

    assert desk.ask([0, 1, 2, 3]) == dict.fromkeys(range(4), "done")
    assert desk.shelf.calls == [[0, 1, 2, 3], [1, 3], [3]]
    assert desk.shelf.targets == ["0.0", "0.1", "0.2"]
    assert clock.sleeps == [0.2, 0.4]


def test_an_item_is_tried_so_often_and_then_left_with_its_reason(desk: Desk) -> None:
    desk.shelf.turns_away = {1: 9}

    [first, second, third] = desk.results([0, 1], [2], rounds=2)

    assert [first.status, second.status, third.status] == ["done", "left", "done"]
    assert second.error == BUSY
    assert desk.shelf.calls == [[0, 1], [1], [2]]


def test_a_repetition_tries_what_was_left_as_often_again(desk: Desk) -> None:
    desk.shelf.turns_away = {1: 3}
    desk.ask([0, 1], rounds=2)

    assert desk.ask([0, 1], rounds=2) == {0: "done", 1: "done"}
    assert desk.shelf.put == [0, 1]
    assert desk.shelf.calls == [[0, 1], [1], [1], [1]]
    assert not desk.replayed


def test_an_item_is_not_tried_again_without_time_for_it(desk: Desk, wix: FakeWix) -> None:
    desk.shelf.turns_away = {0: 1}

    assert desk.ask([0], wix=wix.client(seconds=1.1)) == {0: "left"}
    assert len(desk.shelf.calls) == 1


# ---- What ends a batch ----------------------------------------------------------------------

ENDS: list[AdminError | WixAuthError] = [
    OutOfTimeError("too late"),
    WixUnavailableError("busy", code="wix_busy"),
    WixPermissionError("no"),
    WixSetupError("moved", code="wrong_catalog"),
    LedgerUnavailableError("gone"),
    CredentialRefusedError("no"),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda each: type(each).__name__)
def test_what_ends_a_batch_leaves_the_items_it_did_not_reach_for_a_repetition(
    desk: Desk, end: AdminError | WixAuthError
) -> None:
    desk.shelf.goes_wrong = {1: end}

    results = desk.results([0, 1], [2, 3], [4])

    assert [each.status for each in results] == ["done", "done", "left", "left", "left"]
    assert {each.error.detail for each in results if each.error} == {str(end)}
    assert desk.shelf.calls == [[0, 1], [2, 3]]
    assert desk.ask([0, 1], [2, 3], [4]) == dict.fromkeys(range(5), "done")
    assert desk.shelf.put == [0, 1, 2, 3, 4]


def test_an_answer_is_no_repetition_if_there_was_more_to_do(desk: Desk) -> None:
    desk.shelf.goes_wrong = {1: OutOfTimeError("too late"), 2: OutOfTimeError("too late")}
    desk.ask([0], [1])

    assert desk.ask([0], [1]) == {0: "done", 1: "left"}
    assert not desk.replayed


@pytest.mark.parametrize("end", ENDS, ids=lambda each: type(each).__name__)
def test_what_ends_a_batch_before_anything_was_done_is_the_failure_of_all(
    desk: Desk, end: AdminError | WixAuthError
) -> None:
    desk.shelf.goes_wrong = {0: end}

    with pytest.raises(type(end)):
        desk.ask([0, 1], [2])

    assert desk.shelf.calls == [[0, 1]]


def test_a_request_that_is_being_worked_on_is_not_begun_again(
    desk: Desk, ledger: EffectsTable
) -> None:
    desk.shelf.goes_wrong = {0: RuntimeError("the process was ended")}
    with pytest.raises(RuntimeError):
        desk.ask([0], [1])

    with pytest.raises(StillRunningError):
        desk.ask([0], [1])

    assert desk.shelf.put == []


def test_a_key_stands_for_one_request(desk: Desk) -> None:
    desk.ask([0], [1])

    with pytest.raises(KeyReusedError):
        desk.ask([0], [1], request="h-2")


# ---- What is refused or unknown -------------------------------------------------------------


@pytest.mark.parametrize(
    "refusal",
    [
        WixRequestError("no", wix_code="NO"),
        WixStateError("no", wix_code="NO"),
        RefusedError("no", wix_code="NO"),
        InputError("no", wix_code="NO"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_refusal_of_a_call_is_one_of_all_its_items_and_no_others(
    desk: Desk, refusal: AdminError
) -> None:
    desk.shelf.goes_wrong = {0: refusal}

    results = desk.results([0, 1], [2])

    assert [each.status for each in results] == ["refused", "refused", "done"]
    assert results[0].error == ItemError(code=refusal.code, detail="no", wix_code="NO")
    assert desk.shelf.calls == [[0, 1], [2]]


def refused_read() -> WixRequestError:
    error = WixRequestError("no", wix_code="NO")
    error.of_read = True
    return error


def test_a_read_that_wix_refuses_refuses_no_item(desk: Desk) -> None:
    desk.shelf.hides = {1: refused_read()}

    with pytest.raises(WixRequestError):
        desk.ask([0], [1])

    assert desk.ask([0], [1]) == {0: "done", 1: "done"}


def test_a_read_that_wix_refuses_in_the_middle_leaves_the_rest(desk: Desk) -> None:
    desk.shelf.hides = {2: refused_read()}

    results = desk.results([0], [1], [2])

    assert [each.status for each in results] == ["done", "left", "left"]
    assert results[1].error == ItemError(code="wix_refused", detail="no", wix_code="NO")
    assert desk.ask([0], [1], [2]) == dict.fromkeys(range(3), "done")
    assert desk.shelf.calls == [[0], [1], [2]]


def test_a_refusal_by_wix_is_remembered(desk: Desk) -> None:
    desk.shelf.goes_wrong = {0: WixRequestError("no")}
    desk.ask([0])

    assert desk.ask([0]) == {0: "refused"}
    assert desk.replayed
    assert len(desk.shelf.calls) == 1


def test_a_lost_answer_is_read_back(desk: Desk) -> None:
    desk.shelf.answers_get_lost = {0}

    assert desk.ask([0, 1], [2]) == dict.fromkeys(range(3), "done")
    assert desk.shelf.put == [0, 1, 2]


def test_what_cannot_be_read_back_is_unknown_and_the_others_go_on(desk: Desk, clock: Clock) -> None:
    desk.shelf.answers_get_lost, desk.shelf.blind = {0}, True
    first = desk.results([0, 1], [2])
    assert [each.status for each in first] == ["unknown", "unknown", "done"]
    assert first[0].error
    assert first[0].error.code == "outcome_unknown"
    assert not desk.replayed

    desk.shelf.blind = False
    clock.now += SETTLE_SECONDS

    assert desk.ask([0, 1], [2]) == dict.fromkeys(range(3), "done")
    assert desk.shelf.put == [0, 1, 2]


def test_items_that_an_older_record_does_not_know_are_left_alone(desk: Desk) -> None:
    desk.ask([0], [1])

    results = desk.results([0, 1, 2])

    assert [each.status for each in results] == ["done", "unknown", "unknown"]
    assert "former catalog" in str(results[1].error)
    assert desk.shelf.put == [0, 1]


# ---- What else an item needs ----------------------------------------------------------------


def test_what_else_an_item_needs_is_done_before_the_next_chunk(desk: Desk) -> None:
    order: list[str] = []

    def then(thing: Thing, result: ItemResult) -> ItemResult:
        order.append(f"{thing.index} after {desk.shelf.put}")
        return result.model_copy(update={"status": "left"})

    assert desk.ask([0], [1], then=then) == {0: "left", 1: "left"}
    assert order == ["0 after [0]", "1 after [0, 1]"]


def test_an_answer_is_no_repetition_if_something_else_was_made(desk: Desk) -> None:
    desk.ask([0, 1])

    def ask() -> bool:
        once = Once(desk.ledger, canaries.SITE_ID, "k-1", "h-1", desk.ledger.now() + 35)

        def then(thing: Thing, result: ItemResult) -> ItemResult:
            once.make(Putting(desk.shelf, f"more of {thing.index}", [Thing(thing.index + 10)]))
            return result

        batch = Batch(
            wix=desk.wix,
            once=once,
            effect=partial(Putting, desk.shelf),
            result=ItemResult,
            rounds=1,
            log_as="Putting things",
            then=then,
        )
        batch.make(things([0, 1]))
        return once.replayed

    assert not ask()
    assert ask()
    assert desk.shelf.put == [0, 1, 10, 11]


# ---- In a dry run ---------------------------------------------------------------------------


class Rehearsed(Putting):
    def send(self, sent: Sent) -> BatchReceipt[ItemResult]:
        raise WithheldError(f"{self.target} would be put")


def test_a_dry_run_comes_to_every_chunk(desk: Desk) -> None:
    once = Once(None, canaries.SITE_ID, "k-1", "h-1", 0.0, rehearses=True)

    batch = Batch(
        wix=desk.wix,
        once=once,
        effect=partial(Rehearsed, desk.shelf),
        result=ItemResult,
        rounds=3,
        log_as="Putting things",
    )
    results = batch.make(things([0, 1], [2]))

    assert [each.status for each in results] == ["planned"] * 3
    assert [each.error for each in results] == [None] * 3


# ---- What is told ---------------------------------------------------------------------------


def test_progress_is_told_each_hundred_items_and_at_the_end(
    desk: Desk, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    chunks = [[each] for each in range(250)]

    desk.ask(*chunks)

    told = [each for each in log_lines() if each["message"] == "Putting things"]
    assert [each["itemsSeen"] for each in told] == [100, 200, 250]
    assert {each["itemsInAll"] for each in told} == {250}


def of(*statuses: str) -> list[ItemResult]:
    return [
        ItemResult.model_validate({"index": index, "status": status})
        for index, status in enumerate(statuses)
    ]


def once_of(*, replayed: bool = False) -> Once:
    return Once(None, canaries.SITE_ID, None, "h-1", 0.0, replayed=replayed)


@pytest.mark.parametrize(
    ("statuses", "complete"),
    [
        (["done", "refused"], True),
        (["done", "left"], False),
        (["done", "unknown"], False),
        (["planned", "planned"], True),
    ],
)
def test_an_answer_counts_its_results_and_says_whether_to_ask_again(
    statuses: list[str], *, complete: bool
) -> None:
    answer = summarize(Answered, of(*statuses), once_of())

    assert answer.complete is complete
    assert {
        status: getattr(answer, status) for status in ("done", "refused", "unknown", "left")
    } == {status: statuses.count(status) for status in ("done", "refused", "unknown", "left")}


def test_an_answer_has_the_order_of_the_request() -> None:
    answer = summarize(Answered, list(reversed(of("done", "left", "refused"))), once_of())

    assert [each.index for each in answer.results] == [0, 1, 2]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("refused", RefusedError), ("unknown", OutcomeUnknownError), ("left", UnfinishedError)],
)
def test_a_request_for_one_item_fails_as_the_item_did(status: str, kind: type[AdminError]) -> None:
    error = ItemError(code="below_zero", detail="Too many", field="changes.0", wix_code="NO")
    [result] = of(status)

    with pytest.raises(kind) as caught:
        summarize(Answered, [result.model_copy(update={"error": error})], once_of(replayed=True))

    raised = caught.value
    assert type(raised) is kind
    assert (raised.code, str(raised), raised.wix_code) == ("below_zero", "Too many", "NO")
    assert raised.violations == (Violation("changes.0", "Too many"),)
    assert raised.replayed


def test_what_wix_says_of_an_item_is_told_and_not_remembered() -> None:
    error = WixRequestError(
        "Mend it", wix_code="NO", violations=[WixViolation("", f"Wix says: {'x' * 300}")]
    )
    item = refused(ItemResult, 0, error)
    other = refused(ItemResult, 1, error)

    with pytest.raises(RefusedError) as caught:
        summarize(Answered, [item], once_of())
    answer = summarize(Answered, [item, other], once_of())

    assert str(caught.value) == "Mend it"
    assert caught.value.violations == (Violation("", f"Mend it. Wix says: {'x' * 300}"),)
    told = {each.error.detail for each in answer.results if each.error}
    assert told == {f"Mend it. Wix says: {'x' * 90}"}
    assert "Wix says" not in BatchReceipt(results=[item, other]).model_dump_json()


def test_a_refusal_names_the_field_that_it_is_about() -> None:
    error = RefusedError("Not here", code="not_in_this_catalog", violations=[Violation("a", "b")])

    assert refused(ItemResult, 3, error) == ItemResult(
        index=3,
        status="refused",
        error=ItemError(code="not_in_this_catalog", detail="Not here", field="a"),
    )
