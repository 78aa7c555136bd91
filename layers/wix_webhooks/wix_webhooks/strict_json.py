"""JSON objects, read without the liberties that Python's reader takes."""

import json
import math
from typing import Any

type Json = dict[str, Any]

MAX_DEPTH = 64
"""Levels of objects and lists in what is published; Wix's deepest entities have about ten."""


def read_object(value: object) -> Json | None:
    """Read a JSON object out of its text, or take it as it is if it has been read already.

    Returns:
        None for anything else, and for JSON that other readers may understand differently: names
        given twice, numbers beyond a double's range, NaN.
    """
    if isinstance(value, bytes | str):
        try:
            text = value.decode() if isinstance(value, bytes) else value
            value = json.loads(
                text,
                object_pairs_hook=_object,
                parse_constant=_refuse,
                parse_float=_number,
                parse_int=_whole_number,
            )
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def is_publishable(value: Json) -> bool:
    """Tell whether JSON, as `read_object` gives it, may be encoded as UTF-8 and is not too deep."""
    nested: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        nested = [
            child
            for parent in nested
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
    if nested:
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError
    return made


def _refuse(_constant: str) -> None:
    raise ValueError


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError
    return number


def _whole_number(text: str) -> int:
    _number(text)
    return int(text)
