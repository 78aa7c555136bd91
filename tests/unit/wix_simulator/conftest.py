import ssl
from collections.abc import Iterator

import httpx
import pytest

from tests import canaries
from tests.unit.wix_simulator.hearing import Hearing, hearing
from tests.wix_simulator import WixSimulator

# Nothing here is encrypted; a context without authorities spares each test reading them all.
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def wix() -> Iterator[WixSimulator]:
    with WixSimulator(seed=7) as simulator:
        yield simulator


@pytest.fixture
def http(wix: WixSimulator) -> Iterator[httpx.Client]:
    """A client without credentials."""
    with httpx.Client(base_url=wix.url, verify=NO_AUTHORITIES) as client:
        yield client


@pytest.fixture
def admin(wix: WixSimulator) -> Iterator[httpx.Client]:
    """A client with the API key, for the default site."""
    headers = {"authorization": canaries.API_KEY, "wix-site-id": canaries.SITE_ID}
    with httpx.Client(base_url=wix.url, headers=headers, verify=NO_AUTHORITIES) as client:
        yield client


@pytest.fixture
def told(wix: WixSimulator) -> Iterator[Hearing]:
    """A subscriber to everything that happens from now on."""
    with hearing(wix) as found:
        yield found
