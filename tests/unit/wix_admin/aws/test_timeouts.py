"""What a call does if AWS does not answer: it is over before nobody waits for it any more."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.unit.wix_admin.builders import WRITE, Clock, Context, Making, Shop, http_event
from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.aws.bus import EventBus
from wix_admin.aws.timeouts import LEDGER, until
from wix_admin.doors.http import GATEWAY_SECONDS
from wix_admin.errors import BusUnavailableError
from wix_admin.models import Answer, FunctionInput
from wix_admin.process import event_bus
from wix_auth import aws_session

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

type Hanging = Callable[[str, int], list[float]]

DEADLINE_SECONDS = 27.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time, which passes while AWS does not answer and between two tries."""
    clock = Clock()
    clock.now = time.time()
    monkeypatch.setattr("wix_admin.aws.timeouts.time", clock)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=clock.sleep))
    return clock


@pytest.fixture
def hanging(clock: Clock) -> Iterator[Hanging]:
    """Lets a service of AWS not answer any more, and returns when it was tried."""
    handlers: list[tuple[str, Any]] = []

    def hang(event: str, first: int) -> list[float]:
        tries: list[float] = []
        answered = 0

        def before_send(**_: object) -> None:
            nonlocal answered
            answered += 1
            if answered >= first:
                tries.append(clock.now)
                clock.now += LEDGER.connect_seconds + LEDGER.read_seconds
                raise ReadTimeoutError(endpoint_url="here")

        handlers.append((event, before_send))
        aws_session().register(event, before_send)
        return tries

    yield hang
    for event, handler in handlers:
        aws_session().unregister(event, handler)


def made(shop: Shop, context: Context) -> tuple[int, str | None]:
    """Make a thing by an HTTP request that comes in now; return the status and the code."""

    @admin_action(FunctionInput, elevates=[WRITE], key=Key.REQUIRED)
    def handler(asked: FunctionInput, wix: WixClient, once: Once) -> Answer:
        return once.make(Making(shop))

    event = http_event(
        {}, headers={"Idempotency-Key": "k-1"}, requestTimeEpoch=round(time.time() * 1000)
    )
    response = handler(event, context)
    return response["statusCode"], json.loads(response["body"]).get("code")


@pytest.mark.parametrize("wix_takes", [0.0, 10.0, DEADLINE_SECONDS])
@pytest.mark.parametrize(
    ("first", "answer"),
    [(1, (503, "ledger_unavailable")), (2, (503, "ledger_unavailable")), (3, (200, None))],
    ids=["claim", "mark_sent", "finish"],
)
def test_a_ledger_that_hangs_is_left_before_the_gateway_gives_up(
    dynamodb: "DynamoDBClient",
    clock: Clock,
    hanging: Hanging,
    *,
    first: int,
    answer: tuple[int, str | None],
    wix_takes: float,
) -> None:
    shop, arrived = Shop(clock), clock.now

    def take(what: str) -> None:
        if what == ("check" if first == 2 else "send"):
            clock.now = max(clock.now, arrived + wix_takes)

    shop.hook = take
    hanging("before-send.dynamodb", first)

    assert made(shop, Context(milliseconds=30_000)) == answer

    assert clock.now < arrived + GATEWAY_SECONDS


def test_what_ended_with_the_deadline_is_still_written_down(
    dynamodb: "DynamoDBClient", clock: Clock
) -> None:
    shop, arrived = Shop(clock), clock.now

    def take(what: str) -> None:
        clock.now = arrived + DEADLINE_SECONDS if what == "send" else clock.now

    shop.hook = take

    assert made(shop, Context(milliseconds=30_000)) == (200, None)

    [item] = dynamodb.scan(TableName="effects")["Items"]
    assert item["state"] == {"S": "settled"}


def test_a_ledger_that_hangs_is_tried_again_while_there_is_time(
    dynamodb: "DynamoDBClient", clock: Clock, hanging: Hanging
) -> None:
    tries = hanging("before-send.dynamodb", 1)

    made(Shop(clock), Context(milliseconds=30_000))

    # One intent, and nothing to free.
    assert len(tries) == LEDGER.tries


def test_a_bus_that_hangs_is_left_in_time(
    dynamodb: "DynamoDBClient",
    clock: Clock,
    hanging: Hanging,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "our-bus")
    over_at = clock.now + 9.0
    tries = hanging("before-send.eventbridge", 1)
    bus: EventBus = event_bus()

    with until(over_at), pytest.raises(BusUnavailableError):
        bus.publish("wix", "a-type", {})

    assert 0 < len(tries) < 3
    assert clock.now < over_at


def test_an_endpoint_that_never_answers_is_tried_no_more_than_there_is_time_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connections: list[socket.socket] = []

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                connections.append(listener.accept()[0])
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{port}")
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        shop = Shop(Clock())

        answer = made(shop, Context(milliseconds=2_000))

        listener.shutdown(socket.SHUT_RDWR)
    for each in connections:
        each.close()
    assert answer == (503, "ledger_unavailable")
    assert shop.asked == []
    assert len(connections) == 1
