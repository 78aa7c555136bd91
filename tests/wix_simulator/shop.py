"""What one site holds: orders with their payments, refunds and fulfillments."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from tests.wix_simulator.clock import Clock, Ids, seconds_of
from tests.wix_simulator.errors import Json, application_error
from tests.wix_simulator.filters import Cursors
from tests.wix_simulator.money import ZERO, amount, price
from tests.wix_simulator.people import People
from tests.wix_simulator.switches import Switches

PAID_STATUSES = {"APPROVED", "PARTIALLY_REFUNDED", "REFUNDED"}
WAITING_STATUSES = {"PENDING", "PENDING_MERCHANT"}
UNSETTLED_REFUNDS = {"PENDING", "SCHEDULED", "STARTED"}


@dataclass
class Record:
    """An order and all that belongs to it, in Wix's JSON."""

    order: Json
    payments: list[Json] = field(default_factory=list)
    refunds: list[Json] = field(default_factory=list)
    fulfillments: list[Json] = field(default_factory=list)
    restocked: dict[str, int] = field(default_factory=dict)
    """Units put back into stock, by line item."""

    breakdowns: dict[str, list[Json]] = field(default_factory=dict)
    """What each refund gives back for which line; Wix tells it once the refund is complete."""

    side_effects: dict[str, Json] = field(default_factory=dict)
    """What each refund does besides; told with the refund's completion."""

    cancellation: Json = field(default_factory=dict)
    """How the order was canceled; told with that event."""

    @property
    def order_id(self) -> str:
        return str(self.order["id"])

    @property
    def currency(self) -> str:
        return str(self.order["currency"])

    @property
    def total(self) -> Decimal:
        return amount(self.order["priceSummary"]["total"])

    def price(self, value: Decimal | str) -> Json:
        return price(value, self.currency)

    def line(self, line_id: str) -> Json | None:
        return next((each for each in self.order["lineItems"] if each["id"] == line_id), None)

    def payment(self, payment_id: str) -> Json | None:
        return next((each for each in self.payments if each["id"] == payment_id), None)

    def transactions(self) -> Json:
        """OrderTransactions."""
        return {"orderId": self.order_id, "payments": self.payments, "refunds": self.refunds}

    def with_fulfillments(self) -> Json:
        return {"orderId": self.order_id, "fulfillments": self.fulfillments}

    # ---- Sums ----

    def fulfilled(self, line_id: str) -> int:
        return sum(
            line["quantity"]
            for fulfillment in self.fulfillments
            for line in fulfillment["lineItems"]
            if line["id"] == line_id
        )

    def refunded(self, statuses: set[str], payment_id: str | None = None) -> Decimal:
        """What refunds in these states amount to, of one payment or all."""
        return sum(
            (
                amount(part["amount"])
                for refund in self.refunds
                for part in refund["transactions"]
                if part["refundStatus"] in statuses and payment_id in {None, part["paymentId"]}
            ),
            ZERO,
        )

    def standing_refunds(self) -> list[Json]:
        """Refunds of which at least a part has not failed."""
        return [
            refund
            for refund in self.refunds
            if any(part["refundStatus"] != "FAILED" for part in refund["transactions"])
        ]

    def refunded_quantity(self, line_id: str) -> int:
        return sum(
            line["quantity"]
            for refund in self.standing_refunds()
            for line in refund["details"]["lineItems"]
            if line["lineItemId"] == line_id
        )

    def gave_back(self, payment: Json) -> bool:
        """Whether a refund of a payment, or of a part of it, went through."""
        return any(
            part["paymentId"] == payment["id"] and part["refundStatus"] == "SUCCEEDED"
            for refund in self.refunds
            for part in refund["transactions"]
        )

    def was_paid(self, payment: Json) -> bool:
        """Whether the money of a payment came, wherever it is now."""
        return payment["status"] in PAID_STATUSES or self.gave_back(payment)

    @property
    def paid(self) -> Decimal:
        """What came, with what was given back since."""
        found = (amount(each["amount"]) for each in self.payments if self.was_paid(each))
        return sum(found, ZERO)

    def sum_of(self, statuses: set[str]) -> Decimal:
        """What the payments in these states amount to."""
        found = (amount(each["amount"]) for each in self.payments if each["status"] in statuses)
        return sum(found, ZERO)


@dataclass(frozen=True)
class Change:
    """What became of an order. Nothing in it is changed any more."""

    before: Record | None
    """None for a new order."""

    after: Record
    shown: Json
    """The order as Wix tells it."""

    anonymizes: bool = False


@dataclass(frozen=True)
class _Version:
    since: float
    record: Record


