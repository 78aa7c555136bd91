"""Authorised httpx requests to Wix, with a credential that stays in AWS Secrets Manager.

    from wix_auth import wix_http_client

    wix = wix_http_client("arn:aws:secretsmanager:us-east-1:123456789012:secret:wix-AbCdEf")


    def handler(event, context):
        reply = wix.post("/contacts/v4/contacts/query", json={"query": {}})
        reply.raise_for_status()
        return reply.json()["contacts"]

The secret holds a client id and secret, or an API key (`wix_auth.credentials` shows both); the code
is the same. Tokens are exchanged once for all threads, renewed before they lapse and replaced when
Wix rejects them; a rotated secret is noticed. What can go wrong is listed in `wix_auth.errors`.
"""

from wix_auth.auth import WixAuth
from wix_auth.credentials import ApiKey, ClientCredentials, Credential, parse_credential
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
from wix_auth.grants import COOL_DOWN_SECONDS, AuthEvent
from wix_auth.inspection import inspect_client, reread_credential
from wix_auth.limits import TIME_LIMIT
from wix_auth.secrets import SecretReader, StoredCredential
from wix_auth.tokens import AccessToken, TokenInfo, is_token_request
from wix_auth.transport import DEFAULT_TIMEOUT, WIX_API_URL, RenewingTransport, wix_http_client

__all__ = [
    "COOL_DOWN_SECONDS",
    "DEFAULT_TIMEOUT",
    "TIME_LIMIT",
    "WIX_API_URL",
    "AccessToken",
    "ApiKey",
    "AuthEvent",
    "ClientCredentials",
    "Credential",
    "CredentialRefusedError",
    "ForeignOriginError",
    "InstallationUnknownError",
    "RenewingTransport",
    "SecretEmptyError",
    "SecretForbiddenError",
    "SecretInvalidError",
    "SecretMissingError",
    "SecretReader",
    "SecretUnavailableError",
    "StoredCredential",
    "TokenInfo",
    "TokenUnavailableError",
    "WixAuth",
    "WixAuthError",
    "WrongSiteError",
    "inspect_client",
    "is_token_request",
    "parse_credential",
    "reread_credential",
    "wix_http_client",
]
