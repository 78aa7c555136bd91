import re
import signal
import subprocess
import sys

import httpx
import pytest

from tests.wix_simulator import WixSimulator


def test_a_running_simulator_is_steered_over_http(wix: WixSimulator, admin: httpx.Client) -> None:
    order = admin.post("/_simulator/orders", json={"total": "49.73"}).json()["order"]
    payment_id = wix.payment_ids(order["id"])[0]
    plan = {"payment_id": payment_id, "becomes": "PENDING"}
    body = {
        "orderId": order["id"],
        "paymentRefunds": [{"paymentId": payment_id, "amount": {"amount": "1.00"}}],
    }

    admin.post("/_simulator/refunds/plan", json=plan)
    made = admin.post("/ecom/v1/order-billing/refund-payments", json=body).json()["refund"]
    settled = {"refund_id": made["id"], "payment_id": payment_id, "outcome": "FAILED"}
    admin.post("/_simulator/refunds/settle", json=settled)
    journal = admin.get("/_simulator/journal", params={"method": "POST"}).json()

    assert wix.refunds(order["id"])[0]["transactions"][0]["refundStatus"] == "FAILED"
    assert [entry["path"] for entry in journal] == ["/ecom/v1/order-billing/refund-payments"]


def test_faults_and_switches_are_set_over_http(wix: WixSimulator, admin: httpx.Client) -> None:
    fault = {"path": "/ecom/*", "status": 500, "times": 2}

    number = admin.post("/_simulator/faults", json=fault).json()["number"]
    broken = admin.get("/ecom/v1/orders/x").status_code
    left = admin.get("/_simulator/faults").json()[str(number)]["times"]
    admin.delete(f"/_simulator/faults/{number}")
    switches = admin.patch("/_simulator/switches", json={"search_lag_seconds": 5}).json()

    assert (broken, left) == (500, 1)
    assert wix.faults == {}
    assert switches["search_lag_seconds"] == wix.switches.search_lag_seconds == 5


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"state": 500}),
        ("faults", {"status": 500, "drop": "after"}),
        ("orders", {"totals": "1.00"}),
        ("refunds/plan", {"payment_id": "unknown", "becomes": "PENDING"}),
        ("clock", {}),
        ("weather", {}),
    ],
)
def test_a_wrong_command_is_told_and_does_nothing(
    admin: httpx.Client, path: str, body: dict[str, object]
) -> None:
    assert admin.post(f"/_simulator/{path}", json=body).status_code == 400


def test_a_switch_takes_only_what_it_knows(wix: WixSimulator, admin: httpx.Client) -> None:
    wrong_value = admin.patch("/_simulator/switches", json={"cancel_twice": 500})
    wrong_name = admin.patch("/_simulator/switches", json={"cancel_thrice": 200})

    assert [wrong_value.status_code, wrong_name.status_code] == [400, 400]
    assert wix.switches.cancel_twice == 200


def test_a_reset_forgets_everything(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.search_lag_seconds = 5
    first = wix.add_order()

    admin.post("/_simulator/reset")

    assert wix.orders() == []
    assert wix.switches.search_lag_seconds == 0
    assert wix.add_order()["id"] == first["id"]


def test_it_runs_alone_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "tests.wix_simulator", "--orders", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        help_ = httpx.get(f"{found[0]}/_simulator").json()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert "POST /_simulator/faults" in help_
    assert rest.endswith("stopped\n")
    assert process.returncode == 0
