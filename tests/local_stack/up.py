"""The stack, left running, with calls to paste."""

import json
import shlex
import signal
import tempfile
from pathlib import Path
from textwrap import indent

from tests.local_stack.aws import REGION, Credentials
from tests.local_stack.processes import ProcessError, sigterm_as_exit
from tests.local_stack.progress import Progress
from tests.local_stack.sam import build
from tests.local_stack.stack import LocalStack, local_stack

ORDERS = 12


def main() -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit status."""
    progress = Progress()
    try:
        with sigterm_as_exit(), tempfile.TemporaryDirectory(prefix="wix-admin-") as name:
            folder = Path(name)
            with progress.step("Building layers and functions"):
                artifacts = build(folder / "build", folder)
            with local_stack(artifacts, folder, folder, progress) as stack:
                print(_instructions(stack, folder), flush=True)
                _wait()
    except ProcessError as error:
        print(error)
        return 1
    except KeyboardInterrupt:
        # Whatever was running has been stopped on the way here.
        print("\nStopped.")
        return 0
    return 0


def _wait() -> None:
    while True:
        signal.pause()


def _instructions(stack: LocalStack, logs: Path) -> str:
    orders = stack.wix.seed_orders(ORDERS)
    order = stack.wix.add_order(total="49.73")
    operator = stack.admin
    reader = stack.caller("OrdersReaderPolicy")
    refund = {"amount": "5.00", "reason": "Arrived damaged"}
    calls = [
        ("Read an order", _curl(stack, operator, "GET", f"/orders/{order['id']}")),
        (
            "List the orders that are paid and not sent",
            _curl(
                stack,
                operator,
                "POST",
                "/orders/query",
                {"filter": {"paymentStatus": "PAID", "fulfillmentStatus": "NOT_FULFILLED"}},
            ),
        ),
        (
            "Give back 5.00, once, however often you paste this",
            _curl(stack, operator, "POST", f"/orders/{order['id']}/refunds", refund, key="try-1"),
        ),
        (
            "Try the same as somebody who may only read",
            _curl(stack, reader, "POST", f"/orders/{order['id']}/refunds", refund, key="try-1"),
        ),
    ]
    pasted = "\n\n".join(f"  # {what}\n{indent(call, '  ')}" for what, call in calls)
    return f"""
  API   {stack.api_url}
  Wix   {stack.wix.url}  with {len(orders) + 1} orders
  AWS   {stack.account.endpoint}  (region {REGION}, access key test, secret key test)
  Logs  {logs}

  A caller for every route   {operator.key_id}  {operator.secret}
  A caller who only reads    {reader.key_id}  {reader.secret}

{pasted}

It all runs until you press Ctrl-C."""


def _curl(
    stack: LocalStack,
    caller: Credentials,
    method: str,
    path: str,
    body: object = None,
    *,
    key: str | None = None,
) -> str:
    """A signed call for a shell. curl signs by itself, from version 7.75 on."""
    signing = ["--aws-sigv4", f"aws:amz:{REGION}:execute-api"]
    lines = [
        ["curl", "-s", *signing, "--user", f"{caller.key_id}:{caller.secret}"],
        ["-X", method, stack.api_url + path],
    ]
    if body is not None:
        lines.append(["-H", "Content-Type: application/json"])
        lines.append(["-d", json.dumps(body)])
    if key is not None:
        lines.append(["-H", f"Idempotency-Key: {key}"])
    return " \\\n  ".join(shlex.join(line) for line in lines)
