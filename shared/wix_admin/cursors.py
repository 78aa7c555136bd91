"""One opaque cursor for callers, whatever paging Wix uses underneath."""

import base64
import json
from typing import Any

from wix_admin.errors import InputError

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
    raise InputError.of("cursor", "Send the cursor of the last answer as it was, or leave it out")
