from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import WixSimulator, authorized, card, fee, gift_card, line, offline
from tests.wix_simulator.builders import OrderStatus

type Json = dict[str, Any]


def search(admin: httpx.Client, **request: Any) -> Json:
    reply = admin.post("/ecom/v1/orders/search", json={"search": request})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def found(admin: httpx.Client, **request: Any) -> list[str]:
    return [order["id"] for order in search(admin, **request)["orders"]]


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


# ---- Builders and seed ----


def test_an_order_adds_up_as_wix_would_add_it_up(wix: WixSimulator) -> None:
    order = wix.add_order(
        lines=[line(2, "12.50"), line(1, "19.99", name="Ceramic mug")],
        shipping="5.00",
        discount="4.50",
        tax_rate="0.08",
        fees=[fee("1.00")],
    )

    assert {name: value["amount"] for name, value in order["priceSummary"].items()} == {
        "subtotal": "44.99",
        "shipping": "5.00",
        "tax": "3.24",
        "discount": "4.50",
        "totalAdditionalFees": "1.00",
        "total": "49.73",
    }
    assert [each["totalPriceAfterTax"]["amount"] for each in order["lineItems"]] == [
        "24.30",
        "19.43",
    ]
    assert order["paymentStatus"] == "PAID"
    assert order["balanceSummary"]["paid"]["formattedAmount"] == "$49.73"


@pytest.mark.parametrize(
    ("payments", "status"),
    [
        ([card("49.73")], "PAID"),
        ([card("20.00")], "PARTIALLY_PAID"),
        ([gift_card("9.73"), card("40.00")], "PAID"),
        ([offline("49.73")], "NOT_PAID"),
        ([authorized("49.73")], "PENDING"),
        ([card("49.73", status="DECLINED")], "DECLINED"),
        ([], "NOT_PAID"),
    ],
)
def test_the_payment_status_follows_from_the_payments(
    wix: WixSimulator, payments: list[Any], status: str
) -> None:
    assert wix.add_order(total="49.73", payments=payments)["paymentStatus"] == status


def test_the_same_seed_makes_the_same_varied_orders() -> None:
    one, other = WixSimulator(seed=3), WixSimulator(seed=3)

    ids = one.seed_orders(60)

    assert ids == other.seed_orders(60)
    orders = one.orders()
    assert {order["status"] for order in orders} == {
        "APPROVED",
        "CANCELED",
        "INITIALIZED",
        "PENDING",
        "REJECTED",
    }
    assert {order["paymentStatus"] for order in orders} >= {
        "PAID",
        "NOT_PAID",
        "PARTIALLY_REFUNDED",
    }
    assert {order["fulfillmentStatus"] for order in orders} >= {"FULFILLED", "NOT_FULFILLED"}
    kinds = {each["itemType"]["preset"] for order in orders for each in order["lineItems"]}
    assert kinds == {"PHYSICAL", "DIGITAL"}
    assert all(order["buyerInfo"]["email"].endswith(canaries.EMAIL_DOMAIN) for order in orders)


# ---- Get, update, cancel ----


def test_an_order_of_any_status_is_got_by_its_id(wix: WixSimulator, admin: httpx.Client) -> None:
    order = wix.add_order(status="INITIALIZED")

    reply = admin.get(f"/ecom/v1/orders/{order['id']}")
    missing = admin.get("/ecom/v1/orders/00000000-0000-4000-8000-00000000dead")

    assert reply.json()["order"] == wix.order(order["id"])
    assert (missing.status_code, code_of(missing)) == (404, "ORDER_NOT_FOUND")


@pytest.mark.parametrize("kind", [{}, {"type": "UNSPECIFIED"}], ids=str)
def test_a_tax_number_needs_its_type(
    wix: WixSimulator, admin: httpx.Client, kind: dict[str, str]
) -> None:
    order = wix.add_order()
    changes = {"billingInfo": {"contactDetails": {"vatId": {"id": "123", **kind}}}}

    reply = admin.patch(f"/ecom/v1/orders/{order['id']}", json={"order": changes})

    violations = reply.json()["details"]["validationError"]["fieldViolations"]
    assert reply.status_code == 400
    assert violations[0]["field"] == "order.billingInfo.contactDetails.vatId.type"


