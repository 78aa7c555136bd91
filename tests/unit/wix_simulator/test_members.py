from typing import Any

import httpx
import pytest

from tests import canaries
from tests.wix_simulator import ApiKey, WixSimulator
from tests.wix_simulator.member_book import MemberStatus

type Json = dict[str, Any]

PATH = "/members/v1/members"
NOBODY = "00000000-0000-4000-8000-00000000dead"
STATUSES = ("status", "privacyStatus", "activityStatus")
EMAIL = f"dana@{canaries.EMAIL_DOMAIN}"


def query(admin: httpx.Client, *, fieldsets: list[str] | None = None, **query: Any) -> Json:
    body: Json = {"query": query}
    if fieldsets is not None:
        body["fieldsets"] = fieldsets
    reply = admin.post(f"{PATH}/query", json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def found(admin: httpx.Client, **parts: Any) -> list[str]:
    return [member["id"] for member in query(admin, **parts)["members"]]


def act(admin: httpx.Client, member: Json, verb: str) -> httpx.Response:
    return admin.post(f"{PATH}/{member['id']}/{verb}", json={})


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


def rule_of(reply: httpx.Response) -> str:
    violation = reply.json()["details"]["validationError"]["fieldViolations"][0]
    return str(violation["ruleName"])


# ---- Reading ----


def test_a_member_is_told_in_full_only_to_who_asks(wix: WixSimulator, admin: httpx.Client) -> None:
    member = wix.members.add(status="PENDING")
    path = f"{PATH}/{member['id']}"

    public = admin.get(path).json()["member"]
    extended = admin.get(path, params={"fieldsets": ["PUBLIC", "EXTENDED"]}).json()["member"]
    full = admin.get(path, params={"fieldsets": "FULL"}).json()["member"]

    assert set(public) == {"id", "contactId", "createdDate", "updatedDate", "profile", *STATUSES}
    assert {public[name] for name in STATUSES} == {"UNKNOWN"}
    assert set(extended) == {*public, "loginEmail"}
    assert [extended[name] for name in STATUSES] == ["PENDING", "PRIVATE", "ACTIVE"]
    assert full == member == wix.members.get(member["id"])


def test_an_unknown_fieldset_is_refused(wix: WixSimulator, admin: httpx.Client) -> None:
    path = f"{PATH}/{wix.members.add()['id']}"

    assert admin.get(path, params={"fieldsets": "ALL"}).status_code == 400
    assert admin.get(path, params={"fields": "FULL"}).status_code == 400


def test_the_full_fieldset_may_need_a_permission_of_its_own(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    path = f"{PATH}/{wix.members.add()['id']}"
    wix.set_permissions(["MEMBERS.MEMBER_READ"], credential=canaries.API_KEY)
    before = admin.get(path, params={"fieldsets": "FULL"})

    wix.switches.full_members_need_permission = True

    assert before.status_code == 200
    assert admin.get(path, params={"fieldsets": "FULL"}).status_code == 403
    assert admin.get(path).status_code == 200


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({}, "abc"),
        ({"status": "PENDING"}, "b"),
        ({"status": {"$ne": "PENDING"}}, "ac"),
        ({"status": {"$in": ["PENDING", "BLOCKED"]}}, "bc"),
        ({"loginEmail": {"$startsWith": "ANN"}}, "a"),
        ({"profile.nickname": {"$hasSome": ["ben", "cleo"]}}, "bc"),
        ({"$and": [{"createdDate": {"$gte": "2026-01-02T00:00:00Z"}}, {"status": "BLOCKED"}]}, "c"),
        ({"$not": {"profile.slug": {"$gt": "ann"}}}, "a"),
        ({"contact.lastName": {"$exists": False}}, ""),
    ],
)
def test_members_are_found_by_filter(
    wix: WixSimulator, admin: httpx.Client, condition: Json, names: str
) -> None:
    people: list[tuple[str, MemberStatus]] = [
        ("ann", "APPROVED"),
        ("ben", "PENDING"),
        ("cleo", "BLOCKED"),
    ]
    ids = {
        name[0]: wix.members.add(
            email=f"{name}@{canaries.EMAIL_DOMAIN}",
            status=status,
            created=f"2026-01-0{day}T00:00:00.000Z",
        )["id"]
        for day, (name, status) in enumerate(people, 1)
    }

    assert found(admin, filter=condition) == [ids[name] for name in names]


