"""How deliveries are signed, sent, repeated and given up."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import httpx
import jwt
import pytest

from tests import canaries
from tests.unit.wix_simulator.receiver import Receiver, read, receiving
from tests.wix_simulator import SigningKey, WixSimulator
from tests.wix_simulator.webhooks import LIVES_SECONDS, RESEND_AFTER_SECONDS

APPROVED = "wix.ecom.v1.order_approved"
CREATED = "wix.ecom.v1.order_created"
ENTITY = "e0717000-0000-4000-8000-000000000001"
AN_HOUR = 3600


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def one_event(wix: WixSimulator, receiver: Receiver) -> Callable[[], str]:
    """Makes an order of which the receiver is told once; returns the event's id."""
    wix.webhooks.subscribe(receiver.url, [CREATED])

    def make() -> str:
        wix.add_order()
        return str(wix.webhooks.deliveries[-1].event_id)

    return make


def statuses(wix: WixSimulator) -> list[list[int | None]]:
    return [[each.status for each in one.attempts] for one in wix.webhooks.deliveries]


def wait_for(receiver: Receiver, what: Callable[[], bool]) -> None:
    with receiver.changed:
        assert receiver.changed.wait_for(what, 20)


# ---- What is sent ----


def test_a_delivery_is_the_bare_token_and_nested_json_to_the_field(
    wix: WixSimulator, receiver: Receiver
) -> None:
    wix.webhooks.subscribe(receiver.url, [APPROVED])

    order = wix.add_order()
    wix.webhooks.wait_until_done()

    (request,) = receiver.received
    delivery = read(request.body, wix.webhooks.public_key)
    assert request.headers["content-type"] == "text/plain; charset=utf-8"
    assert request.headers["user-agent"] == "Wix"
    assert request.body.count(b".") == 2
    assert delivery.header == {"kid": delivery.header["kid"], "alg": "RS256"}
    assert delivery.claims.keys() == {"data", "iat", "exp"}
    assert delivery.claims["exp"] - delivery.claims["iat"] == 300_000
    assert delivery.envelope == {
        "data": delivery.envelope["data"],
        "instanceId": canaries.INSTANCE_ID,
        "eventType": APPROVED,
        "identity": delivery.envelope["identity"],
    }
    assert delivery.identity.keys() == {"identityType", "anonymousVisitorId"}
    assert delivery.event == {
        "id": wix.webhooks.deliveries[0].event_id,
        "entityFqdn": "wix.ecom.v1.order",
        "slug": "approved",
        "entityId": order["id"],
        "eventTime": delivery.event["eventTime"],
        "triggeredByAnonymizeRequest": False,
        "originatedFrom": None,
        "entityEventSequence": "3",
        "actionEvent": {"body": {"order": order}},
    }
    assert len(delivery.event["eventTime"]) == len("2026-01-15T08:30:02.365080Z")


def test_the_key_is_one_of_a_simulator_and_outlives_a_reset(wix: WixSimulator) -> None:
    before = wix.webhooks.public_key

    wix.reset()

    assert before.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert wix.webhooks.public_key == before
    assert WixSimulator().webhooks.public_key != before


def test_without_a_subscription_nothing_is_kept(wix: WixSimulator, receiver: Receiver) -> None:
    wix.add_order()
    before = wix.webhooks.deliveries
    wix.webhooks.subscribe(receiver.url)
    wix.webhooks.unsubscribe()

    wix.add_order()

    assert before == wix.webhooks.deliveries == []
    assert receiver.received == []


def test_only_the_types_asked_for_are_sent(wix: WixSimulator, receiver: Receiver) -> None:
    wix.webhooks.subscribe(receiver.url, [APPROVED, CREATED])

    wix.add_order()
    wix.webhooks.wait_until_done()

    assert {each.type for each in receiver.read_all(wix.webhooks.public_key)} == {APPROVED, CREATED}
    assert {each.event_type for each in wix.webhooks.deliveries} == {APPROVED, CREATED}


def test_deliveries_stay_on_this_machine(wix: WixSimulator) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        wix.webhooks.subscribe("https://example.com/webhooks/wix")


