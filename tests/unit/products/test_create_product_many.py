"""Thousands of products in one request: what comes through API Gateway and Lambda, both ways."""

import json
from typing import Any

import pytest

from tests.unit.calls import http_event
from tests.unit.wix_admin.builders import Context
from wix_admin.doors.call import Done
from wix_admin.doors.http import MAX_BODY_BYTES_OF_MANY, answer, read
from wix_admin.effects.batches import refused, summarize
from wix_admin.effects.once import Once
from wix_admin.errors import WixRequestError, WixViolation
from wix_admin.products.product_input import CreateProductInput
from wix_admin.products.product_results import CreateProductAnswer, ProductResult

LAMBDA_TAKES_BYTES = 6_291_556
COUNT = 5_000

PLAIN = "Hand-made, dishwasher safe, and a little different each time. "
DESCRIPTIONS = {
    "plain": PLAIN,
    "of several scripts": "Fait à la main, säurefest: 手作りのマグカップ、ручная работа 🫖. ",
    "full of quotes": 'The "blue" mug, called "Ada": 3" wide, 4" high.\n',
    "HTML": '<p class="lead">Hand-made <a href="/care">mugs</a></p>\n<ul><li>blue</li></ul>\n',
}
WRITTEN: dict[str, dict[str, Any]] = {
    "compactly": {"separators": (",", ":"), "ensure_ascii": False},
    "as Python does": {},
    "for people": {"indent": 2, "ensure_ascii": False},
}

HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/execute-api/" * 4,
    "Content-Type": "application/json",
    "Idempotency-Key": "5e0a8f1c-7a3b-4c7d-9f0e-2b1d6c4a8e90",
    "User-Agent": "python-httpx/0.28.1",
    "X-Amz-Security-Token": "x" * 1_500,
}


def body_of(text: str, **written: Any) -> str:
    """Write as many bytes of products as are taken, each with a piece of text."""

    def body(length: int) -> str:
        description = (text * (length // len(text) + 1))[:length]
        products = [
            {"name": f"Mug {n}", "price": "9.50", "sku": f"MUG-{n}", "description": description}
            for n in range(COUNT)
        ]
        return json.dumps({"products": products}, **written)

    empty, sample = (len(body(length).encode()) for length in (0, 500))
    return body(int((MAX_BODY_BYTES_OF_MANY - empty) * 500 / (sample - empty) * 0.99))


def event_with(body: str) -> dict[str, Any]:
    """Make API Gateway's event, all headers of a signed request included."""
    event = http_event("products/create_product", raw=body)
    return event | {
        "headers": HEADERS,
        "multiValueHeaders": {name: [value] for name, value in HEADERS.items()},
    }


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("text", DESCRIPTIONS)
def test_what_we_take_of_products_lambda_hands_on(text: str, written: str) -> None:
    body = body_of(DESCRIPTIONS[text], **WRITTEN[written])

    event = json.dumps(event_with(body), ensure_ascii=False).encode()

    assert len(body.encode()) > 0.95 * MAX_BODY_BYTES_OF_MANY
    assert len(event) < LAMBDA_TAKES_BYTES


def test_so_many_products_are_read_at_once() -> None:
    call = read(event_with(body_of(PLAIN)), Context(), many=CreateProductInput.many)

    assert len(CreateProductInput.model_validate(call.input).products) == COUNT


def test_what_became_of_each_fits_into_one_answer() -> None:
    says = [WixViolation("", f"Wix says: {'é' * 600}")]
    refusal = WixRequestError("Mend it " * 20, wix_code="X" * 80, violations=says)
    results = [refused(ProductResult, index, refusal) for index in range(COUNT)]
    report = summarize(CreateProductAnswer, results, Once(None, "s", "k", "h", 0.0))

    response = answer(Done(report.model_dump(mode="json", by_alias=True), replayed=False), "r-1")

    assert response["statusCode"] == 200
