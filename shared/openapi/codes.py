"""Which problems each action answers callers over HTTP with, as the tests have recorded it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

CODES = Path(__file__).with_name("codes.json")

type Codes = Mapping[str, set[str]]


def listed_codes() -> dict[str, set[str]]:
    """Read what codes each action is said to answer with; a new one has none yet."""
    listed: dict[str, list[str]] = json.loads(CODES.read_text())
    return defaultdict(set, {action: set(codes) for action, codes in listed.items()})


def as_text(codes: Codes) -> str:
    """Write codes the way they are checked in: one line for each action."""
    lines = (f"  {json.dumps(action)}: {json.dumps(sorted(codes[action]))}" for action in codes)
    return "{\n" + ",\n".join(sorted(lines)) + "\n}\n"
