"""Trouble at Wix, as the callers of actions get to know it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests import canaries
from tests.unit.calls import Reply, call
from tests.wix_simulator import Fault, WixSimulator, card, offline
from wix_admin.catalog import forget_catalog

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
    "record_payment": Reading(PAYMENTS, order_action("record_payment", {}, payments=[])),
    "confirming a payment": Reading(
        PAYMENTS, order_action("record_payment", {}, payments=[offline("40.00")])
    ),
    "fulfill_order": Reading(FULFILLMENTS, order_action("fulfill_order", {})),
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
