"""The samples in events/ as they come through each door, and something at Wix to be about.

    python -m tests.samples http orders/fulfill_order

prints a request of API Gateway, which a function can be invoked with; so do `event` and `direct`.
"""

import argparse
import json
import sys
import uuid
from collections.abc import Callable, Mapping

from tests import template
from tests.actions import ACTIONS, ROUTED, Action
from tests.events import DOORS, Door, bus_event, http_event
from tests.wix_simulator import WixSimulator, card, line, offline
from tests.wix_simulator.booking_facade import BookingStatus
from tests.wix_simulator.errors import Json

SAMPLE_KEY = "5e0a8f1c-7a3b-4c7d-9f0e-2b1d6c4a8e90"
SAMPLE_MEMBER = "4c9f7a10-2f0e-4b86-9d55-0d8f3a1b7c01"
SAMPLE_LEAVING_MEMBER = "4c9f7a10-2f0e-4b86-9d55-0d8f3a1b7c02"
SAMPLE_MEMBERS = (SAMPLE_MEMBER, SAMPLE_LEAVING_MEMBER)
SAMPLE_EMAIL = "ada@example.com"
SAMPLE_ORDER = "a1a1a1a1-0000-4000-8000-00000000000a"
SAMPLE_UNPAID_ORDER = "a1a1a1a1-0000-4000-8000-00000000000b"
SAMPLE_UNWANTED_ORDER = "a1a1a1a1-0000-4000-8000-00000000000c"
SAMPLE_ORDERS = (SAMPLE_ORDER, SAMPLE_UNPAID_ORDER, SAMPLE_UNWANTED_ORDER)
SAMPLE_PAYMENT = "b0b0b0b0-0000-4000-8000-000000000001"
SAMPLE_LINE = "00000000-0000-0000-0000-000000000001"
SAMPLE_TRACKING = "1Z999AA10123456784"
SAMPLE_BOOKING = "a3d5f0c2-6b1e-4c7a-8f20-91e4d7b6aa01"
SAMPLE_UNWELCOME_BOOKING = "a3d5f0c2-6b1e-4c7a-8f20-91e4d7b6aa02"
SAMPLE_UNWANTED_BOOKING = "a3d5f0c2-6b1e-4c7a-8f20-91e4d7b6aa03"
SAMPLE_BOOKINGS = (SAMPLE_BOOKING, SAMPLE_UNWELCOME_BOOKING, SAMPLE_UNWANTED_BOOKING)
SAMPLE_SKU = "MUG-1"
SAMPLE_NEW_SKU = "MUG-2"
SAMPLE_VARIANT = "d0d0d0d0-0000-4000-8000-000000000001"
"""What the sample events name, to be replaced by what is in the shop."""

WAITING_DOMAIN = "waiting.example"
"""Where pending members come from whom the schedule is to approve."""

WAITING_SERVICE = "3a171109-0000-4000-8000-000000000001"
"""The service whose pending bookings the schedule is to confirm."""

SAMPLES = (
    *SAMPLE_MEMBERS,
    SAMPLE_EMAIL,
    SAMPLE_SKU,
    SAMPLE_NEW_SKU,
    SAMPLE_VARIANT,
    *SAMPLE_ORDERS,
    SAMPLE_PAYMENT,
    SAMPLE_TRACKING,
    *SAMPLE_BOOKINGS,
)

SAMPLE_START = "2030-03-04T09:00:00"
"""When the sample moves a booking to."""

MIXED = (line(2, "12.50", id=SAMPLE_LINE), line(price="9.99", kind="DIGITAL"))
"""Something to ship, and something to download."""


def named(text: str, real: Mapping[str, str]) -> str:
    """A sample's text about what is there at Wix."""
    for sample, there in real.items():
        text = text.replace(sample, there)
    return text


def sample_event(
    action: Action,
    door: Door,
    real: Mapping[str, str] | None = None,
    *,
    key: str | None = None,
) -> Json:
    """Make an action's sample come through a door, now.

    Args:
        action: Whose sample.
        door: How it comes.
        real: What is there at Wix, by what the sample calls it.
        key: Another idempotency key than the sample's, or one if it has none.
    """
    given: Json = json.loads(named(json.dumps(action.sample), real or {}))
    if key is not None:
        given["idempotencyKey"] = key
    if door == "http":
        return _request(action, given)
    if door == "event" and "Records" not in given:
        return bus_event(given, **_announced(action))
    return given


def specimen(action: Action, door: Door) -> Json:
    """Make an action's sample come through a door, the same whenever it is made or sent."""
    event = sample_event(action, door)
    if door == "http":
        event["requestContext"]["requestId"] = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
        del event["requestContext"]["requestTimeEpoch"]
    return event


def as_text(event: Json) -> str:
    """Write an event the way it is checked in."""
    return json.dumps(event, indent=2) + "\n"


def _request(action: Action, given: Json) -> Json:
    key = given.pop("idempotencyKey", None)
    path = {name: given.pop(name) for name in action.in_path}
    if action.has_body:
        return http_event(action, json.dumps(given), path=path, key=key)
    return http_event(action, path=path, query=given, key=key)


def _announced(action: Action) -> dict[str, str]:
    """Name the event that starts an action by itself, or else one that anybody could send."""
    source = template.source()
    function = source["Resources"][action.function]["Properties"]
    queues = [each["Properties"].get("Queue") for each in function.get("Events", {}).values()]
    for rule in template.of_type(source, "AWS::Events::Rule").values():
        if any(target["Arn"] in queues for target in rule["Properties"]["Targets"]):
            pattern = rule["Properties"]["EventPattern"]
            return {"source": pattern["source"][0], "detail_type": pattern["detail-type"][0]}
    return {"source": "back-office", "detail_type": action.stem.replace("_", " ").title()}


