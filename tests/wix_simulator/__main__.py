"""Run the simulator alone: `python -m tests.wix_simulator --orders 20`."""

import argparse
import signal
import sys
import threading

from tests import canaries
from tests.wix_simulator.journal import RecordedRequest
from tests.wix_simulator.simulator import WixSimulator


def main() -> None:
    """Listen until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.wix_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--orders", type=int, default=20, help="how many orders to make up")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same orders")
    parser.add_argument("--webhooks", metavar="URL", help="where to send webhooks from the start")
    options = parser.parse_args()

    wix = WixSimulator(seed=options.seed, port=options.port, on_request=_tell)
    wix.seed_orders(options.orders)
    if options.webhooks is not None:
        wix.webhooks.subscribe(options.webhooks)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with wix:
        _say(_welcome(wix.url, options.orders))
        stopping.wait()
    _say("stopped")


def _welcome(url: str, orders: int) -> str:
    return f"""A simulated Wix with {orders} orders listens on {url} (made-up data only)

A token:
  curl -s {url}/oauth2/token -H 'content-type: application/json' -d \\
    '{{"grant_type":"client_credentials","client_id":"{canaries.CLIENT_ID}",
      "client_secret":"{canaries.CLIENT_SECRET}"}}'
Orders, with its API key:
  curl -s {url}/ecom/v1/orders/search -H 'content-type: application/json' \\
    -H 'authorization: {canaries.API_KEY}' \\
    -H 'wix-site-id: {canaries.SITE_ID}' -d '{{"search":{{"cursorPaging":{{"limit":3}}}}}}'
Webhooks to an address of yours, and the key that verifies them:
  curl -s {url}/_simulator/webhooks/subscription -d '{{"url":"http://127.0.0.1:8080/"}}'
  curl -s {url}/_simulator/webhooks
How to steer it:
  curl -s {url}/_simulator
Ctrl-C stops it.
"""


def _tell(entry: RecordedRequest) -> None:
    answer = entry.status or "no answer"
    fault = f", {entry.fault}" if entry.fault else ""
    _say(f"{entry.method} {entry.path} -> {answer} ({entry.authorization}{fault})")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
