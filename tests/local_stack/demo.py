"""The story that `make demo` tells: what callers may do, what is done once, what heals itself.

Every step is a real call to the deployed stack. What it answers is printed as it comes, and the
story ends early, with an error, if a step is not as told.
"""

import json
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from tests.local_stack.aws import Credentials
from tests.local_stack.processes import ProcessError, sigterm_as_exit
from tests.local_stack.progress import Progress
from tests.local_stack.sam import build
from tests.local_stack.stack import LocalStack, local_stack
from tests.wix_simulator import line

SEEDED_ORDERS = 40
REFUND_CALL = "/ecom/v1/order-billing/refund-payments"


class UntoldError(Exception):
    """A step did not go as the story says."""


def main() -> int:
    """Tell the story; returns the exit status."""
    progress = Progress()
    try:
        with sigterm_as_exit(), tempfile.TemporaryDirectory(prefix="wix-admin-") as name:
            folder = Path(name)
            with progress.step("Building layers and functions"):
                artifacts = build(folder / "build", folder)
            with local_stack(artifacts, folder, folder, progress) as stack:
                _Story(stack).tell()
    except (ProcessError, UntoldError) as error:
        print(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    return 0


@dataclass
class _Story:
    """The steps, in order, and what they share."""

    stack: LocalStack
    number: int = 0

    def tell(self) -> None:
        wix = self.stack.wix
        wix.seed_orders(SEEDED_ORDERS)
        order = wix.add_order(
            lines=[line(2, "12.50", name="Coffee beans"), line(1, "19.99", name="Mug")]
        )
        path, beans = f"/orders/{order['id']}", order["lineItems"][0]["id"]
        reader = self.stack.caller("OrdersReaderPolicy")
        warehouse = self.stack.caller("FulfillmentPolicy")
        refunds = self.stack.caller("RefundsPolicy")

        self._says("A call that is not signed gets nowhere")
        self._call(None, "GET", path, expect=403, show=["code"])

        self._says("Neither does a reader who tries to refund")
        give_back = {"amount": "12.15", "reason": "One bag arrived damaged"}
        self._call(
            reader, "POST", f"{path}/refunds", give_back, key="damaged-1", expect=403, show=["code"]
        )
        self._holds("Wix was not asked", not wix.requests())

        self._says("A reader lists what is paid and not sent yet")
        wanted = {
            "filter": {"paymentStatus": "PAID", "fulfillmentStatus": "NOT_FULFILLED"},
            "limit": 5,
        }
        page = self._call(reader, "POST", "/orders/query", wanted, expect=200, show=["hasMore"])
        self._holds(
            f"{len(page['items'])} orders, the newest is ours",
            page["items"][0]["id"] == order["id"],
        )

        self._says("The warehouse has sent one bag of beans")
        sent = {
            "dispatchId": "D-1001",
            "lines": [{"lineItemId": beans, "quantity": 1}],
            "carrier": "ups",
            "trackingNumber": "1Z999AA10123456784",
        }
        self._call(
            warehouse,
            "POST",
            f"{path}/fulfillments",
            sent,
            expect=200,
            show=["lines", "trackingNumber"],
        )
        self._holds(
            "Wix has one fulfillment, and the order is partially fulfilled",
            len(wix.fulfillments(order["id"])) == 1
            and wix.order(order["id"])["fulfillmentStatus"] == "PARTIALLY_FULFILLED",
        )

        self._says("Part of the money goes back")
        first = self._call(
            refunds,
            "POST",
            f"{path}/refunds",
            give_back,
            key="damaged-1",
            expect=200,
            show=["status", "refunded"],
        )

        self._says("The same request comes again: a retry, a double click, a redelivered event")
        again = self._call(
            refunds,
            "POST",
            f"{path}/refunds",
            give_back,
            key="damaged-1",
            expect=200,
            show=["status", "refunded"],
        )
        self._holds("The answer is the first one, from memory", again == first)
        self._holds("Wix was asked to refund once", len(wix.requests("POST", REFUND_CALL)) == 1)

        self._says("The same key with another amount is a mistake, and told as one")
        self._call(
            refunds,
            "POST",
            f"{path}/refunds",
            give_back | {"amount": "13.00"},
            key="damaged-1",
            expect=422,
            show=["code"],
        )

        self._says("More than the rest cannot be refunded")
        self._call(
            refunds,
            "POST",
            f"{path}/refunds",
            {"amount": "40.00"},
            key="all-of-it",
            expect=422,
            show=["code", "detail"],
        )
        given_back = sum(
            Decimal(each["summary"]["refunded"]["amount"]) for each in wix.refunds(order["id"])
        )
        self._holds(f"Wix has given back {given_back} in all", given_back == Decimal("12.15"))

        self._says("Every token is killed at Wix, and nobody notices")
        before = wix.exchanges
        killed = wix.kill_tokens()
        self._call(reader, "GET", path, expect=200, show=["number", "status", "paymentStatus"])
        self._holds(f"{killed} tokens died, and one was bought anew", wix.exchanges == before + 1)

        calls = len(wix.requests(path="/ecom/*"))
        print(
            f"\n  {calls} calls to Wix, {wix.exchanges} token exchanges, 1 refund, 1 fulfillment."
        )
        print("  All as told.\n")

    def _says(self, what: str) -> None:
        self.number += 1
        print(f"\n{self.number:2}. {what}", flush=True)

    def _holds(self, what: str, true: bool) -> None:  # noqa: FBT001  # a claim and whether it holds
        if not true:
            raise UntoldError(f"    ✗ not so: {what}")
        print(f"    ✓ {what}", flush=True)

    def _call(
        self,
        caller: Credentials | None,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        expect: int,
        show: list[str],
    ) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        reply = self.stack.request(method, path, credentials=caller, json=body, headers=headers)
        print(f"    {method} {path}{f'   Idempotency-Key: {key}' if key else ''}")
        print(f"    {_shown(reply, show)}", flush=True)
        if reply.status_code != expect:
            raise UntoldError(f"    ✗ expected {expect}: {reply.text}")
        return reply.json()


def _shown(reply: httpx.Response, fields: list[str]) -> str:
    answer = reply.json()
    replayed = "  (replayed)" if reply.headers.get("Idempotent-Replayed") else ""
    parts = {name: answer.get(name) for name in fields}
    return f"{reply.status_code}{replayed} {json.dumps(parts)}"
