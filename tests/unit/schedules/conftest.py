"""A secret of each test's own, and a bus with somebody who listens."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.models import secretsmanager_backends

from tests.unit.aws import aws_client
from tests.wix_simulator import WixSimulator

REGION = "us-east-1"
DAY_SECONDS = 24 * 60 * 60

type Json = dict[str, Any]
type Store = Callable[..., None]


@dataclass(frozen=True)
class Heard:
    """What others get to know of a check.

    Attributes:
        events: Returns what a rule on the bus has handed on since it was last asked.
        lines: Returns all that was logged.
        metrics: Returns namespace, dimensions and the check's own values of each line of metrics
            since it was last asked.
    """

    events: Callable[[], list[Json]]
    lines: Callable[[], list[Json]]
    metrics: Callable[[], list[tuple[str, dict[str, str], dict[str, float]]]]


@pytest.fixture
def store(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Store a credential in the secret that the function reads, now or some days ago."""
    client = aws_client("secretsmanager")
    arn = client.create_secret(Name=f"wix-{uuid.uuid4()}")["ARN"]
    monkeypatch.setenv("WIX_SECRET_ARN", arn)

    def store(credential: object, *, days_ago: float = 0) -> None:
        text = credential if isinstance(credential, str) else json.dumps(credential)
        version = client.put_secret_value(SecretId=arn, SecretString=text)["VersionId"]
        secret = secretsmanager_backends[DEFAULT_ACCOUNT_ID][REGION].secrets[arn]
        secret.versions[version]["createdate"] = time.time() - days_ago * DAY_SECONDS

    return store


@pytest.fixture
def heard(
    wix: WixSimulator,
    monkeypatch: pytest.MonkeyPatch,
    log_lines: Callable[[], list[Json]],
    capsys: pytest.CaptureFixture[str],
) -> Heard:
    name = f"bus-{uuid.uuid4()}"
    monkeypatch.setenv("EVENT_BUS_NAME", name)
    events, sqs = aws_client("events"), aws_client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    events.create_event_bus(Name=name)
    events.put_rule(
        Name="ours", EventBusName=name, EventPattern=json.dumps({"source": ["wix-admin"]})
    )
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    events.put_targets(
        Rule="ours", EventBusName=name, Targets=[{"Id": "queue", "Arn": queue["QueueArn"]}]
    )

    def received() -> list[Json]:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in messages]

    def counted() -> list[tuple[str, dict[str, str], dict[str, float]]]:
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        return [_read(line) for line in lines if "_aws" in line]

    return Heard(events=received, lines=log_lines, metrics=counted)


def _read(line: Json) -> tuple[str, dict[str, str], dict[str, float]]:
    [directive] = line["_aws"]["CloudWatchMetrics"]
    [dimensions] = directive["Dimensions"]
    names = [each["Name"] for each in directive["Metrics"]]
    values = {name: line[name][0] for name in names if name.startswith("Credential")}
    return directive["Namespace"], {name: line[name] for name in dimensions}, values
