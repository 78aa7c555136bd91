"""One table from failure to answer: RFC 9457 problems, the same at every door."""

from dataclasses import dataclass
from typing import Any

from wix_admin.errors import AdminError, OutcomeUnknownError, Violation
from wix_auth.errors import (
    CredentialRefusedError,
    ForeignOriginError,
    InstallationUnknownError,
    SecretEmptyError,
    SecretForbiddenError,
    SecretInvalidError,
    SecretMissingError,
    SecretUnavailableError,
    TokenUnavailableError,
    WixAuthError,
    WrongSiteError,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What every problem with one code has in common.

    Attributes:
        status: The HTTP status.
        title: What it is, in words that are always the same.
        wait: The seconds after which asking again may help, where the failure itself does not say;
            None if asking the same again does not help.
    """

    status: int
    title: str
    wait: float | None = None

    @property
    def retryable(self) -> bool:
        """Whether asking the same again may help."""
        return self.wait is not None


KINDS = {
    # For the caller to fix.
    "invalid_input": Kind(400, "The request is not valid"),
    "idempotency_key_missing": Kind(400, "An idempotency key is required"),
    "wix_refused": Kind(400, "Wix refused the request"),
    "not_found": Kind(404, "Wix does not know it"),
    "still_running": Kind(409, "The same request is still running", wait=5),
    "conflict": Kind(409, "It exists already or has changed at Wix"),
    "changed_meanwhile": Kind(409, "Somebody else changes it at the same moment", wait=5),
    "not_possible_now": Kind(409, "Its state does not allow this"),
    "wix_forbids": Kind(409, "Wix does not allow this now"),
    "policy_forbids": Kind(409, "A policy of the site does not allow this"),
    "slot_taken": Kind(409, "The time is not free"),
    "app_missing": Kind(409, "The site lacks the Wix app for this"),
    "wrong_catalog": Kind(409, "The site has another version of the catalog"),
    "request_too_large": Kind(413, "The request is too large"),
    "idempotency_key_reused": Kind(422, "The idempotency key was used for another request"),
    "exceeds_refundable": Kind(422, "More than can be refunded"),
    "exceeds_unfulfilled": Kind(422, "More than is left to fulfill"),
    "below_zero": Kind(422, "More than is in stock"),
    "not_in_this_catalog": Kind(422, "The site's version of the catalog does not have this"),
    "exceeds_balance": Kind(422, "More than is left to pay"),
    "refund_failed": Kind(422, "The payment provider refused the refund"),
    "answer_too_large": Kind(422, "The answer is too large"),
    "unpublishable": Kind(422, "The event bus takes no such event"),
    # Ours, our credential's or Wix's.
    "internal_error": Kind(500, "An unexpected fault"),
    "misconfigured": Kind(500, "The function is set up wrongly"),
    "credential_unusable": Kind(500, "The credential cannot be used"),
    "wrong_site": Kind(500, "The credential belongs to another site"),
    "wix_permission_missing": Kind(502, "The credential lacks a Wix permission"),
    "credential_refused": Kind(502, "Wix refused the credential"),
    "catalog_moving": Kind(503, "The site is being moved to another catalog", wait=60),
    # Wix counts calls by the minute.
    "wix_busy": Kind(503, "Wix asks to wait", wait=60),
    "wix_unavailable": Kind(503, "Wix cannot be reached or is broken", wait=5),
    "secret_unavailable": Kind(503, "The credential cannot be read right now", wait=5),
    "ledger_unavailable": Kind(503, "The effects table cannot be reached", wait=5),
    "bus_unavailable": Kind(503, "The event bus cannot be reached", wait=5),
    "queue_unavailable": Kind(503, "A queue cannot be reached", wait=5),
    "unfinished": Kind(503, "Done in part", wait=1),
    "out_of_time": Kind(503, "Too little time was left", wait=1),
    "outcome_unknown": Kind(504, "Wix may or may not have done it", wait=10),
}

AUTH_CODES: dict[type[WixAuthError], str] = {
    SecretMissingError: "credential_unusable",
    SecretEmptyError: "credential_unusable",
    SecretInvalidError: "credential_unusable",
    SecretForbiddenError: "credential_unusable",
    SecretUnavailableError: "secret_unavailable",
    CredentialRefusedError: "credential_refused",
    InstallationUnknownError: "credential_refused",
    WrongSiteError: "wrong_site",
    TokenUnavailableError: "wix_unavailable",
    ForeignOriginError: "internal_error",
}

MAX_FIELDS = 100
"""How many fields one problem names, as Lambda hands on no answer of any size."""

MAX_TOLD = 5
"""How many of them its text names, too."""


def code_of(error: AdminError | WixAuthError) -> str:
    """Return the code of a known failure, which is a row of `KINDS`."""
    if isinstance(error, AdminError):
        # A stored failure may have a code that an older version gave it.
        return error.code if error.code in KINDS else "internal_error"
    return AUTH_CODES.get(type(error), "internal_error")


def wait_for(error: AdminError | WixAuthError) -> float | None:
    """Return the seconds after which asking the same again may help, or None if it does not."""
    wait = KINDS[code_of(error)].wait
    if wait is None or (isinstance(error, OutcomeUnknownError) and not error.has_key):
        return None
    return wait if error.retry_after is None else error.retry_after


def problem(error: AdminError | WixAuthError, request_id: str) -> dict[str, Any]:
    """Describe a known failure to the caller, as an RFC 9457 problem.

    Args:
        error: What went wrong.
        request_id: The id under which our logs have this call.
    """
    code = code_of(error)
    kind = KINDS[code]
    described: dict[str, Any] = {
        "type": f"urn:wix-admin:problem:{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": _detail_of(error),
        "code": code,
        "requestId": request_id,
        "retryable": wait_for(error) is not None,
    }
    if error.wix_request_id:
        described["wixRequestId"] = error.wix_request_id
    if isinstance(error, AdminError):
        if error.wix_code:
            described["wixCode"] = error.wix_code
        if error.violations:
            described["errors"] = [_error_of(each) for each in error.violations[:MAX_FIELDS]]
    return described


def _detail_of(error: AdminError | WixAuthError) -> str:
    """Say what is wrong, with the caller's own words where a field is known by no other name."""
    violations = error.violations if isinstance(error, AdminError) else ()
    return "; ".join(dict.fromkeys(map(str, violations[:MAX_TOLD]))) or str(error)


def _error_of(violation: Violation) -> dict[str, str]:
    header = {"header": violation.header} if violation.header else {}
    return {"field": violation.field, **header, "detail": violation.detail}
