from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import Fault, WixSimulator

type Json = dict[str, Any]

NOBODY = "00000000-0000-4000-8000-00000000dead"
BASE = "/stores/v3/inventory-items"
BULK = "/stores/v3/bulk/inventory-items"


def stocked(wix: WixSimulator, quantity: int | None = 10, **more: Any) -> Json:
    """The inventory item of a new product."""
    product = wix.catalog.add_product(quantity=quantity, **more)
    return wix.catalog.inventory(product["id"])[0]


def unstocked(wix: WixSimulator) -> Json:
    """The ids of a new product without stock, as a new item tells them."""
    product = wix.catalog.add_product()
    variant_id = product["variantsInfo"]["variants"][0]["id"]
    return {"productId": product["id"], "variantId": variant_id}


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


def violation(reply: httpx.Response) -> tuple[str, str]:
    assert reply.status_code == 400, reply.text
    first = reply.json()["details"]["validationError"]["fieldViolations"][0]
    return first["field"], first["violatedRule"]


def results_of(reply: httpx.Response) -> list[tuple[bool, str | None]]:
    assert reply.status_code == 200, reply.text
    found = [each["itemMetadata"] for each in reply.json()["results"]]
    assert [each["originalIndex"] for each in found] == list(range(len(found)))
    return [(each["success"], each.get("error", {}).get("code")) for each in found]


def query(admin: httpx.Client, **query: Any) -> Json:
    reply = admin.post(f"{BASE}/query", json={"query": query})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def skus(answer: Json) -> list[str]:
    return [each["product"]["variantSku"] for each in answer["inventoryItems"]]


# ---- One item ----


