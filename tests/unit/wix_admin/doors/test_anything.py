"""Whatever is sent to any door, it is answered or refused, and never an accident."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wix_admin.builders import (
    THING_ID,
    Context,
    bus_event,
    http_event,
    queue_event,
    untimed,
)
from wix_admin import WixClient, admin_action
from wix_admin.errors import AdminError, UnexpectedError
from wix_admin.models import Answer, FunctionInput, Guid, Money
from wix_auth import WixAuthError

texts = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["", "1e3", "NaN", "\ud800", "\x00", "12.50", THING_ID, "a" * 300]
)
numbers = st.integers(-(2**70), 2**70) | st.floats()
scalars = st.none() | st.booleans() | numbers | texts
names = texts | st.sampled_from(
    ["thingId", "amount", "more", "size", "idempotencyKey", "httpMethod", "detail", "__class__"]
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
)
inputs = st.fixed_dictionaries(
    {},
    optional={
        "thingId": st.just(THING_ID) | anything,
        "amount": anything,
        "size": anything,
        "more": st.dictionaries(names, anything, max_size=3) | anything,
        "idempotencyKey": anything,
    },
)


class Asked(FunctionInput):
    thing_id: Guid
    amount: Money | None = None
    size: int = 1
    more: dict[str, Any] | None = None


class Told(Answer):
    thing_id: str
    fingerprint: str


@admin_action(Asked, elevates=[])
def handler(asked: Asked, wix: WixClient) -> Told:
    # What any action may do with its input: compare it, and send it on.
    json.dumps(asked.model_dump(mode="json"), ensure_ascii=False, allow_nan=False).encode()
    return Told(thing_id=asked.thing_id, fingerprint=asked.fingerprint())


def assert_well_formed(response: dict[str, Any]) -> None:
    assert response.keys() == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert response["statusCode"] in {200, 400, 413}
    assert isinstance(json.loads(response["body"]), dict)
    json.dumps(response, allow_nan=False).encode()


def assert_answered_or_refused(event: object) -> None:
    try:
        handler(event, Context())
    except UnexpectedError:
        raise
    except (AdminError, WixAuthError):
        return


@pytest.fixture(autouse=True)
def quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """Keeps the log lines of hundreds of calls out of a failure's report."""


@untimed
@given(inputs | anything)
def test_a_body_of_any_json(body: object) -> None:
    assert_well_formed(handler(http_event(body), Context()))


@untimed
@given(texts | st.text(st.sampled_from('{}[]",:1e.\\u-n'), max_size=30))
def test_a_body_of_any_text(body: str) -> None:
    assert_well_formed(handler(http_event(raw=body), Context()))
    assert_well_formed(handler({**http_event(raw=body), "isBase64Encoded": True}, Context()))


@untimed
@given(st.binary(max_size=50))
def test_a_body_of_any_bytes(body: bytes) -> None:
    assert_well_formed(handler(http_event(encoded=body), Context()))


@untimed
@given(
    st.dictionaries(texts | st.just("Idempotency-Key"), texts | st.lists(texts, min_size=1)),
    st.none() | st.dictionaries(names, texts),
    st.none() | st.dictionaries(names, texts),
)
def test_any_headers_query_and_path(
    headers: dict[str, str | list[str]], query: dict[str, str] | None, path: dict[str, str] | None
) -> None:
    event = http_event({"size": 1}, headers=headers, query=query, path=path)

    assert_well_formed(handler(event, Context()))


@untimed
@given(
    st.fixed_dictionaries(
        {
            "httpMethod": anything,
            "requestContext": st.fixed_dictionaries(
                {},
                optional={
                    "identity": anything | st.dictionaries(st.just("userArn"), anything),
                    "requestId": anything,
                    "requestTimeEpoch": anything,
                },
            ),
        },
        optional={
            "body": anything,
            "isBase64Encoded": anything,
            "queryStringParameters": anything,
            "pathParameters": anything,
        },
    )
)
def test_anything_in_the_guise_of_a_request(event: dict[str, Any]) -> None:
    response = handler(event, Context())

    assert response["statusCode"] in {200, 400, 413, 500, 503}
    assert isinstance(json.loads(response["body"]), dict)


@untimed
@given(inputs | anything)
def test_any_event(event: object) -> None:
    assert_answered_or_refused(event)
    assert_answered_or_refused(bus_event(event))


@untimed
@given(st.lists(inputs.map(json.dumps) | anything.map(json.dumps) | texts, min_size=1, max_size=4))
def test_any_queue_messages(bodies: list[str]) -> None:
    answer = handler(queue_event(*bodies), Context())

    failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
    assert set(failed) <= {f"m-{index}" for index in range(len(bodies))}


@pytest.mark.parametrize("levels", [10, 60, 70, 250, 260, 900, 5_000])
def test_any_nesting(levels: int) -> None:
    nested = '{"a":' * levels + "1" + "}" * levels
    body = f'{{"thingId": "{THING_ID}", "more": {nested}}}'

    response = handler(http_event(raw=body), Context())

    assert response["statusCode"] == (200 if levels <= 60 else 400)
    if levels < 900:
        assert_answered_or_refused(json.loads(body))
