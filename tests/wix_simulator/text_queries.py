"""Queries of catalog V1: filter and sort are JSON text, and pages are found by their offset.

Their operators are those of Wix's page on filtering and sorting the catalog, which has no `$in`:
"hasSome" is there what IN is in SQL.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.errors import Json, invalid
from tests.wix_simulator.filters import Fields, Sort

LARGEST_PAGE = 100

OLD_EXACT = frozenset({"$eq", "$ne", "$hasSome"})
"""The operators that every field takes."""

_DIRECTIONS = {"asc": "ASC", "desc": "DESC"}


class TextPaging(Body):
    """A part of all results, by its place."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE
    offset: Annotated[int, Field(ge=0)] = 0


class TextQuery(Body):
    """What to find, in which order, and which part of it."""

    filter: str | None = None
    sort: str | None = None
    paging: TextPaging = TextPaging()


def part_of(found: list[Json], paging: TextPaging, name: str) -> Json:
    """The page that was asked for, and how many there are."""
    page = found[paging.offset : paging.offset + paging.limit]
    metadata = {"items": len(page), "offset": paging.offset}
    return {name: page, "metadata": metadata, "totalResults": len(found)}


def selected(fields: Fields, query: TextQuery, documents: Iterable[Json]) -> list[Json]:
    """All that a query finds, in order.

    Raises:
        RefusedError: If the query is wrong.
    """
    condition, sort = filter_of(query), _sort_of(query)
    fields.check_filter(condition)
    fields.check_sort(sort)
    return fields.sorted((each for each in documents if fields.match(condition, each)), sort)


def filter_of(query: TextQuery) -> Json:
    """The filter that was written as text."""
    condition = _parsed(query.filter, "query.filter", {})
    if not isinstance(condition, dict):
        raise invalid("query.filter", "must be an object, written as text")
    return condition


def _sort_of(query: TextQuery) -> list[Sort]:
    wanted = _parsed(query.sort, "query.sort", [])
    if isinstance(wanted, dict):
        wanted = [wanted]
    sort = []
    for each in wanted if isinstance(wanted, list) else [None]:
        pairs = list(each.items()) if isinstance(each, dict) else []
        direction = _DIRECTIONS.get(str(pairs[0][1]).lower()) if len(pairs) == 1 else None
        if direction is None:
            raise invalid("query.sort", 'must be a list like [{"name": "asc"}], written as text')
        sort.append(Sort.model_validate({"fieldName": pairs[0][0], "order": direction}))
    return sort


def _parsed(text: str | None, place: str, default: Any) -> Any:
    if not text:
        return default
    try:
        return json.loads(text)
    except ValueError:
        raise invalid(place, "is not JSON") from None
