"""A dry run of each change, by its sample: all up to the call that would change something."""

from typing import Any

import pytest

from tests.actions import CALLED, Action
from tests.samples import waiting
from tests.unit.aws import aws_client
from tests.unit.calls import Context
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.journal import RecordedRequest

CHANGING = [action for action in CALLED if any(not each.reads for each in action.elevates)]


def asked(wix: WixSimulator) -> list[RecordedRequest]:
    return [each for each in wix.requests() if not each.path.startswith("/oauth2/")]


def test_whatever_changes_something_can_be_rehearsed_but_what_nobody_asks_for() -> None:
    cannot = [action.name for action in CHANGING if not action.writes]

    assert cannot == ["automations/fulfill_approved_order"]


@pytest.mark.parametrize("action", [each for each in CHANGING if each.writes], ids=str)
def test_it_names_the_requests_that_are_then_really_sent(
    shop: WixSimulator, table: str, action: Action
) -> None:
    waiting(action.stem, shop)
    real = {**action.sample, "dryRun": False}

    rehearsed: dict[str, Any] = action.handler({**real, "dryRun": True}, Context())
    read = asked(shop)
    remembered = aws_client("dynamodb").scan(TableName=table)["Items"]
    action.handler(real, Context())

    sent = [each for each in asked(shop) if each.effect]
    assert rehearsed["dryRun"] is True
    assert not any(each.effect for each in read)
    assert remembered == []
    paths = [each["path"].partition("?")[0] for each in rehearsed["read"]]
    assert paths == [each.path for each in read]
    assert rehearsed["requests"] == [
        {"method": each.method, "path": each.path, "body": each.body} for each in sent
    ]
    assert sent
