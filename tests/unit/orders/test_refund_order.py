"""Refunds: what is refundable, once whatever dies when, and what a receipt says."""

import time
from decimal import Decimal
from typing import Any

import pytest

from tests import canaries
from tests.unit.aws import aws_client
from tests.unit.orders.calls import Reply, api_calls, call, later
from tests.wix_simulator import (
    Fault,
    WixSimulator,
    card,
    fee,
    gift_card,
    line,
    membership,
    offline,
)
from wix_admin.effects.once import SETTLE_SECONDS

pytestmark = pytest.mark.usefixtures("table")

REFUND = "/ecom/v1/order-billing/refund-payments"


def refund(order: dict[str, Any], key: str | None = "k-1", **body: Any) -> Reply:
    return call("refund_order", body, key=key, order_id=order["id"])


def refunded(wix: WixSimulator, order: dict[str, Any]) -> Decimal:
    return sum(
        (
            Decimal(each["amount"]["amount"])
            for made in wix.refunds(order["id"])
            for each in made["transactions"]
        ),
        Decimal(0),
    )


def parts_of(reply: Reply) -> dict[str, Decimal]:
    return {each["paymentId"]: Decimal(each["amount"]) for each in reply.json["payments"]}


# ---- What is refunded ----


def test_an_amount_is_taken_from_the_orders_payment(wix: WixSimulator) -> None:
    order = wix.add_order(total="49.73")

    reply = refund(order, amount="12.15")

    assert reply.status == 200
    assert reply.json["status"] == "REFUNDED"
    assert reply.json["refunded"] == "12.15"
    assert reply.json["pendingPayments"] == []
    assert refunded(wix, order) == Decimal("12.15")


def test_an_amount_is_split_over_the_payments_that_wix_can_refund(wix: WixSimulator) -> None:
    order = wix.add_order(
        lines=[line(price="100.00")],
        payments=[
            card("30.00"),
            gift_card("20.00"),
            offline("10.00", status="APPROVED"),
            card("40.00"),
        ],
    )
    first, _, _, last = wix.payment_ids(order["id"])

    reply = refund(order, amount="45.00")

    assert parts_of(reply) == {first: 30, last: 15}


def test_named_payments_are_refunded_by_their_amounts(wix: WixSimulator) -> None:
    order = wix.add_order(lines=[line(price="70.00")], payments=[card("30.00"), card("40.00")])
    first, second = wix.payment_ids(order["id"])

    reply = refund(order, payments=[{"paymentId": second, "amount": "5.00"}, {"paymentId": first}])

    assert parts_of(reply) == {second: 5, first: 30}


def test_fees_and_shipping_without_an_amount_are_given_back_whole(wix: WixSimulator) -> None:
    order = wix.add_order(lines=[line(price="20.00")], shipping="5.00", fees=[fee("3.00")])
    fee_id = order["additionalFees"][0]["id"]
    one = {"additionalFees": [{"additionalFeeId": fee_id, "amount": "1.00"}]}
    rest = {"additionalFees": [{"additionalFeeId": fee_id}], "shipping": {}}

    refund(order, key="one", amount="1.00", items=one)
    reply = refund(order, key="rest", amount="7.00", items=rest)

    details = wix.refunds(order["id"])[1]["details"]
    assert Decimal(reply.json["refunded"]) == 7
    assert [Decimal(each["amount"]["amount"]) for each in details["additionalFees"]] == [2]
    assert Decimal(details["shipping"]["amount"]["amount"]) == 5
    assert api_calls(wix, REFUND)[1].body["refundItems"] == rest


def test_gift_cards_and_memberships_are_refunded_whole(wix: WixSimulator) -> None:
    order = wix.add_order(
        lines=[line(price="20.00"), line(price="0")],
        payments=[gift_card("20.00"), membership(line_index=1)],
    )
    card_id, membership_id = wix.payment_ids(order["id"])

    part = refund(order, key="part", payments=[{"paymentId": card_id, "amount": "5.00"}])
    whole = refund(
        order, key="whole", payments=[{"paymentId": card_id}, {"paymentId": membership_id}]
    )

    assert (part.status, part.fields) == (400, ["/payments/0/amount"])
    assert whole.status == 200
    (sent,) = api_calls(wix, REFUND)
    assert all("amount" not in each for each in sent.body["paymentRefunds"])


