"""Reads one order."""

from wix_admin.models import FunctionInput
from wix_admin.orders.entities import Order, OrderId
from wix_admin.orders.operations import GET_ORDER
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import pass_on


class GetOrderInput(FunctionInput):
    """Which order to read."""

    order_id: OrderId


def get_order(wix: WixClient, request: GetOrderInput) -> Order:
    """Read one order, in any status.

    Wix: `GET /ecom/v1/orders/{id}`.

    Raises:
        WixNotFoundError: If there is no such order.
        WixError: If Wix cannot be asked.
    """
    reply = wix.call(GET_ORDER, order_id=request.order_id)
    return pass_on(Order, reply.get("order"), GET_ORDER)
