"""What the README shows for pasting is taken by what it is pasted into."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from tests import template
from tests.readme import README, block
from wix_admin.orders.fulfill_order import FulfillOrderInput

EXECUTION_ID = "<aws.scheduler.execution-id>"


def shown(language: str, mark: str) -> Any:
    """The one block of YAML that has a mark in it."""
    return yaml_parse(block(language, mark))


def test_the_schedule_is_one_that_sam_makes_and_whose_input_the_function_takes() -> None:
    events = shown("yaml", "ReleaseDay")["FulfillOrderFunction"]["Properties"]["Events"]

    expanded = template.expanded_with_events("FulfillOrderFunction", events)

    [schedule] = [
        each["Properties"]
        for name, each in template.of_type(expanded, "AWS::Scheduler::Schedule").items()
        if "ReleaseDay" in name
    ]
    given = json.loads(schedule["Target"]["Input"])
    assert given.pop("idempotencyKey") == EXECUTION_ID
    assert FulfillOrderInput.model_validate(given).order_id == given["orderId"]


def test_the_rule_is_on_our_bus_and_for_an_event_of_wix() -> None:
    rule = shown("yaml", "CanceledOrders")["Resources"]["CanceledOrders"]["Properties"]

    ours = template.source()["Resources"]["ApprovedOrdersRule"]["Properties"]["EventPattern"]
    assert rule["EventPattern"]["source"] == ours["source"]
    assert rule["EventPattern"]["detail-type"] == ["wix.ecom.v1.order_canceled"]


def test_the_outputs_that_commands_name_are_there() -> None:
    wanted = set(re.findall(r"(\w+)-FROM-THE-OUTPUTS", README))

    assert len(wanted) > 4
    assert wanted <= template.source()["Outputs"].keys()


def test_the_stack_for_the_layer_alone_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "order-number.yaml"
    path.write_text(block("yaml", "OrderNumberFunction"))

    linter = template.PROJECT / ".venv/bin/cfn-lint"
    found = subprocess.run([linter, path], capture_output=True, text=True, check=False)  # noqa: S603 - the project's own tool

    assert (found.stdout, found.returncode) == ("", 0)
