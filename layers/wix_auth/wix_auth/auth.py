"""Authorises httpx requests to Wix with the credential from a secret."""

import copy
import logging
import re
import threading
import time
from collections.abc import AsyncGenerator, Callable

import httpx

from wix_auth.addresses import is_https_or_local
from wix_auth.credentials import GUID_PATTERN
from wix_auth.errors import (
    ForeignOriginError,
    SecretForbiddenError,
    SecretInvalidError,
    SecretMissingError,
    SecretUnavailableError,
    TokenUnavailableError,
    WixAuthError,
    WrongSiteError,
)
from wix_auth.grants import COOL_DOWN_SECONDS, AuthEvent, Grant, Grants
from wix_auth.secrets import SecretReader, StoredCredential
from wix_auth.spans import NO_SPAN, Span
from wix_auth.tokens import Flow, is_token_request

_LONGEST_COOL_DOWN_SECONDS = 60.0
_REST_SECONDS = 300.0
"""How long a credential that is of no use is left alone, if the token before it lives on."""

_PASSING = (TokenUnavailableError, SecretUnavailableError)
_TAKEN_AWAY = (SecretMissingError, SecretInvalidError, SecretForbiddenError)
_IN_VAIN_SECONDS = 300.0
"""How long no token is bought for what a second token did not help either."""

_YOUNG_SECONDS = 60.0
"""How long after a token was bought only an answer of 401 is held against it."""

_ANYWHERE = "*"
"""Where a token seems not to be accepted if the reply says more of it than of the endpoint."""

_GUID = re.compile(GUID_PATTERN)

