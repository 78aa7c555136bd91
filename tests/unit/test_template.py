"""What the template promises: who may do what, and that nothing was forgotten."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests import template
from tests.template import CALLERS, PROJECT, Resource
from tests.unit.calls import handler_of
from wix_admin.doors.action import AdminAction
from wix_admin.doors.batch import GIVE_UP_AFTER_RECEIVES, MESSAGE_SECONDS
from wix_admin.problems import KINDS

HANDLER_FILES = {
    f"{path.parent.name}/{path.stem}"
    for path in PROJECT.glob("functions/*/*.py")
    if not path.stem.startswith("_")
}

RUN = {
    "sqs:SendMessage FailedCalls",
    "xray:PutTelemetryRecords *",
    "xray:PutTraceSegments *",
}
CALL_WIX = RUN | {"secretsmanager:GetSecretValue WixSecret"}
RECORD_EFFECTS = {"dynamodb:DeleteItem EffectsTable", "dynamodb:PutItem EffectsTable"}
PUBLISH_DELIVERIES = {"events:PutEvents EventBus if events:source is wix"}
ANNOUNCE = {"events:PutEvents EventBus if events:source is wix-admin"}


def consume(queue: str, dead_letters: str) -> set[str]:
    """The rights to what Lambda and the function do with the messages of a queue."""
    actions = ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
    return {f"sqs:{action} {queue}" for action in actions} | {f"sqs:SendMessage {dead_letters}"}


MORE_RIGHTS = {
    "webhooks/receive_webhook": PUBLISH_DELIVERIES
    | consume("WebhookInbox", "WebhookDeadLetters")
    | {"sqs:SendMessage WebhookQuarantine"},
    "webhooks/redrive_quarantine": PUBLISH_DELIVERIES
    | {
        "sqs:ChangeMessageVisibility WebhookQuarantine",
        "sqs:DeleteMessage WebhookQuarantine",
        "sqs:ReceiveMessage WebhookQuarantine",
    },
    "automations/fulfill_approved_order": ANNOUNCE
    | consume("ApprovedOrders", "ApprovedOrdersDeadLetters"),
    "automations/fulfill_dispatched_shipment": consume(
        "DispatchedShipments", "DispatchedShipmentsDeadLetters"
    ),
    "schedules/check_credentials": ANNOUNCE,
    "schedules/report_low_stock": ANNOUNCE,
}
"""What a function may do besides what its handler declares."""

PERMISSIONS = {
    f"{what} {area}."
    for what in ("Read", "Manage")
    for area in ("Members", "Products", "Inventory", "Orders", "Bookings")
}
"""What Wix may be asked to permit, as its dashboard calls it."""

SHIPMENT = "Shipment Dispatched"

type Template = dict[str, Any]

SOURCE = template.source()
FUNCTIONS = template.functions()
ACTIONS = template.actions()
ROUTES = template.routes()


def declared(action: str) -> AdminAction | None:
    """An action's handler, which declares what it may do; nothing if it only receives."""
    handler = handler_of(action)
    return handler if isinstance(handler, AdminAction) else None


def calls_wix(action: str) -> bool:
    said = declared(action)
    return said is not None and bool(said.elevates)


def wanted_rights(action: str) -> set[str]:
    """What a function must be allowed to do, besides writing its own log."""
    said = declared(action)
    effects = RECORD_EFFECTS if said is not None and said.key else set()
    return (CALL_WIX if calls_wix(action) else RUN) | effects | MORE_RIGHTS.get(action, set())


RIGHTS = {action: wanted_rights(action) for action in ACTIONS}


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


def rights(role: Resource) -> set[str]:
    """What a role may do to what, and on which condition, its managed policies included."""
    policies = [SOURCE["Resources"][p["Ref"]] for p in role["Properties"]["ManagedPolicyArns"]]
    return {
        f"{action} {named(statement['Resource'])}{condition(statement)}"
        for holder in (role, *policies)
        for statement in statements(holder)
        for action in listed(statement["Action"])
    }


def spelled_out(text: Any) -> str:
    """A text with what it says of itself put in; what only CloudFormation knows stays."""
    match text["Fn::Sub"]:
        case [str(pattern), dict(values)]:
            return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], pattern)
        case plain:
            return str(plain)


