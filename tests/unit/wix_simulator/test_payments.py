from typing import Any

import httpx
import pytest

from tests.wix_simulator import WixSimulator, card, offline

CASH = {"offlinePayment": True, "status": "APPROVED", "paymentMethod": "Cash"}


def named(**name: str) -> dict[str, Any]:
    return {"paymentMethodName": {"userDefinedName": name}}


def add(admin: httpx.Client, order_id: str, **payment: Any) -> httpx.Response:
    path = f"/ecom/v1/payments/orders/{order_id}/add-payment"
    return admin.post(path, json={"payments": [payment]})


def approve(admin: httpx.Client, order_id: str, payment_id: str, status: str = "APPROVED") -> Any:
    return admin.post(
        f"/ecom/v1/payments/{payment_id}/orders/{order_id}/update-payment-transaction-status",
        json={"status": status},
    )


@pytest.mark.parametrize(
    ("kept", "created"),
    [
        ("milliseconds", "2026-01-15T08:30:00.987Z"),
        ("seconds", "2026-01-15T08:30:00.000Z"),
        ("own", None),
    ],
)
def test_a_recorded_payment_keeps_its_date_more_or_less(
    wix: WixSimulator, admin: httpx.Client, kept: Any, created: str | None
) -> None:
    wix.switches.created_date = kept
    order = wix.add_order(total="25.00", payments=[])

    reply = add(
        admin,
        order["id"],
        amount={"amount": "25.00"},
        createdDate="2026-01-15T09:30:00.987123+01:00",
        regularPaymentDetails=CASH,
    )

    payment = reply.json()["orderTransactions"]["payments"][0]
    assert reply.json()["paymentsIds"] == [payment["id"]]
    assert payment["createdDate"] == (created or payment["updatedDate"])
    assert payment["status"] == payment["regularPaymentDetails"]["status"] == "APPROVED"
    assert wix.order(order["id"])["paymentStatus"] == "PAID"


def test_a_payment_without_a_date_is_made_now(admin: httpx.Client, wix: WixSimulator) -> None:
    order = wix.add_order(payments=[])

    reply = add(admin, order["id"], amount={"amount": "4"}, regularPaymentDetails=CASH)

    payment = reply.json()["orderTransactions"]["payments"][0]
    assert payment["createdDate"] == payment["updatedDate"]
    assert wix.order(order["id"])["paymentStatus"] == "PARTIALLY_PAID"
    assert wix.order(order["id"])["balanceSummary"]["balance"]["amount"] == "6.00"


@pytest.mark.parametrize(
    "payment",
    [
        {"amount": {"amount": "1.00"}},
        {"amount": {"amount": 1}, "regularPaymentDetails": CASH},
        {"amount": {"amount": "-1.00"}, "regularPaymentDetails": CASH},
        {"amount": {"amount": "1.001"}, "regularPaymentDetails": CASH},
        {"amount": "1.00", "regularPaymentDetails": CASH},
        {"amount": {"amount": "1"}, "regularPaymentDetails": CASH, "note": "misplaced"},
        {"amount": {"amount": "1"}, "regularPaymentDetails": CASH, "createdDate": "yesterday"},
        {"amount": {"amount": "1"}, "regularPaymentDetails": CASH | {"paymentMethod": "x" * 151}},
        {"amount": {"amount": "1"}, "regularPaymentDetails": CASH | named()},
        {"amount": {"amount": "1"}, "regularPaymentDetails": CASH | named(custom="x" * 151)},
        {"amount": {"amount": "1"}, "regularPaymentDetails": CASH | named(custom="")},
        {"amount": {"amount": "1"}, "regularPaymentDetails": CASH | named(predefined="CRYPTO")},
        {
            "amount": {"amount": "1"},
            "regularPaymentDetails": CASH | named(custom="Cash", predefined="CASH"),
        },
    ],
)
def test_a_payment_of_the_wrong_shape_is_refused(
    wix: WixSimulator, admin: httpx.Client, payment: dict[str, Any]
) -> None:
    order = wix.add_order(payments=[])

    assert add(admin, order["id"], **payment).status_code == 400
    assert wix.payments(order["id"]) == []


