"""What a request that fails is answered with: for each action its statuses, each with its codes.

The tests recorded which codes an action answers with (`recording.py`); what API Gateway refuses
by itself, in front of any function, is added as the template has it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from http import HTTPStatus

from openapi.actions import Action
from openapi.codes import listed_codes
from openapi.schemas import reference
from openapi.shown import shown
from tests import template
from wix_admin.models import Json
from wix_admin.problems import KINDS

OF_NO_ROUTE = "RESOURCE_NOT_FOUND"
"""What API Gateway answers where there is no action."""

GATEWAY_ONLY = {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
"""The statuses that no function answers with."""

MAY_BE_REPLAYED = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""The statuses of refusals that are remembered under an idempotency key."""


def codes_of(action: Action) -> dict[int, list[str]]:
    """Return the codes of each status that an action can be answered with."""
    named = {code for code in gateway_problems() if action.has_body or code != "request_too_large"}
    codes: defaultdict[int, list[str]] = defaultdict(list)
    for code in [*KINDS, *gateway_problems()]:
        if code in listed_codes()[action.name] | named and code not in codes[_status(code)]:
            codes[_status(code)].append(code)
    return {status: codes[status] for status in sorted(codes) if codes[status]}


def all_codes(actions: Iterable[Action]) -> list[str]:
    """Return every code that some action can be answered with."""
    found = [code for action in actions for codes in codes_of(action).values() for code in codes]
    return list(dict.fromkeys(code for code in [*KINDS, *gateway_problems()] if code in found))


def problem_responses(actions: Sequence[Action]) -> tuple[dict[str, dict[str, Json]], Json]:
    """Describe how each action fails.

    Returns:
        For each action, what stands in its operation for each status; and what that refers to. A
        response that all actions share stands there once, under the name of its status.
    """
    described = {
        action.name: {
            status: _response(action, status, codes) for status, codes in codes_of(action).items()
        }
        for action in actions
    }
    operations: dict[str, dict[str, Json]] = {}
    responses: Json = {}
    for action in actions:
        operations[action.name] = {}
        for status, response in described[action.name].items():
            others = [each[status] for each in described.values() if status in each]
            shared = all(each == response for each in others)
            name = _name_of(status) if shared else _own_name(action, status)
            responses[name] = response
            operations[action.name][str(status)] = {"$ref": f"#/components/responses/{name}"}
    return operations, responses


def examples(actions: Sequence[Action]) -> Json:
    """Return an example of each code that an action shows no problem of its own for."""
    shared = {
        code
        for action in actions
        for status, codes in codes_of(action).items()
        for code in set(codes) - _own_problems(action, status).keys()
    }
    return {code: _example(_any_problem(code)) for code in sorted(shared)}


def _any_problem(code: str) -> Json:
    """Return a problem with a code, of whichever action shows one."""
    found = [each.problems[code] for each in shown().values() if code in each.problems]
    if not found and code not in gateway_problems():
        raise LookupError(f"No example of {code}: let failures.py bring it about once")
    return found[0] if found else gateway_problems()[code]


def _own_problems(action: Action, status: int) -> dict[str, Json]:
    """Return the problems that an action shows; what is not about its input is shown once."""
    return shown()[action.name].problems if status < HTTPStatus.INTERNAL_SERVER_ERROR else {}


def _name_of(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _own_name(action: Action, status: int) -> str:
    return action.operation_id[0].upper() + action.operation_id[1:] + _name_of(status)


def _status(code: str) -> int:
    return KINDS[code].status if code in KINDS else gateway_problems()[code]["status"]


@cache
def gateway_problems() -> dict[str, Json]:
    """Return the problems that API Gateway answers an action's callers with by itself."""
    responses = template.source()["Resources"]["AdminApi"]["Properties"]["GatewayResponses"]
    problems = [
        json.loads(response["ResponseTemplates"]["application/json"])
        for kind, response in responses.items()
        if kind != OF_NO_ROUTE
    ]
    return {each["code"]: {**each, "requestId": "JxW0jGvZliAEJSA="} for each in problems}


def _response(action: Action, status: int, codes: list[str]) -> Json:
    titles = {code: _title(code) for code in codes}
    told = "\n".join(f"* `{code}`: {title}" for code, title in titles.items())
    headers: Json = {}
    if status not in GATEWAY_ONLY:
        headers["X-Request-Id"] = {"$ref": "#/components/headers/RequestId"}
    if any(_retryable(code) for code in codes):
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    if action.key and status in MAY_BE_REPLAYED:
        headers["Idempotent-Replayed"] = {"$ref": "#/components/headers/IdempotentReplayed"}
    own = _own_problems(action, status)
    return {
        "description": f"{HTTPStatus(status).phrase}, with one of these codes:\n\n{told}",
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": reference("Problem"),
                "examples": {
                    code: _example(own[code])
                    if code in own
                    else {"$ref": f"#/components/examples/{code}"}
                    for code in codes
                },
            }
        },
    }


def _title(code: str) -> str:
    return KINDS[code].title if code in KINDS else str(gateway_problems()[code]["title"])


def _retryable(code: str) -> bool:
    return KINDS[code].retryable if code in KINDS else bool(gateway_problems()[code]["retryable"])


def _example(problem: Json) -> Json:
    return {"summary": problem["title"], "value": problem}
