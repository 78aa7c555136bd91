"""Fulfillments: what is left to send, once, and how a lost answer is found again."""

from typing import Any

import pytest

from tests.unit.orders.calls import Reply, api_calls, call, invoke
from tests.wix_simulator import Fault, WixSimulator, line

pytestmark = pytest.mark.usefixtures("table")

CREATE = "/ecom/v1/fulfillments/orders/*/create-fulfillment"
UPS = {"carrier": "ups", "trackingNumber": "1Z999AA10123456784"}


def fulfill(order: dict[str, Any], key: str | None = "k-1", **body: Any) -> Reply:
    return call("fulfill_order", {"lines": "all", **body}, key=key, order_id=order["id"])


def two_lines(wix: WixSimulator) -> tuple[dict[str, Any], str, str]:
    order = wix.add_order(lines=[line(quantity=3), line(quantity=1)])
    first, second = (each["id"] for each in order["lineItems"])
    return order, first, second


def test_everything_that_is_left_is_fulfilled_by_one_word(wix: WixSimulator) -> None:
    order, first, second = two_lines(wix)
    fulfill(order, key="part", lines=[{"lineItemId": first, "quantity": 1}])

    rest = fulfill(order, key="rest", **UPS)

    assert rest.json["lines"] == [
        {"lineItemId": first, "quantity": 2},
        {"lineItemId": second, "quantity": 1},
    ]
    assert rest.json["trackingNumber"] == UPS["trackingNumber"]
    assert wix.order(order["id"])["fulfillmentStatus"] == "FULFILLED"


def test_a_line_without_a_quantity_means_all_that_is_left_of_it(wix: WixSimulator) -> None:
    order, first, _ = two_lines(wix)

    reply = fulfill(order, lines=[{"lineItemId": first}])

    assert reply.json["lines"] == [{"lineItemId": first, "quantity": 3}]
    assert wix.order(order["id"])["fulfillmentStatus"] == "PARTIALLY_FULFILLED"


def test_more_than_is_left_is_refused_by_field(wix: WixSimulator) -> None:
    order, first, second = two_lines(wix)
    fulfill(order, key="part", lines=[{"lineItemId": first, "quantity": 2}])

    reply = fulfill(
        order, key="more", lines=[{"lineItemId": second}, {"lineItemId": first, "quantity": 2}]
    )

    assert (reply.status, reply.code) == (422, "exceeds_unfulfilled")
    assert reply.fields == ["/lines/1/quantity"]
    assert "1 units are left" in reply.json["detail"]


def test_nothing_left_is_refused(wix: WixSimulator) -> None:
    order, _, _ = two_lines(wix)
    fulfill(order, key="all")

    reply = fulfill(order, key="again")

    assert (reply.status, reply.code) == (422, "exceeds_unfulfilled")


def test_a_named_line_of_which_nothing_is_left_is_refused_by_field(wix: WixSimulator) -> None:
    order, first, second = two_lines(wix)
    fulfill(order, key="part", lines=[{"lineItemId": first}])

    reply = fulfill(order, key="more", lines=[{"lineItemId": second}, {"lineItemId": first}])

    assert (reply.status, reply.code) == (422, "exceeds_unfulfilled")
    assert reply.fields == ["/lines/1/quantity"]


def test_of_a_line_that_was_sent_too_often_nothing_is_left(wix: WixSimulator) -> None:
    order, first, second = two_lines(wix)
    fulfill(order, key="part", lines=[{"lineItemId": first}])
    (sent,) = wix.fulfillments(order["id"])
    more = {**sent, "lineItems": [{"id": first, "quantity": 4}]}
    wix.add_fault(
        Fault(
            path="/ecom/v1/fulfillments/orders/*",
            method="GET",
            status=200,
            body={"orderWithFulfillments": {"orderId": order["id"], "fulfillments": [more]}},
            times=None,
        )
    )

    refused = fulfill(order, key="more", lines=[{"lineItemId": first, "quantity": 1}])
    rest = fulfill(order, key="rest")

    assert (refused.status, refused.code) == (422, "exceeds_unfulfilled")
    assert "0 units are left to fulfill" in refused.json["detail"]
    assert rest.json["lines"] == [{"lineItemId": second, "quantity": 1}]


def test_a_line_of_another_order_is_refused(wix: WixSimulator) -> None:
    order, _, _ = two_lines(wix)

    reply = fulfill(order, lines=[{"lineItemId": "00000000-0000-0000-0000-000000000077"}])

    assert (reply.status, reply.fields) == (400, ["/lines/0/lineItemId"])


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING", "REJECTED", "CANCELED"])
def test_only_an_approved_order_is_fulfilled(wix: WixSimulator, status: Any) -> None:
    order = wix.add_order(total="10.00", status=status)

    reply = fulfill(order)

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert status in reply.json["detail"]
    assert not api_calls(wix, CREATE)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"carrier": "ups"}, "trackingNumber: Send carrier and trackingNumber together"),
        ({"trackingNumber": "1"}, "carrier: Send carrier and trackingNumber together"),
        (
            {"trackingUrl": "https://courier.example.com/1"},
            "trackingUrl: Send carrier and trackingNumber with it",
        ),
        ({"carrier": "Local Courier", "trackingNumber": "1"}, "trackingUrl: Send it"),
    ],
)
def test_tracking_that_cannot_work_is_refused(
    wix: WixSimulator, body: dict[str, Any], complaint: str
) -> None:
    order, _, _ = two_lines(wix)

    reply = fulfill(order, **body)

    assert reply.status == 400
    assert reply.json["detail"].startswith(complaint)


