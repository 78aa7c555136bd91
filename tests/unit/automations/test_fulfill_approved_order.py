"""An approved order: what is fulfilled, what is announced, and what is left alone."""

import json
from typing import Any

import pytest

from tests import canaries
from tests.unit.automations.calls import act, approved, asked, sample, wix_shows
from tests.unit.bus import Bus
from tests.unit.orders.calls import call
from tests.wix_simulator import WixSimulator, line, offline
from wix_admin.errors import (
    InputError,
    RefusedError,
    SettingsError,
    WixNotFoundError,
    WixUnavailableError,
)

pytestmark = pytest.mark.usefixtures("bus")

FULFILLER = "f0f0f0f0-0000-4000-8000-00000000000f"
GOODS, MORE_GOODS, FILE, GIFT = (f"00000000-0000-0000-0000-{n:012d}" for n in range(1, 5))


def unit(line_id: str, quantity: int = 1) -> dict[str, Any]:
    return {"lineItemId": line_id, "quantity": quantity}


def mixed_order(wix: WixSimulator) -> dict[str, Any]:
    """Two kinds of goods, a file and two gift cards."""
    return wix.add_order(
        lines=[
            line(3, sku="BEANS-1"),
            line(1, sku="MUG-1"),
            line(1, kind="DIGITAL"),
            line(2, kind="GIFT_CARD"),
        ]
    )


# ---- What is done -------------------------------------------------------------------------------

TO_SHIP = [unit(GOODS, 3), unit(MORE_GOODS)]
TO_SEND = [unit(FILE), unit(GIFT, 2)]


@pytest.mark.parametrize(
    ("auto_fulfill", "fulfilled", "announced"),
    [
        ("digital", TO_SEND, TO_SHIP),
        ("all", TO_SHIP + TO_SEND, []),
        ("none", [], TO_SHIP),
    ],
)
def test_what_is_fulfilled_and_what_is_announced_is_a_setting(
    wix: WixSimulator,
    bus: Bus,
    monkeypatch: pytest.MonkeyPatch,
    *,
    auto_fulfill: str,
    fulfilled: list[Any],
    announced: list[Any],
) -> None:
    monkeypatch.setenv("AUTO_FULFILL", auto_fulfill)
    order = mixed_order(wix)

    answer = act(approved(order["id"]))

    made = wix.fulfillments(order["id"])
    assert answer == {
        "orderId": order["id"],
        "fulfilled": fulfilled,
        "announced": announced,
        **({"fulfillmentId": made[0]["id"]} if made else {}),
    }
    assert [unit(each["id"], each["quantity"]) for each in lines_of(made)] == fulfilled
    assert [unit(each["lineItemId"], each["quantity"]) for each in lines_on(bus)] == announced


def lines_of(fulfillments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for fulfillment in fulfillments for each in fulfillment["lineItems"]]


def lines_on(bus: Bus) -> list[dict[str, Any]]:
    return [each for detail in bus.details for each in detail["lines"]]


def test_an_order_of_goods_is_announced_with_one_call_to_wix(wix: WixSimulator, bus: Bus) -> None:
    order = wix.add_order(lines=[line(2)])

    answer = act(approved(order["id"]))

    assert answer == {"orderId": order["id"], "fulfilled": [], "announced": [unit(GOODS, 2)]}
    assert asked(wix) == ["order"]


def test_a_mixed_order_takes_two_calls_to_wix(wix: WixSimulator) -> None:
    order = mixed_order(wix)

    act(approved(order["id"]))

    assert asked(wix) == ["order", "create"]


def test_the_fulfillment_of_what_needs_no_shipping_carries_our_reference(
    wix: WixSimulator,
) -> None:
    order = mixed_order(wix)

    act(approved(order["id"]))

    [made] = wix.fulfillments(order["id"])
    assert made["customInfo"]["fieldsData"]["reference"].startswith("wa-")
    assert wix.order(order["id"])["fulfillmentStatus"] == "PARTIALLY_FULFILLED"


def test_the_announcement_says_what_to_ship_and_nothing_about_people(
    wix: WixSimulator, bus: Bus
) -> None:
    order = mixed_order(wix)
    products = [each["catalogReference"]["catalogItemId"] for each in order["lineItems"]]

    act(approved(order["id"]))

    [event] = bus.events
    assert (event["source"], event["detail-type"]) == ("wix-admin", "Order Ready To Ship")
    assert event["detail"].pop("id").startswith("wa-")
    assert event["detail"] == {
        "orderId": order["id"],
        "orderNumber": order["number"],
        "lines": [
            {**unit(GOODS, 3), "sku": "BEANS-1", "catalogItemId": products[0]},
            {**unit(MORE_GOODS), "sku": "MUG-1", "catalogItemId": products[1]},
        ],
    }
    assert not any(mark in json.dumps(event) for mark in canaries.MARKS)


