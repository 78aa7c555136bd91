"""Wix as a sender of webhooks, and what it sends."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests import canaries
from tests.wix_simulator.errors import Json
from tests.wix_simulator.signing import SigningKey, claims, domain_event, envelope
from wix_webhooks import DeliveryError, WebhookVerifier

ORDER_ID = "0de40000-0000-4000-8000-000000000001"
EVENT_ID = "e7e47000-0000-4000-8000-000000000001"

ORDER: Json = {
    "id": ORDER_ID,
    "number": "10021",
    "buyerInfo": {"email": f"ada@{canaries.EMAIL_DOMAIN}"},
    "priceSummary": {"total": {"amount": "49.73"}},
    "weight": 1.25,
    "archived": False,
    "externalOrderId": None,
}
"""An order as an event holds it, a person's data included."""

ISSUED_AT = 1_790_000_000
"""When Wix signs, seconds since the epoch."""

EXPIRES_AT = ISSUED_AT + 300_000

BODIES = {"createdEvent", "updatedEvent", "deletedEvent", "actionEvent"}

LEFT_OUT: Any = object()
"""Instead of a claim's or field's value."""


def event(event_type: str = "wix.ecom.v1.order_approved", **changes: Any) -> Json:
    """Level 3: a domain event, by default that an order was approved."""
    made = domain_event(
        event_type,
        ORDER_ID,
        {} if BODIES & changes.keys() else {"actionEvent": {"body": {"order": ORDER}}},
        event_id=EVENT_ID,
        sequence=12,
        at="2026-10-01T10:00:00.123456Z",
    )
    return changed(made, changes)


def changed(original: Json, changes: Json) -> Json:
    """A copy with fields replaced, added and left out."""
    return {name: value for name, value in (original | changes).items() if value is not LEFT_OUT}


@dataclass(frozen=True)
class Sender:
    """Makes deliveries, with whatever part of them changed."""

    key: SigningKey
    other_key: SigningKey
    short_key: SigningKey

    def verifier(
        self,
        *,
        keys: str | Iterable[str] | None = None,
        instances: str | Iterable[str] | None = None,
    ) -> WebhookVerifier:
        """The receiver that is set up for this sender, or in another way."""
        return WebhookVerifier(
            public_keys=self.key.public_pem if keys is None else keys,
            instance_ids=canaries.INSTANCE_ID if instances is None else instances,
        )

    def claims(
        self,
        told: Json | None = None,
        *,
        event_type: str = "wix.ecom.v1.order_approved",
        wrapped: Json | None = None,
        **changes: Any,
    ) -> Json:
        """Level 1, around an event.

        Args:
            told: Level 3.
            wrapped: What to change at level 2.
            changes: What to change at level 1.
        """
        around = envelope(
            event(event_type) if told is None else told,
            event_type=event_type,
            instance_id=canaries.INSTANCE_ID,
        )
        whole = claims(changed(around, wrapped or {}), issued_at=ISSUED_AT)
        return changed(whole, changes)

    def delivery(self, told: Json | None = None, **changes: Any) -> str:
        """The body of a request, signed with the right key."""
        return self.key.sign(self.claims(told, **changes))


def judge(verifier: WebhookVerifier, body: str, *, arrived_at: float, now: float) -> str:
    """What becomes of a delivery, in words."""
    try:
        taken = verifier.verify(body, arrived_at, now)
    except DeliveryError as error:
        return f"{type(error).__name__.removesuffix('Error')}: {error.reason}"
    json.dumps(taken.detail(), allow_nan=False, ensure_ascii=False).encode()
    return "publish late" if taken.late else "publish"
