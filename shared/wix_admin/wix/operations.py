"""What an operation is: one call to Wix that a function may make, declared before it is made."""

from dataclasses import dataclass
from typing import Literal

READ_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint of Wix's REST API.

    Attributes:
        name: Our name, `<area>.<what it does>`; it scopes idempotency keys and stands in logs.
        method: The HTTP method.
        path: The path template; `{order_id}` is filled by the call's keyword arguments.
        permission: The Wix permission that the credential needs; two with " and " between them.
        repeatable: Whether sending it twice leaves the shop as sending it once does.
        reads: Whether it changes nothing; whatever else there is, a rehearsal does not send.
        seconds: The longest that Wix is given to answer.
    """

    name: str
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    permission: str
    repeatable: bool
    reads: bool = False
    seconds: float = READ_SECONDS
