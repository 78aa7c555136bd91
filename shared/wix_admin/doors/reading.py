"""What the doors have in common: reading JSON and keys that anybody may have written."""

import json
import re
import time

from wix_admin.doors.call import MARGIN_SECONDS, LambdaContext
from wix_admin.errors import InputError
from wix_admin.models import Json

LEASE_MARGIN_SECONDS = 5.0

MAX_LEVELS = 64
"""How deep JSON may be nested; much deeper ones can be read, but not be written."""

KEY_FIELD = "idempotencyKey"
"""Where the key stands in an input that comes without headers."""

KEY = re.compile(r'"(?P<quoted>[\x21\x23-\x7e]{1,255})"|(?P<bare>[\x21\x23-\x7e]{1,255})')


def object_in(text: str) -> Json:
    """Read a JSON object from text.

    Raises:
        InputError: If it is not one.
    """
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError.of("", "Send the body as JSON in UTF-8") from None
    return object_of(value, "body")


def object_of(value: object, part: str) -> Json:
    """Return a value that must be a JSON object, and one that can be sent on.

    Args:
        value: What the caller sent.
        part: What part of the request it is, as its caller calls it.

    Raises:
        InputError: If it is something else.
    """
    if not isinstance(value, dict):
        raise InputError.of("", f"Send the {part} as a JSON object")
    if not _is_shallow(value, MAX_LEVELS):
        raise InputError.of("", f"Send the {part} as JSON with at most {MAX_LEVELS} levels")
    try:
        # Half a surrogate pair and a number without end can be read, but not be written.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        raise InputError.of("", f"Send the {part} as JSON in UTF-8, with finite numbers") from None
    return value


def _is_shallow(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inner)


def key_in(value: object, field: str, *, header: str | None = None) -> str | None:
    """Read an idempotency key; quoted (a structured field's string) and bare are equal.

    Args:
        value: What the caller sent.
        field: The field of the input where it stands; empty for a header.
        header: The header where it stands.

    Raises:
        InputError: If it is not 1 to 255 visible ASCII characters.
    """
    if value is None:
        return None
    match = KEY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise InputError.of(
            field, "Send 1 to 255 visible ASCII characters, such as a UUID", header=header
        )
    return match["quoted"] or match["bare"]


def times(context: LambdaContext) -> tuple[float, float]:
    """Return until when to answer and when the invocation is surely over (epoch seconds)."""
    over = time.time() + context.get_remaining_time_in_millis() / 1000
    return over - MARGIN_SECONDS, over + LEASE_MARGIN_SECONDS


def input_beside_key(given: object, part: str) -> Json:
    """Return an input without the idempotency key that came inside it.

    Args:
        given: What the caller sent.
        part: What part of the request it is, as its caller calls it.

    Raises:
        InputError: If it is not a JSON object.
    """
    return {name: value for name, value in object_of(given, part).items() if name != KEY_FIELD}


def key_beside_input(given: object) -> str | None:
    """Return the idempotency key that came inside an input.

    Raises:
        InputError: If it is not a usable key.
    """
    return key_in(given.get(KEY_FIELD), KEY_FIELD) if isinstance(given, dict) else None
