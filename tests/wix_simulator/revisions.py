"""Changes to what somebody else changed meanwhile."""

from tests.wix_simulator.errors import RefusedError, Reply, application_error
from tests.wix_simulator.switches import Switches

_TEXT = "entity has already changed since the requested revision"


def refuse_stale(switches: Switches, current: str, told: str, *, in_bulk: bool = False) -> None:
    """Refuse a change of the stores that was made for an older revision.

    Raises:
        RefusedError: If the revisions differ; of the kind that one item of a bulk call needs,
            or that a call for one thing alone is answered with.
    """
    if current == told:
        return
    code = switches.stale_revision_code
    if code or in_bulk:
        raise application_error(409, code, _TEXT)
    raise RefusedError(Reply({"message": _TEXT, "details": {}}, 409))
