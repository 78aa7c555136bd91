"""The page about filters and sorts: tables of what each query takes, and recipes."""

import json
from collections.abc import Iterable
from pathlib import Path

from openapi.filters import LISTINGS, ORDER
from openapi.recipes import RECIPES, Recipe
from wix_admin.wix.filters import Field, Kind, Query

PAGE = Path(__file__).with_name("README.md")

KINDS: dict[Kind, str] = {
    "text": "text",
    "id": "id",
    "date": "time",
    "number": "number",
    "decimal": "number, as text",
    "flag": "`true` or `false`",
}

INTRODUCTION = """\
# Filters and sorts

Made by `make openapi` from the tables that requests are checked against: change those.

Five routes list things: `POST` [`/orders/query`](#ordersquery), [`/members/query`](#membersquery),
[`/bookings/query`](#bookingsquery), [`/products/query`](#productsquery-on-catalog-v3) and
[`/inventory/query`](#inventoryquery-on-catalog-v3). Each takes a filter and a sort as Wix's query
behind it reads them. [`admin-api.json`](admin-api.json) has them as types; here they are as tables,
with [recipes](#recipes).

```json
{
  "filter": {"paymentStatus": "PAID", "createdDate": {"$gte": "2026-01-01T00:00:00Z"}},
  "sort": [{"fieldName": "createdDate", "order": "DESC"}],
  "limit": 20
}
```

A field with a value has to be equal to it. A field with an object is compared by operators. What
stands in one object has to be true together; `$and` and `$or` take a list of such objects, and
`$not` takes one.

What Wix would not take is refused before Wix is called: `400`, with the place of each mistake, and
the name that was probably meant. Should Wix take more than is listed here,
`"unchecked": true` beside the filter hands filter and sort to Wix as they are.

## Operators

| Operator | Lists things whose field |
|---|---|
| `$eq`, `$ne` | is, or is not, this value; `null` is no value |
| `$in`, `$nin` | is, or is not, one of these values |
| `$gt`, `$gte`, `$lt`, `$lte` | is greater, greater or equal, less, less or equal |
| `$startsWith` | begins with this text, in capitals or not |
| `$contains` | has this text inside, on catalog V1 |
| `$exists` | has a value (`true`), or has none (`false`) |
| `$isEmpty` | is empty text or an empty list (`true`), or is not (`false`) |
| `$hasSome`, `$hasAll` | holds some, or all, of these values; on catalog V1 `$hasSome` is `$in` |

* A **time** is written as `2026-01-31T09:00:00Z`; bookings are to be asked in UTC.
* A **number, as text** is one that Wix writes in quotes: `"10011"`, `"12.50"`. With or without
  quotes, it is compared as a number.
* Operators and sorts in brackets are in one of Wix's sources and missing in another: they are
  passed on, and Wix decides.

## Pages

`limit` says how many things a page has: 50 if it is left out, 100 at most, and 1,000 for stock on
catalog V3. While `hasMore` is true, send the answer's `cursor`, alone or with a `limit`: it holds
the filter and the sort.

* Cursors of orders and bookings, and of products and stock on catalog V3, are Wix's. Wix does not
  say how long they live: follow them at once, and begin the list anew where one is refused.
* Cursors of members, and of products and stock on catalog V1, are ours and do not end. Wix counts
  members, and sorted products on V1, anew for each page: `shifted` tells that the list changed.
* A cursor is no place for a secret: whoever has one of ours can read the filter in it.
* Wix's lists of orders, members and bookings lag behind changes by seconds. Read a thing by its id
  to see it as it is.
"""

NOTES = {
    ("orders", None): """\
The newest come first unless a sort says otherwise. Orders that are `PENDING` or `REJECTED` are
listed if the filter names that status, and those that are `INITIALIZED` never are.""",
    ("members", None): """\
The oldest come first unless a sort says otherwise.""",
    ("bookings", None): """\
The newest come first unless a sort says otherwise. Name each field once in a filter, with both ends
of a time in one object: Wix heeds only the first condition on it. Courses are found by their
schedule, all else by its slot.""",
    ("products", "V3"): """\
Products cannot be found by name or SKU here: look for a SKU in the stock.""",
    ("stock items", "V3"): """\
`lowStock` goes with any filter.""",
    ("stock items", "V1"): """\
`lowStock` goes with any filter. A page counts products, in the order in which they were made; there
is no sorting. Wix has examples of the first two fields, and does not tell of the others.""",
}


def page() -> str:
    """Write the page."""
    tables = [_table(listing.path, each) for listing in LISTINGS for each in listing.queries]
    recipes = "\n".join(_recipe(each) for each in RECIPES)
    return "\n".join([INTRODUCTION, *tables, f"## Recipes\n\n{recipes}"])


def _table(path: str, query: Query) -> str:
    title = f"## {path}" + (f" on catalog {query.catalog}" if query.catalog else "")
    rows = "\n".join(_row(name, each) for name, each in query.fields.items())
    note = NOTES.get((query.of, query.catalog))
    head = f"{title}\n\n{note}" if note else title
    return f"{head}\n\n| Field | Is | Operators | Sorts |\n|---|---|---|---|\n{rows}\n"


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
    return f"{recipe.wanted}{catalog}: `POST {recipe.path}`\n\n```json\n{body}\n```\n"
