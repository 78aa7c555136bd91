import re
import signal
import subprocess
import sys
from typing import Any

import httpx
import jwt
import pytest

from tests.unit.wix_simulator.receiver import read, receiving
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
        ("orders/approve", {"order_id": "unknown"}),
        ("orders/status", {"order_id": "unknown", "status": "LOST"}),
        ("webhooks/subscription", {"url": "https://example.com/"}),
        ("webhooks/subscription", {"address": "http://127.0.0.1:9/"}),
        ("webhooks/resume", {"order": [1]}),
        ("webhooks/resend", {"event_id": "unknown"}),
        ("webhooks/send", {"event_type": "x", "entity_id": "y", "content": {}}),
        ("webhooks/post", {"body": "to nobody"}),
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


def test_webhooks_are_subscribed_to_steered_and_looked_at_over_http(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    types = ["wix.ecom.v1.order_approved", "wix.ecom.v1.order_updated"]
    with receiving() as receiver:
        receiver.answers = [500]
        subscription = {"url": receiver.url, "event_types": types}
        admin.post("/_simulator/webhooks/subscription", json=subscription)
        order_id = wix.add_order(status="INITIALIZED")["id"]
        admin.post("/_simulator/webhooks/pause")
        admin.post("/_simulator/orders/approve", json={"order_id": order_id})
        admin.post("/_simulator/orders/anonymize", json={"order_id": order_id})
        paused = admin.get("/_simulator/webhooks").json()
        admin.patch("/_simulator/webhooks", json={"time_factor": 0})
        admin.post("/_simulator/webhooks/resume", json={"order": "reversed"})
        wix.webhooks.wait_until_done()
        deliveries = admin.get("/_simulator/webhooks/deliveries").json()

    key = paused["public_key"]
    told = [read(body, key) for body in receiver.bodies]
    assert (paused["url"], paused["event_types"], paused["paused"]) == (receiver.url, types, True)
    assert told[0].event["triggeredByAnonymizeRequest"]
    assert {each.event["entityId"] for each in told} == {order_id}
    assert [each["event_type"] for each in deliveries] == [types[0], types[1], types[1]]
    assert [each["status"] for each in deliveries[2]["attempts"]] == [500, 200]
    assert {each["state"] for each in deliveries} == {"delivered"}


def test_more_than_happens_by_itself_is_sent_over_http(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    event = {"event_type": "wix.a.v1.b_c", "entity_id": "b-1", "content": {"deletedEvent": {}}}
    with receiving() as receiver:
        admin.post("/_simulator/webhooks/subscription", json={"url": receiver.url})
        event_id = admin.post("/_simulator/webhooks/send", json=event).json()["event_id"]
        wix.webhooks.wait_until_done()
        admin.post("/_simulator/webhooks/resend", json={"event_id": event_id, "times": 2})
        wix.webhooks.wait_until_done()
        admin.delete("/_simulator/webhooks/deliveries")
        receiver.answers = [400]
        refused = admin.post("/_simulator/webhooks/post", json={"body": "no token"}).json()
        forged = {"token": {"entity_id": "b-2", "forged": True}}
        taken = admin.post("/_simulator/webhooks/post", json=forged).json()
        admin.delete("/_simulator/webhooks/subscription")

    told = read(receiver.bodies[0], wix.webhooks.public_key)
    assert (told.type, told.event["id"]) == ("wix.a.v1.b_c", event_id)
    assert receiver.bodies[:3] == [receiver.bodies[0]] * 3
    assert (refused, taken) == ({"status": 400}, {"status": 200})
    assert receiver.bodies[3] == b"no token"
    with pytest.raises(jwt.InvalidSignatureError):
        read(receiver.bodies[4], wix.webhooks.public_key)
    assert wix.webhooks.deliveries == []
    assert wix.webhooks.subscription is None


@pytest.mark.parametrize("change", [{"time_factor": -1}, {"duplicates": 0.5}, {"url": "x"}])
def test_a_setting_of_webhooks_takes_only_what_makes_sense(
    wix: WixSimulator, admin: httpx.Client, change: dict[str, object]
) -> None:
    assert (
        admin.patch("/_simulator/webhooks", json={"answer_within": 9} | change).status_code == 400
    )
    assert wix.webhooks.answer_within == 1.25


def test_a_status_is_set_over_http(wix: WixSimulator, admin: httpx.Client) -> None:
    order_id = wix.add_order(status="INITIALIZED")["id"]

    admin.post("/_simulator/orders/status", json={"order_id": order_id, "status": "REJECTED"})

    assert wix.order(order_id)["status"] == "REJECTED"


def test_members_and_bookings_are_added_over_http(wix: WixSimulator, admin: httpx.Client) -> None:
    def post(path: str, **body: object) -> dict[str, Any]:
        return dict(admin.post(f"/_simulator/{path}", json=body).json())

    member = post("members", status="PENDING")["member"]
    members = post("members", seed=2)["ids"]
    service = post("bookings/services", type="CLASS", capacity=8)["service"]
    slot = post("bookings/slots", service_id=service["id"], start="2026-12-01T09:00:00")["slot"]
    booking = post("bookings", service_id=service["id"], event_id=slot["eventInfo"]["eventId"])[
        "booking"
    ]
    bookings = post("bookings", seed=2)["ids"]
    admin.post(
        f"/bookings/v2/bookings/{booking['id']}/confirm",
        json={"revision": "1", "participantNotification": {"notifyParticipants": True}},
    )

    assert admin.get("/_simulator/members").json() == wix.members.all()
    assert [each["id"] for each in wix.members.all()] == [member["id"], *members]
    assert wix.bookings.services == [service]
    assert admin.get("/_simulator/bookings").json() == wix.bookings.all()
    assert [each["id"] for each in wix.bookings.all()] == [booking["id"], *bookings]
    [notification] = admin.get("/_simulator/bookings/notifications").json()
    assert (notification["booking_id"], notification["kind"]) == (booking["id"], "confirmed")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("members", {"status": "UNKNOWN"}),
        ("members", {"phone": "1"}),
        ("bookings", {"status": "UNKNOWN"}),
        ("bookings", {"start": "tomorrow"}),
        ("bookings/services", {"type": "LESSON"}),
        ("bookings/slots", {"service_id": "x", "start": "2026-12-01T09:00:00"}),
    ],
)
def test_what_a_site_cannot_have_is_refused_over_http(
    wix: WixSimulator, admin: httpx.Client, path: str, body: dict[str, object]
) -> None:
    assert admin.post(f"/_simulator/{path}", json=body).status_code == 400
    assert (wix.members.all(), wix.bookings.all()) == ([], [])
    assert {each["type"] for each in wix.bookings.services} <= {"APPOINTMENT"}


def test_a_reset_forgets_everything(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.search_lag_seconds = 5
    first = wix.add_order()

    admin.post("/_simulator/reset")

    assert wix.orders() == []
    assert wix.switches.search_lag_seconds == 0
    assert wix.add_order()["id"] == first["id"]


def test_it_runs_alone_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "tests.wix_simulator", "--orders", "3"]
    command += ["--webhooks", "http://127.0.0.1:9/"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        help_ = httpx.get(f"{found[0]}/_simulator").json()
        subscribed = httpx.get(f"{found[0]}/_simulator/webhooks").json()["url"]
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert "POST /_simulator/faults" in help_
    assert subscribed == "http://127.0.0.1:9/"
    assert rest.endswith("stopped\n")
    assert process.returncode == 0
