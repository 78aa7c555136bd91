"""Approve the pending members that match your rule."""

from wix_admin import WixClient, admin_action
from wix_admin.members.operations import APPROVE_MEMBER, GET_FULL_MEMBER, QUERY_MEMBERS
from wix_admin.schedules.approve_pending_members import (
    ApprovePendingMembersInput,
    MemberApprovals,
    MemberApprovalSettings,
    approve_pending_members,
)


@admin_action(ApprovePendingMembersInput, elevates=[QUERY_MEMBERS, GET_FULL_MEMBER, APPROVE_MEMBER])
def handler(request: ApprovePendingMembersInput, wix: WixClient) -> MemberApprovals:
    rule = MemberApprovalSettings.read().approve_members
    return approve_pending_members(wix, rule, request)
