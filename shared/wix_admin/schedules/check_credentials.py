"""Checks the credential: whether it still works, and whether it is the right one."""

import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

import httpx
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import Field

from wix_admin.aws.bus import EventBus
from wix_admin.aws.settings import PublisherSettings
from wix_admin.aws.telemetry import logger, metrics
from wix_admin.errors import WixError
from wix_admin.models import Answer, FunctionInput, Json
from wix_admin.orders.operations import SEARCH_ORDERS
from wix_admin.problems import KINDS, code_of
from wix_admin.wix.client import WixClient
from wix_auth import WixAuthError
from wix_auth.inspection import (
    ApiKey,
    ClientCredentials,
    StoredCredential,
    TokenInfo,
    inspect_client,
    reread_credential,
)

CHECK_FAILED = "Credential Check Failed"

DAY_SECONDS = 24 * 60 * 60

ONE_ORDER: Json = {"search": {"cursorPaging": {"limit": 1}}}

NOT_APPS = {"USER", "VISITOR", "MEMBER"}
"""Whose a token must not be. A word that Wix adds later is no reason for an alarm."""

DENIED = "PERMISSION_DENIED"


class CredentialCheckSettings(PublisherSettings):
    """What the template tells the function that checks the credential.

    Attributes:
        credential_max_age_days: How old a credential may be, in days.
    """

    credential_max_age_days: Annotated[int, Field(ge=1)]


class CheckCredentialsInput(FunctionInput):
    """Nothing to say: there is one credential."""


class Finding(Answer):
    """Something about the credential that somebody has to mend.

    Attributes:
        code: The code that callers of other actions get for it (`credential_unusable`,
            `credential_refused`, `wrong_site`, `wix_permission_missing` and such), or one that
            only a check can find: `token_inactive`, `wrong_subject`, `wrong_client`,
            `site_unproven`, `wrong_instance`, `credential_old`.
        detail: What it is and what to do about it.
    """

    code: str
    detail: str


UNKNOWN_KEY = Finding(
    code="credential_refused",
    detail="Wix does not know the API key. Store one that is not deleted and may read orders.",
)


class CredentialReport(Answer):
    """How the credential is.

    Attributes:
        kind: What the secret holds; absent if it cannot be read.
        ok: Whether there is nothing to mend.
        site_id: The site that Wix says a token opens, or that is stored with a key, if any.
        age_days: The whole days since it was stored.
        findings: All that is to be mended.
        checked_at: When, in RFC 3339.
    """

    kind: Literal["client_credentials", "api_key"] | None = None
    ok: bool
    site_id: str | None = None
    age_days: int | None = None
    findings: list[Finding]
    checked_at: str


