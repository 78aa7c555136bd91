"""The HTTP side: routing, faults, the journal, and answers on the wire."""

import asyncio
import base64
import contextlib
import itertools
import json
import socket
import struct
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

from aiohttp import web

from tests.wix_simulator import (
    booking_reader,
    bookings,
    catalog_version,
    fulfillments,
    inventory_v1,
    inventory_v3,
    members,
    orders,
    payments,
    products_v1,
    products_v3,
    refunds,
    search,
    services,
    time_slots,
    tokens,
)
from tests.wix_simulator.errors import Json, RefusedError, Reply, invalid, plain_error
from tests.wix_simulator.faults import GARBAGE, Fault
from tests.wix_simulator.journal import RecordedRequest
from tests.wix_simulator.money import without_trailing_zeros
from tests.wix_simulator.routing import Router, Target
from tests.wix_simulator.signing import AN_APP
from tests.wix_simulator.state import State
from tests.wix_simulator.world import Call, Route

MAX_BODY_BYTES = 16 * 1024 * 1024

AREAS: tuple[tuple[Route, ...], ...] = (
    tokens.ROUTES,
    orders.ROUTES,
    search.ROUTES,
    fulfillments.ROUTES,
    payments.ROUTES,
    refunds.ROUTES,
    members.ROUTES,
    bookings.ROUTES,
    booking_reader.ROUTES,
    time_slots.ROUTES,
    services.ROUTES,
    catalog_version.ROUTES,
    products_v3.ROUTES,
    inventory_v3.ROUTES,
    products_v1.ROUTES,
    inventory_v1.ROUTES,
)
"""The endpoints, area by area."""

GET_TWINS = frozenset(
    {
        "/stores/v3/products/query",
        "/stores/v3/products/search",
        "/stores/v3/products/count",
        "/stores/v3/inventory-items/query",
        "/stores/v3/inventory-items/search",
        "/stores-reader/v1/products/query-platformized",
    }
)
"""What GET serves like POST, the body being in the parameters: so the official SDK asks."""

PACKED = ".r"
"""The parameter that holds nested values for the SDK: JSON as base64url without padding."""

_LISTS = frozenset({"fields"})
"""Parameters of a GET twin of which each occurrence counts."""

_WORDS = {"true": True, "false": False}
_CONSISTENT = "x-wix-consistent"


class ConnectionCutError(Exception):
    """The connection ends without an answer; `hard` resets it instead of closing it."""

    def __init__(self, *, hard: bool) -> None:
        super().__init__("the connection is cut")
        self.hard = hard


