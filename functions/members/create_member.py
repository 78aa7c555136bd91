"""Add a member to the site, once.

The new member can log in after choosing a password; Wix sends no e-mail about it. A login e-mail
that a member has already is refused (`conflict`).
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.members.create_member import CreateMemberInput, CreateReceipt, MemberCreation
from wix_admin.members.operations import CREATE_MEMBER, QUERY_MEMBERS


@admin_action(CreateMemberInput, elevates=[QUERY_MEMBERS, CREATE_MEMBER], key=Key.REQUIRED)
def handler(member: CreateMemberInput, wix: WixClient, once: Once) -> CreateReceipt:
    return once.make(MemberCreation(wix, member))
