"""Cancel an order, which refunds nothing."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.cancelling import CancelOrderInput, CancelReceipt, OrderCancellation
from wix_admin.orders.operations import CANCEL_ORDER, GET_ORDER


@admin_action(CancelOrderInput, elevates=[GET_ORDER, CANCEL_ORDER], key=Key.HONOURED)
def handler(cancellation: CancelOrderInput, wix: WixClient, once: Once) -> CancelReceipt:
    return once.make(OrderCancellation(wix, cancellation))
