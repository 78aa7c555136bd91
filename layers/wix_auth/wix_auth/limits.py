"""A limit for the whole of a request: connecting, sending, and every read of its answer.

httpx limits each read by itself, so an answer that drips, a byte at a time, would never end. Here
each step has what is left of the whole, on the level of the connection, whoever reads the answer.
"""

from collections.abc import Callable
from typing import Final, Self

import httpx

TIME_LIMIT: Final = "wix_auth.time_limit"
"""The request's extension that says how many seconds it may take in all: a function without
arguments, which is called when the request starts."""


class Step(float):
    """The seconds that one step of a request may take, and how many are left of the whole.

    To httpx and httpcore it is a number like any other, which they hand on to the connection.
    """

    _whole: Callable[[], float]

    def __new__(cls, seconds: float, whole: Callable[[], float]) -> Self:
        """Make a step of so many seconds; `whole` tells how many are left of all."""
        step = super().__new__(cls, seconds)
        step._whole = whole
        return step

    def left(self) -> float:
        """Return the seconds that the step may take if it begins now; 0 or less if none."""
        return min(float(self), self._whole())


def limit(request: httpx.Request, now: Callable[[], float]) -> None:
    """Start the time of a request: it may take what it says, else the sum of its timeouts.

    Args:
        request: What is about to be sent, on connections that know a `Step`.
        now: A clock, in seconds.
    """
    timeouts = request.extensions.get("timeout", {})
    told = request.extensions.get(TIME_LIMIT)
    if told is None and (not timeouts or None in timeouts.values()):
        return
    seconds: float = sum(timeouts.values()) if told is None else told()
    ends_at = now() + seconds

    def left() -> float:
        return ends_at - now()

    steps = {
        name: Step(seconds if (own := timeouts.get(name)) is None else min(own, seconds), left)
        for name in ("connect", "read", "write", "pool")
    }
    request.extensions = {**request.extensions, "timeout": steps}
