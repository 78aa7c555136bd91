"""A function's process in which nothing is left to chance, and what can be seen around it.

Time stands still but for the pauses that are made. What the process asks of Wix, tells others and
keeps in the ledger is written down.
"""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any, Self
from unittest.mock import patch

import boto3
import httpx
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from tests import canaries, template
from tests.samples import put_samples
from tests.wix_simulator import SimulatorTransport, WixSimulator
from tests.wix_simulator.signing import SigningKey

type Json = dict[str, Any]

NOW = 1_799_055_000.0
"""When all of it begins, in seconds since the epoch: 2027-01-04T09:30:00Z."""

SECONDS = 60.0
"""How long an invocation may take."""

INVOCATION = "5f2a0c1e-9d4b-4a57-8c1d-3f6b7e2a9c10"

OURS = ("functions", "wix_admin", "wix_auth", "wix_webhooks")
"""The packages that a process imports anew."""

OF_HTTP = {
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "user-agent",
}
"""The headers that are the HTTP client's own."""

TOLD = {"PutEvents", "SendMessage", "ChangeMessageVisibility"}
WRITTEN = {"PutItem", "DeleteItem"}
"""The calls to AWS that somebody else hears of, and those that write into the ledger."""

LEDGER = "effects"
BUS = "bus"


class DiedError(BaseException):
    """The process was ended."""


class Clock:
    """The time, which stands still until something waits."""

    def __init__(self) -> None:
        self.seconds = NOW

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class Context:
    """Lambda's context of one invocation, which begins now."""

    aws_request_id = INVOCATION

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._over = clock.now() + SECONDS

    def get_remaining_time_in_millis(self) -> int:
        return round((self._over - self._clock.now()) * 1000)


