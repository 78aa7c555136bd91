"""Wix's events, as deliveries hold them and as an event bus may carry them on."""

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256

from wix_webhooks.errors import UntrustedError
from wix_webhooks.strict_json import Json, is_publishable, read_object

MAXIMUM_TYPE_LENGTH = 128
"""Characters; EventBridge takes no longer detail type."""

_INT64 = re.compile(r"[0-9]{1,19}")

_FIELDS = {
    "id": str,
    "entityFqdn": str,
    "slug": str,
    "entityId": str,
    "eventTime": str,
    "entityEventSequence": str,
    "triggeredByAnonymizeRequest": bool,
    "originatedFrom": str,
}

_BODIES = {
    "deletedEvent": "deletedEntity",
    "actionEvent": "body",
    "updatedEvent": "currentEntity",
    "createdEvent": "entity",
}
"""The bodies of domain events and what each holds, in the order in which Wix's client looks."""


@dataclass(frozen=True, slots=True)
class WixEvent:
    """Something that happened on a site, as Wix reports it.

    Attributes:
        id: The same for each copy and each resend of the event.
        type: Such as `wix.ecom.v1.order_approved`.
        instance_id: The app's installation on the site, as Wix wrote it.
        late: It lapsed while waiting with us; it was in time when it arrived.
        identity: Who caused it, `{"identityType": "MEMBER", "memberId": "…"}`. Never authorise by
            it. The type is `UNKNOWN` if it was not given or could not be read.
        content: Of a domain event its fields that Wix gave and its one body; of an older, flat one
            `{"payload": {…}}`.
    """

    id: str
    type: str
    instance_id: str
    late: bool
    identity: Json = field(repr=False)
    content: Json = field(repr=False)

    @property
    def entity_id(self) -> str | None:
        """The id of what it happened to; None for flat events."""
        entity_id: str | None = self.content.get("entityId")
        return entity_id

    @property
    def sequence(self) -> int | None:
        """Grows with each event of the entity: guards copies of it, and nothing else."""
        digits: str = self.content.get("entityEventSequence", "")
        return int(digits) if _INT64.fullmatch(digits) else None

    def detail(self) -> Json:
        """Give what an event bus carries, in Wix's names; entities hold personal data."""
        return {
            "id": self.id,
            "instanceId": self.instance_id,
            "late": self.late,
            "identity": self.identity,
        } | self.content


def read_event(envelope: Json, instance_id: str, *, late: bool) -> WixEvent:
    """Read the event out of an envelope, `{"eventType", "instanceId", "data", "identity"}`.

    Domain events come in one form, whether Wix sent their content as an object or, under a name
    ending in `AsJson`, as text. Unknown types are as good as known ones. The envelope and what it
    holds, which Wix writes as text, may also come as objects: that changes nothing of what they
    mean, and holding back what Wix has signed for this app would lose it, as no configuration
    can fix it.

    Raises:
        UntrustedError: If it cannot be read, or not be published as JSON.
    """
    event_type, told = envelope.get("eventType"), envelope.get("data")
    event = read_object(told)
    content = None if event is None else _content(event)
    if content is None or not isinstance(event_type, str) or not event_type.strip():
        raise UntrustedError("event_unreadable", "What the envelope holds is not an event.")
    if len(event_type) > MAXIMUM_TYPE_LENGTH or not is_publishable(
        content | {"eventType": event_type}
    ):
        raise UntrustedError("not_publishable", "The event is too deep, or not Unicode text.")
    text = told if isinstance(told, str) else json.dumps(content, sort_keys=True)
    return WixEvent(
        id=content.pop("id", "") or _derived_id(event_type, instance_id, text),
        type=event_type,
        instance_id=instance_id,
        late=late,
        identity=_identity(envelope.get("identity")),
        content=content,
    )


def _content(event: Json) -> Json | None:
    body_name = next((name for name in _BODIES if isinstance(event.get(name), dict)), None)
    if body_name is None or not event.get("entityFqdn"):
        # The id of a flat event, should it have one, is that of a thing and not of the event.
        return {"payload": event}
    body = _body(event[body_name], _BODIES[body_name])
    if body is None:
        return None
    given = {name: _as(kind, event.get(name)) for name, kind in _FIELDS.items()}
    fields = {name: value for name, value in given.items() if value is not None}
    return fields | {body_name: body}


def _as(kind: type, value: object) -> str | bool | None:
    """Read a field that only says something about an event: what does not fit is left out."""
    if kind is str and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if kind is bool and isinstance(value, str):
        return {"true": True, "false": False}.get(value)
    return value if isinstance(value, str | bool) and isinstance(value, kind) else None


def _body(body: Json, name: str) -> Json | None:
    twin = f"{name}AsJson"
    given = body[twin] if body.get(name) is None and twin in body else body.get(name)
    rest = {key: value for key, value in body.items() if key not in {name, twin}}
    if given in (None, ""):
        return rest
    content = read_object(given)
    return None if content is None else rest | {name: content}


def _identity(given: object) -> Json:
    identity = read_object(given)
    # A bad one must not lose the event, in whose detail it will be a level deeper.
    if (
        identity is None
        or not isinstance(identity.get("identityType"), str)
        or not is_publishable({"identity": identity})
    ):
        return {"identityType": "UNKNOWN"}
    return identity


def _derived_id(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()
