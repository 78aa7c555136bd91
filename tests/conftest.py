"""What every test may ask for, and what keeps all of them on this machine."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

from tests.local_stack import Artifacts, LocalStack, build, local_stack
from tests.local_stack.progress import Progress

pytest_plugins = ["tests.log_guard", "tests.recording"]

NOWHERE = "http://127.0.0.1:9"
"""An address of this machine where nothing answers."""


BY_THEMSELVES = {"tests/stack/test_demo.py", "tests/stack/test_webhook_deployment.py"}
"""What starts an AWS of its own beside that of the deployed stack."""


class _ByWhatIsShared(LoadScopeScheduling):  # type: ignore[misc]  # it publishes no types
    """Gives one worker all that share a deployed stack or an AWS, and else a file at a time."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        kind = path.split("/")[1]
        return kind if kind in {"contract", "stack"} and path not in BY_THEMSELVES else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Say how workers (`-n`) share a run."""
    return _ByWhatIsShared(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are processors, as many tests wait for something."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def nothing_real_can_be_reached() -> Iterator[None]:
    """Whatever a test forgets to set points to nowhere: not to AWS, not to Wix."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "WIX_"))]:
            patch.delenv(name)
        patch.setenv("AWS_ENDPOINT_URL", NOWHERE)
        patch.setenv("WIX_API_URL", NOWHERE)
        patch.setenv("AWS_REGION", "us-east-1")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session", autouse=True)
def a_terminated_run_stops_what_it_started() -> Iterator[None]:
    """Tear fixtures down on SIGTERM too; by default it ends the run on the spot."""

    def leave(signum: int, _frame: FrameType | None) -> None:
        pytest.exit("terminated", 128 + signum)

    before = signal.signal(signal.SIGTERM, leave)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def work_folder() -> Iterator[Path]:
    """State of this run that is not a log."""
    folder = Path(tempfile.mkdtemp(prefix="wix-admin-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory, log_folder: Path) -> Artifacts:
    """What `sam build` makes for this machine's processor; built once a run, on first use."""
    of_the_run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        of_the_run = of_the_run.parent
    made = Artifacts(of_the_run / "build")
    with FileLock(of_the_run / "build.lock"):
        return made if made.template.exists() else build(made.folder, log_folder)


@pytest.fixture(scope="session")
def stack(artifacts: Artifacts, work_folder: Path, log_folder: Path) -> Iterator[LocalStack]:
    """The stack, deployed once on first use, with a Wix that all its tests share."""
    with local_stack(artifacts, work_folder, log_folder, Progress()) as running:
        yield running
