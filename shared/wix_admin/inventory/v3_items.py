"""Reads stock from catalog V3: one inventory item for each variant and location."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from wix_admin.inventory.operations import QUERY_STOCK
from wix_admin.models import LENIENT, Json, WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.pages import Listed, walk
from wix_admin.wix.replies import read_as

LARGEST_PAGE = 1_000


class Product(WixEntity):
    """What an inventory item tells of its product."""

    name: Annotated[str | None, LENIENT] = None
    variant_name: Annotated[str | None, LENIENT] = None
    variant_sku: str | None = None


class InventoryItem(WixEntity):
    """The stock of one variant at one location, as Wix has it."""

    id: str
    revision: str | None = None
    product_id: str
    variant_id: str
    location_id: str | None = None
    quantity: int | None = None
    in_stock: Annotated[bool | None, LENIENT] = None
    track_quantity: bool | None = None
    availability_status: Annotated[str | None, LENIENT] = None
    updated_date: Annotated[str | None, LENIENT] = None
    product: Product | None = None


class Found(Listed):
    """A page of inventory items."""

    inventory_items: list[InventoryItem] | None = None


def query_page(wix: WixClient, query: Json) -> Found:
    """Read one page of inventory items.

    Wix: `POST /stores/v3/inventory-items/query`, whose limit is 1,000 a page.

    Raises:
        WixError: If Wix refuses the query or cannot be asked.
    """
    return read_as(Found, wix.call(QUERY_STOCK, body={"query": query}), QUERY_STOCK)


def all_items(wix: WixClient, condition: Json) -> Iterator[InventoryItem]:
    """Yield every inventory item that fits a filter, page after page.

    Raises:
        WixError: If Wix refuses the filter or cannot be asked.
    """
    first = {"filter": condition, "cursorPaging": {"limit": LARGEST_PAGE}}
    for page in walk(partial(query_page, wix), first):
        yield from page.inventory_items or []
