"""Refund all or part of an order, once.

Give an amount, which is taken from the payments that Wix can refund, in turn; or say how much of
which payments. A refund that is `PENDING` is not paid yet: the same request with the same key
returns its status now. The buyer gets an e-mail only if the request says so.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.operations import GET_REFUNDABILITY, LIST_TRANSACTIONS, REFUND_PAYMENTS
from wix_admin.orders.refund_order import OrderRefund, RefundOrderInput, RefundReceipt


@admin_action(
    RefundOrderInput,
    elevates=[LIST_TRANSACTIONS, GET_REFUNDABILITY, REFUND_PAYMENTS],
    key=Key.REQUIRED,
)
def handler(refund: RefundOrderInput, wix: WixClient, once: Once) -> RefundReceipt:
    return once.make(OrderRefund(wix, refund))
