import uuid

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import ACCOUNT_ID, WixSimulator

SITE = {"wix-site-id": canaries.SITE_ID}
KEY = {"authorization": canaries.API_KEY}


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (SITE, 401),
        (KEY | SITE, 200),
        (KEY, 428),
        (KEY | {"wix-account-id": ACCOUNT_ID}, 428),
        (KEY | SITE | {"wix-account-id": ACCOUNT_ID}, 403),
        (KEY | {"wix-site-id": "517e0000-0000-4000-8000-00000000000f"}, 403),
        ({"authorization": f"Bearer {canaries.API_KEY}"} | SITE, 401),
        ({"authorization": "IST.some.other.key"} | SITE, 401),
    ],
)
def test_an_api_key_goes_bare_and_with_exactly_the_id_of_its_site(
    wix: WixSimulator, http: httpx.Client, headers: dict[str, str], status: int
) -> None:
    order = wix.add_order()

    assert http.get(f"/ecom/v1/orders/{order['id']}", headers=headers).status_code == status


def test_two_id_headers_are_accepted_if_switched_so(wix: WixSimulator, http: httpx.Client) -> None:
    wix.switches.both_id_headers = "accept"
    order = wix.add_order()
    headers = KEY | SITE | {"wix-account-id": ACCOUNT_ID}

    assert http.get(f"/ecom/v1/orders/{order['id']}", headers=headers).status_code == 200


def test_a_key_without_a_site_is_told_so(http: httpx.Client) -> None:
    reply = http.get("/ecom/v1/orders/any", headers=KEY)

    assert code_of(reply) == "MISSING_METASITE_ID"


def test_a_revoked_key_is_unknown(wix: WixSimulator, admin: httpx.Client) -> None:
    order = wix.add_order()

    wix.revoke_key()

    assert admin.get(f"/ecom/v1/orders/{order['id']}").status_code == 401


def test_each_operation_needs_its_own_permission(wix: WixSimulator, admin: httpx.Client) -> None:
    order = wix.add_order()
    wix.set_permissions(["ECOM.READ_ORDERS"], credential=canaries.API_KEY)

    read = admin.get(f"/ecom/v1/orders/{order['id']}")
    cancel = admin.post(f"/ecom/v1/orders/{order['id']}/cancel", json={})

    assert read.status_code == 200
    assert (cancel.status_code, code_of(cancel)) == (403, "PERMISSION_DENIED")
    assert wix.order(order["id"])["status"] == "APPROVED"


def test_a_missing_permission_may_be_answered_without_a_body(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.set_permissions([], credential=canaries.API_KEY)
    wix.switches.forbidden_body = "empty"

    reply = admin.get("/ecom/v1/orders/any")
    wix.switches.forbidden_status = 401
    otherwise = admin.get("/ecom/v1/orders/any")

    assert (reply.status_code, reply.content) == (403, b"")
    assert otherwise.status_code == 401


def test_a_site_that_calls_too_often_waits_until_a_minute_has_passed(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.requests_per_minute = 2
    wix.switches.rate_limit_retry_after = 30
    path = f"/ecom/v1/orders/{wix.add_order()['id']}"

    statuses = [admin.get(path).status_code for _ in range(2)]
    refused = admin.get(path)
    wix.advance(60)

    assert statuses == [200, 200]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert admin.get(path).status_code == 200


def test_every_answer_names_its_request(wix: WixSimulator, admin: httpx.Client) -> None:
    replies = [admin.get("/ecom/v1/orders/any"), admin.get("/nothing/here")]

    names = [reply.headers["x-wix-request-id"] for reply in replies]
    assert names == [entry.request_id for entry in wix.requests()]
    assert len({uuid.UUID(name) for name in names}) == 2
    assert [reply.status_code for reply in replies] == [404, 404]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"customMessage": NaN}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"", "application/json"),
        (b"{}", "text/plain"),
    ],
)
def test_a_body_must_be_a_json_object(
    wix: WixSimulator, admin: httpx.Client, content: bytes, content_type: str
) -> None:
    path = f"/ecom/v1/orders/{wix.add_order()['id']}/cancel"

    reply = admin.post(path, content=content, headers={"content-type": content_type})

    assert reply.status_code == 400


def test_half_a_character_is_answered_like_any_other_text(admin: httpx.Client) -> None:
    reply = admin.post(
        "/ecom/v1/orders/search",
        content=rb'{"search": {"filter": {"\ud800": "x"}}}',
        headers={"content-type": "application/json"},
    )

    assert reply.status_code == 400
    assert reply.json()["message"] == "Field '?' is not declared as filterable"


def test_path_parameters_may_be_repeated_as_the_sdk_does_but_nothing_else_may_be_sent(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order_id = wix.add_order()["id"]
    path = f"/ecom/v1/orders/{order_id}"

    assert admin.get(path, params={"id": order_id}).status_code == 200
    assert admin.get(path, params={"fields": "FULL"}).status_code == 400
    assert admin.patch(path, json={"order": {"id": order_id}}).status_code == 200
    assert admin.patch(path, json={"order": {"id": "another"}}).status_code == 400
    assert admin.post(f"{path}/cancel", json={"id": order_id}).status_code == 200


def test_an_unknown_field_is_named_in_the_refusal(wix: WixSimulator, admin: httpx.Client) -> None:
    path = f"/ecom/v1/orders/{wix.add_order()['id']}/cancel"

    reply = admin.post(path, json={"sendMail": True, "restockAllItems": "yes"})

    violations = reply.json()["details"]["validationError"]["fieldViolations"]
    assert {(each["field"], each["violatedRule"]) for each in violations} == {
        ("sendMail", "FIELD_NOT_ALLOWED"),
        ("restockAllItems", "VALIDATION"),
    }


def test_the_value_sent_back_from_a_write_shows_it_in_search_at_once(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.consistency_header = True
    wix.switches.search_lag_seconds = 60
    order = wix.add_order(created="2026-01-15T08:30:00Z")
    wrote = admin.patch(f"/ecom/v1/orders/{order['id']}", json={"order": {"archived": True}})
    search = {"search": {"filter": {"archived": True}}}

    behind = admin.post("/ecom/v1/orders/search", json=search)
    headers = {"X-Wix-Consistent": wrote.headers["x-wix-consistent"]}
    current = admin.post("/ecom/v1/orders/search", json=search, headers=headers)

    assert len(behind.json()["orders"]) == 0
    assert len(current.json()["orders"]) == 1
    assert wix.requests()[-1].headers["x-wix-consistent"] == headers["X-Wix-Consistent"]
