"""`python -m tests.local_stack demo` or `up`: what `make demo` and `make up` run."""

import argparse
import sys
from collections.abc import Callable

from tests.local_stack import demo, up

COMMANDS: dict[str, Callable[[], int]] = {
    "demo": demo.main,
    "up": up.main,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.local_stack", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    return COMMANDS[parser.parse_args().command]()


if __name__ == "__main__":
    sys.exit(main())
