"""Tokens that die, lack a permission or are of another site, under actions at a simulated Wix."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests import canaries
from tests.unit.aws import aws_client
from tests.unit.calls import Reply, call
from tests.unit.wix_auth.fakes import Clock
from tests.wix_simulator import App, Fault, WixSimulator
from wix_auth import transport
from wix_auth.auth import WixAuth
from wix_auth.secrets import SecretReader

OTHER_SITE = "517e0000-0000-4000-8000-000000000002"
OTHER_CLIENT = "c11e0000-0000-4000-8000-0000000000c2"

CLIENT = {
    "kind": "client_credentials",
    "client_id": canaries.CLIENT_ID,
    "client_secret": canaries.CLIENT_SECRET,
}
ROTATED = CLIENT | {"client_secret": canaries.ROTATED_CLIENT_SECRET}

NO_SITE = {"message": "", "details": {"applicationError": {"code": "MISSING_METASITE_ID"}}}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which tokens grow old."""
    clock = Clock()
    monkeypatch.setattr(transport, "WixAuth", partial(WixAuth, now=clock))
    monkeypatch.setattr(transport, "SecretReader", partial(SecretReader, now=clock))
    return clock


@pytest.fixture
def store(wix: WixSimulator, secret_arn: str) -> Iterator[Callable[[dict[str, str]], None]]:
    """Puts a credential into the secret; the usual one is back afterwards."""
    secrets = aws_client("secretsmanager")

    def put(credential: dict[str, str]) -> None:
        secrets.put_secret_value(SecretId=secret_arn, SecretString=json.dumps(credential))

    yield put
    put(CLIENT)


def read(wix: WixSimulator) -> Reply:
    return call("orders/get_order", target=wix.add_order()["id"])


def refund(order: dict[str, Any]) -> Reply:
    return call("orders/refund_order", {"amount": "5.00"}, key="k-1", target=order["id"])


# ---- Dead tokens -----------------------------------------------------------------------


def kill(wix: WixSimulator) -> None:
    assert wix.kill_tokens() == 1


def expire(wix: WixSimulator) -> None:
    assert wix.expire_tokens() == 1


def rotate(wix: WixSimulator) -> None:
    wix.switches.rotation_kills_tokens = True
    wix.rotate_secret(keep_old=True)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("answer", ["401", "WDE0117", "428"])
@pytest.mark.parametrize("end", [kill, expire, rotate])
def test_a_token_that_died_is_replaced_at_the_next_call_and_money_moves_once(
    wix: WixSimulator, clock: Clock, answer: Any, end: Callable[[WixSimulator], None]
) -> None:
    wix.switches.dead_token_answer = answer
    order = wix.add_order(total="25.00")
    assert read(wix).status == 200
    clock.advance(61)
    end(wix)

    replies = [refund(order), read(wix)]

    assert [reply.status for reply in replies] == [200, 200]
    assert len(wix.refunds(order["id"])) == 1
    assert wix.exchanges == 2


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("answer", ["401", "WDE0117", "428"])
def test_a_rotation_that_kills_tokens_heals_once_the_new_secret_is_stored(
    wix: WixSimulator,
    clock: Clock,
    store: Callable[[dict[str, str]], None],
    answer: Any,
) -> None:
    wix.switches.dead_token_answer = answer
    wix.switches.rotation_kills_tokens = True
    order = wix.add_order(total="25.00")
    assert read(wix).status == 200
    clock.advance(61)
    wix.rotate_secret()

    refused = refund(order)
    store(ROTATED)
    clock.advance(5)
    made = refund(order)

    assert (refused.status, refused.code) == (502, "credential_refused")
    assert (made.status, made.replayed) == (200, False)
    assert len(wix.refunds(order["id"])) == 1


def test_a_site_that_is_set_up_otherwise_costs_one_token_in_five_minutes(
    wix: WixSimulator, clock: Clock
) -> None:
    wix.add_fault(Fault(path="/ecom/*", status=428, body=NO_SITE, times=None))

    replies = []
    for _ in range(20):
        replies.append(read(wix))
        clock.advance(14)

    assert {(reply.status, reply.code) for reply in replies} == {(500, "wrong_site")}
    assert wix.exchanges == 2


# ---- Missing permissions ---------------------------------------------------------------


