"""A real address for webhooks, and reading what came as any consumer would."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

type Json = dict[str, Any]


@dataclass(frozen=True)
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Read:
    """One delivery, verified and unwrapped."""

    header: Json
    claims: Json
    envelope: Json
    identity: Json
    event: Json

    @property
    def type(self) -> str:
        return str(self.envelope["eventType"])

    @property
    def body(self) -> Json:
        """What is told, whichever kind of event it is."""
        for kind, content in (
            ("createdEvent", "entity"),
            ("updatedEvent", "currentEntity"),
            ("actionEvent", "body"),
        ):
            if kind in self.event:
                return dict(self.event[kind][content])
        raise LookupError("the event has no body")


def read(body: bytes, public_key: str) -> Read:
    """Verify a delivery.

    Raises:
        jwt.PyJWTError: If it is not signed by that key, or has expired.
    """
    claims = jwt.decode(body, public_key, algorithms=["RS256"])
    envelope = json.loads(claims["data"])
    return Read(
        jwt.get_unverified_header(body),
        claims,
        envelope,
        json.loads(envelope["identity"]) if "identity" in envelope else {},
        json.loads(envelope["data"]),
    )


class Receiver:
    """Remembers every request, and answers what it was told to."""

    def __init__(self) -> None:
        self.url = ""
        self.received: list[Received] = []
        self.answers: list[int] = []
        """Statuses of the next answers; then 200."""

        self.is_open = threading.Event()
        """While it is not set, nobody gets an answer."""

        self.is_open.set()
        self.busy = self.most_busy = 0
        self.changed = threading.Condition()

    def take(self, request: Received) -> int:
        with self.changed:
            self.received.append(request)
            self.busy += 1
            self.most_busy = max(self.busy, self.most_busy)
            status = self.answers.pop(0) if self.answers else 200
            self.changed.notify_all()
        self.is_open.wait(30)
        with self.changed:
            self.busy -= 1
        return status

    @property
    def bodies(self) -> list[bytes]:
        return [each.body for each in self.received]

    def read_all(self, public_key: str) -> list[Read]:
        """Everything that came, in the order it happened."""
        found = [read(body, public_key) for body in self.bodies]
        return sorted(found, key=lambda each: int(each.event["entityEventSequence"]))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen while inside."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            self.send_response(receiver.take(Received(headers, body)))
            self.send_header("content-length", "0")
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

        def handle(self) -> None:
            # Who waited too long has gone: there is nobody left to answer.
            with suppress(ConnectionError):
                super().handle()

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/webhooks/wix"
        try:
            yield receiver
        finally:
            receiver.is_open.set()
            server.shutdown()
            thread.join()
