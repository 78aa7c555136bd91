"""Trouble at Wix, as the callers of actions get to know it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests import canaries
from tests.unit.calls import Reply, call
from tests.wix_simulator import Fault, WixSimulator, card, offline
from wix_admin.wix.catalog import forget_catalog

pytestmark = pytest.mark.usefixtures("table")

ORDER = "/ecom/v1/orders/????????-*"
SEARCH = "/ecom/v1/orders/search"
PAYMENTS = "^/ecom/v1/payments/orders/[^/]+$"
REFUNDABILITY = "/ecom/v1/order-billing/get-order-refundability"
FULFILLMENTS = "^/ecom/v1/fulfillments/orders/[^/]+$"
MEMBERS = "/members/v1/members/query"
MEMBER = "/members/v1/members/????????-*"
BOOKINGS = "*/extended-bookings/query"
VERSION = "/stores/v3/provision/version"
PRODUCTS = "/stores/v3/products/query"
PRODUCTS_V1 = "/stores-reader/v1/products/query"
STOCK = "/stores/v3/inventory-items/query"
STOCK_V1 = "/stores-reader/v2/inventoryItems/query"


@dataclass(frozen=True)
class Reading:
    """An action that reads something, whatever else it does.

    Attributes:
        path: Where it reads.
        act: Sends a request for it.
        catalog: The catalog that the site has.
    """

    path: str
    act: Callable[[WixSimulator], Reply]
    catalog: Any = "V3_CATALOG"


def order_action(action: str, body: Any = None, **payments: Any) -> Callable[[WixSimulator], Reply]:
    def act(wix: WixSimulator) -> Reply:
        order_id = wix.add_order(total="40.00", **(payments or {"payments": [card("40.00")]}))["id"]
        return call(f"orders/{action}", body, target=order_id, key="k-1")

    return act


def query(action: str) -> Callable[[WixSimulator], Reply]:
    return lambda _: call(action, {})


def delete_member(wix: WixSimulator) -> Reply:
    [member_id] = wix.members.seed(1)
    return call("members/delete_member", target=member_id, query={"confirm": member_id}, key="k-1")


def create_member(_: WixSimulator) -> Reply:
    email = f"ada@{canaries.EMAIL_DOMAIN}"
    return call("members/create_member", {"loginEmail": email}, key="k-1")


def confirm_booking(wix: WixSimulator) -> Reply:
    booking = wix.bookings.add(status="PENDING")
    return call("bookings/confirm_booking", {}, target=booking["id"], key="k-1")


def create_product(_: WixSimulator) -> Reply:
    product = {"name": "Mug", "price": "9.90", "handle": "our-mug"}
    return call("products/create_product", {"products": [product]}, key="k-1")


def update_inventory(wix: WixSimulator) -> Reply:
    wix.catalog.add_product(variants=[({}, "MUG", 3)])
    change = {"sku": "MUG", "set": 5}
    return call("inventory/update_inventory", {"changes": [change]}, key="k-1")


def two_products() -> Reply:
    products = [{"name": name, "price": "9.90", "handle": name} for name in ("mug", "tea")]
    return call("products/create_product", {"products": products}, key="k-1")


def two_changes(wix: WixSimulator) -> Callable[[], Reply]:
    for sku in ("MUG", "TEA"):
        wix.catalog.add_product(variants=[({}, sku, 3)])
    changes = [{"sku": sku, "adjust": 2} for sku in ("MUG", "TEA")]
    return lambda: call("inventory/update_inventory", {"changes": changes}, key="k-1")


READINGS = {
    "get_order": Reading(ORDER, order_action("get_order")),
    "query_orders": Reading(SEARCH, query("orders/query_orders")),
    "query_members": Reading(MEMBERS, query("members/query_members")),
    "query_bookings": Reading(BOOKINGS, query("bookings/query_bookings")),
    "query_products": Reading(PRODUCTS, query("products/query_products")),
    "query_products on V1": Reading(PRODUCTS_V1, query("products/query_products"), "V1_CATALOG"),
    "query_inventory": Reading(STOCK, query("inventory/query_inventory")),
    "query_inventory on V1": Reading(STOCK_V1, query("inventory/query_inventory"), "V1_CATALOG"),
    "the version of the catalog": Reading(VERSION, query("products/query_products")),
    "refund_order's payments": Reading(PAYMENTS, order_action("refund_order", {"amount": "5.00"})),
    "refund_order's limits": Reading(REFUNDABILITY, order_action("refund_order", {"amount": "5"})),
    "record_payment": Reading(
        PAYMENTS, order_action("record_payment", {"amount": "all"}, payments=[])
    ),
    "confirming a payment": Reading(
        PAYMENTS, order_action("record_payment", {"amount": "all"}, payments=[offline("40.00")])
    ),
    "fulfill_order": Reading(FULFILLMENTS, order_action("fulfill_order", {"lines": "all"})),
    "cancel_order": Reading(ORDER, order_action("cancel_order", {})),
    "delete_member": Reading(MEMBER, delete_member),
    "create_member": Reading(MEMBERS, create_member),
    "confirm_booking": Reading(BOOKINGS, confirm_booking),
    "create_product": Reading(PRODUCTS, create_product),
    "update_inventory": Reading(STOCK, update_inventory),
}


def effects(wix: WixSimulator) -> list[str]:
    """Where something was changed, the tokens apart."""
    done = [each.path for each in wix.requests() if each.effect]
    return [path for path in done if not path.startswith("/oauth2/")]


@pytest.mark.parametrize("body", [None, {}], ids=["no body", "{}"])
@pytest.mark.parametrize("name", READINGS)
def test_a_read_that_says_nothing_is_not_taken_for_nothing_there(
    wix: WixSimulator, name: str, body: Any
) -> None:
    reading = READINGS[name]
    forget_catalog()
    wix.catalog.version = reading.catalog
    wix.add_fault(Fault(path=reading.path, status=200, body=body, times=None))

    reply = reading.act(wix)

    assert (reply.status, reply.code, reply.json["retryable"]) == (503, "wix_unavailable", True)
    assert not effects(wix)


@pytest.mark.parametrize("status", [400, 404, 409, 428])
@pytest.mark.parametrize("name", ["create_product", "update_inventory"])
def test_one_key_is_not_refused_for_good_because_of_a_read(
    wix: WixSimulator, name: str, status: int
) -> None:
    reading = READINGS[name]
    first = Fault(path=reading.path, status=status, body={"message": "", "details": {}})
    two = two_products if name == "create_product" else two_changes(wix)
    wix.add_fault(first)

    refused, done = two(), two()

    assert 400 <= refused.status < 500
    assert (done.status, done.json["done"], done.json["complete"]) == (200, 2, True)


# ---- Every way to fail, for every kind of call --------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A call to Wix, by what a repetition of it would do.

    Attributes:
        path: Where it goes.
        method: How.
        act: Sends a request for it, the same each time.
        repeatable: Whether it may be sent twice.
        reads: Whether it changes nothing.
    """

    path: str
    method: str
    act: Callable[[str], Reply]
    repeatable: bool = True
    reads: bool = False


