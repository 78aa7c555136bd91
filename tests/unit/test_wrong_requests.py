"""What people get wrong, one request a row: what they are told, and that the log keeps it quiet."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.actions import ACTIONS, ROUTED
from tests.unit.calls import call
from tests.unit.wording import foreign_words
from tests.wix_simulator import WixSimulator, gift_card, line, offline
from wix_admin.places import models_in, written_names
from wix_admin.problems import KINDS

ID = "0e11a000-0000-4000-8000-000000000001"
OTHER = "0e11a000-0000-4000-8000-000000000002"
SESSION = "5" * 40

BY_NUMBER = (
    "Send the order's id, not its number: find it with POST /orders/query"
    ' {"filter": {"number": "10042"}}'
)
AN_ID = "Send the id that Wix gave it, such as 8b2a1d6e-4c0f-4c8e-9a57-3f1f6e0b7d21"
AMOUNT = (
    'Send a positive amount as text in quotes, with a dot and at most two decimals, such as "12.50"'
)
PAID = (
    "Send the amount that was paid as text in quotes, with a dot and at most two decimals, such as"
    ' "12.50", or "all" for all that is left to pay'
)
PRICE = 'Send a price as text in quotes, with a dot and at most three decimals, such as "19.99"'
LINES = 'Send the lines that were sent, or "all" for everything that is not fulfilled yet'
LOCAL_TIME = (
    "Send a local time without Z or offset, such as 2026-03-03T09:00:00: the zone goes into"
    " timezone"
)
ADDRESS = "Send an e-mail address of at most 320 characters, such as anna@example.com"
MISSING = "It is missing: send it"
NO_FIELD = "There is no such field"
NULL = "Send a value instead of null, or leave the field out"
OBJECT = "Send an object, {…}, without quotes around it"
WHOLE_NUMBER = "Send a whole number, without quotes"

type Scene = Callable[[WixSimulator], tuple[str, dict[str, Any]]]
"""Makes what a request is about; returns its id, and the body."""


@dataclass(frozen=True)
class Wrong:
    """A request that is refused.

    Attributes:
        action: Which action it is sent to.
        asked: The body, or how to make what it is about.
        code: The problem's code.
        field: Where the first thing is that is wrong.
        sentence: What is said of that.
        target: The id in the path.
        key: The idempotency key.
        request: What else there is to the request.
    """

    action: str
    asked: dict[str, Any] | Scene
    code: str
    field: str
    sentence: str
    target: str | None = None
    key: str | None = "k-1"
    raw: str | None = None
    query: dict[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.action} {self.sentence[:30]}"


def wrong(action: str, asked: dict[str, Any], field: str, sentence: str, **more: Any) -> Wrong:
    """A request that is no valid input."""
    needs_id = "/query_" not in action and action.split("/")[1] not in NAMELESS
    return Wrong(
        action,
        asked,
        more.pop("code", "invalid_input"),
        field,
        sentence,
        target=more.pop("target", ID if needs_id else None),
        **more,
    )


NAMELESS = {"create_member", "create_product", "update_inventory"}


# ---- What the business refuses --------------------------------------------------------------


def order(**about: Any) -> Callable[..., Scene]:
    """An order, and a request about it whose body may depend on it."""

    def asked(body: dict[str, Any] | Callable[[WixSimulator, str], dict[str, Any]]) -> Scene:
        def scene(wix: WixSimulator) -> tuple[str, dict[str, Any]]:
            order_id = wix.add_order(**about)["id"]
            return order_id, body(wix, order_id) if callable(body) else body

        return scene

    return asked


def paid_with(wix: WixSimulator, order_id: str) -> dict[str, Any]:
    """A refund of the order's first payment in part."""
    return {"payments": [{"paymentId": wix.payment_ids(order_id)[0], "amount": "5.00"}]}


def too_many(wix: WixSimulator, order_id: str) -> dict[str, Any]:
    [sold] = wix.order(order_id)["lineItems"]
    return {"lines": [{"lineItemId": sold["id"], "quantity": 3}]}


def booking(body: dict[str, Any], **about: Any) -> Scene:
    def scene(wix: WixSimulator) -> tuple[str, dict[str, Any]]:
        service = wix.bookings.add_service(type=about.pop("type", "APPOINTMENT"))["id"]
        return wix.bookings.add(service_id=service, **about)["id"], body

    return scene