def test_a_moved_clock_does_not_date_the_signature_forward(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.advance(AN_HOUR)

    one_event()
    wix.webhooks.wait_until_done()
    by_hand = wix.webhooks.token()

    for token in (receiver.bodies[0], by_hand.encode()):
        assert read(token, wix.webhooks.public_key).claims["iat"] <= time.time()


# ---- Again, until someone says 200 ----


def test_a_refused_delivery_is_resent_by_the_timetable_and_given_up_after_twelve_resends(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.time_factor = 1e-6
    receiver.answers = [500] * 100

    one_event()
    wix.webhooks.wait_until_done()

    (delivery,) = wix.webhooks.deliveries
    minutes = [each.waited_seconds * 1e6 / 60 for each in delivery.attempts]
    assert minutes == pytest.approx([0, 1, 10, 60, *[120] * 3, *[240] * 3, *[480] * 2, 720])
    assert delivery.state == "given_up"
    assert len(receiver.received) == 13
    for before, after in zip(delivery.attempts, delivery.attempts[1:], strict=False):
        assert after.at - before.at >= after.waited_seconds


def test_the_whole_timetable_takes_47_hours_and_11_minutes() -> None:
    assert sum(RESEND_AFTER_SECONDS) == (47 * 60 + 11) * 60
    assert len(RESEND_AFTER_SECONDS) == 12


def test_a_resend_is_due_when_the_simulators_clock_says_so(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    receiver.answers = [503]
    one_event()
    wait_for(receiver, lambda: len(receiver.received) == 1)

    wix.advance(AN_HOUR)
    wix.webhooks.wait_until_done()

    assert statuses(wix) == [[503, 200]]
    assert wix.webhooks.deliveries[0].state == "delivered"


@pytest.mark.parametrize("status", [201, 202, 204, 302, 400, 500])
def test_anything_but_200_is_a_failure(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str], status: int
) -> None:
    wix.webhooks.time_factor = 0
    receiver.answers = [status]

    one_event()
    wix.webhooks.wait_until_done()

    assert statuses(wix) == [[status, 200]]


def test_an_answer_that_comes_too_late_is_none(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.answer_within = 0.05
    receiver.is_open.clear()

    one_event()
    wait_for(receiver, lambda: len(receiver.received) == 1)
    wix.webhooks.answer_within = 20
    wix.advance(AN_HOUR)
    wait_for(receiver, lambda: len(receiver.received) == 2)
    receiver.is_open.set()
    wix.webhooks.wait_until_done()

    assert statuses(wix) == [[None, 200]]
    assert wix.webhooks.deliveries[0].attempts[0].milliseconds >= 50


def test_where_nobody_listens_is_tried_again(wix: WixSimulator) -> None:
    wix.webhooks.time_factor = 0
    wix.webhooks.subscribe("http://127.0.0.1:9/", [CREATED])

    wix.add_order()
    wix.webhooks.wait_until_done()

    assert statuses(wix) == [[None] * 13]


@pytest.mark.parametrize(("signature", "seconds_later"), [("same", 0), ("new", 60)])
def test_a_resend_is_the_same_to_the_byte_unless_it_is_signed_anew(
    receiver: Receiver, signature: Literal["same", "new"], seconds_later: int
) -> None:
    moment = [time.time() - AN_HOUR]
    receiver.answers = [500]
    with WixSimulator(now=lambda: moment[0]) as wix:
        wix.switches.resend_signature = signature
        wix.webhooks.subscribe(receiver.url, [CREATED])
        wix.add_order()
        wait_for(receiver, lambda: len(receiver.received) == 1)

        moment[0] += 60
        wix.advance(60)
        wix.webhooks.wait_until_done()

    first, second = (read(body, wix.webhooks.public_key) for body in receiver.bodies)
    assert second.claims["iat"] - first.claims["iat"] == seconds_later
    assert second.claims["exp"] - first.claims["exp"] == seconds_later
    assert second.envelope == first.envelope
    assert (receiver.bodies[0] == receiver.bodies[1]) is (signature == "same")


def test_a_resend_carries_the_old_state(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    receiver.answers = [500]
    one_event()
    wait_for(receiver, lambda: len(receiver.received) == 1)

    (order,) = wix.orders()
    wix.set_order_status(order["id"], "CANCELED")
    wix.advance(AN_HOUR)
    wix.webhooks.wait_until_done()

    assert read(receiver.bodies[1], wix.webhooks.public_key).body["status"] == "APPROVED"


# ---- Duplicates and disorder ----


def test_each_delivery_has_as_many_duplicates_as_asked_for(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.duplicates = 2
    wix.webhooks.time_factor = 0
    receiver.answers = [500]

    event_id = one_event()
    wix.webhooks.wait_until_done()

    assert [each.event_id for each in wix.webhooks.deliveries] == [event_id] * 3
    assert sorted(statuses(wix), key=len) == [[200], [200], [500, 200]]
    assert len(set(receiver.bodies)) == 1


def test_a_delivery_is_sent_again_on_request(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    one_event()
    event_id = one_event()
    wix.webhooks.wait_until_done()
    sent = {read(body, wix.webhooks.public_key).event["id"]: body for body in receiver.bodies}

    wix.webhooks.resend(event_id, times=2)
    wix.webhooks.wait_until_done()

    assert receiver.bodies[2:] == [sent[event_id]] * 2
    with pytest.raises(LookupError):
        wix.webhooks.resend("unknown")


@pytest.mark.parametrize(
    ("order", "places"),
    [
        ("as_made", [0, 1, 2, 3]),
        ("reversed", [3, 2, 1, 0]),
        ([2, 0, 3, 1], [2, 0, 3, 1]),
    ],
)
def test_what_was_held_back_arrives_in_the_order_asked_for(
    wix: WixSimulator,
    receiver: Receiver,
    one_event: Callable[[], str],
    order: Sequence[int],
    places: list[int],
) -> None:
    wix.webhooks.pause()
    ids = [one_event() for _ in range(4)]
    held = len(receiver.received)
    receiver.answers = [500]

    wix.webhooks.resume(order)
    wait_for(receiver, lambda: len(receiver.received) == 4)
    wix.advance(AN_HOUR)
    wix.webhooks.wait_until_done()

    arrived = [read(body, wix.webhooks.public_key).event["id"] for body in receiver.bodies]
    first_times = list(dict.fromkeys(arrived))
    assert held == 0
    assert first_times == [ids[place] for place in places]
    assert sorted(arrived) == sorted([*ids, first_times[0]])


@pytest.mark.parametrize("order", [[0], [0, 0], [0, 1, 2], [1, 2], "shuffled"])
def test_an_order_names_each_delivery_held_back_once(
    wix: WixSimulator, one_event: Callable[[], str], order: Sequence[int]
) -> None:
    wix.webhooks.pause()
    one_event(), one_event()

    with pytest.raises(ValueError, match="2 deliveries"):
        wix.webhooks.resume(order)

    assert wix.webhooks.paused
    with pytest.raises(TimeoutError):
        wix.webhooks.wait_until_done(timeout_seconds=0)


def test_a_pause_holds_resends_back_too(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    receiver.answers = [500]
    receiver.is_open.clear()
    one_event()
    wait_for(receiver, lambda: len(receiver.received) == 1)
    wix.webhooks.pause()
    receiver.is_open.set()
    wix.advance(AN_HOUR)
    token = wix.webhooks.token()

    wix.webhooks.post(token)
    while_paused = len(receiver.received)
    wix.webhooks.resume()
    wix.webhooks.wait_until_done()

    assert while_paused == 2
    assert statuses(wix) == [[500, 200]]


# ---- Anything by hand ----


def test_any_event_can_be_sent(wix: WixSimulator, receiver: Receiver) -> None:
    wix.webhooks.subscribe(receiver.url, [CREATED])
    twin = {"actionEvent": {"bodyAsJson": '{"booking":{"id":"b"}}'}}

    event_id = wix.webhooks.send(
        "wix.bookings.v2.booking_confirmed",
        ENTITY,
        twin,
        event_id="once",
        sequence=7,
        identity=None,
        anonymize=True,
    )
    wix.webhooks.wait_until_done()

    (delivery,) = receiver.read_all(wix.webhooks.public_key)
    assert event_id == "once"
    assert "identity" not in delivery.envelope
    assert delivery.event == {
        "id": "once",
        "entityFqdn": "wix.bookings.v2.booking",
        "slug": "confirmed",
        "entityId": ENTITY,
        "eventTime": delivery.event["eventTime"],
        "triggeredByAnonymizeRequest": True,
        "originatedFrom": None,
        "entityEventSequence": "7",
        **twin,
    }


def test_a_flat_event_is_only_its_payload(wix: WixSimulator, receiver: Receiver) -> None:
    wix.webhooks.subscribe(receiver.url)
    payload = {"appId": canaries.CLIENT_ID, "originInstanceId": canaries.INSTANCE_ID}

    event_id = wix.webhooks.send("AppInstalled", None, payload)
    wix.webhooks.wait_until_done()

    delivery = read(receiver.bodies[0], wix.webhooks.public_key)
    assert event_id is None
    assert (delivery.type, delivery.event) == ("AppInstalled", payload)


def test_nothing_is_sent_by_hand_to_nobody(wix: WixSimulator) -> None:
    with pytest.raises(LookupError):
        wix.webhooks.send(CREATED, ENTITY, {})
    with pytest.raises(LookupError):
        wix.webhooks.post("text")


def test_a_token_may_be_forged_foreign_or_expired(wix: WixSimulator) -> None:
    key = wix.webhooks.public_key
    forged = wix.webhooks.token(key=SigningKey.generate())
    expired = wix.webhooks.token(issued_at=time.time() - 60, lives_seconds=30)
    foreign = wix.webhooks.token(instance_id="1257a7ce-0000-4000-8000-000000000009")
    other_header = wix.webhooks.token(header={"alg": "none"})

    with pytest.raises(jwt.InvalidSignatureError):
        read(forged.encode(), key)
    with pytest.raises(jwt.ExpiredSignatureError):
        read(expired.encode(), key)
    assert read(foreign.encode(), key).envelope["instanceId"].endswith("9")
    assert jwt.get_unverified_header(other_header) == {"alg": "none"}


def test_a_token_says_what_is_asked_for(wix: WixSimulator) -> None:
    token = wix.webhooks.token(
        CREATED, ENTITY, {"createdEvent": {"entity": {}}}, event_id="once", sequence=4
    )

    delivery = read(token.encode(), wix.webhooks.public_key)
    assert delivery.type == CREATED
    assert delivery.event["id"] == "once"
    assert delivery.event["entityId"] == ENTITY
    assert delivery.event["entityEventSequence"] == "4"
    assert delivery.event["createdEvent"] == {"entity": {}}
    assert delivery.claims["exp"] - delivery.claims["iat"] == LIVES_SECONDS


def test_deliveries_may_live_shortly(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.lives_seconds = 30

    one_event()
    wix.webhooks.wait_until_done()

    claims = read(receiver.bodies[0], wix.webhooks.public_key).claims
    assert claims["exp"] - claims["iat"] == 30


def test_any_body_is_posted_once_and_its_answer_told(wix: WixSimulator, receiver: Receiver) -> None:
    receiver.answers = [415]

    refused = wix.webhooks.post(b"\xff\x00", url=receiver.url, content_type="application/json")
    taken = wix.webhooks.post("", url=receiver.url)
    lost = wix.webhooks.post("text", url="http://127.0.0.1:9/")

    assert (refused, taken, lost) == (415, 200, None)
    assert receiver.bodies == [b"\xff\x00", b""]
    assert receiver.received[0].headers["content-type"] == "application/json"
    assert wix.webhooks.deliveries == []


# ---- Beside everything else ----


def test_many_are_sent_at_once_but_no_more_than_twenty_and_wix_answers_meanwhile(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str], admin: httpx.Client
) -> None:
    wix.webhooks.answer_within = 30
    receiver.is_open.clear()
    for _ in range(30):
        one_event()
    wait_for(receiver, lambda: receiver.busy == 20)

    meanwhile = admin.get(f"/ecom/v1/orders/{wix.orders()[0]['id']}").status_code
    receiver.is_open.set()
    wix.webhooks.wait_until_done()

    assert meanwhile == 200
    assert receiver.most_busy == 20
    assert len(receiver.received) == 30


def test_waiting_for_a_free_connection_is_not_the_receivers_fault(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    receiver.is_open.clear()
    wix.webhooks.answer_within = 1
    for _ in range(20):
        one_event()
    wait_for(receiver, lambda: receiver.busy == 20)

    last = one_event()
    wait_for(receiver, lambda: len(receiver.received) == 21)
    receiver.is_open.set()
    wix.advance(AN_HOUR)
    wix.webhooks.wait_until_done()

    delivery = wix.webhooks.deliveries[-1]
    assert delivery.event_id == last
    assert [each.status for each in delivery.attempts] == [200]


@pytest.mark.timeout(30)
def test_a_stop_leaves_what_waits_and_a_start_goes_on_with_it(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    receiver.answers = [500]
    one_event()
    wait_for(receiver, lambda: len(receiver.received) == 1)

    wix.stop()
    while_stopped = wix.webhooks.deliveries[0].state
    one_event()
    wix.advance(60)
    with pytest.raises(RuntimeError):
        wix.webhooks.post("text")
    wix.start()
    wix.webhooks.wait_until_done()

    assert while_stopped == "waiting"
    assert [each.state for each in wix.webhooks.deliveries] == ["delivered", "delivered"]
    assert len(set(receiver.bodies)) == 2


@pytest.mark.timeout(30)
def test_a_stop_does_not_wait_for_an_answer(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.answer_within = 600
    receiver.is_open.clear()
    one_event()
    wait_for(receiver, lambda: len(receiver.received) == 1)

    wix.stop()

    assert wix.webhooks.deliveries[0].attempts == []
    assert wix.webhooks.deliveries[0].state == "waiting"


def test_the_end_of_a_subscription_gives_up_what_waits(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    receiver.answers = [500]
    one_event()
    wait_for(receiver, lambda: len(receiver.received) == 1)

    wix.webhooks.unsubscribe()
    wix.advance(AN_HOUR)
    wix.webhooks.wait_until_done()

    assert wix.webhooks.deliveries[0].state == "given_up"
    assert wix.webhooks.subscription is None


def test_the_end_of_a_subscription_also_ends_what_is_sent_in_turn(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.pause()
    one_event(), one_event()
    receiver.is_open.clear()
    wix.webhooks.resume()
    wait_for(receiver, lambda: len(receiver.received) == 1)

    wix.webhooks.unsubscribe()
    receiver.is_open.set()
    wix.webhooks.post("one", url=receiver.url)
    wix.webhooks.post("two", url=receiver.url)

    assert receiver.bodies[1:] == [b"one", b"two"]


def test_what_waits_for_a_free_connection_is_held_back_by_a_pause(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.answer_within = 30
    receiver.is_open.clear()
    for _ in range(21):
        one_event()
    wait_for(receiver, lambda: receiver.busy == 20)

    wix.webhooks.pause()
    receiver.is_open.set()
    wix.webhooks.post("while paused")
    while_paused = len(receiver.received)
    wix.webhooks.resume()
    wix.webhooks.wait_until_done()

    assert (while_paused, len(receiver.received)) == (21, 22)


def test_a_reset_forgets_subscription_deliveries_and_settings(
    wix: WixSimulator, receiver: Receiver, one_event: Callable[[], str]
) -> None:
    wix.webhooks.duplicates = 3
    wix.webhooks.pause()
    one_event()

    wix.reset()
    wix.add_order()

    assert wix.webhooks.deliveries == []
    assert (wix.webhooks.duplicates, wix.webhooks.paused) == (0, False)
    assert receiver.received == []


def test_deliveries_at_their_end_can_be_forgotten(
    wix: WixSimulator, one_event: Callable[[], str]
) -> None:
    one_event()
    wix.webhooks.wait_until_done()
    wix.webhooks.pause()
    waiting = one_event()

    wix.webhooks.clear_deliveries()

    assert [each.event_id for each in wix.webhooks.deliveries] == [waiting]