def test_an_announcement_leaves_out_what_wix_does_not_tell(wix: WixSimulator, bus: Bus) -> None:
    order = wix.add_order(lines=[line()])
    bare = {"id": GOODS, "quantity": 1, "catalogReference": None}
    wix_shows(wix, {**order, "number": None, "lineItems": [bare]})

    act(approved(order["id"]))

    [detail] = bus.details
    assert detail.keys() == {"id", "orderId", "lines"}
    assert detail["lines"] == [unit(GOODS)]


@pytest.mark.parametrize(
    ("about", "is_shipped"),
    [
        ({"itemType": {"preset": "DIGITAL"}, "physicalProperties": {"shippable": False}}, False),
        ({"itemType": {"preset": "GIFT_CARD"}, "physicalProperties": {}}, False),
        ({"itemType": {"preset": "SERVICE"}, "physicalProperties": {"shippable": None}}, False),
        ({"itemType": {"preset": "DIGITAL"}, "physicalProperties": None}, False),
        ({"itemType": {"preset": "DIGITAL"}, "physicalProperties": {"shippable": True}}, True),
        ({"itemType": {"preset": "PHYSICAL"}, "physicalProperties": {"shippable": False}}, True),
        ({"itemType": {"preset": "UNRECOGNISED"}}, True),
        ({"itemType": {"preset": "SOMETHING_NEW"}}, True),
        ({"itemType": {"custom": "Workshop"}, "physicalProperties": {"shippable": False}}, True),
        ({"itemType": {}}, True),
        ({"itemType": None, "physicalProperties": None}, True),
    ],
)
def test_only_what_surely_needs_no_shipping_is_fulfilled(
    wix: WixSimulator, about: dict[str, Any], *, is_shipped: bool
) -> None:
    order = wix.add_order(lines=[line()])
    wix_shows(wix, {**order, "lineItems": [{**order["lineItems"][0], **about}]})

    answer = act(approved(order["id"]))

    assert (answer["announced"], answer["fulfilled"]) == (
        ([unit(GOODS)], []) if is_shipped else ([], [unit(GOODS)])
    )


def test_a_line_that_somebody_else_fulfills_says_so(wix: WixSimulator, bus: Bus) -> None:
    order = wix.add_order(lines=[line()])
    sent_by_another = {**order["lineItems"][0], "fulfillerId": FULFILLER}
    wix_shows(wix, {**order, "lineItems": [sent_by_another]})

    act(approved(order["id"]))

    [detail] = bus.details
    assert [each["fulfillerId"] for each in detail["lines"]] == [FULFILLER]


@pytest.mark.parametrize(
    "paid",
    [
        {"paymentStatus": "PAID"},
        {"paymentStatus": "NOT_PAID", "priceSummary": {"total": {"amount": "0"}}},
        {"paymentStatus": "NOT_PAID", "priceSummary": {"total": {"amount": "0.00"}}},
    ],
)
def test_an_order_that_is_paid_or_costs_nothing_is_acted_on(
    wix: WixSimulator, paid: dict[str, Any]
) -> None:
    order = wix.add_order(lines=[line()])
    wix_shows(wix, {**order, **paid})

    assert act(approved(order["id"]))["announced"] == [unit(GOODS)]


def test_units_that_somebody_sent_already_are_neither_announced_nor_fulfilled(
    wix: WixSimulator, bus: Bus
) -> None:
    order = mixed_order(wix)
    by_hand = [unit(GOODS, 2), unit(MORE_GOODS), unit(GIFT)]
    call("fulfill_order", {"lines": by_hand}, key="by-hand", order_id=order["id"])

    answer = act(approved(order["id"]))

    assert answer["announced"] == [unit(GOODS)]
    assert answer["fulfilled"] == [unit(FILE), unit(GIFT)]
    assert lines_on(bus)[0]["quantity"] == 1


