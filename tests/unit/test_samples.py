"""The sample events, sent to a shop that has what they name, as `make up` makes it."""

import json
import uuid
from typing import Any

import boto3
import pytest

from tests import template
from tests.samples import EVENTS, WAITING_DOMAIN, WAITING_SERVICE, put_samples
from tests.unit.bus import Bus
from tests.unit.calls import Context, handler_of
from tests.wix_simulator import WixSimulator

FROM_A_QUEUE = "webhooks/receive_webhook"
"""Its sample is signed with a key of its own, which no other shop takes."""

ACTIONS = [action for action in template.actions() if action != FROM_A_QUEUE]


@pytest.fixture
def shop(wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> WixSimulator:
    monkeypatch.setenv("APPROVE_MEMBERS", WAITING_DOMAIN)
    monkeypatch.setenv("CONFIRM_BOOKINGS", WAITING_SERVICE)
    monkeypatch.setenv("LOW_STOCK_THRESHOLD", "3")
    monkeypatch.setenv("CREDENTIAL_MAX_AGE_DAYS", "180")
    quarantine = boto3.client("sqs").create_queue(QueueName=f"quarantine-{uuid.uuid4()}")
    monkeypatch.setenv("QUARANTINE_URL", quarantine["QueueUrl"])
    put_samples(wix)
    return wix


def sent(action: str, door: str) -> Any:
    event = json.loads((EVENTS / f"{action}{door}.json").read_text())
    return handler_of(action)(event, Context())


@pytest.mark.parametrize("action", ACTIONS)
def test_a_sample_can_be_sent_and_sent_again(shop: WixSimulator, action: str) -> None:
    answers = [sent(action, "") for _ in range(2)]

    for answer in answers:
        assert answer.get("complete", True)
        assert not answer.get("refused")
        assert "leftAlone" not in answer
        assert answer.get("items") != []


@pytest.mark.parametrize(
    "action", [each for each in ACTIONS if (EVENTS / f"{each}.event.json").exists()]
)
def test_a_sample_can_come_as_an_event_and_come_again(shop: WixSimulator, action: str) -> None:
    for _ in range(2):
        sent(action, ".event")
