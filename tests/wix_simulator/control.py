"""Steering a running simulator over HTTP: the same methods, under `/_simulator`."""

import inspect
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated, Any

from aiohttp import web
from pydantic import Field, TypeAdapter, ValidationError

from tests.wix_simulator.booking_facade import BookingStatus
from tests.wix_simulator.builders import Fee, Line, OrderStatus, Payment
from tests.wix_simulator.errors import RefusedError
from tests.wix_simulator.faults import Fault
from tests.wix_simulator.member_book import MemberStatus
from tests.wix_simulator.service_calendar import ServiceType
from tests.wix_simulator.signing import SigningKey
from tests.wix_simulator.store import CatalogVersion
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
    "POST /_simulator/orders/status": '{"order_id": "...", "status": "REJECTED"}',
    "POST /_simulator/orders/approve": 'let it be paid and approved: {"order_id": "..."}',
    "POST /_simulator/orders/anonymize": 'erase its buyer: {"order_id": "..."}',
    "POST /_simulator/refunds/plan": '{"payment_id": "...", "becomes": "PENDING"}',
    "POST /_simulator/refunds/settle": (
        '{"refund_id": "...", "payment_id": "...", "outcome": "SUCCEEDED"}'
    ),
    "POST /_simulator/members": (
        'add a member: {"email": "...", "status": "PENDING"}; or {"seed": 20}; GET tells all'
    ),
    "POST /_simulator/bookings": (
        'add a booking: {"status": "PENDING"}; or {"seed": 20}; GET tells all'
    ),
    "POST /_simulator/bookings/services": 'offer a service: {"type": "CLASS", "capacity": 8}',
    "POST /_simulator/bookings/slots": (
        'offer a time: {"service_id": "...", "start": "2026-03-02T09:00:00"}'
    ),
    "PATCH /_simulator/catalog": 'change the catalog: {"version": "V1_CATALOG"}; GET tells it',
    "POST /_simulator/products": (
        'add a product: {"sku": "MUG-1", "quantity": 12}; or {"seed": 20}; GET tells all'
    ),
    "POST /_simulator/products/stock": 'set stock: {"product_id": "...", "quantity": 5}',
    "GET /_simulator/products/stock?product_id=": "every change of its stock, in order",
    "GET /_simulator/bookings/notifications": "what participants would have been sent",
    "GET /_simulator/mails": "mails that buyers would have got",
    "GET /_simulator/webhooks": (
        "the public key, the subscription and the settings; PATCH changes these: "
        '{"duplicates": 1, "time_factor": 0.01, "answer_within": 1.25, "lives_seconds": 300000}'
    ),
    "POST /_simulator/webhooks/subscription": (
        '{"url": "http://127.0.0.1:8080/webhooks/wix", "event_types": null}; DELETE ends it'
    ),
    "POST /_simulator/webhooks/pause": (
        'hold them back; .../resume {"order": "reversed"} or [2, 0, 1] lets them go'
    ),
    "GET /_simulator/webhooks/deliveries": "what became of each; DELETE forgets those at an end",
    "POST /_simulator/webhooks/resend": '{"event_id": "...", "times": 1}',
    "POST /_simulator/webhooks/send": (
        'any event: {"event_type": "...", "entity_id": "...", "content": {"actionEvent": {}}}'
    ),
    "POST /_simulator/webhooks/post": (
        'any text once: {"body": "..."}; or {"token": {"entity_id": "...", "forged": true}}'
    ),
    "POST /_simulator/reset": "forget everything",
}

