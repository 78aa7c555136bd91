"""Cancel an order; nothing is refunded.

The answer says what is still paid: refund it if the buyer is to have it back. An order that was
canceled before stays as it is. The buyer gets an e-mail only if the request says so.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.cancel_order import CancelOrderInput, CancelReceipt, OrderCancellation
from wix_admin.orders.operations import CANCEL_ORDER, GET_ORDER


@admin_action(CancelOrderInput, elevates=[GET_ORDER, CANCEL_ORDER], key=Key.HONOURED)
def handler(cancellation: CancelOrderInput, wix: WixClient, once: Once) -> CancelReceipt:
    return once.make(OrderCancellation(wix, cancellation))
