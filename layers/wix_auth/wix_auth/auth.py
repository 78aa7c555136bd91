"""Authorises httpx requests to Wix with the credential from a secret."""

import time
from collections.abc import AsyncGenerator, Callable
from typing import override

import httpx

from wix_auth.addresses import is_https_or_local
from wix_auth.doubts import Doubts
from wix_auth.errors import ForeignOriginError
from wix_auth.grants import AuthEvent, CredentialSource
from wix_auth.secrets import SecretReader, StoredCredential
from wix_auth.token_cache import TokenCache
from wix_auth.tokens import Flow, is_token_request


class WixAuth(httpx.Auth):
    """Signs each request to Wix with a short-lived token or an API key, as the secret has it.

    One token serves every request and thread until it nears its end. Whoever comes first then
    exchanges the credential for another (`POST /oauth2/token`), through the same client and with
    its own request's timeouts; the rest go on with the living token, or wait if there is none. A
    living token is also used on, with a warning, while no other can be had: while the exchange is
    refused or unavailable, or the secret cannot be read. Only a credential of another site ends it
    at once. An API key, which never lapses, ends when the secret no longer holds a credential.

    A request that is answered with 401 is repeated once with a new token, or with the new key if
    the secret has changed; a second 401 reaches the caller. As that one is due to a permission,
    no token is bought for the same endpoint (method and path, but for GUIDs) for five minutes. What
    `refuses` recognises is treated alike, but only of a token that is older than a minute, and if
    the second token does not help, none is bought for such a reply of any endpoint.

    While a token lives, the secret is read again as often as its reader forgets it, by one thread
    for which nobody waits; if the value has changed, it is exchanged at once. A refused exchange
    re-reads the secret, too, and tries again if it changed.

    If the site is known, no token serves before Wix has said that the credential opens that site
    (`POST /oauth2/token-info`), once for each version of the secret. Until it does, the next
    request asks again about the same token.

    Threads that waited for an exchange that failed share its error. An error that somebody has to
    fix is also what all later requests get for `COOL_DOWN_SECONDS`; one that asks to try later,
    for as long as Wix said, but at most a minute.

    For `httpx.Client` only, with `follow_redirects` left off.

    Args:
        secrets: Where the credential comes from.
        api_url: The Wix API. No other origin (scheme, host and port) is shown a credential.
        site_id: The site that the credential must open, if that should be checked.
        now: The wall clock, in seconds since the epoch.
        notify: Called with each event, for metrics. It must be quick and must not raise.
        refuses: Tells whether a reply other than 401 may turn the request away, undone, because of
            its token. What it needs of the body it has to read.

    Raises:
        WixAuthError: From any request; `wix_auth.errors` lists the classes with their remedies.
        httpx.TransportError: From any request, if the network failed during the exchange:
            `is_token_request(error.request)` tells.
        ValueError: From the constructor, if `api_url` is not https and not on this machine.
    """

    def __init__(
        self,
        secrets: SecretReader,
        *,
        api_url: str,
        site_id: str | None = None,
        now: Callable[[], float] = time.time,
        notify: Callable[[AuthEvent], None] = lambda _event: None,
        refuses: Callable[[httpx.Response], bool] = lambda _response: False,
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self._origin = _origin(httpx.URL(api_url))
        if not is_https_or_local(api_url):
            raise ValueError("api_url must start with https:// unless it is on this machine")
        source = CredentialSource(
            secrets,
            api_url=self.api_url,
            site_id=site_id.lower() if site_id else None,
            now=now,
            notify=notify,
        )
        self._cache = TokenCache(source, now=now, notify=notify)
        self._doubts = Doubts(refuses=refuses, now=now)

    @override
    def sync_auth_flow(self, request: httpx.Request) -> Flow[None]:
        self._require_own_origin(request)
        request.read()  # so that even a streamed body can be sent twice
        grant = yield from self._cache.usable(request)
        grant.sign(request)
        response = yield request
        doubt = self._doubts.about(grant, response)
        if doubt is not None and self._doubts.another_may_help(grant, doubt):
            response.read()  # gives its connection back before waiting for others
            renewed = yield from self._cache.usable(request, rejected=grant)
            if renewed.headers != grant.headers:
                renewed.sign(request)
                response = yield request
                self._doubts.note(doubt, renewed, response)
        # httpx keeps the exchange, token and all, as the history of the answer.
        response.history = [past for past in response.history if not is_token_request(past.request)]

    @override
    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        # Waiting for another thread's exchange would stop the event loop.
        raise RuntimeError("WixAuth works with httpx.Client, not with httpx.AsyncClient.")

    def reread(self) -> StoredCredential:
        """Read the secret anew, and authorise later requests with what stands in it now.

        No earlier error stands in the way.

        Raises:
            WixAuthError: One of the `Secret…Error` classes.
        """
        return self._cache.reread()

    def _require_own_origin(self, request: httpx.Request) -> None:
        if _origin(request.url) != self._origin:
            origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
            raise ForeignOriginError(
                f"A request to {origin} would show it the Wix credential."
                f" Only {self.api_url} may be called."
            )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx gives a default port as None
