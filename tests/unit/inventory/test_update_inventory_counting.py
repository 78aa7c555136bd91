"""Stock that is not counted: setting it begins to count it, and nothing can be added to it."""

from typing import Any, Literal

import httpx
import pytest

from tests import canaries
from tests.unit.inventory.conftest import Meanwhile, codes, statuses, update
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.inventory import update_inventory as updating
from wix_admin.inventory.operations import DECREMENT_STOCK, SET_STOCK

pytestmark = pytest.mark.usefixtures("table")

SETTING = "/stores/v3/bulk/inventory-items/update"
SETTING_V1 = "/stores/v2/inventoryItems/product/*"
SIZES = "SML"


@pytest.fixture(params=["V3_CATALOG", "V1_CATALOG"])
def mug(wix: WixSimulator, request: pytest.FixtureRequest) -> str:
    """Some mugs, on either catalog."""
    wix.catalog.version = request.param
    return add_mug(wix)


@pytest.fixture
def mug_on_v3(wix: WixSimulator) -> str:
    return add_mug(wix)


@pytest.fixture
def tee(wix: WixSimulator) -> str:
    """Some tees of three sizes, on catalog V1."""
    wix.catalog.version = "V1_CATALOG"
    sizes = [({"Size": size}, f"TEE-{size}", None) for size in SIZES]
    return str(wix.catalog.add_product(name="Tee", variants=sizes)["id"])


def add_mug(wix: WixSimulator) -> str:
    product_id = str(wix.catalog.add_product(sku="MUG")["id"])
    if wix.catalog.version == "V3_CATALOG":
        wix.catalog.set_stock(product_id, 1)
        stop_counting(wix, product_id)
        wix.clear_journal()
    return product_id


def stop_counting(wix: WixSimulator, product_id: str) -> None:
    """Let somebody say that there is some of it, without a number."""
    [item] = wix.catalog.inventory(product_id)
    answer = httpx.patch(
        f"{wix.url}/stores/v3/inventory-items/{item['id']}",
        json={"inventoryItem": {"revision": item["revision"], "inStock": True}},
        headers={"Authorization": canaries.API_KEY, "wix-site-id": canaries.SITE_ID},
    )
    assert answer.status_code == 200, answer.text


def sets(*sizes: str) -> list[dict[str, Any]]:
    return [{"sku": f"TEE-{size}", "set": 7} for size in sizes]


def stocks(wix: WixSimulator, product_id: str) -> list[int | None]:
    """How many there are of each variant on catalog V1; None if they are not counted."""
    [item] = wix.catalog.inventory(product_id)
    return [each.get("quantity") for each in item["variants"]]


@pytest.mark.parametrize("key", [None, "k-1"])
@pytest.mark.parametrize("quantity", [0, 7])
def test_it_is_counted_once_it_is_set(
    wix: WixSimulator, mug: str, quantity: int, key: str | None
) -> None:
    planned = update({"sku": "MUG", "set": quantity}, key=key, dryRun=True)
    before = wix.catalog.stock(mug)

    reply = update({"sku": "MUG", "set": quantity}, {"sku": "?", "set": 1}, key=key)

    assert planned.json["result"]["results"][0]["status"] == "planned"
    assert (before, statuses(reply)) == (None, ["done", "refused"])
    assert reply.json["results"][0]["quantity"] == quantity
    [item] = wix.catalog.inventory(mug)
    assert (item["trackQuantity"], wix.catalog.stock(mug)) == (True, quantity)
    [sent] = [each.body for each in wix.requests(path="/stores/v*") if each.effect]
    assert [each["body"] for each in planned.json["requests"]] == [sent]


@pytest.mark.parametrize("key", [None, "k-1"])
@pytest.mark.parametrize("adjust", [3, -3])
def test_it_cannot_be_adjusted(wix: WixSimulator, mug: str, adjust: int, key: str | None) -> None:
    reply = update({"sku": "MUG", "adjust": adjust}, key=key)

    assert (reply.status, reply.code, reply.fields) == (
        409,
        "not_possible_now",
        ["/changes/0/adjust"],
    )
    assert wix.catalog.stock(mug) is None


# ---- Catalog V3 ----


def test_a_lost_answer_is_found_out(wix: WixSimulator, mug_on_v3: str) -> None:
    wix.add_fault(Fault(path=SETTING, drop="after"))

    reply = update({"sku": "MUG", "set": 7}, key="k-1")
    again = update({"sku": "MUG", "set": 7}, key="k-1")

    assert (reply.status, again.replayed) == (200, True)
    assert [each.value for each in wix.catalog.stock_history(mug_on_v3)].count(7) == 1


