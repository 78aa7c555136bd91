"""A stateful stand-in for Wix, over real HTTP.

    with WixSimulator(seed=7) as wix:
        order = wix.add_order(total="49.73")
        ...  # let the code under test call wix.url
        assert wix.refunds(order["id"]) == []

Or alone, to be steered over HTTP: `python -m tests.wix_simulator`.
"""

from tests.wix_simulator.auth import ACCOUNT_ID, ApiKey, App
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
from tests.wix_simulator.errors import HTML_PAGE, application_error_body, system_error_body
from tests.wix_simulator.faults import Fault, too_many_requests
from tests.wix_simulator.journal import RecordedRequest
from tests.wix_simulator.simulator import WixSimulator
from tests.wix_simulator.switches import Switches
from tests.wix_simulator.world import SentMail

__all__ = [
    "ACCOUNT_ID",
    "HTML_PAGE",
    "ApiKey",
    "App",
    "Fault",
    "Fee",
    "Line",
    "Payment",
    "RecordedRequest",
    "SentMail",
    "Switches",
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
]
