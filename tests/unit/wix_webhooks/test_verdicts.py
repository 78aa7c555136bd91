"""Each kind of delivery and what becomes of it."""

import hashlib
import hmac
import json
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable

import jwt
import pytest

from tests.canaries import INSTANCE_ID, MARKS
from tests.unit.wix_webhooks.sender import (
    EXPIRES_AT,
    ISSUED_AT,
    LEFT_OUT,
    ORDER,
    Sender,
    event,
    judge,
)
from tests.wix_simulator.errors import Json
from tests.wix_simulator.signing import HEADER, claims
from wix_webhooks import DeliveryError

type Make = Callable[[Sender], str]

FOREIGN_INSTANCE = "f04e1640-0000-4000-8000-00000000000f"
MEGABYTE = 1_048_576


def deep(levels: int) -> Json:
    nested: Json = {}
    for _ in range(levels - 1):
        nested = {"a": nested}
    return nested


def segments(wix: Sender) -> list[str]:
    return wix.delivery().split(".")


def header(wix: Sender, **changes: object) -> str:
    return wix.key.sign(wix.claims(), header=HEADER | changes)


def signed_by_library(wix: Sender, algorithm: str) -> str:
    return jwt.encode(wix.claims(), wix.key.private, algorithm=algorithm)


def signed_with_the_public_key_as_a_password(wix: Sender) -> str:
    head, payload, _ = header(wix, alg="HS256").split(".")
    password = wix.key.public_pem.encode()
    digest = hmac.digest(password, f"{head}.{payload}".encode(), hashlib.sha256)
    return f"{head}.{payload}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def with_its_own_key(wix: Sender, name: str) -> str:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(wix.other_key.private.public_key(), as_dict=True)
    own = {
        "jwk": jwk,
        "jku": "http://127.0.0.1:9/keys",
        "kid": "other",
        "x5u": "http://127.0.0.1:9",
    }
    return wix.other_key.sign(wix.claims(), header=HEADER | {name: own[name]})


def tampered(wix: Sender) -> str:
    head, _, signature = segments(wix)
    _, payload, _ = wix.delivery(event(entityId="another")).split(".")
    return f"{head}.{payload}.{signature}"


def typed(event_type: str, **body: object) -> Make:
    return lambda wix: wix.delivery(event(event_type, **body), event_type=event_type)


def flat(event_type: str, told: Json) -> Make:
    return lambda wix: wix.delivery(told, event_type=event_type)


def action(**body: object) -> Json:
    return {"actionEvent": {"body": {"order": ORDER, **body}}}


