from typing import Any

import httpx
import pytest

from tests.wix_simulator import (
    Payment,
    WixSimulator,
    authorized,
    card,
    fee,
    gift_card,
    line,
    membership,
    offline,
)

type Json = dict[str, Any]

FIRST = "00000000-0000-0000-0000-000000000001"
NOBODY = "b0b0b0b0-0000-4000-8000-000000000001"
BILLING = "/ecom/v1/order-billing"


def money(amount: str) -> Json:
    return {"amount": amount}


def refund(
    admin: httpx.Client, order_id: str, *payment_refunds: Json, **rest: Any
) -> httpx.Response:
    body = {"orderId": order_id, "paymentRefunds": list(payment_refunds), **rest}
    return admin.post(f"{BILLING}/refund-payments", json=body)


def refundability(admin: httpx.Client, order_id: str) -> Json:
    reply = admin.post(f"{BILLING}/get-order-refundability", json={"orderId": order_id})
    return dict(reply.json())


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


def big_order(wix: WixSimulator, **changes: Any) -> Json:
    """49.73 in all; one unit of the first line is worth 12.15."""
    return wix.add_order(
        lines=[line(2, "12.50"), line(1, "19.99", name="Ceramic mug")],
        shipping="5.00",
        discount="4.50",
        tax_rate="0.08",
        fees=[fee("1.00")],
        **changes,
    )


# ---- What can be refunded ----


