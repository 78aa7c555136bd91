"""One function process, from its start to its end."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import awslambdaric

from tests.lambda_runtime.api import Event, FunctionError, Report, RuntimeApi

IN_THE_RUNTIME = (
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "simplejson",
    "six.py",
    "snapshot_restore_py.py",
    "urllib3",
)
"""What AWS's Python runtime has besides the standard library."""

INIT_SECONDS = 10
"""AWS gives up on an import after this long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one invocation came to: a result, or an error."""

    result: Any
    error: FunctionError | None
    seconds: float
    """From handing over the event to having the whole answer."""
    at: float
    """When it came, by `time.perf_counter`."""


class InitFailedError(Exception):
    """The handler's module could not be imported."""

    def __init__(self, error: FunctionError) -> None:
        super().__init__(f"{error.type}: {error.message}")
        self.error = error


class FunctionProcess:
    """A handler in a process of its own, as Lambda would run it.

    Args:
        handler: `<module>.handler`, below the task root.
        task_root: The function's files: a built function, or a folder of `functions/`.
        packages: Folders to import from, in order; the `python` folders of built layers.
        environment: The function's own variables, as the template sets them.
        log: The file that its output is appended to.
        isolated: Whether it can import only what Lambda has besides these folders. Without
            it everything installed beside the tests can be imported, as source trees need.

    Raises:
        InitFailedError: On the first use, if the module could not be imported.
    """

    def __init__(
        self,
        handler: str,
        *,
        task_root: Path,
        log: Path,
        packages: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        timeout_seconds: float = 30,
        isolated: bool = True,
    ) -> None:
        self.name = handler.rsplit(".", 1)[0]
        self._handler = handler
        self._task_root = task_root
        self._log = log
        self._packages = packages
        self._own_environment = environment or {}
        self._timeout_seconds = timeout_seconds
        self._isolated = isolated
        self._spawned_at = 0.0
        self._ready_at: float | None = None
        self._first_answer_at: float | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            arn = f"arn:aws:lambda:us-east-1:000000000000:function:{self.name}"
            self._api = stack.enter_context(RuntimeApi(arn))
            output = stack.enter_context(self._log.open("ab"))
            runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="runtime-")))
            environment = self._environment(_runtime_packages(runtime) if self._isolated else None)
            options = ["-S"] if self._isolated else []
            self._spawned_at = time.perf_counter()
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and a test's handler
                [sys.executable, *options, "-m", "awslambdaric", self._handler],
                cwd=self._task_root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            stack.callback(self._end)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def init_seconds(self) -> float:
        """From the start of the process to its first request for work."""
        return self._wait_until_ready() - self._spawned_at

    @property
    def first_answer_seconds(self) -> float:
        """From the start of the process to its first answer, which must have come."""
        assert self._first_answer_at is not None, "nothing was invoked"
        return self._first_answer_at - self._spawned_at

    @property
    def process_id(self) -> int:
        return self._process.pid

    def invoke(self, payload: object, *, seconds_left: float | None = None) -> Answer:
        """Hand over one event and wait for what comes of it.

        A process that ends, or outlives its time, answers as on AWS with `Runtime.ExitError`
        or `Sandbox.Timedout`; it is gone afterwards.

        Args:
            seconds_left: How long the function may take; its timeout if nothing is said.
        """
        self._wait_until_ready()
        seconds = self._timeout_seconds if seconds_left is None else seconds_left
        event = Event(str(uuid.uuid4()), json.dumps(payload).encode(), time.time() + seconds)
        started = time.perf_counter()
        self._api.events.put(event)
        report = self._next_report(started + seconds)
        answer = self._answer(report, seconds, started)
        if self._first_answer_at is None:
            self._first_answer_at = answer.at
        return answer

    def _answer(self, report: Report | None, seconds: float, started: float) -> Answer:
        if report is None:
            ended = self._process.poll() is not None
            self._end()
            error = (
                FunctionError("Runtime.ExitError", "Runtime exited without providing a reason")
                if ended
                else FunctionError(
                    "Sandbox.Timedout", f"Task timed out after {seconds:.2f} seconds"
                )
            )
            now = time.perf_counter()
            return Answer(None, error, now - started, now)
        took = report.at - started
        if report.kind == "response":
            return Answer(json.loads(report.payload), None, took, report.at)
        return Answer(None, FunctionError.from_payload(report.payload), took, report.at)

    def _wait_until_ready(self) -> float:
        if self._ready_at is None:
            report = self._next_report(self._spawned_at + INIT_SECONDS)
            if report is None:
                raise InitFailedError(
                    FunctionError("Runtime.ExitError", f"It did not become ready, see {self._log}")
                )
            if report.kind != "ready":
                raise InitFailedError(FunctionError.from_payload(report.payload))
            self._ready_at = report.at
        return self._ready_at

    def _next_report(self, until: float) -> Report | None:
        """What the process says next; nothing if it ends or the time does."""
        while time.perf_counter() < until:
            ended = self._process.poll() is not None
            try:
                return self._api.reports.get(timeout=0 if ended else 0.05)
            except queue.Empty:
                if ended:
                    return None
        return None

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _environment(self, runtime: Path | None) -> dict[str, str]:
        """What Lambda sets, and nothing of ours; AWS itself is out of reach."""
        path = [self._task_root, *self._packages, *([runtime] if runtime else [])]
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": str(self._task_root),
            "_HANDLER": self._handler,
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_EC2_METADATA_DISABLED": "true",
            # /opt and /var/task are read-only.
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in path),
            **self._own_environment,
        }


def _runtime_packages(folder: Path) -> Path:
    """A folder with the runtime's own packages and no others."""
    installed = Path(awslambdaric.__file__).parent.parent
    compiled = [found.name for found in installed.glob("runtime_client.*.so")]
    for name in (*IN_THE_RUNTIME, *compiled):
        (folder / name).symlink_to(installed / name)
    return folder
