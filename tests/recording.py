"""Records which problems each action answers in the tests, and holds the contract to it.

`shared/openapi/codes.json` has the codes that callers over HTTP get, action by action. A run fails
if an action answers with a code that is not there, and a run of all tests also if no test gives one
that is. `--write-codes` writes down what the run gives instead.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.workermanage import WorkerController

from openapi.codes import CODES, Codes, as_text, listed_codes
from tests import template
from wix_admin.doors.action import AdminAction
from wix_admin.doors.call import LambdaContext
from wix_admin.doors.http import is_http

WHOLE = {"tests", "tests/unit"}
"""The folders with all tests in whose own process handlers run."""

ANSWERED = pytest.StashKey["Recorder"]()

PICKING = ("keyword", "markexpr", "deselect", "lf", "stepwise", "collectonly")
"""The options of runs that leave some tests out."""


def beyond(codes: Codes, others: Codes) -> list[str]:
    """Return the codes that the others lack, as `action: code`."""
    return sorted(
        f"{action}: {code}"
        for action, given in codes.items()
        for code in given - others.get(action, set())
    )


class Recorder:
    """The plugin: what was answered in this run, and what is wrong with the list."""

    def __init__(self) -> None:
        self.answered: defaultdict[str, set[str]] = defaultdict(set)
        self.unlisted: list[str] = []
        self.unseen: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController) -> None:
        for name, codes in getattr(node, "workeroutput", {}).get("codes", {}).items():
            self.answered[name] |= set(codes)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            codes = {name: sorted(codes) for name, codes in self.answered.items()}
            session.config.workeroutput["codes"] = codes
            return
        whole = session.exitstatus == pytest.ExitCode.OK and _is_whole(session.config)
        if whole and session.config.getoption("write_codes"):
            CODES.write_text(as_text(self.answered))
        listed = listed_codes()
        self.unlisted = beyond(self.answered, listed)
        self.unseen = beyond(listed, self.answered) if whole else []
        if self.unlisted or self.unseen:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.unlisted:
            terminalreporter.section("answered, and not in the contract", red=True)
        for each in self.unlisted:
            terminalreporter.line(each)
        if self.unseen:
            terminalreporter.section("in the contract, and answered in no test", red=True)
        for each in self.unseen:
            terminalreporter.line(each)
        if self.unlisted or self.unseen:
            terminalreporter.line("`make codes` writes shared/openapi/codes.json and the contract.")


def _is_whole(config: pytest.Config) -> bool:
    """Tell whether all tests ran in which actions answer, and none was picked."""
    picked = any(config.getoption(name, default=None) for name in PICKING)
    return not picked and not WHOLE.isdisjoint(str(Path(each)) for each in config.args)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-codes", action="store_true", help="write down the codes that actions answer with"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ANSWERED] = Recorder()
    config.pluginmanager.register(config.stash[ANSWERED], "recorder_of_this_run")


@pytest.fixture(scope="session", autouse=True)
def answers_are_recorded(pytestconfig: pytest.Config) -> Iterator[None]:
    """Listen to every action: what it answers over HTTP."""
    answered = pytestconfig.stash[ANSWERED].answered
    names = {name.partition("/")[2]: name for name in template.routes()}
    serve = AdminAction.__call__

    def serving(action: AdminAction, incoming: Any, context: LambdaContext) -> Any:
        answer = serve(action, incoming, context)
        if is_http(incoming) and answer["statusCode"] != 200 and action.name in names:
            answered[names[action.name]].add(json.loads(answer["body"])["code"])
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AdminAction, "__call__", serving)
        yield
