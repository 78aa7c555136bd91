"""Reads what Wix answers: the JSON of a success, and the one error that a failure means.

Wix's error bodies come in several shapes (`applicationError`, `validationError`, `systemError`,
none at all, RFC 6749, HTML from a gateway), so every part is optional here. Its free text may
repeat what a person typed; it goes to the caller as violations of a refused request, and into no
error's text.
"""

import json
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import NamedTuple

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
    WixViolation,
    pointer,
)
from wix_admin.models import Json
from wix_admin.places import place
from wix_admin.wix.operations import Operation
from wix_auth import retry_after

MAX_WORDS = 300
"""How many characters of one text of Wix's are passed on."""

STEP = re.compile(r"[^.\[\]]+")
"""A step of a path as Wix writes it, `order.lineItems[0].quantity`."""

INDEX = re.compile(r"[0-9]{1,4}")

CODE = re.compile(r"[A-Za-z0-9._-]{1,80}")

CLIENT_CLOSED_REQUEST = 499
TROUBLE = {HTTPStatus.REQUEST_TIMEOUT, CLIENT_CLOSED_REQUEST, *range(500, 600)} - {
    HTTPStatus.NOT_IMPLEMENTED
}
"""What Wix, or what stands in front of it, answers whether or not it did what was asked."""

BUSINESS_QUOTAS = {"FEATURE_LIMIT_EXCEEDED", "PRODUCTS_LIMIT_EXCEEDED"}
"""What a 429 means that will not pass: the site's plan allows no more. Any other turns a call
away unread, whatever name it gives to that (`RESOURCE_EXHAUSTED`, `RATE_LIMIT`)."""

WRONG_SITE_CODES = {"MISSING_METASITE_ID", "WDE0117"}
CONFLICT_MARKS = ("REVISION", "ALREADY_CHANGED", "ALREADY_EXISTS")
FORBIDDEN_MARK = "_FORBIDDEN"
FORBIDDING = {
    HTTPStatus.FORBIDDEN,
    HTTPStatus.PRECONDITION_REQUIRED,
    HTTPStatus.TOO_MANY_REQUESTS,
}
PERMISSION_CODES = {
    "",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "UNAUTHORIZED",
    "FORBIDDEN",
}
PERMISSION_MARK = "NO_PERMISSION"
PERMISSIONS = {
    "NO_PERMISSION_TO_INCLUDE_NOT_VISIBLE_PRODUCTS": "WIX_STORES.PRODUCT_READ_NON_VISIBLE",
    "NO_PERMISSION_TO_READ_MERCHANT_DATA": "WIX_STORES.PRODUCT_MERCHANT_DATA_READ",
}
"""The permissions that such codes are about, where it is not the operation's own."""
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


class Meaning(NamedTuple):
    """What a failed reply means.

    Attributes:
        kind: The class, which names the remedy.
        remedy: The same in words.
        code: The problem's code, where the class alone does not tell it.
    """

    kind: type[WixError]
    remedy: str
    code: str | None = None


SETUP = "Look at which Wix apps the site has, and at its version of the catalog"
FORBIDDEN = "Its state, a policy or the site's plan forbids it"

WRONG_SITE = Meaning(
    WixPermissionError,
    "The credential names no site or another one: check WIX_SITE_ID and the secret",
    "wrong_site",
)
MAYBE_DONE = Meaning(OutcomeUnknownError, "Wix may or may not have done it")
NO_ANSWER = Meaning(WixUnavailableError, "That is no answer of this call: Wix may be in trouble")
TURNED_AWAY = Meaning(
    WixUnavailableError, "Wait, about a minute if nothing else is said", "wix_busy"
)
NOT_FOUND = Meaning(
    WixNotFoundError, "Check the id, and that the app it belongs to is installed on the site"
)
CONFLICT = Meaning(WixConflictError, "Read it again, then decide")
NOT_ALLOWED = Meaning(WixStateError, FORBIDDEN)
REFUSED = Meaning(WixRequestError, "Fix the request")

BY_CODE = {
    **dict.fromkeys(WRONG_SITE_CODES, WRONG_SITE),
    **{code: Meaning(WixSetupError, SETUP, ours) for code, ours in SETUP_CODES.items()},
    MOVING_CODE: Meaning(
        WixUnavailableError, "Wix is moving the site to another catalog", "catalog_moving"
    ),
    **dict.fromkeys(POLICY_CODES, Meaning(WixStateError, FORBIDDEN, "policy_forbids")),
    **dict.fromkeys(SLOT_CODES, Meaning(WixStateError, FORBIDDEN, "slot_taken")),
}
"""Wix's codes that say what to do, whatever status they come with."""


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
    """Read a success, or a part of it, as a model.

    Wix may leave out what is empty, false or 0, but never says nothing at all: even a list without
    anything in it comes with how it is paged.

    Raises:
        OutcomeUnknownError: If it cannot be read and the operation may not be repeated.
        WixUnavailableError: If it cannot be read.
    """
    failure = WixUnavailableError if operation.repeatable else OutcomeUnknownError
    if reply is None or reply == {}:
        raise failure(f"{operation.name}: Wix's answer is empty")
    try:
        return model.model_validate(reply)
    except ValidationError as error:
        where = ", ".join(sorted({place(model, each["loc"]) for each in error.errors()})[:5])
        raise failure(f"{operation.name}: cannot read Wix's answer ({where})") from None


def pass_on[T: BaseModel](model: type[T], answer: object, operation: Operation) -> T:
    """Take a part of a success as it came, so that nothing odd in it is in the way.

    Args:
        model: What callers know it as. Nothing of it is checked: do not decide by it.
        answer: What Wix answered.
        operation: What it answered to.

    Raises:
        WixUnavailableError: If it is no object, or an empty one.
    """
    if not isinstance(answer, dict) or not answer:
        raise WixUnavailableError(f"{operation.name}: cannot read Wix's answer")
    return model.model_construct(**answer)


