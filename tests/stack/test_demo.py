"""`make demo`: it runs from nothing to the end, and the README shows what it really prints."""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FIRST_CHAPTER = " 1. "
TIME = re.compile(r"[0-9]+ ms")
"""The only thing in the story that is different each time."""


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
    story = told.stdout[told.stdout.index(FIRST_CHAPTER) :].strip()
    shown = (PROJECT / "README.md").read_text()
    assert TIME.sub("… ms", story) in TIME.sub("… ms", shown)
