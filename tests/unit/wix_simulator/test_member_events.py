"""What an app is told of members."""

from typing import Any

import httpx
import pytest

from tests.unit.wix_simulator.hearing import Hearing
from tests.wix_simulator import WixSimulator

type Json = dict[str, Any]

PATH = "/members/v1/members"
MEMBER = "wix.members.v1.member"


def test_a_new_member_is_told_in_full(told: Hearing, admin: httpx.Client) -> None:
    body = {"member": {"loginEmail": "ada@example.com", "contact": {"firstName": "Ada"}}}
    member = admin.post(PATH, json=body).json()["member"]

    [event] = told.events()

    assert (event.type, event.entity_id) == (f"{MEMBER}_created", member["id"])
    assert event.content["slug"] == "created"
    assert event.content["entityFqdn"] == MEMBER
    assert event.content["createdEvent"] == {"entity": member}
    assert event.identity["identityType"] == "APP"


@pytest.mark.parametrize("verb", ["approve", "block", "disconnect", "mute", "unmute"])
def test_whatever_is_done_to_a_member_is_told_as_an_update(
    told: Hearing, wix: WixSimulator, admin: httpx.Client, verb: str
) -> None:
    member = wix.members.add(status="PENDING")
    told.events()

    admin.post(f"{PATH}/{member['id']}/{verb}", json={})

    [event] = told.events()
    assert (event.type, event.entity_id) == (f"{MEMBER}_updated", member["id"])
    assert event.content["updatedEvent"] == {"currentEntity": wix.members.get(member["id"])}


def test_each_change_of_a_member_has_the_next_number(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    path = f"{PATH}/{wix.members.add()['id']}"
    changes = {"member": {"profile": {"title": "Countess"}}}

    admin.patch(path, json=changes)
    admin.patch(path, json=changes)
    admin.delete(path)

    events = told.events()
    assert [event.content["slug"] for event in events] == [
        "created",
        "updated",
        "updated",
        "deleted",
    ]
    assert [event.sequence for event in events] == [1, 2, 3, 4]


def test_of_a_deleted_member_only_the_id_is_told(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    ids = [wix.members.add()["id"] for _ in range(2)]
    told.events()

    admin.post(f"{PATH}/bulk/delete", json={"memberIds": ids})

    events = told.events()
    assert [(event.type, event.entity_id) for event in events] == [
        (f"{MEMBER}_deleted", each) for each in ids
    ]
    assert all(event.content["deletedEvent"] == {} for event in events)


def test_who_signs_up_is_a_visitor(told: Hearing, wix: WixSimulator) -> None:
    wix.members.add(status="PENDING")

    [event] = told.events()

    assert event.identity["identityType"] == "ANONYMOUS_VISITOR"


def test_nothing_is_told_of_what_was_refused_or_made_up(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    owner = wix.members.add(owner=True)
    told.events()

    wix.members.seed(5)
    admin.post(f"{PATH}/{owner['id']}/block", json={})
    admin.delete(f"{PATH}/{owner['id']}")

    assert told.events() == []


def test_an_app_hears_of_members_of_its_own_site_only(told: Hearing, wix: WixSimulator) -> None:
    wix.members.add(site_id="nowhere")

    assert told.events() == []


def test_what_was_told_can_be_listed_and_sent_again(
    told: Hearing, wix: WixSimulator, http: httpx.Client
) -> None:
    subscription = {"url": told.receiver.url, "event_types": [f"{MEMBER}_created"]}
    http.post("/_simulator/webhooks/subscription", json=subscription).raise_for_status()
    http.post("/_simulator/members", json={"status": "PENDING"}).raise_for_status()
    [first] = told.events()

    [delivery] = http.get("/_simulator/webhooks/deliveries").json()
    http.post("/_simulator/webhooks/resend", json={"event_id": first.id}).raise_for_status()

    assert (delivery["event_type"], delivery["state"]) == (f"{MEMBER}_created", "delivered")
    assert [event.id for event in told.events()] == [first.id]
