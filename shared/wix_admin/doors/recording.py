"""One structured log line and one set of metrics for each call of an admin action."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.aws.telemetry import count, logger
from wix_admin.wix.traffic import Traffic


def record(*, action: str, outcome: str, seconds: float, traffic: Traffic, **about: Any) -> None:
    """Write what an action did to the log and the metrics; raises nothing.

    Args:
        action: The function's name.
        outcome: `done`, `replayed`, or the code of the problem.
        seconds: How long it took.
        traffic: What it sent to Wix.
        about: More for the log line: ids, who asked, through which door.
    """
    log = logger.info if outcome in {"done", "replayed"} else logger.warning
    log(
        f"{action}: {outcome}",
        extra={
            "action": action,
            "outcome": outcome,
            "milliseconds": round(seconds * 1000),
            "wixMilliseconds": traffic.milliseconds,
            "wixCalls": [
                {
                    "operation": each.operation,
                    "outcome": each.outcome,
                    "milliseconds": each.milliseconds,
                    "wixRequestId": each.wix_request_id,
                }
                for each in traffic.exchanges
            ],
            **about,
        },
    )
    count(
        {"action": action, "outcome": outcome},
        {
            "Actions": (MetricUnit.Count, 1),
            "Duration": (MetricUnit.Milliseconds, seconds * 1000),
            "WixCalls": (MetricUnit.Count, len(traffic.exchanges)),
            "WixDuration": (MetricUnit.Milliseconds, traffic.milliseconds),
        },
    )
