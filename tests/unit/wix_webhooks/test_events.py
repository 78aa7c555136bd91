import json
from typing import Any

import pytest

from tests.canaries import INSTANCE_ID, MARKS
from tests.unit.wix_webhooks.sender import (
    EVENT_ID,
    EXPIRES_AT,
    ISSUED_AT,
    LEFT_OUT,
    ORDER,
    ORDER_ID,
    Sender,
    event,
)
from tests.wix_simulator.errors import Json
from tests.wix_simulator.signing import AN_APP
from wix_webhooks import WixEvent

BODIES = ("createdEvent", "updatedEvent", "deletedEvent", "actionEvent")

UNKNOWN = {"identityType": "UNKNOWN"}


def read(wix: Sender, told: Json | None = None, **changes: Any) -> WixEvent:
    return wix.verifier().verify(wix.delivery(told, **changes), ISSUED_AT, ISSUED_AT)


def test_a_domain_event_is_published_with_all_that_wix_told_of_it(wix: Sender) -> None:
    assert read(wix).detail() == {
        "id": EVENT_ID,
        "instanceId": INSTANCE_ID,
        "late": False,
        "identity": AN_APP,
        "entityFqdn": "wix.ecom.v1.order",
        "slug": "approved",
        "entityId": ORDER_ID,
        "eventTime": "2026-10-01T10:00:00.123456Z",
        "entityEventSequence": "12",
        "triggeredByAnonymizeRequest": False,
        "actionEvent": {"body": {"order": ORDER}},
    }


def test_an_event_names_its_type_entity_and_place_in_the_order_of_events(wix: Sender) -> None:
    approved = read(wix)

    assert approved.type == "wix.ecom.v1.order_approved"
    assert approved.instance_id == INSTANCE_ID
    assert (approved.entity_id, approved.sequence) == (ORDER_ID, 12)


def test_what_lapsed_while_waiting_says_so(wix: Sender) -> None:
    late = wix.verifier().verify(wix.delivery(), ISSUED_AT, EXPIRES_AT + 3600)

    assert late.detail()["late"] is True


def test_erasure_and_origin_are_kept(wix: Sender) -> None:
    erased = read(wix, event(triggeredByAnonymizeRequest=True, originatedFrom="import"))

    assert erased.detail()["triggeredByAnonymizeRequest"] is True
    assert erased.detail()["originatedFrom"] == "import"


@pytest.mark.parametrize(
    ("sent", "published"),
    [
        ({"createdEvent": {"entity": ORDER}}, {"createdEvent": {"entity": ORDER}}),
        (
            {"createdEvent": {"entityAsJson": json.dumps(ORDER), "restoreInfo": {}}},
            {"createdEvent": {"entity": ORDER, "restoreInfo": {}}},
        ),
        (
            {"updatedEvent": {"currentEntity": ORDER, "modifiedFields": {"number": "1"}}},
            {"updatedEvent": {"currentEntity": ORDER, "modifiedFields": {"number": "1"}}},
        ),
        (
            {"updatedEvent": {"currentEntityAsJson": json.dumps(ORDER)}},
            {"updatedEvent": {"currentEntity": ORDER}},
        ),
        ({"deletedEvent": {}}, {"deletedEvent": {}}),
        ({"deletedEvent": {"deletedEntityAsJson": ""}}, {"deletedEvent": {}}),
        (
            {"deletedEvent": {"deletedEntityAsJson": json.dumps(ORDER)}},
            {"deletedEvent": {"deletedEntity": ORDER}},
        ),
        (
            {"actionEvent": {"bodyAsJson": {"order": ORDER}}},
            {"actionEvent": {"body": {"order": ORDER}}},
        ),
        (
            {"actionEvent": {"body": {"order": ORDER}, "bodyAsJson": "{}"}},
            {"actionEvent": {"body": {"order": ORDER}}},
        ),
        ({"actionEvent": {"body": None, "bodyAsJson": "{}"}}, {"actionEvent": {"body": {}}}),
        ({"createdEvent": {"entity": None}}, {"createdEvent": {}}),
        ({"createdEvent": None, "deletedEvent": {}}, {"deletedEvent": {}}),
        ({"createdEvent": {"entity": ORDER}, "deletedEvent": {}}, {"deletedEvent": {}}),
    ],
)
def test_a_body_has_one_form_however_it_was_sent(wix: Sender, sent: Json, published: Json) -> None:
    detail = read(wix, event(**sent)).detail()

    assert {name: detail[name] for name in BODIES if name in detail} == published


@pytest.mark.parametrize(
    "told",
    [
        {"productId": "p-1", "changedFields": ["price"]},
        {"id": "p-1", "createdEvent": {"by": "hand"}},
        {"entityFqdn": "wix.new.v1.thing", "slug": "moved"},
        {},
    ],
)
def test_an_older_flat_event_is_published_as_its_payload(wix: Sender, told: Json) -> None:
    flat = read(wix, told, event_type="com.wix.Changed")

    assert flat.detail()["payload"] == told
    assert (flat.entity_id, flat.sequence) == (None, None)


