"""List or search members, page by page, with their status.

The oldest come first unless a sort says otherwise. Wix's index lags behind changes by seconds. A
page is `shifted` if members were added or removed since the first one.
"""

from wix_admin import WixClient, admin_action
from wix_admin.members.operations import QUERY_MEMBERS
from wix_admin.members.query_members import MemberPage, QueryMembersInput, query_members


@admin_action(QueryMembersInput, elevates=[QUERY_MEMBERS])
def handler(query: QueryMembersInput, wix: WixClient) -> MemberPage:
    return query_members(wix, query)
