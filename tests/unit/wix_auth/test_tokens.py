import math
from datetime import UTC, datetime

import httpx
import pytest

from tests.canaries import CLIENT_ID, CLIENT_SECRET, TOKEN_MARK
from tests.unit.wix_auth.fakes import CLIENT, token_reply
from wix_auth import TokenUnavailableError, WixAuthError
from wix_auth.errors import CredentialRefusedError, InstallationUnknownError
from wix_auth.inspection import ClientCredentials
from wix_auth.tokens import early_seconds, token_in

NOW = 1_790_000_000.0
CREDENTIAL = ClientCredentials.model_validate(CLIENT)


@pytest.mark.parametrize(
    ("expires_in", "life"),
    [
        (14400, 14400),
        (300, 300),
        (1, 1),
        (0.5, 0.5),
        ("14400", 14400),
        ("300", 300),
        (None, 300),
        (True, 300),
        (0, 300),
        (-5, 300),
        ("", 300),
        ("soon", 300),
        ("-1", 300),
        ("nan", 300),
        (math.nan, 300),
        (math.inf, 300),
        (10**400, 300),
        ([300], 300),
        ({}, 300),
    ],
)
def test_a_token_lives_as_long_as_wix_says_and_300_seconds_if_that_makes_no_sense(
    expires_in: object, life: float
) -> None:
    class Reply(httpx.Response):
        def json(self, **_: object) -> object:  # the wire cannot carry all of these
            return token_reply("token", expires_in)

    assert token_in(Reply(200), CREDENTIAL, asked_at=NOW).lapses_at == NOW + life


def test_a_reply_without_expires_in_gives_a_token_of_300_seconds() -> None:
    reply = httpx.Response(200, json={"access_token": "token"})

    assert token_in(reply, CREDENTIAL, asked_at=NOW).lapses_at == NOW + 300


@pytest.mark.parametrize(
    ("life", "early"),
    [(14400, 1440), (3600, 360), (600, 60), (300, 60), (151, 60), (100, 40), (1, 0.4)],
)
def test_a_token_is_renewed_a_tenth_or_a_minute_early_but_never_near_half_its_life(
    life: float, early: float
) -> None:
    assert early_seconds(life) == early
    assert early_seconds(life) < life / 2


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_success_with_a_token_will_do(status: int) -> None:
    reply = httpx.Response(status, json=token_reply("token"))

    assert token_in(reply, CREDENTIAL, asked_at=NOW).value == "token"


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"access_token": ""}),
        httpx.Response(200, json={"access_token": 5}),
        httpx.Response(200, json={"access_token": "two words"}),
        httpx.Response(200, json={"access_token": "line\r\nbreak"}),
        httpx.Response(200, json={"access_token": "tökn"}),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(204),
        httpx.Response(302, headers={"Location": "https://elsewhere.test"}),
        httpx.Response(405),
        httpx.Response(429),
        httpx.Response(500, text="<html>"),
        httpx.Response(500, json=token_reply("token")),
        httpx.Response(503),
    ],
)
def test_a_reply_that_holds_no_sendable_token_and_no_refusal_means_try_later(
    reply: httpx.Response,
) -> None:
    with pytest.raises(TokenUnavailableError):
        token_in(reply, CREDENTIAL, asked_at=NOW)


@pytest.mark.parametrize("body", [{"json": {"error": "invalid_client"}}, {"text": ""}])
@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (400, CredentialRefusedError),
        (401, CredentialRefusedError),
        (403, CredentialRefusedError),
        (404, InstallationUnknownError),
    ],
)
def test_a_refusal_is_told_by_its_status_whatever_its_body(
    status: int, remedy: type[WixAuthError], body: dict[str, str]
) -> None:
    with pytest.raises(remedy):
        token_in(httpx.Response(status, **body), CREDENTIAL, asked_at=NOW)  # type: ignore[arg-type] # one of json, text


def test_an_error_says_what_wix_said_with_its_request_id() -> None:
    reply = httpx.Response(
        401,
        headers={"x-wix-request-id": "1700000000.123"},
        json={"error": "invalid_client", "error_description": "No such client"},
    )

    with pytest.raises(CredentialRefusedError) as refusal:
        token_in(reply, CREDENTIAL, asked_at=NOW)

    assert refusal.value.wix_request_id == "1700000000.123"
    assert "401 (invalid_client: No such client" in str(refusal.value)
    assert "1700000000.123" in str(refusal.value)
    assert CLIENT_ID in str(refusal.value)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_what_wix_says_is_cut_and_stripped_of_the_secret(status: int) -> None:
    echo = f"bad secret {CLIENT_SECRET} and {CLIENT_SECRET.upper()}\n" + "x" * 10_000
    reply = httpx.Response(
        status,
        headers={"x-wix-request-id": f"id-{CLIENT_SECRET}"},
        json={"error": f"no_{CLIENT_SECRET}", "error_description": echo},
    )

    with pytest.raises(WixAuthError) as error:
        token_in(reply, CREDENTIAL, asked_at=NOW)

    told = f"{error.value} {error.value!r} {error.value.wix_request_id}".lower()
    assert CLIENT_SECRET not in told
    assert "bad secret [secret] and [secret]" in told
    assert "\n" not in told
    assert len(str(error.value)) < 1000


def test_a_secret_is_not_left_half_quoted_where_the_text_is_cut() -> None:
    reply = httpx.Response(401, json={"error": "x" * 190 + CLIENT_SECRET})

    with pytest.raises(CredentialRefusedError) as refusal:
        token_in(reply, CREDENTIAL, asked_at=NOW)

    assert CLIENT_SECRET[:8] not in str(refusal.value)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        (datetime.fromtimestamp(NOW + 30, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"), 30),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("soon", None),
        ("-3", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_wix_may_ask_to_wait_by_seconds_or_by_date(
    status: int, told: str, seconds: float | None
) -> None:
    with pytest.raises(TokenUnavailableError) as error:
        token_in(httpx.Response(status, headers={"Retry-After": told}), CREDENTIAL, asked_at=NOW)

    assert error.value.retry_after == seconds


def test_a_token_does_not_show_its_value_when_printed() -> None:
    reply = httpx.Response(200, json=token_reply(f"OauthNG.JWS.{TOKEN_MARK}.b.c"))

    assert TOKEN_MARK not in repr(token_in(reply, CREDENTIAL, asked_at=NOW))
