"""The webhook functions in processes of their own: what they publish, keep, drop and print."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.contract.functions import Functions, marks_in
from tests.events import queue_batch
from tests.local_stack import Account
from tests.local_stack.queues import Message, Published, messages
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.signing import SigningKey

RECEIVE = "receive_webhook"
REDRIVE = "redrive_quarantine"

ITS_TIMEOUT = 300
"""Seconds that the template gives to `redrive_quarantine`."""


def about(published: Published, entity_id: str) -> list[Any]:
    return [each for each in published.events if each["detail"].get("entityId") == entity_id]


def printed_by(output: str) -> list[Any]:
    return [json.loads(each) for each in output.splitlines()]


@pytest.fixture
def quarantine(account: Account, values: dict[str, str]) -> Callable[[], list[Message]]:
    """What is in quarantine."""
    return lambda: messages(account, values["QUARANTINE_URL"])


@pytest.fixture
def personal(wix: WixSimulator) -> Any:
    """What Wix tells of an order, its buyer included."""
    return {"actionEvent": {"body": {"order": wix.add_order()}}}


def test_a_batch_has_each_delivery_judged_by_itself(
    functions: Functions,
    wix: WixSimulator,
    published: Published,
    quarantine: Callable[[], list[Message]],
    personal: Any,
) -> None:
    ours, theirs = str(uuid4()), str(uuid4())
    forged = wix.webhooks.token(entity_id=theirs, key=SigningKey.generate())
    batch = queue_batch(
        good=wix.webhooks.token(entity_id=ours, content=personal),
        forged=forged,
        malformed="no delivery at all",
    )

    with functions.fresh(RECEIVE) as process:
        answer = process.invoke(batch)

    assert answer.error is None, answer.error
    assert answer.result == {"batchItemFailures": []}
    [event] = about(published, ours)
    assert (event["source"], event["detail"]["late"]) == ("wix", False)
    assert event["detail"]["actionEvent"] == personal["actionEvent"]
    assert about(published, theirs) == []
    [kept] = [each for each in quarantine() if each.body == forged]
    assert kept.attributes["reason"] == "signature_unknown"
    told = [each for each in printed_by(functions.output(process)) if "verdict" in each]
    verdicts = {each["messageId"]: each["verdict"] for each in told if "messageId" in each}
    assert verdicts == {"good": "publish", "forged": "quarantine", "malformed": "drop"}


def test_it_prints_neither_a_delivery_nor_what_is_in_it(
    functions: Functions, wix: WixSimulator, personal: Any
) -> None:
    tokens = [
        wix.webhooks.token(content=personal),
        wix.webhooks.token(content=personal, key=SigningKey.generate()),
        wix.webhooks.token(content=personal, instance_id=str(uuid4())),
    ]
    batch = queue_batch(**{f"message-{number}": each for number, each in enumerate(tokens)})

    with functions.fresh(RECEIVE, AWS_LAMBDA_LOG_LEVEL="DEBUG") as process:
        process.invoke(batch)

    output = functions.output(process)
    assert output
    assert not marks_in(output)
    parts = {part for each in tokens for part in each.split(".")[1:]}
    assert not [each for each in parts if each in output]


@pytest.mark.parametrize("missing", ["WIX_WEBHOOK_PUBLIC_KEYS", "WIX_INSTANCE_IDS"])
def test_without_keys_or_instances_deliveries_wait(
    functions: Functions, wix: WixSimulator, published: Published, missing: str
) -> None:
    order_id = str(uuid4())
    batch = queue_batch(good=wix.webhooks.token(entity_id=order_id))

    with functions.fresh(RECEIVE, **{missing: ""}) as process:
        answer = process.invoke(batch)

    assert answer.result == {"batchItemFailures": [{"itemIdentifier": "good"}]}
    assert about(published, order_id) == []


def test_it_needs_no_credential(
    functions: Functions, wix: WixSimulator, published: Published
) -> None:
    order_id = str(uuid4())

    with functions.fresh(RECEIVE, WIX_SECRET_ARN="arn:aws:secretsmanager:none") as process:
        answer = process.invoke(queue_batch(good=wix.webhooks.token(entity_id=order_id)))

    assert answer.result == {"batchItemFailures": []}
    assert len(about(published, order_id)) == 1
    assert wix.requests() == []


def test_the_quarantine_is_judged_again_with_other_keys(
    functions: Functions, wix: WixSimulator, published: Published
) -> None:
    new_key, order_id = SigningKey.generate(), str(uuid4())
    token = wix.webhooks.token(entity_id=order_id, key=new_key)
    batch = queue_batch(signed_anew=token)
    batch["Records"][0]["messageAttributes"] = {
        "arrivedAt": {"dataType": "Number", "stringValue": str(round(time.time() * 1000) - 1)}
    }
    functions.warm(RECEIVE).invoke(batch)

    keys = f"{new_key.public_pem},{wix.webhooks.public_key}"
    with functions.fresh(REDRIVE, WIX_WEBHOOK_PUBLIC_KEYS=keys) as process:
        tried = process.invoke({"dryRun": True}, seconds_left=ITS_TIMEOUT)
        untold = about(published, order_id)
        redriven = process.invoke({}, seconds_left=ITS_TIMEOUT)
        again = process.invoke({}, seconds_left=ITS_TIMEOUT)

    assert (tried.result["verified"], tried.result["published"]) == (1, 0)
    assert untold == []
    assert (redriven.result["verified"], redriven.result["published"]) == (1, 1)
    assert again.result["verified"] == 0
    assert len(about(published, order_id)) == 1
