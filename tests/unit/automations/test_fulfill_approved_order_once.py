"""Whatever comes twice, gets lost or dies: an approved order is announced and fulfilled once."""

from typing import Any

import pytest

from tests.unit.automations.calls import (
    CREATE,
    LEASE_SECONDS,
    LIST,
    ORDER,
    Died,
    act,
    approved,
    asked,
    ledger,
    wix_shows,
)
from tests.unit.bus import Bus
from tests.unit.orders.calls import call, later
from tests.wix_simulator import Fault, WixSimulator, line, offline, too_many_requests
from wix_admin.automations.fulfill_approved_order import ApprovedOrderInput
from wix_admin.effects.once import SETTLE_SECONDS
from wix_admin.errors import (
    BusUnavailableError,
    OutcomeUnknownError,
    StillRunningError,
    WixRequestError,
    WixStateError,
    WixUnavailableError,
)
from wix_admin.process import effects_table

pytestmark = pytest.mark.usefixtures("bus")

ORDER_ID = "a1a1a1a1-0000-4000-8000-00000000000a"
GOODS, FILE = (f"00000000-0000-0000-0000-{n:012d}" for n in (1, 2))
A_GOOD = {"lineItemId": GOODS, "quantity": 2}
A_FILE = {"lineItemId": FILE, "quantity": 1}

DAYS = 86_400


def mixed_order(wix: WixSimulator, **about: Any) -> str:
    order = wix.add_order(lines=[line(2), line(kind="DIGITAL")], **about)
    return str(order["id"])


def paid(order_id: str) -> dict[str, Any]:
    """Make the event that an order's payments changed."""
    event = approved(order_id, slug="payment_status_updated", id="another", entityEventSequence="9")
    return event | {"detail-type": "wix.ecom.v1.order_payment_status_updated"}