def named(arn: Any) -> str:
    """The resource's name in the template."""
    return str(arn["Fn::GetAtt"][0] if isinstance(arn, dict) else arn)


def condition(statement: Resource) -> str:
    demands = statement.get("Condition", {"StringEquals": {}})["StringEquals"]
    return "".join(f" if {key} is {value}" for key, value in demands.items())


def queue_policy(queue: str) -> list[Resource]:
    """The statements of a queue's own policy."""
    [policy] = [
        policy
        for policy in template.of_type(SOURCE, "AWS::SQS::QueuePolicy").values()
        if policy["Properties"]["Queues"] == [{"Ref": queue}]
    ]
    return [*statements(policy)]


def sending(queue: str, rules: Any) -> Resource:
    """A statement that lets EventBridge send to a queue for rules, and for nothing else."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": {"Fn::GetAtt": [queue, "Arn"]},
        "Condition": {"ArnEquals": {"aws:SourceArn": rules}},
    }


def alarms(queue: str) -> list[Resource]:
    """The alarms that watch a queue."""
    watched = [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    found = template.of_type(SOURCE, "AWS::CloudWatch::Alarm").values()
    return [each["Properties"] for each in found if each["Properties"]["Dimensions"] == watched]


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
    assert permission in (PERMISSIONS if calls_wix(action) else {""})


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_logs_to_a_group_that_is_there_first_and_ends(action: str) -> None:
    group = FUNCTIONS[ACTIONS[action]]["LoggingConfig"]["LogGroup"]["Ref"]

    logs = SOURCE["Resources"][group]["Properties"]
    assert spelled_out(logs["LogGroupName"]) == f"/${{AWS::StackName}}/{action}"
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
    own_log = function["LoggingConfig"]["LogGroup"]["Ref"]

    assert rights(SOURCE["Resources"][role_name]) == RIGHTS[action] | {
        f"logs:CreateLogStream {own_log}",
        f"logs:PutLogEvents {own_log}",
    }


def test_no_two_functions_share_a_role() -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in FUNCTIONS.values()]

    assert len(set(roles)) == len(FUNCTIONS)


def test_sam_adds_no_role_of_its_own(expanded: Template) -> None:
    roles = template.of_type(expanded, "AWS::IAM::Role")

    assert roles.keys() == template.of_type(SOURCE, "AWS::IAM::Role").keys()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_function_knows_what_it_has_rights_to_and_nothing_else(action: str) -> None:
    variables = FUNCTIONS[ACTIONS[action]].get("Environment", {}).get("Variables", {})
    known = {value["Ref"] for value in variables.values()} & SOURCE["Resources"].keys()

    assert known == {right.split()[1] for right in RIGHTS[action] - CALL_WIX}


def test_what_verifies_deliveries_has_no_right_to_the_credential() -> None:
    for action in ("webhooks/receive_webhook", "webhooks/redrive_quarantine"):
        [role, _] = FUNCTIONS[ACTIONS[action]]["Role"]["Fn::GetAtt"]

        assert not any("WixSecret" in right for right in rights(SOURCE["Resources"][role]))


@pytest.mark.parametrize("action", ACTIONS)
def test_only_what_verifies_deliveries_has_the_layer_for_that(action: str) -> None:
    of_all = SOURCE["Globals"]["Function"]["Layers"]
    own = FUNCTIONS[ACTIONS[action]].get("Layers", [])

    layers = [layer["Ref"] for layer in (*of_all, *own)]
    verifying = ["WixWebhooksLayer"] if action.startswith("webhooks/") else []
    assert layers == ["WixAdminLayer", "WixAuthLayer", *verifying]


@pytest.mark.parametrize("policy", CALLERS)
def test_a_caller_reaches_the_routes_of_its_work_and_no_others(policy: str) -> None:
    [statement] = statements(SOURCE["Resources"][policy])
    patterns = [api_path(arn) for arn in statement["Resource"]]

    assert statement["Action"] == "execute-api:Invoke"
    assert all(any(fnmatchcase(each, pattern) for each in ROUTES.values()) for pattern in patterns)
    assert CALLERS[policy] == {
        action
        for action, route in ROUTES.items()
        if any(fnmatchcase(route, pattern) for pattern in patterns)
    }
    assert SOURCE["Outputs"][policy]["Value"] == {"Ref": policy}


def test_each_route_is_opened_by_a_policy_for_callers() -> None:
    assert set.union(*CALLERS.values()) == set(ROUTES)


def test_a_wildcard_stands_for_an_id_in_a_path_and_for_nothing_else(expanded: Template) -> None:
    found = {
        (name, api_path(resource))
        for name, holder in expanded["Resources"].items()
        if holder["Type"] in {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"}
        for statement in statements(holder)
        for resource in (*listed(statement["Resource"]), *listed(statement["Action"]))
        if "*" in api_path(resource)
    }

    x_ray = {("RunPolicy", "*")}  # its actions know no resource
    assert found == x_ray | {
        (policy, re.sub(r"\{\w+\}", "*", ROUTES[action]))
        for policy, actions in CALLERS.items()
        for action in actions
        if "{" in ROUTES[action]
    }


def test_every_route_wants_a_signature_and_calls_its_function_as_the_api(
    expanded: Template,
) -> None:
    api = expanded["Resources"]["AdminApi"]
    methods = {
        f"{method.upper()}{path}": operation
        for path, operations in api["Properties"]["Body"]["paths"].items()
        for method, operation in operations.items()
    }

    assert methods.keys() == set(ROUTES.values())
    for operation in methods.values():
        integration = operation["x-amazon-apigateway-integration"]
        assert operation["security"] == [{"AWS_IAM": []}]
        assert integration["credentials"] == {"Fn::GetAtt": ["AdminApiRole", "Arn"]}


def test_the_api_may_call_what_it_has_a_route_to_and_do_nothing_else() -> None:
    role = SOURCE["Resources"]["AdminApiRole"]

    [statement] = statements(role)
    assert (statement["Effect"], statement["Action"]) == ("Allow", "lambda:InvokeFunction")
    assert {named(arn) for arn in statement["Resource"]} == {ACTIONS[action] for action in ROUTES}
    assert "ManagedPolicyArns" not in role["Properties"]


def test_no_function_says_by_itself_who_may_call_it(expanded: Template) -> None:
    assert template.of_type(expanded, "AWS::Lambda::Permission") == {}


def test_the_webhook_api_may_put_into_the_inbox_and_do_nothing_else() -> None:
    role = SOURCE["Resources"]["WebhookApiRole"]

    assert [*statements(role)] == [
        {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": {"Fn::GetAtt": ["WebhookInbox", "Arn"]},
        }
    ]
    assert "ManagedPolicyArns" not in role["Properties"]


def test_the_warehouse_may_say_what_it_sent_and_nothing_else() -> None:
    [statement] = statements(SOURCE["Resources"]["WarehousePolicy"])

    assert statement == {
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": {"Fn::GetAtt": ["EventBus", "Arn"]},
        "Condition": {
            "StringEquals": {"events:source": "warehouse", "events:detail-type": SHIPMENT}
        },
    }
    assert SOURCE["Outputs"]["WarehousePolicy"]["Value"] == {"Ref": "WarehousePolicy"}


# ---- How events travel ----------------------------------------------------------

RULES = template.of_type(SOURCE, "AWS::Events::Rule")


def test_every_delivery_is_stored_as_it_came_with_the_time_of_its_arrival() -> None:
    integration = SOURCE["Resources"]["WebhookMethod"]["Properties"]["Integration"]

    [stored] = set(integration["RequestTemplates"].values())
    assert dict(parse_qsl(stored)) == {
        "Action": "SendMessage",
        "Version": "2012-11-05",
        "MessageBody": "$util.urlEncode($input.body)",
        "MessageAttribute.1.Name": "arrivedAt",
        "MessageAttribute.1.Value.DataType": "Number",
        "MessageAttribute.1.Value.StringValue": "$context.requestTimeEpoch",
    }
    assert integration["RequestTemplates"].keys() >= {
        "text/plain", "text/html", "application/json", "application/jwt", "application/jose",
        "application/octet-stream", "application/x-www-form-urlencoded",
    }  # fmt: skip
    assert integration["PassthroughBehavior"] == "NEVER"


def test_wix_hears_200_only_of_what_is_stored() -> None:
    integration = SOURCE["Resources"]["WebhookMethod"]["Properties"]["Integration"]

    answers = [
        (answer.get("SelectionPattern"), answer["StatusCode"])
        for answer in integration["IntegrationResponses"]
    ]
    assert answers == [(r"2\d{2}", "200"), ("400", "413"), (None, "503")]


def test_deliveries_that_cannot_be_stored_raise_an_alarm() -> None:
    alarm = SOURCE["Resources"]["WebhookNotStoredAlarm"]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "5XXError")
    assert alarm["Dimensions"] == [
        {"Name": "ApiName", "Value": SOURCE["Resources"]["WebhookApi"]["Properties"]["Name"]},
        {
            "Name": "Stage",
            "Value": SOURCE["Resources"]["WebhookStage"]["Properties"]["StageName"],
        },
    ]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_no_delivery_is_logged_and_their_number_is_limited() -> None:
    [settings] = SOURCE["Resources"]["WebhookStage"]["Properties"]["MethodSettings"]

    assert (settings["DataTraceEnabled"], settings["LoggingLevel"]) == (False, "OFF")
    assert settings["ThrottlingRateLimit"] == {"Ref": "WebhooksPerSecond"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "WebhookBurst"}


def test_a_changed_webhook_api_is_deployed_anew() -> None:
    deployments = template.of_type(SOURCE, "AWS::ApiGateway::Deployment")
    name = template.webhook_deployment(SOURCE)

    assert [*deployments] == [name], f"The API has changed: call its deployment {name}"
    assert SOURCE["Resources"]["WebhookStage"]["Properties"]["DeploymentId"] == {"Ref": name}


def test_a_deployment_has_all_that_the_webhook_api_is_made_of() -> None:
    [deployment] = template.of_type(SOURCE, "AWS::ApiGateway::Deployment").values()
    parts = template.webhook_api(SOURCE)

    kinds = ("AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse")
    assert set(deployment["DependsOn"]) == {
        name for name, part in parts.items() if part["Type"] in kinds
    }


@pytest.mark.parametrize("part", template.webhook_api(SOURCE))
def test_a_change_of_any_part_of_the_webhook_api_gives_its_deployment_another_name(
    part: str,
) -> None:
    changed = template.source()
    changed["Resources"][part]["Properties"]["Changed"] = True

    assert template.webhook_deployment(changed) != template.webhook_deployment(SOURCE)


def test_rules_start_from_the_events_of_their_work() -> None:
    patterns = {
        name: (rule["Properties"]["EventBusName"], rule["Properties"]["EventPattern"])
        for name, rule in RULES.items()
    }

    bus = {"Ref": "EventBus"}
    order = "wix.ecom.v1.order_"
    assert patterns == {
        "ApprovedOrdersRule": (
            bus,
            {
                "source": ["wix", "wix.reconcile"],
                "detail-type": [f"{order}approved", f"{order}payment_status_updated"],
            },
        ),
        "DispatchedShipmentsRule": (
            bus,
            {"source": ["warehouse"], "detail-type": [SHIPMENT]},
        ),
    }


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_hands_over_to_a_queue_that_takes_from_no_other(rule: str) -> None:
    [target] = RULES[rule]["Properties"]["Targets"]
    queue, _ = target["Arn"]["Fn::GetAtt"]

    assert queue_policy(queue) == [sending(queue, {"Fn::GetAtt": [rule, "Arn"]})]


@pytest.mark.parametrize("rule", RULES)
def test_what_a_rule_cannot_hand_over_is_kept(rule: str) -> None:
    [target] = RULES[rule]["Properties"]["Targets"]

    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["UndeliveredEvents", "Arn"]}}


def test_every_rule_may_keep_what_it_cannot_hand_over() -> None:
    rules = [{"Fn::GetAtt": [rule, "Arn"]} for rule in RULES]

    assert queue_policy("UndeliveredEvents") == [sending("UndeliveredEvents", rules)]


def test_events_are_archived_for_as_long_as_wanted() -> None:
    [archive] = template.of_type(SOURCE, "AWS::Events::Archive").values()

    assert archive["Properties"]["SourceArn"] == {"Fn::GetAtt": ["EventBus", "Arn"]}
    assert archive["Properties"]["RetentionDays"] == {"Ref": "EventArchiveDays"}
    assert "EventPattern" not in archive["Properties"]


# ---- Schedules ------------------------------------------------------------------


SCHEDULED = {
    "CheckCredentials": "ENABLED",
    "ApprovePendingMembers": {"Fn::If": ["ApprovesMembers", "ENABLED", "DISABLED"]},
    "ConfirmPendingBookings": {"Fn::If": ["ConfirmsBookings", "ENABLED", "DISABLED"]},
    "ReportLowStock": {"Fn::If": ["ReportsLowStock", "ENABLED", "DISABLED"]},
}
"""What is done every hour, and while what."""

SWITCHES = {
    "ApprovesMembers": ("ApproveMembers", "none"),
    "ConfirmsBookings": ("ConfirmBookings", "none"),
    "ReportsLowStock": ("LowStockThreshold", "off"),
}
"""The parameter that each condition asks, and the value that turns its schedule off."""

SERVICE = "d6a7b1c2-0000-4000-8000-000000000001"
RULES_GIVEN = {
    "ApproveMembers": (
        ["none", "all", "example.com", "example.com,mail.example.org"],
        ["", "nobody", "ada@example.com", "example.com, example.org", "example.com,", "all,none"],
    ),
    "ConfirmBookings": (
        ["none", "all", SERVICE, f"{SERVICE},{SERVICE}"],
        ["", "some", SERVICE.upper(), f"{SERVICE}, {SERVICE}", f"{SERVICE},all"],
    ),
    "LowStockThreshold": (["off", "0", "5"], ["", "-1", "2.5", "none"]),
}
"""What each of those parameters takes and refuses."""


def test_each_schedule_has_its_function(expanded: Template) -> None:
    schedules = template.of_type(expanded, "AWS::Scheduler::Schedule")

    assert schedules.keys() == {f"{name}FunctionHourly" for name in SCHEDULED}
    assert {ACTIONS[action] for action in ACTIONS if action.startswith("schedules/")} == {
        f"{name}Function" for name in SCHEDULED
    }


@pytest.mark.parametrize("name", SCHEDULED)
def test_a_schedule_calls_its_function_every_hour(expanded: Template, name: str) -> None:
    schedule = expanded["Resources"][f"{name}FunctionHourly"]["Properties"]

    assert "Name" not in schedule, "another site's stack would want the same name"
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["State"] == SCHEDULED[name]
    assert schedule["Target"] == {
        "Arn": {"Fn::GetAtt": [f"{name}Function", "Arn"]},
        "Input": "{}",
        "RoleArn": {"Fn::GetAtt": ["ScheduleRole", "Arn"]},
        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 3},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["UndeliveredEvents", "Arn"]}},
    }


def test_schedules_may_call_their_functions_and_keep_what_they_cannot_hand_over() -> None:
    role = SOURCE["Resources"]["ScheduleRole"]

    assert {
        (statement["Action"], named(resource))
        for statement in statements(role)
        for resource in listed(statement["Resource"])
    } == {
        *(("lambda:InvokeFunction", f"{name}Function") for name in SCHEDULED),
        ("sqs:SendMessage", "UndeliveredEvents"),
    }
    assert "ManagedPolicyArns" not in role["Properties"]


@pytest.mark.parametrize("condition", SWITCHES)
def test_a_schedule_that_changes_or_tells_something_is_off_until_it_is_wanted(
    condition: str,
) -> None:
    parameter, off = SWITCHES[condition]

    assert SOURCE["Parameters"][parameter]["Default"] == off
    assert SOURCE["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, off]}]
    }


@pytest.mark.parametrize("parameter", [parameter for parameter, _ in SWITCHES.values()])
def test_a_rule_of_a_schedule_is_what_its_function_understands_and_nothing_else(
    parameter: str,
) -> None:
    pattern = re.compile(SOURCE["Parameters"][parameter]["AllowedPattern"])

    taken, refused = RULES_GIVEN[parameter]
    assert [each for each in taken if not pattern.fullmatch(each)] == []
    assert [each for each in refused if pattern.fullmatch(each)] == []


# ---- Queues ---------------------------------------------------------------------

QUEUES = template.of_type(SOURCE, "AWS::SQS::Queue")
WORK = {name for name, queue in QUEUES.items() if "RedrivePolicy" in queue["Properties"]}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted_and_holds_a_large_message_for_two_weeks(queue: str) -> None:
    properties = QUEUES[queue]["Properties"]

    assert properties["SqsManagedSseEnabled"] is True
    assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert properties["MaximumMessageSize"] == 1024 * 1024


def test_all_work_has_dead_letters_of_its_own() -> None:
    policies = {queue: QUEUES[queue]["Properties"]["RedrivePolicy"] for queue in WORK}

    assert {queue: named(policy["deadLetterTargetArn"]) for queue, policy in policies.items()} == {
        "WebhookInbox": "WebhookDeadLetters",
        "ApprovedOrders": "ApprovedOrdersDeadLetters",
        "DispatchedShipments": "DispatchedShipmentsDeadLetters",
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_only_a_queue_of_dead_letters_takes_those_of_another_queue(queue: str) -> None:
    of_another = queue in {
        named(QUEUES[name]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]) for name in WORK
    }

    permission = QUEUES[queue]["Properties"].get("RedriveAllowPolicy")
    assert permission == (None if of_another else {"redrivePermission": "denyAll"})


@pytest.mark.parametrize("queue", sorted(QUEUES.keys() - WORK - {"WebhookQuarantine"}))
def test_whatever_waits_for_an_operator_raises_an_alarm(queue: str) -> None:
    [alarm] = alarms(queue)

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


def test_a_forgery_that_stays_in_quarantine_does_not_silence_the_alarm_for_the_next() -> None:
    [alarm] = alarms("WebhookQuarantine")

    assert (alarm["MetricName"], alarm["Statistic"]) == ("NumberOfMessagesSent", "Sum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 1)


WORKERS = {
    name: source["Properties"]
    for name, function in FUNCTIONS.items()
    for source in function.get("Events", {}).values()
    if source["Type"] == "SQS"
}
"""What hands a queue's messages to a function, by the function's name."""


def test_all_work_is_worked_off() -> None:
    assert {named(source["Queue"]) for source in WORKERS.values()} == WORK


@pytest.mark.parametrize("function", sorted(WORKERS))
def test_a_function_knows_its_queue_and_where_to_give_up(function: str) -> None:
    variables = FUNCTIONS[function]["Environment"]["Variables"]
    queue = named(WORKERS[function]["Queue"])

    redrive = QUEUES[queue]["Properties"]["RedrivePolicy"]
    assert variables["QUEUE_URL"] == {"Ref": queue}
    assert variables["DEAD_LETTER_QUEUE_URL"] == {"Ref": named(redrive["deadLetterTargetArn"])}


@pytest.mark.parametrize("function", sorted(WORKERS))
def test_a_function_gives_up_itself_before_the_queue_does(function: str) -> None:
    queue = QUEUES[named(WORKERS[function]["Queue"])]["Properties"]

    # Enough for one that was received often and not begun.
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5 * GIVE_UP_AFTER_RECEIVES


@pytest.mark.parametrize("function", sorted(WORKERS))
def test_a_function_has_the_time_for_a_message(function: str) -> None:
    timeout = FUNCTIONS[function].get("Timeout", SOURCE["Globals"]["Function"]["Timeout"])

    assert timeout > MESSAGE_SECONDS


@pytest.mark.parametrize("function", sorted(WORKERS))
def test_a_message_stays_hidden_for_much_longer_than_a_function_may_take(function: str) -> None:
    queue = QUEUES[named(WORKERS[function]["Queue"])]["Properties"]
    timeout = FUNCTIONS[function].get("Timeout", SOURCE["Globals"]["Function"]["Timeout"])

    assert queue["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("function", sorted(WORKERS))
def test_a_failed_message_holds_up_no_other_and_few_run_at_once(function: str) -> None:
    source = WORKERS[function]

    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    # Wix allows about 200 calls a minute, for everything together.
    assert 2 <= source["ScalingConfig"]["MaximumConcurrency"] <= 5
    assert 1 <= source["BatchSize"] <= 10


@pytest.mark.parametrize("queue", sorted(QUEUES.keys() - WORK))
def test_an_operator_finds_what_waits_among_the_outputs(queue: str) -> None:
    assert SOURCE["Outputs"][f"{queue}Url"]["Value"] == {"Ref": queue}


@pytest.mark.parametrize("queue", sorted(WORK))
def test_an_operator_finds_from_where_to_where_dead_letters_are_moved_back(queue: str) -> None:
    dead_letters = named(QUEUES[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])

    for name in (dead_letters, queue):
        assert SOURCE["Outputs"][f"{name}Arn"]["Value"] == {"Fn::GetAtt": [name, "Arn"]}


def test_deliveries_that_are_not_worked_off_raise_an_alarm() -> None:
    [alarm] = alarms("WebhookInbox")

    assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["Threshold"] == 15 * 60


def test_deliveries_that_stay_in_the_inbox_raise_an_alarm_long_before_they_are_dead() -> None:
    alarm = SOURCE["Resources"]["WebhookRetryAlarm"]["Properties"]

    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["Period"] * alarm["EvaluationPeriods"] <= 15 * 60


@pytest.mark.parametrize("alarm", template.of_type(SOURCE, "AWS::CloudWatch::Alarm"))
def test_an_alarm_tells_somebody_if_there_is_anybody(alarm: str) -> None:
    actions = SOURCE["Resources"][alarm]["Properties"]["AlarmActions"]

    assert actions == {
        "Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]
    }


# ---- What others build on -------------------------------------------------------


@pytest.mark.parametrize("layer", ["WixAuthLayer", "WixWebhooksLayer"])
def test_a_layer_can_be_attached_to_functions_of_other_stacks(
    expanded: Template, layer: str
) -> None:
    made = template.of_type(expanded, "AWS::Lambda::LayerVersion")

    named = expanded["Outputs"][f"{layer}Arn"]["Value"]["Ref"]
    assert named.startswith(layer)
    assert made[named]["DeletionPolicy"] == "Retain"


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


def test_a_scheduled_call_that_fails_for_good_is_kept_if_the_next_does_not_make_up_for_it(
    expanded: Template,
) -> None:
    configs = {
        config["Properties"]["FunctionName"]["Ref"]: config["Properties"]["DestinationConfig"]
        for config in template.of_type(expanded, "AWS::Lambda::EventInvokeConfig").values()
    }

    # A check that failed would keep the alarm ringing long after the next one went well.
    kept = {f"{name}Function" for name in SCHEDULED} - {"CheckCredentialsFunction"}
    failed_calls = {"OnFailure": {"Destination": {"Fn::GetAtt": ["FailedCalls", "Arn"]}}}
    assert configs == dict.fromkeys(kept, failed_calls)


def test_only_what_may_have_thousands_to_do_runs_for_minutes() -> None:
    minutes = {action for action in ACTIONS if FUNCTIONS[ACTIONS[action]].get("Timeout", 0) > 60}

    assert minutes == {
        "products/create_product",
        "inventory/update_inventory",
        "webhooks/redrive_quarantine",
        "schedules/approve_pending_members",
        "schedules/confirm_pending_bookings",
        "schedules/report_low_stock",
    }


def test_a_function_outlives_the_request_it_answers(expanded: Template) -> None:
    api_gateway_gives_up_after = 29

    for function in template.of_type(expanded, "AWS::Lambda::Function").values():
        assert function["Properties"]["Timeout"] > api_gateway_gives_up_after


# ---- Room to grow ---------------------------------------------------------------

MOST_TODAY = 300
MOST_EVER = 450
"""How many resources the stack may have; CloudFormation refuses the 501st."""


def resources_of(action: str, stack: Template) -> list[str]:
    """The names of an action's own resources: log, role, function, and what SAM makes of it."""
    name = ACTIONS[action].removesuffix("Function")
    return [
        each
        for each in stack["Resources"]
        if each in {f"{name}Logs", f"{name}Role"} or each.startswith(f"{name}Function")
    ]


