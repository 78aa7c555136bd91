"""Spans of wall-clock time, for what holds only for a while."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time that ends early if the clock is put back.

    By the wall clock, as the monotonic one may stand still while Lambda freezes the process.

    Args:
        began: When, in seconds since the epoch.
        seconds: How long it lasts.
    """

    began: float
    seconds: float

    def holds(self, now: float) -> bool:
        """Tell whether it lasts at a moment, in seconds since the epoch."""
        return 0 <= now - self.began < self.seconds


NO_SPAN = Span(0.0, 0.0)
