"""What we know of the AWS stand-in: each way it differs from AWS that something here allows for.

If one of these fails after an upgrade, the stand-in has learnt something: see what can go.
"""

import json
import time
from collections.abc import Iterator

import pytest

from tests.local_stack import LocalStack


def deploy(stack: LocalStack, template: dict[str, object]) -> dict[str, str]:
    """Deploy a small template of plain CloudFormation; returns its outputs."""
    client = stack.account.client("cloudformation")
    name = f"gap-{time.monotonic_ns()}"
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    outputs = client.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


@pytest.fixture(scope="module")
def secret_names(stack: LocalStack) -> dict[str, str]:
    return deploy(
        stack,
        {
            "Resources": {"Secret": {"Type": "AWS::SecretsManager::Secret"}},
            "Outputs": {
                "Ref": {"Value": {"Ref": "Secret"}},
                "Id": {"Value": {"Fn::GetAtt": ["Secret", "Id"]}},
            },
        },
    )


def test_ref_of_a_secret_is_its_name_and_id_is_its_arn(secret_names: dict[str, str]) -> None:
    # On AWS both are the ARN, so the template says Id.
    assert not secret_names["Ref"].startswith("arn:")
    assert secret_names["Id"].startswith("arn:aws:secretsmanager:")


def test_refusals_named_in_an_imported_api_are_dropped(stack: LocalStack) -> None:
    # So the local stack puts them in afterwards.
    client = stack.account.client("apigateway")
    body = {
        "swagger": "2.0",
        "info": {"title": "gap", "version": "1"},
        "paths": {},
        "x-amazon-apigateway-gateway-responses": {
            "DEFAULT_4XX": {"statusCode": 418, "responseTemplates": {"application/json": "{}"}}
        },
    }

    api = client.import_rest_api(body=json.dumps(body).encode())["id"]

    refusal = client.get_gateway_response(restApiId=api, responseType="DEFAULT_4XX")
    assert refusal["defaultResponse"] is True


def test_a_denied_caller_gets_no_problem_document(stack: LocalStack) -> None:
    # On AWS the ACCESS_DENIED refusal of the template answers.
    reply = stack.request("GET", "/orders/none", credentials=stack.caller())

    assert reply.json().keys() == {"__type", "message"}


def test_a_direct_call_that_fails_has_lost_its_error_type(stack: LocalStack) -> None:
    # So error types are tested with AWS's own runtime client.
    failed = stack.invoke("GetOrderFunction", {})

    assert failed.error == "Unhandled"
    assert failed.payload["errorType"] == "Runtime.HandlerError"


def test_an_event_that_fails_is_tried_three_times_and_then_kept(stack: LocalStack) -> None:
    stack.invoke("GetOrderFunction", {"notAField": "lost"}, wait=False)

    kept = next(messages(stack, stack.outputs["FailedCallsUrl"]))
    assert kept["requestPayload"] == {"notAField": "lost"}
    assert kept["requestContext"]["condition"] == "RetriesExhausted"
    assert kept["requestContext"]["approximateInvokeCount"] == 3


def messages(stack: LocalStack, queue_url: str) -> Iterator[dict[str, dict[str, object]]]:
    """What a queue holds, taken off it, waiting up to 20 seconds for each."""
    client = stack.account.client("sqs")
    while True:
        patience = time.monotonic() + 20
        received: list[dict[str, str]] = []
        while not received and time.monotonic() < patience:
            reply = client.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1)
            received = reply.get("Messages", [])
        assert received, "nothing came"
        for message in received:
            client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])
