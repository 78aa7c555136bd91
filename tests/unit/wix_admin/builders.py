"""Stand-ins for what lies outside the package: Wix, the clock, the shop, Lambda and its events."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from wix_admin.client import WixClient
from wix_admin.doors import Call, Done
from wix_admin.operations import Operation

READ = Operation(
    "things.get", "GET", "/v1/things/{thing_id}", "THINGS.READ", repeatable=True, seconds=10.0
)
WRITE = Operation(
    "things.make", "POST", "/v1/things/{thing_id}/make", "THINGS.MAKE", repeatable=False
)
THING_ID = "0e11a000-0000-4000-8000-000000000001"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/StorefrontBackend"

type Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Clock:
    """A wall clock that moves when somebody sleeps or says so."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


@dataclass
class FakeWix:
    """Plays replies back, `{}` when there are no more, and remembers what it was asked."""

    clock: Clock
    takes_seconds: float = 0.0
    requests: list[httpx.Request] = field(default_factory=list)
    _replies: list[Reply] = field(default_factory=list)

    def will_reply(self, *replies: Reply) -> None:
        self._replies.extend(replies)

    def client(
        self, *, seconds: float = 27.0, jitter: float = 1.0, auth: httpx.Auth | None = None
    ) -> WixClient:
        http = httpx.Client(
            transport=httpx.MockTransport(self._answer), base_url="https://wix.test", auth=auth
        )
        return WixClient(
            http,
            elevates=[READ, WRITE],
            deadline=self.clock.now + seconds,
            now=self.clock,
            sleep=self.clock.sleep,
            jitter=lambda: jitter,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.clock.now += self.takes_seconds
        reply = self._replies.pop(0) if self._replies else httpx.Response(200, json={})
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx.Response) else reply(request)


def failure(
    status: int, code: str | None = None, *, headers: Mapping[str, str] | None = None
) -> Callable[[httpx.Request], httpx.Response]:
    """Make a failed reply, anew for each request."""
    details = {"applicationError": {"code": code}} if code else {}
    return lambda _: httpx.Response(
        status, json={"message": "", "details": details}, headers=headers
    )


@dataclass
class Context:
    """Lambda's context of one invocation."""

    aws_request_id: str = "lambda-request-1"
    milliseconds: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@dataclass
class Performer:
    """An action behind a door: reads what it is asked, then answers or fails as it was told."""

    answer: dict[str, Any] = field(default_factory=dict)
    failure: Exception | None = None
    replayed: bool = False
    calls: list[Call] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def __call__(self, call: Call) -> Done:
        self.calls.append(call)
        self.inputs.append(call.input())
        self.keys.append(call.key())
        if self.failure:
            raise self.failure
        return Done(self.answer, replayed=self.replayed)


def http_event(
    body: object = None,
    *,
    raw: object = None,
    encoded: bytes | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
    query: Mapping[str, str] | None = None,
    path: Mapping[str, str] | None = None,
    **about: object,
) -> dict[str, Any]:
    """Make API Gateway's REST proxy event."""
    text = raw if raw is not None else None if body is None else json.dumps(body)
    if encoded is not None:
        text = base64.b64encode(encoded).decode()
    lists = {
        name: value if isinstance(value, list) else [value]
        for name, value in (headers or {}).items()
    }
    return {
        "httpMethod": "POST",
        "resource": "/things/{thingId}/make",
        "path": "/things/1/make",
        "headers": {name: values[-1] for name, values in lists.items()} or None,
        "multiValueHeaders": lists or None,
        "queryStringParameters": query,
        "pathParameters": path,
        "requestContext": {
            "requestId": "gateway-request-1",
            "identity": {"userArn": f"{ROLE}/a-session"},
            **about,
        },
        "body": text,
        "isBase64Encoded": encoded is not None,
    }


def bus_event(detail: object, **changed: object) -> dict[str, Any]:
    """Make an EventBridge event."""
    return {
        "id": "e-1",
        "source": "warehouse",
        "detail-type": "Shipment Dispatched",
        "detail": detail,
        **changed,
    }


def queue_event(*bodies: str) -> dict[str, Any]:
    """Make a batch of SQS messages, with the ids `m-0`, `m-1` and so on."""
    return {
        "Records": [
            {"messageId": f"m-{index}", "eventSource": "aws:sqs", "body": body}
            for index, body in enumerate(bodies)
        ]
    }


def all_below[E: Exception](kind: type[E], package: str) -> list[type[E]]:
    """Find the subclasses of an error that a package defines, and theirs."""
    return [
        each
        for sub in kind.__subclasses__()
        if sub.__module__.startswith(f"{package}.")
        for each in (sub, *all_below(sub, package))
    ]