def test_money_that_wix_cannot_move_is_recorded_once_it_was_given_back_by_hand(
    wix: WixSimulator,
) -> None:
    order = wix.add_order(total="25.00", payments=[offline("25.00", status="APPROVED")])
    (payment_id,) = wix.payment_ids(order["id"])

    refused = refund(order, payments=[{"paymentId": payment_id, "amount": "5.00"}])
    recorded = refund(
        order, payments=[{"paymentId": payment_id, "amount": "5.00", "externalRefund": True}]
    )

    assert (refused.status, refused.code) == (409, "not_possible_now")
    assert refused.fields == ["/payments/0/externalRefund"]
    assert recorded.status == 200


@pytest.mark.parametrize("reason", ["PENDING_REFUND", "PROVIDER_IS_DOWN", "DISABLED_BY_PROVIDER"])
def test_a_payment_that_cannot_be_refunded_is_refused_with_wixs_reason(
    wix: WixSimulator, reason: str
) -> None:
    order = wix.add_order(total="25.00", payments=[card("25.00", refundability=reason)])
    (payment_id,) = wix.payment_ids(order["id"])

    reply = refund(order, payments=[{"paymentId": payment_id, "amount": "5.00"}])

    assert (reply.status, reply.code) == (409, "not_possible_now")
    assert reason in reply.json["detail"]
    assert not api_calls(wix, REFUND)


def test_more_than_is_refundable_is_refused_and_the_key_stays_free(wix: WixSimulator) -> None:
    order = wix.add_order(total="10.00")

    too_much = refund(order, amount="10.01")
    enough = refund(order, amount="10.00")
    nothing_left = refund(order, key="k-2", amount="0.01")

    assert (too_much.status, too_much.code) == (422, "exceeds_refundable")
    assert too_much.fields == ["/amount"]
    assert "At most 10 " in too_much.json["detail"]
    assert enough.status == 200
    assert (nothing_left.status, nothing_left.code) == (422, "exceeds_refundable")
    assert len(api_calls(wix, REFUND)) == 1


def test_more_than_one_payment_holds_is_refused_by_field(wix: WixSimulator) -> None:
    order = wix.add_order(lines=[line(price="70.00")], payments=[card("30.00"), card("40.00")])
    first, second = wix.payment_ids(order["id"])

    reply = refund(
        order,
        payments=[
            {"paymentId": second, "amount": "40.00"},
            {"paymentId": first, "amount": "30.50"},
        ],
    )

    assert (reply.status, reply.code) == (422, "exceeds_refundable")
    assert reply.fields == ["/payments/1/amount"]


def test_a_payment_of_another_order_is_refused(wix: WixSimulator) -> None:
    order, other = wix.add_order(total="10.00"), wix.add_order(total="10.00")

    reply = refund(order, payments=[{"paymentId": wix.payment_ids(other["id"])[0]}])

    assert (reply.status, reply.fields) == (400, ["/payments/0/paymentId"])


def test_an_order_that_wix_does_not_know_is_not_found(wix: WixSimulator) -> None:
    reply = call(
        "refund_order", {"amount": "1.00"}, key="k", order_id="00000000-0000-4000-8000-000000000099"
    )

    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.json["wixRequestId"]


# ---- What Wix makes of it ----


def test_a_refund_that_is_under_way_names_its_pending_payments(wix: WixSimulator) -> None:
    order = wix.add_order(lines=[line(price="70.00")], payments=[card("30.00"), card("40.00")])
    first, second = wix.payment_ids(order["id"])
    wix.refunds_of(second, becomes="PENDING")

    reply = refund(order, amount="70.00")

    assert reply.status == 200
    assert reply.json["status"] == "PENDING"
    assert Decimal(reply.json["refunded"]) == 30
    assert reply.json["pendingPayments"] == [second]
    assert first not in reply.json["pendingPayments"]


