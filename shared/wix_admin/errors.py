"""What can go wrong, one class per remedy.

* AdminError
    * InputError                  the caller's request is wrong: fix it
    * KeyReusedError              the idempotency key stands for another request: use a new one
    * StillRunningError           the same request is being worked on: ask again later
    * RefusedError                the shop's state does not allow it: look, then decide
    * UnfinishedError             a batch is done in part: repeat with the same key
    * WithheldError               a dry run got to what it must not send: no failure
    * OutOfTimeError              too little time was left to start: ask again
    * SettingsError               the function is set up wrongly: fix its environment
    * LedgerUnavailableError      our own memory cannot be reached: ask again later
    * UnpublishableError          our event bus takes no such event: look at what it holds
    * BusUnavailableError         our event bus cannot be reached: ask again later
    * QueueUnavailableError       a queue of ours cannot be reached: ask again later
    * ElevationError              a function called what it did not declare: a fault of ours
    * UnexpectedError             a fault of ours: read the log line with this request id
    * WixError                    something about a call to Wix, with Wix's request id
        * WixRequestError         Wix refused the request: fix it
            * WixNotFoundError
            * WixConflictError    it exists already, or has changed: read it again
            * WixStateError       its state, a policy or a quota forbids it
        * WixSetupError           the site lacks an app, or has another catalog: fix the site
        * WixPermissionError      Wix refused our credential: fix its permissions
        * WixUnavailableError     Wix is busy or broken: ask again later
        * OutcomeUnknownError     Wix may have done it: repeat with the same key only

The text of an error never holds a secret, personal data or words that Wix or the caller wrote;
those are only in `violations`, which go back to the caller and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, override

MAX_STEP = 100
"""How much of a name that a caller made up stands in a pointer, at most."""


def pointer(*path: str | int) -> str:
    """Write where something stands in a JSON document as a JSON Pointer (RFC 6901)."""
    return "".join(
        f"/{str(step)[:MAX_STEP].replace('~', '~0').replace('/', '~1')}" for step in path
    )


def out_of_service(said: str, reason: str, *, check: str) -> str:
    """Write what to do about a part of AWS that did not do its work.

    Args:
        said: What it did not do.
        reason: AWS's code for it, or the class of the SDK's error.
        check: What to look at if it lasts, besides the function's role.
    """
    return (
        f"{said} ({reason}): ask again later, and check {check} and the function's role if it lasts"
    )


def listed(names: Iterable[str], last: Literal["and", "or"] = "and") -> str:
    """Write one or more names into a sentence: `a, b and c`."""
    *most, end = names
    return f"{', '.join(most)} {last} {end}" if most else end


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one part of a request.

    Attributes:
        field: Where in the caller's input it stands, as a JSON Pointer, `/lines/0/quantity`; `""`
            is the input as a whole.
        detail: What to do about it, as a whole sentence.
        header: The header that it is about, if it is not about the input.
    """

    field: str
    detail: str
    header: str | None = None

    @override
    def __str__(self) -> str:
        """Say it to people: `lines.0.quantity: Send 1 or more`."""
        steps = (each.replace("~1", "/").replace("~0", "~") for each in self.field.split("/")[1:])
        name = self.header or ".".join(steps)
        return f"{name}: {self.detail}" if name else self.detail


@dataclass(frozen=True, slots=True)
class WixViolation(Violation):
    """What Wix says is wrong, in its own words, which may repeat what a person typed.

    Attributes:
        path: Where it stands in what Wix was sent, as Wix writes it; empty if it does not say.
    """

    path: str = ""


