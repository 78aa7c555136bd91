"""Calling the orders actions the way their callers do."""

import importlib
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.wix_simulator import WixSimulator
from tests.wix_simulator.journal import RecordedRequest
from wix_admin.process import effects_table

ROUTES = {
    "get_order": ("GET", "/orders/{orderId}"),
    "query_orders": ("POST", "/orders/query"),
    "update_order": ("PATCH", "/orders/{orderId}"),
    "cancel_order": ("POST", "/orders/{orderId}/cancel"),
    "refund_order": ("POST", "/orders/{orderId}/refunds"),
    "fulfill_order": ("POST", "/orders/{orderId}/fulfillments"),
    "record_payment": ("POST", "/orders/{orderId}/payments"),
}

CALLER = "arn:aws:sts::123456789012:assumed-role/StorefrontBackend/session"


class Context:
    """Lambda's context of one invocation."""

    function_name = "orders"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:orders"

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
    return importlib.import_module(f"functions.orders.{action}").handler


def http_event(
    action: str,
    body: Any = None,
    *,
    order_id: str | None = None,
    key: str | None = None,
    raw: str | None = None,
) -> dict[str, Any]:
    method, route = ROUTES[action]
    text = raw if raw is not None else None if body is None else json.dumps(body)
    headers = {"Idempotency-Key": key} if key is not None else {}
    return {
        "httpMethod": method,
        "resource": route,
        "path": route,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "pathParameters": None if order_id is None else {"orderId": order_id},
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "identity": {"userArn": CALLER},
        },
        "body": text,
        "isBase64Encoded": False,
    }


def call(
    action: str,
    body: Any = None,
    *,
    order_id: str | None = None,
    key: str | None = None,
    raw: str | None = None,
    seconds: float = 30,
) -> Reply:
    """Send an HTTP request."""
    event = http_event(action, body, order_id=order_id, key=key, raw=raw)
    answer = handler_of(action)(event, Context(seconds))
    return Reply(answer["statusCode"], json.loads(answer["body"]), answer["headers"])


def invoke(action: str, event: Any) -> Any:
    """Invoke a function directly, or with an event of AWS."""
    return handler_of(action)(event, Context())


def api_calls(wix: WixSimulator, path: str = "/ecom/*") -> list[RecordedRequest]:
    """What was asked of Wix, the token endpoint left out."""
    return wix.requests(path=path)


def later(seconds: float) -> None:
    """Let time pass for the effects table."""
    effects_table().now = lambda: time.time() + seconds
