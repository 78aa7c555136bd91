import json
from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import WixSimulator

type Json = dict[str, Any]

NOBODY = "00000000-0000-4000-8000-00000000dead"
ONLY_VARIANT = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def _catalog_v1(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"


def mug(**more: Any) -> Json:
    return {"name": "Ceramic mug", "productType": "physical", "priceData": {"price": 19.99}, **more}


def sizes(*names: str) -> list[Json]:
    choices = [{"value": name, "description": name} for name in names]
    return [{"name": "Size", "optionType": "drop_down", "choices": choices}]


def create(admin: httpx.Client, **more: Any) -> Json:
    reply = admin.post("/stores/v1/products", json={"product": mug(**more)})
    assert reply.status_code == 200, reply.text
    return dict(reply.json()["product"])


def query(admin: httpx.Client, *, paging: Json | None = None, **more: Any) -> Json:
    asked: Json = {name: json.dumps(more.pop(name)) for name in ("filter", "sort") if name in more}
    if paging is not None:
        asked["paging"] = paging
    body = {"query": asked, **more}
    reply = admin.post("/stores-reader/v1/products/query", json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def names(answer: Json) -> list[str]:
    return [each["name"] for each in answer["products"]]


def violation(reply: httpx.Response) -> tuple[str, str]:
    assert reply.status_code == 400, reply.text
    first = reply.json()["details"]["validationError"]["fieldViolations"][0]
    return first["field"], first["violatedRule"]


# ---- Create ----


def test_a_new_product_is_in_stock_and_its_price_is_a_number(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = create(admin, sku="MUG-1")

    assert product["priceData"]["price"] == 19.99
    assert product["priceData"]["formatted"]["price"] == "$19.99"
    assert product["stock"] == {
        "trackInventory": False,
        "inStock": True,
        "inventoryStatus": "IN_STOCK",
    }
    assert [each["id"] for each in product["variants"]] == [ONLY_VARIANT]
    assert "revision" not in product
    assert wix.catalog.product(product["id"])["sku"] == "MUG-1"


def test_variants_are_made_of_the_options(admin: httpx.Client) -> None:
    options = [*sizes("S", "M"), {**sizes("red", "blue")[0], "name": "Colour"}]

    product = create(admin, manageVariants=True, productOptions=options)

    assert [each["choices"] for each in product["variants"]] == [
        {"Size": size, "Colour": colour} for size in ("S", "M") for colour in ("red", "blue")
    ]
    assert len({each["id"] for each in product["variants"]}) == 4


def test_options_alone_make_no_variants(admin: httpx.Client) -> None:
    product = create(admin, productOptions=sizes("S", "M"))

    assert [each["id"] for each in product["variants"]] == [ONLY_VARIANT]


@pytest.mark.parametrize(
    ("product", "field", "rule"),
    [
        ({"priceData": {"price": 1}}, "product.name", "REQUIRED_FIELD"),
        ({"name": "Mug"}, "product.priceData", "REQUIRED_FIELD"),
        (mug(priceData={}), "product.priceData.price", "REQUIRED_FIELD"),
        (mug(priceData={"price": "19.99"}), "product.priceData.price", "VALIDATION"),
        (mug(priceData={"price": -1}), "product.priceData.price", "MIN"),
        (mug(costAndProfitData={}), "product.costAndProfitData.itemCost", "REQUIRED_FIELD"),
        (mug(name="x" * 81), "product.name", "MAX_LENGTH"),
        (mug(productType="PHYSICAL"), "product.productType", "INVALID_ENUM_VALUE"),
        (mug(productOptions=sizes("S") * 7), "product.productOptions", "MAX_SIZE"),
        (mug(stock={"quantity": 5}), "product.stock", "FIELD_NOT_ALLOWED"),
    ],
)
def test_a_product_of_the_wrong_shape_is_refused(
    wix: WixSimulator, admin: httpx.Client, product: Json, field: str, rule: str
) -> None:
    reply = admin.post("/stores/v1/products", json={"product": product})

    assert violation(reply) == (field, rule)
    assert wix.catalog.products() == []


def test_a_digital_product_cannot_be_created(admin: httpx.Client) -> None:
    reply = admin.post("/stores/v1/products", json={"product": mug(productType="digital")})

    assert reply.status_code == 400
    assert "digital is not supported" in reply.json()["message"]


def test_a_product_has_at_most_a_thousand_variants(admin: httpx.Client) -> None:
    many = [{**sizes(*map(str, range(32)))[0], "name": name} for name in ("A", "B")]
    product = mug(manageVariants=True, productOptions=many)

    assert admin.post("/stores/v1/products", json={"product": product}).status_code == 400


# ---- Get, update, delete ----


@pytest.mark.parametrize("base", ["/stores-reader/v1/products", "/stores/v1/products"])
def test_a_product_is_got_by_its_id(admin: httpx.Client, base: str) -> None:
    product = create(admin, costAndProfitData={"itemCost": 12.5})

    plain = admin.get(f"{base}/{product['id']}").json()["product"]
    asked = {"includeMerchantSpecificData": "true"}
    full = admin.get(f"{base}/{product['id']}", params=asked).json()["product"]

    assert plain == product
    assert "costAndProfitData" not in plain
    assert full["costAndProfitData"]["profit"] == 7.49


def test_an_unknown_product_is_not_found(admin: httpx.Client) -> None:
    replies = [
        admin.get(f"/stores-reader/v1/products/{NOBODY}"),
        admin.delete(f"/stores/v1/products/{NOBODY}"),
        admin.patch(f"/stores/v1/products/{NOBODY}", json={"product": {}}),
        admin.post(f"/stores/v1/products/{NOBODY}/media", json={"media": [{"url": "x"}]}),
        admin.post(f"/stores-reader/v1/products/{NOBODY}/variants/query", json={}),
    ]

    assert [each.status_code for each in replies] == [404] * 5


def test_the_last_update_wins(wix: WixSimulator, admin: httpx.Client) -> None:
    product = create(admin, description="Blue")
    path = f"/stores/v1/products/{product['id']}"

    admin.patch(path, json={"product": {"id": product["id"], "name": "First"}})
    reply = admin.patch(path, json={"product": {"name": "Second", "priceData": {"price": 5}}})

    after = reply.json()["product"]
    assert (after["name"], after["priceData"]["price"]) == ("Second", 5)
    assert wix.catalog.product(product["id"])["description"] == "Blue"


def test_a_change_of_the_type_is_ignored(admin: httpx.Client) -> None:
    product = create(admin)

    reply = admin.patch(
        f"/stores/v1/products/{product['id']}", json={"product": {"productType": "digital"}}
    )

    assert reply.status_code == 200
    assert reply.json()["product"]["productType"] == "physical"


def test_stock_is_not_changed_by_an_update_of_the_product(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = create(admin)
    body = {"product": {"stock": {"quantity": 5}}}

    refused = admin.patch(f"/stores/v1/products/{product['id']}", json=body)
    wix.switches.unknown_fields = "ignore"
    ignored = admin.patch(f"/stores/v1/products/{product['id']}", json=body)

    assert violation(refused) == ("product.stock", "FIELD_NOT_ALLOWED")
    assert ignored.status_code == 200
    assert wix.catalog.stock(product["id"]) is None


def test_other_options_make_other_variants_and_keep_the_stock_of_those_that_stay(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    tee = wix.catalog.add_product(variants=[({"Size": "S"}, None, 3), ({"Size": "M"}, None, 4)])

    reply = admin.patch(
        f"/stores/v1/products/{tee['id']}", json={"product": {"productOptions": sizes("M", "L")}}
    )

    variants = reply.json()["product"]["variants"]
    assert [(each["choices"]["Size"], each["stock"]["quantity"]) for each in variants] == [
        ("M", 4),
        ("L", 0),
    ]


def test_a_discount_lowers_what_is_paid(admin: httpx.Client) -> None:
    free = create(admin, priceData={"price": 0}, discount={"type": "PERCENT", "value": 10})
    percent = create(admin, priceData={"price": 20}, discount={"type": "PERCENT", "value": 10})
    amount = create(admin, priceData={"price": 20}, discount={"type": "AMOUNT", "value": 0.5})

    assert free["priceData"]["discountedPrice"] == 0
    assert percent["priceData"]["discountedPrice"] == 18
    assert amount["priceData"]["discountedPrice"] == 19.5


def test_a_deleted_product_is_gone_with_its_stock(wix: WixSimulator, admin: httpx.Client) -> None:
    product = wix.catalog.add_product(quantity=3)
    item = wix.catalog.inventory(product["id"])[0]

    reply = admin.delete(f"/stores/v1/products/{product['id']}")

    path = f"/stores-reader/v2/inventoryItems/{item['id']}/getVariants"
    assert (reply.status_code, reply.json()) == (200, {})
    assert admin.post(path, json={}).status_code == 404
    assert wix.catalog.products() == []


# ---- Query ----


def test_a_query_walks_products_by_offset_and_counts_them_all(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    for number in range(5):
        wix.catalog.add_product(name=f"Mug {number}")
    sort = [{"numericId": "asc"}]

    pages = [query(admin, sort=sort, paging={"limit": 2, "offset": n}) for n in (0, 2, 4, 6)]

    assert [name for page in pages for name in names(page)] == [f"Mug {n}" for n in range(5)]
    assert [page["metadata"] for page in pages] == [
        {"items": 2, "offset": 0},
        {"items": 2, "offset": 2},
        {"items": 1, "offset": 4},
        {"items": 0, "offset": 6},
    ]
    assert {page["totalResults"] for page in pages} == {5}


def test_hidden_products_are_left_out_in_silence_unless_asked_for(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.catalog.add_product(name="Shown")
    wix.catalog.add_product(name="Hidden", visible=False)
    body = {"query": {}, "includeHiddenProducts": True}

    silent, asked = query(admin), query(admin, includeHiddenProducts=True)
    wix.set_permissions(["WIX_STORES.READ_PRODUCTS"], credential=canaries.API_KEY)
    refused = admin.post("/stores-reader/v1/products/query", json=body)

    assert (names(silent), silent["totalResults"]) == (["Shown"], 1)
    assert sorted(names(asked)) == ["Hidden", "Shown"]
    assert refused.status_code == 403


def test_variants_and_costs_are_told_if_asked_for(admin: httpx.Client) -> None:
    create(admin, costAndProfitData={"itemCost": 12.5})

    bare = query(admin)["products"][0]
    full = query(admin, includeVariants=True, includeMerchantSpecificData=True)["products"][0]

    assert bare["variants"] == []
    assert "costAndProfitData" not in bare
    assert [each["id"] for each in full["variants"]] == [ONLY_VARIANT]
    assert full["costAndProfitData"]["itemCost"] == 12.5


def test_a_query_filters_and_sorts_by_text(wix: WixSimulator, admin: httpx.Client) -> None:
    for name, price, count in (("Mug", "19.99", 3), ("Cup", "5", 0), ("Pot", "64", 1)):
        wix.catalog.add_product(name=name, price=price, sku=f"{name}-1", quantity=count)
    first = query(admin, sort={"numericId": "asc"})["products"][0]

    def found(**condition: Any) -> list[str]:
        return names(query(admin, filter=condition, sort=[{"price": "desc"}]))

    assert found() == ["Pot", "Mug", "Cup"]
    assert found(sku="Mug-1") == ["Mug"]
    assert found(sku={"$hasSome": ["Cup-1", "Mug-1", "Nothing"]}) == ["Mug", "Cup"]
    assert found(visible=False) == []
    assert found(price={"$gt": 6, "$lt": "20"}) == ["Mug"]
    assert found(numericId={"$gt": int(first["numericId"])}) == ["Pot", "Cup"]
    assert found(numericId={"$gt": first["numericId"]}) == ["Pot", "Cup"]
    assert found(inventoryStatus="OUT_OF_STOCK") == ["Cup"]
    assert found(name={"$startsWith": "m"}) == ["Mug"]


@pytest.mark.parametrize("family", ["options", "productOptions"])
def test_products_are_found_by_what_can_be_chosen(
    wix: WixSimulator, admin: httpx.Client, family: str
) -> None:
    wix.catalog.add_product(name="Mug")
    create(admin, name="Tee", manageVariants=True, productOptions=sizes("S", "L"))

    def found(**condition: Any) -> list[str]:
        return names(query(admin, filter=condition))

    assert found(**{f"{family}.Size": "L"}) == ["Tee"]
    assert found(**{f"{family}.size": {"$hasAll": ["S", "XL"]}}) == []
    assert set(found(**{f"{family}.Colour": {"$ne": "red"}})) == {"Mug", "Tee"}


@pytest.mark.parametrize(
    "body",
    [
        {"query": {"filter": {"name": "Mug"}}},
        {"query": {"filter": "{"}},
        {"query": {"filter": "[]"}},
        {"query": {"filter": '{"weight": 5}'}},
        {"query": {"filter": '{"sku": {"$in": ["MUG"]}}'}},
        {"query": {"filter": '{"id": {"$nin": ["MUG"]}}'}},
        {"query": {"sort": [{"name": "asc"}]}},
        {"query": {"sort": '[{"name": "up"}]'}},
        {"query": {"sort": '[{"name": "asc", "sku": "asc"}]'}},
        {"query": {"sort": '[{"description": "asc"}]'}},
        {"query": {"sort": "5"}},
        {"query": {"paging": {"limit": 101}}},
        {"query": {"paging": {"limit": 10, "offset": -1}}},
        {"query": {"cursorPaging": {"limit": 10}}},
    ],
)
def test_a_query_wix_does_not_offer_is_refused(admin: httpx.Client, body: Json) -> None:
    assert admin.post("/stores-reader/v1/products/query", json=body).status_code == 400


def test_the_older_address_of_the_query_works_too(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.catalog.add_product(name="Mug")

    assert names(admin.post("/stores/v1/products/query", json={"query": {}}).json()) == ["Mug"]


# ---- Variants and media ----


def test_variants_are_changed_by_their_choices_or_ids(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    tee = create(admin, manageVariants=True, productOptions=sizes("S", "M"))
    path = f"/stores/v1/products/{tee['id']}/variants"
    medium = tee["variants"][1]["id"]
    changes = [
        {"choices": {"Size": "S"}, "price": 18, "sku": "TEE-S", "visible": False},
        {"variantIds": [medium], "sku": "TEE-M"},
    ]

    reply = admin.patch(path, json={"variants": changes})
    admin.patch(path, json={"variants": [{"variantIds": [medium], "weight": 0.5}]})

    told = [each["variant"] for each in reply.json()["variants"]]
    assert [(each["sku"], each["priceData"]["price"], each["visible"]) for each in told] == [
        ("TEE-S", 18, False),
        ("TEE-M", 19.99, True),
    ]
    after = wix.catalog.product(tee["id"])
    assert after["variants"][1]["variant"]["sku"] == "TEE-M"
    assert after["variants"][1]["variant"]["weight"] == 0.5
    assert after["priceRange"] == {"minValue": 18, "maxValue": 19.99}


def test_a_change_of_variants_must_mean_some(admin: httpx.Client) -> None:
    plain = create(admin)
    tee = create(admin, manageVariants=True, productOptions=sizes("S", "M"))

    def status(product: Json, *changes: Json) -> int:
        path = f"/stores/v1/products/{product['id']}/variants"
        return admin.patch(path, json={"variants": list(changes)}).status_code

    assert status(plain, {"variantIds": [ONLY_VARIANT], "price": 5}) == 400
    assert status(tee, {"price": 5}) == 400
    assert status(tee, {"choices": {"Size": "S"}, "variantIds": [ONLY_VARIANT]}) == 400
    assert status(tee, {"choices": {"Size": "XL"}, "price": 5}) == 404
    assert status(tee, {"variantIds": [ONLY_VARIANT], "price": 5}) == 404
    assert status(tee) == 400


@pytest.mark.parametrize("base", ["/stores-reader/v1/products", "/stores/v1/products"])
def test_variants_are_queried_by_their_choices_or_ids(admin: httpx.Client, base: str) -> None:
    tee = create(admin, manageVariants=True, productOptions=sizes("S", "M", "L"))

    def found(**body: Any) -> list[str]:
        reply = admin.post(f"{base}/{tee['id']}/variants/query", json=body).json()
        assert reply["totalResults"] >= len(reply["variants"])
        return [each["choices"]["Size"] for each in reply["variants"]]

    assert found() == ["S", "M", "L"]
    assert found(choices={"Size": "M"}) == ["M"]
    assert found(variantIds=[tee["variants"][2]["id"]]) == ["L"]
    assert found(paging={"limit": 1, "offset": 1}) == ["M"]


def test_what_variants_cost_the_merchant_is_told_if_asked_for(admin: httpx.Client) -> None:
    mugs = create(admin, costAndProfitData={"itemCost": 12.5})
    path = f"/stores-reader/v1/products/{mugs['id']}/variants/query"

    bare = admin.post(path, json={}).json()["variants"][0]["variant"]
    full = admin.post(path, json={"includeMerchantSpecificData": True}).json()["variants"][0]

    assert "costAndProfitData" not in bare
    assert full["variant"]["costAndProfitData"]["itemCost"] == 12.5


def test_media_are_added_and_the_first_is_the_main_one(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = create(admin)
    path = f"/stores/v1/products/{product['id']}/media"

    reply = admin.post(path, json={"media": [{"url": "https://example.com/mug.jpg"}]})
    admin.post(path, json={"media": [{"mediaId": "abc~mv2.jpg"}]})

    media = wix.catalog.product(product["id"])["media"]
    assert (reply.status_code, reply.json()) == (200, {})
    assert media["mainMedia"]["image"]["url"] == "https://example.com/mug.jpg"
    assert media["items"][1]["id"] == "abc~mv2.jpg"


@pytest.mark.parametrize(
    "media",
    [[], [{"url": "https://example.com/mug.jpg"}] * 51, [{}], [{"url": "x", "mediaId": "y"}]],
)
def test_media_of_the_wrong_shape_are_refused(admin: httpx.Client, media: list[Json]) -> None:
    product = create(admin)

    reply = admin.post(f"/stores/v1/products/{product['id']}/media", json={"media": media})

    assert reply.status_code == 400


# ---- Permissions ----


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", "/stores/v1/products", "MODIFY_PRODUCTS"),
        ("PATCH", f"/stores/v1/products/{NOBODY}", "MODIFY_PRODUCTS"),
        ("DELETE", f"/stores/v1/products/{NOBODY}", "MODIFY_PRODUCTS"),
        ("PATCH", f"/stores/v1/products/{NOBODY}/variants", "MODIFY_PRODUCTS"),
        ("POST", f"/stores/v1/products/{NOBODY}/media", "MODIFY_PRODUCTS"),
        ("GET", f"/stores-reader/v1/products/{NOBODY}", "READ_PRODUCTS"),
        ("POST", "/stores-reader/v1/products/query", "READ_PRODUCTS"),
        ("POST", f"/stores-reader/v1/products/{NOBODY}/variants/query", "READ_PRODUCTS"),
    ],
)
def test_each_call_needs_its_permission_and_no_other(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, permission: str
) -> None:
    body: Json | None = {} if method in {"POST", "PATCH"} else None
    others = {"WIX_STORES.READ_PRODUCTS", "WIX_STORES.MODIFY_PRODUCTS"}

    wix.set_permissions(others - {f"WIX_STORES.{permission}"}, credential=canaries.API_KEY)
    without_it = admin.request(method, path, json=body)
    wix.set_permissions([f"WIX_STORES.{permission}"], credential=canaries.API_KEY)
    with_it = admin.request(method, path, json=body)

    assert without_it.status_code == 403
    assert with_it.status_code in {200, 400, 404}
