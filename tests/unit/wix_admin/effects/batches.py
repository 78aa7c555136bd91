"""Queues in memory, and the events that Lambda makes of the messages in them."""

import base64
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.unit.aws import aws_client
from wix_auth import aws_session

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef


LARGEST_MESSAGE = 1_048_576
"""In bytes, attributes included, which SQS in memory does not count."""


@contextmanager
def sqs_with_its_limit() -> Iterator[None]:
    """Let clients that are made from now on refuse a message that is too large, as SQS does."""

    def check(**event: Any) -> None:
        params = event["params"]
        size = len(params["MessageBody"].encode())
        for name, value in params.get("MessageAttributes", {}).items():
            content = value.get("BinaryValue") or value["StringValue"].encode()
            size += len(name.encode()) + len(value["DataType"]) + len(content)
        if size > LARGEST_MESSAGE:
            raise ClientError(
                {"Error": {"Code": "InvalidParameterValue", "Message": "Too long"}}, "SendMessage"
            )

    event = "provide-client-params.sqs.SendMessage"
    aws_session().register(event, check)
    try:
        yield
    finally:
        aws_session().unregister(event, check)


@contextmanager
def sqs_that_never_waits() -> Iterator[None]:
    """Let clients that are made from now on hear at once of an empty queue, however long it may
    be looked at: SQS in memory really would be waited for."""

    def hurry(**event: Any) -> None:
        event["params"]["WaitTimeSeconds"] = 0

    event = "before-parameter-build.sqs.ReceiveMessage"
    aws_session().register(event, hurry)
    try:
        yield
    finally:
        aws_session().unregister(event, hurry)


@dataclass(frozen=True)
class QueueInMemory:
    """A queue, as whoever sends to it and Lambda see it."""

    client: "SQSClient"
    url: str

    @classmethod
    def create(cls) -> "QueueInMemory":
        sqs: SQSClient = aws_client("sqs")
        return cls(sqs, sqs.create_queue(QueueName=f"queue-{uuid.uuid4()}")["QueueUrl"])

    @property
    def arn(self) -> str:
        reply = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        return reply["Attributes"]["QueueArn"]

    def send(self, body: str, attributes: dict[str, Any] | None = None) -> str:
        """Send a message, as SendMessage takes it, and return its id."""
        return self.client.send_message(
            QueueUrl=self.url, MessageBody=body, MessageAttributes=attributes or {}
        )["MessageId"]

    def receive(self, most: int = 10) -> list["MessageTypeDef"]:
        """Receive messages, which nobody else sees for half a minute."""
        return self.client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=most,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])

    def batch(self, **system: str) -> dict[str, Any]:
        """Receive messages as Lambda does and make its event of them.

        Args:
            system: What else SQS says of them than it does, such as `ApproximateReceiveCount`.
        """
        return {"Records": [record_of(message, self.arn, system) for message in self.receive()]}

    def old_batch(self, *, receives: int, seconds: float) -> dict[str, Any]:
        """Receive messages that have been received some times since some seconds ago."""
        return self.batch(
            ApproximateReceiveCount=str(receives),
            ApproximateFirstReceiveTimestamp=str(round((time.time() - seconds) * 1000)),
        )

    def said(self) -> list[dict[str, str]]:
        """Receive all messages: their bodies, with their attributes in text."""
        said = []
        while messages := self.receive():
            said += [
                {"body": message["Body"]}
                | {
                    name: value.get("StringValue") or value["BinaryValue"].decode()
                    for name, value in message.get("MessageAttributes", {}).items()
                }
                for message in messages
            ]
        return said


def record_of(message: "MessageTypeDef", arn: str, system: dict[str, str]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {**message["Attributes"], **system},
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "binaryValue": base64.b64encode(value["BinaryValue"]).decode()
                if "BinaryValue" in value
                else None,
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    }
