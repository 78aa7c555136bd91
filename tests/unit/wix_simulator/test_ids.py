"""Ids of a form that Wix's never have."""

from typing import Any

import httpx
import pytest

from tests.wix_simulator import WixSimulator

type Json = dict[str, Any]

NO_GUID = "order-1"
BILLING = "/ecom/v1/order-billing"

IN_PATHS = [
    ("GET", f"/members/v1/members/{NO_GUID}", "id"),
    ("PATCH", f"/members/v1/members/{NO_GUID}", "member.id"),
    ("POST", f"/members/v1/members/{NO_GUID}/approve", "id"),
    ("POST", f"/bookings/v2/bookings/{NO_GUID}/confirm", "bookingId"),
    ("POST", f"/bookings/v2/confirmation/{NO_GUID}:confirmOrDecline", "bookingId"),
    ("GET", f"/bookings/v2/services/{NO_GUID}", "serviceId"),
    ("GET", f"/stores/v3/inventory-items/{NO_GUID}", "inventoryItemId"),
    ("PATCH", f"/stores/v3/inventory-items/{NO_GUID}", "inventoryItem.id"),
    ("PATCH", f"/ecom/v1/orders/{NO_GUID}", "order.id"),
    ("POST", f"/ecom/v1/orders/{NO_GUID}/update-status", "orderId"),
    ("POST", f"/ecom/v1/payments/orders/{NO_GUID}/add-payment", "orderId"),
]
BODIES: dict[str, Json] = {
    "member.id": {"member": {}},
    "inventoryItem.id": {"inventoryItem": {"revision": "1", "quantity": 1}},
    "order.id": {"order": {}},
    "orderId": {"status": "APPROVED"},
}
IN_BODIES = [
    (f"{BILLING}/get-order-refundability", {"orderId": NO_GUID}, "orderId"),
    ("/members/v1/members/bulk/delete", {"memberIds": [NO_GUID]}, "memberIds[0]"),
]
ANY_TEXT = [
    ("GET", f"/ecom/v1/orders/{NO_GUID}"),
    ("POST", f"/ecom/v1/orders/{NO_GUID}/cancel"),
    ("GET", f"/ecom/v1/payments/orders/{NO_GUID}"),
    ("GET", f"/stores/v3/products/{NO_GUID}"),
]


def ask(admin: httpx.Client, method: str, path: str, body: Json | None = None) -> httpx.Response:
    if method == "GET":
        return admin.get(path)
    return admin.request(method, path, json=body or {})


def first_violation(reply: httpx.Response) -> Json:
    assert reply.status_code == 400, reply.text
    return dict(reply.json()["details"]["validationError"]["fieldViolations"][0])


@pytest.mark.parametrize(("method", "path", "field"), IN_PATHS)
def test_an_id_in_a_path_that_is_no_guid_fails_the_validation(
    admin: httpx.Client, method: str, path: str, field: str
) -> None:
    violation = first_violation(ask(admin, method, path))

    assert (violation["field"], violation["violatedRule"]) == (field, "FORMAT")
    assert violation["data"] == {"type": "GUID"}


@pytest.mark.parametrize(("path", "body", "field"), IN_BODIES)
def test_an_id_in_a_body_that_is_no_guid_fails_the_validation(
    admin: httpx.Client, path: str, body: Json, field: str
) -> None:
    violation = first_violation(admin.post(path, json=body))

    assert (violation["field"], violation["violatedRule"]) == (field, "FORMAT")
    assert violation["data"] == {"type": "GUID"}


@pytest.mark.parametrize(("method", "path", "field"), IN_PATHS[:10])
def test_such_an_id_is_like_any_unknown_one_if_switched_so(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, field: str
) -> None:
    wix.switches.malformed_id_status = 404

    body = {"revision": "1"} if path.endswith("/confirm") else BODIES.get(field)
    reply = ask(admin, method, path, body)

    assert reply.status_code == 404, reply.text


def test_in_a_body_as_well(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.malformed_id_status = 404

    alone = admin.post(IN_BODIES[0][0], json=IN_BODIES[0][1])
    one_of_many = admin.post(IN_BODIES[1][0], json=IN_BODIES[1][1])

    assert alone.status_code == 404
    assert one_of_many.json()["bulkActionMetadata"]["totalFailures"] == 1


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize(("method", "path"), ANY_TEXT)
def test_what_wix_declares_as_any_text_is_looked_up(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, status: Any
) -> None:
    wix.switches.malformed_id_status = status

    reply = ask(admin, method, path)

    assert reply.status_code == 404
    assert reply.json()["details"]["applicationError"]["code"].endswith("NOT_FOUND")