def stock(*changes: dict[str, Any], catalog: Any = "V3_CATALOG", **request: Any) -> Scene:
    """Changes of the stock of mugs, of which there are nine."""

    def scene(wix: WixSimulator) -> tuple[str, dict[str, Any]]:
        wix.catalog.version = catalog
        wix.catalog.add_product(sku="MUG", quantity=9)
        return "", {"changes": list(changes), **request}

    return scene


def taken(wix: WixSimulator) -> tuple[str, dict[str, Any]]:
    wix.members.add(member_id=OTHER, email="ada@example.com")
    return "", {"loginEmail": "ada@example.com"}


def on_old_catalog(wix: WixSimulator) -> tuple[str, dict[str, Any]]:
    wix.catalog.version = "V1_CATALOG"
    return "", {"products": [{"name": "Mug", "price": "9", "handle": "our-mug"}]}


ORDERS = [
    wrong("orders/get_order", {}, "/orderId", BY_NUMBER, target="10042"),
    wrong("orders/get_order", {}, "/orderId", AN_ID, target="no-such-id"),
    wrong(
        "orders/query_orders",
        {"limti": 5},
        "/limti",
        f"{NO_FIELD}. Did you mean limit?",
    ),
    wrong("orders/query_orders", {"filter": '{"number": "1"}'}, "/filter", OBJECT),
    wrong("orders/query_orders", {"limit": "5"}, "/limit", WHOLE_NUMBER),
    wrong("orders/query_orders", {"limit": 500}, "/limit", "Send 100 or less"),
    wrong("orders/query_orders", {"limit": None}, "/limit", NULL),
    wrong("orders/query_orders", {"sort": "createdDate"}, "/sort", "Send a list, […], even of one"),
    wrong(
        "orders/query_orders",
        {"sort": [{"fieldName": "createdDate", "order": "desc"}]},
        "/sort/0/order",
        "Send ASC or DESC. Did you mean DESC?",
    ),
    wrong(
        "orders/query_orders", {"sort": [{"column": "createdDate"}]}, "/sort/0/fieldName", MISSING
    ),
    wrong("orders/query_orders", {}, "", "Send the body as JSON in UTF-8", raw="{'filter': {}}"),
    wrong("orders/query_orders", {}, "", "Send the body as a JSON object", raw="[]"),
    wrong(
        "orders/update_order",
        {"order": {"archived": True}},
        "/order",
        f"{NO_FIELD}. Send archived without this object around",
    ),
    wrong("orders/update_order", {}, "", "Send at least one field to change"),
    wrong(
        "orders/update_order",
        {"email": "ada@example.com"},
        "/email",
        f"{NO_FIELD} here. Send it inside buyerInfo",
    ),
    wrong("orders/update_order", {"buyerInfo": {"email": "ada"}}, "/buyerInfo/email", ADDRESS),
    wrong(
        "orders/update_order",
        {"billingInfo": {"address": {"country": "Deutschland"}}},
        "/billingInfo/address/country",
        "Send a country as two capital letters, such as US",
    ),
    wrong(
        "orders/update_order",
        {"archived": None},
        "/archived",
        "Wix does not clear this: leave it out, or send a value",
    ),
    wrong(
        "orders/update_order",
        {"status": "CANCELED"},
        "/status",
        "An order's status is not set: cancel it with POST /orders/{orderId}/cancel, put it away"
        " with archived; Wix approves it when it is paid",
    ),
    wrong(
        "orders/cancel_order",
        {"restockAllItems": "yes"},
        "/restockAllItems",
        "Send true or false, without quotes",
    ),
    wrong(
        "orders/cancel_order",
        {},
        "/reason",
        f"{NO_FIELD}. Known here: customMessage, dryRun, orderId, restockAllItems,"
        " sendOrderCanceledEmail",
        query={"reason": "too late"},
    ),
    wrong("orders/refund_order", {"amount": 28.9}, "/amount", AMOUNT),
    wrong("orders/refund_order", {"amount": "28,90"}, "/amount", AMOUNT),
    wrong("orders/refund_order", {"amount": "-5.00"}, "/amount", AMOUNT),
    wrong("orders/refund_order", {}, "/payments", "Send either amount or payments"),
    wrong(
        "orders/refund_order",
        {"payments": []},
        "/payments",
        "Send a list of 1 or more, not an empty one",
    ),
    wrong(
        "orders/refund_order",
        {"amount": "5.00"},
        "",
        "Send a new UUID for each new request, and the same one for each repetition",
        code="idempotency_key_missing",
        key=None,
    ),
    wrong("orders/fulfill_order", {}, "/lines", LINES),
    wrong("orders/fulfill_order", {"lines": "everything"}, "/lines", LINES),
    wrong(
        "orders/fulfill_order",
        {"lines": [{"lineItemId": ID, "quantity": 0}]},
        "/lines/0/quantity",
        "Send 1 or more",
    ),
    wrong(
        "orders/fulfill_order",
        {"lines": "all", "carrier": "ups"},
        "/trackingNumber",
        "Send carrier and trackingNumber together, or neither",
    ),
    wrong(
        "orders/fulfill_order",
        {"lines": "all", "carrier": "Bicycle", "trackingNumber": "1"},
        "/trackingUrl",
        "Send it, the address where the buyer can follow the parcel: Wix knows none for this"
        " carrier",
    ),
    wrong("orders/record_payment", {}, "/amount", PAID),
    wrong("orders/record_payment", {"amount": 25}, "/amount", PAID),
    Wrong(
        "orders/refund_order",
        order(total="25.00")({"amount": "40.00"}),
        "exceeds_refundable",
        "/amount",
        "At most 25 can be refunded, and 40 was asked for",
    ),
    Wrong(
        "orders/refund_order",
        order(total="25.00")({"payments": [{"paymentId": ID}]}),
        "invalid_input",
        "/payments/0/paymentId",
        "The order has no such payment: look at the order in Wix",
    ),
    Wrong(
        "orders/refund_order",
        order(lines=[line(price="20.00")], payments=[gift_card("20.00")])(paid_with),
        "invalid_input",
        "/payments/0/amount",
        "Leave it out: this payment is only refunded whole",
    ),
    Wrong(
        "orders/refund_order",
        order(total="25.00", payments=[offline("25.00", status="APPROVED")])(paid_with),
        "not_possible_now",
        "/payments/0/externalRefund",
        "Wix cannot move this money (OFFLINE): give it back by hand, then record that with"
        " externalRefund: true",
    ),
    Wrong(
        "orders/fulfill_order",
        order(lines=[line(quantity=2)])(too_many),
        "exceeds_unfulfilled",
        "/lines/0/quantity",
        "2 units are left to fulfill, and 3 were asked for",
    ),
    Wrong(
        "orders/fulfill_order",
        order(total="25.00")({"lines": [{"lineItemId": ID}]}),
        "invalid_input",
        "/lines/0/lineItemId",
        "The order has no such line: send the id of one it has",
    ),
    Wrong(
        "orders/fulfill_order",
        order(total="25.00", status="PENDING")({"lines": "all"}),
        "not_possible_now",
        "",
        "The order is PENDING: only one that is APPROVED can be fulfilled",
    ),
    Wrong(
        "orders/record_payment",
        order(total="25.00", payments=[])({"amount": "40.00"}),
        "exceeds_balance",
        "/amount",
        "25 is left to pay",
    ),
    Wrong(
        "orders/record_payment",
        order(total="25.00", payments=[offline("25.00")])({"amount": "10.00"}),
        "exceeds_balance",
        "/amount",
        'Send 25 or "all" to confirm the payment that is waiting',
    ),
    Wrong(
        "orders/record_payment",
        order(total="25.00", payments=[offline("10.00"), offline("15.00")])({"amount": "all"}),
        "exceeds_balance",
        "/amount",
        "Send 10 or 15: the amount of the payment that came, of those that are waiting",
    ),
]

