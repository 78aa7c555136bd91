"""Calling actions the way their callers do."""

import importlib
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests import template

CALLER = "arn:aws:sts::123456789012:assumed-role/StorefrontBackend/session"


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
    """The handler of `<area>/<action>`."""
    return importlib.import_module(f"functions.{action.replace('/', '.')}").handler


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
    method, route = _routes()[action].split("/", 1)
    names = re.findall(r"\{(\w+)\}", route)
    headers = {"Idempotency-Key": key} if key is not None else {}
    text = None if body is None else json.dumps(body)
    return {
        "httpMethod": method,
        "resource": f"/{route}",
        "path": f"/{route}",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "pathParameters": dict.fromkeys(names, target) if target is not None else None,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "identity": {"userArn": CALLER},
        },
        "body": text if raw is None else raw,
        "isBase64Encoded": False,
    }


def call(action: str, body: Any = None, *, seconds: float = 30, **request: Any) -> Reply:
    """Send an HTTP request, described as for `http_event`, with so much left of the invocation."""
    event = http_event(action, body, **request)
    answer = handler_of(action)(event, Context(seconds))
    return Reply(answer["statusCode"], json.loads(answer["body"]), answer["headers"])


def invoke(action: str, event: Any, *, seconds: float = 30) -> Any:
    """Invoke a function directly, or with an event of AWS."""
    return handler_of(action)(event, Context(seconds))


@cache
def _routes() -> dict[str, str]:
    return template.routes()
