"""The demo's chapters about what happens by itself when an order is paid at Wix."""

from typing import Any

from tests.local_stack.queues import Published
from tests.local_stack.story import Story
from tests.local_stack.waiting import wait_for
from tests.wix_simulator import line
from tests.wix_simulator.signing import SigningKey
from tests.wix_simulator.webhooks import APPROVED, Delivery

READY_TO_SHIP = "Order Ready To Ship"
ORDERS_MEANWHILE = 5

SHIPMENT = {"carrier": "ups", "trackingNumber": "1Z999AA10123456795"}


class Webhooks:
    """The chapters, in order, and what they share."""

    def __init__(self, story: Story, bus: Published) -> None:
        self._story = story
        self._stack = story.stack
        self._wix = story.stack.wix
        self._bus = bus
        self._order: Any = None

    def tell(self) -> None:
        """Tell it.

        Raises:
            CheckFailedError: If a step goes otherwise than it should.
            TimeoutError: If something does not happen at all.
        """
        self._wix.webhooks.subscribe(self._stack.webhook_url, [APPROVED])
        self._approved()
        self._dispatched()
        self._again()
        self._forged()
        self._stopped()

    def _approved(self) -> None:
        self._story.chapter("An order is paid at Wix: a recipe book to download, and a mug")
        self._order = self._new_order()
        [delivery] = self._delivered()
        answer = f"{delivery.attempts[0].status} in {_slowest([delivery])} ms"
        self._story.note(f"Wix posts it to /webhooks/wix  ->  {answer}, once it is in a queue")
        wait_for(lambda: self._events(APPROVED))
        source = self._events(APPROVED)[0]["source"]
        self._story.check(f"On the event bus: {APPROVED}", source == "wix")
        wait_for(lambda: self._wix.fulfillments(self._id))
        status = self._wix.order(self._id)["fulfillmentStatus"]
        self._story.check(
            f"At Wix the book is fulfilled, the order {status}", status == "PARTIALLY_FULFILLED"
        )
        [announced] = wait_for(lambda: self._events(READY_TO_SHIP))
        units = {each["lineItemId"]: each["quantity"] for each in announced["detail"]["lines"]}
        self._story.check(f"On the event bus: {READY_TO_SHIP}, the mug", units == {self._mug: 1})

    def _dispatched(self) -> None:
        self._story.chapter("The warehouse reports on the event bus that the mug was shipped")
        sent = {
            "dispatchId": "D-2001",
            "orderId": self._id,
            "lines": [{"lineItemId": self._mug, "quantity": 1}],
            **SHIPMENT,
        }
        warehouse = self._stack.caller("WarehousePolicy")
        self._stack.put_event("warehouse", "Shipment Dispatched", sent, credentials=warehouse)
        wait_for(lambda: len(self._wix.fulfillments(self._id)) > 1)
        tracking = self._wix.fulfillments(self._id)[1]["trackingInfo"]
        status = self._wix.order(self._id)["fulfillmentStatus"]
        self._story.check(
            f"At Wix the order is {status}, the mug with {tracking['trackingNumber']}",
            status == "FULFILLED" and tracking["trackingNumber"] == SHIPMENT["trackingNumber"],
        )

    def _again(self) -> None:
        self._story.chapter("Wix sends the same webhook two more times")
        [first] = self._wix.webhooks.deliveries
        assert first.event_id
        self._wix.webhooks.resend(first.event_id, times=2)
        answers = [each.attempts[0].status for each in self._delivered()[1:]]
        self._story.note(f"Answered {' and '.join(map(str, answers))}")
        wait_for(lambda: self._acted() == 1 + len(answers))
        self._story.check("Published again", len(self._events(APPROVED)) == 1 + len(answers))
        fulfilled, announced = self._wix.fulfillments(self._id), self._events(READY_TO_SHIP)
        once = (len(fulfilled), len(announced)) == (2, 1)
        self._story.check("Still 2 fulfillments and 1 announcement", once)

    def _forged(self) -> None:
        self._story.chapter("Somebody else sends one, signed with another key")
        before = len(self._bus.events)
        forged = self._wix.webhooks.token(entity_id=self._id, key=SigningKey.generate())
        self._story.note(f"Answered {self._wix.webhooks.post(forged)}")
        [kept] = wait_for(lambda: self._stack.messages("WebhookQuarantineUrl"))
        self._story.check(f"In quarantine: {kept.attributes['reason']}", kept.body == forged)
        self._story.check("Not on the event bus", len(self._bus.events) == before)

    def _stopped(self) -> None:
        self._story.chapter(f"The functions are stopped, and {ORDERS_MEANWHILE} orders are paid")
        self._wix.webhooks.clear_deliveries()
        with (
            self._stack.paused("ReceiveWebhookFunction"),
            self._stack.paused("FulfillApprovedOrderFunction"),
        ):
            orders = [self._new_order()["id"] for _ in range(ORDERS_MEANWHILE)]
            delivered = self._delivered()
            answers = {each.attempts[0].status for each in delivered}
            slowest = _slowest(delivered)
            self._story.check(
                f"{len(delivered)} webhooks are answered 200, the slowest in {slowest} ms",
                answers == {200} and len(delivered) == ORDERS_MEANWHILE,
            )
            untouched = not any(self._wix.fulfillments(each) for each in orders)
            self._story.check("Nothing is fulfilled yet", untouched)
        self._story.note("The functions run again")
        wait_for(lambda: all(self._wix.fulfillments(each) for each in orders))
        wait_for(lambda: len(self._events(READY_TO_SHIP)) == 1 + ORDERS_MEANWHILE)
        counts = {len(self._wix.fulfillments(each)) for each in orders}
        self._story.check("Every book is fulfilled once, every mug announced once", counts == {1})

    def _new_order(self) -> Any:
        book = line(1, "9.00", name="Recipe book", kind="DIGITAL")
        return self._wix.add_order(lines=[book, line(1, "19.99", name="Mug")])

    def _delivered(self) -> list[Delivery]:
        """The deliveries, once each is answered."""
        self._wix.webhooks.wait_until_done()
        return self._wix.webhooks.deliveries

    def _events(self, detail_type: str) -> list[Any]:
        return [each for each in self._bus.events if each["detail-type"] == detail_type]

    def _acted(self) -> int:
        """How often the automation looked at an order, as its log has it."""
        lines = self._stack.logs("automations/fulfill_approved_order")
        return sum('"message":"fulfill_approved_order: ' in each for each in lines)

    @property
    def _id(self) -> str:
        order_id: str = self._order["id"]
        return order_id

    @property
    def _mug(self) -> str:
        line_id: str = self._order["lineItems"][1]["id"]
        return line_id


def _slowest(deliveries: list[Delivery]) -> int:
    return round(max(each.attempts[-1].milliseconds for each in deliveries))
