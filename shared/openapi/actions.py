"""The actions that can be called over HTTP: their routes, and what their handlers declare."""

import importlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from pydantic.alias_generators import to_camel

from tests import template
from wix_admin.doors.action import AdminAction


@dataclass(frozen=True)
class Action:
    """One route, and the handler behind it.

    Attributes:
        name: `<area>/<action>`.
        method: Its HTTP method.
        path: Its path below the stage.
    """

    name: str
    method: str
    path: str

    @property
    def area(self) -> str:
        """The folder it is in."""
        return self.name.partition("/")[0]

    @property
    def operation_id(self) -> str:
        """Its name in the contract."""
        return to_camel(self.name.partition("/")[2])

    @property
    def in_path(self) -> list[str]:
        """The names of the path's parameters."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def has_body(self) -> bool:
        """Whether its requests say in a body what is not in their path, or else in a query."""
        return self.method not in {"GET", "DELETE"}

    @cached_property
    def about(self) -> str:
        """What its handler's module says of it."""
        return str(self._module.__doc__).strip()

    @cached_property
    def handler(self) -> AdminAction:
        """Its Lambda handler."""
        handler: AdminAction = self._module.handler
        return handler

    @cached_property
    def answer(self) -> Any:
        """The class of its answer."""
        return get_type_hints(self.handler.action)["return"]

    @cached_property
    def _module(self) -> Any:
        return importlib.import_module(f"functions.{self.name.replace('/', '.')}")


def actions() -> list[Action]:
    """Return the actions that can be called over HTTP, in the template's order."""
    return [
        Action(name, method, f"/{path}")
        for name, route in template.routes().items()
        for method, path in [route.split("/", 1)]
    ]
