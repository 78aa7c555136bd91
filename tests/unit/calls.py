"""Calling actions the way their callers do."""

import json
import time
import uuid
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from tests import events
from tests.actions import ACTIONS
from wix_admin.doors.action import AdminAction


class Context:
    """Lambda's context of one invocation."""

    function_name = "admin"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:admin"

    def __init__(self, seconds: float = 30) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self._over = time.time() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._over - time.time()) * 1000)


@dataclass(frozen=True)
class Reply:
    """What an HTTP caller got."""

    status: int
    json: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def replayed(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"

    @property
    def fields(self) -> list[str]:
        return [each["field"] for each in self.json.get("errors", [])]


def handler_of(action: str) -> Any:
    """The handler of `<area>/<action>`, which waits as these tests do."""
    handler: Any = ACTIONS[action].handler
    if not isinstance(handler, AdminAction):
        return handler
    ours = copy(handler)
    ours.sleep = wait
    return ours


def wait(seconds: float) -> None:
    """Wait. With a simulator, its clock goes on in place of ours (`conftest.wix`)."""
    time.sleep(seconds)


def http_event(
    action: str,
    body: Any = None,
    *,
    target: str | None = None,
    query: dict[str, str] | None = None,
    key: str | None = None,
    raw: str | None = None,
) -> dict[str, Any]:
    """What API Gateway makes of an HTTP request to `<area>/<action>`.

    Args:
        target: The value of the route's one path parameter.
        query: The query string.
        key: The idempotency key.
        raw: The body's text, instead of JSON.
    """
    called = ACTIONS[action]
    text = json.dumps(body) if raw is None and body is not None else raw
    path = dict.fromkeys(called.in_path, target) if target is not None else None
    return events.http_event(called, text, path=path, query=query, key=key)


def call(action: str, body: Any = None, *, seconds: float = 30, **request: Any) -> Reply:
    """Send an HTTP request, described as for `http_event`, with so much left of the invocation."""
    event = http_event(action, body, **request)
    answer = handler_of(action)(event, Context(seconds))
    return Reply(answer["statusCode"], json.loads(answer["body"]), answer["headers"])


def invoke(action: str, event: Any, *, seconds: float = 30) -> Any:
    """Invoke a function directly, or with an event of AWS."""
    return handler_of(action)(event, Context(seconds))
