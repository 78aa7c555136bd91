"""What the template promises: who may do what, and that nothing was forgotten."""

import ast
import json
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests import template
from tests.template import CALLERS, PROJECT, Resource
from wix_admin.problems import KINDS

HANDLER_FILES = {
    f"{path.parent.name}/{path.stem}"
    for path in PROJECT.glob("functions/*/*.py")
    if not path.stem.startswith("_")
}

CALL_WIX = {
    "secretsmanager:GetSecretValue": {"Fn::GetAtt": ["WixSecret", "Id"]},
    "sqs:SendMessage": {"Fn::GetAtt": ["FailedCalls", "Arn"]},
    "xray:PutTelemetryRecords": "*",
    "xray:PutTraceSegments": "*",
}
RECORD_EFFECTS = {
    f"dynamodb:{action}": {"Fn::GetAtt": ["EffectsTable", "Arn"]}
    for action in ("DeleteItem", "PutItem")
}

RIGHTS = {
    "orders/get_order": CALL_WIX,
    "orders/query_orders": CALL_WIX,
    "orders/update_order": CALL_WIX | RECORD_EFFECTS,
    "orders/cancel_order": CALL_WIX | RECORD_EFFECTS,
    "orders/refund_order": CALL_WIX | RECORD_EFFECTS,
    "orders/fulfill_order": CALL_WIX | RECORD_EFFECTS,
    "orders/record_payment": CALL_WIX | RECORD_EFFECTS,
}
"""What each function may do to what, besides writing its own log."""

WILDCARDS = {
    ("CallWixPolicy", "*"): "X-Ray's actions know no resource",
    ("OrdersReaderPolicy", "GET/orders/*"): "the order's id",
    ("FulfillmentPolicy", "GET/orders/*"): "the order's id",
    ("FulfillmentPolicy", "POST/orders/*/fulfillments"): "the order's id",
    ("RefundsPolicy", "GET/orders/*"): "the order's id",
    ("RefundsPolicy", "POST/orders/*/cancel"): "the order's id",
    ("RefundsPolicy", "POST/orders/*/refunds"): "the order's id",
    ("OrdersAdminPolicy", "GET/orders/*"): "the order's id",
    ("OrdersAdminPolicy", "PATCH/orders/*"): "the order's id",
    ("OrdersAdminPolicy", "POST/orders/*/cancel"): "the order's id",
    ("OrdersAdminPolicy", "POST/orders/*/refunds"): "the order's id",
    ("OrdersAdminPolicy", "POST/orders/*/fulfillments"): "the order's id",
    ("OrdersAdminPolicy", "POST/orders/*/payments"): "the order's id",
}
"""Every wildcard in a policy, and what it stands for."""

type Template = dict[str, Any]

SOURCE = template.source()
FUNCTIONS = template.functions()
ACTIONS = template.actions()