def error_for(response: httpx.Response, operation: Operation) -> WixError:
    """Say what a failed reply means, as the class that names the remedy."""
    status = response.status_code
    code, fault, violations = _details(json_in(response) or {})
    wix_code = code or fault or None
    meaning = _meaning(status, code, operation)
    answered = filter(None, (str(status), wix_code))
    says_more = issubclass(meaning.kind, WixRequestError) and meaning.kind is not WixNotFoundError
    error = meaning.kind(
        f"{operation.name}: Wix answered {' '.join(answered)}. {meaning.remedy}",
        code=meaning.code,
        retry_after=retry_after(response, time.time()),
        wix_request_id=request_id_of(response),
        wix_code=wix_code,
        violations=violations if says_more else (),
    )
    error.of_read = operation.reads
    return error


def located(violations: Iterable[Violation], given: Json) -> tuple[Violation, ...]:
    """Say where in the caller's input stands what Wix says is wrong, where that can be known.

    Wix names a place in what we sent it. The longest end of that path that leads to something the
    caller sent is taken for its place: `query.filter.status` for `/filter/status`.

    Args:
        violations: What is wrong, in anybody's words.
        given: The caller's input.
    """
    return tuple(
        replace(each, field=_place_of(each.path, given)) if isinstance(each, WixViolation) else each
        for each in violations
    )


def _place_of(path: str, given: Json) -> str:
    steps = STEP.findall(path)
    ends = (_followed(steps[start:], given) for start in range(len(steps)))
    return next((pointer(*end) for end in ends if end), "")


def _followed(steps: list[str], value: object) -> list[str | int]:
    """Return the steps that lead into a value, or none if they do not."""
    taken: list[str | int] = []
    for step in steps:
        if isinstance(value, dict) and step in value:
            taken.append(step)
            value = value[step]
        elif isinstance(value, list) and INDEX.fullmatch(step) and int(step) < len(value):
            taken.append(int(step))
            value = value[int(step)]
        else:
            return []
    return taken


def _meaning(status: int, code: str, operation: Operation) -> Meaning:
    """Return what a failure means: whether Wix has read the request, then what it says of it."""
    if status < HTTPStatus.BAD_REQUEST or status in TROUBLE:
        return NO_ANSWER if operation.repeatable else MAYBE_DONE
    if status == HTTPStatus.TOO_EARLY or (
        status == HTTPStatus.TOO_MANY_REQUESTS and code not in BUSINESS_QUOTAS
    ):
        return TURNED_AWAY
    if code in BY_CODE:
        return BY_CODE[code]
    if (
        status == HTTPStatus.UNAUTHORIZED
        or code == OVERRIDE_CODE
        or (status == HTTPStatus.FORBIDDEN and _is_about_permission(code))
    ):
        return Meaning(WixPermissionError, _permission(code, operation))
    return _refusal(status, code)


def _is_about_permission(code: str) -> bool:
    return code in PERMISSION_CODES or code.startswith(PERMISSION_MARK)


def _permission(code: str, operation: Operation) -> str:
    """Name what the credential lacks."""
    needed = PERMISSIONS.get(code, operation.permission)
    noun = "permissions" if " and " in needed else "permission"
    text = f"Give the credential the {noun} {needed}"
    if code == OVERRIDE_CODE:
        text += ", and what it takes to override a policy or a check, if that was asked"
    return text


def _refusal(status: int, code: str) -> Meaning:
    """Return what a refusal of the request itself means."""
    if status == HTTPStatus.NOT_FOUND:
        return NOT_FOUND
    if status == HTTPStatus.CONFLICT or any(mark in code for mark in CONFLICT_MARKS):
        return CONFLICT
    if status in FORBIDDING or code.endswith(FORBIDDEN_MARK):
        return NOT_ALLOWED
    return REFUSED


def _details(body: Json) -> tuple[str, str, list[WixViolation]]:
    """Return Wix's code for a reason of the business, that of a fault of its own, and its words.

    A `systemError` names a fault, often as gRPC does; it is passed on, and decides nothing.
    """
    details = body.get("details")
    if not isinstance(details, dict):
        return "", "", _words(body.get("message"))
    if isinstance(error := details.get("applicationError"), dict):
        words = _words(error.get("description")) or _words(body.get("message"))
        return _identifier(error.get("code")), "", words
    if isinstance(error := details.get("systemError"), dict):
        return "", _identifier(error.get("errorCode")), _words(body.get("message"))
    validation = details.get("validationError")
    violations = validation.get("fieldViolations") if isinstance(validation, dict) else None
    listed = violations if isinstance(violations, list) else []
    named = [each for each in listed if isinstance(each, dict)]
    code = next((_identifier(each.get("ruleName")) for each in named if each.get("ruleName")), "")
    words = [
        violation
        for told in named
        for violation in _words(
            told.get("description") or told.get("violatedRule"), told.get("field")
        )
    ]
    return code, "", words or _words(body.get("message"))


def _words(text: object, path: object = None) -> list[WixViolation]:
    """Return what Wix says of a place, or of the whole, as a violation; none if it says nothing."""
    said, where = (
        " ".join(each.split())[:MAX_WORDS] if isinstance(each, str) else "" for each in (text, path)
    )
    words = ": ".join(filter(None, (where, said)))
    return [WixViolation("", f"Wix says: {words}", path=where)] if words else []


def _identifier(code: object) -> str:
    """Return a code that is nothing but a code, as free text has no place in an error."""
    text = str(code) if isinstance(code, str | int) else ""
    return text if CODE.fullmatch(text) else ""
