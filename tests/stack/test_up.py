"""What `make up` prints for pasting, pasted."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.calling import curl_call
from tests.local_stack import LocalStack, wait_for
from tests.local_stack.feed import readable
from tests.local_stack.sam import PROJECT, SAM
from tests.local_stack.up import INVOKE, calls, instructions, variables
from tests.readme import PAGES
from tests.samples import SAMPLE_ORDER, put_samples

REFUSED = "Try the same as a caller who may only read"


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


def test_the_command_of_the_pages_calls_a_function_after_the_variables_that_are_printed(
    local: LocalStack,
) -> None:
    assert f"$ {INVOKE}\n" in PAGES["functions/README.md"]

    before = len(local.wix.refunds(SAMPLE_ORDER))

    answers = [pasted(variables(local), INVOKE) for _ in range(2)]

    assert '"REFUNDED"' in answers[0]
    assert answers[1] == answers[0]
    assert len(local.wix.refunds(SAMPLE_ORDER)) == before + 1


def test_the_readmes_call_for_a_shell_works_after_it_too(local: LocalStack) -> None:
    before = len(local.wix.refunds(SAMPLE_ORDER))

    answer = pasted(variables(local), curl_call())

    assert "200" in answer.splitlines()[0]
    assert len(local.wix.refunds(SAMPLE_ORDER)) == before + 1


@pytest.fixture(scope="module")
def printed(local: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `make up` says before it says what happens."""
    return instructions(local, "http://127.0.0.1:9", tmp_path_factory.mktemp("logs"), "orders")


@pytest.mark.skipif(not shutil.which("curl"), reason="it pastes calls of curl")
def test_each_call_is_answered_and_its_status_printed(local: LocalStack) -> None:
    exported = variables(local)

    for what, call in calls(local).items():
        answer = pasted(exported, call)
        if "--aws-sigv4" in call:
            assert answer.splitlines()[-1].startswith("403 " if what == REFUSED else "200 "), what
        assert answer.endswith("\n")


@pytest.mark.skipif(not shutil.which("curl"), reason="it pastes calls of curl")
def test_a_refund_that_is_pasted_twice_is_seen_to_be_an_earlier_answer(local: LocalStack) -> None:
    exported, refund = variables(local), next(iter(calls(local).values()))

    lines = [pasted(exported, refund).splitlines()[-1] for _ in range(2)]

    assert lines == ["200 replayed: ", "200 replayed: true"]


def test_what_to_do_first_stands_last(printed: str) -> None:
    page, exports = printed.index("Open http"), printed.index("export ADMIN_API_URL")

    assert printed.index("curl") < page < exports < printed.rindex("curl")
    assert len(printed[page:].splitlines()) < 20


def test_each_secret_stands_once(local: LocalStack, printed: str) -> None:
    assert printed.count(local.admin.secret) == 1
    assert len(re.findall(r"\b[0-9a-f]{40}\b", printed)) == 3


def test_calls_events_and_outcomes_are_read_from_the_log(
    local: LocalStack, log_folder: Path
) -> None:
    onlooker = local.caller("OrdersReaderPolicy", name="onlooker")

    local.request("GET", f"/orders/{SAMPLE_ORDER}", credentials=onlooker)
    local.request("POST", f"/orders/{SAMPLE_ORDER}/refunds", credentials=onlooker, json={})
    local.request("GET", f"/{SAMPLE_ORDER}", credentials=None)
    local.invoke("GetOrderFunction", {"orderId": SAMPLE_ORDER})
    local.put_event("tests", "Feed Read", {})
    local.send(httpx.Request("POST", local.webhook_url, content=b"no token"))

    log = log_folder / "aws.log"
    expected = (
        r"GET /orders/…  200  \d+\.\d\d s  onlooker-\d+",
        r"POST /orders/…/refunds  403  \d+\.\d\d s  onlooker-\d+",
        r"GET \(no such route\)  403  \d+\.\d\d s",
        r"invoker -> get_order  done  \d+\.\d\d s",
        r"event  Feed Read  from tests",
        r"POST /webhooks/wix  200  \d+\.\d\d s",
        r"webhook  drop  not_a_token",
    )
    assert wait_for(lambda: all(said_like(each, log) for each in expected))


def said_like(pattern: str, log: Path) -> list[str]:
    said = filter(None, map(readable, log.read_text().splitlines()))
    return [each for each in said if re.fullmatch(pattern, each)]
