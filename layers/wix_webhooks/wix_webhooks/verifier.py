"""Verifies webhook deliveries: are they from Wix, for us, and in time."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable

from jwt import PyJWS, PyJWTError
from jwt.algorithms import RSAAlgorithm

from wix_webhooks.errors import MalformedError, NotConfiguredError, UntrustedError
from wix_webhooks.events import WixEvent, read_event
from wix_webhooks.keys import MINIMUM_BITS, read_public_keys
from wix_webhooks.strict_json import Json, read_object

MAXIMUM_BYTES = 1_048_576
MAXIMUM_HEADER_CHARACTERS = 8192
"""Wix's headers have about a hundred. It is read before anybody is known to have signed it."""

LEEWAY_SECONDS = 60
"""How far Wix's clock and ours may be apart."""

_AROUND = " \t\r\n\v\f\ufeff"
_TOKEN = re.compile(r"([A-Za-z0-9_-]+)(\.[A-Za-z0-9_-]+){2}")
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

_JWS = PyJWS()
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


class WebhookVerifier:
    """Takes the deliveries that Wix signed for one app, of the installations that are ours.

    Making one never fails; `verify` reports what is wrong with its arguments. Each of them is a
    list, or one text with commas in between, as an environment variable holds it.

    Args:
        public_keys: The app's public keys, newest first, each as
            `wix_webhooks.keys.read_public_keys` takes it. While one of them cannot be read, what
            fits the others is taken all the same.
        instance_ids: The app's instances whose deliveries are ours.
    """

    def __init__(self, public_keys: str | Iterable[str], instance_ids: str | Iterable[str]) -> None:
        self._keys = read_public_keys(_comma_separated(public_keys))
        ours = _comma_separated(instance_ids).split(",")
        self._instance_ids = {part.strip().lower() for part in ours} - {""}

    def verify(self, body: str, arrived_at: float, now: float) -> WixEvent:
        """Read a delivery, a JSON Web Token (RFC 7519) in its compact form.

        Args:
            body: As it came; blanks and a byte order mark around it do not matter.
            arrived_at: When it did, in seconds since the epoch. It must have been valid then.
            now: Seconds since the epoch. What has lapsed since it arrived is late, and taken.

        Raises:
            MalformedError: If it is no such token, signed with RS256.
            UntrustedError: If its signature, time, instance or content does not fit.
            NotConfiguredError: If keys or instances are missing, or a key that it may be signed
                with cannot be read.
        """
        token = _token(body)
        if not self._instance_ids:
            raise NotConfiguredError("no_instance_id", "Name the app instances that are ours.")
        claims = read_object(self._signed_payload(token))
        if claims is None:
            raise UntrustedError("claims_unreadable", "The signed claims are not a JSON object.")
        late = _is_late(claims, arrived_at, now)
        envelope = read_object(claims.get("data"))
        if envelope is None:
            raise UntrustedError("envelope_unreadable", "The claim data is not a JSON object.")
        return read_event(envelope, self._instance_id(envelope), late=late)

    def _signed_payload(self, token: str) -> bytes:
        if not self._keys:
            raise NotConfiguredError("no_public_key", "Configure the app's public key.")
        parts = _parts(token)
        if parts is None:
            raise UntrustedError("token_unreadable", "The token cannot be taken apart.")
        payload, signature = parts
        signed = token.rpartition(".")[0].encode()
        # Only the keys that we were given: the header may name or hold others.
        if any(_RS256.verify(signed, key, signature) for key in self._keys if key):
            return payload
        if None in self._keys:
            raise NotConfiguredError(
                "public_key_unreadable",
                f"Public key {self._keys.index(None) + 1} of {len(self._keys)} cannot be read:"
                f" give the PEM, or its base64, of an RSA key with {MINIMUM_BITS} bits or more,"
                " and a comma before the next.",
            )
        raise UntrustedError("signature_unknown", "The signature fits none of the public keys.")

    def _instance_id(self, envelope: Json) -> str:
        instance_id = envelope.get("instanceId")
        if not isinstance(instance_id, str):
            raise UntrustedError("foreign_instance", "The delivery names no app instance.")
        if instance_id.lower() not in self._instance_ids:
            named = instance_id if _GUID.fullmatch(instance_id) else "one that is no GUID"
            raise UntrustedError("foreign_instance", f"The app instance is not ours: {named}.")
        return instance_id


def _comma_separated(values: str | Iterable[str]) -> str:
    return values if isinstance(values, str) else ",".join(values)


def _token(body: str) -> str:
    if len(body) > MAXIMUM_BYTES:
        raise MalformedError("too_large", f"The body is over {MAXIMUM_BYTES} bytes.")
    token = body.strip(_AROUND)
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise MalformedError("not_a_token", "The body is not a compact token.")
    if len(parts[1]) > MAXIMUM_HEADER_CHARACTERS:
        raise MalformedError(
            "header_too_large", f"The header is over {MAXIMUM_HEADER_CHARACTERS} characters."
        )
    header = _header(parts[1])
    if header is None or header.get("alg") != "RS256":
        raise MalformedError("not_rs256", "The token's header does not say RS256.")
    if "crit" in header:
        raise MalformedError("critical_header", "The token asks for extensions.")
    return token


def _header(segment: str) -> Json | None:
    try:
        return read_object(urlsafe_b64decode(f"{segment}=="))
    except ValueError:
        return None


def _parts(token: str) -> tuple[bytes, bytes] | None:
    """Return a token's payload and signature, without looking whether one fits the other."""
    try:
        parts = _JWS.decode_complete(token, options={"verify_signature": False})
    except PyJWTError:
        return None
    return parts["payload"], parts["signature"]


def _is_late(claims: Json, arrived_at: float, now: float) -> bool:
    expires_at = _seconds(claims.get("exp"))
    if expires_at is None:
        raise UntrustedError("expiry_missing", "The token does not say when it expires.")
    if expires_at + LEEWAY_SECONDS <= arrived_at:
        raise UntrustedError("expired", "The token had expired when it arrived.")
    for name in ("iat", "nbf"):
        starts_at = _seconds(claims.get(name, arrived_at))
        if starts_at is None or starts_at > arrived_at + LEEWAY_SECONDS:
            raise UntrustedError(
                "not_yet_valid", f"The token's {name} is after its arrival or no number."
            )
    return expires_at + LEEWAY_SECONDS <= now


def _seconds(claim: object) -> float | None:
    return claim if isinstance(claim, int | float) and not isinstance(claim, bool) else None
