"""The hourly check of the credential, in a process of its own that stays warm."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from types_boto3_secretsmanager import SecretsManagerClient

from tests import canaries, template
from tests.contract.conftest import BUS, StoreSecret
from tests.contract.functions import Functions, marks_in
from tests.lambda_runtime import FunctionProcess
from tests.local_stack import Account
from tests.local_stack.queues import Published, listening
from tests.local_stack.stack import CREDENTIAL
from tests.wix_simulator import Fault, WixSimulator

ACTION = "check_credentials"
API_KEY = {"kind": "api_key", "api_key": canaries.API_KEY, "site_id": canaries.SITE_ID}

ALARM = template.source()["Resources"]["CredentialAlarm"]["Properties"]
STACK_NAME = {"Ref": "AWS::StackName"}
SERVICE = "wix-admin"
"""The service's name in these tests; deployed, the stack's."""

METRICS = [
    ALARM["Namespace"],
    {
        each["Name"]: SERVICE if each["Value"] == STACK_NAME else each["Value"]
        for each in ALARM["Dimensions"]
    },
]
"""The namespace and the dimensions under which the alarm looks for the metrics."""


@pytest.fixture
def own_wix() -> Iterator[WixSimulator]:
    """A Wix for tests that change who may call it."""
    with WixSimulator(seed=8) as wix:
        yield wix


@pytest.fixture
def announced(account: Account, functions: Functions) -> Iterator[Published]:
    """What the checks of one test announce."""
    with listening(account, BUS, {"source": ["wix-admin"]}) as published:
        yield published


def findings(report: Any) -> list[str]:
    return [each["code"] for each in report["findings"]]


def counted(output: str) -> list[Any]:
    """Where CloudWatch would find the metrics of each check, and how many findings it counted."""
    lines = [json.loads(each) for each in output.splitlines()]
    found = []
    for line in (each for each in lines if "_aws" in each):
        [directive] = line["_aws"]["CloudWatchMetrics"]
        [dimensions] = directive["Dimensions"]
        where = [directive["Namespace"], {name: line[name] for name in dimensions}]
        found.append((where, line[ALARM["MetricName"]], line["CredentialAgeDays"]))
    return found


def assert_raised(process: FunctionProcess, error: str) -> None:
    raised = process.invoke({}).error
    assert raised is not None
    assert raised.type == error


def test_a_secret_that_dies_is_found_by_the_process_that_knew_it_alive(
    functions: Functions, own_wix: WixSimulator, announced: Published
) -> None:
    with functions.fresh(ACTION, WIX_API_URL=own_wix.url) as process:
        alive = process.invoke({}).result
        own_wix.rotate_secret()
        dead = process.invoke({}).result

    assert (alive["ok"], alive["kind"], alive["ageDays"]) == (True, "client_credentials", 0)
    assert alive["siteId"] == canaries.SITE_ID
    assert (dead["ok"], findings(dead)) == (False, ["credential_refused"])
    [event] = announced.wait_for(1)
    assert event["detail-type"] == "Credential Check Failed"
    assert event["detail"]["findings"] == dead["findings"]
    output = functions.output(process)
    assert counted(output) == [(METRICS, [0.0], [0.0]), (METRICS, [1.0], [0.0])]
    assert not marks_in((output, event, dead))


def test_a_key_that_is_stored_instead_is_checked_at_once(
    functions: Functions,
    own_wix: WixSimulator,
    store_secret: StoreSecret,
    secrets_manager: SecretsManagerClient,
    announced: Published,
) -> None:
    arn = store_secret(json.dumps(CREDENTIAL))
    own_wix.add_order()
    with functions.fresh(ACTION, WIX_API_URL=own_wix.url, WIX_SECRET_ARN=arn) as process:
        client = process.invoke({}).result
        secrets_manager.put_secret_value(SecretId=arn, SecretString=json.dumps(API_KEY))
        key = process.invoke({}).result
        own_wix.revoke_key()
        revoked = process.invoke({}).result

    assert [each["kind"] for each in (client, key)] == ["client_credentials", "api_key"]
    assert [findings(each) for each in (client, key, revoked)] == [[], [], ["credential_refused"]]
    assert len(announced.wait_for(1)) == 1
    assert not marks_in(functions.output(process))


def test_a_role_that_may_not_read_the_secret_is_a_finding(
    functions: Functions, account: Account, announced: Published
) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="announcer")
    key = iam.create_access_key(UserName="announcer")["AccessKey"]
    announce = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}
    iam.put_user_policy(
        UserName="announcer",
        PolicyName="Announce",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [announce]}),
    )

    with functions.fresh(
        ACTION,
        AWS_ACCESS_KEY_ID=key["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"],
        AWS_SESSION_TOKEN="",
    ) as process:
        report = process.invoke({}).result

    assert findings(report) == ["credential_unusable"]
    assert "secretsmanager:GetSecretValue" in report["findings"][0]["detail"]
    [event] = announced.wait_for(1)
    assert event["detail"] == {name: report[name] for name in ("findings", "checkedAt")}


def test_a_check_that_cannot_be_made_is_raised_and_made_the_next_time(
    functions: Functions, own_wix: WixSimulator, announced: Published
) -> None:
    with functions.fresh(ACTION, WIX_API_URL=own_wix.url) as process:
        own_wix.add_fault(Fault(path="/oauth2/token-info", status=503))
        assert_raised(process, "TokenUnavailableError")
        report = process.invoke({}).result

    assert report["ok"] is True
    assert announced.events == []


def test_findings_that_cannot_be_announced_are_logged_and_the_check_is_raised(
    functions: Functions, own_wix: WixSimulator
) -> None:
    own_wix.rotate_secret()

    with functions.fresh(
        ACTION, WIX_API_URL=own_wix.url, AWS_ENDPOINT_URL_EVENTBRIDGE="http://127.0.0.1:9"
    ) as process:
        assert_raised(process, "BusUnavailableError")

    lines = [json.loads(each) for each in functions.output(process).splitlines()]
    [logged] = [findings(each) for each in lines if "findings" in each]
    assert logged == ["credential_refused"]
