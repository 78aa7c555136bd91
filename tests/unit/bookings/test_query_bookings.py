"""Listing bookings: with what can be done to each, page by page."""

from typing import Any

import pytest

from tests.unit.calls import Reply, call
from tests.wix_simulator import WixSimulator


def query(**body: Any) -> Reply:
    return call("bookings/query_bookings", body)


def test_a_booking_comes_with_what_can_be_done(wix: WixSimulator) -> None:
    booking = wix.bookings.add(status="CONFIRMED")

    reply = query(filter={"status": "CONFIRMED"})

    [item] = reply.json["items"]
    assert item["booking"] == booking
    assert item["allowedActions"] == {"cancel": True, "reschedule": True}
    assert reply.json["hasMore"] is False


@pytest.mark.parametrize("last", ["empty", "missing"])
@pytest.mark.parametrize("has_next", [True, False])
def test_every_booking_comes_once_page_by_page(
    wix: WixSimulator, last: Any, *, has_next: bool
) -> None:
    wix.switches.booking_last_cursor = last
    wix.switches.booking_reader_has_next = has_next
    ids = set(wix.bookings.seed(7))

    pages = [query(limit=3).json]
    while pages[-1]["hasMore"]:
        pages.append(query(cursor=pages[-1]["cursor"], limit=3).json)

    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert {item["booking"]["id"] for page in pages for item in page["items"]} == ids


@pytest.mark.parametrize("default", ["id ASC", "createdDate DESC"])
def test_the_newest_come_first(wix: WixSimulator, default: Any) -> None:
    wix.switches.booking_default_sort = default
    dates = [f"2026-01-0{day}T00:00:00.000Z" for day in (2, 3, 1)]
    for created in dates:
        wix.bookings.add(created=created)

    items = query().json["items"]

    assert [each["booking"]["createdDate"] for each in items] == sorted(dates, reverse=True)


def test_bookings_are_sorted_by_all_that_wix_sorts_by(wix: WixSimulator) -> None:
    late, early = (
        wix.bookings.add(status="CONFIRMED", start=f"2030-03-0{day}T09:00:00") for day in (5, 4)
    )
    same = ["status", "paymentStatus", "selectedPaymentOption", "externalUserId"]

    reply = query(sort=[{"fieldName": each} for each in [*same, "startDate"]])

    ids = [each["booking"]["id"] for each in reply.json["items"]]
    assert ids == [early["id"], late["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"limit": 101}, "/limit"),
        ({"cursor": "x", "filter": {"status": "PENDING"}}, "/cursor"),
        ({"cursor": "x"}, "/cursor"),
        ({"sort": [{"fieldName": "f" * 513}]}, "/sort/0/fieldName"),
        ({"search": {}}, "/search"),
    ],
)
def test_a_mistake_is_told_by_its_field(
    wix: WixSimulator, body: dict[str, Any], field: str
) -> None:
    reply = query(**body)

    assert (reply.status, reply.fields) == (400, [field])


def test_what_is_not_checked_is_for_wix_to_refuse(wix: WixSimulator) -> None:
    wrong = {"bookedEntity.slot.serviceId": "x"}

    assert query(filter=wrong, unchecked=True).code == "wix_refused"
    assert query(sort=[{"fieldName": "f" * 512}], unchecked=True).code == "wix_refused"
