"""The functions of members, products, stock and bookings, each at each of its doors."""

import json
import time
import uuid
from typing import Any

import pytest

from tests import template
from tests.contract.functions import DOORS, Door, Functions, answered, marks_in
from tests.contract.ledger import Ledger
from tests.samples import EVENTS, READERS, SEEDS, named, waiting
from tests.wix_simulator import WixSimulator

AREAS = ("members", "products", "inventory", "bookings")
ACTIONS = [each for each in template.actions() if each.split("/", maxsplit=1)[0] in AREAS]
WRITERS = [each for each in ACTIONS if each.split("/")[1] not in READERS]
CHORES = ("approve_pending_members", "confirm_pending_bookings", "report_low_stock")


def event_for(action: str, door: Door, wix: WixSimulator, key: str) -> Any:
    """A function's sample, as if it came now and were about something new."""
    area, function = action.split("/")
    suffix = "" if door == "direct" else f".{door}"
    real = SEEDS[area](function, wix)
    event = json.loads(named((EVENTS / f"{action}{suffix}.json").read_text(), real))
    if door == "http":
        event["requestContext"]["requestTimeEpoch"] = round(time.time() * 1000)
        event["headers"]["Idempotency-Key"] = key
        event["multiValueHeaders"]["Idempotency-Key"] = [key]
    elif function not in READERS:
        (event["detail"] if door == "event" else event)["idempotencyKey"] = key
    return event


@pytest.mark.parametrize("action", ACTIONS)
def test_a_sample_is_answered_alike_at_each_door(
    functions: Functions, wix: WixSimulator, action: str
) -> None:
    process = functions.warm(action.split("/")[1])

    answers = [
        answered(door, process.invoke(event_for(action, door, wix, str(uuid.uuid4()))))
        for door in DOORS
    ]

    first, *others = ({*each} - {"cursor"} for each in answers)
    assert all(each == first for each in others)
    assert all(each.get("complete", True) and not each.get("refused") for each in answers)
    assert all(each["items"] for each in answers if "items" in each)


@pytest.mark.parametrize("action", WRITERS)
def test_a_change_is_made_once_under_its_key(
    functions: Functions, wix: WixSimulator, action: str
) -> None:
    event = event_for(action, "http", wix, str(uuid.uuid4()))
    process = functions.warm(action.split("/")[1])

    first = process.invoke(event)
    done = effects(wix)
    again = process.invoke(event)

    assert answered("http", again) == answered("http", first)
    assert again.result["headers"]["Idempotent-Replayed"] == "true"
    assert done
    assert effects(wix) == done


@pytest.mark.parametrize("action", WRITERS)
def test_a_dry_run_tells_what_would_be_sent_and_changes_nothing(
    functions: Functions, wix: WixSimulator, ledger: Ledger, action: str
) -> None:
    event = event_for(action, "direct", wix, str(uuid.uuid4()))
    remembered = ledger.count()
    process = functions.warm(action.split("/")[1])

    told = answered("direct", process.invoke({**event, "dryRun": True}))
    quiet, kept = effects(wix), ledger.count()
    real = process.invoke(event)

    assert told["dryRun"] is True
    assert (quiet, kept) == ([], remembered)
    assert ledger.count() > remembered
    assert real.error is None
    assert [each["path"] for each in told["requests"]] == effects(wix)
    assert not marks_in(functions.output(process))


@pytest.mark.parametrize("chore", CHORES)
def test_a_chore_is_done_and_its_dry_run_does_nothing(
    functions: Functions, wix: WixSimulator, ledger: Ledger, chore: str
) -> None:
    waiting(chore, wix)
    remembered = ledger.count()
    process = functions.warm(chore)

    told = answered("direct", process.invoke({"dryRun": True}))
    quiet = effects(wix)
    done = answered("direct", process.invoke({}))

    assert told["dryRun"] is True
    assert quiet == []
    assert done.get("complete", True)
    assert [each["path"] for each in told["requests"]] == effects(wix)
    assert ledger.count() == remembered
    assert not marks_in(functions.output(process))


def effects(wix: WixSimulator) -> list[str]:
    """The paths of all calls that changed something at the site."""
    requests = [each for each in wix.requests() if not each.path.startswith("/oauth2/")]
    return [each.path for each in requests if each.effect]
