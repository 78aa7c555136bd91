import pytest

from tests.unit.wix_webhooks.sender import Sender
from tests.wix_simulator.signing import SigningKey


@pytest.fixture(scope="session")
def wix() -> Sender:
    """Wix, with keys that are made once for the whole run."""
    return Sender(
        key=SigningKey.generate(),
        other_key=SigningKey.generate(),
        short_key=SigningKey.generate(bits=1024),
    )
