"""Authorises httpx requests to Wix with the credential from a secret."""

import copy
import logging
import math
import threading
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx

from wix_auth.credentials import ApiKey, ClientCredentials
from wix_auth.errors import (
    CredentialRefusedError,
    ForeignOriginError,
    InstallationUnknownError,
    SecretUnavailableError,
    TokenUnavailableError,
    WixAuthError,
    WrongSiteError,
)
from wix_auth.secrets import SecretReader, StoredCredential
from wix_auth.spans import Span
from wix_auth.tokens import AccessToken, Flow, buy_token, is_token_request, look_up_token

AuthEvent = Literal["token_exchanged", "exchange_refused", "credential_reread"]

COOL_DOWN_SECONDS = 5.0
"""How long an error that somebody has to mend stands before anybody is asked again."""

_LONGEST_COOL_DOWN_SECONDS = 60.0
_PROOF_SECONDS = 300.0
"""How long Wix is asked what one token opens, before another is bought to ask about."""

_PASSING = (TokenUnavailableError, SecretUnavailableError)
_REFUSED = (CredentialRefusedError, InstallationUnknownError)
_AUTH_HEADERS = ("Authorization", "wix-site-id", "wix-account-id")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

_logger = logging.getLogger("wix_auth")


@dataclass(frozen=True, slots=True)
class _Grant:
    """What to put on a request, and how long it is good (seconds since the epoch)."""

    headers: Mapping[str, str] = field(repr=False)
    version_id: str
    # A key never lapses, but each request asks whether it is still the one in the secret.
    renew_at: float = -math.inf
    lapses_at: float = math.inf

    def sign(self, request: httpx.Request) -> None:
        for name in _AUTH_HEADERS:
            request.headers.pop(name, None)
        request.headers.update(self.headers)


