"""Every call that is declared is one that Wix has, and says rightly whether it changes anything."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import wix_admin
from tests.wix_simulator.server import AREAS
from tests.wix_simulator.world import Route
from wix_admin.wix.operations import Operation


def declared() -> Iterator[Operation]:
    for module in pkgutil.walk_packages(wix_admin.__path__, "wix_admin."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Operation):
                yield value


OPERATIONS = sorted(set(declared()), key=lambda each: each.name)


def shape(path: str) -> str:
    """A path without the names of its parameters, and without what is asked for in its query."""
    return re.sub(r"\{[^}]+\}", "{}", path.partition("?")[0])


ROUTES: dict[tuple[str, str], Route] = {
    (route.method, shape(route.path)): route for area in AREAS for route in area
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_an_operation_is_one_of_wix_and_a_dry_run_knows_what_it_may_send(
    operation: Operation,
) -> None:
    route = ROUTES[operation.method, shape(operation.path)]

    assert operation.reads == (not route.writes)
    one_of = route.permission if isinstance(route.permission, tuple) else (route.permission,)
    assert operation.permission in one_of
    assert operation.repeatable or not operation.reads


def test_no_two_operations_have_one_name() -> None:
    names = [each.name for each in OPERATIONS]

    assert len(names) == len(set(names))
