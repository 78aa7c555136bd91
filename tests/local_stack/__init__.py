"""The whole product on this machine: AWS's stand-in, a made-up Wix, and the real build and deploy.

with local_stack(directory) as stack:
    reply = stack.request("GET", "/orders/123", credentials=stack.caller("OrdersReaderPolicy"))
"""

from tests.local_stack.aws import Account, Credentials
from tests.local_stack.progress import Progress
from tests.local_stack.queues import Message, Published
from tests.local_stack.sam import Artifacts, build
from tests.local_stack.stack import Invocation, LocalStack, local_stack
from tests.local_stack.waiting import wait_for

__all__ = [
    "Account",
    "Artifacts",
    "Credentials",
    "Invocation",
    "LocalStack",
    "Message",
    "Progress",
    "Published",
    "build",
    "local_stack",
    "wait_for",
]