@dataclass(frozen=True)
class Answer:
    """What goes back to the caller."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    drip: float = 0
    """Seconds to wait before each byte of the body."""


@dataclass(frozen=True)
class _Request:
    """A request whose body has been read."""

    target: Target | None
    method: str
    path: str
    """Decoded, without the parameters after it."""

    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    raw: bytes

    def parsed(self) -> Any:
        """The body as JSON or form; None without one, and `...` if it cannot be read."""
        if not self.raw:
            return None
        try:
            if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
                form = parse_qs(self.raw.decode(), strict_parsing=True, keep_blank_values=True)
                return {name: values[-1] for name, values in form.items()}
            return json.loads(self.raw, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            return ...


class Server:
    """Answers as Wix does. Work on the state is synchronous and under its lock, hence atomic."""

    def __init__(self, state: State, on_done: Callable[[RecordedRequest], None]) -> None:
        self._state = state
        self._on_done = on_done
        self._router = Router(_with_twins(itertools.chain.from_iterable(AREAS)))

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/{anything:.*}", self._serve)

    async def _serve(self, http: web.Request) -> web.StreamResponse:
        steps = self.steps(http.method, http.raw_path, http.headers, await http.read())
        with contextlib.closing(steps):
            try:
                while True:
                    await asyncio.sleep(next(steps))
            except StopIteration as end:
                answer: Answer = end.value
            except ConnectionCutError as cut:
                _cut(http, hard=cut.hard)
                answer = Answer(500, {}, b"")
        if answer.drip:
            return await _dripped(http, answer)
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    def steps(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Generator[float, None, Answer]:
        """Answer a request, step by step: yields how many seconds to wait before the next.

        Args:
            target: Path and query, as they came.

        Raises:
            ConnectionCutError: If there is to be no answer.
        """
        request = self._read(method, target, headers, body)
        state = self._state
        with state.lock:
            entry = state.journal.open(self._entry(request))
            fault = state.faults.take(request.method, request.path)
            entry.fault = None if fault is None else str(fault)
        try:
            answer = yield from self._answer(entry, request, fault or Fault())
            entry.status = answer.status
            return answer if fault is None else replace(answer, drip=fault.drip)
        finally:
            entry.done = True
            self._on_done(entry)

    def _read(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> _Request:
        path, _, query = target.partition("?")
        return _Request(
            target=self._router.find(method, path),
            method=method,
            path=unquote(path),
            query=parse_qs(query, keep_blank_values=True),
            headers={name.lower(): value for name, value in headers.items()},
            raw=body,
        )

    def _answer(
        self, entry: RecordedRequest, request: _Request, fault: Fault
    ) -> Generator[float, None, Answer]:
        yield fault.latency
        answer = Answer(500, {}, b"")
        if not fault.prevents_work:
            answer = self._work(entry, request)
        yield fault.latency_after
        if fault.drop or fault.reset:
            raise ConnectionCutError(hard=fault.reset is not None)
        if fault.garbage:
            return replace(answer, status=200, body=GARBAGE.encode())
        if fault.status is not None:
            reply = Reply(fault.body, fault.status, fault.headers)
            return _sendable(reply, entry.request_id)
        return answer

    def _work(self, entry: RecordedRequest, request: _Request) -> Answer:
        """Do what is asked, and write the answer while nobody else can change anything."""
        state = self._state
        with state.lock:
            state.world.serving = entry.sequence
            try:
                reply = self._reply(request)
                entry.effect = request.target is not None and request.target.route.writes
            except RefusedError as refusal:
                reply = refusal.reply
            except Exception:  # noqa: BLE001 - a bug of the simulator, told at its end
                state.crashes.append(traceback.format_exc())
                reply = Reply({"message": "the simulator has a bug", "details": {}}, 500)
            finally:
                state.world.serving = 0
            if state.world.switches.uneven_amounts and isinstance(reply.body, dict):
                reply = replace(reply, body=without_trailing_zeros(reply.body))
            if entry.effect and state.world.switches.consistency_header:
                value = f"consistent-{entry.sequence}"
                state.consistency_values.add(value)
                reply = replace(reply, headers={**reply.headers, "X-Wix-Consistent": value})
            return _sendable(reply, entry.request_id)

    def _reply(self, request: _Request) -> Reply:
        target, world = request.target, self._state.world
        if target is None:
            raise plain_error(404, "route not found")
        route = target.route
        caller = None
        if route.permission is not None:
            caller = world.accounts.identify(request.headers)
            if not any(map(caller.may, route.permissions)):
                raise world.accounts.forbidden()
        if world.switches.malformed_id_status == 400:
            target.check_ids()
        seen = request.headers.get(_CONSISTENT) in self._state.consistency_values
        strict = world.switches.unknown_fields == "refuse"
        query: Mapping[str, list[str]] = {}
        if request.method == "GET" and route.path in GET_TWINS:
            body = _body_in_query(request, strict=strict)
        else:
            query = _query(request, target, strict=strict)
            body = _body(request, target, strict=strict)
        with world.events.caused_by(AN_APP):
            answer = route.work(Call(world, target.parameters, body, caller, seen, query))
        return answer if isinstance(answer, Reply) else Reply(answer)

    def _entry(self, request: _Request) -> RecordedRequest:
        world = self._state.world
        body = request.parsed()
        if body is ...:
            body = "unreadable"
        elif request.path.startswith("/oauth"):
            body = world.accounts.without_secrets(body)
        authorization = request.headers.get("authorization")
        return RecordedRequest(
            sequence=0,
            received=world.clock.stamp(),
            method=request.method,
            path=request.path,
            query=request.query,
            headers={k: v for k, v in request.headers.items() if k != "authorization"},
            authorization=world.accounts.label(authorization),
            body=body,
            request_id=world.request_ids.guid(),
        )


def _with_twins(routes: Iterable[Route]) -> Iterator[Route]:
    for route in routes:
        yield route
        if route.path in GET_TWINS:
            yield replace(route, method="GET")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# ---- Bodies ----


def _body(request: _Request, target: Target, *, strict: bool) -> Json:
    """The request's body as an object, without the path parameters the SDK repeats in it."""
    body = request.parsed()
    if request.method in {"GET", "DELETE"}:
        if strict and body not in (None, {}):
            raise invalid("", "a body is not expected", "FIELD_NOT_ALLOWED")
        return {}
    content_type = request.headers.get("content-type", "")
    is_form = target.route.permission is None and "form-urlencoded" in content_type
    if not is_form and "json" not in content_type:
        raise plain_error(400, "expected a body of type application/json")
    if not isinstance(body, dict):
        raise plain_error(400, "expected a JSON object")
    for name, value in target.parameters.items():
        _drop_repeated(body, name, value)
    return body