VERDICTS: dict[str, dict[str, Make]] = {
    "publish": {
        "order created": typed("wix.ecom.v1.order_created", createdEvent={"entity": ORDER}),
        "order updated": typed(
            "wix.ecom.v1.order_updated",
            updatedEvent={"currentEntity": ORDER, "modifiedFields": {"archived": True}},
        ),
        "order approved": typed("wix.ecom.v1.order_approved", **action()),
        "order canceled": typed("wix.ecom.v1.order_canceled", **action(restockAllItems=True)),
        "order committed": typed("wix.ecom.v1.order_committed", **action(changes=[])),
        "order paid": typed(
            "wix.ecom.v1.order_payment_status_updated", **action(previousPaymentStatus="UNPAID")
        ),
        "order fulfilled": typed("wix.ecom.v1.order_fulfilled", **action(action="FULFILLMENT")),
        "order imported": typed("wix.ecom.v1.order_imported", **action()),
        "imported order deleted": typed("wix.ecom.v1.order_imported_order_deleted", **action()),
        "fulfillments updated": typed(
            "wix.ecom.v1.fulfillments_updated",
            updatedEvent={"currentEntity": {"orderId": ORDER["id"], "fulfillments": []}},
        ),
        "refund completed": typed(
            "wix.ecom.v1.order_transactions_refund_completed",
            actionEvent={"body": {"orderId": ORDER["id"], "refund": {}}},
        ),
        "product deleted": typed("wix.stores.catalog.v3.product_deleted", deletedEvent={}),
        "body as text": typed(
            "wix.ecom.v1.order_approved", actionEvent={"bodyAsJson": json.dumps({"order": ORDER})}
        ),
        "body as an object under the text's name": typed(
            "wix.ecom.v1.order_approved", actionEvent={"bodyAsJson": {"order": ORDER}}
        ),
        "flat event": flat("com.wix.ecommerce.catalog.api.v1.ProductChanged", {"productId": "p"}),
        "flat event that is empty": flat("AppRemoved", {}),
        "unknown type": typed("wix.new.v9.thing_happened", actionEvent={"body": {}}),
        "levels as objects": lambda wix: wix.delivery(
            data={"eventType": "t", "instanceId": INSTANCE_ID, "data": event(), "identity": {}}
        ),
        "no identity": lambda wix: wix.delivery(wrapped={"identity": LEFT_OUT}),
        "identity that is no JSON": lambda wix: wix.delivery(
            wrapped={"identity": '{"identityType'}
        ),
        "identity that is no text": lambda wix: wix.delivery(
            wrapped={"identity": '{"identityType": "\\ud800"}'}
        ),
        "identity that is too deep": lambda wix: wix.delivery(
            wrapped={"identity": deep(64) | {"identityType": "APP"}}
        ),
        "instance in upper case": lambda wix: wix.delivery(
            wrapped={"instanceId": INSTANCE_ID.upper()}
        ),
        "account": lambda wix: wix.delivery(wrapped={"accountInfo": {"accountId": "a"}}),
        "issuer and audience": lambda wix: wix.delivery(iss="wix.com", aud="an-app"),
        "no time of issue": lambda wix: wix.delivery(iat=LEFT_OUT),
        "issued within the leeway": lambda wix: wix.delivery(iat=ISSUED_AT + 60),
        "issued long ago": lambda wix: wix.delivery(iat=1),
        "expired within the leeway": lambda wix: wix.delivery(exp=ISSUED_AT - 59),
        "times with fractions": lambda wix: wix.delivery(iat=ISSUED_AT + 0.5, exp=EXPIRES_AT + 0.5),
        "blanks up to the size": lambda wix: wix.delivery().ljust(MEGABYTE),
        "blanks around": lambda wix: f" \r\n\t{wix.delivery()}\r\n\n ",
        "byte order mark": lambda wix: f"\ufeff{wix.delivery()}",
        "header without kid": lambda wix: wix.key.sign(wix.claims(), header={"alg": "RS256"}),
        "header with certificates": lambda wix: header(wix, x5c=["MIID" * 470] * 3),
        "header with everything that names a key": lambda wix: header(
            wix, jwk={"kty": "RSA"}, jku="http://127.0.0.1:9", x5u="http://127.0.0.1:9", typ="JWT"
        ),
        "as deep as may be": lambda wix: wix.delivery(event(actionEvent={"body": deep(62)})),
    },
    "Malformed: not_a_token": {
        "nothing": lambda _: "",
        "blanks": lambda _: " \n",
        "JSON": lambda wix: json.dumps(wix.claims()),
        "JSON around": lambda wix: json.dumps({"jwt": wix.delivery()}),
        "quotes around": lambda wix: f'"{wix.delivery()}"',
        "a scheme before": lambda wix: f"Bearer {wix.delivery()}",
        "a line break within": lambda wix: wix.delivery().replace(".", ".\n"),
        "base64 of it": lambda wix: b64encode(wix.delivery().encode()).decode(),
        "two parts": lambda wix: ".".join(segments(wix)[:2]),
        "four parts": lambda wix: f"{wix.delivery()}.AAAA",
        "empty header": lambda wix: ".".join(["", *segments(wix)[1:]]),
        "empty payload": lambda wix: "{0}..{2}".format(*segments(wix)),
        "empty signature": lambda wix: "{}.{}.".format(*segments(wix)[:2]),
        "padding": lambda wix: f"{wix.delivery()}==",
        "plus": lambda wix: f"{wix.delivery()[:-1]}+",
        "slash": lambda wix: f"{wix.delivery()[:-1]}/",
        "letters beyond ASCII": lambda wix: f"{wix.delivery()[:-1]}é",
    },
    "Malformed: too_large": {
        "too large": lambda _: "A" * (MEGABYTE + 1),
        "blanks beyond the size": lambda wix: wix.delivery().ljust(MEGABYTE + 1),
    },
    "Malformed: header_too_large": {
        "a header of many numbers": lambda wix: header(wix, more=[1] * 3_100),
        "a header as large as may be": lambda _: f"{'A' * (MEGABYTE - 10)}.AAAA.AAAA",
    },
    "Malformed: not_rs256": {
        "header of broken base64": lambda _: "A.AAAA.AAAA",
        "header of bytes": lambda _: "____.AAAA.AAAA",
        "header that is a list": lambda _: f"{urlsafe_b64encode(b'[1]').decode()}.AAAA.AAAA",
        "alg none": lambda wix: header(wix, alg="none"),
        "alg HS256": signed_with_the_public_key_as_a_password,
        "alg RS512": lambda wix: signed_by_library(wix, "RS512"),
        "alg PS256": lambda wix: signed_by_library(wix, "PS256"),
        "alg rs256": lambda wix: header(wix, alg="rs256"),
        "alg in a list": lambda wix: header(wix, alg=["RS256"]),
        "no alg": lambda wix: wix.key.sign(wix.claims(), header={"kid": "k"}),
    },
    "Malformed: critical_header": {
        "crit": lambda wix: header(wix, crit=["exp"]),
        "crit that is empty": lambda wix: header(wix, crit=[]),
    },
    "Untrusted: signature_unknown": {
        "another key": lambda wix: wix.other_key.sign(wix.claims()),
        "another key, in the header": lambda wix: with_its_own_key(wix, "jwk"),
        "another key, by its address": lambda wix: with_its_own_key(wix, "jku"),
        "another key, by its name": lambda wix: with_its_own_key(wix, "kid"),
        "another payload": tampered,
        "another key, and many numbers": lambda wix: wix.other_key.sign(
            wix.claims(), header=HEADER | {"more": [1] * 2_900}
        ),
        "half a signature": lambda wix: wix.delivery()[: -342 + 168],
    },
    "Untrusted: token_unreadable": {
        "a signature cut within a letter": lambda wix: wix.delivery()[: -342 + 169],
        "a signature's last bits": lambda wix: (
            wix.delivery()[:-1] + chr(ord(wix.delivery()[-1]) + 1)
        ),
        "a key whose name is no text": lambda wix: header(wix, kid=5),
        "a payload that is not encoded": lambda wix: header(wix, b64=False),
    },
    "Untrusted: claims_unreadable": {
        "payload that is no JSON": lambda wix: wix.key.sign_payload("data=1"),
        "payload that is no UTF-8": lambda wix: wix.key.sign_payload(
            json.dumps(wix.claims() | {"note": "é"}, ensure_ascii=False).encode("latin-1")
        ),
        "payload that is a list": lambda wix: wix.key.sign_payload("[]"),
        "a claim given twice": lambda wix: wix.key.sign_payload(
            f'{{"exp":1,{json.dumps(wix.claims())[1:]}'
        ),
        "expiry without end": lambda wix: wix.delivery(exp=float("inf")),
        "expiry beyond numbers": lambda wix: wix.delivery(exp=10**400),
    },
    "Untrusted: expiry_missing": {
        "no expiry": lambda wix: wix.delivery(exp=LEFT_OUT),
        "expiry null": lambda wix: wix.delivery(exp=None),
        "expiry as text": lambda wix: wix.delivery(exp=str(EXPIRES_AT)),
        "expiry true": lambda wix: wix.delivery(exp=True),
    },
    "Untrusted: expired": {
        "expired on arrival": lambda wix: wix.delivery(exp=ISSUED_AT - 60),
    },
    "Untrusted: not_yet_valid": {
        "issued after arrival": lambda wix: wix.delivery(iat=ISSUED_AT + 61),
        "issued at a text": lambda wix: wix.delivery(iat="now"),
        "valid after arrival": lambda wix: wix.delivery(nbf=ISSUED_AT + 61),
    },
    "Untrusted: foreign_instance": {
        "foreign instance": lambda wix: wix.delivery(wrapped={"instanceId": FOREIGN_INSTANCE}),
        "instance of a personal kind": lambda wix: wix.delivery(wrapped={"instanceId": MARKS[4]}),
        "instance with something behind it": lambda wix: wix.delivery(
            wrapped={"instanceId": f"{FOREIGN_INSTANCE} {MARKS[4]}"}
        ),
        "no instance": lambda wix: wix.delivery(wrapped={"instanceId": LEFT_OUT}),
        "empty instance": lambda wix: wix.delivery(wrapped={"instanceId": ""}),
        "instances": lambda wix: wix.delivery(wrapped={"instanceId": [INSTANCE_ID]}),
    },
    "Untrusted: envelope_unreadable": {
        "no level 2": lambda wix: wix.delivery(data=LEFT_OUT),
        "level 2 that is no JSON": lambda wix: wix.delivery(data=f"{wix.claims()['data']}}}"),
        "level 2 that is a list": lambda wix: wix.delivery(data=[]),
        "level 2 with NaN": lambda wix: wix.delivery(wrapped={"more": float("nan")}),
        "level 2 without end": lambda wix: wix.delivery(data='{"a":' * 100_000),
    },
    "Untrusted: event_unreadable": {
        "no type": lambda wix: wix.delivery(wrapped={"eventType": LEFT_OUT}),
        "blank type": lambda wix: wix.delivery(wrapped={"eventType": " "}),
        "no level 3": lambda wix: wix.delivery(wrapped={"data": LEFT_OUT}),
        "level 3 that is a list": lambda wix: wix.delivery(wrapped={"data": "[]"}),
        "level 3 encoded once too often": lambda wix: wix.delivery(
            wrapped={"data": json.dumps(json.dumps(event()))}
        ),
        "a name given twice": lambda wix: wix.delivery(
            wrapped={"data": f'{{"id":"1",{json.dumps(event())[1:]}'}
        ),
        "a number beyond numbers": lambda wix: wix.delivery(wrapped={"data": '{"a":1e999}'}),
        "a whole number beyond numbers": lambda wix: wix.delivery(
            wrapped={"data": f'{{"a":{"9" * 5000}}}'}
        ),
        "body text that is no JSON": lambda wix: wix.delivery(
            event(actionEvent={"bodyAsJson": "{"})
        ),
        "body that is a list": lambda wix: wix.delivery(event(actionEvent={"body": []})),
    },
    "Untrusted: not_publishable": {
        "type that no bus takes": lambda wix: wix.delivery(wrapped={"eventType": "t" * 129}),
        "half of a surrogate pair": lambda wix: wix.delivery(
            event(actionEvent={"body": {"note": "\ud800"}})
        ),
        "half of a surrogate pair in the type": lambda wix: wix.delivery(
            wrapped={"eventType": "\udfff"}
        ),
        "too deep": lambda wix: wix.delivery(event(actionEvent={"body": deep(63)})),
        "too deep in lists": lambda wix: wix.delivery(
            event(actionEvent={"body": {"a": json.loads("[" * 62 + "]" * 62)}})
        ),
        "too deep in text": lambda wix: wix.delivery(
            event(actionEvent={"bodyAsJson": json.dumps(deep(63))})
        ),
    },
}

