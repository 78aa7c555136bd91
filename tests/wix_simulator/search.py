"""Order search: filters, sorting and cursors."""

import functools
import secrets
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tests.wix_simulator.bodies import Body
from tests.wix_simulator.clock import seconds_of
from tests.wix_simulator.errors import Json, invalid, plain_error
from tests.wix_simulator.shop import Shop
from tests.wix_simulator.world import Call, Route

type Values = list[Any]

_EXACT = {"$eq", "$ne", "$in", "$nin"}
_ORDERED = _EXACT | {"$gt", "$gte", "$lt", "$lte", "$startsWith", "$exists"}
_FLAG = _EXACT | {"$exists"}
_MEMBERS = {"$hasSome", "$hasAll"}

_ENUMS = (
    "status",
    "paymentStatus",
    "fulfillmentStatus",
    "channelInfo.type",
    "shippingInfo.title",
    "shippingInfo.region.name",
)
_COMPARABLE = (
    "createdDate",
    "updatedDate",
    "purchasedDate",
    "number",
    "buyerInfo.email",
    "priceSummary.total.amount",
    "taxInfo.totalTax.amount",
    "balanceSummary.authorized.amount",
    "balanceSummary.pending.amount",
    "balanceSummary.pendingRefund.amount",
    "billingInfo.contactDetails.firstName",
    "billingInfo.contactDetails.lastName",
    "businessLocation.id",
    "businessLocation.name",
    "shippingInfo.logistics.deliveryTime",
    "shippingInfo.logistics.deliveryTimeSlot.from",
    "shippingInfo.logistics.deliveryTimeSlot.to",
)
_FLAGS = ("archived", "imported", "seenByAHuman")
_IDS = (
    "id",
    "checkoutId",
    "buyerInfo.contactId",
    "buyerInfo.memberId",
    "createdBy.userId",
    "channelInfo.externalOrderId",
    "lineItems.subscriptionInfo.id",
)
_LISTS = (
    "lineItems.catalogReference.appId",
    "lineItems.catalogReference.catalogItemId",
    "lineItems.locations.id",
    "appliedDiscounts.coupon.id",
)
_NAMES = ("lineItems.productName.original",)

FILTERABLE: dict[str, set[str]] = {
    **dict.fromkeys(_ENUMS, _EXACT),
    **dict.fromkeys(_COMPARABLE, _ORDERED),
    **dict.fromkeys(_FLAGS, _FLAG),
    **dict.fromkeys(_IDS, _EXACT),
    **dict.fromkeys(_LISTS + _NAMES, _MEMBERS),
}
"""Which operators each field takes."""

SORTABLE = {*_ENUMS, *_COMPARABLE, *_NAMES}

_HIDDEN_UNLESS_ASKED = {"PENDING", "REJECTED"}
_DATES = {"createdDate", "updatedDate", "purchasedDate"}
_DEFAULT_SORT = [{"fieldName": "createdDate", "order": "DESC"}]

_TESTS: dict[str, Callable[[Values, Any], bool]] = {
    "$eq": lambda found, wanted: wanted in found if found else wanted is None,
    "$ne": lambda found, wanted: wanted not in found if found else wanted is not None,
    "$in": lambda found, wanted: any(each in wanted for each in found),
    "$nin": lambda found, wanted: all(each not in wanted for each in found),
    "$gt": lambda found, wanted: any(each > wanted for each in found),
    "$gte": lambda found, wanted: any(each >= wanted for each in found),
    "$lt": lambda found, wanted: any(each < wanted for each in found),
    "$lte": lambda found, wanted: any(each <= wanted for each in found),
    "$startsWith": lambda found, wanted: any(
        str(each).lower().startswith(str(wanted).lower()) for each in found
    ),
    "$exists": lambda found, wanted: bool(found) is wanted,
    "$hasSome": lambda found, wanted: any(each in found for each in wanted),
    "$hasAll": lambda found, wanted: all(each in found for each in wanted),
}


class _Sort(Body):
    field_name: str
    order: Literal["ASC", "DESC"] = "ASC"


class _CursorPaging(Body):
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    cursor: Annotated[str, StringConstraints(max_length=16000)] | None = None


class _Search(Body):
    filter: Json | None = None
    sort: Annotated[list[_Sort], Field(max_length=4)] | None = None
    cursor_paging: _CursorPaging = _CursorPaging()


class _SearchBody(Body):
    search: _Search = _Search()


def search_orders(call: Call) -> Json:
    """POST /ecom/v1/orders/search: orders by filter, page by page, perhaps somewhat behind."""
    search = call.read(_SearchBody).search
    paging = search.cursor_paging
    if paging.cursor:
        if search.filter is not None or search.sort is not None:
            raise invalid("search.filter", "must not be sent beside a cursor", "FIELD_NOT_ALLOWED")
        plan: Json = _resume(call.shop, paging.cursor)
    else:
        sort = [each.model_dump(by_alias=True) for each in search.sort or []] or _DEFAULT_SORT
        plan = {"filter": search.filter or {}, "sort": sort, "after": None}
        _check_sort(sort)
        _check_filter(plan["filter"])
    lag = 0 if call.sees_own_writes else call.switches.search_lag_seconds
    orders = [record.order for record in call.shop.indexed(lag_seconds=lag)]
    return _page(call.shop, plan, orders, paging.limit)


