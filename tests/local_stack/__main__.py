"""`python -m tests.local_stack up`: what `make up` runs."""

import argparse
import sys
from collections.abc import Callable

from tests.local_stack import up

COMMANDS: dict[str, Callable[[], int]] = {
    "up": up.main,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.local_stack", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    return COMMANDS[parser.parse_args().command]()


if __name__ == "__main__":
    sys.exit(main())
