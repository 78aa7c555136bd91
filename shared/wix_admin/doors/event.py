"""The event door: EventBridge events, alone or through an SQS queue.

The input is the event's `detail` (or a queue message that is the input itself), with
`idempotencyKey` inside it. A failed EventBridge event is raised, so that Lambda's retries and
dead letters work; what becomes of a failed message of a batch is said in `wix_admin.doors.batch`.
"""

import re

from wix_admin.doors.batch import is_batch, process_batch
from wix_admin.doors.call import Call, Caller, LambdaContext, Perform
from wix_admin.doors.reading import input_beside_key, key_beside_input, object_in, times
from wix_admin.errors import InputError, UnfinishedError
from wix_admin.models import Json

DETAIL_TYPE = "detail-type"
NAME = re.compile(r"[A-Za-z0-9._/ -]{1,400}")


def is_event(event: Json) -> bool:
    """Tell whether EventBridge sent the event, or a queue."""
    return DETAIL_TYPE in event or is_batch(event)


def serve(event: Json, context: LambdaContext, perform: Perform, action: str) -> Json:
    """Act on an event, or on every message of a batch.

    Args:
        event: What EventBridge or a queue sent.
        context: Lambda's context.
        perform: Does what a call asks for.
        action: The function's name, for the messages that it gives up on.

    Returns:
        The action's JSON, or for a batch `{"batchItemFailures": [{"itemIdentifier": ...}]}`.

    Raises:
        AdminError: Whatever the action raises on a single event.
        wix_auth.WixAuthError: If Wix could not be called for a single event.
    """
    if not is_batch(event):
        return _act(event, context, perform)
    return process_batch(
        event,
        lambda message: _act(_content(message.body), context, perform),
        context,
        action=action,
    )


def _content(body: str) -> object:
    try:
        return object_in(body)
    except InputError:
        return body  # is refused, counted and logged by whoever acts on it


def _named(event: Json) -> str:
    """Name an event by its source and type, if they look like the names that programs have."""
    named = f"{event.get('source')}/{event[DETAIL_TYPE]}"
    return named if NAME.fullmatch(named) else "event"


def _act(event: object, context: LambdaContext, perform: Perform) -> Json:
    deadline, lease_until = times(context)
    given, part, source = event, "message", "queue"
    if isinstance(event, dict) and DETAIL_TYPE in event:
        given, part = event.get("detail"), "event's detail"
        source = _named(event)
    call = Call(
        door="event",
        input=lambda: input_beside_key(given, part),
        key=lambda: key_beside_input(given),
        caller=Caller("asserted", source),
        deadline=deadline,
        lease_until=lease_until,
        request_id=context.aws_request_id,
        invocation_id=context.aws_request_id,
    )
    answer = perform(call).answer
    if answer.get("complete") is False:
        raise UnfinishedError("Done in part: the same event again goes on where this ended")
    return answer
