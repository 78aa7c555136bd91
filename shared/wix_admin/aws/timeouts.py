"""How long AWS is waited for: no try begins that may outlast whoever waits for the answer."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import time
from typing import Literal

from botocore.config import Config
from botocore.exceptions import BotoCoreError

_over_at: ContextVar[float] = ContextVar("over_at", default=math.inf)


class TooLateError(BotoCoreError):
    """Too little time was left to try; if it was not the first try, that one got no answer."""

    fmt = "Too little time was left to try"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long one service is waited for.

    Attributes:
        connect_seconds: For a connection.
        read_seconds: For the answer.
        tries: How many times it is asked at most.
        pause_seconds: The longest that botocore waits between two tries.
        mode: botocore's way to choose that pause.
    """

    connect_seconds: float
    read_seconds: float
    tries: int
    pause_seconds: float
    mode: Literal["legacy", "standard"]

    def client_config(self) -> Config:
        """Return it as botocore takes it."""
        return Config(
            connect_timeout=self.connect_seconds,
            read_timeout=self.read_seconds,
            retries={"mode": self.mode, "total_max_attempts": self.tries},
        )

    def check_before_trying(self, **_: object) -> None:
        """Refuse a try that may take, with the pause after it, beyond what `until` was given.

        A handler of botocore's event `request-created`, which there is for each try.

        Raises:
            TooLateError: If too little time is left.
        """
        longest = self.connect_seconds + self.read_seconds + self.pause_seconds
        if time() + longest > _over_at.get():
            raise TooLateError


LEDGER = Timeouts(connect_seconds=0.5, read_seconds=0.9, tries=4, pause_seconds=0.2, mode="legacy")
"""One try fits between a call's deadline and its answer. DynamoDB answers in milliseconds, and in
this mode pauses of 0.05, 0.1 and 0.2 seconds are all there is."""

OTHERS = Timeouts(
    connect_seconds=2.0, read_seconds=3.0, tries=3, pause_seconds=2.0, mode="standard"
)


@contextmanager
def until(over_at: float) -> Iterator[None]:
    """Begin no try in this block that may take longer, in seconds since the epoch."""
    token = _over_at.set(over_at)
    try:
        yield
    finally:
        _over_at.reset(token)
