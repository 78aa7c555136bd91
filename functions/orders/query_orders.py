"""List orders, page by page.

The newest come first unless a sort says otherwise. Wix's index lags behind changes by seconds.
Orders that are `PENDING` or `REJECTED` are listed only if the filter names that status,
`INITIALIZED` ones never.
"""

from wix_admin import WixClient, admin_action
from wix_admin.orders.operations import SEARCH_ORDERS
from wix_admin.orders.query_orders import OrderPage, QueryOrdersInput, query_orders


@admin_action(QueryOrdersInput, elevates=[SEARCH_ORDERS])
def handler(query: QueryOrdersInput, wix: WixClient) -> OrderPage:
    return query_orders(wix, query)
