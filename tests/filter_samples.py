"""Filters and sorts that name everything a query takes, and some that name what it does not."""

from collections.abc import Iterator
from typing import Any

from wix_admin.wix.filters import COMPARING, EQUAL, FLAGS, HOLDING, LISTS, PARTS, Field, Kind, Query

type Json = dict[str, Any]

OPERATORS = frozenset({*EQUAL, *COMPARING, *HOLDING, *FLAGS, *PARTS})

VALUES: dict[Kind, Any] = {
    "text": "Ada",
    "id": "5e8d0f4b-77aa-4d0c-b6f1-2c3d4e5f6a01",
    "date": "2026-01-31T09:00:00Z",
    "number": 3,
    "decimal": "12.50",
    "flag": True,
}


def every_condition(query: Query) -> Json:
    """Return a filter by every field with each of its operators, joined as far as Wix allows."""
    spelled = {
        name.replace("<name>", "Size"): {each: _operand(field, each) for each in field.taken}
        for name, field in query.fields.items()
        if field.taken
    }
    if query.once:
        return spelled
    bare = [{name: each["$eq"]} for name, each in spelled.items() if "$eq" in each]
    single = [{name: {each: value}} for name, of in spelled.items() for each, value in of.items()]
    return {"$and": single, "$not": spelled, **({"$or": bare} if bare else {})}


def every_sort(query: Query) -> Iterator[list[Json]]:
    """Yield sorts by every field that can be sorted by, four at a time."""
    names = query.sortable
    for start in range(0, len(names), 4):
        yield [{"fieldName": name, "order": "DESC"} for name in names[start : start + 4]]


def beyond(query: Query) -> Iterator[Json]:
    """Yield, field by field, a filter with all the operators that the field does not take."""
    for name, field in query.fields.items():
        if field.taken:
            others = sorted(OPERATORS - set(field.taken))
            yield {name.replace("<name>", "Size"): {each: _operand(field, each) for each in others}}


def _operand(field: Field, operator: str) -> Any:
    if operator in FLAGS:
        return True
    if operator in PARTS:
        return "A"
    listed = [each for each in field.values if each not in field.unlisted]
    value = listed[0] if listed else VALUES[field.kind]
    return [value, value] if operator in LISTS else value
