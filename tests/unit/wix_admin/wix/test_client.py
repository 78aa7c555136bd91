"""The one way to call Wix."""

import json
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from tests import canaries
from tests.unit.wix_admin.builders import (
    READ,
    THING_ID,
    WRITE,
    Clock,
    FakeWix,
    Reply,
    failure,
    unnamed,
)
from tests.unit.wix_auth.fakes import ENDLESS, HEAD, DrippingServer
from wix_admin.errors import (
    AdminError,
    ElevationError,
    InputError,
    OutcomeUnknownError,
    OutOfTimeError,
    WixConflictError,
    WixError,
    WixNotFoundError,
    WixPermissionError,
    WixRequestError,
    WixStateError,
    WixUnavailableError,
)
from wix_admin.problems import wait_for
from wix_admin.wix.client import ID_IN_PATH, WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.traffic import Exchange
from wix_auth import TIME_LIMIT, TokenUnavailableError
from wix_auth.auth import WixAuth
from wix_auth.errors import CredentialRefusedError
from wix_auth.secrets import SecretReader
from wix_auth.transport import RenewingTransport

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

UNDECLARED = Operation("things.drop", "DELETE", "/v1/things", "THINGS.DROP", repeatable=True)


def raw(
    content: bytes, status: int = 200, **headers: str
) -> Callable[[httpx.Request], httpx.Response]:
    """Make a reply whose body comes from the wire, still encoded."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, content=iter([content]), headers=named)


class Vault:
    """The part of Secrets Manager's client that is used, with one credential in it."""

    def get_secret_value(self, **_: str) -> dict[str, Any]:
        credential = {
            "kind": "client_credentials",
            "client_id": canaries.CLIENT_ID,
            "client_secret": canaries.CLIENT_SECRET,
        }
        return {
            "SecretString": json.dumps(credential),
            "VersionId": "v1",
            "CreatedDate": datetime.now(UTC),
        }


def auth() -> WixAuth:
    vault = cast("SecretsManagerClient", Vault())
    return WixAuth(SecretReader("wix", client=vault), api_url="https://wix.test")


