import asyncio
import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.canaries import (
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    INSTANCE_ID,
    ROTATED_CLIENT_SECRET,
    SITE_ID,
)
from tests.unit.wix_auth.fakes import (
    API_URL,
    CLIENT,
    DOUBTFUL_STATUS,
    KEY,
    OTHER_SITE_ID,
    ROTATED_CLIENT,
    ROTATED_KEY,
    Bench,
    LoopbackServer,
)
from wix_auth import TokenUnavailableError, is_token_request
from wix_auth.errors import ForeignOriginError, SecretMissingError, WrongSiteError
from wix_auth.grants import COOL_DOWN_SECONDS

# ---- Signing -------------------------------------------------------------------


def test_a_token_is_bought_once_and_sent_bare(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        assert client.get("/a").status_code == 200
        assert client.get("/b").status_code == 200

    (token,) = bench.wix.live_tokens
    assert bench.wix.authorizations == [token, token]
    assert bench.events == ["token_exchanged"]
    (exchange,) = bench.wix.asked("/oauth2/token")
    assert "Authorization" not in exchange.headers
    assert bench.wix.exchanges == [
        {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
    ]


def test_an_app_installation_is_named_in_the_exchange(bench: Bench) -> None:
    bench.vault.store(CLIENT | {"instance_id": INSTANCE_ID})

    with bench.client() as client:
        client.get("/a")

    assert bench.wix.exchanges[0]["instance_id"] == INSTANCE_ID


def test_the_exchange_goes_through_the_same_client_with_the_callers_timeouts(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client(site_id=SITE_ID) as client:
        client.headers["User-Agent"] = "shop/1"
        client.get("/a", timeout=httpx.Timeout(7, connect=2))

    assert [r.url.path for r in bench.wix.requests] == ["/oauth2/token", "/oauth2/token-info", "/a"]
    for request in bench.wix.requests:
        assert request.extensions["timeout"] == {"connect": 2, "read": 7, "write": 7, "pool": 7}
        assert request.headers["User-Agent"] == "shop/1"
    assert [is_token_request(r) for r in bench.wix.requests] == [True, True, False]


@pytest.mark.parametrize("id_field", ["site_id", "account_id"])
def test_a_key_is_sent_bare_with_the_one_header_that_belongs_to_it(
    bench: Bench, id_field: str
) -> None:
    bench.vault.store({"kind": "api_key", "api_key": API_KEY, id_field: SITE_ID})

    with bench.client() as client:
        client.get("/a", headers={"wix-site-id": OTHER_SITE_ID, "wix-account-id": OTHER_SITE_ID})

    (call,) = bench.wix.requests
    sent = {name for name in call.headers if name.startswith("wix-")}
    assert call.headers["Authorization"] == API_KEY
    assert sent == {f"wix-{id_field.replace('_', '-')}"}
    assert call.headers[sent.pop()] == SITE_ID


def test_an_answer_does_not_carry_the_exchange_in_its_history(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client(site_id=SITE_ID) as client:
        assert client.get("/a").history == []


def test_no_part_shows_a_secret_when_printed(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    auth = bench.auth(site_id=SITE_ID)

    with httpx.Client(auth=auth, transport=httpx.MockTransport(bench.wix)) as client:
        client.get(f"{API_URL}/a")

    printed = "".join(repr(vars(part)) for part in _parts_of(auth))
    assert SITE_ID in printed
    assert "CANARYTOKEN" not in printed
    assert CLIENT_SECRET not in printed


def _parts_of(whole: object) -> Iterator[object]:
    """Yield an object of ours, and those that it is made of."""
    if hasattr(whole, "__dict__") and type(whole).__module__.startswith("wix_auth"):
        yield whole
        for part in vars(whole).values():
            yield from _parts_of(part)


# ---- Where a credential may go ---------------------------------------------------


@pytest.mark.parametrize("stored", [CLIENT, KEY])
@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.test/a",
        "http://wix.test/a",
        "https://wix.test:8443/a",
        "https://wix.test.elsewhere.test/a",
        "https://wix.test@elsewhere.test/a",
        "https://wix.test./a",
    ],
)
def test_a_request_to_another_origin_is_refused_before_anything_is_sent(
    bench: Bench, url: str, stored: object
) -> None:
    bench.vault.store(stored)

    with bench.client() as client, pytest.raises(ForeignOriginError):
        client.get(url)

    assert bench.wix.requests == []


@pytest.mark.parametrize("url", ["https://wix.test:443/a", "HTTPS://WIX.TEST/a"])
def test_the_same_origin_may_be_written_otherwise(bench: Bench, url: str) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirected_exchange_does_not_take_the_secret_along(bench: Bench, status: int) -> None:
    bench.vault.store(CLIENT)
    seen = []

    def redirect(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        b"".join(request.stream)  # type: ignore[arg-type] # as a real transport takes it
        return httpx.Response(status, headers={"Location": "https://elsewhere.test/"})

    with (
        httpx.Client(auth=bench.auth(), transport=_Wire(redirect), follow_redirects=True) as client,
        pytest.raises(httpx.StreamConsumed),
    ):
        client.get(f"{API_URL}/a")

    assert seen == ["wix.test", "elsewhere.test"]


class _Wire(httpx.BaseTransport):
    """Unlike `httpx.MockTransport`, does not make a request's body repeatable."""

    def __init__(self, handle: object) -> None:
        self.handle_request = handle  # type: ignore[method-assign,assignment] # a plain function


@pytest.mark.parametrize("api_url", ["http://wix.test", "wix.test", ""])
def test_an_api_url_that_would_send_secrets_in_the_clear_is_refused(
    bench: Bench, api_url: str
) -> None:
    with pytest.raises(ValueError, match="https"):
        bench.auth(api_url=api_url)


def test_an_async_client_is_refused_rather_than_left_unsigned(bench: Bench) -> None:
    async def call() -> None:
        async with httpx.AsyncClient(auth=bench.auth()) as client:
            await client.get(f"{API_URL}/a")

    with pytest.raises(RuntimeError, match="not with httpx"):
        asyncio.run(call())


# ---- Renewal --------------------------------------------------------------------


@pytest.mark.parametrize(("life", "unused_seconds"), [(300, 239), (14400, 12959), (1, 0.5)])
def test_a_token_is_used_until_shortly_before_its_end(
    bench: Bench, life: float, unused_seconds: float
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = life

    with bench.client() as client:
        client.get("/a")
        bench.clock.advance(unused_seconds)
        client.get("/b")
        assert len(bench.wix.exchanges) == 1
        bench.clock.advance(life / 50 + 1)
        client.get("/c")

    assert len(bench.wix.exchanges) == 2
    assert bench.wix.authorizations[0] == bench.wix.authorizations[1] != bench.wix.authorizations[2]


@pytest.mark.parametrize(
    "trouble", [httpx.Response(503), httpx.Response(429), httpx.Response(401), httpx.Response(404)]
)
def test_a_living_token_is_used_on_while_it_cannot_be_renewed(
    bench: Bench, trouble: httpx.Response, caplog: pytest.LogCaptureFixture
) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        client.get("/a")
        bench.clock.advance(250)
        bench.wix.exchange_replies = [trouble]
        assert client.get("/b").status_code == 200
        assert client.get("/c").status_code == 200

        assert len(bench.wix.exchanges) == 2  # the third call does not even ask
        assert len(set(bench.wix.authorizations)) == 1
        assert "Using the token as long as it lives" in caplog.text

        bench.clock.advance(6)
        client.get("/d")

    assert len(bench.wix.exchanges) == 3
    assert len(set(bench.wix.authorizations)) == 2


BROKEN = [
    '{"client_secret": "',
    CLIENT | {"clientsecret": ""},
    " ",
    CLIENT | {"client_secret": "x"},
]


@pytest.mark.parametrize("value", BROKEN, ids=["no JSON", "misspelt", "empty", "refused"])
def test_a_living_token_outlives_a_broken_secret(
    bench: Bench, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client(site_id=SITE_ID) as client:
        client.get("/a")
        bench.vault.store(value)
        bench.clock.advance(14399)
        for _ in range(3):
            assert client.get("/b").status_code == 200

    assert len(set(bench.wix.authorizations)) == 1
    assert "Using the token as long as it lives" in caplog.text
    assert bench.events.count("renewal_failed") == 1


@pytest.mark.parametrize(
    "code", ["ResourceNotFoundException", "AccessDeniedException", "InternalServiceError"]
)
def test_a_living_token_outlives_the_right_to_read_the_secret(bench: Bench, code: str) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client(site_id=SITE_ID) as client:
        client.get("/a")
        bench.clock.advance(14399)
        with bench.vault.refusing(code):
            for _ in range(3):
                assert client.get("/b").status_code == 200


def test_a_living_token_is_used_on_after_the_network_failed_a_renewal(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        client.get("/a")
        bench.clock.advance(250)
        bench.wix.exchange_replies = [httpx.ConnectTimeout("no answer")]
        with pytest.raises(httpx.ConnectTimeout) as failure:
            client.get("/b")
        assert is_token_request(failure.value.request)

        assert client.get("/b").status_code == 200

    assert len(bench.wix.exchanges) == 2


def test_a_lapsed_token_is_not_used_on(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        client.get("/a")
        bench.clock.advance(301)
        bench.wix.exchange_replies = [httpx.Response(503)]
        with pytest.raises(TokenUnavailableError):
            client.get("/b")

    assert len(bench.wix.calls) == 1


def test_a_network_failure_in_the_exchange_is_told_from_one_of_the_callers_request(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.exchange_replies = [httpx.ReadTimeout("no answer")]

    with bench.client() as client:
        with pytest.raises(httpx.ReadTimeout) as failure:
            client.post("/a")
        assert is_token_request(failure.value.request)
        assert bench.wix.calls == []

        # The flow was closed in the middle of the exchange, and left no lock behind.
        assert client.post("/a").status_code == 200


def test_a_flow_that_is_dropped_in_an_exchange_leaves_no_lock_behind(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    auth = bench.auth()

    flow = auth.sync_auth_flow(httpx.Request("GET", f"{API_URL}/a"))
    assert is_token_request(next(flow))
    flow.close()

    with httpx.Client(auth=auth, transport=httpx.MockTransport(bench.wix)) as client:
        assert client.get(f"{API_URL}/a").status_code == 200


def test_a_request_waits_for_anothers_exchange_no_longer_than_for_its_own(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    auth = bench.auth()
    holder = auth.sync_auth_flow(httpx.Request("GET", f"{API_URL}/a"))
    next(holder)

    with (
        httpx.Client(auth=auth, transport=httpx.MockTransport(bench.wix), timeout=0.01) as client,
        pytest.raises(TokenUnavailableError, match="still waiting"),
    ):
        client.get(f"{API_URL}/b")

    holder.close()


def test_a_request_without_timeouts_waits_until_the_exchange_is_over(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    auth = bench.auth()
    holder = auth.sync_auth_flow(httpx.Request("GET", f"{API_URL}/a"))
    next(holder)
    soon = threading.Timer(0.05, holder.close)
    soon.start()

    with httpx.Client(auth=auth, transport=httpx.MockTransport(bench.wix)) as client:
        client.timeout = httpx.Timeout(None)
        assert client.get(f"{API_URL}/b").status_code == 200

    soon.join()


# ---- An answer of 401 -------------------------------------------------------------


def test_a_rejected_token_is_replaced_and_the_request_repeated_with_its_body(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    server = LoopbackServer(bench.wix, latency_seconds=0)
    one_connection = httpx.Limits(max_connections=1)  # which the exchange needs as well

    with (
        server.running(),
        httpx.Client(auth=bench.auth(api_url=server.url), limits=one_connection) as client,
    ):
        client.get(f"{server.url}/a")
        bench.wix.live_tokens.clear()
        answer = client.post(
            f"{server.url}/b",
            content=iter([b"some", b"thing"]),
            headers={"Content-Length": "9"},
        )
        assert answer.status_code == 200

    assert len(bench.wix.exchanges) == 2
    assert [call.content for call in bench.wix.calls] == [b"", b"something", b"something"]
    assert bench.wix.authorizations[1] != bench.wix.authorizations[2]


def test_a_second_401_reaches_the_caller(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    transport = httpx.MockTransport(
        lambda request: bench.wix(request) if is_token_request(request) else httpx.Response(401)
    )

    with httpx.Client(auth=bench.auth(), transport=transport) as client:
        assert client.get(f"{API_URL}/a").status_code == 401

    assert len(bench.wix.exchanges) == 2


def test_a_token_that_dies_is_replaced_at_the_next_call_however_often(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        for _ in range(5):
            assert client.get("/a").status_code == 200
            bench.wix.live_tokens.clear()

    assert len(bench.wix.exchanges) == 5


def test_a_call_that_was_turned_away_is_not_refused_for_good_when_no_other_token_can_be_had(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)

    with bench.client() as client:
        client.get("/a")
        bench.wix.live_tokens.clear()
        bench.wix.exchange_replies = [httpx.Response(503), httpx.Response(503)]
        for _ in range(2):
            with pytest.raises(TokenUnavailableError):
                client.get("/b")

        assert client.get("/b").status_code == 200


def test_a_missing_permission_keeps_the_token_from_those_who_may_use_it_while_wix_is_busy(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.forbidden = {"/not-ours"}

    with bench.client() as client:
        client.get("/a")
        bench.wix.exchange_replies = [httpx.Response(503)]
        with pytest.raises(TokenUnavailableError):
            client.get("/not-ours")
        assert client.get("/a").status_code == 200

    assert bench.wix.authorizations[0] == bench.wix.authorizations[-1]


def test_a_missing_permission_told_as_401_costs_one_exchange_in_five_minutes(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400
    bench.wix.forbidden = {"/not-ours"}

    with bench.client() as client:
        for _ in range(20):
            assert client.get("/a").status_code == 200
            assert client.get("/not-ours").status_code == 401
            bench.clock.advance(14)
        assert len(bench.wix.exchanges) == 2
        assert len(bench.wix.calls) == 41

        bench.clock.advance(20)
        for _ in range(2):
            assert client.get("/not-ours").status_code == 401

    assert len(bench.wix.exchanges) == 3


def test_a_permission_is_missing_for_an_endpoint_whichever_entity_it_is_asked_for(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)
    paths = [f"/orders/0de00000-0000-4000-8000-00000000000{digit}/lines" for digit in "abcde"]
    bench.wix.forbidden = set(paths)

    with bench.client() as client:
        assert {client.get(path).status_code for path in paths} == {401}
        assert {client.post(path).status_code for path in paths} == {401}

    assert len(bench.wix.exchanges) == 3  # the first, and one for each of the two methods


def test_a_token_that_dies_is_replaced_at_once_though_a_permission_is_missing_elsewhere(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.forbidden = {"/not-ours"}

    with bench.client() as client:
        assert client.get("/not-ours").status_code == 401
        bench.wix.live_tokens.clear()
        assert client.get("/not-ours").status_code == 401

        assert client.get("/a").status_code == 200

    assert len(bench.wix.exchanges) == 3


def test_a_permission_that_was_given_is_used_at_once(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.forbidden = {"/a"}

    with bench.client() as client:
        assert client.get("/a").status_code == 401
        bench.wix.forbidden = set()

        assert client.get("/a").status_code == 200


# ---- Another answer that may be due to a dead token -------------------------------------


@pytest.fixture
def doubtful(bench: Bench) -> Bench:
    """A bench whose Wix answers dead tokens as it answers some other lack."""
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400
    bench.wix.dead_token_status = DOUBTFUL_STATUS
    return bench


def test_a_token_that_is_turned_away_otherwise_is_replaced_and_the_request_repeated_with_its_body(
    doubtful: Bench,
) -> None:
    with doubtful.client() as client:
        client.get("/a")
        doubtful.wix.live_tokens.clear()
        doubtful.clock.advance(60)

        assert client.post("/b", content=b"something").status_code == 200

    assert [call.content for call in doubtful.wix.calls] == [b"", b"something", b"something"]
    assert len(doubtful.wix.exchanges) == 2


def test_a_token_that_is_younger_than_a_minute_is_not_to_blame(doubtful: Bench) -> None:
    with doubtful.client() as client:
        client.get("/a")
        doubtful.wix.live_tokens.clear()
        doubtful.clock.advance(59)

        assert client.get("/b").status_code == DOUBTFUL_STATUS

    assert len(doubtful.wix.exchanges) == 1


def test_a_lack_that_lasts_costs_one_exchange_in_five_minutes_whatever_is_called(
    doubtful: Bench,
) -> None:
    doubtful.wix.forbidden = {"/a", "/b", "/c"}

    with doubtful.client() as client:
        for _ in range(60):
            for path in doubtful.wix.forbidden:
                assert client.get(path).status_code == DOUBTFUL_STATUS
            doubtful.clock.advance(20)

    assert len(doubtful.wix.exchanges) == 1 + 20 // 5
    assert len(doubtful.wix.calls) == 60 * 3 + 20 // 5


def test_a_lack_in_one_place_does_not_keep_a_dead_token_for_longer_than_five_minutes(
    doubtful: Bench,
) -> None:
    doubtful.wix.forbidden = {"/a"}

    with doubtful.client() as client:
        client.get("/b")
        doubtful.clock.advance(60)
        client.get("/a")
        doubtful.wix.live_tokens.clear()
        doubtful.clock.advance(300)

        assert client.get("/b").status_code == 200


def test_an_answer_of_401_is_believed_however_young_the_token_and_whatever_is_lacking(
    doubtful: Bench,
) -> None:
    doubtful.wix.forbidden = {"/a"}

    with doubtful.client() as client:
        doubtful.clock.advance(60)
        client.get("/a")
        doubtful.wix.live_tokens.clear()
        doubtful.wix.dead_token_status = 401

        assert client.get("/b").status_code == 200


def test_a_key_is_not_read_anew_for_such_an_answer(doubtful: Bench) -> None:
    doubtful.vault.store(KEY)
    doubtful.wix.forbidden = {"/a"}

    with doubtful.client() as client:
        doubtful.clock.advance(60)
        assert client.get("/a").status_code == DOUBTFUL_STATUS

    assert doubtful.events == []


def test_what_may_be_due_to_the_token_is_no_refusal_while_no_other_token_can_be_had(
    doubtful: Bench,
) -> None:
    doubtful.wix.forbidden = {"/a"}

    with doubtful.client() as client:
        client.get("/b")
        doubtful.clock.advance(60)
        doubtful.wix.exchange_replies = [httpx.Response(503)]
        with pytest.raises(TokenUnavailableError):
            client.get("/a")

        assert client.get("/b").status_code == 200
        assert client.get("/a").status_code == DOUBTFUL_STATUS


# ---- Keys and rotation --------------------------------------------------------------


def test_a_rejected_key_is_read_anew_and_the_request_repeated_if_it_changed(bench: Bench) -> None:
    bench.vault.store(KEY)

    with bench.client() as client:
        client.get("/a")
        bench.vault.store(ROTATED_KEY)
        bench.wix.good_keys = {ROTATED_KEY["api_key"]}
        assert client.get("/b").status_code == 200

    assert bench.wix.authorizations == [API_KEY, API_KEY, ROTATED_KEY["api_key"]]
    assert bench.events == ["credential_reread"]


def test_a_401_reaches_the_caller_if_the_key_has_not_changed(bench: Bench) -> None:
    bench.vault.store(KEY)
    bench.wix.good_keys = set()

    with bench.client() as client:
        assert client.get("/a").status_code == 401
        assert client.get("/b").status_code == 401
        assert bench.events == ["credential_reread"]  # not for every answer of 401
        bench.clock.advance(6)
        assert client.get("/c").status_code == 401

    assert len(bench.wix.calls) == 3
    assert bench.events == ["credential_reread"] * 2


def test_a_changed_key_is_used_when_the_remembered_one_is_old(bench: Bench) -> None:
    bench.vault.store(KEY)

    with bench.client() as client:
        client.get("/a")
        bench.vault.store(ROTATED_KEY)
        bench.clock.advance(301)
        client.get("/b")

    assert bench.wix.authorizations == [API_KEY, ROTATED_KEY["api_key"]]


def test_a_key_may_give_way_to_a_client_and_back(bench: Bench) -> None:
    bench.vault.store(KEY)

    with bench.client() as client:
        client.get("/a")
        bench.vault.store(CLIENT)
        bench.clock.advance(301)
        client.get("/b")
        bench.vault.store(KEY)
        bench.clock.advance(301)
        client.get("/c")

    assert [call.headers.get("wix-site-id") for call in bench.wix.calls] == [SITE_ID, None, SITE_ID]
    assert len(bench.wix.exchanges) == 1


def test_a_new_value_of_the_secret_is_used_within_five_minutes(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client(site_id=SITE_ID) as client:
        client.get("/a")
        bench.clock.advance(299)
        client.get("/b")
        bench.vault.store(ROTATED_CLIENT)
        bench.clock.advance(1)
        client.get("/c")
        client.get("/d")

    sent = [exchange["client_secret"] for exchange in bench.wix.exchanges]
    assert sent == [CLIENT_SECRET, ROTATED_CLIENT_SECRET]
    first, second, third, fourth = bench.wix.authorizations
    assert first == second != third == fourth


def test_a_secret_that_has_not_changed_costs_no_exchange(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client(site_id=SITE_ID) as client:
        for _ in range(40):
            client.get("/a")
            bench.clock.advance(301)

    assert len(bench.wix.exchanges) == 1


def test_a_value_that_was_put_back_is_used_again(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client() as client:
        for value in (CLIENT, ROTATED_CLIENT, CLIENT):
            bench.vault.store(value)
            bench.clock.advance(301)
            client.get("/a")

    assert bench.wix.exchanges[-1]["client_secret"] == CLIENT_SECRET
    assert len(set(bench.wix.authorizations)) == 3


@pytest.mark.parametrize("value", BROKEN, ids=["no JSON", "misspelt", "empty", "refused"])
def test_a_new_value_that_does_not_work_is_tried_every_five_minutes_and_the_token_serves_on(
    bench: Bench, value: object
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client(site_id=SITE_ID) as client:
        client.get("/a")
        bench.vault.store(value)
        for _ in range(40):
            bench.clock.advance(30)
            assert client.get("/b").status_code == 200
        assert bench.events.count("renewal_failed") == 4
        assert len(set(bench.wix.authorizations)) == 1

        bench.vault.store(ROTATED_CLIENT)
        bench.clock.advance(300)
        client.get("/c")

    assert bench.wix.exchanges[-1]["client_secret"] == ROTATED_CLIENT_SECRET
    assert len(set(bench.wix.authorizations)) == 2


def test_a_new_value_is_tried_again_soon_if_wix_was_only_busy(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client() as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.wix.exchange_replies = [httpx.Response(503)]
        bench.clock.advance(300)
        assert client.get("/b").status_code == 200
        bench.clock.advance(COOL_DOWN_SECONDS)
        client.get("/c")

    first, second, third = bench.wix.authorizations
    assert first == second != third


def test_a_new_value_that_was_refused_does_not_stand_in_the_way_of_a_dead_tokens_successor(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client() as client:
        client.get("/a")
        bench.vault.store(CLIENT | {"client_secret": "mistyped"})
        bench.clock.advance(300)
        client.get("/b")
        bench.vault.store(ROTATED_CLIENT)
        bench.wix.live_tokens.clear()
        bench.clock.advance(COOL_DOWN_SECONDS)

        assert client.get("/c").status_code == 200


def test_a_new_value_for_another_site_ends_the_living_token(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with bench.client(site_id=SITE_ID) as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.wix.site_id = OTHER_SITE_ID
        bench.clock.advance(300)
        for _ in range(2):
            with pytest.raises(WrongSiteError):
                client.get("/b")

    assert len(bench.wix.calls) == 1


# ---- The site ------------------------------------------------------------------------


def test_the_site_is_checked_once_for_each_version_of_the_secret(bench: Bench) -> None:
    bench.vault.store(CLIENT)

    with bench.client(site_id=SITE_ID.upper()) as client:
        for _ in range(3):
            assert client.get("/a").status_code == 200
            bench.clock.advance(299)
        bench.vault.store(ROTATED_CLIENT)
        bench.clock.advance(301)
        assert client.get("/a").status_code == 200

    assert len(bench.wix.exchanges) == 4
    checks = bench.wix.asked("/oauth2/token-info")
    assert len(checks) == 2
    assert all("Authorization" not in check.headers for check in checks)


def test_a_credential_for_another_site_is_refused_before_the_request_is_sent(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.site_id = OTHER_SITE_ID

    with bench.client(site_id=SITE_ID) as client:
        for _ in range(2):
            with pytest.raises(WrongSiteError, match=OTHER_SITE_ID):
                client.get("/a")
            bench.clock.advance(6)

    assert bench.wix.calls == []
    assert len(bench.wix.exchanges) == 2  # nothing was kept as good


def test_a_rotation_to_another_sites_credential_is_refused_at_the_next_renewal(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)

    with bench.client(site_id=SITE_ID) as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.wix.site_id = OTHER_SITE_ID
        bench.clock.advance(301)
        for _ in range(2):
            with pytest.raises(WrongSiteError):
                client.get("/b")

    assert len(bench.wix.calls) == 1


@pytest.mark.parametrize(
    "key", [KEY | {"site_id": OTHER_SITE_ID}, KEY | {"site_id": None, "account_id": SITE_ID}]
)
def test_a_key_for_another_site_is_refused_before_anything_is_sent(
    bench: Bench, key: object
) -> None:
    bench.vault.store(key)

    with bench.client(site_id=SITE_ID) as client, pytest.raises(WrongSiteError):
        client.get("/a")

    assert bench.wix.requests == []


NO_PROOF = [
    httpx.Response(503),
    httpx.Response(404),
    httpx.Response(200, text="?"),
    httpx.Response(200, json={"active": False}),
    httpx.Response(200, json={"active": False, "siteId": SITE_ID}),
    httpx.Response(200, json={"active": True}),
    httpx.Response(200, json={"active": True, "siteId": ""}),
]


@pytest.mark.parametrize("reply", NO_PROOF, ids=lambda reply: f"{reply.status_code} {reply.text}")
def test_a_token_whose_site_is_not_proven_serves_nobody_and_is_asked_about_again(
    bench: Bench, reply: httpx.Response
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.info_replies = [reply] * 3

    with bench.client(site_id=SITE_ID) as client:
        for _ in range(3):
            with pytest.raises(TokenUnavailableError):
                client.get("/a")
        assert bench.wix.calls == []

        assert client.get("/a").status_code == 200

    assert len(bench.wix.exchanges) == 1
    assert len(bench.wix.asked("/oauth2/token-info")) == 4


def test_a_foreign_token_that_wix_did_not_name_at_first_never_serves(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.site_id = OTHER_SITE_ID
    bench.wix.info_replies = [httpx.Response(503)]

    with bench.client(site_id=SITE_ID) as client:
        with pytest.raises(TokenUnavailableError):
            client.get("/a")
        with pytest.raises(WrongSiteError):
            client.get("/a")

    assert bench.wix.calls == []


def test_a_token_that_died_before_it_was_proven_is_replaced_within_five_minutes(
    bench: Bench,
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400
    bench.wix.info_replies = [httpx.Response(503)]

    with bench.client(site_id=SITE_ID) as client:
        for _ in range(2):
            with pytest.raises(TokenUnavailableError):
                client.get("/a")
            bench.wix.live_tokens.clear()
        bench.clock.advance(300)
        assert client.get("/a").status_code == 200

    assert len(bench.wix.exchanges) == 2


def test_a_proven_token_serves_on_while_its_successor_cannot_be_proven(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 600

    with bench.client(site_id=SITE_ID) as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.clock.advance(599)
        bench.wix.info_replies = [httpx.Response(503), httpx.ReadTimeout("no answer")]
        assert client.get("/b").status_code == 200
        bench.clock.advance(1)
        with pytest.raises(httpx.ReadTimeout):
            client.get("/c")
        assert client.get("/c").status_code == 200

    first, second, third = bench.wix.authorizations
    assert first == second != third
    assert len(bench.wix.exchanges) == 2


def test_without_a_site_there_is_nothing_to_prove(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.site_id = None

    with bench.client() as client:
        assert client.get("/a").status_code == 200

    assert bench.wix.asked("/oauth2/token-info") == []


def test_a_network_failure_in_the_check_costs_the_request_but_not_the_token(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.info_replies = [httpx.ReadTimeout("no answer")]

    with bench.client(site_id=SITE_ID) as client:
        with pytest.raises(httpx.ReadTimeout) as failure:
            client.get("/a")
        assert is_token_request(failure.value.request)
        assert client.get("/a").status_code == 200

    assert len(bench.wix.exchanges) == 1


# ---- Without a credential ---------------------------------------------------------------


def test_no_credential_is_an_error_and_never_an_unsigned_request(bench: Bench) -> None:
    with bench.client() as client, pytest.raises(SecretMissingError):
        client.get("/a")

    assert bench.wix.requests == []


def test_a_secret_that_is_taken_away_ends_the_use_of_its_key(bench: Bench) -> None:
    bench.vault.store(KEY)

    with bench.client() as client:
        client.get("/a")
        bench.vault.delete()
        bench.clock.advance(301)
        for _ in range(2):
            with pytest.raises(SecretMissingError):
                client.get("/b")

    assert len(bench.wix.calls) == 1