def test_a_line_of_which_more_was_sent_than_is_ordered_now_is_neither_announced_nor_fulfilled(
    wix: WixSimulator, bus: Bus
) -> None:
    order = mixed_order(wix)
    call("fulfill_order", {"lines": [unit(GOODS, 3)]}, key="by-hand", order_id=order["id"])
    edited = [{**order["lineItems"][0], "quantity": 1}, *order["lineItems"][1:]]
    wix_shows(wix, {**wix.order(order["id"]), "lineItems": edited})

    answer = act(approved(order["id"]))

    assert answer["announced"] == [unit(MORE_GOODS)]
    assert answer["fulfilled"] == TO_SEND


@pytest.mark.parametrize("status", ["PARTIALLY_FULFILLED", "SOMETHING_NEW", None])
def test_units_are_counted_unless_wix_says_that_none_was_sent(
    wix: WixSimulator, bus: Bus, status: str | None
) -> None:
    order = wix.add_order(lines=[line(1), line(1, kind="DIGITAL")])
    everything = [unit(GOODS), unit(MORE_GOODS)]
    call("fulfill_order", {"lines": everything}, key="by-hand", order_id=order["id"])
    wix_shows(wix, {**order, "fulfillmentStatus": status})

    answer = act(approved(order["id"]))

    assert answer == {"orderId": order["id"], "fulfilled": [], "announced": []}
    assert bus.events == []


def test_nothing_is_done_where_nothing_is_to_be_done(
    wix: WixSimulator, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTO_FULFILL", "none")
    order = wix.add_order(lines=[line(kind="DIGITAL")])
    wix_shows(wix, {**order, "fulfillmentStatus": "PARTIALLY_FULFILLED"})

    answer = act(approved(order["id"]))

    assert answer == {"orderId": order["id"], "fulfilled": [], "announced": []}
    assert asked(wix) == ["order"]


# ---- What is left alone -------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING"])
def test_a_payment_for_an_order_that_is_not_approved_yet_is_left_to_the_approval(
    wix: WixSimulator, status: str
) -> None:
    order = mixed_order(wix)
    wix_shows(wix, {**order, "status": status})

    answer = act(approved(order["id"], slug="payment_status_updated"))

    assert answer == {"orderId": order["id"], "leftAlone": "not_approved"}


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING"])
@pytest.mark.parametrize(
    "told",
    [
        {"slug": "approved"},
        {
            "slug": "payment_status_updated",
            "actionEvent": {"body": {"order": {"status": "APPROVED"}}},
        },
    ],
)
def test_an_approval_that_wix_tells_of_before_it_shows_it_is_not_missed(
    wix: WixSimulator, bus: Bus, told: dict[str, Any], status: str
) -> None:
    order = mixed_order(wix)
    wix_shows(wix, {**order, "status": status}, times=1)
    event = approved(order["id"], **told)

    with pytest.raises(WixUnavailableError, match="does not show it yet"):
        act(event)
    answer = act(event)

    assert answer["fulfilled"]
    assert len(bus.events) == 1


@pytest.mark.parametrize("slug", ["payment_status_updated", "approved"])
def test_a_payment_that_wix_tells_of_before_it_shows_it_is_not_missed(
    wix: WixSimulator, bus: Bus, slug: str
) -> None:
    order = mixed_order(wix)
    wix_shows(wix, {**order, "paymentStatus": "NOT_PAID"}, times=1)
    event = approved(order["id"], slug=slug, actionEvent={"body": {"order": order}})

    with pytest.raises(WixUnavailableError, match="does not show it yet"):
        act(event)
    answer = act(event)

    assert order["paymentStatus"] == "PAID"
    assert answer["fulfilled"]
    assert len(bus.events) == 1


@pytest.mark.parametrize(
    "told",
    [
        None,
        "paid",
        {"body": None},
        {"body": {"order": "PAID"}},
        {"body": {"order": {"paymentStatus": {"PAID": True}}}},
        {"body": {"order": {"paymentStatus": "NOT_PAID"}}},
    ],
)
def test_an_event_that_tells_of_no_payment_leaves_an_unpaid_order_alone(
    wix: WixSimulator, told: Any
) -> None:
    order = wix.add_order(lines=[line()], payments=[offline("10.00")])

    answer = act(approved(order["id"], actionEvent=told))

    assert answer == {"orderId": order["id"], "leftAlone": "unpaid"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "CANCELED"}, "canceled"),
        ({"status": "CANCELED", "paymentStatus": "FULLY_REFUNDED"}, "canceled"),
        ({"status": "REJECTED"}, "rejected"),
        ({"status": "SOMETHING_NEW"}, "not_approved"),
        ({"status": None}, "not_approved"),
        ({"imported": True}, "imported"),
        ({"paymentStatus": "NOT_PAID"}, "unpaid"),
        ({"paymentStatus": "NOT_PAID", "priceSummary": None}, "unpaid"),
        ({"paymentStatus": "NOT_PAID", "priceSummary": {"total": None}}, "unpaid"),
        ({"paymentStatus": "NOT_PAID", "priceSummary": {"total": {}}}, "unpaid"),
        ({"paymentStatus": "NOT_PAID", "priceSummary": {"total": {"amount": None}}}, "unpaid"),
        ({"paymentStatus": "NOT_PAID", "priceSummary": {"total": {"amount": "?"}}}, "unpaid"),
        ({"paymentStatus": "PARTIALLY_PAID"}, "unpaid"),
        ({"paymentStatus": "PENDING"}, "unpaid"),
        ({"paymentStatus": "PENDING_MERCHANT"}, "unpaid"),
        ({"paymentStatus": "PENDING", "priceSummary": {"total": {"amount": "0"}}}, "unpaid"),
        ({"paymentStatus": "CANCELED"}, "unpaid"),
        ({"paymentStatus": "DECLINED"}, "unpaid"),
        ({"paymentStatus": "UNSPECIFIED"}, "unpaid"),
        ({"paymentStatus": None}, "unpaid"),
        ({"paymentStatus": "FULLY_REFUNDED"}, "refunded"),
        ({"fulfillmentStatus": "FULFILLED"}, "fulfilled"),
    ],
)
def test_an_order_is_left_alone_for_a_reason_that_is_told(
    wix: WixSimulator,
    bus: Bus,
    log_lines: Any,
    fields: dict[str, Any],
    reason: str,
) -> None:
    order = mixed_order(wix)
    wix_shows(wix, {**order, **fields})

    answer = act(approved(order["id"]))

    assert answer == {"orderId": order["id"], "leftAlone": reason}
    assert asked(wix) == ["order"]
    assert bus.events == []
    told, line_of_the_action = log_lines()
    assert (told["level"], told["orderId"], told["leftAlone"]) == ("INFO", order["id"], reason)
    assert (line_of_the_action["outcome"], line_of_the_action["orderId"]) == ("done", order["id"])


