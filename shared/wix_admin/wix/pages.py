"""Lists page by page: one kind of query and one kind of answer, whatever paging Wix uses."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.aws.telemetry import logger
from wix_admin.models import Answer, FunctionInput, Json, WixEntity, without_none
from wix_admin.wix.cursors import MAX_LENGTH, Place, seal, seal_place, unseal, unseal_place
from wix_admin.wix.filters import Query
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import pass_on

LARGEST_PAGE = 100


class Sort(FunctionInput):
    """One field to sort by."""

    field_name: Annotated[str, Field(min_length=1, max_length=512)]
    order: Literal["ASC", "DESC"] = "ASC"


class QueryInput(FunctionInput):
    """What to list: a filter to begin with, then the cursor of the last answer."""

    filter: dict[str, Any] | None = Field(default=None, description="Wix's filter.")
    sort: Annotated[list[Sort], Field(max_length=4)] | None = None
    unchecked: bool = Field(
        default=False,
        description=(
            "Hand the filter and the sort to Wix as they are, whether or not Wix is known to take"
            " them. A list goes on as it began, so beside a cursor it changes nothing."
        ),
    )
    cursor: Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)] | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50

    @field_validator("cursor")
    @classmethod
    def _alone(cls, given: str | None, others: ValidationInfo) -> str | None:
        if given is not None and (others.data.get("filter") or others.data.get("sort")):
            raise PydanticCustomError(
                "cursor", "A cursor holds its filter and sort: send it with nothing but limit"
            )
        return given

    def sorting(self) -> list[Json]:
        """Return the sort as Wix reads it."""
        return [each.model_dump(by_alias=True) for each in self.sort or []]

    def cursor_paging(self, operation: Operation) -> Json:
        """Return how many items to list and where to go on, as Wix reads it in `cursorPaging`.

        Raises:
            InputError: If the cursor is not one that this operation gave out.
        """
        position = None if self.cursor is None else unseal(operation.name, self.cursor)
        return without_none(limit=self.limit, cursor=position)

    def check(self, query: Query, *, other: Query | None = None) -> None:
        """Refuse a filter or a sort that Wix's query does not take, unless it is `unchecked`.

        Args:
            query: What Wix's query takes.
            other: What it would take on the other catalog, where there are two.

        Raises:
            InputError: With all that is wrong, place by place.
        """
        if not self.unchecked:
            query.check(self.filter or {}, self.sorting(), other=other)


class Page[T](Answer):
    """One page of a list, with its items.

    Attributes:
        cursor: What to send for the next page; absent on the last one.
        has_more: Whether there is a next page.
    """

    cursor: str | None = None
    has_more: bool
    items: list[T]

    @classmethod
    def of(
        cls, operation: Operation, items: Sequence[T], position: str | Place | None, **more: Any
    ) -> Self:
        """Make a page of what Wix listed.

        Args:
            operation: What was asked of Wix.
            items: The items of the page.
            position: Where the list goes on: Wix's own cursor, or a place; None on the last page.
            more: The fields that a page of this area has besides.

        Raises:
            InputError: If the filter is too long to be carried on.
        """
        match position:
            case None:
                cursor = None
            case str():
                cursor = seal(operation.name, position)
            case _:
                cursor = seal_place(operation.name, position)
        return cls(cursor=cursor, has_more=cursor is not None, items=list(items), **more)


def pass_on_items[T: WixEntity](
    model: type[T], listed: Sequence[object], operation: Operation
) -> list[T]:
    """Return the items of a page as they came; what is no item is left out and logged."""
    found = [pass_on(model, each, operation) for each in listed if each and isinstance(each, dict)]
    if len(found) < len(listed):
        logger.warning("Wix listed what is no item", extra={"operation": operation.name})
    return found


class _Cursors(WixEntity):
    next: str | None = None


class CursorPaging(WixEntity):
    """How a list goes on that Wix pages by cursor."""

    cursors: _Cursors | None = None
    has_next: bool | None = None


class Listed(WixEntity):
    """One page of a list that Wix pages by cursor; each area adds its items."""

    paging_metadata: CursorPaging | None = None

    @property
    def position(self) -> str | None:
        """Wix's cursor for the next page; None on the last one, where Wix may give one, too."""
        paging = self.paging_metadata or CursorPaging()
        following = paging.cursors.next if paging.cursors else None
        return following or None if paging.has_next is not False else None


def walk[L: Listed](read: Callable[[Json], L], query: Json) -> Iterator[L]:
    """Yield the pages of a list that Wix pages by cursor, from the first to the last.

    Args:
        read: Reads one page, by Wix's query for it.
        query: The query that the list begins with.
    """
    limit = query["cursorPaging"]["limit"]
    while True:
        page = read(query)
        yield page
        if page.position is None:
            return
        query = {"cursorPaging": {"limit": limit, "cursor": page.position}}


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a list that Wix pages by offset goes on, with all that must be said again.

    Attributes:
        filter: Wix's filter.
        sort: The fields to sort by, as Wix reads them.
        start: How many items came before.
        total: How many there were when the list began, if Wix said.
    """

    filter: Json
    sort: list[Json]
    start: Annotated[int, Field(ge=0)] = 0
    total: int | None = None

    @classmethod
    def of(cls, operation: Operation, query: QueryInput) -> Self:
        """Begin a list, or go on where a cursor of ours says.

        Raises:
            InputError: If the cursor is not one that this operation gave out.
        """
        if query.cursor is None:
            return cls(query.filter or {}, query.sorting())
        return unseal_place(operation.name, query.cursor, cls)

    def after(self, count: int, total: int | None) -> Self | None:
        """Return where the next page begins, or None if this was the last one.

        Args:
            count: How many items this page has.
            total: How many there are in all, if Wix says.
        """
        start = self.start + count
        if count == 0 or (total is not None and start >= total):
            return None
        first = total if self.total is None else self.total
        return replace(self, start=start, total=first)

    def shifted(self, total: int | None) -> bool:
        """Tell whether the list changed since it began, so that items may be missed or repeated."""
        return None not in {self.total, total} and self.total != total