@pytest.fixture(scope="module")
def versioned() -> Template:
    """What CloudFormation gets if each function has versions and an alias."""
    changed = template.source()
    changed["Globals"]["Function"]["AutoPublishAlias"] = "live"
    return template.transformed(changed)


def test_there_is_room_for_more_actions(expanded: Template) -> None:
    total = len(expanded["Resources"])
    own = Counter(len(resources_of(action, expanded)) for action in ACTIONS)
    sizes = ", ".join(f"{number} actions of {size}" for size, number in sorted(own.items()))
    shared = total - sum(size * number for size, number in own.items())
    room = (
        f"{total} resources: {sizes}, and {shared} that they share. That leaves "
        f"{MOST_TODAY - total} today, {MOST_EVER - total} ever."
    )

    print(room)
    assert total <= MOST_TODAY, room


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_at_most_five_resources_and_seven_with_versions(
    expanded: Template, versioned: Template, action: str
) -> None:
    assert len(resources_of(action, expanded)) <= 5
    assert len(resources_of(action, versioned)) <= 7


def test_the_names_of_what_the_api_may_call_fit_into_its_role() -> None:
    [statement] = statements(SOURCE["Resources"]["AdminApiRole"])

    longest = len('"arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:",') + 64
    assert longest * len(statement["Resource"]) <= 10_000  # of 10,240 characters, without spaces


