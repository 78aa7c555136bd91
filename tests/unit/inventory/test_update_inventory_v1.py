"""Setting and adjusting stock on catalog V1, which has no revisions and tells little."""

from typing import Any

import pytest

from tests.unit.inventory.conftest import Died, Meanwhile, codes, die, later, statuses, update
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.errors import OutOfTimeError
from wix_admin.inventory.operations import DECREMENT_STOCK_V1, SET_STOCK_V1
from wix_admin.inventory.v1 import MOST_FAILURES

pytestmark = pytest.mark.usefixtures("table")

SETTING = "/stores/v2/inventoryItems/product/*"
TAKING = "/stores/v2/inventoryItems/decrement"
ADDING = "/stores/v2/inventoryItems/increment"

DEFAULT_VARIANT = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def mug(wix: WixSimulator) -> str:
    """Ten mugs."""
    wix.catalog.version = "V1_CATALOG"
    product = wix.catalog.add_product(sku="MUG", quantity=10)
    return str(product["id"])


@pytest.fixture
def tee(wix: WixSimulator) -> str:
    """Some tees of three sizes."""
    wix.catalog.version = "V1_CATALOG"
    sizes = [({"Size": size}, f"TEE-{size}", 5) for size in "SML"]
    product = wix.catalog.add_product(name="Tee", variants=sizes)
    return str(product["id"])


def stocks(wix: WixSimulator, product_id: str) -> list[int | None]:
    """How many there are of each variant."""
    [item] = wix.catalog.inventory(product_id)
    assert item["trackQuantity"] is True
    return [each["quantity"] for each in item["variants"]]


def test_the_last_set_wins_and_the_answer_says_so(
    wix: WixSimulator, mug: str, meanwhile: Meanwhile
) -> None:
    meanwhile(SET_STOCK_V1, lambda: wix.catalog.set_stock(mug, 77))

    reply = update({"sku": "MUG", "set": 4}, {"sku": "?", "set": 4})

    assert reply.json["results"][0] == {
        "index": 0,
        "status": "done",
        "productId": mug,
        "variantId": DEFAULT_VARIANT,
        "quantity": 4,
        "lastWriteWins": True,
    }
    assert wix.catalog.stock(mug) == 4


def test_variants_that_are_not_named_keep_their_stock(wix: WixSimulator, tee: str) -> None:
    reply = update({"sku": "TEE-S", "set": 1}, {"sku": "TEE-L", "set": 2})

    assert statuses(reply) == ["done", "done"]
    assert stocks(wix, tee) == [1, 5, 2]
    assert len(wix.requests(path=SETTING)) == 1


@pytest.mark.parametrize("key", [None, "k-1"])
def test_adjustments_are_left_to_wix(
    wix: WixSimulator, mug: str, tee: str, key: str | None
) -> None:
    reply = update(
        {"sku": "MUG", "adjust": 5},
        {"sku": "TEE-S", "adjust": -5},
        {"sku": "TEE-M", "adjust": 1},
        key=key,
    )

    assert statuses(reply) == ["done"] * 3
    assert all("quantity" not in each for each in reply.json["results"])
    assert all("lastWriteWins" not in each for each in reply.json["results"])
    assert stocks(wix, mug) == [15]
    assert stocks(wix, tee) == [0, 6, 5]
    assert (len(wix.requests(path=ADDING)), len(wix.requests(path=TAKING))) == (1, 1)


def test_stock_that_would_fall_below_zero_is_refused_by_itself(
    wix: WixSimulator, mug: str, tee: str
) -> None:
    reply = update({"sku": "MUG", "adjust": -11}, {"sku": "TEE-S", "adjust": -5})

    assert codes(reply) == ["below_zero", None]
    assert stocks(wix, mug) == [10]


def test_what_others_took_first_is_refused_and_the_rest_done(
    wix: WixSimulator, mug: str, tee: str, meanwhile: Meanwhile
) -> None:
    meanwhile(DECREMENT_STOCK_V1, lambda: wix.catalog.set_stock(mug, 1))

    reply = update({"sku": "MUG", "adjust": -2}, {"sku": "TEE-S", "adjust": -2}, key="k-1")

    assert codes(reply) == ["below_zero", None]
    assert stocks(wix, mug) == [1]
    assert stocks(wix, tee) == [3, 5, 5]


