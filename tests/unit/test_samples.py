"""The samples, sent to a shop that has what they name, as `make up` makes it."""

import sys
from typing import Any

import pytest

from tests import samples
from tests.actions import ACTIONS, CALLED, EVENTS, OF_WEBHOOKS, ROUTED, Action
from tests.events import Door
from tests.samples import (
    as_text,
    sample_event,
    specimen,
)
from tests.unit.calls import Context
from tests.wix_simulator import WixSimulator


def sent(action: Action, door: Door) -> Any:
    return action.handler(specimen(action, door), Context())


@pytest.mark.parametrize("action", CALLED, ids=str)
def test_a_sample_can_be_sent_and_sent_again(shop: WixSimulator, action: Action) -> None:
    answers = [sent(action, "direct") for _ in range(2)]

    for answer in answers:
        assert answer.get("complete", True)
        assert not answer.get("refused")
        assert "leftAlone" not in answer
        assert answer.get("items") != []


@pytest.mark.parametrize("action", CALLED, ids=str)
def test_a_sample_can_come_as_an_event_and_come_again(shop: WixSimulator, action: Action) -> None:
    for _ in range(2):
        sent(action, "event")


@pytest.mark.parametrize("action", ROUTED, ids=str)
def test_a_sample_can_come_over_http_and_come_again(shop: WixSimulator, action: Action) -> None:
    statuses = [sent(action, "http")["statusCode"] for _ in range(2)]

    assert statuses == [200, 200]


# ---- What is made of a sample for a door --------------------------------------------------------

DOORS_SHOWN: list[tuple[str, Door]] = [
    ("orders/get_order", "http"),
    ("orders/get_order", "event"),
    ("orders/refund_order", "http"),
    ("orders/refund_order", "event"),
]


@pytest.mark.parametrize(("name", "door"), DOORS_SHOWN)
def test_an_event_that_is_shown_is_what_is_made(name: str, door: Door) -> None:
    shown = (EVENTS / f"{name}.{door}.json").read_text()

    assert shown == as_text(specimen(ACTIONS[name], door))


def test_no_event_is_written_down_that_can_be_made() -> None:
    samples_of_actions = {f"{action}.json" for action in ACTIONS}
    shown = {f"{name}.{door}.json" for name, door in DOORS_SHOWN}

    written = {str(path.relative_to(EVENTS)) for path in EVENTS.rglob("*.json")}

    assert written == samples_of_actions | shown


@pytest.mark.parametrize(
    ("name", "started_by"),
    [
        ("automations/fulfill_approved_order", ("wix", "wix.ecom.v1.order_approved")),
        ("automations/fulfill_dispatched_shipment", ("warehouse", "Shipment Dispatched")),
        ("orders/fulfill_order", ("back-office", "Fulfill Order")),
    ],
)
def test_an_event_is_the_one_that_starts_the_function(
    name: str, started_by: tuple[str, str]
) -> None:
    event = sample_event(ACTIONS[name], "event")

    assert (event["source"], event["detail-type"]) == started_by


def test_a_batch_of_a_queue_is_an_event_already() -> None:
    deliveries = ACTIONS[OF_WEBHOOKS]

    assert sample_event(deliveries, "event") == deliveries.sample


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["samples", *arguments])
    samples.main()


def test_whoever_asks_for_an_event_gets_it_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, "http", "orders/refund_order")

    assert capsys.readouterr().out == (EVENTS / "orders/refund_order.http.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("http", "schedules/report_low_stock"), "report_low_stock cannot be called over HTTP"),
        (("http", "orders/nothing"), "invalid choice: 'orders/nothing'"),
        (("queue", "orders/get_order"), "invalid choice: 'queue'"),
    ],
)
def test_whoever_asks_for_what_there_is_not_is_told_so(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, str],
    complaint: str,
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, *arguments)

    assert complaint in capsys.readouterr().err
