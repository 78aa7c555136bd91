"""What a function imports: its own area of the package, and no other."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

ACTIONS = sorted(
    f"{path.parent.name}/{path.stem}"
    for path in PROJECT.glob("functions/*/*.py")
    if not path.stem.startswith("_")
)
WINGS = {"aws", "doors", "effects", "wix"}
AREAS = {path.parent.name for path in PROJECT.glob("shared/wix_admin/*/__init__.py")} - WINGS

SERVED = {
    "automations/fulfill_approved_order": {"orders"},
    "automations/fulfill_dispatched_shipment": {"orders"},
    "schedules/check_credentials": {"orders"},
    "schedules/approve_pending_members": {"members"},
    "schedules/confirm_pending_bookings": {"bookings"},
    "schedules/report_low_stock": {"inventory"},
}
"""The areas that are worked on from somewhere else."""

IMPORTING = """
import json, os, sys
import wix_admin

def areas(action):
    reading, writing = os.pipe()
    if os.fork() == 0:
        __import__("functions." + action.replace("/", "."))
        found = {name.split(".")[1] for name in sys.modules if name.startswith("wix_admin.")}
        os.write(writing, json.dumps(sorted(found)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        return json.loads(answer.read())

print(json.dumps({action: areas(action) for action in sys.argv[1:]}))
"""
"""Imports each handler in a process that has imported nothing but the package's own front."""


@cache
def imported() -> dict[str, set[str]]:
    """The modules and areas of the package that each handler brings in."""
    path = [
        PROJECT,
        *(PROJECT / each for each in ("shared", "layers/wix_auth", "layers/wix_webhooks")),
    ]
    told = subprocess.run(  # noqa: S603 - our own code, under our own interpreter
        [sys.executable, "-c", IMPORTING, *ACTIONS],
        env={"PYTHONPATH": ":".join(map(str, path))},
        capture_output=True,
        text=True,
        check=True,
    )
    return {action: set(found) for action, found in json.loads(told.stdout).items()}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_imports_no_other_area_than_its_own(action: str) -> None:
    own = {action.split("/", maxsplit=1)[0], *SERVED.get(action, ())}

    assert imported()[action] & AREAS == own


def test_each_area_is_somebodys() -> None:
    assert {area for found in imported().values() for area in found & AREAS} == AREAS


@pytest.mark.parametrize("action", ACTIONS)
def test_what_only_a_wrong_request_needs_is_not_imported(action: str) -> None:
    assert "words" not in imported()[action]