def refund(key: str | None) -> Callable[[str], Reply]:
    body = {"amount": "5.00"}
    return lambda order_id: call("orders/refund_order", body, target=order_id, key=key)


def cancel(key: str | None) -> Callable[[str], Reply]:
    return lambda order_id: call("orders/cancel_order", {}, target=order_id, key=key)


def archive(key: str | None) -> Callable[[str], Reply]:
    body = {"archived": True}
    return lambda order_id: call("orders/update_order", body, target=order_id, key=key)


CALLS = {
    "a read": Kind(
        ORDER,
        "GET",
        lambda order_id: call("orders/get_order", target=order_id),
        reads=True,
    ),
    "a repeatable write": Kind(ORDER, "PATCH", archive(None)),
    "a repeatable write with a key": Kind(ORDER, "PATCH", archive("k-1")),
    "a write": Kind("*/cancel", "POST", cancel(None), repeatable=False),
    "a write with a key": Kind("*/cancel", "POST", cancel("k-1"), repeatable=False),
    "a refund": Kind("*/refund-payments", "POST", refund("k-1"), repeatable=False),
}


def told(code: str, shape: str = "applicationError", field: str = "code") -> dict[str, Any]:
    return {"message": "", "details": {shape: {field: code}}}


TURNED_AWAY: dict[str, Any] = {
    "425": {"status": 425},
    "429": {"status": 429, "body": {"message": "", "details": {}}},
    "429 in HTML": {"status": 429, "body": "<html>slow down</html>"},
    "429 by gRPC's name": {"status": 429, "body": told("RESOURCE_EXHAUSTED")},
    "429 as a fault": {
        "status": 429,
        "body": told("FEATURE_LIMIT_EXCEEDED", "systemError", "errorCode"),
    },
    "429 with a name": {"status": 429, "body": told("RATE_LIMIT")},
    "429 and when": {"status": 429, "headers": {"Retry-After": "3600"}},
}
"""What says that Wix has not read the request."""

