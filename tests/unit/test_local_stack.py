"""The parts of the local stack that decide something."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import canaries, template
from tests.local_stack import feed, sam, shop
from tests.local_stack.processes import ProcessError, run
from tests.local_stack.terminal import GREEN, styled
from tests.local_stack.waiting import wait_for
from tests.samples import SAMPLE_ORDERS
from tests.wix_simulator import WixSimulator

CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
PARENT = """
import signal, sys, time
from collections.abc import Iterator
from pathlib import Path
from tests.local_stack.processes import running, signals_as_exit

# A run in the background of a shell hands on that it ignores this signal.
signal.signal(signal.SIGINT, signal.default_int_handler)

with signals_as_exit(), running(
    [sys.executable, "-c", sys.argv[2]], environment={}, cwd=Path.cwd(), log=Path(sys.argv[1])
):
    time.sleep(60)
"""
PATIENCE = 10


def is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks processes up in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_children_and_their_children(tmp_path: Path, number: signal.Signals) -> None:
    log = tmp_path / "log"
    parent = subprocess.Popen(  # noqa: S603 - the script above
        [sys.executable, "-c", PARENT, log, CHILD],
        cwd=sam.PROJECT,
        env=os.environ | {"PYTHONPATH": str(sam.PROJECT)},
        stderr=subprocess.DEVNULL,
    )
    patience = time.monotonic() + PATIENCE
    while (not log.exists() or not log.read_text().endswith("\n")) and time.monotonic() < patience:
        time.sleep(0.02)
    grandchild = int(log.read_text())
    assert is_alive(grandchild)

    parent.send_signal(number)
    parent.wait(PATIENCE)

    assert not is_alive(grandchild)


def test_a_process_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match=r"status 3:\n.*\nthe last words"):
        run(
            [sys.executable, "-c", "print('first words\\nthe last words'); exit(3)"],
            environment={},
            cwd=tmp_path,
            log=tmp_path / "log",
        )


def test_resources_of_a_type_are_left_out_with_their_outputs_and_named() -> None:
    loop = ["Action", ["GetOrder"], {"${Action}Logs": {"Type": "AWS::Logs::LogGroup"}}]
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Archive": {"Type": "AWS::Events::Archive"},
            "Bus": {"Type": "AWS::Events::EventBus", "DependsOn": ["Archive", "Queue"]},
            "Rule": {"Type": "AWS::Events::Rule", "DependsOn": "Archive"},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Fn::ForEach::Logs": loop,
        },
        "Outputs": {
            "ArchiveArn": {"Value": {"Fn::GetAtt": ["Archive", "Arn"]}},
            "QueueArn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}},
            "QueueUrl": {"Value": {"Ref": "Queue"}},
        },
    }

    stripped, left_out = sam.without_types(template, {"AWS::Events::Archive"})

    assert left_out == ["Archive (AWS::Events::Archive)"]
    assert stripped == {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Bus": {"Type": "AWS::Events::EventBus", "DependsOn": ["Queue"]},
            "Rule": {"Type": "AWS::Events::Rule"},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Fn::ForEach::Logs": loop,
        },
        "Outputs": {
            "QueueArn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}},
            "QueueUrl": {"Value": {"Ref": "Queue"}},
        },
    }


def test_waiting_ends_with_the_first_thing_that_is_there() -> None:
    looks: Iterator[object] = iter([None, [], 0, "there", "later"])

    assert wait_for(lambda: next(looks)) == "there"


def test_waiting_in_vain_says_what_was_seen_last() -> None:
    with pytest.raises(TimeoutError, match=r"the last look showed \[\]"):
        wait_for(list, seconds=0)


def test_a_part_of_a_template_has_what_it_needs_and_no_more() -> None:
    whole = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Name": {"Type": "String"}},
        "Conditions": {},
        "Resources": {
            "Rule": {
                "Properties": {"Target": {"Fn::GetAtt": ["Queue", "Arn"]}, "Name": {"Ref": "Name"}},
                "DependsOn": "Policy",
            },
            "Policy": {"Properties": {"Of": {"Fn::Sub": "${AWS::StackName}-${Role.Arn}"}}},
            "Queue": {"Properties": {}},
            "Role": {"Properties": {}, "DependsOn": ["Queue"]},
            "Other": {"Properties": {"Of": {"Ref": "Queue"}}},
        },
        "Outputs": {
            "Rule": {"Value": {"Fn::Sub": "${AWS::Region} ${Rule} ${Name}"}},
            "Other": {"Value": {"Ref": "Other"}},
        },
    }

    part = template.needed_by(whole, "Rule")

    assert part.keys() == {"Parameters", "Conditions", "Resources", "Outputs"}
    assert part["Resources"].keys() == {"Rule", "Policy", "Queue", "Role"}
    assert part["Outputs"].keys() == {"Rule"}


@pytest.fixture(scope="module")
def filled() -> WixSimulator:
    """The shop of `make up`."""
    wix = WixSimulator(seed=7, people=shop.made_up_people())
    shop.fill(wix)
    return wix


def test_each_line_of_an_order_is_a_product_in_the_catalog(filled: WixSimulator) -> None:
    skus = {
        (product["id"], variant["id"]): variant.get("sku")
        for product in filled.catalog.products()
        for variant in product["variantsInfo"]["variants"]
    }

    lines = [line for order in filled.orders() for line in order["lineItems"]]

    assert {order["id"] for order in filled.orders()} > set(SAMPLE_ORDERS)
    assert len({line["physicalProperties"]["sku"] for line in lines}) > 4
    for line in lines:
        sold = line["catalogReference"]
        sku = skus[sold["catalogItemId"], sold["options"]["variantId"]]
        assert sku == line["physicalProperties"]["sku"]


def test_the_people_in_it_are_made_up_and_different(filled: WixSimulator) -> None:
    orders, members, bookings = filled.orders(), filled.members.all(), filled.bookings.all()

    emails = [
        *(order["buyerInfo"]["email"] for order in orders),
        *(member["loginEmail"] for member in members),
        *(booking["contactDetails"]["email"] for booking in bookings),
    ]

    assert len(set(emails)) == len(emails)
    assert all(email.endswith("@example.com") for email in emails)
    known = json.dumps([orders, members, bookings])
    assert not [mark for mark in canaries.MARKS if mark in known]


def line_of(**entry: object) -> str:
    return json.dumps(entry)


CALL = {"call": "POST /orders/{orderId}/refunds", "replayed": False, "seconds": 0.214}
ACTION = {
    "level": "INFO",
    "action": "fulfill_approved_order",
    "outcome": "done",
    "milliseconds": 804,
    "caller": {"trust": "asserted", "name": "wix/wix.ecom.v1.order_approved"},
    "orderId": "a1a1a1a1-0000-4000-8000-00000000000a",
}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            line_of(**CALL | {"status": 200, "replayed": True, "caller": "admin-0"}),
            "POST /orders/…/refunds  200 replayed  0.21 s  admin-0",
        ),
        (
            line_of(**CALL, status=403, caller=""),
            "POST /orders/…/refunds  403  0.21 s",
        ),
        (
            line_of(event="Order Ready To Ship", source="wix-admin"),
            "event  Order Ready To Ship  from wix-admin",
        ),
        (
            line_of(level="INFO", verdict="publish", eventType="wix.ecom.v1.order_approved"),
            "webhook  publish  wix.ecom.v1.order_approved",
        ),
        (
            line_of(level="WARNING", verdict="quarantine", reason="signature_unknown"),
            "webhook  quarantine  signature_unknown",
        ),
        (
            line_of(**ACTION, door="event"),
            "wix/wix.ecom.v1.order_approved -> fulfill_approved_order  done  0.80 s",
        ),
        (line_of(level="INFO", leftAlone="unpaid"), "order left alone  unpaid"),
    ],
)
def test_what_happens_is_read_from_a_line_of_the_log(line: str, text: str) -> None:
    assert feed.readable(line) == text


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24 23:30:17 INFO [lambda] Lambda wix-admin-Refund output:",
        line_of(**ACTION, door="http"),
        line_of(event="wix.ecom.v1.order_approved", source="wix"),
        line_of(_aws={}, action="refund_order", outcome="done", verdict="publish"),
        "[]",
    ],
    ids=["the stand-in's own", "a call's, as the API has it", "a webhook's", "metrics", "other"],
)
def test_what_other_lines_say_already_is_not_said_again(line: str) -> None:
    assert feed.readable(line) is None


def test_the_log_is_followed_from_its_end_and_line_by_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(line_of(event="Before", source="shop") + "\n")
    event = line_of(event="After", source="shop")

    pieces = iter([event[:9], event[9:], "\n"])

    def appended(_seconds: float) -> None:
        with log.open("a") as file:
            file.write(next(pieces))

    said = next(feed.follow(log, sleep=appended))

    assert said.endswith("  event  After  from shop")


@pytest.mark.parametrize(
    ("output", "no_color", "text"),
    [
        ("a terminal", "", "\033[32m200\033[0m"),
        ("a terminal", "1", "200"),
        ("a file", "", "200"),
    ],
)
def test_only_a_terminal_gets_colours_and_only_if_wanted(
    output: str, no_color: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: output == "a terminal")

    assert styled("200", GREEN) == text
