"""The actions that can be called over HTTP, with what the contract says of them."""

from typing import Any, get_type_hints

from pydantic.alias_generators import to_camel

from tests import actions as registry


class Action(registry.Action):
    """An action that has a route."""

    @property
    def operation_id(self) -> str:
        """Its name in the contract."""
        return to_camel(self.stem)

    @property
    def about(self) -> str:
        """What its handler's module says of it."""
        return str(self.module.__doc__).strip()

    @property
    def answer(self) -> Any:
        """The class of its answer."""
        return get_type_hints(self.handler.action)["return"]


def actions() -> list[Action]:
    """Return the actions that can be called over HTTP, in the template's order."""
    return [Action(each.name, each.function, each.method, each.path) for each in registry.ROUTED]
