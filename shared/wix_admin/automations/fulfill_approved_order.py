"""Acts on an order that was approved: fulfills what needs no shipping, announces the rest.

Events come twice, late and in any order, so an event only says which order to look at: what is
done follows from the order as Wix has it now. Only if that does not show yet what Wix told of, the
event has to come again, as there may be no other. Two effects are made once for each order, with
the same key whichever event it was: the announcement first, so that a fulfillment that Wix refuses
does not hold back the goods.
"""

from collections.abc import Callable
from typing import Any, Literal, override

from pydantic import ConfigDict, Field

from wix_admin.automations.skipping import Reason, Skipped, SkippedError
from wix_admin.aws.bus import EventBus
from wix_admin.aws.settings import PublisherSettings
from wix_admin.aws.telemetry import logger
from wix_admin.effects.once import Effect, Once, Receipt, Sent
from wix_admin.errors import RefusedError, WixRequestError, WixUnavailableError
from wix_admin.models import Answer, FunctionInput, Guid, Json
from wix_admin.orders.entities import Order, OrderLine, fetch_order
from wix_admin.orders.fulfill_order import (
    Fulfillment,
    FulfillmentLine,
    FulfillmentReceipt,
    FulfillOrderInput,
    OrderFulfillment,
    fetch_fulfillments,
    units_left,
)
from wix_admin.wix.client import WixClient

READY_TO_SHIP = "Order Ready To Ship"

NEED_NO_SHIPPING = {"DIGITAL", "GIFT_CARD", "SERVICE"}
PARTLY_REFUNDED = "PARTIALLY_REFUNDED"
NOT_DECIDED = {"INITIALIZED", "PENDING"}

type AutoFulfill = Literal["digital", "all", "none"]
"""Which lines are fulfilled without anyone asking: what needs no shipping, everything, nothing."""


class AutomationSettings(PublisherSettings):
    """What the template tells functions that act on approved orders.

    Attributes:
        auto_fulfill: Which lines are fulfilled without anyone asking.
    """

    auto_fulfill: AutoFulfill


class ApprovedOrderInput(FunctionInput):
    """An event of Wix about an order.

    Only the order's id is part of the fingerprint: every event about an order is the same request.
    """

    model_config = ConfigDict(extra="ignore")

    order_id: Guid = Field(alias="entityId")
    slug: str | None = Field(
        default=None, exclude=True, description="What happened, such as approved."
    )
    triggered_by_anonymize_request: bool = Field(
        default=False,
        exclude=True,
        description="Somebody's personal data was removed, and nothing else happened.",
    )
    action_event: Any = Field(
        default=None,
        exclude=True,
        repr=False,
        description="Holds a copy of the order as it was then.",
    )

    @override
    def own_key(self) -> str:
        return "automation:approved"

    def tells_of_approval(self) -> bool:
        """Tell whether the order was approved when the event was made."""
        return self.slug == "approved" or self._told("status") == "APPROVED"

    def tells_of_payment(self) -> bool:
        """Tell whether the order was paid when the event was made."""
        return self._told("paymentStatus") == "PAID"

    def _told(self, field: str) -> object:
        found: object = self.action_event
        for name in ("body", "order", field):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    @override
    def ids(self) -> dict[str, str]:
        return {"orderId": self.order_id}


class ActedOn(Answer):
    """What was done about an order, now or earlier.

    Attributes:
        order_id: The order.
        fulfilled: The units that were fulfilled.
        fulfillment_id: Wix's id of that fulfillment, if there is one.
        announced: The units that were announced as ready to ship.
    """

    order_id: str
    fulfilled: list[FulfillmentLine]
    fulfillment_id: str | None = None
    announced: list[FulfillmentLine]


class AnnouncementReceipt(Receipt):
    """An announcement.

    Attributes:
        order_id: The order.
        lines: The units that are ready to ship.
    """

    order_id: str
    lines: list[FulfillmentLine]


