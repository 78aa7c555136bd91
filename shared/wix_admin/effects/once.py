"""Makes a change once, whatever dies when, and finds out what a lost answer was.

An effect says how to check, send and read back; `Once` decides which of these is due, from what
the effects table remembers. Without an idempotency key nothing is remembered, and a lost answer
is still looked for at Wix.
"""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from wix_admin.aws.telemetry import logger
from wix_admin.effects.ledger import EffectsTable, Item, Scope, State
from wix_admin.errors import (
    AdminError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    RefusedError,
    StillRunningError,
    Violation,
    WixRequestError,
)
from wix_admin.models import Answer, Json
from wix_auth import WixAuthError

SAME_KEY = "Ask again with the same key: with another one it may be done twice"
NO_KEY = "No key was sent: look at Wix before you ask again, or it may be done twice"

SETTLE_SECONDS = 300.0
"""How long after a call Wix may still be carrying it out, unseen. Wix publishes no such limit; its
gateways give up long before."""


class Receipt(Answer):
    """What a change gives back: ids, amounts and states, small enough to be remembered whole."""

    def state(self) -> State:
        """Return `settled`, or `accepted` while Wix has not finished, or `failed`."""
        return "settled"


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that was made, or is about to be.

    Attributes:
        reference: Our mark on it, the same for every attempt with one key.
        at: When it was made, in seconds since the epoch.
        before: What `check` saw just before.
        settled: Whether that is so long ago that Wix is surely not at work on it any more.
    """

    reference: str
    at: float
    before: Json
    settled: bool = False


class Effect[R: Receipt](ABC):
    """One change to the shop, or what else must happen once.

    Attributes:
        name: What it does, as the ledger has it: the operation's name if it is a call to Wix.
        receipt: The class of its receipt.
        target: The id of what it changes.
    """

    name: ClassVar[str]
    receipt: type[R]
    target: str

    @abstractmethod
    def check(self) -> Json:
        """Read the shop and refuse what cannot work, having changed nothing.

        Returns:
            Ids and amounts to judge a lost answer by.

        Raises:
            AdminError: If the change cannot be made.
        """

    @abstractmethod
    def send(self, sent: Sent) -> R:
        """Make the change, with one call.

        Raises:
            WixRequestError: If Wix refused it for good.
            OutcomeUnknownError: If it was sent and no clear answer came.
            AdminError: If it never left us.
        """

    @abstractmethod
    def read_back(self, sent: Sent) -> R | None:
        """Find out at Wix what became of the change.

        Returns:
            Its receipt, or None if Wix shows that it did not happen.

        Raises:
            OutcomeUnknownError: If Wix shows neither clearly.
            AdminError: If Wix could not be asked.
        """

    def rehearse(self, sent: Sent) -> R:
        """Do what `send` does with a client that sends no change.

        One that makes several calls, each with what the last one answered, names them all here.

        Returns:
            The receipt, if there is nothing to change.

        Raises:
            WithheldError: When it comes to a change.
        """
        return self.send(sent)

    def failure(self, receipt: R) -> AdminError:
        """Describe a receipt whose state is `failed`."""
        del receipt
        return RefusedError("Wix took the request and then failed to carry it out")


@dataclass(slots=True)
class Once:
    """Makes the effects of one request, each once.

    Attributes:
        table: The ledger; None without a key.
        site_id: The site that it is for.
        key: The caller's idempotency key, or None.
        request_hash: The fingerprint of the request.
        lease_until: When this invocation is surely over, in seconds since the epoch.
        rehearses: Whether nothing may be sent or written down.
        replayed: Whether the last answer is that of an earlier request.
    """

    table: EffectsTable | None
    site_id: str
    key: str | None
    request_hash: str
    lease_until: float
    rehearses: bool = False
    replayed: bool = False

    def make[R: Receipt](self, effect: Effect[R]) -> R:
        """Make the change, or answer with what was made of it before.

        Raises:
            KeyReusedError: If the key stands for another request.
            StillRunningError: If the same request is being worked on.
            LedgerUnavailableError: If nothing could be written down; nothing was sent.
            OutcomeUnknownError: If Wix may have done it: repeat with the same key only.
            WithheldError: If this is a rehearsal, which ends before anything is changed.
            AdminError: Whatever the effect raises.
        """
        try:
            return self._made(effect)
        except OutcomeUnknownError as lost:
            error = OutcomeUnknownError(
                f"{lost}. {self.advice}",
                retry_after=lost.retry_after,
                wix_request_id=lost.wix_request_id,
                wix_code=lost.wix_code,
            )
            error.has_key = self.key is not None
            raise error from lost

    @property
    def advice(self) -> str:
        """What to do about a change that may have been made."""
        return NO_KEY if self.key is None else SAME_KEY

    def _made[R: Receipt](self, effect: Effect[R]) -> R:
        key = self.key if self.table is not None or self.rehearses else None
        scope = Scope(self.site_id, effect.name, effect.target, key or secrets.token_hex(16))
        if self.rehearses:
            return effect.rehearse(Sent(_reference(scope), 0.0, effect.check()))
        if self.table is None or key is None:
            sent = Sent(_reference(scope), 0.0, effect.check())
            return _succeeded(effect, _send_or_find(effect, sent))
        work = _Work(effect, self.table, scope)
        item = self.table.claim(scope, self.request_hash, self.lease_until)
        self.replayed = item.state != "intended"
        match item.state:
            case "intended":
                return work.begin(item)
            case "sent" | "unknown":
                receipt = work.resolve(item)
                self.replayed = receipt is not None
                return receipt or work.begin(item)
            case "accepted":
                return work.refresh(item)
            case "settled":
                return effect.receipt.model_validate(item.outcome)
            case "failed":
                raise _recalled(item.outcome or {})


@dataclass(frozen=True, slots=True)
class _Work[R: Receipt]:
    """One effect, its place in the ledger, and the steps between them."""

    effect: Effect[R]
    table: EffectsTable
    scope: Scope

    def begin(self, item: Item) -> R:
        """Check, write down that it is sent, send it, write down what came of it."""
        try:
            before = self.effect.check()
            item = self.table.mark_sent(self.scope, item, before)
        except (AdminError, WixAuthError):
            self._free(item)
            raise
        sent = Sent(_reference(self.scope), item.sent_at, before)
        try:
            receipt = _send_or_find(self.effect, sent)
        except OutcomeUnknownError:
            self._note(lambda: self.table.leave_unknown(self.scope, item))
            raise
        except WixRequestError as refusal:
            outcome = _remembered(refusal)
            self._note(lambda: self.table.finish(self.scope, item, "failed", outcome))
            raise
        except (AdminError, WixAuthError):
            self._free(item)
            raise
        return self._conclude(item, receipt)

    def resolve(self, item: Item) -> R | None:
        """Find out what became of a call whose answer got lost.

        Returns:
            The receipt, or None if it may be made again: Wix shows that it did not happen.
        """
        settles_in = self._settles_in(item)
        try:
            receipt = self.effect.read_back(self._sent(item))
        except (AdminError, WixAuthError) as error:
            self._note(lambda: self.table.leave_unknown(self.scope, item))
            raise OutcomeUnknownError(
                f"An earlier try may have been carried out, and Wix does not tell: {error}",
                wix_request_id=error.wix_request_id,
                retry_after=error.retry_after,
            ) from error
        if receipt is not None:
            return self._conclude(item, receipt)
        if settles_in > 0:
            self._note(lambda: self.table.leave_unknown(self.scope, item))
            raise OutcomeUnknownError(
                "An earlier try is not seen at Wix yet, but may still be",
                retry_after=settles_in,
            )
        return None

    def refresh(self, item: Item) -> R:
        """Bring a change that Wix had not finished up to date."""
        stored = self.effect.receipt.model_validate(item.outcome)
        try:
            receipt = self.effect.read_back(self._sent(item))
        except (AdminError, WixAuthError) as error:
            logger.warning("Wix could not be asked again", extra={"error": type(error).__name__})
            return stored
        return self._conclude(item, receipt or stored)

    def _sent(self, item: Item) -> Sent:
        settled = self._settles_in(item) <= 0
        return Sent(_reference(self.scope), item.sent_at, item.before or {}, settled)

    def _settles_in(self, item: Item) -> float:
        return item.sent_at + SETTLE_SECONDS - self.table.now()

    def _conclude(self, item: Item, receipt: R) -> R:
        state = receipt.state()
        if state == "failed":
            outcome = _remembered(self.effect.failure(receipt))
        else:
            outcome = receipt.model_dump(mode="json", by_alias=True, exclude_none=True)
        self._note(lambda: self.table.finish(self.scope, item, state, outcome))
        return _succeeded(self.effect, receipt)

    def _free(self, item: Item) -> None:
        self._note(lambda: self.table.free(self.scope, item))

    def _note(self, write: Callable[[], None]) -> None:
        """Write to the ledger after the fact: what happened is answered even if this fails."""
        try:
            write()
        except (LedgerUnavailableError, StillRunningError) as error:
            logger.error(
                "The effects table missed an outcome; the same key will find it at Wix",
                extra={"error": type(error).__name__, "operation": self.scope.operation},
            )


def _reference(scope: Scope) -> str:
    return f"wa-{sha256(str(scope).encode()).hexdigest()[:16]}"


def _send_or_find[R: Receipt](effect: Effect[R], sent: Sent) -> R:
    """Send it; if the answer got lost, look at once whether Wix shows it."""
    try:
        return effect.send(sent)
    except OutcomeUnknownError as lost:
        try:
            receipt = effect.read_back(sent)
        except (AdminError, WixAuthError):
            raise lost from None
        if receipt is None:
            raise
        logger.warning("A lost answer was read back", extra={"operation": effect.name})
        return receipt


def _succeeded[R: Receipt](effect: Effect[R], receipt: R) -> R:
    if receipt.state() == "failed":
        raise effect.failure(receipt)
    return receipt


def _remembered(error: AdminError) -> Json:
    """Keep a refusal without the words that Wix or the caller wrote: its text has none of them."""
    return {
        "error": type(error).__name__,
        "code": error.code,
        "detail": str(error),
        "wixRequestId": error.wix_request_id,
        "wixCode": error.wix_code,
        "violations": [
            [each.field, each.detail] for each in error.violations if str(each) in str(error)
        ],
    }


def _recalled(outcome: Json) -> AdminError:
    kinds = {kind.__name__: kind for kind in _below(AdminError)}
    error = kinds.get(outcome.get("error", ""), WixRequestError)(
        outcome.get("detail", "Wix refused it"),
        code=outcome.get("code"),
        wix_request_id=outcome.get("wixRequestId"),
        wix_code=outcome.get("wixCode"),
        violations=[Violation(*each) for each in outcome.get("violations", [])],
    )
    error.replayed = True
    return error


def _below(kind: type[AdminError]) -> list[type[AdminError]]:
    return [each for sub in kind.__subclasses__() for each in (sub, *_below(sub))]
