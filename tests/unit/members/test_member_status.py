"""What holds alike for approving, blocking and deleting a member."""

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


@pytest.mark.parametrize("action", ACTIONS)
def test_an_answer_that_got_lost_is_got_by_asking_again(wix: WixSimulator, action: str) -> None:
    member = wix.members.add(status="PENDING")
    path = f"/members/v1/members/{member['id']}*"
    method = "DELETE" if "delete" in action else "POST"
    wix.add_fault(Fault(method=method, path=path, drop="after", times=1))

    reply = act(action, member["id"], key="k-1")

    assert reply.status == 200, reply.json


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
