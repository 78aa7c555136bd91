"""`make demo`: it runs from nothing to the end, and the README shows what it really prints."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.readme import block

PROJECT = Path(__file__).resolve().parents[2]
NUMBERS = re.compile(r"[0-9.]+ (m?s)\b|(127\.0\.0\.1):[0-9]+")
"""What is different each time: how long things take, and ports."""

LEFT_OUT = "…"
"""A line of the README in place of some that it does not show."""


@pytest.fixture(scope="module")
def printed(log_folder: Path) -> str:
    """What a whole run prints."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.local_stack", "demo"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    (log_folder / "demo.log").write_text(ran.stdout + ran.stderr)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_demo_prints_what_the_readme_shows_of_it(printed: str) -> None:
    _, _, shown = block("README.md", "console", "$ make demo").partition("$ make demo")
    passages = [each for each in shown.split(f"\n{LEFT_OUT}\n") if each]

    assert passages
    rest = NUMBERS.sub("", printed)
    for passage in passages:
        _, found, rest = rest.partition(NUMBERS.sub("", passage))
        assert found, f"This is not printed, or not in this place: {passage}"


def test_it_stops_what_it_started_and_says_so(printed: str) -> None:
    assert re.search(r"\nAll checks passed\.\n\nStopping \.\.\. [0-9.]+ s\n$", printed)
    for address in re.findall(r"http://127\.0\.0\.1:[0-9]+", printed):
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False)


def test_a_file_gets_no_colours(printed: str) -> None:
    assert "\033" not in printed
