"""The contract for callers, held against the deployed API: its samples, and whatever it allows."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from openapi.files import checked_in
from tests.local_stack import LocalStack
from tests.local_stack.aws import signed
from tests.local_stack.seeding import with_seeds

type Operation = APIOperation[Any, Any, Any, Any]
type Request = Case[Any]

OPERATIONS: list[Operation] = [
    found.ok()
    for found in schemathesis.openapi.from_dict(checked_in()).get_all_operations()
    if isinstance(found, Ok)
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REQUESTS = 10
"""How many requests are made up for each operation, that fit the contract and that do not."""

NOT_JSON_OBJECTS = {
    "nothing": b"\x00",
    "not UTF-8": b'{"reason": "\xff"}',
    "half a surrogate pair": b'{"reason": "\\ud800"}',
    "a number without end": b'{"limit": 1e999}',
    "a number of a thousand digits": b'{"limit": ' + b"9" * 1000 + b"}",
    "a list": b"[{}]",
    "very deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
}


def label(operation: Operation) -> str:
    return str(operation.label)


def sample_of(stack: LocalStack, operation: Operation) -> dict[str, Any]:
    """The operation as the contract has it, with samples that name what is in the shop."""
    return with_seeds(checked_in()["paths"][operation.path][operation.method], stack.wix)


def parameters(sample: dict[str, Any], place: str) -> dict[str, str]:
    return {
        each["name"]: each["example"]
        for each in sample["parameters"]
        if each["in"] == place and "example" in each
    }


def send(stack: LocalStack, case: Request, content: bytes | None = None) -> httpx.Response:
    """Send a request as it is, signed; with another body, if there is one."""
    given = case.as_transport_kwargs(base_url=stack.api_url)
    if content is None:
        content = json.dumps(given["json"]).encode() if "json" in given else given.get("data")
    url = str(httpx.URL(given["url"], params=given.get("params") or None))
    headers = {name: value for name, value in given["headers"].items() if value is not None}
    return stack.send(
        signed(given["method"], url, stack.admin, content=content or b"", headers=headers)
    )


def is_told_of(operation: Operation, reply: httpx.Response) -> bool:
    """Whether a reply that is a problem has a code that the contract has for this operation."""
    if reply.is_success:
        return True
    contract = checked_in()
    response = contract["paths"][operation.path][operation.method]["responses"]
    name = response[str(reply.status_code)]["$ref"].rpartition("/")[2]
    content = contract["components"]["responses"][name]["content"]["application/problem+json"]
    return reply.json()["code"] in content["examples"]


def samples_of(operation: Operation, sample: dict[str, Any]) -> Iterator[Request]:
    """Every request that the contract shows, the dry run first: the other leaves nothing to do."""
    path, query, headers = (parameters(sample, place) for place in ("path", "query", "header"))
    content = sample.get("requestBody", {}).get("content", {}).get("application/json", {})
    for _, example in sorted(content.get("examples", {}).items()):
        yield operation.Case(
            path_parameters=path,
            headers=headers,
            body=example["value"],
            media_type="application/json",
        )
    if not content:
        if any(each["name"] == "dryRun" for each in sample["parameters"]):
            yield operation.Case(path_parameters=path, query={**query, "dryRun": "true"})
        yield operation.Case(path_parameters=path, query=query, headers=headers)


@pytest.mark.parametrize("operation", OPERATIONS, ids=label)
def test_every_sample_does_what_it_says(stack: LocalStack, operation: Operation) -> None:
    asked = len(stack.wix.requests())
    rehearsed = []

    for request in samples_of(operation, sample_of(stack, operation)):
        reply = send(stack, request)

        assert reply.status_code == 200, reply.text
        assert not reply.json().get("refused"), reply.text
        request.validate_response(reply, checks=CHECKS)
        rehearsed.append(reply.json().get("dryRun", False))

    writes = "Idempotent-Replayed" in operation.definition.raw["responses"]["200"]["headers"]
    assert rehearsed == ([True, False] if writes else [False])
    assert len(stack.wix.requests()) > asked


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("operation", OPERATIONS, ids=label)
def test_every_request_is_answered_as_the_contract_says(
    stack: LocalStack, operation: Operation, mode: GenerationMode
) -> None:
    sample = sample_of(stack, operation)
    content = sample.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = content.get("examples", {}).get("sample", {}).get("value", {})
    statuses: Counter[int] = Counter()

    @seed(20260101)
    @settings(
        max_examples=REQUESTS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def check(case: Request, data: st.DataObject) -> None:
        if data.draw(st.booleans(), "about something that is there"):
            case.path_parameters.update(parameters(sample, "path"))
            case.query.update(parameters(sample, "query"))
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            kept = data.draw(st.sets(st.sampled_from(sorted(case.body) or [""])), "made up")
            case.body = {**body, **{name: case.body[name] for name in kept if name}}

        # For the stand-in for AWS, no policy opens a path with a line break in it.
        assume("\n" not in unquote(case.formatted_path))
        reply = send(stack, case)

        statuses[reply.status_code] += 1
        case.validate_response(reply, checks=CHECKS)
        assert is_told_of(operation, reply), reply.text

    check()
    if mode is GenerationMode.POSITIVE:
        assert 200 in statuses
    else:
        assert set(statuses) & {400, 404}


@pytest.mark.parametrize("content", NOT_JSON_OBJECTS.values(), ids=NOT_JSON_OBJECTS)
@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.body], ids=label)
def test_a_body_that_is_no_json_object_is_the_callers_to_mend(
    stack: LocalStack, operation: Operation, content: bytes
) -> None:
    sample = sample_of(stack, operation)
    case = operation.Case(
        path_parameters=parameters(sample, "path"),
        headers={**parameters(sample, "header"), "Content-Type": "application/json"},
    )

    reply = send(stack, case, content)

    assert reply.status_code == 400, reply.text
    assert is_told_of(operation, reply)
    case.validate_response(reply, checks=CHECKS)


@pytest.mark.parametrize("key", ["", "two words", '"', "k" * 256, "1, 2"], ids=repr)
def test_a_key_that_is_none_is_the_callers_to_mend(stack: LocalStack, key: str) -> None:
    [operation] = [each for each in OPERATIONS if label(each).endswith("/refunds")]
    sample = sample_of(stack, operation)
    case = operation.Case(
        path_parameters=parameters(sample, "path"),
        headers={"Idempotency-Key": key},
        body={"amount": "1.00"},
        media_type="application/json",
    )

    reply = send(stack, case)

    assert reply.status_code == 400, reply.text
    case.validate_response(reply, checks=CHECKS)
