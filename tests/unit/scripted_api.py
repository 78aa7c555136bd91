"""An API that answers what a test says, and looks at no signature."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered; without a status it is hung up on."""

    status: int | None
    body: Any = ""
    after: int | None = None
    cut: int = 0
    """How many bytes of the body do not arrive."""


HUNG_UP = Answer(None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    headers: Mapping[str, str]
    body: str
    at: float
    """When it came, in seconds of a clock that only goes forward."""

    @property
    def key(self) -> str | None:
        return self.headers.get("Idempotency-Key")


@dataclass(slots=True)
class ScriptedApi:
    """What is asked, and what is answered, by path."""

    url: str
    answers: Mapping[str, Sequence[Answer]]
    """The answers to the requests of a path, in turn; the last one again and again."""

    asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))

    def answer(self, path: str, asked: Asked) -> Answer:
        self.asked[path].append(asked)
        answers = self.answers[path]
        return answers[min(len(self.asked[path]), len(answers)) - 1]


@contextmanager
def scripted_api(answers: Mapping[str, Sequence[Answer]]) -> Iterator[ScriptedApi]:
    """Serve for as long as the block lasts."""
    handler: type[_Handler] = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        api = handler.api = ScriptedApi(f"http://127.0.0.1:{server.server_port}", answers)
        thread = Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    api: ClassVar[ScriptedApi]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = Asked(dict(self.headers), body, time.monotonic())
        answer = self.api.answer(self.path, asked)
        if answer.status is None:
            return
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(text)))
        if answer.after is not None:
            self.send_header("Retry-After", str(answer.after))
        self.end_headers()
        self.wfile.write(text[: len(text) - answer.cut].encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing."""
