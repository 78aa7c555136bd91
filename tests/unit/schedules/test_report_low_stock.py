"""The report of low stock, against a real HTTP Wix simulator and AWS in memory."""

import json
from typing import Any

import pytest

from tests.actions import ACTIONS
from tests.unit.calls import invoke
from tests.unit.schedules.conftest import Heard
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.aws.bus import MAX_ENTRY_BYTES
from wix_admin.errors import (
    BusUnavailableError,
    InputError,
    SettingsError,
    WixPermissionError,
    WixUnavailableError,
)
from wix_admin.schedules.report_low_stock import MOST_ITEMS
from wix_admin.wix.catalog import forget_catalog

ACTION = "schedules/report_low_stock"
THRESHOLD = 5
SIZES = [({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", 5), ({"Size": "L"}, "TEE-L", 6)]

LARGEST_TARGET_BYTES = 256 * 1024
"""What a queue takes of a rule."""


@pytest.fixture(autouse=True)
def threshold(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_catalog()
    monkeypatch.setenv("LOW_STOCK_THRESHOLD", str(THRESHOLD))


@pytest.fixture(params=["V3_CATALOG", "V1_CATALOG"])
def catalog(wix: WixSimulator, request: pytest.FixtureRequest) -> str:
    wix.catalog.version = request.param
    return str(request.param)


def counted(capsys: pytest.CaptureFixture[str]) -> list[float]:
    """What was counted of low stock."""
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return [line["LowStockItems"][0] for line in lines if "LowStockItems" in line]


def run(**event: Any) -> Any:
    return invoke(ACTION, {**ACTIONS[ACTION].sample, **event})


def test_what_runs_low_is_published_in_one_event_and_counted(
    wix: WixSimulator, heard: Heard, capsys: pytest.CaptureFixture[str], catalog: str
) -> None:
    tee = wix.catalog.add_product(variants=SIZES)
    nothing = wix.catalog.add_product(name="Nothing", sku="NOTHING", quantity=0)
    wix.catalog.add_product(name="Plenty", sku="PLENTY", quantity=100)
    wix.catalog.add_product(name="Uncounted")

    report = run()

    [event] = heard.events()
    assert (event["source"], event["detail-type"]) == ("wix-admin", "Stock Low")
    assert event["detail"] == report
    assert (report["threshold"], report["count"], report["truncated"]) == (5, 3, False)
    assert [(each["productId"], each["quantity"]) for each in report["items"]] == [
        (nothing["id"], 0),
        (tee["id"], 3),
        (tee["id"], 5),
    ]
    if catalog == "V3_CATALOG":
        assert [each["sku"] for each in report["items"]] == ["NOTHING", "TEE-S", "TEE-M"]
        places = {each["locationId"] for each in report["items"]}
        assert places == {wix.catalog.default_location_id}
    assert counted(capsys) == [3]


def test_nothing_is_published_if_nothing_runs_low(
    wix: WixSimulator, heard: Heard, capsys: pytest.CaptureFixture[str], catalog: str
) -> None:
    wix.catalog.add_product(name="Plenty", quantity=THRESHOLD + 1)

    assert run() == {"threshold": 5, "count": 0, "items": [], "truncated": False}
    assert heard.events() == []
    assert counted(capsys) == [0]


def test_a_dry_run_tells_and_publishes_nothing(
    wix: WixSimulator, heard: Heard, capsys: pytest.CaptureFixture[str], catalog: str
) -> None:
    wix.catalog.add_product(quantity=1)

    answer = run(dryRun=True)

    assert (answer["dryRun"], answer["requests"], answer["result"]["count"]) == (True, [], 1)
    assert heard.events() == []
    assert counted(capsys) == []


def test_an_event_stays_small_enough_for_every_target_and_says_what_it_leaves_out(
    wix: WixSimulator, heard: Heard, catalog: str
) -> None:
    count = MOST_ITEMS + 20
    for start in range(0, count, 20):
        variants = [
            ({"Kind": f"{number}"}, f"{number:040}", number % 5)
            for number in range(start, start + 20)
        ]
        wix.catalog.add_product(name=f"Product {start}", variants=variants)

    report = run()

    [event] = heard.events()
    assert event["detail"] == report
    assert (report["count"], len(report["items"]), report["truncated"]) == (count, 500, True)
    assert [each["quantity"] for each in report["items"]] == sorted(
        number % 5 for number in range(count)
    )[:500]
    assert len(json.dumps(event)) < LARGEST_TARGET_BYTES < MAX_ENTRY_BYTES


def test_a_threshold_of_nothing_finds_what_is_sold_out(
    wix: WixSimulator, heard: Heard, monkeypatch: pytest.MonkeyPatch, catalog: str
) -> None:
    monkeypatch.setenv("LOW_STOCK_THRESHOLD", "0")
    nothing = wix.catalog.add_product(name="Nothing", quantity=0)
    wix.catalog.add_product(name="One", quantity=1)

    assert [each["productId"] for each in run()["items"]] == [nothing["id"]]


@pytest.mark.parametrize("value", ["off", "", "-1", "1.5"])
def test_a_threshold_that_is_no_number_is_a_mistake_of_the_set_up(
    wix: WixSimulator, heard: Heard, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("LOW_STOCK_THRESHOLD", value)

    with pytest.raises(SettingsError, match="LOW_STOCK_THRESHOLD"):
        run()


def test_nothing_else_can_be_said(heard: Heard) -> None:
    with pytest.raises(InputError):
        run(threshold=3)


def test_a_wix_that_cannot_be_asked_is_a_failure_so_that_it_is_tried_again(
    wix: WixSimulator, heard: Heard
) -> None:
    wix.add_fault(Fault(path="*/inventory-items/query", status=503, times=None))

    with pytest.raises(WixUnavailableError):
        run()
    assert heard.events() == []


def test_a_missing_permission_is_a_failure(wix: WixSimulator, heard: Heard) -> None:
    wix.set_permissions(())

    with pytest.raises(WixPermissionError):
        run()


def test_a_bus_that_takes_nothing_is_a_failure(
    wix: WixSimulator, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "no-such-bus")
    wix.catalog.add_product(quantity=1)

    with pytest.raises(BusUnavailableError):
        run()
