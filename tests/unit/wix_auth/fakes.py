"""Stand-ins for what lies outside the package: Wix, Secrets Manager, the network and the clock."""

import functools
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import httpx
from botocore.stub import Stubber

from tests.canaries import (
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    ROTATED_CLIENT_SECRET,
    SITE_ID,
    TOKEN_MARK,
)
from wix_auth.auth import WixAuth
from wix_auth.grants import AuthEvent
from wix_auth.secrets import SecretReader

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

API_URL = "https://wix.test"
DOUBTFUL_STATUS = 428
"""With which the fake Wix answers a dead token or something else, if that is what it does."""
OTHER_SITE_ID = "517e0000-0000-4000-8000-000000000002"
CLIENT = {"kind": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
ROTATED_CLIENT = CLIENT | {"client_secret": ROTATED_CLIENT_SECRET}
KEY = {"kind": "api_key", "api_key": API_KEY, "site_id": SITE_ID}
ROTATED_KEY = KEY | {"api_key": f"{API_KEY}Mg"}


class Clock:
    """A wall clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def new_client() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", "us-east-1")


shared_client = functools.cache(new_client)
"""Making one takes longer than most tests."""


class Vault:
    """One secret in Secrets Manager."""

    def __init__(self) -> None:
        self.client = shared_client()
        self.arn = self.client.create_secret(Name="wix")["ARN"]

    def store(self, credential: object) -> None:
        text = credential if isinstance(credential, str) else json.dumps(credential)
        self.client.put_secret_value(SecretId=self.arn, SecretString=text)

    def delete(self) -> None:
        self.client.delete_secret(SecretId=self.arn, ForceDeleteWithoutRecovery=True)

    @contextmanager
    def refusing(self, code: str) -> Iterator[None]:
        """Let nobody read the secret meanwhile."""
        with Stubber(self.client) as stub:
            for _ in range(99):
                stub.add_client_error("get_secret_value", code)
            yield


class FakeWix:
    """Wix's token endpoints, and an API that answers whoever shows a live token or a good key.

    Replies put into `exchange_replies` and `info_replies` are used up first. The paths in
    `forbidden` are answered as if the token were dead, as some of Wix's services do for a missing
    permission or another lack.
    """

    def __init__(self) -> None:
        self.good_secrets = {CLIENT_SECRET, ROTATED_CLIENT_SECRET}
        self.good_keys = {API_KEY}
        self.expires_in: object = 300
        self.site_id: str | None = SITE_ID
        self.exchange_replies: list[httpx.Response | Exception] = []
        self.info_replies: list[httpx.Response | Exception] = []
        self.live_tokens: set[str] = set()
        self.forbidden: set[str] = set()
        self.dead_token_status = 401
        self.requests: list[httpx.Request] = []
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        with self._lock:
            # A copy, since a request that is repeated is signed anew.
            self.requests.append(
                httpx.Request(
                    request.method,
                    request.url,
                    headers=request.headers,
                    content=content,
                    extensions=request.extensions,
                )
            )
            if request.url.path == "/oauth2/token":
                return self._exchange(request)
            if request.url.path == "/oauth2/token-info":
                live = json.loads(content)["token"] in self.live_tokens
                return _next(self.info_replies) or httpx.Response(
                    200, json={"active": live, "siteId": self.site_id} if live else {"active": live}
                )
            known = request.headers.get("Authorization") in self.live_tokens | self.good_keys
            known = known and request.url.path not in self.forbidden
            return httpx.Response(200 if known else self.dead_token_status, json={})

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        reply = _next(self.exchange_replies)
        if reply is None and json.loads(request.content)["client_secret"] not in self.good_secrets:
            reply = refusal()
        if reply is None:
            token = f"OauthNG.JWS.{TOKEN_MARK}.{len(self.exchanges)}.c2ln"
            self.live_tokens.add(token)
            reply = httpx.Response(200, json=token_reply(token, self.expires_in))
        return reply

    def asked(self, path: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.path == path]

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.asked("/oauth2/token")]

    @property
    def calls(self) -> list[httpx.Request]:
        return [r for r in self.requests if not r.url.path.startswith("/oauth2/")]

    @property
    def authorizations(self) -> list[str | None]:
        return [request.headers.get("Authorization") for request in self.calls]


def _next(replies: list[httpx.Response | Exception]) -> httpx.Response | None:
    reply = replies.pop(0) if replies else None
    if isinstance(reply, Exception):
        raise reply
    return reply


def token_reply(token: str, expires_in: object = 300) -> dict[str, object]:
    return {"access_token": token, "token_type": "Bearer", "expires_in": expires_in}


def refusal(status: int = 401, **more: str) -> httpx.Response:
    headers = {"x-wix-request-id": "request-1"}
    return httpx.Response(status, headers=headers, json={"error": "invalid_client", **more})


class Bench:
    """A `WixAuth` and a client between a vault and a Wix."""

    def __init__(self, wix: FakeWix, vault: Vault, clock: Clock) -> None:
        self.wix, self.vault, self.clock = wix, vault, clock
        self.events: list[AuthEvent] = []

    def auth(self, *, site_id: str | None = None, api_url: str = API_URL) -> WixAuth:
        reader = SecretReader(self.vault.arn, client=self.vault.client, now=self.clock)
        return WixAuth(
            reader,
            api_url=api_url,
            site_id=site_id,
            now=self.clock,
            notify=self.events.append,
            refuses=lambda response: response.status_code == DOUBTFUL_STATUS,
        )

    def client(self, *, site_id: str | None = None, follow_redirects: bool = False) -> httpx.Client:
        return httpx.Client(
            auth=self.auth(site_id=site_id),
            base_url=API_URL,
            transport=httpx.MockTransport(self.wix),
            follow_redirects=follow_redirects,
        )


class LoopbackServer:
    """Serves a handler over real connections, and counts them."""

    def __init__(
        self, handle: Callable[[httpx.Request], httpx.Response], *, latency_seconds: float
    ) -> None:
        self.connections = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                outer.connections += 1

            def answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                url = f"{outer.url}{self.path}"
                request = httpx.Request(
                    self.command, url, headers=dict(self.headers), content=content
                )
                time.sleep(latency_seconds)
                response = handle(request)
                body = response.read()
                self.send_response(response.status_code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815 - the base class looks for these names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["LoopbackServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
"""The start of a success, up to its body."""

ENDLESS = 200_000
"""Bytes, each of them sent by itself."""


class Moving(Protocol):
    """A clock that can be moved."""

    now: float


class DrippingServer:
    """Answers each request a byte at a time; for each, a second passes on the clock.

    Args:
        clock: The clock.
        at_once: How much of the answer comes at once, before the rest drips.
        tls: How it proves who it is, if it does.
    """

    def __init__(
        self, clock: Moving, at_once: bytes = b"", tls: ssl.SSLContext | None = None
    ) -> None:
        self.sent = 0
        self._over = False
        self._tls = tls
        self._clock = clock
        self._at_once = at_once
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator["DrippingServer"]:
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield self
        finally:
            self._over = True
            with socket.create_connection(self._socket.getsockname()), self._socket:
                thread.join()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._over:
                connection.close()
                return
            with suppress(OSError), self._secured(connection) as stream:
                self._drip(stream)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    def _drip(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.recv(65536)
        connection.sendall(self._at_once)
        while self.sent < ENDLESS:
            self._clock.now += 1
            connection.sendall(b"x")
            self.sent += 1


def in_parallel[T](count: int, work: Callable[[], T]) -> list[T | Exception]:
    """Do the same in many threads that start at once; give each one's result or error."""
    start = threading.Barrier(count)
    outcomes: list[T | Exception] = []

    def run() -> None:
        start.wait()
        try:
            outcomes.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcomes.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def closed_port() -> int:
    """Give a port of this machine on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    return port