def _drop_repeated(body: Json, name: str, value: str) -> None:
    *parents, last = name.split(".")
    place: Any = body
    for parent in parents:
        place = place.get(parent) if isinstance(place, dict) else None
    if isinstance(place, dict) and last in place and place.pop(last) != value:
        raise invalid(name, "is not the id in the path")


# ---- Parameters ----


def _query(request: _Request, target: Target, *, strict: bool) -> Mapping[str, list[str]]:
    """The parameters after the path, those the SDK packs among them."""
    packed = _unpacked(request, strict=strict)
    query = request.query if packed is None else _flat(packed)
    for name, values in query.items() if strict else ():
        if name in target.route.query:
            continue
        known = target.parameters.get(name)
        if request.method not in {"GET", "DELETE"} or values != [known]:
            raise invalid(name, "is not a known parameter", "FIELD_NOT_ALLOWED")
    return query


def _body_in_query(request: _Request, *, strict: bool) -> Json:
    """The body of a GET twin. The SDK packs it only if it holds more than texts and flags."""
    packed = _unpacked(request, strict=strict)
    if packed is not None:
        return packed
    return {
        name: values if name in _LISTS else _WORDS.get(values[-1], values[-1])
        for name, values in request.query.items()
    }


def _unpacked(request: _Request, *, strict: bool) -> Json | None:
    packed = request.query.get(PACKED)
    if packed is None or request.method != "GET":
        return None
    for name in request.query if strict else ():
        if name != PACKED:
            raise invalid(name, f"must not be sent beside {PACKED}", "FIELD_NOT_ALLOWED")
    text = packed[-1]
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise invalid(PACKED, "is no JSON object as base64url")
    return content


def _flat(content: Json, path: str = "") -> dict[str, list[str]]:
    """Nested values under dotted names, as they stand in a query string."""
    flat: dict[str, list[str]] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{path}{name}.")
        else:
            values = value if isinstance(value, list) else [value]
            flat[path + name] = [
                each if isinstance(each, str) else json.dumps(each) for each in values
            ]
    return flat


# ---- The wire ----


def _sendable(reply: Reply, request_id: str) -> Answer:
    headers = {"x-wix-request-id": request_id, **reply.headers}
    match reply.body:
        case None:
            body = b""
        case str():
            headers.setdefault("Content-Type", "text/html; charset=utf-8")
            body = reply.body.encode()
        case _:
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
            body = json.dumps(reply.body, ensure_ascii=False).encode(errors="replace")
    if reply.status == HTTPStatus.NO_CONTENT:
        body = b""
    return Answer(reply.status, headers, body)


async def _dripped(http: web.Request, answer: Answer) -> web.StreamResponse:
    """Send an answer whose body comes a byte at a time, to whoever still listens."""
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    with contextlib.suppress(ConnectionResetError):
        await response.prepare(http)
        for byte in answer.body:
            await asyncio.sleep(answer.drip)
            await response.write(bytes([byte]))
    return response


def _cut(http: web.Request, *, hard: bool) -> None:
    """End the connection now; `hard` resets it instead of closing it."""
    transport = http.transport
    if transport is None:
        return
    if hard:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