def test_an_unknown_outcome_tells_that_it_was_not_counted(
    wix: WixSimulator, mug_on_v3: str, meanwhile: Meanwhile
) -> None:
    def others() -> None:
        wix.catalog.set_stock(mug_on_v3, 9)
        stop_counting(wix, mug_on_v3)

    wix.add_fault(Fault(path=SETTING, drop="before"))
    meanwhile(SET_STOCK, lambda: None)
    meanwhile(SET_STOCK, others)

    reply = update({"sku": "MUG", "set": 7}, key="k-1")

    assert (reply.status, reply.code) == (504, "outcome_unknown")
    assert "From not counted it was to be 7" in reply.json["detail"]
    assert "it is not counted" in reply.json["detail"]


@pytest.mark.parametrize("code", ["ABORTED", "REVISION_MISMATCH", ""])
def test_who_was_faster_is_followed(
    wix: WixSimulator,
    mug_on_v3: str,
    meanwhile: Meanwhile,
    code: Literal["ABORTED", "REVISION_MISMATCH", ""],
) -> None:
    wix.switches.stale_revision_code = code
    meanwhile(SET_STOCK, lambda: wix.catalog.set_stock(mug_on_v3, 50))

    assert update({"sku": "MUG", "set": 7}, key="k-1").status == 200
    assert wix.catalog.stock(mug_on_v3) == 7


@pytest.mark.parametrize("fails", ["item", "call"])
def test_what_is_not_counted_any_more_is_not_adjusted_and_stops_nothing_else(
    wix: WixSimulator, meanwhile: Meanwhile, fails: Literal["item", "call"]
) -> None:
    wix.switches.bulk_decrement_failure = fails
    mug, tea = (wix.catalog.add_product(name=sku, sku=sku, quantity=5) for sku in ("MUG", "TEA"))
    meanwhile(DECREMENT_STOCK, lambda: stop_counting(wix, mug["id"]))

    reply = update({"sku": "MUG", "adjust": -1}, {"sku": "TEA", "adjust": -1})

    assert codes(reply) == ["not_possible_now", None]
    assert (wix.catalog.stock(mug["id"]), wix.catalog.stock(tea["id"])) == (None, 4)


# ---- Catalog V1, which counts all variants of a product or none ----


@pytest.mark.parametrize("key", [None, "k-1"])
def test_all_variants_of_a_product_are_set_together(
    wix: WixSimulator, tee: str, key: str | None
) -> None:
    reply = update(*sets(*SIZES), key=key)

    assert statuses(reply) == ["done"] * 3
    assert stocks(wix, tee) == [7, 7, 7]
    assert len(wix.requests(path=SETTING_V1)) == 1


def test_no_variant_is_counted_if_one_is_not_set(wix: WixSimulator, tee: str) -> None:
    mug = add_mug(wix)

    reply = update(*sets("S", "M"), {"sku": "MUG", "set": 7}, {"sku": "TEE-L", "adjust": 1})

    assert codes(reply) == ["not_possible_now", "not_possible_now", None, "not_possible_now"]
    assert "all variants" in reply.json["results"][0]["error"]["detail"]
    assert stocks(wix, tee) == [None, None, None]
    assert stocks(wix, mug) == [7]


def test_a_variant_that_is_set_twice_counts_as_not_set(wix: WixSimulator, tee: str) -> None:
    reply = update(*sets("S", "M", "L", "L"))

    assert codes(reply) == ["not_possible_now"] * 2 + ["invalid_input"] * 2
    assert stocks(wix, tee) == [None, None, None]


def test_variants_are_not_begun_to_be_counted_by_two_calls(
    wix: WixSimulator, tee: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "SET_AT_ONCE", 2)

    reply = update(*sets(*SIZES))

    assert codes(reply) == ["not_possible_now"] * 3
    assert stocks(wix, tee) == [None, None, None]


def test_once_they_are_counted_each_is_set_by_itself(wix: WixSimulator, tee: str) -> None:
    update(*sets(*SIZES))

    assert update({"sku": "TEE-M", "set": 0}).status == 200
    assert stocks(wix, tee) == [7, 0, 7]


def test_a_lost_answer_is_made_good_by_setting_all_again(wix: WixSimulator, tee: str) -> None:
    wix.add_fault(Fault(path=SETTING_V1, times=3, drop="after"))

    first = update(*sets(*SIZES), key="k-1")
    again = update(*sets(*SIZES), key="k-1")

    assert (first.status, first.code) == (503, "wix_unavailable")
    assert statuses(again) == ["done"] * 3
    assert stocks(wix, tee) == [7, 7, 7]
