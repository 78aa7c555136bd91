"""Stand-ins for what lies outside the package: Wix, the clock, the shop, Lambda and its events."""

import base64
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import httpx
from hypothesis import settings

from tests import canaries
from wix_admin.effects.ledger import EffectsTable, State
from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import AdminError, OutcomeUnknownError, RefusedError
from wix_admin.models import Json
from wix_admin.wix.client import WixClient, check_before_sending
from wix_admin.wix.operations import Operation

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

READ = Operation(
    "things.get", "GET", "/v1/things/{thing_id}", "THINGS.READ", repeatable=True, seconds=10.0
)
WRITE = Operation(
    "things.make", "POST", "/v1/things/{thing_id}/make", "THINGS.MAKE", repeatable=False
)
TABLE = "effects"
untimed = settings(deadline=None)
"""For properties: how long an example takes says more of the machine than of the code."""

THING_ID = "0e11a000-0000-4000-8000-000000000001"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/StorefrontBackend"

type Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def unnamed(value: object) -> str | None:
    """Keep a test's name, which is in the run's log, free of what must not be in a log."""
    return "personal" if any(mark in str(value) for mark in canaries.MARKS) else None


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
        self,
        *,
        seconds: float = 27.0,
        jitter: float = 1.0,
        auth: httpx.Auth | None = None,
        elevates: Collection[Operation] = (READ, WRITE),
    ) -> WixClient:
        http = httpx.Client(
            transport=httpx.MockTransport(self._answer),
            base_url="https://wix.test",
            auth=auth,
            event_hooks={"request": [check_before_sending]},
        )
        return WixClient(
            http,
            elevates=elevates,
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


class Through:
    """A DynamoDB client that lets something happen around each write."""

    def __init__(
        self,
        client: "DynamoDBClient",
        around: Callable[[Callable[[], Any]], Any],
    ) -> None:
        self._client = client
        self._around = around

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **request: Any) -> Any:
        return self._around(lambda: self._client.put_item(**request))

    def delete_item(self, **request: Any) -> Any:
        return self._around(lambda: self._client.delete_item(**request))


def with_each_write(
    client: "DynamoDBClient", clock: Clock, around: Callable[[Callable[[], Any]], Any]
) -> EffectsTable:
    return EffectsTable(TABLE, cast("DynamoDBClient", Through(client, around)), now=clock)


@dataclass
class Context:
    """Lambda's context of one invocation."""

    aws_request_id: str = "lambda-request-1"
    milliseconds: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class Made(Receipt):
    """A thing that was made."""

    reference: str
    status: str = "settled"

    def state(self) -> State:
        return cast("State", self.status)


@dataclass
class Shop:
    """Where things are made, and what goes wrong there.

    Attributes:
        status: How far a thing gets that is made now.
        made: The references of the things that were made, and when.
        shows_after: Seconds until a thing that was made is seen.
        refuses: What a check finds wrong.
        before_send: What happens to a call before the thing is made.
        after_send: What happens to its answer.
        blind: What happens when somebody looks.
    """

    clock: Clock
    status: State = "settled"
    made: list[tuple[str, float]] = field(default_factory=list)
    shows_after: float = 0.0
    refuses: BaseException | None = None
    before_send: BaseException | None = None
    after_send: BaseException | None = None
    blind: BaseException | None = None
    asked: list[str] = field(default_factory=list)
    hook: Callable[[str], None] = lambda _: None


class Making(Effect[Made]):
    """Makes one thing in the shop."""

    name = WRITE.name
    receipt = Made

    def __init__(self, shop: Shop) -> None:
        self.target = "t-1"
        self._shop = shop

    def check(self) -> Json:
        self._ask("check", self._shop.refuses)
        return {"made": str(len(self._shop.made))}

    def send(self, sent: Sent) -> Made:
        self._ask("send", self._shop.before_send)
        self._shop.made.append((sent.reference, self._shop.clock.now))
        self._ask("answer", self._shop.after_send)
        return Made(reference=sent.reference, status=self._shop.status)

    def read_back(self, sent: Sent) -> Made | None:
        self._ask("look", self._shop.blind)
        for reference, at in self._shop.made:
            if reference == sent.reference and at + self._shop.shows_after <= self._shop.clock.now:
                return Made(reference=reference, status=self._shop.status)
        return None

    def failure(self, receipt: Made) -> AdminError:
        return RefusedError(f"{receipt.reference} failed", code="refund_failed")

    def _ask(self, what: str, trouble: BaseException | None) -> None:
        self._shop.asked.append(what)
        self._shop.hook(what)
        if trouble:
            raise trouble


def lost() -> OutcomeUnknownError:
    return OutcomeUnknownError("things.make: sent, and no answer came", wix_request_id="lost-1")


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
