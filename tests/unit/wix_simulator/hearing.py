"""What a subscriber hears, read by the verifier that this project deploys."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests import canaries
from tests.unit.wix_simulator.receiver import Receiver, receiving
from tests.wix_simulator import WixSimulator
from wix_webhooks import WebhookVerifier, WixEvent


@dataclass
class Hearing:
    """A subscriber to everything."""

    wix: WixSimulator
    receiver: Receiver

    def events(self) -> list[WixEvent]:
        """What happened since the last time, in order; each is genuine and for us."""
        self.wix.webhooks.resume()
        self.wix.webhooks.wait_until_done()
        self.wix.webhooks.pause()
        bodies, self.receiver.received[:] = self.receiver.bodies, []
        verifier = WebhookVerifier(self.wix.webhooks.public_key, canaries.INSTANCE_ID)
        now = time.time()
        return [verifier.verify(body.decode(), arrived_at=now, now=now) for body in bodies]

    def types(self) -> list[str]:
        """The last word of each event's type."""
        return [event.type.rpartition(".")[2] for event in self.events()]


@contextmanager
def hearing(wix: WixSimulator) -> Iterator[Hearing]:
    """Hear of everything that happens from now on."""
    with receiving() as receiver:
        wix.webhooks.subscribe(receiver.url)
        wix.webhooks.pause()  # what is held back comes one after another, in the order it happened
        yield Hearing(wix, receiver)