# ---- What API Gateway answers by itself -----------------------------------------


def refusals() -> Iterator[tuple[str, Resource]]:
    """Each answer of our APIs that is none of a function's, by its name for humans."""
    resources = SOURCE["Resources"]
    for kind, refusal in resources["AdminApi"]["Properties"]["GatewayResponses"].items():
        yield f"AdminApi {kind}", refusal | {"Headers": refusal["ResponseParameters"]["Headers"]}
    webhook = resources["WebhookMethod"]["Properties"]["Integration"]["IntegrationResponses"]
    answers = {
        f"WebhookMethod {answer['StatusCode']}": answer
        for answer in webhook
        if answer["StatusCode"] != "200"
    } | {
        f"WebhookApi {found['Properties']['ResponseType']}": found["Properties"]
        for found in template.of_type(SOURCE, "AWS::ApiGateway::GatewayResponse").values()
    }
    for name, answer in answers.items():
        headers = {
            key.rpartition(".")[2]: value for key, value in answer["ResponseParameters"].items()
        }
        yield name, answer | {"StatusCode": int(answer["StatusCode"]), "Headers": headers}


REFUSALS = dict(refusals())


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
    assert refusal["Headers"]["Content-Type"] == "'application/problem+json'"


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


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_says_when_to_come_back_if_that_helps(kind: str) -> None:
    refusal = REFUSALS[kind]

    problem = json.loads(refusal["ResponseTemplates"]["application/json"])
    wait = refusal["Headers"].get("Retry-After")
    assert problem["retryable"] is (wait is not None)
    assert wait is None or int(wait.strip("'")) >= 1


@pytest.mark.parametrize("kind", ["INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "DEFAULT_5XX"])
def test_a_change_that_may_have_been_made_is_repeated_with_the_same_key(kind: str) -> None:
    problem = json.loads(REFUSALS[f"AdminApi {kind}"]["ResponseTemplates"]["application/json"])

    assert "it may have been made" in problem["detail"]
    assert "with the same Idempotency-Key" in problem["detail"]


def test_a_signed_call_of_an_unknown_route_is_not_told_that_it_is_unsigned() -> None:
    refusal = REFUSALS["AdminApi MISSING_AUTHENTICATION_TOKEN"]

    problem = json.loads(refusal["ResponseTemplates"]["application/json"])
    assert problem["title"] == "Not signed, not allowed, or no such route"


def test_the_webhook_api_promises_the_headers_that_it_sends() -> None:
    method = SOURCE["Resources"]["WebhookMethod"]["Properties"]
    sent = {
        answer["StatusCode"]: answer.get("ResponseParameters", {}).keys()
        for answer in method["Integration"]["IntegrationResponses"]
    }

    assert sent == {
        answer["StatusCode"]: answer.get("ResponseParameters", {}).keys()
        for answer in method["MethodResponses"]
    }
