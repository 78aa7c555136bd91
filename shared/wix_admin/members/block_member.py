"""Blocks a member."""

from wix_admin.members.member_status import StatusChange
from wix_admin.members.operations import BLOCK_MEMBER
from wix_admin.models import Guid, WriteInput
from wix_admin.wix.client import WixClient


class BlockMemberInput(WriteInput):
    """Whom to shut out, until approved again."""

    member_id: Guid


class MemberBlock(StatusChange):
    """Blocks one member.

    Wix: `POST /members/v1/members/{id}/block`, which refuses the site's owner, whoever asks, and
    members with a running paid plan.
    """

    name = BLOCK_MEMBER.name
    operation = BLOCK_MEMBER
    status = "BLOCKED"

    def __init__(self, wix: WixClient, member: BlockMemberInput) -> None:
        super().__init__(wix, member.member_id)
