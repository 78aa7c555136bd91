"""The built functions under AWS's own runtime client, against a Wix and an AWS of this machine.

All tests share them; each makes its own orders, and nothing else of it stays.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from types_boto3_dynamodb import DynamoDBClient
from types_boto3_secretsmanager import SecretsManagerClient

from tests import canaries
from tests.contract.functions import Functions
from tests.contract.ledger import Ledger
from tests.local_stack import Account, Artifacts
from tests.local_stack.emulator import emulator
from tests.local_stack.queues import Published, listening
from tests.local_stack.stack import CREDENTIAL
from tests.samples import WAITING_DOMAIN, WAITING_SERVICE
from tests.wix_simulator import WixSimulator

TABLE = "effects"
BUS = "events"

type StoreSecret = Callable[[str | None], str]


@pytest.fixture(scope="session")
def logs(log_folder: Path) -> Path:
    """Where these tests' processes log, to be searched with all other logs."""
    folder = log_folder / "contract"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def account(work_folder: Path, logs: Path) -> Iterator[Account]:
    """An AWS without our stack in it."""
    folder = work_folder / "contract"
    folder.mkdir()
    with emulator(folder, logs) as account:
        yield account


@pytest.fixture(scope="session")
def secrets_manager(account: Account) -> SecretsManagerClient:
    return account.client("secretsmanager")


@pytest.fixture(scope="session")
def store_secret(secrets_manager: SecretsManagerClient) -> StoreSecret:
    """Make a secret, with a value or without, and return its ARN."""

    def store(value: str | None) -> str:
        arn = secrets_manager.create_secret(Name=f"wix-{uuid.uuid4()}")["ARN"]
        if value is not None:
            secrets_manager.put_secret_value(SecretId=arn, SecretString=value)
        return arn

    return store


@pytest.fixture(scope="session")
def ledger(account: Account) -> Ledger:
    """The table of effects."""
    client: DynamoDBClient = account.client("dynamodb")
    client.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return Ledger(client, TABLE)


@pytest.fixture(scope="session")
def shared_wix() -> Iterator[WixSimulator]:
    with WixSimulator(seed=7) as wix:
        yield wix


@pytest.fixture
def wix(shared_wix: WixSimulator) -> Iterator[WixSimulator]:
    """Wix as all processes know it. Troubles that a test makes end with it."""
    shared_wix.clear_journal()
    yield shared_wix
    shared_wix.clear_faults()


@pytest.fixture(scope="session")
def published(account: Account) -> Iterator[Published]:
    """What comes over our bus."""
    account.client("events").create_event_bus(Name=BUS)
    with listening(account, BUS) as published:
        yield published


@pytest.fixture(scope="session")
def values(
    account: Account,
    shared_wix: WixSimulator,
    store_secret: StoreSecret,
    ledger: Ledger,
    published: Published,
) -> dict[str, str]:
    """What each variable of the template is here."""
    sqs = account.client("sqs")
    return {
        "APPROVE_MEMBERS": WAITING_DOMAIN,
        "AUTO_FULFILL": "digital",
        "CONFIRM_BOOKINGS": WAITING_SERVICE,
        "CREDENTIAL_MAX_AGE_DAYS": "365",
        "DEAD_LETTER_QUEUE_URL": sqs.create_queue(QueueName="dead-letters")["QueueUrl"],
        "EVENT_BUS_NAME": BUS,
        "LOW_STOCK_THRESHOLD": "3",
        "QUARANTINE_URL": sqs.create_queue(QueueName="quarantine")["QueueUrl"],
        "QUEUE_URL": sqs.create_queue(QueueName="work")["QueueUrl"],
        "WIX_INSTANCE_IDS": canaries.INSTANCE_ID,
        "WIX_WEBHOOK_PUBLIC_KEYS": shared_wix.webhooks.public_key,
        "WIX_API_URL": shared_wix.url,
        "WIX_SECRET_ARN": store_secret(json.dumps(CREDENTIAL)),
        "WIX_SITE_ID": canaries.SITE_ID,
        "EFFECTS_TABLE_NAME": ledger.table,
        "POWERTOOLS_SERVICE_NAME": "wix-admin",
        "POWERTOOLS_METRICS_NAMESPACE": "WixAdmin",
    }


@pytest.fixture(scope="session")
def functions(
    artifacts: Artifacts, account: Account, values: dict[str, str], logs: Path
) -> Iterator[Functions]:
    """The functions as the template sets them up."""
    functions = Functions(artifacts, values, account.environment(), logs)
    yield functions
    functions.close()
