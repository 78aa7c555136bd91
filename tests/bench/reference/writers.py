"""The functions that change an order: claimed in DynamoDB, marked as sent, made, remembered."""

import json
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
from pydantic import BaseModel

from .client import answer, call

type Json = dict[str, Any]

dynamodb = boto3.client("dynamodb")


class Changed(BaseModel):
    """What is remembered of a change, and answered."""

    id: str
    order_id: str


def once(event: Json, name: str, check: Callable[[str, Json], Json]) -> Json:
    """Make a change under its idempotency key.

    Args:
        check: Reads what must be read first, and returns the call that makes the change.
    """
    order_id: str = event["pathParameters"]["orderId"]
    site_id = os.environ["WIX_SITE_ID"]
    attempt = uuid.uuid4().hex
    key = {"pk": {"S": f"{site_id}#{name}#{order_id}#{event['headers']['Idempotency-Key']}"}}
    dynamodb.put_item(
        TableName=os.environ["EFFECTS_TABLE_NAME"],
        Item={
            **key,
            "attemptId": {"S": attempt},
            "state": {"S": "intended"},
            "createdAt": {"N": str(time.time())},
        },
        ConditionExpression="attribute_not_exists(pk)",
    )
    change = check(order_id, json.loads(event["body"]))
    set_state(key, attempt, "sent", "")
    reply = call(**change)
    changed = Changed(id=id_in(reply), order_id=order_id).model_dump_json()
    set_state(key, attempt, "settled", changed)
    return answer(name, changed)


def set_state(key: Json, attempt: str, state: str, outcome: str) -> None:
    dynamodb.update_item(
        TableName=os.environ["EFFECTS_TABLE_NAME"],
        Key=key,
        UpdateExpression="SET #state = :state, outcome = :outcome",
        ConditionExpression="attemptId = :mine",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={
            ":state": {"S": state},
            ":outcome": {"S": outcome},
            ":mine": {"S": attempt},
        },
    )


def id_in(reply: Json) -> str:
    """Find the id of what was changed or made."""
    if "paymentsIds" in reply:
        return str(reply["paymentsIds"][0])
    if "fulfillmentId" in reply:
        return str(reply["fulfillmentId"])
    return str((reply.get("order") or reply["refund"])["id"])


def update_order(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Json:
        return request("PATCH", f"/ecom/v1/orders/{order_id}", {"order": asked})

    return once(event, "update_order", check)


def cancel_order(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Json:
        order = call("GET", f"/ecom/v1/orders/{order_id}")["order"]
        if order["status"] == "CANCELED":
            raise ValueError("canceled already")
        return request("POST", f"/ecom/v1/orders/{order_id}/cancel", asked)

    return once(event, "cancel_order", check)


def refund_order(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Json:
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
        return request("POST", "/ecom/v1/order-billing/refund-payments", body)

    return once(event, "refund_order", check)


def fulfill_order(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Json:
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
        return request("POST", f"{path}/create-fulfillment", body)

    return once(event, "fulfill_order", check)


def record_payment(event: Json, context: object) -> Json:
    def check(order_id: str, asked: Json) -> Json:
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
        return request("POST", path, {"payments": [payment]})

    return once(event, "record_payment", check)


def request(method: str, path: str, body: Json) -> Json:
    return {"method": method, "path": path, "body": body}
