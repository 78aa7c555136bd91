"""Block a member, until approved again.

A blocked member cannot log in. Blocking twice changes nothing; the site's owner cannot be blocked.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.members.block_member import BlockMemberInput, MemberBlock
from wix_admin.members.member_status import StatusReceipt
from wix_admin.members.operations import BLOCK_MEMBER


@admin_action(BlockMemberInput, elevates=[BLOCK_MEMBER], key=Key.HONOURED)
def handler(member: BlockMemberInput, wix: WixClient, once: Once) -> StatusReceipt:
    return once.make(MemberBlock(wix, member))
