"""Our EventBridge bus: what happened at Wix, and what we did about it, for anybody's rules."""

import json
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

from wix_admin.errors import BusUnavailableError
from wix_admin.models import Json

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

type Source = Literal["wix", "wix-admin"]
"""Who says so: Wix, by a webhook, or this bundle."""


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
            BusUnavailableError: If the bus did not take it, or its answer was lost; publishing it
                again is harmless to whoever minds its `id`.
        """
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": self._name,
            "Source": source,
            "DetailType": detail_type,
            "Detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
        }
        try:
            reply = self._client.put_events(Entries=[entry])
        except ClientError as error:
            raise _unavailable(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise _unavailable(type(error).__name__) from error
        # PutEvents answers 200 for entries that it did not take, too.
        if reply["FailedEntryCount"]:
            raise _unavailable(reply["Entries"][0].get("ErrorCode", "no reason given"))


def _unavailable(reason: str) -> BusUnavailableError:
    return BusUnavailableError(
        f"The event bus did not take an event ({reason}): ask again later, and check"
        " EVENT_BUS_NAME and the function's role if it lasts"
    )
