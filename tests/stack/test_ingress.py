"""Storage first: what a caller of the webhook's address is answered, and what is in the inbox."""

import json
import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests import template
from tests.local_stack import LocalStack, Message

TAKEN = template.source()["Resources"]["WebhookMethod"]["Properties"]["Integration"][
    "RequestTemplates"
]
CONSUMER = "ReceiveWebhookFunction"
LIMIT = 1024 * 1024
LARGEST = LIMIT - len("arrivedAtNumber1795504054719")
"""How long a body may be in bytes, as SQS counts attributes too."""
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module", autouse=True)
def nobody_receives(stack: LocalStack) -> Iterator[None]:
    """No function runs while deliveries are taken, and none gets what is made up here."""
    with stack.paused(CONSUMER):
        yield
        stack.account.client("sqs").purge_queue(QueueUrl=stack.outputs["WebhookInboxUrl"])


def post(stack: LocalStack, body: bytes, content_type: str | None = "text/plain") -> httpx.Response:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return httpx.post(stack.webhook_url, content=body, headers=headers, timeout=60)


def stored(stack: LocalStack, body: str) -> list[Message]:
    return [each for each in stack.messages("WebhookInboxUrl") if each.body == body]


@pytest.mark.parametrize("content_type", [*TAKEN, "text/plain; charset=utf-8", None])
def test_a_delivery_is_in_the_inbox_byte_for_byte_once_it_is_answered(
    stack: LocalStack, content_type: str | None
) -> None:
    body = f"{uuid4()}.-_~+%20&a=b\"'<>{{}}$input.body#\täöü€😀\n"
    before = time.time()

    reply = post(stack, body.encode(), content_type)

    assert reply.status_code == 200
    [message] = stored(stack, body)
    assert message.attributes.keys() == {"arrivedAt"}
    assert int(before * 1000) <= int(message.attributes["arrivedAt"]) <= time.time() * 1000


def test_the_answer_tells_nothing(stack: LocalStack) -> None:
    assert post(stack, b"a.b.c").json() == {}


def test_up_to_a_megabyte_is_stored_and_more_is_refused(stack: LocalStack) -> None:
    largest = uuid4().hex.ljust(LARGEST, "a")

    fits = post(stack, largest.encode())
    too_large = post(stack, b"a" * (LIMIT + 1))

    assert fits.status_code == 200
    assert len(stored(stack, largest)) == 1
    assert too_large.status_code == 413
    assert too_large.headers["Content-Type"] == PROBLEM
    assert too_large.json()["code"] == "request_too_large"
    assert too_large.json()["status"] == 413
    assert too_large.json()["requestId"]


def test_a_delivery_of_nothing_is_refused(stack: LocalStack) -> None:
    reply = post(stack, b"")

    assert (reply.status_code, reply.headers["Content-Type"]) == (413, PROBLEM)


@pytest.fixture
def no_right_to_store(stack: LocalStack) -> Iterator[None]:
    """As if the queue were not there for API Gateway's role."""
    iam = stack.account.client("iam")
    role = stack.resources["WebhookApiRole"]
    policy = iam.get_role_policy(RoleName=role, PolicyName="Store")["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName="Store")
    yield
    iam.put_role_policy(RoleName=role, PolicyName="Store", PolicyDocument=json.dumps(policy))


def test_wix_is_asked_to_come_again_if_a_delivery_cannot_be_stored(
    stack: LocalStack, no_right_to_store: None
) -> None:
    body = f"{uuid4()}.b.c"

    reply = post(stack, body.encode())

    assert (reply.status_code, reply.headers["Content-Type"]) == (503, PROBLEM)
    assert reply.json()["code"] == "queue_unavailable"
    assert reply.json()["retryable"] is True
    assert int(reply.headers["Retry-After"]) > 0
    assert stored(stack, body) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/more"), ("POST", "/../../webhooks")],
)
def test_an_unknown_route_is_a_problem(stack: LocalStack, method: str, path: str) -> None:
    reply = httpx.request(method, stack.webhook_url + path)

    assert (reply.status_code, reply.headers["Content-Type"]) == (404, PROBLEM)
    assert reply.json()["code"] == "route_not_found"
    assert reply.json()["requestId"] == reply.headers["x-amzn-requestid"]


def test_a_content_type_that_cannot_hold_a_delivery_is_refused(stack: LocalStack) -> None:
    assert post(stack, b"a.b.c", "image/png").status_code == 415


@pytest.fixture
def a_narrow_door(stack: LocalStack) -> Iterator[None]:
    """One delivery at a time, and the next one much later."""
    gateway = stack.account.client("apigateway")
    stage = {
        "restApiId": stack.resources["WebhookApi"],
        "stageName": stack.resources["WebhookStage"],
    }
    wide = gateway.get_stage(**stage)["methodSettings"]["*/*"]

    def limit(rate: float, burst: int) -> None:
        values = {"rateLimit": rate, "burstLimit": burst}
        patches = [
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": str(value)}
            for name, value in values.items()
        ]
        gateway.update_stage(**stage, patchOperations=patches)

    limit(0.001, 1)
    yield
    limit(wide["throttlingRateLimit"], wide["throttlingBurstLimit"])


def test_more_deliveries_than_are_taken_are_refused(stack: LocalStack, a_narrow_door: None) -> None:
    replies = [post(stack, b"a.b.c") for _ in range(3)]

    assert replies[-1].status_code == 429
