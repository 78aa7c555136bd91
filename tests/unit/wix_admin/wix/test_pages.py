"""Lists page by page, whatever paging Wix uses."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from wix_admin.errors import InputError
from wix_admin.wix.cursors import MAX_LENGTH, seal
from wix_admin.wix.operations import Operation
from wix_admin.wix.pages import Listed, Offset, Page, QueryInput, walk

OF = Operation("things.query", "POST", "/things/query", "THINGS.READ", repeatable=True, reads=True)


class ThingPage(Page[str]):
    shifted: bool | None = None


def asked(**given: object) -> QueryInput:
    return QueryInput.model_validate(given)


def test_a_list_begins_with_its_filter_and_sort() -> None:
    wanted = asked(filter={"a": 1}, sort=[{"fieldName": "name", "order": "DESC"}])

    assert Offset.of(OF, wanted) == Offset({"a": 1}, [{"fieldName": "name", "order": "DESC"}])


def test_a_cursor_holds_all_that_wix_must_be_told_again() -> None:
    first = Offset.of(OF, asked(filter={"a": 1}, sort=[{"fieldName": "name"}]))

    page = ThingPage.of(OF, ["a thing"], first.after(50, 120))

    assert Offset.of(OF, asked(cursor=page.cursor)) == Offset(first.filter, first.sort, 50, 120)


@pytest.mark.parametrize(("count", "total"), [(50, 50), (50, 20), (0, None), (0, 100)])
def test_a_list_ends_when_all_was_seen_or_nothing_came(count: int, total: int | None) -> None:
    assert Offset({}, []).after(count, total) is None


def test_a_list_goes_on_if_wix_cannot_count() -> None:
    assert Offset({}, []).after(50, None) is not None


@pytest.mark.parametrize(
    ("first", "now", "shifted"),
    [(120, 120, False), (120, 119, True), (120, 121, True), (None, 5, False), (5, None, False)],
)
def test_a_list_that_changed_since_it_began_says_so(
    first: int | None, now: int | None, *, shifted: bool
) -> None:
    assert Offset({}, [], 50, first).shifted(now) is shifted


def test_the_total_of_the_first_page_is_what_later_ones_are_compared_with() -> None:
    second = Offset({}, []).after(10, 100)
    assert second

    third = second.after(10, 99)

    assert third == Offset({}, [], 20, 100)


def test_a_filter_that_no_cursor_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match=r"^filter: "):
        ThingPage.of(OF, [], Offset({"a": "x" * MAX_LENGTH}, []))


@pytest.mark.parametrize(
    "position",
    [
        "text",
        "[]",
        "1",
        json.dumps({"filter": {}, "no": 1}),
        json.dumps({"filter": [], "sort": []}),
        json.dumps({"filter": {}, "sort": "name"}),
        json.dumps({"filter": {}, "sort": [], "start": "50"}),
        json.dumps({"filter": {}, "sort": [], "start": -1}),
        json.dumps({"filter": {}, "sort": [], "start": 50, "total": "120"}),
    ],
)
def test_a_cursor_of_something_else_is_refused(position: str) -> None:
    with pytest.raises(InputError, match=r"^cursor: "):
        Offset.of(OF, asked(cursor=seal(OF.name, position)))


@pytest.mark.parametrize("beside", [{"filter": {"a": 1}}, {"sort": [{"fieldName": "a"}]}])
def test_a_cursor_comes_with_nothing_but_a_limit(beside: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="send it with nothing but limit"):
        asked(cursor="x", **beside)


# ---- Wix's own cursors ----------------------------------------------------------------------


def listed(*, position: str | None = None, has_next: bool | None = None) -> Listed:
    paging = {"cursors": {"next": position}, "hasNext": has_next}
    return Listed.model_validate({"pagingMetadata": paging})


@pytest.mark.parametrize(
    ("page", "position"),
    [
        (listed(position="x"), "x"),
        (listed(position="x", has_next=True), "x"),
        (listed(position="x", has_next=False), None),
        (listed(position="", has_next=True), None),
        (listed(has_next=True), None),
        (Listed(), None),
        (Listed.model_validate({"pagingMetadata": {}}), None),
    ],
)
def test_a_list_goes_on_where_wix_says_unless_it_says_that_nothing_follows(
    page: Listed, position: str | None
) -> None:
    assert page.position == position


def test_a_page_goes_on_with_a_cursor_that_only_its_own_list_takes() -> None:
    page = ThingPage.of(OF, ["a", "b"], "x", shifted=True)

    assert page == ThingPage(
        cursor=seal(OF.name, "x"), has_more=True, items=["a", "b"], shifted=True
    )
    assert asked(cursor=page.cursor, limit=7).cursor_paging(OF) == {"limit": 7, "cursor": "x"}


def test_the_last_page_has_no_cursor() -> None:
    assert ThingPage.of(OF, [], None) == ThingPage(has_more=False, items=[])


def test_a_walk_begins_with_its_query_and_goes_on_with_nothing_but_the_cursor() -> None:
    pages = {None: listed(position="2"), "2": listed(position="3"), "3": listed()}
    queries: list[dict[str, Any]] = []

    def read(query: dict[str, Any]) -> Listed:
        queries.append(query)
        return pages[query["cursorPaging"].get("cursor")]

    found = list(walk(read, {"filter": {"a": 1}, "cursorPaging": {"limit": 50}}))

    assert found == list(pages.values())
    assert queries == [
        {"filter": {"a": 1}, "cursorPaging": {"limit": 50}},
        {"cursorPaging": {"limit": 50, "cursor": "2"}},
        {"cursorPaging": {"limit": 50, "cursor": "3"}},
    ]
