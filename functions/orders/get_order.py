"""Read one order, in any status.

The answer is the order as it is now, while lists lag behind changes by seconds.
"""

from wix_admin import WixClient, admin_action
from wix_admin.orders.entities import Order
from wix_admin.orders.get_order import GetOrderInput, get_order
from wix_admin.orders.operations import GET_ORDER


@admin_action(GetOrderInput, elevates=[GET_ORDER])
def handler(request: GetOrderInput, wix: WixClient) -> Order:
    return get_order(wix, request)
