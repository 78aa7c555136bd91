"""What the actions really answer: the document's examples.

Every request meets a shop of its own that is always the same, its ids and its time included, so
that the same code answers the same.
"""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Self, cast, override

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from openapi.actions import Action
from tests import canaries
from tests.samples import SAMPLE_KEY, named, put_samples, sample_event
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.transport import SimulatorTransport
from wix_admin import process
from wix_admin.aws.settings import settings
from wix_admin.doors.http import KEY_HEADER
from wix_admin.models import Json
from wix_admin.orders import record_payment as paying
from wix_admin.wix.catalog import forget_catalog
from wix_auth.auth import WixAuth
from wix_auth.secrets import SecretReader

REQUEST_ID = "5f2a0c1e-9d4b-4a57-8c1d-3f6b7e2a9c10"

SECRET_ID = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:WixSecret-AbCdEf"  # noqa: S105 - a name

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
        """Send it, to a function that waits for nothing."""
        handler = copy(self.action.handler)
        handler.sleep = lambda _: None
        answer = handler(self.event, _Context())
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
        put_samples(self.wix)
        with pytest.MonkeyPatch.context() as patch:
            scene = Scene(action, self.wix, _event(action), patch, self._secrets)
            if change is not None:
                change(scene)
            _forget()
            reply = scene.send()
        return Reply(reply.status, json.loads(named(json.dumps(reply.body), PEOPLE)))


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
            patch.setenv("WIX_SECRET_ARN", SECRET_ID)
            patch.setenv("WIX_SITE_ID", canaries.SITE_ID)
            patch.setenv("EFFECTS_TABLE_NAME", Ledger.NAME)
            patch.setattr(process, "wix_http_client", _connection(wix, secrets))
            patch.setattr(paying, "datetime", _Then)
            try:
                yield Stage(wix, secrets, Ledger())
            finally:
                _forget()


@contextmanager
def _silence() -> Iterator[None]:
    """Neither log nor count what is done."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)


class Secrets:
    """Secrets Manager, with the credential.

    Attributes:
        failure: The code that it fails with, if it does.
    """

    failure: str | None = None

    def get_secret_value(self, **_: str) -> Json:
        """Return the credential, or fail as Secrets Manager does."""
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
    @override
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
        """Forget all that was done."""
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


def _event(action: Action) -> Json:
    """Return an action's sample as API Gateway hands it on."""
    event = sample_event(action, "http")
    event["requestContext"]["requestId"] = REQUEST_ID
    return event
