"""Lists orders."""

from typing import Any

from pydantic import Field

from wix_admin.models import without_none
from wix_admin.orders.entities import Order
from wix_admin.orders.filters import ORDERS
from wix_admin.orders.operations import SEARCH_ORDERS
from wix_admin.wix.client import WixClient
from wix_admin.wix.pages import CursorPaging, Listed, Page, QueryInput, pass_on_items
from wix_admin.wix.replies import read_as


class QueryOrdersInput(QueryInput):
    """Which orders to list: a filter to begin with, then the cursor of the last answer.

    Wix sorts by `createdDate`, newest first, unless told. It leaves out `PENDING` and `REJECTED`
    orders unless the filter names that status, and never lists `INITIALIZED` ones.
    """

    filter: dict[str, Any] | None = Field(
        default=None, description='Wix\'s filter, such as {"paymentStatus": "PAID"}'
    )


class OrderPage(Page[Order]):
    """One page of orders."""


class _Found(Listed):
    orders: list[Any] | None = None
    paging_metadata: CursorPaging | None = Field(default=None, alias="metadata")


def query_orders(wix: WixClient, query: QueryOrdersInput) -> OrderPage:
    """List one page of orders. Wix's index lags behind changes by seconds.

    Wix: `POST /ecom/v1/orders/search`, whose limits are 100 orders a page and 4 sort fields.

    Raises:
        InputError: If the cursor is not one of ours, or the filter or sort not one of Wix's.
        WixRequestError: If Wix refuses the filter.
        WixError: If Wix cannot be asked.
    """
    query.check(ORDERS)
    search = without_none(
        cursorPaging=query.cursor_paging(SEARCH_ORDERS),
        filter=query.filter or None,
        sort=query.sorting() or None,
    )
    found = read_as(_Found, wix.call(SEARCH_ORDERS, body={"search": search}), SEARCH_ORDERS)
    orders = pass_on_items(Order, found.orders or [], SEARCH_ORDERS)
    return OrderPage.of(SEARCH_ORDERS, orders, found.position)
