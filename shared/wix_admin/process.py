"""What one process builds once and shares among its invocations: the clients."""

from functools import cache
from typing import TYPE_CHECKING, cast

import httpx

from wix_admin.aws.bus import EventBus
from wix_admin.aws.settings import PublisherSettings, WriterSettings, settings
from wix_admin.aws.telemetry import count_auth_event
from wix_admin.aws.timeouts import LEDGER, OTHERS, Timeouts
from wix_admin.effects.ledger import EffectsTable
from wix_admin.wix.client import check_before_sending
from wix_admin.wix.replies import refuses_token
from wix_auth import aws_session, wix_http_client

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_sqs.client import SQSClient


@cache
def wix_http() -> httpx.Client:
    """Return the client that authorises calls to Wix.

    Raises:
        SettingsError: If the environment is wrong.
    """
    here = settings()
    http = wix_http_client(
        here.wix_secret_arn,
        api_url=here.wix_api_url,
        site_id=here.wix_site_id,
        notify=count_auth_event,
        refuses=refuses_token,
    )
    http.event_hooks = {"request": [check_before_sending]}
    return http


@cache
def effects_table() -> EffectsTable:
    """Return the ledger.

    Raises:
        SettingsError: If the environment is wrong, or names no table.
    """
    name = WriterSettings.read().effects_table_name
    return EffectsTable(name, cast("DynamoDBClient", _aws_client("dynamodb", LEDGER)))


@cache
def event_bus() -> EventBus:
    """Return our bus.

    Raises:
        SettingsError: If the environment is wrong, or names no bus.
    """
    name = PublisherSettings.read().event_bus_name
    return EventBus(name, cast("EventBridgeClient", _aws_client("events", OTHERS)))


@cache
def queue_client() -> "SQSClient":
    """Return what all queues are reached with."""
    return cast("SQSClient", _aws_client("sqs", OTHERS))


def _aws_client(service: str, timeouts: Timeouts) -> "BaseClient":
    client = aws_session().create_client(service, config=timeouts.client_config())
    client.meta.events.register("request-created", timeouts.check_before_trying)
    return client
