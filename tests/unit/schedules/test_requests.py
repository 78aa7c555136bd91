"""What is sent to Wix, field by field."""

import pytest

from tests import canaries
from tests.samples import WAITING_DOMAIN, WAITING_SERVICE
from tests.unit.requests import Case, Known, Request, sent_by
from tests.unit.schedules.conftest import Heard, Store
from tests.wix_simulator import WixSimulator

API_KEY = {"kind": "api_key", "api_key": canaries.API_KEY, "site_id": canaries.SITE_ID}
MEMBER_ID = "4c9f7a10-2f0e-4b86-9d55-0d8f3a1b7c01"
BOOKING_ID = "a3d5f0c2-6b1e-4c7a-8f20-91e4d7b6aa01"
VERSION: Request = ("GET", "/stores/v3/provision/version", None)


def a_member(wix: WixSimulator) -> Known:
    wix.members.add(member_id=MEMBER_ID, email=f"ada@{WAITING_DOMAIN}", status="PENDING")
    return {}


def a_booking(wix: WixSimulator) -> Known:
    wix.bookings.add_service(service_id=WAITING_SERVICE, approval=True)
    wix.bookings.add(service_id=WAITING_SERVICE, booking_id=BOOKING_ID)
    return {}


CASES = [
    Case(
        "schedules/check_credentials",
        {},
        [("POST", "/ecom/v1/orders/search", {"search": {"cursorPaging": {"limit": 1}}})],
        name="of an API key",
    ),
    Case(
        "schedules/approve_pending_members",
        {},
        [
            (
                "POST",
                "/members/v1/members/query",
                {
                    "query": {
                        "filter": {"status": "PENDING"},
                        "sorting": [{"fieldName": "createdDate", "order": "ASC"}],
                        "paging": {"limit": 100, "offset": 0},
                    },
                    "fieldsets": ["FULL"],
                },
            ),
            ("GET", f"/members/v1/members/{MEMBER_ID}", None),
            ("POST", f"/members/v1/members/{MEMBER_ID}/approve", {}),
        ],
        scene=a_member,
    ),
    Case(
        "schedules/confirm_pending_bookings",
        {},
        [
            (
                "POST",
                "/_api/bookings-reader/v2/extended-bookings/query",
                {
                    "query": {
                        "filter": {"status": "PENDING"},
                        "sort": [{"fieldName": "createdDate", "order": "DESC"}],
                        "cursorPaging": {"limit": 100},
                    }
                },
            ),
            (
                "POST",
                f"/_api/bookings-service/v2/bookings/{BOOKING_ID}/confirm",
                {"revision": "1"},
            ),
        ],
        scene=a_booking,
    ),
    Case(
        "schedules/report_low_stock",
        {},
        [
            VERSION,
            (
                "POST",
                "/stores/v3/inventory-items/query",
                {
                    "query": {
                        "filter": {"trackQuantity": True, "quantity": {"$lte": 3}},
                        "cursorPaging": {"limit": 1000},
                    }
                },
            ),
        ],
        name="on V3",
    ),
    Case(
        "schedules/report_low_stock",
        {},
        [
            VERSION,
            (
                "POST",
                "/stores-reader/v2/inventoryItems/query",
                {
                    "query": {
                        "paging": {"limit": 100, "offset": 0},
                        "sort": '[{"numericId": "asc"}]',
                    }
                },
            ),
        ],
        name="on V1",
        catalog="V1_CATALOG",
    ),
]


@pytest.fixture(autouse=True)
def surroundings(
    wix: WixSimulator, store: Store, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(API_KEY)
    monkeypatch.setenv("APPROVE_MEMBERS", WAITING_DOMAIN)
    monkeypatch.setenv("CONFIRM_BOOKINGS", WAITING_SERVICE)
    monkeypatch.setenv("LOW_STOCK_THRESHOLD", "3")
    monkeypatch.setenv("CREDENTIAL_MAX_AGE_DAYS", "180")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, case: Case) -> None:
    wix.catalog.version = case.catalog
    if case.scene:
        case.scene(wix)

    assert sent_by(wix, case) == case.requests
