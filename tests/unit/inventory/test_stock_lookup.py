"""Which stock a change is about, and what is said of a change that finds none."""

from typing import Any

import pytest

from tests.unit.inventory.conftest import codes, statuses, update
from tests.wix_simulator import WixSimulator

UNKNOWN = "0dd0dd0d-0000-4000-8000-000000000001"
SIZES = [({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", 4)]


@pytest.fixture(params=["V3_CATALOG", "V1_CATALOG"])
def catalog(wix: WixSimulator, request: pytest.FixtureRequest) -> str:
    wix.catalog.version = request.param
    return str(request.param)


def variants_of(wix: WixSimulator, product: dict[str, Any]) -> list[str]:
    """The ids of a product's variants, in order."""
    told = wix.catalog.product(product["id"])
    variants = told.get("variants") or told["variantsInfo"]["variants"]
    return [each["id"] for each in variants]


def test_a_product_with_one_variant_is_named_by_its_id(wix: WixSimulator, catalog: str) -> None:
    mug = wix.catalog.add_product(quantity=10)

    reply = update({"productId": mug["id"], "set": 7}, {"productId": UNKNOWN, "set": 7})

    assert statuses(reply) == ["done", "refused"]
    assert wix.catalog.stock(mug["id"]) == 7


def test_a_variant_is_named_by_its_id(wix: WixSimulator, catalog: str) -> None:
    tee = wix.catalog.add_product(variants=SIZES)
    small, medium = variants_of(wix, tee)

    reply = update(
        {"productId": tee["id"], "variantId": medium, "set": 9},
        {"productId": tee["id"], "variantId": UNKNOWN, "set": 9},
    )

    assert codes(reply) == [None, "not_found"]
    assert wix.catalog.stock(tee["id"], small) == 3
    assert wix.catalog.stock(tee["id"], medium) == 9


def test_a_variant_is_named_by_its_sku(wix: WixSimulator, catalog: str) -> None:
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    tee = wix.catalog.add_product(variants=SIZES)
    _, medium = variants_of(wix, tee)

    reply = update(
        {"sku": "TEE-M", "set": 9}, {"sku": "mug", "set": 1}, {"sku": "MUG", "adjust": -1}
    )

    assert codes(reply) == [None, "not_found", None]
    assert wix.catalog.stock(tee["id"], medium) == 9
    assert wix.catalog.stock(mug["id"]) == 9


def test_all_that_is_named_must_fit(wix: WixSimulator, catalog: str) -> None:
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    other = wix.catalog.add_product(name="Other", sku="OTHER", quantity=10)

    reply = update(
        {"sku": "MUG", "productId": other["id"], "set": 1},
        {"sku": "OTHER", "productId": other["id"], "set": 2},
    )

    assert codes(reply) == ["not_found", None]
    assert wix.catalog.stock(mug["id"]) == 10
    assert wix.catalog.stock(other["id"]) == 2


def test_a_product_with_several_variants_does_not_say_which(
    wix: WixSimulator, catalog: str
) -> None:
    tee = wix.catalog.add_product(variants=SIZES)

    reply = update({"productId": tee["id"], "set": 1})

    assert (reply.status, reply.code, reply.fields) == (400, "invalid_input", ["/changes/0"])
    assert not any(each.effect for each in wix.requests(path="/stores*"))


def test_the_same_stock_named_twice_is_changed_by_neither(wix: WixSimulator, catalog: str) -> None:
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    tea = wix.catalog.add_product(name="Tea", sku="TEA", quantity=10)

    reply = update(
        {"sku": "MUG", "set": 1},
        {"sku": "TEA", "set": 1},
        {"productId": mug["id"], "adjust": 1},
        {"productId": mug["id"], "sku": "MUG", "adjust": -1},
    )

    assert codes(reply) == ["invalid_input", None, "invalid_input", "invalid_input"]
    told = {each["index"]: each["error"]["detail"] for each in reply.json["results"][2:]}
    assert all("changes.0 " in detail for detail in told.values())
    assert wix.catalog.stock(mug["id"]) == 10
    assert wix.catalog.stock(tea["id"]) == 1


def test_the_location_is_named_where_there_are_several(wix: WixSimulator) -> None:
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    cellar = wix.catalog.add_location("Cellar")
    wix.catalog.set_stock(mug["id"], 5, location_id=cellar)

    unclear = update({"sku": "MUG", "set": 1})
    clear = update({"sku": "MUG", "locationId": cellar, "set": 1})
    nowhere = update({"sku": "MUG", "locationId": UNKNOWN, "set": 1})

    assert (unclear.status, unclear.code) == (400, "invalid_input")
    assert "locationId" in unclear.json["detail"]
    assert clear.status == 200
    assert (nowhere.status, nowhere.code) == (404, "not_found")
    assert wix.catalog.stock(mug["id"]) == 10
    assert wix.catalog.stock(mug["id"], location_id=cellar) == 1


def test_the_old_catalog_has_no_locations_no_reasons_and_no_variants_without_their_product(
    wix: WixSimulator,
) -> None:
    wix.catalog.version = "V1_CATALOG"
    mug = wix.catalog.add_product(sku="MUG", quantity=10)

    reply = update(
        {"sku": "MUG", "locationId": UNKNOWN, "set": 1}, {"variantId": UNKNOWN, "set": 1}
    )
    with_reason = update({"sku": "MUG", "set": 1}, reason="ORDER")

    assert codes(reply) == ["not_in_this_catalog", "not_in_this_catalog"]
    assert [each["error"]["field"] for each in reply.json["results"]] == [
        "/changes/0/locationId",
        "/changes/1/variantId",
    ]
    assert (with_reason.status, with_reason.code) == (422, "not_in_this_catalog")
    assert with_reason.fields == ["/reason"]
    assert wix.catalog.stock(mug["id"]) == 10


def test_a_sku_of_the_old_catalog_can_stand_for_several_products(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    wix.catalog.add_product(name="Other", sku="MUG", quantity=10)

    unclear = update({"sku": "MUG", "set": 1})
    clear = update({"sku": "MUG", "productId": mug["id"], "set": 1})

    assert (unclear.status, unclear.code) == (400, "invalid_input")
    assert clear.status == 200
    assert wix.catalog.stock(mug["id"]) == 1


def test_skus_of_variants_are_looked_for_among_all_products_if_no_filter_finds_them(
    wix: WixSimulator,
) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.catalog.seed(120)
    tee = wix.catalog.add_product(variants=SIZES)
    _, medium = variants_of(wix, tee)
    wix.clear_journal()

    reply = update({"sku": "TEE-M", "set": 9})

    assert reply.status == 200
    assert wix.catalog.stock(tee["id"], medium) == 9
    assert len(wix.requests(path="/stores-reader/v1/products/query")) == 3
