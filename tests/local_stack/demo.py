"""The story that `make demo` tells: what callers may do, what is done once, what heals itself.

Every step is a real call to the deployed stack. What it answers is printed as it comes, and the
story ends early, with an error, if a step is not as told.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.local_stack.aws import Credentials
from tests.local_stack.demo_areas import AreasStory
from tests.local_stack.demo_webhooks import WebhookStory
from tests.local_stack.processes import ProcessError, signals_as_exit
from tests.local_stack.progress import Progress
from tests.local_stack.sam import build
from tests.local_stack.stack import LocalStack, local_stack
from tests.local_stack.telling import UntoldError, calls, holds, says
from tests.wix_simulator import line

SEEDED_ORDERS = 40
DAMAGED = {"amount": "12.15", "reason": "One bag arrived damaged"}


def main() -> int:
    """Tell the story; returns the exit status."""
    progress = Progress()
    try:
        with signals_as_exit(), tempfile.TemporaryDirectory(prefix="wix-admin-") as name:
            folder = Path(name)
            with progress.step("Building layers and functions"):
                artifacts = build(folder / "build", folder)
            with local_stack(artifacts, folder, folder, progress) as stack:
                _CallersStory(stack).tell()
                AreasStory(stack).tell()
                with stack.published() as bus:
                    WebhookStory(stack, bus).tell()
                print("\nAll as told.")
    except (ProcessError, TimeoutError, UntoldError) as error:
        print(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    return 0


@dataclass
class _Order:
    """The order that the story is about."""

    id: str
    beans: str
    """The id of its first line: two bags of coffee beans."""

    @property
    def path(self) -> str:
        return f"/orders/{self.id}"


class _CallersStory:
    """The chapters about callers, in order, and what they share."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._wix = stack.wix
        self._reader = stack.caller("OrdersReaderPolicy")
        self._warehouse = stack.caller("FulfillmentPolicy")
        self._service = stack.caller("RefundsPolicy")
        self._wix.seed_orders(SEEDED_ORDERS)
        lines = [line(2, "12.50", name="Coffee beans"), line(1, "19.99", name="Mug")]
        order = self._wix.add_order(lines=lines)
        self._order = _Order(order["id"], order["lineItems"][0]["id"])

    def tell(self) -> None:
        self._who_gets_in()
        self._reading()
        self._fulfilling()
        self._refunding_once()
        self._healing()
        asked, tokens = len(self._wix.requests(path="/ecom/*")), self._wix.exchanges
        print(f"\n{asked} calls to Wix: 1 fulfillment, 1 refund.", end=" ")
        print(f"{tokens} tokens: one for each process, one anew.")

    def _who_gets_in(self) -> None:
        says("A call that is not signed gets nowhere")
        self._call(None, "GET", self._order.path, expect=403, show=["code"])

        says("Neither does a caller with the wrong role: a reader who tries to refund")
        self._refund(DAMAGED, by=self._reader, expect=403)
        holds("Wix was not asked", not self._wix.requests())

    def _reading(self) -> None:
        says("A reader lists what is paid and not sent yet")
        unsent = {"paymentStatus": "PAID", "fulfillmentStatus": "NOT_FULFILLED"}
        wanted = {"filter": unsent, "limit": 5}
        page = self._call(
            self._reader, "POST", "/orders/query", wanted, expect=200, show=["hasMore"]
        )
        found = [each["id"] for each in page["items"]]
        holds(f"{len(found)} orders, the newest is ours", found[0] == self._order.id)

    def _fulfilling(self) -> None:
        says("The warehouse has sent one of two bags of beans")
        sent = {
            "dispatchId": "D-1001",
            "lines": [{"lineItemId": self._order.beans, "quantity": 1}],
            "carrier": "ups",
            "trackingNumber": "1Z999AA10123456784",
        }
        path = f"{self._order.path}/fulfillments"
        self._call(self._warehouse, "POST", path, sent, expect=200, show=["trackingNumber"])
        status = self._wix.order(self._order.id)["fulfillmentStatus"]
        holds(f"At Wix the order is {status}", status == "PARTIALLY_FULFILLED")

    def _refunding_once(self) -> None:
        says("It arrived damaged: part of the money goes back")
        first = self._refund(DAMAGED, expect=200, show=["status", "refunded"])

        says("The same request again: a retry, a double click, a redelivered event")
        again = self._refund(DAMAGED, expect=200, show=["status", "refunded"])
        holds("The answer is the first one", again == first)
        refunds = self._wix.requests("POST", "/ecom/v1/order-billing/refund-payments")
        holds("Wix was asked to refund once", len(refunds) == 1)

        says("The same key with another amount is a mistake")
        self._refund(DAMAGED | {"amount": "13.00"}, expect=422, show=["code"])

        says("More than the rest cannot be refunded")
        self._refund({"amount": "40.00"}, key="too-much", expect=422, show=["code", "detail"])
        given_back = sum(
            Decimal(each["summary"]["refunded"]["amount"])
            for each in self._wix.refunds(self._order.id)
        )
        holds(f"Wix has given back {given_back} in all", given_back == Decimal("12.15"))

    def _healing(self) -> None:
        says("Every token is killed at Wix, and no caller notices")
        before, killed = self._wix.exchanges, self._wix.kill_tokens()
        self._call(self._reader, "GET", self._order.path, expect=200, show=["paymentStatus"])
        bought = self._wix.exchanges - before
        holds(f"{killed} tokens died, {bought} was bought anew", bought == 1)

    def _refund(
        self,
        body: dict[str, str],
        *,
        expect: int,
        by: Credentials | None = None,
        key: str = "damaged-1",
        show: Sequence[str] = (),
    ) -> Any:
        path = f"{self._order.path}/refunds"
        return self._call(
            by or self._service, "POST", path, body, key=key, expect=expect, show=show
        )

    def _call(
        self,
        caller: Credentials | None,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        expect: int,
        show: Sequence[str],
    ) -> Any:
        return calls(self._stack, caller, method, path, body, key=key, expect=expect, show=show)
