"""What the actions really answer: the document's examples.

Every request meets a shop of its own that is always the same, its ids and its time included, so
that the same code answers the same.
"""

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Self, cast

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests import canaries, template
from tests.openapi.actions import Action
from tests.openapi.parts import SAMPLE_KEY
from tests.openapi.samples import sample_of
from tests.samples import (
    SAMPLE_BOOKING,
    SAMPLE_LINE,
    SAMPLE_MEMBER,
    SAMPLE_ORDER,
    SAMPLE_PAYMENT,
    SAMPLE_SKU,
    SAMPLE_START,
    SAMPLE_VARIANT,
    named,
)
from tests.wix_simulator import WixSimulator, line
from tests.wix_simulator.transport import SimulatorTransport
from wix_admin import batches, client, process
from wix_admin.bookings import changing, entities
from wix_admin.catalog import forget_catalog
from wix_admin.doors.http import KEY_HEADER
from wix_admin.models import Json
from wix_admin.orders import paying
from wix_admin.settings import settings
from wix_auth import SecretReader, WixAuth

REQUEST_ID = "5f2a0c1e-9d4b-4a57-8c1d-3f6b7e2a9c10"

SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:WixSecret-AbCdEf"

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC).timestamp()
"""When all of it happens."""

PEOPLE = {
    canaries.FIRST_NAME: "Grace",
    canaries.LAST_NAME: "Hopper",
    canaries.EMAIL_DOMAIN: "example.com",
    canaries.STREET: "1 High Street",
    canaries.PHONE: "+1 555-0100",
    canaries.MESSAGE: "Please ring twice",
}
"""What the simulator's people are called in a document for people."""

type Change = Callable[["Scene"], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a caller got."""

    status: int
    body: Json


@dataclass(frozen=True, slots=True)
class Scene:
    """One request, before it is sent.

    Attributes:
        action: What it is for.
        wix: The shop that it will meet.
        event: What API Gateway makes of it.
        patch: Sets what the function finds around it.
        secrets: Where the credential is.
    """

    action: Action
    wix: WixSimulator
    event: Json
    patch: pytest.MonkeyPatch
    secrets: "Secrets"

    def say(self, **fields: Any) -> None:
        """Say something else in the body, or in the query of a request without one."""
        if self.action.has_body:
            said = json.loads(self.event["body"] or "{}")
            self.event["body"] = json.dumps({**said, **fields})
        else:
            said = self.event["queryStringParameters"] or {}
            self.event["queryStringParameters"] = {
                **said,
                **{name: str(value).lower() for name, value in fields.items()},
            }

    def give_key(self, key: str | None = SAMPLE_KEY) -> None:
        """Send an idempotency key, or none."""
        for headers in (self.event["headers"], self.event["multiValueHeaders"]):
            headers.pop(KEY_HEADER, None)
        if key is not None:
            self.event["headers"][KEY_HEADER] = key

    def send(self) -> Reply:
        """Send it."""
        answer = self.action.handler(self.event, _Context())
        return Reply(answer["statusCode"], json.loads(answer["body"]))


class Stage:
    """Functions in this process, with a shop for each request.

    Attributes:
        wix: The shop, empty at first.
    """

    def __init__(self, wix: WixSimulator, secrets: "Secrets", ledger: "Ledger") -> None:
        self.wix = wix
        self._secrets = secrets
        self._ledger = ledger

    def reply(self, action: Action, change: Change | None = None) -> Reply:
        """Send an action's sample to a shop that has what it names.

        Args:
            action: Whose sample.
            change: What is different about the request, or about what it meets.
        """
        _forget()
        self.wix.reset()
        self._ledger.empty()
        self._secrets.failure = None
        ids = SHOPS[action.area](self.wix, action)
        with pytest.MonkeyPatch.context() as patch:
            scene = Scene(action, self.wix, _event(action, ids), patch, self._secrets)
            if change is not None:
                change(scene)
            _forget()
            reply = scene.send()
        real = {there: sample for sample, there in ids.items()}
        return Reply(reply.status, json.loads(named(json.dumps(reply.body), {**PEOPLE, **real})))


@contextmanager
def stage() -> Iterator[Stage]:
    """Have AWS and Wix in this process for as long as the block lasts."""
    wix, secrets = WixSimulator(now=lambda: NOW), Secrets()
    with pytest.MonkeyPatch.context() as patch, _silence():
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.delenv("WIX_API_URL", raising=False)
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            patch.setenv(name, "eu-central-1")
        with mock_aws():
            patch.setenv("WIX_SECRET_ARN", SECRET_ARN)
            patch.setenv("WIX_SITE_ID", canaries.SITE_ID)
            patch.setenv("EFFECTS_TABLE_NAME", Ledger.NAME)
            patch.setattr(process, "wix_http_client", _connection(wix, secrets))
            for module in (client, batches, changing):
                patch.setattr(module, "FIRST_PAUSE_SECONDS", 0.001)
            patch.setattr(entities, "SHOWS_WITHIN_SECONDS", 0.001)
            patch.setattr(paying, "datetime", _Then)
            yield Stage(wix, secrets, Ledger())
    _forget()


@contextmanager
def _silence() -> Iterator[None]:
    """Neither log nor count what is done."""
    before = logging.root.manager.disable
    logging.disable()
    with redirect_stdout(io.StringIO()):
        yield
    logging.disable(before)


class Secrets:
    """Secrets Manager, with the credential.

    Attributes:
        failure: The code that it fails with, if it does.
    """

    failure: str | None = None

    def get_secret_value(self, **_: str) -> Json:
        if self.failure:
            raise ClientError({"Error": {"Code": self.failure, "Message": ""}}, "GetSecretValue")
        credential = {
            "kind": "client_credentials",
            "client_id": canaries.CLIENT_ID,
            "client_secret": canaries.CLIENT_SECRET,
        }
        made = datetime.fromtimestamp(NOW, UTC)
        return {"SecretString": json.dumps(credential), "VersionId": "1", "CreatedDate": made}


class _Then(datetime):
    """The clock of the one action that tells Wix the time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOW, tz)


