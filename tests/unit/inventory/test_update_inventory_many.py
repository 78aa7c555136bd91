"""Thousands of changes in one request: in parts that Wix takes, with a result for each."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.aws import aws_client
from tests.unit.calls import invoke
from tests.unit.inventory.conftest import codes, statuses, update
from tests.wix_simulator import Fault, WixSimulator

pytestmark = pytest.mark.usefixtures("table")

MANY = 5_000
SETTING = "/stores/v3/bulk/inventory-items/update"
TAKING = "/stores/v3/bulk/inventory-items/decrement"
LARGEST_ITEM_BYTES = 400_000

type Changes = list[dict[str, Any]]


@pytest.fixture(scope="module")
def skus() -> list[str]:
    return [f"SKU-{number:04}" for number in range(MANY)]


def stock_up(wix: WixSimulator, skus: list[str], quantity: int = 5) -> list[str]:
    """Products of fifty variants each; returns their ids."""
    return [
        wix.catalog.add_product(
            name=f"Product {start}",
            variants=[
                ({"Kind": str(number)}, sku, quantity)
                for number, sku in enumerate(skus[start : start + 50])
            ],
        )["id"]
        for start in range(0, len(skus), 50)
    ]


def quantities(wix: WixSimulator, product_ids: list[str]) -> list[int]:
    """How many there are of each, the fewest first."""
    return sorted(item["quantity"] for each in product_ids for item in wix.catalog.inventory(each))


def largest_item(table: str) -> int:
    """How many bytes the largest item of the ledger has."""
    pages = aws_client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return max(
        sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
        for page in pages
        for item in page["Items"]
    )


def test_five_thousand_are_set_in_one_invocation(
    wix: WixSimulator,
    table: str,
    skus: list[str],
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    product_ids = stock_up(wix, skus)
    event = {
        "changes": [{"sku": sku, "set": number} for number, sku in enumerate(skus)],
        "idempotencyKey": "k-1",
    }

    answer = invoke("inventory/update_inventory", event, seconds=300)

    assert [each["index"] for each in answer["results"]] == list(range(MANY))
    assert (answer["done"], answer["complete"]) == (MANY, True)
    sizes = [len(each.body["inventoryItems"]) for each in wix.requests(path=SETTING)]
    assert sizes == [1000] * 5
    reads = wix.requests(path="/stores/v3/inventory-items/query")
    assert len(reads) == MANY / 200
    assert quantities(wix, product_ids) == list(range(MANY))
    progress = [line["itemsSeen"] for line in log_lines() if "itemsSeen" in line]
    assert progress == [1000, 2000, 3000, 4000, 5000]
    assert largest_item(table) < LARGEST_ITEM_BYTES

    wix.clear_journal()
    assert invoke("inventory/update_inventory", event, seconds=300) == answer
    assert wix.requests() == []


def test_a_thousand_that_wix_refuses_can_be_remembered(
    wix: WixSimulator, table: str, skus: list[str]
) -> None:
    stock_up(wix, skus[:1000])
    code = "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE_DECREASING"
    refusals = [
        {"itemMetadata": {"originalIndex": number, "error": {"code": code}}}
        for number in range(1000)
    ]
    wix.add_fault(Fault(path=SETTING, status=200, body={"results": refusals}))

    reply = update(*({"sku": sku, "set": 1} for sku in skus[:1000]), key="k-1")

    assert codes(reply) == ["below_zero"] * 1000
    assert largest_item(table) < LARGEST_ITEM_BYTES


def test_a_thousand_of_the_old_catalog_can_be_remembered(wix: WixSimulator, table: str) -> None:
    wix.catalog.version = "V1_CATALOG"
    sizes = [({"Size": str(size)}, None, 99_999) for size in range(100)]
    products = [wix.catalog.add_product(name=name, variants=sizes) for name in "ABCDEFGHIJ"]
    changes = [
        {"productId": each["id"], "variantId": variant["id"], "set": 99_998}
        for each in products
        for variant in each["variants"]
    ]

    reply = update(*changes, key="k-1")

    assert statuses(reply) == ["done"] * 1000
    assert largest_item(table) < LARGEST_ITEM_BYTES


def test_adjustments_are_parted_by_what_wix_takes_in_one_call(
    wix: WixSimulator, skus: list[str]
) -> None:
    product_ids = stock_up(wix, skus[:1000])

    reply = update(
        *({"sku": sku, "adjust": -1 - number % 5} for number, sku in enumerate(skus[:700]))
    )

    assert statuses(reply) == ["done"] * 700
    sizes = [len(each.body["decrementData"]) for each in wix.requests(path=TAKING)]
    assert sizes == [300, 300, 100]
    assert min(quantities(wix, product_ids)) == 0


@pytest.mark.parametrize("key", [None, "k-1"])
def test_a_failure_in_the_middle_leaves_a_result_that_says_what_was_done(
    wix: WixSimulator, skus: list[str], key: str | None
) -> None:
    product_ids = stock_up(wix, skus[:1000])
    changes: Changes = [{"sku": sku, "adjust": -1} for sku in skus[:900]]
    path = SETTING if key else TAKING
    number = wix.add_fault(Fault(path=path, skip=1, times=None, status=429))

    reply = update(*changes, key=key, seconds=20)
    wix.remove_fault(number)

    assert statuses(reply) == ["done"] * 300 + ["left"] * 600
    assert codes(reply)[300:] == ["wix_busy"] * 600
    assert (reply.json["done"], reply.json["left"], reply.json["complete"]) == (300, 600, False)
    assert quantities(wix, product_ids) == [4] * 300 + [5] * 700

    if key:
        again = update(*changes, key=key)
        assert statuses(again) == ["done"] * 900
        assert quantities(wix, product_ids) == [4] * 900 + [5] * 100


def test_a_lost_answer_in_the_middle_does_not_stop_the_rest(
    wix: WixSimulator, skus: list[str]
) -> None:
    stock_up(wix, skus[:1000])
    wix.add_fault(Fault(path=TAKING, skip=1, drop="after"))

    reply = update(*({"sku": sku, "adjust": -1} for sku in skus[:900]))

    assert statuses(reply) == ["done"] * 300 + ["unknown"] * 300 + ["done"] * 300
    assert not reply.json["complete"]


def test_time_that_runs_out_is_answered_with_what_is_left_to_do(
    wix: WixSimulator, skus: list[str]
) -> None:
    product_ids = stock_up(wix, skus[:1000])
    changes: Changes = [{"sku": sku, "adjust": 1} for sku in skus[:900]]
    wix.add_fault(Fault(path=SETTING, latency=3.4))

    # A write starts with 13 seconds left or not at all, and 1.5 are kept for the answer.
    reply = update(*changes, key="k-1", seconds=17.8)
    again = update(*changes, key="k-1")

    assert statuses(reply) == ["done"] * 300 + ["left"] * 600
    assert set(codes(reply)[300:]) == {"out_of_time"}
    assert statuses(again) == ["done"] * 900
    assert quantities(wix, product_ids) == [5] * 100 + [6] * 900


def test_more_than_five_thousand_are_refused(wix: WixSimulator) -> None:
    reply = update(*([{"sku": "MUG", "set": 1}] * (MANY + 1)))

    assert (reply.status, reply.fields) == (400, ["/changes"])
