import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.wix_simulator import (
    ApiKey,
    WixSimulator,
    catalog_version,
    inventory_v1,
    inventory_v3,
    products_v1,
    products_v3,
)
from tests.wix_simulator.errors import RefusedError
from tests.wix_simulator.store import CatalogVersion

type Json = dict[str, Any]

OTHER_SITE = "517e0000-0000-4000-8000-0000000000f2"
BOTH = pytest.mark.parametrize("version", ["V1_CATALOG", "V3_CATALOG"])
SIZES = [({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", None)]


@BOTH
def test_a_product_is_added_to_the_catalog_the_site_has(
    wix: WixSimulator, admin: httpx.Client, version: CatalogVersion
) -> None:
    wix.catalog.version = version

    product = wix.catalog.add_product(name="Mug", price="5.50", sku="MUG-1", quantity=3)

    path = {"V1_CATALOG": "/stores/v1/products/", "V3_CATALOG": "/stores/v3/products/"}[version]
    got = admin.get(path + product["id"]).json()["product"]
    assert got.keys() <= product.keys()
    assert got["name"] == "Mug"
    assert wix.catalog.products() == [product] == [wix.catalog.product(product["id"])]
    assert wix.catalog.stock(product["id"]) == 3


@BOTH
def test_variants_have_their_own_skus_and_stock(wix: WixSimulator, version: CatalogVersion) -> None:
    wix.catalog.version = version

    product = wix.catalog.add_product(name="Tee", variants=SIZES)

    if version == "V1_CATALOG":
        variants = [{"id": each["id"], **each["variant"]} for each in product["variants"]]
        counts: list[int | None] = [3, 0]
    else:
        variants = product["variantsInfo"]["variants"]
        counts = [3, None]
    assert [each["sku"] for each in variants] == ["TEE-S", "TEE-M"]
    assert [wix.catalog.stock(product["id"], each["id"]) for each in variants] == counts


@BOTH
def test_somebody_else_sets_stock(wix: WixSimulator, version: CatalogVersion) -> None:
    wix.catalog.version = version
    product = wix.catalog.add_product()

    wix.catalog.set_stock(product["id"], 5)
    wix.catalog.set_stock(product["id"], 4)

    last = wix.catalog.stock_history(product["id"])[-2:]
    assert wix.catalog.stock(product["id"]) == 4
    assert [(each.kind, each.sequence, each.quantity) for each in last] == [
        ("other", 0, 5),
        ("other", 0, 4),
    ]
    assert last[1].revision == last[0].revision + 1


def test_stock_that_is_set_by_somebody_else_has_a_new_revision(wix: WixSimulator) -> None:
    product = wix.catalog.add_product(quantity=3)

    wix.catalog.set_stock(product["id"], 4)

    assert [each["revision"] for each in wix.catalog.inventory(product["id"])] == ["2"]


@BOTH
def test_the_same_seed_makes_the_same_varied_products(version: CatalogVersion) -> None:
    one, other = WixSimulator(seed=3), WixSimulator(seed=3)
    one.catalog.version = other.catalog.version = version

    ids = one.catalog.seed(20)

    assert ids == other.catalog.seed(20)
    products = one.catalog.products()
    assert {each["visible"] for each in products} == {True, False}
    variants = "variants" if version == "V1_CATALOG" else "options"
    assert len({len(each[variants]) for each in products}) == 2
    assert any(one.catalog.stock(each) == 0 for each in ids)


def test_a_product_may_be_told_in_full_and_is_checked(wix: WixSimulator) -> None:
    product = wix.catalog.add_product(
        product_id="prod-1", fields={"plainDescription": "<p>Blue</p>", "brand": {"name": "Acme"}}
    )

    assert (product["id"], product["plainDescription"]) == ("prod-1", "<p>Blue</p>")
    assert product["brand"]["name"] == "Acme"
    wix.catalog.add_product(sku="MUG-1")
    with pytest.raises(RefusedError):
        wix.catalog.add_product(sku="MUG-1")


def test_what_is_told_is_a_copy(wix: WixSimulator) -> None:
    product = wix.catalog.add_product(quantity=3)

    wix.catalog.product(product["id"])["variantsInfo"]["variants"].clear()
    wix.catalog.inventory(product["id"])[0]["quantity"] = 99
    wix.catalog.products()[0]["name"] = "Changed"

    assert wix.catalog.product(product["id"]) == product
    assert wix.catalog.stock(product["id"]) == 3


@pytest.mark.parametrize("ask", ["product", "inventory", "stock", "stock_history"])
def test_an_unknown_product_is_a_mistake_of_the_test(wix: WixSimulator, ask: str) -> None:
    tell: Callable[[str], Any] = getattr(wix.catalog, ask)

    with pytest.raises(LookupError):
        tell("nothing")


def test_each_site_has_its_own_catalog(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.register(ApiKey(key="IST.other", site_ids=frozenset({OTHER_SITE})))
    here = wix.catalog.add_product(sku="MUG-1")
    there = wix.catalog.add_product(sku="MUG-1", site_id=OTHER_SITE)
    headers = {"authorization": "IST.other", "wix-site-id": OTHER_SITE}

    path = "/stores/v3/products/"
    assert admin.get(path + there["id"]).status_code == 404
    assert admin.get(path + there["id"], headers=headers).status_code == 200
    assert [each["id"] for each in wix.catalog.products()] == [here["id"]]
    assert [each["id"] for each in wix.catalog.products(OTHER_SITE)] == [there["id"]]


def test_a_reset_forgets_the_catalog(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.catalog.add_product()

    wix.reset()

    assert (wix.catalog.version, wix.catalog.products()) == ("V3_CATALOG", [])


def test_the_catalog_is_steered_over_http(wix: WixSimulator, http: httpx.Client) -> None:
    version = http.patch("/_simulator/catalog", json={"version": "V1_CATALOG"})
    wrong = http.patch("/_simulator/catalog", json={"version": "V2_CATALOG"})
    added = http.post("/_simulator/products", json={"sku": "MUG-1", "quantity": 3}).json()
    seeded = http.post("/_simulator/products", json={"seed": 4}).json()["ids"]
    product_id = added["product"]["id"]
    http.post("/_simulator/products/stock", json={"product_id": product_id, "quantity": 2})
    history = http.get("/_simulator/products/stock", params={"product_id": product_id}).json()

    assert (version.json(), wrong.status_code) == ({"version": "V1_CATALOG"}, 400)
    assert http.get("/_simulator/catalog").json() == {"version": "V1_CATALOG"}
    assert len(http.get("/_simulator/products").json()) == 1 + len(seeded)
    assert [each["quantity"] for each in history][-2:] == [3, 2]
    assert wix.catalog.stock(product_id) == 2


def test_thousands_of_changes_take_seconds(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = wix.catalog.seed(1000)
    items = [each for product_id in ids for each in wix.catalog.inventory(product_id)]
    data = [{"inventoryItemId": each["id"], "incrementBy": 1} for each in items]
    started = time.monotonic()

    for first in range(0, 5000, 250):
        admin.post(
            "/stores/v3/bulk/inventory-items/increment",
            json={"incrementData": data[first % 1250 : first % 1250 + 250]},
        ).raise_for_status()

    assert sum(len(wix.catalog.stock_history(each)) for each in ids) == len(items) + 5000
    assert time.monotonic() - started < 5


def test_whatever_is_not_a_question_counts_as_a_write() -> None:
    questions = ("/query", "/query-platformized", "/search", "/count", "/getVariants")
    routes = [
        *catalog_version.ROUTES,
        *products_v3.ROUTES,
        *products_v1.ROUTES,
        *inventory_v3.ROUTES,
        *inventory_v1.ROUTES,
    ]

    for route in routes:
        asks = route.method == "GET" or route.path.endswith(questions)
        assert route.writes is not asks, f"{route.method} {route.path}"
