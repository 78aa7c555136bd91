"""The health probe against a real HTTP Wix simulator."""

import time
import traceback
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.canaries import (
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    INSTANCE_ID,
    MARKS,
    ROTATED_CLIENT_SECRET,
    SITE_ID,
)
from tests.unit.wix_auth.fakes import (
    CLIENT,
    KEY,
    OTHER_SITE_ID,
    ROTATED_CLIENT,
    ROTATED_KEY,
    Vault,
    closed_port,
    refusal,
)
from tests.wix_simulator import ApiKey, App, Fault, WixSimulator
from tests.wix_simulator.faults import too_many_requests
from wix_auth import TokenUnavailableError, WixAuthError
from wix_auth.auth import WixAuth
from wix_auth.errors import (
    CredentialRefusedError,
    InstallationUnknownError,
    SecretEmptyError,
    SecretInvalidError,
)
from wix_auth.inspection import ClientCredentials, TokenInfo, inspect_client, reread_credential
from wix_auth.secrets import SecretReader

GOOD = ClientCredentials.model_validate(CLIENT)
OTHER_CLIENT_ID = "c11e0000-0000-4000-8000-0000000000c2"


@pytest.fixture(scope="module")
def simulator() -> Iterator[WixSimulator]:
    with WixSimulator(seed=7) as simulator:
        yield simulator


@pytest.fixture
def wix(simulator: WixSimulator) -> WixSimulator:
    simulator.reset()
    return simulator


def connect(vault: Vault, url: str) -> httpx.Client:
    return httpx.Client(
        auth=WixAuth(SecretReader(vault.arn, client=vault.client), api_url=url), base_url=url
    )


@pytest.fixture
def client(wix: WixSimulator, vault: Vault) -> Iterator[httpx.Client]:
    vault.store(CLIENT)
    with connect(vault, wix.url) as client:
        yield client


def answers(client: httpx.Client) -> int:
    """The status of a harmless request that the client authorises."""
    return client.post("/ecom/v1/orders/search", json={"search": {}}).status_code


# ---- What is stored --------------------------------------------------------------------


def test_the_secret_is_read_anew_with_its_version_and_when_it_was_stored(
    client: httpx.Client, vault: Vault
) -> None:
    first = reread_credential(client)
    vault.store(KEY)

    second = reread_credential(client)

    described = vault.client.get_secret_value(SecretId=vault.arn)
    created: datetime = described["CreatedDate"]
    assert (first.credential.kind, second.credential.kind) == ("client_credentials", "api_key")
    assert second.version_id == described["VersionId"] != first.version_id
    assert second.stored_at == created.timestamp() == pytest.approx(time.time(), abs=60)


def test_the_clients_next_request_uses_what_was_read(
    client: httpx.Client, wix: WixSimulator, vault: Vault
) -> None:
    wix.register(ApiKey(f"{API_KEY}Mg"))
    vault.store(KEY)
    assert answers(client) == 200
    vault.store(ROTATED_KEY)
    assert answers(client) == 200

    reread_credential(client)

    assert answers(client) == 200
    used = [request.authorization for request in wix.requests(path="/ecom/*")]
    assert used == ["api key 1", "api key 1", "api key 2"]


def test_a_living_token_is_forgotten_if_the_secret_has_changed(
    client: httpx.Client, wix: WixSimulator, vault: Vault
) -> None:
    assert answers(client) == 200
    vault.store(KEY)

    reread_credential(client)

    assert answers(client) == 200
    used = [request.authorization for request in wix.requests(path="/ecom/*")]
    assert used == ["token 1", "api key 1"]


def test_a_living_token_serves_on_if_the_secret_has_not_changed(
    client: httpx.Client, wix: WixSimulator
) -> None:
    assert answers(client) == 200

    reread_credential(client)

    assert answers(client) == 200
    assert wix.exchanges == 1


def test_a_failure_that_still_stands_is_forgotten_too(client: httpx.Client, vault: Vault) -> None:
    vault.store("not a credential")
    with pytest.raises(SecretInvalidError):
        answers(client)
    vault.store(CLIENT)

    reread_credential(client)

    assert answers(client) == 200


def test_a_secret_that_cannot_be_read_leaves_the_client_its_token(
    client: httpx.Client, wix: WixSimulator, vault: Vault
) -> None:
    assert answers(client) == 200
    vault.store(" ")

    with pytest.raises(SecretEmptyError):
        reread_credential(client)

    assert answers(client) == 200
    assert wix.exchanges == 1


# ---- What it opens ---------------------------------------------------------------------


def test_it_says_what_a_new_token_opens(client: httpx.Client) -> None:
    info = inspect_client(client, GOOD)

    assert info == TokenInfo(
        active=True,
        subject_type="APP",
        client_id=CLIENT_ID,
        site_id=SITE_ID,
        instance_id=INSTANCE_ID,
    )


def test_it_says_so_for_a_client_of_another_site(client: httpx.Client, wix: WixSimulator) -> None:
    wix.register(App(OTHER_CLIENT_ID, site_id=OTHER_SITE_ID))

    info = inspect_client(client, GOOD.model_copy(update={"client_id": OTHER_CLIENT_ID}))

    assert (info.client_id, info.site_id) == (OTHER_CLIENT_ID, OTHER_SITE_ID)


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ({"active": False}, TokenInfo(active=False)),
        ({"active": "yes", "exp": "1790000000"}, TokenInfo()),
        (
            {"active": True, "exp": 1790000000, "subjectType": "ROBOT", "later": {"field": 1}},
            TokenInfo(active=True, subject_type="ROBOT"),
        ),
        (
            {"siteId": SITE_ID.upper(), "clientId": CLIENT_ID.upper(), "instanceId": ""},
            TokenInfo(client_id=CLIENT_ID, site_id=SITE_ID),
        ),
        ({"siteId": 7, "subjectType": None}, TokenInfo()),
    ],
)
def test_whatever_wix_leaves_out_or_adds_is_no_trouble(
    client: httpx.Client, wix: WixSimulator, said: dict[str, Any], understood: TokenInfo
) -> None:
    wix.add_fault(Fault(path="/oauth2/token-info", status=200, body=said))

    assert inspect_client(client, GOOD) == understood


