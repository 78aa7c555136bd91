from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import Fault, WixSimulator

type Json = dict[str, Any]

NOBODY = "00000000-0000-4000-8000-00000000dead"


def priced(amount: Any = "19.99", **more: Any) -> Json:
    return {"price": {"actualPrice": {"amount": amount}}, "physicalProperties": {}, **more}


def mug(**more: Any) -> Json:
    return {
        "name": "Ceramic mug",
        "productType": "PHYSICAL",
        "physicalProperties": {},
        "variantsInfo": {"variants": [priced()]},
        **more,
    }


def with_variants(*variants: Json, **more: Any) -> Json:
    return mug(variantsInfo={"variants": list(variants)}, **more)


def option(name: str, *choices: str) -> Json:
    return {
        "name": name,
        "optionRenderType": "TEXT_CHOICES",
        "choicesSettings": {
            "choices": [{"choiceType": "CHOICE_TEXT", "name": choice} for choice in choices]
        },
    }


def chosen(**choices: str) -> list[Json]:
    return [
        {"optionChoiceNames": {"optionName": name, "choiceName": choice}}
        for name, choice in choices.items()
    ]


def tee(*sizes: str, **more: Any) -> Json:
    variants = [priced(sku=f"TEE-{size}", choices=chosen(Size=size)) for size in sizes]
    return with_variants(*variants, **{"name": "Tee", "options": [option("Size", *sizes)], **more})


def create(admin: httpx.Client, product: Json, **more: Any) -> Json:
    reply = admin.post("/stores/v3/products", json={"product": product, **more})
    assert reply.status_code == 200, reply.text
    return dict(reply.json()["product"])


