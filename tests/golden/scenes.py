"""What happens to each action: its sample comes through every door and in any weather."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx

from tests import canaries, template
from tests.actions import EVENTS
from tests.golden.world import INVOCATION, Json, World, plain
from tests.unit.calls import http_event
from tests.wix_simulator import Fault, RecordedRequest, application_error_body
from tests.wix_simulator.signing import claims, domain_event, envelope

KEY = "5e0a8f1c-7a3b-4c7d-9f0e-2b1d6c4a8e90"

LATER_SECONDS = 3600.0
"""So much later nobody is at work on a request any more, neither here nor at Wix."""

THE_SAME = "the same"
"""Stands for the last answer of the scene, which a caller gets through another door or again."""


def scenes(world: World, action: str) -> Json:
    """Let all of it happen to `<area>/<action>`, and tell what was seen."""
    played = _Scenes(world, action)
    match action:
        case "webhooks/receive_webhook":
            played.receive()
        case "webhooks/redrive_quarantine":
            played.redrive()
        case _:
            played.all_weathers()
    return played.seen


class _Scenes:
    """The scenes of one action.

    Attributes:
        seen: What was seen in each of them, act by act.
    """

    def __init__(self, world: World, action: str) -> None:
        self.seen: dict[str, list[Json]] = {}
        self._said: Json | None = None
        self._world = world
        self._action = action
        self._sample = json.loads((EVENTS / f"{action}.json").read_text())
        self._route = _routes().get(action)
        self._key = self._sample.pop("idempotencyKey", KEY)
        self._doors: dict[str, Callable[..., Any]] = {
            **({"http": self._http} if self._route else {}),
            "event": _event,
            "queue": _queue,
            "direct": _direct,
        }

    def all_weathers(self) -> None:
        """Have each door, a dry run, a refusal, lost answers and sudden deaths."""
        door = next(iter(self._doors))
        with self._scene("each door"):
            self._send(*self._doors)
            change = self._last_asked()
        with self._scene("dry run"):
            self._send(door, dryRun=True)
        with self._scene("refused"):
            body = application_error_body("NOT_NOW", "Not now")
            self._trouble(change, status=428, body=body)
            self._send(*self._doors)
        with self._scene("done, and the answer lost"):
            self._trouble(change, drop="after")
            self._send(door, door)
        if not self._world.ledger:
            return
        with self._scene("not done, and the answer lost"):
            self._trouble(change, drop="before", times=None)
            self._send(door)
            self._world.wix.clear_faults()
            self._send(door)
            self._world.clock.sleep(LATER_SECONDS)
            self._send(door)
        with self._scene("no key"):
            self._send(door, keyed=False)
        with self._scene("dead before it asked anything"):
            self._world.dies_at = lambda _: True
            self._send(door, door)
            self._world.clock.sleep(LATER_SECONDS)
            self._send(door)
        with self._scene("dead before the change"):
            self._world.dies_at = lambda asked: _is_like(asked, change)
            self._send(door, door)
            self._world.clock.sleep(LATER_SECONDS)
            self._send(door)

    def receive(self) -> None:
        """Have a delivery that is Wix's, one that may be, and one that is not."""
        [unknown] = self._sample["Records"]
        with self._scene("publish, quarantine, drop"):
            self._act("queue", _messages(self._delivery(), unknown["body"], "nothing of Wix's"))

    def redrive(self) -> None:
        """Have a delivery that verifies by now, and one that does not."""
        [unknown] = json.loads((EVENTS / "webhooks/receive_webhook.json").read_text())["Records"]
        with self._scene("dry run, redrive"):
            # A queue has a clock of its own.
            self._world.clock.seconds = datetime.now(UTC).timestamp()
            bodies = [self._delivery(), unknown["body"]]
            self._world.quarantine(*bodies)
            for sample in (self._sample, self._sample | {"dryRun": False}):
                # Without another look, which takes a second if nothing is there.
                self._act("direct", sample | {"limit": len(bodies)})

    @contextmanager
    def _scene(self, name: str) -> Iterator[None]:
        self._world.begin()
        self._said = None
        self.seen[name] = []
        yield
        self.seen[name] = plain(self.seen[name])

    def _send(self, *doors: str, keyed: bool = True, **more: Any) -> None:
        """Send the sample through each of some doors, with or without its key."""
        for door in doors:
            event = self._doors[door](self._sample | more, self._key if keyed else None)
            self._act(door, event)

    def _act(self, door: str, event: Json) -> None:
        seen = self._world.act(self._action, event)
        if "answers" in seen:
            answer, name = (seen["answers"], "body") if door == "http" else (seen, "answers")
            if door == "http":
                answer[name] = json.loads(answer[name])
            if answer[name] == self._said:
                answer[name] = THE_SAME
            else:
                self._said = answer[name]
        self.seen[list(self.seen)[-1]].append({"door": door} | seen)

    def _trouble(self, at: RecordedRequest, **fault: Any) -> None:
        self._world.wix.add_fault(Fault(method=at.method, path=at.path, **fault))

    def _last_asked(self) -> RecordedRequest:
        """The first change that Wix carried out, or else the last that it was asked."""
        asked = [each for each in self._world.wix.requests() if each.path != "/oauth2/token"]
        return next((each for each in asked if each.effect), asked[-1])

    def _delivery(self) -> str:
        """What Wix delivers of an order that was approved."""
        kind, order = "wix.ecom.v1.order_approved", "a1a1a1a1-0000-4000-8000-00000000000a"
        body = {"actionEvent": {"body": {"order": {"id": order}}}}
        event = domain_event(
            kind,
            order,
            body,
            event_id="e7e47000-0000-4000-8000-000000000001",
            sequence=12,
            at="2027-01-04T09:29:59.123456Z",
        )
        whose = envelope(event, event_type=kind, instance_id=canaries.INSTANCE_ID)
        return self._world.signing_key.sign(claims(whose, issued_at=self._world.clock.now()))

    def _http(self, asked: Json, key: str | None) -> Json:
        rest = dict(asked)
        method, path = (self._route or "").split("/", 1)
        target = next((rest.pop(name) for name in asked if f"{{{name}}}" in path), None)
        if method in {"GET", "DELETE"}:
            query = {
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in rest.items()
            }
            event = http_event(self._action, target=target, query=query, key=key)
        else:
            event = http_event(self._action, rest, target=target, key=key)
        event["requestContext"]["requestId"] = INVOCATION
        return event


@cache
def _routes() -> dict[str, str]:
    return template.routes()


def _direct(asked: Json, key: str | None) -> Json:
    return asked | ({"idempotencyKey": key} if key else {})


def _event(asked: Json, key: str | None) -> Json:
    return {"source": "back-office", "detail-type": "Asked", "detail": _direct(asked, key)}


def _queue(asked: Json, key: str | None) -> Json:
    return _messages(json.dumps(_direct(asked, key)))


def _messages(*bodies: str) -> Json:
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": body,
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies, 1)
        ]
    }


def _is_like(request: httpx.Request, other: RecordedRequest) -> bool:
    return (request.method, request.url.path) == (other.method, other.path)
