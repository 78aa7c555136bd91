"""Wix's token endpoints: how a credential is exchanged, and what a token opens.

`buy_token` and `look_up_token` are flows: they yield each request to whoever sends it, take the
response, and return what it means.
"""

import json
import math
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from wix_auth.credentials import ClientCredentials
from wix_auth.errors import (
    CredentialRefusedError,
    InstallationUnknownError,
    TokenUnavailableError,
    WixAuthError,
)

type Flow[T] = Generator[httpx.Request, httpx.Response, T]

_LIFE_IF_UNTOLD_SECONDS = 300.0
_RENEW_EARLY_SECONDS = 60.0
_LONGEST_QUOTE = 200
_SENDABLE = re.compile(r"[!-~]+")
_OURS = "wix_auth.token_request"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that Wix gave for a client id and secret.

    Times are wall clock, in seconds since the epoch: the monotonic clock may stand still while
    Lambda freezes the process.
    """

    value: str = field(repr=False)
    bought_at: float
    renew_at: float
    lapses_at: float


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What Wix says of a token; None is what it does not say. Ids are in lower case.

    Attributes:
        active: Whether the token is good.
        subject_type: Whose it is: `APP`, `USER`, `VISITOR`, `MEMBER`, `UNKNOWN` or a later word.
        client_id: The client that bought it.
        site_id: The site that it opens.
        instance_id: The installation that it belongs to.
    """

    active: bool | None = None
    subject_type: str | None = None
    client_id: str | None = None
    site_id: str | None = None
    instance_id: str | None = None


def is_token_request(request: httpx.Request) -> bool:
    """Tell whether a request was made by `WixAuth` itself rather than by the caller.

    If the network fails during an exchange, the caller sees httpx's own error, and its `request`
    is the exchange. So this tells that the caller's request was not carried out, and may be
    repeated whatever it does:

        except httpx.TransportError as error:
            not_carried_out = is_token_request(error.request)
    """
    return _OURS in request.extensions


def buy_token(
    api_url: str,
    credential: ClientCredentials,
    *,
    on_behalf_of: httpx.Request,
    now: Callable[[], float],
) -> Flow[AccessToken]:
    """Exchange a client id and secret for a token: `POST /oauth2/token`, without Authorization.

    Args:
        api_url: The Wix API.
        credential: What to exchange.
        on_behalf_of: The request that needs it, whose timeouts and User-Agent it gets.
        now: The wall clock, in seconds since the epoch.

    Raises:
        CredentialRefusedError: If Wix refused the client id and secret.
        InstallationUnknownError: If Wix knows no such installation.
        TokenUnavailableError: If Wix gave no token for another reason.
    """
    body = {
        "grant_type": "client_credentials",
        "client_id": credential.client_id,
        "client_secret": credential.client_secret.get_secret_value(),
    }
    if credential.instance_id is not None:
        body["instance_id"] = credential.instance_id
    asked_at = now()
    response = yield _post(f"{api_url}/oauth2/token", body, on_behalf_of)
    response.read()
    return token_in(response, credential, asked_at=asked_at)


def look_up_token(
    api_url: str, token: AccessToken, *, on_behalf_of: httpx.Request, now: Callable[[], float]
) -> Flow[TokenInfo]:
    """Ask what a token opens: `POST /oauth2/token-info`, without Authorization.

    Args:
        api_url: The Wix API.
        token: The token.
        on_behalf_of: The request that needs it, whose timeouts and User-Agent it gets.
        now: The wall clock, in seconds since the epoch.

    Raises:
        TokenUnavailableError: If Wix did not say.
    """
    response = yield _post(f"{api_url}/oauth2/token-info", {"token": token.value}, on_behalf_of)
    response.read()
    reply = json_object(response) if response.is_success else {}
    if not reply:
        request_id = response.headers.get("x-wix-request-id")
        raise TokenUnavailableError(
            f"Wix gave a token but did not say what it opens. It answered {response.status_code}"
            f" (x-wix-request-id: {request_id or 'none'}). Try again later.",
            wix_request_id=request_id,
            retry_after=retry_after(response, now()),
        )
    return _token_info(reply)


def token_in(
    response: httpx.Response, credential: ClientCredentials, *, asked_at: float
) -> AccessToken:
    """Read the reply to an exchange.

    Args:
        response: The reply, read.
        credential: What was exchanged; its secret is struck out of whatever Wix says about it.
        asked_at: When the exchange was sent, in seconds since the epoch. Wix counts from later, so
            the token is never thought to live longer than it does.

    Raises:
        CredentialRefusedError: If Wix answered 400, 401 or 403.
        InstallationUnknownError: If Wix answered 404.
        TokenUnavailableError: If Wix answered anything else that holds no token.
    """
    reply = json_object(response)
    value = reply.get("access_token")
    # A token that cannot be sent as a header would fail there, in an error that quotes it.
    if not response.is_success or not isinstance(value, str) or not _SENDABLE.fullmatch(value):
        raise _error_for(response, reply, credential, asked_at)
    life = life_seconds(reply.get("expires_in"))
    return AccessToken(
        value,
        bought_at=asked_at,
        renew_at=asked_at + life - early_seconds(life),
        lapses_at=asked_at + life,
    )