_FAULT = TypeAdapter(Fault)
_LINES = TypeAdapter(list[Line])
_PAYMENTS = TypeAdapter(list[Payment])
_FEES = TypeAdapter(list[Fee])
_SWITCHES = TypeAdapter(Switches)
_STATUS: TypeAdapter[OrderStatus] = TypeAdapter(OrderStatus)
_MEMBER_STATUS: TypeAdapter[MemberStatus] = TypeAdapter(MemberStatus)
_VERSION: TypeAdapter[CatalogVersion] = TypeAdapter(CatalogVersion)
_BOOKING_STATUS: TypeAdapter[BookingStatus] = TypeAdapter(BookingStatus)
_SERVICE_TYPE: TypeAdapter[ServiceType] = TypeAdapter(ServiceType)
_BUILT: dict[str, TypeAdapter[Any]] = {"lines": _LINES, "payments": _PAYMENTS, "fees": _FEES}
_SENDING: dict[str, TypeAdapter[Any]] = {
    "duplicates": TypeAdapter(Annotated[int, Field(ge=0)]),
    "time_factor": TypeAdapter(Annotated[float, Field(ge=0)]),
    "answer_within": TypeAdapter(Annotated[float, Field(gt=0)]),
    "lives_seconds": TypeAdapter(float),
}

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
        web.post(f"{base}/orders/status", _answering(control.set_order_status)),
        web.post(f"{base}/orders/approve", _answering(control.approve_order)),
        web.post(f"{base}/orders/anonymize", _answering(control.anonymize_order)),
        web.post(f"{base}/refunds/plan", _answering(control.plan_refunds)),
        web.post(f"{base}/refunds/settle", _answering(control.settle_refund)),
        web.get(f"{base}/members", _answering(control.members)),
        web.post(f"{base}/members", _answering(control.add_members)),
        web.get(f"{base}/bookings", _answering(control.bookings)),
        web.post(f"{base}/bookings", _answering(control.add_bookings)),
        web.post(f"{base}/bookings/services", _answering(control.add_service)),
        web.post(f"{base}/bookings/slots", _answering(control.add_slot)),
        web.get(f"{base}/bookings/notifications", _answering(control.notifications)),
        web.get(f"{base}/catalog", _answering(control.catalog)),
        web.patch(f"{base}/catalog", _answering(control.set_catalog)),
        web.get(f"{base}/products", _answering(control.products)),
        web.post(f"{base}/products", _answering(control.add_products)),
        web.get(f"{base}/products/stock", _answering(control.stock_history)),
        web.post(f"{base}/products/stock", _answering(control.set_stock)),
        web.get(f"{base}/mails", _answering(control.mails)),
        web.get(f"{base}/webhooks", _answering(control.webhooks)),
        web.patch(f"{base}/webhooks", _answering(control.set_webhooks)),
        web.post(f"{base}/webhooks/subscription", _answering(control.subscribe)),
        web.delete(f"{base}/webhooks/subscription", _answering(control.unsubscribe)),
        web.post(f"{base}/webhooks/pause", _answering(control.pause)),
        web.post(f"{base}/webhooks/resume", _answering(control.resume)),
        web.get(f"{base}/webhooks/deliveries", _answering(control.deliveries)),
        web.delete(f"{base}/webhooks/deliveries", _answering(control.clear_deliveries)),
        web.post(f"{base}/webhooks/resend", _answering(control.resend)),
        web.post(f"{base}/webhooks/send", _answering(control.send)),
        web.post(f"{base}/webhooks/post", _answering(control.post)),
        web.post(f"{base}/reset", _answering(control.reset)),
        web.route("*", base + "/{anything:.*}", _answering(control.unknown)),
    ]