def statements(resource: Resource) -> Iterator[Resource]:
    """The statements of a role or a policy."""
    properties = resource["Properties"]
    documents = [inline["PolicyDocument"] for inline in properties.get("Policies", [])]
    if "PolicyDocument" in properties:
        documents.append(properties["PolicyDocument"])
    for document in documents:
        yield from document["Statement"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def api_path(arn: Any) -> str:
    """`METHOD/path` of an execute-api ARN; other resources as they are, if they are text."""
    text = arn["Fn::Sub"] if isinstance(arn, dict) and "Fn::Sub" in arn else arn
    return str(text).split("${AdminApi}/${StageName}/", 1)[-1]


def rights(role: Resource) -> dict[str, Any]:
    """What a role may do to what, its managed policies included."""
    policies = [SOURCE["Resources"][p["Ref"]] for p in role["Properties"]["ManagedPolicyArns"]]
    return {
        action: statement["Resource"]
        for holder in (role, *policies)
        for statement in statements(holder)
        for action in listed(statement["Action"])
    }


def route(action: str) -> str:
    """`METHOD/path` of an action's route."""
    event = FUNCTIONS[ACTIONS[action]]["Events"]["Http"]["Properties"]
    return f"{event['Method']}{event['Path']}"


@pytest.fixture(scope="module")
def expanded() -> Template:
    """What CloudFormation gets."""
    return template.expanded()


# ---- Nothing forgotten ----------------------------------------------------------


def test_each_handler_has_a_function_and_each_function_a_handler() -> None:
    assert set(ACTIONS) == HANDLER_FILES


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_calls_the_handler_of_its_file(action: str) -> None:
    code = (PROJECT / "functions" / f"{action}.py").read_text()

    assert "def handler(" in code


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_says_what_its_file_says_and_what_wix_must_permit(action: str) -> None:
    what, _, permission = FUNCTIONS[ACTIONS[action]]["Description"].partition(" Wix permission - ")

    module = ast.parse((PROJECT / "functions" / f"{action}.py").read_text())
    assert what == (ast.get_docstring(module) or "").splitlines()[0]
    assert permission in {"Read Orders.", "Manage Orders."}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_logs_to_a_group_that_is_there_first_and_ends(action: str) -> None:
    group = FUNCTIONS[ACTIONS[action]]["LoggingConfig"]["LogGroup"]["Ref"]

    logs = SOURCE["Resources"][group]["Properties"]
    assert logs["LogGroupName"] == {"Fn::Sub": f"/${{AWS::StackName}}/{action}"}
    assert logs["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_has_a_sample_event(action: str) -> None:
    event = PROJECT / "events" / f"{action}.json"

    assert isinstance(json.loads(event.read_text()), dict)


def test_each_sample_event_is_of_a_function() -> None:
    events = PROJECT / "events"
    paths = [path.relative_to(events) for path in events.rglob("*.json")]

    assert {f"{path.parent}/{path.name.split('.')[0]}" for path in paths} <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_readme_lists_a_function_with_its_permission(action: str) -> None:
    rows = (PROJECT / "README.md").read_text().splitlines()
    permission = FUNCTIONS[ACTIONS[action]]["Description"].partition(" Wix permission - ")[2]

    [row] = [row for row in rows if row.startswith(f"| `{action}` |")]
    assert permission.removesuffix(".") in row


# ---- Who may do what ------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_may_do_what_it_must_and_no_more(action: str) -> None:
    function = FUNCTIONS[ACTIONS[action]]
    [role_name, _] = function["Role"]["Fn::GetAtt"]
    own_log = {"Fn::GetAtt": [function["LoggingConfig"]["LogGroup"]["Ref"], "Arn"]}

    assert rights(SOURCE["Resources"][role_name]) == RIGHTS[action] | {
        "logs:CreateLogStream": own_log,
        "logs:PutLogEvents": own_log,
    }


def test_no_two_functions_share_a_role() -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in FUNCTIONS.values()]

    assert len(set(roles)) == len(FUNCTIONS)


def test_sam_adds_no_role_of_its_own(expanded: Template) -> None:
    roles = template.of_type(expanded, "AWS::IAM::Role")

    assert roles.keys() == template.of_type(SOURCE, "AWS::IAM::Role").keys()


@pytest.mark.parametrize("action", ACTIONS)
def test_only_who_may_write_effects_knows_their_table(action: str) -> None:
    variables = FUNCTIONS[ACTIONS[action]].get("Environment", {}).get("Variables", {})

    assert ("EFFECTS_TABLE_NAME" in variables) == ("dynamodb:PutItem" in RIGHTS[action])


@pytest.mark.parametrize("policy", CALLERS)
def test_a_caller_reaches_the_routes_of_its_work_and_no_others(policy: str) -> None:
    [statement] = statements(SOURCE["Resources"][policy])
    patterns = [api_path(arn) for arn in statement["Resource"]]

    assert statement["Action"] == "execute-api:Invoke"
    assert all(any(fnmatchcase(route(a), pattern) for a in ACTIONS) for pattern in patterns)
    assert CALLERS[policy] == {
        action
        for action in ACTIONS
        if any(fnmatchcase(route(action), pattern) for pattern in patterns)
    }
    assert SOURCE["Outputs"][policy]["Value"] == {"Ref": policy}


def test_each_wildcard_has_a_reason(expanded: Template) -> None:
    found = {
        (name, api_path(resource))
        for name, holder in expanded["Resources"].items()
        if holder["Type"] in {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"}
        for statement in statements(holder)
        for resource in (*listed(statement["Resource"]), *listed(statement["Action"]))
        if "*" in api_path(resource)
    }

    assert found == WILDCARDS.keys()


def test_every_route_wants_a_signature_and_no_function_is_called_as_the_caller(
    expanded: Template,
) -> None:
    [api] = template.of_type(expanded, "AWS::ApiGateway::RestApi").values()
    methods = {
        f"{method.upper()}{path}": operation
        for path, operations in api["Properties"]["Body"]["paths"].items()
        for method, operation in operations.items()
    }

    assert methods.keys() == {route(action) for action in ACTIONS}
    for operation in methods.values():
        assert operation["security"] == [{"AWS_IAM": []}]
        assert "credentials" not in operation["x-amazon-apigateway-integration"]


# ---- What must not be lost or leaked --------------------------------------------


def test_the_template_never_writes_the_secret(expanded: Template) -> None:
    [secret] = template.of_type(expanded, "AWS::SecretsManager::Secret").values()

    assert secret["Properties"].keys() == {"Description"}


@pytest.mark.parametrize("name", ["WixSecret", "EffectsTable"])
def test_what_cannot_be_made_again_stays(expanded: Template, name: str) -> None:
    resource = expanded["Resources"][name]

    assert resource["DeletionPolicy"] == "Retain"
    assert resource["UpdateReplacePolicy"] == "Retain"


def test_effects_are_protected_restorable_and_end_by_themselves(expanded: Template) -> None:
    table = expanded["Resources"]["EffectsTable"]["Properties"]

    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_an_asynchronous_call_that_fails_is_kept(expanded: Template) -> None:
    configs = template.of_type(expanded, "AWS::Lambda::EventInvokeConfig").values()

    assert {config["Properties"]["FunctionName"]["Ref"] for config in configs} == set(FUNCTIONS)
    for config in configs:
        assert config["Properties"]["MaximumRetryAttempts"] == 2
        assert config["Properties"]["DestinationConfig"] == {
            "OnFailure": {"Destination": {"Fn::GetAtt": ["FailedCalls", "Arn"]}}
        }
    queue = expanded["Resources"]["FailedCalls"]["Properties"]
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_a_function_outlives_the_request_it_answers(expanded: Template) -> None:
    api_gateway_gives_up_after = 29

    for function in template.of_type(expanded, "AWS::Lambda::Function").values():
        assert function["Properties"]["Timeout"] > api_gateway_gives_up_after


# ---- What API Gateway answers by itself -----------------------------------------

REFUSALS: dict[str, Resource] = SOURCE["Resources"]["AdminApi"]["Properties"]["GatewayResponses"]


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_a_problem_document(kind: str) -> None:
    refusal = REFUSALS[kind]

    problem = json.loads(refusal["ResponseTemplates"]["application/json"])
    assert problem.keys() == {
        "type", "title", "status", "detail", "code", "requestId", "retryable",
    }  # fmt: skip
    assert problem["type"] == f"urn:wix-admin:problem:{problem['code']}"
    assert problem["status"] == refusal["StatusCode"]
    assert problem["requestId"] == "$context.requestId"
    assert problem["code"].replace("_", "").isalpha()
    assert problem["code"].islower()
    assert refusal["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_code_means_the_same_whoever_answers(kind: str) -> None:
    problem = json.loads(REFUSALS[kind]["ResponseTemplates"]["application/json"])

    ours = KINDS.get(problem["code"])
    if ours is not None:
        assert (ours.title, ours.status, ours.retryable) == (
            problem["title"],
            problem["status"],
            problem["retryable"],
        )


def test_a_refusal_for_load_says_when_to_come_back() -> None:
    too_many = [refusal for refusal in REFUSALS.values() if refusal["StatusCode"] == 429]

    assert too_many
    for refusal in too_many:
        assert int(refusal["ResponseParameters"]["Headers"]["Retry-After"].strip("'")) >= 1


# ---- The linter -----------------------------------------------------------------


def test_the_expanded_template_is_clean(expanded: Template, tmp_path: Path) -> None:
    path = tmp_path / "expanded.json"
    path.write_text(json.dumps(expanded))

    linter = PROJECT / ".venv/bin/cfn-lint"
    found = subprocess.run([linter, path], capture_output=True, text=True, check=False)  # noqa: S603 - the project's own tool

    assert found.stdout == ""
    assert found.returncode == 0
