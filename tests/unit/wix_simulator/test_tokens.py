import httpx
import pytest

from tests import canaries
from tests.wix_simulator import App, Fault, WixSimulator, too_many_requests

OTHER_CLIENT = "c11e0000-0000-4000-8000-0000000000c2"
OTHER_SECRET = "5ec4e7ca-0c4c-4c4c-8c4c-ca4a4155ec4e"
OTHER_SITE = "517e0000-0000-4000-8000-000000000002"

GOOD = {
    "grant_type": "client_credentials",
    "client_id": canaries.CLIENT_ID,
    "client_secret": canaries.CLIENT_SECRET,
}


def exchange(http: httpx.Client, **changes: str) -> httpx.Response:
    return http.post("/oauth2/token", json=GOOD | changes)


def token(http: httpx.Client, **changes: str) -> str:
    return str(exchange(http, **changes).json()["access_token"])


def get_order(http: httpx.Client, order_id: str, authorization: str) -> httpx.Response:
    return http.get(f"/ecom/v1/orders/{order_id}", headers={"authorization": authorization})


def test_each_exchange_gives_another_token_and_the_old_ones_live_on(
    wix: WixSimulator, http: httpx.Client
) -> None:
    order = wix.add_order()

    first, second = token(http), token(http)

    assert first != second
    assert get_order(http, order["id"], first).status_code == 200
    assert get_order(http, order["id"], f"Bearer {second}").status_code == 200
    assert wix.exchanges == 2


def test_a_token_has_five_parts_and_carries_the_mark_that_logs_are_searched_for(
    http: httpx.Client,
) -> None:
    value = token(http)

    assert value.startswith("OauthNG.JWS.")
    parts = value.split(".")
    assert len(parts) == 5
    assert all(part.startswith(canaries.TOKEN_MARK) for part in parts[2:])


@pytest.mark.parametrize("spelling", ["form", "camel"])
def test_an_exchange_may_be_a_form_or_in_camel_case(http: httpx.Client, spelling: str) -> None:
    if spelling == "form":
        reply = http.post("/oauth2/token", data=GOOD)
    else:
        names = {"grant_type": "grantType", "client_id": "clientId"}
        names["client_secret"] = "clientSecret"
        reply = http.post("/oauth2/token", json={names[name]: GOOD[name] for name in GOOD})

    assert reply.status_code == 200
    assert reply.json()["expires_in"] == 14400


def test_a_wrong_secret_is_refused_as_the_switches_say(
    wix: WixSimulator, http: httpx.Client
) -> None:
    refused = exchange(http, client_secret=OTHER_SECRET)
    wix.switches.refused_exchange_status = 400
    wix.switches.refused_exchange_body = "empty"
    refused_otherwise = exchange(http, client_secret=OTHER_SECRET)

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert (refused_otherwise.status_code, refused_otherwise.content) == (400, b"")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_id": "not-a-guid"}, 400),
        ({"client_id": OTHER_CLIENT}, 401),
        ({"instance_id": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"instance_id": canaries.INSTANCE_ID}, 200),
        ({"grant_type": "password"}, 400),
        ({"secret": "misplaced"}, 400),
    ],
)
def test_an_exchange_is_judged_by_its_fields(
    http: httpx.Client, changes: dict[str, str], status: int
) -> None:
    assert exchange(http, **changes).status_code == status


def test_another_client_gets_a_good_token_for_another_site(
    wix: WixSimulator, http: httpx.Client
) -> None:
    wix.register(App(OTHER_CLIENT, OTHER_SECRET, site_id=OTHER_SITE))
    order = wix.add_order()

    stranger = token(http, client_id=OTHER_CLIENT, client_secret=OTHER_SECRET)
    info = http.post("/oauth2/token-info", json={"token": stranger}).json()

    assert get_order(http, order["id"], stranger).status_code == 404
    assert (info["active"], info["siteId"]) == (True, OTHER_SITE)