DELIVERIES = [
    pytest.param(verdict, make, id=name)
    for verdict, rows in VERDICTS.items()
    for name, make in rows.items()
]
REFUSED = [row for row in DELIVERIES if row.values[0] != "publish"]


@pytest.mark.parametrize(("verdict", "make"), DELIVERIES)
def test_each_kind_of_delivery_has_its_verdict(wix: Sender, verdict: str, make: Make) -> None:
    assert judge(wix.verifier(), make(wix), arrived_at=ISSUED_AT, now=ISSUED_AT) == verdict


@pytest.mark.parametrize(("verdict", "make"), REFUSED)
def test_no_error_tells_what_was_delivered(wix: Sender, verdict: str, make: Make) -> None:
    body = make(wix)

    with pytest.raises(DeliveryError) as caught:
        wix.verifier().verify(body, ISSUED_AT, ISSUED_AT)

    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert not [part for part in body.split(".") if len(part) > 10 and part in told]
    assert not [mark for mark in MARKS if mark in told]
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("arrived_at", "now", "verdict"),
    [
        (ISSUED_AT, EXPIRES_AT + 59, "publish"),
        (ISSUED_AT, EXPIRES_AT + 60, "publish late"),
        (EXPIRES_AT + 59, EXPIRES_AT + 10_000_000, "publish late"),
        (EXPIRES_AT + 60, EXPIRES_AT + 60, "Untrusted: expired"),
    ],
)
def test_expiry_is_judged_at_arrival_and_later_only_marked(
    wix: Sender, arrived_at: float, now: float, verdict: str
) -> None:
    assert judge(wix.verifier(), wix.delivery(), arrived_at=arrived_at, now=now) == verdict


