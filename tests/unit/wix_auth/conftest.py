import logging
from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.canaries import MARKS
from tests.unit.wix_auth.fakes import Bench, Clock, FakeWix, Vault


@pytest.fixture(autouse=True)
def _no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    for name in ("wix_auth", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    yield
    for phase in ("setup", "call"):
        logged = " ".join(str(vars(record)) for record in caplog.get_records(phase))
        assert not [mark for mark in MARKS if mark in logged]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wix() -> FakeWix:
    return FakeWix()


@pytest.fixture
def vault(aws: None) -> Vault:
    return Vault()


@pytest.fixture
def bench(wix: FakeWix, vault: Vault, clock: Clock) -> Bench:
    return Bench(wix, vault, clock)