def act_on_approved_order(
    event: ApprovedOrderInput,
    wix: WixClient,
    once: Once,
    bus: Callable[[], EventBus],
    auto_fulfill: AutoFulfill,
) -> ActedOn | Skipped:
    """Announce what has to be shipped, then fulfill what needs no shipping.

    The bus is only asked for if there is something to announce.

    What Wix refuses for good is remembered for 90 days and raised again for every event about the
    order, also for one that comes back from the dead letters: fulfill such an order by hand.

    Raises:
        BusUnavailableError: If the announcement was not taken; nothing was fulfilled.
        StillRunningError: If another event about the order is being worked on.
        OutcomeUnknownError: If an earlier try may have been carried out.
        RefusedError: If part of the order was refunded before anything was done about it.
        WixRequestError: If Wix refused to fulfill the order, now or earlier.
        WixUnavailableError: If Wix does not show the approval or payment yet that it told of.
        AdminError: If Wix or the ledger cannot be asked.
    """
    if event.triggered_by_anonymize_request:
        return _skip(event.order_id, "anonymized")
    order = fetch_order(wix, event.order_id)
    if event.tells_of_approval() and order.status in NOT_DECIDED:
        raise WixUnavailableError("Wix told that the order is approved, but does not show it yet")
    reason = _reason_to_leave(order, event)
    if reason == "unpaid" and event.tells_of_payment():
        raise WixUnavailableError("Wix told that the order is paid, but does not show it yet")
    if reason:
        return _skip(order.id, reason)
    to_announce, to_fulfill = _parts(order, auto_fulfill)
    announcement = _made(once, Announcement(wix, order, to_announce, bus)) if to_announce else None
    fulfillment = _made(once, PartFulfillment(wix, order, to_fulfill)) if to_fulfill else None
    return ActedOn(
        order_id=order.id,
        fulfilled=fulfillment.lines if fulfillment else [],
        fulfillment_id=fulfillment.fulfillment_id if fulfillment else None,
        announced=announcement.lines if announcement else [],
    )


class Announcement(Effect[AnnouncementReceipt]):
    """Announces what is ready to ship, as `Order Ready To Ship` on our bus.

    Like every event it may come twice, and then has the same `id`. It holds no personal data:
    whoever ships reads the address from Wix.
    """

    name = "orders.announce"
    receipt = AnnouncementReceipt

    def __init__(
        self,
        wix: WixClient,
        order: Order,
        lines: list[OrderLine],
        bus: Callable[[], EventBus],
    ) -> None:
        self.target = order.id
        self._wix = wix
        self._order = order
        self._lines = lines
        self._bus = bus

    @override
    def check(self) -> Json:
        return _units(self._wix, self._order, self._lines)

    @override
    def send(self, sent: Sent) -> AnnouncementReceipt:
        self._bus().publish("wix-admin", READY_TO_SHIP, self._detail(sent))
        return AnnouncementReceipt(order_id=self.target, lines=_lines(sent.before))

    @override
    def read_back(self, sent: Sent) -> None:
        """Find nothing, as a bus does not tell what it took; publishing again is harmless."""

    def _detail(self, sent: Sent) -> Json:
        number = {"orderNumber": self._order.number} if self._order.number else {}
        return {
            "id": sent.reference,
            "orderId": self.target,
            **number,
            "lines": [
                {"lineItemId": each.id, "quantity": sent.before[each.id], **_known_as(each)}
                for each in self._lines
                if each.id in sent.before
            ],
        }


class PartFulfillment(OrderFulfillment):
    """Fulfills what is left of some lines of an order that was just read."""

    def __init__(self, wix: WixClient, order: Order, lines: list[OrderLine]) -> None:
        super().__init__(
            wix, FulfillOrderInput.model_validate({"orderId": order.id, "lines": "all"})
        )
        self._order = order
        self._lines = lines

    @override
    def check(self) -> Json:
        return _units(self._wix, self._order, self._lines)

    @override
    def send(self, sent: Sent) -> FulfillmentReceipt:
        """Create the fulfillment; if Wix refuses, see whether it was faster itself.

        Raises:
            SkippedError: If nothing is left to fulfill by now.
            WixUnavailableError: If something else is left by now.
        """
        try:
            return super().send(sent)
        except WixRequestError as error:
            left = _still_left(self._order, self._lines, fetch_fulfillments(self._wix, self.target))
            if left != sent.before:
                raise WixUnavailableError(
                    "Some units were fulfilled just before: ask again for the rest"
                ) from error
            raise