class RefusingAuth(httpx.Auth):
    """Has no token, for a reason of its own."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def sync_auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]  # httpx's
        if self._errors:
            raise self._errors.pop(0)
        yield request


# ---- What may be called ---------------------------------------------------------------------


def test_an_undeclared_operation_is_refused_and_nothing_is_sent(wix: FakeWix) -> None:
    with pytest.raises(ElevationError, match=r"things\.drop"):
        wix.client().call(UNDECLARED)

    assert wix.requests == []


@pytest.mark.parametrize("thing_id", ["a", "A-z_9", THING_ID, "x" * 250])
def test_an_id_becomes_one_segment_of_the_path(wix: FakeWix, thing_id: str) -> None:
    wix.client().call(READ, thing_id=thing_id)

    assert wix.requests[0].url.raw_path == f"/v1/things/{thing_id}".encode()


@pytest.mark.parametrize(
    "thing_id",
    [
        "", " ", ".", "..", "a/b", "a\\b", "a%2Fb", "a?b", "a#b", "a:b", "a;b", "a b", "a\n",
        "a\r\nb", "a\0", "é", "\uff21", "\u0661", "x" * 251, "{thing_id}", canaries.EMAIL_DOMAIN,
    ],
    ids=unnamed,
)  # fmt: skip
def test_anything_that_is_no_id_is_refused_without_repeating_it(
    wix: FakeWix, thing_id: str
) -> None:
    with pytest.raises(InputError) as caught:
        wix.client().call(READ, thing_id=thing_id)

    assert wix.requests == []
    assert len(thing_id) < 5 or thing_id not in str(caught.value)
    assert [each.field for each in caught.value.violations] == ["/thingId"]
    assert not ID_IN_PATH.fullmatch(thing_id)


def test_a_call_says_what_the_operation_declares(wix: FakeWix) -> None:
    wix.will_reply(httpx.Response(200, json={"thing": {"id": THING_ID}}))

    reply = wix.client().call(WRITE, body={"name": "é"}, thing_id=THING_ID)

    assert reply == {"thing": {"id": THING_ID}}
    [request] = wix.requests
    assert (request.method, request.url.path) == ("POST", f"/v1/things/{THING_ID}/make")
    assert json.loads(request.content) == {"name": "é"}
    assert request.headers["content-type"] == "application/json"


def test_a_call_without_a_body_sends_none(wix: FakeWix) -> None:
    wix.client().call(READ, thing_id=THING_ID)

    assert wix.requests[0].content == b""
    assert "content-type" not in wix.requests[0].headers


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (raw(b""), {}),
        (raw(b" \n"), {}),
        (raw(b"", 204), {}),
        (raw(b'{"id": "1"}', 201), {"id": "1"}),
        (raw('{"name": "é"}'.encode()), {"name": "é"}),
    ],
)
def test_any_2xx_with_an_object_or_nothing_is_a_success(
    wix: FakeWix, reply: Reply, answer: object
) -> None:
    wix.will_reply(reply)

    assert wix.client().call(WRITE, thing_id=THING_ID) == answer
    assert len(wix.requests) == 1


# ---- What is repeated -----------------------------------------------------------------------

# Each failure, what a call that may be repeated does, and what one that may not be does: the
# requests it makes in all, and its error in the end.
FAILURES: dict[str, tuple[Reply, tuple[int, type[WixError]], tuple[int, type[WixError]]]] = {
    "408": (failure(408), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "425": (failure(425), (1, WixUnavailableError), (1, WixUnavailableError)),
    "425 and when": (
        failure(425, headers={"Retry-After": "2"}),
        (3, WixUnavailableError),
        (3, WixUnavailableError),
    ),
    "429": (failure(429), (1, WixUnavailableError), (1, WixUnavailableError)),
    "429 and when": (
        failure(429, headers={"Retry-After": "2"}),
        (3, WixUnavailableError),
        (3, WixUnavailableError),
    ),
    "429 with a name": (
        failure(429, "RESOURCE_EXHAUSTED", headers={"Retry-After": "2"}),
        (3, WixUnavailableError),
        (3, WixUnavailableError),
    ),
    "429 of a quota": (
        failure(429, "FEATURE_LIMIT_EXCEEDED", headers={"Retry-After": "2"}),
        (1, WixStateError),
        (1, WixStateError),
    ),
    "499": (failure(499), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "500": (failure(500), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "500 with a code": (failure(500, "OOPS"), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "501": (failure(501), (1, WixRequestError), (1, WixRequestError)),
    "502": (failure(502), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "503": (failure(503), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "504": (failure(504), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "302": (raw(b"", 302), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "400": (failure(400), (1, WixRequestError), (1, WixRequestError)),
    "401": (failure(401), (1, WixPermissionError), (1, WixPermissionError)),
    "403": (failure(403), (1, WixPermissionError), (1, WixPermissionError)),
    "404": (failure(404), (1, WixNotFoundError), (1, WixNotFoundError)),
    "409": (failure(409), (1, WixConflictError), (1, WixConflictError)),
    "428": (failure(428), (1, WixStateError), (1, WixStateError)),
    "no connection": (
        httpx.ConnectError("refused"),
        (3, WixUnavailableError),
        (3, WixUnavailableError),
    ),
    "slow connection": (
        httpx.ConnectTimeout("slow"),
        (3, WixUnavailableError),
        (3, WixUnavailableError),
    ),
    "full pool": (httpx.PoolTimeout("full"), (3, WixUnavailableError), (3, WixUnavailableError)),
    "read timeout": (
        httpx.ReadTimeout("slow"),
        (3, WixUnavailableError),
        (1, OutcomeUnknownError),
    ),
    "reset": (httpx.ReadError("reset"), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "write timeout": (
        httpx.WriteTimeout("slow"),
        (3, WixUnavailableError),
        (1, OutcomeUnknownError),
    ),
    "broken pipe": (httpx.WriteError("pipe"), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "hung up": (
        httpx.RemoteProtocolError("gone"),
        (3, WixUnavailableError),
        (1, OutcomeUnknownError),
    ),
    "garbled gzip": (
        raw(b"no gzip", content_encoding="gzip"),
        (3, WixUnavailableError),
        (1, OutcomeUnknownError),
    ),
    "HTML": (raw(b"<html>"), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "cut off": (raw(b'{"thing": {'), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "no UTF-8": (raw(b'{"a": "\xff"}'), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "a list": (raw(b"[]"), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "null": (raw(b"null"), (3, WixUnavailableError), (1, OutcomeUnknownError)),
    "too deep": (raw(b"[" * 100_000), (3, WixUnavailableError), (1, OutcomeUnknownError)),
}


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("operation", [READ, WRITE], ids=["repeatable", "not repeatable"])
def test_only_what_is_harmless_is_repeated(wix: FakeWix, operation: Operation, kind: str) -> None:
    reply, repeated, not_repeated = FAILURES[kind]
    requests, error = repeated if operation.repeatable else not_repeated
    wix.will_reply(*[reply] * 3)
    client = wix.client(seconds=60)

    with pytest.raises(error) as caught:
        client.call(operation, body={}, thing_id=THING_ID)

    assert caught.type is error
    assert len(wix.requests) == len(client.traffic.exchanges) == requests
    assert operation.name in str(caught.value)


@pytest.mark.parametrize("operation", [READ, WRITE])
def test_a_call_that_succeeds_in_the_end_succeeds(wix: FakeWix, operation: Operation) -> None:
    busy = failure(429, headers={"Retry-After": "1"})
    wix.will_reply(busy, httpx.ConnectError("refused"), httpx.Response(200, json={"a": 1}))

    assert wix.client().call(operation, thing_id=THING_ID) == {"a": 1}


def test_a_repetition_sends_the_same_body_again(wix: FakeWix) -> None:
    wix.will_reply(failure(429, headers={"Retry-After": "1"}))

    wix.client().call(WRITE, body={"a": 1}, thing_id=THING_ID)

    assert [request.content for request in wix.requests] == [b'{"a":1}'] * 2


# ---- The token ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lost", [httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.RemoteProtocolError("gone")]
)
def test_a_write_whose_token_request_got_lost_never_left(wix: FakeWix, lost: Exception) -> None:
    token = {"access_token": f"a.{canaries.TOKEN_MARK}.b", "expires_in": 300}
    wix.will_reply(lost, httpx.Response(200, json=token))

    assert wix.client(auth=auth(), seconds=60).call(WRITE, thing_id=THING_ID) == {}
    paths = [request.url.path for request in wix.requests]
    assert paths == ["/oauth2/token", "/oauth2/token", f"/v1/things/{THING_ID}/make"]


def test_a_write_that_never_got_a_token_is_not_an_unknown_outcome(wix: FakeWix) -> None:
    wix.will_reply(*[httpx.ReadTimeout("slow")] * 3)

    with pytest.raises(WixUnavailableError):
        wix.client(auth=auth(), seconds=60).call(WRITE, thing_id=THING_ID)


@pytest.mark.parametrize("operation", [READ, WRITE])
def test_no_token_this_time_is_tried_again(
    wix: FakeWix, clock: Clock, operation: Operation
) -> None:
    client = wix.client(auth=RefusingAuth(TokenUnavailableError("later", retry_after=2.0)))

    assert client.call(operation, thing_id=THING_ID) == {}
    assert clock.sleeps == [2.0]


def test_no_token_at_last_is_said_as_such(wix: FakeWix) -> None:
    errors = [TokenUnavailableError("later", wix_request_id=f"t-{n}") for n in range(4)]
    client = wix.client(auth=RefusingAuth(*errors))

    with pytest.raises(TokenUnavailableError) as caught:
        client.call(READ, thing_id=THING_ID)

    assert caught.value.wix_request_id == "t-2"
    assert wix.requests == []
    assert [(each.outcome, each.wix_request_id) for each in client.traffic.exchanges] == [
        ("TokenUnavailableError", f"t-{n}") for n in range(3)
    ]


def test_a_refused_credential_is_not_tried_again(wix: FakeWix, clock: Clock) -> None:
    with pytest.raises(CredentialRefusedError):
        wix.client(auth=RefusingAuth(CredentialRefusedError("no"))).call(READ, thing_id=THING_ID)

    assert clock.sleeps == []


# ---- Time -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("jitter", "pauses"), [(1.0, [0.5, 1.0]), (0.5, [0.25, 0.5]), (0, [0, 0])])
def test_pauses_grow_and_are_jittered(
    wix: FakeWix, clock: Clock, jitter: float, pauses: list[float]
) -> None:
    wix.will_reply(*[failure(503)] * 3)

    with pytest.raises(WixUnavailableError):
        wix.client(jitter=jitter).call(READ, thing_id=THING_ID)

    assert clock.sleeps == pauses


@pytest.mark.parametrize("status", [429, 503])
def test_the_pause_that_wix_asks_for_is_kept(wix: FakeWix, clock: Clock, status: int) -> None:
    wix.will_reply(failure(status, headers={"Retry-After": "4"}))

    wix.client(jitter=0.1).call(READ, thing_id=THING_ID)

    assert clock.sleeps == [4.0]


def test_a_pause_until_a_date_is_kept(wix: FakeWix, clock: Clock) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    wix.will_reply(failure(429, headers={"Retry-After": soon}))

    wix.client().call(READ, thing_id=THING_ID)

    assert clock.sleeps == [pytest.approx(9.0, abs=1.1)]


@pytest.mark.parametrize(
    "asked",
    ["soon", "-1", "1.5", "9" * 400, "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"],
)
def test_a_pause_that_makes_no_sense_is_not_kept(wix: FakeWix, clock: Clock, asked: str) -> None:
    wix.will_reply(failure(503, headers={"Retry-After": asked}))

    wix.client().call(READ, thing_id=THING_ID)

    assert clock.sleeps == [0.5]


@pytest.mark.parametrize("operation", [READ, WRITE])
@pytest.mark.parametrize("status", [425, 429])
def test_who_is_turned_away_without_a_word_of_when_does_not_ask_again(
    wix: FakeWix, clock: Clock, status: int, operation: Operation
) -> None:
    wix.will_reply(*[failure(status)] * 3)

    with pytest.raises(WixUnavailableError) as caught:
        wix.client(seconds=900).call(operation, thing_id=THING_ID)

    assert (len(wix.requests), clock.sleeps) == (1, [])
    assert wait_for(caught.value) == 60.0


@pytest.mark.parametrize(
    ("operation", "seconds"), [(READ, 5.9), (WRITE, 17.9)], ids=["read", "write"]
)
def test_a_pause_that_leaves_no_time_for_another_try_is_not_begun(
    wix: FakeWix, clock: Clock, operation: Operation, seconds: float
) -> None:
    wix.will_reply(failure(429, headers={"Retry-After": "5"}))

    with pytest.raises(WixUnavailableError) as caught:
        wix.client(seconds=seconds).call(operation, thing_id=THING_ID)

    assert (len(wix.requests), clock.sleeps) == (1, [])
    assert caught.value.retry_after == 5.0


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.9])
def test_a_read_without_time_is_not_sent(wix: FakeWix, seconds: float) -> None:
    with pytest.raises(OutOfTimeError):
        wix.client(seconds=seconds).call(READ, thing_id=THING_ID)

    assert wix.requests == []


@pytest.mark.parametrize(("seconds", "sent"), [(12.9, 0), (13.0, 1)])
def test_a_write_is_only_begun_with_all_the_time_that_it_may_take(
    wix: FakeWix, seconds: float, sent: int
) -> None:
    client = wix.client(seconds=seconds)

    try:
        client.call(WRITE, thing_id=THING_ID)
    except OutOfTimeError:
        assert not sent

    assert len(wix.requests) == sent


class SlowToken(httpx.Auth):
    """Signs a request after asking a while for a token."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        self._clock.now += self._seconds
        yield request


