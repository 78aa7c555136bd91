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

import httpx

from wix_auth.auth import WixAuth
from wix_auth.credentials import ClientCredentials
from wix_auth.errors import TokenUnavailableError
from wix_auth.secrets import StoredCredential
from wix_auth.tokens import (
    TokenInfo,
    exchange_request,
    retry_after,
    token_in,
    token_info_in,
    token_info_request,
)


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
    api_url = _auth_of(client).api_url
    # Not sent itself: it has the client's timeouts and User-Agent.
    pattern = client.build_request("POST", api_url)
    asked_at = time.time()
    reply = _send(client, exchange_request(api_url, credential, on_behalf_of=pattern))
    token = token_in(reply, credential, asked_at=asked_at)
    reply = _send(client, token_info_request(api_url, token, on_behalf_of=pattern))
    info = token_info_in(reply)
    if info is None:
        request_id = reply.headers.get("x-wix-request-id")
        raise TokenUnavailableError(
            f"Wix gave a token but did not say what it opens. It answered {reply.status_code}"
            f" (x-wix-request-id: {request_id or 'none'}). Try again later.",
            wix_request_id=request_id,
            retry_after=retry_after(reply, time.time()),
        )
    return info


def _auth_of(client: httpx.Client) -> WixAuth:
    if not isinstance(client.auth, WixAuth):
        raise TypeError("the client must be one that wix_http_client made")
    return client.auth


def _send(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    try:
        return client.send(request, auth=None, follow_redirects=False)
    except httpx.RequestError as error:
        raise TokenUnavailableError(
            f"Wix could not be asked for a token ({type(error).__name__}). Try again later."
        ) from error
