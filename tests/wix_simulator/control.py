"""Steering a running simulator over HTTP: the same methods, under `/_simulator`."""

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from tests.wix_simulator.builders import Fee, Line, Payment
from tests.wix_simulator.errors import RefusedError
from tests.wix_simulator.faults import Fault
from tests.wix_simulator.switches import Switches

if TYPE_CHECKING:
    from tests.wix_simulator.simulator import WixSimulator

HELP = {
    "GET /_simulator/journal?method=&path=": "every request so far; DELETE forgets them",
    "GET /_simulator/faults": "the rules of trouble in force; DELETE ends all",
    "POST /_simulator/faults": 'add one: {"path": "*/orders/*", "status": 503, "times": 1}',
    "DELETE /_simulator/faults/{number}": "end one",
    "GET /_simulator/switches": "how Wix behaves; PATCH changes some",
    "POST /_simulator/tokens/kill": "end every living token; .../expire lets their time run out",
    "POST /_simulator/secret": 'rotate: {"new_secret": "...", "keep_old": false}',
    "POST /_simulator/clock": 'move time forward: {"advance": 60}',
    "POST /_simulator/orders": 'add an order: {"total": "49.73"}; or {"seed": 20} for many',
    "POST /_simulator/refunds/plan": '{"payment_id": "...", "becomes": "PENDING"}',
    "POST /_simulator/refunds/settle": (
        '{"refund_id": "...", "payment_id": "...", "outcome": "SUCCEEDED"}'
    ),
    "GET /_simulator/mails": "mails that buyers would have got",
    "POST /_simulator/reset": "forget everything",
}

_FAULT = TypeAdapter(Fault)
_LINES = TypeAdapter(list[Line])
_PAYMENTS = TypeAdapter(list[Payment])
_FEES = TypeAdapter(list[Fee])
_SWITCHES = TypeAdapter(Switches)
_BUILT: dict[str, TypeAdapter[Any]] = {"lines": _LINES, "payments": _PAYMENTS, "fees": _FEES}

type Answer = Callable[[Any, web.Request], Any]


def control_routes(wix: "WixSimulator") -> list[web.RouteDef]:
    """The routes, before those of Wix."""
    control = _Control(wix)
    base = "/_simulator"
    return [
        web.get(base, _answering(lambda _body, _request: HELP)),
        web.get(f"{base}/journal", _answering(control.journal)),
        web.delete(f"{base}/journal", _answering(control.clear_journal)),
        web.get(f"{base}/faults", _answering(control.faults)),
        web.post(f"{base}/faults", _answering(control.add_fault)),
        web.delete(f"{base}/faults", _answering(control.clear_faults)),
        web.delete(base + "/faults/{number:[0-9]+}", _answering(control.remove_fault)),
        web.get(f"{base}/switches", _answering(control.switches)),
        web.patch(f"{base}/switches", _answering(control.set_switches)),
        web.post(f"{base}/tokens/kill", _answering(control.kill_tokens)),
        web.post(f"{base}/tokens/expire", _answering(control.expire_tokens)),
        web.post(f"{base}/secret", _answering(control.rotate_secret)),
        web.post(f"{base}/clock", _answering(control.advance)),
        web.post(f"{base}/orders", _answering(control.add_orders)),
        web.post(f"{base}/refunds/plan", _answering(control.plan_refunds)),
        web.post(f"{base}/refunds/settle", _answering(control.settle_refund)),
        web.get(f"{base}/mails", _answering(control.mails)),
        web.post(f"{base}/reset", _answering(control.reset)),
        web.route("*", base + "/{anything:.*}", _answering(control.unknown)),
    ]


def _answering(work: Answer) -> Callable[[web.Request], Any]:
    async def answer(request: web.Request) -> web.Response:
        try:
            body = await request.json() if await request.read() else {}
            return web.json_response(work(body, request))
        except ValidationError as error:
            text = error.json(include_input=False, include_url=False)
            return web.Response(status=400, text=text, content_type="application/json")
        except (LookupError, TypeError, ValueError, AttributeError, RefusedError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return answer


class _Control:
    def __init__(self, wix: "WixSimulator") -> None:
        self._wix = wix

    def journal(self, _body: Any, request: web.Request) -> Any:
        found = self._wix.requests(request.query.get("method"), request.query.get("path"))
        return [asdict(each) for each in found]

    def clear_journal(self, _body: Any, _request: web.Request) -> Any:
        self._wix.clear_journal()
        return {}

    def faults(self, _body: Any, _request: web.Request) -> Any:
        return {str(number): asdict(fault) for number, fault in self._wix.faults.items()}

    def add_fault(self, body: Any, _request: web.Request) -> Any:
        _refuse_unknown(body, {each.name for each in fields(Fault)})
        return {"number": self._wix.add_fault(_FAULT.validate_python(body))}

    def clear_faults(self, _body: Any, _request: web.Request) -> Any:
        self._wix.clear_faults()
        return {}

    def remove_fault(self, _body: Any, request: web.Request) -> Any:
        return {"removed": self._wix.remove_fault(int(request.match_info["number"]))}

    def switches(self, _body: Any, _request: web.Request) -> Any:
        return asdict(self._wix.switches)

    def set_switches(self, body: Any, _request: web.Request) -> Any:
        current = self._wix.switches
        _refuse_unknown(body, {each.name for each in fields(Switches)})
        changed = _SWITCHES.validate_python({**asdict(current), **body})
        for name in body:
            setattr(current, name, getattr(changed, name))
        return asdict(current)

    def kill_tokens(self, _body: Any, _request: web.Request) -> Any:
        return {"killed": self._wix.kill_tokens()}

    def expire_tokens(self, _body: Any, _request: web.Request) -> Any:
        return {"expired": self._wix.expire_tokens()}

    def rotate_secret(self, body: Any, _request: web.Request) -> Any:
        self._wix.rotate_secret(**body)
        return {}

    def advance(self, body: Any, _request: web.Request) -> Any:
        self._wix.advance(float(body["advance"]))
        return {"now": self._wix.now()}

    def add_orders(self, body: Any, _request: web.Request) -> Any:
        if "seed" in body:
            return {"ids": self._wix.seed_orders(int(body["seed"]))}
        built = {
            name: _BUILT[name].validate_python(value) if name in _BUILT else value
            for name, value in body.items()
        }
        return {"order": self._wix.add_order(**built)}

    def plan_refunds(self, body: Any, _request: web.Request) -> Any:
        self._wix.refunds_of(body["payment_id"], becomes=body["becomes"])
        return {}

    def settle_refund(self, body: Any, _request: web.Request) -> Any:
        self._wix.settle_refund(**body)
        return {}

    def mails(self, _body: Any, _request: web.Request) -> Any:
        return [asdict(each) for each in self._wix.mails]

    def unknown(self, _body: Any, _request: web.Request) -> Any:
        raise LookupError("no such command; GET /_simulator tells all")

    def reset(self, _body: Any, _request: web.Request) -> Any:
        self._wix.reset()
        return {}


def _refuse_unknown(body: Any, known: set[str]) -> None:
    unknown = sorted(set(body) - known)
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}")
