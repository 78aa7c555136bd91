"""The functions that change an order, each under its caller's idempotency key."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from .client import answer, call
from .ledger import Change, Json, once


def change(event: Json, name: str, check: Callable[[str, Json], Change]) -> Json:
    order_id: str = event["pathParameters"]["orderId"]
    key = event["headers"]["Idempotency-Key"]
    asked = json.loads(event["body"])
    return answer(name, once(name, order_id, key, lambda: check(order_id, asked)))


def update_order(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Change:
        return partial(call, "PATCH", f"/ecom/v1/orders/{order_id}", {"order": asked})

    return change(event, "update_order", check)


def cancel_order(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Change:
        order = call("GET", f"/ecom/v1/orders/{order_id}")["order"]
        if order["status"] == "CANCELED":
            raise ValueError("canceled already")
        return partial(call, "POST", f"/ecom/v1/orders/{order_id}/cancel", asked)

    return change(event, "cancel_order", check)


def refund_order(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Change:
        call("GET", f"/ecom/v1/payments/orders/{order_id}")
        path = "/ecom/v1/order-billing/get-order-refundability"
        able = {
            each["payment"]["paymentId"]
            for each in call("POST", path, {"orderId": order_id})["payments"]
            if each["refundable"]
        }
        refunds = [
            {"paymentId": each["paymentId"], "amount": {"amount": each["amount"]}}
            for each in asked["payments"]
        ]
        if not able.issuperset(each["paymentId"] for each in refunds):
            raise ValueError("not refundable")
        body = {
            "orderId": order_id,
            "paymentRefunds": refunds,
            "customerReason": asked["reason"],
            "refundItems": asked["items"],
            "sideEffects": {"restock": {"lineItems": asked["restock"]}},
        }
        return partial(call, "POST", "/ecom/v1/order-billing/refund-payments", body)

    return change(event, "refund_order", check)


def fulfill_order(event: Json, context: object) -> Json:
    return change(event, "fulfill_order", fulfillment)


def fulfillment(order_id: str, asked: Json) -> Change:
    path = f"/ecom/v1/fulfillments/orders/{order_id}"
    sent: Counter[str] = Counter()
    for each in call("GET", path)["orderWithFulfillments"]["fulfillments"]:
        sent.update({line["id"]: line["quantity"] for line in each["lineItems"]})
    order = call("GET", f"/ecom/v1/orders/{order_id}")["order"]
    left = {each["id"]: each["quantity"] - sent[each["id"]] for each in order["lineItems"]}
    lines = [{"id": e["lineItemId"], "quantity": e["quantity"]} for e in asked["lines"]]
    if any(each["quantity"] > left[each["id"]] for each in lines):
        raise ValueError("fewer are left")
    tracking = {
        "trackingNumber": asked["trackingNumber"],
        "shippingProvider": asked["carrier"],
    }
    body = {"fulfillment": {"lineItems": lines, "trackingInfo": tracking}}
    return partial(call, "POST", f"{path}/create-fulfillment", body)


def record_payment(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Change:
        call("GET", f"/ecom/v1/orders/{order_id}")
        call("GET", f"/ecom/v1/payments/orders/{order_id}")
        payment = {
            "amount": {"amount": asked["amount"]},
            "createdDate": datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "refundDisabled": False,
            "regularPaymentDetails": {
                "offlinePayment": True,
                "status": "APPROVED",
                "paymentMethod": asked["paymentMethod"],
            },
        }
        path = f"/ecom/v1/payments/orders/{order_id}/add-payment"
        return partial(call, "POST", path, {"payments": [payment]})

    return change(event, "record_payment", check)