class Shop:
    """The orders of one site. Every change makes a new version; the old ones are kept."""

    def __init__(
        self,
        clock: Clock,
        ids: Ids,
        switches: Switches,
        *,
        people: People,
        sold_as: Callable[[str], tuple[str, str] | None],
        on_change: Callable[[Change], None],
    ) -> None:
        self.clock = clock
        self.ids = ids
        self.switches = switches
        self.people = people
        self.sold_as = sold_as
        """The ids of the product and the variant that has a SKU, if the catalog has it."""

        self._on_change = on_change
        self.cursors = Cursors(clock, switches)
        self.refund_outcomes: dict[str, str] = {}
        self.refundability: dict[str, str] = {}
        self._versions: dict[str, list[_Version]] = {}
        self._last_number = 10000

    def next_number(self) -> str:
        self._last_number += 1
        return str(self._last_number)

    def record(self, order_id: str) -> Record:
        """The order as it is now. Not to be changed.

        Raises:
            RefusedError: If there is none.
        """
        if order_id not in self._versions:
            raise application_error(404, "ORDER_NOT_FOUND", data={"orderId": order_id})
        return self._versions[order_id][-1].record

    def records(self) -> list[Record]:
        return [versions[-1].record for versions in self._versions.values()]

    def known(self, order_id: str) -> bool:
        return order_id in self._versions

    def as_of(self, order_id: str, instant: float) -> Record | None:
        """The order as it was at an instant; None if there was none."""
        for version in reversed(self._versions[order_id]):
            if version.since <= instant:
                return version.record
        return None

    def indexed(self, *, lag_seconds: float) -> list[Record]:
        """All orders, as a reader sees them who is that far behind."""
        instant = self.clock.now() - lag_seconds
        found = (self.as_of(order_id, instant) for order_id in self._versions)
        return [record for record in found if record is not None]

    def shown(self, order_id: str) -> Json:
        """The order as Wix tells it, its payment status perhaps behind."""
        record = self.record(order_id)
        lag = self.switches.payment_status_lag_seconds
        if not lag:
            return record.order
        older = self.as_of(order_id, self.clock.now() - lag) or self._versions[order_id][0].record
        late = ("paymentStatus", "balanceSummary")
        return {**record.order, **{name: older.order[name] for name in late}}

    def add(self, record: Record) -> None:
        """Take in a new order. It exists since the date it says."""
        self._derive(record)
        since = seconds_of(record.order["createdDate"])
        self._versions[record.order_id] = [_Version(since, record)]
        self._on_change(Change(None, record, self.shown(record.order_id)))

    @contextmanager
    def change(self, order_id: str, *, anonymizes: bool = False) -> Iterator[Record]:
        """A copy of the order to work on, kept only if nothing is raised."""
        before = self.record(order_id)
        record = copy.deepcopy(before)
        yield record
        record.order["updatedDate"] = self.clock.stamp()
        self._derive(record)
        self._versions[order_id].append(_Version(self.clock.now(), record))
        self._on_change(Change(before, record, self.shown(order_id), anonymizes))

    def note(self, record: Record, activity: str, **details: object) -> None:
        """Write a line into the order's history."""
        record.order["activities"].append(
            {
                "id": self.ids.guid(),
                "createdDate": self.clock.stamp(),
                "type": activity,
                "activityType": activity,
                **details,
            }
        )

    # ---- What follows from the rest ----

    def _derive(self, record: Record) -> None:
        order = record.order
        before = order.get("paymentStatus"), order.get("fulfillmentStatus")
        for line in order["lineItems"]:
            line["refundQuantity"] = record.refunded_quantity(line["id"])
            line["restockQuantity"] = record.restocked.get(line["id"], 0)
        order["paymentStatus"] = _payment_status(record)
        order["fulfillmentStatus"] = _fulfillment_status(record)
        order["balanceSummary"] = self._balance(record)
        if order["paymentStatus"] == "PAID" != before[0]:
            self.note(record, "ORDER_PAID")
        if order["fulfillmentStatus"] == "FULFILLED" != before[1]:
            self.note(record, "ORDER_FULFILLED")

    def _balance(self, record: Record) -> Json:
        paid = record.paid
        refunded = record.refunded({"SUCCEEDED"})
        owed_again = refunded if self.switches.refund_reopens_balance else ZERO
        sums = {
            "balance": record.total - paid + owed_again,
            "paid": paid,
            "refunded": refunded,
            "authorized": record.sum_of({"AUTHORIZED"}),
            "pending": record.sum_of(WAITING_STATUSES),
            "pendingRefund": record.refunded(UNSETTLED_REFUNDS),
        }
        return {name: record.price(value) for name, value in sums.items()}


def _payment_status(record: Record) -> str:
    paid = record.paid
    refunded = record.refunded({"SUCCEEDED"})
    if refunded:
        return "FULLY_REFUNDED" if refunded >= paid else "PARTIALLY_REFUNDED"
    if paid >= record.total:
        return "PAID"
    return "PARTIALLY_PAID" if paid else _unpaid_status(record)


def _unpaid_status(record: Record) -> str:
    statuses = {each["status"] for each in record.payments}
    if "PENDING_MERCHANT" in statuses:
        return "PENDING_MERCHANT"
    if "AUTHORIZED" in statuses or any(
        each["status"] == "PENDING" and not is_offline(each) for each in record.payments
    ):
        return "PENDING"
    for final in ("DECLINED", "CANCELED"):
        if statuses == {final}:
            return final
    return "NOT_PAID"


def _fulfillment_status(record: Record) -> str:
    order = record.order
    if "shippingInfo" not in order:
        done = order["status"] == "APPROVED" or order.get("fulfillmentStatus") == "FULFILLED"
        return "FULFILLED" if done else "NOT_FULFILLED"
    lines = order["lineItems"]
    needed = [line for line in lines if line["physicalProperties"]["shippable"]] or lines
    left = [line["quantity"] - record.fulfilled(line["id"]) for line in needed]
    if not any(left):
        return "FULFILLED"
    return "PARTIALLY_FULFILLED" if record.fulfillments else "NOT_FULFILLED"


def is_offline(payment: Json) -> bool:
    """Whether a payment is settled by hand."""
    return bool(payment.get("regularPaymentDetails", {}).get("offlinePayment"))
