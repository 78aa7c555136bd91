"""Creating members: each once, though Wix takes no idempotency key."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import canaries
from tests.unit.aws import aws_client
from tests.unit.calls import Reply, call
from tests.unit.wix_admin.builders import unnamed
from tests.wix_simulator import Fault, WixSimulator
from wix_admin.effects.once import SETTLE_SECONDS
from wix_admin.errors import pointer
from wix_admin.process import effects_table

EMAIL = f"ada@{canaries.EMAIL_DOMAIN}"
CREATE = "/members/v1/members"

type LogLines = Callable[[], list[dict[str, Any]]]


def create(key: str | None = "k-1", **body: Any) -> Reply:
    return call("members/create_member", {"loginEmail": EMAIL, **body}, key=key)


def created(wix: WixSimulator) -> int:
    return sum(each.effect for each in wix.requests("POST", CREATE))


def ledger(table: str) -> str:
    return json.dumps(aws_client("dynamodb").scan(TableName=table)["Items"])


def test_a_member_is_added_and_may_log_in(wix: WixSimulator, table: str) -> None:
    reply = create(contact={"firstName": "Ada"}, profile={"nickname": "ada"})

    [member] = wix.members.all()
    assert reply.status == 200
    assert reply.json == {
        "memberId": member["id"],
        "contactId": member["contactId"],
        "status": "APPROVED",
        "createdDate": member["createdDate"],
    }
    assert (member["loginEmail"], member["contact"]["firstName"]) == (EMAIL, "Ada")


def test_the_same_key_gives_the_first_answer(wix: WixSimulator, table: str) -> None:
    first, second = create(), create()

    assert (second.status, second.json, second.replayed) == (200, first.json, True)
    assert created(wix) == 1


@pytest.mark.parametrize("name", canaries.NAMES, ids=unnamed)
def test_a_custom_field_that_is_wrong_is_named_to_the_caller_alone(
    wix: WixSimulator, table: str, log_lines: LogLines, name: str
) -> None:
    reply = create(contact={"customFields": {name: {"value": []}}})

    assert reply.status == 400
    assert reply.fields == [pointer("contact", "customFields", name, "value")]
    assert name in reply.json["detail"]
    assert not any(mark in json.dumps(log_lines()) for mark in canaries.MARKS)


def test_a_key_is_needed(wix: WixSimulator, table: str) -> None:
    reply = create(key=None)

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")
    assert wix.members.all() == []


@pytest.mark.parametrize("lag", [0, 60])
def test_a_login_email_that_is_taken_is_a_conflict(wix: WixSimulator, table: str, lag: int) -> None:
    wix.members.add(email=EMAIL)
    wix.switches.member_index_lag_seconds = lag

    reply = create()

    assert (reply.status, reply.code, reply.fields) == (409, "conflict", ["/loginEmail"])
    assert len(wix.members.all()) == 1


def test_a_login_email_in_capitals_is_taken_if_wix_has_it_in_small_letters(
    wix: WixSimulator, table: str
) -> None:
    wix.members.add(email=EMAIL)

    reply = create(loginEmail=EMAIL.upper())

    assert (reply.status, reply.fields) == (409, ["/loginEmail"])
    assert wix.requests("POST", CREATE) == []


def test_an_email_of_someone_who_was_disconnected_is_free(wix: WixSimulator, table: str) -> None:
    wix.members.add(email=EMAIL, status="OFFLINE")

    assert create().status == 200


def test_an_answer_that_got_lost_is_found_by_the_login_email(wix: WixSimulator, table: str) -> None:
    wix.add_fault(Fault(method="POST", path=CREATE, drop="after", times=1))

    reply = create()

    [member] = wix.members.all()
    assert (reply.status, reply.json["memberId"]) == (200, member["id"])


def test_an_answer_that_got_lost_is_found_later_if_the_index_lags(
    wix: WixSimulator, table: str
) -> None:
    wix.switches.member_index_lag_seconds = 5
    wix.add_fault(Fault(method="POST", path=CREATE, drop="after", times=1))
    lost = create()
    wix.advance(10)

    found = create()

    assert (lost.status, lost.code) == (504, "outcome_unknown")
    assert (found.status, found.json["memberId"]) == (200, wix.members.all()[0]["id"])
    assert created(wix) == 1


def test_a_member_who_was_there_before_is_not_taken_for_the_new_one(
    wix: WixSimulator, table: str
) -> None:
    wix.add_fault(Fault(method="POST", path=CREATE, drop="before", times=1))
    lost = create()
    wix.members.add(email=EMAIL, created="2025-01-01T00:00:00.000Z")

    again = create()

    assert (lost.code, again.code) == ("outcome_unknown", "outcome_unknown")


def test_a_request_that_never_arrived_is_made_after_a_while(wix: WixSimulator, table: str) -> None:
    wix.add_fault(Fault(method="POST", path=CREATE, drop="before", times=1))
    assert create().code == "outcome_unknown"
    now = effects_table().now
    effects_table().now = lambda: now() + SETTLE_SECONDS + 1

    reply = create()

    assert reply.status == 200
    assert created(wix) == 1


@pytest.mark.usefixtures("wix")
def test_neither_log_nor_ledger_has_the_person(table: str, log_lines: LogLines) -> None:
    create(contact={"firstName": canaries.FIRST_NAME, "lastName": canaries.LAST_NAME})
    create()

    kept = ledger(table) + json.dumps(log_lines())
    assert not any(mark in kept for mark in (EMAIL, canaries.FIRST_NAME, canaries.LAST_NAME))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"loginEmail": "nobody"}, "/loginEmail"),
        ({"loginEmail": None}, "/loginEmail"),
        ({"password": "x"}, "/password"),
        ({"status": "APPROVED"}, "/status"),
        ({"contact": {"birthdate": "4 May"}}, "/contact/birthdate"),
        ({"contact": {"addresses": [{"country": "USA"}]}}, "/contact/addresses/0/country"),
        (
            {"contact": {"addresses": [{"addressLine": "1", "streetAddress": {}}]}},
            "/contact/addresses/0",
        ),
        ({"profile": {"slug": "ada"}}, "/profile/slug"),
    ],
)
def test_a_mistake_is_told_by_its_field(
    wix: WixSimulator, table: str, body: dict[str, Any], field: str
) -> None:
    reply = create(**body)

    assert (reply.status, reply.code, reply.fields) == (400, "invalid_input", [field])
    assert wix.requests(path="/members/*") == []


@pytest.mark.parametrize(
    ("part", "name", "longest"),
    [
        ("contact", "firstName", 1000),
        ("contact", "lastName", 1000),
        ("contact", "company", 100),
        ("contact", "jobTitle", 100),
        ("address", "addressLine", 200),
        ("address", "addressLine2", 1000),
        ("address", "city", 1000),
        ("address", "subdivision", 100),
        ("address", "postalCode", 100),
    ],
)
def test_a_text_is_as_long_as_wix_takes_it(
    wix: WixSimulator, table: str, part: str, name: str, longest: int
) -> None:
    def contact(length: int) -> dict[str, Any]:
        text = {name: "x" * length}
        return text if part == "contact" else {"addresses": [text]}

    refused = create(key="k-1", contact=contact(longest + 1))
    taken = create(key="k-2", contact=contact(longest))

    assert (refused.status, refused.code) == (400, "invalid_input")
    assert taken.status == 200, taken.json
