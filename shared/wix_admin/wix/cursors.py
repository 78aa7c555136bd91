"""One opaque cursor for callers, whatever paging Wix uses underneath."""

import base64
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from wix_admin.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

type Place = DataclassInstance
"""A place in a list of which Wix keeps no cursor, with all that it must be told again."""

SEND_AS_IT_WAS = "Send the cursor of the last answer as it was, or leave it out"

MAX_LENGTH = 24_000
"""Wix's own cursors have up to 16,000 characters."""


def seal(operation: str, position: str) -> str:
    """Wrap Wix's position in a list, so that it only continues the list it came from."""
    text = json.dumps({"v": 1, "of": operation, "at": position}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unseal(operation: str, cursor: str) -> str:
    """Return Wix's position from a cursor of ours.

    Raises:
        InputError: If it is not a cursor that this operation gave out.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        wrapped: Any = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        wrapped = None
    if isinstance(wrapped, dict) and wrapped.get("v") == 1 and wrapped.get("of") == operation:
        position = wrapped.get("at")
        if isinstance(position, str) and position:
            return position
    raise InputError.of("cursor", SEND_AS_IT_WAS)


def seal_place(operation: str, place: Place) -> str:
    """Wrap a place in a list, so that it only continues the list it came from.

    Raises:
        InputError: If the filter is too long to be carried on.
    """
    cursor = seal(operation, json.dumps(asdict(place), separators=(",", ":")))
    if len(cursor) > MAX_LENGTH:
        raise InputError.of("filter", "Send a shorter filter: each cursor has to hold it")
    return cursor


def unseal_place[P: Place](operation: str, cursor: str, kind: type[P]) -> P:
    """Return the place in a cursor; anybody may have written that, so every field is checked.

    Raises:
        InputError: If it is not a cursor that this operation gave out.
    """
    text = unseal(operation, cursor)
    try:
        return TypeAdapter(kind).validate_json(text, strict=True, extra="forbid")
    except ValueError:
        raise InputError.of("cursor", SEND_AS_IT_WAS) from None
