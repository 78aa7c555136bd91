"""What queries of all areas share: filters, sorting, paging and cursors."""

import functools
import secrets
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.clock import Clock
from tests.wix_simulator.errors import Json, invalid, plain_error
from tests.wix_simulator.switches import Switches

type Values = list[Any]
type Kind = Literal["text", "date", "number", "flag"]

EXACT = frozenset({"$eq", "$ne", "$in", "$nin"})
COMPARING = frozenset({"$gt", "$gte", "$lt", "$lte"})
MEMBERS = frozenset({"$hasSome", "$hasAll"})
OF_FLAGS = EXACT | {"$exists", "$hasSome"}
OF_NUMBERS = OF_FLAGS | COMPARING
OF_TEXTS = OF_NUMBERS | {"$startsWith", "$isEmpty"}
"""Groups of operators, to say which a field takes; dates take those of numbers, enums of flags."""

Cursor = Annotated[str, StringConstraints(max_length=16000)]

_TEXT_ONLY = frozenset({"$startsWith", "$endsWith", "$contains"})
_LISTS = frozenset({"$in", "$nin"}) | MEMBERS
_FLAGS = frozenset({"$exists", "$isEmpty"})
_TYPES: dict[Kind, type] = {"text": str, "flag": bool}


def _text(value: Any) -> str:
    return str(value).lower()


_TESTS: dict[str, Callable[[Values, Any], bool]] = {
    "$eq": lambda found, wanted: wanted in found if found else wanted is None,
    "$ne": lambda found, wanted: wanted not in found if found else wanted is not None,
    "$in": lambda found, wanted: any(each in wanted for each in found),
    "$nin": lambda found, wanted: all(each not in wanted for each in found),
    "$gt": lambda found, wanted: any(each > wanted for each in found),
    "$gte": lambda found, wanted: any(each >= wanted for each in found),
    "$lt": lambda found, wanted: any(each < wanted for each in found),
    "$lte": lambda found, wanted: any(each <= wanted for each in found),
    "$startsWith": lambda found, wanted: any(
        _text(each).startswith(_text(wanted)) for each in found
    ),
    "$endsWith": lambda found, wanted: any(_text(each).endswith(_text(wanted)) for each in found),
    "$contains": lambda found, wanted: any(_text(wanted) in _text(each) for each in found),
    "$exists": lambda found, wanted: bool(found) is wanted,
    "$isEmpty": lambda found, wanted: any(found) is not wanted,
    "$hasSome": lambda found, wanted: any(each in found for each in wanted),
    "$hasAll": lambda found, wanted: all(each in found for each in wanted),
}


# ---- Parts of request bodies ----


class Sort(Body):
    """One field to sort by."""

    field_name: Annotated[str, StringConstraints(max_length=512)]
    order: Literal["ASC", "DESC"] = "ASC"


class Paging(Body):
    """A part of all results, by its place."""

    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    offset: Annotated[int, Field(ge=0)] = 0


class CursorPaging(Body):
    """A part of all results, by what came before."""

    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    cursor: Cursor | None = None


# ---- What an endpoint lets a query name ----


