"""Reads what Wix answers: the JSON of a success, and the one error that a failure means.

Wix's error bodies come in several shapes (`applicationError`, `validationError`, `systemError`,
none at all, RFC 6749, HTML from a gateway), so every part is optional here. Its free text may
repeat what a person typed; it goes to the caller as violations, and into no error's text.
"""

import json
import re
import time
from http import HTTPStatus

import httpx
from pydantic import BaseModel, ValidationError

from wix_admin.errors import (
    OutcomeUnknownError,
    Violation,
    WixConflictError,
    WixError,
    WixNotFoundError,
    WixPermissionError,
    WixRequestError,
    WixSetupError,
    WixStateError,
    WixUnavailableError,
)
from wix_admin.models import Json
from wix_admin.operations import Operation
from wix_admin.places import place
from wix_auth.tokens import retry_after

MAX_DESCRIPTION = 300

CODE = re.compile(r"[A-Za-z0-9._-]{1,80}")

CLIENT_CLOSED_REQUEST = 499

WRONG_SITE_CODES = {"MISSING_METASITE_ID", "WDE0117"}
CONFLICT_MARKS = ("REVISION", "ALREADY_CHANGED", "ALREADY_EXISTS")
FORBIDDEN_MARK = "_FORBIDDEN"
PERMISSION_CODES = {
    "",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "UNAUTHORIZED",
    "FORBIDDEN",
}
OVERRIDE_CODE = "UNAUTHORIZED_OPERATION"
SETUP_CODES = {
    "REQUIRED_APP_NOT_INSTALLED": "app_missing",
    "CATALOG_V1_SITE_CALLING_CATALOG_V3_API": "wrong_catalog",
    "CATALOG_V3_CALLING_CATALOG_V1_API": "wrong_catalog",
    "CATALOG_V3_SITE_CALLING_CATALOG_V1_API": "wrong_catalog",
}
MOVING_CODE = "CATALOG_V3_SITE_PROVISIONING"
POLICY_CODES = {"BOOKING_POLICY_VIOLATION", "REFUND_NOT_ALLOWED", "PRICE_CHANGE_NOT_ALLOWED"}
SLOT_CODES = {
    "NO_OPEN_SPOTS",
    "SLOT_NOT_AVAILABLE",
    "SESSION_CAPACITY_EXCEEDED",
    "SCHEDULE_CAPACITY_EXCEEDED",
    "SLOT_HOLD_UNAVAILABLE",
}
OWN_CODES = {
    **dict.fromkeys(WRONG_SITE_CODES, "wrong_site"),
    **SETUP_CODES,
    **dict.fromkeys(POLICY_CODES, "policy_forbids"),
    **dict.fromkeys(SLOT_CODES, "slot_taken"),
    MOVING_CODE: "catalog_moving",
}
"""Wix's codes that say more than the class of the error does."""


def request_id_of(response: httpx.Response) -> str | None:
    """Return Wix's id of a call, which its support asks for."""
    request_id: str | None = response.headers.get("x-wix-request-id")
    return request_id


def refuses_token(response: httpx.Response) -> bool:
    """Tell whether a reply turns a call away with a code that Wix has for dead tokens, too."""
    if response.status_code not in {HTTPStatus.BAD_REQUEST, HTTPStatus.PRECONDITION_REQUIRED}:
        return False
    response.read()
    code, *_ = _details(json_in(response) or {})
    return code in WRONG_SITE_CODES


