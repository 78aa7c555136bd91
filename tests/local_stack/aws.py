"""An AWS account inside the stand-in: who we are there, and how to sign what we send."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal, overload

import boto3
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as SigningCredentials
from types_boto3_dynamodb import DynamoDBClient
from types_boto3_events import EventBridgeClient
from types_boto3_secretsmanager import SecretsManagerClient
from types_boto3_sqs import SQSClient

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller signs with. The secret stays out of `repr`, and so out of test output."""

    key_id: str
    secret: str = field(repr=False)


ROOT = Credentials("test", "test")
"""The stand-in lets this key do everything."""


@dataclass(frozen=True, slots=True)
class Account:
    """The stand-in's account, at an address of this machine."""

    endpoint: str
    credentials: Credentials = ROOT

    @overload
    def client(self, service: Literal["dynamodb"]) -> DynamoDBClient: ...
    @overload
    def client(self, service: Literal["events"]) -> EventBridgeClient: ...
    @overload
    def client(self, service: Literal["secretsmanager"]) -> SecretsManagerClient: ...
    @overload
    def client(self, service: Literal["sqs"]) -> SQSClient: ...
    @overload
    def client(self, service: str) -> Any: ...
    def client(self, service: str) -> Any:
        session = boto3.Session(self.credentials.key_id, self.credentials.secret, None, REGION)
        once = Config(retries={"total_max_attempts": 1}, read_timeout=60)
        return session.client(service, endpoint_url=self.endpoint, config=once)  # type: ignore[call-overload] # the name is not a literal here

    def variables(self) -> dict[str, str]:
        """What a tool needs to work in this account."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.credentials.key_id,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def environment(self) -> dict[str, str]:
        """What a tool needs to work in this account and in no other."""
        return {
            **self.variables(),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }


def signed(
    method: str,
    url: str,
    credentials: Credentials,
    *,
    content: bytes = b"",
    headers: dict[str, str] | None = None,
    service: str = "execute-api",
) -> httpx.Request:
    """A request to an API or to a service of AWS, signed as AWS wants it (SigV4)."""
    request = AWSRequest(method=method, url=url, data=content, headers=headers or {})
    signer = SigV4Auth(SigningCredentials(credentials.key_id, credentials.secret), service, REGION)
    signer.add_auth(request)
    return httpx.Request(method, url, content=content, headers=dict(request.headers.items()))


def signing_curl(credentials: Credentials, service: str = "execute-api") -> list[str]:
    """What makes curl sign by itself, from version 7.75 on."""
    user = f"{credentials.key_id}:{credentials.secret}"
    return ["--aws-sigv4", f"aws:amz:{REGION}:{service}", "--user", user]


def json_bytes(value: object) -> bytes:
    return json.dumps(value).encode()
