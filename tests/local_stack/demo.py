"""What `make demo` shows: who may call, what happens once, and what recovers by itself.

Every step is a real call to the deployed stack, its answer is printed as it comes, and the first
check that fails ends the demo with an error.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.local_stack.aws import Credentials
from tests.local_stack.demo_areas import areas
from tests.local_stack.demo_webhooks import Webhooks
from tests.local_stack.stack import LocalStack
from tests.local_stack.story import Story
from tests.wix_simulator import line

SEEDED_ORDERS = 40
DAMAGED = {"amount": "12.15", "reason": "One bag arrived damaged"}


def run(stack: LocalStack, _folder: Path) -> None:
    """Tell the whole story.

    Raises:
        CheckFailedError: If a step goes otherwise than it should.
        TimeoutError: If something does not happen at all.
    """
    print()
    story = Story(stack)
    _Callers(story).tell()
    areas(story)
    with stack.published() as bus:
        Webhooks(story, bus).tell()
    print("\nAll checks passed.")


class _Callers:
    """The chapters about callers, in order, and the order that they are about."""

    def __init__(self, story: Story) -> None:
        self._story = story
        stack = story.stack
        self._wix = stack.wix
        self._reader = stack.caller("OrdersReaderPolicy")
        self._warehouse = stack.caller("FulfillmentPolicy")
        self._service = stack.caller("RefundsPolicy")
        self._wix.seed_orders(SEEDED_ORDERS)
        lines = [line(2, "12.50", name="Coffee beans"), line(1, "19.99", name="Mug", sku="MUG-1")]
        order = self._wix.add_order(lines=lines)
        self._id = order["id"]
        self._beans = order["lineItems"][0]["id"]
        self._path = f"/orders/{self._id}"

    def tell(self) -> None:
        self._who_may_call()
        self._reading()
        self._fulfilling()
        self._refunding_once()
        self._recovering()

    def _who_may_call(self) -> None:
        self._story.chapter("A call without a signature is refused")
        self._story.call(None, "GET", self._path, expect=403, show=["code"])

        self._story.chapter("So is a caller with the wrong role: a reader who tries to refund")
        self._refund(DAMAGED, by=self._reader, expect=403)
        self._story.check("Wix was not called", not self._wix.requests())

    def _reading(self) -> None:
        self._story.chapter("A reader lists the orders that are paid and not shipped yet")
        unsent = {"paymentStatus": "PAID", "fulfillmentStatus": "NOT_FULFILLED"}
        wanted = {"filter": unsent, "limit": 5}
        page = self._story.call(self._reader, "POST", "/orders/query", wanted, show=["hasMore"])
        found = [each["id"] for each in page["items"]]
        self._story.check(f"{len(found)} orders, the newest one first", found[0] == self._id)

    def _fulfilling(self) -> None:
        self._story.chapter("The warehouse ships one of two bags of beans")
        sent = {
            "dispatchId": "D-1001",
            "lines": [{"lineItemId": self._beans, "quantity": 1}],
            "carrier": "ups",
            "trackingNumber": "1Z999AA10123456784",
        }
        path = f"{self._path}/fulfillments"
        self._story.call(self._warehouse, "POST", path, sent, show=["trackingNumber"])
        status = self._wix.order(self._id)["fulfillmentStatus"]
        self._story.check(f"At Wix the order is {status}", status == "PARTIALLY_FULFILLED")

    def _refunding_once(self) -> None:
        self._story.chapter("It arrives damaged: part of the money is refunded")
        first = self._refund(DAMAGED, show=["refunded"])

        self._story.chapter("The same request again, as after a timeout or a double click")
        again = self._refund(DAMAGED, show=["refunded"])
        self._story.check("The answer is the first one", again == first)
        refunds = self._wix.requests("POST", "/ecom/v1/order-billing/refund-payments")
        self._story.check("Wix was asked to refund once", len(refunds) == 1)

        self._story.chapter("The same key with another amount is refused")
        self._refund(DAMAGED | {"amount": "13.00"}, expect=422, show=["code"])

        self._story.chapter("So is a refund of more than is left")
        self._refund({"amount": "40.00"}, key="too-much", expect=422, show=["detail"])
        refunded = sum(
            Decimal(each["summary"]["refunded"]["amount"]) for each in self._wix.refunds(self._id)
        )
        self._story.check(f"In all, Wix has refunded {refunded}", refunded == Decimal("12.15"))

    def _recovering(self) -> None:
        self._story.chapter("Every access token is revoked at Wix, and no caller notices")
        before, revoked = self._wix.exchanges, self._wix.kill_tokens()
        self._story.call(self._reader, "GET", self._path, show=["paymentStatus"])
        bought = self._wix.exchanges - before
        self._story.check(f"{revoked} tokens were revoked, {bought} was bought again", bought == 1)

    def _refund(
        self,
        body: dict[str, str],
        *,
        by: Credentials | None = None,
        key: str = "damaged-1",
        expect: int = 200,
        show: Sequence[str] = (),
    ) -> Any:
        path = f"{self._path}/refunds"
        return self._story.call(
            by or self._service, "POST", path, body, key=key, expect=expect, show=show
        )