@pytest.mark.parametrize("body", ["code", "empty"])
def test_a_missing_permission_that_is_told_as_401_does_not_cost_the_token(
    wix: WixSimulator, clock: Clock, body: Any
) -> None:
    wix.switches.forbidden_status = 401
    wix.switches.forbidden_body = body
    wix.set_permissions(["WIX_STORES.CATALOG_VERSION_READ", "WIX_STORES.PRODUCT_READ"])

    replies = []
    for _ in range(10):
        replies.append((read(wix), call("products/query_products", {})))
        clock.advance(29)

    assert {(no.status, yes.status) for no, yes in replies} == {(502, 200)}
    assert {no.code for no, _ in replies} == {"wix_permission_missing"}
    assert wix.exchanges == 2
    assert len(wix.requests(path="/ecom/*")) == 11


@pytest.mark.parametrize("answer", ["401", "WDE0117", "428"])
def test_a_token_that_died_is_replaced_at_once_where_a_permission_is_missing_elsewhere(
    wix: WixSimulator, clock: Clock, answer: Any
) -> None:
    wix.switches.dead_token_answer = answer
    wix.switches.forbidden_status = 401
    wix.set_permissions(["WIX_STORES.CATALOG_VERSION_READ", "WIX_STORES.PRODUCT_READ"])
    assert read(wix).code == "wix_permission_missing"
    clock.advance(61)
    wix.kill_tokens()

    replies = [call("products/query_products", {}), read(wix)]

    assert replies[0].status == 200
    assert replies[1].code == "wix_permission_missing"
    assert wix.exchanges == 3


# ---- The site --------------------------------------------------------------------------


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503},
        {"status": 200, "body": {"active": False}},
        {"status": 200, "body": {"active": True}},
        {"garbage": True},
        {"drop": "after"},
    ],
    ids=str,
)
def test_nothing_is_read_or_refunded_with_a_token_whose_site_is_not_proven(
    wix: WixSimulator, answer: dict[str, Any]
) -> None:
    order = wix.add_order(total="25.00")
    trouble = wix.add_fault(Fault(path="/oauth2/token-info", times=None, **answer))

    turned_away = [refund(order), read(wix), refund(order)]
    called = wix.requests(path="/ecom/*")
    wix.remove_fault(trouble)
    made = refund(order)

    assert {reply.status for reply in turned_away} == {503}
    assert called == []
    assert (made.status, made.replayed) == (200, False)
    assert wix.exchanges == 1


@pytest.mark.usefixtures("table")
def test_a_shop_of_somebody_else_is_not_touched_though_wix_did_not_name_it_at_first(
    wix: WixSimulator, clock: Clock, store: Callable[[dict[str, str]], None]
) -> None:
    wix.register(App(OTHER_CLIENT, site_id=OTHER_SITE))
    store(CLIENT | {"client_id": OTHER_CLIENT})
    order = wix.add_order(total="25.00", site_id=OTHER_SITE)
    wix.add_fault(Fault(path="/oauth2/token-info", status=503, times=3))

    replies = []
    for _ in range(4):
        replies.append(refund(order))
        clock.advance(2500)

    assert [reply.code for reply in replies] == ["wix_unavailable", *["wrong_site"] * 3]
    assert wix.requests(path="/ecom/*") == []


# ---- The secret ------------------------------------------------------------------------


def test_a_secret_that_was_rotated_is_used_within_five_minutes(
    wix: WixSimulator, clock: Clock, store: Callable[[dict[str, str]], None]
) -> None:
    assert read(wix).status == 200
    wix.rotate_secret()
    store(ROTATED)
    clock.advance(300)

    assert read(wix).status == 200

    used = [each.authorization for each in wix.requests(path="/ecom/*")]
    assert used == ["token 1", "token 2"]


@pytest.mark.parametrize(
    "broken",
    [{}, CLIENT | {"clientSecret": ""}, CLIENT | {"client_secret": "mistyped"}],
    ids=["empty", "misspelt", "refused"],
)
def test_a_broken_secret_stops_no_process_that_has_a_token(
    wix: WixSimulator,
    clock: Clock,
    store: Callable[[dict[str, str]], None],
    broken: dict[str, str],
) -> None:
    assert read(wix).status == 200
    store(broken)

    for _ in range(12):
        clock.advance(299)
        assert read(wix).status == 200
