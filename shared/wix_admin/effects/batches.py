"""Many items in one request: chunks within Wix's limits, each made once, a result for each item.

Each call to Wix is an effect with its own record in the ledger, named by its chunk and round. So
a repetition with the same key is answered from the records as far as they go, does what was left,
and repeats only items that failed in a way that may pass.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal, Protocol

from pydantic import PrivateAttr

from wix_admin.aws.telemetry import logger
from wix_admin.effects.once import Effect, Once, Receipt
from wix_admin.errors import (
    AdminError,
    InputError,
    OutcomeUnknownError,
    RefusedError,
    UnfinishedError,
    Violation,
    WithheldError,
    WixRequestError,
    WixViolation,
)
from wix_admin.models import Answer
from wix_admin.problems import code_of
from wix_admin.wix.client import WixClient
from wix_auth import WixAuthError

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 3.0

PROGRESS_ITEMS = 100
"""How many items one progress line is about, at least."""

MAX_WORDS = 100
"""How many characters of Wix's own words each of many items has, as they all have to fit into one
answer."""

type Status = Literal["done", "refused", "unknown", "left", "planned"]


class ItemError(Answer):
    """Why an item was not done.

    Attributes:
        code: A code as problems have it (`wix_admin.problems`).
        detail: What to do about it.
        field: The field of the input that it is about.
        wix_code: Wix's own code.
    """

    code: str
    detail: str
    field: str | None = None
    wix_code: str | None = None
    _wix_says: str = PrivateAttr(default="")  # so that it is in no record of the ledger's

    def quote(self, *violations: Violation) -> None:
        """Keep what Wix says, in its own words, for the answer to this request."""
        said = (each.detail for each in violations if isinstance(each, WixViolation))
        self._wix_says = "; ".join(said)

    def quoting(self, limit: int | None = None) -> "ItemError":
        """Return it as the caller gets it, with so many characters of Wix's own words at most."""
        words = self._wix_says[:limit]
        return self.model_copy(update={"detail": f"{self.detail}. {words}"}) if words else self


class ItemResult(Answer):
    """What became of one item; each area adds what it knows.

    Attributes:
        index: Its place in the request, from 0.
        status: `done`; `refused` and not done; `unknown`: Wix may have done it; `left`: not done
            yet, do it by sending the same request with the same key; `planned` in a dry run.
        error: Why, unless it is done.
    """

    index: int
    status: Status
    error: ItemError | None = None


class BatchReceipt[R: ItemResult](Receipt):
    """What one call of a batch came to; `left` are items that may be tried again."""

    results: list[R]


class BatchAnswer[R: ItemResult](Answer):
    """What became of a batch.

    Attributes:
        results: One for each item, in the order of the request.
        done: How many are done.
        refused: How many are refused.
        unknown: Of how many it is not known.
        left: How many are left to do.
        complete: Whether nothing is left or unknown.
    """

    results: list[R]
    done: int
    refused: int
    unknown: int
    left: int
    complete: bool


def refused[R: ItemResult](result: type[R], index: int, error: AdminError) -> R:
    """Describe an item that was refused, with the field that it is about."""
    return _failed(result, index, "refused", error)


class Indexed(Protocol):
    """An item of a request."""

    @property
    def index(self) -> int:
        """Its place in the request."""


