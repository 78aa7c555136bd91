"""Creating products on catalog V1: one by one, with variants and media, each once."""

from typing import Any

import pytest

from tests.unit.products.scene import (
    V1,
    V1_QUERY,
    VERSION,
    asked,
    counts,
    create,
    later,
    mug,
    mugs,
    names,
    paths,
    statuses,
    tee,
)
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.faults import Fault
from wix_admin.effects.once import SETTLE_SECONDS

pytestmark = pytest.mark.usefixtures("table", "on_v1")

PICTURE = {"url": "https://shop.example.com/mug.jpg"}
VARIANTS = f"{V1}/*/variants"
MEDIA = f"{V1}/*/media"
NOW = {"Retry-After": "0"}


@pytest.fixture
def on_v1(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"


def results(reply: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reply.json["results"]
    return found


def made(wix: WixSimulator) -> int:
    """How many calls to create a product were carried out."""
    return sum(each.effect for each in wix.requests("POST", V1))


# ---- What is made ---------------------------------------------------------------------------


def test_a_product_is_there_as_it_was_described(wix: WixSimulator) -> None:
    reply = create(mug(sku="MUG-1", compareAtPrice="24.99", media=[PICTURE]))

    [result] = results(reply)
    product = wix.catalog.product(result["productId"])
    assert (product["name"], product["sku"]) == ("Ceramic mug", "MUG-1")
    assert product["priceData"]["price"] == 24.99
    assert product["priceData"]["discountedPrice"] == 19.99
    assert [each["image"]["url"] for each in product["media"]["items"]] == [PICTURE["url"]]


def test_a_price_before_that_is_the_same_is_no_discount(wix: WixSimulator) -> None:
    create(mug(compareAtPrice="19.99"))

    [product] = wix.catalog.products()
    assert product["discount"]["type"] == "NONE"


def test_variants_have_their_own_prices_and_the_unsold_are_hidden(wix: WixSimulator) -> None:
    product = tee()
    product["options"][0]["choices"].append({"name": "L"})

    [result] = results(create(product))

    told = {
        each["choices"]["Size"]: each["variant"]
        for each in wix.catalog.product(result["productId"])["variants"]
    }
    assert {size: each["priceData"]["price"] for size, each in told.items()} == {
        "S": 20.0,
        "M": 22.0,
        "L": 20.0,
    }
    assert {size: each["visible"] for size, each in told.items()} == {
        "S": True,
        "M": True,
        "L": False,
    }
    assert [told["S"]["sku"], told["M"]["sku"]] == ["TEE-S", "TEE-M"]


def test_a_variant_costs_the_shop_what_is_told_of_it_or_of_its_product(wix: WixSimulator) -> None:
    product = tee(cost="7.50")
    product["variants"][1]["cost"] = "8"

    [result] = results(create(product))

    costs = {
        each["choices"]["Size"]: each["variant"]["costAndProfitData"]["itemCost"]
        for each in wix.catalog.product(result["productId"])["variants"]
    }
    assert costs == {"S": 7.5, "M": 8.0}


def test_a_product_gets_all_it_needs_before_the_next_is_made(wix: WixSimulator) -> None:
    create(tee(media=[PICTURE]), mug())

    first = wix.catalog.products()[0]["id"]
    assert paths(wix) == [
        V1_QUERY,
        V1,
        f"{V1}/{first}/variants",
        f"{V1}/{first}/media",
        V1_QUERY,
        V1,
    ]


def test_a_repetition_is_answered_as_the_first_time(wix: WixSimulator) -> None:
    products = [tee(media=[PICTURE]), mug()]
    first = create(*products)
    before = paths(wix)

    again = create(*products)

    assert again.json == first.json
    assert (first.replayed, again.replayed) == (False, True)
    assert paths(wix) == before


# ---- What this catalog does not have --------------------------------------------------------

SMALL = {"options": [{"name": "Size", "choices": [{"name": "S"}]}]}


def sold(**more: Any) -> dict[str, Any]:
    return mug(**SMALL, variants=[{"choices": {"Size": "S"}, **more}])


def choices(*counts: int) -> dict[str, Any]:
    options = [
        {"name": f"Option {place}", "choices": [{"name": str(each)} for each in range(count)]}
        for place, count in enumerate(counts)
    ]
    first = {f"Option {place}": "0" for place in range(len(counts))}
    return mug(options=options, variants=[{"choices": first}])


NOT_HERE = [
    ("productType", mug(productType="DIGITAL", digitalFileId="f-1")),
    ("handle", mug(handle="our-mug")),
    ("tags", mug(tags={"public": []})),
    ("barcode", mug(barcode="1")),
    ("description", mug(description="x" * 8001)),
    ("slug", mug(slug="x" * 101)),
    ("quantity", mug(quantity=1)),
    ("inStock", mug(inStock=False)),
    ("media/1/altText", mug(media=[PICTURE, {"url": "https://a.example/b", "altText": "B"}])),
    ("options", choices(101)),
    ("options", choices(40, 40)),
    ("compareAtPrice", sold() | {"compareAtPrice": "30"}),
    ("variants/0/compareAtPrice", sold(compareAtPrice="30")),
    ("variants/0/barcode", sold(barcode="2")),
    ("variants/0/quantity", sold(quantity=0)),
    ("variants/0/inStock", sold(inStock=True)),
]


def test_what_catalog_v1_does_not_have_is_refused_by_its_name(wix: WixSimulator) -> None:
    reply = create(mug(name="A"), *(product for _, product in NOT_HERE), mug(name="B"))

    assert statuses(reply) == ["done", *["refused"] * len(NOT_HERE), "done"]
    refused = [each["error"] for each in results(reply)[1:-1]]
    assert {each["code"] for each in refused} == {"not_in_this_catalog"}
    assert [each["field"] for each in refused] == [
        f"/products/{index}/{field}" for index, (field, _) in enumerate(NOT_HERE, 1)
    ]
    assert names(wix) == ["A", "B"]


def test_what_catalog_v1_just_has_is_taken(wix: WixSimulator) -> None:
    limits = [mug(description="x" * 8000), mug(slug="x" * 100), choices(100), choices(100, 10)]

    reply = create(*limits, dry_run=True)

    assert [each["status"] for each in reply.json["result"]["results"]] == ["planned"] * 4


def test_all_that_is_missing_is_named_at_once(wix: WixSimulator) -> None:
    reply = create(mug(handle="our-mug", barcode="1"))

    assert (reply.status, reply.code) == (422, "not_in_this_catalog")
    assert "a handle, a barcode" in reply.json["detail"]
    assert paths(wix) == []
    assert wix.catalog.products() == []


# ---- Lost answers ---------------------------------------------------------------------------


@pytest.mark.parametrize("product", [mug(sku="MUG-1"), mug()], ids=["by SKU", "by name"])
@pytest.mark.parametrize("how", [{"drop": "after"}, {"garbage": True}], ids=str)
def test_a_lost_answer_is_read_back(
    wix: WixSimulator, product: dict[str, Any], how: dict[str, Any]
) -> None:
    wix.catalog.add_product(name="Ceramic mug", sku="MUG-1")
    wix.add_fault(Fault(path=V1, **how))

    reply = create(product)

    assert statuses(reply) == ["done"]
    [_, new] = wix.catalog.products()
    assert results(reply)[0]["productId"] == new["id"]
    assert statuses(create(product)) == ["done"]
    assert made(wix) == 1


def test_two_products_with_one_name_are_told_apart(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=V1, skip=1, drop="before"))

    reply = create(mug(), mug(description="another"))

    assert statuses(reply) == ["done", "unknown"]
    assert len(wix.catalog.products()) == 1


def test_several_that_may_be_the_lost_one_leave_it_unknown(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=V1, drop="before"))
    assert create(mug()).code == "outcome_unknown"
    for _ in range(2):
        wix.catalog.add_product(name="Ceramic mug")

    later(SETTLE_SECONDS)
    reply = create(mug())

    assert reply.code == "outcome_unknown"
    assert "Several new products" in reply.json["detail"]
    assert made(wix) == 0