CONFIGURED: dict[str, tuple[str, Make, str]] = {
    "no key": ("NotConfigured: no_public_key", lambda _: " , ", INSTANCE_ID),
    "no instance": (
        "NotConfigured: no_instance_id",
        lambda wix: wix.key.public_pem,
        " , ",
    ),
    "nonsense for a key": (
        "NotConfigured: public_key_unreadable",
        lambda _: "my key",
        INSTANCE_ID,
    ),
    "a key that is too short": (
        "NotConfigured: public_key_unreadable",
        lambda wix: wix.short_key.public_pem,
        INSTANCE_ID,
    ),
    "another key and nonsense": (
        "NotConfigured: public_key_unreadable",
        lambda wix: f"{wix.other_key.public_pem},my key",
        INSTANCE_ID,
    ),
    "another key": (
        "Untrusted: signature_unknown",
        lambda wix: wix.other_key.public_pem,
        INSTANCE_ID,
    ),
    "nonsense before the key": (
        "publish",
        lambda wix: f"my key,{wix.key.public_pem}",
        INSTANCE_ID,
    ),
    "the second of two keys": (
        "publish",
        lambda wix: f"{wix.other_key.public_pem},{wix.key.public_pem}",
        INSTANCE_ID,
    ),
    "the second of two instances": (
        "publish",
        lambda wix: wix.key.public_pem,
        f"{FOREIGN_INSTANCE}, {INSTANCE_ID.upper()} ",
    ),
}


