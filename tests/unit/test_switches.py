"""Whatever Wix leaves open, crossed with everything that changes the shop.

Each switch of the simulator, at each value that is not its default, meets each change: as a
request of a process whose token has just died, as the same request again, and under another key.
What callers get and what was done to the shop is the same as ever (`USUAL`), unless `DIFFERS`
says otherwise.
"""

import json
import typing
import uuid
from collections.abc import Callable, Iterator
from dataclasses import fields
from itertools import product
from typing import Any, Literal

import httpx
import pytest

from tests.actions import ACTIONS, ROUTED
from tests.conftest import NOWHERE
from tests.samples import (
    SAMPLE_NEW_SKU,
    SAMPLE_SKU,
    SAMPLE_VARIANT,
    SEEDS,
    WAITING_DOMAIN,
    WAITING_SERVICE,
    new_order,
    sample_event,
    waiting,
)
from tests.unit.automations.calls import approved, dispatched
from tests.unit.bus import Bus
from tests.unit.calls import Context, handler_of
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.store import CatalogVersion
from tests.wix_simulator.switches import Switches
from tests.wix_simulator.transport import SimulatorTransport
from wix_admin import process
from wix_admin.errors import AdminError
from wix_admin.problems import code_of
from wix_auth.auth import WixAuth
from wix_auth.secrets import SecretReader

LAG_SECONDS = 120
"""Longer than any action waits for what it changed."""

OTHER_NUMBERS = {
    "token_lifetime_seconds": 300,
    "requests_per_minute": 200,
    "rate_limit_retry_after": 1,
    "cursor_lifetime_seconds": 1,
}
"""What the switches are set to that are numbers, but no lags."""

type Outcome = tuple[str, int]
"""What a caller got, and how many calls had changed the shop by then."""

type Setting = tuple[str, Any]
"""A switch and its value."""

type Ask = Callable[[str], str]
"""Asks for a change under a key, and says what came of it."""


def settings() -> list[Setting]:
    """Each switch with each value that is not its default."""
    kinds = typing.get_type_hints(Switches)
    found: list[Setting] = []
    for switch in fields(Switches):
        kind = kinds[switch.name]
        if typing.get_origin(kind) is Literal:
            values = [value for value in typing.get_args(kind) if value != switch.default]
        elif kind is bool:
            values = [not switch.default]
        else:
            values = [OTHER_NUMBERS.get(switch.name, LAG_SECONDS)]
        found += [(switch.name, value) for value in values]
    return found


def by_http(action: str, catalog: CatalogVersion = "V3_CATALOG") -> Callable[[WixSimulator], Ask]:
    """A change by its sample, as if it came now, about something new."""

    def prepare(wix: WixSimulator) -> Ask:
        wix.catalog.version = catalog
        called = ACTIONS[action]
        seed = old_catalog if catalog == "V1_CATALOG" else SEEDS[called.area]
        real = seed(called.stem, wix)

        def ask(key: str) -> str:
            answer = called.handler(sample_event(called, "http", real, key=key), Context())
            body = json.loads(answer["body"])
            replayed = "replayed" if "Idempotent-Replayed" in answer["headers"] else ""
            said = [str(answer["statusCode"]), body.get("code", ""), not_done(body), replayed]
            return " ".join(filter(None, said))

        return ask

    return prepare


def old_catalog(function: str, wix: WixSimulator) -> dict[str, str]:
    """What a sample names, on a site with catalog V1: products whose stock is set later."""
    if function == "create_product":
        return {SAMPLE_NEW_SKU: uuid.uuid4().hex, ', "quantity": 12': ""}
    mug, beans = uuid.uuid4().hex, uuid.uuid4().hex
    for sku in (mug, beans):
        wix.catalog.add_product(name=sku, sku=sku, quantity=50)
    by_sku = {f'"variantId": "{SAMPLE_VARIANT}': f'"sku": "{beans}'}
    return {SAMPLE_SKU: mug, **by_sku}


