"""The simulator as tests use it: start it, steer it, see what it was asked."""

import asyncio
import copy
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from aiohttp import web

from tests import canaries
from tests.wix_simulator import refunds, seed
from tests.wix_simulator.auth import ApiKey, App
from tests.wix_simulator.booking_facade import Bookings
from tests.wix_simulator.builders import (
    Fee,
    Line,
    OrderStatus,
    Payments,
    anonymize,
    approve,
    build_order,
)
from tests.wix_simulator.catalog import Catalog
from tests.wix_simulator.control import control_routes
from tests.wix_simulator.errors import Json
from tests.wix_simulator.events import A_VISITOR
from tests.wix_simulator.faults import Fault
from tests.wix_simulator.journal import RecordedRequest
from tests.wix_simulator.member_book import Members
from tests.wix_simulator.people import People, a_canary
from tests.wix_simulator.refundable import MANUAL_REASONS, REFUSED_REASONS
from tests.wix_simulator.refunds import RefundStatus
from tests.wix_simulator.server import MAX_BODY_BYTES, Answer, Server
from tests.wix_simulator.shop import Record
from tests.wix_simulator.state import State
from tests.wix_simulator.switches import Switches
from tests.wix_simulator.webhooks import Webhooks
from tests.wix_simulator.world import SentMail, World

HOST = "127.0.0.1"
_START_SECONDS = 10


