"""When a reply may mean that a token is dead, and whether another one is worth buying."""

import re
from collections.abc import Callable

import httpx

from wix_auth.credentials import GUID_PATTERN
from wix_auth.grants import Grant
from wix_auth.spans import NO_SPAN, Span

_IN_VAIN_SECONDS = 300.0
"""How long no token is bought for what a second token did not help either."""

_YOUNG_SECONDS = 60.0
"""How long after a token was bought only an answer of 401 is held against it."""

_ANYWHERE = "*"
"""Where a token seems not to be accepted if the reply says more of it than of the endpoint."""

_GUID = re.compile(GUID_PATTERN)


class Doubts:
    """Tells where grants seem not to be accepted, and remembers where another did not help.

    Args:
        refuses: Tells whether a reply other than 401 may turn a request away because of its token.
        now: The wall clock, in seconds since the epoch.
    """

    def __init__(
        self, *, refuses: Callable[[httpx.Response], bool], now: Callable[[], float]
    ) -> None:
        self._refuses = refuses
        self._now = now
        self._in_vain: dict[str, Span] = {}

    def about(self, grant: Grant, response: httpx.Response) -> str | None:
        """Say where a token or key seems not to be accepted, if a reply means that."""
        if response.status_code == httpx.codes.UNAUTHORIZED:
            return _endpoint(response.request)
        return _ANYWHERE if grant.token is not None and self._refuses(response) else None

    def another_may_help(self, grant: Grant, doubt: str) -> bool:
        """Tell whether another token or key may be accepted where this one is not."""
        if grant.token is None:
            return True
        now = self._now()
        young = Span(grant.token.bought_at, _YOUNG_SECONDS).holds(now)
        in_vain = self._in_vain.get(doubt, NO_SPAN).holds(now)
        return not in_vain and not (young and doubt == _ANYWHERE)

    def note(self, doubt: str, renewed: Grant, response: httpx.Response) -> None:
        """Note if another token is not accepted there either, so that it is not the token."""
        if renewed.token is None or self.about(renewed, response) != doubt:
            return
        now = self._now()
        lasting = {where: span for where, span in self._in_vain.items() if span.holds(now)}
        # Replaced and never changed, as other threads read it.
        self._in_vain = {**lasting, doubt: Span(now, _IN_VAIN_SECONDS)}


def _endpoint(request: httpx.Request) -> str:
    """Give what a request calls, whichever entity it is for."""
    return f"{request.method} {_GUID.sub('*', request.url.path)}"
