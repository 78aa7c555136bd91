"""Lists orders."""

from typing import Any

from pydantic import Field

from wix_admin.models import Json, WixEntity
from wix_admin.orders.entities import Order
from wix_admin.orders.filters import ORDERS
from wix_admin.orders.operations import SEARCH_ORDERS
from wix_admin.wix.client import WixClient
from wix_admin.wix.cursors import seal, unseal
from wix_admin.wix.pages import Page, QueryInput, items_as_told
from wix_admin.wix.replies import read_as


class QueryOrdersInput(QueryInput):
    """Which orders to list: a filter to begin with, then the cursor of the last answer.

    Wix sorts by `createdDate`, newest first, unless told. It leaves out `PENDING` and `REJECTED`
    orders unless the filter names that status, and never lists `INITIALIZED` ones.
    """

    filter: dict[str, Any] | None = Field(
        default=None, description='Wix\'s filter, such as {"paymentStatus": "PAID"}'
    )


class OrderPage(Page):
    """One page of orders."""

    items: list[Order]


class _Cursors(WixEntity):
    next: str | None = None


class _Paging(WixEntity):
    cursors: _Cursors | None = None
    has_next: bool | None = None


class _Found(WixEntity):
    orders: list[Any] | None = None
    metadata: _Paging | None = None


def query_orders(wix: WixClient, wanted: QueryOrdersInput) -> OrderPage:
    """List one page of orders. Wix's index lags behind changes by seconds.

    Wix: `POST /ecom/v1/orders/search`, whose limits are 100 orders a page and 4 sort fields.

    Raises:
        InputError: If the cursor is not one of ours, or the filter or sort not one of Wix's.
        WixRequestError: If Wix refuses the filter.
        WixError: If Wix cannot be asked.
    """
    wanted.check(ORDERS)
    reply = wix.call(SEARCH_ORDERS, body={"search": _search(wanted)})
    found = read_as(_Found, reply, SEARCH_ORDERS)
    paging = found.metadata or _Paging()
    position = paging.cursors.next if paging.cursors else None
    has_more = bool(position) and paging.has_next is not False
    return OrderPage(
        items=items_as_told(Order, found.orders or [], SEARCH_ORDERS),
        cursor=seal(SEARCH_ORDERS.name, position) if position and has_more else None,
        has_more=has_more,
    )


def _search(wanted: QueryOrdersInput) -> Json:
    if wanted.cursor is not None:
        position = unseal(SEARCH_ORDERS.name, wanted.cursor)
        return {"cursorPaging": {"limit": wanted.limit, "cursor": position}}
    search: Json = {"cursorPaging": {"limit": wanted.limit}}
    if wanted.filter:
        search["filter"] = wanted.filter
    if wanted.sort:
        search["sort"] = wanted.sorting()
    return search
