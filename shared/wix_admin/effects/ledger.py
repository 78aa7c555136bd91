r"""What was done to the shop, remembered so that it is done once.

One DynamoDB item stands for one request: the same site, operation, target and idempotency key.
Its state says how far it got:

    intended -> sent -> accepted -> settled
                  \-> unknown      \-> failed

`intended` is written before anything else and `sent` right before the one call that may not be
repeated. Whoever works on an item holds its lease, and every write is conditional on the attempt
id of the holder. A lease outlives its invocation, so when it has lapsed nobody is working on the
item any more:

* `intended`: the call never left; the next one starts afresh.
* `sent` or `unknown`: Wix may have done it. Wix is asked, and what it shows is the answer. Only if
  it shows that nothing happened, and long after the call could still be under way, is the call
  made again.
* `accepted`: Wix took it but has not finished; asking again brings the state up to date.
* `settled` and `failed` are final, replayed for `KEPT_DAYS` and then forgotten.

An item holds ids, amounts and codes, never a whole entity of Wix or words that a person wrote.
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, override

from botocore.exceptions import BotoCoreError, ClientError

from wix_admin.errors import (
    KeyReusedError,
    LedgerUnavailableError,
    StillRunningError,
    out_of_service,
)
from wix_admin.models import Json

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef, PutItemInputTypeDef

KEPT_DAYS = 90

type State = Literal["intended", "sent", "accepted", "settled", "failed", "unknown"]

OVER: frozenset[State] = frozenset({"accepted", "settled", "failed"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What one idempotency key stands for; the caller is no part of it.

    Attributes:
        site_id: The site.
        operation: The name of the effect.
        target: The id of the thing that it is about.
        key: The caller's idempotency key.
    """

    site_id: str
    operation: str
    target: str
    key: str

    @override
    def __str__(self) -> str:
        """Return the partition key; only its last part, the caller's, can hold any character."""
        return "#".join((self.site_id, self.operation, self.target, self.key))


@dataclass(frozen=True, slots=True)
class Item:
    """One remembered request. Times are seconds since the epoch, 0 for not yet.

    Attributes:
        attempt_id: Whose item it is.
        state: How far it got.
        request_hash: The fingerprint of the request.
        lease_until: When its holder is surely gone.
        created_at: When the intent was first written down.
        sent_at: When the call was made.
        expires_at: When it may be forgotten; set once the outcome is final.
        before: What was seen at Wix before the call, to judge a lost answer by.
        outcome: The answer, or the failure, to replay.
    """

    attempt_id: str
    state: State
    request_hash: str
    lease_until: float
    created_at: float
    sent_at: float = 0.0
    expires_at: float = 0.0
    before: Json | None = None
    outcome: Json | None = None