BOOKINGS = [
    wrong(
        "bookings/query_bookings", {"filters": {}}, "/filters", f"{NO_FIELD}. Did you mean filter?"
    ),
    wrong("bookings/confirm_booking", {}, "/bookingId", AN_ID, target="1234"),
    wrong(
        "bookings/confirm_booking",
        {"paymentStatus": "PAYED"},
        "/paymentStatus",
        "Send NOT_PAID, PAID, PARTIALLY_PAID, REFUNDED, EXEMPT or FAILED. Did you mean PAID?",
    ),
    wrong(
        "bookings/decline_booking",
        {"message": "We are sorry"},
        "/message",
        "Send notifyParticipants: true with it, as nobody gets it otherwise",
    ),
    wrong(
        "bookings/cancel_booking",
        {"withRefund": "true"},
        "/withRefund",
        "Send true or false, without quotes",
    ),
    wrong("bookings/reschedule_booking", {"start": "2030-03-04T09:00:00Z"}, "/start", LOCAL_TIME),
    wrong(
        "bookings/reschedule_booking", {"start": "2030-03-04T09:00:00+01:00"}, "/start", LOCAL_TIME
    ),
    wrong(
        "bookings/reschedule_booking",
        {"start": "2030-02-30T09:00:00"},
        "/start",
        "Send another: no calendar has such a day, or no clock such a time",
    ),
    wrong(
        "bookings/reschedule_booking",
        {"start": "2030-03-04T09:00:00", "timezone": "Mars/Olympus"},
        "/timezone",
        "Send a zone of the IANA list, such as America/New_York",
    ),
    wrong(
        "bookings/reschedule_booking",
        {},
        "",
        "Send start or, for a class, eventId: one of the two",
    ),
    Wrong(
        "bookings/reschedule_booking",
        booking({"start": "2030-03-04T11:00:00", "end": "2030-03-04T10:00:00"}, status="CONFIRMED"),
        "invalid_input",
        "/end",
        "Send a time after start",
    ),
    Wrong(
        "bookings/reschedule_booking",
        booking({"start": "2030-03-04T11:00:00"}, status="CONFIRMED"),
        "slot_taken",
        "/start",
        "The time is not free, or not offered: send another",
    ),
    Wrong(
        "bookings/reschedule_booking",
        booking({"eventId": SESSION}, status="CONFIRMED"),
        "invalid_input",
        "/start",
        "Send it, as the booking is of an appointment",
    ),
    Wrong(
        "bookings/confirm_booking",
        booking({}, status="DECLINED"),
        "not_possible_now",
        "",
        "The booking is DECLINED: only one that is CREATED or PENDING or WAITING_LIST can be"
        " changed so",
    ),
]

