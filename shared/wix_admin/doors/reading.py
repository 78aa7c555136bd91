"""What the doors have in common: reading JSON and keys that anybody may have written."""

import json
import re
import time
from collections.abc import Callable
from typing import Literal

from wix_admin.doors.call import MARGIN_SECONDS, Call, Caller, LambdaContext
from wix_admin.errors import InputError
from wix_admin.models import Json

LEASE_MARGIN_SECONDS = 5.0

MAX_DEPTH = 64
"""How many levels JSON may have; with many more it can be read, but not be written. The webhook
layer, which stands alone, has its own for what it publishes."""

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
    if not _is_shallow(value, MAX_DEPTH):
        raise InputError.of("", f"Send the {part} as JSON with at most {MAX_DEPTH} levels")
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


def attempt[T](read: Callable[[], T]) -> T | Exception:
    """Read a part of a call; return why, if it cannot be read."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001  # a fault of ours is counted and logged, too
        return error


def call_of(
    given: object,
    part: str,
    door: Literal["event", "direct"],
    caller: Caller,
    context: LambdaContext,
) -> Call:
    """Make a call of an input that has the idempotency key inside it.

    Args:
        given: What the caller sent.
        part: What part of the request it is, as its caller calls it.
        door: The door that it came through.
        caller: Who asks.
        context: Lambda's context.
    """
    began_at = time.monotonic()
    deadline, lease_until = times(context)
    return Call(
        door=door,
        input=attempt(lambda: _without_key(object_of(given, part))),
        key=attempt(lambda: _key_beside(given)),
        caller=caller,
        began_at=began_at,
        deadline=deadline,
        lease_until=lease_until,
        request_id=context.aws_request_id,
        invocation_id=context.aws_request_id,
    )


def _without_key(given: Json) -> Json:
    return {name: value for name, value in given.items() if name != KEY_FIELD}


def _key_beside(given: object) -> str | None:
    return key_in(given.get(KEY_FIELD), KEY_FIELD) if isinstance(given, dict) else None
