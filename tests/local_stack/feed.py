"""What happens in the local stack, a line for each call, event and outcome, as it happens."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.local_stack.terminal import GREEN, RED, styled

LOOK_EACH_SECONDS = 0.2
PATH_PARAMETER = re.compile(r"\{\w+\}")
GOOD = frozenset({"done", "replayed", "publish"})


def follow(log: Path, sleep: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """Yield, without end, what is written into the stand-in's log from now on, to be read."""
    with log.open(errors="replace") as file:
        file.seek(0, os.SEEK_END)
        begun = ""
        while True:
            begun += file.readline()
            if not begun.endswith("\n"):
                sleep(LOOK_EACH_SECONDS)
                continue
            if text := readable(begun):
                yield f"{time.strftime('%H:%M:%S')}  {text}"
            begun = ""


def readable(line: str) -> str | None:
    """Return what a line of the stand-in's log says: names, codes and seconds, and no ids.

    Returns:
        None for a line of another kind.
    """
    match _json(line):
        case {"call": call, "status": status, "seconds": seconds, "caller": caller} as entry:
            replayed = " replayed" if entry["replayed"] else ""
            answer = _coloured(status, good=status < 400) + replayed
            parts = [PATH_PARAMETER.sub("…", call), answer, f"{seconds:.2f} s", caller]
        case {"event": event, "source": source} if source != "wix":
            parts = ["event", event, f"from {source}"]
        case {"level": _, "verdict": verdict} as entry:
            about = entry.get("eventType") or entry.get("reason")
            parts = ["webhook", _coloured(verdict, good=verdict in GOOD), about]
        case {"level": _, "action": _, "outcome": outcome} as entry if entry["door"] != "http":
            asked, seconds = entry["caller"]["name"], entry["milliseconds"] / 1000
            done = _coloured(outcome, good=outcome in GOOD)
            parts = [f"{asked} -> {entry['action']}", done, f"{seconds:.2f} s"]
        case {"level": _, "leftAlone": reason}:
            parts = ["order left alone", reason]
        case _:
            return None
    return "  ".join(filter(None, parts))


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _coloured(what: object, *, good: bool) -> str:
    return styled(str(what), GREEN if good else RED)
