"""A transport that never sends on a connection which slept, and a client with all parts."""

import functools
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast, override

import httpx

from wix_auth.auth import WixAuth
from wix_auth.grants import AuthEvent
from wix_auth.limits import limit
from wix_auth.secrets import SecretReader

WIX_API_URL = "https://www.wixapis.com"
DEFAULT_TIMEOUT = httpx.Timeout(connect=3.0, read=10.0, write=10.0, pool=10.0)
"""Seconds for each step of a request, and in sum for the whole of it."""

_MOST_CONNECTIONS = 100


@dataclass(slots=True, eq=False)
class _Pool:
    transport: httpx.BaseTransport
    in_use: int = 0


class RenewingTransport(httpx.BaseTransport):
    """Starts afresh with new connections after `idle_seconds` without a request.

    A connection that was idle while Lambda froze the process, or that was restored from a SnapStart
    snapshot, may be dead without notice, and of a request written to it nobody can tell whether it
    was carried out. The idle time is judged by the wall clock, as the monotonic one may stand still
    meanwhile. A connection whose answer is still being read is closed only when that is done.

    A request, its answer read to the end, takes no longer than its timeouts in sum, or than its
    extension `wix_auth.TIME_LIMIT` says. Then it is a timeout, however much still comes.

    Args:
        idle_seconds: How long connections may be unused and still be trusted.
        verify: The TLS context; one that is shared by the whole process if None.
        now: The wall clock, in seconds since the epoch.
    """

    def __init__(
        self,
        *,
        idle_seconds: float = 30.0,
        verify: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._idle_seconds = idle_seconds
        self._verify = verify or _tls_context()
        self._now = now
        self._lock = threading.Lock()
        self._pool = self._new_pool()
        self._used_at = now()

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, on connections that were in use lately or are new."""
        pool = self._borrow()
        try:
            limit(request, self._now)
            response = pool.transport.handle_request(request)
        except BaseException:
            self._give_back(pool)
            raise
        stream = cast("httpx.SyncByteStream", response.stream)
        response.stream = _Watched(stream, lambda: self._give_back(pool))
        return response

    @override
    def close(self) -> None:
        self._pool.transport.close()

    def _new_pool(self) -> _Pool:
        # Not before the first client, as httpx has it: importing takes a while.
        from wix_auth.connections import LimitedTransport  # noqa: PLC0415

        limits = httpx.Limits(
            max_connections=_MOST_CONNECTIONS,
            # With fewer, httpcore 1.0.9 closes surplus ones that it has just given to a thread.
            max_keepalive_connections=_MOST_CONNECTIONS,
            keepalive_expiry=self._idle_seconds,
        )
        return _Pool(LimitedTransport(verify=self._verify, limits=limits))

    def _borrow(self) -> _Pool:
        with self._lock:
            now = self._now()
            retired = None
            if abs(now - self._used_at) > self._idle_seconds:
                retired, self._pool = self._pool, self._new_pool()
            self._used_at = now
            self._pool.in_use += 1
            pool = self._pool
        if retired is not None and retired.in_use == 0:
            retired.transport.close()
        return pool

    def _give_back(self, pool: _Pool) -> None:
        with self._lock:
            pool.in_use -= 1
            retired = pool is not self._pool
            if not retired:
                self._used_at = self._now()
            last = pool.in_use == 0
        if retired and last:
            pool.transport.close()


class _Watched(httpx.SyncByteStream):
    """A response body that tells, once, when its connection is done with."""

    def __init__(self, stream: httpx.SyncByteStream, done: Callable[[], None]) -> None:
        self._stream = stream
        self._done: Callable[[], None] | None = done

    @override
    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    @override
    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            done, self._done = self._done, None
            if done is not None:
                done()


@functools.cache
def _tls_context() -> ssl.SSLContext:
    # Reading the certificates takes longer than all else a client does at start.
    return httpx.create_ssl_context()


def wix_http_client(
    secret_arn: str,
    *,
    api_url: str = WIX_API_URL,
    site_id: str | None = None,
    timeout: httpx.Timeout = DEFAULT_TIMEOUT,
    notify: Callable[[AuthEvent], None] = lambda _event: None,
    refuses: Callable[[httpx.Response], bool] = lambda _response: False,
) -> httpx.Client:
    """Make a client whose requests are authorised with the credential from a secret.

    Make one and keep it, at module level of a Lambda function: it holds the token, the connections
    and the credential. Nothing is read or sent before its first request. It does not use proxies.

    Args:
        secret_arn: The secret's ARN; `wix_auth.credentials` shows what it must hold.
        api_url: The Wix API, to which relative URLs are added.
        site_id: The site that the credential must open, if that should be checked.
        timeout: Seconds for each step of a request, and of an exchange, and in sum for all of it.
        notify: Called with each event, for metrics. It must be quick and must not raise.
        refuses: Tells whether a reply other than 401 may turn the request away, undone, because of
            its token. What it needs of the body it has to read.

    Raises:
        ValueError: If `api_url` is not https and not on this machine.
    """
    auth = WixAuth(
        SecretReader(secret_arn), api_url=api_url, site_id=site_id, notify=notify, refuses=refuses
    )
    return httpx.Client(
        auth=auth,
        base_url=api_url,
        timeout=timeout,
        transport=RenewingTransport(),
        follow_redirects=False,
    )
