"""Blocking a member, until they are approved again."""

from typing import Any

import pytest

from tests.unit.calls import Reply, call
from tests.wix_simulator import WixSimulator

pytestmark = pytest.mark.usefixtures("table")


def block(member_id: str) -> Reply:
    return call("members/block_member", {}, target=member_id)


@pytest.mark.parametrize("before", ["APPROVED", "BLOCKED"])
def test_a_member_is_blocked(wix: WixSimulator, before: Any) -> None:
    member = wix.members.add(status=before)

    reply = block(member["id"])

    assert (reply.status, reply.json) == (200, {"memberId": member["id"], "status": "BLOCKED"})
    [now] = wix.members.all()
    assert now["status"] == "BLOCKED"


@pytest.mark.parametrize(
    ("kind", "wix_code"),
    [
        ("owner", "OWNER_MEMBER_BLOCK_FORBIDDEN"),
        ("subscriber", "ACTIVE_SUBSCRIPTION_MEMBER_BLOCK_FORBIDDEN"),
    ],
)
def test_whom_wix_protects_is_not_blocked(wix: WixSimulator, kind: str, wix_code: str) -> None:
    member = wix.members.add(owner=kind == "owner", subscriber=kind == "subscriber")

    reply = block(member["id"])

    assert (reply.status, reply.code) == (409, "wix_forbids")
    assert reply.json["wixCode"] == wix_code
    assert wix.members.all() == [member]
