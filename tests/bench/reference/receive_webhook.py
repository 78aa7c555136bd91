"""The function that takes what Wix delivered from its queue to the bus."""

import json
import os
from base64 import b64decode

import jwt
from aws_lambda_powertools import Logger
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from .bus import publish
from .client import Json

logger = Logger()
KEY = b64decode(os.environ["WIX_WEBHOOK_PUBLIC_KEYS"])


class Envelope(BaseModel, alias_generator=to_camel):
    event_type: str
    instance_id: str
    identity: str
    data: str


class Event(BaseModel, alias_generator=to_camel, extra="allow"):
    id: str
    entity_id: str
    action_event: Json


def handler(batch: Json, context: object) -> Json:
    failed = []
    for record in batch["Records"]:
        try:
            receive(record["body"])
        except Exception:
            logger.exception("failed", extra={"action": "receive_webhook"})
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            logger.info("done", extra={"action": "receive_webhook"})
    return {"batchItemFailures": failed}


def receive(body: str) -> None:
    claims = jwt.decode(body, KEY, algorithms=["RS256"])
    envelope = Envelope.model_validate_json(claims["data"])
    if envelope.instance_id not in os.environ["WIX_INSTANCE_IDS"].split(","):
        raise PermissionError("the app's instance is not ours")
    event = Event.model_validate_json(envelope.data)
    about = {"instanceId": envelope.instance_id, "identity": json.loads(envelope.identity)}
    publish("wix", envelope.event_type, about | event.model_dump(by_alias=True))
