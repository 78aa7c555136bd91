"""The one wrapper that makes an admin action a Lambda function."""

import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from enum import Enum
from functools import wraps
from typing import Any, overload

from pydantic import ValidationError

from wix_admin.aws.settings import settings
from wix_admin.aws.telemetry import stack_summary
from wix_admin.aws.timeouts import until
from wix_admin.doors import direct, event, http
from wix_admin.doors.call import Call, Done, LambdaContext
from wix_admin.doors.http import KEY_HEADER
from wix_admin.doors.reading import KEY_FIELD
from wix_admin.doors.recording import record
from wix_admin.effects.once import Once
from wix_admin.errors import (
    AdminError,
    InputError,
    UnexpectedError,
    WithheldError,
    WixRequestError,
)
from wix_admin.models import Answer, FunctionInput, Json, WixEntity, WriteInput
from wix_admin.problems import code_of
from wix_admin.process import effects_table, wix_http
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import located
from wix_admin.wix.traffic import Rehearsal, Traffic
from wix_auth import WixAuthError

type Output = Answer | WixEntity
type Read[I: FunctionInput] = Callable[[I, WixClient], Output]
type Write[I: FunctionInput] = Callable[[I, WixClient, Once], Output]
type Handler = Callable[[Any, LambdaContext], Any]


class Key(Enum):
    """Whether a change needs an idempotency key; a dry run never does."""

    REQUIRED = "required"
    HONOURED = "honoured"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a handler says of itself, as its attribute `declared`.

    Attributes:
        input_type: What the caller sends.
        elevates: The operations that it may call at Wix.
        key: Whether it needs an idempotency key; None for one that changes nothing.
    """

    input_type: type[FunctionInput]
    elevates: tuple[Operation, ...]
    key: Key | None


@overload
def admin_action[I: FunctionInput](
    input_type: type[I], *, elevates: Collection[Operation]
) -> Callable[[Read[I]], Handler]: ...


@overload
def admin_action[I: FunctionInput](
    input_type: type[I], *, elevates: Collection[Operation], key: Key
) -> Callable[[Write[I]], Handler]: ...


def admin_action(
    input_type: type[Any], *, elevates: Collection[Operation], key: Key | None = None
) -> Callable[[Callable[..., Output]], Handler]:
    """Make an action a Lambda handler that serves HTTP, events and direct calls.

    Args:
        input_type: What the caller sends.
        elevates: The operations that the action may call at Wix; no other can be called.
        key: For an action that changes the shop, whether it needs an idempotency key. The action
            then gets a third argument, the `Once` that makes its change.
    """

    def decorate(action: Callable[..., Output]) -> Handler:
        name = action.__module__.rpartition(".")[2]

        def act(call: Call, traffic: Traffic, ids: dict[str, str]) -> Done:
            given = call.input()
            asked = _validated(input_type, given)
            ids.update(asked.ids())
            rehearsal = Rehearsal() if isinstance(asked, WriteInput) and asked.dry_run else None
            once = _once(asked, call, key, rehearses=rehearsal is not None) if key else None
            wix = WixClient(
                wix_http(),
                elevates=elevates,
                deadline=call.deadline,
                traffic=traffic,
                rehearsal=rehearsal,
            )
            try:
                answer = _json(action(asked, wix, once) if once else action(asked, wix))
            except WithheldError:
                answer = {}
            except WixRequestError as refusal:
                refusal.violations = located(refusal.violations, given)
                raise
            if rehearsal is not None:
                return Done(_dry_run_answer(rehearsal, answer), replayed=False)
            return Done(answer, replayed=once is not None and once.replayed)

        def perform(call: Call) -> Done:
            return _told(name, call, act)

        @wraps(action)
        def handler(incoming: Any, context: LambdaContext) -> Any:
            if isinstance(incoming, dict) and http.is_http(incoming):
                return http.serve(incoming, context, perform, many=input_type.many)
            if isinstance(incoming, dict) and event.is_event(incoming):
                return event.serve(incoming, context, perform, name)
            return direct.serve(incoming, context, perform)

        vars(handler)["declared"] = Declaration(input_type, tuple(elevates), key)
        return handler

    return decorate


def _validated(input_type: type[FunctionInput], given: Json) -> FunctionInput:
    try:
        return input_type.model_validate(given)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
    from wix_admin.words import refusal  # noqa: PLC0415  # a right request needs no words

    raise refusal(input_type, given, mistakes)


def _once(asked: FunctionInput, call: Call, rule: Key, *, rehearses: bool) -> Once:
    """Prepare for one change, under the input's own key or the caller's.

    Raises:
        InputError: If a key is required and there is none, unless nothing is to be changed.
    """
    key = asked.own_key() or call.key()
    if key is None and rule is Key.REQUIRED and not rehearses:
        in_header = call.door == "http"
        raise InputError.of(
            "" if in_header else KEY_FIELD,
            "Send a new UUID for each new request, and the same one for each repetition",
            header=KEY_HEADER if in_header else None,
            code="idempotency_key_missing",
        )
    return Once(
        table=effects_table() if key and not rehearses else None,
        site_id=settings().wix_site_id,
        key=key,
        request_hash=asked.fingerprint(),
        lease_until=call.lease_until,
        rehearses=rehearses,
    )


def _dry_run_answer(rehearsal: Rehearsal, answer: Json) -> Json:
    """Answer a dry run: what would be sent, what was read, and what is known without sending."""
    return {
        "dryRun": True,
        "requests": [
            {"method": each.method, "path": each.path, "body": each.body}
            for each in rehearsal.requests
        ],
        "read": [asdict(each) for each in rehearsal.read],
        **({"result": answer} if answer else {}),
    }


def _told(action: str, call: Call, act: Callable[[Call, Traffic, dict[str, str]], Done]) -> Done:
    """Do it, and tell log and metrics how it went.

    Raises:
        AdminError: Whatever the action raises; any fault of ours as `UnexpectedError`, without
            its text, which may hold anything.
        WixAuthError: If Wix could not be called.
    """
    traffic, outcome = Traffic(), "internal_error"
    ids: dict[str, str] = {}
    failure: dict[str, Any] = {}
    began = time.monotonic()
    try:
        with until(call.over_at):
            done = act(call, traffic, ids)
        outcome = "replayed" if done.replayed else "done"
    except (AdminError, WixAuthError) as error:
        outcome = code_of(error)
        failure = {"error": type(error).__name__, "detail": str(error)}
        if isinstance(error, AdminError) and error.replayed:
            failure["replayed"] = True
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets an answer
        failure = stack_summary(error)
        raise UnexpectedError("A fault of ours: the log has it under this request id") from None
    finally:
        record(
            action=action,
            outcome=outcome,
            seconds=time.monotonic() - began,
            traffic=traffic,
            door=call.door,
            caller=asdict(call.caller),
            requestId=call.request_id,
            invocationId=call.invocation_id,
            **ids,
            **failure,
        )
    return done


def _json(answer: Output) -> Json:
    return answer.model_dump(
        mode="json",
        by_alias=True,
        exclude_none=isinstance(answer, Answer),
        exclude_unset=isinstance(answer, WixEntity),
        warnings=False,  # what Wix told is passed on, whatever it is
    )
