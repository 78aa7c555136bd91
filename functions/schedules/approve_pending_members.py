"""Approve the pending members that match your rule."""

import os

from wix_admin import WixClient, admin_action
from wix_admin.aws.settings import MemberApprovalSettings, read_settings
from wix_admin.members.operations import APPROVE_MEMBER, GET_FULL_MEMBER, QUERY_MEMBERS
from wix_admin.schedules.approve_pending_members import (
    ApprovePendingMembersInput,
    MemberApprovals,
    approve_pending_members,
)


@admin_action(ApprovePendingMembersInput, elevates=[QUERY_MEMBERS, GET_FULL_MEMBER, APPROVE_MEMBER])
def handler(request: ApprovePendingMembersInput, wix: WixClient) -> MemberApprovals:
    rule = read_settings(MemberApprovalSettings, os.environ).approve_members
    return approve_pending_members(wix, rule, request)
