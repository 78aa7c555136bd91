"""What `make up` prints for pasting, pasted."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.calling import curl_call
from tests.local_stack import LocalStack
from tests.local_stack.sam import PROJECT, SAM
from tests.local_stack.up import INVOKE, calls, environment_line
from tests.readme import PAGES
from tests.samples import SAMPLE_ORDER, put_samples

REFUSED = "Try the same as somebody who may only read"


def pasted(*lines: str) -> str:
    """What a shell of a new user of this machine prints."""
    done = subprocess.run(  # noqa: S603 - what we print ourselves
        ["bash", "-c", "\n".join(lines)],  # noqa: S607
        cwd=PROJECT,
        env={
            "PATH": os.pathsep.join([str(SAM.parent), os.environ["PATH"]]),
            "HOME": str(Path("/nonexistent")),
            "SAM_CLI_TELEMETRY": "0",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def local(stack: LocalStack) -> LocalStack:
    """The stack as `make up` leaves it: with what the sample events name."""
    put_samples(stack.wix)
    return stack


def test_the_command_of_the_pages_calls_a_function_after_the_line_that_is_printed(
    local: LocalStack,
) -> None:
    assert f"$ {INVOKE}\n" in PAGES["functions/README.md"]

    before = len(local.wix.refunds(SAMPLE_ORDER))

    answers = [pasted(environment_line(local), INVOKE) for _ in range(2)]

    assert '"REFUNDED"' in answers[0]
    assert answers[1] == answers[0]
    assert len(local.wix.refunds(SAMPLE_ORDER)) == before + 1


def test_the_readmes_call_for_a_shell_works_after_it_too(local: LocalStack) -> None:
    before = len(local.wix.refunds(SAMPLE_ORDER))

    answer = pasted(environment_line(local), curl_call())

    assert "200" in answer.splitlines()[0]
    assert len(local.wix.refunds(SAMPLE_ORDER)) == before + 1


@pytest.mark.skipif(not shutil.which("curl"), reason="it pastes calls of curl")
def test_each_call_is_answered_and_its_status_told(stack: LocalStack) -> None:
    reader = stack.caller("OrdersReaderPolicy")

    for what, call in calls(stack, stack.admin, reader).items():
        answer = pasted(call)
        if "--aws-sigv4" in call:
            assert answer.splitlines()[-1].startswith("403" if what == REFUSED else "200"), what
        assert answer.endswith("\n")