def not_done(answer: dict[str, Any]) -> str:
    """What became of the items of a batch, if it is not simply done."""
    results = [each["status"] for each in answer.get("results", [])]
    return ", ".join(results) if set(results) - {"done"} else ""


def by_event(
    action: str, make: Callable[[str, str], dict[str, Any]]
) -> Callable[[WixSimulator], Ask]:
    """A change by an event about a new order."""

    def prepare(wix: WixSimulator) -> Ask:
        order = new_order(wix)
        return lambda key: _invoked(action, make(order["id"], key))

    return prepare


def by_schedule(action: str) -> Callable[[WixSimulator], Ask]:
    """A change that a schedule makes."""

    def prepare(wix: WixSimulator) -> Ask:
        waiting(action.split("/")[1], wix)
        return lambda _key: _invoked(action, {})

    return prepare


def _invoked(action: str, event: dict[str, Any]) -> str:
    try:
        answer = handler_of(action)(event, Context())
    except AdminError as error:
        return code_of(error)
    return str(answer.get("leftAlone") or ("failed" if answer.get("failed") else "done"))


CHANGES: dict[str, Callable[[WixSimulator], Ask]] = {
    **{action.name: by_http(action.name) for action in ROUTED if action.writes},
    "products/create_product on V1": by_http("products/create_product", "V1_CATALOG"),
    "inventory/update_inventory on V1": by_http("inventory/update_inventory", "V1_CATALOG"),
    "automations/fulfill_approved_order": by_event(
        "automations/fulfill_approved_order", lambda order_id, key: approved(order_id, id=key)
    ),
    "automations/fulfill_dispatched_shipment": by_event(
        "automations/fulfill_dispatched_shipment",
        lambda order_id, key: dispatched(order_id, dispatchId=key, trackingNumber=key),
    ),
    "schedules/approve_pending_members": by_schedule("schedules/approve_pending_members"),
    "schedules/confirm_pending_bookings": by_schedule("schedules/confirm_pending_bookings"),
}


USUALLY: Setting = ("as", "usual")
"""No switch is moved."""

DONE_ONCE: list[Outcome] = [("200", 1), ("200 replayed", 1), ("200", 1)]
DONE_TWICE: list[Outcome] = [("200", 1), ("200 replayed", 1), ("200", 2)]
ACTED_ONCE: list[Outcome] = [("done", 1), ("done", 1), ("done", 1)]

USUAL: dict[str, list[Outcome]] = dict.fromkeys(CHANGES, DONE_TWICE) | {
    "members/create_member": [("200", 1), ("200 replayed", 1), ("409 conflict", 1)],
    "members/delete_member": [("200", 1), ("200 replayed", 1), ("404 not_found", 1)],
    "products/create_product": [("200", 1), ("200 replayed", 1), ("409 conflict", 2)],
    "inventory/update_inventory": [("200", 2), ("200 replayed", 2), ("200", 4)],
    "inventory/update_inventory on V1": [("200", 2), ("200 replayed", 2), ("200", 4)],
    "orders/cancel_order": DONE_ONCE,
    "orders/fulfill_order": DONE_ONCE,
    "orders/record_payment": [("200", 1), ("200 replayed", 1), ("422 exceeds_balance", 1)],
    "bookings/confirm_booking": DONE_ONCE,
    "bookings/decline_booking": DONE_ONCE,
    "bookings/cancel_booking": DONE_ONCE,
    "bookings/reschedule_booking": DONE_ONCE,
    "automations/fulfill_approved_order": ACTED_ONCE,
    "automations/fulfill_dispatched_shipment": [("done", 1), ("done", 1), ("done", 2)],
    "schedules/approve_pending_members": ACTED_ONCE,
    "schedules/confirm_pending_bookings": ACTED_ONCE,
}
"""What comes of a request, of the same again, and of one under another key, which is another change
unless it says otherwise here.

A bulk call that creates nothing counts as a change, as Wix answers it with 200.
"""

