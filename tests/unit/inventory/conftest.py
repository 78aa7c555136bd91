"""Changes of stock, and what others do to it between two calls of ours."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit import calls
from tests.unit.calls import Reply, call
from tests.wix_simulator import WixSimulator
from wix_admin.process import effects_table
from wix_admin.wix.catalog import forget_catalog
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation

type Meanwhile = Callable[[Operation, Callable[[], object]], None]


@pytest.fixture(autouse=True)
def new_process(wix: WixSimulator) -> None:
    """A process that knows no catalog yet."""
    forget_catalog()


@pytest.fixture
def pauses(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited between rounds, in seconds."""
    seconds: list[float] = []
    monkeypatch.setattr(calls, "wait", seconds.append)
    return seconds


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen right before the next call of an operation, and before no other.

    What is said later happens before a later call of it.
    """
    due: dict[Operation, list[Callable[[], object]]] = {}
    real = WixClient.call

    def interrupted(self: WixClient, operation: Operation, **arguments: Any) -> Any:
        if due.get(operation):
            due[operation].pop(0)()
        return real(self, operation, **arguments)

    monkeypatch.setattr(WixClient, "call", interrupted)
    return lambda operation, act: due.setdefault(operation, []).append(act)


def update(*changes: dict[str, Any], key: str | None = None, **more: Any) -> Reply:
    """Ask for changes over HTTP."""
    seconds = more.pop("seconds", 30)
    body = {"changes": list(changes), **more}
    return call("inventory/update_inventory", body, key=key, seconds=seconds)


def statuses(reply: Reply) -> list[str]:
    """What became of each change, or the code of the problem."""
    assert reply.status == 200, reply.json
    return [each["status"] for each in reply.json["results"]]


def codes(reply: Reply) -> list[str | None]:
    """Why each change was not made."""
    assert reply.status == 200, reply.json
    return [each.get("error", {}).get("code") for each in reply.json["results"]]


class Died(BaseException):
    """The process was ended."""


def die() -> None:
    raise Died


def later(seconds: float = 400) -> None:
    """Let so much time pass for the ledger that nobody is at work any more."""
    effects_table().now = lambda: time.time() + seconds
