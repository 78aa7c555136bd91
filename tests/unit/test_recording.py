"""That the contract has every code that an action answers with, tried on runs of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from openapi.codes import as_text
from tests.recording import beyond

PROJECT = Path(__file__).resolve().parents[2]
PATHS = [
    PROJECT,
    *(PROJECT / each for each in ("shared", "layers/wix_auth", "layers/wix_webhooks")),
]

GET_ORDER = """
from types import SimpleNamespace
from wix_admin import admin_action
from wix_admin.errors import InputError
from wix_admin.models import FunctionInput

@admin_action(FunctionInput, elevates=[])
def handler(wanted, wix):
    raise InputError("no", code="{code}")

def test_it():
    context = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 30000)
    handler({{"httpMethod": "GET", "requestContext": {{}}}}, context)
"""
"""An action by the name of a real one, and a test that has it answer with a code."""

ALONE: list[str] = []
IN_WORKERS = ["-p", "xdist.plugin", "-n", "2"]


def run(
    folder: Path, code: str, how: list[str] = ALONE, what: str = "tests/unit/get_order.py"
) -> str:
    """What a run says, and how it ended."""
    test = folder / "tests/unit/get_order.py"
    test.parent.mkdir(parents=True)
    test.write_text(GET_ORDER.format(code=code))
    done = subprocess.run(  # noqa: S603 - our own pytest on our own file
        [
            sys.executable, "-m", "pytest", "-p", "tests.recording",
            "-p", "no:cacheprovider", "--import-mode=importlib", "-c", "/dev/null",
            "-o", "python_files=*.py", "--rootdir", folder, *how, what,
        ],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "AWS_REGION": "eu-central-1",
            "WIX_SECRET_ARN": "secret",
            "WIX_SITE_ID": "517e0000-0000-4000-8000-000000000001",
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return f"{done.stdout}exit {done.returncode}"


@pytest.mark.parametrize("how", [ALONE, IN_WORKERS], ids=["alone", "in workers"])
def test_a_code_that_the_contract_does_not_have_fails_the_run(
    tmp_path: Path, how: list[str]
) -> None:
    said = run(tmp_path, "below_zero", how)

    assert "1 passed" in said
    assert "orders/get_order: below_zero\n`make codes`" in said
    assert said.endswith("exit 1")


def test_some_tests_need_not_give_all_that_the_contract_has(tmp_path: Path) -> None:
    said = run(tmp_path, "not_found")

    assert "make codes" not in said
    assert said.endswith("exit 0")


def test_all_tests_together_give_all_that_the_contract_has(tmp_path: Path) -> None:
    said = run(tmp_path, "not_found", what="tests/unit")

    assert "orders/get_order: not_found" not in said
    assert "orders/get_order: invalid_input" in said
    assert said.endswith("exit 1")


def test_the_list_is_a_line_for_each_action() -> None:
    codes = {"orders/b": {"z", "y"}, "orders/a": {"x"}}

    assert as_text(codes) == '{\n  "orders/a": ["x"],\n  "orders/b": ["y", "z"]\n}\n'
    assert beyond(codes, {"orders/b": {"y"}}) == ["orders/a: x", "orders/b: z"]
