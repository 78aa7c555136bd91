"""The built functions in processes of their own, and how their callers and AWS speak to them."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import canaries
from tests.actions import ACTIONS
from tests.events import Door, http_event
from tests.lambda_runtime import Answer, FunctionProcess
from tests.local_stack import Artifacts
from tests.samples import SAMPLE_ORDER, SAMPLE_ORDERS, SAMPLE_PAYMENT, sample_event

UNKNOWN_ORDER = "0dd0dd0d-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an HTTP caller got."""

    status: int
    json: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The code of a problem, and nothing for a success."""
        return str(self.json["code"]) if self.status != 200 else ""

    @property
    def replayed(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"


@dataclass(slots=True)
class Functions:
    """Starts processes that have the built layers, what Lambda has, and nothing else.

    Attributes:
        artifacts: What was built.
        values: A value for each variable that the template sets.
        account: What makes AWS's SDK talk to the stand-in.
        logs: Where each process's output goes, one file for each.
    """

    artifacts: Artifacts
    values: Mapping[str, str]
    account: Mapping[str, str]
    logs: Path
    _warm: dict[str, FunctionProcess] = field(default_factory=dict)
    _log_of: dict[FunctionProcess, Path] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def fresh(self, action: str, **changed: str | None) -> FunctionProcess:
        """A new process, to be used in a `with` statement.

        Args:
            changed: Variables that have another value here, or are not set at all.
        """
        environment = {**self.account, **self._own(action), **changed}
        return self._process(
            f"{action}.handler",
            self.artifacts.function(_logical_id(action)),
            self.artifacts.layers_of(_logical_id(action)),
            {name: each for name, each in environment.items() if each is not None},
        )

    def somebodys(
        self, handler: str, task_root: Path, packages: Path, **environment: str
    ) -> FunctionProcess:
        """A function that is not ours in a new process, with these packages alone.

        Args:
            packages: A layer's, or a folder of what was installed.
        """
        return self._process(
            handler, task_root, [packages], {**self.account, **self.values, **environment}
        )

    def warm(self, action: str) -> FunctionProcess:
        """A process that other tests use too, wherever it does not matter."""
        if action not in self._warm:
            self._warm[action] = self._stack.enter_context(self.fresh(action))
        return self._warm[action]

    def close(self) -> None:
        self._stack.close()

    def output(self, process: FunctionProcess) -> str:
        """All that a process has printed."""
        return self._log_of[process].read_text()

    def _process(
        self,
        handler: str,
        task_root: Path,
        packages: Sequence[Path],
        environment: Mapping[str, str],
    ) -> FunctionProcess:
        log = self.logs / f"{len(self._log_of) + 1:03}-{handler}.log"
        process = FunctionProcess(
            handler, task_root=task_root, packages=packages, environment=environment, log=log
        )
        self._log_of[process] = log
        return process

    def _own(self, action: str) -> dict[str, str]:
        """The variables that the template gives the function, each with its value here."""
        template = self.artifacts.read_template()
        own = template["Resources"][_logical_id(action)]["Properties"].get("Environment", {})
        names = template["Globals"]["Function"]["Environment"]["Variables"].keys() | own.get(
            "Variables", {}
        )
        return {name: self.values[name] for name in names}


def sample(
    action: str, door: Door, order_id: str = SAMPLE_ORDER, payment_id: str = SAMPLE_PAYMENT
) -> Any:
    """A sample event, as if it came now and were for this order."""
    real = {**dict.fromkeys(SAMPLE_ORDERS, order_id), SAMPLE_PAYMENT: payment_id}
    return sample_event(ACTIONS[f"orders/{action}"], door, real)


def http(action: str, body: Mapping[str, Any], *, order_id: str, key: str | None = None) -> Any:
    """An HTTP request of our own making."""
    called = ACTIONS[f"orders/{action}"]
    path = dict.fromkeys(called.in_path, order_id)
    return http_event(called, json.dumps(body), path=path, key=key)


def reply_in(answer: Answer) -> Reply:
    """Read what API Gateway would hand to its caller."""
    assert answer.error is None, answer.error
    assert answer.result["isBase64Encoded"] is False
    return Reply(
        answer.result["statusCode"], json.loads(answer.result["body"]), answer.result["headers"]
    )


def answered(door: Door, answer: Answer) -> Any:
    """The action's JSON, from whichever door it came."""
    if door == "http":
        reply = reply_in(answer)
        assert reply.status == 200, reply.json
        return reply.json
    assert answer.error is None, answer.error
    return answer.result


def marks_in(said: object) -> list[str]:
    """Which marks of secrets and people are in something that is kept or logged."""
    return [mark for mark in canaries.MARKS if mark in str(said)]


def _logical_id(action: str) -> str:
    return f"{action.title().replace('_', '')}Function"
