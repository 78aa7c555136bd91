"""Delete a member for good."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.members.deleting import DeleteMemberInput, DeleteReceipt, MemberDeletion
from wix_admin.members.operations import DELETE_MEMBER, GET_MEMBER


@admin_action(DeleteMemberInput, elevates=[GET_MEMBER, DELETE_MEMBER], key=Key.HONOURED)
def handler(member: DeleteMemberInput, wix: WixClient, once: Once) -> DeleteReceipt:
    return once.make(MemberDeletion(wix, member))
