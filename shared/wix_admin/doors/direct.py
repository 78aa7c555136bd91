"""The direct door: Scheduler, Step Functions, `sam remote invoke`, another function.

The event is the input itself, with `idempotencyKey` beside it. A failure is raised, one class per
remedy, so that the invoker's retries and dead letters work.
"""

from wix_admin.doors.call import Call, Caller, LambdaContext, Perform
from wix_admin.doors.reading import input_beside_key, key_beside_input, times
from wix_admin.models import Json


def serve(event: object, context: LambdaContext, perform: Perform) -> Json:
    """Answer a direct invocation with the action's JSON.

    Raises:
        AdminError: Whatever the action raises.
        wix_auth.WixAuthError: If Wix could not be called.
    """
    deadline, lease_until = times(context)
    call = Call(
        door="direct",
        input=lambda: input_beside_key(event, "event"),
        key=lambda: key_beside_input(event),
        caller=Caller("unknown", "invoker"),
        deadline=deadline,
        lease_until=lease_until,
        request_id=context.aws_request_id,
        invocation_id=context.aws_request_id,
    )
    return perform(call).answer
