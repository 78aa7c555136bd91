"""The contract for callers: current, valid, complete, and with samples that fit it."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests import template
from tests.openapi.actions import Action, actions
from tests.openapi.document import document
from tests.openapi.files import DOCUMENT, as_text, checked_in
from tests.template import PROJECT
from tests.unit.calls import handler_of
from wix_admin.action import Key
from wix_admin.problems import KINDS

type Json = dict[str, Any]

CONTRACT = checked_in()
SAYS_WHAT_IT_IS = {"type", "$ref", "anyOf", "oneOf", "allOf", "const", "enum"}


def operations() -> dict[str, Json]:
    """The operations of the document, by `METHOD/path`, as the template writes routes."""
    return {
        f"{method.upper()}{path}": operation
        for path, methods in CONTRACT["paths"].items()
        for method, operation in methods.items()
    }


def operation_of(action: Action) -> Json:
    return operations()[action.method + action.path]


def parameters_of(operation: Json) -> dict[str, Json]:
    return {each["name"]: each for each in operation["parameters"]}


def valid(schema: Json, value: object) -> list[str]:
    """What is wrong with a value; nothing if it fits a schema of the document."""
    registry = Registry().with_resource("urn:contract", DRAFT202012.create_resource(CONTRACT))
    within = {"$ref": f"urn:contract{schema['$ref']}"} if "$ref" in schema else schema
    errors = Draft202012Validator(within, registry=registry).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in errors]


def properties(part: object, where: str = "") -> Iterator[tuple[str, Json]]:
    """Every property of every schema in a part of the document, with where it stands."""
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            for name, schema in part["properties"].items():
                yield f"{where}.{name}", schema
        for name, each in part.items():
            if name not in {"example", "examples"}:
                yield from properties(each, f"{where}/{name}")
    elif isinstance(part, list):
        for index, each in enumerate(part):
            yield from properties(each, f"{where}/{index}")


def kinds(schema: Json) -> set[str]:
    """The JSON types that a schema takes, but for null."""
    named = schema.get("type", [])
    inner = (kinds(each) for each in schema.get("anyOf", []))
    return {named} if isinstance(named, str) else set(named).union(*inner) - {"null"}


def test_what_is_checked_in_is_what_the_code_says_now() -> None:
    assert DOCUMENT.read_text() == as_text(document()), "run `make openapi`"


def test_it_is_valid_openapi() -> None:
    errors = OpenAPIV31SpecValidator(CONTRACT).iter_errors()

    assert [error.message for error in errors] == []


def test_every_route_of_the_template_is_an_operation_and_nothing_else_is() -> None:
    assert set(operations()) == set(template.routes().values())


def test_each_operation_says_what_it_does_and_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in operations().values()]

    assert len(set(names)) == len(names)
    for operation in operations().values():
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation["operationId"])
        assert operation["description"].endswith(".")
        assert 0 < len(operation["summary"]) < 80
        assert not operation["summary"].endswith(".")
    described = {tag["name"] for tag in CONTRACT["tags"] if tag["description"].endswith(".")}
    assert {tag for each in operations().values() for tag in each["tags"]} == described


def test_every_property_says_what_it_may_be() -> None:
    found = dict(properties(CONTRACT))

    assert len(found) > 100
    assert [where for where, schema in found.items() if not SAYS_WHAT_IT_IS & set(schema)] == []


def test_what_is_text_is_never_a_number_too() -> None:
    for where, schema in properties(CONTRACT["components"]["schemas"]):
        assert kinds(schema) != {"string", "number"}, where


def test_every_schema_is_used_and_described() -> None:
    used = set(re.findall(r'"#/components/schemas/(\w+)"', DOCUMENT.read_text()))

    assert used == set(CONTRACT["components"]["schemas"])
    objects = {n: s for n, s in CONTRACT["components"]["schemas"].items() if "properties" in s}
    assert [name for name, schema in objects.items() if not schema["description"]] == []


def test_every_schema_has_a_name_that_a_person_would_give_it() -> None:
    names = list(CONTRACT["components"]["schemas"])

    assert [name for name in names if not re.fullmatch(r"([A-Z][a-z0-9]+)+", name)] == []
    assert len({name.lower() for name in names}) == len(names)
    titles = {n: s["title"] for n, s in CONTRACT["components"]["schemas"].items() if "title" in s}
    assert {name: title for name, title in titles.items() if name != title} == {}


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_the_samples_fit_their_schemas(action: Action) -> None:
    operation = operation_of(action)

    for parameter in operation["parameters"]:
        assert "example" in parameter or not parameter["required"]
        if "example" in parameter:
            assert valid(parameter["schema"], parameter["example"]) == []
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    assert (content is not None) == action.has_body
    if content is not None:
        assert content["examples"]
        for example in content["examples"].values():
            assert valid(content["schema"], example["value"]) == []
            assert valid(content["schema"], {**example["value"], "notAField": 1})


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_every_way_to_fail_is_told(action: Action) -> None:
    responses = operation_of(action)["responses"]

    told = {
        status: CONTRACT["components"]["responses"][each["$ref"].rpartition("/")[2]]
        for status, each in responses.items()
        if "$ref" in each
    }
    schemas = {
        status: each["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]
        for status, each in told.items()
    }
    codes = {code: status for status, each in schemas.items() for code in each["code"]["enum"]}
    if not action.has_body:
        codes["request_too_large"] = "413"
    assert {code: int(codes[code]) for code in KINDS} == {c: k.status for c, k in KINDS.items()}
    assert {"not_signed", "access_denied", "too_many_requests"} <= set(codes)
    assert all(each["status"] == {"const": int(status)} for status, each in schemas.items())


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_a_write_takes_a_key_and_can_be_rehearsed_and_a_read_cannot(action: Action) -> None:
    operation = operation_of(action)
    key = handler_of(action.name).declared.key

    parameter = parameters_of(operation).get("Idempotency-Key")
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert (parameter is not None) == (key is not None)
    if parameter is not None and parameter["required"]:
        assert key is Key.REQUIRED
    dry_run = {"$ref": "#/components/schemas/DryRun"}
    assert (dry_run in answer.get("oneOf", [])) == (key is not None)
    assert ("Idempotent-Replayed" in operation["responses"]["200"]["headers"]) == (key is not None)


def test_a_key_is_required_where_nothing_else_is_one() -> None:
    required = {
        operation["operationId"]
        for operation in operations().values()
        if parameters_of(operation).get("Idempotency-Key", {}).get("required")
    }

    # A fulfillment's `dispatchId` is a key, too.
    assert required == {"createMember", "createProduct", "refundOrder", "recordPayment"}


def test_what_is_in_the_path_is_not_in_the_body() -> None:
    for route, operation in operations().items():
        in_path = set(re.findall(r"\{(\w+)\}", route))
        assert {n for n, p in parameters_of(operation).items() if p["in"] == "path"} == in_path
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            name = content["schema"]["$ref"].rpartition("/")[2]
            assert not in_path & set(CONTRACT["components"]["schemas"][name]["properties"])


def test_the_layer_does_not_carry_it(tmp_path: Path) -> None:
    subprocess.run(
        ["make", "-f", "shared/Makefile", "build-WixAdminLayer"],  # noqa: S607
        cwd=PROJECT,
        env=os.environ | {"ARTIFACTS_DIR": str(tmp_path)},
        check=True,
        capture_output=True,
    )

    assert [each.name for each in (tmp_path / "python").iterdir()] == ["wix_admin"]
    assert not list(tmp_path.rglob("*.json"))


def test_the_readme_says_where_it_is() -> None:
    readme = (PROJECT / "README.md").read_text()

    assert f"]({DOCUMENT.relative_to(PROJECT)})" in readme
    [line] = [line for line in readme.splitlines() if "openapi-typescript" in line]
    assert str(DOCUMENT.relative_to(PROJECT)) in line