@pytest.mark.parametrize("key", [None, "k-1"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_adjustment_whose_answer_is_lost_is_unknown_and_not_made_again(
    wix: WixSimulator, mug: str, moment: Any, key: str | None
) -> None:
    wix.add_fault(Fault(path=TAKING, drop=moment))

    reply = update({"sku": "MUG", "adjust": -2}, key=key)

    assert (reply.status, reply.code) == (504, "outcome_unknown")
    assert (reply.json["retryable"], "Retry-After" in reply.headers) == (bool(key), bool(key))
    advice = "Ask again with the same key" if key else "look at Wix before you ask again"
    assert advice in reply.json["detail"]
    assert len(wix.requests(path=TAKING)) == 1
    if key:
        again = update({"sku": "MUG", "adjust": -2}, key=key)
        assert (again.status, again.code, again.replayed) == (504, "outcome_unknown", True)
        assert len(wix.requests(path=TAKING)) == 1


def test_a_set_whose_answer_is_lost_is_made_again(wix: WixSimulator, mug: str) -> None:
    wix.add_fault(Fault(path=SETTING, drop="after"))

    assert update({"sku": "MUG", "set": 4}, key="k-1").status == 200
    assert stocks(wix, mug) == [4]


def test_products_that_wix_fails_on_are_left_and_tried_again(
    wix: WixSimulator, mug: str, tee: str
) -> None:
    wix.add_fault(Fault(path=SETTING, skip=1, times=3, status=503))

    reply = update({"sku": "MUG", "set": 4}, {"sku": "TEE-S", "set": 4}, key="k-1")

    assert statuses(reply) == ["done", "done"]
    assert len(wix.requests(path=SETTING)) == 5


def test_a_wix_that_fails_on_product_after_product_is_asked_no_more(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    skus = [f"SKU-{number}" for number in range(6)]
    for sku in skus:
        wix.catalog.add_product(name=sku, sku=sku, quantity=10)
    wix.add_fault(Fault(path=SETTING, skip=1, times=None, status=429))

    reply = update(*({"sku": sku, "set": 4} for sku in skus), key="k-1", seconds=6)
    again = update(*({"sku": sku, "set": 4} for sku in skus[:1]), key="k-2", seconds=6)

    assert sorted(statuses(reply)) == ["done"] + ["left"] * 5
    assert len({each.path for each in wix.requests(path=SETTING)}) <= 1 + MOST_FAILURES
    assert (again.status, again.code) == (503, "wix_busy")


def test_a_product_that_wix_refuses_is_refused_by_itself(
    wix: WixSimulator, mug: str, tee: str
) -> None:
    wix.add_fault(Fault(path=f"*/product/{mug}", status=400, body={"message": "", "details": {}}))

    reply = update({"sku": "MUG", "set": 4}, {"sku": "TEE-S", "set": 4})

    assert codes(reply) == ["wix_refused", None]
    assert stocks(wix, tee) == [4, 5, 5]


def test_what_there_was_no_time_for_is_left_and_done_with_the_same_key(
    wix: WixSimulator, mug: str, tee: str, meanwhile: Meanwhile
) -> None:
    def no_time_is_left() -> None:
        raise OutOfTimeError("Too little time was left")

    changes = ({"sku": "MUG", "set": 4}, {"sku": "TEE-S", "set": 4}, {"sku": "TEE-M", "set": 4})
    for act in (lambda: None, no_time_is_left, no_time_is_left):
        meanwhile(SET_STOCK_V1, act)

    reply = update(*changes, key="k-1")
    again = update(*changes, key="k-1")
    third = update(*changes, key="k-1")

    assert statuses(reply) == ["done", "left", "left"]
    assert not reply.json["complete"]
    assert statuses(again) == ["done"] * 3
    assert (stocks(wix, mug), stocks(wix, tee)) == ([4], [4, 4, 5])
    assert len(wix.requests(path=SETTING)) == 2
    assert (third.json, third.replayed) == (again.json, True)


def test_what_a_process_that_died_was_at_is_set_again_but_not_adjusted_again(
    wix: WixSimulator, mug: str, tee: str, meanwhile: Meanwhile
) -> None:
    changes = ({"sku": "MUG", "set": 4}, {"sku": "TEE-S", "adjust": -2}, {"sku": "?", "adjust": -1})
    for operation in (SET_STOCK_V1, DECREMENT_STOCK_V1):
        meanwhile(operation, die)
        with pytest.raises(Died):
            update(*changes, key="k-1")
        later()

    reply = update(*changes, key="k-1")

    assert statuses(reply) == ["done", "unknown", "refused"]
    assert stocks(wix, mug) == [4]
    assert stocks(wix, tee) == [5, 5, 5]
