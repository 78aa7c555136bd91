"""The table of effects, as time and an operator change it."""

from dataclasses import dataclass
from typing import Any

from types_boto3_dynamodb import DynamoDBClient

TIMES = ("createdAt", "sentAt", "leaseUntil")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The items of the table, and a way to let them grow old without waiting."""

    client: DynamoDBClient
    table: str

    def item(self, order_id: str, key: str, *, operation: str = "") -> dict[str, Any]:
        """What is remembered of a request for an order, as plain text by name.

        Args:
            operation: The effect that it made, if it made several.
        """
        found = [
            each
            for page in self.client.get_paginator("scan").paginate(TableName=self.table)
            for each in page["Items"]
            if each["target"].get("S") == order_id
            and each["pk"].get("S", "").endswith(f"#{key}")
            and operation in each["operation"].get("S", "")
        ]
        assert len(found) == 1, f"{len(found)} items remember it"
        return {name: next(iter(value.values())) for name, value in found[0].items()}

    def count(self) -> int:
        """How many effects are remembered."""
        return int(self.client.scan(TableName=self.table, Select="COUNT")["Count"])

    def grow_older(self, order_id: str, key: str, seconds: float, *, operation: str = "") -> None:
        """Move an item into the past, as if so much time had gone by since it was written."""
        item = self.item(order_id, key, operation=operation)
        moved = [name for name in TIMES if name in item]
        self.client.update_item(
            TableName=self.table,
            Key={"pk": {"S": item["pk"]}},
            UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in moved),
            ExpressionAttributeValues={
                f":{name}": {"N": f"{float(item[name]) - seconds:.3f}"} for name in moved
            },
        )
