"""JSON schemas of what callers send and get, from the models and what their docstrings say."""

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args, override

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

from openapi.entities import ENTITIES, WORDS
from wix_admin.models import Answer, Json

REFERENCE = "#/components/schemas/"

type Model = type[BaseModel]

ATTRIBUTE = re.compile(r"^(\w+): (.*(?:\n {4}.*)*)", re.MULTILINE)


def schemas_of(inputs: Sequence[Model], answers: Sequence[Model]) -> dict[str, Json]:
    """Return the schemas of the models and of all they are made of, by name.

    What Wix answers is described by `entities.py` instead of the models that functions have of it.
    """
    modes: list[tuple[Model, JsonSchemaMode]] = [
        *((model, "validation") for model in inputs),
        *((model, "serialization") for model in answers),
    ]
    typed = _schemas([(model, "serialization") for model in ENTITIES])
    found = {**_schemas(modes), **typed}
    for (name, field), words in WORDS.items():
        found[words.__name__] = {"type": "string", "enum": list(get_args(words.__value__))}
        del found[name]["properties"][field]["type"]
        found[name]["properties"][field]["anyOf"] = [reference(words.__name__), {"type": "string"}]
    named = set(_named_in(found, [model.__name__ for model in (*inputs, *answers)]))
    return {name: found[name] for name in sorted(named)}


def _schemas(modes: Sequence[tuple[Model, JsonSchemaMode]]) -> dict[str, Json]:
    _, found = models_json_schema(
        modes, ref_template=f"{REFERENCE}{{model}}", schema_generator=_Schemas
    )
    schemas: dict[str, Json] = found["$defs"]
    return schemas


def _named_in(schemas: dict[str, Json], names: Iterable[str]) -> Iterator[str]:
    """Yield names of schemas, and of all that those are made of."""
    known: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in known:
            known.add(name)
            yield name
            waiting += re.findall(rf'"{REFERENCE}(\w+)"', json.dumps(schemas[name]))


def reference(name: str) -> Json:
    """Return what stands for a schema of the document."""
    return {"$ref": f"{REFERENCE}{name}"}


class _Schemas(GenerateJsonSchema):
    """Says of each model what its docstring says, and nothing twice."""

    @override
    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        described = super().model_schema(schema)
        model: Model = schema["cls"]
        aliases = {name: field.alias or name for name, field in model.model_fields.items()}
        described["description"] = _outside(_text(model), aliases)
        properties = described.get("properties", {})
        said = _attributes(model)
        for name in said.keys() & aliases.keys():
            properties[aliases[name]]["description"] = _outside(said[name], aliases)
        if self.mode == "serialization":
            _say_what_is_there(described, always=issubclass(model, Answer))
        return described

    @override
    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Json:
        if self.mode == "serialization":
            return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["12.5"]}
        return super().decimal_schema(schema)

    @override
    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Json:
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described

    @override
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _say_what_is_there(described: Json, *, always: bool) -> None:
    """Correct what pydantic says of an answer's fields.

    Args:
        described: The schema of a model.
        always: Whether it is ours: a field with a value by default is always there, and no field
            is null. In what Wix answered, what Wix left out is left out.
    """
    properties = described.get("properties", {})
    by_default = [name for name, field in properties.items() if "default" in field]
    for field in properties.values():
        field.pop("default", None)
        if always:
            _never_null(field)
    if always and by_default:
        described["required"] = [*described.get("required", []), *by_default]


def _never_null(field: Json) -> None:
    match field.pop("anyOf", None):
        case [kind, {"type": "null"}]:
            field.update({**kind, **field})
        case [*kinds]:
            field["anyOf"] = [kind for kind in kinds if kind != {"type": "null"}]


def _outside(text: str, aliases: dict[str, str]) -> str:
    """Call the fields in a text what callers call them."""
    return re.sub(r"`(\w+)`", lambda found: f"`{aliases.get(found[1], found[1])}`", text)


def _text(model: Model) -> str:
    return inspect.cleandoc(model.__doc__ or "").partition("\n\nAttributes:\n")[0]


def _attributes(model: Model) -> dict[str, str]:
    """Return what docstrings say of the fields, the model's own and those it inherits."""
    said: dict[str, str] = {}
    for each in reversed(model.__mro__):
        text = inspect.cleandoc(each.__doc__ or "").partition("\n\nAttributes:\n")[2]
        for name, about in ATTRIBUTE.findall(inspect.cleandoc(text)):
            said[name] = " ".join(about.split())
    return said
