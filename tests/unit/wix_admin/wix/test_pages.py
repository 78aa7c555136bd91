"""Lists page by page, over an offset that Wix counts and callers do not see."""

import json

import pytest
from pydantic import ValidationError

from wix_admin.errors import InputError
from wix_admin.wix.cursors import MAX_LENGTH, seal
from wix_admin.wix.pages import Offset, QueryInput

OF = "things.query"


def asked(**given: object) -> QueryInput:
    return QueryInput.model_validate(given)


def test_a_list_begins_with_its_filter_and_sort() -> None:
    wanted = asked(filter={"a": 1}, sort=[{"fieldName": "name", "order": "DESC"}])

    assert Offset.of(OF, wanted) == Offset({"a": 1}, [{"fieldName": "name", "order": "DESC"}])


def test_a_cursor_holds_all_that_wix_must_be_told_again() -> None:
    first = Offset.of(OF, asked(filter={"a": 1}, sort=[{"fieldName": "name"}]))

    cursor = first.after(OF, 50, 120)

    assert Offset.of(OF, asked(cursor=cursor)) == Offset(first.filter, first.sort, 50, 120)


@pytest.mark.parametrize(("count", "total"), [(50, 50), (50, 20), (0, None), (0, 100)])
def test_a_list_ends_when_all_was_seen_or_nothing_came(count: int, total: int | None) -> None:
    assert Offset({}, []).after(OF, count, total) is None


def test_a_list_goes_on_if_wix_cannot_count() -> None:
    assert Offset({}, []).after(OF, 50, None) is not None


@pytest.mark.parametrize(
    ("first", "now", "shifted"),
    [(120, 120, False), (120, 119, True), (120, 121, True), (None, 5, False), (5, None, False)],
)
def test_a_list_that_changed_since_it_began_says_so(
    first: int | None, now: int | None, *, shifted: bool
) -> None:
    assert Offset({}, [], 50, first).shifted(now) is shifted


def test_the_total_of_the_first_page_is_what_later_ones_are_compared_with() -> None:
    second = Offset.of(OF, asked(cursor=Offset({}, []).after(OF, 10, 100)))
    third = Offset.of(OF, asked(cursor=second.after(OF, 10, 99)))

    assert third.total == 100


def test_a_filter_that_no_cursor_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match=r"^filter: "):
        Offset({"a": "x" * MAX_LENGTH}, []).after(OF, 1, 2)


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
        Offset.of(OF, asked(cursor=seal(OF, position)))


@pytest.mark.parametrize("beside", [{"filter": {"a": 1}}, {"sort": [{"fieldName": "a"}]}])
def test_a_cursor_comes_with_nothing_but_a_limit(beside: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="send it with nothing but limit"):
        asked(cursor="x", **beside)
