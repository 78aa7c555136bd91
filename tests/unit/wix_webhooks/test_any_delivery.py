"""Nothing that anyone can send makes the verifier fail in a way that it does not announce."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wix_admin.builders import untimed
from tests.unit.wix_webhooks.sender import ISSUED_AT, Sender, event, judge
from wix_webhooks import DeliveryError

TEXT = st.text(st.characters(exclude_categories=()))
"""Any text, halves of surrogate pairs included."""

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
TEXT_OF_JSON = VALUES.map(json.dumps) | st.sampled_from(
    [
        "[" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        "9" * 5_000,
        '{"a":1e999}',
        '{"a":1,"a":2}',
    ]
)
ANYTHING = VALUES | TEXT_OF_JSON

SEGMENT = st.text("AZaz09-_=+/é.", max_size=8)


def known(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with anything under the names that the verifier looks for."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, ANYTHING))


LEVEL_1 = known(["exp", "iat", "nbf", "data"])
LEVEL_2 = known(["eventType", "data", "identity"])
LEVEL_3 = known(["id", "entityFqdn", "entityId", "entityEventSequence", "originatedFrom"])
BODY = st.dictionaries(
    st.sampled_from(["createdEvent", "updatedEvent", "deletedEvent", "actionEvent"]),
    known(["entity", "entityAsJson", "currentEntityAsJson", "deletedEntity", "bodyAsJson", "body"]),
)


@untimed
@given(TEXT | st.lists(SEGMENT, max_size=4).map(".".join))
def test_any_text_gets_a_verdict(wix: Sender, body: str) -> None:
    assert judge(wix.verifier(), body, arrived_at=ISSUED_AT, now=ISSUED_AT)


@untimed
@given(
    header=known(["alg", "crit", "kid", "typ", "b64", "jwk"]), name=st.sampled_from(["RS256", ""])
)
def test_any_header_gets_a_verdict(wix: Sender, header: dict[str, Any], name: str) -> None:
    body = wix.key.sign(wix.claims(), header={"alg": name, **header} if name else header)

    assert judge(wix.verifier(), body, arrived_at=ISSUED_AT, now=ISSUED_AT)


@untimed
@given(TEXT_OF_JSON | TEXT.filter(lambda text: text.isascii()))
def test_any_signed_payload_gets_a_verdict(wix: Sender, payload: str) -> None:
    body = wix.key.sign_payload(payload)

    assert judge(wix.verifier(), body, arrived_at=ISSUED_AT, now=ISSUED_AT)


@untimed
@given(level_1=LEVEL_1, level_2=LEVEL_2, level_3=LEVEL_3 | ANYTHING, body=BODY)
def test_any_signed_levels_get_a_verdict(
    wix: Sender, level_1: Any, level_2: Any, level_3: Any, body: Any
) -> None:
    told = {**event(), **level_3, **body} if isinstance(level_3, dict) else level_3
    delivery = wix.delivery(told, wrapped=level_2, **level_1)

    assert judge(wix.verifier(), delivery, arrived_at=ISSUED_AT, now=ISSUED_AT)


@untimed
@given(at=st.floats(0, 1), length=st.integers(0, 3), put=TEXT | st.text("AQgw-_", max_size=3))
def test_a_changed_delivery_is_the_same_or_refused(
    wix: Sender, at: float, length: int, put: str
) -> None:
    body = wix.delivery()
    place = int(at * len(body))
    changed = body[:place] + put + body[place + length :]

    with suppress(DeliveryError):
        taken = wix.verifier().verify(changed, ISSUED_AT, ISSUED_AT)
        assert changed.strip("\ufeff \t\r\n\v\f") == body
        assert taken == wix.verifier().verify(body, ISSUED_AT, ISSUED_AT)


@untimed
@given(level_1=LEVEL_1, level_2=LEVEL_2)
def test_the_signature_of_another_key_never_passes(wix: Sender, level_1: Any, level_2: Any) -> None:
    body = wix.other_key.sign(wix.claims(wrapped=level_2, **level_1))

    verdict = judge(wix.verifier(), body, arrived_at=ISSUED_AT, now=ISSUED_AT)
    assert verdict == "Untrusted: signature_unknown"


@untimed
@given(TEXT, TEXT)
def test_any_configuration_can_be_made(wix: Sender, keys: str, instances: str) -> None:
    verifier = wix.verifier(keys=keys, instances=instances)

    verdict = judge(verifier, wix.delivery(), arrived_at=ISSUED_AT, now=ISSUED_AT)
    assert verdict.startswith("NotConfigured: ")
