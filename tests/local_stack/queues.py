"""A look into queues that changes nothing in them, and at what passes over an event bus."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.local_stack.aws import Account
from tests.local_stack.waiting import wait_for

EVERYTHING: Mapping[str, Any] = {"source": [{"prefix": ""}]}
"""A pattern that every event fits."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a queue, whether anybody is at work on it or not."""

    id: str
    body: str
    attributes: dict[str, str]
    """The values of its attributes, numbers as text."""
    received: int
    """How often it was received."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def messages(account: Account, queue_url: str) -> list[Message]:
    """What a queue holds, oldest first; nothing is received by this."""
    reply = httpx.get(
        f"{account.endpoint}/_ministack/sqs/messages", params={"QueueUrl": queue_url}, timeout=60
    )
    [[queues]] = [regions.values() for regions in reply.json()["messages"].values()]
    return [
        Message(
            id=each["MessageId"],
            body=each["Body"],
            attributes={
                name: value["StringValue"] for name, value in each["MessageAttributes"].items()
            },
            received=each["ReceiveCount"],
        )
        for each in queues[queue_url]
    ]


@dataclass(frozen=True, slots=True)
class Published:
    """The events that came over a bus since somebody listens."""

    account: Account
    queue_url: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [each.json for each in messages(self.account, self.queue_url)]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The events, once there are this many or more.

        Raises:
            TimeoutError: If there are not.
        """
        return wait_for(lambda: found if len(found := self.events) >= count else [])


@contextmanager
def listening(
    account: Account, bus: str, pattern: Mapping[str, Any] = EVERYTHING
) -> Iterator[Published]:
    """Catch the events of a bus in a queue, for as long as the block lasts."""
    name = f"listener-{uuid4().hex[:8]}"
    events, sqs = account.client("events"), account.client("sqs")
    queue_url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    arn = queue["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": name, "Arn": arn}])
    try:
        yield Published(account, queue_url)
    finally:
        events.remove_targets(Rule=name, EventBusName=bus, Ids=[name])
        events.delete_rule(Name=name, EventBusName=bus)
        sqs.delete_queue(QueueUrl=queue_url)