def dies_writing_down(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Let the process end after an effect and before its outcome is written down."""
    finish = effects_table().finish

    def end(scope: Any, *rest: Any) -> None:
        if scope.operation == what:
            raise Died
        finish(scope, *rest)

    monkeypatch.setattr(effects_table(), "finish", end)


# ---- Told twice ---------------------------------------------------------------------------------


def test_the_same_event_again_changes_nothing(wix: WixSimulator, bus: Bus) -> None:
    order_id = mixed_order(wix)

    first, second = (act(approved(order_id)) for _ in range(2))

    assert first == second
    assert (first["fulfilled"], first["announced"]) == ([A_FILE], [A_GOOD])
    assert len(wix.fulfillments(order_id)) == 1
    assert len(bus.events) == 1
    assert asked(wix) == ["order", "create", "order"]


def test_other_events_about_the_order_change_nothing(wix: WixSimulator, bus: Bus) -> None:
    order_id = mixed_order(wix)
    first = act(paid(order_id))

    again = act(approved(order_id))
    late = act(approved(order_id, late=True, originatedFrom="somewhere", anything={"new": 1}))
    anonymized = act(approved(order_id, triggeredByAnonymizeRequest=True))

    assert first == again == late
    assert anonymized == {"orderId": order_id, "leftAlone": "anonymized"}
    assert len(wix.fulfillments(order_id)) == 1
    assert len(bus.events) == 1


def test_every_event_about_an_order_is_the_same_request() -> None:
    events = [
        approved(ORDER_ID),
        approved(ORDER_ID.upper(), triggeredByAnonymizeRequest=True),
        paid(ORDER_ID),
    ]

    requests = [ApprovedOrderInput.model_validate(each["detail"]) for each in events]

    assert len({(each.own_key(), each.fingerprint()) for each in requests}) == 1


def test_events_in_disorder_have_the_order_acted_on_once(wix: WixSimulator, bus: Bus) -> None:
    order_id = mixed_order(wix, status="INITIALIZED", payments=[offline("30.00")])
    assert act(paid(order_id))["leftAlone"] == "not_approved"
    wix.set_order_status(order_id, "APPROVED")
    assert act(approved(order_id))["leftAlone"] == "unpaid"
    call("record_payment", {"amount": "all"}, key="cash", order_id=order_id)

    answers = [act(event) for event in (paid(order_id), approved(order_id), paid(order_id))]

    assert [each["fulfilled"] for each in answers] == [[A_FILE]] * 3
    assert len(wix.fulfillments(order_id)) == 1
    assert len(bus.events) == 1


@pytest.mark.parametrize("auto_fulfill", ["digital", "all", "none"])
def test_the_next_event_after_all_is_sent_is_left_alone(
    wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch, auto_fulfill: str
) -> None:
    monkeypatch.setenv("AUTO_FULFILL", auto_fulfill)
    order_id = mixed_order(wix)
    act(approved(order_id))
    published = len(bus.events)
    if auto_fulfill != "all":
        call("fulfill_order", {"lines": "all"}, key="rest", order_id=order_id)

    answer = act(approved(order_id))

    assert answer == {"orderId": order_id, "leftAlone": "fulfilled"}
    assert len(bus.events) == published


def test_an_order_that_was_edited_in_between_is_not_announced_again(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    first = act(approved(order_id))
    order = wix.order(order_id)
    wix_shows(wix, {**order, "lineItems": [{**each, "quantity": 9} for each in order["lineItems"]]})

    second = act(approved(order_id))

    assert second == first
    assert len(bus.events) == 1
    assert len(wix.fulfillments(order_id)) == 1


def test_an_order_that_is_refunded_in_part_afterwards_is_not_acted_on_again(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    first = act(approved(order_id))
    wix_shows(wix, {**wix.order(order_id), "paymentStatus": "PARTIALLY_REFUNDED"})

    second = act(approved(order_id))

    assert second == first
    assert len(bus.events) == 1
    assert len(wix.fulfillments(order_id)) == 1


def test_an_event_that_comes_back_after_months_finds_nothing_left(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    act(approved(order_id))
    call("fulfill_order", {"lines": "all"}, key="goods", order_id=order_id)
    # Wix may count what needs no shipping, too.
    wix_shows(wix, {**wix.order(order_id), "fulfillmentStatus": "PARTIALLY_FULFILLED"})
    later(91 * DAYS)

    answer = act(approved(order_id))

    assert answer == {"orderId": order_id, "fulfilled": [], "announced": []}
    assert len(bus.events) == 1
    assert len(wix.fulfillments(order_id)) == 2


def test_an_announcement_that_is_repeated_after_months_is_the_same(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    act(approved(order_id))
    later(91 * DAYS)

    answer = act(approved(order_id))

    assert (answer["fulfilled"], answer["announced"]) == ([], [A_GOOD])
    first, second = bus.details
    assert first == second
    assert len(wix.fulfillments(order_id)) == 1


def test_a_caller_s_own_key_is_never_the_automation_s(wix: WixSimulator, bus: Bus) -> None:
    order_id = mixed_order(wix)
    by_hand = {"lines": [{"lineItemId": GOODS, "quantity": 1}]}
    call("fulfill_order", by_hand, key="approved", order_id=order_id)

    answer = act(approved(order_id))

    assert answer["fulfilled"] == [A_FILE]
    assert answer["announced"] == [{"lineItemId": GOODS, "quantity": 1}]


# ---- At the same time ---------------------------------------------------------------------------


@pytest.mark.parametrize("effect", ["orders.announce", "fulfillments.create"])
def test_an_event_waits_while_another_is_being_worked_on(
    wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch, effect: str
) -> None:
    order_id = mixed_order(wix)
    dies_writing_down(monkeypatch, effect)
    with pytest.raises(Died):
        act(approved(order_id))

    with pytest.raises(StillRunningError) as caught:
        act(paid(order_id))

    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= LEASE_SECONDS
    assert len(bus.events) == 1
    assert len(wix.fulfillments(order_id)) == (effect == "fulfillments.create")


# ---- Lost, or dead in between -------------------------------------------------------------------


def test_a_fulfillment_whose_answer_got_lost_is_found_at_once(wix: WixSimulator, bus: Bus) -> None:
    order_id = mixed_order(wix)
    wix.add_fault(Fault(path=CREATE, drop="after"))

    answer = act(approved(order_id))

    [made] = wix.fulfillments(order_id)
    assert (answer["fulfillmentId"], answer["fulfilled"]) == (made["id"], [A_FILE])
    assert asked(wix) == ["order", "create", "list"]


def test_a_fulfillment_that_wix_does_not_show_yet_is_found_by_the_next_event(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    wix.add_fault(Fault(path=CREATE, drop="after"))
    wix.add_fault(Fault(path=LIST, method="GET", status=404))
    with pytest.raises(OutcomeUnknownError):
        act(approved(order_id))

    answer = act(approved(order_id))

    [made] = wix.fulfillments(order_id)
    assert answer["fulfillmentId"] == made["id"]
    assert answer["announced"] == [A_GOOD]
    assert len(bus.events) == 1


def test_a_fulfillment_that_never_reached_wix_is_made_when_that_is_sure(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    wix.add_fault(Fault(path=CREATE, drop="before"))
    with pytest.raises(OutcomeUnknownError):
        act(approved(order_id))
    with pytest.raises(OutcomeUnknownError):
        act(approved(order_id))
    assert wix.fulfillments(order_id) == []
    later(SETTLE_SECONDS)

    answer = act(approved(order_id))

    assert answer["fulfilled"] == [A_FILE]
    assert len(wix.fulfillments(order_id)) == 1
    assert len(bus.events) == 1


def test_who_dies_after_fulfilling_is_followed_by_a_look(
    wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = mixed_order(wix)
    with monkeypatch.context() as patch:
        dies_writing_down(patch, "fulfillments.create")
        with pytest.raises(Died):
            act(approved(order_id))
    assert ledger("fulfillments.create")["state"] == "sent"
    later(LEASE_SECONDS)

    answer = act(approved(order_id))

    [made] = wix.fulfillments(order_id)
    assert (answer["fulfillmentId"], answer["fulfilled"]) == (made["id"], [A_FILE])
    assert ledger("fulfillments.create")["state"] == "settled"
    assert len(bus.events) == 1


def test_who_dies_after_announcing_is_followed_by_the_same_announcement(
    wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = mixed_order(wix)
    with monkeypatch.context() as patch:
        dies_writing_down(patch, "orders.announce")
        with pytest.raises(Died):
            act(approved(order_id))
    later(LEASE_SECONDS)
    with pytest.raises(OutcomeUnknownError):
        act(approved(order_id))
    later(SETTLE_SECONDS)

    answer = act(approved(order_id))

    first, second = bus.details
    assert first == second
    assert (answer["fulfilled"], answer["announced"]) == ([A_FILE], [A_GOOD])
    assert len(wix.fulfillments(order_id)) == 1


def test_what_was_sent_meanwhile_is_not_announced_again_after_a_death(
    wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = mixed_order(wix)
    with monkeypatch.context() as patch:
        dies_writing_down(patch, "orders.announce")
        with pytest.raises(Died):
            act(approved(order_id))
    by_hand = {"lines": [{"lineItemId": GOODS, "quantity": 1}]}
    call("fulfill_order", by_hand, key="by-hand", order_id=order_id)
    later(SETTLE_SECONDS)

    answer = act(approved(order_id))

    assert answer["announced"] == [{"lineItemId": GOODS, "quantity": 1}]
    assert [each["lines"][0]["quantity"] for each in bus.details] == [2, 1]


# ---- Out of reach -------------------------------------------------------------------------------


def test_while_the_bus_is_down_nothing_is_done_and_nothing_remembered(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    bus.down()
    for _ in range(2):
        with pytest.raises(BusUnavailableError):
            act(approved(order_id))
    assert ledger("orders.announce") == {}
    assert wix.fulfillments(order_id) == []
    bus.up()

    answer = act(approved(order_id))

    assert (answer["fulfilled"], answer["announced"]) == ([A_FILE], [A_GOOD])
    assert len(bus.events) == 1
    assert len(wix.fulfillments(order_id)) == 1


@pytest.mark.parametrize("busy", [ORDER, CREATE])
def test_wix_is_asked_again_when_it_says_it_can_be(wix: WixSimulator, bus: Bus, busy: str) -> None:
    order_id = mixed_order(wix)
    wix.add_fault(too_many_requests(busy, retry_after=60))

    with pytest.raises(WixUnavailableError) as caught:
        act(approved(order_id))
    answer = act(approved(order_id))

    assert (caught.value.code, caught.value.retry_after) == ("wix_busy", 60)
    assert answer["fulfilled"] == [A_FILE]
    assert len(wix.fulfillments(order_id)) == 1
    assert len(bus.events) == 1


# ---- Refused ------------------------------------------------------------------------------------


def test_a_refused_fulfillment_does_not_hold_back_the_goods(wix: WixSimulator, bus: Bus) -> None:
    order_id = mixed_order(wix)
    wix.add_fault(Fault(path=CREATE, status=400))

    with pytest.raises(WixRequestError):
        act(approved(order_id))

    assert [each["lines"][0]["lineItemId"] for each in bus.details] == [GOODS]


def test_what_wix_fulfilled_itself_a_moment_earlier_is_no_refusal(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    before = wix.order(order_id)
    call("fulfill_order", {"lines": [{"lineItemId": FILE}]}, key="by-hand", order_id=order_id)
    # Wix, or a person, is faster than we are after our reading of the order.
    wix_shows(wix, before, times=1)
    wix.clear_journal()

    answer = act(approved(order_id))

    assert asked(wix) == ["order", "create", "list"]
    assert answer["fulfilled"] == []
    assert len(wix.fulfillments(order_id)) == 1
    assert ledger("fulfillments.create")["state"] == "settled"
    assert len(bus.events) == 1


def test_what_is_left_after_somebody_was_faster_is_fulfilled_the_next_time(
    wix: WixSimulator, bus: Bus
) -> None:
    order = wix.add_order(lines=[line(), line(2, kind="DIGITAL"), line(kind="SERVICE")])
    order_id, [_, file, service] = order["id"], [each["id"] for each in order["lineItems"]]
    by_hand = [{"lineItemId": file, "quantity": 1}, {"lineItemId": service}]
    call("fulfill_order", {"lines": by_hand}, key="by-hand", order_id=order_id)
    wix_shows(wix, order, times=1)

    with pytest.raises(WixUnavailableError, match="ask again for the rest"):
        act(approved(order_id))
    answer = act(approved(order_id))

    assert answer["fulfilled"] == [{"lineItemId": file, "quantity": 1}]
    assert len(wix.fulfillments(order_id)) == 2
    assert len(bus.events) == 1


def test_what_wix_refuses_for_good_is_refused_again_without_asking(
    wix: WixSimulator, bus: Bus
) -> None:
    order_id = mixed_order(wix)
    # It is canceled between our reading it and our fulfilling it.
    wix_shows(wix, wix.order(order_id), times=2)
    wix.set_order_status(order_id, "CANCELED")

    failures = []
    for _ in range(2):
        with pytest.raises(WixStateError) as caught:
            act(approved(order_id))
        failures.append(caught.value)
    afterwards = act(approved(order_id))

    assert [each.wix_code for each in failures] == ["ORDER_NOT_APPROVED"] * 2
    assert [each.replayed for each in failures] == [False, True]
    assert afterwards == {"orderId": order_id, "leftAlone": "canceled"}
    assert asked(wix).count("create") == 1
    assert len(bus.events) == 1
