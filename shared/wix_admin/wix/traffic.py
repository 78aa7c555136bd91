"""What one invocation asked of Wix, and what a dry run would ask."""

from dataclasses import dataclass, field

from wix_admin.models import Json


@dataclass(frozen=True, slots=True)
class Exchange:
    """One try of a call to Wix and what became of it, as the logs have it."""

    operation: str
    outcome: int | str
    milliseconds: int
    wix_request_id: str | None


@dataclass(slots=True)
class Traffic:
    """Everything that one invocation asked of Wix, tries that got no token included."""

    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def milliseconds(self) -> int:
        """How long Wix took in all."""
        return sum(each.milliseconds for each in self.exchanges)


@dataclass(frozen=True, slots=True)
class Request:
    """What a call asks of Wix.

    Attributes:
        method: The HTTP method.
        path: The path, ids filled in.
        body: The JSON, or None.
        answer: Wix's answer, for what was really asked.
    """

    method: str
    path: str
    body: Json | None
    answer: Json | None = None


@dataclass(slots=True)
class Rehearsal:
    """What a call with `dryRun` would send to Wix, and what it read to decide."""

    requests: list[Request] = field(default_factory=list)
    read: list[Request] = field(default_factory=list)