def test_the_same_request_brings_a_pending_refund_up_to_date(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    (payment_id,) = wix.payment_ids(order["id"])
    wix.refunds_of(payment_id, becomes="PENDING")
    pending = refund(order, amount="30.00")
    wix.settle_refund(pending.json["refundId"], payment_id, "SUCCEEDED")

    settled = refund(order, amount="30.00")
    again = refund(order, amount="30.00")

    assert settled.replayed
    assert settled.json["status"] == "REFUNDED"
    assert again.json == settled.json
    assert len(api_calls(wix, REFUND)) == 1


def test_a_refund_that_fails_later_is_told_as_failed_from_then_on(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    (payment_id,) = wix.payment_ids(order["id"])
    wix.refunds_of(payment_id, becomes="PENDING")
    pending = refund(order, amount="30.00")
    wix.settle_refund(pending.json["refundId"], payment_id, "FAILED")

    failed = [refund(order, amount="30.00") for _ in range(2)]

    assert [(each.status, each.code) for each in failed] == [(422, "refund_failed")] * 2


def test_payments_that_failed_are_told_beside_those_that_did_not(wix: WixSimulator) -> None:
    order = wix.add_order(lines=[line(price="70.00")], payments=[card("30.00"), card("40.00")])
    _, second = wix.payment_ids(order["id"])
    wix.refunds_of(second, becomes="FAILED")

    reply = refund(order, amount="70.00")

    assert reply.status == 200
    assert reply.json["status"] == "PARTLY_FAILED"
    assert Decimal(reply.json["refunded"]) == 30
    assert {each["refundStatus"] for each in reply.json["payments"]} == {"SUCCEEDED", "FAILED"}


def test_a_refund_that_failed_for_every_payment_is_a_problem(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    wix.refunds_of(wix.payment_ids(order["id"])[0], becomes="FAILED")

    reply = refund(order, amount="30.00")

    assert (reply.status, reply.code) == (422, "refund_failed")


# ---- Once ----


def test_the_same_request_is_answered_from_memory(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")

    first, second = (refund(order, amount="10.00") for _ in range(2))

    assert not first.replayed
    assert second.replayed
    assert second.json == first.json
    assert refunded(wix, order) == 10


def test_amounts_are_equal_however_they_are_written(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")

    replies = [refund(order, amount=amount) for amount in ("10", "10.0", "10.00")]

    assert [each.replayed for each in replies] == [False, True, True]


def test_the_key_with_another_body_is_refused(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    refund(order, amount="10.00")

    reply = refund(order, amount="11.00")

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    assert refunded(wix, order) == 10


def test_the_key_means_another_request_for_another_order(wix: WixSimulator) -> None:
    orders = [wix.add_order(total="30.00") for _ in range(2)]

    replies = [refund(order, amount="10.00") for order in orders]

    assert [each.replayed for each in replies] == [False, False]


def test_a_refund_without_a_key_is_refused_before_anything_is_asked(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")

    reply = refund(order, key=None, amount="10.00")

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")
    assert reply.json["errors"][0]["header"] == "Idempotency-Key"
    assert not wix.requests()


LOST = [
    Fault(path=REFUND, drop="after"),
    Fault(path=REFUND, reset="after"),
    Fault(path=REFUND, garbage=True),
    Fault(path=REFUND, status=500, effect=True),
    Fault(path=REFUND, status=504, effect=True, body="<html>"),
]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_lost_answer_is_read_back_at_once(wix: WixSimulator, fault: Fault) -> None:
    order = wix.add_order(total="30.00")
    wix.add_fault(fault)

    first, second = (refund(order, amount="10.00") for _ in range(2))

    assert (first.status, first.json["status"]) == (200, "REFUNDED")
    assert second.json == first.json
    assert refunded(wix, order) == 10


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=REFUND, drop="before"),
        Fault(path=REFUND, reset="before"),
        Fault(path=REFUND, status=502),
    ],
    ids=str,
)
def test_a_call_that_may_have_been_lost_is_not_repeated_while_wix_may_still_carry_it_out(
    wix: WixSimulator, fault: Fault
) -> None:
    order = wix.add_order(total="30.00")
    wix.add_fault(fault)

    replies = [refund(order, amount="10.00") for _ in range(3)]

    assert [(each.status, each.code) for each in replies] == [(504, "outcome_unknown")] * 3
    assert all(each.json["retryable"] for each in replies)
    assert all("Ask again with the same key" in each.json["detail"] for each in replies)
    assert all(int(each.headers["Retry-After"]) > 0 for each in replies)
    assert int(replies[-1].headers["Retry-After"]) <= SETTLE_SECONDS
    assert refunded(wix, order) == 0
    assert len(api_calls(wix, REFUND)) == 1


def test_it_is_made_again_once_wix_shows_that_it_never_happened(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    wix.add_fault(Fault(path=REFUND, drop="before"))
    assert refund(order, amount="10.00").code == "outcome_unknown"
    later(SETTLE_SECONDS + 1)

    reply = refund(order, amount="10.00")

    assert (reply.status, reply.json["status"]) == (200, "REFUNDED")
    assert refunded(wix, order) == 10


def test_it_is_not_made_again_if_somebody_refunded_the_payment_meanwhile(
    wix: WixSimulator,
) -> None:
    order = wix.add_order(total="30.00")
    wix.add_fault(Fault(path=REFUND, drop="before"))
    assert refund(order, amount="10.00").code == "outcome_unknown"
    assert refund(order, key="another", amount="10.00").status == 200
    later(SETTLE_SECONDS + 1)

    reply = refund(order, amount="10.00")

    assert (reply.status, reply.code) == (504, "outcome_unknown")
    assert refunded(wix, order) == 10


def test_a_late_answer_that_nobody_waited_for_is_found_by_the_next_request(
    wix: WixSimulator,
) -> None:
    order = wix.add_order(total="30.00")
    wix.add_fault(Fault(path=REFUND, drop="after"))
    wix.add_fault(Fault(path="/ecom/v1/payments/orders/*", skip=1, status=503, times=3))

    unknown = refund(order, amount="10.00")
    found = refund(order, amount="10.00")

    assert (unknown.status, unknown.code) == (504, "outcome_unknown")
    assert (found.status, found.json["status"]) == (200, "REFUNDED")
    assert found.replayed
    assert refunded(wix, order) == 10


def test_wixs_refusal_is_final_for_its_key(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    body = {
        "message": "no",
        "details": {"applicationError": {"code": "PAYMENT_NOT_REFUNDABLE", "description": "no"}},
    }
    wix.add_fault(Fault(path=REFUND, status=428, body=body))

    replies = [refund(order, amount="10.00") for _ in range(2)]

    assert [(each.status, each.code) for each in replies] == [(409, "wix_forbids")] * 2
    assert [each.json["wixCode"] for each in replies] == ["PAYMENT_NOT_REFUNDABLE"] * 2
    assert [each.replayed for each in replies] == [False, True]
    assert len(api_calls(wix, REFUND)) == 1


def test_a_request_that_wix_turned_away_unread_leaves_the_key_free(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    wix.add_fault(Fault(path=REFUND, status=429, headers={"Retry-After": "60"}))

    busy = refund(order, amount="10.00")
    done = refund(order, amount="10.00")

    assert (busy.status, busy.code, busy.headers["Retry-After"]) == (503, "wix_busy", "60")
    assert (done.status, done.replayed) == (200, False)


def test_nothing_is_started_with_too_little_time_left(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")

    late = call("refund_order", {"amount": "1.00"}, key="k", seconds=10, order_id=order["id"])
    in_time = call("refund_order", {"amount": "1.00"}, key="k", order_id=order["id"])

    assert (late.status, late.code) == (503, "out_of_time")
    assert in_time.status == 200
    assert len(api_calls(wix, REFUND)) == 1


def test_a_refund_forgotten_here_is_still_known_at_wix(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")
    first = refund(order, amount="10.00")
    later(91 * 86_400)

    again = refund(order, amount="10.00")

    assert again.json["refundId"] == first.json["refundId"]
    assert refunded(wix, order) == 10


# ---- What is said of it ----


def test_the_reference_goes_out_beside_the_reason_and_only_there(wix: WixSimulator) -> None:
    order = wix.add_order(total="30.00")

    refund(order, amount="10.00", reason=f"{canaries.MESSAGE}: arrived damaged")

    (sent,) = api_calls(wix, REFUND)
    assert sent.body["customerReason"].startswith(f"{canaries.MESSAGE}: arrived damaged (wa-")


def test_units_go_back_into_stock_and_the_buyer_is_told_only_if_asked_for(
    wix: WixSimulator,
) -> None:
    order = wix.add_order(lines=[line(quantity=2, price="15.00")])
    line_id = order["lineItems"][0]["id"]

    quiet = refund(order, key="quiet", amount="5.00")
    told = refund(
        order,
        key="told",
        amount="15.00",
        items={"lineItems": [{"lineItemId": line_id, "quantity": 1}]},
        restock=[{"lineItemId": line_id, "quantity": 1}],
        sendCustomerEmail=True,
        customMessage=canaries.MESSAGE,
    )

    assert (quiet.status, told.status) == (200, 200)
    assert wix.restocked(order["id"]) == {line_id: 1}
    assert len(wix.mails) == 1


def test_the_ledger_holds_no_words_and_no_whole_entities(wix: WixSimulator, table: str) -> None:
    order = wix.add_order(total="30.00")
    refund(order, amount="10.00", reason=canaries.MESSAGE, sendCustomerEmail=True)

    (item,) = aws_client("dynamodb").scan(TableName=table)["Items"]

    assert item["state"]["S"] == "settled"
    assert float(item["expiresAt"]["N"]) > time.time() + 89 * 86_400
    assert not [mark for mark in canaries.MARKS if mark in str(item)]
    assert len(str(item)) < 2_000