@pytest.mark.parametrize(("token_seconds", "sent"), [(0.5, 0), (0.3, 1)])
def test_a_write_is_not_begun_if_getting_the_token_took_its_time(
    wix: FakeWix, token_seconds: float, sent: int
) -> None:
    client = wix.client(seconds=13.4, auth=SlowToken(wix.clock, token_seconds))

    try:
        client.call(WRITE, thing_id=THING_ID)
    except OutOfTimeError:
        assert not sent

    assert len(wix.requests) == sent


def test_timeouts_shrink_with_the_time_left(wix: FakeWix) -> None:
    wix.takes_seconds = 4.5
    wix.will_reply(*[failure(503)] * 3)

    with pytest.raises(WixUnavailableError):
        wix.client(seconds=13.0).call(READ, thing_id=THING_ID)

    timeouts = [request.extensions["timeout"] for request in wix.requests]
    assert [each["connect"] for each in timeouts] == [3.0, 3.0, 2.5]
    assert [each["read"] for each in timeouts] == [10.0, 8.0, 2.5]
    assert all(each["read"] == each["write"] == each["pool"] for each in timeouts)


@pytest.mark.parametrize(
    ("operation", "error"), [(READ, WixUnavailableError), (WRITE, OutcomeUnknownError)]
)
@pytest.mark.parametrize("at_once", [HEAD, HEAD[:-4]], ids=["the body", "a header"])
def test_an_answer_that_drips_is_not_waited_for_beyond_the_time_of_the_call(
    clock: Clock, at_once: bytes, operation: Operation, error: type[WixError]
) -> None:
    server = DrippingServer(clock, at_once)
    http = httpx.Client(transport=RenewingTransport(now=clock), base_url=server.url)
    deadline = clock.now + 27
    wix = WixClient(http, elevates=[operation], deadline=deadline, now=clock, sleep=clock.sleep)

    with server.running(), http, pytest.raises(error) as caught:
        wix.call(operation, body={"a": 1}, thing_id=THING_ID)

    assert caught.type is error
    assert server.sent < ENDLESS


