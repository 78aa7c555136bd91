"""Processing a queue's batches: which failed message waits, how long, and which is given up on.

A message that failed stays in its queue and is received again, later each time. One that asking
again cannot fix, or that has failed for too long, is put into the dead-letter queue by us and not
by SQS, so that it says there what was wrong with it.
"""

import math
import random
import re
import time
from collections.abc import Callable

from wix_admin.aws.queues import (
    MAX_ATTRIBUTES,
    Attributes,
    Message,
    Queue,
    fitting,
    milliseconds,
    text,
)
from wix_admin.aws.settings import settings
from wix_admin.aws.telemetry import logger, stack_summary
from wix_admin.doors.call import FAULT, LambdaContext
from wix_admin.errors import AdminError, InputError, QueueUnavailableError, UnexpectedError
from wix_admin.models import Json
from wix_admin.problems import KINDS, code_of, wait_for
from wix_admin.process import queue_client
from wix_auth import WixAuthError

MESSAGE_SECONDS = 20.0
"""How long one message may take: all tries to publish an event, or Wix's longest change and the
reads before it."""

GIVE_UP_AFTER_RECEIVES = 10
GIVE_UP_AFTER_SECONDS = 75 * 60
"""A message that may yet succeed is given up on after both, as SQS also counts the receives of one
that was not begun. The queues' own `maxReceiveCount` is for what nobody could give up on."""

FIRST_WAIT_SECONDS = 30
LONGEST_GROWN_WAIT_SECONDS = 900
LONGEST_WAIT_SECONDS = 12 * 3600 - 900
"""SQS hides a message for at most 12 hours; up to 15 minutes have passed since it was received."""

SPREAD = 0.25
"""By how much a wait is longer at random, so that what failed together does not return together."""

MAX_DETAIL = 300
NOT_STORABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What SQS takes in no text."""


def is_batch(event: object) -> bool:
    """Tell whether a queue sent the event."""
    records = event.get("Records") if isinstance(event, dict) else None
    return (
        isinstance(records, list)
        and bool(records)
        and all(isinstance(each, dict) and each.get("eventSource") == "aws:sqs" for each in records)
    )


def process_batch(
    event: Json, act: Callable[[Message], object], context: LambdaContext, *, action: str
) -> Json:
    """Act on every message of a batch; one that fails does not touch the others.

    With less than `MESSAGE_SECONDS` left none is begun, as the end of the function would send back
    those that are done, too. The rest goes back as it came: it did not fail.

    With `QUEUE_URL` in the environment, a message that is to be received again stays hidden for a
    while (`sqs:ChangeMessageVisibility`). With `DEAD_LETTER_QUEUE_URL`, messages are given up on
    (`sqs:SendMessage`). Attributes say why: `reason` (a code of `problems.py`), `detail`,
    `action`, `requestId` and `failedAt` (milliseconds since the epoch), as far as there is room.

    Args:
        event: A batch, as Lambda makes it of a queue's messages.
        act: Does what a message asks for. Raises `AdminError` or `WixAuthError`, having logged it.
        context: Lambda's context.
        action: The function's name.

    Returns:
        `{"batchItemFailures": [{"itemIdentifier": ...}]}`: the messages that stay.

    Raises:
        InputError: If no queue sent the event.
    """
    if not is_batch(event):
        raise InputError.of("Records", "Send messages as SQS does")

    batch: Json = {"action": action, "requestId": context.aws_request_id}

    def is_over(message: Message) -> bool:
        about = batch | {"messageId": message.id, "receives": message.receives}
        failure: AdminError | WixAuthError
        try:
            act(message)
        except (AdminError, WixAuthError) as error:
            failure = error
        except Exception as error:  # noqa: BLE001  # whatever it is, the message stays or is kept
            logger.warning("A message met a fault of ours", extra=about | stack_summary(error))
            failure = UnexpectedError(FAULT)
        else:
            return True
        about["reason"] = code_of(failure)
        if _is_permanent(failure, message) and _dead_letter(message, failure, about):
            return True
        _postpone(message, failure, about)
        return False

    # Powertools' BatchProcessor is such a loop, too, but its import takes a fifth of a cold start.
    left, staying = _messages(event), list[Message]()
    while left and context.get_remaining_time_in_millis() >= MESSAGE_SECONDS * 1000:
        message = left.pop(0)
        if not is_over(message):
            staying.append(message)
    if left:
        logger.warning(
            "Messages were not begun, as too little time was left",
            extra=batch | {"messages": len(left)},
        )
    return {"batchItemFailures": [{"itemIdentifier": each.id} for each in staying + left]}


def _messages(event: Json) -> list[Message]:
    try:
        return [Message.of_record(each) for each in event["Records"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError.of("Records", "Send messages as SQS does") from None


def _is_permanent(failure: AdminError | WixAuthError, message: Message) -> bool:
    kind = KINDS[code_of(failure)]
    passing = kind.retryable or kind.status >= 500  # noqa: PLR2004  # ours, or Wix's
    is_late = _waited(message) >= GIVE_UP_AFTER_SECONDS
    return not passing or (is_late and message.receives >= GIVE_UP_AFTER_RECEIVES)


def _waited(message: Message) -> float:
    """Return the seconds since a message was first received."""
    return time.time() - message.first_received_at


def _dead_letter(message: Message, failure: AdminError | WixAuthError, about: Json) -> bool:
    """Put a message into the dead-letter queue; tell whether it is there."""
    url = settings().dead_letter_queue_url
    if url is None:
        return False
    why = {
        "reason": text(about["reason"]),
        # No text is nothing that SQS takes.
        "detail": text(NOT_STORABLE.sub("?", str(failure))[:MAX_DETAIL] or about["reason"]),
        "action": text(about["action"]),
        "requestId": text(about["requestId"]),
        "failedAt": milliseconds(time.time()),
    }
    attributes = fitting(message.body, _kept(message.attributes, why))
    try:
        Queue(url, queue_client()).send(message.body, attributes)
    except QueueUnavailableError as error:
        logger.warning("A message cannot be given up on", extra=about | {"detail": str(error)})
        return False
    logger.warning("A message was given up on", extra=about)
    return True


def _kept(attributes: Attributes, why: Attributes) -> Attributes:
    """Add why a message failed to its own attributes, of which there may be too many for that."""
    own = [(name, value) for name, value in attributes.items() if name not in why]
    return dict(own[: MAX_ATTRIBUTES - len(why)]) | why


def _postpone(message: Message, failure: AdminError | WixAuthError, about: Json) -> None:
    """Keep a message hidden for a while, if that can be done."""
    url = settings().queue_url
    if url is None:
        return
    seconds = _wait(failure, _waited(message))
    try:
        Queue(url, queue_client()).hide(message, seconds)
    except QueueUnavailableError as error:
        logger.warning("A message cannot be put off", extra=about | {"detail": str(error)})
    else:
        logger.info("A message is put off", extra=about | {"seconds": seconds})


def _wait(failure: AdminError | WixAuthError, waited: float) -> int:
    """Return the seconds until a message is received again: as many again as it has waited.

    They grow even if Wix asks for less, as a short wait each time would soon use up the
    times that a message may be received.
    """
    grown = min(LONGEST_GROWN_WAIT_SECONDS, max(FIRST_WAIT_SECONDS, waited))
    wait = max(wait_for(failure) or 0.0, grown)
    spread = 1 + SPREAD * random.random()  # noqa: S311 - nothing secret
    return min(LONGEST_WAIT_SECONDS, math.ceil(wait * spread))
