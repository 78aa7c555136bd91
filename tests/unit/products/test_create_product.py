"""Creating products on catalog V3: each once, whatever gets lost, and what became of each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.aws import aws_client
from tests.unit.calls import call, invoke
from tests.unit.products.scene import (
    BULK,
    COUNT,
    QUERY,
    STOCKED,
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

pytestmark = pytest.mark.usefixtures("table")

ALL_DONE = {"refused": 0, "unknown": 0, "left": 0, "complete": True}


def results(reply: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reply.json["results"]
    return found


def bulk(*items: dict[str, Any], undetailed: int = 0) -> dict[str, Any]:
    """What Wix answers a bulk call."""
    return {
        "results": [{"itemMetadata": each} for each in items],
        "bulkActionMetadata": {"undetailedFailures": undetailed},
    }


def failed(code: str, index: int = 0) -> dict[str, Any]:
    return {"originalIndex": index, "success": False, "error": {"code": code}}


# ---- What is made ---------------------------------------------------------------------------


def test_a_product_is_there_as_it_was_described(wix: WixSimulator) -> None:
    reply = create(mug(sku="MUG-1", quantity=12, brand="Acme", description="<p>Holds coffee</p>"))

    [result] = results(reply)
    assert result == {"index": 0, "status": "done", "productId": result["productId"]}
    assert counts(reply) == {"done": 1, **ALL_DONE}
    product = wix.catalog.product(result["productId"])
    assert product["name"] == "Ceramic mug"
    assert product["brand"]["name"] == "Acme"
    assert product["plainDescription"] == "<p>Holds coffee</p>"
    assert wix.catalog.stock(result["productId"]) == 12


def test_variants_are_there_with_their_own_stock(wix: WixSimulator) -> None:
    product = tee()
    product["variants"][0]["quantity"] = 3
    product["variants"][1]["quantity"] = 0

    [result] = results(create(product))

    small, medium = wix.catalog.product(result["productId"])["variantsInfo"]["variants"]
    assert (small["sku"], small["price"]["actualPrice"]["amount"]) == ("TEE-S", "20.00")
    assert (medium["sku"], medium["price"]["actualPrice"]["amount"]) == ("TEE-M", "22.00")
    assert wix.catalog.stock(result["productId"], small["id"]) == 3
    assert wix.catalog.stock(result["productId"], medium["id"]) == 0


def test_a_key_is_required(wix: WixSimulator) -> None:
    reply = create(mug(), key=None)

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")
    assert asked(wix) == []


def test_a_repetition_is_answered_as_the_first_time(wix: WixSimulator) -> None:
    first = create(*mugs(3))
    again = create(*mugs(3))

    assert again.json == first.json
    assert (first.replayed, again.replayed) == (False, True)
    assert paths(wix) == [BULK]


def test_a_key_stands_for_one_request(wix: WixSimulator) -> None:
    create(mug())

    reply = create(mug(name="Another"))

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    assert names(wix) == ["Ceramic mug"]


def test_another_key_is_another_request(wix: WixSimulator) -> None:
    create(mug(), key="k-1")
    create(mug(), key="k-2")

    assert names(wix) == ["Ceramic mug"] * 2
    handles = {each["handle"] for each in wix.catalog.products()}
    assert len(handles) == 2


# ---- Wix's limits ---------------------------------------------------------------------------


def sizes(count: int) -> dict[str, Any]:
    choices = [{"name": str(each)} for each in range(count)]
    return {
        "name": f"Tee in {count}",
        "price": "1",
        "options": [{"name": "Size", "choices": choices}],
        "variants": [{"choices": {"Size": each["name"]}} for each in choices],
    }


def options(count: int) -> dict[str, Any]:
    return {
        "name": "Bag",
        "price": "1",
        "options": [
            {"name": f"Option {each}", "choices": [{"name": "A"}]} for each in range(count)
        ],
        "variants": [{"choices": {f"Option {each}": "A" for each in range(count)}}],
    }


@pytest.mark.parametrize(
    ("products", "calls"),
    [
        (mugs(100), [100]),
        (mugs(101), [100, 1]),
        ([sizes(600), sizes(400)], [2]),
        ([sizes(600), sizes(401)], [1, 1]),
        ([sizes(1000), mug()], [1, 1]),
        ([options(6)] * 16 + [options(4), mug()], [18]),
        ([options(6)] * 16 + [options(5), mug()], [16, 2]),
    ],
    ids=["100", "101", "1,000 variants", "1,001", "one with 1,000", "100 options", "101 options"],
)
def test_no_call_has_more_than_wix_takes(
    wix: WixSimulator, products: list[dict[str, Any]], calls: list[int]
) -> None:
    reply = create(*products)

    assert counts(reply) == {"done": len(products), **ALL_DONE}
    assert [len(each.body["products"]) for each in wix.requests(path=BULK)] == calls


def test_stock_is_sent_with_the_products_that_have_any(wix: WixSimulator) -> None:
    create(*mugs(100), mug(quantity=1))

    assert paths(wix) == [BULK, STOCKED]


# ---- A thousand -----------------------------------------------------------------------------


def test_a_thousand_products_are_made_with_one_invocation(
    wix: WixSimulator, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    wix.catalog.add_product(sku="MUG-450")

    reply = create(*mugs(1000))

    assert counts(reply) == {**ALL_DONE, "done": 999, "refused": 1}
    refused = results(reply)[450]
    assert refused["error"] == {
        "code": "conflict",
        "detail": "Another product has it already: change it, or leave it out",
        "field": "/products/450/sku",
        "wixCode": "SKU_ALREADY_EXIST_ERROR",
    }
    assert [each["index"] for each in results(reply)] == list(range(1000))
    assert len(wix.catalog.products()) == 1000
    assert paths(wix) == [BULK] * 10
    progress = [each for each in log_lines() if each["message"] == "Creating products"]
    assert [each["itemsSeen"] for each in progress] == list(range(100, 1001, 100))
    assert {each["itemsInAll"] for each in progress} == {1000}


def test_a_failure_in_the_middle_leaves_a_result_that_says_what_was_done(
    wix: WixSimulator,
) -> None:
    wix.add_fault(Fault(path=BULK, skip=2, status=429, times=3, headers={"Retry-After": "0"}))

    reply = create(*mugs(1000))

    assert counts(reply) == {
        "done": 200,
        "refused": 0,
        "unknown": 0,
        "left": 800,
        "complete": False,
    }
    assert results(reply)[199]["status"] == "done"
    assert results(reply)[200]["status"] == "left"
    assert results(reply)[200]["error"]["code"] == "wix_busy"
    assert len(wix.catalog.products()) == 200

    again = create(*mugs(1000))

    assert counts(again) == {"done": 1000, **ALL_DONE}
    assert not again.replayed
    assert results(again)[:200] == results(reply)[:200]
    assert len(wix.catalog.products()) == 1000


def test_time_that_runs_out_is_answered_with_what_is_left(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=BULK, skip=1, latency=3.1))

    reply = create(*mugs(500), seconds=22.5)

    assert counts(reply) == {
        "done": 200,
        "refused": 0,
        "unknown": 0,
        "left": 300,
        "complete": False,
    }
    assert results(reply)[-1]["error"]["code"] == "out_of_time"
    assert len(wix.catalog.products()) == 200

    assert counts(create(*mugs(500))) == {"done": 500, **ALL_DONE}
    assert len(wix.catalog.products()) == 500


def test_with_too_little_time_for_anything_the_request_fails_as_a_whole(
    wix: WixSimulator,
) -> None:
    reply = create(*mugs(2), seconds=10)

    assert (reply.status, reply.code) == (503, "out_of_time")
    assert names(wix) == []
    assert statuses(create(*mugs(2))) == ["done", "done"]


# ---- What Wix refuses -----------------------------------------------------------------------


def test_a_product_that_wix_refuses_hinders_no_other(wix: WixSimulator) -> None:
    wix.catalog.add_product(fields={"slug": "taken"})

    reply = create(mug(name="A"), mug(name="B", slug="taken"), mug(name="C"))

    assert statuses(reply) == ["done", "refused", "done"]
    assert counts(reply)["complete"] is True
    assert results(reply)[1]["error"]["field"] == "/products/1/slug"
    assert statuses(create(mug(name="A"), mug(name="B", slug="taken"), mug(name="C"))) == [
        "done",
        "refused",
        "done",
    ]
    assert len(paths(wix)) == 1


def test_one_product_that_is_refused_is_the_answer(wix: WixSimulator) -> None:
    wix.catalog.add_product(sku="MUG-1")

    reply = create(mug(sku="MUG-1"))

    assert (reply.status, reply.code) == (409, "conflict")
    assert reply.json["wixCode"] == "SKU_ALREADY_EXIST_ERROR"
    assert reply.fields == ["/products/0/sku"]
    assert create(mug(sku="MUG-1")).replayed


REFUSALS = {
    "SKU_ALREADY_EXIST_ERROR": ("conflict", "/sku"),
    "BARCODE_ALREADY_EXIST_ERROR": ("conflict", "/barcode"),
    "DUPLICATE_SLUG_ERROR": ("conflict", "/slug"),
    "RIBBON_NOT_FOUND": ("not_found", "/ribbon"),
    "PRODUCT_MEDIA_NOT_EXIST": ("not_found", "/media"),
    "PRODUCTS_LIMIT_EXCEEDED": ("wix_forbids", ""),
    "ONLY_SPACES_STRING_ERROR": ("wix_refused", ""),
    "A_CODE_OF_TOMORROW": ("wix_refused", ""),
}


def test_each_refusal_has_a_code_and_a_field(wix: WixSimulator) -> None:
    body = bulk(*(failed(code, index) for index, code in enumerate(REFUSALS)))
    wix.add_fault(Fault(path=BULK, status=200, body=body))

    reply = create(*mugs(len(REFUSALS)))

    assert statuses(reply) == ["refused"] * len(REFUSALS)
    errors = [each["error"] for each in results(reply)]
    assert [each["wixCode"] for each in errors] == list(REFUSALS)
    assert [(each["code"], each["field"]) for each in errors] == [
        (code, f"/products/{index}{field}") for index, (code, field) in enumerate(REFUSALS.values())
    ]


def test_a_call_that_is_refused_for_one_product_is_made_without_it(wix: WixSimulator) -> None:
    products = [mug(name="A"), mug(name="B", slug="No slug!"), mug(name="C", slug="?")]

    reply = create(*products, mug(name="D"))

    assert statuses(reply) == ["done", "refused", "refused", "done"]
    error = results(reply)[1]["error"]
    assert (error["code"], error["field"]) == ("wix_refused", "/products/1/slug")
    assert error["wixCode"] == "INVALID_SLUG_FORMAT"
    assert names(wix) == ["A", "D"]
    assert paths(wix) == [BULK] * 3


def test_a_call_that_is_refused_for_every_product_makes_none(wix: WixSimulator) -> None:
    reply = create(mug(slug="?"), mug(slug="!"))

    assert statuses(reply) == ["refused", "refused"]
    assert names(wix) == []
    assert paths(wix) == [BULK] * 2


def test_a_call_is_not_made_again_for_ever(wix: WixSimulator) -> None:
    reply = create(*(mug(slug="?" * (each + 1)) for each in range(9)))

    assert statuses(reply) == ["refused"] * 9
    assert len(paths(wix)) == 6


def test_a_call_that_is_refused_as_a_whole_is_refused_for_each_of_its_products(
    wix: WixSimulator,
) -> None:
    code = {"applicationError": {"code": "TOO_MANY_OPTIONS_IN_REQUEST"}}
    wix.add_fault(Fault(path=BULK, status=428, body={"message": "", "details": code}))

    reply = create(*mugs(101))

    assert counts(reply) == {**ALL_DONE, "done": 1, "refused": 100}
    assert results(reply)[0]["error"]["code"] == "wix_forbids"
    assert statuses(create(*mugs(101)))[0] == "refused"
    assert len(paths(wix)) == 2


# ---- What may pass --------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["BRAND_CREATION_FAILED", "INTERNAL", "UNAVAILABLE"])
def test_only_products_that_wix_stumbled_over_are_sent_again(wix: WixSimulator, code: str) -> None:
    body = bulk({"id": "p-1", "success": True}, failed(code, 1))
    wix.add_fault(Fault(path=BULK, status=200, body=body))

    reply = create(mug(name="A"), mug(name="B"))

    assert counts(reply) == {"done": 2, **ALL_DONE}
    assert [len(each.body["products"]) for each in wix.requests(path=BULK)] == [2, 1]
    assert names(wix) == ["B"]


def test_a_product_that_fails_each_time_is_left_for_a_repetition(wix: WixSimulator) -> None:
    body = bulk(failed("INTERNAL"))
    wix.add_fault(Fault(path=BULK, status=200, body=body, times=3))

    reply = create(mug())

    assert (reply.status, reply.code) == (503, "wix_unavailable")
    assert paths(wix).count(BULK) == 3
    assert statuses(create(mug())) == ["done"]
    assert names(wix) == ["Ceramic mug"]


def test_products_that_wix_tells_nothing_of_are_looked_for_before_they_are_sent_again(
    wix: WixSimulator,
) -> None:
    [_, second, third] = handles(3)
    there = wix.catalog.add_product(name="Mug 1", fields={"handle": second})
    wix.add_fault(
        Fault(path=BULK, status=200, body=bulk({"id": "p-1", "success": True}, undetailed=2))
    )

    reply = create(*mugs(3))

    assert counts(reply) == {"done": 3, **ALL_DONE}
    assert results(reply)[1]["productId"] == there["id"]
    assert paths(wix) == [BULK, QUERY, BULK]
    assert [each["handle"] for each in asked(wix)[-1].body["products"]] == [third]


# ---- Lost answers ---------------------------------------------------------------------------


def handles(count: int, **more: Any) -> list[str]:
    """The handles that the products of a request get, as a dry run tells them."""
    reply = create(*mugs(count, **more), dry_run=True)
    return [each["handle"] for each in reply.json["requests"][0]["body"]["products"]]


LOST = {
    "dropped": {"drop": "after"},
    "garbage": {"garbage": True},
    "502": {"status": 502, "effect": True},
}


@pytest.mark.parametrize("how", LOST)
def test_a_lost_answer_is_read_back_by_the_handles(wix: WixSimulator, how: str) -> None:
    fault: Any = LOST[how]
    wix.add_fault(Fault(path=BULK, **fault))

    reply = create(*mugs(150))

    assert counts(reply) == {"done": 150, **ALL_DONE}
    assert paths(wix) == [BULK, QUERY, BULK]
    made = {each["name"]: each["id"] for each in wix.catalog.products()}
    assert [each["productId"] for each in results(reply)] == [
        made[f"Mug {index}"] for index in range(150)
    ]


def test_stock_whose_answer_got_lost_is_told_to_be_unsure(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=STOCKED, drop="after"))

    reply = create(mug(quantity=3), mug(name="Other"))

    with_stock, without = results(reply)
    assert with_stock["status"] == "done"
    assert with_stock["inventoryError"]["code"] == "outcome_unknown"
    assert "update_inventory" in with_stock["inventoryError"]["detail"]
    assert "inventoryError" not in without


def test_what_is_not_seen_yet_is_unknown_and_never_made_twice(wix: WixSimulator) -> None:
    empty: dict[str, Any] = {"products": [], "pagingMetadata": {}}
    wix.add_fault(Fault(path=BULK, drop="after"))
    wix.add_fault(Fault(path=QUERY, status=200, body=empty, times=2))

    assert statuses(create(*mugs(2))) == ["unknown", "unknown"]
    assert statuses(create(*mugs(2))) == ["unknown", "unknown"]
    reply = create(*mugs(2))

    assert counts(reply) == {"done": 2, **ALL_DONE}
    assert len(wix.catalog.products()) == 2
    assert paths(wix).count(BULK) == 1


def test_what_never_came_is_sent_when_wix_cannot_be_at_work_on_it_any_more(
    wix: WixSimulator,
) -> None:
    wix.add_fault(Fault(path=BULK, drop="before"))

    assert statuses(create(*mugs(2))) == ["unknown", "unknown"]
    later(SETTLE_SECONDS - 1)
    assert statuses(create(*mugs(2))) == ["unknown", "unknown"]
    later(SETTLE_SECONDS)
    assert statuses(create(*mugs(2))) == ["done", "done"]

    assert paths(wix).count(BULK) == 2
    assert len(wix.catalog.products()) == 2


def test_of_a_call_that_was_carried_out_in_part_the_rest_is_sent_when_it_is_over(
    wix: WixSimulator,
) -> None:
    first, second, third = handles(3)
    for number, handle in enumerate((first, third)):
        wix.catalog.add_product(name=f"Mug {number * 2}", fields={"handle": handle})
    wix.add_fault(Fault(path=BULK, drop="before"))

    reply = create(*mugs(3))

    assert statuses(reply) == ["done", "unknown", "done"]
    assert counts(reply)["complete"] is False
    assert statuses(create(*mugs(3))) == ["done", "unknown", "done"]

    later(SETTLE_SECONDS)
    reply = create(*mugs(3))

    assert counts(reply) == {"done": 3, **ALL_DONE}
    assert not reply.replayed
    assert names(wix) == ["Mug 0", "Mug 1", "Mug 2"]
    assert [each["handle"] for each in wix.requests(path=BULK)[-1].body["products"]] == [second]
    assert statuses(create(*mugs(3))) == ["done"] * 3
    assert len(wix.requests(path=BULK)) == 2


def test_what_appears_late_after_all_is_found_and_not_made_twice(wix: WixSimulator) -> None:
    first, second = handles(2)
    wix.catalog.add_product(name="Mug 0", fields={"handle": first})
    wix.add_fault(Fault(path=BULK, drop="before"))
    assert statuses(create(*mugs(2))) == ["done", "unknown"]

    late = wix.catalog.add_product(name="Mug 1", fields={"handle": second})

    reply = create(*mugs(2))
    assert counts(reply) == {"done": 2, **ALL_DONE}
    assert results(reply)[1]["productId"] == late["id"]
    assert len(wix.requests(path=BULK)) == 1


def test_hidden_products_are_not_taken_for_missing_by_who_may_not_see_them(
    wix: WixSimulator,
) -> None:
    wix.set_permissions(
        {
            "WIX_STORES.CATALOG_VERSION_READ",
            "WIX_STORES.PRODUCT_CREATE",
            "WIX_STORES.PRODUCT_READ",
        }
    )
    wix.add_fault(Fault(path=BULK, drop="after"))
    assert create(mug(visible=False)).code == "outcome_unknown"

    later(SETTLE_SECONDS)
    reply = create(mug(visible=False))

    assert reply.code == "outcome_unknown"
    assert "WIX_STORES.PRODUCT_READ_NON_VISIBLE" in reply.json["detail"]
    assert len(wix.catalog.products()) == 1

    wix.set_permissions(None)
    assert statuses(create(mug(visible=False))) == ["done"]
    assert len(wix.catalog.products()) == 1
    assert paths(wix).count(COUNT) == 2


def test_no_permission_is_asked_for_that_wix_did_not_miss(wix: WixSimulator) -> None:
    details = {"applicationError": {"code": "SOMETHING_ELSE"}}
    wix.add_fault(Fault(path=COUNT, status=428, body={"message": "", "details": details}))

    reply = create(mug(visible=False, handle="our-mug"))

    assert (reply.status, reply.json["wixCode"]) == (409, "SOMETHING_ELSE")
    assert "PRODUCT_READ_NON_VISIBLE" not in reply.json["detail"]


# ---- Handles of the caller's ----------------------------------------------------------------


def test_a_handle_of_the_callers_is_kept(wix: WixSimulator) -> None:
    create(mug(handle="our-mug"))

    [product] = wix.catalog.products()
    assert product["handle"] == "our-mug"


def test_a_handle_that_is_taken_is_refused_without_asking_wix_to_make_it(
    wix: WixSimulator,
) -> None:
    wix.catalog.add_product(name="Old", fields={"handle": "our-mug"})

    reply = create(mug(name="A", handle="our-mug"), mug(name="B", handle="free"))

    assert statuses(reply) == ["refused", "done"]
    error = results(reply)[0]["error"]
    assert (error["code"], error["field"]) == ("conflict", "/products/0/handle")
    assert names(wix) == ["B", "Old"]


def test_a_handle_that_is_taken_is_not_taken_for_the_lost_product(wix: WixSimulator) -> None:
    wix.catalog.add_product(name="Old", fields={"handle": "our-mug"})
    wix.add_fault(Fault(path=BULK, drop="after"))

    reply = create(mug(name="A", handle="our-mug"), mug(name="B", handle="free"))

    assert statuses(reply) == ["refused", "done"]
    assert names(wix) == ["B", "Old"]


def test_a_handle_that_is_taken_is_refused_whatever_becomes_of_the_others(
    wix: WixSimulator,
) -> None:
    wix.catalog.add_product(name="Old", fields={"handle": "our-mug"})
    wix.add_fault(Fault(path=BULK, drop="before"))

    reply = create(mug(name="A", handle="our-mug"), mug(name="B"))

    assert statuses(reply) == ["refused", "unknown"]


def test_a_product_with_a_handle_of_the_callers_is_read_back_too(wix: WixSimulator) -> None:
    wix.add_fault(Fault(path=BULK, drop="after"))

    assert statuses(create(mug(handle="our-mug"))) == ["done"]
    assert len(wix.catalog.products()) == 1


# ---- Stock that is not set ------------------------------------------------------------------


def with_stock(products: dict[str, Any], inventory: dict[str, Any]) -> Fault:
    body = {"productResults": products, "inventoryResults": inventory}
    return Fault(path=STOCKED, status=200, body=body)


THREE = bulk(
    {"id": "p-0", "success": True},
    {"id": "p-1", "originalIndex": 1, "success": True},
    {"id": "p-2", "originalIndex": 2, "success": True},
)


def stocked() -> list[dict[str, Any]]:
    return [mug(name="A", quantity=1), mug(name="B"), mug(name="C", inStock=True)]


def test_a_product_whose_stock_was_not_set_is_there_and_says_how_to_go_on(
    wix: WixSimulator,
) -> None:
    wix.add_fault(
        with_stock(THREE, bulk({"id": "i-0", "success": True}, failed("PRE_ORDER_VALIDATION", 1)))
    )

    reply = create(*stocked())

    assert counts(reply) == {"done": 3, **ALL_DONE}
    assert ["inventoryError" in each for each in results(reply)] == [False, False, True]
    assert results(reply)[2]["inventoryError"] == {
        "code": "wix_refused",
        "detail": "The product is there, its stock is not set: set it with update_inventory",
        "field": "/products/2/quantity",
        "wixCode": "PRE_ORDER_VALIDATION",
    }
    assert results(create(*stocked())) == results(reply)


@pytest.mark.parametrize(
    "inventory",
    [
        {"error": {"code": "INTERNAL"}},
        bulk({"id": "i-0", "success": True}, {"id": "i-1", "originalIndex": 1, "success": True})
        | {"error": {"code": "INTERNAL"}},
        bulk({"id": "i-0", "success": True}),
        bulk({"id": "i-0", "success": True}, failed("X", 1), undetailed=1),
        bulk({"id": "i-0", "success": True}, failed("X", 7)),
        {},
        None,
    ],
    ids=[
        "an error",
        "an error beside results",
        "too few",
        "undetailed",
        "another number",
        "empty",
        "none",
    ],
)
def test_where_wix_does_not_tell_whose_stock_was_not_set_it_may_be_anybodys(
    wix: WixSimulator, inventory: Any
) -> None:
    wix.add_fault(with_stock(THREE, inventory))

    reply = create(*stocked())

    assert counts(reply) == {"done": 3, **ALL_DONE}
    errors = [each.get("inventoryError", {}).get("code") for each in results(reply)]
    assert errors == ["outcome_unknown", None, "outcome_unknown"]


def test_stock_is_counted_through_the_products_that_were_made(wix: WixSimulator) -> None:
    made = bulk(
        failed("DUPLICATE_SLUG_ERROR"), *[each["itemMetadata"] for each in THREE["results"][1:]]
    )
    wix.add_fault(with_stock(made, bulk(failed("PRE_ORDER_VALIDATION"))))

    reply = create(*stocked())

    assert statuses(reply) == ["refused", "done", "done"]
    assert ["inventoryError" in each for each in results(reply)] == [False, False, True]


# ---- The site -------------------------------------------------------------------------------


def test_the_version_of_the_catalog_is_asked_once_for_all_requests(wix: WixSimulator) -> None:
    create(mug(), key="k-1")
    create(mug(), key="k-2")

    assert len(wix.requests(path=VERSION)) == 1


def test_a_site_without_stores_says_so(wix: WixSimulator) -> None:
    wix.catalog.version = "STORES_NOT_INSTALLED"

    reply = create(mug())

    assert (reply.status, reply.code) == (409, "app_missing")


def test_a_site_that_lost_its_stores_says_so(wix: WixSimulator) -> None:
    create(mug(), key="k-1")
    wix.catalog.version = "STORES_NOT_INSTALLED"

    reply = create(mug(), key="k-2")

    assert (reply.status, reply.code) == (409, "app_missing")
    assert reply.json["wixCode"] == "REQUIRED_APP_NOT_INSTALLED"
    wix.catalog.version = "V3_CATALOG"
    assert statuses(create(mug(), key="k-2")) == ["done"]


def test_a_site_that_is_being_moved_says_to_ask_later(wix: WixSimulator) -> None:
    wix.catalog.version = "PROVISIONING"

    reply = create(mug())

    assert (reply.status, reply.code) == (503, "catalog_moving")
    assert reply.json["retryable"] is True


def test_a_site_that_was_moved_to_v3_is_asked_again(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    create(mug(), key="k-1")
    wix.catalog.version = "V3_CATALOG"

    reply = create(mug(handle="only-on-v3"), mug(), key="k-2")

    assert statuses(reply) == ["done", "done"]
    assert len(wix.requests(path=VERSION)) == 2


def test_a_permission_that_is_missing_is_named(wix: WixSimulator) -> None:
    wix.set_permissions({"WIX_STORES.CATALOG_VERSION_READ"})

    reply = create(mug())

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert "WIX_STORES.PRODUCT_CREATE" in reply.json["detail"]
    wix.set_permissions(None)
    assert statuses(create(mug())) == ["done"]


@pytest.mark.parametrize("granted", ["PRODUCT_CREATE", "INVENTORY_CREATE"])
def test_products_with_their_stock_take_two_permissions_and_both_are_named(
    wix: WixSimulator, granted: str
) -> None:
    wix.set_permissions({"WIX_STORES.CATALOG_VERSION_READ", f"WIX_STORES.{granted}"})

    reply = create(mug(quantity=1))

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert "WIX_STORES.PRODUCT_CREATE and WIX_STORES.INVENTORY_CREATE" in reply.json["detail"]


def test_what_was_begun_on_the_former_catalog_is_not_made_again_on_the_new_one(
    wix: WixSimulator,
) -> None:
    wix.catalog.version = "V1_CATALOG"
    products = [mug(barcode="1"), *mugs(4)]
    busy = Fault(path="/stores/v1/products", skip=2, status=429, headers={"Retry-After": "0"})
    wix.add_fault(replace(busy, times=3))
    begun = create(*products)
    assert statuses(begun) == ["refused", "done", "done", "left", "left"]

    wix.catalog.version = "V3_CATALOG"
    for _ in range(2):
        again = create(*products)
        assert statuses(again) == ["refused", "done", "done", "left", "left"]
        assert results(again)[:3] == results(begun)[:3]
        assert results(again)[3]["error"]["code"] == "wrong_catalog"
        assert not again.replayed

    assert wix.catalog.products() == []


def test_what_may_have_been_made_on_the_former_catalog_is_not_made_on_the_new_one(
    wix: WixSimulator,
) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.add_fault(Fault(path="/stores/v1/products", drop="before"))
    assert create(mug()).code == "outcome_unknown"

    wix.catalog.version = "V3_CATALOG"
    later(SETTLE_SECONDS)

    assert create(mug()).code == "outcome_unknown"
    assert wix.catalog.products() == []


def test_a_request_that_was_done_on_the_former_catalog_is_answered_as_it_was(
    wix: WixSimulator,
) -> None:
    wix.catalog.version = "V1_CATALOG"
    first = create(*mugs(2))

    wix.catalog.version = "V3_CATALOG"
    again = create(*mugs(2))

    assert again.json == first.json
    assert again.replayed


# ---- Elsewhere ------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing_and_tells_every_call(wix: WixSimulator, table: str) -> None:
    wix.catalog.add_product(name="Old", fields={"handle": "taken"})
    products = [*mugs(100), mug(handle="taken"), mug(quantity=1)]

    reply = create(*products, dry_run=True)

    assert reply.status == 200
    assert reply.json["dryRun"] is True
    requests = reply.json["requests"]
    assert [each["path"] for each in requests] == [BULK, STOCKED]
    assert [each["path"] for each in reply.json["read"]] == [VERSION, QUERY]
    told = [each["status"] for each in reply.json["result"]["results"]]
    assert told == ["planned"] * 100 + ["refused", "planned"]
    assert names(wix) == ["Old"]
    assert aws_client("dynamodb").scan(TableName=table)["Items"] == []

    create(*products)

    assert [each.body for each in asked(wix) if each.effect] == [each["body"] for each in requests]


def test_an_invocation_that_does_many_at_once_says_how_far_it_got(wix: WixSimulator) -> None:
    event = {"idempotencyKey": "k-1", "products": mugs(250)}

    answer = invoke("products/create_product", event, seconds=300)

    assert (answer["done"], answer["complete"]) == (250, True)


def test_no_product_is_logged(
    wix: WixSimulator, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    wix.catalog.add_product(sku="a secret sku")

    create(mug(sku="a secret sku", name="a secret name"), mug(description="a secret text"))
    create(mug(price="no secret price"), key="k-2")

    assert "secret" not in str(log_lines())


def test_too_many_products_are_refused(wix: WixSimulator) -> None:
    reply = call("products/create_product", {"products": [mug()] * 5001}, key="k-1")

    assert (reply.status, reply.fields) == (400, ["/products"])
    assert asked(wix) == []
