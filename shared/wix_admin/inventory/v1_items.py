"""Reads stock from catalog V1: one entry for each product, without revision and locations."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Protocol

from wix_admin.inventory.operations import FIND_SKUS_V1, QUERY_STOCK_V1
from wix_admin.models import LENIENT, Json, WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.replies import read_as

LARGEST_PAGE = 100

DEFAULT_VARIANT = "00000000-0000-0000-0000-000000000000"
"""The one variant of a product whose variants are not managed."""

BY_NUMBER = json.dumps([{"numericId": "asc"}])
"""Wix's offsets break down near 10,000, so lists are walked by this number."""


class Numbered(Protocol):
    """Something that Wix numbers."""

    numeric_id: int


class Variant(WixEntity):
    """The stock of one variant."""

    variant_id: str
    quantity: int | None = None
    in_stock: Annotated[bool | None, LENIENT] = None


class ProductStock(WixEntity):
    """The stock of one product, as Wix has it."""

    id: str
    product_id: str
    track_quantity: bool | None = None
    variants: list[Variant] | None = None
    numeric_id: int
    last_updated: Annotated[str | None, LENIENT] = None


class _Found(WixEntity):
    inventory_items: list[ProductStock] | None = None


class _Inner(WixEntity):
    sku: str | None = None


class _ProductVariant(WixEntity):
    id: str
    variant: _Inner | None = None


class Product(WixEntity):
    """What the catalog tells of a product whose SKU, or that of a variant, is looked for."""

    id: str
    sku: str | None = None
    numeric_id: int
    manage_variants: bool | None = None
    variants: list[_ProductVariant] | None = None

    def skus(self) -> dict[tuple[str, ...], str]:
        """Return its SKUs, each by the ids of product and variant."""
        if self.manage_variants:
            named = {(self.id, each.id): each.variant for each in self.variants or []}
            return {ids: inner.sku for ids, inner in named.items() if inner and inner.sku}
        return {(self.id, DEFAULT_VARIANT): self.sku} if self.sku else {}


class _Products(WixEntity):
    products: list[Product] | None = None


def query_page_v1(
    wix: WixClient, condition: Json, after: int | None, limit: int
) -> list[ProductStock]:
    """Read the stock of some products, in the order of their numbers.

    Wix: `POST /stores-reader/v2/inventoryItems/query`, whose limit is 100 a page.

    Args:
        wix: The client of this invocation.
        condition: Wix's filter.
        after: The number of the last product before these.
        limit: How many products.

    Raises:
        WixError: If Wix refuses the filter or cannot be asked.
    """
    reply = wix.call(QUERY_STOCK_V1, body={"query": _query(condition, after, limit)})
    return read_as(_Found, reply, QUERY_STOCK_V1).inventory_items or []


def all_products(wix: WixClient) -> Iterator[ProductStock]:
    """Yield the stock of every product, page after page.

    Raises:
        WixError: If Wix cannot be asked.
    """
    return _walk(lambda after: query_page_v1(wix, {}, after, LARGEST_PAGE))


def products_with(wix: WixClient, condition: Json) -> Iterator[Product]:
    """Yield products with their variants, page after page, in the order of their numbers.

    Wix: `POST /stores-reader/v1/products/query`, whose limit is 100 a page.

    Raises:
        WixError: If Wix refuses the filter or cannot be asked.
    """
    return _walk(partial(_page_of_products, wix, condition))


def _page_of_products(wix: WixClient, condition: Json, after: int | None) -> list[Product]:
    query = _query(condition, after, LARGEST_PAGE)
    body = {"query": query, "includeVariants": True, "includeHiddenProducts": True}
    reply = wix.call(FIND_SKUS_V1, body=body)
    return read_as(_Products, reply, FIND_SKUS_V1).products or []


def _walk[N: Numbered](read: Callable[[int | None], list[N]]) -> Iterator[N]:
    after: int | None = None
    while True:
        page = read(after)
        yield from page
        if len(page) < LARGEST_PAGE:
            return
        after = page[-1].numeric_id


def _query(condition: Json, after: int | None, limit: int) -> Json:
    query: Json = {"paging": {"limit": limit, "offset": 0}, "sort": BY_NUMBER}
    if filtered := _beyond(condition, after):
        query["filter"] = json.dumps(filtered)
    return query


def _beyond(condition: Json, after: int | None) -> Json:
    """Return a filter for what comes after a number."""
    if after is None:
        return condition
    step: Json = {"numericId": {"$gt": after}}
    if "numericId" in condition:
        return {"$and": [condition, step]}
    return {**condition, **step}
