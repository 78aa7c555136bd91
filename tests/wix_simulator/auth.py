"""Credentials, access tokens, and who may call what."""

import base64
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests import canaries
from tests.wix_simulator.clock import Clock, Ids
from tests.wix_simulator.errors import (
    Json,
    RefusedError,
    Reply,
    application_error,
    empty_error,
    plain_error,
)
from tests.wix_simulator.switches import Switches

ACCOUNT_ID = "acc00000-0000-4000-8000-000000000001"
WINDOW_SECONDS = 60
_TOKEN_FIELDS = {"grant_type", "client_id", "client_secret", "instance_id", "scope"}
_SITE = "wix-site-id"
_ACCOUNT = "wix-account-id"


@dataclass(frozen=True)
class App:
    """An OAuth client: its id and secret buy tokens for one site."""

    client_id: str = canaries.CLIENT_ID
    client_secret: str = canaries.CLIENT_SECRET
    site_id: str = canaries.SITE_ID
    instance_id: str = canaries.INSTANCE_ID
    permissions: frozenset[str] | None = None
    """Permission ids; None grants everything."""


@dataclass(frozen=True)
class ApiKey:
    """An API key of an account, for the account's sites."""

    key: str = canaries.API_KEY
    site_ids: frozenset[str] = frozenset({canaries.SITE_ID})
    account_id: str = ACCOUNT_ID
    permissions: frozenset[str] | None = None
    """Permission ids; None grants everything."""


@dataclass(frozen=True)
class Caller:
    """Who makes a call, for which site."""

    site_id: str
    permissions: frozenset[str] | None

    def may(self, permission: str) -> bool:
        """Whether it has a permission, or each of those with " and " between them."""
        return self.permissions is None or self.permissions.issuperset(permission.split(" and "))


@dataclass
class _Token:
    number: int
    client_id: str
    issued: float
    expires: float
    dead: bool = False


@dataclass
class _Client:
    app: App
    secrets: list[str]
    permissions: frozenset[str] | None


@dataclass
class _Key:
    number: int
    key: ApiKey
    permissions: frozenset[str] | None
    revoked: bool = False


