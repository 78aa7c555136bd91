"""That each action shows what it sends to Wix, and can send nothing else."""

import importlib
import re
from typing import Any

import pytest

from tests.actions import CALLED, Action
from tests.template import PROJECT
from tests.unit.calls import Context
from tests.unit.requests import Case, Request
from tests.unit.test_operations import OPERATIONS
from tests.wix_simulator import WixSimulator
from wix_admin.errors import ElevationError
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation

CASES: list[Case] = [
    case
    for path in sorted(PROJECT.glob("tests/unit/*/test_requests.py"))
    for case in importlib.import_module(f"tests.unit.{path.parent.name}.test_requests").CASES
]


def operation_of(request: Request, allowed: tuple[Operation, ...]) -> Operation | None:
    """Which operation a request is, of those that an action may call."""
    method, path, _ = request
    for each in allowed:
        shape = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(each.path.partition("?")[0]))
        if each.method == method and re.fullmatch(shape, path.partition("?")[0]):
            return each
    return None


@pytest.mark.parametrize("action", CALLED, ids=str)
def test_an_action_may_call_what_its_cases_send_and_nothing_else(action: Action) -> None:
    requests = [each for case in CASES if case.action == action.name for each in case.requests]

    sent = {operation_of(each, action.elevates) for each in requests}

    assert sent == set(action.elevates), f"give {action} a case in its area's test_requests.py"


@pytest.mark.parametrize("action", CALLED, ids=str)
def test_an_action_can_call_nothing_that_it_does_not_declare(
    shop: WixSimulator, action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: list[WixClient] = []
    init = WixClient.__init__

    def watched(self: WixClient, *arguments: Any, **more: Any) -> None:
        clients.append(self)
        init(self, *arguments, **more)

    monkeypatch.setattr(WixClient, "__init__", watched)
    action.handler(action.sample, Context())
    before = len(shop.requests())

    for operation in set(OPERATIONS) - set(action.elevates):
        with pytest.raises(ElevationError):
            clients[0].call(operation, body={})

    assert len(shop.requests()) == before
