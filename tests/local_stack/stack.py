"""The deployed stack, and a handle to use it like a caller, an operator or an event would."""

import itertools
import json
import secrets
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests import canaries
from tests.local_stack import sam
from tests.local_stack.aws import Account, Credentials, json_bytes, signed
from tests.local_stack.emulator import UNSUPPORTED_TYPES, add_gateway_responses, api_url, emulator
from tests.local_stack.progress import Progress
from tests.local_stack.queues import EVERYTHING, Message, Published, listening, messages
from tests.local_stack.waiting import wait_for
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.people import People, a_canary

CREDENTIAL = {
    "kind": "client_credentials",
    "client_id": canaries.CLIENT_ID,
    "client_secret": canaries.CLIENT_SECRET,
    "instance_id": canaries.INSTANCE_ID,
}
"""What the secret holds unless a test puts something else there."""

TRUSTED_DOMAIN = "trusted.example"
"""Pending members with an address of this domain are approved by the schedule, and no others."""

TRUSTED_SERVICE = "5e51ce00-0000-4000-8000-000000000001"
"""Pending bookings of this service are confirmed by the schedule, and no others."""

LOW_STOCK = 3
"""What there is this much of, or less, is reported."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a direct call came to. `error` is Lambda's word for it: Unhandled, or nothing."""

    payload: Any
    error: str | None


@dataclass
class LocalStack:
    """The stack as deployed, and the Wix it talks to."""

    account: Account
    outputs: dict[str, str]
    resources: dict[str, str]
    """What `Ref` gives of each resource, by its name in the template: of a function, its name."""
    wix: WixSimulator
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @cached_property
    def api_url(self) -> str:
        return api_url(self.account, self.outputs["AdminApiUrl"])

    @cached_property
    def webhook_url(self) -> str:
        return api_url(self.account, self.outputs["WebhookUrl"])

    @cached_property
    def admin(self) -> Credentials:
        """A caller who may call every route."""
        areas = ("Members", "Catalog", "Orders", "Bookings")
        return self.caller(*(f"{area}AdminPolicy" for area in areas), name="admin")

    def caller(self, *policies: str, name: str = "caller") -> Credentials:
        """A new caller with these policies of the stack's outputs, and nothing else.

        Args:
            name: What their name begins with.
        """
        iam = self.account.client("iam")
        name = f"{name}-{next(self._numbers)}"
        iam.create_user(UserName=name)
        for policy in policies:
            iam.attach_user_policy(UserName=name, PolicyArn=self.outputs[policy])
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def request(
        self,
        method: str,
        path: str,
        *,
        credentials: Credentials | None,
        json: object = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Call a route; without credentials the request is not signed."""
        content = b"" if json is None else json_bytes(json)
        given = {} if json is None else {"Content-Type": "application/json"}
        url = self.api_url + path
        request = (
            httpx.Request(method, url, content=content, headers=given | (headers or {}))
            if credentials is None
            else signed(method, url, credentials, content=content, headers=given | (headers or {}))
        )
        return self.send(request)

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request as it is."""
        return self._http.send(request)

    def invoke(self, function: str, payload: object, *, wait: bool = True) -> Invocation:
        """Call a function directly, by its name in the template.

        Args:
            wait: Whether to wait for the answer, or leave the call to Lambda as an event.
        """
        reply = self.account.client("lambda").invoke(
            FunctionName=self.resources[function],
            InvocationType="RequestResponse" if wait else "Event",
            Payload=json_bytes(payload),
        )
        body = reply["Payload"].read()
        return Invocation(json.loads(body) if body else None, reply.get("FunctionError"))

    def put_event(
        self,
        source: str,
        detail_type: str,
        detail: Mapping[str, Any],
        *,
        credentials: Credentials | None = None,
    ) -> None:
        """Put an event on the stack's bus, by default with every right.

        Raises:
            ClientError: If the credentials do not allow it.
        """
        account = (
            self.account if credentials is None else replace(self.account, credentials=credentials)
        )
        reply = account.client("events").put_events(
            Entries=[
                {
                    "EventBusName": self.outputs["EventBusName"],
                    "Source": source,
                    "DetailType": detail_type,
                    "Detail": json.dumps(detail),
                }
            ]
        )
        if reply["FailedEntryCount"]:
            raise RuntimeError(f"The bus took no event: {reply['Entries']}")

    def published(
        self, pattern: Mapping[str, Any] = EVERYTHING
    ) -> AbstractContextManager[Published]:
        """Catch what comes over the stack's bus while the block lasts.

        Args:
            pattern: Which events, as a rule's pattern says it.
        """
        return listening(self.account, self.outputs["EventBusName"], pattern)

    @contextmanager
    def paused(self, function: str) -> Iterator[None]:
        """Give a function no messages while the block lasts: its queues fill up.

        Messages that it has already got are not taken away from it.
        """
        self._hand_over(function, messages=False)
        try:
            yield
        finally:
            self._hand_over(function, messages=True)

    def messages(self, queue: str) -> list[Message]:
        """What a queue holds, by the name of its output; nothing is received by this."""
        return messages(self.account, self.outputs[queue])

    def put_credential(self, value: dict[str, str]) -> None:
        """Put a credential where the functions find it. Warm functions keep what they have."""
        self.account.client("secretsmanager").put_secret_value(
            SecretId=self.outputs["WixSecretArn"], SecretString=json.dumps(value)
        )

    def logs(self, group: str = "") -> list[str]:
        """The lines that functions logged, oldest first, of all groups or those named like this."""
        client = self.account.client("logs")
        groups = client.get_paginator("describe_log_groups").paginate()
        names = [found["logGroupName"] for page in groups for found in page["logGroups"]]
        lines: list[tuple[int, str]] = []
        for name in names:
            if group not in name:
                continue
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=name)
            lines += [(e["timestamp"], e["message"]) for page in pages for e in page["events"]]
        return [message for _, message in sorted(lines, key=lambda line: line[0])]

    def _hand_over(self, function: str, *, messages: bool) -> None:
        client = self.account.client("lambda")
        sources = client.list_event_source_mappings(FunctionName=self.resources[function])
        ids = [source["UUID"] for source in sources["EventSourceMappings"]]
        for each in ids:
            client.update_event_source_mapping(UUID=each, Enabled=messages)
        state = {"Enabled" if messages else "Disabled"}
        wait_for(
            lambda: {client.get_event_source_mapping(UUID=each)["State"] for each in ids} == state
        )

    def close(self) -> None:
        self._http.close()

    @cached_property
    def _http(self) -> httpx.Client:
        return httpx.Client(timeout=60, trust_env=False)


