import threading

import httpx
import pytest

from tests.unit.wix_auth.fakes import (
    CLIENT,
    DOUBTFUL_STATUS,
    KEY,
    ROTATED_CLIENT,
    ROTATED_KEY,
    Bench,
    LoopbackServer,
    in_parallel,
    new_client,
)
from wix_auth import TokenUnavailableError
from wix_auth.errors import CredentialRefusedError
from wix_auth.transport import RenewingTransport

THREADS = 100
LATENCY_SECONDS = 0.02


def client_of(bench: Bench, server: LoopbackServer) -> httpx.Client:
    return httpx.Client(
        auth=bench.auth(api_url=server.url),
        base_url=server.url,
        timeout=10,
        transport=RenewingTransport(),
    )


def statuses(client: httpx.Client, count: int) -> list[object]:
    outcomes = in_parallel(count, lambda: client.get("/a"))
    return [r.status_code if isinstance(r, httpx.Response) else r for r in outcomes]


@pytest.fixture
def server(bench: Bench) -> LoopbackServer:
    return LoopbackServer(bench.wix, latency_seconds=LATENCY_SECONDS)


def test_a_hundred_threads_that_start_cold_exchange_once(
    bench: Bench, server: LoopbackServer
) -> None:
    bench.vault.store(CLIENT)

    with server.running(), client_of(bench, server) as client:
        assert statuses(client, THREADS) == [200] * THREADS

    assert len(bench.wix.exchanges) == 1


@pytest.mark.parametrize("status", [401, DOUBTFUL_STATUS])
def test_a_token_that_dies_under_many_threads_is_replaced_once_and_no_call_fails(
    bench: Bench, server: LoopbackServer, status: int
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.dead_token_status = status

    with server.running(), client_of(bench, server) as client:
        client.get("/a")
        bench.wix.live_tokens.clear()
        bench.clock.advance(60)
        assert statuses(client, THREADS) == [200] * THREADS

    assert len(bench.wix.exchanges) == 2


def test_a_missing_permission_under_many_threads_costs_one_exchange(
    bench: Bench, server: LoopbackServer
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.forbidden = {"/a"}

    with server.running(), client_of(bench, server) as client:
        client.get("/b")
        assert statuses(client, THREADS) == [401] * THREADS
        assert statuses(client, THREADS) == [401] * THREADS

    assert len(bench.wix.exchanges) == 2


def test_threads_that_wait_for_an_exchange_leave_it_a_connection(
    bench: Bench, server: LoopbackServer
) -> None:
    bench.vault.store(CLIENT)
    few = httpx.Limits(max_connections=3, max_keepalive_connections=3)

    with (
        server.running(),
        httpx.Client(
            auth=bench.auth(api_url=server.url), base_url=server.url, limits=few, timeout=3
        ) as client,
    ):
        client.get("/a")
        bench.wix.live_tokens.clear()
        assert statuses(client, 20) == [200] * 20


@pytest.mark.parametrize("successor", [ROTATED_KEY, CLIENT])
def test_a_key_that_dies_under_many_threads_is_read_anew_once_and_no_call_fails(
    bench: Bench, server: LoopbackServer, successor: object
) -> None:
    bench.vault.store(KEY)

    with server.running(), client_of(bench, server) as client:
        client.get("/a")
        bench.vault.store(successor)
        bench.wix.good_keys = {ROTATED_KEY["api_key"]}
        assert statuses(client, THREADS) == [200] * THREADS

    assert bench.events.count("credential_reread") == 1
    assert len(bench.wix.exchanges) <= 1


def test_threads_that_wait_for_a_refused_exchange_share_the_refusal(
    bench: Bench, server: LoopbackServer
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.good_secrets.clear()

    with server.running(), client_of(bench, server) as client:
        outcomes = statuses(client, THREADS)

    assert {type(outcome) for outcome in outcomes} == {CredentialRefusedError}
    assert len({id(outcome) for outcome in outcomes}) == THREADS  # each with a trace of its own
    assert len(bench.wix.exchanges) == 1


def test_threads_that_wait_for_an_exchange_that_fails_share_the_failure(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.wix.exchange_replies = [httpx.Response(503) for _ in range(THREADS)]
    server = LoopbackServer(bench.wix, latency_seconds=0.2)

    with server.running(), client_of(bench, server) as client:
        outcomes = statuses(client, 20)

    assert {type(outcome) for outcome in outcomes} == {TokenUnavailableError}
    assert len(bench.wix.exchanges) < 5  # of those that came too late to wait, if any


def test_nobody_waits_while_one_thread_renews_ahead_of_time(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    renewing, answered = threading.Event(), threading.Event()

    def slow_exchange(request: httpx.Request) -> httpx.Response:
        if bench.wix.exchanges and request.url.path == "/oauth2/token":
            renewing.set()
            assert answered.wait(5)
        return bench.wix(request)

    transport = httpx.MockTransport(slow_exchange)
    with httpx.Client(
        auth=bench.auth(), base_url="https://wix.test", transport=transport
    ) as client:
        client.get("/a")
        bench.clock.advance(250)
        renewer = threading.Thread(target=client.get, args=("/b",))
        renewer.start()
        assert renewing.wait(5)
        assert client.get("/c").status_code == 200
        answered.set()
        renewer.join()

    first, third, second = bench.wix.authorizations
    assert first == third != second


def test_nobody_waits_while_one_thread_looks_whether_the_secret_has_changed(bench: Bench) -> None:
    bench.vault.store(CLIENT)
    bench.vault.client = new_client()  # one that nobody else will use
    bench.wix.expires_in = 14400
    looking, looked = threading.Event(), threading.Event()

    def slow_read(**_: object) -> None:
        if bench.wix.calls:
            looking.set()
            assert looked.wait(5)

    bench.vault.client.meta.events.register("before-call.secrets-manager.GetSecretValue", slow_read)
    with bench.client() as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.clock.advance(300)
        looker = threading.Thread(target=client.get, args=("/b",))
        looker.start()
        assert looking.wait(5)
        assert client.get("/c").status_code == 200
        looked.set()
        looker.join()

    first, third, second = bench.wix.authorizations
    assert first == third != second


def test_a_new_value_under_many_threads_costs_one_exchange(
    bench: Bench, server: LoopbackServer
) -> None:
    bench.vault.store(CLIENT)
    bench.wix.expires_in = 14400

    with server.running(), client_of(bench, server) as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.clock.advance(300)
        assert statuses(client, THREADS) == [200] * THREADS

    assert len(bench.wix.exchanges) == 2


def test_a_rotation_under_many_threads_heals_with_one_exchange_of_each_version(
    bench: Bench, server: LoopbackServer
) -> None:
    bench.vault.store(CLIENT)

    with server.running(), client_of(bench, server) as client:
        client.get("/a")
        bench.vault.store(ROTATED_CLIENT)
        bench.wix.good_secrets = {ROTATED_CLIENT["client_secret"]}
        bench.wix.live_tokens.clear()
        assert statuses(client, THREADS) == [200] * THREADS

    assert len(bench.wix.exchanges) == 3
