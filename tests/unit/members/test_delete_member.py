"""Deleting a member: confirmed, for good, and found done if its answer got lost."""

import pytest

from tests.unit.calls import Reply, call
from tests.wix_simulator import Fault, WixSimulator

pytestmark = pytest.mark.usefixtures("table")

NOBODY = "00000000-0000-4000-8000-000000000000"


def delete(member_id: str, *, key: str | None = None) -> Reply:
    return call("members/delete_member", target=member_id, query={"confirm": member_id}, key=key)


def test_a_member_is_deleted(wix: WixSimulator) -> None:
    member = wix.members.add()

    reply = delete(member["id"])

    assert (reply.status, reply.json) == (200, {"memberId": member["id"], "deleted": True})
    assert wix.members.all() == []


@pytest.mark.parametrize("confirm", [None, {}, {"confirm": ""}, {"confirm": NOBODY}])
def test_a_deletion_must_be_confirmed_with_the_member_s_id(
    wix: WixSimulator, confirm: dict[str, str] | None
) -> None:
    member = wix.members.add()

    reply = call("members/delete_member", target=member["id"], query=confirm)

    assert (reply.status, reply.code, reply.fields) == (400, "invalid_input", ["/confirm"])
    assert wix.members.all() == [member]


def test_a_deletion_whose_every_answer_got_lost_is_found_done(wix: WixSimulator) -> None:
    member = wix.members.add()
    wix.add_fault(Fault(method="DELETE", drop="after", times=3))

    reply = delete(member["id"])

    assert (reply.status, reply.json["deleted"]) == (200, True)


def test_a_deletion_that_nobody_could_tell_of_is_found_done_with_the_same_key(
    wix: WixSimulator,
) -> None:
    member = wix.members.add()
    wix.add_fault(Fault(method="DELETE", drop="after", times=6))
    lost = delete(member["id"], key="k-1")

    found = delete(member["id"], key="k-1")

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.json) == (200, {"memberId": member["id"], "deleted": True})


def test_a_deletion_that_wix_had_no_time_for_may_be_sent_again(wix: WixSimulator) -> None:
    member = wix.members.add()
    wix.add_fault(Fault(method="DELETE", status=429, headers={"Retry-After": "0"}, times=3))
    busy = delete(member["id"], key="k-1")

    again = delete(member["id"], key="k-1")

    assert (busy.status, busy.code) == (503, "wix_busy")
    assert (again.status, again.replayed) == (200, False)


@pytest.mark.parametrize(
    ("kind", "wix_code"),
    [
        ("owner", "OWNER_OR_CONTRIBUTOR_MEMBER_DELETE_FORBIDDEN"),
        ("subscriber", "ACTIVE_SUBSCRIPTION_MEMBER_DELETE_FORBIDDEN"),
    ],
)
def test_whom_wix_protects_is_not_deleted(wix: WixSimulator, kind: str, wix_code: str) -> None:
    member = wix.members.add(owner=kind == "owner", subscriber=kind == "subscriber")

    reply = delete(member["id"])

    assert (reply.status, reply.code) == (409, "wix_forbids")
    assert reply.json["wixCode"] == wix_code
    assert wix.members.all() == [member]
