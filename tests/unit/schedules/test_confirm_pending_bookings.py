"""Confirming pending bookings by a rule, without anyone asking."""

from typing import Any

import pytest

from tests.unit.calls import invoke
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.errors import SettingsError, WixPermissionError

ACTION = "schedules/confirm_pending_bookings"


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda text: monkeypatch.setenv("CONFIRM_BOOKINGS", text)


def confirmed(wix: WixSimulator) -> set[str]:
    return {each["id"] for each in wix.bookings.all() if each["status"] == "CONFIRMED"}


@pytest.mark.parametrize("text", ["none", "all", "first", "both"])
def test_the_rule_says_what_is_confirmed(wix: WixSimulator, rule: Any, text: str) -> None:
    massage = wix.bookings.add_service(approval=True)["id"]
    course = wix.bookings.add_service(type="COURSE", approval=True)["id"]
    first = wix.bookings.add(service_id=massage)["id"]
    second = wix.bookings.add(service_id=course)["id"]
    wix.bookings.add(service_id=massage, status="CANCELED")
    rule({"first": massage, "both": f"{massage},{course}"}.get(text, text))

    report = invoke(ACTION, {})

    through = {"none": set(), "first": {first}}.get(text, {first, second})
    assert set(report["confirmed"]) == through == confirmed(wix)
    assert (report["failed"], report["left"], report["complete"]) == ([], 0, True)
    assert report["skipped"] == (0 if text == "none" else 2 - len(through))
    assert wix.bookings.notifications == []


def test_all_pages_are_confirmed(wix: WixSimulator, rule: Any) -> None:
    ids = {wix.bookings.add()["id"] for _ in range(103)}
    rule("all")

    report = invoke(ACTION, {})

    assert set(report["confirmed"]) == ids == confirmed(wix)


def test_one_that_cannot_be_confirmed_holds_none_up(wix: WixSimulator, rule: Any) -> None:
    first, second = (wix.bookings.add()["id"] for _ in range(2))
    wix.add_fault(
        Fault(
            path=f"*/{first}/confirm",
            status=428,
            body={"details": {"applicationError": {"code": "NO_OPEN_SPOTS"}}},
            times=None,
        )
    )
    rule("all")

    report = invoke(ACTION, {})

    assert report["failed"] == [{"bookingId": first, "code": "slot_taken"}]
    assert report["confirmed"] == [second]


@pytest.mark.parametrize(("broken", "left"), [(1, 0), (2, 0), (3, 2), (5, 2)])
def test_the_rest_is_left_after_three_in_a_row_that_wix_has_no_answer_for(
    wix: WixSimulator, rule: Any, broken: int, left: int
) -> None:
    days = [f"2026-01-0{day}T00:00:00.000Z" for day in (5, 4, 3, 2, 1)]
    newest_first = [wix.bookings.add(created=day)["id"] for day in days]
    for booking_id in newest_first[:broken]:
        path = f"*/{booking_id}/confirm"
        wix.add_fault(Fault(path=path, status=429, headers={"Retry-After": "0"}, times=None))
    rule("all")

    report = invoke(ACTION, {})

    assert len(report["failed"]) == min(broken, 3)
    assert {each["code"] for each in report["failed"]} == {"wix_busy"}
    assert (report["left"], report["complete"]) == (left, left == 0)
    assert len(report["confirmed"]) == 5 - len(report["failed"]) - left


def test_an_answer_that_got_lost_is_found(wix: WixSimulator, rule: Any) -> None:
    booking = wix.bookings.add()
    wix.add_fault(Fault(path="*/confirm", drop="after", times=1))
    rule("all")

    report = invoke(ACTION, {})

    assert report["confirmed"] == [booking["id"]]
    assert sum(each.effect for each in wix.requests("POST", "*/confirm")) == 1


def test_one_that_may_be_confirmed_is_told_as_unknown(wix: WixSimulator, rule: Any) -> None:
    booking = wix.bookings.add()
    wix.add_fault(Fault(path="*/confirm", drop="after", times=1))
    wix.add_fault(Fault(path="*/confirm", status=429, headers={"Retry-After": "0"}, times=None))
    rule("all")

    report = invoke(ACTION, {})

    assert report["failed"] == [{"bookingId": booking["id"], "code": "outcome_unknown"}]
    assert report["left"] == 0


def test_what_there_was_no_time_for_is_left_for_the_next_time(wix: WixSimulator, rule: Any) -> None:
    for _ in range(3):
        wix.bookings.add()
    wix.add_fault(Fault(path="*/confirm", latency=0.8, times=None))
    rule("all")

    report = invoke(ACTION, {}, seconds=15.5)

    assert 1 <= len(report["confirmed"]) < 3
    assert report["left"] == 3 - len(report["confirmed"])
    assert report["complete"] is False


def test_a_dry_run_says_what_it_would_confirm(wix: WixSimulator, rule: Any) -> None:
    booking = wix.bookings.add()
    rule("all")

    report = invoke(ACTION, {"dryRun": True})

    path = f"/_api/bookings-service/v2/bookings/{booking['id']}/confirm"
    assert report["requests"] == [{"method": "POST", "path": path, "body": {"revision": "1"}}]
    assert report["result"]["pending"] == 1
    assert confirmed(wix) == set()


def test_without_the_permission_none_is_tried_in_vain(wix: WixSimulator, rule: Any) -> None:
    for _ in range(3):
        wix.bookings.add()
    wix.set_permissions(["BOOKINGS.BOOKING_READ"])
    rule("all")

    with pytest.raises(WixPermissionError):
        invoke(ACTION, {})

    assert len(wix.requests("POST", "*/confirm")) == 1


def test_without_a_rule_it_says_what_to_set(wix: WixSimulator) -> None:
    with pytest.raises(SettingsError, match="CONFIRM_BOOKINGS"):
        invoke(ACTION, {})
