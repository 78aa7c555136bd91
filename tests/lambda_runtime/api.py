"""Lambda's Runtime API for one process: hands it events, takes its answers, notes the times."""

import json
import queue
import socket
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

PATH = "/2018-06-01/runtime"


@dataclass(frozen=True, slots=True)
class Event:
    """One invocation, as it waits for the process."""

    request_id: str
    payload: bytes
    deadline: float
    """When Lambda would end it, in seconds of the Unix epoch."""


@dataclass(frozen=True, slots=True)
class FunctionError:
    """What a failed invocation (or import) is called, and where it came from."""

    type: str
    message: str
    stack: tuple[str, ...] = ()

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        body = json.loads(payload)
        stack = body.get("stackTrace") or ()
        return cls(body["errorType"], body["errorMessage"], tuple(stack))


@dataclass(frozen=True, slots=True)
class Report:
    """Something the process told us, and when, by `time.perf_counter`."""

    kind: str
    """`ready` for its first request for work; else `response`, `error` or `init/error`."""
    payload: bytes
    at: float


class RuntimeApi:
    """A Runtime API on a free port of this machine, for one function process."""

    def __init__(self, function_arn: str) -> None:
        self.function_arn = function_arn
        self.events: queue.Queue[Event | None] = queue.Queue()
        self.reports: queue.Queue[Report] = queue.Queue()
        self.asked_for_work = False
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.events.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def report(self, kind: str, payload: bytes = b"") -> None:
        self.reports.put(Report(kind, payload, time.perf_counter()))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that ended with its process; that is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Each answer goes out at once and in one piece; else every warm call waits 40 ms for an ACK.
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def do_GET(self) -> None:
        if self.path != f"{PATH}/invocation/next":
            self.send_error(404)
            return
        api = self.server.api
        if not api.asked_for_work:
            api.asked_for_work = True
            api.report("ready")
        event = api.events.get()
        if event is None:
            self.close_connection = True
            return
        self._answer(
            200,
            event.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": event.request_id,
                "Lambda-Runtime-Deadline-Ms": str(int(event.deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": api.function_arn,
                "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
            },
        )

    def do_POST(self) -> None:
        payload = self._body()
        kind = self.path.removeprefix(f"{PATH}/")
        if kind.startswith("invocation/"):
            kind = kind.rsplit("/", 1)[-1]
        self.server.api.report(kind, payload)
        self._answer(202, b'{"status":"OK"}', {})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _answer(self, status: int, payload: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(payload))}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the tests look at what the function logs."""
