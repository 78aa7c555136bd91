"""A health probe: does the credential that is stored now still work, and what does it open?

    wix = wix_http_client(secret_arn)

    stored = reread_credential(wix)
    if isinstance(stored.credential, ClientCredentials):
        info = inspect_client(wix, stored.credential)
        assert info.site_id == MY_SITE_ID

Both look behind what is remembered: in a warm process a secret that is dead hides for hours behind
a living token. An API key is not exchanged; after `reread_credential`, any request that `wix` makes
shows whether it works.
"""

import time
from typing import override

import httpx

from wix_auth.auth import WixAuth
from wix_auth.credentials import ApiKey, ClientCredentials, Credential
from wix_auth.errors import TokenUnavailableError
from wix_auth.secrets import StoredCredential
from wix_auth.tokens import Flow, TokenInfo, buy_token, look_up_token

__all__ = [
    "ApiKey",
    "ClientCredentials",
    "Credential",
    "StoredCredential",
    "TokenInfo",
    "inspect_client",
    "reread_credential",
]


def reread_credential(client: httpx.Client) -> StoredCredential:
    """Read the secret of a client anew, and let its next request use what stands in it now.

    Args:
        client: One that `wix_http_client` made.

    Raises:
        WixAuthError: One of the `Secret…Error` classes, each with its own remedy.
        TypeError: If the client is not authorised by a `WixAuth`.
    """
    return _auth_of(client).reread()


def inspect_client(client: httpx.Client, credential: ClientCredentials) -> TokenInfo:
    """Buy a token with a client id and secret, and ask Wix what it opens.

    Wix: `POST /oauth2/token`, then `POST /oauth2/token-info`. The token is not kept.

    Args:
        client: One that `wix_http_client` made; its connections and timeouts are used.
        credential: What to try.

    Raises:
        CredentialRefusedError: If Wix refused the client id and secret.
        InstallationUnknownError: If Wix knows no such installation.
        TokenUnavailableError: If Wix could not be asked, or did not say; try again later.
        TypeError: If the client is not authorised by a `WixAuth`.
    """
    inspection = _Inspection(_auth_of(client).api_url, credential)
    # Not sent itself: what is sent for it has the client's timeouts and User-Agent.
    request = client.build_request("POST", inspection.api_url)
    try:
        client.send(request, auth=inspection, follow_redirects=False)
    except httpx.RequestError as error:
        raise TokenUnavailableError(
            f"Wix could not be asked for a token ({type(error).__name__}). Try again later."
        ) from error
    return inspection.info


class _Inspection(httpx.Auth):
    """Asks what `WixAuth` asks, and sends nothing afterwards."""

    def __init__(self, api_url: str, credential: ClientCredentials) -> None:
        self.api_url = api_url
        self.info = TokenInfo()
        self._credential = credential

    @override
    def sync_auth_flow(self, request: httpx.Request) -> Flow[None]:
        token = yield from buy_token(
            self.api_url, self._credential, on_behalf_of=request, now=time.time
        )
        self.info = yield from look_up_token(
            self.api_url, token, on_behalf_of=request, now=time.time
        )


def _auth_of(client: httpx.Client) -> WixAuth:
    if not isinstance(client.auth, WixAuth):
        raise TypeError("the client must be one that wix_http_client made")
    return client.auth
