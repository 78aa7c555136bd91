"""A shipment that left the warehouse: recorded once, or told why it cannot be."""

from typing import Any

import pytest

from tests.unit.automations.calls import (
    CREATE,
    LEASE_SECONDS,
    LIST,
    Died,
    asked,
    dispatched,
    ledger,
    record,
    sample,
    wix_shows,
)
from tests.unit.orders.calls import Reply, call, later
from tests.wix_simulator import Fault, WixSimulator, line, offline, too_many_requests
from wix_admin.effects.once import SETTLE_SECONDS
from wix_admin.errors import (
    InputError,
    KeyReusedError,
    OutcomeUnknownError,
    RefusedError,
    StillRunningError,
    WixNotFoundError,
    WixStateError,
    WixUnavailableError,
)
from wix_admin.process import effects_table

pytestmark = pytest.mark.usefixtures("table")

FIRST, SECOND = (f"00000000-0000-0000-0000-{n:012d}" for n in (1, 2))


def units(line_id: str, quantity: int = 1) -> list[dict[str, Any]]:
    return [{"lineItemId": line_id, "quantity": quantity}]


def goods(wix: WixSimulator, **about: Any) -> str:
    """Add an order for three of one thing and one of another."""
    return str(wix.add_order(lines=[line(3), line(1)], **about)["id"])


def told_over_http(event: dict[str, Any]) -> Reply:
    """Send what an event says to the action that marks lines as sent."""
    body = {name: value for name, value in event["detail"].items() if name != "orderId"}
    return call("fulfill_order", body, order_id=event["detail"]["orderId"])


# ---- Recorded -----------------------------------------------------------------------------------


def test_a_shipment_is_recorded_with_its_tracking(wix: WixSimulator) -> None:
    order_id = goods(wix)

    answer = record(dispatched(order_id, lines=units(FIRST, 2)))

    [made] = wix.fulfillments(order_id)
    assert answer == {
        "orderId": order_id,
        "fulfillmentId": made["id"],
        "lines": units(FIRST, 2),
        "trackingNumber": "1Z999AA10123456784",
    }
    assert made["lineItems"] == [{"id": FIRST, "quantity": 2}]
    assert made["trackingInfo"]["shippingProvider"] == "ups"
    assert asked(wix) == ["list", "order", "create"]


def test_an_operator_can_have_a_shipment_recorded(wix: WixSimulator) -> None:
    order_id = goods(wix)

    answer = record({**sample("fulfill_dispatched_shipment")["detail"], "orderId": order_id})

    assert answer["lines"] == units(FIRST)


def test_an_order_goes_out_in_parts(wix: WixSimulator) -> None:
    order_id = goods(wix)
    parts = [units(FIRST), units(FIRST, 2), units(SECOND)]

    answers = [
        record(dispatched(order_id, dispatchId=f"D-{n}", trackingNumber=f"1Z{n}", lines=part))
        for n, part in enumerate(parts)
    ]

    assert [each["lines"] for each in answers] == parts
    assert len(wix.fulfillments(order_id)) == 3
    assert wix.order(order_id)["fulfillmentStatus"] == "FULFILLED"


@pytest.mark.parametrize("paid", ["offline", "card"])
def test_a_shipment_is_recorded_whether_or_not_it_is_paid(wix: WixSimulator, paid: str) -> None:
    on_delivery = [offline("40.00")] if paid == "offline" else None
    order_id = goods(wix, payments=on_delivery)

    answer = record(dispatched(order_id))

    assert answer["lines"] == units(FIRST)


# ---- Once ---------------------------------------------------------------------------------------


def test_a_shipment_that_is_told_twice_is_recorded_once(wix: WixSimulator) -> None:
    order_id = goods(wix)

    first, second = (record(dispatched(order_id)) for _ in range(2))

    assert first == second
    assert len(wix.fulfillments(order_id)) == 1
    assert asked(wix).count("create") == 1


@pytest.mark.parametrize("first", ["over HTTP", "as an event"])
def test_a_shipment_that_is_told_both_ways_is_recorded_once(wix: WixSimulator, first: str) -> None:
    order_id = goods(wix)
    event = dispatched(order_id, carrier="Local Courier", trackingUrl="https://courier.example/1")

    if first == "over HTTP":
        over_http, as_an_event = told_over_http(event), record(event)
    else:
        as_an_event, over_http = record(event), told_over_http(event)

    assert over_http.json == as_an_event
    assert over_http.replayed == (first == "as an event")
    assert len(wix.fulfillments(order_id)) == 1
    assert asked(wix) == ["list", "order", "create"]


