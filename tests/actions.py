"""Every action, with what template, handler and sample say of it: the one list that tests go by."""

import importlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests import template
from tests.wix_simulator.errors import Json

if TYPE_CHECKING:
    from wix_admin.doors.action import AdminAction, Key
    from wix_admin.models import FunctionInput
    from wix_admin.wix.operations import Operation

EVENTS = template.PROJECT / "events"


@dataclass(frozen=True)
class Action:
    """One action.

    Attributes:
        name: `<area>/<action>`.
        function: Its name in the template.
        method: Its HTTP method, empty if it has no route.
        path: The path of its route below the stage, empty likewise.
    """

    name: str
    function: str
    method: str = ""
    path: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def area(self) -> str:
        """The folder it is in."""
        return self.name.partition("/")[0]

    @property
    def stem(self) -> str:
        """What it is called in its folder."""
        return self.name.partition("/")[2]

    @property
    def in_path(self) -> list[str]:
        """The names of the path's parameters."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def has_body(self) -> bool:
        """Whether its requests say in a body what is not in their path, or else in a query."""
        return self.method not in {"GET", "DELETE"}

    @property
    def sample(self) -> Json:
        """What a caller would really send, path and idempotency key included."""
        sample: Json = json.loads((EVENTS / f"{self.name}.json").read_text())
        return sample

    @cached_property
    def module(self) -> Any:
        """The module of its handler."""
        return importlib.import_module(f"functions.{self.name.replace('/', '.')}")

    @property
    def handler(self) -> "AdminAction":
        """Its Lambda handler."""
        handler: AdminAction = self.module.handler
        return handler

    @property
    def input_type(self) -> "type[FunctionInput]":
        """What it takes."""
        return self.handler.input_type

    @property
    def elevates(self) -> "tuple[Operation, ...]":
        """The operations that it may call at Wix."""
        return self.handler.elevates

    @property
    def key(self) -> "Key | None":
        """Whether it needs an idempotency key; None if it takes none."""
        return self.handler.key

    @property
    def writes(self) -> bool:
        """Whether it changes something, so that callers can ask for a dry run."""
        return "dry_run" in self.input_type.model_fields


def _all() -> dict[str, Action]:
    routes = {name: route.split("/", 1) for name, route in template.routes().items()}
    found = {}
    for name, function in template.actions().items():
        method, path = routes.get(name, ("", ""))
        found[name] = Action(name, function, method, path and f"/{path}")
    return found


ACTIONS = _all()
"""Every action by its name, in the template's order."""

OF_WEBHOOKS = "webhooks/receive_webhook"
"""The one function that no caller calls: it takes what Wix delivered, from a queue."""

CALLED = [action for name, action in ACTIONS.items() if name != OF_WEBHOOKS]
"""What admins and programs can call, by any door."""

ROUTED = [action for action in CALLED if action.path]
"""What can be called over HTTP."""
