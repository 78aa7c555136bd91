"""The orders' routes as deployed: signed, through API Gateway, with each function's own role."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests import canaries
from tests.local_stack import LocalStack
from tests.local_stack.stack import CREDENTIAL
from tests.wix_simulator import offline

API_KEY = {"kind": "api_key", "api_key": canaries.API_KEY, "site_id": canaries.SITE_ID}


@pytest.fixture(scope="module", params=["client credentials", "API key"])
def credential(request: pytest.FixtureRequest, stack: LocalStack) -> Iterator[str]:
    """Which kind of credential is in the secret; functions that are warm find out by themselves."""
    if request.param == "API key":
        stack.put_credential(API_KEY)
        stack.wix.rotate_secret()
        stack.wix.kill_tokens()
    yield request.param
    stack.put_credential(CREDENTIAL)
    stack.wix.rotate_secret(canaries.CLIENT_SECRET)


def send(
    stack: LocalStack, method: str, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return stack.request(method, path, credentials=stack.admin, json=body, headers=headers)


ROUTES: list[tuple[str, str, Any, str | None]] = [
    ("GET", "/orders/{id}", None, None),
    ("POST", "/orders/query", {"limit": 1}, None),
    ("PATCH", "/orders/{id}", {"archived": True}, None),
    ("POST", "/orders/{id}/payments", {"amount": "all"}, "pay"),
    ("POST", "/orders/{id}/fulfillments", {"lines": "all"}, "send"),
    ("POST", "/orders/{id}/refunds", {"amount": "5.00"}, "refund"),
    ("POST", "/orders/{id}/cancel", {"restockAllItems": True}, None),
]


def test_every_route_does_its_work(stack: LocalStack, credential: str) -> None:
    order = stack.wix.add_order(total="25.00", payments=[offline("25.00")])
    paid_by_card = stack.wix.add_order(total="25.00")
    asked = len(stack.wix.requests())

    for method, path, body, key in ROUTES:
        target = paid_by_card if path.endswith("refunds") else order
        reply = send(stack, method, path.format(id=target["id"]), body, key)
        assert reply.status_code == 200, reply.text
        assert reply.headers["Content-Type"] == "application/json"

    now = stack.wix.order(order["id"])
    assert (now["status"], now["paymentStatus"], now["archived"]) == ("CANCELED", "PAID", True)
    assert now["fulfillmentStatus"] == "FULFILLED"
    assert stack.wix.order(paid_by_card["id"])["paymentStatus"] == "PARTIALLY_REFUNDED"
    used = {
        each.authorization.split()[0]
        for each in stack.wix.requests(path="/ecom/*")
        if each.sequence > asked and each.status == 200
    }
    assert used == {"api" if credential == "API key" else "token"}


def test_the_same_refund_from_many_callers_at_once_is_made_once(
    stack: LocalStack, credential: str
) -> None:
    del credential
    order = stack.wix.add_order(total="25.00")
    path = f"/orders/{order['id']}/refunds"

    def refund(_: int) -> httpx.Response:
        return send(stack, "POST", path, {"amount": "10.00"}, "at-once")

    with ThreadPoolExecutor(6) as callers:
        replies = list(callers.map(refund, range(6)))
    settled = refund(7)

    assert {each.status_code for each in replies} <= {200, 409}
    assert {each.json()["code"] for each in replies if each.status_code == 409} <= {"still_running"}
    assert settled.json()["refundId"] == stack.wix.refunds(order["id"])[0]["id"]
    assert len(stack.wix.refunds(order["id"])) == 1


def test_different_refunds_at_once_never_give_back_more_than_was_paid(
    stack: LocalStack, credential: str
) -> None:
    del credential
    order = stack.wix.add_order(total="25.00")
    path = f"/orders/{order['id']}/refunds"

    def refund(number: int) -> httpx.Response:
        return send(stack, "POST", path, {"amount": "10.00"}, f"key-{number}")

    with ThreadPoolExecutor(4) as callers:
        replies = list(callers.map(refund, range(4)))

    given_back = sum(
        Decimal(each["summary"]["refunded"]["amount"]) for each in stack.wix.refunds(order["id"])
    )
    assert given_back == 20
    assert sorted(each.status_code // 100 for each in replies) == [2, 2, 4, 4]


def test_a_bad_request_is_a_problem_on_the_way_through_the_api_too(
    stack: LocalStack, credential: str
) -> None:
    del credential
    order = stack.wix.add_order(total="25.00")

    reply = send(stack, "POST", f"/orders/{order['id']}/refunds", {"amount": 5}, "k")

    assert reply.status_code == 400
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert [each["field"] for each in reply.json()["errors"]] == ["/amount"]
    assert reply.json()["requestId"]


def test_the_log_tells_who_asked_for_what_and_how_wix_answered(
    stack: LocalStack, credential: str
) -> None:
    del credential
    order = stack.wix.add_order(total="25.00")
    reply = send(stack, "GET", f"/orders/{order['id']}")
    request = stack.wix.requests(path=f"/ecom/v1/orders/{order['id']}")[-1]

    lines = [line for line in stack.logs("orders/get_order") if order["id"] in line]

    assert reply.status_code == 200
    (line,) = lines
    for part in ("verified", "user/admin-", '"outcome":"done"', request.request_id):
        assert part in line.replace('": ', '":')