def test_a_request_may_take_what_its_operation_may_and_no_more_than_is_left(
    wix: FakeWix, clock: Clock
) -> None:
    limits: list[float] = []

    def slow(request: httpx.Request) -> httpx.Response:
        limits.append(request.extensions[TIME_LIMIT]())
        clock.now += 4.5
        return httpx.Response(503)

    wix.will_reply(slow, slow, slow)

    with pytest.raises(WixUnavailableError):
        wix.client(seconds=20.0).call(READ, thing_id=THING_ID)

    assert limits == [13.0, 13.0, 9.5]


# ---- What is carried on and noted -----------------------------------------------------------


def test_the_consistency_hint_of_a_reply_goes_out_with_the_next_requests(wix: FakeWix) -> None:
    first = {"X-Wix-Consistent": "first"}
    second = failure(503, headers={"x-wix-consistent": "second"})
    wix.will_reply(httpx.Response(200, json={}, headers=first), failure(503), second)
    client = wix.client()

    client.call(WRITE, thing_id=THING_ID)
    client.call(READ, thing_id=THING_ID)

    sent = [request.headers.get("x-wix-consistent") for request in wix.requests]
    assert sent == [None, "first", "first", "second"]
    wix.client().call(READ, thing_id=THING_ID)
    assert "x-wix-consistent" not in wix.requests[-1].headers