def test_refundability_tells_what_is_left_of_everything(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = big_order(wix)
    [payment_id] = wix.payment_ids(order["id"])
    refund(
        admin,
        order["id"],
        {"paymentId": payment_id, "amount": money("14.65")},
        refundItems={
            "lineItems": [{"lineItemId": FIRST, "quantity": 1}],
            "shipping": {"amount": money("2.50")},
        },
    )

    told = refundability(admin, order["id"])

    assert told["payments"][0]["refundable"] is True
    assert told["payments"][0]["payment"]["monetary"]["maxRefund"]["amount"] == "35.08"
    assert told["lineItems"][0] == {
        "lineItemId": FIRST,
        "originalQuantity": 2,
        "refundedQuantity": 1,
        "availableRefundQuantity": 1,
    }
    assert told["shipping"]["availableRefundAmount"]["amount"] == "2.50"
    assert told["additionalFees"][0]["availableRefundAmount"]["amount"] == "1.00"


@pytest.mark.parametrize(
    ("payment", "verdict"),
    [
        (card("10.00"), {"refundable": True}),
        (gift_card("10.00"), {"refundable": True}),
        (offline("10.00", status="APPROVED"), {"manuallyRefundable": {"reason": "OFFLINE"}}),
        (offline("10.00"), {"nonRefundable": {"reason": "NOT_PAID"}}),
        (authorized("10.00"), {"nonRefundable": {"reason": "NOT_PAID"}}),
        (
            card("10.00", refundability="EXPIRED"),
            {"manuallyRefundable": {"reason": "EXPIRED"}},
        ),
        (
            card("10.00", refundability="PROVIDER_IS_DOWN"),
            {"nonRefundable": {"reason": "PROVIDER_IS_DOWN"}},
        ),
    ],
)
def test_each_payment_gets_one_verdict(
    wix: WixSimulator, admin: httpx.Client, payment: Payment, verdict: Json
) -> None:
    order = wix.add_order(payments=[payment])

    told = refundability(admin, order["id"])["payments"][0]

    assert {name: value for name, value in told.items() if name != "payment"} == verdict


def test_a_calculation_adds_up_lines_fees_and_shipping(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = big_order(wix)
    items = {
        "lineItems": [{"lineItemId": FIRST, "quantity": 1}],
        "additionalFees": [{"additionalFeeId": order["additionalFees"][0]["id"]}],
        "shipping": {},
    }

    reply = admin.post(
        f"{BILLING}/calculate-refund", json={"orderId": order["id"], "refundItems": items}
    ).json()

    first = reply["calculatedRefundItems"]["lineItems"][0]["summary"]
    assert {name: value["amount"] for name, value in first.items()} == {
        "total": "12.15",
        "tax": "0.90",
        "discount": "1.25",
        "subtotal": "12.50",
    }
    assert reply["summary"]["total"]["amount"] == "18.15"
    assert reply["calculatedRefundItems"]["shipping"]["shipping"]["amount"]["amount"] == "5.00"


def test_a_calculation_that_cannot_be_made_says_why_with_status_200(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order()
    items = {"lineItems": [{"lineItemId": FIRST, "quantity": 2}], "shipping": {}}

    reply = admin.post(
        f"{BILLING}/calculate-refund", json={"orderId": order["id"], "refundItems": items}
    )

    assert reply.status_code == 200
    errors = reply.json()["notAvailable"]["errors"]
    assert [each["error"]["applicationError"]["code"] for each in errors] == [
        "INVALID_LINE_ITEM_REFUND_QUANTITY",
        "SHIPPING_NOT_FOUND",
    ]


# ---- Refunds ----


def test_a_refund_is_recorded_with_its_reason_and_everything_follows(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = big_order(wix)
    [payment_id] = wix.payment_ids(order["id"])

    reply = refund(
        admin,
        order["id"],
        {"paymentId": payment_id, "amount": money("12.15")},
        refundItems={"lineItems": [{"lineItemId": FIRST, "quantity": 1}]},
        sideEffects={
            "restock": {"lineItems": [{"lineItemId": FIRST, "quantity": 1}]},
            "notifications": {"sendCustomerEmail": True},
        },
        customerReason="ref-1",
    )

    made = reply.json()["refund"]
    assert made["details"]["reason"] == "ref-1"
    assert made["transactions"][0]["refundStatus"] == "SUCCEEDED"
    assert made["summary"]["refunded"]["amount"] == "12.15"
    assert made["summary"]["breakdown"]["lineItems"][0]["totalRefundedAmount"]["amount"] == "12.15"
    assert reply.json()["orderTransactions"]["refunds"] == [made]
    after = wix.order(order["id"])
    assert after["paymentStatus"] == "PARTIALLY_REFUNDED"
    assert after["balanceSummary"]["refunded"]["amount"] == "12.15"
    assert after["lineItems"][0]["refundQuantity"] == 1
    assert after["activities"][-1]["activityType"] == "ORDER_REFUNDED"
    assert wix.payments(order["id"])[0]["status"] == "PARTIALLY_REFUNDED"
    assert wix.restocked(order["id"]) == {FIRST: 1}
    assert [mail.kind for mail in wix.mails] == ["ORDER_REFUNDED"]


def test_a_refund_of_everything_leaves_nothing_to_refund(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(total="49.73")
    [payment_id] = wix.payment_ids(order["id"])

    refund(admin, order["id"], {"paymentId": payment_id, "amount": money("49.73")})
    again = refund(admin, order["id"], {"paymentId": payment_id, "amount": money("0.01")})

    assert wix.order(order["id"])["paymentStatus"] == "FULLY_REFUNDED"
    assert (again.status_code, code_of(again)) == (428, "PAYMENT_NOT_REFUNDABLE")
    assert again.json()["details"]["applicationError"]["data"] == {
        "paymentId": payment_id,
        "nonRefundableReason": "ALREADY_REFUNDED",
    }


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"paymentRefunds": [{"paymentId": NOBODY}]}, 404, "PAYMENT_NOT_FOUND"),
        ({"amount": "49.74"}, 400, "INVALID_PAYMENT_REFUND_AMOUNT"),
        ({"amount": "0"}, 400, "INVALID_PAYMENT_REFUND_AMOUNT"),
        ({"amount": "1.001"}, 400, "INVALID_PAYMENT_REFUND_AMOUNT"),
        ({"amount": None}, 400, "INVALID_PAYMENT_REFUND_AMOUNT"),
        (
            {"refundItems": {"lineItems": [{"lineItemId": NOBODY, "quantity": 1}]}},
            404,
            "LINE_ITEM_NOT_FOUND",
        ),
        (
            {"refundItems": {"lineItems": [{"lineItemId": FIRST, "quantity": 3}]}},
            400,
            "INVALID_LINE_ITEM_REFUND_QUANTITY",
        ),
        (
            {"refundItems": {"additionalFees": [{"additionalFeeId": NOBODY}]}},
            404,
            "ADDITIONAL_FEE_NOT_FOUND",
        ),
        (
            {"refundItems": {"shipping": {"amount": {"amount": "5.01"}}}},
            400,
            "INVALID_SHIPPING_REFUND_AMOUNT",
        ),
        (
            {"sideEffects": {"restock": {"lineItems": [{"lineItemId": FIRST, "quantity": 1}]}}},
            400,
            "INVALID_LINE_ITEM_RESTOCK_QUANTITY",
        ),
    ],
)
def test_a_refund_that_is_wrong_anywhere_refunds_nothing(
    wix: WixSimulator, admin: httpx.Client, changes: Json, status: int, code: str
) -> None:
    order = big_order(wix)
    part: Json = {"paymentId": wix.payment_ids(order["id"])[0], "amount": money("1.00")}
    if "amount" in changes:
        amount = changes.pop("amount")
        part["amount"] = None if amount is None else money(amount)
    body = {"orderId": order["id"], "paymentRefunds": [part], **changes}

    reply = admin.post(f"{BILLING}/refund-payments", json=body)

    assert (reply.status_code, code_of(reply)) == (status, code)
    assert wix.refunds(order["id"]) == []
    assert wix.order(order["id"]) == order


@pytest.mark.parametrize(
    "misplaced",
    [
        {"details": {"reason": "x"}},
        {"sideEffects": {"sendOrderRefundedEmail": True}},
        {"reason": "x"},
        {"customerReason": "x" * 201},
    ],
)
def test_fields_of_the_older_refund_call_are_refused(
    wix: WixSimulator, admin: httpx.Client, misplaced: Json
) -> None:
    order = wix.add_order()
    part = {"paymentId": wix.payment_ids(order["id"])[0], "amount": money("1.00")}

    reply = refund(admin, order["id"], part, **misplaced)

    assert reply.status_code == 400
    assert "validationError" in reply.json()["details"]


def test_gift_cards_and_memberships_are_refunded_whole_and_without_an_amount(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(
        lines=[line(price="10.00"), line(price="0", kind="SERVICE")],
        payments=[gift_card("10.00"), membership(line_index=1)],
    )
    gift, member = wix.payment_ids(order["id"])

    with_amount = refund(admin, order["id"], {"paymentId": gift, "amount": money("10.00")})
    whole = refund(admin, order["id"], {"paymentId": gift}, {"paymentId": member})

    assert (with_amount.status_code, whole.status_code) == (400, 200)
    assert [each["status"] for each in wix.payments(order["id"])] == ["VOIDED", "VOIDED"]
    left = refundability(admin, order["id"])["payments"]
    assert [each["nonRefundable"] for each in left] == [{"reason": "ALREADY_REFUNDED"}] * 2
    assert wix.order(order["id"])["paymentStatus"] == "FULLY_REFUNDED"
    assert wix.order(order["id"])["balanceSummary"]["balance"]["amount"] == "0"


def test_money_that_was_handed_over_is_given_back_by_hand(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(payments=[offline("10.00", status="APPROVED")])
    part = {"paymentId": wix.payment_ids(order["id"])[0], "amount": money("10.00")}

    expected = refund(admin, order["id"], part)
    wix.switches.external_refund_expected_status = 400
    otherwise = refund(admin, order["id"], part)
    done = refund(admin, order["id"], part | {"externalRefund": True})

    assert (expected.status_code, code_of(expected)) == (428, "EXTERNAL_REFUND_EXPECTED")
    assert [otherwise.status_code, done.status_code] == [400, 200]
    assert "gatewayRefundId" not in done.json()["refund"]["transactions"][0]


def test_a_pending_refund_holds_its_amount_until_it_is_settled(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(total="49.73")
    [payment_id] = wix.payment_ids(order["id"])
    wix.refunds_of(payment_id, becomes="PENDING")

    made = refund(admin, order["id"], {"paymentId": payment_id, "amount": money("30.00")})
    waiting = made.json()["refund"]
    held = refundability(admin, order["id"])["payments"][0]["payment"]["monetary"]
    too_much = refund(admin, order["id"], {"paymentId": payment_id, "amount": money("20.00")})
    before = wix.order(order["id"])
    wix.settle_refund(waiting["id"], payment_id, "SUCCEEDED")

    assert waiting["summary"]["pending"] is True
    assert "breakdown" not in waiting["summary"]
    assert (held["refundPending"]["amount"], held["maxRefund"]["amount"]) == ("30.00", "19.73")
    assert code_of(too_much) == "INVALID_PAYMENT_REFUND_AMOUNT"
    assert before["paymentStatus"] == "PAID"
    assert before["balanceSummary"]["pendingRefund"]["amount"] == "30.00"
    assert wix.order(order["id"])["paymentStatus"] == "PARTIALLY_REFUNDED"
    assert wix.refunds(order["id"])[0]["summary"]["pending"] is False


def test_a_refund_of_several_payments_may_fail_in_part(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(total="30.00", payments=[card("10.00"), card("20.00")])
    good, bad = wix.payment_ids(order["id"])
    wix.refunds_of(bad, becomes="FAILED")

    reply = refund(
        admin,
        order["id"],
        {"paymentId": good, "amount": money("10.00")},
        {"paymentId": bad, "amount": money("20.00")},
    )

    assert reply.status_code == 200
    made = reply.json()["refund"]
    assert [each["refundStatus"] for each in made["transactions"]] == ["SUCCEEDED", "FAILED"]
    assert made["summary"]["failedRefundAmount"]["amount"] == "20.00"
    assert [each["status"] for each in wix.payments(order["id"])] == ["REFUNDED", "APPROVED"]
    assert wix.order(order["id"])["balanceSummary"]["refunded"]["amount"] == "10.00"


def test_a_refund_that_failed_leaves_its_units_to_be_refunded_again(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order()
    [payment_id] = wix.payment_ids(order["id"])
    wix.refunds_of(payment_id, becomes="FAILED")
    items = {"lineItems": [{"lineItemId": FIRST, "quantity": 1}]}
    part = {"paymentId": payment_id, "amount": money("10.00")}
    stock = {"restock": {"lineItems": [{"lineItemId": FIRST, "quantity": 1}]}}

    failed = refund(admin, order["id"], part, refundItems=items, sideEffects=stock)
    wix.refunds_of(payment_id, becomes="SUCCEEDED")
    again = refund(admin, order["id"], part, refundItems=items)

    assert [failed.status_code, again.status_code] == [200, 200]
    assert wix.restocked(order["id"]) == {}
    assert wix.order(order["id"])["lineItems"][0]["refundQuantity"] == 1


def test_part_of_a_line_from_several_locations_is_not_restocked(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order(lines=[line(2, locations=2)])
    part = {"paymentId": wix.payment_ids(order["id"])[0], "amount": money("10.00")}
    unit = {"lineItems": [{"lineItemId": FIRST, "quantity": 1}]}

    reply = refund(admin, order["id"], part, refundItems=unit, sideEffects={"restock": unit})

    assert reply.status_code == 400
    assert code_of(reply) == "PARTIAL_REFUND_FOR_MULTIPLE_LOCATIONS_NOT_ALLOWED"


@pytest.mark.parametrize(("owed_again", "balance"), [(False, "0"), (True, "4.00")])
def test_refunded_money_may_be_owed_again(
    wix: WixSimulator, admin: httpx.Client, *, owed_again: bool, balance: str
) -> None:
    wix.switches.refund_reopens_balance = owed_again
    order = wix.add_order()
    part = {"paymentId": wix.payment_ids(order["id"])[0], "amount": money("4.00")}

    refund(admin, order["id"], part)

    assert wix.order(order["id"])["balanceSummary"]["balance"]["amount"] == balance


def test_a_reason_can_be_forced_on_a_payment_and_taken_back(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    order = wix.add_order()
    [payment_id] = wix.payment_ids(order["id"])
    part = {"paymentId": payment_id, "amount": money("4.00")}

    wix.force_refundability(payment_id, "PROVIDER_IS_DOWN")
    refused = refund(admin, order["id"], part)
    wix.force_refundability(payment_id, None)

    assert code_of(refused) == "PAYMENT_NOT_REFUNDABLE"
    assert refund(admin, order["id"], part).status_code == 200


def test_the_parts_of_a_line_add_up_to_the_whole(wix: WixSimulator, admin: httpx.Client) -> None:
    order = wix.add_order(lines=[line(3, "3.33")], discount="1.00", tax_rate="0.07")
    [payment_id] = wix.payment_ids(order["id"])
    items = {"lineItems": [{"lineItemId": FIRST, "quantity": 1}]}
    body = {"orderId": order["id"], "refundItems": items}

    for _ in range(3):
        worth = admin.post(f"{BILLING}/calculate-refund", json=body).json()["summary"]["total"]
        part = {"paymentId": payment_id, "amount": money(worth["amount"])}
        assert refund(admin, order["id"], part, refundItems=items).status_code == 200

    assert wix.order(order["id"])["paymentStatus"] == "FULLY_REFUNDED"
