"""Lets members in and shuts them out."""

from typing import ClassVar

from wix_admin.effects.once import Effect, Receipt, Sent
from wix_admin.errors import WixRequestError
from wix_admin.members.entities import Member
from wix_admin.members.operations import APPROVE_MEMBER, BLOCK_MEMBER
from wix_admin.models import Guid, Json, WriteInput
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as


class ApproveMemberInput(WriteInput):
    """Whom to let in: a pending member, or a blocked one."""

    member_id: Guid


class BlockMemberInput(WriteInput):
    """Whom to shut out, until approved again."""

    member_id: Guid


class StatusReceipt(Receipt):
    """A member whose status was set.

    Attributes:
        member_id: The member.
        status: The status now.
    """

    member_id: str
    status: str


class _StatusChange(Effect[StatusReceipt]):
    """Sets the status of one member, which may be done twice."""

    receipt = StatusReceipt
    operation: ClassVar[Operation]
    status: ClassVar[str]

    def __init__(self, wix: WixClient, asked: ApproveMemberInput | BlockMemberInput) -> None:
        self.target = asked.member_id
        self._wix = wix

    def check(self) -> Json:
        """Leave it to Wix, which knows the members it may be done to."""
        return {}

    def send(self, sent: Sent) -> StatusReceipt:
        """Set it."""
        del sent
        reply = self._wix.call(self.operation, body={}, member_id=self.target)
        member = read_as(Member, reply.get("member"), self.operation)
        known = member.status if member.status != "UNKNOWN" else None
        return StatusReceipt(member_id=self.target, status=known or self.status)

    def read_back(self, sent: Sent) -> StatusReceipt | None:
        """Set it again, which is as good as finding it set."""
        try:
            return self.send(sent)
        except WixRequestError:
            return None


class MemberApproval(_StatusChange):
    """Lets one member in, who was pending or blocked.

    Wix: `POST /members/v1/members/{id}/approve`. There is no call of its own to unblock.
    """

    name = APPROVE_MEMBER.name
    operation = APPROVE_MEMBER
    status = "APPROVED"


class MemberBlock(_StatusChange):
    """Shuts one member out.

    Wix: `POST /members/v1/members/{id}/block`, which refuses the site's owner, whoever asks, and
    members with a running paid plan.
    """

    name = BLOCK_MEMBER.name
    operation = BLOCK_MEMBER
    status = "BLOCKED"
