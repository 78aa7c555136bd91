"""Let a member in, who was pending or blocked."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.members.admitting import ApproveMemberInput, MemberApproval, StatusReceipt
from wix_admin.members.operations import APPROVE_MEMBER


@admin_action(ApproveMemberInput, elevates=[APPROVE_MEMBER], key=Key.HONOURED)
def handler(member: ApproveMemberInput, wix: WixClient, once: Once) -> StatusReceipt:
    return once.make(MemberApproval(wix, member))