def _page(shop: Shop, plan: Json, orders: Iterable[Json], limit: int) -> Json:
    hidden = {"INITIALIZED", *(_HIDDEN_UNLESS_ASKED - _asked_statuses(plan["filter"]))}
    found = [
        order
        for order in orders
        if order["status"] not in hidden and _matches(order, plan["filter"])
    ]
    place = functools.cmp_to_key(functools.partial(_compare, plan["sort"]))
    found.sort(key=lambda order: place(_sort_key(order, plan["sort"])))
    if plan["after"] is not None:
        last = place(plan["after"])
        found = [order for order in found if place(_sort_key(order, plan["sort"])) > last]
    page = found[:limit]
    more = len(found) > limit
    cursors: Json = {}
    if more:
        after = _sort_key(page[-1], plan["sort"])
        cursors = {"next": _keep(shop, {**plan, "after": after}), "prev": None}
    return {
        "orders": page,
        "metadata": {"count": len(page), "cursors": cursors, "hasNext": more},
    }


# ---- Cursors ----


def _keep(shop: Shop, plan: Json) -> str:
    cursor = "JWE." + secrets.token_urlsafe(150)
    expires = shop.clock.now() + shop.switches.cursor_lifetime_seconds
    shop.cursors[cursor] = {**plan, "expires": expires}
    return cursor


def _resume(shop: Shop, cursor: str) -> Json:
    plan = shop.cursors.get(cursor)
    if plan is None or plan["expires"] <= shop.clock.now():
        raise invalid("search.cursorPaging.cursor", "is invalid or has expired")
    return plan


# ---- Sorting ----


def _check_sort(sort: list[Json]) -> None:
    for each in sort:
        if each["fieldName"] not in SORTABLE:
            raise plain_error(400, f"Field '{each['fieldName']}' is not declared as sortable")


def _sort_key(order: Json, sort: list[Json]) -> Values:
    first = [next(iter(_values(order, each["fieldName"])), None) for each in sort]
    return [*first, order["id"]]


def _compare(sort: list[Json], one: Values, other: Values) -> int:
    directions = [each["order"] for each in sort] + ["ASC"]
    for mine, theirs, direction in zip(one, other, directions, strict=True):
        if mine == theirs:
            continue
        # What has no value comes before everything that has one.
        smaller = mine is None or (theirs is not None and mine < theirs)
        return -1 if smaller == (direction == "ASC") else 1
    return 0


# ---- Filters ----


def _check_filter(condition: Json) -> None:
    for name, value in condition.items():
        if name in {"$and", "$or"}:
            if not isinstance(value, list):
                raise plain_error(400, f"{name} takes a list")
            for each in value:
                _check_filter(_object(each))
        elif name == "$not":
            _check_filter(_object(value))
        else:
            _check_field(name, value)


def _check_field(name: str, value: Any) -> None:
    if name not in FILTERABLE:
        raise plain_error(400, f"Field '{name}' is not declared as filterable")
    for operator, operand in _conditions(value).items():
        if operator not in FILTERABLE[name]:
            raise plain_error(400, f"Operator '{operator}' is not supported by field '{name}'")
        takes_list = operator in {"$in", "$nin", *_MEMBERS}
        if takes_list != isinstance(operand, list):
            raise plain_error(400, f"Operator '{operator}' of field '{name}' has a wrong value")
        if operator == "$exists" and not isinstance(operand, bool):
            raise plain_error(400, f"Operator '$exists' of field '{name}' takes a boolean")
        if operand is None and operator not in {"$eq", "$ne"}:
            raise plain_error(400, f"Operator '{operator}' of field '{name}' takes a value")
        if operator not in {"$exists", "$startsWith"}:
            _operand(name, operator, operand)


def _matches(order: Json, condition: Json) -> bool:
    return all(_holds(order, name, value) for name, value in condition.items())


def _holds(order: Json, name: str, value: Any) -> bool:
    match name:
        case "$and":
            return all(_matches(order, each) for each in value)
        case "$or":
            return any(_matches(order, each) for each in value)
        case "$not":
            return not _matches(order, value)
    found = _values(order, name)
    return all(
        _TESTS[operator](found, _operand(name, operator, operand))
        for operator, operand in _conditions(value).items()
    )


def _conditions(value: Any) -> Json:
    return value if isinstance(value, dict) else {"$eq": value}


def _operand(name: str, operator: str, operand: Any) -> Any:
    if operator in {"$exists", "$startsWith"}:
        return operand
    if isinstance(operand, list):
        return [_comparable(name, each) for each in operand]
    return _comparable(name, operand)


def _comparable(name: str, value: Any) -> Any:
    """A value of a field, in a form that compares as the field's kind does."""
    if value is None:
        return None
    try:
        if name in _DATES:
            return seconds_of(value)
        if name.endswith(".amount") or name == "number":
            return _finite(value)
    except (ArithmeticError, TypeError, ValueError):
        raise plain_error(400, f"Field '{name}' cannot be compared with this value") from None
    if not isinstance(value, bool if name in _FLAGS else str):
        raise plain_error(400, f"Field '{name}' cannot be compared with this value")
    return value


def _finite(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _values(order: Json, name: str) -> Values:
    found: Values = [order]
    for step in name.split("."):
        found = [inner for each in found for inner in _inside(each, step)]
    return [_comparable(name, each) for each in found]


def _inside(value: Any, step: str) -> Values:
    inner = value.get(step) if isinstance(value, dict) else None
    if inner is None:
        return []
    return inner if isinstance(inner, list) else [inner]


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise plain_error(400, "a condition is an object")
    return value


def _asked_statuses(condition: Json) -> set[str]:
    """Statuses that a filter names in the affirmative."""
    asked: set[str] = set()
    for name, value in condition.items():
        if name in {"$and", "$or"}:
            asked.update(*map(_asked_statuses, value))
        elif name == "status":
            conditions = _conditions(value)
            asked.update(map(str, [conditions.get("$eq"), *conditions.get("$in", [])]))
    return asked


ROUTES = (Route("POST", "/ecom/v1/orders/search", search_orders, "ECOM.READ_ORDERS"),)
