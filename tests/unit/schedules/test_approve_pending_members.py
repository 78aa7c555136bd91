"""Approving pending members by a rule, without anyone asking."""

from typing import Any

import pytest

from tests.unit.calls import invoke
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.errors import SettingsError, WixPermissionError

ACTION = "schedules/approve_pending_members"


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda text: monkeypatch.setenv("APPROVE_MEMBERS", text)


def statuses(wix: WixSimulator) -> dict[str, str]:
    return {each["loginEmail"]: each["status"] for each in wix.members.all()}


def unavailable(path: str) -> Fault:
    return Fault(path=path, status=503, headers={"Retry-After": "0"}, times=None)


def approvals(wix: WixSimulator) -> int:
    return sum(each.effect for each in wix.requests("POST", "*/approve"))


@pytest.mark.parametrize(
    ("text", "let_in"),
    [
        ("none", set()),
        ("all", {"a@one.example", "b@Two.example", "c@sub.one.example", "d@evil-one.example"}),
        ("one.example", {"a@one.example"}),
        ("ONE.example,two.example", {"a@one.example", "b@Two.example"}),
        ("example", set()),
    ],
)
def test_the_rule_says_who_is_let_in(
    wix: WixSimulator, rule: Any, text: str, let_in: set[str]
) -> None:
    for email in ("a@one.example", "b@Two.example", "c@sub.one.example", "d@evil-one.example"):
        wix.members.add(email=email, status="PENDING")
    wix.members.add(email="blocked@one.example", status="BLOCKED")
    rule(text)

    report = invoke(ACTION, {})

    now = statuses(wix)
    assert {email for email, status in now.items() if status == "APPROVED"} == let_in
    assert now["blocked@one.example"] == "BLOCKED"
    assert len(report["approved"]) == len(let_in)
    assert (report["failed"], report["left"], report["complete"]) == ([], 0, True)
    assert report["skipped"] == (0 if text == "none" else 4 - len(let_in))


def test_all_pages_are_seen_before_the_first_is_approved(wix: WixSimulator, rule: Any) -> None:
    for _ in range(105):
        wix.members.add(status="PENDING")
    rule("all")

    report = invoke(ACTION, {})

    assert len(report["approved"]) == 105
    assert set(statuses(wix).values()) == {"APPROVED"}


def test_one_of_whom_wix_tells_something_odd_holds_nobody_up(wix: WixSimulator, rule: Any) -> None:
    odd, plain = (wix.members.add(email=f"{name}@one.example", status="PENDING") for name in "ab")
    told = [{**odd, "loginEmail": {"is": "odd"}, "createdDate": 5, "contactId": []}, plain]
    listed = {"members": told, "metadata": {"total": 2}}
    wix.add_fault(Fault(path="*/members/query", status=200, body=listed))
    rule("one.example")

    report = invoke(ACTION, {})

    assert (report["approved"], report["skipped"]) == ([plain["id"]], 1)


def test_one_who_cannot_be_approved_holds_nobody_up(wix: WixSimulator, rule: Any) -> None:
    first, second = (wix.members.add(status="PENDING") for _ in range(2))
    wix.add_fault(Fault(path=f"*/{first['id']}/approve", status=404, times=None))
    rule("all")

    report = invoke(ACTION, {})

    assert report["failed"] == [{"memberId": first["id"], "code": "not_found"}]
    assert report["approved"] == [second["id"]]
    assert report["complete"] is True


def test_whom_there_was_no_time_for_is_left_for_the_next_time(wix: WixSimulator, rule: Any) -> None:
    for _ in range(3):
        wix.members.add(status="PENDING")
    wix.add_fault(Fault(path="*/approve", latency=1.2, times=None))
    rule("all")

    report = invoke(ACTION, {}, seconds=5.0)

    assert 1 <= len(report["approved"]) < 3
    assert report["left"] == 3 - len(report["approved"])
    assert report["complete"] is False


@pytest.mark.parametrize("since", ["APPROVED", "BLOCKED"])
def test_one_whom_the_lagging_index_still_shows_as_waiting_is_left_alone(
    wix: WixSimulator, rule: Any, since: str
) -> None:
    member = wix.members.add(status="PENDING", created="2026-01-01T00:00:00.000Z")
    wix.switches.member_index_lag_seconds = 60
    wix.advance(120)
    action = {"APPROVED": "approve", "BLOCKED": "block"}[since]
    invoke(f"members/{action}_member", {"memberId": member["id"]})
    before = approvals(wix)
    rule("all")

    report = invoke(ACTION, {})

    assert (report["pending"], report["approved"], report["skipped"]) == (1, [], 1)
    assert report["complete"] is True
    assert set(statuses(wix).values()) == {since}
    assert approvals(wix) == before


def test_one_whom_wix_has_no_answer_for_holds_nobody_up(wix: WixSimulator, rule: Any) -> None:
    days = (f"2026-01-0{day}T00:00:00.000Z" for day in range(1, 8))
    ids = [wix.members.add(status="PENDING", created=day)["id"] for day in days]
    for each in ids[::2]:
        wix.add_fault(unavailable(f"*/{each}/approve"))
    rule("all")

    report = invoke(ACTION, {})

    assert report["failed"] == [{"memberId": e, "code": "wix_unavailable"} for e in ids[::2]]
    assert report["approved"] == ids[1::2]
    assert report["complete"] is True


def test_the_rest_is_left_if_wix_answers_for_nobody(wix: WixSimulator, rule: Any) -> None:
    for _ in range(5):
        wix.members.add(status="PENDING")
    wix.add_fault(unavailable("*/approve"))
    rule("all")

    report = invoke(ACTION, {})

    assert (len(report["failed"]), report["left"], report["complete"]) == (3, 2, False)


def test_a_dry_run_says_whom_it_would_approve(wix: WixSimulator, rule: Any) -> None:
    member = wix.members.add(email="a@one.example", status="PENDING")
    wix.members.add(email="b@two.example", status="PENDING")
    rule("one.example")

    report = invoke(ACTION, {"dryRun": True})

    assert report["requests"] == [
        {"method": "POST", "path": f"/members/v1/members/{member['id']}/approve", "body": {}}
    ]
    assert (report["result"]["pending"], report["result"]["skipped"]) == (2, 1)
    assert approvals(wix) == 0


def test_without_the_permission_nobody_is_tried_in_vain(wix: WixSimulator, rule: Any) -> None:
    for _ in range(3):
        wix.members.add(status="PENDING")
    wix.set_permissions(["MEMBERS.MEMBER_READ"])
    rule("all")

    with pytest.raises(WixPermissionError):
        invoke(ACTION, {})

    assert len(wix.requests("POST", "*/approve")) == 1


def test_without_a_rule_it_says_what_to_set(wix: WixSimulator) -> None:
    with pytest.raises(SettingsError, match="APPROVE_MEMBERS"):
        invoke(ACTION, {})
