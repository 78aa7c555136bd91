"""Effects in DynamoDB: claimed, marked as sent, made, remembered."""

import os
import time
import uuid
from collections.abc import Callable

import boto3
from pydantic import BaseModel

from .client import Json

type Change = Callable[[], Json]
"""The one call that makes a change; returns its reply."""

dynamodb = boto3.client("dynamodb")


def once[Answer: BaseModel](
    name: str,
    target: str,
    key: str,
    check: Callable[[], Change],
    remember: Callable[[Json], Answer],
) -> Answer:
    """Make a change under its idempotency key.

    Args:
        check: Reads what must be read first, and returns the change.
        remember: Makes of Wix's reply what is remembered and answered.
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
    answer = remember(change())
    set_state(item, attempt, "settled", answer.model_dump_json())
    return answer


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