def test_an_event_without_an_id_gets_one_that_copies_share(wix: Sender) -> None:
    changed = [
        read(wix, {"id": "p-1"}, event_type="com.wix.Changed"),
        read(wix, {"id": "p-1"}, event_type="com.wix.Changed", iat=ISSUED_AT - 60),
    ]
    others = [
        read(wix, {"id": "p-2"}, event_type="com.wix.Changed"),
        read(wix, {"id": "p-1"}, event_type="com.wix.Deleted"),
        read(
            wix,
            {"id": "p-1"},
            event_type="com.wix.Changed",
            wrapped={"instanceId": INSTANCE_ID.upper()},
        ),
        read(wix, event(id=LEFT_OUT)),
        read(wix, event(id="")),
    ]

    assert changed[0].id == changed[1].id
    assert len({other.id for other in [*changed, *others]}) == 1 + len(others)
    assert [len(other.detail()["id"]) for other in others] == [64] * len(others)


def test_levels_may_be_objects_where_wix_usually_sends_text(wix: Sender) -> None:
    plain = read(wix)
    nested = read(
        wix,
        data={
            "eventType": plain.type,
            "instanceId": INSTANCE_ID,
            "data": event(),
            "identity": AN_APP,
        },
    )
    flat = {"eventType": "com.wix.Changed", "instanceId": INSTANCE_ID, "data": {"a": 1, "b": 2}}

    assert nested == plain
    assert read(wix, data=flat).id == read(wix, data=flat | {"data": {"b": 2, "a": 1}}).id


@pytest.mark.parametrize(
    "identity",
    [
        LEFT_OUT,
        None,
        "",
        "{",
        "[]",
        5,
        "{}",
        '{"identityType": 5}',
        '{"identityType": "\\ud800"}',
        f'{{"identityType": "APP", "a": {"[" * 63}{"]" * 63}}}',
    ],
)
def test_an_identity_that_cannot_be_read_is_unknown(wix: Sender, identity: object) -> None:
    approved = read(wix, wrapped={"identity": identity})

    assert approved.detail()["identity"] == UNKNOWN
    assert approved.detail()["actionEvent"] == {"body": {"order": ORDER}}


@pytest.mark.parametrize("sequence", [LEFT_OUT, None, "", "twelve", "-1", "1.5", "²", "9" * 5000])
def test_a_sequence_that_is_no_number_orders_nothing(wix: Sender, sequence: object) -> None:
    assert read(wix, event(entityEventSequence=sequence)).sequence is None


@pytest.mark.parametrize(
    ("sent", "published"),
    [
        ({"entityEventSequence": 12}, {"entityEventSequence": "12"}),
        ({"entityId": 5}, {"entityId": "5"}),
        ({"id": 0}, {"id": "0"}),
        ({"triggeredByAnonymizeRequest": "true"}, {"triggeredByAnonymizeRequest": True}),
        ({"triggeredByAnonymizeRequest": "false"}, {"triggeredByAnonymizeRequest": False}),
        ({"triggeredByAnonymizeRequest": 2}, {}),
        ({"triggeredByAnonymizeRequest": "maybe"}, {}),
        ({"eventTime": {"seconds": 1}}, {}),
        ({"slug": True}, {}),
        ({"originatedFrom": ["import"]}, {}),
        ({"entityId": 1.5}, {}),
        ({"entityFqdn": 7}, {"entityFqdn": "7"}),
        ({"entityFqdn": {"a": 1}}, {}),
    ],
)
def test_a_field_that_only_says_something_about_an_event_does_not_lose_it(
    wix: Sender, sent: Json, published: Json
) -> None:
    detail = read(wix, event(**sent)).detail()

    assert {name: detail[name] for name in sent if name in detail} == published
    assert detail["actionEvent"] == {"body": {"order": ORDER}}


def test_an_id_that_is_none_is_made_up(wix: Sender) -> None:
    assert len(read(wix, event(id={"a": "b"})).id) == 64


def test_numbers_keep_their_value_and_letters_their_form(wix: Sender) -> None:
    body = {"a": 0.1, "b": 2**53 + 1, "c": -0.0, "d": "Zoë 🛒 \u0000", "e": [None, True]}

    assert read(wix, event(actionEvent={"body": body})).detail()["actionEvent"]["body"] == body


def test_the_form_for_logs_tells_nothing_of_the_content(wix: Sender) -> None:
    approved = read(wix)

    assert EVENT_ID in repr(approved)
    assert ORDER_ID not in repr(approved)
    assert AN_APP["appId"] not in repr(approved)
    assert not [mark for mark in MARKS if mark in repr(approved)]
