"""The contract for callers: current, valid, complete, and with samples that fit it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from openapi.actions import Action, actions
from openapi.codes import listed_codes
from openapi.document import document
from openapi.files import DOCUMENT, as_text, checked_in
from tests import canaries, template
from tests.readme import PAGES
from tests.template import PROJECT
from wix_admin.doors.action import Key
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


def resolved(part: Json) -> Json:
    """What a part of the document refers to, or the part itself."""
    found: Json = CONTRACT
    for step in part.get("$ref", "#").split("/")[1:]:
        found = found[step]
    return found if "$ref" in part else part


def problems_of(action: Action) -> dict[str, Json]:
    """The responses of an action that tell of problems, by status."""
    responses = operation_of(action)["responses"]
    return {status: resolved(each) for status, each in responses.items() if status != "200"}


def parameters_of(operation: Json) -> dict[str, Json]:
    return {each["name"]: each for each in operation["parameters"]}


def valid(schema: Json, value: object) -> list[str]:
    """What is wrong with a value; nothing if it fits a schema of the document."""
    within = {**schema, "components": CONTRACT["components"]}
    errors = Draft202012Validator(within).iter_errors(value)
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
        assert not operation["description"].startswith(operation["summary"])
        assert len(operation["description"].split("\n\n")[0]) > 40
        assert 0 < len(operation["summary"]) < 80
        assert not operation["summary"].endswith(".")
    described = {tag["name"] for tag in CONTRACT["tags"] if tag["description"].endswith(".")}
    assert {tag for each in operations().values() for tag in each["tags"]} == described


def test_it_says_what_holds_for_all_operations() -> None:
    about = CONTRACT["info"]["description"]

    limits = template.source()["Parameters"]
    assert f"{limits['RequestsPerSecond']['Default']} requests a second" in about
    assert f"{limits['RequestBurst']['Default']} at once" in about
    assert f"`{limits['StageName']['Default']}` unless" in about
    for word in ("Repeating", "Problems", "Limits", "Lists", "Values", "Versions"):
        assert f"**{word}.** " in about


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
def test_an_action_tells_of_the_problems_that_it_has_and_of_no_others(action: Action) -> None:
    told = {
        code: int(status)
        for status, response in problems_of(action).items()
        for code in response["content"]["application/problem+json"]["examples"]
    }

    of_ours = {code: status for code, status in told.items() if code in KINDS}
    of_the_gateway = told.keys() - listed_codes()[action.name]
    assert of_ours == {code: KINDS[code].status for code in of_ours}
    assert of_the_gateway - of_ours.keys() >= {"not_signed", "access_denied", "too_many_requests"}
    assert of_the_gateway & of_ours.keys() <= {"internal_error", "outcome_unknown"}
    assert listed_codes()[action.name] <= told.keys()
    assert ("request_too_large" in told) == action.has_body


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_each_problem_is_shown_by_one_that_was_answered(action: Action) -> None:
    for status, response in problems_of(action).items():
        content = response["content"]["application/problem+json"]
        for code, example in content["examples"].items():
            problem = resolved(example)["value"]
            assert f"* `{code}`: {problem['title']}" in response["description"].splitlines()
            assert (problem["code"], problem["status"]) == (code, int(status))
            assert valid(content["schema"], problem) == []


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_each_answer_is_shown_as_it_was_given_to_the_sample(action: Action) -> None:
    content = operation_of(action)["responses"]["200"]["content"]["application/json"]

    shown = {name: example["value"] for name, example in content["examples"].items()}
    assert shown.keys() == ({"sample", "dryRun"} if action.key else {"sample"})
    for name, answer in shown.items():
        assert valid(content["schema"], answer) == []
        assert ("requests" in answer) == (name == "dryRun")
    assert shown["sample"].get("items") != []
    assert not [mark for mark in canaries.MARKS if mark in json.dumps(content)]


def test_a_client_may_meet_codes_that_are_not_there_yet() -> None:
    problem, codes = (CONTRACT["components"]["schemas"][n] for n in ("Problem", "ProblemCode"))

    assert set(codes["enum"]) == {
        code
        for action in actions()
        for response in problems_of(action).values()
        for code in response["content"]["application/problem+json"]["examples"]
    }
    assert valid(problem["properties"]["code"], "a_new_one") == []


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_a_write_takes_a_key_and_can_be_rehearsed_and_a_read_cannot(action: Action) -> None:
    operation, key = operation_of(action), action.key

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


def test_its_page_says_where_it_is() -> None:
    page = PAGES["shared/openapi/README.md"]

    assert f"]({DOCUMENT.name})" in page
    [line] = [line for line in page.splitlines() if "openapi-typescript" in line]
    assert str(DOCUMENT.relative_to(PROJECT)) in line
