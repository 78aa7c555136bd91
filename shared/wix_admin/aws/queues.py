"""Messages of SQS, and the queues in which they wait."""

import base64
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING, Self

from botocore.exceptions import BotoCoreError, ClientError

from wix_admin.errors import QueueUnavailableError, out_of_service
from wix_admin.models import Json

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef as Attribute
    from types_boto3_sqs.type_defs import MessageTypeDef

type Attributes = dict[str, Attribute]
"""What is said of a message, as SendMessage takes it: at most `MAX_ATTRIBUTES`."""

MAX_ATTRIBUTES = 10
MAX_BYTES = 1_048_576
"""SQS counts the body, and of each attribute name, type and value."""

MAX_BATCH = 10
LOOK_SECONDS = 1
"""How long to look for messages: SQS asks all its servers only if it may wait for one."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was received.

    Attributes:
        id: SQS's id of it.
        body: Its text.
        receipt: SQS's handle of this one time that it was received.
        receives: How many times it was received, this one included.
        first_received_at: When that was the first time, in seconds since the epoch.
        sent_at: When it came into its queue, in seconds since the epoch. A redrive is a new start.
        attributes: What is said of it.
    """

    id: str
    body: str = field(repr=False)
    receipt: str = field(repr=False)
    receives: int
    first_received_at: float
    sent_at: float
    attributes: Attributes = field(repr=False)

    @classmethod
    def of_record(cls, record: Json) -> Self:
        """Read a record of the event that Lambda makes of a batch; the id and body are needed."""
        return cls.of_reply(
            {
                "MessageId": record["messageId"],
                "ReceiptHandle": record.get("receiptHandle", ""),
                "Body": record["body"],
                "Attributes": record.get("attributes", {}),
                "MessageAttributes": {
                    name: _attribute(value)
                    for name, value in record.get("messageAttributes", {}).items()
                },
            }
        )

    @classmethod
    def of_reply(cls, message: "MessageTypeDef") -> Self:
        """Read a message of a reply to ReceiveMessage."""
        about, now = message.get("Attributes", {}), time.time() * 1000
        return cls(
            id=message["MessageId"],
            body=message["Body"],
            receipt=message["ReceiptHandle"],
            receives=int(about.get("ApproximateReceiveCount", 1)),
            first_received_at=int(about.get("ApproximateFirstReceiveTimestamp", now)) / 1000,
            sent_at=int(about.get("SentTimestamp", now)) / 1000,
            attributes=message.get("MessageAttributes", {}),
        )


def text(value: str) -> "Attribute":
    """Say something of a message in words."""
    return {"DataType": "String", "StringValue": value}


def milliseconds(at: float) -> "Attribute":
    """Say when something was, given in seconds since the epoch, in milliseconds."""
    return {"DataType": "Number", "StringValue": str(round(at * 1000))}


def fitting(body: str, attributes: Attributes) -> Attributes:
    """Leave out the attributes for which SQS has no room beside a body; the first come first."""
    room = MAX_BYTES - len(body.encode(errors="surrogatepass"))
    kept: Attributes = {}
    for name, value in attributes.items():
        content = value.get("BinaryValue", value.get("StringValue", "").encode())
        size = len(f"{name}{value['DataType']}".encode()) + len(content)
        if size <= room:
            kept[name] = value
            room -= size
    return kept


def _attribute(value: Json) -> "Attribute":
    if value.get("binaryValue") is not None:
        content = base64.b64decode(value["binaryValue"])
        return {"DataType": value["dataType"], "BinaryValue": content}
    return {"DataType": value["dataType"], "StringValue": value["stringValue"]}


class Queue:
    """A queue of SQS.

    Every method raises `QueueUnavailableError` if the queue did not do what it was asked, or
    if its answer was lost.

    Args:
        url: The queue.
        client: A boto3 SQS client.
    """

    def __init__(self, url: str, client: "SQSClient") -> None:
        self._url = url
        self._client = client

    def send(self, body: str, attributes: Attributes) -> None:
        """Put a message into the queue, at least once (`sqs:SendMessage`)."""
        with _asking():
            self._client.send_message(
                QueueUrl=self._url, MessageBody=body, MessageAttributes=attributes
            )

    def receive(self, most: int, *, hidden_seconds: int) -> list[Message]:
        """Receive messages, up to 10, and none only if there are none (`sqs:ReceiveMessage`).

        Args:
            most: How many at most.
            hidden_seconds: How long nobody else receives them, up to 12 hours.
        """
        with _asking():
            reply = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(most, MAX_BATCH),
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=[
                    "ApproximateReceiveCount",
                    "ApproximateFirstReceiveTimestamp",
                    "SentTimestamp",
                ],
                VisibilityTimeout=hidden_seconds,
                WaitTimeSeconds=LOOK_SECONDS,
            )
        return [Message.of_reply(each) for each in reply.get("Messages", [])]

    def delete(self, message: Message) -> None:
        """Remove a message that was received (`sqs:DeleteMessage`)."""
        with _asking():
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)

    def hide(self, message: Message, seconds: int) -> None:
        """Keep a message that was received from everybody (`sqs:ChangeMessageVisibility`).

        Args:
            message: The message.
            seconds: For how long from now, up to 12 hours after it was received.
        """
        with _asking():
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
            )

    def show(self, receipts: Iterable[str]) -> None:
        """Let everybody receive messages again (`sqs:ChangeMessageVisibility`).

        Args:
            receipts: Those of the messages.
        """
        hidden: list[str] = []
        for batch in batched(receipts, MAX_BATCH, strict=False):
            with _asking():
                reply = self._client.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                        for number, receipt in enumerate(batch)
                    ],
                )
            # SQS answers 200 for entries that it did not change, too.
            hidden += [each["Code"] for each in reply.get("Failed", [])]
        if hidden:
            raise _unavailable(hidden[0])


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _unavailable(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise _unavailable(type(error).__name__) from error


def _unavailable(reason: str) -> QueueUnavailableError:
    return QueueUnavailableError(
        out_of_service("A queue could not be used", reason, check="its address")
    )
