"""That each action has tests of what it does, and not only those that all actions have alike."""

import ast

import pytest

from tests.actions import ACTIONS, Action
from tests.template import PROJECT

UNIT = PROJECT / "tests/unit"


@pytest.mark.parametrize("action", ACTIONS.values(), ids=str)
def test_an_action_has_tests_of_its_own(action: Action) -> None:
    module = UNIT / action.area / f"test_{action.stem}.py"

    assert module.exists(), f"write {module.relative_to(PROJECT)}: what {action} does and refuses"
    tree = ast.parse(module.read_text())
    assert action.stem in words_of(tree), f"have the tests of {module.name} call {action}"
    names = [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]
    assert sum(each.startswith("test_") for each in names) >= 2, f"write two in {module.name}"


def words_of(tree: ast.Module) -> set[str]:
    """Find what a module and its area's helpers name and import, actions without their area."""
    words = texts_in(tree)
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=str(source)) if source.startswith("tests.unit."):
                helper = PROJECT / f"{source.replace('.', '/')}.py"
                words |= texts_in(ast.parse(helper.read_text()))
            case ast.ImportFrom(module=str(source)):
                words.add(source.rpartition(".")[2])
    return words


def texts_in(tree: ast.Module) -> set[str]:
    constants = [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)]
    return {each.rpartition("/")[2] for each in constants if isinstance(each, str)}
