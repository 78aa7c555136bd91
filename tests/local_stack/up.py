"""The stack, left running, with calls to paste and a line for whatever happens."""

import json
import shlex
from contextlib import suppress
from pathlib import Path
from textwrap import indent
from typing import Any

from tests.local_stack.aws import REGION, Credentials
from tests.local_stack.feed import follow
from tests.local_stack.shop import fill
from tests.local_stack.stack import LocalStack
from tests.local_stack.terminal import BOLD, styled
from tests.local_stack.try_it import try_it_page
from tests.samples import SAMPLE_ORDER, SAMPLE_SKU
from tests.wix_simulator import line

INVOKE = (
    "sam remote invoke RefundOrderFunction --stack-name wix-admin"
    " --event-file events/orders/refund_order.json"
)

CURL = r"curl -s -w '\n%{http_code} replayed: %header{idempotent-replayed}\n'"
"""It adds the status, and whether the answer is an earlier one again."""


def run(stack: LocalStack, folder: Path) -> None:
    """Fill the shop, say what there is to try, and then what happens, until Ctrl-C."""
    with suppress(KeyboardInterrupt), try_it_page(stack) as page:
        with stack.wix.quietly():
            shop = fill(stack.wix)
            print(instructions(stack, page, folder, shop), flush=True)
        stack.wix.webhooks.subscribe(stack.webhook_url)
        for happened in follow(folder / "aws.log"):
            print(happened, flush=True)


def instructions(stack: LocalStack, page: str, logs: Path, shop: str) -> str:
    """Return what there is to try; what to do first stands last, next to where one types."""
    (first, refund), *others = calls(stack).items()
    pasted = "\n\n".join(f"# {what}\n{call}" for what, call in others)
    return f"""
{styled("More to paste", BOLD)}, after the variables at the end

{indent(pasted, "  ")}

  # Call a function directly; what a sample cancels, declines or deletes is gone for good
  {INVOKE}

{styled("Addresses", BOLD)}

  API       {stack.api_url}
  Webhooks  {stack.webhook_url}
  Wix       {stack.wix.url}  simulated, with {shop};
            GET /_simulator lists what can be done to it
  AWS       {stack.account.endpoint}  a stand-in
  Logs      {logs}

{styled("Start here", BOLD)}

  Open {styled(page, BOLD)} in a browser: every call, ready to be sent, is signed on its way.

  Or paste these variables into another shell, for curl, the AWS CLI, and sam in .tools/sam/bin:

{indent(variables(stack), "  ")}

  # {first}
{indent(refund, "  ")}

{styled("Ctrl-C stops everything.", BOLD)} What happens from now on:
"""


def variables(stack: LocalStack) -> str:
    """Return what to paste into a shell, so that the calls, its tools and README's samples work."""
    groups = (
        {"ADMIN_API_URL": stack.api_url, "ADMIN_API_REGION": REGION, "ORDER_ID": SAMPLE_ORDER},
        stack.account.variables(),
        {
            "ADMIN": _key(stack.admin),
            "READER": _key(stack.caller("OrdersReaderPolicy", name="reader")),
            "WAREHOUSE": _key(stack.caller("WarehousePolicy", name="warehouse")),
        },
    )
    return "\n".join(
        f"export {shlex.join(f'{name}={value}' for name, value in group.items())}"
        for group in groups
    )


def _key(caller: Credentials) -> str:
    return f"{caller.key_id}:{caller.secret}"


def calls(stack: LocalStack) -> dict[str, str]:
    """Return calls to paste after `variables`, each by what it does.

    They are about things that this adds to the shop.
    """
    wix = stack.wix
    beans = line(2, "12.50", name="Coffee beans", sku="BEANS-1")
    mug = line(1, "19.99", name="Ceramic mug", sku=SAMPLE_SKU)
    guide = line(1, "9.00", name="Brewing guide", sku="GUIDE", kind="DIGITAL")
    order = f"/orders/{wix.add_order(lines=[beans, mug])['id']}"
    new = wix.add_order(lines=[guide, mug], status="INITIALIZED")
    member = wix.members.add(status="PENDING")["id"]
    booking = wix.bookings.add(status="PENDING")["id"]
    refund = {"amount": "5.00", "reason": "Damaged"}
    unsent = {"filter": {"paymentStatus": "PAID", "fulfillmentStatus": "NOT_FULFILLED"}}
    counted = {"changes": [{"sku": SAMPLE_SKU, "set": 40}]}
    return {
        "Refund 5.00, once, however often you paste this": _curl(
            "POST", f"{order}/refunds", refund, key="try-1"
        ),
        "Try the same as a caller who may only read": _curl(
            "POST", f"{order}/refunds", refund, key="try-1", caller="READER"
        ),
        "Read that order": _curl("GET", order, caller="READER"),
        "List the orders that are paid and not shipped": _curl("POST", "/orders/query", unsent),
        "See what a change of stock would send to Wix, and change nothing": _curl(
            "POST", "/inventory", {**counted, "dryRun": True}
        ),
        "Make the change, once": _curl("POST", "/inventory", counted, key="try-2"),
        "Approve a member who waits for it": _curl("POST", f"/members/{member}/approve"),
        "Confirm a booking that waits for it": _curl("POST", f"/bookings/{booking}/confirm"),
        "Have a new order paid at Wix: its guide is fulfilled, its mug announced": _plain_curl(
            f"{wix.url}/_simulator/orders/approve", {"order_id": new["id"]}
        ),
        "Report, as the warehouse, that the mug was shipped": _dispatch(stack, new),
        "Read the new order, a second or two later: the event waits in a queue first": _curl(
            "GET", f"/orders/{new['id']}"
        ),
        "See what Wix delivered, and how it was answered": _plain_curl(
            f"{wix.url}/_simulator/webhooks/deliveries"
        ),
    }


def _curl(
    method: str, path: str, body: object = None, *, key: str | None = None, caller: str = "ADMIN"
) -> str:
    """A signed call for a shell."""
    parts = [
        _signed(caller, "execute-api"),
        f'-X {method} "$ADMIN_API_URL{path}"',
    ]
    if body is not None:
        parts.append(f"-H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body))}")
    if key is not None:
        parts.append(f"-H 'Idempotency-Key: {key}'")
    return _for_a_shell(parts)


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
            _signed("WAREHOUSE", "events"),
            "-H 'X-Amz-Target: AWSEvents.PutEvents' -H 'Content-Type: application/x-amz-json-1.1'",
            f'-d {shlex.quote(json.dumps({"Entries": [event]}))} "$AWS_ENDPOINT_URL"',
        ]
    )


def _plain_curl(url: str, body: object = None) -> str:
    data = [] if body is None else [f"-d {shlex.quote(json.dumps(body))}"]
    return _for_a_shell([rf"curl -s -w '\n' {url}", *data])


def _signed(caller: str, service: str) -> str:
    return f'{CURL} \\\n  --aws-sigv4 aws:amz:{REGION}:{service} --user "${caller}"'


def _for_a_shell(parts: list[str]) -> str:
    return " \\\n  ".join(parts)
