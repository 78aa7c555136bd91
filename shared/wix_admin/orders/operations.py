"""What the orders' functions may call at Wix (eCommerce: orders, fulfillments, billing, payments).

Orders have no revision, so a PATCH that is sent twice sets the same values twice. Cancelling,
refunding, fulfilling, adding and approving payments have no idempotency key at Wix and are never
repeated blindly.
"""

from wix_admin.wix.operations import Operation

GET_ORDER = Operation(
    "orders.get",
    "GET",
    "/ecom/v1/orders/{order_id}",
    "ECOM.READ_ORDERS",
    repeatable=True,
    reads=True,
)
SEARCH_ORDERS = Operation(
    "orders.search",
    "POST",
    "/ecom/v1/orders/search",
    "ECOM.READ_ORDERS",
    repeatable=True,
    reads=True,
)
UPDATE_ORDER = Operation(
    "orders.update", "PATCH", "/ecom/v1/orders/{order_id}", "ECOM.MODIFY_ORDERS", repeatable=True
)
CANCEL_ORDER = Operation(
    "orders.cancel",
    "POST",
    "/ecom/v1/orders/{order_id}/cancel",
    "ECOM.MODIFY_ORDERS",
    repeatable=False,
)
LIST_FULFILLMENTS = Operation(
    "fulfillments.list",
    "GET",
    "/ecom/v1/fulfillments/orders/{order_id}",
    "ECOM.READ_FULFILLMENTS",
    repeatable=True,
    reads=True,
)
CREATE_FULFILLMENT = Operation(
    "fulfillments.create",
    "POST",
    "/ecom/v1/fulfillments/orders/{order_id}/create-fulfillment",
    "ECOM.MODIFY_FULFILLMENTS",
    repeatable=False,
)
LIST_TRANSACTIONS = Operation(
    "payments.list",
    "GET",
    "/ecom/v1/payments/orders/{order_id}",
    "ECOM.READ_TRANSACTIONS",
    repeatable=True,
    reads=True,
)
ADD_PAYMENT = Operation(
    "payments.add",
    "POST",
    "/ecom/v1/payments/orders/{order_id}/add-payment",
    "ECOM.MODIFY_TRANSACTIONS",
    repeatable=False,
)
APPROVE_PAYMENT = Operation(
    "payments.approve",
    "POST",
    "/ecom/v1/payments/{payment_id}/orders/{order_id}/update-payment-transaction-status",
    "ECOM.MODIFY_TRANSACTIONS",
    repeatable=False,
)
GET_REFUNDABILITY = Operation(
    "refunds.refundability",
    "POST",
    "/ecom/v1/order-billing/get-order-refundability",
    "ECOM.ORDER_BILLING_GET_ORDER_REFUNDABILITY",
    repeatable=True,
    reads=True,
)
REFUND_PAYMENTS = Operation(
    "refunds.refund",
    "POST",
    "/ecom/v1/order-billing/refund-payments",
    "ECOM.ORDER_BILLING_REFUND_PAYMENTS",
    repeatable=False,
    seconds=15.0,
)