@dataclass(frozen=True)
class Fields:
    """The fields of one endpoint's queries."""

    filterable: Mapping[str, AbstractSet[str]]
    """Which operators each field takes."""

    sortable: AbstractSet[str]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """How fields compare: as text, unless said here."""

    paths: Mapping[str, str] = field(default_factory=dict)
    """Where fields stand in a document, if not where their name says."""

    families: Mapping[str, Callable[[Json, str], Values]] = field(default_factory=dict)
    """How the values of fields are found that are named `<family>.<any name>`. Which operators they
    take is under `<family>.<name>`."""

    key: str = "id"
    """What tells documents apart that are otherwise equal."""

    def check_sort(self, sort: Iterable[Sort]) -> None:
        """Refuse to sort by what Wix does not sort by.

        Raises:
            RefusedError: If a field is not sortable.
        """
        for each in sort:
            if each.field_name not in self.sortable:
                raise plain_error(400, f"Field '{each.field_name}' is not declared as sortable")

    def check_filter(self, condition: Json) -> None:
        """Refuse a filter that Wix does not offer.

        Raises:
            RefusedError: If a field, an operator or a value is wrong.
        """
        for name, value in condition.items():
            if name in {"$and", "$or"}:
                if not isinstance(value, list):
                    raise plain_error(400, f"{name} takes a list")
                for each in value:
                    self.check_filter(_object(each))
            elif name == "$not":
                self.check_filter(_object(value))
            else:
                self._check_field(name, value)

    def match(self, condition: Json, document: Json) -> bool:
        """Whether a checked filter lets a document through."""
        return all(self._holds(document, name, value) for name, value in condition.items())

    def sorted(self, documents: Iterable[Json], sort: list[Sort]) -> list[Json]:
        """The documents in order; those without a value come before all others."""
        place = self._place(sort)
        return sorted(documents, key=lambda document: place(self.place_of(document, sort)))

    def place_of(self, document: Json, sort: list[Sort]) -> Values:
        """Where a document stands in a sorted list, for `after`."""
        first = [next(iter(self._values(document, each.field_name)), None) for each in sort]
        return [*first, document[self.key]]

    def after(self, documents: Iterable[Json], sort: list[Sort], place: Values) -> list[Json]:
        """Those documents that come after a place."""
        key = self._place(sort)
        last = key(place)
        return [each for each in documents if key(self.place_of(each, sort)) > last]

    def _place(self, sort: list[Sort]) -> Callable[[Values], Any]:
        return functools.cmp_to_key(functools.partial(_compare, sort))

    def _check_field(self, name: str, value: Any) -> None:
        family, _, rest = name.partition(".")
        known = f"{family}.<name>" if rest and family in self.families else name
        if known not in self.filterable:
            raise plain_error(400, f"Field '{name}' is not declared as filterable")
        for operator, operand in conditions(value).items():
            if operator not in self.filterable[known]:
                raise plain_error(400, f"Operator '{operator}' is not supported by field '{name}'")
            if (operator in _LISTS) != isinstance(operand, list):
                raise plain_error(400, f"Operator '{operator}' of field '{name}' has a wrong value")
            if operator in _FLAGS and not isinstance(operand, bool):
                raise plain_error(400, f"Operator '{operator}' of field '{name}' takes a boolean")
            if operand is None and operator not in {"$eq", "$ne"}:
                raise plain_error(400, f"Operator '{operator}' of field '{name}' takes a value")
            self._operand(name, operator, operand)

    def _holds(self, document: Json, name: str, value: Any) -> bool:
        match name:
            case "$and":
                return all(self.match(each, document) for each in value)
            case "$or":
                return any(self.match(each, document) for each in value)
            case "$not":
                return not self.match(value, document)
        found = self._values(document, name)
        return all(
            _TESTS[operator](found, self._operand(name, operator, operand))
            for operator, operand in conditions(value).items()
        )

    def _operand(self, name: str, operator: str, operand: Any) -> Any:
        if operator in _FLAGS or operator in _TEXT_ONLY:
            return operand
        if isinstance(operand, list):
            return [self._comparable(name, each) for each in operand]
        return self._comparable(name, operand)

    def _comparable(self, name: str, value: Any) -> Any:
        """A value of a field, in a form that compares as the field's kind does."""
        if value is None:
            return None
        kind = self.kinds.get(name, "text")
        try:
            if kind == "date":
                return _seconds_of(value)
            if kind == "number":
                return _finite(value)
        except (ArithmeticError, TypeError, ValueError):
            raise _incomparable(name) from None
        if not isinstance(value, _TYPES[kind]):
            raise _incomparable(name)
        return value

    def _values(self, document: Json, name: str) -> Values:
        family, _, rest = name.partition(".")
        if family in self.families and rest:
            return self.families[family](document, rest)
        found: Values = [document]
        for step in self.paths.get(name, name).split("."):
            found = [inner for each in found for inner in _inside(each, step)]
        return [self._comparable(name, each) for each in found]


def conditions(value: Any) -> Json:
    """A field's condition, spelled out."""
    return value if isinstance(value, dict) else {"$eq": value}


def _incomparable(name: str) -> Exception:
    return plain_error(400, f"Field '{name}' cannot be compared with this value")


def _compare(sort: list[Sort], one: Values, other: Values) -> int:
    directions = [each.order for each in sort] + ["ASC"]
    for mine, theirs, direction in zip(one, other, directions, strict=True):
        if mine == theirs:
            continue
        # What has no value comes before everything that has one.
        smaller = mine is None or (theirs is not None and mine < theirs)
        return -1 if smaller == (direction == "ASC") else 1
    return 0


def _seconds_of(value: Any) -> float:
    """An instant; one without a zone, as some of Wix's examples have it, is in UTC."""
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _finite(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _inside(value: Any, step: str) -> Values:
    inner = value.get(step) if isinstance(value, dict) else None
    if inner is None:
        return []
    return inner if isinstance(inner, list) else [inner]


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise plain_error(400, "a condition is an object")
    return value


# ---- Cursors ----


@dataclass(frozen=True)
class Plan:
    """What a cursor stands for: a query, and how far it has come."""

    filter: Json
    sort: list[Sort]
    after: Values | None = None


@dataclass(frozen=True)
class Page:
    """A part of what was found."""

    items: list[Json]
    more: bool
    next: str | None
    """The cursor to go on with; None on the last page."""


class Cursors:
    """The cursors of one site. They are opaque, and work for a while."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._kept: dict[str, tuple[Any, float]] = {}

    def keep(self, what: Any) -> str:
        """A cursor for whatever is needed to go on."""
        cursor = "JWE." + secrets.token_urlsafe(150)
        expires = self._clock.now() + self._switches.cursor_lifetime_seconds
        self._kept[cursor] = (what, expires)
        return cursor

    def resume(self, cursor: str, field_name: str) -> Any:
        """What a cursor stands for.

        Raises:
            RefusedError: If it is unknown or its time is over; names the request's field.
        """
        what, expires = self._kept.get(cursor, (None, 0.0))
        if expires <= self._clock.now():
            raise invalid(field_name, "is invalid or has expired")
        return what

    def page(self, fields: Fields, plan: Plan, documents: Iterable[Json], limit: int) -> Page:
        """The next documents that a plan finds among those there are."""
        found = fields.sorted(
            (each for each in documents if fields.match(plan.filter, each)), plan.sort
        )
        if plan.after is not None:
            found = fields.after(found, plan.sort, plan.after)
        items, more = found[:limit], len(found) > limit
        if not more:
            return Page(items, more=False, next=None)
        after = fields.place_of(items[-1], plan.sort)
        return Page(items, more=True, next=self.keep(Plan(plan.filter, plan.sort, after)))
