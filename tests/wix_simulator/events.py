"""What Wix tells: of orders here, of the rest in modules of their own."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.wix_simulator.auth import Accounts
from tests.wix_simulator.booking_events import BookingChange, booking_event
from tests.wix_simulator.clock import Clock, Ids, written
from tests.wix_simulator.errors import Json
from tests.wix_simulator.money import without_trailing_zeros
from tests.wix_simulator.shop import Change, Record
from tests.wix_simulator.signing import domain_event
from tests.wix_simulator.switches import Switches

ORDER = "wix.ecom.v1.order"
TRANSACTIONS = "wix.ecom.v1.order_transactions"
PAYMENT_STATUS_UPDATED = f"{ORDER}_payment_status_updated"

A_USER: Json = {"identityType": "WIX_USER", "wixUserId": "05e40000-0000-4000-8000-00000000000e"}
A_VISITOR: Json = {
    "identityType": "ANONYMOUS_VISITOR",
    "anonymousVisitorId": "415170f0-0000-4000-8000-00000000000f",
}

_JUST_PLACED: Json = {
    "status": "INITIALIZED",
    "paymentStatus": "NOT_PAID",
    "fulfillmentStatus": "NOT_FULFILLED",
}
_FINAL_REFUNDS = {"SUCCEEDED", "FAILED"}


@dataclass(frozen=True)
class Event:
    """Something that happened, not wrapped and signed yet. Nothing in it is changed any more."""

    type: str
    entity_id: str | None
    """None for the older, flat events."""

    data: Json
    """What is told: a domain event, or the payload of a flat one."""

    instance_id: str
    identity: Json | None
    due: float
    """The instant before which it is not sent, in seconds since the epoch."""

    @property
    def id(self) -> str | None:
        return self.data.get("id") if self.entity_id is not None else None


class Events:
    """Turns what happens into events. The caller holds the simulator's lock."""

    def __init__(
        self,
        clock: Clock,
        ids: Ids,
        switches: Switches,
        accounts: Accounts,
        tell: Callable[[Event], None],
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._switches = switches
        self._accounts = accounts
        self._tell = tell
        self._sequences: Counter[str] = Counter()
        self._identity = A_USER
        self._muted = False

    @contextmanager
    def caused_by(self, identity: Json) -> Iterator[None]:
        """Whatever happens inside is somebody's doing."""
        before, self._identity = self._identity, identity
        try:
            yield
        finally:
            self._identity = before

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Whatever happens inside is not told."""
        before, self._muted = self._muted, True
        try:
            yield
        finally:
            self._muted = before

    def order_changed(self, site_id: str, change: Change) -> None:
        """Tell what a change of an order means."""
        for event_type, body in _events_of(change):
            lags = event_type == PAYMENT_STATUS_UPDATED
            self.happened(
                site_id,
                event_type,
                change.after.order_id,
                body,
                anonymizes=change.anonymizes,
                delay_seconds=self._switches.payment_status_lag_seconds if lags else 0,
            )

    def booking_changed(self, site_id: str, change: BookingChange) -> None:
        """Tell what a change of a booking means."""
        who = {name: value for name, value in self._identity.items() if name != "identityType"}
        event_type, body = booking_event(change, initiated_by=who)
        self.happened(site_id, event_type, change.after["id"], body)

    def happened(
        self,
        site_id: str,
        event_type: str,
        entity_id: str | None,
        content: Json,
        *,
        anonymizes: bool = False,
        delay_seconds: float = 0,
    ) -> None:
        """Tell an event, if an app is installed on the site to hear of it.

        Args:
            entity_id: None for the older, flat events.
            content: The one body, or the payload of a flat event.
        """
        instance_id = self._accounts.instance_of(site_id)
        if self._muted or instance_id is None:
            return
        event = self.make(
            event_type,
            entity_id,
            without_trailing_zeros(content) if self._switches.uneven_amounts else content,
            instance_id=instance_id,
            identity=self._identity,
            anonymizes=anonymizes,
            delay_seconds=delay_seconds,
        )
        self._tell(event)

    def make(
        self,
        event_type: str,
        entity_id: str | None,
        content: Json,
        *,
        instance_id: str,
        identity: Json | None,
        event_id: str | None = None,
        sequence: int | None = None,
        anonymizes: bool = False,
        delay_seconds: float = 0,
    ) -> Event:
        """An event of now; by default with a new id, and the entity's next sequence number."""
        now = self._clock.now()
        data = content
        if entity_id is not None:
            data = domain_event(
                event_type,
                entity_id,
                content,
                event_id=event_id or self._ids.guid(),
                sequence=self._next(entity_id) if sequence is None else sequence,
                at=written(now, decimals=6),
                anonymize=anonymizes,
            )
        return Event(event_type, entity_id, data, instance_id, identity, now + delay_seconds)

    def _next(self, entity_id: str) -> int:
        self._sequences[entity_id] += 1
        return self._sequences[entity_id]


def _events_of(change: Change) -> Iterator[tuple[str, Json]]:
    """The type and the body of each event, those of the order first."""
    if change.before is None and change.after.order.get("imported"):
        yield _action(f"{ORDER}_imported", order=change.shown)
        return
    yield from _events_of_order(change)
    before = change.before or Record(change.after.order)
    if before.fulfillments != change.after.fulfillments:
        entity = change.after.with_fulfillments()
        yield "wix.ecom.v1.fulfillments_updated", {"updatedEvent": {"currentEntity": entity}}
    yield from _events_of_transactions(before, change.after)


def _events_of_order(change: Change) -> Iterator[tuple[str, Json]]:
    order, shown = change.after.order, change.shown
    before = _JUST_PLACED if change.before is None else change.before.order
    if change.before is None:
        yield f"{ORDER}_created", {"createdEvent": {"entity": shown}}
    if order["paymentStatus"] != before["paymentStatus"]:
        previous = before["paymentStatus"]
        yield _action(PAYMENT_STATUS_UPDATED, order=order, previousPaymentStatus=previous)
    if order["status"] == "APPROVED" != before["status"]:
        yield _action(f"{ORDER}_approved", order=shown)
    if order["status"] == "CANCELED" != before["status"]:
        by_hand = {"restockAllItems": False, "sendOrderCanceledEmail": False}
        yield _action(f"{ORDER}_canceled", order=shown, **by_hand | change.after.cancellation)
    if order["fulfillmentStatus"] != before["fulfillmentStatus"]:
        yield _action(
            f"{ORDER}_fulfilled",
            order=shown,
            previousFulfillmentStatus=before["fulfillmentStatus"],
            newFulfillmentStatus=order["fulfillmentStatus"],
            action="UPDATED",
        )
    names = _JUST_PLACED if change.before is None else sorted({*before, *order} - {"updatedDate"})
    old = {name: before.get(name) for name in names if before.get(name) != order.get(name)}
    if old:
        # What is erased must not be told once more.
        update = {"currentEntity": shown} | ({} if change.anonymizes else {"modifiedFields": old})
        yield f"{ORDER}_updated", {"updatedEvent": update}


def _events_of_transactions(before: Record, after: Record) -> Iterator[tuple[str, Json]]:
    payment_ids = _changed(before.payments, after.payments)
    refund_ids = _changed(before.refunds, after.refunds)
    if payment_ids or refund_ids:
        yield _action(
            f"{TRANSACTIONS}_details_updated",
            orderTransactions=after.transactions(),
            paymentIds=payment_ids,
            refundIds=refund_ids,
        )
    complete = {refund["id"] for refund in before.refunds if _is_complete(refund)}
    for refund in after.refunds:
        if _is_complete(refund) and refund["id"] not in complete:
            yield _action(
                f"{TRANSACTIONS}_refund_completed",
                orderId=after.order_id,
                refund=refund,
                sideEffects=after.side_effects[refund["id"]],
                orderTransactions=after.transactions(),
            )


def _changed(before: list[Json], after: list[Json]) -> list[str]:
    old = {each["id"]: each for each in before}
    return [each["id"] for each in after if old.get(each["id"]) != each]


def _is_complete(refund: Json) -> bool:
    return all(part["refundStatus"] in _FINAL_REFUNDS for part in refund["transactions"])


def _action(event_type: str, **body: object) -> tuple[str, Json]:
    return event_type, {"actionEvent": {"body": body}}
