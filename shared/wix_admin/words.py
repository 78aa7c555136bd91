"""Says what is wrong with an input, in sentences of our own that stand alone.

The library that checks inputs has words for it, too: for its own users, who see the code. None of
them gets out. What a validator of ours says is told as it is; everything else is told by its type.

Only a wrong request needs any of this, so it is imported by nothing that a right one does.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from wix_admin.errors import MAX_STEP, InputError, Violation, listed, pointer
from wix_admin.models import FunctionInput
from wix_admin.places import models_in, place, written_names
from wix_admin.problems import MAX_FIELDS, MAX_TOLD

type Step = int | str

AT = "at"
"""In the context of a validator's error: the way from its value to the part that is wrong."""

OBJECT = "Send an object, {{…}}, without quotes around it"
OTHERWISE = "This is not taken here: send another value"

SENTENCES = {
    "missing": "It is missing: send it",
    "string_type": "Send text, in quotes",
    "string_too_short": "Send text of {min_length} or more characters",
    "string_too_long": "Send text of at most {max_length} characters",
    "int_type": "Send a whole number, without quotes",
    "float_type": "Send a number, without quotes",
    "bool_type": "Send true or false, without quotes",
    "list_type": "Send a list, […], even of one",
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "too_short": "Send a list of {min_length} or more, not an empty one",
    "too_long": "Send at most {max_length} of them in one request",
    "greater_than_equal": "Send {ge} or more",
    "less_than_equal": "Send {le} or less",
}
"""What to say of each type of mistake that there can be in an input; of any other, `OTHERWISE`."""

THEIRS = frozenset(get_args(ErrorType))
"""The library's own types of mistakes; any other is of a validator of ours."""


def nearest(given: str, known: Iterable[str]) -> str | None:
    """Return the known name that a mistaken one most resembles, if any does."""
    names = {each.lower(): each for each in known}
    close = get_close_matches(given[:MAX_STEP].lower(), list(names), n=1)
    return names[close[0]] if close else None


def _one_of(given: object, known: Sequence[str]) -> str:
    """Say which values are taken, and which of them may have been meant."""
    meant = nearest(given, known) if isinstance(given, str) else None
    return f"Send {listed(known, 'or')}" + (f". Did you mean {meant}?" if meant else "")


def refusal(
    input_type: type[FunctionInput], given: object, mistakes: Sequence[ErrorDetails]
) -> InputError:
    """Make an error of the mistakes that were found in an input.

    Its text, which is logged, holds none of the names that the caller made up; its violations do.
    """
    violations, said = [], []
    for each in mistakes[:MAX_FIELDS]:
        steps = _steps(input_type, given, each)
        name = ".".join(map(str, steps))
        if each["type"] in {"missing", "extra_forbidden"} and name in input_type.advice:
            detail, known = input_type.advice[name], name
        else:
            detail, known = _sentence(input_type, steps, each), place(input_type, steps)
        violations.append(Violation(pointer(*steps), detail))
        said.append(f"{known}: {detail}" if known else detail)
    first = list(dict.fromkeys(said))[:MAX_TOLD]
    return InputError("; ".join(first), violations=violations)


def _steps(input_type: type[BaseModel], given: object, mistake: ErrorDetails) -> list[Step]:
    """Return the way to a mistake through what was sent, without the library's marks on it.

    Those say which of several types it took a value for, or that a key is meant and not its value.
    """
    steps: list[Step] = []
    found: Any = given
    for step in mistake["loc"]:
        if _holds(found, step):
            found = found[step]
        elif step in _names_at(input_type, steps):
            found = None  # it is missing
        else:
            continue
        steps.append(step)
    if mistake["type"] not in THEIRS:
        steps += _context(mistake).get(AT, [])
    return steps


def _holds(found: object, step: Step) -> bool:
    if isinstance(found, dict):
        return step in found
    return isinstance(found, list) and isinstance(step, int)


def _sentence(input_type: type[BaseModel], steps: Sequence[Step], mistake: ErrorDetails) -> str:
    kind, value, context = mistake["type"], mistake["input"], _context(mistake)
    if kind not in THEIRS:
        return mistake["msg"]
    if kind == "extra_forbidden":
        return _unknown(input_type, steps, value)
    if value is None:
        return "Send a value instead of null, or leave the field out"
    if kind == "literal_error":
        return _one_of(value, _values_in(context["expected"]))
    return SENTENCES.get(kind, OTHERWISE).format_map(context)


def _context(mistake: ErrorDetails) -> dict[str, Any]:
    return mistake.get("ctx", {})


def _values_in(expected: str) -> list[str]:
    """Return the values of a list that the library wrote, such as `'a', 'b' or 'c'`."""
    return expected.replace("' or '", "', '").strip("'").split("', '")


def _unknown(input_type: type[BaseModel], steps: Sequence[Step], value: object) -> str:
    """Say of a field that there is none of its name, and where what was meant may belong."""
    name = str(steps[-1])
    known = _names_at(input_type, steps[:-1])
    said = "There is no such field"
    if ways := _ways_to(name, input_type):
        return f"{said} here. Send it {' or '.join(ways)}"
    if isinstance(value, dict) and (inside := sorted(value.keys() & set(known))):
        return f"{said}. Send {' and '.join(inside)} without this object around"
    if meant := nearest(name, known):
        return f"{said}. Did you mean {meant}?"
    return f"{said}. Known here: {', '.join(known)}" if known else f"{said}: nothing is taken here"


def _names_at(model: type[BaseModel], steps: Sequence[Step]) -> list[str]:
    """Return the names of the fields that there may be at a place, sorted."""
    here = {model}
    for step in steps:
        below = {
            inner
            for model_here in here
            for name, field in written_names(model_here).items()
            if name == step
            for inner in models_in(field.annotation)
        }
        here = below or here  # an index, or a key of a dictionary, is no step for a model
    return sorted({name for model_here in here for name in written_names(model_here)})


def _ways_to(name: str, model: type[BaseModel]) -> list[str]:
    """Say where there is a field of that name, the places that are deepest inside left out."""
    level: list[tuple[str, type[BaseModel]]] = [("", model)]
    while level:
        found = [way for way, outer in level if name in written_names(outer)]
        if found:
            return [f"inside {way}" if way else "at the top level" for way in found]
        level = [
            (f"{way}.{written}".lstrip("."), inner)
            for way, outer in level
            for written, field in written_names(outer).items()
            for inner in models_in(field.annotation)
        ]
    return []