@dataclass(slots=True, kw_only=True)
class Batch[I: Indexed, R: ItemResult]:
    """Makes the items of one request, chunk by chunk.

    Attributes:
        wix: The client of this invocation.
        once: Makes each call once.
        effect: Makes the call for some items of a chunk; its first argument is the target that
            the effect must have, the same for the same chunk and round.
        result: The class of the results.
        rounds: How often an item is tried at most, not counting what the ledger remembers.
        log_as: What the progress lines call it.
        then: Does what else an item needs that is done, before the next chunk, and returns its
            result; it raises nothing. What it makes, it makes with `once` too.
    """

    wix: WixClient
    once: Once
    effect: Callable[[str, Sequence[I]], Effect[BatchReceipt[R]]]
    result: type[R]
    rounds: int
    log_as: str
    then: Callable[[I, R], R] = lambda _, done: done
    _results: dict[int, R] = field(init=False, default_factory=dict)
    _replayed: bool = field(init=False, default=True)
    _ended: AdminError | WixAuthError | None = field(init=False, default=None)
    _logged: int = field(init=False, default=0)

    def make(self, chunks: Sequence[Sequence[I]]) -> list[R]:
        """Make chunk after chunk, and of each chunk what failed and may pass, again.

        A failure before anything was done is raised. After that, whatever ends the batch (no time,
        Wix busy, the ledger out of reach) makes a result `left` of each item that was not reached.

        Args:
            chunks: The items, cut so that each chunk fits into one call.

        Returns:
            A result for each item, in the order of the chunks.

        Raises:
            AdminError: If nothing was done, and the reason is not about the items.
            wix_auth.WixAuthError: If Wix cannot be called at all.
        """
        items = list(chain.from_iterable(chunks))
        for number, chunk in enumerate(chunks):
            if self._ended is None:
                self._make_chunk(number, chunk)
            self._log_progress(len(items), is_last=number == len(chunks) - 1)
        self.once.replayed = bool(self._results) and self._replayed and self._ended is None
        if self._ended:
            unreached = [item for item in items if item.index not in self._results]
            left = self._all(unreached, "left", self._ended)
            self._results |= {result.index: result for result in left}
        return [self._results[item.index] for item in items]

    def _make_chunk(self, number: int, chunk: Sequence[I]) -> None:
        """Make one chunk, round after round, until nothing of it is left or something ends it."""
        pending = chunk
        attempt = tries = 0
        while pending and self._goes_on(tries):
            try:
                results, replayed = self._try(f"{number}.{attempt}", pending)
            except (AdminError, WixAuthError) as error:
                if not self._results:
                    raise
                self._ended = error
                return
            attempt += 1
            tries += not replayed
            self._replayed = self._finish(pending, results) and replayed and self._replayed
            left = {result.index for result in results if result.status == "left"}
            pending = [item for item in pending if item.index in left]

    def _try(self, target: str, items: Sequence[I]) -> tuple[list[R], bool]:
        """Make one call; return what became of each item, and whether an earlier request made it.

        The record of an earlier request has other items than these only if they were cut for
        another catalog then. What became of them stands in other records, so they are left alone.
        """
        try:
            receipt = self.once.make(self.effect(target, items))
        except WithheldError:
            return [self.result(index=item.index, status="planned") for item in items], False
        except OutcomeUnknownError as error:
            return self._all(items, "unknown", error), False
        except (WixRequestError, RefusedError, InputError) as error:
            if isinstance(error, WixRequestError) and error.of_read:
                raise  # the items were not even tried
            return self._all(items, "refused", error), error.replayed
        known = {result.index: result for result in receipt.results}
        elsewhere = OutcomeUnknownError(
            "An earlier try with this key was made on the site's former catalog: look at the site"
        )
        found = [known.get(each.index, each) for each in self._all(items, "unknown", elsewhere)]
        return [_advised(each, self.once) for each in found], self.once.replayed

    def _finish(self, items: Sequence[I], results: Sequence[R]) -> bool:
        """Keep the results, and do what else the items need that are done.

        Returns:
            Whether an earlier request did all of that.
        """
        replayed = True
        for item, result in zip(items, results, strict=True):
            done = result.status == "done"
            self._results[item.index] = self.then(item, result) if done else result
            replayed = replayed and (self.once.replayed or not done)
        return replayed

    def _goes_on(self, tries: int) -> bool:
        """Wait before the next round, if there is one and time for it; the first needs none."""
        if not tries:
            return True
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (tries - 1))
        return tries < self.rounds and self.wix.pause(pause)

    def _all(self, items: Sequence[I], status: Status, error: AdminError | WixAuthError) -> list[R]:
        return [_failed(self.result, item.index, status, error) for item in items]

    def _log_progress(self, total: int, *, is_last: bool) -> None:
        seen = len(self._results)
        if is_last or seen - self._logged >= PROGRESS_ITEMS:
            self._logged = seen
            logger.info(self.log_as, extra={"itemsSeen": seen, "itemsInAll": total})


def _advised[R: ItemResult](item: R, once: Once) -> R:
    """Say of an item that may have been done what to do about it."""
    if item.status != "unknown" or item.error is None:
        return item
    detail = f"{item.error.detail}. {once.advice}"
    return item.model_copy(update={"error": item.error.model_copy(update={"detail": detail})})


def summarize[R: ItemResult, A: BatchAnswer[Any]](
    answer: type[A], results: Sequence[R], once: Once
) -> A:
    """Count the results, in the order of the request.

    Raises:
        AdminError: If the request had one item, and that is not done.
    """
    ordered = sorted(results, key=lambda each: each.index)
    if len(ordered) == 1 and ordered[0].error:
        raise _error_of(ordered[0].error, ordered[0].status, once)
    ordered = [
        each.model_copy(update={"error": each.error.quoting(MAX_WORDS)}) if each.error else each
        for each in ordered
    ]
    found = Counter(each.status for each in ordered)
    counts = {status: found[status] for status in ("done", "refused", "unknown", "left")}
    complete = not counts["left"] and not counts["unknown"]
    return answer.model_validate({"results": ordered, **counts, "complete": complete})


def _error_of(reason: ItemError, status: Status, once: Once) -> AdminError:
    kinds: dict[Status, type[AdminError]] = {
        "unknown": OutcomeUnknownError,
        "left": UnfinishedError,
    }
    field, detail = reason.field or "", reason.quoting().detail
    says_more = field or detail != reason.detail
    error = kinds.get(status, RefusedError)(
        reason.detail,
        code=reason.code,
        wix_code=reason.wix_code,
        violations=[Violation(field, detail)] if says_more else (),
    )
    if isinstance(error, OutcomeUnknownError):
        error.has_key = once.key is not None
    error.replayed = once.replayed
    return error


def _failed[R: ItemResult](
    result: type[R], index: int, status: Status, error: AdminError | WixAuthError
) -> R:
    known = error if isinstance(error, AdminError) else None
    violations = known.violations if known else ()
    reason = ItemError(
        code=code_of(error),
        detail=str(error),
        field=(violations[0].field or None) if violations else None,
        wix_code=known.wix_code if known else None,
    )
    reason.quote(*violations)
    return result(index=index, status=status, error=reason)
