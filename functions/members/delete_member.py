"""Delete a member permanently.

It cannot be undone, so the request repeats the member's id, as `confirm`. What the member wrote
goes to the site's owner.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.members.delete_member import DeleteMemberInput, DeleteReceipt, MemberDeletion
from wix_admin.members.operations import DELETE_MEMBER, GET_MEMBER


@admin_action(DeleteMemberInput, elevates=[GET_MEMBER, DELETE_MEMBER], key=Key.HONOURED)
def handler(member: DeleteMemberInput, wix: WixClient, once: Once) -> DeleteReceipt:
    return once.make(MemberDeletion(wix, member))
