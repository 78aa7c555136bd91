"""AWS in memory, as tests look at it."""

from functools import cache
from typing import TYPE_CHECKING, Literal, overload

import boto3

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_events import EventBridgeClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient


@overload
def aws_client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def aws_client(service: Literal["events"]) -> "EventBridgeClient": ...
@overload
def aws_client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def aws_client(service: Literal["sqs"]) -> "SQSClient": ...
@cache
def aws_client(service: str) -> object:
    """A client that all tests share, as one takes long to make."""
    return boto3.client(service)  # type: ignore[call-overload]  # one overload for each service
