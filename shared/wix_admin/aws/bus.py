"""Our EventBridge bus: what happened at Wix, and what we did about it, for anybody's rules."""

import json
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

from wix_admin.errors import BusUnavailableError, UnpublishableError, out_of_service
from wix_admin.models import Json

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

type Source = Literal["wix", "wix-admin"]
"""Who says so: Wix, by a webhook, or this bundle."""

MAX_TYPE_CHARACTERS = 128
MAX_ENTRY_BYTES = 1_048_576
"""EventBridge counts source, detail type and detail, and takes less than this."""

REFUSALS = {"ValidationException", "InvalidArgument", "MalformedDetail"}
"""EventBridge's codes for what it would refuse again."""


class EventBus:
    """Publishes events, each at least once.

    Args:
        name: The bus.
        client: A boto3 EventBridge client.
    """

    def __init__(self, name: str, client: "EventBridgeClient") -> None:
        self._name = name
        self._client = client

    def publish(self, source: Source, detail_type: str, detail: Json) -> None:
        """Put one event on the bus.

        Needs the IAM action `events:PutEvents` on the bus.

        Raises:
            UnpublishableError: If the event is too large, its type is too long, or it is not JSON.
            BusUnavailableError: If the bus did not take it, or its answer was lost; publishing it
                again is harmless to whoever minds its `id`.
        """
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": self._name,
            "Source": source,
            "DetailType": detail_type,
            "Detail": _text(source, detail_type, detail),
        }
        try:
            reply = self._client.put_events(Entries=[entry])
        except ClientError as error:
            raise _refused(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise _refused(type(error).__name__) from error
        # PutEvents answers 200 for entries that it did not take, too.
        if reply["FailedEntryCount"]:
            raise _refused(reply["Entries"][0].get("ErrorCode", "no reason given"))


def _text(source: Source, detail_type: str, detail: Json) -> str:
    if len(detail_type) > MAX_TYPE_CHARACTERS:
        raise UnpublishableError(f"The event's type has more than {MAX_TYPE_CHARACTERS} characters")
    try:
        text = json.dumps(detail, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(f"{source}{detail_type}{text}".encode())
    except ValueError:
        # Without its text and cause, which hold what could not be written.
        raise UnpublishableError("The event cannot be written as JSON in UTF-8") from None
    if size >= MAX_ENTRY_BYTES:
        raise UnpublishableError(f"The event has {size} bytes; it must be below {MAX_ENTRY_BYTES}")
    return text


def _refused(reason: str) -> UnpublishableError | BusUnavailableError:
    if reason in REFUSALS:
        return UnpublishableError(f"The event bus refused an event ({reason})")
    return BusUnavailableError(
        out_of_service("The event bus did not take an event", reason, check="EVENT_BUS_NAME")
    )
