"""Calling the orders actions the way their callers do."""

import time
from typing import Any

from tests.actions import ROUTED
from tests.unit import calls
from tests.unit.calls import Context, Reply
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.journal import RecordedRequest
from wix_admin.process import effects_table

__all__ = ["ACTIONS", "Context", "Reply"]

ACTIONS = [action.stem for action in ROUTED if action.area == "orders"]


def handler_of(action: str) -> Any:
    return calls.handler_of(f"orders/{action}")


def http_event(
    action: str, body: Any = None, *, order_id: str | None = None, **request: Any
) -> dict[str, Any]:
    return calls.http_event(f"orders/{action}", body, target=order_id, **request)


def call(action: str, body: Any = None, *, order_id: str | None = None, **request: Any) -> Reply:
    """Send an HTTP request."""
    return calls.call(f"orders/{action}", body, target=order_id, **request)


def invoke(action: str, event: Any) -> Any:
    """Invoke a function directly, or with an event of AWS."""
    return calls.invoke(f"orders/{action}", event)


def api_calls(wix: WixSimulator, path: str = "/ecom/*") -> list[RecordedRequest]:
    """What was asked of Wix, the token endpoint left out."""
    return wix.requests(path=path)


def later(seconds: float) -> None:
    """Let time pass for the effects table."""
    effects_table().now = lambda: time.time() + seconds
