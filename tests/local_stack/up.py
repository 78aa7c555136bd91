"""The stack, left running, with calls to paste."""

import json
import shlex
import signal
from contextlib import suppress
from pathlib import Path
from textwrap import indent
from typing import Any

from tests.local_stack.aws import REGION, Credentials, signing_curl
from tests.local_stack.shop import fill
from tests.local_stack.stack import LocalStack
from tests.local_stack.try_it import try_it_page
from tests.samples import SAMPLE_ORDER
from tests.wix_simulator import line

INVOKE = (
    "sam remote invoke RefundOrderFunction --stack-name wix-admin"
    " --event-file events/orders/refund_order.json"
)
CURL = ["curl", "-s", "-w", r"\n%{http_code} %header{idempotent-replayed}\n"]
"""It tells the status after the answer, and whether that is an earlier one."""


def run(stack: LocalStack, folder: Path) -> None:
    """Fill the shop, and say what there is to try, until Ctrl-C."""
    with suppress(KeyboardInterrupt), try_it_page(stack) as page:
        shop = fill(stack.wix)
        stack.wix.webhooks.subscribe(stack.webhook_url)
        print(_instructions(stack, page, folder, shop), flush=True)
        while True:
            signal.pause()


def _instructions(stack: LocalStack, page: str, logs: Path, shop: str) -> str:
    operator, reader = stack.admin, stack.caller("OrdersReaderPolicy")
    pasted = "\n\n".join(
        f"  # {what}\n{indent(call, '  ')}" for what, call in calls(stack, operator, reader).items()
    )
    return f"""
  Try it    {page}  every call on a page that signs it
  API       {stack.api_url}
  Webhooks  {stack.webhook_url}
  Wix       {stack.wix.url}  with {shop},
            and with what events/ names; it tells the webhooks of what becomes of orders
  AWS       {stack.account.endpoint}  (region {REGION}, access key test, secret key test)
  Logs      {logs}

  A caller for every route   {operator.key_id}  {operator.secret}
  A caller who only reads    {reader.key_id}  {reader.secret}

  Paste any of these. Below the answer is its status, and "true" if it is an earlier answer again.

{pasted}

  # Let sam (.tools/sam/bin), the AWS CLI and README's samples work with it, in this shell
  {environment_line(stack)}

  # Call a function directly; what a sample cancels, declines or deletes is gone for good
  {INVOKE}

It all runs until you press Ctrl-C."""


def environment_line(stack: LocalStack) -> str:
    """What to paste into a shell, so that its tools and README's samples work with the stack."""
    variables = stack.account.variables() | {
        "ADMIN_API_URL": stack.api_url,
        "ADMIN_API_REGION": REGION,
        "ORDER_ID": SAMPLE_ORDER,
    }
    return f"export {shlex.join(f'{name}={value}' for name, value in variables.items())}"


def calls(stack: LocalStack, operator: Credentials, reader: Credentials) -> dict[str, str]:
    """Calls to paste into a shell, each by what it does, about things that it adds to the shop."""
    order = stack.wix.add_order(total="49.73")
    new = stack.wix.add_order(
        lines=[line(1, "9.00", kind="DIGITAL", name="Recipe book"), line(1, "12.50", name="Mug")],
        status="INITIALIZED",
    )
    mug = stack.wix.catalog.add_product(name="Mug", sku=f"MUG-{order['number']}", quantity=12)
    member = stack.wix.members.add(status="PENDING")
    booking = stack.wix.bookings.add(status="PENDING")
    unsent = {"paymentStatus": "PAID", "fulfillmentStatus": "NOT_FULFILLED"}
    refunds, refund = f"/orders/{order['id']}/refunds", {"amount": "5.00", "reason": "Damaged"}
    [variant] = mug["variantsInfo"]["variants"]
    counted = {"changes": [{"sku": variant["sku"], "set": 40}]}
    return {
        "Read an order": _curl(stack, operator, "GET", f"/orders/{order['id']}"),
        "List the orders that are paid and not sent": _curl(
            stack, operator, "POST", "/orders/query", {"filter": unsent}
        ),
        "Give back 5.00, once, however often you paste this": _curl(
            stack, operator, "POST", refunds, refund, key="try-1"
        ),
        "Try the same as somebody who may only read": _curl(
            stack, reader, "POST", refunds, refund, key="try-1"
        ),
        "See what a change of stock would send to Wix, and change nothing": _curl(
            stack, operator, "POST", "/inventory", {**counted, "dryRun": True}
        ),
        "Make it, once": _curl(
            stack, operator, "POST", "/inventory", counted, key=f"try-{order['number']}"
        ),
        "Let in a member who waits for it": _curl(
            stack, operator, "POST", f"/members/{member['id']}/approve"
        ),
        "Confirm a booking that waits for it": _curl(
            stack, operator, "POST", f"/bookings/{booking['id']}/confirm"
        ),
        "Let a new order be paid at Wix: its book is fulfilled, its mug announced": _plain_curl(
            f"{stack.wix.url}/_simulator/orders/approve", {"order_id": new["id"]}
        ),
        "Say, as the warehouse, that the mug was sent": _dispatch(stack, new),
        "Read the new order, a second or two later: the event waits in a queue first": _curl(
            stack, operator, "GET", f"/orders/{new['id']}"
        ),
        "See what Wix delivered, and how it was answered": _plain_curl(
            f"{stack.wix.url}/_simulator/webhooks/deliveries"
        ),
    }


def _curl(
    stack: LocalStack,
    caller: Credentials,
    method: str,
    path: str,
    body: object = None,
    *,
    key: str | None = None,
) -> str:
    """A signed call for a shell."""
    lines = [CURL, signing_curl(caller), ["-X", method, stack.api_url + path]]
    if body is not None:
        lines.append(["-H", "Content-Type: application/json"])
        lines.append(["-d", json.dumps(body)])
    if key is not None:
        lines.append(["-H", f"Idempotency-Key: {key}"])
    return _for_a_shell(lines)


def _dispatch(stack: LocalStack, order: Any) -> str:
    """The warehouse's event about an order's second line."""
    sent = {
        "dispatchId": "D-1",
        "orderId": order["id"],
        "lines": [{"lineItemId": order["lineItems"][1]["id"], "quantity": 1}],
        "carrier": "ups",
        "trackingNumber": "1Z999AA10123456784",
    }
    event = {
        "EventBusName": stack.outputs["EventBusName"],
        "Source": "warehouse",
        "DetailType": "Shipment Dispatched",
        "Detail": json.dumps(sent),
    }
    return _for_a_shell(
        [
            CURL,
            signing_curl(stack.caller("WarehousePolicy"), "events"),
            ["-H", "X-Amz-Target: AWSEvents.PutEvents"],
            ["-H", "Content-Type: application/x-amz-json-1.1"],
            ["-d", json.dumps({"Entries": [event]}), stack.account.endpoint],
        ]
    )


def _plain_curl(url: str, body: object = None) -> str:
    lines = [["curl", "-s", "-w", r"\n", url]]
    if body is not None:
        lines.append(["-d", json.dumps(body)])
    return _for_a_shell(lines)


def _for_a_shell(lines: list[list[str]]) -> str:
    return " \\\n  ".join(shlex.join(each) for each in lines)
