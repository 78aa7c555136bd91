"""What a process prints: JSON lines only, so that logs can be searched and metrics are counted."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests import canaries
from tests.contract.changes import KEY, REFUND
from tests.contract.functions import Functions, http, marks_in, reply_in
from tests.events import queue_batch
from tests.wix_simulator import WixSimulator

type Line = dict[str, Any]

INVOKER = {"trust": "unknown", "name": "invoker"}
STOREFRONT = {
    "trust": "verified",
    "name": "arn:aws:sts::123456789012:assumed-role/StorefrontBackend",
}
QUEUE = {"trust": "asserted", "name": "queue"}


@dataclass(frozen=True)
class Printed:
    """What one process printed, line by line, and the order that it was about."""

    lines: list[str]
    order_id: str
    wix_request_ids: set[str]
    """Wix's ids of the calls that were made for orders."""

    @property
    def parsed(self) -> list[Line]:
        return [json.loads(each) for each in self.lines]

    @property
    def told(self) -> list[Line]:
        """The lines that tell of an action."""
        return [each for each in self.parsed if "outcome" in each and "_aws" not in each]

    @property
    def counted(self) -> list[Line]:
        """The lines that CloudWatch reads metrics from."""
        return [each for each in self.parsed if "_aws" in each]


@pytest.fixture(scope="module", params=["INFO", "DEBUG"])
def printed(
    request: pytest.FixtureRequest, functions: Functions, shared_wix: WixSimulator
) -> Printed:
    """A refund, the same again, one that is raised, and a batch, at one level of logging."""
    shared_wix.clear_journal()
    order_id = REFUND.new_order(shared_wix)
    body = {**REFUND.body, "reason": canaries.MESSAGE}
    event = http("refund_order", body, order_id=order_id, key=KEY)
    batch = queue_batch(
        poisoned=f"{{{canaries.MESSAGE}",
        good=json.dumps({**body, "orderId": order_id, "idempotencyKey": "from-queue"}),
    )
    with functions.fresh("refund_order", AWS_LAMBDA_LOG_LEVEL=request.param) as process:
        replies = [reply_in(process.invoke(event)) for _ in range(2)]
        raised = process.invoke({"orderId": order_id, **dict.fromkeys(canaries.NAMES, 1)})
        failures = process.invoke(batch).result["batchItemFailures"]
    assert [each.status for each in replies] == [200, 200]
    assert raised.error is not None
    assert failures == [{"itemIdentifier": "poisoned"}]
    return Printed(
        functions.output(process).splitlines(),
        order_id,
        {each.request_id for each in shared_wix.requests(path="/ecom/*")},
    )


def test_every_line_is_a_json_object(printed: Printed) -> None:
    assert printed.lines
    assert all(isinstance(each, dict) for each in printed.parsed)


def test_no_line_holds_a_secret_or_what_a_person_wrote(printed: Printed) -> None:
    assert not marks_in(printed.lines)


def test_each_action_is_told_once_and_counted_once(printed: Printed) -> None:
    expected = ["done", "replayed", "invalid_input", "invalid_input", "done"]

    assert [each["outcome"] for each in printed.told] == expected
    assert [each["outcome"] for each in printed.counted] == expected
    assert [each["level"] for each in printed.told] == [
        "INFO",
        "INFO",
        "WARNING",
        "WARNING",
        "INFO",
    ]


def test_a_line_tells_who_asked_for_what_and_what_wix_was_asked(printed: Printed) -> None:
    done, replayed, *_, from_queue = printed.told

    assert {each["action"] for each in printed.told} == {"refund_order"}
    assert {each["service"] for each in printed.told} == {"wix-admin"}
    assert [each["door"] for each in printed.told] == ["http", "http", "direct", "event", "event"]
    callers = [each["caller"] for each in printed.told]
    assert callers == [STOREFRONT, STOREFRONT, INVOKER, QUEUE, QUEUE]
    assert all(each["requestId"] for each in printed.told)
    assert {each["orderId"] for each in (done, replayed, from_queue)} == {printed.order_id}
    operations = [each["operation"] for each in done["wixCalls"]]
    assert operations == ["payments.list", "refunds.refundability", "refunds.refund"]
    assert replayed["wixCalls"] == []
    calls = [*done["wixCalls"], *from_queue["wixCalls"]]
    assert {each["wixRequestId"] for each in calls} == printed.wix_request_ids


def test_metrics_are_in_the_embedded_format(printed: Printed) -> None:
    for line in printed.counted:
        [directive] = line["_aws"]["CloudWatchMetrics"]
        names = {each["Name"] for each in directive["Metrics"]}
        assert directive["Namespace"] == "WixAdmin"
        assert [set(each) for each in directive["Dimensions"]] == [{"action", "outcome", "service"}]
        assert names >= {"Actions", "Duration", "WixCalls", "WixDuration"}
        assert all(line[name] for name in names)
        assert line["Actions"] == [1.0]

    assert [each["WixCalls"] for each in printed.counted] == [[3.0], [0.0], [0.0], [0.0], [3.0]]
    assert printed.counted[0]["Auth.token_exchanged"] == [1.0]


def test_a_raised_error_is_told_by_lambda_with_its_class(printed: Printed) -> None:
    [raised] = [each for each in printed.parsed if "errorType" in each]

    assert raised["level"] == "ERROR"
    assert raised["errorType"] == "InputError"
    assert "action.py" in "".join(raised["stackTrace"])


def test_libraries_say_nothing_of_calls_that_went_well(printed: Printed) -> None:
    others = [each.get("logger") for each in printed.parsed if "logger" in each]

    assert others == []