class WixSimulator:
    """A stateful Wix on a port of this machine.

    Use it in a `with` statement, or call `start` and `stop`. The server runs in a thread of its
    own; every method here may be called from any thread. What is returned is a copy.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        now: Callable[[], float] = time.time,
        port: int = 0,
        switches: Switches | None = None,
        people: People = a_canary,
        on_request: Callable[[RecordedRequest], None] = lambda _: None,
    ) -> None:
        """Prepare a simulator.

        Args:
            seed: The same seed gives the same ids and the same orders.
            now: The clock, in seconds since the epoch; `advance` moves on from there.
            port: Where to listen; 0 takes a free port.
            people: Who buys, signs up and books. Default: whoever may not be seen in a log.
            on_request: Told of each request when it is done, in the server's thread.
        """
        self._state = State(seed, now, switches or Switches(), people)
        self.webhooks = Webhooks(self._state)
        """Tells a subscriber what happens to orders, members, bookings, products and stock."""

        self.members = Members(self._state)
        """The members of the default site."""

        self.bookings = Bookings(self._state)
        """The bookings, services and slots of the default site."""

        self.catalog = Catalog(self._state)
        """Products and their stock."""

        self._server = Server(self._state, self._request_done)
        self._on_request = on_request
        self._port = port
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._idle = threading.Condition(self._state.lock)
        self.url = ""
        """Where it listens, without a slash at the end."""

    # ---- Life ----

    def start(self) -> None:
        """Listen, and return when requests are taken. After a stop: on the same port again."""
        listening: Future[int] = Future()
        self._thread = threading.Thread(
            target=self._run, args=[listening], name="wix-simulator", daemon=True
        )
        self._thread.start()
        self._port = listening.result(_START_SECONDS)
        self.url = f"http://{HOST}:{self._port}"

    def stop(self) -> None:
        """End all connections and wait until nothing is left; what is known stays known.

        Wix is down until the next `start`: connections are refused.

        Raises:
            AssertionError: If a request ran into a bug of the simulator.
        """
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None
        self._check_crashes()

    def _check_crashes(self) -> None:
        if self._state.crashes:
            raise AssertionError("the simulator has a bug:\n" + self._state.crashes[0])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, listening: Future[int]) -> None:
        try:
            asyncio.run(self._listen(listening))
        except OSError as error:
            listening.set_exception(error)

    async def _listen(self, listening: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.add_routes(control_routes(self))
        self._server.add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            listener = socket.create_server((HOST, self._port))
            await web.SockSite(runner, listener).start()
            listening.set_result(listener.getsockname()[1])
            async with self.webhooks.running():
                await self._stopping.wait()
        finally:
            await runner.cleanup()

    def _request_done(self, entry: RecordedRequest) -> None:
        with self._idle:
            self._idle.notify_all()
        self._on_request(entry)

    def wait_until_idle(self, timeout_seconds: float = 10) -> None:
        """Wait for requests still being worked on, such as those whose client gave up.

        Raises:
            TimeoutError: If some are still at work.
        """
        with self._idle:
            if not self._idle.wait_for(lambda: not self._state.journal.busy, timeout_seconds):
                raise TimeoutError("requests are still being worked on")

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[Answer, float]:
        """Answer a request without sockets, whether started or not.

        Args:
            target: Path and query, as in the first line of the request.

        Returns:
            The answer, and the seconds it takes over HTTP. They are not waited for.

        Raises:
            ConnectionCutError: If over HTTP the connection ends instead.
            AssertionError: If the request ran into a bug of the simulator.
        """
        steps = self._server.steps(method, target, headers, body)
        seconds = 0.0
        while True:
            try:
                seconds += next(steps)
            except StopIteration as end:
                self._check_crashes()
                answer: Answer = end.value
                return answer, seconds + answer.drip * len(answer.body)

    def reset(self, switches: Switches | None = None) -> None:
        """Forget everything: data, tokens, extra credentials, faults, the journal, the switches.

        Webhooks end too; their key stays.
        """
        with self._state.lock:
            self.webhooks.reset()
            self._state.reset(switches or Switches())

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Have no webhook sent about what is done inside."""
        with self._state.lock, self._world.events.muted():
            yield

    # ---- Switches and time ----

    @property
    def switches(self) -> Switches:
        """How Wix behaves; assign to its fields at any time."""
        return self._world.switches

    def now(self) -> float:
        """The simulator's time, in seconds since the epoch."""
        return self._world.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the simulator's time forward."""
        with self._state.lock:
            self._world.clock.advance(seconds)
            self.webhooks.wake()

    # ---- Credentials and tokens ----

    def register(self, credential: App | ApiKey) -> None:
        """Accept one more client or key, perhaps of another site. The default ones stay."""
        with self._state.lock:
            self._world.accounts.register(credential)

    def rotate_secret(
        self,
        new_secret: str = canaries.ROTATED_CLIENT_SECRET,
        *,
        client_id: str = canaries.CLIENT_ID,
        keep_old: bool = False,
    ) -> None:
        """Give a client a new secret; the old one works on only if kept."""
        with self._state.lock:
            self._world.accounts.rotate_secret(client_id, new_secret, keep_old=keep_old)

    def revoke_key(self, key: str = canaries.API_KEY) -> None:
        """End an API key: it is answered with 401 from now on."""
        with self._state.lock:
            self._world.accounts.revoke_key(key)

    def set_permissions(
        self, permissions: Iterable[str] | None, *, credential: str = canaries.CLIENT_ID
    ) -> None:
        """Grant a client id or an API key these permissions only; None grants all."""
        granted = None if permissions is None else frozenset(permissions)
        with self._state.lock:
            self._world.accounts.set_permissions(credential, granted)

    def kill_tokens(self, client_id: str | None = None) -> int:
        """Every living token is dead now; returns how many there were."""
        with self._state.lock:
            return self._world.accounts.kill_tokens(client_id)

    def expire_tokens(self) -> int:
        """Let the time of every living token run out; returns how many there were."""
        with self._state.lock:
            return self._world.accounts.expire_tokens()

    # ---- Faults ----

    def add_fault(self, fault: Fault) -> int:
        """Put a rule of trouble in force; returns its number."""
        with self._state.lock:
            return self._state.faults.add(fault)

    def remove_fault(self, number: int) -> bool:
        """End a rule; False if it had ended already."""
        with self._state.lock:
            return self._state.faults.remove(number)

    def clear_faults(self) -> None:
        with self._state.lock:
            self._state.faults.clear()

    @property
    def faults(self) -> dict[int, Fault]:
        """The rules that can still hit, by number, with what is left of `times` and `skip`."""
        with self._state.lock:
            return self._state.faults.left()

    # ---- Journal ----

    def requests(self, method: str | None = None, path: str | None = None) -> list[RecordedRequest]:
        """What was asked, oldest first; `*` in the path stands for anything."""
        with self._state.lock:
            return copy.deepcopy(self._state.journal.find(method, path))

    @property
    def exchanges(self) -> int:
        """How often a token was asked for since the journal was cleared, whatever the answer."""
        return len(self.requests("POST", "/oauth2/token"))

    def clear_journal(self) -> None:
        with self._state.lock:
            self._state.journal.clear()

    @property
    def mails(self) -> list[SentMail]:
        """The mails that Wix would have sent to buyers, because a call asked for them."""
        with self._state.lock:
            return list(self._world.mails)

    # ---- Orders ----

    def add_order(
        self,
        *,
        lines: Sequence[Line] | None = None,
        payments: Payments | None = None,
        total: str | None = None,
        status: OrderStatus = "APPROVED",
        shipping: str = "0",
        pickup: bool = False,
        discount: str = "0",
        tax_rate: str = "0",
        fees: Sequence[Fee] = (),
        currency: str = "USD",
        created: str | None = None,
        order_id: str | None = None,
        fields: Json | None = None,
        site_id: str = canaries.SITE_ID,
    ) -> Json:
        """Add an order; by default an approved one for a single thing, to be shipped, paid by card.

        Args:
            lines: What was ordered (`line`); instead of `total`.
            payments: How it was paid (`card`, `offline`, `authorized`, `gift_card`,
                `membership`), or a function from the order's total to that. Default: by one card
                payment that fits the status.
            total: Order one thing at this price.
            shipping: What shipping cost. Only orders with something physical are shipped.
            pickup: The buyer comes for it.
            discount: An amount off the whole order, spread over its lines.
            tax_rate: `0.08` is 8 %, on top of the discounted lines.
            created: An RFC 3339 instant. Default: now.
            order_id: Default: a new id.
            fields: Fields of the order to replace, as Wix's JSON. `{"imported": True}`
                makes an imported order, and webhooks tell nothing but that.
            site_id: The site that gets it.

        Returns:
            The order, as Wix tells it.
        """
        with self._state.lock, self._world.events.caused_by(A_VISITOR):
            order = build_order(
                self._world.shop(site_id),
                lines=lines,
                payments=payments,
                total=total,
                status=status,
                shipping=shipping,
                pickup=pickup,
                discount=discount,
                tax_rate=tax_rate,
                fees=fees,
                currency=currency,
                created=created,
                order_id=order_id,
                fields=fields,
            )
            return copy.deepcopy(order)

    def seed_orders(self, count: int, *, site_id: str = canaries.SITE_ID) -> list[str]:
        """Add varied orders of the last 90 days, telling nobody; their ids, oldest first."""
        with self._state.lock, self._world.events.muted():
            return seed.seed_orders(self._world.shop(site_id), count)

    def set_order_status(self, order_id: str, status: OrderStatus) -> None:
        """Let an order become what it becomes by itself at Wix, such as APPROVED."""
        with self._state.lock, self._world.shop_of(order_id).change(order_id) as record:
            record.order["status"] = status

    def approve_order(self, order_id: str) -> None:
        """Let the buyer of a waiting order pay, online unless it is paid by hand: it is approved.

        Raises:
            ValueError: If the order is neither INITIALIZED nor PENDING.
        """
        with self._state.lock, self._world.events.caused_by(A_VISITOR):
            shop = self._world.shop_of(order_id)
            with shop.change(order_id) as record:
                approve(shop, record)

    def anonymize_order(self, order_id: str) -> None:
        """Erase the buyer's data, as Wix does on request."""
        with self._state.lock:
            shop = self._world.shop_of(order_id)
            with shop.change(order_id, anonymizes=True) as record:
                anonymize(record)

    def order(self, order_id: str) -> Json:
        """The order as it is now, whatever site it belongs to."""
        return self._record(order_id).order

    def orders(self, site_id: str = canaries.SITE_ID) -> list[Json]:
        """All orders of a site, of any status."""
        with self._state.lock:
            return [copy.deepcopy(record.order) for record in self._world.shop(site_id).records()]

    def payments(self, order_id: str) -> list[Json]:
        return self._record(order_id).payments

    def payment_ids(self, order_id: str) -> list[str]:
        return [payment["id"] for payment in self.payments(order_id)]

    def refunds(self, order_id: str) -> list[Json]:
        return self._record(order_id).refunds

    def fulfillments(self, order_id: str) -> list[Json]:
        return self._record(order_id).fulfillments

    def restocked(self, order_id: str) -> dict[str, int]:
        """Units put back into stock, by line item id."""
        return self._record(order_id).restocked

    # ---- Refunds ----

    def refunds_of(self, payment_id: str, *, becomes: RefundStatus) -> None:
        """Say how refunds of a payment end from now on: at once, or (PENDING) not yet."""
        with self._state.lock:
            self._world.shop_with_payment(payment_id).refund_outcomes[payment_id] = becomes

    def settle_refund(
        self, refund_id: str, payment_id: str, outcome: RefundStatus = "SUCCEEDED"
    ) -> None:
        """End the waiting refund of a payment.

        Raises:
            LookupError: If no such refund is waiting.
        """
        with self._state.lock:
            shop = self._world.shop_with_payment(payment_id)
            order_id = next(each.order_id for each in shop.records() if each.payment(payment_id))
            with shop.change(order_id) as record:
                refunds.settle(shop, record, refund_id, payment_id, outcome)

    def force_refundability(self, payment_id: str, reason: str | None) -> None:
        """Make a payment not refundable, or only by hand, for a reason; None ends that."""
        if reason is not None and reason not in MANUAL_REASONS | REFUSED_REASONS:
            raise ValueError(f"Wix has no reason {reason}")
        with self._state.lock:
            reasons = self._world.shop_with_payment(payment_id).refundability
            if reason is None:
                reasons.pop(payment_id, None)
            else:
                reasons[payment_id] = reason

    @property
    def _world(self) -> World:
        return self._state.world

    def _record(self, order_id: str) -> Record:
        with self._state.lock:
            return copy.deepcopy(self._world.shop_of(order_id).record(order_id))
