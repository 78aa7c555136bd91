"""Who buys, signs up and books at the simulated sites."""

from collections.abc import Callable
from dataclasses import dataclass

from tests import canaries


@dataclass(frozen=True)
class Person:
    """Somebody whom Wix knows."""

    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    note: str
    """What they write beside an order."""


type People = Callable[[str], Person]
"""Returns the next person, given what an address may begin with that nobody else has."""


def a_canary(local: str) -> Person:
    """Return somebody of whom nothing may be seen in a log."""
    return Person(
        canaries.FIRST_NAME,
        canaries.LAST_NAME,
        f"{local}@{canaries.EMAIL_DOMAIN}",
        canaries.PHONE,
        canaries.STREET,
        f"{canaries.MESSAGE}: leave it at the door",
    )
