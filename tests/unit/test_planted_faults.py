"""The tool that plants faults: they are found again, planted, and tried against the right tests."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.planted_faults.faults import Fault, Place, functions_of, place_of, planted
from tests.planted_faults.trying import caught_by, fitting
from tests.template import PROJECT

DRAWS = PROJECT / ".tools/faults/bin/python"

MODULE = """\
class Once:
    def make(self, left):
        if left > 0:
            return 1
        return 0

    def check(self, left):
        if left > 0:
            return 2
        if left > 0:
            return 3
"""

FAULT = Fault(
    module="shared/wix_admin/once.py",
    function="Once.check",
    kind="swap_op",
    was=["        if left > 0:"],
    becomes=["        if left >= 0:"],
)

TESTS = """\
import pytest
from shared.wix_admin.once import check

@pytest.mark.parametrize("left", [1], ids=["it is broken"])
def test_broken(left):
    assert check(left) == 3

@pytest.mark.parametrize("left", [0], ids=["nothing left - at all"])
def test_check(left):
    assert check(left) is None
"""


def product(root: Path, **texts: str) -> Path:
    """A product of these modules of `shared/wix_admin`."""
    folder = root / "shared/wix_admin"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return root


def test_a_fault_is_found_in_its_function(tmp_path: Path) -> None:
    root = product(tmp_path, once=MODULE, twice=MODULE)

    assert place_of(FAULT, root) == Place("shared/wix_admin/once.py", 7, "Once.check")


def test_of_equal_lines_in_its_function_the_one_is_found_that_was_drawn(tmp_path: Path) -> None:
    root = product(tmp_path, once=MODULE)
    second = Fault(**vars(FAULT) | {"nth": 1})

    assert place_of(second, root) == Place("shared/wix_admin/once.py", 9, "Once.check")


def test_a_fault_is_found_where_its_function_moved_to(tmp_path: Path) -> None:
    root = product(tmp_path, effects=MODULE)

    assert place_of(FAULT, root) == Place("shared/wix_admin/effects.py", 7, "Once.check")


def test_a_fault_is_found_in_another_function_if_its_lines_are_nowhere_else(tmp_path: Path) -> None:
    text = "def check(left):\n    if left > 0:\n        return 2\n"
    root = product(tmp_path, effects=text)

    assert place_of(FAULT, root) == Place("shared/wix_admin/effects.py", 1, "check")


@pytest.mark.parametrize(
    "texts",
    [
        {"once": MODULE.replace("left > 0", "remaining > 0")},
        {"once": MODULE.replace("check", "look")},
        {"here": MODULE, "there": MODULE},
    ],
)
def test_a_fault_is_gone_if_nobody_can_tell_where_it_is(
    tmp_path: Path, texts: dict[str, str]
) -> None:
    root = product(tmp_path, **texts)

    assert place_of(FAULT, root) is None


def test_a_planted_fault_changes_these_lines_only_as_deep_as_they_are_now(tmp_path: Path) -> None:
    text = "def check(left):\n    if left > 0:\n        return 2\n"
    root = product(tmp_path, effects=text)

    with planted(FAULT, Place("shared/wix_admin/effects.py", 1, "check"), root):
        with_it = (root / "shared/wix_admin/effects.py").read_text()

    assert with_it == text.replace(">", ">=")
    assert (root / "shared/wix_admin/effects.py").read_text() == text


def test_a_decorator_is_part_of_its_function() -> None:
    text = "A = 1\n\n@wrapped\ndef outer():\n    def inner():\n        pass\n"

    assert functions_of(text) == ["", "", "outer", "outer", "outer.inner", "outer.inner", ""]


def test_the_tests_of_a_module_come_before_those_of_its_area() -> None:
    tests = fitting("shared/wix_admin/orders/refund_order.py", PROJECT)

    assert tests[0] == "tests/unit/orders/test_refund_order.py"
    assert "tests/unit/orders/test_record_payment.py" in tests
    assert "tests/unit/members/test_creating.py" not in tests


def test_the_test_is_named_that_tells_a_fault_and_none_that_always_fails(tmp_path: Path) -> None:
    root = product(tmp_path, once="def check(left):\n    if left > 0:\n        return 2\n")
    (root / "tests/unit").mkdir(parents=True)
    (root / "tests/unit/test_once.py").write_text(TESTS)
    (root / ".venv/bin").mkdir(parents=True)
    pytest_alone = root / ".venv/bin/pytest"
    pytest_alone.write_text(f'#!/bin/sh\nexec {sys.executable} -m pytest -p pytest_timeout "$@"\n')
    pytest_alone.chmod(0o755)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        place = place_of(FAULT, root)
        assert place is not None
        caught = caught_by(FAULT, place, root)

    assert caught == "tests/unit/test_once.py::test_check[nothing left - at all]"


@pytest.mark.skipif(not DRAWS.exists(), reason="what draws is installed by `make faults`")
def test_a_seed_draws_faults_that_are_code_and_change_it(tmp_path: Path) -> None:
    command = [str(DRAWS), "-m", "tests.planted_faults", "--seed", "3", "--count", "3"]

    drawn = subprocess.check_output(command, cwd=PROJECT)  # noqa: S603 - the project's own tool

    for fault in (Fault(**each) for each in json.loads(drawn)):
        place = place_of(fault, PROJECT)
        assert place is not None
        assert (place.module, place.function) == (fault.module, fault.function)
        copy = tmp_path / place.module
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((PROJECT / place.module).read_text())
        before = ast.dump(ast.parse(copy.read_text()))
        with planted(fault, place, tmp_path):
            assert ast.dump(ast.parse(copy.read_text())) != before