MEMBERS = [
    wrong(
        "members/query_members",
        {"search": {"expression": "Ada", "fields": ["email"]}},
        "/search/fields/0",
        "Send loginEmail, contact.firstName, contact.lastName, profile.title, profile.nickname or"
        " profile.slug. Did you mean loginEmail?",
    ),
    wrong("members/create_member", {}, "/loginEmail", MISSING),
    wrong("members/create_member", {"loginEmail": "ada"}, "/loginEmail", ADDRESS),
    wrong(
        "members/create_member",
        {"loginEmail": "ada@example.com", "firstName": "Ada"},
        "/firstName",
        f"{NO_FIELD} here. Send it inside contact",
    ),
    wrong(
        "members/create_member",
        {"loginEmail": "ada@example.com", "contact": {"birthdate": "31.12.1990"}},
        "/contact/birthdate",
        "Send a date as year, month and day, such as 1990-12-31",
    ),
    wrong(
        "members/create_member",
        {"loginEmail": "ada@example.com", "contact": {"customFields": {"tier": "gold"}}},
        "/contact/customFields/tier",
        OBJECT,
    ),
    wrong("members/approve_member", {}, "/memberId", AN_ID, target="ada@example.com"),
    wrong(
        "members/block_member",
        {"notify": True},
        "/notify",
        f"{NO_FIELD}. Known here: dryRun, memberId",
    ),
    wrong(
        "members/delete_member",
        {"confirm": OTHER},
        "/confirm",
        "Send the member's id here once more: nothing brings a member back",
    ),
    Wrong(
        "members/create_member",
        taken,
        "conflict",
        "/loginEmail",
        f"Send another, as somebody has this login e-mail already: it is member {OTHER}'s",
    ),
]

