"""Judging a delivery: whether it is Wix's and ours, and was so in time."""

import time
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from wix_admin.aws.queues import Message, Queue
from wix_admin.aws.settings import Name, PublisherSettings
from wix_admin.aws.telemetry import count, logger
from wix_admin.errors import SettingsError
from wix_admin.models import Json
from wix_admin.process import queue_client
from wix_webhooks import NotConfiguredError, WebhookVerifier, WixEvent

ARRIVED_AT = "arrivedAt"
"""The attribute that says when a delivery arrived, in milliseconds since the epoch."""

LONGEST_WAY_SECONDS = 90 * 86_400
"""More than a delivery can spend in all our queues, redrives included."""

PARAMETERS = {
    "no_public_key": "WebhookPublicKeys",
    "public_key_unreadable": "WebhookPublicKeys",
    "no_instance_id": "WebhookInstanceIds",
}
"""The template's parameter to set, for each reason why nothing can be judged."""


class WebhookSettings(PublisherSettings):
    """What the template tells functions that judge what Wix delivered.

    Attributes:
        quarantine_url: The queue for deliveries that do not fit the configuration.
        wix_webhook_public_keys: The app's public keys, newest first, comma separated.
        wix_instance_ids: The app's installations whose webhooks are ours, comma separated.
    """

    quarantine_url: Name
    wix_webhook_public_keys: str = ""
    wix_instance_ids: str = ""


@cache
def verifier() -> WebhookVerifier:
    """Return what verifies deliveries, as this process was told.

    Raises:
        SettingsError: If the environment is wrong.
    """
    here = WebhookSettings.read()
    return WebhookVerifier(here.wix_webhook_public_keys, here.wix_instance_ids)


def quarantine() -> Queue:
    """Return the queue of deliveries that do not fit the configuration.

    Raises:
        SettingsError: If the environment is wrong, or names no quarantine.
    """
    return Queue(WebhookSettings.read().quarantine_url, queue_client())


def verified(message: Message) -> WixEvent:
    """Return the event that a queue's message delivers.

    Raises:
        SettingsError: If keys or instances are not configured.
        wix_webhooks.MalformedError: If Wix sends nothing that looks like it.
        wix_webhooks.UntrustedError: If it does not fit the keys, the instances or the time.
    """
    try:
        return verifier().verify(message.body, arrived_at(message), time.time())
    except NotConfiguredError as error:
        parameter = PARAMETERS[error.reason]
        raise SettingsError(f"Set the template's parameter {parameter} right. {error}") from None


def arrived_at(message: Message) -> float:
    """Return when a delivery arrived, in seconds since the epoch.

    That is what its attribute says, as a redrive makes a message new to SQS; without one that can
    be, when the message came into its queue.
    """
    try:
        said = float(message.attributes[ARRIVED_AT]["StringValue"]) / 1000
    except (KeyError, ValueError):
        return message.sent_at
    possible = message.sent_at - LONGEST_WAY_SECONDS < said < message.sent_at
    return said if possible else message.sent_at


def described(event: WixEvent) -> Json:
    """Return what a log line may say of an event."""
    return {
        "eventType": event.type,
        "eventId": event.id,
        "entityId": event.entity_id,
        "late": event.late,
    }


def record_verdict(*, verdict: str, age_seconds: float, **about: Any) -> None:
    """Write what became of a webhook's delivery to the log and the metrics; raises nothing.

    Args:
        verdict: `publish`, `quarantine`, `drop` or `retry`.
        age_seconds: The time since it arrived, which tells how far behind we are.
        about: More for the log line: the reason, ids.
    """
    log = logger.info if verdict == "publish" else logger.warning
    log(f"webhook: {verdict}", extra={"verdict": verdict, **about})
    count(
        {"verdict": verdict},
        {
            "Webhooks": (MetricUnit.Count, 1),
            "WebhookAge": (MetricUnit.Milliseconds, max(0.0, age_seconds * 1000)),
        },
    )
