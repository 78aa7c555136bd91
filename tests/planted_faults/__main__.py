"""`python -m tests.planted_faults`: what `make faults` runs."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.planted_faults.drawing import draw
from tests.planted_faults.faults import Fault, place_of
from tests.planted_faults.trying import caught_by, copy_of

PROJECT = Path(__file__).resolve().parents[2]


def main() -> None:
    asked = argparse.ArgumentParser(prog="make faults")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--count", type=int, default=30)
    asked.add_argument("--again", type=Path, help="a file that an earlier run wrote")
    asked.add_argument("--to", type=Path, help="where to write it; without it nothing is tried")
    options = asked.parse_args()
    if options.to is None:
        json.dump([asdict(each) for each in _wanted(options, PROJECT)], sys.stdout)
        return
    with copy_of(PROJECT) as root:
        tried = []
        for number, fault in enumerate(_wanted(options, root), 1):
            place = place_of(fault, root)
            assert place is not None
            caught = caught_by(fault, place, root)
            tried.append(asdict(fault) | {"caught_by": caught})
            options.to.parent.mkdir(exist_ok=True)
            options.to.write_text(json.dumps(tried, indent=2) + "\n")
            print(_told(number, fault, caught), flush=True)
    survived = [each for each in tried if each["caught_by"] is None]
    print(f"{len(tried)} planted, {len(tried) - len(survived)} caught, {len(survived)} survived")


def _wanted(options: argparse.Namespace, root: Path) -> Iterator[Fault]:
    """Give the faults of an earlier run that still have a place, and new ones for those missing."""
    left = options.count
    if options.again:
        for each in json.loads(options.again.read_text()):
            each.pop("caught_by", None)
            fault = Fault(**each)
            if place_of(fault, root):
                left -= 1
                yield fault
            else:
                print("\n".join(["gone", *_lines(fault)]), flush=True)
    for fault, _ in zip(draw(options.seed, root), range(left), strict=False):
        yield fault


def _told(number: int, fault: Fault, caught: str | None) -> str:
    return "\n".join([f"{number}. {caught or 'SURVIVED'}", *_lines(fault)])


def _lines(fault: Fault) -> list[str]:
    return [
        f"   {fault.module} {fault.function}: {fault.kind}",
        *(f"   - {line}" for line in fault.was),
        *(f"   + {line}" for line in fault.becomes),
    ]


if __name__ == "__main__":
    main()
