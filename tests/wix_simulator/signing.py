"""Makes webhook deliveries as Wix does: JSON in JSON in JSON in a signed token (RFC 7515).

key = SigningKey.generate()
event = domain_event("wix.ecom.v1.order_approved", order_id, {"actionEvent": {"body": {}}}, …)
body = key.sign(claims(envelope(event, event_type=…, instance_id=…), issued_at=time.time()))
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.wix_simulator.errors import Json

HEADER: Json = {"kid": "Wp1X8cZq", "alg": "RS256"}
"""`kid` names nothing that can be fetched; `typ` is missing in Wix's tokens too."""

AN_APP: Json = {"identityType": "APP", "appId": "a99e0000-0000-4000-8000-00000000000a"}


_ENTITIES_OF_TWO_WORDS = ("order_transactions", "inventory_item", "app_instance")


@dataclass(frozen=True)
class SigningKey:
    """The pair of keys that Wix keeps for an app."""

    private: RSAPrivateKey

    @classmethod
    def generate(cls, bits: int = 2048) -> Self:
        """Make a new pair."""
        return cls(generate_private_key(public_exponent=65537, key_size=bits))

    @property
    def public_pem(self) -> str:
        """What the app's dashboard shows under "Get Public Key": SPKI, on several lines."""
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, claims: Json, *, header: Json | None = None) -> str:
        """Make a compact token; the signature is RS256 whatever the header says."""
        return self.sign_payload(_json(claims), header=header)

    def sign_payload(self, payload: str | bytes, *, header: Json | None = None) -> str:
        """Make a compact token of any payload."""
        signed = f"{_segment(_json(header or HEADER))}.{_segment(payload)}"
        return f"{signed}.{_segment(self.private.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def domain_event(
    event_type: str,
    entity_id: str,
    content: Json,
    *,
    event_id: str,
    sequence: int,
    at: str,
    anonymize: bool = False,
    originated_from: str | None = None,
) -> Json:
    """Describe what happened to an entity: level 3, the innermost.

    Args:
        event_type: The entity's name, `_` and what happened: `wix.ecom.v1.order_approved`.
        content: The one body, such as `{"actionEvent": {"body": {"order": {…}}}}`.
        sequence: Grows with each event of the entity.
        at: When it happened, ISO 8601 in UTC.
        anonymize: A person's data was erased on request.
        originated_from: What this is a side effect of.
    """
    entity, slug = _parts(event_type)
    return {
        "id": event_id,
        "entityFqdn": entity,
        "slug": slug,
        "entityId": entity_id,
        "eventTime": at,
        "triggeredByAnonymizeRequest": anonymize,
        "originatedFrom": originated_from,
        "entityEventSequence": str(sequence),
    } | content


def envelope(
    event: Json, *, event_type: str, instance_id: str, identity: Json | None = AN_APP
) -> Json:
    """Wrap an event, flat ones included, in what says whose it is: level 2.

    Args:
        identity: Who caused it; None leaves it out.
    """
    wrapped = {"data": _json(event), "instanceId": instance_id, "eventType": event_type}
    return wrapped if identity is None else wrapped | {"identity": _json(identity)}


def claims(envelope: Json, *, issued_at: float, lives_seconds: float = 300_000) -> Json:
    """Wrap an envelope in the claims that are signed: level 1.

    Args:
        issued_at: Seconds since the epoch.
        lives_seconds: By default as in Wix's samples, longer than it resends.
    """
    return {
        "data": _json(envelope),
        "iat": int(issued_at),
        "exp": int(issued_at + lives_seconds),
    }


def _parts(event_type: str) -> tuple[str, str]:
    # Both parts may hold underscores, so only a list of such entities tells where to cut.
    package, _, last = event_type.rpartition(".")
    for entity in _ENTITIES_OF_TWO_WORDS:
        if last.startswith(f"{entity}_"):
            return f"{package}.{entity}", last.removeprefix(f"{entity}_")
    entity, _, slug = last.partition("_")
    return f"{package}.{entity}", slug


def _json(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


def _segment(content: str | bytes) -> str:
    content = content.encode() if isinstance(content, str) else content
    return urlsafe_b64encode(content).rstrip(b"=").decode()
