"""What is sent to Wix, field by field."""

from datetime import datetime
from typing import Any

import pytest

from tests.unit.requests import Case, Known, Scene, sent_by
from tests.wix_simulator import WixSimulator, card, line, offline

pytestmark = pytest.mark.usefixtures("table")

ORDER_ID = "a1a1a1a1-0000-4000-8000-00000000000a"
LINE_1 = "00000000-0000-0000-0000-000000000001"
LINE_2 = "00000000-0000-0000-0000-000000000002"
FEE_ID = "fee00000-0000-4000-8000-000000000001"
PAYMENT = "<payment>"
REFERENCE = "<reference>"
NOW = "<now>"

ORDER = f"/ecom/v1/orders/{ORDER_ID}"
FULFILLMENTS = f"/ecom/v1/fulfillments/orders/{ORDER_ID}"
PAYMENTS = f"/ecom/v1/payments/orders/{ORDER_ID}"
REFUNDABILITY = (
    "POST",
    "/ecom/v1/order-billing/get-order-refundability",
    {"orderId": ORDER_ID},
)


def paid(payments: list[Any] | None) -> Scene:
    """Make the order, with these payments or one of all that it costs."""

    def scene(wix: WixSimulator) -> Known:
        wix.add_order(
            order_id=ORDER_ID,
            lines=[line(quantity=2, price="12.50"), line(price="15.00")],
            payments=payments,
            shipping="5.00",
            fields={"additionalFees": [fee_of("1.00")]},
        )
        return {}

    return scene


