"""What is sent to Wix, field by field, and that nothing undeclared can be sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.unit.orders.calls import call
from tests.wix_simulator import WixSimulator, card, line, offline
from wix_admin.errors import ElevationError
from wix_admin.orders import operations
from wix_admin.orders.operations import (
    ADD_PAYMENT,
    APPROVE_PAYMENT,
    CANCEL_ORDER,
    CREATE_FULFILLMENT,
    GET_ORDER,
    GET_REFUNDABILITY,
    LIST_FULFILLMENTS,
    LIST_TRANSACTIONS,
    REFUND_PAYMENTS,
    SEARCH_ORDERS,
    UPDATE_ORDER,
)
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation

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

type Request = tuple[str, str, Any]


@dataclass(frozen=True)
class Case:
    """One variant of an action, and the requests it makes."""

    action: str
    body: dict[str, Any]
    requests: list[Request]
    payments: list[Any] | None = None

    def __str__(self) -> str:
        return f"{self.action}({', '.join(self.body)})"


CASES = [
    Case("get_order", {}, [("GET", ORDER, None)]),
    Case(
        "query_orders",
        {},
        [("POST", "/ecom/v1/orders/search", {"search": {"cursorPaging": {"limit": 50}}})],
    ),
    Case(
        "query_orders",
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
        "update_order",
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
    Case("cancel_order", {}, [("GET", ORDER, None), ("POST", f"{ORDER}/cancel", {})]),
    Case(
        "cancel_order",
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
        "refund_order",
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
        payments=[card("46.00")],
    ),
    Case(
        "refund_order",
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
        payments=[card("46.00")],
    ),
    Case(
        "fulfill_order",
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
        "fulfill_order",
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
        "fulfill_order",
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
        "record_payment",
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
        payments=[],
    ),
    Case(
        "record_payment",
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
        payments=[offline("45.00")],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_action_sends_just_what_the_reference_says(wix: WixSimulator, case: Case) -> None:
    wix.add_order(
        order_id=ORDER_ID,
        lines=[line(quantity=2, price="12.50"), line(price="15.00")],
        payments=case.payments,
        shipping="5.00",
        fields={"additionalFees": [fee_of("1.00")]},
    )
    payment_id = next(iter(wix.payment_ids(ORDER_ID)), "")
    order_id = None if case.action == "query_orders" else ORDER_ID

    reply = call(case.action, case.body or None, key="k", order_id=order_id)

    assert reply.status == 200, reply.json
    sent = [
        (each.method, each.path.replace(payment_id or PAYMENT, PAYMENT), each.body)
        for each in wix.requests(path="/ecom/*")
    ]
    assert sent == [
        (method, where, filled(body, payment_id, seen[2]))
        for (method, where, body), seen in zip(case.requests, sent, strict=True)
    ]
    assert {
        each.headers.get("content-type") for each in wix.requests(path="/ecom/*") if each.body
    } <= {"application/json"}


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


DECLARED: dict[str, set[Operation]] = {
    "get_order": {GET_ORDER},
    "query_orders": {SEARCH_ORDERS},
    "update_order": {UPDATE_ORDER},
    "cancel_order": {GET_ORDER, CANCEL_ORDER},
    "refund_order": {LIST_TRANSACTIONS, GET_REFUNDABILITY, REFUND_PAYMENTS},
    "fulfill_order": {GET_ORDER, LIST_FULFILLMENTS, CREATE_FULFILLMENT},
    "record_payment": {GET_ORDER, LIST_TRANSACTIONS, APPROVE_PAYMENT, ADD_PAYMENT},
}
ALL = {each for each in vars(operations).values() if isinstance(each, Operation)}


@pytest.mark.parametrize("action", DECLARED)
def test_an_action_can_call_nothing_that_it_does_not_declare(
    wix: WixSimulator, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[WixClient] = []
    real = WixClient.call

    def watched(self: WixClient, *arguments: Any, **more: Any) -> Any:
        seen.append(self)
        return real(self, *arguments, **more)

    monkeypatch.setattr(WixClient, "call", watched)
    wix.add_order(order_id=ORDER_ID, payments=[card("10.00")])
    bodies: dict[str, Any] = {
        "update_order": {"archived": True},
        "refund_order": {"amount": "1"},
        "fulfill_order": {"lines": "all"},
        "record_payment": {"amount": "all"},
    }
    order_id = None if action == "query_orders" else ORDER_ID
    call(action, bodies.get(action, {}), key="k", order_id=order_id)
    before = len(wix.requests())

    for operation in ALL - DECLARED[action]:
        with pytest.raises(ElevationError):
            real(seen[0], operation, body={}, order_id=ORDER_ID, payment_id=ORDER_ID)

    assert len(wix.requests()) == before