@contextmanager
def local_stack(
    artifacts: sam.Artifacts,
    folder: Path,
    logs: Path,
    progress: Progress,
    people: People = a_canary,
) -> Iterator[LocalStack]:
    """Start and deploy everything; stop it when the block ends, however it ends.

    Args:
        artifacts: What `sam build` made.
        folder: Where all state goes; it may be deleted afterwards.
        logs: The folder for what everything logs: the tools, the stand-in and the functions.
        people: Who buys, signs up and books at Wix.

    Raises:
        ProcessError: If something did not start or deploy.
    """
    with WixSimulator(seed=7, people=people) as wix, emulator(folder, logs) as account:
        progress.note(f"The simulated Wix is at {wix.url}, the AWS stand-in at {account.endpoint}")
        template, left_out = sam.without_types(artifacts.read_template(), UNSUPPORTED_TYPES)
        for resource in left_out:
            progress.note(f"Left out, as the stand-in does not support it: {resource}")
        with progress.step("Deploying the stack"):
            stack = _deploy(template, artifacts.folder, account, wix, logs)
        stack.put_credential(CREDENTIAL)
        try:
            yield stack
        finally:
            stack.close()


def _deploy(
    template: Mapping[str, Any], folder: Path, account: Account, wix: WixSimulator, logs: Path
) -> LocalStack:
    # Beside the built one, as the paths in it are relative.
    path = folder / "template-local.yaml"
    path.write_text(yaml.safe_dump(template, sort_keys=False))
    bucket = f"artifacts-{secrets.token_hex(4)}"
    account.client("s3").create_bucket(Bucket=bucket)
    parameters = {
        "Architecture": sam.ARCHITECTURE,
        "WixSiteId": canaries.SITE_ID,
        "WixApiUrl": wix.url,
        "RequestsPerSecond": "1000",
        "RequestBurst": "1000",
        "WebhookPublicKeys": b64encode(wix.webhooks.public_key.encode()).decode(),
        "WebhookInstanceIds": canaries.INSTANCE_ID,
        "WebhooksPerSecond": "1000",
        "WebhookBurst": "1000",
        "ApproveMembers": TRUSTED_DOMAIN,
        "ConfirmBookings": TRUSTED_SERVICE,
        "LowStockThreshold": str(LOW_STOCK),
    }
    sam.deploy(path, account, bucket, parameters, logs)
    client = account.client("cloudformation")
    deployed = client.describe_stacks(StackName=sam.STACK_NAME)["Stacks"][0]
    found = client.describe_stack_resources(StackName=sam.STACK_NAME)["StackResources"]
    resources = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}
    properties = template["Resources"]["AdminApi"]["Properties"]
    stage = template["Parameters"]["StageName"]["Default"]
    add_gateway_responses(account, resources["AdminApi"], stage, properties)
    return LocalStack(
        account=account,
        outputs={output["OutputKey"]: output["OutputValue"] for output in deployed["Outputs"]},
        resources=resources,
        wix=wix,
    )
