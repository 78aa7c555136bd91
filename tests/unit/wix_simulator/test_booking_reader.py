from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import WixSimulator

type Json = dict[str, Any]

PATH = "/_api/bookings-reader/v2/extended-bookings"
NINE, TEN, ELEVEN = "2026-12-01T09:00:00", "2026-12-01T10:00:00", "2026-12-01T11:00:00"
BY_START = [{"fieldName": "startDate", "order": "ASC"}]


def read(admin: httpx.Client, *, flags: Json | None = None, **query: Any) -> Json:
    reply = admin.post(f"{PATH}/query", json={"query": query, **(flags or {})})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def found(admin: httpx.Client, **query: Any) -> list[str]:
    return [each["booking"]["id"] for each in read(admin, **query)["extendedBookings"]]


def count(admin: httpx.Client, condition: Json) -> int:
    return int(admin.post(f"{PATH}/count", json={"filter": condition}).json()["count"])


def test_a_booking_is_got_by_its_id(wix: WixSimulator, admin: httpx.Client) -> None:
    booking = wix.bookings.add()
    wix.bookings.add()
    query: Json = {"filter": {"id": {"$eq": booking["id"]}}, "cursorPaging": {"limit": 1}}

    reply = read(admin, **query)
    alias = admin.post(
        "/bookings/bookings-reader/v2/extended-bookings/query", json={"query": query}
    )
    nothing = read(admin, filter={"id": "00000000-0000-4000-8000-00000000dead"})

    assert reply["extendedBookings"] == [{"booking": booking}]
    assert alias.json() == reply
    assert nothing["extendedBookings"] == []


def test_flags_add_what_they_name(wix: WixSimulator, admin: httpx.Client) -> None:
    order = {"id": "0d000000-0000-4000-8000-000000000001", "number": "10017"}
    wix.bookings.add(order=order)
    flags = {
        "withBookingAllowedActions": "allowedActions",
        "withBookingAttendanceInfo": "attendance",
        "withBookingConferencingDetails": "conferencingDetails",
        "withBookingPolicySettings": "bookingPolicySettings",
        "withBookingFeeDetails": "bookingFeeDetails",
        "withEcomOrder": "order",
    }

    for flag, name in flags.items():
        [extended] = read(admin, flags={flag: True})["extendedBookings"]
        assert set(extended) == {"booking", name}
    [extended] = read(admin, flags=dict.fromkeys(flags, True))["extendedBookings"]
    assert extended["order"] == order
    assert extended["allowedActions"] == {"cancel": True, "reschedule": True}


@pytest.mark.parametrize(
    ("flag", "permission"),
    [
        ("withBookingPolicySettings", "BOOKINGS.BOOKING_POLICY_SNAPSHOT_READ"),
        ("withBookingFeeDetails", "BOOKINGS.BOOKING_FEES_READ"),
        ("withEcomOrder", "ECOM.READ_ORDERS"),
    ],
)
def test_some_flags_need_a_permission_besides(
    wix: WixSimulator, admin: httpx.Client, flag: str, permission: str
) -> None:
    body = {"query": {}, flag: True}

    wix.set_permissions(["BOOKINGS.BOOKING_READ"], credential=canaries.API_KEY)
    refused = admin.post(f"{PATH}/query", json=body)
    wix.set_permissions(["BOOKINGS.BOOKING_READ", permission], credential=canaries.API_KEY)
    allowed = admin.post(f"{PATH}/query", json=body)

    assert (refused.status_code, allowed.status_code) == (403, 200)


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({}, "abcd"),
        ({"status": {"$in": ["PENDING", "CONFIRMED"]}}, "abd"),
        ({"paymentStatus": "PAID"}, "a"),
        ({"startDate": {"$gte": "2026-12-01T15:00:00Z", "$lt": "2026-12-01T16:00:00Z"}}, "b"),
        ({"contactDetails.email": f"b@{canaries.EMAIL_DOMAIN}"}, "b"),
        ({"contactDetails.contactId": {"$ne": "c0"}}, "abcd"),
        ({"bookedEntity.item.slot.serviceId": "SERVICE"}, "abc"),
        ({"bookedEntity.item.schedule.serviceId": "COURSE"}, "d"),
        ({"bookedEntity.item.slot.location.locationType": "OWNER_BUSINESS"}, "abc"),
        ({"bookedEntity.tags": {"$hasSome": ["COURSE", "GROUP"]}}, "d"),
        ({"createdBy.id.wixUserId": "05e40000-0000-4000-8000-00000000000e"}, "abcd"),
        ({"createdBy.id.memberId": "m0"}, ""),
        ({"participantsInfo.type.totalParticipants.value": {"$gt": 2}}, "d"),
        ({"participantsInfo.type.totalParticipants.value": {"$nin": [1, 2]}}, "d"),
        ({"doubleBooked": False}, "abcd"),
        ({"doubleBooked": True}, ""),
        ({"$and": [{"status": "CANCELED"}, {"externalUserId": "crm-1"}]}, "c"),
    ],
)
def test_bookings_are_found_and_counted_by_filter(
    wix: WixSimulator, admin: httpx.Client, condition: Json, names: str
) -> None:
    service, course = wix.bookings.add_service(), wix.bookings.add_service(type="COURSE")
    contact = {"email": f"b@{canaries.EMAIL_DOMAIN}"}
    ids = {
        "a": wix.bookings.add(start=NINE, status="CONFIRMED", payment_status="PAID")["id"],
        "b": wix.bookings.add(start=TEN, contact=contact)["id"],
        "c": wix.bookings.add(start=ELEVEN, status="CANCELED", fields={"externalUserId": "crm-1"})[
            "id"
        ],
        "d": wix.bookings.add(service_id=course["id"], participants=3)["id"],
    }
    services = {"SERVICE": service["id"], "COURSE": course["id"]}
    condition = {name: services.get(str(value), value) for name, value in condition.items()}

    assert set(found(admin, filter=condition)) == {ids[name] for name in names}
    assert count(admin, condition) == len(names)