def test_a_refund_of_a_part_is_no_reason_to_act(wix: WixSimulator, bus: Bus) -> None:
    order = mixed_order(wix)
    refunded = {**order, "paymentStatus": "PARTIALLY_REFUNDED"}
    wix_shows(wix, refunded)
    told = {"body": {"order": refunded}}

    answer = act(approved(order["id"], slug="payment_status_updated", actionEvent=told))

    assert answer == {"orderId": order["id"], "leftAlone": "refunded"}
    assert bus.events == []


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("FULFILLED", {"leftAlone": "fulfilled"}),
        ("PARTIALLY_FULFILLED", {"fulfilled": [], "announced": []}),
    ],
)
def test_an_order_that_was_sent_and_then_refunded_in_part_is_left_alone(
    wix: WixSimulator, bus: Bus, status: str, outcome: dict[str, Any]
) -> None:
    order = mixed_order(wix)
    call("fulfill_order", {"lines": "all"}, key="by-hand", order_id=order["id"])
    now = {"paymentStatus": "PARTIALLY_REFUNDED", "fulfillmentStatus": status}
    wix_shows(wix, {**order, **now})

    answer = act(approved(order["id"]))

    assert answer == {"orderId": order["id"], **outcome}
    assert bus.events == []


# ---- What a person has to decide ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("auto_fulfill", "kind"), [("digital", "PHYSICAL"), ("none", "PHYSICAL"), ("all", "DIGITAL")]
)
@pytest.mark.parametrize("slug", ["approved", "payment_status_updated"])
def test_an_order_that_is_refunded_in_part_before_it_is_acted_on_is_for_an_operator(
    wix: WixSimulator,
    bus: Bus,
    monkeypatch: pytest.MonkeyPatch,
    *,
    auto_fulfill: str,
    kind: Any,
    slug: str,
) -> None:
    monkeypatch.setenv("AUTO_FULFILL", auto_fulfill)
    order = wix.add_order(lines=[line(3, kind=kind), line(1)])
    wix_shows(wix, {**order, "paymentStatus": "PARTIALLY_REFUNDED"})
    event = approved(order["id"], slug=slug, actionEvent={"body": {"order": order}})

    for _ in range(2):
        with pytest.raises(RefusedError, match="by hand"):
            act(event)

    assert bus.events == []
    assert wix.fulfillments(order["id"]) == []