@pytest.mark.parametrize("name", [{"predefined": "CASH"}, {"custom": "x" * 150}], ids=str)
@pytest.mark.parametrize(
    ("status", "regular"),
    [
        ({"status": "APPROVED"}, {"status": "APPROVED"}),
        ({"status": "APPROVED"}, {}),
        ({}, {"status": "APPROVED"}),
    ],
    ids=["both", "the new one", "the old one"],
)
def test_a_payment_tells_its_status_and_its_method_in_the_new_fields_and_the_old(
    wix: WixSimulator,
    admin: httpx.Client,
    name: dict[str, str],
    status: dict[str, str],
    regular: dict[str, str],
) -> None:
    order = wix.add_order(total="25.00", payments=[])
    details = {"offlinePayment": True, "paymentMethod": "x" * 150, **named(**name), **regular}

    add(admin, order["id"], amount={"amount": "25"}, regularPaymentDetails=details, **status)

    (payment,) = wix.payments(order["id"])
    kept = payment["regularPaymentDetails"]
    assert payment["status"] == kept["status"] == "APPROVED"
    assert kept["paymentMethod"] == "x" * 150
    assert kept["paymentMethodName"] == {"userDefinedName": name}


def test_an_order_that_waited_for_its_payment_is_approved_by_it(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(status="INITIALIZED")

    add(admin, order["id"], amount={"amount": "10.00"}, regularPaymentDetails=CASH)

    assert wix.order(order["id"])["status"] == "APPROVED"


def test_a_pending_offline_payment_is_approved_once(wix: WixSimulator, admin: httpx.Client) -> None:
    order = wix.add_order(payments=[offline("10.00")])
    [payment_id] = wix.payment_ids(order["id"])

    first = approve(admin, order["id"], payment_id)
    second = approve(admin, order["id"], payment_id)

    assert first.json()["orderTransactions"]["payments"][0]["status"] == "APPROVED"
    assert wix.order(order["id"])["paymentStatus"] == "PAID"
    assert second.json()["details"]["applicationError"]["code"] == "STATUS_NOT_ALLOWED"


def test_the_status_of_a_card_payment_is_not_set_by_hand(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(payments=[card("10.00", status="PENDING")])
    [payment_id] = wix.payment_ids(order["id"])

    guessed = approve(admin, order["id"], payment_id)
    wix.switches.status_not_allowed_status = 428
    otherwise = approve(admin, order["id"], payment_id)
    missing = approve(admin, order["id"], "b0b0b0b0-0000-4000-8000-000000000001")
    unknown = approve(admin, order["id"], payment_id, "PAID")

    statuses = [each.status_code for each in (guessed, otherwise, missing, unknown)]
    assert statuses == [400, 428, 404, 400]


def test_transactions_are_listed_for_one_order_or_many(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    one, other = wix.add_order(), wix.add_order()
    ids = [one["id"], other["id"]]

    single = admin.get(f"/ecom/v1/payments/orders/{one['id']}").json()["orderTransactions"]
    many = admin.post("/ecom/v1/payments/list-by-ids", json={"orderIds": ids}).json()

    assert single["payments"] == wix.payments(one["id"])
    assert [each["orderId"] for each in many["orderTransactions"]] == ids


def test_the_order_may_learn_of_a_payment_later_than_the_transactions(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.payment_status_lag_seconds = 3
    order = wix.add_order(payments=[offline("10.00")], created="2026-01-15T08:30:00Z")
    approve(admin, order["id"], *wix.payment_ids(order["id"]))
    path = f"/ecom/v1/orders/{order['id']}"

    behind = admin.get(path).json()["order"]["paymentStatus"]
    wix.advance(3)

    assert [behind, admin.get(path).json()["order"]["paymentStatus"]] == ["NOT_PAID", "PAID"]


def test_amounts_may_lose_their_trailing_zeros(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.uneven_amounts = True
    order = wix.add_order(total="25.00")

    shown = admin.get(f"/ecom/v1/orders/{order['id']}").json()["order"]

    assert shown["priceSummary"]["total"]["amount"] == "25.0"