def test_traffic_has_every_exchange(wix: FakeWix) -> None:
    wix.takes_seconds = 0.25
    busy = failure(503, headers={"x-wix-request-id": "r-1"})
    good = httpx.Response(200, json={}, headers={"x-wix-request-id": "r-2"})
    wix.will_reply(busy, httpx.ReadTimeout("slow"), good)
    client = wix.client()

    client.call(READ, thing_id=THING_ID)

    assert client.traffic.exchanges == [
        Exchange("things.get", 503, 250, "r-1"),
        Exchange("things.get", "ReadTimeout", 250, None),
        Exchange("things.get", 200, 250, "r-2"),
    ]
    assert client.traffic.milliseconds == 750


def test_an_answer_that_is_not_json_still_names_wix_s_request(wix: FakeWix) -> None:
    wix.will_reply(raw(b"<html>", x_wix_request_id="r-1"))

    with pytest.raises(OutcomeUnknownError) as caught:
        wix.client().call(WRITE, thing_id=THING_ID)

    assert caught.value.wix_request_id == "r-1"
    assert isinstance(caught.value, AdminError)


# ---- Waiting for something to show ----------------------------------------------------------


@pytest.mark.parametrize(("jitter", "waits"), [(0.0, 1.0), (0.5, 1.5), (1.0, 2.0)])
def test_a_wait_is_at_least_half_as_long_as_asked(
    clock: Clock, jitter: float, waits: float
) -> None:
    client = FakeWix(clock).client(jitter=jitter)
    began = clock.now

    assert client.pause(2.0)

    assert clock.now - began == pytest.approx(waits)


@pytest.mark.parametrize(("left", "waits"), [(3.1, True), (2.9, False)])
def test_nothing_is_waited_for_if_no_read_could_follow(
    clock: Clock, left: float, *, waits: bool
) -> None:
    client = FakeWix(clock).client(seconds=left)
    began = clock.now

    assert client.pause(2.0) is waits

    assert (clock.now > began) is waits
