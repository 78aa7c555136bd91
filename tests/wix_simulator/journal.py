"""What the simulator was asked: every request, without the secrets in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any


@dataclass
class RecordedRequest:
    """One request, and what became of it."""

    sequence: int
    """1 for the first request since the simulator started or was reset."""

    received: str
    """When it came, by the simulator's clock."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Lower-case names, `authorization` left out."""

    authorization: str
    """Which credential: `none`, `token 3`, `bearer token 3`, `api key 1`, `bearer api key 1`,
    `unrecognised`. Never its value."""

    body: Any
    """The parsed body, None without one; secrets and tokens are replaced by their label."""

    request_id: str
    """The `x-wix-request-id` of the answer."""

    status: int | None = None
    """The status that was answered; None while working, or if no answer was sent."""

    effect: bool = False
    """Whether a call that writes was carried out, even if the caller was told otherwise."""

    fault: str | None = None
    """The fault rule that hit it."""

    done: bool = field(default=False, repr=False)
    """False while it is being worked on."""


class Journal:
    """All requests, oldest first. The caller holds the simulator's lock."""

    def __init__(self) -> None:
        self._entries: list[RecordedRequest] = []
        self._count = 0

    def open(self, entry: RecordedRequest) -> RecordedRequest:
        self._count += 1
        entry.sequence = self._count
        self._entries.append(entry)
        return entry

    def find(self, method: str | None, path: str | None) -> list[RecordedRequest]:
        """Copies of the requests with a method and a path; `*` in the path stands for anything."""
        return [
            replace(entry)
            for entry in self._entries
            if (method is None or entry.method == method.upper())
            and (path is None or fnmatchcase(entry.path, path))
        ]

    @property
    def busy(self) -> bool:
        return any(not entry.done for entry in self._entries)

    def clear(self) -> None:
        self._entries.clear()