PRODUCTS = [
    wrong(
        "products/query_products",
        {"fields": ["currency"]},
        "/fields/0",
        "Send one of Wix's names for more of a product, in capital letters, such as CURRENCY",
    ),
    wrong(
        "products/create_product", {"products": {}}, "/products", "Send a list, […], even of one"
    ),
    wrong(
        "products/create_product",
        {"name": "Mug", "price": "9"},
        "/products",
        MISSING,
    ),
    wrong(
        "products/create_product",
        {"products": [{"name": "Mug", "price": 9}]},
        "/products/0/price",
        PRICE,
    ),
    wrong(
        "products/create_product",
        {"products": [{"name": "Mug"}]},
        "/products/0/price",
        "Send the price",
    ),
    wrong(
        "products/create_product",
        {"products": [{"name": "  ", "price": "9"}]},
        "/products/0/name",
        "Send text of 1 to 80 characters that are not all spaces",
    ),
    wrong(
        "products/create_product",
        {"products": [{"name": "Mug", "price": "9", "sku": "M"}] * 2},
        "/products/1/sku",
        "Send another: a product or variant before it has the same",
    ),
    Wrong(
        "products/create_product",
        on_old_catalog,
        "not_in_this_catalog",
        "/products/0/handle",
        "The site has catalog V1, which does not have this: a handle. Leave it out",
    ),
]

INVENTORY = [
    wrong(
        "inventory/query_inventory",
        {"low_stock": 5},
        "/low_stock",
        f"{NO_FIELD}. Did you mean lowStock?",
    ),
    wrong(
        "inventory/update_inventory",
        {"changes": []},
        "/changes",
        "Send a list of 1 or more, not an empty one",
    ),
    wrong(
        "inventory/update_inventory",
        {"sku": "MUG", "set": 1},
        "/sku",
        f"{NO_FIELD} here. Send it inside changes",
    ),
    wrong(
        "inventory/update_inventory",
        {"changes": [{"sku": "MUG"}]},
        "/changes/0",
        "Send either set or adjust, one of the two",
    ),
    wrong(
        "inventory/update_inventory",
        {"changes": [{"set": 5}]},
        "/changes/0",
        "Send variantId, sku or productId: which stock it is about",
    ),
    wrong(
        "inventory/update_inventory",
        {"changes": [{"sku": "MUG", "adjust": 0}]},
        "/changes/0/adjust",
        "Send how many come in or, below zero, go out: 0 is no change",
    ),
    Wrong(
        "inventory/update_inventory",
        stock({"sku": "MUG", "adjust": -10}),
        "below_zero",
        "/changes/0/adjust",
        "Take out at most 9, as there are no more",
    ),
    Wrong(
        "inventory/update_inventory",
        stock({"sku": "PLATE", "set": 1}),
        "not_found",
        "/changes/0",
        "Wix keeps no stock of it: look at product, variant and location",
    ),
    Wrong(
        "inventory/update_inventory",
        stock({"sku": "MUG", "set": 1}, catalog="V1_CATALOG", reason="ORDER"),
        "not_in_this_catalog",
        "/reason",
        "Leave it out: the site has catalog V1, which keeps no reasons",
    ),
]

ROWS = [*ORDERS, *BOOKINGS, *MEMBERS, *PRODUCTS, *INVENTORY]


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.usefixtures("table")
def test_what_is_wrong_is_told_in_plain_words_and_kept_out_of_the_log(
    row: Wrong, wix: WixSimulator, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    target, body = row.asked(wix) if callable(row.asked) else (row.target, row.asked)

    reply = call(row.action, body, target=target or None, key=row.key, raw=row.raw, query=row.query)

    assert (reply.status, reply.code) == (KINDS[row.code].status, row.code)
    told = {each["field"]: each["detail"] for each in reply.json.get("errors", [])}
    assert told.get(row.field, reply.json["detail"]) == row.sentence
    assert row.sentence in reply.json["detail"]
    assert foreign_words(json.dumps(reply.json, ensure_ascii=False)) == []
    [logged] = [each for each in log_lines() if "outcome" in each]
    assert foreign_words(logged["detail"]) == []
    assert not {each for each in own_words(row, body) if each in logged["detail"]}


def own_words(row: Wrong, body: object) -> set[str]:
    """What the caller made up: all texts and names that are neither ours nor in our sentence."""
    ours = names_in(ACTIONS[row.action].input_type)
    return {
        each
        for each in texts_in([body, row.raw, row.query])
        if len(each) > 2 and each not in ours and each not in row.sentence
    }


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def names_in(model: Any) -> set[str]:
    """The names of the fields of a model and of all within it."""
    inner = [each for f in written_names(model).values() for each in models_in(f.annotation)]
    return {*written_names(model)}.union(*map(names_in, inner))


def test_every_action_with_a_route_is_got_wrong_at_least_once() -> None:
    never_wrong = {action.name for action in ROUTED} - {row.action for row in ROWS}

    assert not never_wrong, "give each of these a row of its area's"
