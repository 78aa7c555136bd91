"""Where in a model a mistake is, without a word of whoever wrote what it reads."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAliasType, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

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
            inner
            for field in waiting.pop().model_fields.values()
            for inner in models_in(field.annotation)
        }
        waiting += found - models
        models |= found
    return frozenset(name for held in models for name in written_names(held))


def written_names(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by their names as they are written in JSON."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models that a type holds, as it is or as items, values or one of several."""
    if isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from models_in(each)