class WixAuth(httpx.Auth):
    """Signs each request to Wix with a short-lived token or an API key, as the secret has it.

    One token serves every request and thread until it nears its end. Whoever comes first then
    exchanges the credential for another (`POST /oauth2/token`), through the same client and with
    its own request's timeouts; the rest go on with the living token, or wait if there is none. A
    living token is also used on, with a warning, while the exchange is refused or unavailable. A
    request that is answered with 401 is repeated once with a new token, or with the new key if the
    secret has changed; a second 401 reaches the caller.

    A refused exchange re-reads the secret at once, and tries again if it changed.

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
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self._origin = _origin(httpx.URL(api_url))
        if self._origin[0] != "https" and self._origin[1] not in _LOOPBACK:
            raise ValueError("api_url must start with https:// unless it is on this machine")
        self._secrets = secrets
        self._site_id = site_id.lower() if site_id else None
        self._now = now
        self._notify = notify
        self._lock = threading.Lock()
        self._grant: _Grant | None = None
        self._unproven: tuple[AccessToken, str] | None = None
        self._proven_version: str | None = None
        self._failure: WixAuthError | None = None
        self._failures = 0
        self._quiet_until = -math.inf
        self._no_reread_until = -math.inf

    def sync_auth_flow(self, request: httpx.Request) -> Flow[None]:
        """Sign a request, and once more if Wix answers 401."""
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
        if response.status_code == httpx.codes.UNAUTHORIZED:
            response.read()  # gives its connection back before waiting for others
            renewed = yield from self._usable_grant(request, rejected=grant)
            if renewed.headers != grant.headers:
                renewed.sign(request)
                response = yield request
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

        A token is forgotten if it was bought with another version of the secret. No earlier error
        stands in the way.

        Raises:
            WixAuthError: One of the `Secret…Error` classes; nothing is forgotten then.
        """
        with self._lock:
            stored = self._secrets.reread()
            if self._grant is not None and self._grant.version_id != stored.version_id:
                self._grant = None
            self._quiet_until = -math.inf
            return stored

    def _usable_grant(self, request: httpx.Request, rejected: _Grant | None = None) -> Flow[_Grant]:
        failures = self._failures
        grant = self._living_grant(rejected)
        if grant is not None:
            # Renewal ahead of time is one thread's work; nobody waits for it.
            if self._now() < grant.renew_at or not self._lock.acquire(blocking=False):
                return grant
        elif not self._lock.acquire(timeout=_patience_seconds(request)):
            raise TokenUnavailableError("Another request is still waiting for Wix's token.")
        try:
            return (yield from self._grant_in_turn(request, rejected, failures))
        finally:
            self._lock.release()

    def _living_grant(self, rejected: _Grant | None = None) -> _Grant | None:
        grant = self._grant
        if grant is None or grant.lapses_at <= self._now():
            return None
        return None if rejected is not None and grant.headers == rejected.headers else grant

    def _grant_in_turn(
        self, request: httpx.Request, rejected: _Grant | None, failures: int
    ) -> Flow[_Grant]:
        """Find what whoever held the lock before left behind, or renew."""
        self._grant = grant = self._living_grant(rejected)
        if grant is not None and self._now() < max(grant.renew_at, self._quiet_until):
            return grant
        if grant is None and self._failure is not None:
            waited_for_it = self._failures != failures
            if waited_for_it or self._now() < self._quiet_until:
                raise copy.copy(self._failure)
        try:
            self._grant = yield from self._new_grant(request, rejected)
        except (GeneratorExit, httpx.HTTPError):
            self._note_failure(None)  # httpx closes the flow when the network fails
            raise
        except WixAuthError as error:
            if not isinstance(error, _PASSING + _REFUSED):
                self._grant = None
            self._note_failure(error)
            grant = self._living_grant()
            if grant is None:
                raise
            _logger.warning("Using the token as long as it lives. %s", error)
            return grant
        self._failure = None
        return self._grant

    def _note_failure(self, error: WixAuthError | None) -> None:
        self._failure = copy.copy(error)
        self._failures += 1
        pause = min((error and error.retry_after) or 0.0, _LONGEST_COOL_DOWN_SECONDS)
        # With a token in hand nobody is in a hurry; without one, the caller decides when to try.
        if self._living_grant() is not None or not isinstance(error, _PASSING):
            pause = max(pause, COOL_DOWN_SECONDS)
        self._quiet_until = self._now() + pause

    def _new_grant(self, request: httpx.Request, rejected: _Grant | None) -> Flow[_Grant]:
        stored = self._secrets.current()
        key_rejected = rejected is not None and rejected.version_id == stored.version_id
        if key_rejected and isinstance(stored.credential, ApiKey):
            stored = self._reread(stored)
        try:
            return (yield from self._grant_from(stored, request))
        except _REFUSED:
            fresh = self._reread(stored)
            if fresh.version_id == stored.version_id:
                raise
        return (yield from self._grant_from(fresh, request))

    def _reread(self, known: StoredCredential) -> StoredCredential:
        """Ask whether the secret has changed, unless it was just found not to have."""
        if self._now() < self._no_reread_until:
            return known
        self._notify("credential_reread")
        try:
            fresh = self._secrets.reread()
        except SecretUnavailableError as error:
            _logger.warning("Whether the credential has changed is not known. %s", error)
            fresh = known
        if fresh.version_id == known.version_id:
            self._no_reread_until = self._now() + COOL_DOWN_SECONDS
        return fresh

    def _grant_from(self, stored: StoredCredential, request: httpx.Request) -> Flow[_Grant]:
        if isinstance(stored.credential, ApiKey):
            self._require_own_site(stored.credential.site_id)
            return _key_grant(stored.credential, stored.version_id)
        token = yield from self._token(stored.credential, stored.version_id, request)
        if self._site_id is not None and self._proven_version != stored.version_id:
            yield from self._prove(token, stored.version_id, request)
        return _token_grant(token, stored.version_id)

    def _token(
        self, credential: ClientCredentials, version_id: str, request: httpx.Request
    ) -> Flow[AccessToken]:
        """Give the token that is still to be proven, or buy one."""
        if self._unproven is not None:
            token, bought_with = self._unproven
            lasts = Span(token.bought_at, min(_PROOF_SECONDS, token.renew_at - token.bought_at))
            if bought_with == version_id and lasts.holds(self._now()):
                return token
        return (yield from self._exchange(credential, request))

    def _prove(self, token: AccessToken, version_id: str, request: httpx.Request) -> Flow[None]:
        """Have Wix say that a token opens our site; one that is not proven serves nobody."""
        self._unproven = (token, version_id)
        info = yield from look_up_token(self.api_url, token, on_behalf_of=request, now=self._now)
        if info.active is False or info.site_id is None:
            raise TokenUnavailableError(
                "Wix gave a token but does not say that it opens this site. Try again later."
            )
        self._unproven = None
        self._require_own_site(info.site_id)
        self._proven_version = version_id

    def _exchange(self, credential: ClientCredentials, request: httpx.Request) -> Flow[AccessToken]:
        try:
            token = yield from buy_token(
                self.api_url, credential, on_behalf_of=request, now=self._now
            )
        except _REFUSED:
            self._notify("exchange_refused")
            raise
        self._notify("token_exchanged")
        return token

    def _require_own_site(self, site_id: str | None) -> None:
        if self._site_id is not None and site_id != self._site_id:
            raise WrongSiteError(
                f"The credential is for site {site_id or 'none'}, but this is for {self._site_id}."
                " Store a credential of this site."
            )


def _key_grant(key: ApiKey, version_id: str) -> _Grant:
    headers = {"Authorization": key.api_key.get_secret_value()}
    if key.site_id is not None:
        headers["wix-site-id"] = key.site_id
    if key.account_id is not None:
        headers["wix-account-id"] = key.account_id
    return _Grant(headers, version_id)


def _token_grant(token: AccessToken, version_id: str) -> _Grant:
    # Bare: Wix calls the token a bearer token, yet some of its endpoints refuse the word.
    headers = {"Authorization": token.value}
    return _Grant(headers, version_id, token.renew_at, token.lapses_at)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx gives a default port as None


def _patience_seconds(request: httpx.Request) -> float:
    """Give how long a request may wait for another's exchange: as long as its own might take."""
    timeouts = request.extensions.get("timeout", {}).values()
    return -1 if None in timeouts or not timeouts else sum(timeouts)
