"""The one wrapper that makes an admin action a Lambda function."""

import time
from collections.abc import Callable, Collection
from dataclasses import asdict
from enum import Enum
from functools import partial
from typing import Any, overload

from pydantic import ValidationError

from wix_admin.aws.queues import Message
from wix_admin.aws.settings import settings
from wix_admin.aws.telemetry import stack_summary
from wix_admin.aws.timeouts import until
from wix_admin.doors import direct, event, http
from wix_admin.doors.batch import is_batch, process_batch
from wix_admin.doors.call import FAULT, Call, Done, LambdaContext, Outcome, part_of
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
from wix_admin.process import effects_table, wix_http
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import located
from wix_admin.wix.traffic import Rehearsal, Traffic
from wix_auth import WixAuthError

type Output = Answer | WixEntity
type Read[I: FunctionInput] = Callable[[I, WixClient], Output]
type Write[I: FunctionInput] = Callable[[I, WixClient, Once], Output]


class Key(Enum):
    """Whether a change needs an idempotency key; a dry run never does."""

    REQUIRED = "required"
    HONOURED = "honoured"


class AdminAction:
    """An action as a Lambda handler, which also says what it takes, elevates and needs a key for.

    Attributes:
        name: The function's name, that of the module with its handler.
        action: What is done.
        input_type: What the caller sends.
        elevates: The operations that it may call at Wix.
        key: Whether it needs an idempotency key; None for one that changes nothing.
        sleep: How it waits for Wix, in seconds.
    """

    def __init__(
        self,
        action: Callable[..., Output],
        *,
        input_type: type[FunctionInput],
        elevates: Collection[Operation],
        key: Key | None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = action.__module__.rpartition(".")[2]
        self.action = action
        self.input_type = input_type
        self.elevates = tuple(elevates)
        self.key = key
        self.sleep = sleep

    def __call__(self, incoming: Any, context: LambdaContext) -> Any:
        """Serve whatever Lambda was invoked with, by the door that it came through."""
        if http.is_http(incoming):
            call = http.read(incoming, context, many=self.input_type.many)
            return http.answer(self.perform(call), call.request_id)
        if is_batch(incoming):
            process = partial(self._process, context)
            return process_batch(incoming, process, context, action=self.name)
        if event.is_event(incoming):
            return event.answer(self.perform(event.read(incoming, context)))
        return direct.answer(self.perform(direct.read(incoming, context)))

    def _process(self, context: LambdaContext, message: Message) -> None:
        event.answer(self.perform(event.read_message(message.body, context)))

    def perform(self, call: Call) -> Outcome:
        """Do what a call asks for, and write to the log and the metrics how it went.

        A fault of ours becomes an `UnexpectedError`, without its text, which may hold anything.
        """
        traffic, ids = Traffic(), dict[str, str]()
        failure: Json = {}
        outcome: Outcome = UnexpectedError(FAULT)  # for the log, if it is the process that ends
        try:
            with until(call.over_at):
                outcome = self._act(call, traffic, ids)
        except (AdminError, WixAuthError) as error:
            outcome = error
            failure = {"error": type(error).__name__, "detail": str(error)}
        except Exception as fault:  # noqa: BLE001  # whatever it is, the caller gets an answer
            failure = stack_summary(fault)
        finally:
            record(self.name, call, outcome, traffic, **ids, **failure)
        return outcome

    def _act(self, call: Call, traffic: Traffic, ids: dict[str, str]) -> Done:
        given = part_of(call.input)
        request = _validated(self.input_type, given)
        ids.update(request.ids())
        rehearsal = Rehearsal() if isinstance(request, WriteInput) and request.dry_run else None
        once = _once(request, call, self.key, rehearses=rehearsal is not None) if self.key else None
        wix = WixClient(
            wix_http(),
            elevates=self.elevates,
            deadline=call.deadline,
            traffic=traffic,
            rehearsal=rehearsal,
            sleep=self.sleep,
        )
        try:
            answer = _json(self.action(request, wix, once) if once else self.action(request, wix))
        except WithheldError:
            answer = {}
        except WixRequestError as refusal:
            refusal.violations = located(refusal.violations, given)
            raise
        if rehearsal is not None:
            return Done(_dry_run_answer(rehearsal, answer), replayed=False)
        return Done(answer, replayed=once is not None and once.replayed)


@overload
def admin_action[I: FunctionInput](
    input_type: type[I], *, elevates: Collection[Operation]
) -> Callable[[Read[I]], AdminAction]: ...


@overload
def admin_action[I: FunctionInput](
    input_type: type[I], *, elevates: Collection[Operation], key: Key
) -> Callable[[Write[I]], AdminAction]: ...


def admin_action(
    input_type: type[Any], *, elevates: Collection[Operation], key: Key | None = None
) -> Callable[[Callable[..., Output]], AdminAction]:
    """Make an action a Lambda handler that serves HTTP, events and direct calls.

    Args:
        input_type: What the caller sends.
        elevates: The operations that the action may call at Wix; no other can be called.
        key: For an action that changes the shop, whether it needs an idempotency key. The action
            then gets a third argument, the `Once` that makes its change.
    """
    return partial(AdminAction, input_type=input_type, elevates=elevates, key=key)


def _validated(input_type: type[FunctionInput], given: Json) -> FunctionInput:
    try:
        return input_type.model_validate(given)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
    from wix_admin.words import refusal  # noqa: PLC0415  # a right request needs no words

    raise refusal(input_type, given, mistakes)


def _once(request: FunctionInput, call: Call, rule: Key, *, rehearses: bool) -> Once:
    """Prepare for one change, under the input's own key or the caller's.

    Raises:
        InputError: If a key is required and there is none, unless nothing is to be changed.
    """
    key = request.own_key() or part_of(call.key)
    if key is None and rule is Key.REQUIRED and not rehearses:
        in_header = call.door == "http"
        raise InputError.of(
            "" if in_header else KEY_FIELD,
            "Send a new UUID for each new request, and the same one for each repetition",
            header=http.KEY_HEADER if in_header else None,
            code="idempotency_key_missing",
        )
    return Once(
        table=effects_table() if key and not rehearses else None,
        site_id=settings().wix_site_id,
        key=key,
        request_hash=request.fingerprint(),
        lease_until=call.lease_until,
        rehearses=rehearses,
    )


def _dry_run_answer(rehearsal: Rehearsal, answer: Json) -> Json:
    """Answer with what would be sent, what was read, and what is known without sending."""
    return {
        "dryRun": True,
        "requests": [
            {"method": each.method, "path": each.path, "body": each.body}
            for each in rehearsal.requests
        ],
        "read": [asdict(each) for each in rehearsal.read],
        **({"result": answer} if answer else {}),
    }


def _json(answer: Output) -> Json:
    return answer.model_dump(
        mode="json",
        by_alias=True,
        exclude_none=isinstance(answer, Answer),
        exclude_unset=isinstance(answer, WixEntity),
        warnings=False,  # what Wix told is passed on, whatever it is
    )
