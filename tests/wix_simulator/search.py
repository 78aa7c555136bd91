"""Order search: filters, sorting and cursors."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.errors import Json, invalid
from tests.wix_simulator.filters import (
    EXACT,
    MEMBERS,
    OF_FLAGS,
    OF_NUMBERS,
    OF_TEXTS,
    CursorPaging,
    Fields,
    Kind,
    Plan,
    Sort,
    conditions,
)
from tests.wix_simulator.shop import Shop
from tests.wix_simulator.world import Call, Route

_CHOICES = (
    "status",
    "paymentStatus",
    "fulfillmentStatus",
    "channelInfo.type",
    "shippingInfo.title",
    "shippingInfo.region.name",
)
_NUMBERS = (
    "number",
    "priceSummary.total.amount",
    "taxInfo.totalTax.amount",
    "taxInfo.totalExempt.amount",
    "balanceSummary.authorized.amount",
    "balanceSummary.pending.amount",
    "balanceSummary.pendingRefund.amount",
)
_TEXTS = (
    "buyerInfo.email",
    "billingInfo.contactDetails.firstName",
    "billingInfo.contactDetails.lastName",
    "businessLocation.id",
    "businessLocation.name",
    "shippingInfo.logistics.deliveryTime",
)
_DATES = (
    "createdDate",
    "updatedDate",
    "purchasedDate",
    "shippingInfo.logistics.deliveryTimeSlot.from",
    "shippingInfo.logistics.deliveryTimeSlot.to",
)
_FLAGS = ("archived", "imported", "seenByAHuman", "demo")
_IDS = (
    "id",
    "checkoutId",
    "buyerInfo.contactId",
    "buyerInfo.memberId",
    "createdBy.userId",
    "channelInfo.externalOrderId",
    "lineItems.subscriptionInfo.id",
    "subscriptionInfo.id",
)
_LISTS = (
    "lineItems.locations.id",
    "appliedDiscounts.coupon.id",
    "fulfillmentStatusesAggregate.statuses",
)
_OLDER_LISTS = (
    "lineItems.productName.original",
    "lineItems.catalogReference.appId",
    "lineItems.catalogReference.catalogItemId",
)
"""They also take what single values take, by a page of the documentation that may be outdated."""

_OLDER_DATES = {
    "deliveryTimeSlotFromDate": "shippingInfo.logistics.deliveryTimeSlot.from",
    "deliveryTimeSlotToDate": "shippingInfo.logistics.deliveryTimeSlot.to",
}
_ONE_OF = frozenset({"$eq", "$ne", "$in", "$exists"})
_KINDS: dict[str, Kind] = {
    **dict.fromkeys((*_DATES, *_OLDER_DATES), "date"),
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(_FLAGS, "flag"),
}

ORDER_FIELDS = Fields(
    filterable={
        **dict.fromkeys(_CHOICES + _IDS, EXACT),
        # Wix writes numbers of orders as text.
        **dict.fromkeys(_TEXTS + _NUMBERS, OF_TEXTS),
        **dict.fromkeys(_DATES, OF_NUMBERS),
        **dict.fromkeys(_FLAGS, OF_FLAGS),
        **dict.fromkeys(_LISTS, MEMBERS),
        **dict.fromkeys(_OLDER_LISTS, MEMBERS | EXACT),
        **dict.fromkeys(_OLDER_DATES, _ONE_OF),
        "billingInfo.contactDetails.fullName": _ONE_OF | {"$startsWith"},
    },
    sortable={
        *_CHOICES,
        *_NUMBERS,
        *_TEXTS,
        *_DATES,
        "lineItems.productName.original",
        "fulfillmentStatusesAggregate.statuses",
    },
    kinds=_KINDS,
    paths=_OLDER_DATES,
)

_HIDDEN_UNLESS_ASKED = {"PENDING", "REJECTED"}
_NEWEST_FIRST = [Sort(fieldName="createdDate", order="DESC")]


class _Search(Body):
    filter: Json | None = None
    sort: Annotated[list[Sort], Field(max_length=4)] | None = None
    cursor_paging: CursorPaging = CursorPaging()


class _SearchBody(Body):
    search: _Search = _Search()


def search_orders(call: Call) -> Json:
    """POST /ecom/v1/orders/search: orders by filter, page by page, perhaps somewhat behind."""
    search = call.read(_SearchBody).search
    paging = search.cursor_paging
    if paging.cursor:
        if search.filter is not None or search.sort is not None:
            raise invalid("search.filter", "must not be sent beside a cursor", "FIELD_NOT_ALLOWED")
        plan: Plan = call.shop.cursors.resume(paging.cursor, "search.cursorPaging.cursor")
    else:
        plan = Plan(search.filter or {}, search.sort or _NEWEST_FIRST)
        ORDER_FIELDS.check_sort(plan.sort)
        ORDER_FIELDS.check_filter(plan.filter)
    lag = 0 if call.sees_own_writes else call.switches.search_lag_seconds
    orders = [record.order for record in call.shop.indexed(lag_seconds=lag)]
    return _page(call.shop, plan, orders, paging.limit or 100)


def _page(shop: Shop, plan: Plan, orders: Iterable[Json], limit: int) -> Json:
    hidden = {"INITIALIZED", *(_HIDDEN_UNLESS_ASKED - _asked_statuses(plan.filter))}
    shown = (order for order in orders if order["status"] not in hidden)
    page = shop.cursors.page(ORDER_FIELDS, plan, shown, limit)
    return {
        "orders": page.items,
        "metadata": {
            "count": len(page.items),
            "cursors": {"next": page.next, "prev": None} if page.more else {},
            "hasNext": page.more,
        },
    }


def _asked_statuses(condition: Json) -> set[str]:
    """Statuses that a filter names in the affirmative."""
    asked: set[str] = set()
    for name, value in condition.items():
        if name in {"$and", "$or"}:
            asked.update(*map(_asked_statuses, value))
        elif name == "status":
            asked_for = conditions(value)
            asked.update(map(str, [asked_for.get("$eq"), *asked_for.get("$in", [])]))
    return asked


ROUTES = (Route("POST", "/ecom/v1/orders/search", search_orders, "ECOM.READ_ORDERS"),)
