"""The table from failure to answer."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import wix_admin
from tests.unit.wix_admin.builders import all_below
from wix_admin.errors import (
    AdminError,
    InputError,
    OutcomeUnknownError,
    RefusedError,
    UnexpectedError,
    Violation,
    WixRequestError,
    WixUnavailableError,
)
from wix_admin.problems import AUTH_CODES, KINDS, code_of, problem, wait_for
from wix_auth import TokenUnavailableError, WixAuthError
from wix_auth.errors import SecretMissingError

OURS = [AdminError, *all_below(AdminError, "wix_admin")]
AUTH = all_below(WixAuthError, "wix_auth")


NO_ERRORS = {"Finding", "_Fault"}
"""What has codes too: what a check finds, and what Wix tells."""


def codes_in(source: Path) -> Iterator[str]:
    """Find each `code="..."` that a module gives an error."""
    for node in ast.walk(ast.parse(source.read_text())):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) in NO_ERRORS:
            continue
        for given in node.keywords:
            value = given.value.body if isinstance(given.value, ast.IfExp) else given.value
            if given.arg == "code" and isinstance(value, ast.Constant):
                yield str(value.value)


@pytest.mark.parametrize("kind", OURS)
def test_every_error_of_ours_has_a_row(kind: type[AdminError]) -> None:
    assert kind.default_code in KINDS


@pytest.mark.parametrize("kind", AUTH)
def test_every_error_of_the_auth_layer_has_a_row(kind: type[WixAuthError]) -> None:
    assert AUTH_CODES[kind] in KINDS


def test_every_code_that_is_given_somewhere_has_a_row() -> None:
    [folder] = wix_admin.__path__
    given = {code for file in Path(folder).rglob("*.py") for code in codes_in(file)}

    assert {"exceeds_refundable", "idempotency_key_missing"} < given
    assert given <= set(KINDS)


def test_a_code_of_an_older_version_is_told_as_a_fault_of_ours() -> None:
    assert problem(AdminError("?", code="gone_by_now"), "r-1")["status"] == 500


@pytest.mark.parametrize("code", KINDS)
def test_the_caller_s_faults_are_4xx_and_never_retried_blindly(code: str) -> None:
    kind = KINDS[code]

    assert 400 <= kind.status < 600
    assert kind.status != 429
    passes = {"still_running", "changed_meanwhile"}
    assert kind.retryable == (kind.status in {503, 504} or code in passes)


def test_a_problem_has_all_there_is_to_say() -> None:
    error = WixRequestError(
        "Mend it",
        wix_request_id="r-1",
        wix_code="BAD_THING",
        violations=[Violation("/a/0/b", "It is bad.")],
    )

    assert problem(error, "q-1") == {
        "type": "urn:wix-admin:problem:wix_refused",
        "title": "Wix refused the request",
        "status": 400,
        "detail": "a.0.b: It is bad.",
        "code": "wix_refused",
        "requestId": "q-1",
        "retryable": False,
        "wixRequestId": "r-1",
        "wixCode": "BAD_THING",
        "errors": [{"field": "/a/0/b", "detail": "It is bad."}],
    }


def test_a_problem_has_nothing_else() -> None:
    assert problem(UnexpectedError("Sorry"), "q-1") == {
        "type": "urn:wix-admin:problem:internal_error",
        "title": "An unexpected fault",
        "status": 500,
        "detail": "Sorry",
        "code": "internal_error",
        "requestId": "q-1",
        "retryable": False,
    }


def test_a_problem_of_the_auth_layer_is_described_alike() -> None:
    described = problem(TokenUnavailableError("Later", wix_request_id="r-1"), "q-1")

    assert described["code"] == "wix_unavailable"
    assert described["status"] == 503
    assert described["wixRequestId"] == "r-1"
    assert problem(SecretMissingError("None"), "q-1")["status"] == 500


def test_what_is_wrong_with_a_header_is_told_as_such() -> None:
    described = problem(InputError.of("", "Send it.", header="Idempotency-Key"), "q-1")

    assert described["detail"] == "Idempotency-Key: Send it."
    assert described["errors"] == [{"field": "", "header": "Idempotency-Key", "detail": "Send it."}]


def test_a_problem_lists_so_many_fields_and_no_more() -> None:
    many = [Violation(f"/{n}", "It is bad.") for n in range(100_000)]
    described = problem(InputError("Mend it", violations=many), "q-1")

    assert [each["field"] for each in described["errors"]] == [f"/{n}" for n in range(100)]
    assert described["detail"] == "; ".join(f"{n}: It is bad." for n in range(5))


def test_the_text_of_a_problem_names_what_the_text_of_its_error_may_not() -> None:
    error = InputError("*: No such field", violations=[Violation("/colour", "No such field.")])

    assert problem(error, "q-1")["detail"] == "colour: No such field."


def test_an_error_that_nobody_planned_is_internal() -> None:
    class SurpriseError(WixAuthError):
        """Not in the table."""

    assert code_of(SurpriseError("?")) == "internal_error"


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (WixUnavailableError("?", code="wix_busy", retry_after=5), 5),
        (WixUnavailableError("?", code="wix_busy", retry_after=0), 0),
        (WixUnavailableError("?", code="wix_busy"), 60),
        (WixUnavailableError("?", retry_after=5), 5),
        (TokenUnavailableError("?", retry_after=5), 5),
        (WixUnavailableError("?"), 5),
        (TokenUnavailableError("?"), 5),
        (OutcomeUnknownError("?", retry_after=299.5), 299.5),
        (RefusedError("?", retry_after=5), None),
        (SecretMissingError("?", retry_after=5), None),
    ],
)
def test_a_problem_says_how_long_to_wait_if_waiting_helps(
    failure: AdminError | WixAuthError, seconds: float | None
) -> None:
    assert wait_for(failure) == seconds
