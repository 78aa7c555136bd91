"""Stacks without a build: small, and deployed in a moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.local_stack.aws import Account
from tests.local_stack.waiting import wait_for


@dataclass(frozen=True, slots=True)
class PlainStack:
    """A stack as it is now."""

    outputs: dict[str, str]
    resources: dict[str, str]
    """What `Ref` gives of each resource, by its name in the template."""


def put_stack(
    account: Account, name: str, template: Mapping[str, Any], **parameters: str
) -> PlainStack:
    """Create a stack, or update the one of this name.

    Raises:
        RuntimeError: If it cannot be done, with the reason.
    """
    client = account.client("cloudformation")
    there = [stack["StackName"] for stack in client.describe_stacks()["Stacks"]]
    put = client.update_stack if name in there else client.create_stack
    put(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": n, "ParameterValue": v} for n, v in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )

    def settled() -> Any:
        [stack] = client.describe_stacks(StackName=name)["Stacks"]
        return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack

    stack = wait_for(settled)
    if stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise RuntimeError(f"{stack['StackStatus']}: {stack.get('StackStatusReason')}")
    found = client.describe_stack_resources(StackName=name)["StackResources"]
    return PlainStack(
        outputs={each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])},
        resources={each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found},
    )
