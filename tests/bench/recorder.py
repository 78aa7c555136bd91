"""Stands between a function and AWS's stand-in, and notes what is asked."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

WRITES = frozenset({"PutItem", "UpdateItem"})
"""Two ways to write an item to DynamoDB, as good as each other."""


@contextmanager
def recorded(endpoint: str) -> Iterator[tuple[str, Counter[str]]]:
    """Hand requests on for as long as the block lasts.

    Yields:
        The address to use in place of the endpoint, and how often which operation was asked for.
    """
    with httpx.Client(base_url=endpoint) as http, _Server(http) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", server.asked
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.asked: Counter[str] = Counter()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        _, _, operation = self.headers["X-Amz-Target"].rpartition(".")
        self.server.asked["a write to DynamoDB" if operation in WRITES else operation] += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # With the host that was signed.
        reply = self.server.http.post(self.path, content=body, headers=dict(self.headers.items()))
        self.send_response(reply.status_code)
        for name in ("Content-Type", "x-amzn-RequestId"):
            if name in reply.headers:
                self.send_header(name, reply.headers[name])
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""
