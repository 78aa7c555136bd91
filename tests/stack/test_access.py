"""Who gets in: what the deployed API answers to callers with the right, the wrong and no rights."""

import json
import re
from collections.abc import Callable

import httpx
import pytest
from botocore.exceptions import ClientError

from tests import template
from tests.local_stack import Credentials, LocalStack
from tests.local_stack.plain import put_stack
from tests.template import CALLERS

ROUTES = {
    action: re.sub(r"\{\w+\}", "none", route).split("/", 1)
    for action, route in template.routes().items()
}
"""Method and path of a call of each action that does nothing: no such id, no such field."""

PROBLEM = "application/problem+json"
SHIPMENT = "Shipment Dispatched"


NOBODY = Credentials("AKIAIOSFODNN7EXAMPLE", "no-such-key")
ROUTE, NO_ROUTE = ("GET", "/orders/none"), ("GET", "/no/such/route")


def forged(stack: LocalStack) -> Credentials:
    return Credentials(stack.admin.key_id, "not-the-secret")


REFUSED: dict[str, tuple[str, tuple[str, str], Callable[[LocalStack], Credentials | None]]] = {
    "unsigned": ("MISSING_AUTHENTICATION_TOKEN", ROUTE, lambda _: None),
    "signed with a wrong secret": ("INVALID_SIGNATURE", ROUTE, forged),
    "signed by nobody known": ("DEFAULT_4XX", ROUTE, lambda _: NOBODY),
    "signed by who may not": ("ACCESS_DENIED", ROUTE, lambda stack: stack.caller()),
    "unsigned, to no route": ("MISSING_AUTHENTICATION_TOKEN", NO_ROUTE, lambda _: None),
    "signed, to no route": ("MISSING_AUTHENTICATION_TOKEN", NO_ROUTE, lambda stack: stack.admin),
    "signed, with no such method": (
        "MISSING_AUTHENTICATION_TOKEN",
        ("DELETE", "/orders/none"),
        lambda stack: stack.admin,
    ),
}
"""What API Gateway refuses by itself, and which of the template's refusals it does it with."""


@pytest.mark.parametrize(("kind", "route", "caller_of"), REFUSED.values(), ids=REFUSED)
def test_what_api_gateway_refuses_is_a_problem_of_the_template(
    stack: LocalStack,
    kind: str,
    route: tuple[str, str],
    caller_of: Callable[[LocalStack], Credentials | None],
) -> None:
    refusal = template.source()["Resources"]["AdminApi"]["Properties"]["GatewayResponses"][kind]

    reply = stack.request(*route, credentials=caller_of(stack))

    assert reply.status_code == 403
    assert reply.headers["Content-Type"] == PROBLEM
    said = json.loads(refusal["ResponseTemplates"]["application/json"])
    assert reply.json() == {**said, "requestId": reply.headers["x-amzn-requestid"]}


@pytest.fixture(scope="module", params=CALLERS)
def caller(request: pytest.FixtureRequest, stack: LocalStack) -> tuple[set[str], Credentials]:
    """What a caller with one of the policies may call, and what it signs with."""
    return CALLERS[request.param], stack.caller(request.param)


@pytest.mark.parametrize("action", template.routes())
def test_a_policy_opens_its_routes_and_no_others(
    stack: LocalStack, caller: tuple[set[str], Credentials], action: str
) -> None:
    allowed, credentials = caller
    method, path = ROUTES[action]
    body = None if method == "GET" else {"notAField": 1}

    reply = stack.request(method, f"/{path}", credentials=credentials, json=body)

    # 400: the function was reached and did not like the input.
    assert reply.status_code == (400 if action in allowed else 403)


def test_a_caller_without_a_policy_reaches_nothing(stack: LocalStack) -> None:
    nobody = stack.caller()

    assert stack.request("GET", "/orders/none", credentials=nobody).status_code == 403


ROUTED = {template.actions()[action] for action in template.routes()}


@pytest.fixture(scope="module")
def open_api(stack: LocalStack) -> str:
    """Where an API is that anyone may call, with a route to each function, in our API's role."""
    role = stack.account.client("iam").get_role(RoleName=stack.resources["AdminApiRole"])
    known = stack.account.client("lambda").get_paginator("list_functions").paginate()
    arns = {
        each["FunctionName"]: each["FunctionArn"] for page in known for each in page["Functions"]
    }
    in_its_name = {"type": "aws_proxy", "httpMethod": "POST", "credentials": role["Role"]["Arn"]}
    call = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Arn}/invocations"
    paths = {
        f"/{function}": {
            "get": {
                "x-amazon-apigateway-integration": in_its_name
                | {"uri": {"Fn::Sub": [call, {"Arn": arns[stack.resources[function]]}]}}
            }
        }
        for function in template.functions()
    }
    body = {"openapi": "3.0.1", "info": {"title": "open", "version": "1"}, "paths": paths}
    api = {"Ref": "Api"}
    described = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}},
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {"RestApiId": api, "StageName": "v1"},
        },
    }
    opened = put_stack(stack.account, "open", {"Resources": described})
    return f"{stack.account.endpoint}/_aws/execute-api/{opened.resources['Api']}/v1"