@pytest.mark.parametrize(
    "query",
    [
        {"filter": {"bookedEntity.slot.serviceId": "x"}},
        {"filter": {"createdBy.memberId": "x"}},
        {"filter": {"status": {"$nin": ["PENDING"]}}},
        {"filter": {"startDate": "tomorrow"}},
        {"filter": {"$and": [{"status": "PENDING"}, {"status": {"$ne": "CREATED"}}]}},
        {"filter": {"status": "PENDING", "$not": {"status": "CREATED"}}},
        {"sort": [{"fieldName": "bookedEntity.title"}]},
        {"sorting": [{"fieldName": "createdDate"}]},
        {"cursorPaging": {"limit": 101}},
        {"paging": {"limit": 101}},
        {"paging": {"limit": 10}, "cursorPaging": {"limit": 10}},
        {"fieldsets": ["FULL"]},
        {"cursorPaging": {"cursor": "JWE.made-up"}},
    ],
)
def test_a_query_wix_does_not_offer_is_refused(admin: httpx.Client, query: Json) -> None:
    assert admin.post(f"{PATH}/query", json={"query": query}).status_code == 400


def test_the_default_order_is_either_of_two(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = [wix.bookings.add(created=f"2026-01-0{day}T00:00:00.000Z")["id"] for day in range(1, 6)]

    assert found(admin) == sorted(ids)
    wix.switches.booking_default_sort = "createdDate DESC"
    assert found(admin) == ids[::-1]


def test_pages_follow_their_cursor_alone(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = wix.bookings.seed(5)
    first: Json = {"sort": BY_START, "filter": {"status": {"$ne": "DECLINED"}}}

    page = read(admin, cursorPaging={"limit": 3}, **first)
    follow = {"cursorPaging": {"limit": 3, "cursor": page["pagingMetadata"]["cursors"]["next"]}}
    beside = [
        admin.post(f"{PATH}/query", json={"query": follow | {name: value}}).status_code
        for name, value in first.items()
    ]
    last = read(admin, flags={"withBookingAllowedActions": True}, **follow)

    assert [each["booking"]["id"] for each in page["extendedBookings"]] == ids[:3]
    assert [each["booking"]["id"] for each in last["extendedBookings"]] == ids[3:4]
    assert "allowedActions" in last["extendedBookings"][0]
    assert beside == [400, 400]
    assert last["pagingMetadata"] == {"count": 1, "cursors": {"next": "", "prev": ""}}


def test_the_last_page_is_told_in_several_ways(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.bookings.seed(2)
    wix.switches.booking_reader_has_next = True
    wix.switches.booking_last_cursor = "missing"

    first = read(admin, cursorPaging={"limit": 1})["pagingMetadata"]
    last = read(admin, cursorPaging={"limit": 2})["pagingMetadata"]

    assert (first["hasNext"], bool(first["cursors"]["next"])) == (True, True)
    assert last == {"count": 2, "cursors": {}, "hasNext": False}


def test_a_cursor_expires(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.bookings.seed(2)
    cursor = read(admin, cursorPaging={"limit": 1})["pagingMetadata"]["cursors"]["next"]
    body = {"query": {"cursorPaging": {"cursor": cursor}}}
    assert admin.post(f"{PATH}/query", json=body).status_code == 200

    wix.advance(600)

    assert admin.post(f"{PATH}/query", json=body).status_code == 400


def test_pages_go_by_offset_too(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = wix.bookings.seed(5)

    page = read(admin, sort=BY_START, paging={"limit": 2, "offset": 3})

    assert [each["booking"]["id"] for each in page["extendedBookings"]] == ids[3:]
    assert page["pagingMetadata"] == {"count": 2, "offset": 3, "total": 5}


def test_a_page_holds_fifty_unless_asked(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.bookings.seed(51)

    assert len(found(admin)) == 50
    assert len(found(admin, paging={})) == 50
    assert len(found(admin, cursorPaging={"limit": 100})) == 51


def test_the_reader_may_lag(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.booking_reader_lag_seconds = 5
    booking = wix.bookings.add()
    assert (found(admin), count(admin, {})) == ([], 0)

    wix.advance(5)
    path = f"/_api/bookings-service/v2/bookings/{booking['id']}/confirm"
    admin.post(path, json={"revision": "1"})

    assert [each["booking"] for each in read(admin)["extendedBookings"]] == [booking]
    assert count(admin, {"status": "CONFIRMED"}) == 0
    wix.advance(5)
    [late] = read(admin)["extendedBookings"]
    assert late["booking"] == wix.bookings.get(booking["id"])
    assert (late["booking"]["status"], late["booking"]["revision"]) == ("CONFIRMED", "2")