class _Context:
    aws_request_id = REQUEST_ID

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def _forget() -> None:
    for cached in (settings, process.wix_http, process.effects_table):
        cached.cache_clear()
    forget_catalog()


class Ledger:
    """The effects table, empty for each request."""

    NAME = "effects"

    def __init__(self) -> None:
        self._tables = boto3.client("dynamodb")
        self._make()

    def empty(self) -> None:
        self._tables.delete_table(TableName=self.NAME)
        self._make()

    def _make(self) -> None:
        self._tables.create_table(
            TableName=self.NAME,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )


def _connection(wix: WixSimulator, secrets: Secrets) -> Callable[..., httpx.Client]:
    def connected(secret_arn: str, *, api_url: str, **options: Any) -> httpx.Client:
        reader = SecretReader(secret_arn, client=cast("Any", secrets), now=wix.now)
        auth = WixAuth(reader, api_url=api_url, now=wix.now, **options)
        return httpx.Client(auth=auth, base_url=api_url, transport=SimulatorTransport(wix))

    return connected


def _event(action: Action, ids: dict[str, str]) -> Json:
    """Return an action's sample as API Gateway hands it on."""
    text = (template.PROJECT / "events" / f"{action.name}.http.json").read_text()
    event: Json = json.loads(named(text, ids))
    event["requestContext"]["requestId"] = REQUEST_ID
    event["requestContext"]["requestTimeEpoch"] = round(time.time() * 1000)
    return event


def subject(action: Action) -> str | None:
    """Return the id of what an action's sample is about, if it is in the address."""
    return next(iter(sample_of(action).path.values()), None)


# ---- What there is in the shop ------------------------------------------------------------------


def _order(wix: WixSimulator, action: Action) -> dict[str, str]:
    """Coffee and a recipe book; nothing is paid yet if a payment is to be recorded."""
    order = wix.add_order(
        order_id=subject(action) or SAMPLE_ORDER,
        lines=[
            line(2, "12.50", id=SAMPLE_LINE, name="Coffee beans"),
            line(1, "9.99", kind="DIGITAL", name="Recipe book", sku="BOOK-1"),
        ],
        payments=() if action.name == "orders/record_payment" else None,
        shipping="5.00",
    )
    paid = wix.payment_ids(order["id"])
    return {SAMPLE_PAYMENT: paid[0]} if paid else {}


def _member(wix: WixSimulator, action: Action) -> dict[str, str]:
    """A member who waits to be let in."""
    member = subject(action) or SAMPLE_MEMBER
    wix.members.add(member_id=member, email="grace@example.com", status="PENDING")
    return {}


def _products(wix: WixSimulator, action: Action) -> dict[str, str]:
    """A product; the one to be created is another."""
    wix.catalog.add_product(name="Coffee beans", price="12.50", sku="BEANS-1", quantity=40)
    return {}


def _stock(wix: WixSimulator, action: Action) -> dict[str, str]:
    """Two products in stock: one is named by its SKU, and one by its variant."""
    wix.catalog.add_product(sku=SAMPLE_SKU, quantity=3)
    beans = wix.catalog.add_product(name="Coffee beans", sku="BEANS-1", quantity=40)
    return {SAMPLE_VARIANT: beans["variantsInfo"]["variants"][0]["id"]}


def _booking(wix: WixSimulator, action: Action) -> dict[str, str]:
    """A booking, and a free time to move it to."""
    service = wix.bookings.add_service(approval=True)
    waits = action.name in {"bookings/confirm_booking", "bookings/decline_booking"}
    wix.bookings.add(
        booking_id=subject(action) or SAMPLE_BOOKING,
        service_id=service["id"],
        start="2027-03-01T10:00:00",
        status="PENDING" if waits else "CONFIRMED",
    )
    wix.bookings.add_slot(service["id"], SAMPLE_START)
    return {}


SHOPS: dict[str, Callable[[WixSimulator, Action], dict[str, str]]] = {
    "members": _member,
    "products": _products,
    "inventory": _stock,
    "orders": _order,
    "bookings": _booking,
}
"""For each area, what there is; and what is called otherwise at Wix than in the sample."""
