"""EventBridge with boto3."""

import json
import os
from typing import Any

import boto3

events = boto3.client("events")


def publish(source: str, detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    reply = events.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": source,
                "DetailType": detail_type,
                "Detail": json.dumps(detail),
            }
        ]
    )
    if reply["FailedEntryCount"]:
        raise ConnectionError("the bus took no event")
    return dict(reply["Entries"][0])
