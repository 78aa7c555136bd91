"""Child processes that never outlive us: each is the head of a process group of its own."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

STOP_SECONDS = 2
"""How long a process may take to end by itself."""


class ProcessError(Exception):
    """A child process failed; the message ends with the last lines of its log."""


@contextmanager
def signals_as_exit() -> Iterator[None]:
    """Let SIGTERM, or the end of the terminal, unwind the stack like Ctrl-C does.

    So everything is stopped then, too.
    """

    def leave(signum: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + signum)

    before = {each: signal.signal(each, leave) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def running(
    command: Sequence[str | Path], *, environment: Mapping[str, str], cwd: Path, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for as long as the block lasts, its output appended to a log.

    It does not get the terminal's Ctrl-C: we do, and stop it and its children in our own order.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - commands come from this package only
            [str(part) for part in command],
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _stop_group(process)


def run(
    command: Sequence[str | Path], *, environment: Mapping[str, str], cwd: Path, log: Path
) -> None:
    """Run a process to its end.

    Raises:
        ProcessError: If it ended with another status than 0.
    """
    with running(command, environment=environment, cwd=cwd, log=log) as process:
        status = process.wait()
    if status != 0:
        name = Path(str(command[0])).name
        raise ProcessError(f"{name} ended with status {status}:\n{last_lines(log)}")


def last_lines(log: Path, count: int = 30) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def _stop_group(process: subprocess.Popen[bytes]) -> None:
    _signal_group(process, signal.SIGTERM)
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    finally:
        # Also when the head ended well: its children may still be there.
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
