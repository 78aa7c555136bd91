"""Where deliveries come from and go to, and what they look like."""

import importlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from tests import canaries
from tests.unit.aws import aws_client
from tests.unit.wix_admin.builders import Context
from tests.unit.wix_admin.effects.batches import QueueInMemory
from tests.wix_simulator.errors import Json
from tests.wix_simulator.signing import SigningKey, claims, domain_event, envelope
from wix_auth import aws_session

if TYPE_CHECKING:
    from types_boto3_events.type_defs import TargetTypeDef

ORDER_ID = "0de40000-0000-4000-8000-000000000001"
EVENT_ID = "e7e47000-0000-4000-8000-000000000001"
APPROVED = "wix.ecom.v1.order_approved"
FOREIGN_INSTANCE = "1257a7ce-0000-4000-8000-0000000000ff"

HOUR = 3600.0
LIVES = 300_000.0
"""How long Wix's tokens are valid, in seconds."""

ORDER: Json = {
    "id": ORDER_ID,
    "number": "10021",
    "buyerNote": canaries.MESSAGE,
    "buyerInfo": {"email": f"ada@{canaries.EMAIL_DOMAIN}"},
    "recipientInfo": {
        "contactDetails": {
            "firstName": canaries.FIRST_NAME,
            "lastName": canaries.LAST_NAME,
            "phone": canaries.PHONE,
        },
        "address": {"addressLine1": canaries.STREET},
    },
}


def approved(**changes: Any) -> Json:
    """An event of an approved order: level 3."""
    return (
        domain_event(
            APPROVED,
            ORDER_ID,
            {"actionEvent": {"body": {"order": ORDER}}},
            event_id=EVENT_ID,
            sequence=12,
            at="2026-10-01T10:00:00.123456Z",
        )
        | changes
    )


def signed_claims(
    event: Json | None = None,
    *,
    event_type: str = APPROVED,
    instance_id: str = canaries.INSTANCE_ID,
    hours_ago: float = 0.0,
) -> Json:
    """What Wix signs about an event, `hours_ago`: level 1."""
    return claims(
        envelope(event or approved(), event_type=event_type, instance_id=instance_id),
        issued_at=time.time() - hours_ago * HOUR,
    )


def large_claims() -> Json:
    """Fits into a message, but not onto the bus: the numbers are longer there."""
    numbers = ",".join(["1e15"] * 90_000)
    event = json.dumps(approved(actionEvent={"body": {"numbers": []}})).replace(
        "[]", f"[{numbers}]"
    )
    told = {"data": event, "instanceId": canaries.INSTANCE_ID, "eventType": APPROVED}
    return signed_claims() | {"data": json.dumps(told)}


@dataclass(frozen=True)
class Scene:
    """Queues and a bus in memory, and the functions that work with them."""

    key: SigningKey
    other_key: SigningKey
    inbox: QueueInMemory
    quarantine: QueueInMemory
    dead_letters: QueueInMemory
    bus: str
    subscriber: QueueInMemory

    @classmethod
    def create(cls, key: SigningKey, other_key: SigningKey) -> "Scene":
        """Make all of it, with a queue that gets every event of the bus."""
        events, bus = aws_client("events"), f"bus-{uuid.uuid4()}"
        subscriber = QueueInMemory.create()
        events.create_event_bus(Name=bus)
        pattern = json.dumps({"source": [{"prefix": ""}]})
        events.put_rule(Name=bus, EventBusName=bus, EventPattern=pattern)
        targets: list[TargetTypeDef] = [{"Id": "subscriber", "Arn": subscriber.arn}]
        events.put_targets(Rule=bus, EventBusName=bus, Targets=targets)
        return cls(
            key=key,
            other_key=other_key,
            inbox=QueueInMemory.create(),
            quarantine=QueueInMemory.create(),
            dead_letters=QueueInMemory.create(),
            bus=bus,
            subscriber=subscriber,
        )

    def deliver(self, body: str, *, arrived_at: object = None) -> str:
        """Put a delivery into the inbox as the API does, and return the message's id.

        Args:
            arrived_at: What the attribute says; None leaves it out.
        """
        said = {"arrivedAt": {"DataType": "Number", "StringValue": str(arrived_at)}}
        return self.inbox.send(body, None if arrived_at is None else said)

    def receive(self, batch: Json | None = None) -> list[str]:
        """Let the function work off the inbox; return the ids of the messages that stay.

        Args:
            batch: What Lambda made of the inbox, if not what is there now.
        """
        answer = function("receive_webhook")(batch or self.inbox.batch(), Context())
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def redrive(self, *, seconds: float = 300.0, **asked: object) -> Json:
        """Let an operator redrive the quarantine."""
        context = Context(milliseconds=round(seconds * 1000))
        answer: Json = function("redrive_quarantine")(asked, context)
        return answer

    def published(self) -> list[Json]:
        """Take the events from the bus."""
        return [json.loads(message["body"]) for message in self.subscriber.said()]

    def quarantined(self) -> list[str]:
        """Return the bodies of what anybody can receive from the quarantine now."""
        return [message["body"] for message in self.quarantine.said()]


def function(name: str) -> Callable[[Any, Context], Any]:
    handler: Callable[[Any, Context], Any] = importlib.import_module(
        f"functions.webhooks.{name}"
    ).handler
    return handler


def milliseconds(hours_ago: float) -> int:
    return round((time.time() - hours_ago * HOUR) * 1000)


@contextmanager
def aws_answers(operation: str, answer: Callable[[], Json | None]) -> Iterator[None]:
    """Let something happen before a call to AWS, such as `events.PutEvents`, by a new client.

    Args:
        answer: May raise, or return what AWS answers instead.
    """

    going_on = True

    def before(**_: object) -> tuple[SimpleNamespace, Json] | None:
        instead = answer() if going_on else None
        return None if instead is None else (SimpleNamespace(status_code=200), instead)

    # A client keeps what the session had when it was made, and is to forget it all the same.
    # Typed as if what a handler returns did not matter.
    handler = cast("Any", before)
    aws_session().register(f"before-call.{operation}", handler)
    try:
        yield
    finally:
        going_on = False
        aws_session().unregister(f"before-call.{operation}", handler)
