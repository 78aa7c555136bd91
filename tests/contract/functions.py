"""The built functions in processes of their own, and how their callers and AWS speak to them."""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests import canaries
from tests.lambda_runtime import Answer, FunctionProcess
from tests.local_stack import Artifacts
from tests.samples import SAMPLE_ORDER, SAMPLE_ORDERS, SAMPLE_PAYMENT, named

type Door = Literal["http", "event", "direct"]

EVENTS = Path(__file__).resolve().parents[2] / "events/orders"

ACTIONS = (
    "get_order",
    "query_orders",
    "update_order",
    "cancel_order",
    "refund_order",
    "fulfill_order",
    "record_payment",
)
DOORS: tuple[Door, ...] = ("http", "event", "direct")

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
    suffix = "" if door == "direct" else f".{door}"
    text = (EVENTS / f"{action}{suffix}.json").read_text()
    real = {**dict.fromkeys(SAMPLE_ORDERS, order_id), SAMPLE_PAYMENT: payment_id}
    event = json.loads(named(text, real))
    if door == "http":
        event["requestContext"]["requestTimeEpoch"] = round(time.time() * 1000)
    return event


def http(action: str, body: Mapping[str, Any], *, order_id: str, key: str | None = None) -> Any:
    """An HTTP request of our own making, in the shape of the function's sample."""
    event = sample(action, "http", order_id)
    event["body"] = json.dumps(body)
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    event["headers"] = headers
    event["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    return event


def from_event_bus(detail: object) -> dict[str, Any]:
    """What a rule on an event bus hands to its target."""
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "Wanted",
        "source": "back-office",
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }


def from_queue(**bodies: str) -> dict[str, Any]:
    """A batch that Lambda read from a queue: a body for each message id."""
    return {
        "Records": [
            {
                "messageId": message_id,
                "receiptHandle": "AQEB",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": str(round(time.time() * 1000)),
                    "SenderId": "AIDAEXAMPLE",
                    "ApproximateFirstReceiveTimestamp": str(round(time.time() * 1000)),
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:dispatches",
                "awsRegion": "us-east-1",
            }
            for message_id, body in bodies.items()
        ]
    }


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