_logger = logging.getLogger("wix_auth")


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
    mend is also what all later requests get for `COOL_DOWN_SECONDS`; one that asks to try later,
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
        self._secrets = secrets
        self._grants = Grants(
            secrets,
            api_url=self.api_url,
            site_id=site_id.lower() if site_id else None,
            now=now,
            notify=notify,
        )
        self._now = now
        self._notify = notify
        self._refuses = refuses
        self._lock = threading.Lock()
        self._grant: Grant | None = None
        self._failure: WixAuthError | None = None
        self._failures = 0
        self._quiet = NO_SPAN
        self._rest = NO_SPAN
        self._in_vain: dict[str, Span] = {}

    def sync_auth_flow(self, request: httpx.Request) -> Flow[None]:
        """Sign a request, and once more if Wix turns it away because of its token or key."""
        if _origin(request.url) != self._origin:
            origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
            raise ForeignOriginError(
                f"A request to {origin} would show it the Wix credential."
                f" Only {self.api_url} may be called."
            )
        request.read()  # so that even a streamed body can be sent twice
        grant = yield from self._usable_grant(request)
        grant.sign(request)
        response = yield request
        doubt = self._doubt(grant, request, response)
        if doubt is not None and self._may_help(grant, doubt):
            response.read()  # gives its connection back before waiting for others
            renewed = yield from self._usable_grant(request, rejected=grant)
            if renewed.headers != grant.headers:
                renewed.sign(request)
                response = yield request
                if renewed.token is not None and self._doubt(renewed, request, response) == doubt:
                    self._note_in_vain(doubt)
        # httpx keeps the exchange, token and all, as the history of the answer.
        response.history = [past for past in response.history if not is_token_request(past.request)]

    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Refuse: waiting for another thread's exchange would stop the event loop."""
        del request
        raise RuntimeError("WixAuth works with httpx.Client, not with httpx.AsyncClient.")

    def reread(self) -> StoredCredential:
        """Read the secret anew, and authorise later requests with what stands in it now.

        No earlier error stands in the way.

        Raises:
            WixAuthError: One of the `Secret…Error` classes.
        """
        with self._lock:
            stored = self._secrets.reread()
            self._quiet = self._rest = NO_SPAN
            return stored

    def _doubt(self, grant: Grant, request: httpx.Request, response: httpx.Response) -> str | None:
        """Say where a token or key seems not to be accepted, if a reply means that."""
        if response.status_code == httpx.codes.UNAUTHORIZED:
            return _endpoint(request)
        return _ANYWHERE if grant.token is not None and self._refuses(response) else None

    def _may_help(self, grant: Grant, doubt: str) -> bool:
        """Tell whether another token or key may be accepted where this one is not."""
        if grant.token is None:
            return True
        now = self._now()
        young = Span(grant.token.bought_at, _YOUNG_SECONDS).holds(now)
        in_vain = self._in_vain.get(doubt, NO_SPAN).holds(now)
        return not in_vain and not (young and doubt == _ANYWHERE)

    def _note_in_vain(self, doubt: str) -> None:
        """Note that another token is not accepted either, so that it is not the token."""
        now = self._now()
        lasting = {where: span for where, span in self._in_vain.items() if span.holds(now)}
        # Replaced and never changed, as other threads read it.
        self._in_vain = {**lasting, doubt: Span(now, _IN_VAIN_SECONDS)}

    def _usable_grant(self, request: httpx.Request, rejected: Grant | None = None) -> Flow[Grant]:
        failures = self._failures
        grant = self._living_grant(rejected)
        if grant is not None:
            # Renewal ahead of time is one thread's work; nobody waits for it.
            if not self._is_due(grant) or not self._lock.acquire(blocking=False):
                return grant
        elif not self._lock.acquire(timeout=_patience_seconds(request)):
            raise TokenUnavailableError("Another request is still waiting for Wix's token.")
        try:
            return (yield from self._grant_in_turn(request, rejected, failures))
        finally:
            self._lock.release()

    def _is_due(self, grant: Grant) -> bool:
        """Tell whether it is time to renew a grant, or to see whether the secret has changed."""
        now = self._now()
        if self._rest.holds(now):
            return False
        return now >= grant.renew_at or not self._secrets.confirms(grant.version_id)

    def _living_grant(self, rejected: Grant | None = None) -> Grant | None:
        grant = self._grant
        if grant is None or grant.lapses_at <= self._now():
            return None
        return None if rejected is not None and grant.headers == rejected.headers else grant

    def _grant_in_turn(
        self, request: httpx.Request, rejected: Grant | None, failures: int
    ) -> Flow[Grant]:
        """Find what whoever held the lock before left behind, or renew."""
        grant = self._living_grant(rejected)
        if grant is not None and not self._is_due(grant):
            return grant
        if grant is None and self._failure is not None:
            waited_for_it = self._failures != failures
            if waited_for_it or self._quiet.holds(self._now()):
                raise copy.copy(self._failure)
        try:
            self._grant = yield from self._grants.renew(request, held=grant, rejected=rejected)
        except (GeneratorExit, httpx.HTTPError):
            self._note_failure(None)  # httpx closes the flow when the network fails
            raise
        except WixAuthError as error:
            if self._grant is not None and _ends(error, self._grant):
                self._grant = grant = None
            self._note_failure(error)
            if grant is None:
                raise
            _logger.warning("Using the token as long as it lives. %s", error)
            self._notify("renewal_failed")
            return grant
        self._failure, self._rest = None, NO_SPAN
        return self._grant

    def _note_failure(self, error: WixAuthError | None) -> None:
        now = self._now()
        self._failure = copy.copy(error)
        self._failures += 1
        pause = min((error and error.retry_after) or 0.0, _LONGEST_COOL_DOWN_SECONDS)
        lasts = error is not None and not isinstance(error, _PASSING)
        # Of what passes, the caller decides when to try again.
        self._quiet = Span(now, max(pause, COOL_DOWN_SECONDS if lasts else 0.0))
        grant = self._living_grant()
        if grant is not None:
            # Nobody is in a hurry, least of all if the grant in hand is not due by its age.
            rest = min(grant.renew_at - now, _REST_SECONDS) if lasts else 0.0
            self._rest = Span(now, max(pause, rest, COOL_DOWN_SECONDS))


def _ends(error: WixAuthError, grant: Grant) -> bool:
    """Tell whether what cannot be replaced may not be used on either."""
    if isinstance(error, WrongSiteError):
        return True
    # A token lapses by itself. A key would serve for ever.
    return grant.token is None and isinstance(error, _TAKEN_AWAY)


def _endpoint(request: httpx.Request) -> str:
    """Give what a request calls, whichever entity it is for."""
    return f"{request.method} {_GUID.sub('*', request.url.path)}"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx gives a default port as None


def _patience_seconds(request: httpx.Request) -> float:
    """Give how long a request may wait for another's exchange: as long as its own might take."""
    timeouts = request.extensions.get("timeout", {}).values()
    return -1 if None in timeouts or not timeouts else sum(timeouts)
