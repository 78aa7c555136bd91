"""`make demo`: it runs from nothing to the end, and the README shows what it really prints."""

import subprocess
import sys
from pathlib import Path

from tests.readme import block

PROJECT = Path(__file__).resolve().parents[2]
LEFT_OUT = "…"


def test_the_demo_tells_the_story_that_the_readme_shows(log_folder: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.local_stack", "demo"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    (log_folder / "demo.log").write_text(told.stdout + told.stderr)

    assert told.returncode == 0, told.stdout + told.stderr
    command, *shown = block("README.md", "console", "make demo").splitlines()
    assert command == "$ make demo"
    ahead = iter(told.stdout.splitlines())
    for line in shown:
        assert line == LEFT_OUT or line in ahead, line  # in the order in which it was printed