def test_a_member_is_found_by_the_contact_of_a_booking(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.members.add()
    member = wix.members.add()

    assert found(admin, filter={"contactId": member["contactId"]}) == [member["id"]]


def test_members_are_sorted_as_asked(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = [
        wix.members.add(fields={"contact": {"firstName": name}})["id"] for name in ("B", "C", "A")
    ]
    sorting = [{"fieldName": "contact.firstName", "order": "DESC"}]

    assert found(admin, sorting=sorting) == [ids[1], ids[0], ids[2]]


def test_search_looks_at_nicknames_or_the_fields_named(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    by_name = wix.members.add(fields={"profile": {"nickname": "Zoe"}})
    by_title = wix.members.add(fields={"profile": {"title": "zoe's friend"}})

    def ids(search: Json) -> list[str]:
        reply = admin.post(f"{PATH}/query", json={"query": {}, "search": search})
        return [member["id"] for member in reply.json()["members"]]

    assert ids({"expression": "zOe"}) == [by_name["id"]]
    assert ids({"expression": "zoe", "fields": ["profile.title"]}) == [by_title["id"]]


def test_pages_go_by_offset_and_tell_the_total(wix: WixSimulator, admin: httpx.Client) -> None:
    ids = wix.members.seed(5)

    page = query(admin, paging={"limit": 2, "offset": 3}, fieldsets=["FULL"])
    listed = admin.get(PATH, params={"paging.limit": 2, "paging.offset": 3, "fieldsets": "FULL"})
    newest = admin.get(
        PATH,
        params={"paging.limit": 1, "sorting.fieldName": "createdDate", "sorting.order": "DESC"},
    )

    assert [member["id"] for member in page["members"]] == ids[3:]
    assert page["metadata"] == {"count": 2, "offset": 3, "total": 5, "tooManyToCount": False}
    assert listed.json() == page
    assert [member["id"] for member in newest.json()["members"]] == ids[-1:]


def test_the_total_may_be_missing(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.members_too_many_to_count = True

    assert query(admin)["metadata"] == {"count": 0, "offset": 0, "tooManyToCount": True}


@pytest.mark.parametrize(
    "body",
    [
        {"query": {"paging": {"limit": 101}}},
        {"query": {"sort": [{"fieldName": "createdDate"}]}},
        {"query": {"fieldsets": ["FULL"]}},
        {"query": {"cursorPaging": {"limit": 10}}},
        {"query": {"sorting": [{"fieldName": "status"}]}},
        {"query": {"filter": {"status": {"$gt": "A"}}}},
        {"query": {"filter": {"contact.company": "Acme"}}},
        {"query": {}, "search": {"expression": ""}},
        {"query": {}, "search": {"expression": "x", "fields": ["contact.company"]}},
        {"query": {}, "fieldsets": ["ALL"]},
    ],
)
def test_a_query_wix_does_not_offer_is_refused(admin: httpx.Client, body: Json) -> None:
    assert admin.post(f"{PATH}/query", json=body).status_code == 400


def test_queries_may_lag_while_get_does_not(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.member_index_lag_seconds = 5
    member = wix.members.add(status="PENDING")
    assert found(admin) == []

    wix.advance(5)
    act(admin, member, "approve")

    path = f"{PATH}/{member['id']}?fieldsets=FULL"
    assert found(admin, filter={"status": "PENDING"}) == [member["id"]]
    assert admin.get(path).json()["member"]["status"] == "APPROVED"
    wix.advance(5)
    assert found(admin, filter={"status": "PENDING"}) == []


# ---- Create and update ----


def test_a_created_member_is_approved_and_named_after_their_email(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    body = {
        "loginEmail": EMAIL,
        "contact": {
            "phones": [canaries.PHONE],
            "addresses": [{"addressLine": canaries.STREET, "country": "US"}],
            "customFields": {"custom.tier": {"value": "gold"}},
        },
    }

    reply = admin.post(PATH, json={"member": body})

    member = reply.json()["member"]
    assert [member[name] for name in STATUSES] == ["APPROVED", "PRIVATE", "ACTIVE"]
    assert member["profile"] == {"nickname": "dana", "slug": "dana"}
    assert member["contact"]["emails"] == [EMAIL]
    assert member["contact"]["addresses"][0]["addressLine"] == canaries.STREET
    assert len(member["contact"]["addresses"][0]["id"]) == 36
    assert member["contact"]["customFields"] == {"custom.tier": {"name": "Tier", "value": "gold"}}
    assert member["contactId"] != member["id"]
    assert wix.members.all() == [member]


@pytest.mark.parametrize(
    "member",
    [
        {},
        {"loginEmail": "dana"},
        {"loginEmail": EMAIL, "status": "APPROVED"},
        {"loginEmail": EMAIL, "profile": {"slug": "dana"}},
        {"loginEmail": EMAIL, "contact": {"company": "x" * 101}},
        {"loginEmail": EMAIL, "contact": {"birthdate": "4.5.1990"}},
        {"loginEmail": EMAIL, "contact": {"customFields": {"custom.shoes": {"value": 44}}}},
        {"loginEmail": EMAIL, "password": "secret"},
    ],
)
def test_a_member_wix_does_not_take_is_refused(
    wix: WixSimulator, admin: httpx.Client, member: Json
) -> None:
    assert admin.post(PATH, json={"member": member}).status_code == 400
    assert wix.members.all() == []


def test_a_login_email_belongs_to_one_member(wix: WixSimulator, admin: httpx.Client) -> None:
    member = wix.members.add(email=EMAIL)
    body = {"member": {"loginEmail": EMAIL.upper()}}

    taken = admin.post(PATH, json=body)
    wix.switches.duplicate_email_body = "empty details"
    silent = admin.post(PATH, json=body)
    act(admin, member, "disconnect")
    again = admin.post(PATH, json={"member": {"loginEmail": EMAIL}})

    assert (taken.status_code, code_of(taken)) == (409, "ALREADY_EXISTS")
    assert (silent.status_code, silent.json()["details"]) == (409, {})
    assert again.json()["member"]["profile"]["slug"] == "dana2"


def test_creating_too_fast_may_be_refused(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.switches.member_create_pause_seconds = 1
    bodies = [{"member": {"loginEmail": f"m{n}@{canaries.EMAIL_DOMAIN}"}} for n in range(2)]
    assert admin.post(PATH, json=bodies[0]).status_code == 200

    too_fast = admin.post(PATH, json=bodies[1])
    wix.advance(1)

    assert too_fast.status_code == 429
    assert admin.post(PATH, json=bodies[1]).status_code == 200


def test_an_update_changes_what_it_names_and_keeps_the_rest(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    before = wix.members.add(
        created="2026-01-15T08:30:00.000Z",
        fields={
            "contact": {
                "company": "Acme",
                "phones": [canaries.PHONE, canaries.PHONE + "8"],
                "addresses": [{"addressLine": canaries.STREET}],
                "customFields": {"custom.tier": {"name": "Tier", "value": "gold"}},
            }
        },
    )
    changes = {
        "contact": {
            "company": "",
            "jobTitle": "Coach",
            "phones": [canaries.PHONE],
            "emails": [],
            "addresses": [],
            "customFields": {"custom.tier": {"value": ""}},
        },
        "profile": {"title": "Regular", "nickname": None},
        "privacyStatus": "PUBLIC",
    }

    reply = admin.patch(f"{PATH}/{before['id']}", json={"member": changes})

    after = reply.json()["member"]
    assert "company" not in after["contact"]
    assert (after["contact"]["jobTitle"], after["privacyStatus"]) == ("Coach", "PUBLIC")
    assert after["contact"]["phones"] == [canaries.PHONE]
    assert after["contact"]["addresses"] == [{"addressLine": canaries.STREET}]
    assert after["contact"]["customFields"] == {}
    assert after["contact"]["emails"] == before["contact"]["emails"] == [before["loginEmail"]]
    assert after["contact"]["firstName"] == canaries.FIRST_NAME
    assert after["profile"] == before["profile"] | {"title": "Regular"}
    assert after["updatedDate"] > before["updatedDate"]
    assert wix.members.get(before["id"]) == after


def test_the_login_email_stays_among_the_emails(wix: WixSimulator, admin: httpx.Client) -> None:
    member = wix.members.add(email=EMAIL)
    emails = [f"work@{canaries.EMAIL_DOMAIN}"]

    reply = admin.patch(f"{PATH}/{member['id']}", json={"member": {"contact": {"emails": emails}}})

    assert reply.json()["member"]["contact"]["emails"] == [EMAIL, *emails]


@pytest.mark.parametrize(
    "changes", [{"loginEmail": EMAIL}, {"status": "APPROVED"}, {"profile": {"slug": "x"}}]
)
def test_an_update_of_anything_else_is_refused(
    wix: WixSimulator, admin: httpx.Client, changes: Json
) -> None:
    member = wix.members.add()

    reply = admin.patch(f"{PATH}/{member['id']}", json={"member": changes})

    assert reply.status_code == 400
    assert wix.members.get(member["id"]) == member


# ---- States ----


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("approve", "PENDING", "APPROVED"),
        ("approve", "BLOCKED", "APPROVED"),
        ("approve", "APPROVED", "APPROVED"),
        ("block", "PENDING", "BLOCKED"),
        ("block", "APPROVED", "BLOCKED"),
        ("block", "BLOCKED", "BLOCKED"),
        ("disconnect", "APPROVED", "OFFLINE"),
        ("disconnect", "OFFLINE", "OFFLINE"),
    ],
)
def test_an_action_sets_the_status_and_answers_the_member(
    wix: WixSimulator, admin: httpx.Client, verb: str, before: MemberStatus, after: str
) -> None:
    member = wix.members.add(status=before)

    reply = act(admin, member, verb)

    assert reply.json()["member"]["status"] == after
    assert reply.json()["member"] == wix.members.get(member["id"])


def test_a_muted_member_can_be_unmuted(wix: WixSimulator, admin: httpx.Client) -> None:
    member = wix.members.add()

    statuses = [
        act(admin, member, v).json()["member"]["activityStatus"] for v in ("mute", "unmute")
    ]

    assert statuses == ["MUTED", "ACTIVE"]


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ("owner", 400, "OWNER_MEMBER_BLOCK_FORBIDDEN"),
        ("subscriber", 428, "ACTIVE_SUBSCRIPTION_MEMBER_BLOCK_FORBIDDEN"),
    ],
)
def test_some_members_cannot_be_blocked(
    wix: WixSimulator, admin: httpx.Client, who: str, status: int, code: str
) -> None:
    member = wix.members.add(owner=who == "owner", subscriber=who == "subscriber")

    reply = act(admin, member, "block")

    assert (reply.status_code, code_of(reply)) == (status, code)
    assert reply.json()["details"]["applicationError"]["data"] == {"memberId": member["id"]}
    assert wix.members.get(member["id"]) == member


@pytest.mark.parametrize("verb", ["approve", "block"])
def test_nothing_brings_a_disconnected_member_back(
    wix: WixSimulator, admin: httpx.Client, verb: str
) -> None:
    member = wix.members.add(status="OFFLINE")

    refused = act(admin, member, verb)
    wix.switches.offline_member = "ignore"
    ignored = act(admin, member, verb)

    assert (refused.status_code, ignored.status_code) == (428, 200)
    assert ignored.json()["member"] == member == wix.members.get(member["id"])


@pytest.mark.parametrize("verb", ["approve", "block", "disconnect", "mute", "unmute"])
def test_nobody_is_not_found(admin: httpx.Client, verb: str) -> None:
    assert act(admin, {"id": NOBODY}, verb).status_code == 404


def test_nobody_is_not_found_by_the_other_calls_either(admin: httpx.Client) -> None:
    path = f"{PATH}/{NOBODY}"

    assert admin.get(path).status_code == 404
    assert admin.delete(path).status_code == 404
    assert admin.patch(path, json={"member": {}}).status_code == 404


# ---- Delete ----


def test_a_deleted_member_is_gone(wix: WixSimulator, admin: httpx.Client) -> None:
    member = wix.members.add()
    path = f"{PATH}/{member['id']}"

    reply = admin.delete(path)

    assert (reply.status_code, reply.json()) == (200, {})
    assert wix.members.get(member["id"]) is None
    assert admin.get(path).status_code == 404
    assert admin.delete(path).status_code == 404
    assert found(admin) == []


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        ("owner", "OWNER_OR_CONTRIBUTOR_MEMBER_DELETE_FORBIDDEN"),
        ("subscriber", "ACTIVE_SUBSCRIPTION_MEMBER_DELETE_FORBIDDEN"),
    ],
)
def test_some_members_cannot_be_deleted(
    wix: WixSimulator, admin: httpx.Client, who: str, rule: str
) -> None:
    member = wix.members.add(owner=who == "owner", subscriber=who == "subscriber")

    reply = admin.delete(f"{PATH}/{member['id']}")

    assert (reply.status_code, rule_of(reply)) == (400, rule)
    assert wix.members.get(member["id"]) == member


def test_a_bulk_delete_tells_of_each_member(wix: WixSimulator, admin: httpx.Client) -> None:
    gone, owner = wix.members.add(), wix.members.add(owner=True)
    ids = [gone["id"], NOBODY, owner["id"]]

    reply = admin.post(f"{PATH}/bulk/delete", json={"memberIds": ids})

    assert reply.status_code == 200
    told = [each["itemMetadata"] for each in reply.json()["results"]]
    assert [(each["id"], each["originalIndex"]) for each in told] == [
        (member_id, index) for index, member_id in enumerate(ids)
    ]
    assert [each["success"] for each in told] == [True, False, False]
    assert [each["error"]["code"] for each in told[1:]] == [
        "NOT_FOUND",
        "OWNER_OR_CONTRIBUTOR_MEMBER_DELETE_FORBIDDEN",
    ]
    assert reply.json()["bulkActionMetadata"] == {
        "totalSuccesses": 1,
        "totalFailures": 2,
        "undetailedFailures": 0,
    }
    assert wix.members.all() == [owner]


@pytest.mark.parametrize("ids", [[], [NOBODY] * 101, ["me"]])
def test_a_bulk_delete_of_too_few_or_too_many_is_refused(
    admin: httpx.Client, ids: list[str]
) -> None:
    assert admin.post(f"{PATH}/bulk/delete", json={"memberIds": ids}).status_code == 400


# ---- Who may ----


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", "", "MEMBERS.MEMBER_CREATE"),
        ("GET", "", "MEMBERS.MEMBER_READ"),
        ("POST", "/query", "MEMBERS.MEMBER_READ"),
        ("GET", f"/{NOBODY}", "MEMBERS.MEMBER_READ"),
        ("PATCH", f"/{NOBODY}", "MEMBERS.MEMBER_UPDATE"),
        ("POST", f"/{NOBODY}/approve", "MEMBERS.MEMBER_APPROVE"),
        ("POST", f"/{NOBODY}/block", "MEMBERS.MEMBER_BLOCK"),
        ("POST", f"/{NOBODY}/disconnect", "MEMBERS.MEMBER_DISCONNECT"),
        ("POST", f"/{NOBODY}/mute", "MEMBERS.MEMBER_MUTE"),
        ("POST", f"/{NOBODY}/unmute", "MEMBERS.MEMBER_MUTE"),
        ("DELETE", f"/{NOBODY}", "MEMBERS.MEMBER_DELETE"),
        ("POST", "/bulk/delete", "MEMBERS.MEMBER_DELETE"),
    ],
)
def test_each_call_needs_its_permission(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, permission: str
) -> None:
    def status(granted: str) -> int:
        wix.set_permissions([granted], credential=canaries.API_KEY)
        body: Json | None = {} if method in {"POST", "PATCH"} else None
        return admin.request(method, PATH + path, json=body).status_code

    assert status("MEMBERS.MEMBER_JOIN_COMMUNITY") == 403
    assert status(permission) != 403


def test_the_sdk_may_repeat_the_id(wix: WixSimulator, admin: httpx.Client) -> None:
    member_id = wix.members.add()["id"]
    path = f"{PATH}/{member_id}"

    assert admin.get(path, params={"id": member_id}).status_code == 200
    assert admin.post(f"{path}/block", json={"id": member_id}).status_code == 200
    assert admin.patch(path, json={"member": {"id": member_id}}).status_code == 200
    assert admin.delete(path, params={"id": member_id}).status_code == 200


def test_each_site_has_its_own_members(wix: WixSimulator, admin: httpx.Client) -> None:
    elsewhere = "517e0000-0000-4000-8000-000000000002"
    sites = frozenset({canaries.SITE_ID, elsewhere})
    wix.register(ApiKey(site_ids=sites))
    member = wix.members.add(email=EMAIL, site_id=elsewhere)

    here = found(admin)
    admin.headers["wix-site-id"] = elsewhere

    assert here == []
    assert wix.members.all() == []
    assert found(admin) == [member["id"]]
    assert wix.members.on(elsewhere).all() == [member]
