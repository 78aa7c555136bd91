"""The three ways a call comes in, each with its own way to ask and to answer.

A door reads its event, says who asks, and turns the outcome into what its caller understands.
What a call means is the same at all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from wix_admin.models import Json

MARGIN_SECONDS = 2.0
"""Kept from the time until nobody waits for the answer, to write down what happened and to give it.
"""

GIVE_SECONDS = 0.3
"""The part of it that is for giving the answer."""


class LambdaContext(Protocol):
    """The part of Lambda's context object that the doors use."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends this invocation."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and how far that is known.

    Attributes:
        trust: `verified` by IAM at the API, `asserted` by the source of an event, or `unknown`:
            whoever may invoke the function.
        name: The role or user, or the source of the event.
    """

    trust: Literal["verified", "asserted", "unknown"]
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request for an action, however it came.

    What the caller wrote is read by whoever acts on it, so that a request that cannot be read is
    counted and logged like any other that fails.

    Attributes:
        door: The door it came through.
        input: Reads the caller's input, path parameters included, not yet validated.
        key: Reads the caller's idempotency key.
        caller: Who asks.
        deadline: When the answer must be ready, in seconds since the epoch.
        lease_until: When the invocation is surely over, in seconds since the epoch.
        request_id: The id that the caller can quote and our logs have.
        invocation_id: Lambda's id, which the runtime's own log lines have.
    """

    door: Literal["http", "event", "direct"]
    input: Callable[[], Json]
    key: Callable[[], str | None]
    caller: Caller
    deadline: float
    lease_until: float
    request_id: str
    invocation_id: str

    @property
    def over_at(self) -> float:
        """Until when what happened may be written down, in seconds since the epoch."""
        return self.deadline + MARGIN_SECONDS - GIVE_SECONDS


@dataclass(frozen=True, slots=True)
class Done:
    """What an action answered.

    Attributes:
        answer: The JSON for the caller.
        replayed: Whether it is the stored answer of an earlier request.
    """

    answer: Json
    replayed: bool


type Perform = Callable[[Call], Done]
"""Does what a call asks for; raises `AdminError` or `WixAuthError`, having logged it."""
