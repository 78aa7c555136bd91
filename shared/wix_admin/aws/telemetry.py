"""One structured log line and one set of metrics for each admin action, and each webhook.

Neither ever holds a token, a key, a body or personal data: only ids, codes, counts and times.
"""

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.wix.client import Traffic

logger = Logger()
"""Powertools' logger; the template sets service name and level."""

metrics = Metrics(namespace="WixAdmin")

# They log each call at INFO, which our own line tells too, and at DEBUG what was sent and answered.
for library in ("botocore", "httpcore", "httpx", "urllib3"):
    logging.getLogger(library).setLevel(logging.WARNING)


def count_auth_event(event: str) -> None:
    """Count what the auth layer does: tokens bought or refused, secrets re-read, failures."""
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
    _count(
        {"action": action, "outcome": outcome},
        {
            "Actions": (MetricUnit.Count, 1),
            "Duration": (MetricUnit.Milliseconds, seconds * 1000),
            "WixCalls": (MetricUnit.Count, len(traffic.exchanges)),
            "WixDuration": (MetricUnit.Milliseconds, traffic.milliseconds),
        },
    )


def record_verdict(*, verdict: str, age_seconds: float, **about: Any) -> None:
    """Write what became of a webhook's delivery to the log and the metrics; raises nothing.

    Args:
        verdict: `publish`, `quarantine`, `drop` or `retry`.
        age_seconds: The time since it arrived, which tells how far behind we are.
        about: More for the log line: the reason, ids.
    """
    log = logger.info if verdict == "publish" else logger.warning
    log(f"webhook: {verdict}", extra={"verdict": verdict, **about})
    _count(
        {"verdict": verdict},
        {
            "Webhooks": (MetricUnit.Count, 1),
            "WebhookAge": (MetricUnit.Milliseconds, max(0.0, age_seconds * 1000)),
        },
    )


def _count(dimensions: Mapping[str, str], measured: Mapping[str, tuple[MetricUnit, float]]) -> None:
    try:
        for name, text in dimensions.items():
            metrics.add_dimension(name=name, value=text)
        for name, (unit, value) in measured.items():
            metrics.add_metric(name=name, unit=unit, value=value)
        metrics.flush_metrics()
    except Exception as error:  # noqa: BLE001  # what was done is answered, counted or not
        metrics.clear_metrics()
        kind = type(error).__name__
        # Without its text and trace, which may hold anything.
        logger.error("The metrics of this call are lost", extra={"error": kind})  # noqa: TRY400
