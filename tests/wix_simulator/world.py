"""The simulated Wix: its sites, credentials and clock, and one call to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from tests.wix_simulator.auth import Accounts, ApiKey, App, Caller
from tests.wix_simulator.bodies import Body, read
from tests.wix_simulator.booking_book import BookingBook
from tests.wix_simulator.catalog_events import CatalogEvents
from tests.wix_simulator.clock import Clock, Ids
from tests.wix_simulator.errors import Json, Reply
from tests.wix_simulator.events import Event, Events
from tests.wix_simulator.member_book import MemberBook
from tests.wix_simulator.people import People
from tests.wix_simulator.shop import Shop
from tests.wix_simulator.store import Store
from tests.wix_simulator.switches import Switches


@dataclass(frozen=True)
class SentMail:
    """A mail that Wix would have sent to a buyer."""

    kind: str
    order_id: str
    message: str | None = None


@dataclass
class World:
    """Everything that a reset throws away."""

    seed: int
    clock: Clock
    switches: Switches
    people: People
    tell: Callable[[Event], None]
    ids: Ids = field(init=False)
    request_ids: Ids = field(init=False)
    accounts: Accounts = field(init=False)
    events: Events = field(init=False)
    shops: dict[str, Shop] = field(default_factory=dict)
    member_books: dict[str, MemberBook] = field(default_factory=dict)
    booking_books: dict[str, BookingBook] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    serving: int = 0
    """The number of the request being carried out; 0 outside of requests."""

    mails: list[SentMail] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = Ids(self.seed)
        # Requests come in any order: their ids must not disturb those of the data.
        self.request_ids = Ids(self.seed + 1)
        self.accounts = Accounts(self.clock, Ids(self.seed + 2), self.switches)
        self.accounts.register(App())
        self.accounts.register(ApiKey())
        self.events = Events(
            self.clock, Ids(self.seed + 3), self.switches, self.accounts, self.tell
        )

    def shop(self, site_id: str) -> Shop:
        if site_id not in self.shops:
            self.shops[site_id] = Shop(
                self.clock,
                self.ids,
                self.switches,
                people=self.people,
                sold_as=partial(self._sold_as, site_id),
                on_change=partial(self.events.order_changed, site_id),
            )
        return self.shops[site_id]

    def members(self, site_id: str) -> MemberBook:
        if site_id not in self.member_books:
            tell = partial(self.events.happened, site_id)
            self.member_books[site_id] = MemberBook(self.clock, self.ids, self.switches, tell)
        return self.member_books[site_id]

    def store(self, site_id: str) -> Store:
        if site_id not in self.stores:
            store = Store(self.clock, self.ids, self.switches, lambda: self.serving)
            store.listener = CatalogEvents(store, partial(self.events.happened, site_id))
            self.stores[site_id] = store
        return self.stores[site_id]

    def bookings(self, site_id: str) -> BookingBook:
        if site_id not in self.booking_books:
            on_change = partial(self.events.booking_changed, site_id)
            book = BookingBook(self.clock, self.ids, self.switches, on_change)
            self.booking_books[site_id] = book
        return self.booking_books[site_id]

    def _sold_as(self, site_id: str, sku: str) -> tuple[str, str] | None:
        store = self.stores.get(site_id)
        variant = store and store.owner("sku", sku)
        product = store and variant and store.owner("variant", variant)
        return (product, variant) if product and variant else None

    def shop_of(self, order_id: str) -> Shop:
        for shop in self.shops.values():
            if shop.known(order_id):
                return shop
        raise LookupError(f"no order {order_id}")

    def shop_with_payment(self, payment_id: str) -> Shop:
        for shop in self.shops.values():
            if any(record.payment(payment_id) for record in shop.records()):
                return shop
        raise LookupError(f"no payment {payment_id}")


@dataclass(frozen=True)
class Call:
    """One request, ready for the work."""

    world: World
    path: Mapping[str, str]
    """The path's parameters, decoded, by the names Wix gives them."""

    body: Json
    caller: Caller | None
    """Who asks; None only where no credential is needed."""

    sees_own_writes: bool = False
    query: Mapping[str, list[str]] = field(default_factory=dict)
    """The parameters after the path, among those the route names."""

    @property
    def site_id(self) -> str:
        if self.caller is None:
            raise LookupError("an open route has no site")
        return self.caller.site_id

    @property
    def shop(self) -> Shop:
        return self.world.shop(self.site_id)

    @property
    def members(self) -> MemberBook:
        return self.world.members(self.site_id)

    @property
    def bookings(self) -> BookingBook:
        return self.world.bookings(self.site_id)

    def may(self, permission: str) -> bool:
        """Whether the caller holds a permission."""
        return self.caller is not None and self.caller.may(permission)

    @property
    def store(self) -> Store:
        return self.world.store(self.site_id)

    @property
    def switches(self) -> Switches:
        return self.world.switches

    def read[M: Body](self, model: type[M]) -> M:
        """The body, checked."""
        return read(model, self.body, self.switches)


@dataclass(frozen=True)
class Route:
    """One endpoint of Wix."""

    method: str
    path: str
    """Parameters in braces, with dots where the SDK repeats them inside an entity."""

    work: Callable[[Call], Json | Reply]
    permission: str | tuple[str, ...] | None = None
    """What the credential must hold, or what of it one is enough; None means that no credential
    is needed."""

    writes: bool = False
    """Whether success changes something at Wix."""

    query: frozenset[str] = frozenset()
    """Parameters that may follow the path."""

    @property
    def permissions(self) -> tuple[str, ...]:
        """Of these permissions one is enough."""
        return (self.permission,) if isinstance(self.permission, str) else self.permission or ()
