"""What each function is given to do: its sample event, as if it came now, about
something new."""

import json
import time
import uuid

from tests.samples import EVENTS, READERS, SEEDS, named, new_order, waiting
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.errors import Json
from tests.wix_simulator.webhooks import APPROVED


def event_for(area: str, function: str, wix: WixSimulator) -> Json:
    """Make something new, and an event about it for one of the functions of an area."""
    match area:
        case "webhooks":
            return _batch(delivery(wix, new_order(wix)))
        case "automations":
            return _batch(_sample(f"{area}/{function}.event", SEEDS["orders"](function, wix)))
        case "schedules":
            waiting(function, wix)
            event: Json = json.loads(_sample(f"{area}/{function}", {}))
            return {**event, "dryRun": False} if "dryRun" in event else event
    return _request(area, function, SEEDS[area](function, wix))


def delivery(wix: WixSimulator, order: Json) -> str:
    """What Wix posts when an order is approved, signed."""
    return wix.webhooks.token(APPROVED, order["id"], {"actionEvent": {"body": {"order": order}}})


def _request(area: str, function: str, real: dict[str, str]) -> Json:
    request: Json = json.loads(_sample(f"{area}/{function}.http", real))
    request["requestContext"]["requestTimeEpoch"] = round(time.time() * 1000)
    if function not in READERS:
        key = str(uuid.uuid4())
        request["headers"]["Idempotency-Key"] = key
        request["multiValueHeaders"]["Idempotency-Key"] = [key]
    return request


def _batch(body: str) -> Json:
    """One message of a queue, in the shape of the one sample that there is."""
    batch: Json = json.loads((EVENTS / "webhooks/receive_webhook.json").read_text())
    [record] = batch["Records"]
    now = str(round(time.time() * 1000))
    record["body"] = body
    record["attributes"] |= {"SentTimestamp": now, "ApproximateFirstReceiveTimestamp": now}
    record["messageAttributes"]["arrivedAt"]["stringValue"] = now
    return batch


def _sample(name: str, real: dict[str, str]) -> str:
    return named((EVENTS / f"{name}.json").read_text(), real)
