"""How the demo speaks: numbered chapters, and claims that must hold."""

import itertools

_chapters = itertools.count(1)


class UntoldError(Exception):
    """A step did not go as the story says."""


def says(what: str) -> None:
    """Begin the next chapter."""
    print(f"\n{next(_chapters):2}. {what}", flush=True)


def shows(what: str) -> None:
    """Tell what was asked or answered."""
    print(f"    {what}", flush=True)


def holds(what: str, true: bool) -> None:  # noqa: FBT001 - a claim and whether it holds
    """Claim something.

    Raises:
        UntoldError: If it is not so.
    """
    if not true:
        raise UntoldError(f"    ✗ not so: {what}")
    print(f"    ✓ {what}", flush=True)
