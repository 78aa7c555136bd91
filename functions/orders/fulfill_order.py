"""Mark lines of an order as sent, once."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.fulfilling import FulfillmentReceipt, FulfillOrderInput, OrderFulfillment
from wix_admin.orders.operations import CREATE_FULFILLMENT, GET_ORDER, LIST_FULFILLMENTS


@admin_action(
    FulfillOrderInput,
    elevates=[GET_ORDER, LIST_FULFILLMENTS, CREATE_FULFILLMENT],
    key=Key.REQUIRED,
)
def handler(shipment: FulfillOrderInput, wix: WixClient, once: Once) -> FulfillmentReceipt:
    return once.make(OrderFulfillment(wix, shipment))