def test_an_update_changes_what_it_names_and_keeps_the_rest(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    before = wix.add_order(created="2026-01-15T08:30:00Z")
    changes = {
        "archived": True,
        "buyerInfo": {"email": None},
        "billingInfo": {"address": {"city": "Albany"}},
        "extendedFields": {"namespaces": {"@acme/erp": {"erpId": "SO-1"}}},
    }

    reply = admin.patch(f"/ecom/v1/orders/{before['id']}", json={"order": changes})

    after = reply.json()["order"]
    assert after["archived"] is True
    assert "email" not in after["buyerInfo"]
    assert after["billingInfo"]["address"] == before["billingInfo"]["address"] | {"city": "Albany"}
    assert after["extendedFields"]["namespaces"]["@acme/erp"] == {"erpId": "SO-1"}
    assert after["recipientInfo"] == before["recipientInfo"]
    assert after["updatedDate"] > before["updatedDate"]


def test_an_address_given_in_part_may_replace_the_whole(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.partial_address = "replace"
    order = wix.add_order()
    changes = {"billingInfo": {"address": {"city": "Albany"}}}

    reply = admin.patch(f"/ecom/v1/orders/{order['id']}", json={"order": changes})

    assert reply.json()["order"]["billingInfo"]["address"] == {"city": "Albany"}


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "CANCELED"},
        {"buyerInfo": None},
        {"billingInfo": {"contactDetails": None}},
        {"shippingInfo": {"title": "Express"}},
        {"weightUnit": "STONE"},
    ],
)
def test_an_update_of_anything_else_is_refused(
    wix: WixSimulator, admin: httpx.Client, changes: Json
) -> None:
    order = wix.add_order()

    reply = admin.patch(f"/ecom/v1/orders/{order['id']}", json={"order": changes})

    assert reply.status_code == 400
    assert wix.order(order["id"]) == order


