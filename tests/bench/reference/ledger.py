"""Effects in DynamoDB: claimed, marked as sent, made, remembered."""

import os
import time
import uuid
from collections.abc import Callable
from typing import Any

import boto3
from pydantic import BaseModel

type Json = dict[str, Any]
type Change = Callable[[], Json]
"""The one call that makes a change; returns its reply."""

dynamodb = boto3.client("dynamodb")


class Changed(BaseModel):
    """What is remembered of a change, and answered."""

    id: str
    order_id: str


def once(
    name: str,
    target: str,
    key: str,
    check: Callable[[], Change],
    remember: Callable[[Json, str], BaseModel] | None = None,
) -> str:
    """Make a change under its idempotency key.

    Args:
        check: Reads what must be read first, and returns the change.
        remember: Makes of Wix's reply and the target what is remembered and answered.
    """
    attempt = uuid.uuid4().hex
    item = {"pk": {"S": f"{os.environ['WIX_SITE_ID']}#{name}#{target}#{key}"}}
    dynamodb.put_item(
        TableName=os.environ["EFFECTS_TABLE_NAME"],
        Item={
            **item,
            "attemptId": {"S": attempt},
            "state": {"S": "intended"},
            "createdAt": {"N": str(time.time())},
        },
        ConditionExpression="attribute_not_exists(pk)",
    )
    change = check()
    set_state(item, attempt, "sent", "")
    changed = (remember or changed_order)(change(), target).model_dump_json()
    set_state(item, attempt, "settled", changed)
    return changed


def changed_order(reply: Json, order_id: str) -> Changed:
    return Changed(id=id_in(reply), order_id=order_id)


def set_state(item: Json, attempt: str, state: str, outcome: str) -> None:
    dynamodb.update_item(
        TableName=os.environ["EFFECTS_TABLE_NAME"],
        Key=item,
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
    for name in ("fulfillmentId", "EventId"):
        if name in reply:
            return str(reply[name])
    return str((reply.get("order") or reply["refund"])["id"])
