"""Authorised httpx requests to Wix, with a credential that stays in AWS Secrets Manager.

    from wix_auth import wix_http_client

    wix = wix_http_client("arn:aws:secretsmanager:us-east-1:123456789012:secret:wix-AbCdEf")


    def handler(event, context):
        reply = wix.post("/contacts/v4/contacts/query", json={"query": {}})
        reply.raise_for_status()
        return reply.json()["contacts"]

The secret holds a client id and secret, or an API key (`wix_auth.credentials` shows both); the code
is the same. Tokens are exchanged once for all threads, renewed before they lapse and replaced when
Wix rejects them; a rotated secret is noticed.

What can go wrong is listed in `wix_auth.errors`; `wix_auth.inspection` tells how the credential is.
"""

from wix_auth.addresses import is_https_or_local
from wix_auth.aws import aws_session
from wix_auth.credentials import GUID_PATTERN
from wix_auth.errors import TokenUnavailableError, WixAuthError
from wix_auth.limits import TIME_LIMIT
from wix_auth.tokens import is_token_request, retry_after
from wix_auth.transport import wix_http_client

__all__ = [
    "GUID_PATTERN",
    "TIME_LIMIT",
    "TokenUnavailableError",
    "WixAuthError",
    "aws_session",
    "is_https_or_local",
    "is_token_request",
    "retry_after",
    "wix_http_client",
]
