"""GET requests as the official SDK makes them: the body, or nested parameters, in the address."""

import base64
import json
from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import WixSimulator

type Json = dict[str, Any]

PRODUCTS = "/stores/v3/products"
ITEMS = "/stores/v3/inventory-items"
MEMBERS = "/members/v1/members"
OLD_PRODUCTS = "/stores-reader/v1/products"


def packed(content: Any) -> dict[str, str]:
    """The parameters for anything nested."""
    text = json.dumps(content, ensure_ascii=False).encode()
    return {".r": base64.urlsafe_b64encode(text).decode().rstrip("=")}


def names(reply: httpx.Response) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [each["name"] for each in reply.json()["products"]]


def first_violation(reply: httpx.Response) -> str:
    assert reply.status_code == 400, reply.text
    return str(reply.json()["details"]["validationError"]["fieldViolations"][0]["field"])


@pytest.fixture
def _goods(wix: WixSimulator) -> None:
    for name in ("Mug", "Tasse für Kaffee", "Filter"):
        wix.catalog.add_product(name=name, sku=name[:3], quantity=len(name))


QUERIES: list[tuple[str, Json]] = [
    (f"{PRODUCTS}/query", {"query": {"cursorPaging": {"limit": 2}}, "fields": ["URL"]}),
    (f"{PRODUCTS}/query", {"query": {"sort": [{"fieldName": "slug", "order": "DESC"}]}}),
    (f"{PRODUCTS}/search", {"search": {"filter": {"name": {"$startsWith": "Tasse für"}}}}),
    (f"{PRODUCTS}/count", {"filter": {"name": "Mug"}, "returnNonVisibleProducts": True}),
    (f"{ITEMS}/query", {"query": {"filter": {"quantity": {"$gt": 3}}}}),
    (f"{ITEMS}/search", {"search": {"search": {"expression": "mug"}}}),
]


@pytest.mark.usefixtures("_goods")
@pytest.mark.parametrize("unknown_fields", ["refuse", "ignore"])
@pytest.mark.parametrize(("path", "body"), QUERIES)
def test_what_is_packed_into_the_address_is_answered_like_a_body(
    wix: WixSimulator, admin: httpx.Client, path: str, body: Json, unknown_fields: Any
) -> None:
    wix.switches.unknown_fields = unknown_fields
    wix.switches.cursor_lifetime_seconds = 0

    answers = [admin.get(path, params=packed(body)), admin.post(path, json=body)]

    assert [reply.status_code for reply in answers] == [200, 200]
    mine, theirs = [reply.json() for reply in answers]
    for answer in (mine, theirs):
        answer.get("pagingMetadata", {}).pop("cursors", None)
    assert mine == theirs