def order(function: str, wix: WixSimulator) -> dict[str, str]:
    """An order that the function can do something with."""
    order = new_order(wix, paid=function != "record_payment")
    real = dict.fromkeys(SAMPLE_ORDERS, str(order["id"]))
    real[SAMPLE_TRACKING] = f"1Z{uuid.uuid4().hex[:16].upper()}"
    if paid := wix.payment_ids(order["id"]):
        real[SAMPLE_PAYMENT] = paid[0]
    return real


def new_order(wix: WixSimulator, *, paid: bool = True) -> Json:
    """An order of something to ship and something to download."""
    return wix.add_order(lines=MIXED, payments=None if paid else ())


def _member(function: str, wix: WixSimulator) -> dict[str, str]:
    if function == "create_member":
        return {SAMPLE_EMAIL: f"{uuid.uuid4().hex[:12]}@example.com"}
    return dict.fromkeys(SAMPLE_MEMBERS, str(wix.members.add(status="PENDING")["id"]))


def _products(function: str, wix: WixSimulator) -> dict[str, str]:
    del function, wix
    return {SAMPLE_NEW_SKU: _sku()}


def _stock(function: str, wix: WixSimulator) -> dict[str, str]:
    quantity = 5 if function == "query_inventory" else 50
    mug, beans = (wix.catalog.add_product(sku=_sku(), quantity=quantity) for _ in range(2))
    return {
        SAMPLE_SKU: mug["variantsInfo"]["variants"][0]["sku"],
        SAMPLE_VARIANT: beans["variantsInfo"]["variants"][0]["id"],
    }


def _booking(function: str, wix: WixSimulator) -> dict[str, str]:
    """A booking that the function can do something with, and a free hour to move it to."""
    service = wix.bookings.add_service()["id"]
    wix.bookings.add_slot(service, SAMPLE_START)
    pending = function in {"confirm_booking", "decline_booking"}
    status: BookingStatus = "PENDING" if pending else "CONFIRMED"
    booking = wix.bookings.add(service_id=service, status=status)
    return dict.fromkeys(SAMPLE_BOOKINGS, str(booking["id"]))


def _sku() -> str:
    return uuid.uuid4().hex[:12].upper()


def waiting(function: str, wix: WixSimulator) -> None:
    """Make what one of the schedules is there for, and nothing that another one is there for."""
    match function:
        case "report_low_stock":
            wix.catalog.add_product(sku=_sku(), quantity=1)
        case "approve_pending_members":
            wix.members.add(email=f"{uuid.uuid4().hex[:12]}@{WAITING_DOMAIN}", status="PENDING")
        case "confirm_pending_bookings":
            if WAITING_SERVICE not in [each["id"] for each in wix.bookings.services]:
                wix.bookings.add_service(service_id=WAITING_SERVICE, approval=True)
            wix.bookings.add(service_id=WAITING_SERVICE, status="PENDING")


SEEDS: dict[str, Callable[[str, WixSimulator], dict[str, str]]] = {
    "members": _member,
    "products": _products,
    "inventory": _stock,
    "orders": order,
    "bookings": _booking,
}
"""For each area, how to make what a function's sample names; and what that is called at Wix."""


def put_samples(wix: WixSimulator) -> None:
    """Put into the shop what the sample events name, by the names that they use.

    What a sample ends (an order, a member, a booking) no other sample needs.
    """
    wix.add_order(
        order_id=SAMPLE_ORDER,
        lines=[
            line(4, "12.50", id=SAMPLE_LINE),
            line(price="9.00", kind="DIGITAL", name="Brewing guide", sku="GUIDE"),
        ],
        payments=[card("59.00", id=SAMPLE_PAYMENT)],
    )
    wix.add_order(order_id=SAMPLE_UNPAID_ORDER, total="25.00", payments=[offline("25.00")])
    wix.add_order(order_id=SAMPLE_UNWANTED_ORDER)
    for member in SAMPLE_MEMBERS:
        wix.members.add(member_id=member, status="PENDING")
    wix.catalog.add_product(sku=SAMPLE_SKU, quantity=3)
    beans = {"id": SAMPLE_VARIANT, "price": {"actualPrice": {"amount": "12.50"}}}
    wix.catalog.add_product(
        name="Coffee beans",
        quantity=50,
        fields={"variantsInfo": {"variants": [beans | {"physicalProperties": {}}]}},
    )
    service = wix.bookings.add_service(approval=True)["id"]
    wix.bookings.add_slot(service, SAMPLE_START)
    for booking in SAMPLE_BOOKINGS:
        wix.bookings.add(booking_id=booking, service_id=service)


def main() -> None:
    """Print a sample as it comes through a door."""
    parser = argparse.ArgumentParser(description="Print a sample as it comes through a door.")
    parser.add_argument("door", choices=DOORS)
    parser.add_argument("action", choices=ACTIONS, metavar="<area>/<action>")
    asked = parser.parse_args()
    action = ACTIONS[asked.action]
    if asked.door == "http" and action not in ROUTED:
        parser.error(f"{action} cannot be called over HTTP")
    sys.stdout.write(as_text(specimen(action, asked.door)))


if __name__ == "__main__":
    main()
