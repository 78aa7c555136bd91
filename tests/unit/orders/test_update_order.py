"""Updating: the few fields that can change, and where to go for the others."""

from typing import Any

import pytest

from tests import canaries
from tests.unit.orders.calls import Reply, api_calls, call
from tests.wix_simulator import Fault, WixSimulator

pytestmark = pytest.mark.usefixtures("table")

UPDATE = "/ecom/v1/orders/*"


def update(order: dict[str, Any], key: str | None = None, **body: Any) -> Reply:
    return call("update_order", body, key=key, order_id=order["id"])


def test_fields_are_set_and_named_in_the_answer(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")

    reply = update(order, archived=True, buyerInfo={"email": f"new@{canaries.EMAIL_DOMAIN}"})

    assert reply.status == 200
    assert reply.json["changed"] == ["archived", "buyerInfo"]
    assert reply.json["updatedDate"]
    changed = wix.order(order["id"])
    assert changed["archived"] is True
    assert changed["buyerInfo"]["email"] == f"new@{canaries.EMAIL_DOMAIN}"
    assert changed["buyerInfo"]["memberId"] == order["buyerInfo"]["memberId"]


def test_a_delivery_address_is_changed_whole(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")
    address = {
        "country": "DE",
        "city": "Berlin",
        "postalCode": "10115",
        "streetAddress": {"number": "1", "name": "Chausseestraße"},
    }

    reply = update(order, shippingInfo={"logistics": {"shippingDestination": {"address": address}}})

    destination = wix.order(order["id"])["shippingInfo"]["logistics"]["shippingDestination"]
    assert reply.status == 200
    assert destination["address"]["city"] == "Berlin"
    assert destination["contactDetails"]["lastName"] == canaries.LAST_NAME


@pytest.mark.parametrize(
    ("field", "value", "way"),
    [
        ("status", "CANCELED", "POST /orders/{orderId}/cancel"),
        ("paymentStatus", "PAID", "POST /orders/{orderId}/payments"),
        ("fulfillmentStatus", "FULFILLED", "POST /orders/{orderId}/fulfillments"),
        ("balanceSummary", {}, "POST /orders/{orderId}/refunds"),
        ("lineItems", [], "draft orders"),
        ("priceSummary", {}, "draft orders"),
        ("tags", {}, "Tags"),
    ],
)
def test_what_another_action_does_is_refused_with_the_way_there(
    wix: WixSimulator, field: str, value: Any, way: str
) -> None:
    order = wix.add_order(total="25.00")

    reply = update(order, **{field: value})

    assert (reply.status, reply.fields) == (400, [f"/{field}"])
    assert way in reply.json["errors"][0]["detail"]
    assert not wix.requests()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"buyerInfo": None}, "/buyerInfo"),
        ({"billingInfo": None}, "/billingInfo"),
        ({"billingInfo": {"contactDetails": None}}, "/billingInfo/contactDetails"),
        *(
            (
                {"billingInfo": {"contactDetails": {"vatId": {"id": "123", **kind}}}},
                "/billingInfo/contactDetails/vatId/type",
            )
            for kind in ({}, {"type": "UNSPECIFIED"}, {"type": None})
        ),
        ({"archived": None}, "/archived"),
        ({"archived": "yes"}, "/archived"),
        ({"buyerInfo": {"email": "no address"}}, "/buyerInfo/email"),
        ({"billingInfo": {"address": {"country": "Germany"}}}, "/billingInfo/address/country"),
    ],
)
def test_what_wix_would_not_take_is_refused_by_field(
    wix: WixSimulator, body: dict[str, Any], field: str
) -> None:
    order = wix.add_order(total="25.00")

    reply = update(order, **body)

    assert (reply.status, reply.fields) == (400, [field])


def test_null_clears_what_wix_can_clear(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")

    reply = update(order, billingInfo={"address": None}, buyerLanguage=None)

    assert reply.status == 200
    (sent,) = api_calls(wix, UPDATE)
    assert sent.body == {"order": {"billingInfo": {"address": None}, "buyerLanguage": None}}


def test_an_update_that_changes_nothing_is_refused(wix: WixSimulator) -> None:
    reply = update(wix.add_order(total="25.00"))

    assert reply.status == 400
    assert "at least one field" in reply.json["errors"][0]["detail"]


def test_an_update_is_repeated_when_its_answer_is_lost(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")
    wix.add_fault(Fault(path=UPDATE, method="PATCH", drop="after"))

    reply = update(order, archived=True)

    assert reply.status == 200
    assert len(api_calls(wix, UPDATE)) == 2


def test_a_key_tells_null_from_left_out(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00")

    first = update(order, "k", archived=True)
    again = update(order, "k", archived=True)
    other = update(order, "k", archived=True, buyerLanguage=None)

    assert (first.replayed, again.replayed) == (False, True)
    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_what_wix_forbids_now_is_told_with_its_code(wix: WixSimulator) -> None:
    order = wix.add_order(total="25.00", status="PENDING")

    reply = update(order, archived=True)

    assert (reply.status, reply.code, reply.json["wixCode"]) == (
        409,
        "wix_forbids",
        "ORDER_IS_PENDING",
    )