def json_in(response: httpx.Response) -> Json | None:
    """Return the JSON object of a reply, `{}` for an empty one and None for anything else."""
    if not response.content.strip():
        return {}
    try:
        body: object = json.loads(response.content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def read_as[T: BaseModel](model: type[T], reply: object, operation: Operation) -> T:
    """Read a part of a success as a model.

    Raises:
        OutcomeUnknownError: If it cannot be read and the operation may not be repeated.
        WixUnavailableError: If it cannot be read.
    """
    try:
        return model.model_validate(reply)
    except ValidationError as error:
        where = ", ".join(sorted({place(model, each["loc"]) for each in error.errors()})[:5])
        failure = WixUnavailableError if operation.repeatable else OutcomeUnknownError
        raise failure(f"{operation.name}: cannot read Wix's answer ({where})") from None


def error_for(response: httpx.Response, operation: Operation) -> WixError:
    """Say what a failed reply means, as the class that names the remedy."""
    status = response.status_code
    code, violations = _details(json_in(response) or {})
    kind, remedy = _meaning(status, code, operation)
    return kind(
        f"{operation.name}: Wix answered {status}{f' {code}' if code else ''}. {remedy}",
        code=_own_code(status, code),
        retry_after=retry_after(response, time.time()),
        wix_request_id=request_id_of(response),
        wix_code=code or None,
        violations=violations,
    )


def _own_code(status: int, code: str) -> str | None:
    """Return the problem's code where the class alone does not tell it."""
    busy = "wix_busy" if status == HTTPStatus.TOO_MANY_REQUESTS and not code else None
    return OWN_CODES.get(code, busy)


def _meaning(status: int, code: str, operation: Operation) -> tuple[type[WixError], str]:
    """Return the class for a failure, and what to do about it."""
    lost = WixUnavailableError if operation.repeatable else OutcomeUnknownError
    permission = f"Give the credential the permission {operation.permission}"
    rules: list[tuple[bool, type[WixError], str]] = [
        (
            code in WRONG_SITE_CODES,
            WixPermissionError,
            "The credential names no site or another one: check WIX_SITE_ID and the secret",
        ),
        (
            code in SETUP_CODES,
            WixSetupError,
            "Look at which Wix apps the site has, and at its version of the catalog",
        ),
        (code == MOVING_CODE, WixUnavailableError, "Wix is moving the site to another catalog"),
        (
            code == OVERRIDE_CODE,
            WixPermissionError,
            f"{permission}, and what it takes to override a policy or a check, if that was asked",
        ),
        (status == HTTPStatus.UNAUTHORIZED, WixPermissionError, permission),
        (
            status == HTTPStatus.FORBIDDEN and code in PERMISSION_CODES,
            WixPermissionError,
            permission,
        ),
        (
            status == HTTPStatus.NOT_FOUND,
            WixNotFoundError,
            "Check the id, and that the app it belongs to is installed on the site",
        ),
        (
            status == HTTPStatus.CONFLICT or any(mark in code for mark in CONFLICT_MARKS),
            WixConflictError,
            "Read it again, then decide",
        ),
        (
            status in {HTTPStatus.FORBIDDEN, HTTPStatus.PRECONDITION_REQUIRED}
            or code.endswith(FORBIDDEN_MARK)
            or (status == HTTPStatus.TOO_MANY_REQUESTS and bool(code)),
            WixStateError,
            "Its state, a policy or the site's plan forbids it",
        ),
        (
            status == HTTPStatus.TOO_MANY_REQUESTS,
            WixUnavailableError,
            "Too many requests: wait, about a minute if nothing else is said",
        ),
        (
            status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED,
            lost,
            "Wix is in trouble",
        ),
        (status == CLIENT_CLOSED_REQUEST, lost, "Wix saw the call end early"),
        (status < HTTPStatus.BAD_REQUEST, lost, "That is no answer of this call"),
    ]
    return next(
        ((kind, remedy) for applies, kind, remedy in rules if applies),
        (WixRequestError, "Mend the request"),
    )


def _details(body: Json) -> tuple[str, list[Violation]]:
    details = body.get("details")
    if not isinstance(details, dict):
        return "", []
    for shape, field in (("applicationError", "code"), ("systemError", "errorCode")):
        error = details.get(shape)
        if isinstance(error, dict):
            return _identifier(error.get(field)), []
    validation = details.get("validationError")
    violations = validation.get("fieldViolations") if isinstance(validation, dict) else None
    listed = violations if isinstance(violations, list) else []
    named = [each for each in listed if isinstance(each, dict)]
    code = next((_identifier(each.get("ruleName")) for each in named if each.get("ruleName")), "")
    return code, [
        Violation(
            str(each.get("field") or "")[:MAX_DESCRIPTION],
            str(each.get("description") or each.get("violatedRule") or "")[:MAX_DESCRIPTION],
        )
        for each in named
    ]


def _identifier(code: object) -> str:
    """Return a code that is nothing but a code, as free text has no place in an error."""
    text = str(code) if isinstance(code, str | int) else ""
    return text if CODE.fullmatch(text) else ""
