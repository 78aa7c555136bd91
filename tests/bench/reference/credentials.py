"""The scheduled function that checks the credential."""

import os
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from .bus import publish
from .client import buy_token, logger, read_secret, token_info
from .queues import Json


class Report(BaseModel):
    ok: bool
    site_id: str
    findings: list[str]


def check_credentials(event: Json, context: object) -> Json:
    stored = read_secret()
    info = token_info(buy_token(stored)["access_token"])
    oldest = datetime.now(UTC) - timedelta(days=int(os.environ["CREDENTIAL_MAX_AGE_DAYS"]))
    wrong = {
        "token_inactive": not info["active"],
        "wrong_site": info["siteId"] != os.environ["WIX_SITE_ID"],
        "credential_old": stored["CreatedDate"] < oldest,
    }
    findings = [code for code, applies in wrong.items() if applies]
    if findings:
        publish("wix-admin", "Credential Check Failed", {"findings": findings})
    logger.info("done", extra={"action": "check_credentials"})
    return Report(ok=not findings, site_id=info["siteId"], findings=findings).model_dump()