def test_what_needs_no_shipping_alone_is_fulfilled_by_wix_itself(
    wix: WixSimulator, bus: Bus
) -> None:
    order = wix.add_order(lines=[line(kind="DIGITAL"), line(kind="SERVICE")])

    answer = act(approved(order["id"]))

    assert answer == {"orderId": order["id"], "leftAlone": "fulfilled"}
    assert asked(wix) == ["order"]


def test_the_removal_of_somebody_s_data_is_left_alone(wix: WixSimulator, bus: Bus) -> None:
    order = mixed_order(wix)

    answer = act(approved(order["id"], triggeredByAnonymizeRequest=True))

    assert answer == {"orderId": order["id"], "leftAlone": "anonymized"}
    assert asked(wix) == []
    assert bus.events == []


# ---- What the event says ------------------------------------------------------------------------


def test_the_event_s_copy_of_an_order_is_not_trusted(wix: WixSimulator, bus: Bus) -> None:
    order = mixed_order(wix)
    wix.set_order_status(order["id"], "CANCELED")
    copy = {**order, "status": "APPROVED", "paymentStatus": "PAID"}

    answer = act(approved(order["id"], actionEvent={"body": {"order": copy}}))

    assert answer == {"orderId": order["id"], "leftAlone": "canceled"}
    assert wix.fulfillments(order["id"]) == []
    assert bus.events == []


def test_an_order_is_acted_on_whatever_the_event_s_copy_of_it_says(wix: WixSimulator) -> None:
    order = mixed_order(wix)
    copy = {**order, "status": "CANCELED", "lineItems": [], "fulfillmentStatus": "FULFILLED"}

    answer = act(approved(order["id"], actionEvent={"body": {"order": copy}}))

    assert answer["fulfilled"] == TO_SEND


def test_an_order_that_is_paid_later_is_acted_on_then(wix: WixSimulator, bus: Bus) -> None:
    order = wix.add_order(lines=[line()], payments=[offline("10.00")])
    assert act(approved(order["id"]))["leftAlone"] == "unpaid"
    call("record_payment", {"amount": "all"}, key="cash", order_id=order["id"])

    answer = act(
        {
            **approved(order["id"], slug="payment_status_updated"),
            "detail-type": "wix.ecom.v1.order_payment_status_updated",
        }
    )

    assert answer["announced"] == [unit(GOODS)]
    assert len(bus.events) == 1


def test_an_operator_can_have_an_order_acted_on_by_its_id_alone(wix: WixSimulator) -> None:
    order = mixed_order(wix)

    answer = act({"entityId": order["id"].upper()})

    assert (answer["orderId"], answer["fulfilled"]) == (order["id"], TO_SEND)


@pytest.mark.parametrize(
    ("detail", "complaint"),
    [
        ({"entityId": None}, "/entityId"),
        ({"entityId": "10042"}, "/entityId"),
        ({"entityId": ["a1a1a1a1-0000-4000-8000-00000000000a"]}, "/entityId"),
        ({"triggeredByAnonymizeRequest": "no"}, "/triggeredByAnonymizeRequest"),
    ],
)
def test_an_event_about_nothing_is_refused(
    wix: WixSimulator, detail: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        act(approved("a1a1a1a1-0000-4000-8000-00000000000a", **detail))

    assert [each.field for each in caught.value.violations] == [complaint]
    assert asked(wix) == []


def test_an_event_without_an_order_s_id_is_refused(wix: WixSimulator) -> None:
    event = sample("fulfill_approved_order")
    del event["detail"]["entityId"]

    with pytest.raises(InputError) as caught:
        act(event)

    assert str(caught.value) == "entityId: It is missing: send it"


def test_an_order_that_wix_does_not_know_is_an_error(wix: WixSimulator) -> None:
    with pytest.raises(WixNotFoundError):
        act(sample("fulfill_approved_order"))


@pytest.mark.parametrize("setting", ["", "digitals", "true"])
def test_nothing_is_done_with_a_setting_that_is_none(
    wix: WixSimulator, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv("AUTO_FULFILL", setting)
    order = mixed_order(wix)

    with pytest.raises(SettingsError, match="AUTO_FULFILL"):
        act(approved(order["id"]))

    assert asked(wix) == []
