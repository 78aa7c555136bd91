"""Runs the tests against a fault, those that fit it first, until one tells."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.planted_faults.faults import Fault, Place, planted

LAST_FAILED = ".pytest_cache/v/cache/lastfailed"
"""Where pytest notes what failed in the last run, by whole names."""

NOTHING_FAILED, FAILED = {0, 5}, {1, 2, 3, 4}
"""pytest's exit codes for tests that passed or were not there, and for whatever went wrong."""

NO_TEST = "no test, but the run as a whole"

COMMON = {"functions", "layers", "shared", "wix", "admin", "tests", "unit", "test", "py", "init"}
"""Words that say nothing about what a module or a test is about."""


@contextmanager
def copy_of(repository: Path) -> Iterator[Path]:
    """Have a copy of what is or may be checked in, with the same tools."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(git, cwd=repository, text=True)  # noqa: S603 - our own words
    folder = Path(tempfile.mkdtemp(prefix="planted-faults-"))
    try:
        for name in filter(None, names.split("\0")):
            if (repository / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(repository / name, folder / name)
        for tools in (".venv", ".tools"):
            (folder / tools).symlink_to((repository / tools).resolve())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def caught_by(fault: Fault, place: Place, root: Path) -> str | None:
    """Plant a fault and run tests until one tells; return its name, or None if all pass.

    A test tells if it fails, alone too, and passes without the fault. One that fails for a reason
    of its own, such as a busy machine, is left out.
    """
    first = fitting(place.module, root)
    runs = [
        first,
        ["tests/unit/test_golden.py"],
        ["tests/unit", "-n", "2", *(f"--ignore={each}" for each in first)],
        ["tests/contract", "-n", "1"],
    ]
    left_out: list[str] = []
    for run in filter(None, runs):
        while failed := _failed_with(fault, place, [*run, *left_out], root):
            again = run if failed == NO_TEST else [failed]
            if _failed_with(fault, place, again, root) and not failed_in(again, root):
                return failed
            if failed == NO_TEST:
                break
            left_out.append(f"--deselect={failed}")
    return None


def _failed_with(fault: Fault, place: Place, tests: list[str], root: Path) -> str | None:
    with planted(fault, place, root):
        return failed_in(tests, root)


def fitting(module: str, root: Path) -> list[str]:
    """Return the unit tests whose names have words in common with a module's, most of them first.

    Args:
        module: The module's path.
        root: Where the tests are.
    """
    tests = sorted(str(path.relative_to(root)) for path in root.glob("tests/unit/**/test_*.py"))
    common = {test: len(_words(test) & _words(module)) for test in tests}
    return sorted((test for test in tests if common[test]), key=lambda test: -common[test])


def failed_in(tests: list[str], root: Path) -> str | None:
    """Run tests until one fails.

    Returns:
        Its name, or None if all pass; `NO_TEST` if the run failed as a whole.

    Raises:
        RuntimeError: If somebody ended the run.
    """
    command = [".venv/bin/pytest", *tests, "-x", "-q", "--cache-clear", "--timeout=120"]
    environment = {name: each for name, each in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(  # noqa: S603 - the project's own tests
        command, cwd=root, env=environment, check=False, capture_output=True, text=True
    )
    if run.returncode in NOTHING_FAILED:
        return None
    if run.returncode not in FAILED:
        raise RuntimeError(f"{' '.join(command)}\n{run.stdout}{run.stderr}")
    noted = root / LAST_FAILED
    return next(iter(json.loads(noted.read_text())), NO_TEST) if noted.exists() else NO_TEST


def _words(path: str) -> set[str]:
    return set(re.split(r"[/_.]", path)) - COMMON