@dataclass
class Accounts:
    """All credentials and tokens. The caller holds the simulator's lock."""

    clock: Clock
    ids: Ids
    switches: Switches
    _clients: dict[str, _Client] = field(default_factory=dict)
    _keys: dict[str, _Key] = field(default_factory=dict)
    _tokens: dict[str, _Token] = field(default_factory=dict)
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    # ---- Control ----

    def register(self, credential: App | ApiKey) -> None:
        if isinstance(credential, App):
            self._clients[credential.client_id] = _Client(
                credential, [credential.client_secret], credential.permissions
            )
        else:
            number = len(self._keys) + 1
            self._keys[credential.key] = _Key(number, credential, credential.permissions)

    def instance_of(self, site_id: str) -> str | None:
        """Which installation a site's webhooks belong to; None if no app is installed there."""
        apps = (client.app for client in self._clients.values())
        return next((app.instance_id for app in apps if app.site_id == site_id), None)

    def rotate_secret(self, client_id: str, new_secret: str, *, keep_old: bool) -> None:
        client = self._clients[client_id]
        client.secrets = [new_secret, *(client.secrets if keep_old else [])]
        if self.switches.rotation_kills_tokens:
            self.kill_tokens(client_id)

    def revoke_key(self, key: str) -> None:
        self._keys[key].revoked = True

    def set_permissions(self, credential: str, permissions: frozenset[str] | None) -> None:
        """Grant a client id or a key these permissions only; living tokens follow."""
        holder = self._clients.get(credential) or self._keys[credential]
        holder.permissions = permissions

    def kill_tokens(self, client_id: str | None = None) -> int:
        living = [
            token
            for token in self._tokens.values()
            if self._lives(token) and client_id in {None, token.client_id}
        ]
        for token in living:
            token.dead = True
        return len(living)

    def expire_tokens(self) -> int:
        """Let every living token's time run out now."""
        now = self.clock.now()
        living = [token for token in self._tokens.values() if self._lives(token)]
        for token in living:
            token.expires = now
        return len(living)

    # ---- Token endpoint ----

    def exchange(self, body: Json) -> Reply:
        """Sell a token for a client's secret."""
        given = {_snake(name): value for name, value in body.items()}
        unknown = sorted(given.keys() - _TOKEN_FIELDS)
        if unknown and self.switches.unknown_fields == "refuse":
            raise _oauth_error(400, "invalid_request", f"unknown field {unknown[0]}")
        if given.get("grant_type") != "client_credentials":
            raise _oauth_error(400, "unsupported_grant_type", "only client_credentials is offered")
        client_id = str(given.get("client_id"))
        if not _is_guid(client_id):
            raise plain_error(
                400, "appRuntimeKeys [at index 0] is invalid: appId is not a valid GUID"
            )
        client = self._clients.get(client_id)
        if client is None or given.get("client_secret") not in client.secrets:
            raise self._refused_exchange()
        instance_id = given.get("instance_id")
        if instance_id is not None and instance_id != client.app.instance_id:
            raise plain_error(404, "app not found in any meta-site")
        return self._new_token(client_id)

    def _new_token(self, client_id: str) -> Reply:
        lifetime = self.switches.token_lifetime_seconds
        now = self.clock.now()
        number = len(self._tokens) + 1
        value = self._token_value(number)
        self._tokens[value] = _Token(number, client_id, now, now + lifetime)
        told: dict[str, Json] = {
            "number": {"expires_in": lifetime},
            "string": {"expires_in": str(lifetime)},
            "missing": {},
            "nonsense": {"expires_in": "soon"},
        }
        return Reply(
            {"access_token": value, "token_type": "Bearer", **told[self.switches.expires_in_form]},
            self.switches.token_success_status,
        )

    def _refused_exchange(self) -> RefusedError:
        status = self.switches.refused_exchange_status
        if self.switches.refused_exchange_body == "empty":
            return empty_error(status)
        return _oauth_error(status, "invalid_client", "client authentication failed")

    def _token_value(self, number: int) -> str:
        # The mark begins each part, so that even a shortened token in a log is found.
        parts = ({"kid": self.ids.guid(), "alg": "HS256"}, self.ids.guid() * 10, [number])
        return "OauthNG.JWS." + ".".join(
            canaries.TOKEN_MARK + "x" * (-len(canaries.TOKEN_MARK) % 4) + _base64url(part)
            for part in parts
        )

    def token_info(self, value: str) -> Json:
        """Tell what a token is worth."""
        token = self._tokens.get(value)
        if token is None or not self._lives(token):
            return {"active": False}
        app = self._clients[token.client_id].app
        return {
            "active": True,
            "subjectType": "APP",
            "subjectId": app.client_id,
            "exp": str(int(token.expires)),
            "iat": str(int(token.issued)),
            "clientId": app.client_id,
            "siteId": app.site_id,
            "accountId": ACCOUNT_ID,
            "instanceId": app.instance_id,
        }

    def _lives(self, token: _Token) -> bool:
        return not token.dead and self.clock.now() < token.expires

    # ---- API calls ----

    def identify(self, headers: Mapping[str, str]) -> Caller:
        """Who calls, by the request's headers.

        Raises:
            RefusedError: If the credential is missing or no good, or not for that site.
        """
        given = headers.get("authorization", "")
        if not given:
            raise _unauthenticated()
        caller = self._by_key(given, headers) if given in self._keys else self._by_token(headers)
        self._count_call(caller.site_id)
        return caller

    def _by_key(self, value: str, headers: Mapping[str, str]) -> Caller:
        held = self._keys[value]
        if held.revoked:
            raise _unauthenticated()
        site_id = headers.get(_SITE)
        if not site_id:
            raise _no_site()
        if _ACCOUNT in headers and self.switches.both_id_headers == "refuse":
            raise self.forbidden()
        if site_id not in held.key.site_ids:
            raise self.forbidden()
        return Caller(site_id, held.permissions)

    def _by_token(self, headers: Mapping[str, str]) -> Caller:
        token = self._tokens.get(headers["authorization"].removeprefix("Bearer "))
        if token is None or not self._lives(token):
            raise self._dead_token()
        client = self._clients[token.client_id]
        if headers.get(_SITE, client.app.site_id) != client.app.site_id:
            raise self.forbidden()
        return Caller(client.app.site_id, client.permissions)

    def _dead_token(self) -> RefusedError:
        match self.switches.dead_token_answer:
            case "WDE0117":
                return application_error(400, "WDE0117", "MetaSite not found")
            case "428":
                return _no_site()
            case "401":
                return _unauthenticated()

    def forbidden(self) -> RefusedError:
        """The answer to a caller who may not do this."""
        status = self.switches.forbidden_status
        if self.switches.forbidden_body == "empty":
            return empty_error(status)
        return application_error(status, "PERMISSION_DENIED", "Permission denied")

    def _count_call(self, site_id: str) -> None:
        limit = self.switches.requests_per_minute
        if limit is None:
            return
        now = self.clock.now()
        calls = self._calls[site_id]
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= limit:
            wait = self.switches.rate_limit_retry_after
            headers = {} if wait is None else {"Retry-After": str(wait)}
            body = {"message": "Too many requests", "details": {}}
            raise RefusedError(Reply(body, 429, headers))
        calls.append(now)

    # ---- Labels for the journal ----

    def label(self, authorization: str | None) -> str:
        """What the journal keeps of an Authorization header."""
        if not authorization:
            return "none"
        scheme, _, rest = authorization.partition(" ")
        value, prefix = (rest, "bearer ") if scheme.lower() == "bearer" else (authorization, "")
        if value in self._keys:
            return f"{prefix}api key {self._keys[value].number}"
        if value in self._tokens:
            return f"{prefix}token {self._tokens[value].number}"
        return "unrecognised"

    def without_secrets(self, body: Any) -> Any:
        """A body of the token endpoints with labels in place of secrets and tokens."""
        if not isinstance(body, dict):
            return None if body is None else "unreadable"
        client = self._clients.get(str(body.get("client_id") or body.get("clientId")))
        kept = {}
        for name, value in body.items():
            match _snake(name):
                case "client_secret":
                    kept[name] = _secret_label(client, value)
                case "token" | "refresh_token" | "access_token":
                    kept[name] = self.label(str(value))
                case _:
                    kept[name] = value
        return kept


def _secret_label(client: _Client | None, value: object) -> str:
    if client is None:
        return "secret of nobody"
    if value == client.secrets[0]:
        return "current secret"
    if value in client.secrets or value == client.app.client_secret:
        return "old secret"
    return "wrong secret"


def _oauth_error(status: int, error: str, description: str) -> RefusedError:
    return RefusedError(Reply({"error": error, "error_description": description}, status))


def _unauthenticated() -> RefusedError:
    return plain_error(401, "UNAUTHENTICATED")


def _no_site() -> RefusedError:
    return application_error(
        428, "MISSING_METASITE_ID", "Couldn't extract metasiteId from the request context"
    )


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _is_guid(value: str) -> bool:
    sizes = [len(part) for part in value.split("-")]
    return sizes == [8, 4, 4, 4, 12] and set(value) <= set("0123456789abcdefABCDEF-")


def _base64url(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
