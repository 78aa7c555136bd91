"""What is sent to Wix, field by field."""

import pytest

from tests.unit.requests import Case, sent_by
from tests.wix_simulator import WixSimulator
from wix_admin.members.operations import QUERY_MEMBERS
from wix_admin.wix.cursors import seal

pytestmark = pytest.mark.usefixtures("table")

MEMBER_ID = "4c9f7a10-2f0e-4b86-9d55-0d8f3a1b7c01"
MEMBER = f"/members/v1/members/{MEMBER_ID}"
QUERY = "/members/v1/members/query"
OLDEST_FIRST = [{"fieldName": "createdDate", "order": "ASC"}]

LOOK_UP = (
    "POST",
    QUERY,
    {
        "query": {
            "filter": {"loginEmail": "ada@example.com"},
            "sorting": OLDEST_FIRST,
            "paging": {"limit": 100, "offset": 0},
        },
        "fieldsets": ["FULL"],
    },
)


CASES = [
    Case(
        "members/create_member",
        {"loginEmail": "ada@example.com"},
        [
            LOOK_UP,
            (
                "POST",
                "/members/v1/members",
                {"member": {"loginEmail": "ada@example.com", "privacyStatus": "PRIVATE"}},
            ),
        ],
        name="with an e-mail alone",
    ),
    Case(
        "members/create_member",
        {
            "loginEmail": "ada@example.com",
            "privacyStatus": "PUBLIC",
            "contact": {
                "firstName": "Ada",
                "lastName": "Lovelace",
                "phones": ["+1-555-0100"],
                "emails": ["ada.work@example.com"],
                "addresses": [
                    {
                        "streetAddress": {"number": "12", "name": "Elm St"},
                        "addressLine2": "3",
                        "city": "Portland",
                        "subdivision": "US-OR",
                        "country": "US",
                        "postalCode": "97201",
                    }
                ],
                "birthdate": "1990-05-04",
                "company": "Acme",
                "jobTitle": "Coach",
                "customFields": {"custom.tier": {"value": "gold"}},
            },
            "profile": {"nickname": "ada", "title": "Regular"},
        },
        [
            LOOK_UP,
            (
                "POST",
                "/members/v1/members",
                {
                    "member": {
                        "loginEmail": "ada@example.com",
                        "privacyStatus": "PUBLIC",
                        "contact": {
                            "firstName": "Ada",
                            "lastName": "Lovelace",
                            "phones": ["+1-555-0100"],
                            "emails": ["ada.work@example.com"],
                            "addresses": [
                                {
                                    "streetAddress": {"number": "12", "name": "Elm St"},
                                    "addressLine2": "3",
                                    "city": "Portland",
                                    "subdivision": "US-OR",
                                    "country": "US",
                                    "postalCode": "97201",
                                }
                            ],
                            "birthdate": "1990-05-04",
                            "company": "Acme",
                            "jobTitle": "Coach",
                            "customFields": {"custom.tier": {"value": "gold"}},
                        },
                        "profile": {"nickname": "ada", "title": "Regular"},
                    }
                },
            ),
        ],
        name="with everything",
    ),
    Case("members/approve_member", {}, [("POST", f"{MEMBER}/approve", {})]),
    Case("members/block_member", {}, [("POST", f"{MEMBER}/block", {})]),
    Case(
        "members/delete_member",
        None,
        [("GET", MEMBER, None), ("DELETE", MEMBER, None)],
        query={"confirm": MEMBER_ID},
    ),
    Case(
        "members/query_members",
        {},
        [
            (
                "POST",
                QUERY,
                {
                    "query": {
                        "sorting": OLDEST_FIRST,
                        "paging": {"limit": 50, "offset": 0},
                    },
                    "fieldsets": ["FULL"],
                },
            )
        ],
        name="without a filter",
    ),
    Case(
        "members/query_members",
        {
            "filter": {"status": "PENDING"},
            "sort": [{"fieldName": "profile.nickname", "order": "DESC"}],
            "search": {"expression": "ada", "fields": ["loginEmail", "contact.firstName"]},
            "limit": 7,
        },
        [
            (
                "POST",
                QUERY,
                {
                    "query": {
                        "filter": {"status": "PENDING"},
                        "sorting": [{"fieldName": "profile.nickname", "order": "DESC"}],
                        "paging": {"limit": 7, "offset": 0},
                    },
                    "search": {"expression": "ada", "fields": ["loginEmail", "contact.firstName"]},
                    "fieldsets": ["FULL"],
                },
            )
        ],
        name="with everything",
    ),
    Case(
        "members/query_members",
        {
            "cursor": seal(
                QUERY_MEMBERS.name,
                '{"filter":{"filter":{"status":"PENDING"}},"sort":[],"start":50,"total":80}',
            ),
            "limit": 20,
        },
        [
            (
                "POST",
                QUERY,
                {
                    "query": {
                        "filter": {"status": "PENDING"},
                        "sorting": OLDEST_FIRST,
                        "paging": {"limit": 20, "offset": 50},
                    },
                    "fieldsets": ["FULL"],
                },
            )
        ],
        name="with a cursor",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, case: Case) -> None:
    wix.members.add(member_id=MEMBER_ID, status="PENDING")

    assert sent_by(wix, case, MEMBER_ID) == case.requests