class EffectsTable:
    """The ledger of effects, in DynamoDB.

    Args:
        name: The table's name.
        client: A boto3 DynamoDB client.
        now: The wall clock, in seconds since the epoch.
    """

    def __init__(
        self, name: str, client: "DynamoDBClient", *, now: Callable[[], float] = time.time
    ) -> None:
        self.now = now
        self._name = name
        self._client = client

    def claim(self, scope: Scope, request_hash: str, lease_until: float) -> Item:
        """Write the intent down, or find what was written before.

        Returns:
            An item that is ours, in state `intended`, `sent` or `unknown`, or a finished one.

        Raises:
            KeyReusedError: If the key stands for a different request.
            StillRunningError: If somebody else is at work on it.
            LedgerUnavailableError: If the table cannot be reached.
        """
        now = self.now()
        mine = Item(uuid.uuid4().hex, "intended", request_hash, lease_until, created_at=now)
        old = self._put(
            scope,
            mine,
            "attribute_not_exists(pk) OR expiresAt <= :now",
            {":now": {"N": str(int(now))}},
        )
        if old is None or old.attempt_id == mine.attempt_id:
            return mine
        if old.request_hash != request_hash:
            raise KeyReusedError("Use a new idempotency key: this one belongs to another request")
        if old.state in OVER:
            return old
        if old.lease_until > now:
            raise StillRunningError(
                "The first request with this key is still at work: ask again with the same key",
                retry_after=max(1.0, old.lease_until - now),
            )
        return self._take_over(scope, old, mine)

    def mark_sent(self, scope: Scope, item: Item, before: Json) -> Item:
        """Write down that the call is about to be made.

        Args:
            scope: Which request.
            item: What `claim` gave.
            before: Ids and amounts seen at Wix just before.

        Raises:
            StillRunningError: If the item is no longer ours; the call must not be made.
            LedgerUnavailableError: If the table cannot be reached; the call must not be made.
        """
        sent = replace(item, state="sent", sent_at=self.now(), before=before)
        self._replace(scope, sent)
        return sent

    def finish(self, scope: Scope, item: Item, state: State, outcome: Json) -> None:
        """Write the outcome down: `accepted`, `settled` or `failed`.

        Raises:
            StillRunningError: If the item is no longer ours.
            LedgerUnavailableError: If the table cannot be reached. The item still says `sent`, so
                the same key finds out at Wix what became of it.
        """
        forgotten = 0.0 if state == "accepted" else self.now() + KEPT_DAYS * 86_400
        self._replace(
            scope,
            replace(item, state=state, outcome=outcome, lease_until=0.0, expires_at=forgotten),
        )

    def leave_unknown(self, scope: Scope, item: Item) -> None:
        """Give the lease back with the outcome unknown; the next one with the key looks again.

        Raises:
            StillRunningError: If the item is no longer ours.
            LedgerUnavailableError: If the table cannot be reached; the lease lapses by itself.
        """
        self._replace(scope, replace(item, state="unknown", lease_until=0.0))

    def free(self, scope: Scope, item: Item) -> None:
        """Forget an attempt that never left us, so that its key can be used again.

        Raises:
            LedgerUnavailableError: If the table cannot be reached; the lease lapses by itself.
        """
        try:
            self._client.delete_item(
                TableName=self._name,
                Key={"pk": {"S": str(scope)}},
                ConditionExpression="attemptId = :mine",
                ExpressionAttributeValues={":mine": {"S": item.attempt_id}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error

    def _take_over(self, scope: Scope, old: Item, mine: Item) -> Item:
        ours = replace(old, attempt_id=mine.attempt_id, lease_until=mine.lease_until)
        changed = self._put(
            scope,
            ours,
            "attemptId = :old AND #state = :state",
            {":old": {"S": old.attempt_id}, ":state": {"S": old.state}},
            {"#state": "state"},
        )
        if changed is not None and changed.attempt_id != ours.attempt_id:
            raise StillRunningError("Another request with this key was faster", retry_after=1.0)
        return ours

    def _replace(self, scope: Scope, item: Item) -> None:
        # A final outcome stays: two that look after an accepted item hold the same attempt id.
        met = self._put(
            scope,
            item,
            "attemptId = :mine AND attribute_not_exists(expiresAt)",
            {":mine": {"S": item.attempt_id}},
        )
        if met is not None and (met.attempt_id, met.state) != (item.attempt_id, item.state):
            raise StillRunningError("Another request with this key was faster", retry_after=1.0)

    def _put(
        self,
        scope: Scope,
        item: Item,
        condition: str,
        values: "dict[str, AttributeValueTypeDef]",
        names: dict[str, str] | None = None,
    ) -> Item | None:
        """Put the item and return None, or return the one that did not meet the condition.

        The SDK repeats a put whose reply was lost and then meets the item of its own first try,
        which the attempt id tells.
        """
        request: PutItemInputTypeDef = {
            "TableName": self._name,
            "Item": _to_attributes(scope, item),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if names:
            request["ExpressionAttributeNames"] = names
        try:
            self._client.put_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            met: Any = error.response.get("Item", {})
            return _from_attributes(met)
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error
        return None


def _unavailable(error: Exception) -> LedgerUnavailableError:
    reason = type(error).__name__
    return LedgerUnavailableError(
        out_of_service("The effects table cannot be used", reason, check="EFFECTS_TABLE_NAME")
    )


def _to_attributes(scope: Scope, item: Item) -> "dict[str, AttributeValueTypeDef]":
    attributes: dict[str, AttributeValueTypeDef] = {
        "pk": {"S": str(scope)},
        "operation": {"S": scope.operation},
        "target": {"S": scope.target},
        "attemptId": {"S": item.attempt_id},
        "state": {"S": item.state},
        "requestHash": {"S": item.request_hash},
        "leaseUntil": {"N": f"{item.lease_until:.3f}"},
        "createdAt": {"N": f"{item.created_at:.3f}"},
    }
    if item.sent_at:
        attributes["sentAt"] = {"N": f"{item.sent_at:.3f}"}
    if item.expires_at:
        attributes["expiresAt"] = {"N": str(int(item.expires_at))}
    if item.before is not None:
        attributes["before"] = {"S": json.dumps(item.before)}
    if item.outcome is not None:
        attributes["outcome"] = {"S": json.dumps(item.outcome)}
    return attributes


def _from_attributes(attributes: dict[str, Any]) -> Item:
    """Read an item; one that is gone by now reads as one that nobody holds."""

    def text(name: str) -> str:
        return str(attributes.get(name, {}).get("S", ""))

    def number(name: str) -> float:
        return float(attributes.get(name, {}).get("N", 0))

    def document(name: str) -> Json | None:
        return json.loads(text(name)) if name in attributes else None

    return Item(
        attempt_id=text("attemptId"),
        state=text("state"),  # type: ignore[arg-type]  # only this module writes it
        request_hash=text("requestHash"),
        lease_until=number("leaseUntil"),
        created_at=number("createdAt"),
        sent_at=number("sentAt"),
        expires_at=number("expiresAt"),
        before=document("before"),
        outcome=document("outcome"),
    )