@pytest.mark.parametrize("function", template.functions())
def test_the_api_may_call_what_it_has_a_route_to_and_nothing_else(
    stack: LocalStack, open_api: str, function: str
) -> None:
    reply = stack.send(httpx.Request("GET", f"{open_api}/{function}"))

    # 400: the function was reached and did not like the input. A query needs none.
    assert reply.status_code in ({200, 400} if function in ROUTED else {500})


def decision(stack: LocalStack, function: str, right: str, arn: str) -> str:
    """What IAM says of a function that wants to do something."""
    role = stack.account.client("lambda").get_function_configuration(
        FunctionName=stack.resources[function]
    )["Role"]
    [result] = stack.account.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[right], ResourceArns=[arn]
    )["EvaluationResults"]
    return str(result["EvalDecision"])


@pytest.mark.parametrize(
    ("function", "right", "decided"),
    [
        ("GetOrderFunction", "dynamodb:GetItem", "implicitDeny"),
        ("GetOrderFunction", "dynamodb:PutItem", "implicitDeny"),
        ("RefundOrderFunction", "dynamodb:PutItem", "allowed"),
        ("RefundOrderFunction", "dynamodb:Scan", "implicitDeny"),
        ("FulfillApprovedOrderFunction", "dynamodb:PutItem", "allowed"),
        ("ReceiveWebhookFunction", "dynamodb:PutItem", "implicitDeny"),
        ("CheckCredentialsFunction", "dynamodb:PutItem", "implicitDeny"),
        ("QueryMembersFunction", "dynamodb:PutItem", "implicitDeny"),
        ("CreateProductFunction", "dynamodb:PutItem", "allowed"),
        ("UpdateInventoryFunction", "dynamodb:PutItem", "allowed"),
        ("RescheduleBookingFunction", "dynamodb:PutItem", "allowed"),
        ("ApprovePendingMembersFunction", "dynamodb:PutItem", "implicitDeny"),
        ("ReportLowStockFunction", "dynamodb:PutItem", "implicitDeny"),
    ],
)
def test_only_who_changes_the_shop_reaches_the_effects(
    stack: LocalStack, function: str, right: str, decided: str
) -> None:
    table = stack.account.client("dynamodb").describe_table(
        TableName=stack.outputs["EffectsTableName"]
    )["Table"]["TableArn"]

    assert decision(stack, function, right, table) == decided


@pytest.mark.parametrize(
    ("function", "decided"),
    [
        ("ReceiveWebhookFunction", "implicitDeny"),
        ("RedriveQuarantineFunction", "implicitDeny"),
        ("FulfillApprovedOrderFunction", "allowed"),
        ("CheckCredentialsFunction", "allowed"),
    ],
)
def test_what_verifies_deliveries_cannot_read_the_credential(
    stack: LocalStack, function: str, decided: str
) -> None:
    secret = stack.outputs["WixSecretArn"]

    assert decision(stack, function, "secretsmanager:GetSecretValue", secret) == decided


def test_a_functions_own_role_reads_the_secret(stack: LocalStack) -> None:
    order = stack.wix.add_order()

    reply = stack.request("GET", f"/orders/{order['id']}", credentials=stack.admin)

    assert reply.status_code == 200
    assert reply.json()["id"] == order["id"]


def test_the_warehouse_puts_what_it_sent_on_the_bus(stack: LocalStack) -> None:
    warehouse = stack.caller("WarehousePolicy")

    with stack.published() as published:
        stack.put_event("warehouse", SHIPMENT, {"dispatchId": "D-1"}, credentials=warehouse)

        [event] = published.wait_for(1)
    assert event["detail"] == {"dispatchId": "D-1"}


@pytest.mark.parametrize(
    ("source", "detail_type"),
    [("wix", SHIPMENT), ("warehouse", "wix.ecom.v1.order_approved"), ("wix-admin", "Anything")],
)
def test_the_warehouse_speaks_for_nobody_else(
    stack: LocalStack, source: str, detail_type: str
) -> None:
    warehouse = stack.caller("WarehousePolicy")

    with pytest.raises(ClientError, match="AccessDenied"):
        stack.put_event(source, detail_type, {}, credentials=warehouse)


def test_the_warehouse_reaches_no_route(stack: LocalStack) -> None:
    warehouse = stack.caller("WarehousePolicy")

    assert stack.request("GET", "/orders/none", credentials=warehouse).status_code == 403


def test_who_may_call_every_route_may_not_speak_on_the_bus(stack: LocalStack) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.put_event("warehouse", SHIPMENT, {}, credentials=stack.admin)
