"""A function of each kind in a process of its own, at each of its doors.

That every sample is taken at every door is shown in one process (`unit/test_samples.py`), and
that every function runs with what the template gives it on the deployed stack.
"""

import uuid
from typing import Any

import pytest

from tests.actions import ACTIONS as ALL
from tests.actions import Action
from tests.contract.functions import Functions, answered, marks_in
from tests.contract.ledger import Ledger
from tests.events import DOORS, Door
from tests.samples import SEEDS, sample_event, waiting
from tests.wix_simulator import WixSimulator

WRITERS = [
    ALL[name]
    for name in ("members/create_member", "inventory/update_inventory", "bookings/confirm_booking")
]
"""What makes something, what has many items in one request, and what changes one thing."""

ACTIONS = [ALL["products/query_products"], *WRITERS]
CHORE = "approve_pending_members"


def event_for(action: Action, door: Door, wix: WixSimulator) -> Any:
    """A function's sample, as if it came now and were about something new."""
    key = str(uuid.uuid4()) if action.writes else None
    return sample_event(action, door, SEEDS[action.area](action.stem, wix), key=key)


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_a_sample_is_answered_alike_at_each_door(
    functions: Functions, wix: WixSimulator, action: Action
) -> None:
    wix.catalog.add_product()
    process = functions.warm(action.stem)

    answers = [answered(door, process.invoke(event_for(action, door, wix))) for door in DOORS]

    first, *others = ({*each} - {"cursor"} for each in answers)
    assert all(each == first for each in others)
    assert all(each.get("complete", True) and not each.get("refused") for each in answers)
    assert all(each["items"] for each in answers if "items" in each)


@pytest.mark.parametrize("action", WRITERS, ids=str)
def test_a_change_is_made_once_under_its_key(
    functions: Functions, wix: WixSimulator, action: Action
) -> None:
    event = event_for(action, "http", wix)
    process = functions.warm(action.stem)

    first = process.invoke(event)
    done = effects(wix)
    again = process.invoke(event)

    assert answered("http", again) == answered("http", first)
    assert again.result["headers"]["Idempotent-Replayed"] == "true"
    assert done
    assert effects(wix) == done


@pytest.mark.parametrize("action", WRITERS, ids=str)
def test_a_dry_run_tells_what_would_be_sent_and_changes_nothing(
    functions: Functions, wix: WixSimulator, ledger: Ledger, action: Action
) -> None:
    event = event_for(action, "direct", wix)
    remembered = ledger.count()
    process = functions.warm(action.stem)

    told = answered("direct", process.invoke({**event, "dryRun": True}))
    quiet, kept = effects(wix), ledger.count()
    real = process.invoke(event)

    assert told["dryRun"] is True
    assert (quiet, kept) == ([], remembered)
    assert ledger.count() > remembered
    assert real.error is None
    assert [each["path"] for each in told["requests"]] == effects(wix)
    assert not marks_in(functions.output(process))


def test_a_chore_is_done_and_its_dry_run_does_nothing(
    functions: Functions, wix: WixSimulator, ledger: Ledger
) -> None:
    waiting(CHORE, wix)
    remembered = ledger.count()
    process = functions.warm(CHORE)

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
