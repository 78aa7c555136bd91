"""The grant that all requests share, and how it is renewed."""

import copy
import logging
import threading
from collections.abc import Callable

import httpx

from wix_auth.errors import (
    SecretForbiddenError,
    SecretInvalidError,
    SecretMissingError,
    SecretUnavailableError,
    TokenUnavailableError,
    WixAuthError,
    WrongSiteError,
)
from wix_auth.grants import COOL_DOWN_SECONDS, AuthEvent, CredentialSource, Grant
from wix_auth.secrets import StoredCredential
from wix_auth.spans import NO_SPAN, Span
from wix_auth.tokens import Flow

_LONGEST_COOL_DOWN_SECONDS = 60.0
_REST_SECONDS = 300.0
"""How long a credential that is of no use is left alone, if the token before it lives on."""

_PASSING = (TokenUnavailableError, SecretUnavailableError)
_TAKEN_AWAY = (SecretMissingError, SecretInvalidError, SecretForbiddenError)

_logger = logging.getLogger("wix_auth")


class TokenCache:
    """Keeps one grant for all threads, and has it renewed by one of them at a time.

    Args:
        source: Where grants come from.
        now: The wall clock, in seconds since the epoch.
        notify: Called with each event.
    """

    def __init__(
        self,
        source: CredentialSource,
        *,
        now: Callable[[], float],
        notify: Callable[[AuthEvent], None],
    ) -> None:
        self._source = source
        self._now = now
        self._notify = notify
        self._lock = threading.Lock()
        self._grant: Grant | None = None
        self._failure: WixAuthError | None = None
        self._failures = 0
        self._quiet = NO_SPAN
        self._rest = NO_SPAN

    def usable(self, request: httpx.Request, rejected: Grant | None = None) -> Flow[Grant]:
        """Give a grant to sign a request with: the one in use, or one that is made for all.

        Args:
            request: The request that needs it.
            rejected: What Wix did not accept, which is not given again.

        Raises:
            WixAuthError: If none can be had.
        """
        failures = self._failures
        grant = self._living(rejected)
        if grant is not None:
            # Renewal ahead of time is one thread's work; nobody waits for it.
            if not self._is_due(grant) or not self._lock.acquire(blocking=False):
                return grant
        elif not self._lock.acquire(timeout=_wait_seconds(request)):
            raise TokenUnavailableError("Another request is still waiting for Wix's token.")
        try:
            return (yield from self._in_turn(request, rejected, failures))
        finally:
            self._lock.release()

    def reread(self) -> StoredCredential:
        """Read the secret anew, and authorise later requests with what stands in it now.

        No earlier error stands in the way.

        Raises:
            WixAuthError: One of the `Secret…Error` classes.
        """
        with self._lock:
            stored = self._source.reread()
            self._quiet = self._rest = NO_SPAN
            return stored

    def _is_due(self, grant: Grant) -> bool:
        """Tell whether it is time to renew a grant, or to see whether the secret has changed."""
        now = self._now()
        if self._rest.holds(now):
            return False
        return now >= grant.renew_at or not self._source.confirms(grant)

    def _living(self, rejected: Grant | None = None) -> Grant | None:
        grant = self._grant
        if grant is None or grant.lapses_at <= self._now():
            return None
        return None if rejected is not None and grant.headers == rejected.headers else grant

    def _in_turn(
        self, request: httpx.Request, rejected: Grant | None, failures: int
    ) -> Flow[Grant]:
        """Find what whoever held the lock before left behind, or renew."""
        grant = self._living(rejected)
        if grant is not None and not self._is_due(grant):
            return grant
        if grant is None:
            self._share_failure(failures)
        try:
            self._grant = yield from self._source.renew(request, held=grant, rejected=rejected)
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

    def _share_failure(self, failures: int) -> None:
        """Raise the last failure if it came while we waited, or stands for a while."""
        came_meanwhile = self._failures != failures
        if self._failure is not None and (came_meanwhile or self._quiet.holds(self._now())):
            raise copy.copy(self._failure)

    def _note_failure(self, error: WixAuthError | None) -> None:
        now = self._now()
        self._failure = copy.copy(error)
        self._failures += 1
        pause = min((error and error.retry_after) or 0.0, _LONGEST_COOL_DOWN_SECONDS)
        lasts = error is not None and not isinstance(error, _PASSING)
        # Of what passes, the caller decides when to try again.
        self._quiet = Span(now, max(pause, COOL_DOWN_SECONDS if lasts else 0.0))
        grant = self._living()
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


def _wait_seconds(request: httpx.Request) -> float:
    """Give how long a request may wait for another's exchange: as long as its own might take."""
    timeouts = request.extensions.get("timeout", {}).values()
    return -1 if None in timeouts or not timeouts else sum(timeouts)
