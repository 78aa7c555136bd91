"""Lists members."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.members.entities import Member
from wix_admin.members.filters import MEMBERS
from wix_admin.members.operations import QUERY_MEMBERS
from wix_admin.models import FunctionInput, Json, WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.pages import LARGEST_PAGE, Offset, Page, QueryInput, Sort, pass_on_items
from wix_admin.wix.replies import read_as

OLDEST_FIRST: list[Json] = [{"fieldName": "createdDate", "order": "ASC"}]
"""New members then come last, and move nobody across pages."""

ALL_FIELDS = ["FULL"]
"""Without it, Wix tells every status as `UNKNOWN`."""

type Searchable = Literal[
    "loginEmail",
    "contact.firstName",
    "contact.lastName",
    "profile.title",
    "profile.nickname",
    "profile.slug",
]


class MemberSearch(FunctionInput):
    """Words to look for, besides the filter."""

    expression: Annotated[str, Field(min_length=1, max_length=100)]
    fields: list[Searchable] = Field(
        default=["profile.nickname"], min_length=1, max_length=4, description="Where to look."
    )


class QueryMembersInput(QueryInput):
    """Which members to list: a filter, a search or both, then the cursor of the last answer.

    The oldest come first unless a sort says otherwise.
    """

    filter: dict[str, object] | None = Field(
        default=None, description='Wix\'s filter, such as {"status": "PENDING"}'
    )
    sort: list[Sort] | None = None
    search: MemberSearch | None = None

    @field_validator("search")
    @classmethod
    def _not_beside_a_cursor(
        cls, given: MemberSearch | None, others: ValidationInfo
    ) -> MemberSearch | None:
        if given is not None and others.data.get("cursor") is not None:
            raise PydanticCustomError("cursor", "A cursor holds its search: leave this out")
        return given


class MemberPage(Page[Member]):
    """One page of members.

    Wix counts members from the start of the list for every page.

    Attributes:
        items: The members, with all fields.
        shifted: Whether members were added or left since the first page, so that some may be
            missing or come twice: begin anew if that matters.
    """

    shifted: bool = False


class _Counted(WixEntity):
    total: int | None = None


class _Found(WixEntity):
    members: list[Any] | None = None
    metadata: _Counted | None = None


def query_members(wix: WixClient, query: QueryMembersInput) -> MemberPage:
    """List one page of members. Wix's index lags behind changes by seconds.

    Wix: `POST /members/v1/members/query`, with all fields, whose limit is 100 members a page.

    Raises:
        InputError: If the cursor is not one of ours, or the filter or sort not one of Wix's.
        WixRequestError: If Wix refuses the filter.
        WixError: If Wix cannot be asked.
    """
    query.check(MEMBERS)
    offset = Offset.of(QUERY_MEMBERS, query)
    if query.search is not None:
        searched = {"search": query.search.model_dump(by_alias=True), "filter": offset.filter}
        offset = Offset(searched, offset.sort)
    elif query.cursor is None:
        offset = Offset({"filter": offset.filter}, offset.sort)
    found = _page(wix, offset, query.limit)
    members = found.members or []
    total = found.metadata.total if found.metadata else None
    return MemberPage.of(
        QUERY_MEMBERS,
        pass_on_items(Member, members, QUERY_MEMBERS),
        offset.after(len(members), total),
        shifted=offset.shifted(total),
    )


def members_with(wix: WixClient, condition: Json) -> Iterator[Member]:
    """Yield every member that fits a filter, page after page, the oldest first.

    What changes meanwhile moves the pages: whoever changes members reads them all before.

    Raises:
        WixError: If Wix refuses the filter or cannot be asked.
    """
    start = 0
    while True:
        members = _page(wix, Offset({"filter": condition}, [], start), LARGEST_PAGE).members or []
        yield from (read_as(Member, each, QUERY_MEMBERS) for each in members)
        start += len(members)
        if len(members) < LARGEST_PAGE:
            return


def _page(wix: WixClient, offset: Offset, limit: int) -> _Found:
    query: Json = {
        "sorting": offset.sort or OLDEST_FIRST,
        "paging": {"limit": limit, "offset": offset.start},
    }
    if offset.filter.get("filter"):
        query["filter"] = offset.filter["filter"]
    body: Json = {"query": query, "fieldsets": ALL_FIELDS}
    if "search" in offset.filter:
        body["search"] = offset.filter["search"]
    return read_as(_Found, wix.call(QUERY_MEMBERS, body=body), QUERY_MEMBERS)
