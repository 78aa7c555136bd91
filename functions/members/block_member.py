"""Shut a member out until approved again."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.members.admitting import BlockMemberInput, MemberBlock, StatusReceipt
from wix_admin.members.operations import BLOCK_MEMBER


@admin_action(BlockMemberInput, elevates=[BLOCK_MEMBER], key=Key.HONOURED)
def handler(member: BlockMemberInput, wix: WixClient, once: Once) -> StatusReceipt:
    return once.make(MemberBlock(wix, member))