@pytest.mark.parametrize(
    ("carrier", "sent"), [("UPS", "ups"), ("CanadaPost", "canadaPost"), ("fedex", "fedex")]
)
def test_known_carriers_are_spelled_as_wix_spells_them(
    wix: WixSimulator, carrier: str, sent: str
) -> None:
    order, _, _ = two_lines(wix)

    fulfill(order, carrier=carrier, trackingNumber="1")

    (request,) = api_calls(wix, CREATE)
    assert request.body["fulfillment"]["trackingInfo"]["shippingProvider"] == sent


# ---- Once ----


def test_the_same_request_is_answered_from_memory(wix: WixSimulator) -> None:
    order, first, _ = two_lines(wix)

    one, two = (fulfill(order, lines=[{"lineItemId": first, "quantity": 1}]) for _ in range(2))

    assert two.replayed
    assert two.json == one.json
    assert len(wix.fulfillments(order["id"])) == 1


def test_one_dispatch_is_one_fulfillment_whichever_way_it_is_told(wix: WixSimulator) -> None:
    order, first, _ = two_lines(wix)
    dispatch = {"dispatchId": "D-1", "lines": [{"lineItemId": first, "quantity": 1}], **UPS}

    over_http = fulfill(order, key=None, **dispatch)
    as_event = invoke(
        "fulfill_order",
        {
            "detail-type": "Shipment Dispatched",
            "source": "warehouse",
            "id": "e-1",
            "detail": {"orderId": order["id"], **dispatch},
        },
    )

    assert over_http.status == 200
    assert as_event == over_http.json
    assert len(wix.fulfillments(order["id"])) == 1


def test_without_a_key_or_a_dispatch_nothing_is_done(wix: WixSimulator) -> None:
    order, _, _ = two_lines(wix)

    reply = fulfill(order, key=None)

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")
    assert not wix.requests()


@pytest.mark.parametrize("tracking", [UPS, {}], ids=["by tracking number", "by our reference"])
def test_a_lost_answer_is_read_back_at_once(wix: WixSimulator, tracking: dict[str, Any]) -> None:
    order, first, _ = two_lines(wix)
    wix.add_fault(Fault(path=CREATE, drop="after"))

    reply = fulfill(order, lines=[{"lineItemId": first, "quantity": 1}], **tracking)

    (made,) = wix.fulfillments(order["id"])
    assert (reply.status, reply.json["fulfillmentId"]) == (200, made["id"])


def test_a_tracking_number_that_wix_has_with_the_same_lines_is_done_already(
    wix: WixSimulator,
) -> None:
    order, first, _ = two_lines(wix)
    lines = [{"lineItemId": first, "quantity": 1}]
    one = fulfill(order, key="one", lines=lines, **UPS)

    two = fulfill(order, key="two", lines=lines, **UPS)

    assert two.status == 200
    assert two.json["fulfillmentId"] == one.json["fulfillmentId"]
    assert len(api_calls(wix, CREATE)) == 1


def test_one_that_another_makes_in_the_same_moment_is_taken_as_done(wix: WixSimulator) -> None:
    order, first, _ = two_lines(wix)
    lines = [{"lineItemId": first, "quantity": 1}]
    unseen = wix.add_fault(
        Fault(
            path="/ecom/v1/fulfillments/orders/*",
            method="GET",
            skip=1,
            status=200,
            body={"orderWithFulfillments": {"orderId": order["id"], "fulfillments": []}},
        )
    )
    one = fulfill(order, key="one", lines=lines, **UPS)

    two = fulfill(order, key="two", lines=lines, **UPS)

    assert unseen not in wix.faults
    assert (two.status, two.json["fulfillmentId"]) == (200, one.json["fulfillmentId"])
    assert len(wix.fulfillments(order["id"])) == 1


def test_a_tracking_number_that_wix_has_with_other_lines_is_a_conflict(wix: WixSimulator) -> None:
    order, first, second = two_lines(wix)
    fulfill(order, key="one", lines=[{"lineItemId": first, "quantity": 1}], **UPS)

    reply = fulfill(order, key="two", lines=[{"lineItemId": second, "quantity": 1}], **UPS)

    assert (reply.status, reply.code) == (409, "conflict")
    assert reply.json["wixCode"] == "TRACKING_NUMBER_ALREADY_EXISTS"
    assert len(wix.fulfillments(order["id"])) == 1


def test_a_call_that_was_lost_before_wix_is_not_repeated_blindly(wix: WixSimulator) -> None:
    order, _, _ = two_lines(wix)
    wix.add_fault(Fault(path=CREATE, drop="before"))

    replies = [fulfill(order) for _ in range(2)]

    assert [each.code for each in replies] == ["outcome_unknown"] * 2
    assert len(api_calls(wix, CREATE)) == 1