WRITTEN: dict[str, Callable[[str], str | Iterable[str]]] = {
    "as one text": str,
    "as a list": lambda text: text.split(","),
    "as what can be read once": lambda text: iter(text.split(",")),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize(("verdict", "keys", "instances"), CONFIGURED.values(), ids=CONFIGURED)
def test_what_the_configuration_decides(
    wix: Sender,
    verdict: str,
    keys: Make,
    instances: str,
    written: Callable[[str], str | Iterable[str]],
) -> None:
    verifier = wix.verifier(keys=written(keys(wix)), instances=written(instances))

    assert judge(verifier, wix.delivery(), arrived_at=ISSUED_AT, now=ISSUED_AT) == verdict


def test_without_a_single_key_or_instance_nothing_can_be_judged(wix: Sender) -> None:
    verifier = wix.verifier(keys=[], instances=[])

    judged = judge(verifier, wix.delivery(), arrived_at=ISSUED_AT, now=ISSUED_AT)

    assert judged == "NotConfigured: no_instance_id"


def test_what_is_malformed_is_dropped_even_while_nothing_is_configured(wix: Sender) -> None:
    verifier = wix.verifier(keys="", instances="")

    assert judge(verifier, "{}", arrived_at=0, now=0) == "Malformed: not_a_token"


def test_a_key_that_cannot_be_read_is_told_by_its_place(wix: Sender) -> None:
    verifier = wix.verifier(keys=f"{wix.other_key.public_pem},{wix.short_key.public_pem}")

    with pytest.raises(DeliveryError, match="Public key 2 of 2 cannot be read") as caught:
        verifier.verify(wix.delivery(), ISSUED_AT, ISSUED_AT)

    assert wix.short_key.public_pem[30:60] not in str(caught.value)


def test_a_foreign_instance_is_named(wix: Sender) -> None:
    body = wix.delivery(wrapped={"instanceId": FOREIGN_INSTANCE})

    with pytest.raises(DeliveryError, match=FOREIGN_INSTANCE):
        wix.verifier().verify(body, ISSUED_AT, ISSUED_AT)


def test_a_resend_may_be_signed_anew(wix: Sender) -> None:
    resent = wix.key.sign(claims(json.loads(wix.claims()["data"]), issued_at=EXPIRES_AT))

    first = wix.verifier().verify(wix.delivery(), ISSUED_AT, ISSUED_AT)
    second = wix.verifier().verify(resent, EXPIRES_AT, EXPIRES_AT)

    assert first == second
