"""Listing orders, page by page."""

from typing import Any

import pytest

from tests.unit.orders.calls import Reply, api_calls, call
from tests.wix_simulator import Fault, WixSimulator, too_many_requests

SEARCH = "/ecom/v1/orders/search"


def query(**body: Any) -> Reply:
    return call("query_orders", body)


def test_all_orders_are_listed_once_by_following_the_cursor(wix: WixSimulator) -> None:
    wix.seed_orders(57)
    seen: list[str] = []
    page = query(limit=10)
    while True:
        seen += [each["id"] for each in page.json["items"]]
        if not page.json["hasMore"]:
            break
        page = query(cursor=page.json["cursor"], limit=10)

    shown = {"APPROVED", "CANCELED"}
    assert len(seen) == len(set(seen))
    assert set(seen) == {each["id"] for each in wix.orders() if each["status"] in shown}
    assert "cursor" not in page.json


def test_statuses_that_wix_hides_are_found_when_asked_for(wix: WixSimulator) -> None:
    order = wix.add_order(total="1.00", status="PENDING")

    assert query().json["items"] == []
    assert [each["id"] for each in query(filter={"status": "PENDING"}).json["items"]] == [
        order["id"]
    ]


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"status": "INITIALIZED"}, "/filter/status"),
        ({"status": {"$eq": "INITIALIZED"}}, "/filter/status/$eq"),
        ({"status": {"$in": ["APPROVED", "INITIALIZED"]}}, "/filter/status/$in"),
        ({"$or": [{"archived": True}, {"status": "INITIALIZED"}]}, "/filter/$or/1/status"),
    ],
)
def test_a_search_for_what_wix_never_finds_is_refused(
    wix: WixSimulator, condition: dict[str, Any], field: str
) -> None:
    reply = query(filter=condition)

    assert (reply.status, reply.fields) == (400, [field])
    assert "read one by its id" in reply.json["errors"][0]["detail"]
    assert not wix.requests()


@pytest.mark.parametrize(
    "condition",
    [
        {"status": {"$ne": "INITIALIZED"}},
        {"$not": {"status": "INITIALIZED"}},
        {"buyerInfo.email": "INITIALIZED"},
    ],
)
def test_other_searches_may_hold_that_word(wix: WixSimulator, condition: dict[str, Any]) -> None:
    assert query(filter=condition).status == 200


def test_what_is_not_checked_is_for_wix_to_refuse(wix: WixSimulator) -> None:
    reply = query(filter={"favouriteColour": "blue"}, unchecked=True)

    assert (reply.status, reply.code) == (400, "wix_refused")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"cursor": "abc", "filter": {"archived": True}}, "/cursor"),
        ({"cursor": "abc", "sort": [{"fieldName": "number"}]}, "/cursor"),
        ({"cursor": "abc"}, "/cursor"),
        ({"cursor": "eyJ2IjoxfQ"}, "/cursor"),
        ({"cursor": "é"}, "/cursor"),
        ({"limit": 0}, "/limit"),
        ({"limit": 101}, "/limit"),
        ({"limit": "10"}, "/limit"),
        ({"limit": True}, "/limit"),
        ({"sort": [{"fieldName": "number", "order": "UP"}]}, "/sort/0/order"),
        ({"sort": [{"fieldName": "number"}] * 5}, "/sort"),
        ({"sort": [{"fieldName": "x" * 513}]}, "/sort/0/fieldName"),
        ({"filter": []}, "/filter"),
    ],
)
def test_a_bad_query_is_refused_by_field(
    wix: WixSimulator, body: dict[str, Any], field: str
) -> None:
    reply = query(**body)

    assert (reply.status, reply.fields) == (400, [field])


def test_whether_a_long_name_can_be_sorted_by_is_for_wix_to_say(wix: WixSimulator) -> None:
    reply = query(sort=[{"fieldName": "x" * 512}], unchecked=True)

    assert (reply.status, reply.code) == (400, "wix_refused")
    assert len(wix.requests(path="/ecom/v1/orders/search")) == 1


def test_a_cursor_that_has_expired_at_wix_is_refused(wix: WixSimulator) -> None:
    wix.seed_orders(10)
    page = query(limit=2)
    wix.advance(3_600)

    reply = query(cursor=page.json["cursor"])

    assert (reply.status, reply.code) == (400, "wix_refused")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=SEARCH, status=503),
        Fault(path=SEARCH, status=408),
        too_many_requests(SEARCH, retry_after=0),
        Fault(path=SEARCH, drop="after"),
        Fault(path=SEARCH, reset="before"),
        Fault(path=SEARCH, garbage=True),
    ],
    ids=str,
)
def test_a_read_survives_a_hiccup(wix: WixSimulator, fault: Fault) -> None:
    wix.add_order(total="1.00")
    wix.add_fault(fault)

    assert len(query().json["items"]) == 1
    assert len(api_calls(wix, SEARCH)) == 2