def test_each_inspection_buys_a_token_whatever_the_client_holds(
    client: httpx.Client, wix: WixSimulator
) -> None:
    assert answers(client) == 200
    wix.rotate_secret()

    with pytest.raises(CredentialRefusedError):
        inspect_client(client, GOOD)

    assert inspect_client(client, ClientCredentials.model_validate(ROTATED_CLIENT)).active is True
    assert answers(client) == 200
    assert wix.exchanges == 3


def test_both_questions_go_out_without_authorization_and_under_the_clients_name(
    client: httpx.Client, wix: WixSimulator
) -> None:
    client.headers["User-Agent"] = "probe/1"

    inspect_client(client, GOOD)

    asked = wix.requests()
    assert [request.path for request in asked] == ["/oauth2/token", "/oauth2/token-info"]
    assert [request.authorization for request in asked] == ["none", "none"]
    assert [request.headers["user-agent"] for request in asked] == ["probe/1", "probe/1"]


# ---- What may go wrong -----------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_secret_is_told_as_refused(
    client: httpx.Client, wix: WixSimulator, status: Any
) -> None:
    wix.switches.refused_exchange_status = status
    wix.rotate_secret()

    with pytest.raises(CredentialRefusedError) as refused:
        inspect_client(client, GOOD)

    [asked] = wix.requests()
    assert refused.value.wix_request_id == asked.request_id


def test_an_unknown_installation_is_told_as_unknown(client: httpx.Client) -> None:
    with pytest.raises(InstallationUnknownError, match=OTHER_SITE_ID):
        inspect_client(client, GOOD.model_copy(update={"instance_id": OTHER_SITE_ID}))


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/token-info"])
@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 503, "body": "<html>"},
        {"status": 307, "headers": {"Location": "/oauth2/elsewhere"}},
        {"status": 200, "body": {}},
        {"status": 200, "body": []},
        {"garbage": True},
        {"drop": "after"},
    ],
    ids=str,
)
def test_a_wix_that_does_not_answer_is_a_reason_to_try_later(
    client: httpx.Client, wix: WixSimulator, path: str, trouble: dict[str, Any]
) -> None:
    wix.add_fault(Fault(path=path, times=None, **trouble))

    with pytest.raises(TokenUnavailableError, match=r"Try again later\.$"):
        inspect_client(client, GOOD)

    assert wix.requests()[-1].path == path


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/token-info"])
def test_how_long_wix_asks_to_wait_is_told_with_its_request_id(
    client: httpx.Client, wix: WixSimulator, path: str
) -> None:
    wix.add_fault(too_many_requests(path, retry_after=7))

    with pytest.raises(TokenUnavailableError) as failure:
        inspect_client(client, GOOD)

    assert failure.value.retry_after == 7
    assert failure.value.wix_request_id == wix.requests()[-1].request_id


def test_a_wix_out_of_reach_is_a_reason_to_try_later(vault: Vault) -> None:
    with (
        connect(vault, f"http://127.0.0.1:{closed_port()}") as client,
        pytest.raises(TokenUnavailableError, match="ConnectError"),
    ):
        inspect_client(client, GOOD)


def test_a_wix_that_is_silent_is_given_up_after_the_clients_timeout(
    client: httpx.Client, wix: WixSimulator
) -> None:
    client.timeout = httpx.Timeout(0.05)
    wix.add_fault(Fault(path="/oauth2/token", latency=30))

    with pytest.raises(TokenUnavailableError, match="ReadTimeout"):
        inspect_client(client, GOOD)


def test_no_error_and_no_trace_tells_a_secret_or_a_token(client: httpx.Client) -> None:
    echo = f"{CLIENT_SECRET} is no good"
    replies: list[httpx.Response | Exception] = [
        httpx.ConnectError("no way"),
        refusal(401, error_description=echo),
        refusal(404, error_description=echo),
        refusal(503, error_description=echo),
    ]

    def answer(_: httpx.Request) -> httpx.Response:
        reply = replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    told = ""
    with httpx.Client(auth=client.auth, transport=httpx.MockTransport(answer)) as deaf:
        while replies:
            with pytest.raises(WixAuthError) as failure:
                inspect_client(deaf, GOOD)
            told += "".join(traceback.format_exception(failure.value))
            told += repr(vars(failure.value))

    assert "[secret] is no good" in told
    assert not [mark for mark in MARKS if mark in told]


def test_what_it_says_holds_no_secret(client: httpx.Client) -> None:
    told = repr((reread_credential(client), inspect_client(client, GOOD)))

    assert not [mark for mark in (*MARKS, ROTATED_CLIENT_SECRET) if mark in told]


def test_a_client_of_somebody_elses_making_is_no_use() -> None:
    with httpx.Client() as client:
        with pytest.raises(TypeError, match="wix_http_client"):
            reread_credential(client)
        with pytest.raises(TypeError, match="wix_http_client"):
            inspect_client(client, GOOD)
