"""All that the simulator remembers, and the lock that guards it."""

import threading
from collections.abc import Callable

from tests.wix_simulator.clock import Clock
from tests.wix_simulator.events import Event
from tests.wix_simulator.faults import Faults
from tests.wix_simulator.journal import Journal
from tests.wix_simulator.people import People
from tests.wix_simulator.switches import Switches
from tests.wix_simulator.world import World


class State:
    """Held by the server and by the control methods; take `lock` for anything."""

    def __init__(
        self, seed: int, now: Callable[[], float], switches: Switches, people: People
    ) -> None:
        self.lock = threading.RLock()
        self._seed = seed
        self._now = now
        self.people = people
        """Who comes next."""

        self.crashes: list[str] = []
        """Tracebacks of bugs in the simulator itself."""

        self.on_event: Callable[[Event], None] = lambda _event: None
        """Told of each event, under the lock: it must not wait for anything."""

        self.reset(switches)

    def reset(self, switches: Switches) -> None:
        self.world = World(self._seed, Clock(self._now), switches, self.people, self._tell)
        self.faults = Faults()
        self.journal = Journal()
        self.consistency_values: set[str] = set()

    def _tell(self, event: Event) -> None:
        self.on_event(event)
