"""Listing products, page by page, on whichever catalog the site has."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.calls import Reply, call
from tests.unit.products.scene import QUERY, V1_QUERY, VERSION, paths
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.faults import Fault
from wix_admin.wix.cursors import MAX_LENGTH, seal

READS = {
    "WIX_STORES.CATALOG_VERSION_READ",
    "WIX_STORES.PRODUCT_READ",
    "WIX_STORES.READ_PRODUCTS",
}


def query(**body: Any) -> Reply:
    return call("products/query_products", body)


def pages(
    *, between: Callable[[], object] = lambda: None, **body: Any
) -> tuple[list[str], list[Reply]]:
    """Read a list to its end; the ids in it, and the answers."""
    replies = [query(**body)]
    while replies[-1].json.get("cursor"):
        between()
        replies.append(query(cursor=replies[-1].json["cursor"], limit=body.get("limit", 50)))
    for reply in replies:
        assert reply.json["hasMore"] is ("cursor" in reply.json)
    return [each["id"] for reply in replies for each in reply.json["items"]], replies


@pytest.mark.parametrize("catalog", ["V1_CATALOG", "V3_CATALOG"])
@pytest.mark.parametrize("count", [0, 1, 6, 7])
def test_a_list_has_every_product_once(wix: WixSimulator, catalog: Any, count: int) -> None:
    wix.catalog.version = catalog
    there = wix.catalog.seed(count)

    found, replies = pages(limit=3)

    assert sorted(found) == sorted(there)
    assert {reply.json["catalog"] for reply in replies} == {catalog}
    assert len(replies) == max(1, -(-count // 3))


def test_a_product_is_told_as_wix_tells_it(wix: WixSimulator) -> None:
    wix.catalog.add_product(name="Tee", price="20.50", fields={"slug": "tee"})

    [product] = query(fields=["CURRENCY"]).json["items"]

    assert product["name"] == "Tee"
    assert product["actualPriceRange"]["minValue"]["amount"] == "20.50"
    assert product["currency"] == "USD"


def test_on_catalog_v1_a_product_is_told_with_its_variants(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.catalog.add_product(variants=[({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", 0)])

    [product] = query().json["items"]

    assert product["priceData"]["price"] == 19.99
    assert [each["variant"]["sku"] for each in product["variants"]] == ["TEE-S", "TEE-M"]


@pytest.mark.parametrize("catalog", ["V1_CATALOG", "V3_CATALOG"])
def test_a_filter_and_a_sort_go_with_the_cursor(wix: WixSimulator, catalog: Any) -> None:
    wix.catalog.version = catalog
    for slug in ("m-1", "n-1", "m-3", "m-2"):
        wix.catalog.add_product(name=slug, fields={"slug": slug})

    _, replies = pages(
        filter={"slug": {"$startsWith": "m-"}},
        sort=[{"fieldName": "slug", "order": "DESC"}],
        limit=2,
    )

    slugs = [each["slug"] for reply in replies for each in reply.json["items"]]
    assert slugs == ["m-3", "m-2", "m-1"]


def test_a_list_is_sorted_by_up_to_five_fields(wix: WixSimulator) -> None:
    wix.catalog.seed(2)
    fields = ["visible", "slug", "createdDate", "updatedDate", "slug", "visible"]
    sort = [{"fieldName": each} for each in fields]

    five, six = query(sort=sort[:5]), query(sort=sort)

    assert (five.status, six.status, six.fields) == (200, 400, ["/sort"])


def test_what_else_is_told_goes_with_the_cursor(wix: WixSimulator) -> None:
    wix.catalog.seed(3)

    _, replies = pages(fields=["CURRENCY"], limit=2)

    assert {each["currency"] for reply in replies for each in reply.json["items"]} == {"USD"}


@pytest.mark.parametrize(
    ("paging", "more"),
    [
        ({"cursors": {"next": "c"}, "hasNext": True}, True),
        ({"cursors": {"next": "c"}}, True),
        ({"cursors": {"next": "c"}, "hasNext": False}, False),
        ({"cursors": {"next": ""}, "hasNext": True}, False),
        ({}, False),
        (None, False),
    ],
)
def test_a_list_ends_when_wix_says_so_in_any_way(
    wix: WixSimulator, paging: Any, *, more: bool
) -> None:
    body = {"products": [{"id": "p-1"}], "pagingMetadata": paging}
    wix.add_fault(Fault(path=QUERY, status=200, body=body))

    reply = query().json

    assert (reply["hasMore"], "cursor" in reply) == (more, more)


@pytest.mark.parametrize("catalog", ["V1_CATALOG", "V3_CATALOG"])
def test_hidden_products_are_told_to_whom_may_see_them(wix: WixSimulator, catalog: Any) -> None:
    wix.catalog.version = catalog
    shown = wix.catalog.add_product(name="Shown")
    hidden = wix.catalog.add_product(name="Hidden", visible=False)

    everything, _ = pages()
    wix.set_permissions(READS)
    some, _ = pages()

    assert set(everything) == {shown["id"], hidden["id"]}
    assert some == [shown["id"]]


# ---- Catalog V1 -----------------------------------------------------------------------------


def test_catalog_v1_has_another_name_for_one_of_several(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    for name in "abc":
        wix.catalog.add_product(name=name, sku=name.upper())

    found = query(filter={"sku": {"$hasSome": ["C", "A"]}})
    refused = query(filter={"sku": {"$in": ["C", "A"]}, "id": {"$in": ["1"]}, "name": "a"})

    assert [each["name"] for each in found.json["items"]] == ["a", "c"]
    assert (refused.status, refused.code) == (422, "not_in_this_catalog")
    assert refused.fields == ["/filter/sku/$in", "/filter/id/$in"]
    assert "$hasSome" in refused.json["detail"]


def test_a_walk_by_number_misses_nothing_that_is_deleted_or_added(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    there = wix.catalog.seed(4)
    new: list[str] = []

    found, replies = pages(
        between=lambda: new.append(wix.catalog.add_product()["id"]) if len(new) < 2 else None,
        filter={"price": {"$gt": 1}},
        limit=2,
    )

    assert found == [*there, *new]
    assert all("shifted" not in reply.json for reply in replies)


def test_a_sorted_list_says_that_it_changed_under_the_reader(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.catalog.seed(5)
    sort = [{"fieldName": "name"}]

    _, still = pages(sort=sort, limit=2)
    added: list[Any] = []

    def add_one() -> None:
        if not added:
            added.append(wix.catalog.add_product(name="A"))

    _, moved = pages(sort=sort, limit=2, between=add_one)

    assert [reply.json["shifted"] for reply in still] == [False, False, False]
    assert [reply.json["shifted"] for reply in moved] == [False, True, True]


def test_a_list_that_is_filtered_by_number_is_paged_by_offset(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    there = wix.catalog.seed(5)
    first = int(wix.catalog.product(there[0])["numericId"])

    found, replies = pages(filter={"numericId": {"$gt": first}}, limit=2)

    assert found == there[1:]
    assert [reply.json["shifted"] for reply in replies] == [False, False]


def test_catalog_v1_takes_no_fields(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"

    reply = query(fields=["CURRENCY"])

    assert (reply.status, reply.code, reply.fields) == (422, "not_in_this_catalog", ["/fields"])
    assert paths(wix) == []


# ---- What is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("catalog", ["V1_CATALOG", "V3_CATALOG"])
def test_a_filter_that_is_not_checked_is_for_wix_to_refuse(wix: WixSimulator, catalog: Any) -> None:
    wix.catalog.version = catalog
    wrong = {"color of the sky": "blue"}

    checked, unchecked = query(filter=wrong), query(filter=wrong, unchecked=True)

    assert (checked.code, checked.fields) == ("invalid_input", ["/filter/color of the sky"])
    assert (unchecked.status, unchecked.code) == (400, "wix_refused")


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("V3_CATALOG", {"filter": {"sku": "MUG"}}),
        ("V3_CATALOG", {"filter": {"slug": {"$contains": "mug"}}}),
        ("V3_CATALOG", {"sort": [{"fieldName": "price"}]}),
        ("V1_CATALOG", {"filter": {"handle": "mug"}}),
        ("V1_CATALOG", {"sort": [{"fieldName": "updatedDate"}]}),
    ],
)
def test_what_only_the_other_catalog_has_is_told_apart_from_mistakes(
    wix: WixSimulator, version: Any, body: dict[str, Any]
) -> None:
    wix.catalog.version = version

    reply = query(**body)

    assert (reply.status, reply.code) == (422, "not_in_this_catalog")
    assert f"On this catalog ({version[:2]})" in reply.json["errors"][0]["detail"]
    assert paths(wix) == []


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        seal("orders.search", "x"),
        seal("products.query", "x"),
        seal("products.query", "{}"),
        seal("products.query", '{"catalog": "V3_CATALOG", "no": 1}'),
        seal("products.query", '{"catalog": "V3_CATALOG", "fields": "name"}'),
        seal("products.query", '{"catalog": "V1_CATALOG", "start": "1"}'),
        seal("products.query", '{"catalog": "V1_CATALOG", "start": -1}'),
    ],
)
def test_a_cursor_of_something_else_is_refused(wix: WixSimulator, cursor: str) -> None:
    reply = query(cursor=cursor)

    assert (reply.status, reply.fields) == (400, ["/cursor"])
    assert paths(wix) == []


@pytest.mark.parametrize(
    "beside",
    [{"filter": {"visible": True}}, {"sort": [{"fieldName": "slug"}]}, {"fields": ["URL"]}],
)
def test_a_cursor_comes_with_nothing_but_a_limit(wix: WixSimulator, beside: dict[str, Any]) -> None:
    wix.catalog.seed(2)
    cursor = query(limit=1).json["cursor"]

    assert query(cursor=cursor, **beside).status == 400


def test_a_filter_that_no_cursor_can_hold_is_refused(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.catalog.seed(2)

    reply = query(filter={"name": {"$ne": "x" * MAX_LENGTH}}, limit=1)

    assert (reply.status, reply.fields) == (400, ["/filter"])


def test_a_list_that_was_begun_on_another_catalog_is_begun_anew(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.catalog.seed(2)
    cursor = query(limit=1).json["cursor"]
    wix.catalog.version = "V3_CATALOG"

    reply = query(cursor=cursor)

    assert (reply.status, reply.code) == (409, "wrong_catalog")
    assert query().json["catalog"] == "V3_CATALOG"


def test_a_list_of_the_new_catalog_goes_on_in_a_process_that_knows_the_old_one(
    wix: WixSimulator,
) -> None:
    wix.catalog.seed(2)
    cursor = query(limit=1).json["cursor"]
    wix.catalog.version = "V1_CATALOG"
    query()
    wix.catalog.version = "V3_CATALOG"

    reply = query(cursor=cursor)

    assert reply.status == 200
    assert len(reply.json["items"]) == 1


def test_a_site_that_was_moved_is_asked_again(wix: WixSimulator) -> None:
    wix.catalog.version = "V1_CATALOG"
    query()
    wix.catalog.version = "V3_CATALOG"

    assert query().json["catalog"] == "V3_CATALOG"
    assert query().json["catalog"] == "V3_CATALOG"
    assert paths(wix) == [V1_QUERY, QUERY, QUERY]
    assert len(wix.requests(path=VERSION)) == 2


def test_a_site_without_stores_says_so(wix: WixSimulator) -> None:
    wix.catalog.version = "STORES_NOT_INSTALLED"

    reply = query()

    assert (reply.status, reply.code) == (409, "app_missing")


@pytest.mark.parametrize(
    ("catalog", "permission"),
    [("V3_CATALOG", "WIX_STORES.PRODUCT_READ"), ("V1_CATALOG", "WIX_STORES.READ_PRODUCTS")],
)
def test_a_permission_that_is_missing_is_named(
    wix: WixSimulator, catalog: Any, permission: str
) -> None:
    wix.catalog.version = catalog
    wix.set_permissions({"WIX_STORES.CATALOG_VERSION_READ"})

    reply = query()

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert permission in reply.json["detail"]


def test_a_permission_that_only_some_fields_need_is_named(wix: WixSimulator) -> None:
    wix.set_permissions({"WIX_STORES.CATALOG_VERSION_READ", "WIX_STORES.PRODUCT_READ"})

    reply = query(fields=["MERCHANT_DATA"])

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert "WIX_STORES.PRODUCT_MERCHANT_DATA_READ" in reply.json["detail"]