class AdminError(Exception):
    """A known failure of an admin action.

    Attributes:
        code: A row of the table in `problems.py`.
        violations: What is wrong, field by field.
        retry_after: Seconds after which asking again may help, if known.
        wix_request_id: Wix's id of the failed call, if one was made.
        wix_code: Wix's own code for the failure, if it gave one.
        replayed: Whether it is the outcome of an earlier request with the same key.
    """

    default_code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        violations: Sequence[Violation] = (),
        retry_after: float | None = None,
        wix_request_id: str | None = None,
        wix_code: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code or self.default_code
        self.violations = tuple(violations)
        self.retry_after = retry_after
        self.wix_request_id = wix_request_id
        self.wix_code = wix_code
        self.replayed = False

    @classmethod
    def of(
        cls,
        field: str,
        detail: str,
        *,
        header: str | None = None,
        code: str | None = None,
        wix_request_id: str | None = None,
        wix_code: str | None = None,
    ) -> Self:
        """Say what is wrong with one field, in the error's text, too.

        Args:
            field: The name of a field of the input, or a JSON Pointer to a part of one; `""` is
                the input as a whole. Never a name that a caller made up.
            detail: What to do about it, as a whole sentence without a word of the caller's.
            header: The header that it is about, if it is not about the input.
            code: As for the error itself.
            wix_request_id: As for the error itself.
            wix_code: As for the error itself.
        """
        place = field if not field or field.startswith("/") else pointer(field)
        violation = Violation(place, detail, header)
        return cls(
            str(violation),
            code=code,
            violations=[violation],
            wix_request_id=wix_request_id,
            wix_code=wix_code,
        )


class InputError(AdminError):
    """The caller's request is wrong."""

    default_code = "invalid_input"


class KeyReusedError(AdminError):
    """The idempotency key was used for a different request."""

    default_code = "idempotency_key_reused"


class StillRunningError(AdminError):
    """The same request is being worked on."""

    default_code = "still_running"


class RefusedError(AdminError):
    """The shop's state does not allow what was asked; nothing was sent to change it."""

    default_code = "not_possible_now"


class UnfinishedError(AdminError):
    """A batch is done in part, and what is left can be done by asking again."""

    default_code = "unfinished"


class WithheldError(AdminError):
    """A dry run got to a call that would change something; it was not sent."""


class OutOfTimeError(AdminError):
    """Too little time was left to start a call; it was not sent."""

    default_code = "out_of_time"


class SettingsError(AdminError):
    """The function's environment is incomplete or wrong."""

    default_code = "misconfigured"


class LedgerUnavailableError(AdminError):
    """The effects table cannot be reached, and nothing is done without it."""

    default_code = "ledger_unavailable"


class UnpublishableError(AdminError):
    """Our event bus takes no such event, now or later."""

    default_code = "unpublishable"


class BusUnavailableError(AdminError):
    """Our event bus did not take an event, or did not say so."""

    default_code = "bus_unavailable"


class QueueUnavailableError(AdminError):
    """A queue of ours cannot be reached."""

    default_code = "queue_unavailable"


class ElevationError(AdminError):
    """A function called an operation that it did not declare."""


class UnexpectedError(AdminError):
    """A fault of ours; the log has where."""


class WixError(AdminError):
    """A call to Wix did not give what it should.

    Attributes:
        of_read: Whether the call was only to read: then it says nothing of a change either.
    """

    of_read = False
    default_code = "wix_unavailable"


class WixRequestError(WixError):
    """Wix refused the request and did nothing."""

    default_code = "wix_refused"


class WixNotFoundError(WixRequestError):
    """Wix does not know the thing that was named."""

    default_code = "not_found"


class WixConflictError(WixRequestError):
    """It exists already, or has changed since it was read."""

    default_code = "conflict"


class WixStateError(WixRequestError):
    """The state of the thing, a policy or a quota of the site forbids it."""

    default_code = "wix_forbids"


class WixSetupError(WixError):
    """The site is not set up for this call, which did nothing."""

    default_code = "app_missing"


class WixPermissionError(WixError):
    """Wix refused our credential for this call."""

    default_code = "wix_permission_missing"


class WixUnavailableError(WixError):
    """Wix is busy, broken or unreachable, and did nothing or nothing that matters."""


class OutcomeUnknownError(WixError):
    """A call that may not be repeated was sent, and whether Wix did it is not known.

    Attributes:
        has_key: Whether the request has an idempotency key. Without one it must not be repeated
            blindly.
    """

    has_key = True
    default_code = "outcome_unknown"
