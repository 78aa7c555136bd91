"""What an action sends to Wix, field by field: a case for each variant of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.actions import ACTIONS
from tests.unit.calls import call, invoke
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.store import CatalogVersion

type Request = tuple[str, str, Any]
"""Method, path and body."""

type Known = Mapping[str, Any]
"""What only one run knows, such as ids that Wix gave, by what cases call it."""

type Scene = Callable[[WixSimulator], Known]
"""Makes what is there at Wix."""


@dataclass(frozen=True)
class Case:
    """One variant of an action, and the requests that it makes.

    Attributes:
        action: `<area>/<action>`.
        body: What the caller sends, besides what is in the path.
        requests: What Wix gets, in turn.
        name: What is special about it, if not the fields of its body.
        query: The query string.
        key: The idempotency key.
        catalog: The site's catalog.
        scene: Makes what it is about, if that is not what its area's cases are usually about.
    """

    action: str
    body: Any
    requests: list[Request]
    name: str = ""
    query: dict[str, str] | None = None
    key: str | None = "k-1"
    catalog: CatalogVersion = "V3_CATALOG"
    scene: Scene | None = None

    def __str__(self) -> str:
        return f"{self.action} {self.name or ', '.join(self.body or ())}".strip()


def sent_by(
    wix: WixSimulator, case: Case, target: str | None = None, known: Known | None = None
) -> list[Request]:
    """Have an action called as in a case, and return what it sent to Wix.

    Args:
        wix: The shop.
        case: The case.
        target: The value of the route's one path parameter, if it has one.
        known: What the body names.
    """
    action, body = ACTIONS[case.action], filled(case.body, known or {})
    if action.path:
        target = target if action.in_path else None
        reply = call(action.name, body or None, target=target, query=case.query, key=case.key)
        assert reply.status == 200, reply.json
    else:
        invoke(action.name, body)
    sent = [each for each in wix.requests() if not each.path.startswith("/oauth2/")]
    assert {each.headers["content-type"] for each in sent if each.body} <= {"application/json"}
    return [(each.method, each.path, each.body) for each in sent]


def filled(value: Any, known: Known) -> Any:
    """Put what this run knows in place of its names."""
    match value:
        case dict():
            return {name: filled(each, known) for name, each in value.items()}
        case list():
            return [filled(each, known) for each in value]
        case tuple():
            return tuple(filled(each, known) for each in value)
        case str():
            return known.get(value, value)
    return value
