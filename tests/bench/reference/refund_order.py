"""The function that refunds an order, under its caller's idempotency key."""

import json
from functools import partial

from pydantic import BaseModel

from .client import Json, answer, call
from .ledger import Change, once

NAME = "refund_order"


class Refunded(BaseModel):
    id: str
    order_id: str


def handler(event: Json, context: object) -> Json:
    order_id: str = event["pathParameters"]["orderId"]
    key = event["headers"]["Idempotency-Key"]
    request = json.loads(event["body"])

    def remember(reply: Json) -> Refunded:
        return Refunded(id=reply["refund"]["id"], order_id=order_id)

    return answer(NAME, once(NAME, order_id, key, partial(check, order_id, request), remember))


def check(order_id: str, request: Json) -> Change:
    call("GET", f"/ecom/v1/payments/orders/{order_id}")
    path = "/ecom/v1/order-billing/get-order-refundability"
    able = {
        each["payment"]["paymentId"]
        for each in call("POST", path, {"orderId": order_id})["payments"]
        if each["refundable"]
    }
    refunds = [
        {"paymentId": each["paymentId"], "amount": {"amount": each["amount"]}}
        for each in request["payments"]
    ]
    if not able.issuperset(each["paymentId"] for each in refunds):
        raise ValueError("not refundable")
    body = {
        "orderId": order_id,
        "paymentRefunds": refunds,
        "customerReason": request["reason"],
        "refundItems": request["items"],
        "sideEffects": {"restock": {"lineItems": request["restock"]}},
    }
    return partial(call, "POST", "/ecom/v1/order-billing/refund-payments", body)
