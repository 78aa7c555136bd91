"""Approve a pending or blocked member.

Approving an approved member changes nothing. This is also how a member is unblocked: Wix has no
other call for it.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.members.approve_member import ApproveMemberInput, MemberApproval
from wix_admin.members.member_status import StatusReceipt
from wix_admin.members.operations import APPROVE_MEMBER


@admin_action(ApproveMemberInput, elevates=[APPROVE_MEMBER], key=Key.HONOURED)
def handler(member: ApproveMemberInput, wix: WixClient, once: Once) -> StatusReceipt:
    return once.make(MemberApproval(wix, member))
