from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from tests import canaries
from tests.unit.wix_admin.builders import TABLE, Clock, FakeWix
from wix_admin import process
from wix_admin.aws.settings import settings
from wix_admin.effects.ledger import EffectsTable

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


@pytest.fixture(autouse=True)
def own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A new function process: its environment, and nothing remembered."""
    monkeypatch.setenv("WIX_SITE_ID", canaries.SITE_ID)
    monkeypatch.setenv("WIX_SECRET_ARN", "wix")
    monkeypatch.setenv("EFFECTS_TABLE_NAME", TABLE)
    yield
    for cached in (
        settings,
        process.wix_http,
        process.effects_table,
        process.event_bus,
        process.queue_client,
    ):
        cached.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wix(clock: Clock) -> FakeWix:
    return FakeWix(clock)


@pytest.fixture(scope="module")
def aws() -> Iterator["DynamoDBClient"]:
    """DynamoDB in memory; a client takes so long to make that a module's tests share one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        with mock_aws():
            yield boto3.client("dynamodb", region_name="us-east-1")


@pytest.fixture
def dynamodb(aws: "DynamoDBClient") -> Iterator["DynamoDBClient"]:
    """DynamoDB with an empty ledger."""
    aws.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield aws
    aws.delete_table(TableName=TABLE)


@pytest.fixture
def ledger(dynamodb: "DynamoDBClient", clock: Clock) -> EffectsTable:
    return EffectsTable(TABLE, dynamodb, now=clock)
