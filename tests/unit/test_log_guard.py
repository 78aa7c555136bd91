"""The guard that no secret and no person reaches a log, tried on runs of its own."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import canaries
from tests.log_guard import Leak, leaks_in

PROJECT = Path(__file__).resolve().parents[2]

CHILD_PROCESS = """
import subprocess, sys

def test_it(log_folder):
    with (log_folder / "child.log").open("w") as log:
        subprocess.run([sys.executable, "-c", "print('first'); print({text!r})"], stdout=log)
"""
PRINTED = "def test_it():\n    print({text!r})\n"
LOGGED = "import logging\n\ndef test_it():\n    logging.error({text!r})\n"
AT_TEARDOWN = """
import pytest

@pytest.fixture(scope="session")
def server(log_folder):
    yield
    (log_folder / "server.log").write_text({text!r})

def test_it(server):
    pass
"""
FAILED = "def test_it():\n    assert {text!r} == 'something else'\n"


ALONE: list[str] = []
IN_WORKERS = ["-p", "xdist.plugin", "-n", "2"]


def run(
    folder: Path, source: str, text: str, how: list[str] = ALONE
) -> subprocess.CompletedProcess[str]:
    test = folder / "test_it.py"
    test.write_text(source.replace("{text!r}", repr(text)))
    return subprocess.run(  # noqa: S603 - our own pytest on our own file
        [
            sys.executable, "-m", "pytest", "-p", "tests.log_guard", "-p", "no:cacheprovider",
            "-c", "/dev/null", "--rootdir", folder, *how, test,
        ],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(CHILD_PROCESS, id="printed by a child process"),
        pytest.param(PRINTED, id="printed"),
        pytest.param(LOGGED, id="logged"),
        pytest.param(AT_TEARDOWN, id="written as a fixture ends"),
    ],
)
@pytest.mark.parametrize(
    "how", [pytest.param(ALONE, id="alone"), pytest.param(IN_WORKERS, id="in workers")]
)
def test_a_planted_secret_fails_the_run(tmp_path: Path, source: str, how: list[str]) -> None:
    ran = run(tmp_path, source, f"the token is {canaries.TOKEN_MARK}-1", how)

    assert ran.returncode == 1
    assert f"holds canaries.MARKS[{canaries.MARKS.index(canaries.TOKEN_MARK)}]" in ran.stdout
    assert "1 passed" in ran.stdout


def test_the_place_is_named_and_the_line_is_not_repeated(tmp_path: Path) -> None:
    ran = run(tmp_path, CHILD_PROCESS, f"hello {canaries.FIRST_NAME}")

    assert "child.log:2: holds" in ran.stdout
    assert canaries.FIRST_NAME not in ran.stdout + ran.stderr


@pytest.mark.parametrize("mark", range(len(canaries.MARKS)))
def test_each_mark_is_found_also_when_it_is_part_of_an_address(tmp_path: Path, mark: int) -> None:
    text = canaries.MARKS[mark]
    (tmp_path / "a.log").write_text(f"one\nGET /search?q={quote(text, safe='')}&limit=1\n{text}\n")

    assert list(leaks_in(tmp_path)) == [
        Leak(tmp_path / "a.log", 2, mark),
        Leak(tmp_path / "a.log", 3, mark),
    ]


def test_a_run_without_one_passes_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ran = run(tmp_path, PRINTED, "nothing to see")

    assert ran.returncode == 0
    assert not list(tmp_path.glob("wix-admin-logs-*"))


def test_what_a_failed_assertion_compared_is_no_log(tmp_path: Path) -> None:
    ran = run(tmp_path, FAILED, canaries.API_KEY)

    assert ran.returncode == 1
    assert "canaries.MARKS" not in ran.stdout