CASES = [
    Case("orders/get_order", {}, [("GET", ORDER, None)]),
    Case(
        "orders/query_orders",
        {},
        [("POST", "/ecom/v1/orders/search", {"search": {"cursorPaging": {"limit": 50}}})],
    ),
    Case(
        "orders/query_orders",
        {
            "filter": {"paymentStatus": {"$in": ["PAID"]}},
            "sort": [{"fieldName": "createdDate", "order": "DESC"}, {"fieldName": "number"}],
            "limit": 7,
        },
        [
            (
                "POST",
                "/ecom/v1/orders/search",
                {
                    "search": {
                        "filter": {"paymentStatus": {"$in": ["PAID"]}},
                        "sort": [
                            {"fieldName": "createdDate", "order": "DESC"},
                            {"fieldName": "number", "order": "ASC"},
                        ],
                        "cursorPaging": {"limit": 7},
                    }
                },
            )
        ],
    ),
    Case(
        "orders/update_order",
        {
            "archived": True,
            "seenByAHuman": False,
            "buyerInfo": {"email": "ann@example.com"},
            "buyerLanguage": "de",
            "weightUnit": "KG",
            "recipientInfo": {
                "address": {"country": "US", "addressLine": "235 W 23rd St", "addressLine2": "3"},
                "contactDetails": {"firstName": "Ann", "vatId": {"id": "1", "type": "CPF"}},
            },
            "extendedFields": {"namespaces": {"@acme/erp": {"erpId": "SO-991"}}},
        },
        [
            (
                "PATCH",
                ORDER,
                {
                    "order": {
                        "archived": True,
                        "seenByAHuman": False,
                        "buyerInfo": {"email": "ann@example.com"},
                        "buyerLanguage": "de",
                        "weightUnit": "KG",
                        "recipientInfo": {
                            "address": {
                                "country": "US",
                                "addressLine": "235 W 23rd St",
                                "addressLine2": "3",
                            },
                            "contactDetails": {
                                "firstName": "Ann",
                                "vatId": {"id": "1", "type": "CPF"},
                            },
                        },
                        "extendedFields": {"namespaces": {"@acme/erp": {"erpId": "SO-991"}}},
                    }
                },
            )
        ],
    ),
    Case("orders/cancel_order", {}, [("GET", ORDER, None), ("POST", f"{ORDER}/cancel", {})]),
    Case(
        "orders/cancel_order",
        {"sendOrderCanceledEmail": True, "customMessage": "Sorry", "restockAllItems": True},
        [
            ("GET", ORDER, None),
            (
                "POST",
                f"{ORDER}/cancel",
                {"sendOrderCanceledEmail": True, "customMessage": "Sorry", "restockAllItems": True},
            ),
        ],
    ),
    Case(
        "orders/refund_order",
        {"amount": "12.15"},
        [
            ("GET", PAYMENTS, None),
            REFUNDABILITY,
            (
                "POST",
                "/ecom/v1/order-billing/refund-payments",
                {
                    "orderId": ORDER_ID,
                    "paymentRefunds": [
                        {
                            "paymentId": PAYMENT,
                            "amount": {"amount": "12.15"},
                            "externalRefund": False,
                        }
                    ],
                    "customerReason": REFERENCE,
                },
            ),
        ],
        scene=paid([card("46.00")]),
    ),
    Case(
        "orders/refund_order",
        {
            "amount": "12.15",
            "items": {
                "lineItems": [{"lineItemId": LINE_1, "quantity": 1}],
                "additionalFees": [{"additionalFeeId": FEE_ID, "amount": "1.00"}],
                "shipping": {"amount": "5.00"},
            },
            "restock": [{"lineItemId": LINE_1, "quantity": 1}],
            "sendCustomerEmail": True,
            "customMessage": "Refunded, sorry",
            "reason": "Arrived damaged",
        },
        [
            ("GET", PAYMENTS, None),
            REFUNDABILITY,
            (
                "POST",
                "/ecom/v1/order-billing/refund-payments",
                {
                    "orderId": ORDER_ID,
                    "paymentRefunds": [
                        {
                            "paymentId": PAYMENT,
                            "amount": {"amount": "12.15"},
                            "externalRefund": False,
                        }
                    ],
                    "refundItems": {
                        "lineItems": [{"lineItemId": LINE_1, "quantity": 1}],
                        "additionalFees": [
                            {"additionalFeeId": FEE_ID, "amount": {"amount": "1.00"}}
                        ],
                        "shipping": {"amount": {"amount": "5.00"}},
                    },
                    "sideEffects": {
                        "restock": {"lineItems": [{"lineItemId": LINE_1, "quantity": 1}]},
                        "notifications": {
                            "sendCustomerEmail": True,
                            "customMessage": "Refunded, sorry",
                        },
                    },
                    "customerReason": f"Arrived damaged ({REFERENCE})",
                },
            ),
        ],
        scene=paid([card("46.00")]),
    ),
    Case(
        "orders/fulfill_order",
        {
            "lines": [{"lineItemId": LINE_1, "quantity": 1}],
            "carrier": "ups",
            "trackingNumber": "1Z999AA10123456784",
        },
        [
            ("GET", FULFILLMENTS, None),
            ("GET", ORDER, None),
            (
                "POST",
                f"{FULFILLMENTS}/create-fulfillment",
                {
                    "fulfillment": {
                        "lineItems": [{"id": LINE_1, "quantity": 1}],
                        "trackingInfo": {
                            "trackingNumber": "1Z999AA10123456784",
                            "shippingProvider": "ups",
                        },
                    }
                },
            ),
        ],
    ),
    Case(
        "orders/fulfill_order",
        {
            "lines": "all",
            "carrier": "Local Courier",
            "trackingNumber": "LC-9",
            "trackingUrl": "https://courier.example.com/t/LC-9",
        },
        [
            ("GET", FULFILLMENTS, None),
            ("GET", ORDER, None),
            (
                "POST",
                f"{FULFILLMENTS}/create-fulfillment",
                {
                    "fulfillment": {
                        "lineItems": [
                            {"id": LINE_1, "quantity": 2},
                            {"id": LINE_2, "quantity": 1},
                        ],
                        "trackingInfo": {
                            "trackingNumber": "LC-9",
                            "shippingProvider": "Local Courier",
                            "trackingLink": "https://courier.example.com/t/LC-9",
                        },
                    }
                },
            ),
        ],
    ),
    Case(
        "orders/fulfill_order",
        {"lines": [{"lineItemId": LINE_2}]},
        [
            ("GET", FULFILLMENTS, None),
            ("GET", ORDER, None),
            (
                "POST",
                f"{FULFILLMENTS}/create-fulfillment",
                {
                    "fulfillment": {
                        "lineItems": [{"id": LINE_2, "quantity": 1}],
                        "customInfo": {"fieldsData": {"reference": REFERENCE}},
                    }
                },
            ),
        ],
    ),
    Case(
        "orders/record_payment",
        {"amount": "25.00", "paymentMethod": "Cash"},
        [
            ("GET", ORDER, None),
            ("GET", PAYMENTS, None),
            (
                "POST",
                f"{PAYMENTS}/add-payment",
                {
                    "payments": [
                        {
                            "amount": {"amount": "25.00"},
                            "createdDate": NOW,
                            "refundDisabled": False,
                            "status": "APPROVED",
                            "regularPaymentDetails": {
                                "offlinePayment": True,
                                "paymentMethodName": {"userDefinedName": {"predefined": "CASH"}},
                                "status": "APPROVED",
                                "paymentMethod": "Cash",
                            },
                        }
                    ]
                },
            ),
        ],
        scene=paid([]),
    ),
    Case(
        "orders/record_payment",
        {"amount": "all"},
        [
            ("GET", ORDER, None),
            ("GET", PAYMENTS, None),
            (
                "POST",
                f"/ecom/v1/payments/{PAYMENT}/orders/{ORDER_ID}/update-payment-transaction-status",
                {"status": "APPROVED"},
            ),
        ],
        scene=paid([offline("45.00")]),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_wix_is_asked_exactly_this(wix: WixSimulator, case: Case) -> None:
    (case.scene or paid(None))(wix)
    payment_id = next(iter(wix.payment_ids(ORDER_ID)), "")

    sent = [
        (method, where.replace(payment_id or PAYMENT, PAYMENT), body)
        for method, where, body in sent_by(wix, case, ORDER_ID)
    ]

    assert sent == [
        (method, where, filled(body, payment_id, seen[2]))
        for (method, where, body), seen in zip(case.requests, sent, strict=True)
    ]


def fee_of(amount: str) -> dict[str, Any]:
    price = {"amount": amount}
    return {"id": FEE_ID, "name": "Gift wrap", "price": price, "priceAfterTax": price}


def filled(expected: Any, payment_id: str, seen: Any) -> Any:
    """Put what only this run knows in place of its name, checked for its form."""
    if isinstance(expected, dict):
        return {
            name: filled(value, payment_id, seen.get(name) if isinstance(seen, dict) else None)
            for name, value in expected.items()
        }
    if isinstance(expected, list):
        return [
            filled(value, payment_id, mine)
            for value, mine in zip(expected, seen or [], strict=False)
        ]
    if expected == PAYMENT:
        return payment_id
    if expected == NOW and isinstance(seen, str) and seen.endswith("Z"):
        assert datetime.fromisoformat(seen)
        return seen
    if isinstance(expected, str) and REFERENCE in expected and isinstance(seen, str):
        reference = seen[seen.index("wa-") :].rstrip(")")
        assert len(reference) == len("wa-") + 16
        return expected.replace(REFERENCE, reference)
    return expected