def life_seconds(expires_in: object) -> float:
    """Give the seconds Wix promised; if they make no sense, the shortest life it is known to give.

    Wix documents 14400 and its own tools expect 300: the number in the reply is what counts.
    """
    if isinstance(expires_in, bool) or not isinstance(expires_in, (int, float, str)):
        return _LIFE_IF_UNTOLD_SECONDS
    try:
        life = float(expires_in)
    except (ValueError, OverflowError):
        return _LIFE_IF_UNTOLD_SECONDS
    return life if math.isfinite(life) and life > 0 else _LIFE_IF_UNTOLD_SECONDS


def early_seconds(life: float) -> float:
    """Give how long before its end a token that lives `life` seconds is renewed.

    A tenth of the life lets a long-lived token outlast an outage of the exchange. At least a
    minute, yet never near half of a short life, which would then be spent on renewing.
    """
    return min(max(_RENEW_EARLY_SECONDS, life / 10), life * 0.4)


def json_object(response: httpx.Response) -> Mapping[str, object]:
    """Give the JSON object in a reply; an empty one if there is anything else."""
    try:
        reply = response.json()
    except (ValueError, RecursionError):
        return {}
    return reply if isinstance(reply, dict) else {}


def _post(url: str, body: Mapping[str, str], on_behalf_of: httpx.Request) -> httpx.Request:
    content = json.dumps(body).encode()
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
    }
    if "User-Agent" in on_behalf_of.headers:
        headers["User-Agent"] = on_behalf_of.headers["User-Agent"]
    return httpx.Request(
        "POST",
        url,
        headers=headers,
        # A generator can be sent once only: no redirect may carry the secret to another host.
        content=(part for part in [content]),
        # Without the caller's timeouts this request would have none.
        extensions={**on_behalf_of.extensions, _OURS: True},
    )


def _token_info(reply: Mapping[str, object]) -> TokenInfo:
    def text(name: str) -> str | None:
        said = reply.get(name)
        return said if isinstance(said, str) and said else None

    def lowered(name: str) -> str | None:
        said = text(name)
        return said and said.lower()

    active = reply.get("active")
    return TokenInfo(
        active=active if isinstance(active, bool) else None,
        subject_type=text("subjectType"),
        client_id=lowered("clientId"),
        site_id=lowered("siteId"),
        instance_id=lowered("instanceId"),
    )


def _error_for(
    response: httpx.Response,
    reply: Mapping[str, object],
    credential: ClientCredentials,
    asked_at: float,
) -> WixAuthError:
    def quoted(said: object) -> str:
        if not isinstance(said, str):
            return ""
        # Wix might repeat what it was sent.
        secret = re.escape(credential.client_secret.get_secret_value())
        said = re.sub(secret, "[secret]", said, flags=re.IGNORECASE)
        return "".join(char if char.isprintable() else " " for char in said)[:_LONGEST_QUOTE]

    status = response.status_code
    request_id = quoted(response.headers.get("x-wix-request-id")) or None
    parts = (quoted(reply.get("error")), quoted(reply.get("error_description")))
    reason = ": ".join(part for part in parts if part) or "no reason given"
    answer = f"Wix answered {status} ({reason}; x-wix-request-id: {request_id or 'none'})."
    if status in {400, 401, 403}:
        return CredentialRefusedError(
            f"Wix refused to exchange the secret of client {credential.client_id}. {answer}"
            " Store the client's present id and secret.",
            wix_request_id=request_id,
        )
    if status == httpx.codes.NOT_FOUND:
        return InstallationUnknownError(
            f"Wix knows no installation {credential.instance_id or ''} of client"
            f" {credential.client_id}. {answer} Correct instance_id in the secret, or leave it out"
            " for a headless client.",
            wix_request_id=request_id,
        )
    return TokenUnavailableError(
        f"Wix gave no token for client {credential.client_id}. {answer} Try again later.",
        wix_request_id=request_id,
        retry_after=retry_after(response, asked_at),
    )


def retry_after(response: httpx.Response, now: float) -> float | None:
    """Give the seconds that a reply asks to wait, from either form of `Retry-After` (RFC 9110).

    Args:
        response: Any reply.
        now: The wall clock, in seconds since the epoch, for the form that is a date.
    """
    told = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", told):
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
        return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)
    except (ValueError, OverflowError):
        return None