def _skip(order_id: str, reason: Reason) -> Skipped:
    logger.info("An order is left alone", extra={"orderId": order_id, "leftAlone": reason})
    return Skipped(order_id=order_id, left_alone=reason)


def _reason_to_leave(order: Order, event: ApprovedOrderInput) -> Reason | None:
    awaited = event.slug == "approved" or event.tells_of_payment()
    reasons: list[tuple[bool, Reason]] = [
        (order.status == "CANCELED", "canceled"),
        (order.status == "REJECTED", "rejected"),
        (order.status != "APPROVED", "not_approved"),
        (order.imported is True, "imported"),
        (order.payment_status == "FULLY_REFUNDED", "refunded"),
        (order.payment_status == PARTLY_REFUNDED and not awaited, "refunded"),
        (not _is_paid(order), "unpaid"),
        (order.fulfillment_status == "FULFILLED", "fulfilled"),
    ]
    return next((reason for applies, reason in reasons if applies), None)


def _is_paid(order: Order) -> bool:
    total = order.price_summary.total if order.price_summary else None
    # An amount that Wix does not tell is not zero.
    costs_nothing = total is not None and total.amount == 0
    return order.payment_status in {"PAID", PARTLY_REFUNDED} or (
        order.payment_status == "NOT_PAID" and costs_nothing
    )


def _parts(order: Order, auto_fulfill: AutoFulfill) -> tuple[list[OrderLine], list[OrderLine]]:
    """Return the lines to announce and the lines to fulfill."""
    lines = order.line_items or []
    unshipped = [each for each in lines if _needs_no_shipping(each)]
    shipped = [each for each in lines if not _needs_no_shipping(each)]
    match auto_fulfill:
        case "digital":
            return shipped, unshipped
        case "all":
            return [], lines
        case "none":
            return shipped, []


def _needs_no_shipping(line: OrderLine) -> bool:
    preset = line.item_type.preset if line.item_type else None
    shippable = line.physical_properties.shippable if line.physical_properties else None
    return preset in NEED_NO_SHIPPING and shippable is not True


def _made[R: Receipt](once: Once, effect: Effect[R]) -> R | None:
    try:
        return once.make(effect)
    except SkippedError:
        return None


def _units(wix: WixClient, order: Order, lines: list[OrderLine]) -> dict[str, int]:
    """Count the units of some lines that are in no fulfillment yet.

    Raises:
        SkippedError: If there are none.
        RefusedError: If some of them may not be wanted any more.
    """
    untouched = order.fulfillment_status == "NOT_FULFILLED"
    units = _still_left(order, lines, [] if untouched else fetch_fulfillments(wix, order.id))
    if order.payment_status == PARTLY_REFUNDED:
        # A refund need not say for which units it is.
        raise RefusedError(
            "Part of the order was refunded before it was acted on: decide what is still to be"
            " sent, and see to it by hand"
        )
    return units


def _still_left(
    order: Order, lines: list[OrderLine], fulfillments: list[Fulfillment]
) -> dict[str, int]:
    left = units_left(order, fulfillments)
    units = {each.id: left[each.id] for each in lines if left[each.id] > 0}
    if not units:
        raise SkippedError("fulfilled")
    return units


def _lines(units: Json) -> list[FulfillmentLine]:
    return [FulfillmentLine(line_item_id=line, quantity=units[line]) for line in units]


def _known_as(line: OrderLine) -> Json:
    """Return what a warehouse may know a line by, and who else is to send it."""
    sku = line.physical_properties.sku if line.physical_properties else None
    product = line.catalog_reference.catalog_item_id if line.catalog_reference else None
    known = {"sku": sku, "catalogItemId": product, "fulfillerId": line.fulfiller_id}
    return {name: value for name, value in known.items() if value}
