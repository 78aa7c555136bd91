"""Measures the deployed stack: from a webhook's delivery to its answer, and to its order."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import aiohttp
import httpx

from tests.bench.events import delivery
from tests.bench.measuring import BenchError
from tests.bench.rates import Answers, Ingress, Storm
from tests.local_stack import LocalStack, Progress, wait_for
from tests.local_stack.aws import json_bytes, signed
from tests.samples import MIXED
from tests.wix_simulator.clock import seconds_of
from tests.wix_simulator.errors import Json
from tests.wix_simulator.webhooks import CONTENT_TYPE

RECEIVER = "ReceiveWebhookFunction"
RECEIVER_LOG = "webhooks/receive_webhook"

AT_ONCE = 20
ROUNDS = 10
COUNTED = 100
"""Requests of each kind in a round. What they follow on differs less from kind to kind if each
kind has its requests in a row, after some that do not count."""

NOT_COUNTED = 20

ORDERS = 1000
FIRST_ORDERS = 50
"""Before those that count, so that every function runs."""

PATIENCE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to be made many times."""

    what: str
    request: httpx.Request
    status: int
    """How it is to be answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """When a request was answered, in seconds since the epoch, and how many that took."""

    at: float
    took: float


def measure_ingress(stack: LocalStack, progress: Progress) -> Ingress:
    """Deliver, side by side with what a delivery could be; then many orders, and wait for them.

    Raises:
        BenchError: If a request is not answered as it should be, or an order not fulfilled once.
    """
    with stack.paused(RECEIVER):
        with progress.step(f"Delivering webhooks, one at a time and {AT_ONCE} at once"):
            answers = asyncio.run(_answers(_kinds(stack)))
        stack.account.client("sqs").purge_queue(QueueUrl=stack.outputs["WebhookInboxUrl"])
    with progress.step(f"Fulfilling {FIRST_ORDERS} orders, to have all functions warm"):
        _fulfill(stack, FIRST_ORDERS)
    with progress.step(f"Delivering and fulfilling {ORDERS} orders"):
        storm = _fulfill(stack, ORDERS)
    return Ingress(answers, storm)


def _kinds(stack: LocalStack) -> list[Asked]:
    body = delivery(stack.wix, stack.wix.add_order(lines=MIXED))
    message = {"QueueUrl": stack.outputs["WebhookInboxUrl"], "MessageBody": body}
    send = signed(
        "POST",
        f"{stack.account.endpoint}/",
        stack.account.credentials,
        content=json_bytes(message),
        headers={
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "AmazonSQS.SendMessage",
        },
        service="sqs",
    )
    # What any function needs at least: it finds the input wrong and asks nobody else.
    refused = signed(
        "POST",
        f"{stack.api_url}/orders/query",
        stack.admin,
        content=json_bytes({"unknown": 1}),
        headers={"Content-Type": "application/json"},
    )
    return [
        Asked("SendMessage to the inbox", send, 200),
        Asked("a delivery at POST /webhooks/wix", _post(stack, body), 200),
        Asked("a warm function behind API Gateway", refused, 400),
    ]


def _post(stack: LocalStack, body: str) -> httpx.Request:
    headers = {"Content-Type": CONTENT_TYPE}
    return httpx.Request("POST", stack.webhook_url, content=body.encode(), headers=headers)


async def _answers(kinds: Sequence[Asked]) -> list[Answers]:
    """Make the requests of all kinds in turn, so that noise hits all alike."""
    answers = []
    async with _session() as session:
        for at_once in (1, AT_ONCE):
            seconds: dict[str, list[float]] = {each.what: [] for each in kinds}
            for number in range(1 + ROUNDS):
                for each in kinds:
                    made = await _made(session, [each] * (NOT_COUNTED + COUNTED), at_once)
                    # The first round is for as many processes of the function as are needed.
                    if number > 0:
                        seconds[each.what] += [one.took for one in made[NOT_COUNTED:]]
            answers += [Answers(what, at_once, took) for what, took in seconds.items()]
    return answers


async def _made(
    session: aiohttp.ClientSession, requests: Iterable[Asked], at_once: int
) -> list[Answered]:
    """Make requests, never more than so many at once; what they took, in the order of answers."""
    left = iter(requests)

    async def make() -> list[Answered]:
        return [await _answered(session, each) for each in left]

    answered = await asyncio.gather(*(make() for _ in range(at_once)))
    return sorted(chain.from_iterable(answered), key=lambda each: each.at)


def _session() -> aiohttp.ClientSession:
    # Lighter than httpx, whose own work would be a good part of what is measured.
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


async def _answered(session: aiohttp.ClientSession, asked: Asked) -> Answered:
    request = asked.request
    began = time.perf_counter()
    async with session.request(
        request.method, str(request.url), data=request.content, headers=request.headers
    ) as reply:
        text = await reply.text()
    if reply.status != asked.status:
        raise BenchError(f"{asked.what} was answered {reply.status}: {text}")
    return Answered(time.time(), time.perf_counter() - began)


def _fulfill(stack: LocalStack, count: int) -> Storm:
    """Deliver orders while nobody judges, then wait until all are fulfilled."""
    wix = stack.wix
    orders = [wix.add_order(lines=MIXED) for _ in range(count)]
    deliveries = [Asked("A delivery", _post(stack, delivery(wix, order)), 200) for order in orders]
    wix.clear_journal()
    with stack.paused(RECEIVER):
        began = time.time()
        answered = asyncio.run(_delivered(deliveries))
        resumed = time.time()
    left = [order["id"] for order in orders]
    wait_for(lambda: _all_fulfilled(stack, left), seconds=PATIENCE_SECONDS)
    ids = {order["id"] for order in orders}
    judged = wait_for(lambda: _judged(stack, ids))
    return Storm(
        answered=[each.at - began for each in answered],
        resumed=resumed - began,
        judged=[at - began for at in judged],
        fulfilled=[at - began for at in _fulfilled(stack, ids)],
    )


async def _delivered(deliveries: Sequence[Asked]) -> list[Answered]:
    async with _session() as session:
        return await _made(session, deliveries, AT_ONCE)


def _all_fulfilled(stack: LocalStack, left: list[str]) -> bool:
    """Look only at orders that were not fulfilled when last looked at: a look costs time, too."""
    while left and stack.wix.fulfillments(left[-1]):
        left.pop()
    return not left


def _judged(stack: LocalStack, ids: set[str]) -> list[float]:
    """When the delivery of each order was judged, once all were."""
    first: dict[str, float] = {}
    for line in _verdicts(stack):
        if line["entityId"] in ids:
            first.setdefault(line["entityId"], seconds_of(line["timestamp"].replace(",", ".")))
    return sorted(first.values()) if len(first) == len(ids) else []


def _verdicts(stack: LocalStack) -> Iterator[Json]:
    for text in stack.logs(RECEIVER_LOG):
        line = json.loads(text) if text.startswith("{") else {}
        if line.get("verdict") == "publish" and "timestamp" in line:
            yield line


def _fulfilled(stack: LocalStack, ids: set[str]) -> list[float]:
    """When each order was fulfilled.

    Raises:
        BenchError: If one was not, or more than once.
    """
    made = [each for each in stack.wix.requests("POST", "*/create-fulfillment") if each.effect]
    counts = {len(stack.wix.fulfillments(each)) for each in ids}
    if counts != {1} or len(made) != len(ids):
        raise BenchError(f"{len(ids)} orders have {len(made)} fulfillments, not one each")
    return sorted(seconds_of(each.received) for each in made)
