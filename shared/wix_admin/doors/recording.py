"""One structured log line and one set of metrics for each call of an admin action."""

import time
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.aws.telemetry import count, logger
from wix_admin.doors.call import Call, Done, Outcome
from wix_admin.errors import AdminError
from wix_admin.problems import code_of
from wix_admin.wix.traffic import Traffic


def record(action: str, call: Call, outcome: Outcome, traffic: Traffic, **about: Any) -> None:
    """Write what came of a call to the log and the metrics; raises nothing.

    Args:
        action: The function's name.
        call: What was asked.
        outcome: What came of it: `done`, `replayed`, or the code of the problem.
        traffic: What was sent to Wix.
        about: More for the log line: ids, and what is known of a failure.
    """
    name = _name_of(outcome)
    if isinstance(outcome, AdminError) and outcome.replayed:
        about["replayed"] = True
    seconds = time.monotonic() - call.began_at
    log = logger.info if isinstance(outcome, Done) else logger.warning
    log(
        f"{action}: {name}",
        extra={
            "action": action,
            "outcome": name,
            "milliseconds": round(seconds * 1000),
            "wixMilliseconds": traffic.milliseconds,
            "wixCalls": [
                {
                    "operation": exchange.operation,
                    "outcome": exchange.outcome,
                    "milliseconds": exchange.milliseconds,
                    "wixRequestId": exchange.wix_request_id,
                }
                for exchange in traffic.exchanges
            ],
            "door": call.door,
            "caller": asdict(call.caller),
            "requestId": call.request_id,
            "invocationId": call.invocation_id,
            **about,
        },
    )
    count(
        {"action": action, "outcome": name},
        {
            "Actions": (MetricUnit.Count, 1),
            "Duration": (MetricUnit.Milliseconds, seconds * 1000),
            "WixCalls": (MetricUnit.Count, len(traffic.exchanges)),
            "WixDuration": (MetricUnit.Milliseconds, traffic.milliseconds),
        },
    )


def _name_of(outcome: Outcome) -> str:
    if isinstance(outcome, Done):
        return "replayed" if outcome.replayed else "done"
    return code_of(outcome)
