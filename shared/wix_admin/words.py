"""Words for callers who made a mistake; imported when somebody did."""

import difflib
from collections.abc import Iterable

LONGEST = 100
"""How much of a mistaken name is compared."""


def nearest(given: str, known: Iterable[str]) -> str | None:
    """Return the known name that a mistaken one most resembles, if any does."""
    names = {each.lower(): each for each in known}
    found = difflib.get_close_matches(given[:LONGEST].lower(), names, n=1)
    return names[found[0]] if found else None
