"""Messages of a queue, in the batches in which Lambda hands them over."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

type Json = dict[str, Any]

logger = Logger()


def work_off(batch: Json, name: str, act: Callable[[str], object]) -> Json:
    """Act on the body of each message; those that fail stay in the queue."""
    failed = []
    for record in batch["Records"]:
        try:
            act(record["body"])
        except Exception:
            logger.exception("failed", extra={"action": name})
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            logger.info("done", extra={"action": name})
    return {"batchItemFailures": failed}
