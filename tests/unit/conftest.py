"""Actions in this process, against a real HTTP Wix simulator and AWS in memory."""

import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from tests import canaries
from tests.samples import WAITING_DOMAIN, WAITING_SERVICE, put_samples
from tests.unit import calls
from tests.unit.aws import aws_client
from tests.unit.bus import Bus
from tests.wix_simulator import WixSimulator
from wix_admin import process
from wix_admin.aws import telemetry
from wix_admin.aws.settings import WriterSettings, settings
from wix_admin.wix.catalog import forget_catalog


@pytest.fixture(scope="module")
def simulator() -> Iterator[WixSimulator]:
    with WixSimulator(seed=7) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def secret_arn() -> Iterator[str]:
    """The credential in Secrets Manager; AWS in memory for as long as it is there."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.delenv("AWS_ENDPOINT_URL")
        secret = aws_client("secretsmanager").create_secret(
            Name="wix",
            SecretString=json.dumps(
                {
                    "kind": "client_credentials",
                    "client_id": canaries.CLIENT_ID,
                    "client_secret": canaries.CLIENT_SECRET,
                }
            ),
        )
        yield secret["ARN"]


@pytest.fixture
def wix(
    simulator: WixSimulator, secret_arn: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WixSimulator]:
    """Wix, and a new function process for it: nothing is remembered on either side.

    Who waits for Wix moves its clock; how long the pauses are is shown with a clock of its own.
    """
    simulator.reset()
    monkeypatch.setattr(calls, "wait", simulator.advance)
    monkeypatch.setenv("WIX_API_URL", simulator.url)
    monkeypatch.setenv("WIX_SITE_ID", canaries.SITE_ID)
    monkeypatch.setenv("WIX_SECRET_ARN", secret_arn)
    monkeypatch.setenv("EFFECTS_TABLE_NAME", f"effects-{uuid.uuid4()}")
    yield simulator
    if process.wix_http.cache_info().currsize:
        process.wix_http().close()
    for cached in (settings, process.wix_http, process.effects_table, process.event_bus):
        cached.cache_clear()
    forget_catalog()


@pytest.fixture
def table(wix: WixSimulator) -> str:
    """The ledger, new and empty."""
    name = WriterSettings.read().effects_table_name
    aws_client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


@pytest.fixture
def bus(wix: WixSimulator, table: str, monkeypatch: pytest.MonkeyPatch) -> Bus:
    """Our bus, and the environment of the automation that publishes on it."""
    bus = Bus(f"bus-{uuid.uuid4()}")
    bus.up()
    monkeypatch.setenv("EVENT_BUS_NAME", bus.name)
    monkeypatch.setenv("AUTO_FULFILL", "digital")
    return bus


@pytest.fixture
def shop(wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> WixSimulator:
    """What the samples name, and all that an action that is sent one needs around it."""
    monkeypatch.setenv("APPROVE_MEMBERS", WAITING_DOMAIN)
    monkeypatch.setenv("CONFIRM_BOOKINGS", WAITING_SERVICE)
    monkeypatch.setenv("LOW_STOCK_THRESHOLD", "3")
    monkeypatch.setenv("CREDENTIAL_MAX_AGE_DAYS", "180")
    quarantine = aws_client("sqs").create_queue(QueueName=f"quarantine-{uuid.uuid4()}")
    monkeypatch.setenv("QUARANTINE_URL", quarantine["QueueUrl"])
    put_samples(wix)
    return wix


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Returns what was logged until now, as the log service would read it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(telemetry.logger.registered_formatter)
    telemetry.logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger(telemetry.logger.name).removeHandler(handler)
