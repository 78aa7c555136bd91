import subprocess
import sys

import httpx
import pytest

from tests.unit.wix_auth.fakes import (
    CLIENT,
    Bench,
    Clock,
    LoopbackServer,
    closed_port,
    in_parallel,
)
from wix_auth import RenewingTransport, WixAuth, wix_http_client


@pytest.fixture
def server() -> LoopbackServer:
    return LoopbackServer(lambda _request: httpx.Response(200, text="answer"), latency_seconds=0)


def test_a_connection_is_used_again_soon_and_never_after_a_long_sleep(
    server: LoopbackServer, clock: Clock
) -> None:
    with server.running(), httpx.Client(transport=RenewingTransport(now=clock)) as client:
        client.get(server.url)
        clock.advance(29)
        client.get(server.url)
        clock.advance(29)
        client.get(server.url)
        assert server.connections == 1

        clock.advance(31)  # frozen, or restored from a snapshot
        client.get(server.url)
        assert server.connections == 2
        clock.advance(-3600)  # a clock that was set back tells no more
        client.get(server.url)
        assert server.connections == 3


def test_an_answer_that_is_still_being_read_keeps_its_connection(clock: Clock) -> None:
    long = "answer" * 1_000_000
    server = LoopbackServer(lambda _request: httpx.Response(200, text=long), latency_seconds=0)

    with server.running(), httpx.Client(transport=RenewingTransport(now=clock)) as client:
        with client.stream("GET", server.url) as answer:
            clock.advance(31)
            client.get(server.url)
            assert server.connections == 2
            assert answer.read() == long.encode()
        # The first connection went with its answer; the second is still good.
        client.get(server.url)

    assert server.connections == 2


def test_the_time_that_an_answer_takes_is_not_idle(server: LoopbackServer, clock: Clock) -> None:
    with server.running(), httpx.Client(transport=RenewingTransport(now=clock)) as client:
        with client.stream("GET", server.url) as answer:
            clock.advance(31)
            answer.read()
        client.get(server.url)

    assert server.connections == 1


def test_a_request_that_fails_does_not_count_as_under_way(clock: Clock) -> None:
    transport = RenewingTransport(now=clock)

    with httpx.Client(transport=transport) as client, pytest.raises(httpx.ConnectError):
        client.get(f"http://127.0.0.1:{closed_port()}")

    assert vars(transport)["_pool"].in_use == 0


def test_many_threads_share_the_new_connections(server: LoopbackServer, clock: Clock) -> None:
    transport = RenewingTransport(now=clock)

    with server.running(), httpx.Client(transport=transport) as client:
        for _ in range(3):
            outcomes = in_parallel(60, lambda: client.get(server.url).text)
            assert outcomes == ["answer"] * 60
            clock.advance(31)

    assert vars(transport)["_pool"].in_use == 0


def test_a_client_has_all_parts_and_reads_nothing_before_its_first_request(
    bench: Bench, aws: None
) -> None:
    bench.vault.store(CLIENT)
    server = LoopbackServer(bench.wix, latency_seconds=0)
    events: list[str] = []

    with (
        server.running(),
        wix_http_client(bench.vault.arn, api_url=server.url, notify=events.append) as client,
    ):
        assert isinstance(client.auth, WixAuth)
        assert client.follow_redirects is False
        assert client.timeout == httpx.Timeout(connect=3, read=10, write=10, pool=10)
        assert bench.wix.requests == []
        assert client.get("/a").status_code == 200

    assert events == ["token_exchanged"]
    assert server.connections == 1


def test_clients_share_one_tls_context() -> None:
    first, second = RenewingTransport(), RenewingTransport()

    assert vars(first)["_verify"] is vars(second)["_verify"]
    first.close()
    second.close()


def test_the_aws_library_is_not_imported_before_a_secret_is_read() -> None:
    program = "import sys, wix_auth; sys.exit({'boto3', 'botocore'} & sys.modules.keys() != set())"

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], env={"PYTHONPATH": ":".join(sys.path)}, check=False
    )

    assert done.returncode == 0
