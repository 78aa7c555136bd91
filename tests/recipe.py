"""`python -m tests.recipe`: what `make recipe` runs.

Follows "Add an action" of `functions/README.md` word for word in a copy of the project. There the
checks and all unit tests must pass, and the new action must answer on the deployed local stack, to
callers with its policies and to nobody else.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory
from typing import Self

from tests.readme import PAGES

PROJECT = Path(__file__).resolve().parents[1]

PAGE, CHAPTER = "functions/README.md", "Add an action"
ACTION = "archive_order"

DEPLOYED = (
    sys.executable, "-m", "pytest", "-q", "-k", ACTION,
    "tests/stack/test_access.py", "tests/stack/test_contract.py",
)  # fmt: skip
"""Each caller's policy tried on the route, and the sample sent by one who may."""

MOST_FILES = 8
MOST_MECHANICAL_LINES = 15

STEP = re.compile(
    r"^\* `(?P<path>[\w./]+)`(?P<about>.*?)\n\n  ```(?P<kind>\w+)\n(?P<text>.*?)\n  ```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One file to write, or to add lines to.

    Attributes:
        path: The file.
        about: What is said about it.
        lines: What is written there. In a diff, a line that is there begins with a space, and one
            to add with a plus.
        is_diff: Whether it is a diff.
    """

    path: str
    about: str
    lines: list[str]
    is_diff: bool

    @classmethod
    def of(cls, found: re.Match[str]) -> Self:
        """Read a step of the page, which is indented as part of a list."""
        lines = [line.removeprefix("  ") for line in found["text"].split("\n")]
        return cls(found["path"], found["about"], lines, found["kind"] == "diff")

    @property
    def mechanical(self) -> int:
        """How many of the lines that it adds say what is said elsewhere, too."""
        added = [line for line in self.lines if line.startswith("+") and line != "+"]
        return len(added) if "(mechanical)" in self.about else 0

    def follow(self, folder: Path) -> None:
        """Write the file below a folder, or add the lines.

        Raises:
            ValueError: If the lines that are to be there are not, or more than once.
        """
        file = folder / self.path
        if not self.is_diff:
            file.write_text("\n".join(self.lines) + "\n")
            return
        there = "".join(f"{line[1:]}\n" for line in self.lines if not line.startswith("+"))
        if file.read_text().count(there) != 1:
            raise ValueError(f"{self.path} does not have these lines once:\n{there}")
        then = "".join(f"{line[1:]}\n" for line in self.lines)
        file.write_text(file.read_text().replace(there, then))


def recipe() -> tuple[list[Step], list[str]]:
    """Return the steps of the page, and the commands that it ends with."""
    chapter = PAGES[PAGE].partition(f"\n## {CHAPTER}\n")[2].partition("\n## ")[0]
    return [Step.of(found) for found in STEP.finditer(chapter)], COMMAND.findall(chapter)


def _copied(folder: Path) -> None:
    """Copy what is the project's, and link what is installed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            copy2(PROJECT / name, folder / name)
    for name in (".venv", ".tools"):
        (folder / name).symlink_to(PROJECT / name)


def main() -> None:
    """Follow the recipe; ends with an error if it does not lead to a new action."""
    steps, commands = recipe()
    files = {step.path for step in steps}
    mechanical = sum(step.mechanical for step in steps)
    print(f"{len(files)} files, {mechanical} mechanical lines")
    if len(files) > MOST_FILES or mechanical > MOST_MECHANICAL_LINES:
        sys.exit(f"More than {MOST_FILES} files or {MOST_MECHANICAL_LINES} mechanical lines")
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "copy"
        folder.mkdir()
        _copied(folder)
        for step in steps:
            step.follow(folder)
        for command in [each.split() for each in commands] + [list(DEPLOYED)]:
            print(f"$ {' '.join(command)}", flush=True)
            subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - the page's own commands
    print(f"{ACTION} answers.")


if __name__ == "__main__":
    main()