def test_one_dispatch_cannot_be_two_shipments(wix: WixSimulator) -> None:
    order_id = goods(wix)
    record(dispatched(order_id))

    with pytest.raises(KeyReusedError):
        record(dispatched(order_id, lines=units(SECOND)))

    assert len(wix.fulfillments(order_id)) == 1


def test_a_recorded_shipment_is_told_again_even_if_the_order_is_canceled_by_now(
    wix: WixSimulator,
) -> None:
    order_id = goods(wix)
    first = record(dispatched(order_id))
    wix.set_order_status(order_id, "CANCELED")

    assert record(dispatched(order_id)) == first


@pytest.mark.parametrize("then", ["nothing", "it is canceled", "the rest is sent"])
def test_a_shipment_whose_answer_got_lost_is_found_whatever_happened_since(
    wix: WixSimulator, then: str
) -> None:
    order_id = goods(wix)
    wix.add_fault(Fault(path=CREATE, drop="after"))
    wix.add_fault(Fault(path=LIST, method="GET", status=404, skip=1))
    with pytest.raises(OutcomeUnknownError):
        record(dispatched(order_id))
    if then == "it is canceled":
        wix.set_order_status(order_id, "CANCELED")
    if then == "the rest is sent":
        call("fulfill_order", {"lines": "all"}, key="rest", order_id=order_id)

    wix.clear_journal()

    answer = record(dispatched(order_id))

    assert answer["fulfillmentId"] == wix.fulfillments(order_id)[0]["id"]
    assert asked(wix) == ["list"]


def test_a_lost_answer_is_found_at_once(wix: WixSimulator) -> None:
    order_id = goods(wix)
    wix.add_fault(Fault(path=CREATE, drop="after"))

    answer = record(dispatched(order_id))

    [made] = wix.fulfillments(order_id)
    assert answer["fulfillmentId"] == made["id"]


def test_who_dies_after_recording_is_followed_by_a_look(
    wix: WixSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = goods(wix)

    def end(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(effects_table(), "finish", end)
        with pytest.raises(Died):
            record(dispatched(order_id))
    with pytest.raises(StillRunningError):
        record(dispatched(order_id))
    later(LEASE_SECONDS)

    answer = record(dispatched(order_id))

    [made] = wix.fulfillments(order_id)
    assert answer["fulfillmentId"] == made["id"]
    assert ledger("fulfillments.create")["state"] == "settled"


def test_a_shipment_that_never_reached_wix_is_left_alone_if_the_order_is_canceled_since(
    wix: WixSimulator,
) -> None:
    order_id = goods(wix)
    wix.add_fault(Fault(path=CREATE, drop="before"))
    with pytest.raises(OutcomeUnknownError):
        record(dispatched(order_id))
    wix.set_order_status(order_id, "CANCELED")
    later(SETTLE_SECONDS)

    answer = record(dispatched(order_id))

    assert answer == {"orderId": order_id, "leftAlone": "canceled"}
    assert ledger("fulfillments.create") == {}


def test_wix_is_asked_again_when_it_says_it_can_be(wix: WixSimulator) -> None:
    order_id = goods(wix)
    wix.add_fault(too_many_requests(CREATE, retry_after=60))

    with pytest.raises(WixUnavailableError) as caught:
        record(dispatched(order_id))
    answer = record(dispatched(order_id))

    assert (caught.value.code, caught.value.retry_after) == ("wix_busy", 60)
    assert answer["lines"] == units(FIRST)


# ---- Left alone ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "CANCELED"}, "canceled"),
        ({"status": "CANCELED", "fulfillmentStatus": "FULFILLED"}, "canceled"),
        ({"status": "REJECTED"}, "rejected"),
        ({"imported": True}, "imported"),
        ({"fulfillmentStatus": "FULFILLED"}, "fulfilled"),
    ],
)
def test_a_shipment_of_an_order_that_is_over_is_told_with_a_warning(
    wix: WixSimulator, log_lines: Any, fields: dict[str, Any], reason: str
) -> None:
    order_id = goods(wix)
    wix_shows(wix, {**wix.order(order_id), **fields})

    answer = record(dispatched(order_id))

    assert answer == {"orderId": order_id, "leftAlone": reason}
    assert asked(wix) == ["list", "order"]
    assert ledger("fulfillments.create") == {}
    warning = log_lines()[0]
    assert (warning["level"], warning["leftAlone"]) == ("WARNING", reason)
    assert (warning["orderId"], warning["dispatchId"]) == (order_id, "DISPATCH-2026-0001")