def test_stock_of_a_variant_is_kept_at_the_default_location(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    ids = unstocked(wix)

    reply = admin.post(BASE, json={"inventoryItem": {**ids, "quantity": 12}})

    item = reply.json()["inventoryItem"]
    assert reply.status_code == 200
    assert {name: item[name] for name in ids} == ids
    assert (item["revision"], item["quantity"], item["trackQuantity"]) == ("1", 12, True)
    assert item["locationId"] == wix.catalog.default_location_id
    assert item["product"]["name"] == "Ceramic mug"
    assert admin.get(f"{BASE}/{item['id']}").json()["inventoryItem"] == item
    assert wix.catalog.product(ids["productId"])["inventory"]["availabilityStatus"] == "IN_STOCK"


def test_stock_that_is_not_counted_is_a_flag(wix: WixSimulator, admin: httpx.Client) -> None:
    item = admin.post(BASE, json={"inventoryItem": {**unstocked(wix), "inStock": True}}).json()[
        "inventoryItem"
    ]

    assert (item["inStock"], item["trackQuantity"]) == (True, False)
    assert "quantity" not in item
    assert wix.catalog.stock(item["productId"]) is None


def test_a_variant_has_one_item_at_each_location(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = unstocked(wix)
    elsewhere = wix.catalog.add_location("Warehouse")

    replies = [
        admin.post(BASE, json={"inventoryItem": {**ids, "quantity": 1, **place}})
        for place in ({}, {"locationId": elsewhere}, {"locationId": elsewhere})
    ]

    assert [each.status_code for each in replies] == [200, 200, 409]
    assert code_of(replies[2]) == "ITEM_ALREADY_EXISTS"
    assert len(wix.catalog.inventory(ids["productId"])) == 2
    assert wix.catalog.product(ids["productId"])["inventory"]["availabilityStatus"] == "IN_STOCK"


def test_stock_elsewhere_does_not_make_a_product_available(wix: WixSimulator) -> None:
    product = wix.catalog.add_product(quantity=0)
    elsewhere = wix.catalog.add_location("Warehouse")

    wix.catalog.set_stock(product["id"], 5, location_id=elsewhere)

    assert wix.catalog.product(product["id"])["inventory"]["availabilityStatus"] == "OUT_OF_STOCK"


@pytest.mark.parametrize("name", ["productId", "variantId", "locationId"])
def test_stock_of_something_unknown_is_not_found(
    wix: WixSimulator, admin: httpx.Client, name: str
) -> None:
    item = {**unstocked(wix), "quantity": 1, name: NOBODY}

    reply = admin.post(BASE, json={"inventoryItem": item})

    assert (reply.status_code, code_of(reply)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("told", "field", "rule"),
    [
        ({"quantity": 1, "inStock": True}, "inventoryItem", "ONE_OF_ALIGNMENT"),
        ({}, "inventoryItem", "REQUIRED_ONE_OF_FIELD"),
        ({"quantity": 100000}, "inventoryItem.quantity", "MAX"),
        ({"quantity": -100000}, "inventoryItem.quantity", "MIN"),
        ({"quantity": "5"}, "inventoryItem.quantity", "VALIDATION"),
        (
            {"quantity": 1, "trackQuantity": True},
            "inventoryItem.trackQuantity",
            "FIELD_NOT_ALLOWED",
        ),
    ],
)
def test_stock_of_the_wrong_shape_is_refused(
    wix: WixSimulator, admin: httpx.Client, told: Json, field: str, rule: str
) -> None:
    reply = admin.post(BASE, json={"inventoryItem": {**unstocked(wix), **told}})

    assert violation(reply) == (field, rule)


def test_an_update_sets_stock_at_the_revision_it_names(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    item = stocked(wix)
    body = {"inventoryItem": {"id": item["id"], "revision": "1", "quantity": 7}, "reason": "MANUAL"}

    first = admin.patch(f"{BASE}/{item['id']}", json=body)
    again = admin.patch(f"{BASE}/{item['id']}", json=body)

    after = first.json()["inventoryItem"]
    assert (after["quantity"], after["revision"]) == (7, "2")
    assert (again.status_code, code_of(again)) == (409, "ABORTED")
    assert "already changed" in again.json()["message"]
    assert wix.catalog.stock(item["productId"]) == 7


def test_a_conflict_can_have_another_code_or_none(wix: WixSimulator, admin: httpx.Client) -> None:
    item = stocked(wix)
    body = {"inventoryItem": {"revision": "9", "quantity": 7}}

    wix.switches.stale_revision_code = "REVISION_MISMATCH"
    coded = admin.patch(f"{BASE}/{item['id']}", json=body)
    wix.switches.stale_revision_code = ""
    bare = admin.patch(f"{BASE}/{item['id']}", json=body)

    assert (coded.status_code, code_of(coded)) == (409, "REVISION_MISMATCH")
    assert (bare.status_code, bare.json()["details"]) == (409, {})


@pytest.mark.parametrize(
    ("told", "field", "rule"),
    [
        ({"quantity": 7}, "inventoryItem.revision", "REQUIRED_FIELD"),
        ({"revision": 1, "quantity": 7}, "inventoryItem.revision", "VALIDATION"),
        ({"revision": "1", "quantity": 7, "inStock": True}, "inventoryItem", "ONE_OF_ALIGNMENT"),
        ({"revision": "1", "variantId": NOBODY}, "inventoryItem.variantId", "FIELD_NOT_ALLOWED"),
    ],
)
def test_an_update_of_the_wrong_shape_is_refused(
    wix: WixSimulator, admin: httpx.Client, told: Json, field: str, rule: str
) -> None:
    item = stocked(wix)

    reply = admin.patch(f"{BASE}/{item['id']}", json={"inventoryItem": told})

    assert violation(reply) == (field, rule)
    assert wix.catalog.inventory(item["productId"]) == [item]


def test_an_update_can_end_and_begin_counting(wix: WixSimulator, admin: httpx.Client) -> None:
    item = stocked(wix)
    path = f"{BASE}/{item['id']}"

    flag = admin.patch(path, json={"inventoryItem": {"revision": "1", "inStock": True}})
    count = admin.patch(path, json={"inventoryItem": {"revision": "2", "quantity": 4}})

    assert "quantity" not in flag.json()["inventoryItem"]
    assert "inStock" not in count.json()["inventoryItem"]
    history = wix.catalog.stock_history(item["productId"])
    assert [(each.value, each.quantity) for each in history] == [(10, 10), (True, None), (4, 4)]


def test_a_quantity_below_nothing_can_only_rise(wix: WixSimulator, admin: httpx.Client) -> None:
    item = stocked(wix, quantity=-5)
    path = f"{BASE}/{item['id']}"

    lower = admin.patch(path, json={"inventoryItem": {"revision": "1", "quantity": -6}})
    higher = admin.patch(path, json={"inventoryItem": {"revision": "1", "quantity": -4}})
    flag = admin.post(BASE, json={"inventoryItem": {**unstocked(wix), "inStock": True}}).json()
    begun = admin.patch(
        f"{BASE}/{flag['inventoryItem']['id']}",
        json={"inventoryItem": {"revision": "1", "quantity": -1}},
    )

    assert (lower.status_code, code_of(lower)) == (
        400,
        "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE_DECREASING",
    )
    assert higher.json()["inventoryItem"]["quantity"] == -4
    assert begun.status_code == 400


def test_what_is_out_of_stock_can_be_ordered_before(wix: WixSimulator, admin: httpx.Client) -> None:
    item = stocked(wix, quantity=0)
    path = f"{BASE}/{item['id']}"
    preorder = {"enabled": True, "message": "In May"}

    reply = admin.patch(path, json={"inventoryItem": {"revision": "1", "preorderInfo": preorder}})
    limited = admin.patch(
        path, json={"inventoryItem": {"revision": "2", "preorderInfo": {"limit": 5}}}
    )
    without_count = admin.patch(
        path,
        json={"inventoryItem": {"revision": "3", "inStock": False, "preorderInfo": {"limit": 5}}},
    )

    told = reply.json()["inventoryItem"]
    assert told["availabilityStatus"] == "PREORDER"
    assert told["preorderInfo"] == {
        "enabled": True,
        "message": "In May",
        "limit": 100000,
        "counter": 0,
        "quantity": 0,
    }
    assert limited.json()["inventoryItem"]["preorderInfo"]["limit"] == 5
    assert code_of(without_count) == "PRE_ORDER_VALIDATION"
    assert wix.catalog.product(item["productId"])["inventory"]["preorderStatus"] == "ENABLED"


def test_a_deleted_item_keeps_no_stock(wix: WixSimulator, admin: httpx.Client) -> None:
    item = stocked(wix)

    first = admin.delete(f"{BASE}/{item['id']}")
    again = admin.delete(f"{BASE}/{item['id']}")

    assert (first.status_code, first.json(), again.status_code) == (200, {}, 404)
    assert wix.catalog.inventory(item["productId"]) == []


# ---- Query and search ----


def test_a_query_walks_all_items_by_cursor_and_tells_no_has_next(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    for number in range(5):
        stocked(wix, quantity=number, sku=f"SKU-{number}")

    pages = [query(admin, cursorPaging={"limit": 2})]
    while cursor := pages[-1]["pagingMetadata"]["cursors"].get("next"):
        pages.append(query(admin, cursorPaging={"limit": 2, "cursor": cursor}))

    assert sorted(sku for page in pages for sku in skus(page)) == [f"SKU-{n}" for n in range(5)]
    assert [page["pagingMetadata"]["count"] for page in pages] == [2, 2, 1]
    assert all("hasNext" not in page["pagingMetadata"] for page in pages)


def test_a_query_takes_a_thousand_items_at_a_time(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.catalog.seed(800)

    page = query(admin, cursorPaging={"limit": 1000})

    assert len(page["inventoryItems"]) == 1000
    assert page["pagingMetadata"]["cursors"]["next"]


def test_a_query_finds_by_ids_and_stock(wix: WixSimulator, admin: httpx.Client) -> None:
    items = [stocked(wix, quantity=count, sku=f"SKU-{count}") for count in (0, 5, 20)]
    wix.catalog.add_product(name="Unlimited", sku="FLAG")
    by_sku = [{"fieldName": "product.variantSku", "order": "DESC"}]

    def found(**condition: Any) -> list[str]:
        return skus(query(admin, filter=condition, sort=by_sku))

    assert found() == ["SKU-5", "SKU-20", "SKU-0"]
    assert found(id=items[1]["id"]) == ["SKU-5"]
    assert found(variantId={"$in": [items[2]["variantId"], NOBODY]}) == ["SKU-20"]
    assert found(productId={"$in": [each["productId"] for each in items[:2]]}) == [
        "SKU-5",
        "SKU-0",
    ]
    assert found(productId={"$ne": items[0]["productId"]}) == ["SKU-5", "SKU-20"]
    assert found(productId=items[1]["productId"], quantity={"$gt": 10}) == []
    assert found(quantity={"$gte": 5, "$lt": 20}) == ["SKU-5"]
    assert found(availabilityStatus="OUT_OF_STOCK") == ["SKU-0"]
    assert found(locationId=wix.catalog.default_location_id) == found()
    assert found(**{"product.name": {"$startsWith": "ceramic"}}) == found()


@pytest.mark.parametrize(
    "body",
    [
        {"cursorPaging": {"limit": 1001}},
        {"cursorPaging": {"limit": 0}},
        {"filter": {"name": "Mug"}},
        {"filter": {"productId": {"$in": "one"}}},
        {"sort": [{"fieldName": "variantId"}]},
        {"sort": [{"fieldName": "quantity"}] * 11},
        {"paging": {"limit": 10}},
    ],
)
def test_a_query_wix_does_not_offer_is_refused(admin: httpx.Client, body: Json) -> None:
    assert admin.post(f"{BASE}/query", json={"query": body}).status_code == 400


def test_a_search_finds_words_and_comes_newest_first(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    stocked(wix, name="Ceramic mug", sku="MUG-1")
    wix.advance(60)
    stocked(wix, name="Ceramic pot", sku="POT-1")

    def found(**search: Any) -> list[str]:
        reply = admin.post(f"{BASE}/search", json={"search": search})
        return skus(reply.json())

    first = admin.post(f"{BASE}/search", json={"search": {"cursorPaging": {"limit": 1}}}).json()
    paging = {"cursor": first["pagingMetadata"]["cursors"]["next"]}
    words = {"expression": "mug"}
    beside = admin.post(
        f"{BASE}/search", json={"search": {"cursorPaging": paging, "search": words}}
    )

    assert violation(beside) == ("search.search", "FIELD_NOT_ALLOWED")
    assert found(cursorPaging=paging) == ["MUG-1"]
    assert found() == ["POT-1", "MUG-1"]
    assert found(search={"expression": "mug-1"}) == ["MUG-1"]
    assert found(search={"expression": "pot", "mode": "AND"}) == ["POT-1"]
    assert found(search={"expression": "mug pot", "mode": "AND"}) == []


# ---- Bulk create, update, delete ----


def test_a_bulk_create_fails_by_item(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = unstocked(wix)
    none = admin.post(f"{BULK}/create", json={"inventoryItems": []})
    many = admin.post(f"{BULK}/create", json={"inventoryItems": [{**ids, "quantity": 1}] * 1001})
    items = [{**ids, "quantity": 1}, {**ids, "quantity": 2}, {**unstocked(wix), "inStock": True}]

    reply = admin.post(f"{BULK}/create", json={"inventoryItems": items, "returnEntity": True})

    assert violation(none) == ("inventoryItems", "MIN_SIZE")
    assert violation(many) == ("inventoryItems", "MAX_SIZE")
    assert results_of(reply) == [(True, None), (False, "ITEM_ALREADY_EXISTS"), (True, None)]
    assert reply.json()["results"][0]["item"]["quantity"] == 1
    assert wix.catalog.stock(ids["productId"]) == 1


def test_a_bulk_update_fails_by_item_where_a_revision_is_stale(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    one, other = stocked(wix), stocked(wix)
    wix.catalog.set_stock(other["productId"], 3)
    changes = [
        {"inventoryItem": {"id": one["id"], "revision": "1", "quantity": 5}},
        {"inventoryItem": {"id": other["id"], "revision": "1", "quantity": 5}},
        {"inventoryItem": {"id": NOBODY, "revision": "1", "quantity": 5}},
        {"inventoryItem": {"id": one["id"], "revision": "2", "quantity": 6}},
    ]

    reply = admin.post(f"{BULK}/update", json={"inventoryItems": changes, "returnEntity": True})

    assert results_of(reply) == [
        (True, None),
        (False, "ABORTED"),
        (False, "NOT_FOUND"),
        (True, None),
    ]
    assert reply.json()["results"][0]["item"]["quantity"] == 5
    assert wix.catalog.stock(one["productId"]) == 6
    assert wix.catalog.stock(other["productId"]) == 3


def test_a_stale_item_of_a_bulk_update_has_an_error_without_a_code_too(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.stale_revision_code = ""
    change = {"inventoryItem": {"id": stocked(wix)["id"], "revision": "7", "quantity": 5}}

    reply = admin.post(f"{BULK}/update", json={"inventoryItems": [change]})

    error = reply.json()["results"][0]["itemMetadata"]["error"]
    assert error["code"] == ""
    assert "already changed" in error["description"]


@pytest.mark.parametrize("call", ["create", "update"])
def test_a_bulk_call_with_one_item_of_the_wrong_shape_fails_whole(
    wix: WixSimulator, admin: httpx.Client, call: str
) -> None:
    item, ids = stocked(wix), unstocked(wix)
    items = {
        "create": [{**ids, "quantity": 1}, {**ids}],
        "update": [
            {"inventoryItem": {"id": item["id"], "revision": "1", "quantity": 5}},
            {"inventoryItem": {"id": item["id"], "quantity": 5}},
        ],
    }[call]

    reply = admin.post(f"{BULK}/{call}", json={"inventoryItems": items})

    assert violation(reply)[0].startswith("inventoryItems[1]")
    assert wix.catalog.stock(item["productId"]) == 10
    assert wix.catalog.inventory(ids["productId"]) == []


def test_a_bulk_update_takes_a_thousand_items_and_no_more(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    items = [
        each for product_id in wix.catalog.seed(720) for each in wix.catalog.inventory(product_id)
    ]
    changes = [
        {"inventoryItem": {"id": each["id"], "revision": "1", "quantity": 77}}
        for each in items[:1001]
    ]

    none = admin.post(f"{BULK}/update", json={"inventoryItems": []})
    too_many = admin.post(f"{BULK}/update", json={"inventoryItems": changes})
    enough = admin.post(f"{BULK}/update", json={"inventoryItems": changes[:1000]})

    assert violation(none) == ("inventoryItems", "MIN_SIZE")
    assert violation(too_many) == ("inventoryItems", "MAX_SIZE")
    assert enough.json()["bulkActionMetadata"]["totalSuccesses"] == 1000


def test_a_bulk_delete_deletes_what_there_is(wix: WixSimulator, admin: httpx.Client) -> None:
    item = stocked(wix)

    single = admin.post(f"{BULK}/delete", json={"inventoryItemIds": [NOBODY]})
    reply = admin.post(f"{BULK}/delete", json={"inventoryItemIds": [item["id"], NOBODY]})

    assert results_of(single) == [(False, "NOT_FOUND")]
    assert results_of(reply) == [(True, None), (False, "NOT_FOUND")]
    assert wix.catalog.inventory(item["productId"]) == []


# ---- Amounts ----


def take(admin: httpx.Client, *moves: tuple[Json, int], **more: Any) -> httpx.Response:
    data = [{"inventoryItemId": item["id"], "decrementBy": by} for item, by in moves]
    return admin.post(f"{BULK}/decrement", json={"decrementData": data, **more})


def add(admin: httpx.Client, *moves: tuple[Json, int], **more: Any) -> httpx.Response:
    data = [{"inventoryItemId": item["id"], "incrementBy": by} for item, by in moves]
    return admin.post(f"{BULK}/increment", json={"incrementData": data, **more})


def test_amounts_are_taken_and_added_without_a_revision(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    item = stocked(wix)

    taken = take(admin, (item, 3), (item, 2), returnEntity=True, reason="ORDER")
    added = add(admin, (item, 1))

    assert [each["item"]["quantity"] for each in taken.json()["results"]] == [7, 5]
    assert [each["item"]["revision"] for each in taken.json()["results"]] == ["2", "3"]
    assert results_of(added) == [(True, None)]
    assert "item" not in added.json()["results"][0]
    assert wix.catalog.stock(item["productId"]) == 6


@pytest.mark.parametrize("restrict", [{}, {"restrictInventory": True}])
def test_no_more_is_taken_than_there_is(
    wix: WixSimulator, admin: httpx.Client, restrict: Json
) -> None:
    item, other = stocked(wix, quantity=2), stocked(wix, quantity=2)

    reply = take(admin, (item, 2), (item, 1), (other, 1), **restrict)

    assert results_of(reply) == [(True, None), (False, "INSUFFICIENT_INVENTORY"), (True, None)]
    assert wix.catalog.stock(item["productId"]) == 0
    assert wix.catalog.stock(other["productId"]) == 1


def test_more_is_taken_than_there_is_if_that_is_allowed(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    item = stocked(wix, quantity=2)

    reply = take(admin, (item, 3), restrictInventory=False)

    assert results_of(reply) == [(True, None)]
    assert wix.catalog.stock(item["productId"]) == -1


def test_one_bad_amount_can_fail_the_whole_call(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.bulk_decrement_failure = "call"
    item, other = stocked(wix, quantity=9), stocked(wix, quantity=2)

    reply = take(admin, (item, 3), (other, 3))

    assert (reply.status_code, code_of(reply)) == (428, "INSUFFICIENT_INVENTORY")
    assert wix.catalog.stock(item["productId"]) == 9
    assert len(wix.catalog.stock_history(item["productId"])) == 1


def test_amounts_go_with_counted_stock_within_bounds(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    flag = admin.post(BASE, json={"inventoryItem": {**unstocked(wix), "inStock": True}}).json()[
        "inventoryItem"
    ]
    high, low = stocked(wix, quantity=99999), stocked(wix, quantity=-99999)

    untracked = take(admin, (flag, 1)), add(admin, (flag, 1))
    bounds = add(admin, (high, 1)), take(admin, (low, 1), restrictInventory=False)
    unknown = add(admin, ({"id": NOBODY}, 1))
    nearly = stocked(wix, quantity=99998), stocked(wix, quantity=-99998)
    to_the_end = add(admin, (nearly[0], 1)), take(admin, (nearly[1], 1), restrictInventory=False)

    assert [results_of(each) for each in untracked] == [
        [(False, "INVENTORY_QUANTITY_NOT_TRACKED")]
    ] * 2
    assert results_of(bounds[0]) == [(False, "MAX_QUANTITY_LIMIT_REACHED")]
    assert results_of(bounds[1]) == [(False, "MIN_QUANTITY_LIMIT_REACHED")]
    assert results_of(unknown) == [(False, "NOT_FOUND")]
    assert [results_of(each) for each in to_the_end] == [[(True, None)]] * 2


@pytest.mark.parametrize(
    ("call", "name", "by"),
    [
        ("decrement", "decrementData", "decrementBy"),
        ("increment", "incrementData", "incrementBy"),
        ("decrement-by-variant-and-location", "decrementData", "decrementBy"),
        ("increment-by-variant-and-location", "incrementData", "incrementBy"),
    ],
)
def test_amounts_are_at_least_one_and_at_most_300_at_a_time(
    wix: WixSimulator, admin: httpx.Client, call: str, name: str, by: str
) -> None:
    item = stocked(wix, quantity=1000)
    key = "variantId" if "variant" in call else "inventoryItemId"
    item_id = item["variantId"] if "variant" in call else item["id"]

    def move(count: int, amount: Any) -> httpx.Response:
        data = [{key: item_id, by: amount}] * count
        return admin.post(f"{BULK}/{call}", json={name: data})

    assert violation(move(0, 1)) == (name, "MIN_SIZE")
    assert violation(move(301, 1)) == (name, "MAX_SIZE")
    assert violation(move(1, 0)) == (f"{name}[0].{by}", "MIN")
    assert violation(move(1, 100000)) == (f"{name}[0].{by}", "MAX")
    assert violation(move(1, "1")) == (f"{name}[0].{by}", "VALIDATION")
    assert move(300, 1).json()["bulkActionMetadata"]["totalSuccesses"] == 300
    assert wix.catalog.stock(item["productId"]) == (700 if "de" in call else 1300)


def test_amounts_are_moved_by_variant_at_a_location(wix: WixSimulator, admin: httpx.Client) -> None:
    item = stocked(wix)
    elsewhere = wix.catalog.add_location("Warehouse")
    wix.catalog.set_stock(item["productId"], 4, location_id=elsewhere)
    here = {"variantId": item["variantId"]}
    there = {**here, "locationId": elsewhere}
    nowhere = {**here, "locationId": NOBODY}

    taken = admin.post(
        f"{BULK}/decrement-by-variant-and-location",
        json={
            "decrementData": [{**each, "decrementBy": 5} for each in (here, there, nowhere)],
            "restrictInventory": True,
        },
    )
    added = admin.post(
        f"{BULK}/increment-by-variant-and-location",
        json={"incrementData": [{**there, "incrementBy": 1}]},
    )

    assert results_of(taken) == [
        (True, None),
        (False, "INSUFFICIENT_INVENTORY"),
        (False, "NOT_FOUND"),
    ]
    assert results_of(added) == [(True, None)]
    assert wix.catalog.stock(item["productId"]) == 5
    assert wix.catalog.stock(item["productId"], location_id=elsewhere) == 5


def test_an_order_before_there_is_any_takes_no_stock(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    item = stocked(wix, quantity=0)
    preorder = {"revision": "1", "preorderInfo": {"enabled": True}}
    admin.patch(f"{BASE}/{item['id']}", json={"inventoryItem": preorder})
    data = [{"inventoryItemId": item["id"], "decrementBy": 2, "preorderRequest": True}]

    reply = admin.post(
        f"{BULK}/decrement", json={"decrementData": data, "returnEntity": True}
    ).json()

    after = reply["results"][0]["item"]
    assert (after["quantity"], after["preorderInfo"]["counter"]) == (0, 2)


# ---- What tests see ----


def test_the_history_tells_each_change_and_the_request_that_made_it(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    item = stocked(wix, quantity=10)
    admin.patch(f"{BASE}/{item['id']}", json={"inventoryItem": {"revision": "1", "quantity": 8}})
    wix.catalog.set_stock(item["productId"], 6)
    take(admin, (item, 1))
    take(admin, (item, 100))
    add(admin, (item, 4))

    history = wix.catalog.stock_history(item["productId"])

    numbers = [each.sequence for each in wix.requests()]
    assert [(each.sequence, each.kind, each.value) for each in history] == [
        (0, "other", 10),
        (numbers[0], "set", 8),
        (0, "other", 6),
        (numbers[1], "decrement", 1),
        (numbers[3], "increment", 4),
    ]
    assert [(each.quantity, each.revision) for each in history] == [
        (10, 1),
        (8, 2),
        (6, 3),
        (5, 4),
        (9, 5),
    ]
    assert wix.catalog.stock_history(item["productId"], NOBODY) == []


def test_a_decrement_whose_answer_got_lost_has_taken(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    item = stocked(wix)
    wix.add_fault(Fault(path=f"{BULK}/decrement", status=503, effect=True))

    reply = take(admin, (item, 3))

    assert reply.status_code == 503
    assert wix.catalog.stock(item["productId"]) == 7


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", BASE, "INVENTORY_CREATE"),
        ("POST", f"{BULK}/create", "INVENTORY_CREATE"),
        ("PATCH", f"{BASE}/{NOBODY}", "INVENTORY_UPDATE"),
        ("POST", f"{BULK}/update", "INVENTORY_UPDATE"),
        ("POST", f"{BULK}/decrement", "INVENTORY_UPDATE"),
        ("POST", f"{BULK}/increment", "INVENTORY_UPDATE"),
        ("POST", f"{BULK}/decrement-by-variant-and-location", "INVENTORY_UPDATE"),
        ("POST", f"{BULK}/increment-by-variant-and-location", "INVENTORY_UPDATE"),
        ("DELETE", f"{BASE}/{NOBODY}", "INVENTORY_DELETE"),
        ("POST", f"{BULK}/delete", "INVENTORY_DELETE"),
        ("GET", f"{BASE}/{NOBODY}", "INVENTORY_READ"),
        ("POST", f"{BASE}/query", "INVENTORY_READ"),
        ("POST", f"{BASE}/search", "INVENTORY_READ"),
    ],
)
def test_each_call_needs_its_permission_and_no_other(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, permission: str
) -> None:
    body: Json | None = {} if method in {"POST", "PATCH"} else None
    every = {f"WIX_STORES.INVENTORY_{each}" for each in ("CREATE", "UPDATE", "DELETE", "READ")}

    wix.set_permissions(every - {f"WIX_STORES.{permission}"}, credential=canaries.API_KEY)
    without_it = admin.request(method, path, json=body)
    wix.set_permissions([f"WIX_STORES.{permission}"], credential=canaries.API_KEY)
    with_it = admin.request(method, path, json=body)

    assert without_it.status_code == 403
    assert with_it.status_code in {200, 400, 404}
