"""Lists that are walked by cursor, where the cursor holds the whole request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from tests.wix_simulator.errors import Json, invalid
from tests.wix_simulator.filters import Cursors, Fields, Page, Plan, Sort


class _Paging(Protocol):
    @property
    def limit(self) -> int | None: ...

    @property
    def cursor(self) -> str | None: ...


class _Query(Protocol):
    @property
    def filter(self) -> Json | None: ...

    @property
    def sort(self) -> list[Sort] | None: ...

    @property
    def cursor_paging(self) -> _Paging: ...


@dataclass(frozen=True)
class Listing:
    """How one endpoint lists what it has."""

    name: str
    """Tells its cursors from those of other lists."""

    place: str
    """Where in the body the query is."""

    fields: Fields
    default_limit: int
    sort: list[Sort] = field(default_factory=list)
    """The order, unless the caller asks for one."""

    def page(
        self,
        cursors: Cursors,
        query: _Query,
        documents: Callable[[Json, Any], Iterable[Json]],
        extra: Any = None,
    ) -> Page:
        """The next part of what a query finds.

        Args:
            documents: Makes of the filter and of `extra` what there is to choose from.
            extra: What the query asks for besides; kept in the cursor with it.

        Raises:
            RefusedError: If the query is wrong, or its cursor no good.
        """
        paging, place = query.cursor_paging, self.place
        if paging.cursor:
            if query.filter is not None or query.sort is not None:
                text = "must not be sent beside a cursor"
                raise invalid(f"{place}.filter", text, "FIELD_NOT_ALLOWED")
            plan, extra = self._resume(cursors, paging.cursor)
        else:
            plan = Plan(query.filter or {}, query.sort or self.sort)
            self.fields.check_sort(plan.sort)
            self.fields.check_filter(plan.filter)
        found = documents(plan.filter, extra)
        page = cursors.page(self.fields, plan, found, paging.limit or self.default_limit)
        if not page.more:
            return page
        after = self.fields.place_of(page.items[-1], plan.sort)
        rest = replace(plan, after=after)
        return replace(page, next=cursors.keep((self.name, rest, extra)))

    def _resume(self, cursors: Cursors, cursor: str) -> tuple[Plan, Any]:
        place = f"{self.place}.cursorPaging.cursor"
        name, plan, extra = cursors.resume(cursor, place)
        if name != self.name:
            raise invalid(place, "belongs to another list")
        return plan, extra


def told(page: Page, *, with_has_next: bool = True) -> Json:
    """What Wix says of a page."""
    metadata: Json = {
        "count": len(page.items),
        "cursors": {"next": page.next, "prev": None} if page.more else {},
    }
    return metadata | ({"hasNext": page.more} if with_has_next else {})
