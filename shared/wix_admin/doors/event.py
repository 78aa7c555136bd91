"""The event door: EventBridge events, alone or through an SQS queue.

The input is the event's `detail` (or a queue message that is the input itself), with
`idempotencyKey` inside it. A failed EventBridge event is raised, so that Lambda's retries and
dead letters work; what becomes of a failed message of a batch is said in `wix_admin.doors.batch`.
"""

import re

from wix_admin.doors import direct
from wix_admin.doors.call import Call, Caller, LambdaContext, Outcome
from wix_admin.doors.reading import call_of, object_in
from wix_admin.errors import InputError, UnfinishedError
from wix_admin.models import Json

DETAIL_TYPE = "detail-type"
NAME = re.compile(r"[A-Za-z0-9._/ -]{1,400}")


def is_event(event: object) -> bool:
    """Tell whether EventBridge sent the event."""
    return isinstance(event, dict) and DETAIL_TYPE in event


def read(event: Json, context: LambdaContext) -> Call:
    """Read an event of EventBridge."""
    caller = Caller("asserted", _name_of(event))
    return call_of(event.get("detail"), "event's detail", "event", caller, context)


def read_message(body: str, context: LambdaContext) -> Call:
    """Read a queue's message, which is an event of EventBridge or the input itself."""
    try:
        content: object = object_in(body)
    except InputError:
        content = body  # is refused, counted and logged by whoever acts on it
    if isinstance(content, dict) and is_event(content):
        return read(content, context)
    return call_of(content, "message", "event", Caller("asserted", "queue"), context)


def answer(outcome: Outcome) -> Json:
    """Answer with the action's JSON.

    Raises:
        UnfinishedError: If something is left to do, so that the event comes again.
        AdminError: If that is the outcome.
        wix_auth.WixAuthError: If that is the outcome.
    """
    done = direct.answer(outcome)
    if done.get("complete") is False:
        raise UnfinishedError("Done in part: the same event again goes on where this ended")
    return done


def _name_of(event: Json) -> str:
    """Name an event by its source and type, if they look like the names that programs have."""
    name = f"{event.get('source')}/{event[DETAIL_TYPE]}"
    return name if NAME.fullmatch(name) else "event"
