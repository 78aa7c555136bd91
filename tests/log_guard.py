"""Fails the test run if a secret or a person of `tests.canaries` is seen in any log.

A log is what a child process printed, what the AWS stand-in and the functions in it wrote, and
what pytest captured of each test. Each goes to a file of the run's own folder, and all are
searched when the run ends. Workers that share a run (pytest-xdist) each log into a part of that
folder, and the run that started them searches it.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from xdist.workermanage import WorkerController

from tests import canaries

LOG_FOLDER = pytest.StashKey[Path]()


@dataclass(frozen=True, slots=True)
class Leak:
    """Where a mark was seen. The line itself is not repeated."""

    file: Path
    line: int
    mark: int
    """The mark's place in `canaries.MARKS`."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: holds canaries.MARKS[{self.mark}]"


def leaks_in(folder: Path) -> Iterator[Leak]:
    """Find each mark in each line of each file."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        with file.open(errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                plain = f"{line}\n{unquote_plus(line)}" if "%" in line else line
                for mark, text in enumerate(canaries.MARKS):
                    if text in plain:
                        yield Leak(file, number, mark)


class LogGuard:
    """The plugin: it has a folder for the run's logs, and what it found in them."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wix-admin-logs-"))
        self.leaks: list[Leak] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        folder = self.folder / node.gateway.id
        folder.mkdir()
        node.workerinput["log_folder"] = str(folder)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # The last phase's report holds what all phases printed and logged. Why a test failed is
        # not in it: an assertion may show what it compared.
        if report.when != "teardown" or not report.sections:
            return
        with (self.folder / "pytest.log").open("a") as log:
            for title, content in report.sections:
                log.write(f"{report.nodeid}: {title}\n{content}\n")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # Last: by now the run's fixtures have stopped what they started and written their logs.
        self.leaks += leaks_in(self.folder)
        if self.leaks:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.leaks:
            terminalreporter.section("secrets or people in the logs", red=True)
            for leak in self.leaks:
                terminalreporter.line(str(leak))

    def pytest_unconfigure(self) -> None:
        if not self.leaks:
            shutil.rmtree(self.folder, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[LOG_FOLDER] = Path(worker["log_folder"])
        return
    guard = LogGuard()
    config.stash[LOG_FOLDER] = guard.folder
    config.pluginmanager.register(guard, "log_guard_of_this_run")


@pytest.fixture(scope="session")
def log_folder(pytestconfig: pytest.Config) -> Path:
    """Where every log of this run belongs, so that it is searched."""
    return pytestconfig.stash[LOG_FOLDER]
