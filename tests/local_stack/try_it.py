"""A page of this machine to try the calls on: the contract in Swagger UI, signed for whoever looks.

Loading it again puts new things into the shop for its samples to name, and a new key.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import ClassVar

from tests.local_stack.aws import signed, signing_curl
from tests.local_stack.seeding import Json, seeded
from tests.local_stack.stack import LocalStack

ASSETS = {
    "/swagger-ui.css": "text/css",
    "/swagger-ui-bundle.js": "text/javascript",
    "/favicon-32x32.png": "image/png",
}
CONTRACT = Path(__file__).resolve().parents[2] / "shared/openapi/admin-api.json"
DOCUMENT = "/admin-api.json"
CALLS = "/api"
"""Below this path the page sends its calls, which go on to the deployed API."""

ASKED = ("Content-Type", "Idempotency-Key")
ANSWERED = ("Content-Type", "Idempotent-Replayed", "Retry-After", "X-Request-Id")
"""The headers that are handed on."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Wix Headless admin: try it</title>
<link rel="stylesheet" href="/swagger-ui.css">
<link rel="icon" href="/favicon-32x32.png">
<style>
.swagger-ui .parameters input { width: 26em; max-width: 100%; }
.swagger-ui .scheme-container { display: none; }
</style>
</head>
<body>
<div id="page"></div>
<script src="/swagger-ui-bundle.js"></script>
<script>
const { contract, api, calls, signing } = SETTINGS;

// The page shows the call that others would make, and has it signed on its way there.
function signed(request) {
  if (request.loadSpec) return request;
  // Older versions of curl sign a query as it stands, and AWS one in order.
  const url = new URL(request.url);
  url.searchParams.sort();
  request.url = url.href;
  request.curlOptions = signing;
  request.userFetch = (url, options) => fetch(url.replace(api, calls), options);
  return request;
}

SwaggerUIBundle({
  url: contract,
  dom_id: "#page",
  tryItOutEnabled: true,
  displayRequestDuration: true,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor: signed,
});
</script>
</body>
</html>
"""


@contextmanager
def try_it_page(stack: LocalStack) -> Iterator[str]:
    """Serve the page for as long as the block lasts; yields its address."""
    handler = type("Handler", (_Handler,), {"stack": stack})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.1], name="try-it", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _page_document(stack: LocalStack) -> Json:
    """Return the contract as it is here: with samples that can be sent, and nothing to sign.

    Of each problem only its codes are left, or what it looks like would fill the page.
    """
    with stack.wix.quietly():
        document = seeded(json.loads(CONTRACT.read_text()), stack.wix)
    parts = {**document["components"]}
    del parts["securitySchemes"]
    problems = {
        name: {"description": each["description"]} for name, each in parts["responses"].items()
    }
    return {
        **document,
        "servers": [{"url": stack.api_url}],
        "security": [],
        "components": {**parts, "responses": problems},
    }


def _page(stack: LocalStack) -> str:
    settings = {
        "contract": DOCUMENT,
        "api": stack.api_url,
        "calls": CALLS,
        "signing": signing_curl(stack.admin),
    }
    return PAGE.replace("SETTINGS", json.dumps(settings))


def _asset(path: str) -> bytes:
    [folder] = getattr(find_spec("flask_swagger_ui"), "submodule_search_locations", None) or []
    return (Path(folder) / "dist" / path.removeprefix("/")).read_bytes()


class _Handler(BaseHTTPRequestHandler):
    """Answers a browser."""

    protocol_version = "HTTP/1.1"
    stack: ClassVar[LocalStack]

    def do_GET(self) -> None:
        if self.path.startswith(f"{CALLS}/"):
            self._hand_on()
        elif self.path in ASSETS:
            self._answer(200, {"Content-Type": ASSETS[self.path]}, _asset(self.path))
        elif self.path == DOCUMENT:
            document = json.dumps(_page_document(self.stack)).encode()
            self._answer(200, {"Content-Type": "application/json"}, document)
        elif self.path == "/":
            self._answer(200, {"Content-Type": "text/html"}, _page(self.stack).encode())
        else:
            self._answer(404, {"Content-Type": "text/plain"}, b"Not here")

    def do_POST(self) -> None:
        self._hand_on()

    do_PATCH = do_DELETE = do_POST  # noqa: N815 - as http.server calls them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Leave the terminal to the instructions."""

    def _hand_on(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.stack.send(
            signed(
                self.command,
                self.stack.api_url + self.path.removeprefix(CALLS),
                self.stack.admin,
                content=content,
                headers={name: self.headers[name] for name in ASKED if name in self.headers},
            )
        )
        headers = {name: reply.headers[name] for name in ANSWERED if name in reply.headers}
        self._answer(reply.status_code, headers, reply.content)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)
