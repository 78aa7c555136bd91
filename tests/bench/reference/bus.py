"""EventBridge with boto3."""

import json
import os

import boto3

from .client import Json

events = boto3.client("events")


def publish(source: str, detail_type: str, detail: Json) -> None:
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
