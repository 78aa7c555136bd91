"""Approving, blocking and deleting: what may be done twice, and what is final."""

import pytest

from tests.unit.calls import Reply, call
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.effects.ledger import EffectsTable
from wix_admin.effects.once import SETTLE_SECONDS
from wix_admin.errors import LedgerUnavailableError
from wix_admin.process import effects_table

pytestmark = pytest.mark.usefixtures("table")

NOBODY = "00000000-0000-4000-8000-000000000000"
ACTIONS = ["members/approve_member", "members/block_member", "members/delete_member"]


def act(
    action: str, member_id: str, *, key: str | None = None, confirm: str | None = None
) -> Reply:
    if action == "members/delete_member":
        return call(action, target=member_id, query={"confirm": confirm or member_id}, key=key)
    return call(action, {}, target=member_id, key=key)


def status(wix: WixSimulator, member_id: str) -> str | None:
    member = wix.members.get(member_id)
    return None if member is None else str(member["status"])


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("members/approve_member", "PENDING", "APPROVED"),
        ("members/approve_member", "BLOCKED", "APPROVED"),
        ("members/approve_member", "APPROVED", "APPROVED"),
        ("members/block_member", "APPROVED", "BLOCKED"),
        ("members/block_member", "BLOCKED", "BLOCKED"),
    ],
)
def test_a_status_is_set(wix: WixSimulator, action: str, before: str, after: str) -> None:
    member = wix.members.add(status=before)  # type: ignore[arg-type]  # is one of them

    reply = act(action, member["id"])

    assert (reply.status, reply.json) == (200, {"memberId": member["id"], "status": after})
    assert status(wix, member["id"]) == after


def test_a_member_is_deleted(wix: WixSimulator) -> None:
    member = wix.members.add()

    reply = act("members/delete_member", member["id"])

    assert (reply.status, reply.json) == (200, {"memberId": member["id"], "deleted": True})
    assert wix.members.all() == []


@pytest.mark.parametrize("confirm", [None, {}, {"confirm": ""}, {"confirm": NOBODY}])
def test_a_deletion_must_be_confirmed_with_the_member_s_id(
    wix: WixSimulator, confirm: dict[str, str] | None
) -> None:
    member = wix.members.add()

    reply = call("members/delete_member", target=member["id"], query=confirm)

    assert (reply.status, reply.code, reply.fields) == (400, "invalid_input", ["/confirm"])
    assert status(wix, member["id"]) == "APPROVED"


@pytest.mark.parametrize("action", ACTIONS)
def test_an_answer_that_got_lost_is_got_by_asking_again(wix: WixSimulator, action: str) -> None:
    member = wix.members.add(status="PENDING")
    path = f"/members/v1/members/{member['id']}*"
    method = "DELETE" if "delete" in action else "POST"
    wix.add_fault(Fault(method=method, path=path, drop="after", times=1))

    reply = act(action, member["id"], key="k-1")

    assert reply.status == 200, reply.json


def test_a_deletion_whose_every_answer_got_lost_is_found_done(wix: WixSimulator) -> None:
    member = wix.members.add()
    wix.add_fault(Fault(method="DELETE", drop="after", times=3))

    reply = act("members/delete_member", member["id"])

    assert (reply.status, reply.json["deleted"]) == (200, True)


def test_a_deletion_that_nobody_could_tell_of_is_found_done_with_the_same_key(
    wix: WixSimulator,
) -> None:
    member = wix.members.add()
    wix.add_fault(Fault(method="DELETE", drop="after", times=6))
    lost = act("members/delete_member", member["id"], key="k-1")

    found = act("members/delete_member", member["id"], key="k-1")

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.json) == (200, {"memberId": member["id"], "deleted": True})


def test_a_deletion_that_wix_had_no_time_for_may_be_sent_again(wix: WixSimulator) -> None:
    member = wix.members.add()
    wix.add_fault(Fault(method="DELETE", status=429, headers={"Retry-After": "0"}, times=3))
    busy = act("members/delete_member", member["id"], key="k-1")

    again = act("members/delete_member", member["id"], key="k-1")

    assert (busy.status, busy.code) == (503, "wix_busy")
    assert (again.status, again.replayed) == (200, False)


@pytest.mark.parametrize("action", ["members/block_member", "members/delete_member"])
def test_a_refusal_that_could_not_be_written_down_is_given_again(
    wix: WixSimulator, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = wix.members.add(owner=True)

    def fails(*_: object) -> None:
        raise LedgerUnavailableError("not now")

    with monkeypatch.context() as patch:
        patch.setattr(EffectsTable, "finish", fails)
        first = act(action, member["id"], key="k-1")
    now = effects_table().now
    effects_table().now = lambda: now() + SETTLE_SECONDS + 1

    second = act(action, member["id"], key="k-1")

    assert (first.status, first.code) == (409, "wix_forbids")
    assert (second.status, second.code) == (409, "wix_forbids")


@pytest.mark.parametrize("action", ACTIONS)
def test_the_same_key_gives_the_first_answer(wix: WixSimulator, action: str) -> None:
    member = wix.members.add(status="PENDING")

    first = act(action, member["id"], key="k-1")
    second = act(action, member["id"], key="k-1")

    assert (second.status, second.json, second.replayed) == (200, first.json, True)
    assert sum(each.effect for each in wix.requests(path="/members/*")) == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unknown_member_is_not_found(wix: WixSimulator, action: str) -> None:
    reply = act(action, NOBODY)

    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize("action", ACTIONS)
def test_a_missing_permission_is_told_by_its_name(wix: WixSimulator, action: str) -> None:
    member = wix.members.add(status="PENDING")
    wix.set_permissions(["MEMBERS.MEMBER_READ"])

    reply = act(action, member["id"])

    name = action.partition("/")[2].partition("_")[0].upper()
    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert f"MEMBERS.MEMBER_{name}" in reply.json["detail"]


@pytest.mark.parametrize(
    ("action", "kind", "status", "wix_code"),
    [
        ("members/block_member", "owner", 409, "OWNER_MEMBER_BLOCK_FORBIDDEN"),
        ("members/block_member", "subscriber", 409, "ACTIVE_SUBSCRIPTION_MEMBER_BLOCK_FORBIDDEN"),
        ("members/delete_member", "owner", 409, "OWNER_OR_CONTRIBUTOR_MEMBER_DELETE_FORBIDDEN"),
        (
            "members/delete_member",
            "subscriber",
            409,
            "ACTIVE_SUBSCRIPTION_MEMBER_DELETE_FORBIDDEN",
        ),
    ],
)
def test_whom_wix_protects_is_left_alone(
    wix: WixSimulator, action: str, kind: str, status: int, wix_code: str
) -> None:
    member = wix.members.add(owner=kind == "owner", subscriber=kind == "subscriber")

    reply = act(action, member["id"])

    assert (reply.status, reply.code) == (status, "wix_forbids")
    assert reply.json["wixCode"] == wix_code
    assert wix.members.get(member["id"]) == member


@pytest.mark.parametrize("action", ACTIONS)
def test_a_dry_run_changes_nothing(wix: WixSimulator, action: str) -> None:
    member = wix.members.add(status="PENDING")
    query = {"confirm": member["id"]} if "delete" in action else {}

    reply = (
        call(action, target=member["id"], query={**query, "dryRun": "true"})
        if query
        else call(action, {"dryRun": True}, target=member["id"])
    )

    assert reply.status == 200, reply.json
    assert len(reply.json["requests"]) == 1
    assert wix.members.get(member["id"]) == member
