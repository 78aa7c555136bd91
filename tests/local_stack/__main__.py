"""`python -m tests.local_stack demo` or `up`: what `make demo` and `make up` run."""

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.local_stack import demo, up
from tests.local_stack.processes import ProcessError, signals_as_exit
from tests.local_stack.progress import Progress
from tests.local_stack.sam import build
from tests.local_stack.shop import made_up_people
from tests.local_stack.stack import LocalStack, local_stack
from tests.local_stack.story import CheckFailedError

COMMANDS: dict[str, Callable[[LocalStack, Path], None]] = {"demo": demo.run, "up": up.run}
"""Each is given the deployed stack, and the folder of what everything logs."""


def main() -> int:
    """Run a command to its end, or until Ctrl-C; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.local_stack", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    run = COMMANDS[parser.parse_args().command]
    try:
        with signals_as_exit(), _deployed() as (stack, folder):
            run(stack, folder)
    except (CheckFailedError, ProcessError, TimeoutError) as error:
        print(f"\nFailed: {error}")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


@contextmanager
def _deployed() -> Iterator[tuple[LocalStack, Path]]:
    """Build and deploy everything; stop and delete it when the block ends, and say so."""
    progress = Progress()
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="wix-admin-")))
        with progress.step("Building layers and functions"):
            artifacts = build(folder / "build", folder)
        stack = started.enter_context(
            local_stack(artifacts, folder, folder, progress, made_up_people())
        )
        # It is deployed: what is gone now need not be deleted while somebody waits for the end.
        shutil.rmtree(artifacts.folder)
        try:
            yield stack, folder
        finally:
            # Whoever presses Ctrl-C twice would leave things running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with progress.step("\nStopping"):
                started.close()


if __name__ == "__main__":
    sys.exit(main())
