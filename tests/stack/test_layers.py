"""A layer of the deployed stack in a function of another stack, as the layer's page shows it."""

import json

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests import canaries
from tests.local_stack import LocalStack
from tests.local_stack.aws import json_bytes
from tests.local_stack.plain import PlainStack, put_stack
from tests.readme import block


@pytest.fixture(scope="module")
def other(stack: LocalStack) -> PlainStack:
    return put_stack(
        stack.account,
        "order-number",
        yaml_parse(block("layers/wix_auth/README.md", "yaml", "OrderNumberFunction")),
        WixAuthLayerArn=stack.outputs["WixAuthLayerArn"],
        WixSecretArn=stack.outputs["WixSecretArn"],
        WixSiteId=canaries.SITE_ID,
        WixApiUrl=stack.wix.url,
    )


def test_it_calls_wix_with_the_layer_and_the_right_to_one_secret(
    stack: LocalStack, other: PlainStack
) -> None:
    order = stack.wix.add_order()

    reply = stack.account.client("lambda").invoke(
        FunctionName=other.resources["OrderNumberFunction"],
        Payload=json_bytes({"orderId": order["id"]}),
    )

    assert json.loads(reply["Payload"].read()) == order["number"]
    assert "FunctionError" not in reply


def test_it_reads_no_other_secret(stack: LocalStack, other: PlainStack) -> None:
    secret = stack.account.client("secretsmanager").create_secret(Name="another")["ARN"]

    [decided] = stack.account.client("iam").simulate_principal_policy(
        PolicySourceArn=stack.account.client("lambda").get_function_configuration(
            FunctionName=other.resources["OrderNumberFunction"]
        )["Role"],
        ActionNames=["secretsmanager:GetSecretValue"],
        ResourceArns=[secret],
    )["EvaluationResults"]

    assert decided["EvalDecision"] == "implicitDeny"
