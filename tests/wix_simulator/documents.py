"""Documents of one kind on one site, with all their versions."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.wix_simulator.clock import Clock, seconds_of
from tests.wix_simulator.errors import Json


@dataclass(frozen=True)
class _Version:
    since: float
    document: Json | None
    """None: deleted."""


class Documents:
    """Each change makes a new version; the old ones are kept, for indexes that are behind."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._versions: dict[str, list[_Version]] = {}

    def add(self, document: Json) -> None:
        """Take in a new document. It exists since the `createdDate` it says."""
        since = seconds_of(document["createdDate"])
        self._versions[document["id"]] = [_Version(since, document)]

    def get(self, document_id: str) -> Json | None:
        """The document as it is now. Not to be changed."""
        versions = self._versions.get(document_id)
        return versions[-1].document if versions else None

    def all(self) -> list[Json]:
        """Those there are now, the oldest first. Not to be changed."""
        found = (versions[-1].document for versions in self._versions.values())
        return [document for document in found if document is not None]

    def indexed(self, *, lag_seconds: float) -> list[Json]:
        """All documents, as a reader sees them who is that far behind."""
        instant = self._clock.now() - lag_seconds
        found = (_as_of(versions, instant) for versions in self._versions.values())
        return [document for document in found if document is not None]

    @contextmanager
    def change(self, document_id: str) -> Iterator[Json]:
        """A copy of a document to work on, kept only if nothing is raised.

        Raises:
            LookupError: If there is no such document.
        """
        before = self.get(document_id)
        if before is None:
            raise LookupError(f"no document {document_id}")
        document = copy.deepcopy(before)
        yield document
        self._put(document_id, document)

    def remove(self, document_id: str) -> None:
        self._put(document_id, None)

    def _put(self, document_id: str, document: Json | None) -> None:
        self._versions[document_id].append(_Version(self._clock.now(), document))


def _as_of(versions: list[_Version], instant: float) -> Json | None:
    for version in reversed(versions):
        if version.since <= instant:
            return version.document
    return None
