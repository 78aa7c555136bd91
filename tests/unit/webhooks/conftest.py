from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests import canaries
from tests.unit.webhooks.scene import Scene
from tests.unit.wix_admin.effects.batches import sqs_that_never_waits, sqs_with_its_limit
from tests.wix_simulator.signing import SigningKey
from wix_admin import process
from wix_admin.aws.settings import settings
from wix_admin.webhooks.verdicts import verifier


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """The app's own."""
    return SigningKey.generate()


@pytest.fixture(scope="session")
def other_key() -> SigningKey:
    """A forger's, or the one that the app will have next."""
    return SigningKey.generate()


@pytest.fixture(scope="module", autouse=True)
def aws() -> Iterator[None]:
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(),
        sqs_with_its_limit(),
        sqs_that_never_waits(),
    ):
        patch.delenv("AWS_ENDPOINT_URL")
        yield


@pytest.fixture
def scene(
    aws: None, key: SigningKey, other_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    """The queues and the bus, and a new function process that knows them."""
    scene = Scene.create(key, other_key)
    monkeypatch.setenv("WIX_SITE_ID", canaries.SITE_ID)
    monkeypatch.setenv("WIX_SECRET_ARN", "wix")
    monkeypatch.setenv("EVENT_BUS_NAME", scene.bus)
    monkeypatch.setenv("QUEUE_URL", scene.inbox.url)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", scene.dead_letters.url)
    monkeypatch.setenv("QUARANTINE_URL", scene.quarantine.url)
    monkeypatch.setenv("WIX_WEBHOOK_PUBLIC_KEYS", key.public_pem)
    monkeypatch.setenv("WIX_INSTANCE_IDS", canaries.INSTANCE_ID)
    yield scene
    forget()


def forget() -> None:
    """End the function's process: the next one reads its environment anew."""
    for cached in (
        settings,
        verifier,
        process.wix_http,
        process.event_bus,
        process.queue_client,
    ):
        cached.cache_clear()
