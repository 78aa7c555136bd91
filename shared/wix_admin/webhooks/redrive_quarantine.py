"""Redriving the quarantine, once the keys or the list of instances are mended."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Annotated

from pydantic import Field

from wix_admin.aws.queues import Message, Queue
from wix_admin.aws.telemetry import logger
from wix_admin.errors import QueueUnavailableError, UnpublishableError
from wix_admin.models import Answer, FunctionInput
from wix_admin.process import event_bus
from wix_admin.webhooks.verdicts import arrived_at, described, quarantine, record_verdict, verified
from wix_webhooks import MalformedError, UntrustedError

MARGIN_SECONDS = 30.0
"""Kept to finish the last message and to show again those that stay."""


class RedriveInput(FunctionInput):
    """How much of the quarantine to judge again."""

    limit: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=1000, description="How many messages to judge at most."
    )
    dry_run: bool = Field(default=False, description="Only say what would be published.")


class RedriveReport(Answer):
    """What became of the quarantine.

    Attributes:
        verified: How many messages fit the configuration now.
        published: How many of them were published; none in a dry run.
        remaining: How many stay, by the reason for it.
        stopped_early: Whether there may be more, as the limit was reached or the time was up.
    """

    verified: int
    published: int
    remaining: dict[str, int]
    stopped_early: bool


def redrive(request: RedriveInput, seconds_left: Callable[[], float]) -> RedriveReport:
    """Judge the messages of the quarantine, each by when it arrived, and publish what verifies.

    A run judges each message once, as it hides what stays until it ends; runs at the same time
    share the messages. A message is deleted after it was published: if a run dies in between, it
    is published twice.

    Needs `sqs:ReceiveMessage`, `sqs:DeleteMessage` and `sqs:ChangeMessageVisibility` on the
    quarantine, and `events:PutEvents` on the bus.

    Args:
        request: How much.
        seconds_left: Tells the time until the answer must be ready.

    Raises:
        SettingsError: If the verifier is not configured.
        BusUnavailableError: If an event could not be published.
        QueueUnavailableError: If the quarantine cannot be used.
    """
    queue = quarantine()
    # Receipts only: the bodies of all that may stay are more than there is memory for.
    held: set[str] = set()
    remaining: Counter[str] = Counter()
    verified_now, left, found = 0, request.limit, True
    try:
        while left and found and seconds_left() > MARGIN_SECONDS:
            messages = queue.receive(left, hidden_seconds=math.ceil(seconds_left()))
            found = bool(messages)
            left -= len(messages)
            held |= {each.receipt for each in messages}
            for message in messages:
                if seconds_left() <= MARGIN_SECONDS:
                    break
                reason = _reason_to_stay(message, publish=not request.dry_run)
                if reason:
                    remaining[reason] += 1
                    continue
                verified_now += 1
                if not request.dry_run:
                    queue.delete(message)
                    held.remove(message.receipt)
    finally:
        _show(queue, held)
    return RedriveReport(
        verified=verified_now,
        published=0 if request.dry_run else verified_now,
        remaining=remaining,
        stopped_early=found,
    )


def _reason_to_stay(message: Message, *, publish: bool) -> str | None:
    """Judge a message and publish it if it verifies; if it does not, return the reason."""
    try:
        event = verified(message)
        if publish:
            event_bus().publish("wix", event.type, event.detail())
            age = time.time() - arrived_at(message)
            about = {"messageId": message.id, "redriven": True, **described(event)}
            record_verdict(verdict="publish", age_seconds=age, **about)
    except (MalformedError, UntrustedError) as error:
        return error.reason
    except UnpublishableError as error:
        return error.code
    return None


def _show(queue: Queue, receipts: Iterable[str]) -> None:
    """Let the next run find what stays; if that fails, it does so when the hiding ends."""
    try:
        queue.show(receipts)
    except QueueUnavailableError as error:
        logger.warning("The quarantine is still hidden", extra={"detail": str(error)})
