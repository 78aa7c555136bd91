"""Webhooks as Wix sends them: signed, at least once, in no order, again until someone says 200."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal
from urllib.parse import urlsplit

from tests import canaries
from tests.wix_simulator.courier import Courier
from tests.wix_simulator.errors import Json
from tests.wix_simulator.events import Event
from tests.wix_simulator.signing import AN_APP, SigningKey, claims, envelope
from tests.wix_simulator.state import State

RESEND_AFTER_SECONDS = (60, 600, 3600, *[7200] * 3, *[14400] * 3, *[28800] * 2, 43200)
"""How long Wix waits after each failure; after one more it gives up."""

LIVES_SECONDS = 300_000
CONTENT_TYPE = "text/plain; charset=utf-8"
APPROVED = "wix.ecom.v1.order_approved"

_HERE = {"127.0.0.1", "localhost"}


@dataclass(frozen=True)
class Subscription:
    """Where webhooks go."""

    url: str
    event_types: frozenset[str] | None
    """None for all."""


@dataclass(frozen=True)
class Attempt:
    """One POST of a delivery."""

    at: float
    """When, by the simulator's clock, in seconds since the epoch."""

    waited_seconds: float
    """What the timetable told to wait before it."""

    status: int | None
    """What was answered; None if nothing was, or not in time."""

    milliseconds: float
    """How long that took."""


@dataclass
class Delivery:
    """One event on its way to one address. A duplicate is a delivery of its own."""

    event_type: str
    event_id: str | None
    """None for the older, flat events."""

    entity_id: str | None
    url: str
    due: float
    """When the next attempt is planned, by the simulator's clock."""

    state: Literal["waiting", "delivered", "given_up"] = "waiting"
    attempts: list[Attempt] = field(default_factory=list)


@dataclass
class _Message:
    """What is posted; duplicates share it."""

    event: Event
    token: str | None = None


@dataclass(eq=False)
class _Parcel:
    delivery: Delivery
    message: _Message
    held: bool
    wait_seconds: float = 0

    @property
    def waits(self) -> bool:
        return self.delivery.state == "waiting"


