"""An update of a stack whose webhook API has changed: what is at the stage afterwards."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import canaries, template
from tests.local_stack.aws import Account
from tests.local_stack.emulator import api_url, emulator
from tests.local_stack.plain import PlainStack, put_stack

BEFORE = template.needed_by(template.source(), "WebhookStage")
DEPLOYMENT = template.webhook_deployment(BEFORE)


@pytest.fixture
def account(tmp_path: Path, log_folder: Path) -> Iterator[Account]:
    with emulator(tmp_path, log_folder) as running:
        yield running


def put(account: Account, described: dict[str, Any]) -> PlainStack:
    return put_stack(account, "webhooks", described, WixSiteId=canaries.SITE_ID)


def deployed(account: Account, stack: PlainStack) -> str:
    """The id of the deployment at the stage."""
    api, stage = stack.resources["WebhookApi"], stack.resources["WebhookStage"]
    reply = account.client("apigateway").get_stage(restApiId=api, stageName=stage)
    return str(reply["deploymentId"])


def answers(account: Account, stack: PlainStack) -> tuple[Any, Any]:
    """What a delivery and a wrong method are answered."""
    url = api_url(account, stack.outputs["WebhookUrl"])
    taken = httpx.post(url, content=b"a.b.c", headers={"Content-Type": "text/plain"})
    return taken.json(), httpx.get(url).json()


def changed(described: dict[str, Any]) -> dict[str, Any]:
    """The template with another answer and another refusal, and the deployment's name as it was."""
    after = copy.deepcopy(described)
    stored = after["Resources"]["WebhookMethod"]["Properties"]["Integration"][
        "IntegrationResponses"
    ]
    stored[0]["ResponseTemplates"]["application/json"] = '{"changed":true}'
    refusal = after["Resources"]["WebhookRouteNotFound"]["Properties"]
    refusal["ResponseTemplates"]["application/json"] = '{"changed":true}'
    return after


def renamed(described: dict[str, Any]) -> dict[str, Any]:
    """The template with the deployment called as it must be."""
    after = copy.deepcopy(described)
    name = template.webhook_deployment(described)
    after["Resources"][name] = after["Resources"].pop(DEPLOYMENT)
    after["Resources"]["WebhookStage"]["Properties"]["DeploymentId"] = {"Ref": name}
    return after


def test_an_update_brings_a_changed_api_to_the_stage(account: Account) -> None:
    before = put(account, BEFORE)
    first = deployed(account, before)

    after = put(account, renamed(changed(BEFORE)))

    assert answers(account, after) == ({"changed": True}, {"changed": True})
    assert deployed(account, after) != first
    assert deployed(account, after) == after.resources[template.webhook_deployment(changed(BEFORE))]
    assert after.outputs["WebhookUrl"] == before.outputs["WebhookUrl"]


def test_without_another_name_there_is_no_new_deployment(account: Account) -> None:
    before = put(account, BEFORE)
    first = deployed(account, before)

    after = put(account, changed(BEFORE))

    stored, refused = answers(account, after)
    assert deployed(account, after) == first
    assert refused["code"] == "route_not_found"
    # On AWS this would be the old answer, too: the stand-in keeps refusals with a deployment, but
    # shows methods as they are now. So the id of the stage's deployment is what has to be tested.
    assert stored == {"changed": True}


def test_an_update_that_changes_nothing_else_leaves_the_deployment_alone(account: Account) -> None:
    before = put(account, BEFORE)
    first = deployed(account, before)
    slower = copy.deepcopy(BEFORE)
    [settings] = slower["Resources"]["WebhookStage"]["Properties"]["MethodSettings"]
    settings["ThrottlingBurstLimit"] = 7

    after = put(account, slower)

    assert deployed(account, after) == first
