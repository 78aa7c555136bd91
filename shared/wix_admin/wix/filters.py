"""What Wix's queries filter and sort by, and what is wrong with a request that asks for more.

Each area has a table of it in its `filters.py`. The tables are from the types of Wix's
JavaScript SDK, which name the fields of most queries, and from the pages on filters and sorting in
Wix's documentation. Where these do not agree, Wix is left to decide: such operators are `doubtful`,
and such sorts None.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, Literal

from wix_admin.errors import InputError, Violation, listed, pointer
from wix_admin.problems import MAX_FIELDS, MAX_TOLD

type Kind = Literal["text", "id", "date", "number", "decimal", "flag", "enum"]
type Path = tuple[str | int, ...]

EQUAL = ("$eq", "$ne", "$in", "$nin")
COMPARING = ("$gt", "$gte", "$lt", "$lte")
HOLDING = ("$hasSome", "$hasAll")
ANY_FLAG = (*EQUAL, "$exists")
ANY_NUMBER = (*EQUAL, *COMPARING, "$exists")
ANY_TEXT = (*ANY_NUMBER, "$startsWith", "$isEmpty")
"""Groups of operators; the last three are what the SDK takes for all fields of a kind."""

JOINING = ("$and", "$or", "$not")
LISTS = frozenset({"$in", "$nin", *HOLDING})
FLAGS = frozenset({"$exists", "$isEmpty"})
PARTS = frozenset({"$startsWith", "$contains"})
NEGATIVE = frozenset({"$ne", "$nin"})

CONTRACT = "The contract lists those that there are"

MOST_LISTED = 12
"""How many names a sentence lists."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a query.

    Attributes:
        kind: What it is compared with; a `decimal` is a number that Wix writes as text.
        operators: What it takes, by all that Wix says.
        doubtful: What it takes by some of what Wix says.
        sorts: Whether lists can be sorted by it; None if Wix contradicts itself.
        values: What an `enum` may be.
        unlisted: Values of an `enum` with which Wix lists nothing, ever.
    """

    kind: Kind
    operators: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    sorts: bool | None = False
    values: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()

    @property
    def taken(self) -> tuple[str, ...]:
        """All operators that are passed on."""
        return self.operators + self.doubtful


@dataclass(frozen=True, slots=True)
class Query:
    """What one of Wix's queries filters and sorts by.

    Attributes:
        of: What it lists, in the plural.
        fields: Its fields by name; `options.<name>` is every name that begins with `options.`.
        instead: What is meant by names that people try, which are written in lower case here.
        once: Whether Wix heeds only the first of several conditions on a field.
        catalog: The catalog that it belongs to, where there are two.
    """

    of: str
    fields: Mapping[str, Field]
    instead: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    catalog: Literal["V1", "V3"] | None = None

    def named(self, name: str) -> Field | None:
        """Return the field with a name, if lists can be filtered by it."""
        family, _, rest = name.partition(".")
        found = self.fields.get(name) or (self.fields.get(f"{family}.<name>") if rest else None)
        return found if found and found.taken else None

    @property
    def filterable(self) -> list[str]:
        """The fields by which lists can be filtered, or perhaps can."""
        return [name for name, each in self.fields.items() if each.taken]

    @property
    def operators(self) -> set[str]:
        """All operators of all fields."""
        return {operator for each in self.fields.values() for operator in each.taken}

    @property
    def sortable(self) -> list[str]:
        """The fields by which lists can be sorted, or perhaps can."""
        return [name for name, each in self.fields.items() if each.sorts is not False]

    def check(
        self,
        condition: Mapping[str, Any],
        sort: Sequence[Mapping[str, Any]] = (),
        *,
        other: "Query | None" = None,
    ) -> None:
        """Refuse a filter or a sort that Wix would refuse, or would misread.

        Args:
            condition: The filter.
            sort: The fields to sort by, as Wix reads them.
            other: What the site would take if it had the other catalog.

        Raises:
            InputError: With what is wrong, place by place.
        """
        checking = _Checking(self, other)
        wrong = chain(checking.filter(condition, ("filter",)), checking.sort(sort))
        found = list(islice(wrong, MAX_FIELDS))
        if found:
            details = list(dict.fromkeys(each.detail for each in found))[:MAX_TOLD]
            code = "not_in_this_catalog" if checking.foreign == len(found) else None
            raise InputError("; ".join(details), code=code, violations=found)


class _Checking:
    """One check of one request. No sentence holds what the caller wrote.

    Attributes:
        foreign: How many of the faults found so far are none on the other catalog.
    """

    def __init__(self, query: Query, other: Query | None) -> None:
        self.foreign = 0
        self._query = query
        self._other = other
        self._seen: set[str] = set()

    def filter(self, given: object, path: Path, *, negated: bool = False) -> Iterator[Violation]:
        if not isinstance(given, dict):
            yield _wrong(path, "Send an object with fields and what they are to be")
            return
        for name, value in given.items():
            here = (*path, name)
            if name == "$not":
                yield from self.filter(value, here, negated=not negated)
            elif name in JOINING and isinstance(value, list):
                for number, each in enumerate(value):
                    yield from self.filter(each, (*here, number), negated=negated)
            elif name in JOINING:
                yield _wrong(here, f"Send a list: {name} joins several filters")
            elif name.startswith("$"):
                detail = f"Filters are joined by {listed(JOINING)}; all else begins with a field"
                yield _wrong(here, detail, _nearest(name, JOINING))
            else:
                yield from self._field(name, value, here, negated=negated)

    def sort(self, given: Sequence[Mapping[str, Any]]) -> Iterator[Violation]:
        sortable = self._query.sortable
        for number, each in enumerate(given):
            name = each["fieldName"]
            if name not in sortable:
                elsewhere = self._other is not None and name in self._other.sortable
                path = ("sort", number, "fieldName")
                yield self._no_field(name, path, "sorted", sortable, elsewhere=elsewhere)

    def _field(self, name: str, value: object, path: Path, *, negated: bool) -> Iterator[Violation]:
        found = self._query.named(name)
        if found is None:
            elsewhere = self._other is not None and self._other.named(name) is not None
            yield self._no_field(
                name, path, "filtered", self._query.filterable, elsewhere=elsewhere
            )
            return
        if self._query.once and name in self._seen:
            yield _wrong(path, "Name each field once: Wix heeds only the first condition on it")
        self._seen.add(name)
        if isinstance(value, dict):
            for operator, operand in value.items():
                here = (*path, operator)
                yield from self._compared(found, operator, operand, here, negated=negated)
        elif "$eq" not in found.taken:
            yield _wrong(path, f"Send an object: this field takes {listed(found.taken)}")
        else:
            yield from self._compared(found, "$eq", value, path, negated=negated)

    def _compared(
        self, found: Field, operator: str, operand: object, path: Path, *, negated: bool
    ) -> Iterator[Violation]:
        if operator not in found.taken:
            yield self._no_operator(found, operator, path)
        elif operator in LISTS and not isinstance(operand, list):
            yield _wrong(path, f"Send a list: {operator} takes several values")
        elif isinstance(operand, list) and operator not in LISTS:
            several = [each for each in ("$in", "$hasSome") if each in found.taken][:1]
            advice = "".join(f". For several, use {each}" for each in several)
            yield _wrong(path, f"Send one value here, and no list{advice}")
        elif isinstance(operand, list):
            for number, each in enumerate(operand):
                yield from _value(found, operator, each, (*path, number))
        else:
            yield from _value(found, operator, operand, path)
        if negated == (operator in NEGATIVE):
            yield from self._unlisted(found, operand, path)

    def _unlisted(self, found: Field, operand: object, path: Path) -> Iterator[Violation]:
        for each in found.unlisted:
            if each in (operand if isinstance(operand, list) else [operand]):
                yield _wrong(path, f"Wix never lists {each} {self._query.of}: read one by its id")

    def _no_field(
        self, name: str, path: Path, done: str, known: Iterable[str], *, elsewhere: bool
    ) -> Violation:
        names = [each for each in known if not each.endswith(">")]
        meant = self._query.instead.get(name.replace("_", "").lower())
        if elsewhere:
            detail = self._elsewhere(f"{self._query.of} cannot be {done} by this field", "they can")
            return _wrong(path, detail, meant if meant in names else None)
        detail = f"{self._query.of.capitalize()} cannot be {done} by this field"
        if name in self._query.fields:
            return _wrong(path, detail)
        ending = f".{name}".lower()
        likely = [each for each in names if each == meant or each.lower().endswith(ending)]
        guess = likely[0] if likely else _nearest(name, names)
        if guess is None and names:
            all_of_them = f"There are {listed(names)}" if len(names) <= MOST_LISTED else CONTRACT
            detail = f"{detail}. {all_of_them}"
        return _wrong(path, detail, guess)

    def _no_operator(self, found: Field, operator: str, path: Path) -> Violation:
        meant = self._query.instead.get(operator)
        if self._other is not None and operator in self._other.operators - self._query.operators:
            detail = self._elsewhere("there is no such operator", "there is")
        else:
            detail = f"This field takes {listed(found.taken)}"
        if meant not in found.taken:
            meant = _nearest(f"${operator.lstrip('$')}", found.taken)
        return _wrong(path, detail, meant)

    def _elsewhere(self, here: str, there: str) -> str:
        self.foreign += 1
        mine, theirs = ("V1", "V3") if self._query.catalog == "V1" else ("V3", "V1")
        return f"On this catalog ({mine}) {here}; on {theirs} {there}"


def _value(found: Field, operator: str, value: object, path: Path) -> Iterator[Violation]:
    """Tell what is wrong with one value that a field is compared with."""
    if operator in FLAGS:
        if not isinstance(value, bool):
            yield _wrong(path, f"Send true or false: {operator} asks whether there is something")
    elif value is None:
        if operator not in {"$eq", "$ne"} | LISTS:
            yield _wrong(path, "Send a value: only $eq and $ne take null")
    elif operator in PARTS or found.kind in {"text", "id"}:
        if not isinstance(value, str):
            yield _wrong(path, "Send text, in quotes")
    elif found.kind == "enum":
        if value not in found.values:
            detail = f"Send {listed(found.values, 'or')}"
            yield _wrong(path, detail, _nearest(str(value), found.values))
    elif not READABLE[found.kind](value):
        yield _wrong(path, SEND[found.kind])


def _is_date(value: object) -> bool:
    """Tell whether a value is a date or a time; Wix's own examples have some without a zone."""
    if not isinstance(value, str):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_number(value: object) -> bool:
    """Tell whether a value is a number, or one in quotes: Wix writes most amounts so."""
    try:
        return not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


READABLE: dict[Kind, Callable[[object], bool]] = {
    "date": _is_date,
    "number": _is_number,
    "decimal": _is_number,
    "flag": lambda value: isinstance(value, bool),
}
SEND: dict[Kind, str] = {
    "date": "Send a time such as 2026-01-31T09:00:00Z",
    "number": "Send a number, such as 12",
    "decimal": 'Send a number, such as "12.50"',
    "flag": "Send true or false, without quotes",
}


def _nearest(given: str, known: Iterable[str]) -> str | None:
    # Nobody else waits for what only mistakes need.
    from wix_admin.words import nearest  # noqa: PLC0415

    return nearest(given, known)


def _wrong(path: Path, detail: str, guess: str | None = None) -> Violation:
    return Violation(pointer(*path), f"{detail}. Did you mean {guess}?" if guess else detail)
