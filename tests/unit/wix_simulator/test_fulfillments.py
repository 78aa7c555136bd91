from typing import Any

import httpx
import pytest

from tests.wix_simulator import WixSimulator, line
from tests.wix_simulator.builders import OrderStatus

type Json = dict[str, Any]

FIRST = "00000000-0000-0000-0000-000000000001"
SECOND = "00000000-0000-0000-0000-000000000002"
UPS = {"trackingNumber": "1Z999AA10123456784", "shippingProvider": "ups"}


def create(admin: httpx.Client, order_id: str, *lines: Json, **rest: Any) -> httpx.Response:
    return admin.post(
        f"/ecom/v1/fulfillments/orders/{order_id}/create-fulfillment",
        json={"fulfillment": {"lineItems": list(lines), **rest}},
    )


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


def test_a_fulfillment_names_its_lines_and_makes_the_link_of_a_known_carrier(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(lines=[line(2), line(1)])

    reply = create(admin, order["id"], {"id": FIRST, "quantity": 1}, trackingInfo=UPS)

    made = reply.json()["orderWithFulfillments"]["fulfillments"][0]
    assert reply.json()["fulfillmentId"] == made["id"]
    assert made["lineItems"] == [{"id": FIRST, "quantity": 1}]
    assert made["trackingInfo"]["trackingLink"].endswith(UPS["trackingNumber"])
    assert wix.fulfillments(order["id"]) == [made]
    assert wix.order(order["id"])["fulfillmentStatus"] == "PARTIALLY_FULFILLED"


def test_a_line_may_be_split_and_no_quantity_means_all_that_is_left(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(lines=[line(5)])
    create(admin, order["id"], {"id": FIRST, "quantity": 2})

    rest = create(admin, order["id"], {"id": FIRST})

    assert rest.json()["orderWithFulfillments"]["fulfillments"][1]["lineItems"] == [
        {"id": FIRST, "quantity": 3}
    ]
    assert wix.order(order["id"])["fulfillmentStatus"] == "FULFILLED"


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ([{"id": FIRST, "quantity": 3}], 400, "LINE_ITEM_QUANTITY_EXCEEDED"),
        (
            [{"id": FIRST, "quantity": 1}, {"id": FIRST, "quantity": 2}],
            400,
            "LINE_ITEM_QUANTITY_EXCEEDED",
        ),
        ([{"id": SECOND}], 400, "LINE_ITEM_NOT_FOUND"),
    ],
)
def test_more_than_is_left_cannot_be_fulfilled(
    wix: WixSimulator, admin: httpx.Client, lines: list[Json], status: int, code: str
) -> None:
    order = wix.add_order(lines=[line(2)])

    reply = create(admin, order["id"], *lines)

    wix.switches.over_fulfillment_status = 428
    otherwise = create(admin, order["id"], *lines)

    assert (reply.status_code, code_of(reply)) == (status, code)
    assert otherwise.status_code == (428 if code == "LINE_ITEM_QUANTITY_EXCEEDED" else 400)
    assert wix.fulfillments(order["id"]) == []


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING", "CANCELED"])
def test_only_an_approved_order_is_fulfilled(
    wix: WixSimulator, admin: httpx.Client, status: OrderStatus
) -> None:
    order = wix.add_order(status=status)

    assert create(admin, order["id"], {"id": FIRST}).status_code == 428
    wix.set_order_status(order["id"], "APPROVED")
    assert create(admin, order["id"], {"id": FIRST}).status_code == 200