def test_a_rotated_secret_replaces_the_old_one(wix: WixSimulator, http: httpx.Client) -> None:
    order = wix.add_order()
    bought_before = token(http)

    wix.rotate_secret()

    assert exchange(http).status_code == 401
    assert exchange(http, client_secret=canaries.ROTATED_CLIENT_SECRET).status_code == 200
    assert get_order(http, order["id"], bought_before).status_code == 200
    assert [entry.body["client_secret"] for entry in wix.requests(path="/oauth2/token")] == [
        "current secret",
        "old secret",
        "current secret",
    ]


def test_a_rotation_may_keep_the_old_secret_or_end_the_tokens_it_bought(
    wix: WixSimulator, http: httpx.Client
) -> None:
    wix.switches.rotation_kills_tokens = True
    bought_before = token(http)

    wix.rotate_secret(keep_old=True)

    assert exchange(http).status_code == 200
    assert get_order(http, "any", bought_before).status_code == 401


def test_time_can_run_out_for_all_tokens_at_once(wix: WixSimulator, http: httpx.Client) -> None:
    value = token(http)

    assert wix.expire_tokens() == 1
    assert get_order(http, "any", value).status_code == 401


def test_an_exchange_may_succeed_with_created(wix: WixSimulator, http: httpx.Client) -> None:
    wix.switches.token_success_status = 201

    assert exchange(http).status_code == 201


def test_an_exchange_needs_a_body_of_a_known_type(http: httpx.Client) -> None:
    assert http.post("/oauth2/token").status_code == 400
    assert http.post("/oauth2/token", content=b"{}").status_code == 400


def test_a_token_names_its_site_and_no_other(wix: WixSimulator, http: httpx.Client) -> None:
    path = f"/ecom/v1/orders/{wix.add_order()['id']}"
    headers = {"authorization": token(http)}

    own = http.get(path, headers=headers | {"wix-site-id": canaries.SITE_ID})
    other = http.get(path, headers=headers | {"wix-site-id": OTHER_SITE})

    assert [own.status_code, other.status_code] == [200, 403]


def test_a_token_dies_when_its_time_is_over_or_when_it_is_killed(
    wix: WixSimulator, http: httpx.Client
) -> None:
    wix.switches.token_lifetime_seconds = 300
    order = wix.add_order()
    value = token(http)

    wix.advance(299)
    assert get_order(http, order["id"], value).status_code == 200
    wix.advance(1)
    assert get_order(http, order["id"], value).status_code == 401

    value = token(http)
    assert wix.kill_tokens() == 1
    assert get_order(http, order["id"], value).status_code == 401
    assert http.post("/oauth2/token-info", json={"token": value}).json() == {"active": False}


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [("WDE0117", 400, "WDE0117"), ("428", 428, "MISSING_METASITE_ID")],
)
def test_a_dead_token_may_be_answered_otherwise(
    wix: WixSimulator, http: httpx.Client, answer: str, status: int, code: str
) -> None:
    wix.switches.dead_token_answer = answer  # type: ignore[assignment]  # one of the literals

    reply = get_order(http, "any", "OauthNG.JWS.a.b.c")

    assert reply.status_code == status
    assert reply.json()["details"]["applicationError"]["code"] == code


@pytest.mark.parametrize(
    ("form", "told"),
    [("string", "60"), ("missing", None), ("nonsense", "soon"), ("number", 60)],
)
def test_the_lifetime_is_told_in_the_form_that_is_switched_on(
    wix: WixSimulator, http: httpx.Client, form: str, told: object
) -> None:
    wix.switches.token_lifetime_seconds = 60
    wix.switches.expires_in_form = form  # type: ignore[assignment]  # one of the literals

    assert exchange(http).json().get("expires_in") == told


def test_the_token_endpoint_can_be_in_trouble_like_any_other(
    wix: WixSimulator, http: httpx.Client
) -> None:
    wix.add_fault(too_many_requests("/oauth2/token", retry_after=2))
    wix.add_fault(Fault("/oauth2/token", status=500, body="<h1>Oops</h1>"))

    busy, broken, good = exchange(http), exchange(http), exchange(http)

    assert (busy.status_code, busy.headers["retry-after"]) == (429, "2")
    assert (broken.status_code, broken.text) == (500, "<h1>Oops</h1>")
    assert good.status_code == 200


def test_the_older_token_endpoint_is_gone(http: httpx.Client) -> None:
    assert http.post("/oauth/access", json=GOOD).status_code == 404
