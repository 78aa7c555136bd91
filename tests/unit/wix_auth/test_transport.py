import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.unit.wix_auth.fakes import (
    CLIENT,
    ENDLESS,
    HEAD,
    Bench,
    Clock,
    DrippingServer,
    LoopbackServer,
    closed_port,
    in_parallel,
)
from wix_auth import TIME_LIMIT, is_token_request, wix_http_client
from wix_auth.auth import WixAuth
from wix_auth.transport import RenewingTransport


@pytest.fixture
def server() -> LoopbackServer:
    return LoopbackServer(lambda _request: httpx.Response(200, text="answer"), latency_seconds=0)


def patient_client(clock: Clock) -> httpx.Client:
    return httpx.Client(transport=RenewingTransport(now=clock), timeout=60)


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

    with server.running(), patient_client(clock) as client:
        with client.stream("GET", server.url) as answer:
            clock.advance(31)
            client.get(server.url)
            assert server.connections == 2
            assert answer.read() == long.encode()
        # The first connection went with its answer; the second is still good.
        client.get(server.url)

    assert server.connections == 2


def test_the_time_that_an_answer_takes_is_not_idle(server: LoopbackServer, clock: Clock) -> None:
    with server.running(), patient_client(clock) as client:
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


# ---- A limit for the whole ------------------------------------------------------------------


STARTS = {"the status": b"HTTP/1.1 200 ", "a header": HEAD[:-4], "the body": HEAD}


@pytest.mark.parametrize("at_once", STARTS.values(), ids=STARTS)
def test_an_answer_that_drips_ends_with_the_time_for_the_whole(
    clock: Clock, at_once: bytes
) -> None:
    server = DrippingServer(clock, at_once)
    timeout = httpx.Timeout(connect=3, read=10, write=10, pool=10)
    began = clock.now

    with (
        server.running(),
        httpx.Client(transport=RenewingTransport(now=clock), timeout=timeout) as client,
        pytest.raises((httpx.ReadTimeout, httpx.WriteTimeout)),
    ):
        client.post(server.url, json={})

    assert clock.now - began >= 33
    assert server.sent < ENDLESS


@pytest.mark.parametrize("at_once", STARTS.values(), ids=STARTS)
def test_a_request_may_say_how_long_the_whole_may_take(clock: Clock, at_once: bytes) -> None:
    server = DrippingServer(clock, at_once)
    transport = RenewingTransport(now=clock)

    with server.running(), httpx.Client(transport=transport, timeout=None) as client:  # noqa: S113
        extensions = {TIME_LIMIT: lambda: 13.0}
        with pytest.raises((httpx.ReadTimeout, httpx.WriteTimeout)) as caught:
            client.get(server.url, extensions=extensions)

    assert caught.value.request.url == server.url
    assert server.sent < ENDLESS
    assert vars(transport)["_pool"].in_use == 0


def test_an_encrypted_answer_that_drips_ends_in_time_too(clock: Clock, tmp_path: Path) -> None:
    certificate = self_signed_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = DrippingServer(clock, HEAD, tls)
    transport = RenewingTransport(now=clock, verify=ssl.create_default_context(cafile=certificate))
    url = server.url.replace("http:", "https:")

    with (
        server.running(),
        httpx.Client(transport=transport) as client,
        pytest.raises((httpx.ReadTimeout, httpx.WriteTimeout)),
    ):
        client.get(url, extensions={TIME_LIMIT: lambda: 13.0})

    assert server.sent < ENDLESS


def self_signed_certificate(folder: Path) -> Path:
    """Make a certificate of this machine, and put it and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "loopback.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_the_time_of_a_request_begins_when_it_is_sent(server: LoopbackServer, clock: Clock) -> None:
    with server.running(), httpx.Client(transport=RenewingTransport(now=clock)) as client:
        request = client.build_request("GET", server.url)
        for _ in range(3):
            clock.advance(25)
            assert client.send(request).text == "answer"


def test_no_time_at_all_is_a_connection_that_never_was(
    server: LoopbackServer, clock: Clock
) -> None:
    with (
        server.running(),
        httpx.Client(transport=RenewingTransport(now=clock)) as client,
        pytest.raises(httpx.ConnectTimeout),
    ):
        client.get(server.url, extensions={TIME_LIMIT: lambda: 0.0})

    assert server.connections == 0


def test_a_token_that_drips_is_not_waited_for_longer_than_its_request(
    bench: Bench, clock: Clock
) -> None:
    bench.vault.store(CLIENT)
    server = DrippingServer(clock, HEAD)
    client = httpx.Client(
        auth=bench.auth(api_url=server.url),
        transport=RenewingTransport(now=clock),
        base_url=server.url,
    )

    with server.running(), client, pytest.raises((httpx.ReadTimeout, httpx.WriteTimeout)) as caught:
        client.post("/orders", json={}, extensions={TIME_LIMIT: lambda: 13.0})

    assert is_token_request(caught.value.request)
    assert server.sent < ENDLESS


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
