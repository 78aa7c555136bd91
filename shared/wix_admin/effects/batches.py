"""Many items in one request: chunks within Wix's limits, each made once, a result for each item.

Each call to Wix is an effect with its own record in the ledger, named by its chunk and round. So
a repetition with the same key is answered from the records as far as they go, does what was left,
and repeats only items that failed in a way that may pass.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

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

    def told(self, most: int | None = None) -> "ItemError":
        """Return it as the caller gets it, with so many characters of Wix's own words at most."""
        words = self._wix_says[:most]
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


def make_batch[I, R: ItemResult](
    wix: WixClient,
    once: Once,
    chunks: Sequence[Sequence[I]],
    *,
    effect: Callable[[str, Sequence[I]], Effect[BatchReceipt[R]]],
    result: type[R],
    index_of: Callable[[I], int],
    rounds: int,
    log_as: str,
    then: Callable[[I, R], R] = lambda _, done: done,
) -> list[R]:
    """Make chunk after chunk, and of each chunk what failed and may pass, again.

    A failure before anything was done is raised. After that, whatever ends the batch (no time,
    Wix busy, the ledger out of reach) makes a result `left` of each item that was not reached.

    Args:
        wix: The client of this invocation.
        once: Makes each call once.
        chunks: The items, cut so that each chunk fits into one call.
        effect: Makes the call for some items of a chunk; its first argument is the target that
            the effect must have, the same for the same chunk and round.
        result: The class of the results.
        index_of: An item's place in the request.
        rounds: How often an item is tried at most, not counting what the ledger remembers.
        log_as: What the progress lines call it.
        then: Does what else an item needs that is done, before the next chunk, and returns its
            result; it raises nothing. What it makes, it makes with `once` too.

    Returns:
        A result for each item, in the order of the chunks.

    Raises:
        AdminError: If nothing was done, and the reason is not about the items.
        wix_auth.WixAuthError: If Wix cannot be called at all.
    """
    results: dict[int, R] = {}
    replayed: list[bool] = []
    total = sum(len(chunk) for chunk in chunks)
    told = 0
    ended: AdminError | WixAuthError | None = None
    for number, chunk in enumerate(chunks):
        pending = list(chunk)
        attempt = tries = 0
        while pending and ended is None and (not tries or _goes_on(wix, tries, rounds)):
            try:
                target = f"{number}.{attempt}"
                found, old = _tried(once, effect(target, pending), pending, result, index_of)
            except (AdminError, WixAuthError) as error:
                if not results:
                    raise
                ended = error
                break
            attempt += 1
            tries += not old
            tried, pending = pending, []
            for each, came in zip(tried, found, strict=True):
                results[came.index] = came
                if came.status == "done":
                    results[came.index] = then(each, came)
                    old = old and once.replayed
                elif came.status == "left":
                    pending.append(each)
            replayed.append(old)
        if len(results) - told >= PROGRESS_ITEMS or number == len(chunks) - 1:
            told = len(results)
            logger.info(log_as, extra={"itemsSeen": told, "itemsInAll": total})
    once.replayed = bool(replayed) and all(replayed) and ended is None
    reason = ended or UnfinishedError("Not reached yet")
    return [
        results.get(index_of(each)) or _failed(result, index_of(each), "left", reason)
        for chunk in chunks
        for each in chunk
    ]


def _tried[I, R: ItemResult](
    once: Once,
    effect: Effect[BatchReceipt[R]],
    items: Sequence[I],
    result: type[R],
    index_of: Callable[[I], int],
) -> tuple[list[R], bool]:
    """Make one call; return what became of each item, and whether an earlier request made it.

    The record of an earlier request has other items than these only if they were cut for another
    catalog then. What became of them stands in other records, so they are left alone.
    """

    def all_of_them(status: Status, error: AdminError) -> list[R]:
        return [_failed(result, index_of(each), status, error) for each in items]

    try:
        receipt = once.make(effect)
    except WithheldError:
        return [result(index=index_of(each), status="planned") for each in items], False
    except OutcomeUnknownError as error:
        return all_of_them("unknown", error), False
    except (WixRequestError, RefusedError, InputError) as error:
        if isinstance(error, WixRequestError) and error.of_read:
            raise  # the items were not even tried
        return all_of_them("refused", error), error.replayed
    known = {each.index: each for each in receipt.results}
    elsewhere = OutcomeUnknownError(
        "An earlier try with this key was made on the site's former catalog: look at the site"
    )
    found = [known.get(each.index, each) for each in all_of_them("unknown", elsewhere)]
    return [_advised(each, once) for each in found], once.replayed


def _advised[R: ItemResult](item: R, once: Once) -> R:
    """Say of an item that may have been done what to do about it."""
    if item.status != "unknown" or item.error is None:
        return item
    detail = f"{item.error.detail}. {once.advice}"
    return item.model_copy(update={"error": item.error.model_copy(update={"detail": detail})})


def summed[R: ItemResult, A: BatchAnswer[Any]](
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
        each.model_copy(update={"error": each.error.told(MAX_WORDS)}) if each.error else each
        for each in ordered
    ]
    counts = {
        status: sum(each.status == status for each in ordered)
        for status in ("done", "refused", "unknown", "left")
    }
    complete = not counts["left"] and not counts["unknown"]
    return answer.model_validate({"results": ordered, **counts, "complete": complete})


def _error_of(reason: ItemError, status: Status, once: Once) -> AdminError:
    kinds: dict[Status, type[AdminError]] = {
        "unknown": OutcomeUnknownError,
        "left": UnfinishedError,
    }
    told = reason.told().detail
    error = kinds.get(status, RefusedError)(
        reason.detail,
        code=reason.code,
        wix_code=reason.wix_code,
        violations=[Violation(reason.field or "", told)]
        if reason.field or told != reason.detail
        else (),
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


def _goes_on(wix: WixClient, tries: int, rounds: int) -> bool:
    """Wait before the next round, if there is one and time for it."""
    pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (tries - 1))
    return tries < rounds and wix.pause(pause)
