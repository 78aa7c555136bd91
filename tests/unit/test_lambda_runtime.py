"""The Runtime API stand-in, with AWS's real runtime client on its other end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lambda_runtime import FunctionProcess, InitFailedError

HANDLER = """
import os
import sys
import time

calls = 0

class TeapotError(Exception):
    pass

def handler(event, context):
    global calls
    calls += 1
    if event.get("fail"):
        raise TeapotError("short and stout")
    if event.get("exit"):
        os._exit(3)
    if event.get("sleep"):
        time.sleep(event["sleep"])
    print("said", event.get("say"))
    return {
        "calls": calls,
        "left": context.get_remaining_time_in_millis(),
        "name": context.function_name,
        "modules": sorted(sys.modules),
        "environment": dict(os.environ),
        "echo": event.get("echo"),
    }
"""

type Start = Callable[..., FunctionProcess]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def start(
        source: str = HANDLER, *, isolated: bool = True, timeout_seconds: float = 30
    ) -> FunctionProcess:
        (tmp_path / "teapot.py").write_text(source)
        return FunctionProcess(
            "teapot.handler",
            task_root=tmp_path,
            log=tmp_path / "log",
            isolated=isolated,
            timeout_seconds=timeout_seconds,
        )

    return start


def test_a_result_comes_back_and_the_process_is_warm_afterwards(start: Start) -> None:
    with start() as function:
        first = function.invoke({"echo": {"ü": [1, None]}})
        second = function.invoke({})

    assert first.error is None
    assert first.result["echo"] == {"ü": [1, None]}
    assert (first.result["calls"], second.result["calls"]) == (1, 2)


def test_times_are_ordered_and_a_warm_call_does_not_wait_for_the_network(start: Start) -> None:
    with start() as function:
        function.invoke({})
        warm = min(function.invoke({}).seconds for _ in range(5))

        assert 0 < function.init_seconds < function.first_answer_seconds
        assert warm < 0.03


def test_an_exception_has_its_type_and_stack_and_leaves_the_process_alive(start: Start) -> None:
    with start() as function:
        failed = function.invoke({"fail": True})
        after = function.invoke({})

    assert failed.error is not None
    assert (failed.error.type, failed.error.message) == ("TeapotError", "short and stout")
    assert any("teapot.py" in line for line in failed.error.stack)
    assert after.result["calls"] == 2


def test_a_process_that_ends_is_an_exit_error(start: Start) -> None:
    with start() as function:
        answer = function.invoke({"exit": True})

    assert answer.error is not None
    assert answer.error.type == "Runtime.ExitError"


def test_a_call_that_takes_too_long_is_a_timeout(start: Start) -> None:
    with start(timeout_seconds=0.3) as function:
        answer = function.invoke({"sleep": 5})

    assert answer.error is not None
    assert (answer.error.type, answer.error.message) == (
        "Sandbox.Timedout",
        "Task timed out after 0.30 seconds",
    )


def test_the_time_left_is_what_was_given(start: Start) -> None:
    with start() as function:
        left = function.invoke({}, seconds_left=12).result["left"]

    assert 11_000 < left <= 12_000


def test_a_module_that_cannot_be_imported_is_named(start: Start) -> None:
    with start("import no_such_package\n") as function, pytest.raises(InitFailedError) as failed:
        function.invoke({})

    assert failed.value.error.type == "Runtime.ImportModuleError"
    assert "no_such_package" in failed.value.error.message


@pytest.mark.parametrize("package", ["httpx", "pydantic", "aws_lambda_powertools", "pytest"])
def test_only_what_lambda_has_can_be_imported(start: Start, package: str) -> None:
    with start(f"import {package}\n") as function, pytest.raises(InitFailedError):
        function.invoke({})


def test_what_is_installed_here_can_be_imported_on_request(start: Start) -> None:
    with start(f"import httpx\n{HANDLER}", isolated=False) as function:
        assert "httpx" in function.invoke({}).result["modules"]


def test_boto3_can_be_imported_as_in_the_runtime(start: Start) -> None:
    with start(f"import boto3\n{HANDLER}") as function:
        assert "boto3" in function.invoke({}).result["modules"]


def test_nothing_of_our_environment_gets_in(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "1")

    with start() as function:
        seen = function.invoke({}).result["environment"]

    assert "OURS" not in seen
    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"


def test_output_goes_to_the_log(start: Start, tmp_path: Path) -> None:
    with start() as function:
        function.invoke({"say": "hello"})

    assert "said hello" in (tmp_path / "log").read_text()
