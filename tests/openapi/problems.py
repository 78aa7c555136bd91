"""What a request that fails is answered with: one response for each status, with all its codes."""

import json
from collections import defaultdict
from http import HTTPStatus

from tests import template
from tests.openapi.schemas import reference
from wix_admin.models import Json
from wix_admin.problems import KINDS


def name_of(status: int) -> str:
    """Return what the response with a status is called in the document."""
    return HTTPStatus(status).phrase.title().replace(" ", "")


def problem_responses() -> dict[int, Json]:
    """Return the response of each status that functions, or API Gateway before them, answer."""
    titles: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for code, kind in KINDS.items():
        titles[kind.status][code] = kind.title
    for problem in _of_the_gateway():
        titles[problem["status"]].setdefault(problem["code"], problem["title"])
    return {status: _response(status, titles[status]) for status in sorted(titles)}


def _of_the_gateway() -> list[Json]:
    responses = template.source()["Resources"]["AdminApi"]["Properties"]["GatewayResponses"]
    return [
        json.loads(response["ResponseTemplates"]["application/json"])
        for response in responses.values()
    ]


def _response(status: int, titles: dict[str, str]) -> Json:
    codes = "\n".join(f"* `{code}`: {title}" for code, title in titles.items())
    limits = {"status": {"const": status}, "code": {"enum": list(titles)}}
    return {
        "description": f"{HTTPStatus(status).phrase}, with one of these codes:\n\n{codes}",
        "headers": {
            "X-Request-Id": {"$ref": "#/components/headers/RequestId"},
            "Retry-After": {"$ref": "#/components/headers/RetryAfter"},
            "Idempotent-Replayed": {"$ref": "#/components/headers/IdempotentReplayed"},
        },
        "content": {
            "application/problem+json": {
                "schema": {"allOf": [reference("Problem"), {"properties": limits}]}
            }
        },
    }
