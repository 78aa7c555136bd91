"""Each action against what it did when `make golden` was last run: tests/golden."""

from collections.abc import Iterator
from difflib import unified_diff

import pytest

from tests import template
from tests.golden.files import as_text, file_of, files
from tests.golden.scenes import scenes
from tests.golden.world import World, world


@pytest.fixture(scope="module")
def there() -> Iterator[World]:
    with world() as there:
        yield there


@pytest.mark.parametrize("action", template.actions())
def test_an_action_asks_answers_and_remembers_what_it_did_before(there: World, action: str) -> None:
    before = file_of(action).read_text()

    now = as_text(scenes(there, action))

    changes = unified_diff(before.splitlines(), now.splitlines(), "before", "now", lineterm="")
    assert not "\n".join(changes)


def test_each_file_is_about_an_action() -> None:
    assert files() == {file_of(action) for action in template.actions()}
