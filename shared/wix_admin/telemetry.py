"""One structured log line and one set of metrics for each admin action.

Neither ever holds a token, a key, a body or personal data: only ids, codes, counts and times.
"""

import logging
import traceback
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.client import Traffic

logger = Logger()
"""Powertools' logger; the template sets service name and level."""

metrics = Metrics(namespace="WixAdmin")

# They log each call at INFO, which our own line tells too, and at DEBUG what was sent and answered.
for library in ("botocore", "httpcore", "httpx", "urllib3"):
    logging.getLogger(library).setLevel(logging.WARNING)


def count_auth_event(event: str) -> None:
    """Count what the auth layer does: token exchanges, re-read secrets, refused credentials."""
    metrics.add_metric(name=f"Auth.{event}", unit=MetricUnit.Count, value=1)


def whereabouts(fault: Exception) -> dict[str, Any]:
    """Return what a log line may say of a fault of ours: not its text, which may hold anything."""
    frames = traceback.extract_tb(fault.__traceback__)
    return {
        "error": type(fault).__name__,
        "at": [f"{each.filename}:{each.lineno} {each.name}" for each in frames],
    }


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
    try:
        _count(action, outcome, seconds, traffic)
    except Exception as error:  # noqa: BLE001  # what was done is answered, counted or not
        metrics.clear_metrics()
        kind = type(error).__name__
        # Without its text and trace, which may hold anything.
        logger.error("The metrics of this call are lost", extra={"error": kind})  # noqa: TRY400


def _count(action: str, outcome: str, seconds: float, traffic: Traffic) -> None:
    metrics.add_dimension(name="action", value=action)
    metrics.add_dimension(name="outcome", value=outcome)
    metrics.add_metric(name="Actions", unit=MetricUnit.Count, value=1)
    metrics.add_metric(name="Duration", unit=MetricUnit.Milliseconds, value=seconds * 1000)
    metrics.add_metric(name="WixCalls", unit=MetricUnit.Count, value=len(traffic.exchanges))
    metrics.add_metric(name="WixDuration", unit=MetricUnit.Milliseconds, value=traffic.milliseconds)
    metrics.flush_metrics()