def test_a_tracking_number_is_used_once_in_an_order_or_once_in_the_shop(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    one, other = wix.add_order(lines=[line(3)]), wix.add_order()
    create(admin, one["id"], {"id": FIRST, "quantity": 1}, trackingInfo=UPS)

    again = create(admin, one["id"], {"id": FIRST, "quantity": 1}, trackingInfo=UPS)
    wix.switches.tracking_number_scope = "site"
    elsewhere = create(admin, other["id"], {"id": FIRST}, trackingInfo=UPS)
    wix.switches.tracking_number_scope = "order"
    allowed = create(admin, other["id"], {"id": FIRST}, trackingInfo=UPS)

    assert (again.status_code, code_of(again)) == (409, "TRACKING_NUMBER_ALREADY_EXISTS")
    assert [elsewhere.status_code, allowed.status_code] == [409, 200]


def test_an_unknown_carrier_needs_a_link_unless_switched_otherwise(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    courier = {"trackingNumber": "LC-9", "shippingProvider": "Local Courier"}
    linked = courier | {"trackingLink": "https://courier.example/t/LC-9", "trackingNumber": "LC-8"}
    order = wix.add_order(lines=[line(3)])

    refused = create(admin, order["id"], {"id": FIRST, "quantity": 1}, trackingInfo=courier)
    accepted = create(admin, order["id"], {"id": FIRST, "quantity": 1}, trackingInfo=linked)
    wix.switches.custom_carrier_without_link = "accept"
    tolerated = create(admin, order["id"], {"id": FIRST, "quantity": 1}, trackingInfo=courier)

    assert [refused.status_code, accepted.status_code, tolerated.status_code] == [400, 200, 200]


def test_an_update_changes_tracking_but_never_the_lines(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order()
    made = create(admin, order["id"], {"id": FIRST}, trackingInfo=UPS).json()["fulfillmentId"]
    path = f"/ecom/v1/fulfillments/{made}/orders/{order['id']}"

    changed = admin.patch(
        path,
        json={
            "fulfillment": {
                "id": made,
                "trackingInfo": {"trackingNumber": "42", "shippingProvider": "fedex"},
                "status": "Fulfilled",
                "completed": True,
            }
        },
    )
    lines = admin.patch(path, json={"fulfillment": {"lineItems": [{"id": FIRST}]}})

    assert changed.status_code == 200
    assert wix.fulfillments(order["id"])[0]["trackingInfo"]["trackingNumber"] == "42"
    assert wix.fulfillments(order["id"])[0]["completed"] is True
    assert lines.status_code == 400


def test_a_deleted_fulfillment_leaves_its_units_to_be_fulfilled_again(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order()
    made = create(admin, order["id"], {"id": FIRST}).json()["fulfillmentId"]
    path = f"/ecom/v1/fulfillments/{made}/orders/{order['id']}"

    deleted, again = admin.delete(path), admin.delete(path)

    assert deleted.json()["orderWithFulfillments"]["fulfillments"] == []
    assert again.status_code == 404
    assert wix.order(order["id"])["fulfillmentStatus"] == "NOT_FULFILLED"


def test_fulfillments_are_listed_for_one_order_or_many(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    one, other = wix.add_order(), wix.add_order()
    create(admin, one["id"], {"id": FIRST})

    single = admin.get(f"/ecom/v1/fulfillments/orders/{one['id']}")
    many = admin.post(
        "/ecom/v1/fulfillments/list-by-ids", json={"orderIds": [one["id"], other["id"]]}
    )

    assert len(single.json()["orderWithFulfillments"]["fulfillments"]) == 1
    assert [len(each["fulfillments"]) for each in many.json()["ordersWithFulfillments"]] == [1, 0]


def test_in_a_mixed_order_only_what_is_shipped_needs_fulfilling(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(lines=[line(1), line(1, kind="DIGITAL")])

    create(admin, order["id"], {"id": FIRST})

    assert wix.order(order["id"])["fulfillmentStatus"] == "FULFILLED"


def test_what_is_not_shipped_counts_as_fulfilled_at_once(wix: WixSimulator) -> None:
    order = wix.add_order(lines=[line(kind="DIGITAL")])

    assert "shippingInfo" not in order
    assert order["fulfillmentStatus"] == "FULFILLED"


def test_what_a_fulfillment_holds_besides_may_not_be_told(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(lines=[line(2)])
    info = {"fieldsData": {"reference": "R-1"}}
    one = f"/ecom/v1/fulfillments/orders/{order['id']}"

    made = create(admin, order["id"], {"id": FIRST, "quantity": 1}, customInfo=info)
    shown = admin.get(one)
    wix.switches.custom_info = "hidden"
    hidden = admin.get(one)
    among_many = admin.post("/ecom/v1/fulfillments/list-by-ids", json={"orderIds": [order["id"]]})

    for reply in (made, shown):
        (fulfillment,) = reply.json()["orderWithFulfillments"]["fulfillments"]
        assert fulfillment["customInfo"] == info
    (fulfillment,) = hidden.json()["orderWithFulfillments"]["fulfillments"]
    assert "customInfo" not in fulfillment
    assert among_many.json()["ordersWithFulfillments"][0]["fulfillments"] == [fulfillment]
    assert wix.fulfillments(order["id"])[0]["customInfo"] == info
