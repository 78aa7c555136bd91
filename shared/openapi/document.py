"""Puts the document together: each route of the template with what its handler declares."""

import importlib
import tomllib

from openapi.actions import Action, actions
from openapi.filters import with_filters
from openapi.parts import (
    CONTACT,
    DESCRIPTION,
    DRY_RUN,
    HEADERS,
    KEY_PARAMETER,
    PROBLEM,
    PROBLEM_CODE,
    SERVER,
    SIGNATURE,
)
from openapi.problems import all_codes, examples, problem_responses
from openapi.samples import Sample, sample_of
from openapi.schemas import reference, schemas_of
from openapi.shown import shown
from tests import template
from wix_admin.doors.action import Key
from wix_admin.models import FunctionInput, Json


def document() -> Json:
    """Make the document."""
    listed = actions()
    schemas = with_filters(
        schemas_of([each.input_type for each in listed], [each.answer for each in listed])
    )
    failing, responses = problem_responses(listed)
    paths: dict[str, Json] = {}
    for action in listed:
        described = _operation(action, schemas)
        described["responses"] = {"200": _success(action), **failing[action.name]}
        paths.setdefault(action.path, {})[action.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wix Headless admin",
            "version": _version(),
            "description": _about(),
            "contact": CONTACT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [SERVER],
        "security": [{"signature": []}],
        "tags": [_tag(area) for area in dict.fromkeys(each.area for each in listed)],
        "paths": paths,
        "components": {
            "schemas": {
                **schemas,
                "DryRun": DRY_RUN,
                "Problem": PROBLEM,
                "ProblemCode": {**PROBLEM_CODE, "enum": all_codes(listed)},
            },
            "responses": responses,
            "examples": examples(listed),
            "headers": HEADERS,
            "securitySchemes": {"signature": SIGNATURE},
        },
    }


def _about() -> str:
    limits = template.source()["Parameters"]
    return DESCRIPTION.format(
        per_second=limits["RequestsPerSecond"]["Default"], burst=limits["RequestBurst"]["Default"]
    )


def _version() -> str:
    project = tomllib.loads((template.PROJECT / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def _tag(area: str) -> Json:
    package = importlib.import_module(f"wix_admin.{area}")
    return {"name": area, "description": str(package.__doc__).strip().partition("\n")[0]}


def _operation(action: Action, schemas: dict[str, Json]) -> Json:
    """Describe what an action takes; what stands in its address leaves the schema of its body."""
    name, sample = action.input_type.__name__, sample_of(action)
    fields, required = schemas[name]["properties"], schemas[name].pop("required", [])
    parameters = [
        _parameter(each, "path", fields.pop(each), sample.path, required=True)
        for each in action.in_path
    ]
    required = [each for each in required if each in fields]
    described: Json = {
        "operationId": action.operation_id,
        "tags": [action.area],
        "summary": action.about.partition("\n")[0].removesuffix("."),
        "description": _description(action),
        "parameters": parameters,
    }
    if action.has_body:
        described["requestBody"] = _body(name, sample, required, dry=action.key)
        if required:
            schemas[name]["required"] = required
    else:
        parameters += [
            _parameter(each, "query", schema, sample.rest, required=each in required)
            for each, schema in fields.items()
        ]
        del schemas[name]
    if action.key:
        parameters.append(_key(action))
    return described


def _description(action: Action) -> str:
    permissions = dict.fromkeys(
        f"`{permission}`"
        for each in action.elevates
        for permission in each.permission.split(" and ")
    )
    _, _, more = action.about.partition("\n\n")
    return f"{more}\n\nThe stack's credential needs at Wix: {', '.join(permissions)}."


def _parameter(name: str, place: str, schema: Json, examples: Json, *, required: bool) -> Json:
    described: Json = {"name": name, "in": place, "required": required}
    about = schema.pop("description", None)
    if place == "path":
        about = f"The {name.removesuffix('Id')}'s id, {about}."
    if about:
        described["description"] = about
    described["schema"] = schema
    if name in examples:
        described["example"] = examples[name]
    return described


def _body(name: str, sample: Sample, required: list[str], *, dry: Key | None) -> Json:
    examples: Json = {"sample": {"summary": "A request", "value": sample.rest}}
    if dry:
        examples["dryRun"] = {
            "summary": "The same, to see what it would do",
            "value": {**sample.rest, "dryRun": True},
        }
    content = {"schema": reference(name), "examples": examples}
    return {"required": bool(required), "content": {"application/json": content}}


def _key(action: Action) -> Json:
    """Describe the header with the key, which an input can make unnecessary with its own."""
    brings_its_own = action.input_type.own_key is not FunctionInput.own_key
    required = action.key is Key.REQUIRED and not brings_its_own
    about = KEY_PARAMETER["description"]
    if brings_its_own:
        about += " Needed unless the body has a key of its own."
    return {**KEY_PARAMETER, "required": required, "description": about}


def _success(action: Action) -> Json:
    answer, answered = reference(action.answer.__name__), shown()[action.name]
    examples: Json = {"sample": {"summary": "To the sample", "value": answered.done}}
    described: Json = {
        "description": "Done.",
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}},
    }
    if action.key:
        answer = {"oneOf": [answer, reference("DryRun")]}
        described["description"] = "Done, or with `dryRun` what would be done."
        described["headers"]["Idempotent-Replayed"] = {
            "$ref": "#/components/headers/IdempotentReplayed"
        }
        examples["dryRun"] = {"summary": "To the sample as a dry run", "value": answered.planned}
    described["content"] = {"application/json": {"schema": answer, "examples": examples}}
    return described
