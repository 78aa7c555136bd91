"""What the page about filters and sorts lists: what each query takes, and recipes."""

import json
from collections.abc import Iterable

from openapi.filters import LISTINGS, ORDER
from openapi.recipes import RECIPES, Recipe
from wix_admin.wix.filters import Field, Kind, Query

KINDS: dict[Kind, str] = {
    "text": "text",
    "id": "id",
    "date": "time",
    "number": "number",
    "decimal": "number, as text",
    "flag": "`true` or `false`",
}

NOTES = {
    ("orders", None): """\
The newest come first unless a sort says otherwise. Orders that are `PENDING` or `REJECTED` are
listed if the filter names that status, and those that are `INITIALIZED` never are.""",
    ("members", None): """\
The oldest come first unless a sort says otherwise.""",
    ("bookings", None): """\
The newest come first unless a sort says otherwise. Name each field once in a filter, with both ends
of a time in one object: Wix uses only the first condition on it. Courses are found by their
schedule, all else by its slot.""",
    ("products", "V3"): """\
Products cannot be found by name or SKU here: look for a SKU in the stock.""",
    ("stock items", "V3"): """\
`lowStock` goes with any filter.""",
    ("stock items", "V1"): """\
`lowStock` goes with any filter. A page counts products, in the order in which they were made; there
is no sorting. Wix has examples of the first two fields, and does not describe the others.""",
}


def filters() -> str:
    """Write a chapter for each query: its fields, and how each can be filtered and sorted by."""
    return "\n\n".join(_chapter(each.path, query) for each in LISTINGS for query in each.queries)


def recipes() -> str:
    """Write requests for what is looked for most often."""
    return "\n\n".join(_recipe(each) for each in RECIPES)


def _chapter(path: str, query: Query) -> str:
    title = f"## {path}" + (f" on catalog {query.catalog}" if query.catalog else "")
    rows = "\n".join(_row(name, each) for name, each in query.fields.items())
    note = NOTES.get((query.of, query.catalog))
    head = f"{title}\n\n{note}" if note else title
    return f"{head}\n\n| Field | Is | Operators | Sorts |\n|---|---|---|---|\n{rows}"


def _row(name: str, field: Field) -> str:
    kind = KINDS.get(field.kind) or f"one of {_code(field.values)}"
    if "$hasAll" in field.taken:
        kind = f"several: {kind.removeprefix('one of ')}"
    operators = _code(each for each in ORDER if each in field.operators)
    if field.doubtful:
        operators += f" ({_code(each for each in ORDER if each in field.doubtful)})"
    sorts = {True: "yes", None: "(yes)", False: ""}[field.sorts]
    return f"| `{name}` | {kind} | {operators.strip()} | {sorts} |"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)


def _recipe(recipe: Recipe) -> str:
    catalog = f", on catalog {recipe.catalog}" if recipe.catalog else ""
    body = json.dumps(recipe.body, indent=2, ensure_ascii=False)
    return f"{recipe.wanted}{catalog}: `POST {recipe.path}`\n\n```json\n{body}\n```"
