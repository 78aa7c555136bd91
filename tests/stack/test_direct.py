"""Direct calls of the deployed functions, as Step Functions and an operator make them."""

import json
from typing import Any

from tests.local_stack import LocalStack, wait_for

NO_SUCH_ORDER = {"orderId": "0dd0dd0d-0000-4000-8000-000000000001"}


def test_a_call_that_fails_names_the_class_of_its_error(stack: LocalStack) -> None:
    failed = stack.invoke("GetOrderFunction", NO_SUCH_ORDER)

    assert failed.error == "Unhandled"
    assert failed.payload.keys() == {"errorType", "errorMessage", "requestId", "stackTrace"}
    assert failed.payload["errorType"] == "WixNotFoundError"
    assert failed.payload["requestId"] in "".join(stack.logs("orders/get_order"))


def test_a_state_machine_catches_an_error_by_its_class(stack: LocalStack) -> None:
    states = {
        "Read": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {
                "FunctionName": stack.resources["GetOrderFunction"],
                "Payload.$": "$",
            },
            "Catch": [
                {"ErrorEquals": ["WixUnavailableError"], "Next": "Wrong"},
                {"ErrorEquals": ["WixNotFoundError"], "Next": "Right"},
            ],
            "Next": "Wrong",
        },
        "Right": {"Type": "Pass", "Result": "no such order", "End": True},
        "Wrong": {"Type": "Fail"},
    }
    role = stack.account.client("iam").create_role(
        RoleName="catches", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}'
    )["Role"]
    client = stack.account.client("stepfunctions")
    machine = client.create_state_machine(
        name="catches",
        definition=json.dumps({"StartAt": "Read", "States": states}),
        roleArn=role["Arn"],
    )["stateMachineArn"]

    execution = client.start_execution(stateMachineArn=machine, input=json.dumps(NO_SUCH_ORDER))

    def ended() -> Any:
        found = client.describe_execution(executionArn=execution["executionArn"])
        return found if found["status"] != "RUNNING" else None

    assert wait_for(ended)["output"] == '"no such order"'
