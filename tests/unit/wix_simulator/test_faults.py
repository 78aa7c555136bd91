import json
import threading
import time

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import Fault, WixSimulator

CANCEL = "*/orders/*/cancel"


def cancel(admin: httpx.Client, order_id: str, **options: float) -> httpx.Response:
    return admin.post(f"/ecom/v1/orders/{order_id}/cancel", json={}, **options)  # type: ignore[arg-type]  # only timeouts


def test_a_status_can_come_instead_of_the_effect_or_after_it(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order_id = wix.add_order()["id"]
    wix.add_fault(Fault(CANCEL, status=503))
    wix.add_fault(Fault(CANCEL, status=504, effect=True))

    assert cancel(admin, order_id).status_code == 503
    assert wix.order(order_id)["status"] == "APPROVED"
    assert cancel(admin, order_id).status_code == 504
    assert wix.order(order_id)["status"] == "CANCELED"
    assert [(entry.status, entry.effect) for entry in wix.requests()] == [
        (503, False),
        (504, True),
    ]


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        (Fault(CANCEL, drop="before"), httpx.RemoteProtocolError, "APPROVED"),
        (Fault(CANCEL, drop="after"), httpx.RemoteProtocolError, "CANCELED"),
        (Fault(CANCEL, reset="before"), httpx.ReadError, "APPROVED"),
        (Fault(CANCEL, reset="after"), httpx.ReadError, "CANCELED"),
    ],
)
def test_a_connection_can_end_before_the_effect_or_after_it(
    wix: WixSimulator,
    admin: httpx.Client,
    fault: Fault,
    error: type[httpx.TransportError],
    status: str,
) -> None:
    order_id = wix.add_order()["id"]
    wix.add_fault(fault)

    with pytest.raises(error):
        cancel(admin, order_id)

    assert wix.order(order_id)["status"] == status
    [entry] = wix.requests()
    assert (entry.status, entry.effect, entry.fault) == (None, status == "CANCELED", str(fault))
    assert cancel(admin, order_id).status_code == 200


def test_garbage_comes_with_200_after_the_effect(wix: WixSimulator, admin: httpx.Client) -> None:
    order_id = wix.add_order()["id"]
    wix.add_fault(Fault(CANCEL, garbage=True))

    reply = cancel(admin, order_id)

    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    assert wix.order(order_id)["status"] == "CANCELED"


def test_an_answer_can_drip_after_the_effect(wix: WixSimulator, admin: httpx.Client) -> None:
    order_id = wix.add_order()["id"]
    wix.add_fault(Fault(CANCEL, drip=0.002, status=504, effect=True, body="<html></html>"))

    with admin.stream("POST", f"/ecom/v1/orders/{order_id}/cancel", json={}) as reply:
        pieces = list(reply.iter_raw())

    assert b"".join(pieces) == b"<html></html>"
    assert len(pieces) > 1
    assert wix.order(order_id)["status"] == "CANCELED"
    assert str(Fault(CANCEL, drip=0.002)) == "dripping"


@pytest.mark.parametrize("when", ["latency", "latency_after"])
def test_a_client_that_gives_up_does_not_stop_the_work(
    wix: WixSimulator, admin: httpx.Client, when: str
) -> None:
    order_id = wix.add_order()["id"]
    wix.add_fault(Fault(CANCEL, **{when: 0.3}))  # type: ignore[arg-type]  # one of two floats

    with pytest.raises(httpx.ReadTimeout):
        cancel(admin, order_id, timeout=0.1)
    at_time_out = wix.order(order_id)["status"]
    wix.wait_until_idle()

    assert at_time_out == ("APPROVED" if when == "latency" else "CANCELED")
    assert wix.order(order_id)["status"] == "CANCELED"


def test_a_rule_is_counted_can_wait_and_can_be_removed(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    path = f"/ecom/v1/orders/{wix.add_order()['id']}"
    lasting = wix.add_fault(Fault("^/ecom/v1/orders/[^/]+$", "GET", times=None, skip=1, status=500))

    statuses = [admin.get(path).status_code for _ in range(3)]
    still_there = wix.faults[lasting]
    wix.remove_fault(lasting)

    assert statuses == [200, 500, 500]
    assert (still_there.times, still_there.skip) == (None, 0)
    assert admin.get(path).status_code == 200
    assert wix.faults == {}


def test_a_contradictory_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="a fault is one of"):
        Fault(status=500, drop="after")


def test_the_journal_keeps_labels_instead_of_secrets(
    wix: WixSimulator, http: httpx.Client, admin: httpx.Client
) -> None:
    body = {
        "grant_type": "client_credentials",
        "client_id": canaries.CLIENT_ID,
        "client_secret": canaries.CLIENT_SECRET,
    }
    token = http.post("/oauth2/token", json=body).json()["access_token"]
    http.post("/oauth2/token-info", json={"token": token})
    http.get("/ecom/v1/orders/x", headers={"authorization": f"Bearer {token}"})
    admin.get("/ecom/v1/orders/x")
    http.get("/ecom/v1/orders/x")

    kept = repr(wix.requests())
    labels = [entry.authorization for entry in wix.requests()]

    assert labels == ["none", "none", "bearer token 1", "api key 1", "none"]
    assert not any(mark in kept for mark in canaries.MARKS)


def test_the_journal_is_searched_by_method_and_path(wix: WixSimulator, admin: httpx.Client) -> None:
    order_id = wix.add_order()["id"]
    cancel(admin, order_id)
    admin.get(f"/ecom/v1/orders/{order_id}", params={"id": order_id})

    [entry] = wix.requests("GET", "/ecom/v1/orders/*")

    assert (entry.sequence, entry.status, entry.effect) == (2, 200, False)
    assert entry.query == {"id": [order_id]}
    assert len(wix.requests(path=CANCEL)) == 1
    wix.clear_journal()
    assert wix.requests() == []


def test_parallel_requests_are_each_done_whole(wix: WixSimulator, admin: httpx.Client) -> None:
    order = wix.add_order(total="10.00")
    [payment_id] = wix.payment_ids(order["id"])
    body = {
        "orderId": order["id"],
        "paymentRefunds": [{"paymentId": payment_id, "amount": {"amount": "4.00"}}],
    }
    statuses = []

    def refund() -> None:
        reply = admin.post("/ecom/v1/order-billing/refund-payments", json=body)
        statuses.append(reply.status_code)

    threads = [threading.Thread(target=refund) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 200, 400, 400, 400, 400, 400, 400]
    assert wix.order(order["id"])["balanceSummary"]["refunded"]["amount"] == "8.00"


def test_time_is_given_and_moves_on_demand() -> None:
    with WixSimulator(now=lambda: 1_768_465_800.0) as wix:
        assert wix.add_order()["createdDate"] == "2026-01-15T08:30:00.000Z"
        wix.advance(0.5)
        assert wix.add_order()["createdDate"] == "2026-01-15T08:30:00.500Z"


def test_wix_can_be_down_for_a_while_and_forgets_nothing(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    path = f"/ecom/v1/orders/{wix.add_order()['id']}"

    wix.stop()
    with pytest.raises(httpx.ConnectError):
        admin.get(path)
    wix.start()

    assert admin.get(path).status_code == 200


def test_stopping_does_not_wait_for_slow_requests() -> None:
    with WixSimulator() as wix, httpx.Client(base_url=wix.url) as http:
        wix.add_fault(Fault(latency=60))
        with pytest.raises(httpx.ReadTimeout):
            http.get("/ecom/v1/orders/x", timeout=0.1)
        started = time.monotonic()

    assert time.monotonic() - started < 5
