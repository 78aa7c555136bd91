"""What the members' functions may call at Wix (Members v1).

A member has no revision. Approving and blocking set a status and deleting ends, so each may be
sent twice; creating has no idempotency key at Wix and may not.
"""

from wix_admin.wix.operations import Operation

CREATE_MEMBER = Operation(
    "members.create", "POST", "/members/v1/members", "MEMBERS.MEMBER_CREATE", repeatable=False
)
GET_MEMBER = Operation(
    "members.get",
    "GET",
    "/members/v1/members/{member_id}",
    "MEMBERS.MEMBER_READ",
    repeatable=True,
    reads=True,
)
GET_FULL_MEMBER = Operation(
    "members.get_full",
    "GET",
    "/members/v1/members/{member_id}?fieldsets=FULL",
    "MEMBERS.MEMBER_READ",
    repeatable=True,
    reads=True,
)
QUERY_MEMBERS = Operation(
    "members.query",
    "POST",
    "/members/v1/members/query",
    "MEMBERS.MEMBER_READ",
    repeatable=True,
    reads=True,
)
APPROVE_MEMBER = Operation(
    "members.approve",
    "POST",
    "/members/v1/members/{member_id}/approve",
    "MEMBERS.MEMBER_APPROVE",
    repeatable=True,
)
BLOCK_MEMBER = Operation(
    "members.block",
    "POST",
    "/members/v1/members/{member_id}/block",
    "MEMBERS.MEMBER_BLOCK",
    repeatable=True,
)
DELETE_MEMBER = Operation(
    "members.delete",
    "DELETE",
    "/members/v1/members/{member_id}",
    "MEMBERS.MEMBER_DELETE",
    repeatable=True,
)
