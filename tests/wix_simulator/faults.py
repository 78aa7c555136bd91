"""Trouble by rule: what can go wrong between a client and Wix, whenever a test wants it to."""

import re
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Literal

type Moment = Literal["before", "after"]

GARBAGE = '{"order": {"id": "trunc'


@dataclass(frozen=True)
class Fault:
    """What happens to the next requests that match.

    At most one of `status`, `drop`, `reset` and `garbage`; with none of them only the latency
    applies. "Before" means that Wix never does the work, "after" that it does.
    """

    path: str = "*"
    """Which paths: a glob, where `*` also spans slashes, or a regex if it begins with `^`."""

    method: str | None = None
    times: int | None = 1
    """How many requests it hits; None for all until the rule is removed."""

    skip: int = 0
    """How many matching requests pass unharmed first."""

    status: int | None = None
    """Answer this status."""

    effect: bool = False
    """With `status`: do the work first, then answer so all the same."""

    body: Any = None
    """With `status`: a dict as JSON, text as HTML, None for no body."""

    headers: dict[str, str] = field(default_factory=dict)
    drop: Moment | None = None
    """Close the connection without an answer, before or after the work."""

    reset: Moment | None = None
    """Reset the TCP connection, before or after the work."""

    garbage: bool = False
    """Do the work, then answer 200 with text that is no JSON."""

    latency: float = 0
    """Seconds to wait before the work."""

    latency_after: float = 0
    """Seconds to wait between the work and the answer."""

    drip: float = 0
    """Seconds to wait before each byte of the answer's body."""

    def __post_init__(self) -> None:
        kinds = [self.status is not None, bool(self.drop), bool(self.reset), self.garbage]
        if sum(kinds) > 1:
            raise ValueError("a fault is one of status, drop, reset and garbage")
        if self.effect and self.status is None:
            raise ValueError("effect goes with status; say drop='after' or reset='after'")
        if self.times is not None and self.times < 1:
            raise ValueError("a fault hits at least once")

    @property
    def prevents_work(self) -> bool:
        status_only = self.status is not None and not self.effect
        return status_only or "before" in {self.drop, self.reset}

    def matches(self, method: str, path: str) -> bool:
        if self.method is not None and self.method.upper() != method:
            return False
        if self.path.startswith("^"):
            return re.search(self.path, path) is not None
        return fnmatchcase(path, self.path)

    def __str__(self) -> str:
        moment = "after" if self.effect else "before"
        kinds = {
            f"{self.status} {moment} the effect": self.status is not None,
            f"dropped {self.drop} the effect": bool(self.drop),
            f"reset {self.reset} the effect": bool(self.reset),
            "garbage": self.garbage,
            "dripping": bool(self.drip),
        }
        return next((kind for kind, applies in kinds.items() if applies), "latency")


def too_many_requests(
    path: str = "*", *, retry_after: int | str | None = None, times: int | None = 1
) -> Fault:
    """A 429, with or without `Retry-After`."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = {"message": "Too many requests", "details": {}}
    return Fault(path=path, status=429, body=body, headers=headers, times=times)


class Faults:
    """The rules in force, first come first served. The caller holds the simulator's lock."""

    def __init__(self) -> None:
        self._rules: dict[int, Fault] = {}
        self._count = 0

    def add(self, fault: Fault) -> int:
        self._count += 1
        self._rules[self._count] = fault
        return self._count

    def remove(self, number: int) -> bool:
        return self._rules.pop(number, None) is not None

    def clear(self) -> None:
        self._rules.clear()

    def left(self) -> dict[int, Fault]:
        """The rules that can still hit, with what is left of their counts."""
        return dict(self._rules)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits a request, if any. A request is counted by one rule only."""
        for number, fault in list(self._rules.items()):
            if not fault.matches(method, path):
                continue
            if fault.skip:
                self._rules[number] = replace(fault, skip=fault.skip - 1)
                continue
            if fault.times == 1:
                del self._rules[number]
            elif fault.times is not None:
                self._rules[number] = replace(fault, times=fault.times - 1)
            return fault
        return None
