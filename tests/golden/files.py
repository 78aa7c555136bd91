"""What is written down, one file for each action."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

WIDTH = 140


def file_of(action: str) -> Path:
    """The file of `<area>/<action>`."""
    return FOLDER / f"{action}.json"


def files() -> set[Path]:
    """All files that there are."""
    return set(FOLDER.glob("*/*.json"))


def as_text(value: Any) -> str:
    """Write JSON so that it can be read: what fits into a line is one."""
    return "".join(_lines(value, "", "")) + "\n"


def _lines(value: Any, name: str, indent: str) -> Iterator[str]:
    line = name + json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= WIDTH or not isinstance(value, dict | list) or not value:
        yield line
        return
    parts = (
        [(f"{json.dumps(key)}: ", each) for key, each in value.items()]
        if isinstance(value, dict)
        else [("", each) for each in value]
    )
    opens, closes = "{}" if isinstance(value, dict) else "[]"
    deeper = indent + "  "
    yield name + opens
    for number, (key, each) in enumerate(parts):
        yield ("," if number else "") + "\n" + deeper
        yield from _lines(each, key, deeper)
    yield f"\n{indent}{closes}"
