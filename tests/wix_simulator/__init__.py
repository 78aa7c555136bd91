"""A stateful stand-in for Wix, over real HTTP.

    with WixSimulator(seed=7) as wix:
        order = wix.add_order(total="49.73")
        ...  # let the code under test call wix.url
        assert wix.refunds(order["id"]) == []

Or without sockets, behind an `httpx.Client`: `SimulatorTransport(wix)`.
Or alone, to be steered over HTTP: `python -m tests.wix_simulator`.

It is strict: what Wix does not document is refused. Where Wix's behaviour is unknown there is a
switch (`Switches`). These are guesses without one, so nothing should depend on them:

* 404 `ORDER_NOT_FOUND` for an unknown order, wherever its id stands, except that lists by ids
  leave it out; 404 `FULFILLMENT_NOT_FOUND`; 428 `ORDER_NOT_APPROVED` for its fulfillment.
* The details of a refused search are empty; its message names the field.
* A payment recorded without a status is pending. An order whose only money is authorized has
  payment status PENDING.
* In an order that is shipped, digital lines need no fulfillment.
* A refund that failed wholly gives its units free again and restocks nothing.
* A refund that names a line or a fee twice is refused.
* `/update-status` answers 428 for a transition that is not allowed, 400 otherwise.
* What an app is told (`WixSimulator.webhooks`): which events one change makes; that an order added
  as APPROVED was placed and paid in one go, and is shown so by its `created` event too; that
  `order_updated` follows every change, its `modifiedFields` being whole fields with their old
  values; the `action` of `order_fulfilled`, always `UPDATED`; that fulfillments and transactions
  carry the order's id as theirs, and share one count of `entityEventSequence` with it. Of bookings,
  members and the catalog: what `booking_events`, `member_book` and `catalog_events` say.
* A lag of the payment status delays the event of it by as much.
* An order without shipping has no fulfillments when Wix has fulfilled it, and stays fulfilled when
  canceled.
* What an anonymized order loses: the buyer, both addresses and contacts, the destination, the note.
* What waits when a subscription ends is not sent any more.
* Members: 404 `NOT_FOUND`; a member who cannot be deleted has in bulk the rule's name as code; a
  taken slug gets a number behind it; who is OFFLINE leaves their login email free; null changes
  nothing.
* Bookings: which of their published codes goes with which refusal; a revision is looked at before
  the status; a move is checked against the slots that are offered, a course's is 428
  `VALIDATION_FAILURE`; only CONFIRMED and PENDING ones take room, and a staff member has one
  appointment at a time; an override needs its permission, or is 403 `UNAUTHORIZED_OPERATION`;
  add-ons may change later if their validation was skipped at creation.
* Catalog: a site being moved to V3 tells V3_CATALOG and refuses the calls of both; what one version
  holds is not seen in the other. A plain 404 for what catalog V1 does not know.
* Products V3: what read-only fields are sent is refused; one of a bulk call that is too large is a
  violation of `products`; a slug that is taken by a name gets a number behind it; a hidden product
  is 403 without its permission, and left out of lists; a digital variant needs its properties; a
  deleted product, and a variant left out of an update, lose their stock.
* Inventory V3: 404 `NOT_FOUND` for an unknown product, variant or location; 400 for
  `PRE_ORDER_VALIDATION`, 409 for `ITEM_ALREADY_EXISTS`; a preorder of what takes none is an order.
* Products V1: variants are made only where they are managed, and keep their stock by their choices.
* Inventory V1: tracking that begins counts from nothing; an amount of what is not tracked changes
  nothing; amounts are moved all or none; 400 for a quantity out of range.
* Slots: 404 `SERVICE_NOT_FOUND` and `SLOT_NOT_FOUND`; whatever stands beside a cursor is ignored;
  a slot in the past can be booked.
"""

from tests.wix_simulator.auth import ACCOUNT_ID, ApiKey, App
from tests.wix_simulator.booking_book import Notification
from tests.wix_simulator.booking_facade import Bookings
from tests.wix_simulator.builders import (
    Fee,
    Line,
    Payment,
    authorized,
    card,
    fee,
    gift_card,
    line,
    membership,
    offline,
)
from tests.wix_simulator.catalog import Catalog
from tests.wix_simulator.errors import (
    HTML_PAGE,
    Violation,
    application_error_body,
    system_error_body,
    validation_error_body,
)
from tests.wix_simulator.faults import Fault, too_many_requests
from tests.wix_simulator.journal import RecordedRequest
from tests.wix_simulator.member_book import Members
from tests.wix_simulator.signing import SigningKey
from tests.wix_simulator.simulator import WixSimulator
from tests.wix_simulator.stock import StockChange
from tests.wix_simulator.switches import Switches
from tests.wix_simulator.transport import SimulatorTransport
from tests.wix_simulator.webhooks import Attempt, Delivery, Webhooks
from tests.wix_simulator.world import SentMail

__all__ = [
    "ACCOUNT_ID",
    "HTML_PAGE",
    "ApiKey",
    "App",
    "Attempt",
    "Bookings",
    "Catalog",
    "Delivery",
    "Fault",
    "Fee",
    "Line",
    "Members",
    "Notification",
    "Payment",
    "RecordedRequest",
    "SentMail",
    "SigningKey",
    "SimulatorTransport",
    "StockChange",
    "Switches",
    "Violation",
    "Webhooks",
    "WixSimulator",
    "application_error_body",
    "authorized",
    "card",
    "fee",
    "gift_card",
    "line",
    "membership",
    "offline",
    "system_error_body",
    "too_many_requests",
    "validation_error_body",
]
