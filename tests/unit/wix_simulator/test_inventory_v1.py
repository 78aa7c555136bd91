import json
from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import WixSimulator

type Json = dict[str, Any]

NOBODY = "00000000-0000-4000-8000-00000000dead"
ONLY_VARIANT = "00000000-0000-0000-0000-000000000000"
BASE = "/stores/v2/inventoryItems"
READER = "/stores-reader/v2/inventoryItems"


@pytest.fixture(autouse=True)
def _catalog_v1(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"


def tee(wix: WixSimulator) -> tuple[str, str, str]:
    """A product with three S and four M, and the ids of these variants."""
    product = wix.catalog.add_product(
        name="Tee", variants=[({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", 4)]
    )
    small, medium = [each["id"] for each in product["variants"]]
    return product["id"], small, medium


def update(admin: httpx.Client, product_id: str, **item: Any) -> httpx.Response:
    return admin.patch(f"{BASE}/product/{product_id}", json={"inventoryItem": item})


def stock(wix: WixSimulator, product_id: str) -> list[int | bool]:
    item = wix.catalog.inventory(product_id)[0]
    return [each.get("quantity", each["inStock"]) for each in item["variants"]]


# ---- Set ----


def test_a_quantity_is_set_for_a_variant_and_the_others_stay(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product_id, small, _ = tee(wix)

    reply = update(
        admin, product_id, trackQuantity=True, variants=[{"variantId": small, "quantity": 9}]
    )

    assert (reply.status_code, reply.json()) == (200, {})
    assert stock(wix, product_id) == [9, 4]
    product = wix.catalog.product(product_id)
    assert product["stock"]["quantity"] == 13
    assert product["variants"][0]["stock"] == {
        "trackQuantity": True,
        "inStock": True,
        "quantity": 9,
    }


@pytest.mark.parametrize("tracking", [{}, {"trackQuantity": False}])
def test_an_update_that_does_not_say_so_ends_tracking_for_all_variants(
    wix: WixSimulator, admin: httpx.Client, tracking: Json
) -> None:
    product_id, small, _ = tee(wix)
    wix.catalog.set_stock(product_id, 0, small)

    reply = update(admin, product_id, variants=[{"variantId": small, "quantity": 9}], **tracking)

    item = wix.catalog.inventory(product_id)[0]
    assert reply.status_code == 200
    assert item["trackQuantity"] is False
    assert [each["inStock"] for each in item["variants"]] == [False, True]
    assert not any("quantity" in each for each in item["variants"])
    assert wix.catalog.product(product_id)["stock"]["trackInventory"] is False


def test_without_tracking_a_variant_is_in_stock_or_not(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product_id, small, _ = tee(wix)

    update(
        admin, product_id, trackQuantity=False, variants=[{"variantId": small, "inStock": False}]
    )

    assert stock(wix, product_id) == [False, True]
    product = wix.catalog.product(product_id)
    assert product["stock"]["inventoryStatus"] == "PARTIALLY_OUT_OF_STOCK"
    choices = product["productOptions"][0]["choices"]
    assert [each["inStock"] for each in choices] == [False, True]


def test_tracking_that_begins_counts_from_nothing(wix: WixSimulator, admin: httpx.Client) -> None:
    product = wix.catalog.add_product(variants=[({"Size": "S"}, None, None)])

    update(admin, product["id"], trackQuantity=True)

    assert stock(wix, product["id"]) == [0]


def test_stock_can_be_set_by_the_id_of_the_inventory_item(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = wix.catalog.add_product(quantity=3)
    item_id = wix.catalog.inventory(product["id"])[0]["id"]
    variants = [{"variantId": ONLY_VARIANT, "quantity": 8}]
    body = {"inventoryItem": {"id": item_id, "trackQuantity": True, "variants": variants}}

    assert admin.patch(f"{BASE}/{item_id}", json=body).status_code == 200
    assert product["inventoryItemId"] == item_id
    assert wix.catalog.stock(product["id"]) == 8


def test_an_unknown_variant_changes_nothing(wix: WixSimulator, admin: httpx.Client) -> None:
    product_id, small, _ = tee(wix)
    variants = [{"variantId": small, "quantity": 9}, {"variantId": NOBODY, "quantity": 1}]

    unknown_variant = update(admin, product_id, trackQuantity=True, variants=variants)
    unknown_product = update(admin, NOBODY, trackQuantity=True)

    assert (unknown_variant.status_code, unknown_product.status_code) == (404, 404)
    assert stock(wix, product_id) == [3, 4]


@pytest.mark.parametrize(
    "item",
    [
        {"trackQuantity": "true"},
        {"trackQuantity": True, "variants": [{"quantity": 5}]},
        {"trackQuantity": True, "variants": [{"variantId": ONLY_VARIANT, "quantity": "5"}]},
        {"trackQuantity": True, "variants": [{"variantId": ONLY_VARIANT, "quantity": 100000}]},
        {"trackQuantity": True, "revision": "1"},
    ],
)
def test_an_update_of_the_wrong_shape_is_refused(
    wix: WixSimulator, admin: httpx.Client, item: Json
) -> None:
    product = wix.catalog.add_product(quantity=3)

    assert update(admin, product["id"], **item).status_code == 400
    assert wix.catalog.stock(product["id"]) == 3


# ---- Amounts ----


def take(admin: httpx.Client, *moves: Json) -> httpx.Response:
    return admin.post(f"{BASE}/decrement", json={"decrementData": moves})


def add(admin: httpx.Client, *moves: Json) -> httpx.Response:
    return admin.post(f"{BASE}/increment", json={"incrementData": moves})


def test_amounts_are_taken_and_added_by_product_or_inventory_item(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product_id, small, medium = tee(wix)
    item_id = wix.catalog.inventory(product_id)[0]["id"]

    taken = take(
        admin,
        {"productId": product_id, "variantId": small, "decrementBy": 1},
        {"inventoryId": item_id, "variantId": medium, "decrementBy": 4},
    )
    added = add(admin, {"productId": product_id, "variantId": small, "incrementBy": 5})

    assert (taken.status_code, taken.json(), added.json()) == (200, {}, {})
    assert stock(wix, product_id) == [7, 0]
    assert [
        (each.kind, each.value, each.quantity)
        for each in wix.catalog.stock_history(product_id, small)
    ][-2:] == [("decrement", 1, 2), ("increment", 5, 7)]


def test_too_much_is_taken_not_at_all_or_below_nothing(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product_id, small, medium = tee(wix)
    moves = [
        {"productId": product_id, "variantId": medium, "decrementBy": 1},
        {"productId": product_id, "variantId": small, "decrementBy": 2},
        {"productId": product_id, "variantId": small, "decrementBy": 2},
    ]

    refused = take(admin, *moves)
    before = stock(wix, product_id)
    wix.switches.v1_negative_stock = "allow"
    allowed = take(admin, *moves)

    assert (refused.status_code, refused.json()["details"]) == (400, {})
    assert before == [3, 4]
    assert allowed.status_code == 200
    assert stock(wix, product_id) == [-1, 3]


def test_amounts_of_what_is_not_tracked_change_nothing(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = wix.catalog.add_product()

    reply = take(admin, {"productId": product["id"], "variantId": ONLY_VARIANT, "decrementBy": 1})

    assert reply.status_code == 200
    assert wix.catalog.stock(product["id"]) is None


def test_amounts_name_one_thing_that_there_is(wix: WixSimulator, admin: httpx.Client) -> None:
    product = wix.catalog.add_product(quantity=3)
    item_id = wix.catalog.inventory(product["id"])[0]["id"]
    only = {"variantId": ONLY_VARIANT, "incrementBy": 1}
    known = {"productId": product["id"]}

    statuses = [
        add(admin, move).status_code
        for move in (
            only,
            {**only, **known, "inventoryId": item_id},
            {**only, "productId": NOBODY},
            {**only, "inventoryId": NOBODY},
            {**only, **known, "variantId": NOBODY},
            {**only, **known, "incrementBy": 0},
            {**only, **known, "incrementBy": 99997},
        )
    ]

    most = add(admin, {**only, **known, "incrementBy": 99996})

    assert statuses == [400, 400, 404, 404, 404, 400, 400]
    assert most.status_code == 200
    assert wix.catalog.stock(product["id"]) == 99999


@pytest.mark.parametrize(("call", "left"), [("decrement", 700), ("increment", 1300)])
def test_at_most_300_amounts_are_moved_at_a_time(
    wix: WixSimulator, admin: httpx.Client, call: str, left: int
) -> None:
    product = wix.catalog.add_product(quantity=1000)
    move = {"productId": product["id"], "variantId": ONLY_VARIANT, f"{call}By": 1}

    def status(count: int) -> int:
        return admin.post(f"{BASE}/{call}", json={f"{call}Data": [move] * count}).status_code

    assert [status(0), status(301), status(300)] == [400, 400, 200]
    assert wix.catalog.stock(product["id"]) == left


# ---- Query ----


def query(admin: httpx.Client, *, paging: Json | None = None, **texts: Any) -> Json:
    written = {name: json.dumps(value) for name, value in texts.items()}
    body = {"query": {**written, **({} if paging is None else {"paging": paging})}}
    reply = admin.post(f"{READER}/query", json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def test_a_query_walks_items_by_offset(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = [wix.catalog.add_product(quantity=number)["id"] for number in range(5)]

    pages = [
        query(admin, sort=[{"numericId": "asc"}], paging={"limit": 3, "offset": offset})
        for offset in (0, 3)
    ]

    assert [each["productId"] for page in pages for each in page["inventoryItems"]] == ids
    assert [page["metadata"] for page in pages] == [
        {"items": 3, "offset": 0},
        {"items": 2, "offset": 3},
    ]
    assert pages[0]["totalResults"] == 5


def test_a_query_finds_items_by_their_products(wix: WixSimulator, admin: httpx.Client) -> None:
    one, two, three = (wix.catalog.add_product(quantity=1) for _ in range(3))

    def found(**condition: Any) -> list[str]:
        answer = query(admin, filter=condition, sort=[{"numericId": "asc"}])
        return [each["productId"] for each in answer["inventoryItems"]]

    assert found(productId=two["id"]) == [two["id"]]
    several = {"$hasSome": [three["id"], one["id"], NOBODY]}
    assert found(productId=several) == [one["id"], three["id"]]
    assert found(id=two["inventoryItemId"]) == [two["id"]]
    assert found(numericId={"$gt": int(one["numericId"])}) == [two["id"], three["id"]]
    assert found(productId={"$ne": two["id"]}) == [one["id"], three["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {"query": {"filter": {"productId": NOBODY}}},
        {"query": {"filter": '{"sku": "MUG"}'}},
        {"query": {"filter": '{"productId": {"$hasSome": "one"}}'}},
        {"query": {"filter": '{"productId": {"$in": ["one"]}}'}},
        {"query": {"paging": {"limit": 101}}},
        {"query": {"cursorPaging": {"limit": 10}}},
    ],
)
def test_a_query_wix_does_not_offer_is_refused(admin: httpx.Client, body: Json) -> None:
    assert admin.post(f"{READER}/query", json=body).status_code == 400


def test_variants_are_got_by_inventory_item_or_product(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product_id, small, medium = tee(wix)
    item = wix.catalog.inventory(product_id)[0]

    all_of_them = admin.post(f"{READER}/{item['id']}/getVariants", json={})
    some = admin.post(f"{BASE}/product/{product_id}/getVariants", json={"variantIds": [medium]})

    assert all_of_them.json() == {"inventoryItem": item}
    assert [each["variantId"] for each in item["variants"]] == [small, medium]
    assert some.json()["inventoryItem"]["variants"] == [
        {"variantId": medium, "inStock": True, "availableForPreorder": False, "quantity": 4}
    ]


def test_an_item_has_no_revision(wix: WixSimulator) -> None:
    product = wix.catalog.add_product(quantity=3)

    assert "revision" not in wix.catalog.inventory(product["id"])[0]


# ---- Permissions ----


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("PATCH", f"{BASE}/product/{NOBODY}", "MODIFY_INVENTORY"),
        ("POST", f"{BASE}/decrement", "MODIFY_INVENTORY"),
        ("POST", f"{BASE}/increment", "MODIFY_INVENTORY"),
        ("POST", f"{READER}/query", "READ_INVENTORY"),
        ("POST", f"{READER}/{NOBODY}/getVariants", "READ_INVENTORY"),
    ],
)
def test_each_call_needs_its_permission_and_no_other(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, permission: str
) -> None:
    both = {"WIX_STORES.READ_INVENTORY", "WIX_STORES.MODIFY_INVENTORY"}

    wix.set_permissions(both - {f"WIX_STORES.{permission}"}, credential=canaries.API_KEY)
    without_it = admin.request(method, path, json={})
    wix.set_permissions([f"WIX_STORES.{permission}"], credential=canaries.API_KEY)
    with_it = admin.request(method, path, json={})

    assert without_it.status_code == 403
    assert with_it.status_code in {200, 400, 404}
