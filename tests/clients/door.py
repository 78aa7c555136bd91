"""The HTTP door of the functions in this process, for a client that takes it for the API."""

import json
import re
from http import HTTPStatus

import httpx

from openapi.actions import Action, actions
from tests.unit.calls import Context


class Door(httpx.BaseTransport):
    """Does with a request what API Gateway does, up to the function of its route."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for action in actions():
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", action.path)
            match = re.fullmatch(pattern, request.url.path)
            if match and request.method == action.method:
                return _answer(action, request, match.groupdict())
        return httpx.Response(HTTPStatus.FORBIDDEN)


def _answer(action: Action, request: httpx.Request, path: dict[str, str]) -> httpx.Response:
    event = {
        "httpMethod": request.method,
        "resource": action.path,
        "path": request.url.path,
        "headers": dict(request.headers),
        "multiValueHeaders": {name: [value] for name, value in request.headers.items()},
        "queryStringParameters": dict(request.url.params) or None,
        "pathParameters": path or None,
        "requestContext": {"requestId": "1"},
        "body": request.read().decode() or None,
        "isBase64Encoded": False,
    }
    answer = action.handler(event, Context())
    return httpx.Response(
        answer["statusCode"], headers=answer["headers"], json=json.loads(answer["body"])
    )
