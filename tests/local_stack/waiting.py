"""Waits for what comes by itself, for as long as it may take and no longer."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 30


def wait_for[T](look: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """Look again and again until there is something; returns it.

    Args:
        look: Returns what it sees; anything false means not yet.
        seconds: How long to go on.

    Raises:
        TimeoutError: If it did not come, naming what was seen last.
    """
    until = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > until:
            raise TimeoutError(f"Not within {seconds:g} s; the last look showed {seen!r}")
        time.sleep(0.05)
    return seen
