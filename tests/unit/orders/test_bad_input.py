"""Whatever a caller sends, the answer is a problem that names the field, never a fault of ours."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions import ROUTED
from tests.unit.orders.calls import ACTIONS, Context, Reply, call, handler_of, http_event
from tests.wix_simulator import WixSimulator

pytestmark = pytest.mark.usefixtures("table")

ORDER_ID = "a1a1a1a1-0000-4000-8000-00000000000a"
LINE_ID = "00000000-0000-0000-0000-000000000001"

GOOD = {
    action.stem: {
        name: value
        for name, value in action.sample.items()
        if name not in {*action.in_path, "idempotencyKey"}
    }
    for action in ROUTED
    if action.area == "orders" and action.has_body
}
WITH_ID = [action.stem for action in ROUTED if action.area == "orders" and action.in_path]

BAD_IDS = [
    "",
    "..",
    "../query",
    "a/b",
    f"{ORDER_ID}/cancel",
    f"{ORDER_ID}\n",
    f"{ORDER_ID}\r\nX: y",
    f" {ORDER_ID}",
    ORDER_ID.replace("-", "."),
    f"{ORDER_ID}%2f",
    "query",
    "\uff10" * 36,
    "x" * 5_000,
]


def order_of(action: str) -> str | None:
    return ORDER_ID if action in WITH_ID else None


def refused(reply: Reply) -> bool:
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["type"] == f"urn:wix-admin:problem:{reply.json['code']}"
    assert reply.json["status"] == reply.status
    assert reply.json["requestId"] == reply.headers["X-Request-Id"]
    return 400 <= reply.status < 500


@pytest.mark.parametrize("bad_id", BAD_IDS, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("action", WITH_ID)
def test_an_id_that_is_no_guid_is_refused(wix: WixSimulator, action: str, bad_id: str) -> None:
    reply = call(action, GOOD.get(action), key="k", order_id=bad_id)

    assert refused(reply)
    assert reply.fields == ["/orderId"]
    assert not wix.requests()


@pytest.mark.parametrize("action", WITH_ID)
def test_the_body_cannot_name_another_order_than_the_address(
    wix: WixSimulator, action: str
) -> None:
    body = {**GOOD.get(action, {}), "orderId": "b2b2b2b2-0000-4000-8000-00000000000b"}

    reply = call(action, body, key="k", order_id=ORDER_ID)

    assert refused(reply)
    assert reply.fields == ["/orderId"]


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "nonsense",
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        "[" * 100_000,
        "1" * 5_000,
        '{"a":1e999999}',
    ],
    ids=lambda raw: raw[:20],
)
@pytest.mark.parametrize("action", GOOD)
def test_broken_json_is_refused(wix: WixSimulator, action: str, raw: str) -> None:
    reply = call(action, raw=raw, key="k", order_id=order_of(action))

    assert refused(reply)
    assert reply.fields


@pytest.mark.parametrize("raw", ["[]", '"text"', "1", "null", "true"])
@pytest.mark.parametrize("action", GOOD)
def test_json_that_is_no_object_is_refused(wix: WixSimulator, action: str, raw: str) -> None:
    reply = call(action, raw=raw, key="k", order_id=order_of(action))

    assert refused(reply)
    assert reply.fields == [""]


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unknown_field_is_refused_by_name(wix: WixSimulator, action: str) -> None:
    reply = call(
        action, {**GOOD.get(action, {}), "surprise": 1}, key="k", order_id=order_of(action)
    )

    assert refused(reply)
    assert reply.fields == ["/surprise"]


@pytest.mark.parametrize("action", GOOD)
def test_a_huge_body_is_refused(wix: WixSimulator, action: str) -> None:
    raw = json.dumps({**GOOD[action], "surprise": "x" * 1_100_000})

    reply = call(action, raw=raw, key="k", order_id=order_of(action))

    assert (reply.status, reply.code) == (413, "request_too_large")


@pytest.mark.parametrize("action", GOOD)
def test_a_body_that_is_no_text_is_refused(wix: WixSimulator, action: str) -> None:
    event = http_event(action, key="k", order_id=order_of(action))
    event |= {"body": base64.b64encode(b"\xff\xfe").decode(), "isBase64Encoded": True}

    answer = handler_of(action)(event, Context())

    assert refused(Reply(answer["statusCode"], json.loads(answer["body"]), answer["headers"]))


WRONG_TYPES = [
    ("refund_order", {"amount": 12.5}, "/amount"),
    ("refund_order", {"amount": "12.505"}, "/amount"),
    ("refund_order", {"amount": "-1"}, "/amount"),
    ("refund_order", {"amount": "0"}, "/amount"),
    ("refund_order", {"amount": "NaN"}, "/amount"),
    ("refund_order", {"amount": "1e3000"}, "/amount"),
    ("refund_order", {"amount": "1,50"}, "/amount"),
    ("refund_order", {}, "/payments"),
    ("refund_order", {"amount": "1", "payments": [{"paymentId": LINE_ID}]}, "/payments"),
    ("refund_order", {"payments": []}, "/payments"),
    ("refund_order", {"payments": [{"paymentId": "x"}]}, "/payments/0/paymentId"),
    ("refund_order", {"payments": [{"paymentId": LINE_ID}] * 2}, "/payments"),
    ("refund_order", {"payments": [{"paymentId": LINE_ID, "amount": 1}]}, "/payments/0/amount"),
    (
        "refund_order",
        {"payments": [{"paymentId": LINE_ID, "externalRefund": "yes"}]},
        "/payments/0/externalRefund",
    ),
    ("refund_order", {"amount": "1", "reason": "x" * 171}, "/reason"),
    ("refund_order", {"amount": "1", "restock": [{"lineItemId": LINE_ID}]}, "/restock/0/quantity"),
    (
        "refund_order",
        {"amount": "1", "items": {"lineItems": [{"lineItemId": LINE_ID, "quantity": 0}]}},
        "/items/lineItems/0/quantity",
    ),
    ("fulfill_order", {}, "/lines"),
    ("fulfill_order", {"lines": "some"}, "/lines"),
    ("fulfill_order", {"lines": []}, "/lines"),
    ("fulfill_order", {"lines": [{"lineItemId": LINE_ID, "quantity": "1"}]}, "/lines/0/quantity"),
    ("fulfill_order", {"lines": [{"lineItemId": LINE_ID, "quantity": True}]}, "/lines/0/quantity"),
    ("fulfill_order", {"lines": [{"lineItemId": LINE_ID, "quantity": 1.5}]}, "/lines/0/quantity"),
    ("fulfill_order", {"lines": [{"lineItemId": LINE_ID}] * 2}, "/lines"),
    ("fulfill_order", {"lines": "all", "dispatchId": "with space"}, "/dispatchId"),
    ("fulfill_order", {"lines": "all", "dispatchId": "line\nbreak"}, "/dispatchId"),
    (
        "fulfill_order",
        {
            "lines": "all",
            "carrier": "ups",
            "trackingNumber": "1",
            "trackingUrl": "javascript:alert(1)",
        },
        "/trackingUrl",
    ),
    ("record_payment", {"amount": "all", "paymentMethod": ""}, "/paymentMethod"),
    ("record_payment", {"amount": "all", "paymentMethod": "x" * 151}, "/paymentMethod"),
    ("record_payment", {}, "/amount"),
    ("record_payment", {"amount": []}, "/amount"),
    ("cancel_order", {"restockAllItems": 1}, "/restockAllItems"),
    ("cancel_order", {"customMessage": ""}, "/customMessage"),
]


@pytest.mark.parametrize(("action", "body", "field"), WRONG_TYPES)
def test_a_value_of_the_wrong_kind_is_refused_by_field(
    wix: WixSimulator, action: str, body: dict[str, Any], field: str
) -> None:
    reply = call(action, body, key="k", order_id=ORDER_ID)

    assert refused(reply)
    assert reply.fields == [field]
    assert not wix.requests()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *("amount", "payments", "lines", "filter", "sort", "cursor", "limit", "items", "status"),
        *("billingInfo", "shippingInfo", "extendedFields", "carrier", "trackingNumber", "reason"),
    ]
)


@pytest.mark.parametrize("action", GOOD)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.dictionaries(NAMES | st.text(max_size=5), JSON, max_size=4))
def test_any_json_is_answered_well(wix: WixSimulator, action: str, body: dict[str, Any]) -> None:
    reply = call(action, body, key="k", order_id=order_of(action))

    assert reply.status == 200 or refused(reply)
