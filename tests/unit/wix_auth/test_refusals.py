import traceback
from collections.abc import Callable

import httpx
import pytest
from botocore.stub import Stubber

from tests.canaries import CLIENT_SECRET, MARKS, ROTATED_CLIENT_SECRET, SITE_ID
from tests.unit.wix_auth.fakes import (
    CLIENT,
    KEY,
    OTHER_SITE_ID,
    ROTATED_CLIENT,
    Bench,
    new_client,
    refusal,
)
from wix_auth import TokenUnavailableError, WixAuthError
from wix_auth.errors import (
    CredentialRefusedError,
    ForeignOriginError,
    InstallationUnknownError,
    SecretEmptyError,
    SecretForbiddenError,
    SecretInvalidError,
    SecretMissingError,
    SecretUnavailableError,
    WrongSiteError,
)
from wix_auth.grants import COOL_DOWN_SECONDS

# ---- Rotation ------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_rotation_heals_at_the_next_refused_exchange(bench: Bench, status: int) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.wix.live_tokens.clear()
        bench.wix.exchange_replies = [refusal(status)]

        assert client.get("/b").status_code == 200

    sent = [exchange["client_secret"] for exchange in bench.wix.exchanges]
    assert sent == [CLIENT_SECRET, CLIENT_SECRET, ROTATED_CLIENT_SECRET]
    assert bench.events[1:] == ["exchange_refused", "credential_reread", "token_exchanged"]


def test_a_rotation_to_a_key_heals_too(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        client.get("/a")
        bench.vault.store(KEY)
        bench.wix.live_tokens.clear()
        bench.wix.good_secrets.clear()

        assert client.get("/b").status_code == 200


def test_a_refused_credential_that_did_not_change_is_exchanged_once(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.good_secrets.clear()

    with bench.client() as client, pytest.raises(CredentialRefusedError) as error:
        client.get("/a")

    assert error.value.wix_request_id == "request-1"
    assert len(bench.wix.exchanges) == 1
    assert bench.wix.calls == []


def test_a_refusal_stands_for_a_while_and_then_wix_is_asked_again(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.good_secrets.clear()

    with bench.client() as client:
        for _ in range(3):
            with pytest.raises(CredentialRefusedError, match="request-1"):
                client.get("/a")
        assert len(bench.wix.exchanges) == 1

        bench.vault.store(ROTATED_CLIENT)
        bench.wix.good_secrets = {ROTATED_CLIENT_SECRET}
        bench.clock.advance(COOL_DOWN_SECONDS)
        assert client.get("/a").status_code == 200


def test_a_refusal_does_not_stand_longer_when_the_clock_is_put_back(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.good_secrets.clear()

    with bench.client() as client:
        with pytest.raises(CredentialRefusedError):
            client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.wix.good_secrets = {ROTATED_CLIENT_SECRET}
        bench.clock.advance(-3600)

        assert client.get("/a").status_code == 200


def test_a_secret_that_cannot_be_read_anew_counts_as_unchanged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.good_secrets.clear()

    with bench.client() as client:
        bench.wix.exchange_replies = [httpx.Response(503)]
        with pytest.raises(TokenUnavailableError):
            client.get("/a")
        with Stubber(bench.vault.client) as stub:
            stub.add_client_error("get_secret_value", "InternalServiceError")
            with pytest.raises(CredentialRefusedError):
                client.get("/a")

    assert "Whether the credential has changed is not known" in caplog.text


def test_a_credential_that_was_replaced_is_never_gone_back_to(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.vault.store(ROTATED_CLIENT)
    bench.wix.good_secrets = {CLIENT_SECRET}

    with bench.client(site_id=SITE_ID) as client, pytest.raises(CredentialRefusedError):
        client.get("/a")

    assert [each["client_secret"] for each in bench.wix.exchanges] == [ROTATED_CLIENT_SECRET]


# ---- Try later ----------------------------------------------------------------------------


def test_wix_is_left_alone_for_as_long_as_it_asks(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.exchange_replies = [httpx.Response(429, headers={"Retry-After": "7"})]

    with bench.client() as client:
        for _ in range(2):
            with pytest.raises(TokenUnavailableError) as error:
                client.get("/a")
            assert error.value.retry_after == 7
        assert len(bench.wix.exchanges) == 1
        bench.clock.advance(7)
        assert client.get("/a").status_code == 200


def test_wix_is_asked_again_after_a_minute_however_long_it_asks_to_wait(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.exchange_replies = [httpx.Response(503, headers={"Retry-After": "86400"})]

    with bench.client() as client:
        with pytest.raises(TokenUnavailableError):
            client.get("/a")
        bench.clock.advance(60)
        assert client.get("/a").status_code == 200


def test_without_such_a_wish_the_caller_decides_when_to_try_again(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.exchange_replies = [httpx.Response(500, text="<html>")]

    with bench.client() as client:
        with pytest.raises(TokenUnavailableError) as error:
            client.get("/a")
        assert error.value.retry_after is None
        assert client.get("/a").status_code == 200


# ---- Every error, and what it must not say --------------------------------------------------


def refuse(status: int) -> Callable[[Bench], None]:
    def prepare(bench: Bench) -> None:
        echo = refusal(status, error_description=f"{CLIENT_SECRET} is no good")
        bench.vault.store(CLIENT)
        bench.wix.exchange_replies = [echo]

    return prepare


def store(text: object) -> Callable[[Bench], None]:
    return lambda bench: bench.vault.store(text)


def fail_reading(code: str, message: str = "") -> Callable[[Bench], None]:
    def prepare(bench: Bench) -> None:
        bench.vault.client = new_client()  # one that nobody else will use
        stub = Stubber(bench.vault.client)
        stub.add_client_error("get_secret_value", code, message)
        stub.activate()

    return prepare


def belong_elsewhere(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.site_id = OTHER_SITE_ID


@pytest.mark.parametrize(
    ("prepare", "url", "remedy"),
    [
        (fail_reading("ResourceNotFoundException"), "/a", SecretMissingError),
        (store(" "), "/a", SecretEmptyError),
        (store('{"client_secret": "' + CLIENT_SECRET), "/a", SecretInvalidError),
        (store(CLIENT | {"extra": CLIENT_SECRET}), "/a", SecretInvalidError),
        (fail_reading("AccessDeniedException"), "/a", SecretForbiddenError),
        (fail_reading("InternalServiceError"), "/a", SecretUnavailableError),
        (refuse(400), "/a", CredentialRefusedError),
        (refuse(404), "/a", InstallationUnknownError),
        (refuse(429), "/a", TokenUnavailableError),
        (refuse(200), "/a", TokenUnavailableError),
        (belong_elsewhere, "/a", WrongSiteError),
        (store(KEY | {"site_id": OTHER_SITE_ID}), "/a", WrongSiteError),
        (store(CLIENT), "https://elsewhere.test", ForeignOriginError),
    ],
)
def test_each_trouble_has_its_error_and_neither_it_nor_its_trace_tells_a_secret(
    bench: Bench, prepare: Callable[[Bench], None], url: str, remedy: type[WixAuthError]
) -> None:
    prepare(bench)

    with bench.client(site_id=SITE_ID) as client, pytest.raises(remedy) as error:
        client.get(url)

    assert type(error.value) is remedy
    told = "".join(traceback.format_exception(error.value)) + repr(vars(error.value))
    cause: BaseException | None = error.value
    while cause is not None:
        told += repr(cause)
        cause = cause.__cause__ or cause.__context__
    assert not [mark for mark in MARKS if mark in told]
    assert bench.wix.calls == []