class World:
    """Wix, AWS, and a process between them.

    Attributes:
        clock: The time of all of it.
        wix: The shop.
        signing_key: Signs what Wix delivers.
        queue_url: The queue that messages come from.
        dead_letter_queue_url: The one for those that are given up on.
        quarantine_url: The one for deliveries that do not verify.
        asks: What Wix was asked in this act.
        tells: What others were told in this act.
        writes: Whether this act wrote into the ledger.
        ledger: The ledger's items after this act, with all their attributes.
        dies_at: Tells of a request to Wix whether the process ends instead of sending it.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.wix = WixSimulator(now=clock.now)
        self.signing_key = SigningKey.generate()
        self.asks: list[Json] = []
        self.tells: list[Json] = []
        self.writes = False
        self.ledger: list[Json] = []
        self.dies_at: Callable[[httpx.Request], bool] = lambda _: False
        self._transport = SimulatorTransport(self.wix)
        self._tables = boto3.client("dynamodb")
        self._sqs = boto3.client("sqs")
        self.queue_url, self.dead_letter_queue_url, self.quarantine_url = (
            self._sqs.create_queue(QueueName=name)["QueueUrl"]
            for name in ("queue", "dead-letters", "quarantine")
        )

    def begin(self) -> None:
        """Have a shop, a ledger and a process in which nothing has happened yet."""
        self.clock.seconds = NOW
        self.wix.reset()
        put_samples(self.wix)
        for item in self.ledger:
            self._tables.delete_item(TableName=LEDGER, Key={"pk": {"S": item["pk"]}})
        self.ledger = []
        self._begin_process()

    def act(self, action: str, event: Json) -> Json:
        """Invoke a function; tell what it answers, asks Wix, tells others and remembers."""
        self.asks, self.tells, self.writes = [], [], False
        handler = importlib.import_module(f"functions.{action.replace('/', '.')}").handler
        seen: Json
        try:
            seen = {"answers": handler(event, Context(self.clock))}
        except DiedError:
            seen = {"dies": True}
            self._begin_process()
        except Exception as error:  # noqa: BLE001  # whatever the invoker is told
            seen = {"raises": f"{type(error).__name__}: {error}"}
        if self.asks:
            seen["asks"] = self.asks
        if self.tells:
            seen["tells"] = self.tells
        if self.writes:
            before, self.ledger = self.ledger, self._read_ledger()
            if self.ledger != before:
                seen["remembers"] = self.ledger
        return seen

    def quarantine(self, *bodies: str) -> None:
        """Have these deliveries in the quarantine, and no others."""
        self._sqs.purge_queue(QueueUrl=self.quarantine_url)
        for body in bodies:
            self._sqs.send_message(QueueUrl=self.quarantine_url, MessageBody=body)

    def send(self, request: httpx.Request) -> httpx.Response:
        """Answer a request to Wix, and note it."""
        if self.dies_at(request):
            raise DiedError
        body = request.read().decode()
        asked: Json = {"asked": f"{request.method} {request.url.raw_path.decode()}"}
        if own := {name: each for name, each in request.headers.items() if name not in OF_HTTP}:
            asked["headers"] = own
        if body:
            asked["body"] = json.loads(body)
        self.asks.append(asked)
        return self._transport.handle_request(request)

    def heard(self, operation: str, parameters: Json) -> None:
        """Note a call to AWS, if somebody hears of it or the ledger remembers it."""
        if operation in TOLD:
            self.tells.append({"told": operation} | parameters)
        self.writes |= operation in WRITTEN

    def _begin_process(self) -> None:
        """Forget what a process remembers of Wix."""
        # Not before they are imported for this world.
        from wix_admin.process import wix_http  # noqa: PLC0415
        from wix_admin.wix.catalog import forget_catalog  # noqa: PLC0415

        wix_http.cache_clear()
        forget_catalog()
        self.dies_at = lambda _: False

    def _read_ledger(self) -> list[Json]:
        items: list[Any] = self._tables.scan(TableName=LEDGER)["Items"]
        items.sort(key=lambda item: item["pk"]["S"])
        return [{name: item[name].get("S", item[name]) for name in sorted(item)} for item in items]


def plain(seen: Any) -> Any:
    """Give what differs from run to run, and what is secret, a name."""
    text = json.dumps(seen)
    text = text.replace(canaries.CLIENT_SECRET, "<client secret>")
    text = re.sub(rf"[\w.]*{canaries.TOKEN_MARK}[\w.-]*", "<token>", text)
    text = re.sub(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", "<delivery>", text)
    attempts = dict.fromkeys(re.findall(r'"attemptId": "(\w+)"', text))
    for number, attempt in enumerate(attempts, 1):
        text = text.replace(attempt, f"<attempt {number}>")
    return json.loads(text)


@contextmanager
def world() -> Iterator[World]:
    """Have such a process for as long as the block lasts."""
    clock = Clock()
    with (
        pytest.MonkeyPatch.context() as environment,
        mock_aws(),
        patch("time.time", clock.now),
        patch("random.random", lambda: 0.5),
        patch("secrets.token_hex", lambda size: "0" * 2 * size),
        _own_modules(clock),
    ):
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        there = World(clock)
        for name, value in _environment(there).items():
            environment.setenv(name, value)
        with (
            patch.object(httpx.HTTPTransport, "handle_request", lambda _, sent: there.send(sent)),
            patch.object(BaseClient, "_make_api_call", _heard(there)),
        ):
            yield there


@contextmanager
def _own_modules(clock: Clock) -> Iterator[None]:
    """Import all that is ours anew, so that it knows no other clock, and leave no trace of it."""

    def ours() -> dict[str, Any]:
        return {name: each for name, each in sys.modules.items() if name.split(".")[0] in OURS}

    def leave(names: Iterable[str]) -> None:
        for name in names:
            del sys.modules[name]

    before = ours()
    leave(before)
    try:
        with patch("time.sleep", clock.sleep):
            for action in template.actions():
                importlib.import_module(f"functions.{action.replace('/', '.')}")
        with pytest.MonkeyPatch.context() as modules:
            for module in ours().values():
                if vars(module).get("datetime") is datetime:
                    modules.setattr(module, "datetime", _standing_still(clock))
            yield
    finally:
        leave(ours())
        sys.modules.update(before)


def _standing_still(clock: Clock) -> type[datetime]:
    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(clock.now(), tz)

    return Then


def _heard(there: World) -> Callable[..., Any]:
    """Make a call to AWS that is heard."""
    call = vars(BaseClient)["_make_api_call"]  # where each call of each client passes

    def calling(client: BaseClient, operation: str, parameters: Json) -> Any:
        there.heard(operation, parameters)
        return call(client, operation, parameters)

    return calling


def _environment(there: World) -> dict[str, str]:
    """Make what else a function needs of AWS, and say where all of it is."""
    boto3.client("dynamodb").create_table(
        TableName=LEDGER,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    boto3.client("events").create_event_bus(Name=BUS)
    secret = boto3.client("secretsmanager").create_secret(
        Name="wix",
        SecretString=json.dumps(
            {
                "kind": "client_credentials",
                "client_id": canaries.CLIENT_ID,
                "client_secret": canaries.CLIENT_SECRET,
            }
        ),
    )
    return {
        "WIX_SECRET_ARN": secret["ARN"],
        "WIX_SITE_ID": canaries.SITE_ID,
        "WIX_API_URL": "https://www.wixapis.com",
        "EFFECTS_TABLE_NAME": LEDGER,
        "EVENT_BUS_NAME": BUS,
        "QUEUE_URL": there.queue_url,
        "DEAD_LETTER_QUEUE_URL": there.dead_letter_queue_url,
        "QUARANTINE_URL": there.quarantine_url,
        "WIX_WEBHOOK_PUBLIC_KEYS": there.signing_key.public_pem,
        "WIX_INSTANCE_IDS": canaries.INSTANCE_ID,
        "AUTO_FULFILL": "digital",
        "APPROVE_MEMBERS": "all",
        "CONFIRM_BOOKINGS": "all",
        "LOW_STOCK_THRESHOLD": "3",
        "CREDENTIAL_MAX_AGE_DAYS": "180",
    }
