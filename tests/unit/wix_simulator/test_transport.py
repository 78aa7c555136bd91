"""The simulator without sockets answers as it does over HTTP."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import canaries
from tests.unit.wix_simulator.conftest import NO_AUTHORITIES
from tests.wix_simulator import Fault, SimulatorTransport, Switches, WixSimulator

NOON = 1_768_478_400.0
ORDER = "0de40000-0000-4000-8000-000000000001"
CANCEL = f"/ecom/v1/orders/{ORDER}/cancel"
ADMIN = {"authorization": canaries.API_KEY, "wix-site-id": canaries.SITE_ID}
EXCHANGE = {
    "grant_type": "client_credentials",
    "client_id": canaries.CLIENT_ID,
    "client_secret": canaries.CLIENT_SECRET,
}
OF_WIX = ("content-type", "retry-after", "x-wix-consistent", "x-wix-request-id")


def simulator() -> WixSimulator:
    wix = WixSimulator(seed=7, now=lambda: NOON, switches=Switches(consistency_header=True))
    wix.add_order(order_id=ORDER, total="49.73")
    wix.members.seed(3)
    return wix


@pytest.fixture
def wix() -> WixSimulator:
    """One that does not listen."""
    return simulator()


@pytest.fixture
def direct(wix: WixSimulator) -> Iterator[httpx.Client]:
    transport = SimulatorTransport(wix)
    with httpx.Client(transport=transport, base_url="http://wix", headers=ADMIN) as client:
        yield client


@pytest.fixture
def over_http() -> Iterator[httpx.Client]:
    """A client of another simulator that knows the same and does listen."""
    with (
        simulator() as wix,
        httpx.Client(base_url=wix.url, headers=ADMIN, verify=NO_AUTHORITIES) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("request_line", "options", "status"),
    [
        ("POST /oauth2/token", {"json": EXCHANGE}, 200),
        ("POST /oauth2/token", {"data": EXCHANGE}, 200),
        ("POST /oauth2/token", {"json": {**EXCHANGE, "client_secret": "wrong"}}, 401),
        (f"GET /ecom/v1/orders/{ORDER}?id={ORDER}", {}, 200),
        (f"GET /ecom/v1/orders/%30{ORDER[1:]}", {}, 200),
        (f"GET /ecom/v1/orders/{ORDER}?fields=%C3%A4", {}, 400),
        ("GET /ecom/v1/orders/a%2Fb", {}, 404),
        (f"POST {CANCEL}", {"json": {}}, 200),
        (f"POST {CANCEL}", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        (f"POST {CANCEL}", {}, 400),
        (f"DELETE {CANCEL}", {}, 404),
        ("POST /ecom/v1/orders/search", {"json": {}}, 200),
        ("POST /ecom/v1/orders/search", {"json": {"search": {"limit": 1}}}, 400),
        ("GET /members/v1/members?paging.limit=2&fieldsets=FULL&fieldsets=PUBLIC", {}, 200),
        ("GET /members/v1/members", {"headers": {"authorization": ""}}, 401),
        ("GET /nothing//here?x=", {}, 404),
    ],
)
def test_the_answers_are_those_over_http(
    direct: httpx.Client,
    over_http: httpx.Client,
    request_line: str,
    options: dict[str, Any],
    status: int,
) -> None:
    method, target = request_line.split()

    answers = [client.request(method, target, **options) for client in (direct, over_http)]

    mine, theirs = [
        (reply.status_code, reply.content, {name: reply.headers.get(name) for name in OF_WIX})
        for reply in answers
    ]
    assert mine == theirs
    assert mine[0] == status


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(drop="before"), httpx.RemoteProtocolError),
        (Fault(drop="after"), httpx.RemoteProtocolError),
        (Fault(reset="before"), httpx.ReadError),
        (Fault(reset="after"), httpx.ReadError),
        (Fault(latency=60), httpx.ReadTimeout),
        (Fault(drip=1), httpx.ReadTimeout),
        (Fault(status=503, latency_after=60), httpx.ReadTimeout),
    ],
    ids=str,
)
def test_trouble_with_the_connection_is_that_of_a_client_over_http(
    wix: WixSimulator, direct: httpx.Client, fault: Fault, error: type[httpx.TransportError]
) -> None:
    wix.add_fault(fault)

    with pytest.raises(error):
        direct.post(CANCEL, json={})

    [entry] = wix.requests()
    assert entry.fault == str(fault)
    assert entry.effect is not fault.prevents_work
    assert wix.order(ORDER)["status"] == ("APPROVED" if fault.prevents_work else "CANCELED")
    assert direct.post(CANCEL, json={}).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        (Fault(status=503, body="<html>"), 503, "<html>"),
        (Fault(status=429, headers={"Retry-After": "3"}, body={"a": 1}), 429, '{"a": 1}'),
        (Fault(status=500, effect=True), 500, ""),
        (Fault(garbage=True), 200, '{"order": {"id": "trunc'),
    ],
    ids=str,
)
def test_wrong_answers_are_those_over_http(
    wix: WixSimulator, direct: httpx.Client, fault: Fault, status: int, text: str
) -> None:
    wix.add_fault(fault)

    reply = direct.post(CANCEL, json={})

    assert (reply.status_code, reply.text) == (status, text)
    assert reply.headers.get("retry-after") == fault.headers.get("Retry-After")
    assert wix.order(ORDER)["status"] == ("APPROVED" if fault.prevents_work else "CANCELED")


def test_latency_is_not_waited_for(wix: WixSimulator, direct: httpx.Client) -> None:
    wix.add_fault(Fault(latency=3600))
    started = time.monotonic()

    reply = direct.get(f"/ecom/v1/orders/{ORDER}", timeout=None)

    assert reply.status_code == 200
    assert time.monotonic() - started < 60


def test_many_threads_are_answered_one_after_another(
    wix: WixSimulator, direct: httpx.Client
) -> None:
    [payment_id] = wix.payment_ids(ORDER)
    body = {
        "orderId": ORDER,
        "paymentRefunds": [{"paymentId": payment_id, "amount": {"amount": "20.00"}}],
    }
    statuses = []

    def refund() -> None:
        reply = direct.post("/ecom/v1/order-billing/refund-payments", json=body)
        statuses.append(reply.status_code)

    threads = [threading.Thread(target=refund) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 200, 400, 400, 400, 400, 400, 400]


def test_a_bug_of_the_simulator_is_no_answer_of_wix(
    wix: WixSimulator, direct: httpx.Client
) -> None:
    wix.switches.token_lifetime_seconds = "long"  # type: ignore[assignment]  # cannot be added

    with pytest.raises(AssertionError, match="the simulator has a bug"):
        direct.post("/oauth2/token", json=EXCHANGE)
