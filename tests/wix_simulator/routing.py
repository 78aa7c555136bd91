"""Finds the endpoint that a request means."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from tests.wix_simulator.bodies import is_guid
from tests.wix_simulator.errors import Violation, validation_error
from tests.wix_simulator.world import Route

_PARAMETER = re.compile(r"\{(.+?)\}")

_GUIDS = (
    "{bookingId}",
    "{fulfillment.id}",
    "{fulfillmentId}",
    "{inventoryItemId}",
    "{member.id}",
    "{order.id}",
    "{paymentId}",
    "{serviceId}",
    "/members/{id}",
    "/v3/inventory-items/{inventoryItem.id}",
    "/payments/orders/{orderId}/",
    "/orders/{orderId}/update-status",
)
"""Where Wix declares a GUID. Other ids in paths are any text: those of orders, where they are read
or canceled, and of products."""


@dataclass(frozen=True)
class Target:
    """An endpoint, and the values of its path's parameters, decoded."""

    route: Route
    parameters: Mapping[str, str]

    def check_ids(self) -> None:
        """Refuse what is declared a GUID and is none.

        Raises:
            RefusedError: With a field violation for each.
        """
        violations = [
            Violation(name, "is not a valid GUID", "FORMAT", {"type": "GUID"})
            for name, value in self.parameters.items()
            if not is_guid(value)
            and any(f"{{{name}}}" in each and each in self.route.path for each in _GUIDS)
        ]
        if violations:
            raise validation_error(violations)


class Router:
    """All endpoints. One whose path is literal goes before one that takes anything there."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._known: dict[tuple[str, int], list[_Pattern]] = defaultdict(list)
        for route in sorted(routes, key=lambda route: route.path.count("{")):
            pattern = _Pattern(route)
            self._known[route.method, len(pattern.segments)].append(pattern)

    def find(self, method: str, path: str) -> Target | None:
        """The endpoint of a path as it came, percent-encoded; None if there is none."""
        segments = [unquote(segment) for segment in path.split("/")]
        for pattern in self._known.get((method, len(segments)), []):
            parameters = pattern.match(segments)
            if parameters is not None:
                return Target(pattern.route, parameters)
        return None


class _Pattern:
    def __init__(self, route: Route) -> None:
        self.route = route
        self.segments = [_Segment(each) for each in route.path.split("/")]

    def match(self, segments: list[str]) -> dict[str, str] | None:
        parameters: dict[str, str] = {}
        for pattern, segment in zip(self.segments, segments, strict=True):
            found = pattern.expression.fullmatch(segment)
            if found is None:
                return None
            if pattern.name is not None:
                parameters[pattern.name] = found[1]
        return parameters


class _Segment:
    """What stands between two slashes, with at most one parameter in it."""

    def __init__(self, template: str) -> None:
        before, *parameter = _PARAMETER.split(template)
        self.name = parameter[0] if parameter else None
        after = f"(.+){re.escape(parameter[1])}" if parameter else ""
        self.expression = re.compile(re.escape(before) + after, re.DOTALL)
