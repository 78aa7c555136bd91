"""What imports what: a module what lies below it, and a function its own area and no other."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import wix_auth.errors
import wix_auth.inspection
import wix_webhooks
from tests.actions import ACTIONS

PROJECT = Path(__file__).resolve().parents[2]

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

GROUND = {"errors", "models", "places", "problems", "words"}
SHARED = GROUND | {"aws", "wix", "effects", "process"}
BASIC_AREAS = {"bookings", "inventory", "members", "orders", "products"}

MAY_IMPORT = {
    **dict.fromkeys(GROUND, GROUND),
    "aws": GROUND,
    "wix": GROUND | {"aws"},
    "effects": GROUND | {"aws", "wix"},
    "process": GROUND | {"aws", "wix", "effects"},
    "doors": SHARED,
    **dict.fromkeys(BASIC_AREAS, SHARED),
    **dict.fromkeys(AREAS - BASIC_AREAS, SHARED | BASIC_AREAS),
    "__init__": SHARED | {"doors"},
}
"""The parts of the package, and what each may import besides itself: what lies below it."""

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


def imports(folder: str) -> Iterator[tuple[Path, list[str]]]:
    """Yield each import in a folder: the file, and the module or what it is taken from."""
    for path in sorted((PROJECT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, each.name.split(".")) for each in node.names)
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((path, [*node.module.split("."), each.name]) for each in node.names)


def test_imports_point_down_only() -> None:
    up = []
    for path, (package, *names) in imports("shared/wix_admin"):
        own = path.relative_to(PROJECT / "shared/wix_admin").with_suffix("").parts[0]
        if package == "wix_admin" and names[0] not in MAY_IMPORT[own] | {own}:
            up.append(f"{path.relative_to(PROJECT)} imports {'.'.join(names)}")

    assert not up


@pytest.mark.parametrize("layer", ["wix_auth", "wix_webhooks"])
def test_a_layer_needs_nothing_else_of_ours(layer: str) -> None:
    ours = {"functions", "openapi", "wix_admin", "wix_auth", "wix_webhooks"}

    assert {package for _, (package, *_) in imports(f"layers/{layer}")} & ours == {layer}


@pytest.mark.parametrize("folder", ["functions", "shared/wix_admin"])
def test_of_a_layer_only_its_face_is_used(folder: str) -> None:
    faces = [wix_auth, wix_auth.errors, wix_auth.inspection, wix_webhooks]
    exported = {
        f"{face.__name__}.{name}" for face in faces for name in getattr(face, "__all__", vars(face))
    }

    used = {".".join(names) for _, names in imports(folder)}

    assert {name for name in used if name.startswith(("wix_auth.", "wix_webhooks."))} <= exported
