"""Approves the members who signed up and wait, as far as a rule lets them in."""

from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.aws.settings import Name, Settings
from wix_admin.aws.telemetry import metrics
from wix_admin.members.entities import Member
from wix_admin.members.operations import APPROVE_MEMBER, GET_FULL_MEMBER
from wix_admin.members.query_members import members_with
from wix_admin.models import Answer, Json, WriteInput
from wix_admin.schedules.chores import work_through
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

PENDING: Json = {"status": "PENDING"}


class MemberApprovalSettings(Settings):
    """What the template tells the function that approves pending members.

    Attributes:
        approve_members: `none`, `all`, or e-mail domains, comma separated.
    """

    approve_members: Name


class ApprovePendingMembersInput(WriteInput):
    """Nothing to say but whether to approve."""


class NotApproved(Answer):
    """A member whom Wix did not let in.

    Attributes:
        member_id: The member.
        code: Why, as problems have it.
    """

    member_id: str
    code: str


class MemberApprovals(Answer):
    """What became of the pending members.

    Attributes:
        pending: How many wait, as far as Wix's index knows.
        approved: The members who were let in.
        failed: The members whom Wix did not let in.
        skipped: How many the rule does not let in, or do not wait any more.
        left: How many were not reached, for want of time or as Wix could not be asked.
        complete: Whether none is left.
    """

    pending: int
    approved: list[str]
    failed: list[NotApproved]
    skipped: int
    left: int
    complete: bool


def approve_pending_members(
    wix: WixClient, rule: str, request: ApprovePendingMembersInput
) -> MemberApprovals:
    """Approve all pending members, those of some e-mail domains, or none.

    All are read before the first is approved, as approving moves the pages of the list. Wix's
    index lags, so each is read again: approving someone who was blocked since would unblock them.

    Wix: `POST /members/v1/members/query`, `GET /members/v1/members/{id}`, `POST .../approve`.

    Args:
        wix: The client of this invocation.
        rule: `none`, `all`, or e-mail domains, comma separated.
        request: Whether this is a dry run.

    Raises:
        WixPermissionError: If the credential may not approve.
        WixError: If Wix cannot be asked who is pending.
    """
    waiting = list(members_with(wix, PENDING)) if rule != "none" else []
    let_in = [each for each in waiting if _lets_in(rule, each)]

    def approve(member_id: str) -> bool:
        if not _waits(wix, member_id):
            return False
        wix.call(APPROVE_MEMBER, body={}, member_id=member_id)
        return True

    worked = work_through([each.id for each in let_in], approve)
    if not request.dry_run:
        metrics.add_metric("MembersApproved", MetricUnit.Count, len(worked.done))
        missed = len(worked.failed) + worked.left
        metrics.add_metric("MembersNotApproved", MetricUnit.Count, missed)
    return MemberApprovals(
        pending=len(waiting),
        approved=worked.done,
        failed=[NotApproved(member_id=each, code=code) for each, code in worked.failed.items()],
        skipped=len(waiting) - len(let_in) + worked.needless,
        left=worked.left,
        complete=worked.left == 0,
    )


def _waits(wix: WixClient, member_id: str) -> bool:
    """Tell whether a member still waits, which the list may not know yet."""
    reply = wix.call(GET_FULL_MEMBER, member_id=member_id)
    member = read_as(Member, reply.get("member"), GET_FULL_MEMBER)
    return member.status == "PENDING"


def _lets_in(rule: str, member: Member) -> bool:
    """Tell whether the rule lets a member in; only the whole domain of an address counts."""
    if rule == "all":
        return True
    domain = (member.login_email or "").rpartition("@")[2].lower()
    return domain in rule.lower().split(",")
