"""Our event bus, in memory, whose events can be seen."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.unit.aws import aws_client

RULE = "everything"


@dataclass
class Bus:
    """Our bus in memory, with a queue that gets every event."""

    name: str
    _seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._events = aws_client("events")
        self._sqs = aws_client("sqs")
        self._queue = self._sqs.create_queue(QueueName=self.name)["QueueUrl"]

    def up(self) -> None:
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._queue, AttributeNames=["QueueArn"]
        )["Attributes"]
        self._events.create_event_bus(Name=self.name)
        self._events.put_rule(
            Name=RULE, EventBusName=self.name, EventPattern='{"account": ["123456789012"]}'
        )
        self._events.put_targets(
            Rule=RULE,
            EventBusName=self.name,
            Targets=[{"Id": "queue", "Arn": attributes["QueueArn"]}],
        )

    def down(self) -> None:
        self._events.remove_targets(Rule=RULE, EventBusName=self.name, Ids=["queue"])
        self._events.delete_rule(Name=RULE, EventBusName=self.name)
        self._events.delete_event_bus(Name=self.name)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was published until now."""
        while found := self._sqs.receive_message(QueueUrl=self._queue).get("Messages"):
            for each in found:
                self._seen.append(json.loads(each["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=each["ReceiptHandle"])
        return self._seen

    @property
    def details(self) -> list[dict[str, Any]]:
        """What the events say."""
        return [each["detail"] for each in self.events]
