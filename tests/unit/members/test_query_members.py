"""Listing members: all fields, page by page, and honest about what moves meanwhile."""

from typing import Any

import pytest

from tests.unit.calls import Reply, call
from tests.wix_simulator import WixSimulator


def query(**body: Any) -> Reply:
    return call("members/query_members", body)


def pages(wix: WixSimulator, *, between: Any = lambda: None, **body: Any) -> list[Any]:
    """All pages; something may happen after the first."""
    found = [query(**body).json]
    between()
    while found[-1]["hasMore"]:
        found.append(query(cursor=found[-1]["cursor"], limit=body["limit"]).json)
    return found


def test_members_are_told_with_their_status(wix: WixSimulator) -> None:
    member = wix.members.add(status="PENDING")

    reply = query(filter={"status": "PENDING"})

    assert reply.json == {"items": [member], "hasMore": False, "shifted": False}


def test_every_member_comes_once_page_by_page(wix: WixSimulator) -> None:
    ids = wix.members.seed(7)

    found = pages(wix, limit=3)

    assert [each["id"] for page in found for each in page["items"]] == ids
    assert [len(page["items"]) for page in found] == [3, 3, 1]
    assert not any(page["shifted"] for page in found)


def test_a_list_that_shrinks_meanwhile_says_so(wix: WixSimulator) -> None:
    ids = wix.members.seed(7)

    def somebody_deletes_the_first() -> None:
        call("members/delete_member", target=ids[0], query={"confirm": ids[0]})

    found = pages(wix, limit=3, between=somebody_deletes_the_first)

    assert [page["shifted"] for page in found] == [False, True]


def test_a_member_who_joins_meanwhile_comes_last_and_is_told(wix: WixSimulator) -> None:
    ids = wix.members.seed(4)
    joined: list[str] = []

    found = pages(wix, limit=3, between=lambda: joined.append(wix.members.add()["id"]))

    assert [each["id"] for page in found for each in page["items"]] == [*ids, *joined]
    assert found[-1]["shifted"] is True


def test_a_search_goes_on_with_its_cursor(wix: WixSimulator) -> None:
    for day, name in enumerate(("dan", "dana", "noa", "danny"), 1):
        created = f"2026-01-0{day}T00:00:00.000Z"
        wix.members.add(fields={"profile": {"nickname": name}}, created=created)

    found = pages(wix, limit=2, search={"expression": "dan"})

    names = [each["profile"]["nickname"] for page in found for each in page["items"]]
    assert names == ["dan", "dana", "danny"]


def test_members_are_sorted_by_all_that_wix_sorts_by(wix: WixSimulator) -> None:
    names = [("Ada", "Byron"), ("Grace", "Hopper"), ("Ada", "Lovelace")]
    for first, last in reversed(names):
        contact = {"firstName": first, "lastName": last}
        wix.members.add(fields={"contact": contact, "profile": {"nickname": "a"}})
    fields = ["profile.nickname", "contact.firstName", "contact.lastName"]
    dates = ["createdDate", "updatedDate", "lastLoginDate"]

    reply = query(sort=[{"fieldName": each} for each in fields + dates])

    found = [
        (each["contact"]["firstName"], each["contact"]["lastName"]) for each in reply.json["items"]
    ]
    assert found == sorted(names)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"limit": 101}, "/limit"),
        ({"cursor": "x", "filter": {"status": "PENDING"}}, "/cursor"),
        ({"cursor": "x", "search": {"expression": "a"}}, "/search"),
        ({"cursor": "x"}, "/cursor"),
        ({"search": {"expression": ""}}, "/search/expression"),
        ({"search": {"expression": "a", "fields": ["phone"]}}, "/search/fields/0"),
        ({"search": {"expression": "a" * 101}}, "/search/expression"),
        ({"sort": [{"fieldName": "f" * 513}]}, "/sort/0/fieldName"),
        ({"sorting": []}, "/sorting"),
    ],
)
def test_a_mistake_is_told_by_its_field(
    wix: WixSimulator, body: dict[str, Any], field: str
) -> None:
    reply = query(**body)

    assert (reply.status, reply.fields) == (400, [field])


def test_what_is_not_checked_is_for_wix_to_refuse(wix: WixSimulator) -> None:
    assert query(filter={"shoeSize": 44}, unchecked=True).code == "wix_refused"
    assert query(sort=[{"fieldName": "f" * 512}], unchecked=True).code == "wix_refused"
