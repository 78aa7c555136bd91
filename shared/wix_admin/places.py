"""Where in a model a mistake is, without a word of whoever wrote what it reads."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAliasType, get_args

from pydantic import BaseModel

ANY_NAME = "*"


def place(model: type[BaseModel], loc: Sequence[int | str]) -> str:
    """Write the path of a mistake that pydantic found, as a log may have it.

    What is no field of the models and no index, such as a key of a dictionary, is `ANY_NAME`.
    """
    names = _names(model)
    return ".".join(
        str(part) if isinstance(part, int) or part in names else ANY_NAME for part in loc
    )


@cache
def _names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names, as they are written, of the fields of a model and of all within it."""
    models = {model}
    waiting = [model]
    while waiting:
        found = {
            each
            for field in waiting.pop().model_fields.values()
            for each in _models_in(field.annotation)
        }
        waiting += found - models
        models |= found
    return frozenset(
        field.alias or name for each in models for name, field in each.model_fields.items()
    )


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models_in(each)