def _answering(work: Answer) -> Callable[[web.Request], Any]:
    async def answer(request: web.Request) -> web.Response:
        try:
            body = await request.json() if await request.read() else {}
            reply = work(body, request)
            return web.json_response(await reply if inspect.isawaitable(reply) else reply)
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

    def set_order_status(self, body: Any, _request: web.Request) -> Any:
        self._wix.set_order_status(body["order_id"], _STATUS.validate_python(body["status"]))
        return {}

    def approve_order(self, body: Any, _request: web.Request) -> Any:
        self._wix.approve_order(body["order_id"])
        return {}

    def anonymize_order(self, body: Any, _request: web.Request) -> Any:
        self._wix.anonymize_order(body["order_id"])
        return {}

    def plan_refunds(self, body: Any, _request: web.Request) -> Any:
        self._wix.refunds_of(body["payment_id"], becomes=body["becomes"])
        return {}

    def settle_refund(self, body: Any, _request: web.Request) -> Any:
        self._wix.settle_refund(**body)
        return {}

    def members(self, _body: Any, _request: web.Request) -> Any:
        return self._wix.members.all()

    def add_members(self, body: Any, _request: web.Request) -> Any:
        if "seed" in body:
            return {"ids": self._wix.members.seed(int(body["seed"]))}
        return {"member": self._wix.members.add(**_with_known(body, status=_MEMBER_STATUS))}

    def bookings(self, _body: Any, _request: web.Request) -> Any:
        return self._wix.bookings.all()

    def add_bookings(self, body: Any, _request: web.Request) -> Any:
        if "seed" in body:
            return {"ids": self._wix.bookings.seed(int(body["seed"]))}
        return {"booking": self._wix.bookings.add(**_with_known(body, status=_BOOKING_STATUS))}

    def add_service(self, body: Any, _request: web.Request) -> Any:
        return {"service": self._wix.bookings.add_service(**_with_known(body, type=_SERVICE_TYPE))}

    def add_slot(self, body: Any, _request: web.Request) -> Any:
        return {"slot": self._wix.bookings.add_slot(**body)}

    def notifications(self, _body: Any, _request: web.Request) -> Any:
        return [asdict(each) for each in self._wix.bookings.notifications]

    def catalog(self, _body: Any, _request: web.Request) -> Any:
        return {"version": self._wix.catalog.version}

    def set_catalog(self, body: Any, request: web.Request) -> Any:
        _refuse_unknown(body, {"version"})
        self._wix.catalog.version = _VERSION.validate_python(body["version"])
        return self.catalog(body, request)

    def products(self, _body: Any, _request: web.Request) -> Any:
        return self._wix.catalog.products()

    def add_products(self, body: Any, _request: web.Request) -> Any:
        if "seed" in body:
            return {"ids": self._wix.catalog.seed(int(body["seed"]))}
        return {"product": self._wix.catalog.add_product(**body)}

    def stock_history(self, _body: Any, request: web.Request) -> Any:
        history = self._wix.catalog.stock_history(request.query["product_id"])
        return [asdict(each) for each in history]

    def set_stock(self, body: Any, _request: web.Request) -> Any:
        self._wix.catalog.set_stock(**body)
        return {}

    def mails(self, _body: Any, _request: web.Request) -> Any:
        return [asdict(each) for each in self._wix.mails]

    def webhooks(self, _body: Any, _request: web.Request) -> Any:
        webhooks = self._wix.webhooks
        subscription = webhooks.subscription
        types = subscription.event_types if subscription else None
        return {
            "public_key": webhooks.public_key,
            "url": subscription.url if subscription else None,
            "event_types": None if types is None else sorted(types),
            "paused": webhooks.paused,
            **{name: getattr(webhooks, name) for name in _SENDING},
        }

    def set_webhooks(self, body: Any, request: web.Request) -> Any:
        _refuse_unknown(body, set(_SENDING))
        values = {name: _SENDING[name].validate_python(value) for name, value in body.items()}
        for name, value in values.items():
            setattr(self._wix.webhooks, name, value)
        return self.webhooks(body, request)

    def subscribe(self, body: Any, _request: web.Request) -> Any:
        self._wix.webhooks.subscribe(**body)
        return {}

    def unsubscribe(self, _body: Any, _request: web.Request) -> Any:
        self._wix.webhooks.unsubscribe()
        return {}

    def pause(self, _body: Any, _request: web.Request) -> Any:
        self._wix.webhooks.pause()
        return {}

    def resume(self, body: Any, _request: web.Request) -> Any:
        self._wix.webhooks.resume(**body)
        return {}

    def deliveries(self, _body: Any, _request: web.Request) -> Any:
        return [asdict(each) for each in self._wix.webhooks.deliveries]

    def clear_deliveries(self, _body: Any, _request: web.Request) -> Any:
        self._wix.webhooks.clear_deliveries()
        return {}

    def resend(self, body: Any, _request: web.Request) -> Any:
        self._wix.webhooks.resend(**body)
        return {}

    def send(self, body: Any, _request: web.Request) -> Any:
        return {"event_id": self._wix.webhooks.send(**body)}

    async def post(self, body: Any, _request: web.Request) -> Any:
        text = body["body"] if "body" in body else self._token(**body["token"])
        return {"status": await self._wix.webhooks.posted(text, url=body.get("url"))}

    def _token(self, *, forged: bool = False, **wanted: Any) -> str:
        key = SigningKey.generate() if forged else None
        return self._wix.webhooks.token(key=key, **wanted)

    def unknown(self, _body: Any, _request: web.Request) -> Any:
        raise LookupError("no such command; GET /_simulator tells all")

    def reset(self, _body: Any, _request: web.Request) -> Any:
        self._wix.reset()
        return {}


def _with_known(body: Any, **known: TypeAdapter[Any]) -> Any:
    """A body whose named values are checked, where it has them."""
    for name, adapter in known.items():
        if name in body:
            adapter.validate_python(body[name])
    return body


def _refuse_unknown(body: Any, known: set[str]) -> None:
    unknown = sorted(set(body) - known)
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}")
