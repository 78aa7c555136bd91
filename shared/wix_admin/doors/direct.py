"""The direct door: Scheduler, Step Functions, `sam remote invoke`, another function.

The event is the input itself, with `idempotencyKey` beside it. A failure is raised, one class per
remedy, so that the invoker's retries and dead letters work.
"""

from wix_admin.doors.call import Call, Caller, Done, LambdaContext, Outcome
from wix_admin.doors.reading import call_of
from wix_admin.models import Json


def read(event: object, context: LambdaContext) -> Call:
    """Read a direct invocation."""
    return call_of(event, "event", "direct", Caller("unknown", "invoker"), context)


def answer(outcome: Outcome) -> Json:
    """Answer with the action's JSON.

    Raises:
        AdminError: If that is the outcome.
        wix_auth.WixAuthError: If that is the outcome.
    """
    if not isinstance(outcome, Done):
        raise outcome
    return outcome.answer
