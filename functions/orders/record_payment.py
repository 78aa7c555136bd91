"""Record a payment that was made outside of Wix, once.

No money moves. A payment that waits for its confirmation is confirmed; otherwise a new one is
added, of at most what is left to pay.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.operations import (
    ADD_PAYMENT,
    APPROVE_PAYMENT,
    GET_ORDER,
    LIST_TRANSACTIONS,
)
from wix_admin.orders.record_payment import OrderPayment, PaymentReceipt, RecordPaymentInput


@admin_action(
    RecordPaymentInput,
    elevates=[GET_ORDER, LIST_TRANSACTIONS, APPROVE_PAYMENT, ADD_PAYMENT],
    key=Key.REQUIRED,
)
def handler(payment: RecordPaymentInput, wix: WixClient, once: Once) -> PaymentReceipt:
    return once.make(OrderPayment(wix, payment))