class Webhooks:
    """Sends each event to the subscriber. Every method may be called from any thread.

    Nothing is sent or kept while nobody is subscribed. All waiting is by the simulator's clock:
    moving that forward makes resends due.
    """

    duplicates: int
    """How many more copies of each event are delivered."""

    time_factor: float
    """What the timetable of resends is multiplied by: 0 lets them follow at once."""

    answer_within: float
    """Seconds in which 200 must be answered."""

    lives_seconds: float
    """How long after its signature a delivery expires."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._settled = threading.Condition(state.lock)
        self._key: SigningKey | None = None
        self._key_lock = threading.Lock()
        self._courier: Courier | None = None
        state.on_event = self._take
        self._begin()

    def _begin(self) -> None:
        self.duplicates = 0
        self.time_factor = 1.0
        self.answer_within = 1.25
        self.lives_seconds = LIVES_SECONDS
        self._paused = False
        self._subscription: Subscription | None = None
        self._parcels: list[_Parcel] = []
        self._waiting: set[_Parcel] = set()

    # ---- Subscribing ----

    @property
    def public_key(self) -> str:
        """What the app's dashboard shows as its public key (PEM); it outlives a reset."""
        return self._signing_key().public_pem

    @property
    def subscription(self) -> Subscription | None:
        return self._subscription

    def subscribe(self, url: str, event_types: Sequence[str] | None = None) -> None:
        """Send events that happen from now on, all or of some types, in place of any before.

        Raises:
            ValueError: If the address is not on this machine.
        """
        if urlsplit(url).hostname not in _HERE:
            raise ValueError("webhooks are only sent to 127.0.0.1")
        self._signing_key()
        types = None if event_types is None else frozenset(event_types)
        with self._state.lock:
            self._subscription = Subscription(url, types)

    def unsubscribe(self) -> None:
        """Send nothing any more: deliveries that wait are given up."""
        with self._state.lock:
            self._subscription = None
            for parcel in tuple(self._waiting):
                self._end(parcel, "given_up")
            self.wake()

    def reset(self) -> None:
        """Forget the subscription, all deliveries and all settings."""
        self.unsubscribe()
        with self._state.lock:
            self._begin()

    # ---- Order ----

    @property
    def paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        """Hold back what is made from now on, and all resends."""
        with self._state.lock:
            self._paused = True

    def resume(self, order: Literal["as_made", "reversed"] | Sequence[int] = "as_made") -> None:
        """Send what was held back, one after another, each when the one before has its answer.

        Args:
            order: `[2, 0, 1]` sends the third first.

        Raises:
            ValueError: If the order does not name each delivery held back once.
        """
        with self._state.lock:
            held = [parcel for parcel in self._parcels if parcel.held and parcel.waits]
            if order == "reversed":
                held.reverse()
            elif order != "as_made":
                if sorted(order) != list(range(len(held))):
                    raise ValueError(f"{len(held)} deliveries are held back")
                held = [held[int(place)] for place in order]
            for parcel in held:
                parcel.held = False
            self._paused = False
            self.wake()
            if self._courier is not None:
                self._courier.start(partial(self._carry_in_turn, self._courier, held))

    # ---- What became of it ----

    @property
    def deliveries(self) -> list[Delivery]:
        """All deliveries, in the order they were made."""
        with self._state.lock:
            found = [parcel.delivery for parcel in self._parcels]
            return [replace(each, attempts=list(each.attempts)) for each in found]

    def clear_deliveries(self) -> None:
        """Forget the deliveries that have come to an end."""
        with self._state.lock:
            self._parcels = [parcel for parcel in self._parcels if parcel.waits]

    def wait_until_done(self, timeout_seconds: float = 10) -> None:
        """Wait until nothing is to be sent any more, resends included.

        Raises:
            TimeoutError: If something still waits.
        """
        with self._settled:
            if not self._settled.wait_for(lambda: not self._waiting, timeout_seconds):
                raise TimeoutError(f"{len(self._waiting)} deliveries still wait")

    # ---- More than what happens by itself ----

    def resend(self, event_id: str, times: int = 1) -> None:
        """Deliver an event again, as a resend of it.

        Raises:
            LookupError: If there was no delivery of this event.
        """
        with self._state.lock:
            for parcel in self._parcels:
                if parcel.delivery.event_id == event_id:
                    message = self._resent(parcel.message)
                    self._deliver(message, parcel.delivery.url, times)
                    return
        raise LookupError(f"no delivery of event {event_id}")

    def send(
        self,
        event_type: str,
        entity_id: str | None,
        content: Json,
        *,
        event_id: str | None = None,
        sequence: int | None = None,
        instance_id: str = canaries.INSTANCE_ID,
        identity: Json | None = AN_APP,
        anonymize: bool = False,
    ) -> str | None:
        """Deliver an event that did not happen in the simulator, whatever its type.

        Args:
            entity_id: None makes a flat event, as the older ones are.
            content: The one body, `{"actionEvent": {"body": {…}}}`; or the flat payload.
            event_id: Default: a new one.
            sequence: Default: the entity's next.
            identity: Who caused it; None leaves it out.

        Returns:
            The event's id; None for a flat one.

        Raises:
            LookupError: If nobody is subscribed.
        """
        with self._state.lock:
            if self._subscription is None:
                raise LookupError("nobody is subscribed")
            event = self._state.world.events.make(
                event_type,
                entity_id,
                content,
                instance_id=instance_id,
                identity=identity,
                event_id=event_id,
                sequence=sequence,
                anonymizes=anonymize,
            )
            self._deliver(_Message(event), self._subscription.url, 1 + self.duplicates)
        return event.id

    def token(
        self,
        event_type: str = APPROVED,
        entity_id: str | None = "0de40000-0000-4000-8000-00000000000d",
        content: Json | None = None,
        *,
        event_id: str | None = None,
        sequence: int | None = None,
        instance_id: str = canaries.INSTANCE_ID,
        identity: Json | None = AN_APP,
        key: SigningKey | None = None,
        issued_at: float | None = None,
        lives_seconds: float = LIVES_SECONDS,
        header: Json | None = None,
    ) -> str:
        """Make the body of a delivery and send it nowhere; `post` does.

        Args:
            key: Who signs; a new key forges. Default: Wix.
            issued_at: Seconds since the epoch. Default: now.
            lives_seconds: How long it is valid from then.
            header: The token's header, in place of the usual one.
        """
        signing_key = key or self._signing_key()
        with self._state.lock:
            event = self._state.world.events.make(
                event_type,
                entity_id,
                {"actionEvent": {"body": {}}} if content is None else content,
                instance_id=instance_id,
                identity=identity,
                event_id=event_id,
                sequence=sequence,
            )
            now = self._state.world.clock.outside()
        issued_at = now if issued_at is None else issued_at
        return _signed(signing_key, event, issued_at, lives_seconds, header)

    def post(
        self, body: str | bytes, *, url: str | None = None, content_type: str = CONTENT_TYPE
    ) -> int | None:
        """Send anything, once and now.

        Args:
            url: Default: where the subscriber is.

        Returns:
            The status that was answered; None if there was none in time.

        Raises:
            LookupError: If nobody is subscribed and no address is given.
            RuntimeError: If the simulator is not running.
        """
        courier = self._running_courier()
        posted = self.posted(body, url=url, content_type=content_type)
        return asyncio.run_coroutine_threadsafe(posted, courier.loop).result()

    async def posted(
        self, body: str | bytes, *, url: str | None = None, content_type: str = CONTENT_TYPE
    ) -> int | None:
        """Do as `post` does, for callers in the simulator's own loop."""
        if url is None and self._subscription is not None:
            url = self._subscription.url
        if url is None:
            raise LookupError("nobody is subscribed")
        courier = self._running_courier()
        async with courier.lines:
            status, _ = await courier.post(
                url, body, content_type=content_type, answer_within=self.answer_within
            )
        return status

    def _running_courier(self) -> Courier:
        if self._courier is None:
            raise RuntimeError("the simulator is not running")
        return self._courier

    # ---- Making deliveries ----

    def _take(self, event: Event) -> None:
        subscription = self._subscription
        if subscription is None:
            return
        if subscription.event_types is None or event.type in subscription.event_types:
            self._deliver(_Message(event), subscription.url, 1 + self.duplicates)

    def _deliver(self, message: _Message, url: str, copies: int) -> None:
        event = message.event
        for _ in range(copies):
            delivery = Delivery(event.type, event.id, event.entity_id, url, event.due)
            parcel = _Parcel(delivery, message, held=self._paused)
            self._parcels.append(parcel)
            self._waiting.add(parcel)
            if not parcel.held and self._courier is not None:
                self._courier.start(partial(self._carry, self._courier, parcel))

    def _resent(self, message: _Message) -> _Message:
        anew = self._state.world.switches.resend_signature == "new"
        return _Message(message.event) if anew else message

    def _signing_key(self) -> SigningKey:
        with self._key_lock:
            if self._key is None:
                self._key = SigningKey.generate()
            return self._key

    def _end(self, parcel: _Parcel, state: Literal["delivered", "given_up"]) -> None:
        parcel.delivery.state = state
        self._waiting.discard(parcel)
        self._settled.notify_all()

    # ---- Carrying them out ----

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver while inside, on the running loop; what waits at the end goes on next time."""
        async with Courier.at_work(self._state.crashes) as courier:
            with self._state.lock:
                self._courier = courier
                for parcel in self._parcels:
                    if parcel.waits and not parcel.held:
                        courier.start(partial(self._carry, courier, parcel))
            try:
                yield
            finally:
                with self._state.lock:
                    self._courier = None

    def wake(self) -> None:
        """Let all that waits look at the clock again. The caller holds the simulator's lock."""
        if self._courier is not None:
            self._courier.wake()

    async def _carry_in_turn(self, courier: Courier, parcels: list[_Parcel]) -> None:
        for parcel in parcels:
            await self._attempt(courier, parcel)
            if parcel.waits:
                courier.start(partial(self._carry, courier, parcel))

    async def _carry(self, courier: Courier, parcel: _Parcel) -> None:
        while parcel.waits:
            await self._attempt(courier, parcel)

    async def _attempt(self, courier: Courier, parcel: _Parcel) -> None:
        """Make the next attempt when it is due; none if the parcel waits no longer by then."""
        while parcel.waits:
            left = parcel.delivery.due - self._state.world.clock.now()
            if self._paused or left > 0:
                await courier.sleep(None if self._paused else left)
                continue
            async with courier.lines:
                if parcel.waits and not self._paused:
                    await self._post(courier, parcel)
                    return

    async def _post(self, courier: Courier, parcel: _Parcel) -> None:
        body, at = self._body_of(parcel), self._state.world.clock.now()
        status, milliseconds = await courier.post(
            parcel.delivery.url, body, content_type=CONTENT_TYPE, answer_within=self.answer_within
        )
        with self._state.lock:
            parcel.delivery.attempts.append(Attempt(at, parcel.wait_seconds, status, milliseconds))
            self._follow(parcel)

    def _body_of(self, parcel: _Parcel) -> str:
        world = self._state.world
        if parcel.delivery.attempts:
            parcel.message = self._resent(parcel.message)
        message = parcel.message
        if message.token is None:
            # Whoever verifies this has a clock of its own, which no test has moved forward.
            now = world.clock.outside()
            message.token = _signed(self._signing_key(), message.event, now, self.lives_seconds)
        return message.token

    def _follow(self, parcel: _Parcel) -> None:
        """Make an end after an attempt, or plan the next."""
        attempts = parcel.delivery.attempts
        last = attempts[-1]
        if last.status == 200:
            self._end(parcel, "delivered")
        elif len(attempts) > len(RESEND_AFTER_SECONDS):
            self._end(parcel, "given_up")
        else:
            parcel.wait_seconds = RESEND_AFTER_SECONDS[len(attempts) - 1] * self.time_factor
            # From when it failed: by now, a test may have moved the clock to make this due.
            failed = last.at + last.milliseconds / 1000
            parcel.delivery.due = failed + parcel.wait_seconds


def _signed(
    key: SigningKey,
    event: Event,
    issued_at: float,
    lives_seconds: float,
    header: Json | None = None,
) -> str:
    wrapped = envelope(
        event.data,
        event_type=event.type,
        instance_id=event.instance_id,
        identity=event.identity,
    )
    return key.sign(
        claims(wrapped, issued_at=issued_at, lives_seconds=lives_seconds), header=header
    )
