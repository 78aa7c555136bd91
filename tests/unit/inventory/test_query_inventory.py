"""Listing stock, page by page, on either version of the catalog."""

from typing import Any

import pytest

from tests.unit.calls import Reply, call
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.inventory.operations import QUERY_STOCK_V1
from wix_admin.wix.cursors import seal

SIZES = [({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", 4), ({"Size": "L"}, "TEE-L", 9)]


@pytest.fixture(params=["V3_CATALOG", "V1_CATALOG"])
def catalog(wix: WixSimulator, request: pytest.FixtureRequest) -> str:
    wix.catalog.version = request.param
    return str(request.param)


def query(**body: Any) -> Reply:
    reply = call("inventory/query_inventory", body)
    assert reply.status == 200, reply.json
    return reply


def walk(**body: Any) -> list[dict[str, Any]]:
    """All lines of a list."""
    reply = query(**body)
    items = list(reply.json["items"])
    while reply.json["hasMore"]:
        reply = query(cursor=reply.json["cursor"], limit=body.get("limit", 50))
        items += reply.json["items"]
    assert "cursor" not in reply.json
    return items


def test_a_line_says_what_there_is_of_a_variant_at_a_location(wix: WixSimulator) -> None:
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    [item] = wix.catalog.inventory(mug["id"])

    assert query().json == {
        "items": [
            {
                "inventoryItemId": item["id"],
                "productId": mug["id"],
                "variantId": item["variantId"],
                "locationId": wix.catalog.default_location_id,
                "revision": "1",
                "sku": "MUG",
                "productName": "Ceramic mug",
                "trackQuantity": True,
                "quantity": 10,
                "availabilityStatus": "IN_STOCK",
                "updatedDate": item["updatedDate"],
            }
        ],
        "hasMore": False,
    }


def test_the_old_catalog_has_a_line_for_each_variant_of_a_product(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    tee = wix.catalog.add_product(variants=SIZES)
    mug = wix.catalog.add_product(name="Mug")
    [item] = wix.catalog.inventory(tee["id"])

    lines = query().json["items"]

    assert lines[0] == {
        "inventoryItemId": item["id"],
        "productId": tee["id"],
        "variantId": item["variants"][0]["variantId"],
        "trackQuantity": True,
        "quantity": 3,
        "inStock": True,
        "updatedDate": item["lastUpdated"],
    }
    assert [each["productId"] for each in lines] == [tee["id"]] * 3 + [mug["id"]]
    assert (lines[3]["trackQuantity"], "quantity" in lines[3]) == (False, False)


@pytest.mark.parametrize("limit", [1, 3, 8, 100])
def test_a_list_is_walked_to_its_end_and_each_line_comes_once(
    wix: WixSimulator, catalog: str, limit: int
) -> None:
    for number in range(8):
        wix.catalog.add_product(name=f"Product {number}", quantity=number)

    lines = walk(limit=limit)

    assert sorted(each["quantity"] for each in lines) == list(range(8))


def test_a_page_that_is_not_full_is_the_last(wix: WixSimulator, catalog: str) -> None:
    wix.catalog.add_product(quantity=1)

    assert query(limit=2).json["hasMore"] is False


def test_what_comes_in_meanwhile_does_not_shift_the_list_of_the_old_catalog(
    wix: WixSimulator,
) -> None:
    wix.catalog.version = "V1_CATALOG"
    ids = [wix.catalog.add_product(name=str(number), quantity=1)["id"] for number in range(4)]
    first = query(limit=2).json
    wix.catalog.set_stock(ids[0], 9)
    wix.catalog.add_product(name="New", quantity=1)

    second = query(cursor=first["cursor"], limit=2).json

    assert [each["productId"] for each in (*first["items"], *second["items"])] == ids


def test_low_stock_is_what_is_counted_and_no_more_than_that(
    wix: WixSimulator, catalog: str
) -> None:
    tee = wix.catalog.add_product(variants=SIZES)
    wix.catalog.add_product(name="Uncounted")
    wix.catalog.add_product(name="Plenty", quantity=100)
    nothing = wix.catalog.add_product(name="Nothing", quantity=0)

    lines = walk(lowStock=4, limit=2)

    found = sorted((each["productId"], each["quantity"]) for each in lines)
    assert found == sorted([(tee["id"], 3), (tee["id"], 4), (nothing["id"], 0)])


def test_low_stock_goes_with_a_filter(wix: WixSimulator, catalog: str) -> None:
    tee = wix.catalog.add_product(variants=SIZES)
    wix.catalog.add_product(name="Nothing", quantity=0)

    lines = walk(lowStock=4, filter={"productId": tee["id"]}, limit=1)

    assert sorted(each["quantity"] for each in lines) == [3, 4]


def test_a_filter_of_the_old_catalog_may_name_the_number_that_lists_are_walked_by(
    wix: WixSimulator,
) -> None:
    wix.catalog.version = "V1_CATALOG"
    ids = [wix.catalog.add_product(name=str(number), quantity=1)["id"] for number in range(5)]
    numbers = [int(wix.catalog.inventory(each)[0]["numericId"]) for each in ids]

    lines = walk(filter={"numericId": {"$lt": numbers[3]}}, limit=1)

    assert [each["productId"] for each in lines] == ids[:3]


def test_stock_is_sorted_by_what_wix_sorts_by(wix: WixSimulator) -> None:
    for quantity in (5, 9, 1):
        wix.catalog.add_product(name=f"Product {quantity}", quantity=quantity)

    lines = walk(sort=[{"fieldName": "quantity", "order": "DESC"}], limit=1)

    assert [each["quantity"] for each in lines] == [9, 5, 1]


def test_a_page_is_as_large_as_wix_makes_it(wix: WixSimulator, catalog: str) -> None:
    for number in range(103):
        wix.catalog.add_product(name=f"Product {number}", quantity=number)
    sort = [{"fieldName": "quantity"}] * 10 if catalog == "V3_CATALOG" else None

    first = query(limit=1000, sort=sort).json

    there = 103 if catalog == "V3_CATALOG" else 100
    assert (len(first["items"]), first["hasMore"]) == (there, there < 103)
    assert len(walk(limit=1000)) == 103


def test_the_old_catalog_does_not_sort(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"

    reply = call("inventory/query_inventory", {"sort": [{"fieldName": "numericId"}]})

    assert (reply.status, reply.code, reply.fields) == (422, "not_in_this_catalog", ["/sort"])


def test_the_old_catalog_has_another_name_for_one_of_several(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    ids = [wix.catalog.add_product(name=name, quantity=1)["id"] for name in "abc"]
    wanted = [ids[2], ids[0]]

    found = query(filter={"productId": {"$hasSome": wanted}}).json["items"]
    refused = call(
        "inventory/query_inventory",
        {"filter": {"$or": [{"trackQuantity": True}, {"productId": {"$in": wanted}}]}},
    )

    assert [each["productId"] for each in found] == [ids[0], ids[2]]
    assert (refused.status, refused.code) == (422, "not_in_this_catalog")
    assert refused.fields == ["/filter/$or/1/productId/$in"]
    assert "$hasSome" in refused.json["detail"]


def test_a_filter_that_is_not_checked_is_for_wix_to_refuse(wix: WixSimulator, catalog: str) -> None:
    wrong = {"filter": {"colour": "red"}}

    checked = call("inventory/query_inventory", wrong)
    unchecked = call("inventory/query_inventory", {**wrong, "unchecked": True})

    assert (checked.code, checked.fields) == ("invalid_input", ["/filter/colour"])
    assert (unchecked.status, unchecked.code) == (400, "wix_refused")


def test_the_old_catalog_does_not_sort_unchecked_either(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    sort = [{"fieldName": "numericId", "order": "DESC"}]

    reply = call("inventory/query_inventory", {"sort": sort, "unchecked": True})

    assert (reply.status, reply.code) == (422, "not_in_this_catalog")


def test_a_cursor_is_of_one_catalog(wix: WixSimulator, catalog: str) -> None:
    for number in range(2):
        wix.catalog.add_product(name=str(number), quantity=1)
    cursor = query(limit=1).json["cursor"]
    wix.catalog.version = "V1_CATALOG" if catalog == "V3_CATALOG" else "V3_CATALOG"

    reply = call("inventory/query_inventory", {"cursor": cursor})

    assert (reply.status, reply.fields) == (400, ["/cursor"])


def test_what_wix_answers_beyond_what_is_known_is_no_reason_to_fail(wix: WixSimulator) -> None:
    item = {"id": "i-1", "productId": "p-1", "variantId": "v-1", "colour": "red", "product": None}
    body = {"inventoryItems": [item], "pagingMetadata": None}
    wix.add_fault(Fault(path="*/inventory-items/query", status=200, body=body))

    assert query().json["items"] == [
        {"inventoryItemId": "i-1", "productId": "p-1", "variantId": "v-1", "trackQuantity": False}
    ]


def test_what_is_odd_and_only_informs_is_left_out(wix: WixSimulator) -> None:
    odd = {
        "inStock": "perhaps",
        "availabilityStatus": {"is": "odd"},
        "updatedDate": [],
        "product": {"name": {}, "variantName": False, "variantSku": 4711},
    }
    item = {"id": "i-1", "productId": "p-1", "variantId": "v-1", "quantity": 3, **odd}
    wix.add_fault(
        Fault(path="*/inventory-items/query", status=200, body={"inventoryItems": [item]})
    )

    [line] = query().json["items"]

    assert (line.pop("quantity"), line.pop("sku"), line.pop("trackQuantity")) == (3, "4711", True)
    assert line == {"inventoryItemId": "i-1", "productId": "p-1", "variantId": "v-1"}


def test_a_cursor_that_nobody_gave_out_is_refused(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"

    for text in ("[]", "{}", '{"filter":{},"low_stock":null,"after":"x"}', '{"filter":1}'):
        cursor = seal(QUERY_STOCK_V1.name, text)
        reply = call("inventory/query_inventory", {"cursor": cursor})
        assert (reply.status, reply.fields) == (400, ["/cursor"])