def test_unknown_fields_may_be_ignored_in_silence(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.unknown_fields = "ignore"
    order = wix.add_order()

    reply = admin.patch(f"/ecom/v1/orders/{order['id']}", json={"order": {"status": "CANCELED"}})

    assert (reply.status_code, reply.json()["order"]["status"]) == (200, "APPROVED")


def test_cancelling_leaves_the_money_alone_and_can_restock_and_tell_the_buyer(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(lines=[line(2)])
    options = {
        "restockAllItems": True,
        "sendOrderCanceledEmail": True,
        "customMessage": canaries.MESSAGE,
    }

    reply = admin.post(f"/ecom/v1/orders/{order['id']}/cancel", json=options)

    assert reply.json()["order"]["status"] == "CANCELED"
    assert reply.json()["order"]["paymentStatus"] == "PAID"
    assert wix.restocked(order["id"]) == {order["lineItems"][0]["id"]: 2}
    assert [(mail.kind, mail.message) for mail in wix.mails] == [
        ("ORDER_CANCELED", canaries.MESSAGE)
    ]


@pytest.mark.parametrize(
    ("status", "payments", "code"),
    [
        ("APPROVED", [authorized("10.00")], "ORDER_HAS_AUTHORIZED_TRANSACTION"),
        ("PENDING", [], "ORDER_IS_PENDING"),
        ("REJECTED", [], "ORDER_IS_REJECTED"),
    ],
)
def test_some_orders_cannot_be_cancelled(
    wix: WixSimulator, admin: httpx.Client, status: OrderStatus, payments: list[Any], code: str
) -> None:
    order = wix.add_order(status=status, payments=payments)

    reply = admin.post(f"/ecom/v1/orders/{order['id']}/cancel", json={})

    assert (reply.status_code, code_of(reply)) == (428, code)


def test_cancelling_twice_is_fine_or_refused_by_switch(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    path = f"/ecom/v1/orders/{wix.add_order()['id']}/cancel"
    admin.post(path, json={})

    again = admin.post(path, json={})
    wix.switches.cancel_twice = 428
    refused = admin.post(path, json={})

    assert [again.status_code, refused.status_code] == [200, 428]


def test_a_waiting_order_is_approved_and_never_goes_back(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(status="INITIALIZED")
    path = f"/ecom/v1/orders/{order['id']}/update-status"

    statuses = ["APPROVED", "APPROVED", "INITIALIZED", "PENDING"]
    replies = [admin.post(path, json={"status": status}) for status in statuses]

    assert replies[0].json()["order"]["status"] == "APPROVED"
    assert [code_of(reply) for reply in replies[1:]] == [
        "STATUS_ALREADY_SET",
        "STATUS_NOT_SUPPORTED",
        "UNSUPPORTED_TRANSITION",
    ]


# ---- Search ----


def test_search_hides_unfinished_orders_unless_they_are_asked_for(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    statuses: list[OrderStatus] = ["INITIALIZED", "APPROVED", "CANCELED", "PENDING", "REJECTED"]
    ids = {status: wix.add_order(status=status)["id"] for status in statuses}

    assert set(found(admin)) == {ids["APPROVED"], ids["CANCELED"]}
    assert found(admin, filter={"status": "PENDING"}) == [ids["PENDING"]]
    assert found(admin, filter={"status": {"$in": ["INITIALIZED", "REJECTED"]}}) == [
        ids["REJECTED"]
    ]
    assert found(admin, filter={"status": {"$ne": "APPROVED"}}) == [ids["CANCELED"]]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({"priceSummary.total.amount": {"$gt": "9.5"}}, "bc"),
        ({"priceSummary.total.amount": {"$gte": "9", "$lt": "100"}}, "ab"),
        ({"createdDate": {"$gte": "2026-01-02T00:00:00+00:00"}}, "bc"),
        ({"createdDate": {"$gte": "2026-01-02T00:00:00"}}, "bc"),
        ({"createdDate": {"$hasSome": ["2026-01-02", "2026-01-04"]}}, "b"),
        ({"number": {"$startsWith": "1000"}}, "abc"),
        ({"buyerInfo.email": {"$isEmpty": True}}, ""),
        ({"$or": [{"number": "10001"}, {"number": {"$gt": "10002"}}]}, "ac"),
        ({"$not": {"archived": True}}, "bc"),
        ({"archived": True}, "a"),
        ({"billingInfo.contactDetails.firstName": {"$startsWith": "canary"}}, "abc"),
        ({"purchasedDate": {"$exists": True}}, "b"),
        ({"lineItems.productName.original": {"$hasSome": ["Mug", "Cup"]}}, "c"),
        ({"lineItems.productName.original": {"$hasAll": ["Mug", "Cup"]}}, ""),
        ({"lineItems.productName.original": "Mug"}, "c"),
        ({"paymentStatus": {"$nin": ["PAID"]}}, ""),
        ({"$and": [{"status": "APPROVED"}, {"createdDate": {"$lt": "2026-01-02T00:00:00Z"}}]}, "a"),
    ],
)
def test_a_filter_compares_as_the_kind_of_the_field_asks(
    wix: WixSimulator, admin: httpx.Client, condition: Json, names: str
) -> None:
    made = {
        "a": wix.add_order(total="9", created="2026-01-01T00:00:00Z", fields={"archived": True}),
        "b": wix.add_order(
            total="10.00",
            created="2026-01-02T00:00:00Z",
            fields={"purchasedDate": "2026-01-01T00:00:00.000Z"},
        ),
        "c": wix.add_order(
            lines=[line(price="100.00", name="Mug")], created="2026-01-03T00:00:00Z"
        ),
    }

    assert set(found(admin, filter=condition)) == {made[name]["id"] for name in names}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"filter": {"buyerNote": "x"}}, "Field 'buyerNote' is not declared as filterable"),
        ({"filter": {"$or": [{"lineItems.id": "x"}]}}, "Field 'lineItems.id' is not declared"),
        ({"filter": {"status": {"$gt": "A"}}}, "Operator '$gt' is not supported"),
        ({"filter": {"createdDate": {"$startsWith": "2026"}}}, "'$startsWith' is not supported"),
        ({"filter": {"createdDate": {"$gt": "yesterday"}}}, "cannot be compared"),
        ({"filter": {"createdDate": {"$gt": None}}}, "takes a value"),
        ({"filter": {"archived": "true"}}, "cannot be compared"),
        ({"filter": {"number": "NaN"}}, "cannot be compared"),
        ({"filter": {"status": ["PAID"]}}, "has a wrong value"),
        ({"sort": [{"fieldName": "archived"}]}, "Field 'archived' is not declared as sortable"),
        ({"cursorPaging": {"limit": 101}}, "search.cursorPaging.limit"),
        ({"paging": {"limit": 10}}, "search.paging"),
    ],
)
def test_a_search_wix_does_not_offer_is_refused(
    admin: httpx.Client, request_: Json, message: str
) -> None:
    reply = admin.post("/ecom/v1/orders/search", json={"search": request_})

    assert reply.status_code == 400
    assert message in reply.json()["message"]


