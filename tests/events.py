"""What AWS hands to a function: an HTTP request, an event of a bus, a batch of a queue."""

import time
import uuid
from collections.abc import Mapping
from typing import Any, Literal

from tests.actions import Action
from tests.wix_simulator.errors import Json

type Door = Literal["http", "event", "direct"]

DOORS: tuple[Door, ...] = ("http", "event", "direct")

ACCOUNT = "123456789012"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/StorefrontBackend/storefront"
HOST = "abcdefghij.execute-api.eu-central-1.amazonaws.com"


def http_event(
    action: Action,
    body: str | None = None,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    key: str | None = None,
) -> Json:
    """Make what API Gateway makes of a request that comes now.

    Args:
        action: Whose route is called.
        body: The body's text.
        path: The values of the path's parameters, by name.
        query: The query string.
        key: The idempotency key.
    """
    headers = {"Accept": "application/json", "Host": HOST}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if key is not None:
        headers["Idempotency-Key"] = key
    where = action.path
    for name, value in (path or {}).items():
        where = where.replace(f"{{{name}}}", value)
    return {
        "resource": action.path,
        "path": where,
        "httpMethod": action.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {n: [v] for n, v in query.items()} if query else None,
        "pathParameters": path or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "abcdefghij",
            "httpMethod": action.method,
            "resourcePath": action.path,
            "path": f"/v1{where}",
            "protocol": "HTTP/1.1",
            "stage": "v1",
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": round(time.time() * 1000),
            "identity": {
                "accountId": ACCOUNT,
                "caller": "AROAEXAMPLEID:storefront",
                "accessKey": "ASIAEXAMPLEKEY",
                "userArn": CALLER,
                "sourceIp": "192.0.2.10",
                "userAgent": "storefront/1.0",
            },
        },
        "body": body,
        "isBase64Encoded": False,
    }


def bus_event(detail: Any, *, source: str = "back-office", detail_type: str = "Wanted") -> Json:
    """Make what a rule on an event bus hands to its target."""
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": "2026-01-01T00:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": detail,
    }


def queue_batch(**bodies: str) -> Json:
    """Make a batch that Lambda has just read from a queue: a body for each message id."""
    now = str(round(time.time() * 1000))
    return {
        "Records": [
            {
                "messageId": message_id,
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": now,
                    "SenderId": "AROAEXAMPLEID:BackplaneAssumeRoleSession",
                    "ApproximateFirstReceiveTimestamp": now,
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:{ACCOUNT}:wix-admin-WebhookInbox",
                "awsRegion": "eu-central-1",
            }
            for message_id, body in bodies.items()
        ]
    }
