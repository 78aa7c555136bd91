"""Mark lines of an order as sent, with tracking, once.

Wix makes the tracking link for the carriers that it knows, and may e-mail the buyer, as the site's
settings say. A `dispatchId` of the warehouse takes the place of an idempotency key.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.fulfill_order import FulfillmentReceipt, FulfillOrderInput, OrderFulfillment
from wix_admin.orders.operations import CREATE_FULFILLMENT, GET_ORDER, LIST_FULFILLMENTS


@admin_action(
    FulfillOrderInput,
    elevates=[GET_ORDER, LIST_FULFILLMENTS, CREATE_FULFILLMENT],
    key=Key.REQUIRED,
)
def handler(shipment: FulfillOrderInput, wix: WixClient, once: Once) -> FulfillmentReceipt:
    return once.make(OrderFulfillment(wix, shipment))