def test_orders_come_newest_first_or_as_sorted(wix: WixSimulator, admin: httpx.Client) -> None:
    dates = ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z"]
    totals = ["10.00", "9.00", "9.00"]
    old, new, middle = (
        wix.add_order(total=total, created=date)["id"]
        for total, date in zip(totals, dates, strict=True)
    )
    cheapest_first = [
        {"fieldName": "priceSummary.total.amount"},
        {"fieldName": "createdDate", "order": "DESC"},
    ]

    assert found(admin) == [new, middle, old]
    assert found(admin, sort=cheapest_first) == [new, middle, old]
    assert found(admin, sort=[{"fieldName": "createdDate", "order": "ASC"}]) == [old, middle, new]


def pages(admin: httpx.Client, limit: int, **first: Any) -> Iterator[Json]:
    page = search(admin, cursorPaging={"limit": limit}, **first)
    yield page
    while page["metadata"]["hasNext"]:
        cursor = page["metadata"]["cursors"]["next"]
        page = search(admin, cursorPaging={"limit": limit, "cursor": cursor})
        yield page


def test_pages_follow_their_cursor_and_miss_nothing_that_was_there(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    ids = {wix.add_order()["id"] for _ in range(5)}
    wix.add_order(status="CANCELED")

    seen = []
    for page in pages(admin, 2, filter={"status": "APPROVED"}):
        seen += [order["id"] for order in page["orders"]]
        wix.add_order()  # a newer order that comes in between shifts nothing

    assert sorted(seen) == sorted(ids)


def test_a_cursor_expires_and_takes_no_filter_beside_it(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.add_order()
    wix.add_order()
    cursor = search(admin, cursorPaging={"limit": 1})["metadata"]["cursors"]["next"]
    follow = {"cursorPaging": {"cursor": cursor}}

    beside = admin.post("/ecom/v1/orders/search", json={"search": {"filter": {}, **follow}})
    wix.advance(600)
    late = admin.post("/ecom/v1/orders/search", json={"search": follow})

    assert (beside.status_code, late.status_code) == (400, 400)


def test_search_may_lag_while_get_does_not(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.search_lag_seconds = 5
    order = wix.add_order()
    assert found(admin) == []

    wix.advance(5)
    admin.patch(f"/ecom/v1/orders/{order['id']}", json={"order": {"archived": True}})

    assert found(admin, filter={"archived": False}) == [order["id"]]
    assert admin.get(f"/ecom/v1/orders/{order['id']}").json()["order"]["archived"] is True
    wix.advance(5)
    assert found(admin, filter={"archived": False}) == []
