"""The process's log and metrics.

Neither ever holds a token, a key, a body or personal data: only ids, codes, counts and times.
"""

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
"""Powertools' logger; the template sets service name and level."""

metrics = Metrics(namespace="WixAdmin")

# They log each call at INFO, as our own line does, and at DEBUG what was sent and answered.
for library in ("botocore", "httpcore", "httpx", "urllib3"):
    logging.getLogger(library).setLevel(logging.WARNING)


def count_auth_event(event: str) -> None:
    """Count what the auth layer does: tokens bought or refused, secrets re-read, failures."""
    metrics.add_metric(name=f"Auth.{event}", unit=MetricUnit.Count, value=1)


def stack_summary(fault: Exception) -> dict[str, Any]:
    """Return what a log line may say of a fault of ours: not its text, which may hold anything."""
    frames = traceback.extract_tb(fault.__traceback__)
    return {
        "error": type(fault).__name__,
        "at": [f"{each.filename}:{each.lineno} {each.name}" for each in frames],
    }


def count(dimensions: Mapping[str, str], measured: Mapping[str, tuple[MetricUnit, float]]) -> None:
    """Write one set of metrics, with all that was added before; raises nothing.

    Args:
        dimensions: What was measured.
        measured: Each metric's unit and value.
    """
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
