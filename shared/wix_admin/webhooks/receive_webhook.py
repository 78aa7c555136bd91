"""Receiving deliveries: one verdict for each message of the inbox.

* publish: it is Wix's and ours, and is on our event bus, at least once
* quarantine: a wrong key or list of instances looks like it, so it is kept for `redriving`
* drop: Wix sends nothing that looks like it
* retry: it cannot be judged or handed on now, so it stays in the inbox
"""

import time

from wix_admin.aws.queues import Message, fitting, milliseconds, text
from wix_admin.errors import AdminError, UnpublishableError
from wix_admin.models import Json
from wix_admin.problems import code_of
from wix_admin.process import event_bus
from wix_admin.webhooks.verdicts import (
    ARRIVED_AT,
    arrived_at,
    described,
    quarantine,
    record_verdict,
    verified,
)
from wix_webhooks import MalformedError, UntrustedError


def receive(message: Message) -> None:
    """Give a message its verdict, and tell log and metrics.

    Raises:
        SettingsError: If the verifier is not configured: retry.
        BusUnavailableError: If the event could not be published: retry.
        QueueUnavailableError: If it could not be put into the quarantine: retry.
    """
    about: Json = {"messageId": message.id}
    verdict = "retry"
    try:
        verdict = _verdict(message, about)
    except AdminError as error:
        about |= {"reason": code_of(error), "detail": str(error)}
        raise
    except Exception:
        about["reason"] = "internal_error"
        raise
    finally:
        age = time.time() - arrived_at(message)
        record_verdict(verdict=verdict, age_seconds=age, **about)


def _verdict(message: Message, about: Json) -> str:
    """Judge a message and act on it; return its verdict, and add to what is said about it."""
    try:
        event = verified(message)
        about |= described(event)
        event_bus().publish("wix", event.type, event.detail())
    except MalformedError as error:
        about |= {"reason": error.reason, "detail": str(error)}
        return "drop"
    except UntrustedError as error:
        about |= {"reason": error.reason, "detail": str(error)}
    except UnpublishableError as error:
        about |= {"reason": error.code, "detail": str(error)}
    else:
        return "publish"
    _keep(message, about["reason"])
    return "quarantine"


def _keep(message: Message, reason: str) -> None:
    attributes = {
        ARRIVED_AT: milliseconds(arrived_at(message)),
        "reason": text(reason),
        "quarantinedAt": milliseconds(time.time()),
    }
    quarantine().send(message.body, fitting(message.body, attributes))