def query(admin: httpx.Client, fields: list[str] | None = None, **query: Any) -> Json:
    body = {"query": query, "fields": fields or []}
    reply = admin.post("/stores/v3/products/query", json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def search(admin: httpx.Client, **search: Any) -> list[str]:
    reply = admin.post("/stores/v3/products/search", json={"search": search})
    assert reply.status_code == 200, reply.text
    return [each["name"] for each in reply.json()["products"]]


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


def violation(reply: httpx.Response) -> tuple[str, str]:
    assert reply.status_code == 400, reply.text
    first = reply.json()["details"]["validationError"]["fieldViolations"][0]
    return first["field"], first["ruleName"] or first["violatedRule"]


def metadata_of(bulk: Json) -> list[tuple[bool, str | None]]:
    found = [each["itemMetadata"] for each in bulk["results"]]
    assert [each["originalIndex"] for each in found] == list(range(len(found)))
    return [(each["success"], each.get("error", {}).get("code")) for each in found]


# ---- Create ----


def test_a_new_product_has_ids_a_slug_and_its_first_revision(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = create(admin, mug())

    assert (product["revision"], product["slug"], product["visible"]) == ("1", "ceramic-mug", True)
    assert product["variantsInfo"]["variants"][0]["price"]["actualPrice"] == {"amount": "19.99"}
    assert product["inventory"]["availabilityStatus"] == "OUT_OF_STOCK"
    assert wix.catalog.inventory(product["id"]) == []
    assert wix.catalog.product(product["id"])["name"] == "Ceramic mug"


def test_a_second_product_of_a_name_gets_another_slug(admin: httpx.Client) -> None:
    slugs = [create(admin, mug())["slug"] for _ in range(3)]

    assert slugs == ["ceramic-mug", "ceramic-mug-1", "ceramic-mug-2"]


def test_variants_are_told_by_the_ids_of_their_choices(admin: httpx.Client) -> None:
    product = create(admin, tee("S", "M"), fields=["VARIANT_OPTION_CHOICE_NAMES"])

    size = product["options"][0]
    ids = {each["name"]: each["choiceId"] for each in size["choicesSettings"]["choices"]}
    small = product["variantsInfo"]["variants"][0]
    assert small["choices"] == [
        {
            "optionChoiceIds": {"optionId": size["id"], "choiceId": ids["S"]},
            "optionChoiceNames": {
                "optionName": "Size",
                "choiceName": "S",
                "renderType": "TEXT_CHOICES",
            },
        }
    ]
    assert product["variantSummary"]["variantCount"] == 2


def test_products_share_their_options_by_name(admin: httpx.Client) -> None:
    one = create(admin, tee("S"))
    other = create(admin, tee("M"))
    ids = {"id": one["options"][0]["id"], "choicesSettings": one["options"][0]["choicesSettings"]}
    ids["choicesSettings"] = {
        "choices": [{"choiceId": ids["choicesSettings"]["choices"][0]["choiceId"]}]
    }
    third = create(admin, with_variants(priced(choices=chosen(Size="S")), options=[ids]))

    assert one["options"][0]["id"] == other["options"][0]["id"] == third["options"][0]["id"]


def test_a_digital_product_has_files_and_no_weight(admin: httpx.Client) -> None:
    book = {
        "name": "E-book",
        "productType": "DIGITAL",
        "variantsInfo": {
            "variants": [
                {
                    "price": {"actualPrice": {"amount": "5"}},
                    "digitalProperties": {"digitalFile": {"id": "file-1"}},
                }
            ]
        },
    }

    product = create(admin, book)
    in_shops = admin.post("/stores/v3/products", json={"product": {**book, "visibleInPos": True}})
    wrong = {**book, "variantsInfo": {"variants": [priced("5")]}}
    unaligned = admin.post("/stores/v3/products", json={"product": wrong})

    assert product["visibleInPos"] is False
    assert violation(in_shops) == (
        "product.visibleInPos",
        "DIGITAL_PRODUCT_CANNOT_BE_VISIBLE_IN_POS",
    )
    assert violation(unaligned) == (
        "product.variantsInfo.variants[0]",
        "VARIANTS_TYPED_PROPERTIES_ARE_NOT_ALIGNED",
    )


def without(product: Json, name: str) -> Json:
    return {key: value for key, value in product.items() if key != name}


@pytest.mark.parametrize(
    ("product", "field", "rule"),
    [
        (without(mug(), "name"), "product.name", "REQUIRED_FIELD"),
        (without(mug(), "productType"), "product.productType", "REQUIRED_FIELD"),
        (without(mug(), "variantsInfo"), "product.variantsInfo", "REQUIRED_FIELD"),
        (without(mug(), "physicalProperties"), "product.physicalProperties", "REQUIRED_FIELD"),
        (mug(name="x" * 81), "product.name", "MAX_LENGTH"),
        (mug(variantsInfo={"variants": []}), "product.variantsInfo.variants", "MIN_SIZE"),
        (mug(options=[option("Size", "S")] * 7), "product.options", "MAX_SIZE"),
        (mug(slug="Not A Slug"), "product.slug", "INVALID_SLUG_FORMAT"),
        (mug(colour="red"), "product.colour", "FIELD_NOT_ALLOWED"),
        (
            with_variants({"price": {"actualPrice": {"amount": "1"}}}),
            "product.variantsInfo.variants[0]",
            "VARIANTS_TYPED_PROPERTIES_ARE_NOT_ALIGNED",
        ),
        (
            with_variants(priced(), priced(sku="x" * 41)),
            "product.variantsInfo.variants[1].sku",
            "MAX_LENGTH",
        ),
        (
            with_variants(priced("1.2345")),
            "product.variantsInfo.variants[0].price.actualPrice.amount",
            "FORMAT",
        ),
        (
            with_variants(priced("1000000000")),
            "product.variantsInfo.variants[0].price.actualPrice.amount",
            "VALIDATION",
        ),
        (
            with_variants(priced(inventoryItem={"quantity": 1})),
            "product.variantsInfo.variants[0].inventoryItem",
            "FIELD_NOT_ALLOWED",
        ),
        (mug(description="text"), "product.description", "VALIDATION"),
        (
            mug(tags={"publicTags": {"tagIds": ["11", "123456"]}}),
            "product.tags.publicTags.tagIds[1]",
            "MAX_LENGTH",
        ),
        (
            mug(tags={"privateTags": {"tagIds": ["11"] * 101}}),
            "product.tags.privateTags.tagIds",
            "MAX_SIZE",
        ),
        (
            with_variants(
                without(
                    priced(digitalProperties={"digitalFile": {"id": "x" * 101}}),
                    "physicalProperties",
                ),
                productType="DIGITAL",
            ),
            "product.variantsInfo.variants[0].digitalProperties.digitalFile.id",
            "MAX_LENGTH",
        ),
    ],
)
def test_a_product_of_the_wrong_shape_is_refused(
    wix: WixSimulator, admin: httpx.Client, product: Json, field: str, rule: str
) -> None:
    reply = admin.post("/stores/v3/products", json={"product": product})

    assert violation(reply) == (field, rule)
    assert wix.catalog.products() == []


@pytest.mark.parametrize(
    ("product", "status", "code"),
    [
        (mug(name="  "), 428, "ONLY_SPACES_STRING_ERROR"),
        (with_variants(priced(sku="TAKEN")), 409, "SKU_ALREADY_EXIST_ERROR"),
        (with_variants(priced(barcode="978")), 409, "BARCODE_ALREADY_EXIST_ERROR"),
        (mug(slug="taken"), 409, "DUPLICATE_SLUG_ERROR"),
        (tee("S", "S"), 409, "SKU_ALREADY_EXIST_ERROR"),
        (
            with_variants(
                priced(choices=chosen(Size="S")),
                priced(choices=chosen(Size="S")),
                options=[option("Size", "S")],
            ),
            428,
            "DUPLICATE_VARIANT_OPTION_CHOICE",
        ),
        (with_variants(priced(), priced()), 428, "DUPLICATE_VARIANT_OPTION_CHOICE"),
        (mug(options=[option("Size", "S")]), 428, "MISSING_VARIANT_OPTION_CHOICE"),
        (
            with_variants(priced(choices=chosen(Size="XL")), options=[option("Size", "S")]),
            428,
            "VARIANTS_ARE_NOT_ALIGNED_WITH_PRODUCT",
        ),
        (
            mug(options=[option("Size", "S"), option("Size", "M")]),
            428,
            "DUPLICATE_PRODUCT_OPTIONS",
        ),
        (
            mug(options=[without(option("Size", "S"), "optionRenderType")]),
            400,
            "PRODUCT_OPTION_NAME_AND_TYPE_REQUIRED",
        ),
        (
            mug(options=[{**option("Size"), "choicesSettings": {"choices": [{"name": "S"}]}}]),
            400,
            "PRODUCT_OPTION_CHOICE_NAME_AND_TYPE_REQUIRED",
        ),
        (
            mug(options=[{"id": NOBODY, "choicesSettings": {"choices": [{"name": "S"}]}}]),
            404,
            "CUSTOMIZATION_NOT_EXIST",
        ),
        (mug(ribbon={"id": NOBODY}), 404, "RIBBON_NOT_FOUND"),
        (
            with_variants(
                priced(barcode="1", choices=chosen(Size="S")),
                priced(barcode="1", choices=chosen(Size="M")),
                options=[option("Size", "S", "M")],
            ),
            428,
            "DUPLICATE_BARCODE_ERROR",
        ),
        (
            with_variants(
                {
                    **priced(),
                    "price": {
                        "actualPrice": {"amount": "9"},
                        "compareAtPrice": {"amount": "8.99"},
                    },
                }
            ),
            428,
            "COMPARE_AT_PRICE_LOWER_THAN_ACTUAL_PRICE",
        ),
    ],
)
def test_a_product_that_breaks_a_rule_is_refused_with_its_code(
    wix: WixSimulator, admin: httpx.Client, product: Json, status: int, code: str
) -> None:
    create(admin, with_variants(priced(sku="TAKEN", barcode="978"), slug="taken"))

    reply = admin.post("/stores/v3/products", json={"product": product})

    assert (reply.status_code, code_of(reply)) == (status, code)
    assert len(wix.catalog.products()) == 1


def test_a_missing_choice_can_be_a_broken_rule_instead(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.missing_choice_status = 400

    reply = admin.post("/stores/v3/products", json={"product": mug(options=[option("Size", "S")])})

    assert violation(reply)[1] == "MISSING_VARIANT_OPTION_CHOICE"


def test_a_price_that_is_a_number_is_refused_or_taken_as_text(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    body = {"product": with_variants(priced(19.99))}

    refused = admin.post("/stores/v3/products", json=body)
    wix.switches.price_as_number = "accept"
    accepted = admin.post("/stores/v3/products", json=body)

    assert violation(refused)[0] == "product.variantsInfo.variants[0].price.actualPrice.amount"
    variants = accepted.json()["product"]["variantsInfo"]["variants"]
    assert variants[0]["price"]["actualPrice"] == {"amount": "19.99"}


def test_a_brand_of_a_name_is_made_once(admin: httpx.Client) -> None:
    one = create(admin, mug(brand={"name": "Acme"}))
    other = create(admin, mug(brand={"name": "Acme"}))

    assert one["brand"] == other["brand"]
    assert one["brand"]["name"] == "Acme"


def test_the_first_of_the_media_is_the_main_one(admin: httpx.Client) -> None:
    items = [{"url": f"https://example.com/{name}.jpg", "altText": name} for name in ("a", "b")]

    bare = create(admin, mug(media={"itemsInfo": {"items": items}}))
    full = create(admin, mug(media={"itemsInfo": {"items": items}}), fields=["MEDIA_ITEMS_INFO"])

    assert bare["media"]["main"]["altText"] == "a"
    assert bare["media"]["itemsInfo"] is None
    assert [each["altText"] for each in full["media"]["itemsInfo"]["items"]] == ["a", "b"]


def test_a_price_may_be_said_to_have_been_the_same(admin: httpx.Client) -> None:
    both = {"actualPrice": {"amount": "9.00"}, "compareAtPrice": {"amount": "9"}}

    product = create(admin, with_variants({"price": both, "physicalProperties": {}}))

    assert product["compareAtPriceRange"]["minValue"] == {"amount": "9"}


# ---- Create with inventory ----


def test_a_product_with_inventory_is_in_stock_at_the_default_location(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = with_variants(priced(sku="MUG-1", inventoryItem={"quantity": 12}))

    reply = admin.post(
        "/stores/v3/products-with-inventory", json={"product": product, "returnEntity": True}
    ).json()

    item = reply["inventoryResults"]["results"][0]["item"]
    assert reply["product"]["inventory"]["availabilityStatus"] == "IN_STOCK"
    assert reply["inventoryResults"]["bulkActionMetadata"]["totalSuccesses"] == 1
    assert (item["quantity"], item["locationId"]) == (12, wix.catalog.default_location_id)
    assert wix.catalog.inventory(reply["product"]["id"]) == [item]
    assert [each.kind for each in wix.catalog.stock_history(reply["product"]["id"])] == ["set"]


def test_only_variants_that_tell_of_stock_get_some(wix: WixSimulator, admin: httpx.Client) -> None:
    product = with_variants(
        priced(choices=chosen(Size="S"), inventoryItem={"inStock": True}),
        priced(choices=chosen(Size="M")),
        options=[option("Size", "S", "M")],
    )

    reply = admin.post("/stores/v3/products-with-inventory", json={"product": product}).json()

    assert reply["product"]["inventory"]["availabilityStatus"] == "PARTIALLY_OUT_OF_STOCK"
    assert [each["trackQuantity"] for each in wix.catalog.inventory(reply["product"]["id"])] == [
        False
    ]
    assert "item" not in reply["inventoryResults"]["results"][0]


@pytest.mark.parametrize(
    ("stock", "field", "rule"),
    [
        ({"quantity": 1, "inStock": True}, "inventoryItem", "ONE_OF_ALIGNMENT"),
        ({}, "inventoryItem", "REQUIRED_ONE_OF_FIELD"),
        ({"quantity": -1}, "inventoryItem.quantity", "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE"),
        ({"quantity": 100000}, "inventoryItem.quantity", "MAX"),
    ],
)
def test_stock_of_the_wrong_shape_makes_no_product(
    wix: WixSimulator, admin: httpx.Client, stock: Json, field: str, rule: str
) -> None:
    body = {"product": with_variants(priced(inventoryItem=stock))}

    reply = admin.post("/stores/v3/products-with-inventory", json=body)

    assert violation(reply) == (f"product.variantsInfo.variants[0].{field}", rule)
    assert wix.catalog.products() == []


def test_a_product_stays_created_if_its_stock_is_refused(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    stock = {"inStock": True, "preorderInfo": {"enabled": True, "limit": 5}}
    body = {"product": with_variants(priced(inventoryItem=stock))}

    reply = admin.post("/stores/v3/products-with-inventory", json=body).json()

    assert metadata_of(reply["inventoryResults"]) == [(False, "PRE_ORDER_VALIDATION")]
    assert wix.catalog.product(reply["product"]["id"])["inventory"]["availabilityStatus"] == (
        "OUT_OF_STOCK"
    )


# ---- Get ----


def test_a_product_is_got_with_the_fields_that_are_asked_for(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = create(admin, mug(plainDescription="<p>Blue</p>", infoSections=[{"title": "Care"}]))
    path = f"/stores/v3/products/{product['id']}"

    bare = admin.get(path).json()["product"]
    full = admin.get(
        path, params={"fields": ["CURRENCY", "URL", "PLAIN_DESCRIPTION", "INFO_SECTION"]}
    ).json()["product"]
    repeated = admin.get(path, params={"productId": product["id"]})
    wrong = admin.get(path, params={"fields": "EVERYTHING"})

    names = ("currency", "url", "plainDescription")
    assert [bare[name] for name in names] == [None, None, None]
    assert bare["infoSections"][0]["title"] is None
    assert full["currency"] == "USD"
    assert full["url"]["relativePath"] == "/product-page/ceramic-mug"
    assert full["plainDescription"] == "<p>Blue</p>"
    assert full["infoSections"][0]["title"] == "Care"
    assert full["actualPriceRange"]["minValue"] == {
        "amount": "19.99",
        "formattedAmount": "$19.99",
    }
    assert repeated.status_code == 200
    assert violation(wrong)[0] == "fields[0]"


def test_a_product_is_got_by_its_slug(admin: httpx.Client) -> None:
    product = create(admin, mug())

    found = admin.get("/stores/v3/products/slug/ceramic-mug", params={"fields": "CURRENCY"})
    missing = admin.get("/stores/v3/products/slug/tea-pot")

    assert found.json()["product"]["id"] == product["id"]
    assert (missing.status_code, code_of(missing)) == (404, "NOT_FOUND")


def test_an_unknown_product_is_not_found(admin: httpx.Client) -> None:
    replies = [
        admin.get(f"/stores/v3/products/{NOBODY}"),
        admin.delete(f"/stores/v3/products/{NOBODY}"),
        admin.patch(f"/stores/v3/products/{NOBODY}", json={"product": {"revision": "1"}}),
    ]

    for reply in replies:
        assert (reply.status_code, code_of(reply)) == (404, "NOT_FOUND")
        assert reply.json()["message"] == "Entity not found"


def test_hidden_products_and_costs_need_permissions_of_their_own(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    cost = {"revenueDetails": {"cost": {"amount": "12.00"}}}
    hidden = create(admin, with_variants({**priced("20.00"), **cost}, visible=False))
    shown = create(admin, with_variants({**priced("20.00"), **cost}))
    path = "/stores/v3/products/"

    told = admin.get(path + shown["id"], params={"fields": "MERCHANT_DATA"}).json()["product"]
    wix.set_permissions(["WIX_STORES.PRODUCT_READ"], credential=canaries.API_KEY)
    refused = admin.get(path + hidden["id"])
    visible = admin.get(path + shown["id"])
    costs = admin.get(path + shown["id"], params={"fields": "MERCHANT_DATA"})
    listed = query(admin)["products"]

    revenue = told["variantsInfo"]["variants"][0]["revenueDetails"]
    assert revenue["profit"]["amount"] == "8.00"
    assert visible.status_code == 200
    assert told["costRange"]["maxValue"]["amount"] == "12.00"
    assert (refused.status_code, code_of(refused)) == (
        403,
        "NO_PERMISSION_TO_INCLUDE_NOT_VISIBLE_PRODUCTS",
    )
    assert (costs.status_code, code_of(costs)) == (403, "NO_PERMISSION_TO_READ_MERCHANT_DATA")
    assert [each["id"] for each in listed] == [shown["id"]]


# ---- Query ----


def test_a_query_walks_all_products_by_cursor_without_their_variants(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    ids = wix.catalog.seed(5)

    pages = [query(admin, cursorPaging={"limit": 2})]
    while cursor := pages[-1]["pagingMetadata"]["cursors"].get("next"):
        pages.append(query(admin, cursorPaging={"limit": 2, "cursor": cursor}))

    found = [each for page in pages for each in page["products"]]
    assert [page["pagingMetadata"]["count"] for page in pages] == [2, 2, 1]
    assert [page["pagingMetadata"]["hasNext"] for page in pages] == [True, True, False]
    assert {each["id"] for each in found} == set(ids)
    assert all("variantsInfo" not in each for each in found)


def test_a_query_finds_by_its_few_fields(admin: httpx.Client) -> None:
    plain = create(admin, mug(name="Plain"))
    create(admin, mug(name="Hidden", visible=False, handle="my-handle"))
    sized = create(admin, tee("S"))

    def names(**condition: Any) -> list[str]:
        sort = [{"fieldName": "slug", "order": "DESC"}]
        return [each["name"] for each in query(admin, filter=condition, sort=sort)["products"]]

    assert names() == ["Tee", "Plain", "Hidden"]
    assert names(visible=False) == ["Hidden"]
    assert names(id={"$in": [plain["id"], sized["id"]]}) == ["Tee", "Plain"]
    assert names(handle="my-handle") == ["Hidden"]
    assert names(slug={"$startsWith": "pl"}) == ["Plain"]
    assert names(createdDate={"$gt": "2001-01-01T00:00:00Z"}) == names()
    assert names(updatedDate={"$lte": "2001-01-01T00:00:00Z"}) == []
    assert names(**{"options.id": {"$hasSome": [sized["options"][0]["id"]]}}) == ["Tee"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"filter": {"name": "Mug"}}, "filterable"),
        ({"sort": [{"fieldName": "id"}]}, "sortable"),
        ({"filter": {"visible": {"$gt": True}}}, "not supported"),
        ({"cursorPaging": {"limit": 101}}, "less than or equal to 100"),
        ({"sort": [{"fieldName": "slug"}] * 6}, "at most 5"),
        ({"cursorPaging": {"cursor": "made up"}}, "invalid or has expired"),
        ({"paging": {"limit": 5}}, "not permitted"),
    ],
)
def test_a_query_wix_does_not_offer_is_refused(admin: httpx.Client, body: Json, word: str) -> None:
    reply = admin.post("/stores/v3/products/query", json={"query": body})

    assert reply.status_code == 400
    assert word in reply.json()["message"]


def test_a_cursor_is_sent_alone_and_to_the_list_it_came_from(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.catalog.seed(3)
    cursor = query(admin, cursorPaging={"limit": 1})["pagingMetadata"]["cursors"]["next"]
    paging = {"cursorPaging": {"cursor": cursor}}

    with_filter = admin.post(
        "/stores/v3/products/query", json={"query": {**paging, "filter": {"visible": True}}}
    )
    elsewhere = admin.post("/stores/v3/inventory-items/query", json={"query": paging})

    assert violation(with_filter) == ("query.filter", "FIELD_NOT_ALLOWED")
    assert violation(elsewhere)[0] == "query.cursorPaging.cursor"


def test_the_cheapest_variant_is_told_in_lists_only(admin: httpx.Client) -> None:
    product = tee("S", "M")
    product["variantsInfo"]["variants"][1]["price"] = {"actualPrice": {"amount": "9.50"}}
    create(admin, product)

    listed = query(admin, ["MIN_PRICE_VARIANT"])["products"][0]
    refused = admin.post(
        "/stores/v3/products", json={"product": mug(), "fields": ["MIN_PRICE_VARIANT"]}
    )

    assert listed["variantSummary"]["minPriceVariant"]["sku"] == "TEE-M"
    assert refused.status_code == 400


# ---- Search and count ----


def test_a_search_finds_words_in_the_fields_it_names(admin: httpx.Client) -> None:
    create(admin, tee("S", "M"))
    create(admin, mug(plainDescription="<p>Goes with every tee</p>"))

    def by(expression: str, *fields: str, **more: Any) -> list[str]:
        return search(admin, search={"expression": expression, "fields": fields, **more})

    assert by("tee-m", "variantsInfo.variants.sku") == ["Tee"]
    assert by("tee", "name") == ["Tee"]
    assert sorted(by("tee", "name", "description")) == ["Ceramic mug", "Tee"]
    assert sorted(by("tee mug", "name")) == ["Ceramic mug", "Tee"]
    assert by("tee mug", "name", mode="AND") == []
    assert by("pot", "name") == []


def test_a_search_finds_variants_by_all_their_conditions(admin: httpx.Client) -> None:
    create(admin, tee("S", "M"))
    create(admin, mug())

    def matching(*conditions: Json) -> list[str]:
        return search(admin, filter={"variantsInfo.variants": {"$matchItems": list(conditions)}})

    assert matching({"sku": {"$in": ["TEE-M", "TEE-L"]}}) == ["Tee"]
    assert matching({"sku": "TEE-M"}, {"visible": False}) == []
    assert matching({"price.actualPrice.amount": {"$lt": "19.99"}}) == []


def test_a_search_filters_and_sorts_by_more_fields(admin: httpx.Client) -> None:
    create(admin, mug(brand={"name": "Acme"}))
    create(admin, with_variants(priced("5.00"), name="Cup"))
    by_name = [{"fieldName": "name", "order": "ASC"}]

    assert search(admin, sort=by_name) == ["Ceramic mug", "Cup"]
    assert search(admin, filter={"brand.name": "Acme"}) == ["Ceramic mug"]
    assert search(admin, filter={"actualPriceRange.minValue.amount": {"$lt": "19"}}) == ["Cup"]
    out_of_stock = {"inventory.availabilityStatus": "OUT_OF_STOCK"}
    assert search(admin, filter=out_of_stock, sort=by_name) == ["Ceramic mug", "Cup"]


@pytest.mark.parametrize(
    "body",
    [
        {"search": {"expression": "mug"}},
        {"search": {"expression": "mug", "fields": []}},
        {"search": {"expression": "mug", "fields": ["slug"]}},
        {"search": {"expression": "x" * 101, "fields": ["name"]}},
        {"filter": {"variantsInfo.variants": {"$hasSome": ["MUG"]}}},
        {"filter": {"variantsInfo.variants": {"$matchItems": [{"colour": "red"}]}}},
        {"filter": {"price": "5"}},
        {"sort": [{"fieldName": "name"}] * 11},
    ],
)
def test_a_search_wix_does_not_offer_is_refused(admin: httpx.Client, body: Json) -> None:
    assert admin.post("/stores/v3/products/search", json={"search": body}).status_code == 400


def test_a_search_keeps_its_words_in_the_cursor(admin: httpx.Client) -> None:
    for number in range(3):
        create(admin, mug(name=f"Mug {number}"))
    create(admin, mug(name="Cup"))

    def page(**body: Any) -> Json:
        reply = admin.post("/stores/v3/products/search", json={"search": body})
        return dict(reply.json())

    words = {"expression": "mug", "fields": ["name"]}
    pages = [page(search=words, cursorPaging={"limit": 2})]
    cursor = pages[0]["pagingMetadata"]["cursors"]["next"]
    pages.append(page(cursorPaging={"limit": 2, "cursor": cursor}))

    names = [each["name"] for one in pages for each in one["products"]]
    assert sorted(names) == ["Mug 0", "Mug 1", "Mug 2"]
    assert pages[1]["pagingMetadata"]["hasNext"] is False


def test_a_search_is_behind_and_a_query_is_not(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.product_query_lag_seconds = 5
    product = create(admin, mug(name="Old name"))
    wix.advance(6)
    change = {"product": {"revision": "1", "name": "New name"}}
    admin.patch(f"/stores/v3/products/{product['id']}", json=change)
    create(admin, mug(name="Just made"))

    assert search(admin) == ["Old name"]
    assert sorted(each["name"] for each in query(admin)["products"]) == ["Just made", "New name"]
    wix.advance(6)
    assert sorted(search(admin)) == ["Just made", "New name"]


def test_a_search_with_the_consistency_value_sees_what_was_written(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.product_query_lag_seconds = 5
    wix.switches.consistency_header = True

    reply = admin.post("/stores/v3/products", json={"product": mug()})
    headers = {"x-wix-consistent": reply.headers["x-wix-consistent"]}
    seen = admin.post("/stores/v3/products/search", json={}, headers=headers)

    assert len(seen.json()["products"]) == 1


def test_a_count_leaves_out_hidden_products_unless_asked(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    create(admin, mug())
    create(admin, mug(visible=False))

    def count(**body: Any) -> int:
        reply = admin.post("/stores/v3/products/count", json=body)
        return int(reply.json()["count"])

    assert count() == 1
    assert count(returnNonVisibleProducts=True) == 2
    assert count(filter={"name": "Cup"}) == 0
    wix.set_permissions(["WIX_STORES.PRODUCT_READ"], credential=canaries.API_KEY)
    refused = admin.post("/stores/v3/products/count", json={"returnNonVisibleProducts": True})
    assert refused.status_code == 403


# ---- Update ----


def test_an_update_changes_what_it_names_and_raises_the_revision(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    before = create(admin, mug(brand={"name": "Acme"}, plainDescription="<p>Blue</p>"))
    wix.advance(60)
    changes = {"id": before["id"], "revision": "1", "name": "Big mug", "brand": None}

    reply = admin.patch(f"/stores/v3/products/{before['id']}", json={"product": changes})

    after = reply.json()["product"]
    assert (after["name"], after["brand"], after["revision"]) == ("Big mug", None, "2")
    assert after["updatedDate"] > before["updatedDate"]
    assert wix.catalog.product(before["id"])["plainDescription"] == "<p>Blue</p>"
    assert after["variantsInfo"] == before["variantsInfo"]


@pytest.mark.parametrize("code", ["ABORTED", "REVISION_MISMATCH", ""])
def test_an_update_of_an_older_revision_is_a_conflict(
    wix: WixSimulator, admin: httpx.Client, code: str
) -> None:
    wix.switches.stale_revision_code = code  # type: ignore[assignment]
    product = create(admin, mug())
    path = f"/stores/v3/products/{product['id']}"
    admin.patch(path, json={"product": {"revision": "1", "name": "First"}})

    stale = admin.patch(path, json={"product": {"revision": "1", "name": "Second"}})

    assert stale.status_code == 409
    assert stale.json()["details"].get("applicationError", {}).get("code", "") == code
    assert wix.catalog.product(product["id"])["name"] == "First"


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"name": "Mug"}, "product.revision", "REQUIRED_FIELD"),
        ({"revision": "1", "name": None}, "product.name", "REQUIRED_FIELD"),
        ({"revision": "1", "productType": "DIGITAL"}, "product.productType", "FIELD_NOT_ALLOWED"),
        ({"revision": "1", "brand": {"name": "Acme"}}, "product.brand", "BRAND_MISSING_ID"),
        (
            {"revision": "1", "variantsInfo": {"variants": [priced()]}},
            "product.options",
            "MISSING_OPTIONS_ON_UPDATE_VARIANTS",
        ),
    ],
)
def test_an_update_of_the_wrong_shape_is_refused(
    wix: WixSimulator, admin: httpx.Client, changes: Json, field: str, rule: str
) -> None:
    product = create(admin, mug())

    reply = admin.patch(f"/stores/v3/products/{product['id']}", json={"product": changes})

    assert violation(reply) == (field, rule)
    assert wix.catalog.product(product["id"])["revision"] == "1"


def test_variants_are_replaced_whole_and_those_left_out_lose_their_stock(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = wix.catalog.add_product(
        name="Tee", variants=[({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", 4)]
    )
    small = product["variantsInfo"]["variants"][0]
    kept = priced("25.00", id=small["id"], sku="TEE-S", choices=chosen(Size="S"))
    changes = {
        "revision": "1",
        "options": [option("Size", "S", "L")],
        "variantsInfo": {"variants": [kept, priced(sku="TEE-M", choices=chosen(Size="L"))]},
    }

    reply = admin.patch(f"/stores/v3/products/{product['id']}", json={"product": changes})

    variants = reply.json()["product"]["variantsInfo"]["variants"]
    assert [each["sku"] for each in variants] == ["TEE-S", "TEE-M"]
    assert variants[0]["id"] == small["id"]
    assert variants[1]["id"] not in {each["id"] for each in product["variantsInfo"]["variants"]}
    assert [each["quantity"] for each in wix.catalog.inventory(product["id"])] == [3]


def test_a_product_without_options_is_as_visible_as_its_variant(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = create(admin, mug())
    path = f"/stores/v3/products/{product['id']}"

    hidden = admin.patch(path, json={"product": {"revision": "1", "visible": False}})
    variant_id = product["variantsInfo"]["variants"][0]["id"]
    variants = {"variants": [priced(id=variant_id, visible=True)]}
    changes = {"revision": "2", "options": [], "variantsInfo": variants}
    shown = admin.patch(path, json={"product": changes})

    assert hidden.json()["product"]["variantsInfo"]["variants"][0]["visible"] is False
    assert shown.json()["product"]["visible"] is True


def test_other_options_need_other_variants(admin: httpx.Client) -> None:
    product = create(admin, tee("S", "M"))
    path = f"/stores/v3/products/{product['id']}"

    other = admin.patch(path, json={"product": {"revision": "1", "options": [option("Size", "S")]}})
    same = admin.patch(
        path, json={"product": {"revision": "1", "options": [option("Size", "S", "M")]}}
    )

    assert (other.status_code, code_of(other)) == (428, "VARIANTS_ARE_NOT_ALIGNED_WITH_PRODUCT")
    assert same.json()["product"]["revision"] == "2"


def test_an_update_breaks_no_rule_of_prices_or_sizes(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = create(admin, mug())
    both = {"actualPrice": {"amount": "9"}, "compareAtPrice": {"amount": "8"}}
    variants = {"variants": [{"price": both, "physicalProperties": {}}]}
    changes = {"revision": "1", "options": [], "variantsInfo": variants}
    sections = [
        {"product": {"id": f"product-{number}", "revision": "1", "infoSections": many(20)}}
        for number in range(6)
    ]

    cheap = admin.patch(f"/stores/v3/products/{product['id']}", json={"product": changes})
    large = admin.post("/stores/v3/bulk/products/update", json={"products": sections})

    assert code_of(cheap) == "COMPARE_AT_PRICE_LOWER_THAN_ACTUAL_PRICE"
    assert violation(large) == ("products", "MAX_SIZE")
    assert wix.catalog.product(product["id"])["revision"] == "1"


def test_an_update_keeps_what_its_own_product_has(admin: httpx.Client) -> None:
    product = create(admin, with_variants(priced(sku="MUG-1", barcode="978"), slug="my-mug"))
    other = create(admin, mug())
    variant = priced(id=product["variantsInfo"]["variants"][0]["id"], sku="MUG-1", barcode="978")
    changes = {"slug": "my-mug", "options": [], "variantsInfo": {"variants": [variant]}}

    def status(changed: Json, **more: Any) -> int:
        body = {"product": {"revision": "1", **more}}
        return admin.patch(f"/stores/v3/products/{changed['id']}", json=body).status_code

    assert status(product, **changes) == 200
    assert status(other, slug="my-mug") == 409
    assert status(other, **{**changes, "slug": "my-cup"}) == 409


# ---- Delete ----


def test_a_deleted_product_is_gone_with_its_stock_and_its_sku(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    product = wix.catalog.add_product(sku="MUG-1", quantity=3)
    item = wix.catalog.inventory(product["id"])[0]

    reply = admin.delete(f"/stores/v3/products/{product['id']}")

    assert (reply.status_code, reply.json()) == (200, {})
    assert admin.get(f"/stores/v3/inventory-items/{item['id']}").status_code == 404
    assert wix.catalog.stock_history(product["id"])[0].quantity == 3
    with pytest.raises(LookupError):
        wix.catalog.product(product["id"])
    create(admin, with_variants(priced(sku="MUG-1")))


# ---- Bulk ----


def bulk(admin: httpx.Client, products: list[Json], **more: Any) -> httpx.Response:
    return admin.post("/stores/v3/bulk/products/create", json={"products": products, **more})


def test_a_bulk_create_fails_by_item_where_a_rule_is_broken(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    mugs = [with_variants(priced(sku=sku), name=f"Mug {sku}") for sku in ("A", "A", "B")]

    reply = bulk(admin, mugs, returnEntity=True).json()

    assert metadata_of(reply) == [(True, None), (False, "SKU_ALREADY_EXIST_ERROR"), (True, None)]
    assert reply["bulkActionMetadata"] == {
        "totalSuccesses": 2,
        "totalFailures": 1,
        "undetailedFailures": 0,
    }
    assert reply["results"][0]["item"]["name"] == "Mug A"
    assert reply["results"][0]["itemMetadata"]["id"] == reply["results"][0]["item"]["id"]
    assert "item" not in reply["results"][1]
    assert len(wix.catalog.products()) == 2


def test_a_bulk_create_tells_no_products_unless_asked(admin: httpx.Client) -> None:
    assert "item" not in bulk(admin, [mug()]).json()["results"][0]


def test_a_bulk_create_of_the_wrong_shape_fails_whole(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    products = [mug(), mug(), mug(), without(mug(), "name")]

    reply = bulk(admin, products)

    assert violation(reply) == ("products[3].name", "REQUIRED_FIELD")
    assert wix.catalog.products() == []


def many(count: int) -> list[Json]:
    return [{"title": f"Section {number}"} for number in range(count)]


@pytest.mark.parametrize(
    ("products", "field", "rule"),
    [
        ([], "products", "MIN_SIZE"),
        ([mug()] * 101, "products", "MAX_SIZE"),
        ([mug(options=[option("Size", "S")] * 6)] * 17, "products", "MAX_SIZE"),
        ([mug(modifiers=[{"name": "Engraving"}] * 10)] * 11, "products", "MAX_SIZE"),
        ([mug(infoSections=many(20))] * 6, "products", "MAX_SIZE"),
        ([with_variants(*[priced()] * 501)] * 2, "products", "MAX_SIZE"),
    ],
)
def test_a_bulk_create_of_too_much_fails_whole(
    wix: WixSimulator, admin: httpx.Client, products: list[Json], field: str, rule: str
) -> None:
    assert violation(bulk(admin, products)) == (field, rule)
    assert wix.catalog.products() == []


def test_a_bulk_create_takes_as_much_as_is_allowed(admin: httpx.Client) -> None:
    products = [mug(infoSections=many(20))] * 5 + [mug()] * 95

    reply = bulk(admin, products).json()

    assert reply["bulkActionMetadata"]["totalSuccesses"] == 100


def test_a_bulk_create_with_inventory_answers_products_and_stock_apart(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    products = [
        with_variants(priced(sku=sku, inventoryItem={"quantity": count}), name=f"Mug {count}")
        for sku, count in (("A", 1), ("A", 2), ("C", 3))
    ]
    body = {"products": products, "returnEntity": True}

    reply = admin.post("/stores/v3/bulk/products-with-inventory/create", json=body).json()

    assert metadata_of(reply["productResults"]) == [
        (True, None),
        (False, "SKU_ALREADY_EXIST_ERROR"),
        (True, None),
    ]
    items = [each["item"] for each in reply["inventoryResults"]["results"]]
    assert metadata_of(reply["inventoryResults"]) == [(True, None)] * 2
    assert [each["quantity"] for each in items] == [1, 3]
    last = reply["productResults"]["results"][2]["item"]
    assert last["inventory"]["availabilityStatus"] == "IN_STOCK"
    assert wix.catalog.stock(last["id"]) == 3


def test_a_bulk_create_with_inventory_of_the_wrong_shape_fails_whole(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    products = [mug(), with_variants(priced(inventoryItem={}))]

    reply = admin.post(
        "/stores/v3/bulk/products-with-inventory/create", json={"products": products}
    )

    assert violation(reply)[0] == "products[1].variantsInfo.variants[0].inventoryItem"
    assert wix.catalog.products() == []


def test_a_bulk_update_fails_by_item_where_a_revision_is_stale(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    one, other = create(admin, mug()), create(admin, mug())
    changes = [
        {"product": {"id": one["id"], "revision": "1", "name": "Cup"}},
        {"product": {"id": other["id"], "revision": "7", "name": "Cup"}},
        {"product": {"id": NOBODY, "revision": "1", "name": "Cup"}},
    ]
    cleared = [{"product": {"id": one["id"], "revision": "1", "name": None}}]

    reply = admin.post("/stores/v3/bulk/products/update", json={"products": changes})
    twice = admin.post("/stores/v3/bulk/products/update", json={"products": changes[:1] * 2})
    wrong = admin.post("/stores/v3/bulk/products/update", json={"products": cleared})

    assert metadata_of(reply.json()) == [(True, None), (False, "ABORTED"), (False, "NOT_FOUND")]
    assert code_of(twice) == "DUPLICATE_PRODUCT_IDS_REQUEST"
    assert violation(wrong) == ("products[0].product.name", "REQUIRED_FIELD")
    assert wix.catalog.product(one["id"])["name"] == "Cup"
    assert wix.catalog.product(other["id"])["name"] == "Ceramic mug"


def test_a_bulk_delete_deletes_what_there_is(wix: WixSimulator, admin: httpx.Client) -> None:
    product = create(admin, mug())
    body = {"productIds": [product["id"], NOBODY]}

    reply = admin.post("/stores/v3/bulk/products/delete", json=body)

    assert metadata_of(reply.json()) == [(True, None), (False, "NOT_FOUND")]
    assert wix.catalog.products() == []


# ---- Permissions and trouble ----


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", "/stores/v3/products", "PRODUCT_CREATE"),
        ("POST", "/stores/v3/products-with-inventory", "PRODUCT_CREATE"),
        ("POST", "/stores/v3/bulk/products/create", "PRODUCT_CREATE"),
        ("PATCH", f"/stores/v3/products/{NOBODY}", "PRODUCT_UPDATE"),
        ("POST", "/stores/v3/bulk/products/update", "PRODUCT_UPDATE"),
        ("DELETE", f"/stores/v3/products/{NOBODY}", "PRODUCT_DELETE"),
        ("POST", "/stores/v3/bulk/products/delete", "PRODUCT_DELETE"),
        ("GET", f"/stores/v3/products/{NOBODY}", "PRODUCT_READ"),
        ("POST", "/stores/v3/products/query", "PRODUCT_READ"),
        ("POST", "/stores/v3/products/search", "PRODUCT_READ"),
        ("POST", "/stores/v3/products/count", "PRODUCT_READ"),
    ],
)
def test_each_call_needs_its_permission_and_no_other(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, permission: str
) -> None:
    body: Json | None = {} if method in {"POST", "PATCH"} else None
    every = {f"WIX_STORES.PRODUCT_{each}" for each in ("CREATE", "UPDATE", "DELETE", "READ")}

    wix.set_permissions(every - {f"WIX_STORES.{permission}"}, credential=canaries.API_KEY)
    without_it = admin.request(method, path, json=body)
    wix.set_permissions([f"WIX_STORES.{permission}"], credential=canaries.API_KEY)
    with_it = admin.request(method, path, json=body)

    assert without_it.status_code == 403
    assert with_it.status_code in {200, 400, 404}


def test_many_products_with_their_stock_need_two_permissions(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    needed = ["WIX_STORES.PRODUCT_CREATE", "WIX_STORES.INVENTORY_CREATE"]

    def status(*permissions: str) -> int:
        wix.set_permissions(permissions, credential=canaries.API_KEY)
        body = {"products": [mug()]}
        return admin.post("/stores/v3/bulk/products-with-inventory/create", json=body).status_code

    assert [status(needed[0]), status(needed[1]), status(*needed)] == [403, 403, 200]


def test_a_create_whose_answer_got_lost_has_created(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.add_fault(Fault(path="/stores/v3/*", reset="after"))

    with pytest.raises(httpx.TransportError):
        admin.post("/stores/v3/products", json={"product": mug()})

    assert len(wix.catalog.products()) == 1
    assert wix.requests("POST", "/stores/v3/products")[0].effect


def test_a_list_counts_as_no_effect(wix: WixSimulator, admin: httpx.Client) -> None:
    query(admin)
    search(admin)

    assert not any(each.effect for each in wix.requests())