def check_credentials(
    wix: WixClient, http: httpx.Client, bus: EventBus, here: CredentialCheckSettings
) -> CredentialReport:
    """Check the credential that is in the secret now, and announce what is to be mended.

    A client id and secret is exchanged anew, and Wix asked what the token opens: `POST
    /oauth2/token`, `POST /oauth2/token-info`. An API key is tried with a harmless call: `POST
    /ecom/v1/orders/search`.

    Findings are logged, counted, and published as one `Credential Check Failed`, at each check
    for as long as they last. They are not raised, but whatever makes a check impossible is.

    Args:
        wix: Calls Wix through `http`.
        http: The client whose credential is checked.
        bus: Where to announce findings.
        here: Which site is ours, and how old a credential may be.

    Raises:
        wix_auth.WixAuthError: If the secret cannot be read right now, or Wix cannot be asked.
        WixUnavailableError: If Wix cannot be asked whether the key works.
        OutOfTimeError: If too little time was left for that.
        BusUnavailableError: If the bus did not take the findings, which are logged all the same.
    """
    now = time.time()
    checked_at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    try:
        stored = reread_credential(http)
    except WixAuthError as error:
        report = CredentialReport(ok=False, findings=[_to_mend(error)], checked_at=checked_at)
    else:
        age_seconds = max(0.0, now - stored.stored_at)
        site_id, findings = _tried(stored, wix, http, here)
        findings += _too_old(age_seconds, here)
        report = CredentialReport(
            kind=stored.credential.kind,
            ok=not findings,
            site_id=site_id,
            age_days=int(age_seconds // DAY_SECONDS),
            findings=findings,
            checked_at=checked_at,
        )
    _tell(report, bus)
    return report


def _tried(
    stored: StoredCredential, wix: WixClient, http: httpx.Client, here: CredentialCheckSettings
) -> tuple[str | None, list[Finding]]:
    """Use the credential; return the site that it opens, and what is wrong with it."""
    credential = stored.credential
    if isinstance(credential, ApiKey):
        return credential.site_id, _wrong_with_key(wix)
    try:
        info = inspect_client(http, credential)
    except WixAuthError as error:
        return None, [_to_mend(error)]
    return info.site_id, _wrong_with_token(info, credential, here.wix_site_id)


def _wrong_with_token(
    info: TokenInfo, credential: ClientCredentials, site_id: str
) -> list[Finding]:
    installation = credential.instance_id
    rules = [
        (
            info.active is False,
            "token_inactive",
            "Wix gave a token that is not active",
            "Make a new secret for the client, and store it",
        ),
        (
            info.subject_type in NOT_APPS,
            "wrong_subject",
            f"The token is a {info.subject_type}'s and not an app's",
            "Store the id and secret of an OAuth app",
        ),
        (
            info.client_id not in {None, credential.client_id},
            "wrong_client",
            f"The token is client {info.client_id}'s, but the secret names {credential.client_id}",
            "Store the id and the secret of one client",
        ),
        (
            info.site_id is None and info.active is not False,
            "site_unproven",
            "Wix does not say which site the token opens, so that nothing is called with it",
            "Store a credential of this site",
        ),
        (
            info.site_id not in {None, site_id},
            "wrong_site",
            f"The token opens site {info.site_id}, but this is for {site_id}",
            "Store a credential of this site",
        ),
        (
            installation is not None and info.instance_id not in {None, installation},
            "wrong_instance",
            f"The token is for installation {info.instance_id}, not for {installation}",
            "Correct instance_id in the secret",
        ),
    ]
    return [
        Finding(code=code, detail=f"{said}. {remedy}.")
        for applies, code, said, remedy in rules
        if applies
    ]


def _wrong_with_key(wix: WixClient) -> list[Finding]:
    try:
        wix.call(SEARCH_ORDERS, body=ONE_ORDER)
    except WixAuthError as error:
        return [_to_mend(error)]
    except WixError as error:
        # Some of Wix's services say 401 for a permission as well.
        unknown = wix.traffic.exchanges[-1].outcome == HTTPStatus.UNAUTHORIZED
        return [_to_mend(error) if error.wix_code == DENIED or not unknown else UNKNOWN_KEY]
    return []


def _too_old(age_seconds: float, here: CredentialCheckSettings) -> list[Finding]:
    most = here.credential_max_age_days
    if age_seconds <= most * DAY_SECONDS:
        return []
    return [
        Finding(
            code="credential_old",
            detail=f"The credential was stored more than {most} days ago. Make a new one at Wix,"
            " store it, and delete the old one.",
        )
    ]


def _to_mend(error: WixAuthError | WixError) -> Finding:
    """Make a finding of a failure that lasts until somebody acts; raise one that passes."""
    code = code_of(error)
    if KINDS[code].retryable:
        raise error
    return Finding(code=code, detail=str(error))


def _tell(report: CredentialReport, bus: EventBus) -> None:
    """Count, log and publish what was found."""
    metrics.add_metric("CredentialFindings", MetricUnit.Count, len(report.findings))
    if report.age_days is not None:
        metrics.add_metric("CredentialAgeDays", MetricUnit.NoUnit, report.age_days)
    if report.findings:
        detail = report.model_dump(
            by_alias=True, exclude_none=True, include={"kind", "findings", "checked_at"}
        )
        logger.warning(CHECK_FAILED, extra=detail)
        bus.publish("wix-admin", CHECK_FAILED, detail)
