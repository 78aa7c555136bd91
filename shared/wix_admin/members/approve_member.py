"""Approves a member who was pending or blocked."""

from wix_admin.members.member_status import StatusChange
from wix_admin.members.operations import APPROVE_MEMBER
from wix_admin.models import Guid, WriteInput
from wix_admin.wix.client import WixClient


class ApproveMemberInput(WriteInput):
    """Whom to let in: a pending member, or a blocked one."""

    member_id: Guid


class MemberApproval(StatusChange):
    """Lets one member in, who was pending or blocked.

    Wix: `POST /members/v1/members/{id}/approve`. There is no call of its own to unblock.
    """

    name = APPROVE_MEMBER.name
    operation = APPROVE_MEMBER
    status = "APPROVED"

    def __init__(self, wix: WixClient, member: ApproveMemberInput) -> None:
        super().__init__(wix, member.member_id)
