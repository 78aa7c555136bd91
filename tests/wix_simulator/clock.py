"""Time and ids: both can be steered, so that a run can be repeated."""

import random
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal


class Clock:
    """The simulator's time: a given clock, plus what tests moved it forward by."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now() + self._ahead

    def outside(self) -> float:
        """The given clock's time, in seconds since the epoch, however far tests are ahead of it."""
        return self._now()

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def stamp(self) -> str:
        """Now, as Wix writes it."""
        return written(self.now())


class Ids:
    """GUIDs that are the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made to be predictable

    def guid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))


def written(seconds: float, *, decimals: Literal[3, 6] = 3) -> str:
    """An instant in UTC with milliseconds, or with microseconds as events have it."""
    moment = datetime.fromtimestamp(round(seconds, decimals), UTC)
    timespec = "milliseconds" if decimals == 3 else "microseconds"
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def seconds_of(stamp: str) -> float:
    """The instant that an RFC 3339 text names.

    Raises:
        ValueError: If the text is no instant, or has no offset.
    """
    moment = datetime.fromisoformat(stamp)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return moment.timestamp()
