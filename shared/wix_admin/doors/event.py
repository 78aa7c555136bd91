"""The event door: EventBridge events, alone or through an SQS queue.

The input is the event's `detail` (or a queue message that is the input itself), with
`idempotencyKey` inside it. A failed EventBridge event is raised, so that Lambda's retries and
dead letters work; of a batch, only the failed messages go back to their queue.
"""

from typing import Any

from wix_admin.doors import Call, Caller, LambdaContext, Perform
from wix_admin.doors.reading import input_beside_key, key_beside_input, object_in, times
from wix_admin.errors import InputError
from wix_admin.models import Json

DETAIL_TYPE = "detail-type"


def is_event(event: Json) -> bool:
    """Tell whether EventBridge sent the event, or a queue."""
    return DETAIL_TYPE in event or _is_batch(event)


def serve(event: Json, context: LambdaContext, perform: Perform) -> Any:
    """Act on an event, or on every message of a batch.

    Returns:
        The action's JSON, or for a batch `{"batchItemFailures": [{"itemIdentifier": ...}]}`.

    Raises:
        AdminError: Whatever the action raises on a single event.
        wix_auth.WixAuthError: If Wix could not be called for a single event.
    """
    if not _is_batch(event):
        return _act(event, context, perform)

    # Imported here, as only a queue's batches need it.
    from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415
        BatchProcessor,
        EventType,
        process_partial_response,
    )

    def record_handler(record: Any) -> None:
        _act(_message(record.body), context, perform)

    return process_partial_response(
        event=event,
        record_handler=record_handler,
        processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
    )


def _is_batch(event: Json) -> bool:
    records = event.get("Records")
    return (
        isinstance(records, list)
        and bool(records)
        and all(isinstance(each, dict) and each.get("eventSource") == "aws:sqs" for each in records)
    )


def _message(body: str) -> object:
    try:
        return object_in(body)
    except InputError:
        return body  # is refused, counted and logged by whoever acts on it


def _act(event: object, context: LambdaContext, perform: Perform) -> Json:
    deadline, lease_until = times(context)
    given, field, source = event, "message", "queue"
    if isinstance(event, dict) and DETAIL_TYPE in event:
        given, field = event.get("detail"), "detail"
        source = f"{event.get('source')}/{event[DETAIL_TYPE]}"[:200]
    call = Call(
        door="event",
        input=lambda: input_beside_key(given, field),
        key=lambda: key_beside_input(given),
        caller=Caller("asserted", source),
        deadline=deadline,
        lease_until=lease_until,
        request_id=context.aws_request_id,
        invocation_id=context.aws_request_id,
    )
    return perform(call).answer
