"""What each function is given to do: its sample event, as if it came now, about something new."""

import time
import uuid

from tests.actions import ACTIONS
from tests.events import queue_batch
from tests.samples import SEEDS, new_order, sample_event, waiting
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.errors import Json
from tests.wix_simulator.webhooks import APPROVED


def event_for(name: str, wix: WixSimulator) -> Json:
    """Make something new, and an event about it for an action."""
    action = ACTIONS[name]
    match action.area:
        case "webhooks":
            return _delivered(delivery(wix, new_order(wix)))
        case "schedules":
            waiting(action.stem, wix)
            return action.sample
    key = str(uuid.uuid4()) if action.writes else None
    return sample_event(action, "http", SEEDS[action.area](action.stem, wix), key=key)


def delivery(wix: WixSimulator, order: Json) -> str:
    """What Wix posts when an order is approved, signed."""
    return wix.webhooks.token(APPROVED, order["id"], {"actionEvent": {"body": {"order": order}}})


def _delivered(token: str) -> Json:
    """A delivery that has just come into its queue."""
    batch = queue_batch(delivery=token)
    [record] = batch["Records"]
    arrived_at = {"stringValue": str(round(time.time() * 1000)), "dataType": "Number"}
    record["messageAttributes"]["arrivedAt"] = arrived_at
    return batch