LOST: dict[str, Any] = {
    "408": {"status": 408},
    "499": {"status": 499, "body": told("CANCELED")},
    "500": {"status": 500, "body": {"message": "", "details": {}}},
    "502 in HTML": {"status": 502, "body": "<html>bad gateway</html>"},
    "503 with a code": {"status": 503, "body": told("ORDER_ALREADY_EXISTS")},
    "504": {"status": 504},
    "nothing": {"status": 200},
    "an empty object": {"status": 200, "body": {}},
    "text": {"status": 200, "body": "<html>welcome</html>"},
}
"""What leaves open whether Wix has done it."""

SAYS_NOTHING = {"nothing", "an empty object"}
"""What is an answer, and no use; a repetition within the call is for what failed."""


@pytest.fixture
def order_id(wix: WixSimulator) -> str:
    return str(wix.add_order(total="40.00", payments=[card("40.00")])["id"])


@pytest.mark.parametrize("answer", TURNED_AWAY)
@pytest.mark.parametrize("name", CALLS)
def test_what_is_turned_away_is_done_by_asking_again_later(
    wix: WixSimulator, order_id: str, name: str, answer: str
) -> None:
    kind = CALLS[name]
    wix.add_fault(Fault(path=kind.path, method=kind.method, **TURNED_AWAY[answer]))

    busy = kind.act(order_id)
    asked = len(wix.requests(kind.method, kind.path))
    done = kind.act(order_id)

    wait = TURNED_AWAY[answer].get("headers", {}).get("Retry-After", "60")
    assert (busy.status, busy.code, busy.json["retryable"]) == (503, "wix_busy", True)
    assert busy.headers["Retry-After"] == wait
    assert asked == 1
    assert (done.status, done.replayed) == (200, False)
    assert len(effects(wix)) == (not kind.reads)


@pytest.mark.parametrize("name", CALLS)
def test_a_limit_of_the_plan_is_a_refusal(wix: WixSimulator, order_id: str, name: str) -> None:
    kind = CALLS[name]
    body = told("FEATURE_LIMIT_EXCEEDED")
    wix.add_fault(Fault(path=kind.path, method=kind.method, status=429, body=body))

    refused = kind.act(order_id)

    assert (refused.status, refused.code) == (409, "wix_forbids")
    assert (refused.json["wixCode"], refused.json["retryable"]) == ("FEATURE_LIMIT_EXCEEDED", False)
    assert not effects(wix)


@pytest.mark.parametrize("answer", LOST)
@pytest.mark.parametrize("name", CALLS)
def test_an_answer_that_is_lost_before_the_effect_is_asked_for_again_where_that_is_harmless(
    wix: WixSimulator, order_id: str, name: str, answer: str
) -> None:
    kind = CALLS[name]
    wix.add_fault(Fault(path=kind.path, method=kind.method, **LOST[answer]))

    reply = kind.act(order_id)

    asked = len(wix.requests(kind.method, kind.path))
    if not kind.repeatable:
        assert (reply.status, reply.code) == (504, "outcome_unknown")
        has_key = "key" in name or name == "a refund"
        advice = "Ask again with the same key" if has_key else "look at Wix before you ask again"
        assert advice in reply.json["detail"]
        assert (reply.json["retryable"], "Retry-After" in reply.headers) == (has_key, has_key)
        assert (asked, effects(wix)) == (1, [])
    elif answer in SAYS_NOTHING:
        assert (reply.status, reply.code) == (503, "wix_unavailable")
        assert (asked, effects(wix)) == (1, [])
    else:
        assert reply.status == 200
        assert (asked, len(effects(wix))) == (2, not kind.reads)