def test_what_never_came_is_sent_when_wix_cannot_be_at_work_on_it_any_more(
    wix: WixSimulator,
) -> None:
    wix.add_fault(Fault(path=V1, drop="before"))

    assert statuses(create(*mugs(2))) == ["unknown", "done"]
    later(SETTLE_SECONDS - 1)
    assert statuses(create(*mugs(2))) == ["unknown", "done"]
    later(SETTLE_SECONDS)
    assert statuses(create(*mugs(2))) == ["done", "done"]

    assert names(wix) == ["Mug 0", "Mug 1"]


# ---- What fails after the product is there --------------------------------------------------


@pytest.mark.parametrize(
    ("path", "part", "product"),
    [(VARIANTS, "variants", tee()), (MEDIA, "media", mug(media=[PICTURE]))],
    ids=["variants", "media"],
)
def test_what_may_pass_is_left_and_a_repetition_completes_the_product(
    wix: WixSimulator, path: str, part: str, product: dict[str, Any]
) -> None:
    wix.add_fault(Fault(path=path, status=429, headers=NOW, times=3))

    reply = create(product, mug(name="B"))

    assert statuses(reply) == ["left", "done"]
    result = results(reply)[0]
    assert result["error"] == result[f"{part}Error"]
    assert result["error"]["code"] == "wix_busy"
    assert result["error"]["field"] == f"/products/0/{part}"
    assert result["productId"] in result["error"]["detail"]
    assert counts(reply)["complete"] is False

    again = create(product, mug(name="B"))

    assert statuses(again) == ["done", "done"]
    assert not again.replayed
    assert results(again)[0]["productId"] == result["productId"]
    assert made(wix) == 2
    assert create(product, mug(name="B")).replayed


