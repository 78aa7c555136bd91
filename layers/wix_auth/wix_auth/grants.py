"""What is put on a request to Wix, and how it is made of what the secret holds."""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx

from wix_auth.credentials import ApiKey, ClientCredentials
from wix_auth.errors import (
    CredentialRefusedError,
    InstallationUnknownError,
    SecretUnavailableError,
    TokenUnavailableError,
    WrongSiteError,
)
from wix_auth.secrets import SecretReader, StoredCredential
from wix_auth.spans import NO_SPAN, Span
from wix_auth.tokens import AccessToken, Flow, buy_token, look_up_token

AuthEvent = Literal["token_exchanged", "exchange_refused", "credential_reread", "renewal_failed"]

COOL_DOWN_SECONDS = 5.0
"""How long an error that somebody has to fix stands before anybody is asked again."""

REFUSED = (CredentialRefusedError, InstallationUnknownError)

_PROOF_SECONDS = 300.0
"""How long Wix is asked what one token opens, before another is bought to ask about."""

_AUTH_HEADERS = ("Authorization", "wix-site-id", "wix-account-id")

_logger = logging.getLogger("wix_auth")


@dataclass(frozen=True, slots=True)
class Grant:
    """What to put on a request, and how long it is good.

    Attributes:
        version_id: The secret's version that it was made of.
        headers: The request's headers.
        token: What was bought; None for an API key.
    """

    version_id: str
    headers: Mapping[str, str] = field(repr=False)
    token: AccessToken | None = None

    @property
    def renew_at(self) -> float:
        """When it should be replaced because of its age, in seconds since the epoch."""
        return self.token.renew_at if self.token else math.inf

    @property
    def lapses_at(self) -> float:
        """When it is of no more use, in seconds since the epoch."""
        return self.token.lapses_at if self.token else math.inf

    def sign(self, request: httpx.Request) -> None:
        """Put it on a request, in place of whatever stands there."""
        for name in _AUTH_HEADERS:
            request.headers.pop(name, None)
        request.headers.update(self.headers)


class CredentialSource:
    """Makes grants of the credential in the secret. Used by one thread at a time.

    Args:
        secrets: Where the credential comes from.
        api_url: The Wix API.
        site_id: The site that the credential must open, in lower case, if that should be checked.
        now: The wall clock, in seconds since the epoch.
        notify: Called with each event.
    """

    def __init__(
        self,
        secrets: SecretReader,
        *,
        api_url: str,
        site_id: str | None,
        now: Callable[[], float],
        notify: Callable[[AuthEvent], None],
    ) -> None:
        self._secrets = secrets
        self._api_url = api_url
        self._site_id = site_id
        self._now = now
        self._notify = notify
        self._unchanged = NO_SPAN
        self._unproven: tuple[AccessToken, str] | None = None
        self._proven_version: str | None = None

    def confirms(self, grant: Grant) -> bool:
        """Tell, without reading or waiting, whether a grant is of what stood there lately."""
        return self._secrets.confirms(grant.version_id)

    def reread(self) -> StoredCredential:
        """Read the secret anew.

        Raises:
            WixAuthError: One of the `Secret…Error` classes.
        """
        return self._secrets.reread()

    def renew(
        self, request: httpx.Request, *, held: Grant | None, rejected: Grant | None
    ) -> Flow[Grant]:
        """Give what is held, if it is young and of what stands in the secret, or a new grant.

        A refused exchange re-reads the secret at once, and tries again if it changed.

        Args:
            request: The request that needs it.
            held: What may be used.
            rejected: What Wix did not accept, if that is why.

        Raises:
            WixAuthError: If none could be had.
        """
        stored = self._secrets.current()
        if held and held.version_id == stored.version_id and self._now() < held.renew_at:
            return held
        key_rejected = rejected is not None and rejected.version_id == stored.version_id
        if key_rejected and isinstance(stored.credential, ApiKey):
            stored = self._fresh(stored)
        try:
            return (yield from self._made_of(stored, request))
        except REFUSED:
            fresh = self._fresh(stored)
            if fresh.version_id == stored.version_id:
                raise
        return (yield from self._made_of(fresh, request))

    def _fresh(self, known: StoredCredential) -> StoredCredential:
        """Ask whether the secret has changed, unless it was just found not to have."""
        if self._unchanged.holds(self._now()):
            return known
        self._notify("credential_reread")
        try:
            fresh = self._secrets.reread()
        except SecretUnavailableError as error:
            _logger.warning("Whether the credential has changed is not known. %s", error)
            fresh = known
        if fresh.version_id == known.version_id:
            self._unchanged = Span(self._now(), COOL_DOWN_SECONDS)
        return fresh

    def _made_of(self, stored: StoredCredential, request: httpx.Request) -> Flow[Grant]:
        if isinstance(stored.credential, ApiKey):
            self._require_own_site(stored.credential.site_id)
            return Grant(stored.version_id, _key_headers(stored.credential))
        token = yield from self._token(stored.credential, stored.version_id, request)
        if self._site_id is not None and self._proven_version != stored.version_id:
            yield from self._prove(token, stored.version_id, request)
        # Bare: Wix calls the token a bearer token, yet some of its endpoints refuse the word.
        return Grant(stored.version_id, {"Authorization": token.value}, token)

    def _token(
        self, credential: ClientCredentials, version_id: str, request: httpx.Request
    ) -> Flow[AccessToken]:
        """Give the token that is still to be proven, or buy one."""
        if self._unproven is not None:
            token, bought_with = self._unproven
            lasts = Span(token.bought_at, min(_PROOF_SECONDS, token.renew_at - token.bought_at))
            if bought_with == version_id and lasts.holds(self._now()):
                return token
        try:
            token = yield from buy_token(
                self._api_url, credential, on_behalf_of=request, now=self._now
            )
        except REFUSED:
            self._notify("exchange_refused")
            raise
        self._notify("token_exchanged")
        return token

    def _prove(self, token: AccessToken, version_id: str, request: httpx.Request) -> Flow[None]:
        """Have Wix say that a token opens our site; one that is not proven serves nobody."""
        self._unproven = (token, version_id)
        info = yield from look_up_token(self._api_url, token, on_behalf_of=request, now=self._now)
        if info.active is False or info.site_id is None:
            raise TokenUnavailableError(
                "Wix gave a token but does not say that it opens this site. Try again later."
            )
        self._unproven = None
        self._require_own_site(info.site_id)
        self._proven_version = version_id

    def _require_own_site(self, site_id: str | None) -> None:
        if self._site_id is not None and site_id != self._site_id:
            raise WrongSiteError(
                f"The credential is for site {site_id or 'none'}, but this is for {self._site_id}."
                " Store a credential of this site."
            )


def _key_headers(key: ApiKey) -> dict[str, str]:
    headers = {"Authorization": key.api_key.get_secret_value()}
    if key.site_id is not None:
        headers["wix-site-id"] = key.site_id
    if key.account_id is not None:
        headers["wix-account-id"] = key.account_id
    return headers