@pytest.mark.parametrize("answer", LOST)
@pytest.mark.parametrize("name", CALLS)
def test_an_answer_that_is_lost_after_the_effect_is_made_up_for_without_doing_it_again(
    wix: WixSimulator, order_id: str, name: str, answer: str
) -> None:
    kind = CALLS[name]
    wix.add_fault(Fault(path=kind.path, method=kind.method, effect=True, **LOST[answer]))

    reply = kind.act(order_id)

    asked = len(wix.requests(kind.method, kind.path))
    if not kind.repeatable:
        assert (reply.status, asked, len(effects(wix))) == (200, 1, 1)
    elif answer in SAYS_NOTHING:
        assert (reply.status, reply.code, asked) == (503, "wix_unavailable", 1)
    else:
        assert (reply.status, asked) == (200, 2)


# ---- Odd values ---------------------------------------------------------------------------------

ODD: dict[str, Any] = {
    "number": {"value": 10023},
    "name": ["Mug"],
    "status": 7,
    "contactId": False,
    "loginEmail": [],
    "lineItems": [{"id": None, "quantity": None}, None],
    "priceSummary": {"total": {"amount": None}},
    "balanceSummary": "paid",
    "createdDate": 1767225600,
}


@dataclass(frozen=True)
class Listing:
    """A list, and how Wix answers it with some items."""

    path: str
    act: Callable[[WixSimulator], Reply]
    answer: Callable[[list[Any]], dict[str, Any]]
    catalog: Any = "V3_CATALOG"


LISTINGS = {
    "orders": Listing(
        SEARCH,
        query("orders/query_orders"),
        lambda items: {"orders": items, "metadata": {}},
    ),
    "members": Listing(
        MEMBERS,
        query("members/query_members"),
        lambda items: {"members": items, "metadata": {"total": len(items)}},
    ),
    "bookings": Listing(
        BOOKINGS,
        query("bookings/query_bookings"),
        lambda items: {"extendedBookings": items, "pagingMetadata": {}},
    ),
    "products": Listing(
        PRODUCTS,
        query("products/query_products"),
        lambda items: {"products": items, "pagingMetadata": {}},
    ),
    "products of V1": Listing(
        PRODUCTS_V1,
        query("products/query_products"),
        lambda items: {"products": items, "metadata": {"items": 100}},
        "V1_CATALOG",
    ),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_a_page_is_told_as_wix_tells_it_whatever_is_odd_in_it(wix: WixSimulator, name: str) -> None:
    listing = LISTINGS[name]
    forget_catalog()
    wix.catalog.version = listing.catalog
    told = [{"id": "1", **ODD}, {"id": 2, "booking": {**ODD, "slot": 3}}, {"revision": 1.5}]
    answer = listing.answer([*told, None, "text", [], {}])
    wix.add_fault(Fault(path=listing.path, status=200, body=answer))

    reply = listing.act(wix)

    assert (reply.status, reply.json["items"]) == (200, told)


def test_an_order_is_told_as_wix_tells_it_whatever_is_odd_in_it(wix: WixSimulator) -> None:
    told = {"id": "1", "archived": None, **ODD}
    wix.add_fault(Fault(path=ORDER, status=200, body={"order": told}))

    reply = order_action("get_order")(wix)

    assert (reply.status, reply.json) == (200, told)


@pytest.mark.parametrize("told", [None, {}, [], "text"], ids=str)
def test_an_order_that_is_none_is_trouble_at_wix(wix: WixSimulator, told: Any) -> None:
    wix.add_fault(Fault(path=ORDER, status=200, body={"order": told}, times=None))

    reply = order_action("get_order")(wix)

    assert (reply.status, reply.code) == (503, "wix_unavailable")