@pytest.mark.parametrize(
    ("path", "part", "product"),
    [(VARIANTS, "variants", tee()), (MEDIA, "media", mug(media=[PICTURE]))],
    ids=["variants", "media"],
)
def test_what_wix_refuses_is_told_of_a_product_that_is_there(
    wix: WixSimulator, path: str, part: str, product: dict[str, Any]
) -> None:
    wix.add_fault(Fault(path=path, status=400, body={"message": "no", "details": {}}))

    reply = create(product)

    [result] = results(reply)
    assert result["status"] == "done"
    assert "error" not in result
    assert result[f"{part}Error"]["code"] == "wix_refused"
    assert create(product).json == reply.json
    assert create(product).replayed
    assert made(wix) == 1


def test_one_product_that_lacks_something_fails_with_its_id(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=VARIANTS, status=429, headers=NOW, times=3))

    reply = create(tee())

    assert (reply.status, reply.code) == (503, "wix_busy")
    [product] = wix.catalog.products()
    assert product["id"] in reply.json["detail"]
    assert statuses(create(tee())) == ["done"]


def test_media_are_added_although_the_variants_fail(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=VARIANTS, status=400, body={"message": "no", "details": {}}))

    create(tee(media=[PICTURE]))

    [product] = wix.catalog.products()
    assert len(product["media"]["items"]) == 1


def test_an_answer_is_no_repetition_if_something_was_made_that_lacked(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=VARIANTS, status=429, headers=NOW, times=3))
    products = [tee(media=[PICTURE]), mug()]
    assert statuses(create(*products)) == ["left", "done"]

    again = create(*products)

    assert statuses(again) == ["done", "done"]
    assert not again.replayed
    [product, _] = wix.catalog.products()
    assert len(product["media"]["items"]) == 1


def test_media_whose_answer_got_lost_are_looked_for(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=MEDIA, drop="after"))

    assert statuses(create(mug(media=[PICTURE]))) == ["done"]

    [product] = wix.catalog.products()
    assert len(product["media"]["items"]) == 1


def test_media_that_never_came_are_sent_when_wix_cannot_be_at_work_on_them(
    wix: WixSimulator,
) -> None:
    wix.add_fault(Fault(path=MEDIA, drop="before"))
    products = [mug(media=[PICTURE]), mug(name="B")]
    first = create(*products)
    assert statuses(first) == ["unknown", "done"]
    assert results(first)[0]["productId"]

    later(SETTLE_SECONDS)

    assert statuses(create(*products)) == ["done", "done"]
    assert sum(each.effect for each in wix.requests(path=MEDIA)) == 1
    assert made(wix) == 2


def test_time_that_runs_out_is_answered_with_what_is_left(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=V1, skip=2, latency=3.1))

    reply = create(*mugs(5), seconds=17.5)

    assert statuses(reply) == ["done", "done", "done", "left", "left"]
    assert results(reply)[-1]["error"]["code"] == "out_of_time"
    assert statuses(create(*mugs(5))) == ["done"] * 5
    assert len(wix.catalog.products()) == 5


# ---- In a dry run ---------------------------------------------------------------------------


def test_a_dry_run_names_the_calls_that_follow(wix: WixSimulator) -> None:
    product = tee(media=[PICTURE])

    reply = create(product, dry_run=True)

    assert [each["path"] for each in reply.json["read"]] == [VERSION, V1_QUERY]
    assert [each["status"] for each in reply.json["result"]["results"]] == ["planned"]
    planned = reply.json["requests"]
    new = "<id of the new product>"
    assert [(each["method"], each["path"]) for each in planned] == [
        ("POST", V1),
        ("PATCH", f"{V1}/{new}/variants"),
        ("POST", f"{V1}/{new}/media"),
    ]
    assert wix.catalog.products() == []

    create(product)

    sent = [each.body for each in asked(wix) if each.effect]
    assert sent == [each["body"] for each in planned]
