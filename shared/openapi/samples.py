"""The samples in events/, taken apart into what an HTTP request is made of."""

from dataclasses import dataclass

from openapi.actions import Action
from wix_admin.models import Json


@dataclass(frozen=True)
class Sample:
    """What a caller would really send.

    Attributes:
        path: The values in the path, by name.
        rest: What else there is: the body, or the query of a request without one.
    """

    path: dict[str, str]
    rest: Json


def sample_of(action: Action) -> Sample:
    """Read the sample of an action."""
    given = action.sample
    given.pop("idempotencyKey", None)
    return Sample({name: given.pop(name) for name in action.in_path}, given)