@pytest.mark.parametrize("by", ["hand", "another dispatch"])
def test_a_shipment_of_an_order_that_was_sent_already_is_left_alone(
    wix: WixSimulator, by: str
) -> None:
    order_id = goods(wix)
    if by == "hand":
        call("fulfill_order", {"lines": "all"}, key="by-hand", order_id=order_id)
    else:
        everything = units(FIRST, 3) + units(SECOND)
        record(dispatched(order_id, dispatchId="D-0", trackingNumber="1Z0", lines=everything))

    answer = record(dispatched(order_id))

    assert answer == {"orderId": order_id, "leftAlone": "fulfilled"}
    assert len(wix.fulfillments(order_id)) == 1


def test_a_shipment_that_was_left_alone_is_refused_over_http(wix: WixSimulator) -> None:
    order_id = goods(wix)
    wix.set_order_status(order_id, "CANCELED")
    event = dispatched(order_id)
    record(event)

    reply = told_over_http(event)

    assert (reply.status, reply.code) == (409, "not_possible_now")


# ---- Refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING"])
def test_a_shipment_of_an_order_that_is_not_approved_is_for_an_operator(
    wix: WixSimulator, status: Any
) -> None:
    order_id = goods(wix, status=status)
    with pytest.raises(RefusedError, match=status) as caught:
        record(dispatched(order_id))
    wix.set_order_status(order_id, "APPROVED")

    answer = record(dispatched(order_id))

    assert caught.value.code == "not_possible_now"
    assert answer["lines"] == units(FIRST)


def test_more_than_is_left_is_for_an_operator(wix: WixSimulator) -> None:
    order_id = goods(wix)
    record(dispatched(order_id, dispatchId="D-0", trackingNumber="1Z0", lines=units(FIRST, 2)))

    with pytest.raises(RefusedError, match="1 units are left") as caught:
        record(dispatched(order_id, lines=units(FIRST, 2)))

    assert caught.value.code == "exceeds_unfulfilled"
    assert len(wix.fulfillments(order_id)) == 1


def test_what_wix_refuses_for_good_is_refused_again_without_asking(wix: WixSimulator) -> None:
    order_id = goods(wix)
    # It is canceled between our reading it and our fulfilling it.
    wix_shows(wix, wix.order(order_id), times=1)
    wix.set_order_status(order_id, "CANCELED")

    failures = []
    for _ in range(2):
        with pytest.raises(WixStateError) as caught:
            record(dispatched(order_id))
        failures.append(caught.value)

    assert [each.wix_code for each in failures] == ["ORDER_NOT_APPROVED"] * 2
    assert [each.replayed for each in failures] == [False, True]
    assert asked(wix).count("create") == 1


def test_an_order_that_wix_does_not_know_is_an_error(wix: WixSimulator) -> None:
    with pytest.raises(WixNotFoundError):
        record(sample("fulfill_dispatched_shipment"))


def test_a_line_of_another_order_is_refused(wix: WixSimulator) -> None:
    order_id = goods(wix)

    with pytest.raises(InputError, match=r"lines\.0\.lineItemId"):
        record(dispatched(order_id, lines=units("00000000-0000-0000-0000-000000000077")))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"dispatchId": None}, "/dispatchId"),
        ({"dispatchId": "D 1"}, "/dispatchId"),
        ({"orderId": "10042"}, "/orderId"),
        ({"lines": None}, "/lines"),
        ({"lines": "all"}, "/lines"),
        ({"lines": []}, "/lines"),
        ({"lines": [{"lineItemId": FIRST}]}, "/lines/0/quantity"),
        ({"lines": [*units(FIRST), {"lineItemId": SECOND}]}, "/lines/1/quantity"),
        ({"lines": units(FIRST) * 2}, "/lines"),
        ({"lines": units(FIRST, 0)}, "/lines/0/quantity"),
        ({"carrier": None}, "/carrier"),
        ({"carrier": "Local Courier"}, "/trackingUrl"),
        ({"trackingNumber": None}, "/trackingNumber"),
        ({"trackingUrl": "nowhere"}, "/trackingUrl"),
        ({"weight": 3}, "/weight"),
    ],
)
def test_a_shipment_that_is_not_told_whole_is_refused(
    wix: WixSimulator, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        record(dispatched("a1a1a1a1-0000-4000-8000-00000000000a", **changed))

    assert [each.field for each in caught.value.violations] == [field]
    assert asked(wix) == []
