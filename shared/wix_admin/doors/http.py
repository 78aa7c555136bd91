"""The HTTP door: API Gateway's REST proxy events, JSON answers, RFC 9457 problems."""

import base64
import json
import math
import re
import time

from wix_admin.doors.call import MARGIN_SECONDS, Call, Caller, Done, LambdaContext, Outcome
from wix_admin.doors.reading import attempt, key_in, object_in, times
from wix_admin.errors import AdminError, InputError, Violation, pointer
from wix_admin.models import Json
from wix_admin.problems import KINDS, code_of, problem, wait_for
from wix_auth import WixAuthError

GATEWAY_SECONDS = 29.0
"""API Gateway gives up so long after a request came in."""

MAX_BODY_BYTES = 1_000_000
MAX_BODY_BYTES_OF_MANY = 4_000_000
MAX_ANSWER_BYTES = 6_000_000
"""Lambda hands on at most 6 MB each way, and counts the body as text inside JSON: each quote,
backslash and line break of it twice."""

# Whoever invokes the function directly can write anything there, and both are logged.
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
ARN = re.compile(r"arn:[a-z-]+:(iam|sts)::[0-9]{12}:[A-Za-z0-9_+=,.@/-]{1,600}")

KEY_HEADER = "Idempotency-Key"
REPLAYED = {"Idempotent-Replayed": "true"}


def is_http(event: object) -> bool:
    """Tell whether API Gateway sent the event."""
    return (
        isinstance(event, dict)
        and "httpMethod" in event
        and isinstance(event.get("requestContext"), dict)
    )


def read(event: Json, context: LambdaContext, *, many: str | None = None) -> Call:
    """Read a request of API Gateway's.

    Args:
        event: What API Gateway sent.
        context: Lambda's context.
        many: The field of the input that holds many items, if there is one.
    """
    began_at = time.monotonic()
    about: Json = event["requestContext"]
    request_id = str(about.get("requestId") or "")
    deadline, lease_until = times(context)
    arrived = about.get("requestTimeEpoch")
    if isinstance(arrived, int | float):
        deadline = min(deadline, arrived / 1000 + GATEWAY_SECONDS - MARGIN_SECONDS)
    return Call(
        door="http",
        input=attempt(lambda: _input(event, many)),
        key=attempt(lambda: _key(event)),
        caller=_caller(about),
        began_at=began_at,
        deadline=deadline,
        lease_until=lease_until,
        request_id=request_id if REQUEST_ID.fullmatch(request_id) else context.aws_request_id,
        invocation_id=context.aws_request_id,
    )


def answer(outcome: Outcome, request_id: str) -> Json:
    """Answer as API Gateway's proxy takes it: JSON, or for every failure a problem.

    Args:
        outcome: What came of the call.
        request_id: The id under which our logs have it.
    """
    if not isinstance(outcome, Done):
        return _problem(outcome, request_id)
    body = json.dumps(outcome.answer, separators=(",", ":"))
    if len(json.dumps(body)) > MAX_ANSWER_BYTES:
        too_large = InputError(
            "The answer is larger than can be sent: ask for fewer at a time",
            code="answer_too_large",
        )
        return _problem(too_large, request_id)
    headers = REPLAYED if outcome.replayed else {}
    return _response(200, "application/json", body, request_id, headers)


def _problem(error: AdminError | WixAuthError, request_id: str) -> Json:
    headers = dict(REPLAYED) if isinstance(error, AdminError) and error.replayed else {}
    wait = wait_for(error)
    if wait is not None:
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    return _response(
        KINDS[code_of(error)].status,
        "application/problem+json",
        json.dumps(problem(error, request_id)),
        request_id,
        headers,
    )


def _response(
    status: int, content_type: str, body: str, request_id: str, headers: dict[str, str]
) -> Json:
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": content_type,
            "Cache-Control": "no-store",
            "X-Request-Id": request_id,
            **headers,
        },
        "body": body,
        "isBase64Encoded": False,
    }


def _input(event: Json, many: str | None) -> Json:
    """Merge the body with query and path parameters, which no body can override."""
    merged = object_in(_body(event, many)) if event.get("body") else {}
    for given in (_query(event), _fields(event.get("pathParameters"))):
        for name, value in given.items():
            if merged.setdefault(name, value) != value:
                detail = "The body and the address differ"
                raise InputError(detail, violations=[Violation(pointer(name), detail)])
    return merged


def _query(event: Json) -> Json:
    """Return the query; it holds nothing but text, so `true` and `false` are read as what they say.

    A request without a body asks for a dry run that way.
    """
    given = _fields(event.get("queryStringParameters"))
    return {
        name: value == "true" if value in ("true", "false") else value
        for name, value in given.items()
    }


def _body(event: Json, many: str | None) -> str:
    text = str(event["body"])
    if event.get("isBase64Encoded"):
        try:
            text = base64.b64decode(text, validate=True).decode()
        except ValueError:
            raise InputError.of("", "Send the body as JSON in UTF-8") from None
    size = len(text.encode(errors="surrogatepass"))
    limit = MAX_BODY_BYTES_OF_MANY if many else MAX_BODY_BYTES
    if size > limit:
        raise _too_large(text, size, limit, many)
    return text


def _too_large(text: str, size: int, limit: int, many: str | None) -> InputError:
    """Say how much may be sent, and of many items how many of this size."""
    megabytes = math.ceil(size / 100_000) / 10
    count = _count(text, many)
    fit = count * limit // size
    if not fit:
        detail = f"You sent {megabytes} MB: send at most {limit // 1_000_000} MB"
        return InputError.of("", detail, code="request_too_large")
    fit -= fit % 10 ** max(0, len(str(fit)) - 2)
    detail = f"You sent {count:,} in {megabytes} MB: send at most {fit:,} at a time"
    return InputError.of(many or "", detail, code="request_too_large")


def _count(text: str, many: str | None) -> int:
    """Count the items of a body, as far as it can be read."""
    try:
        items = _fields(json.loads(text)).get(many or "")
    except (ValueError, RecursionError):
        return 0
    return len(items) if isinstance(items, list) else 0


def _key(event: Json) -> str | None:
    given = [
        value
        for name, values in _fields(event.get("multiValueHeaders")).items()
        if name.lower() == KEY_HEADER.lower()
        for value in values
    ] or [
        value
        for name, value in _fields(event.get("headers")).items()
        if name.lower() == KEY_HEADER.lower()
    ]
    if len(set(given)) > 1:
        raise InputError.of("", "Send this header once", header=KEY_HEADER)
    return key_in(given[0] if given else None, "", header=KEY_HEADER)


def _caller(about: Json) -> Caller:
    """Name the role or user that IAM verified.

    The session's name is left out: with single sign-on it is a person's e-mail address. API
    Gateway's own access log has it, under the same request id.
    """
    arn = str(_fields(about.get("identity")).get("userArn") or "")
    if not ARN.fullmatch(arn):
        return Caller("unknown", "http")
    if ":assumed-role/" in arn:
        arn = arn.rpartition("/")[0]
    return Caller("verified", arn)


def _fields(value: object) -> Json:
    """Return what API Gateway gives as an object, or as null if there is nothing in it."""
    return value if isinstance(value, dict) else {}
