"""The shop of `make up`: made-up people, and orders of what its catalog has."""

import itertools
import random
import uuid

from tests.samples import put_samples
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.errors import Json
from tests.wix_simulator.people import People, Person

ORDERS = 12
MEMBERS = 20
BOOKINGS = 20

PHYSICAL = (
    ("Coffee beans", "12.50", "BEANS-1", 120),
    ("Paper filters", "4.25", "FILTER-100", 300),
    ("Hand grinder", "64.00", "GRINDER-2", 8),
    ("Espresso cup", "9.50", "CUP-1", 48),
    ("Milk jug", "24.00", "JUG-1", 15),
    ("Gooseneck kettle", "79.00", "KETTLE-1", 2),
    ("Kitchen scale", "32.00", "SCALE-1", 11),
    ("Pour-over stand", "38.00", "STAND-1", 6),
)
"""Name, price, SKU, and how many there are. The sample events bring the mug."""

DIGITAL = (
    ("Brewing guide", "9.00", "GUIDE"),
    ("Latte art course", "29.00", "COURSE"),
)

FIRST_NAMES = (
    "Amelia", "Ben", "Carmen", "David", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas",
    "Keiko", "Liam", "Maya", "Noah", "Olivia", "Priya", "Quentin", "Rosa", "Samuel", "Tara",
)  # fmt: skip
LAST_NAMES = (
    "Adams", "Brandt", "Costa", "Dubois", "Ellis", "Fischer", "Garcia", "Haddad", "Ito", "Jones",
    "Kowalski", "Lopez", "Meyer", "Nguyen", "Okafor", "Patel", "Rossi", "Silva", "Tanaka", "Weber",
)  # fmt: skip


def made_up_people() -> People:
    """Return who comes next to the shop: four hundred people, and then the first one again."""
    names = list(itertools.product(FIRST_NAMES, LAST_NAMES))
    random.Random(7).shuffle(names)  # noqa: S311 - nothing secret
    numbered = itertools.cycle(enumerate(names))

    def next_person(_local: str) -> Person:
        number, (first, last) = next(numbered)
        return Person(
            first_name=first,
            last_name=last,
            email=f"{first}.{last}@example.com".lower(),
            phone=f"+1 212-555-{100 + number % 100:04}",
            street=f"{number + 1} Greene Street",
            note="Please leave it at the door",
        )

    return next_person


def fill(wix: WixSimulator) -> str:
    """Fill the shop, with what the sample events name, too; returns what it has, in words."""
    for name, price, sku, quantity in PHYSICAL:
        wix.catalog.add_product(name=name, price=price, sku=sku, quantity=quantity)
    for name, price, sku in DIGITAL:
        wix.catalog.add_product(name=name, fields=_download(price, sku))
    put_samples(wix)
    wix.seed_orders(ORDERS)
    wix.members.seed(MEMBERS)
    wix.bookings.seed(BOOKINGS)
    counts = {
        "orders": wix.orders(),
        "products": wix.catalog.products(),
        "members": wix.members.all(),
        "bookings": wix.bookings.all(),
    }
    return ", ".join(f"{len(each)} {what}" for what, each in counts.items())


def _download(price: str, sku: str) -> Json:
    """What makes a product something to download."""
    variant = {
        "sku": sku,
        "price": {"actualPrice": {"amount": price}},
        "digitalProperties": {"digitalFile": {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, sku))}},
    }
    return {
        "productType": "DIGITAL",
        "physicalProperties": None,
        "variantsInfo": {"variants": [variant]},
    }
