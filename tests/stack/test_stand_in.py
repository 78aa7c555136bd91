"""What we know of the AWS stand-in: each way it differs from AWS that something here allows for.

If one of these fails after an upgrade, the stand-in has learnt something: see what can go.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests import canaries, template
from tests.local_stack import Account, Credentials, LocalStack, wait_for
from tests.local_stack.aws import signed
from tests.local_stack.emulator import AS_IT_COMES, api_url, emulator
from tests.local_stack.plain import PlainStack, put_stack
from tests.local_stack.queues import messages


@pytest.fixture(scope="module")
def secret_names(stack: LocalStack) -> dict[str, str]:
    return put_stack(
        stack.account,
        "secret",
        {
            "Resources": {"Secret": {"Type": "AWS::SecretsManager::Secret"}},
            "Outputs": {
                "Ref": {"Value": {"Ref": "Secret"}},
                "Id": {"Value": {"Fn::GetAtt": ["Secret", "Id"]}},
            },
        },
    ).outputs


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


def test_an_event_that_fails_is_tried_three_times_and_then_kept(stack: LocalStack) -> None:
    payload = {"notAField": "lost"}

    stack.invoke("ReportLowStockFunction", payload, wait=False)

    def failed() -> list[dict[str, Any]]:
        calls = [message.json for message in stack.messages("FailedCallsUrl")]
        return [call for call in calls if call["requestPayload"] == payload]

    [kept] = wait_for(failed)
    assert kept["requestContext"]["condition"] == "RetriesExhausted"
    assert kept["requestContext"]["approximateInvokeCount"] == 3


# ---- What is added as it starts -------------------------------------------------


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, log_folder: Path) -> Iterator[Account]:
    """The stand-in as it comes."""
    with emulator(tmp_path_factory.mktemp("bare"), log_folder, AS_IT_COMES) as account:
        yield account


@pytest.fixture(scope="module")
def part(bare: Account) -> PlainStack:
    """The webhook API and the event bus, in the stand-in as it comes."""
    described = template.needed_by(template.source(), "WebhookStage", "WarehousePolicy")
    return put_stack(bare, "part", described, WixSiteId=canaries.SITE_ID)


CALL = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "uri": "arn:aws:lambda:us-east-1:000000000000:function:none",
    "credentials": "arn:aws:iam::000000000000:role/none",
}


@pytest.fixture(scope="module")
def route(bare: Account) -> PlainStack:
    """A route whose callers have to sign, and a function that fails, in the same."""
    method = {
        "HttpMethod": "GET",
        "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
        "RestApiId": {"Ref": "Api"},
        "AuthorizationType": "AWS_IAM",
        "Integration": {"Type": "MOCK"},
    }
    stage = {"RestApiId": {"Ref": "Api"}, "StageName": "v1"}
    written = {
        "openapi": "3.0.1",
        "info": {"title": "written", "version": "1"},
        "paths": {"/": {"get": {"x-amazon-apigateway-integration": CALL}}},
    }
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/none"},
        "Code": {"ZipFile": "def handler(event, context):\n    raise LookupError('gone')"},
    }
    return put_stack(
        bare,
        "route",
        {
            "Resources": {
                "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "gap"}},
                "Method": {"Type": "AWS::ApiGateway::Method", "Properties": method},
                "Deployment": {
                    "Type": "AWS::ApiGateway::Deployment",
                    "Properties": stage,
                    "DependsOn": "Method",
                },
                "Written": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": written}},
                "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            }
        },
    )


def deliver(account: Account, part: PlainStack) -> httpx.Response:
    url = api_url(account, part.outputs["WebhookUrl"])
    return httpx.post(url, content=b"a.b.c", headers={"Content-Type": "text/plain"})


def test_a_mapping_template_does_not_know_when_its_request_came(
    bare: Account, part: PlainStack
) -> None:
    assert deliver(bare, part).status_code == 200

    reply = bare.client("sqs").receive_message(
        QueueUrl=part.outputs["WebhookInboxUrl"], MessageAttributeNames=["All"]
    )
    [message] = reply["Messages"]
    assert message["MessageAttributes"] == {"arrivedAt": {"DataType": "Number"}}


def test_an_apis_role_is_not_asked_whether_it_may_send(bare: Account, part: PlainStack) -> None:
    bare.client("iam").delete_role_policy(
        RoleName=part.resources["WebhookApiRole"], PolicyName="Store"
    )

    assert deliver(bare, part).status_code == 200


def test_an_apis_role_is_lost_where_the_api_is_written_as_openapi(
    bare: Account, route: PlainStack
) -> None:
    [root] = bare.client("apigateway").get_resources(restApiId=route.resources["Written"])["items"]

    call = bare.client("apigateway").get_integration(
        restApiId=route.resources["Written"], resourceId=root["id"], httpMethod="GET"
    )
    assert call["uri"] == CALL["uri"]
    assert "credentials" not in call


def test_a_condition_on_an_event_is_never_met(bare: Account, part: PlainStack) -> None:
    iam = bare.client("iam")
    iam.create_user(UserName="warehouse")
    iam.attach_user_policy(UserName="warehouse", PolicyArn=part.outputs["WarehousePolicy"])
    key = iam.create_access_key(UserName="warehouse")["AccessKey"]
    warehouse = Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    with pytest.raises(ClientError, match="AccessDenied"):
        Account(bare.endpoint, warehouse).client("events").put_events(
            Entries=[
                {
                    "EventBusName": part.resources["EventBus"],
                    "Source": "warehouse",
                    "DetailType": "Shipment Dispatched",
                    "Detail": "{}",
                }
            ]
        )


@pytest.mark.parametrize("path", ["/", "/no/such/route"])
def test_an_api_does_not_refuse_denied_callers_in_its_own_words(
    bare: Account, route: PlainStack, path: str
) -> None:
    # AWS answers with ACCESS_DENIED and MISSING_AUTHENTICATION_TOKEN.
    iam = bare.client("iam")
    iam.create_user(UserName=path)
    key = iam.create_access_key(UserName=path)["AccessKey"]
    nobody = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    url = f"{bare.endpoint}/_aws/execute-api/{route.resources['Api']}/v1{path}"

    with httpx.Client(trust_env=False) as client:
        reply = client.send(signed("GET", url, nobody))

    assert reply.status_code == 403
    assert reply.json().keys() == {"__type", "message"}


def test_a_function_that_fails_loses_the_class_of_its_exception(
    bare: Account, route: PlainStack
) -> None:
    failed = bare.client("lambda").invoke(FunctionName=route.resources["Function"])

    assert json.loads(failed["Payload"].read())["errorType"] == "Runtime.HandlerError"


def test_a_layer_is_unpacked_once_for_all_functions(stack: LocalStack, work_folder: Path) -> None:
    for function in ("GetOrderFunction", "QueryOrdersFunction", "QueryMembersFunction"):
        stack.invoke(function, {})

    assert len(list(work_folder.rglob("python/wix_admin/__init__.py"))) == 1


# ---- What only the template's own tests can hold --------------------------------


def test_no_queue_is_asked_whether_a_rule_may_send_to_it(stack: LocalStack) -> None:
    # So what the queues' policies say is only read, not tried; and `published` needs none.
    with stack.published() as published:
        stack.put_event("gap", "Gap", {})

        assert len(published.wait_for(1)) == 1


def test_a_function_is_handed_messages_that_its_role_may_not_receive(stack: LocalStack) -> None:
    # AWS refuses to connect the two.
    queues, functions = stack.account.client("sqs"), stack.account.client("lambda")
    url = queues.create_queue(QueueName="gap")["QueueUrl"]
    queue = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    source = functions.create_event_source_mapping(
        FunctionName=stack.resources["GetOrderFunction"],
        EventSourceArn=queue["Attributes"]["QueueArn"],
    )

    queues.send_message(QueueUrl=url, MessageBody="{}")

    # Gone, or received by a function that takes its time.
    assert wait_for(lambda: all(each.received for each in messages(stack.account, url)))
    functions.delete_event_source_mapping(UUID=source["UUID"])
    queues.delete_queue(QueueUrl=url)


def test_what_a_rule_cannot_hand_over_is_lost(stack: LocalStack) -> None:
    gone = {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:gone"}
    targets = [
        {"Id": "gone", "Arn": gone, "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}}},
        {"Id": "there", "Arn": {"Fn::GetAtt": ["There", "Arn"]}},
    ]
    rule = put_stack(
        stack.account,
        "rule",
        {
            "Resources": {
                "Dead": {"Type": "AWS::SQS::Queue"},
                "There": {"Type": "AWS::SQS::Queue"},
                "Rule": {
                    "Type": "AWS::Events::Rule",
                    "Properties": {"EventPattern": {"source": ["gap"]}, "Targets": targets},
                },
            }
        },
    )

    stack.account.client("events").put_events(
        Entries=[{"Source": "gap", "DetailType": "Gap", "Detail": "{}"}]
    )

    assert wait_for(lambda: messages(stack.account, rule.resources["There"]))
    assert messages(stack.account, rule.resources["Dead"]) == []