BOOKINGS_LAG: Setting = ("booking_reader_lag_seconds", LAG_SECONDS)

DIFFERS: dict[tuple[str, Setting], list[Outcome]] = {
    # Who reads an old booking acts on an old revision, and is told so.
    ("bookings/confirm_booking", BOOKINGS_LAG): [
        ("200", 1), ("200 replayed", 1), ("409 changed_meanwhile", 1),
    ],
    ("bookings/decline_booking", BOOKINGS_LAG): [
        ("200", 1), ("200 replayed", 1), ("409 changed_meanwhile", 1),
    ],
    ("bookings/cancel_booking", BOOKINGS_LAG): [
        ("200", 1), ("200 replayed", 1), ("409 changed_meanwhile", 1),
    ],
    # The booking itself is in the way, where it seems to be still elsewhere.
    ("bookings/reschedule_booking", BOOKINGS_LAG): [
        ("200", 1), ("200 replayed", 1), ("409 slot_taken", 1),
    ],
    # What the reader still shows as pending is tried again, at a revision that is over.
    ("schedules/confirm_pending_bookings", BOOKINGS_LAG): [
        ("done", 1), ("failed", 1), ("failed", 1),
    ],
}  # fmt: skip
"""Where a switch does change what comes of it, and why that is right."""


@pytest.fixture(scope="module")
def simulator() -> WixSimulator:
    wix = WixSimulator(seed=7)
    wix.url = NOWHERE
    return wix


@pytest.fixture(scope="module")
def secrets(simulator: WixSimulator, secret_arn: str) -> Iterator[SecretReader]:
    """What changes nothing from test to test: the credential, a bus, and what schedules let in."""
    with pytest.MonkeyPatch.context() as patch:
        Bus("events").up()
        patch.setenv("EVENT_BUS_NAME", "events")
        patch.setenv("AUTO_FULFILL", "digital")
        patch.setenv("APPROVE_MEMBERS", WAITING_DOMAIN)
        patch.setenv("CONFIRM_BOOKINGS", WAITING_SERVICE)
        yield SecretReader(secret_arn, now=simulator.now)


@pytest.fixture(autouse=True)
def surroundings(
    secrets: SecretReader, wix: WixSimulator, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wix without sockets, by whose time tokens live, and an empty ledger."""

    def connected(_arn: str, *, api_url: str, **options: Any) -> httpx.Client:
        auth = WixAuth(secrets, api_url=api_url, now=wix.now, **options)
        return httpx.Client(auth=auth, base_url=api_url, transport=SimulatorTransport(wix))

    monkeypatch.setattr(process, "wix_http_client", connected)


def outcomes(change: str, wix: WixSimulator, setting: Setting) -> list[Outcome]:
    ask = CHANGES[change](wix)
    process.wix_http().get("/any")  # buys a token
    wix.advance(2 * LAG_SECONDS)
    if setting != USUALLY:
        setattr(wix.switches, *setting)
    wix.kill_tokens()
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    return [(ask(key), effects(wix)) for key in (one, one, other)]


def effects(wix: WixSimulator) -> int:
    return sum(each.effect for each in wix.requests() if not each.path.startswith("/oauth2/"))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "setting", [USUALLY, *settings()], ids=lambda setting: "=".join(map(str, setting))
)
def test_what_wix_leaves_open_changes_nothing_for_callers_or_the_shop(
    change: str, setting: Setting, wix: WixSimulator
) -> None:
    expected = DIFFERS.get((change, setting), USUAL[change])

    assert outcomes(change, wix, setting) == expected


def test_each_exception_is_about_a_switch_and_a_change_that_there_are() -> None:
    assert USUAL.keys() == CHANGES.keys()
    assert DIFFERS.keys() <= set(product(CHANGES, settings()))