@pytest.mark.usefixtures("_goods")
def test_what_needs_no_packing_stands_in_the_address_as_it_is(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.catalog.add_product(name="Secret", visible=False)

    everything = admin.get(f"{PRODUCTS}/count")
    hidden_ones_too = admin.get(f"{PRODUCTS}/count", params={"returnNonVisibleProducts": "true"})
    with_address = admin.get(f"{PRODUCTS}/query", params={"fields": "URL"})

    assert (everything.json(), hidden_ones_too.json()) == ({"count": 3}, {"count": 4})
    assert all("url" in each for each in with_address.json()["products"])


@pytest.mark.usefixtures("_goods")
def test_pages_are_walked_by_cursor(admin: httpx.Client) -> None:
    first = admin.get(f"{PRODUCTS}/query", params=packed({"query": {"cursorPaging": {"limit": 2}}}))
    cursor = first.json()["pagingMetadata"]["cursors"]["next"]
    rest = admin.get(
        f"{PRODUCTS}/query", params=packed({"query": {"cursorPaging": {"cursor": cursor}}})
    )

    assert sorted(names(first) + names(rest)) == ["Filter", "Mug", "Tasse für Kaffee"]


@pytest.mark.parametrize("path", [f"{PRODUCTS}/query", MEMBERS])
@pytest.mark.parametrize("unknown_fields", ["refuse", "ignore"])
@pytest.mark.parametrize(
    "text", ["", "!", "e30*", "e", "bm8", "W10", "eyJhIjpOYU59", "//79", "e30\n"]
)
def test_what_cannot_be_unpacked_is_refused(
    wix: WixSimulator, admin: httpx.Client, path: str, text: str, unknown_fields: Any
) -> None:
    wix.switches.unknown_fields = unknown_fields

    assert first_violation(admin.get(path, params={".r": text})) == ".r"


def test_what_is_packed_is_checked_like_a_body(admin: httpx.Client) -> None:
    unknown = admin.get(f"{PRODUCTS}/query", params=packed({"query": {"limit": 3}}))
    twice = admin.get(f"{PRODUCTS}/query", params=packed({}) | {"fields": "URL"})
    of_members = admin.get(MEMBERS, params=packed({"paging": {"size": 3}}))

    assert first_violation(unknown) == "query.limit"
    assert first_violation(twice) == "fields"
    assert first_violation(of_members) == "paging.size"


@pytest.mark.parametrize("unknown_fields", ["refuse", "ignore"])
def test_members_are_listed_by_packed_parameters(
    wix: WixSimulator, admin: httpx.Client, unknown_fields: Any
) -> None:
    ids = wix.members.seed(7)
    wix.switches.unknown_fields = unknown_fields
    asked = {
        "paging": {"limit": 2, "offset": 3},
        "fieldsets": ["FULL"],
        "sorting": {"fieldName": "createdDate", "order": "DESC"},
    }

    reply = admin.get(MEMBERS, params=packed(asked))

    assert reply.status_code == 200, reply.text
    assert [each["id"] for each in reply.json()["members"]] == ids[::-1][3:5]
    assert all("contact" in each for each in reply.json()["members"])


def test_no_permission_is_gained_by_asking_so(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.set_permissions(["MEMBERS.MEMBER_READ"], credential=canaries.API_KEY)

    assert admin.get(f"{PRODUCTS}/count").status_code == 403


# ---- Products of catalog V1 ----


def old_products(admin: httpx.Client, query: Json) -> httpx.Response:
    return admin.get(f"{OLD_PRODUCTS}/query-platformized", params=packed({"query": query}))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sort": [{"fieldName": "name"}]}, ["Filter", "Mug", "Tee"]),
        ({"filter": {"name": {"$startsWith": "f"}}}, ["Filter"]),
        ({"filter": {"$and": [{"price": {"$gt": 5}}, {"name": {"$ne": "Tee"}}]}}, ["Mug"]),
        ({"filter": {"priceData.price": 3}}, ["Filter"]),
        (
            {
                "sort": [{"fieldName": "price", "order": "DESC"}],
                "paging": {"limit": 1, "offset": 1},
            },
            ["Mug"],
        ),
    ],
)
def test_products_of_catalog_v1_are_found_by_filters_that_are_objects(
    wix: WixSimulator, admin: httpx.Client, query: Json, expected: list[str]
) -> None:
    wix.catalog.version = "V1_CATALOG"
    for name, price in (("Mug", "9"), ("Filter", "3"), ("Tee", "20")):
        wix.catalog.add_product(name=name, price=price)
    wix.catalog.add_product(name="Fig", price="8", visible=False)

    by_get = old_products(admin, query)
    by_post = admin.post(f"{OLD_PRODUCTS}/query-platformized", json={"query": query})

    assert names(by_get) == names(by_post) == expected
    assert by_get.json()["metadata"]["count"] == len(expected)


def test_a_page_of_products_of_catalog_v1_tells_how_many_there_are(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.catalog.version = "V1_CATALOG"
    for _ in range(3):
        wix.catalog.add_product()

    reply = old_products(admin, {"paging": {"limit": 2, "offset": 2}})

    assert reply.json()["metadata"] == {"count": 1, "offset": 2, "total": 3}


def test_a_site_of_catalog_v3_has_no_products_of_catalog_v1(admin: httpx.Client) -> None:
    reply = old_products(admin, {})

    assert reply.status_code == 428
