"""The pages of the documentation: current, complete, and with samples that are taken."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from samtranslator.yaml_helper import yaml_parse

from openapi.tables import MADE, TABLES, filled
from tests import template
from tests.readme import PAGES, PROJECT, block
from tests.unit.calls import call
from wix_admin.orders.fulfill_order import FulfillOrderInput

EXECUTION_ID = "<aws.scheduler.execution-id>"
ALL = "\n".join(PAGES.values())
"""The text of all pages."""


def anchors(page: str) -> set[str]:
    """Where a link may lead to within a page, as GitHub names its headings."""
    prose = re.sub(r"^```.*?^```", "", PAGES[page], flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def links(page: str) -> list[str]:
    """What a page links to or shows, of what is ours, seen from the project's folder."""
    folder = Path(page).parent
    found = re.findall(r"\]\(((?!https:)[^)]+)\)", PAGES[page])
    return [
        f"{os.path.normpath(folder / path) if path else page}#{anchor}"
        for path, _, anchor in (each.partition("#") for each in found)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_each_table_says_what_code_and_template_say_now(page: str) -> None:
    assert PAGES[page] == filled(PAGES[page]), "run `make docs`"


def test_each_table_is_on_a_page() -> None:
    assert sorted(found[2] for found in MADE.finditer(ALL)) == sorted(TABLES)


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_somewhere(page: str) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        assert (PROJECT / path).exists(), link
        assert not anchor or anchor in anchors(path), link


def test_each_page_is_reached_from_the_first_one() -> None:
    reached, ahead = set(), {"README.md"}
    while ahead:
        reached |= ahead
        ahead = {link.partition("#")[0] for each in ahead for link in links(each)} & PAGES.keys()
        ahead -= reached

    assert reached == PAGES.keys()


def test_each_target_of_make_that_a_page_names_is_there() -> None:
    named = set(re.findall(r"(?:`|\$ )make ([a-z][a-z-]+)", ALL))
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))

    assert len(named) > 9
    assert named <= targets


def shown(page: str, mark: str) -> Any:
    """The one block of YAML of a page that has a mark in it."""
    return yaml_parse(block(page, "yaml", mark))


def with_the_schedule() -> dict[str, Any]:
    """What CloudFormation gets of the template with the schedule that is shown."""
    added = shown("functions/README.md", "ReleaseDay")["FulfillOrderFunction"]["Properties"]
    scheduled = template.source()
    scheduled["Resources"]["FulfillOrderFunction"]["Properties"] |= added
    return template.transformed(scheduled)


def test_the_schedule_is_one_that_sam_makes_and_whose_input_the_function_takes() -> None:
    expanded = with_the_schedule()

    [schedule] = [
        each["Properties"]
        for name, each in template.of_type(expanded, "AWS::Scheduler::Schedule").items()
        if "ReleaseDay" in name
    ]
    given = json.loads(schedule["Target"]["Input"])
    assert given.pop("idempotencyKey") == EXECUTION_ID
    assert FulfillOrderInput.model_validate(given).order_id == given["orderId"]


def test_a_call_of_the_schedule_that_fails_for_good_is_kept() -> None:
    expanded = with_the_schedule()

    [ours] = [
        each["Properties"]["DestinationConfig"]
        for each in template.of_type(expanded, "AWS::Lambda::EventInvokeConfig").values()
        if each["Properties"]["FunctionName"] == {"Ref": "FulfillOrderFunction"}
    ]
    assert ours == {"OnFailure": {"Destination": {"Fn::GetAtt": ["FailedCalls", "Arn"]}}}


def test_the_rule_is_on_our_bus_and_for_an_event_of_wix() -> None:
    [rule] = shown("functions/README.md", "CanceledOrders")["Resources"].values()

    ours = template.source()["Resources"]["ApprovedOrdersRule"]["Properties"]["EventPattern"]
    assert rule["Properties"]["EventPattern"]["source"] == ours["source"]
    assert rule["Properties"]["EventPattern"]["detail-type"] == ["wix.ecom.v1.order_canceled"]


def test_the_outputs_that_commands_name_are_there() -> None:
    wanted = set(re.findall(r"(\w+)-FROM-THE-OUTPUTS", ALL))

    assert len(wanted) > 4
    assert wanted <= template.source()["Outputs"].keys()


def test_the_functions_that_commands_call_are_there() -> None:
    called = set(re.findall(r"sam remote invoke (\w+)", ALL))

    assert len(called) > 4
    assert called <= template.functions().keys()


@pytest.mark.usefixtures("wix")
def test_the_log_has_what_its_query_asks_for(log_lines: Callable[[], list[dict[str, Any]]]) -> None:
    query = block("functions/running.md", "sql", "| filter")
    asked = query.splitlines()[0].removeprefix("fields @timestamp, ").split(", ")

    call("orders/get_order", target=str(uuid4()))

    [line] = log_lines()
    assert len(asked) > 4
    assert line.keys() >= set(asked)


def test_the_stack_for_the_layer_alone_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "order-number.yaml"
    path.write_text(block("layers/wix_auth/README.md", "yaml", "OrderNumberFunction"))

    linter = template.PROJECT / ".venv/bin/cfn-lint"
    found = subprocess.run([linter, path], capture_output=True, text=True, check=False)  # noqa: S603 - the project's own tool

    assert (found.stdout, found.returncode) == ("", 0)
