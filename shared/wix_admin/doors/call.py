"""What goes through every door: a call on its way in, and its outcome on the way out.

A door is a module with two functions: `read` makes a call of Lambda's event, and `answer` turns
the outcome into what its caller understands. What a call means is the same at all of them.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from wix_admin.errors import AdminError
from wix_admin.models import Json
from wix_auth import WixAuthError

MARGIN_SECONDS = 2.0
"""Kept from the time until nobody waits for the answer, to write down what happened and to give it.
"""

GIVE_SECONDS = 0.3
"""The part of it that is for giving the answer."""

FAULT = "A fault of ours: the log has it under this request id"
"""All that anybody but the log is told of an unexpected failure."""


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

    What of it cannot be read is here as the error, which whoever needs that part raises: so a
    request that cannot be read is counted and logged like any other that fails.

    Attributes:
        door: The door it came through.
        input: The caller's input, path parameters included, not yet validated.
        key: The caller's idempotency key, if there is one.
        caller: Who asks.
        began_at: When reading it began, by the monotonic clock, in seconds.
        deadline: When the answer must be ready, in seconds since the epoch.
        lease_until: When the invocation is surely over, in seconds since the epoch.
        request_id: The id that the caller can quote and our logs have.
        invocation_id: Lambda's id, which the runtime's own log lines have.
    """

    door: Literal["http", "event", "direct"]
    input: Json | Exception
    key: str | Exception | None
    caller: Caller
    began_at: float
    deadline: float
    lease_until: float
    request_id: str
    invocation_id: str

    @property
    def over_at(self) -> float:
        """Until when what happened may be written down, in seconds since the epoch."""
        return self.deadline + MARGIN_SECONDS - GIVE_SECONDS


def part_of[T](part: T | Exception) -> T:
    """Return a part of a call, or raise why it cannot be read."""
    if isinstance(part, Exception):
        raise part
    return part


@dataclass(frozen=True, slots=True)
class Done:
    """What an action answered.

    Attributes:
        answer: The JSON for the caller.
        replayed: Whether it is the stored answer of an earlier request.
    """

    answer: Json
    replayed: bool


type Outcome = Done | AdminError | WixAuthError
"""What came of a call, logged already: an answer, or why there is none."""
