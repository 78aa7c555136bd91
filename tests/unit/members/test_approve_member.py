"""Approving a member, which also unblocks."""

from typing import Any

import pytest

from tests.unit.calls import Reply, call
from tests.wix_simulator import WixSimulator

pytestmark = pytest.mark.usefixtures("table")


def approve(member_id: str) -> Reply:
    return call("members/approve_member", {}, target=member_id)


@pytest.mark.parametrize("before", ["PENDING", "BLOCKED", "APPROVED"])
def test_a_member_is_approved_whatever_was_before(wix: WixSimulator, before: Any) -> None:
    member = wix.members.add(status=before)

    reply = approve(member["id"])

    assert (reply.status, reply.json) == (200, {"memberId": member["id"], "status": "APPROVED"})
    [now] = wix.members.all()
    assert now["status"] == "APPROVED"


def test_nobody_else_is_approved_with_them(wix: WixSimulator) -> None:
    member, other = (wix.members.add(status="PENDING") for _ in range(2))

    approve(member["id"])

    assert wix.members.get(other["id"]) == other
