"""Lists stock: what there is of each variant at each location."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.errors import InputError
from wix_admin.inventory.filters import INVENTORY_V1, INVENTORY_V3
from wix_admin.inventory.operations import QUERY_STOCK, QUERY_STOCK_V1
from wix_admin.inventory.stock_input import MOST
from wix_admin.inventory.v1_items import LARGEST_PAGE as LARGEST_PAGE_V1
from wix_admin.inventory.v1_items import ProductStock, all_products, query_page_v1
from wix_admin.inventory.v3_items import LARGEST_PAGE, InventoryItem, all_items, query_page
from wix_admin.models import Answer, Json, without_none
from wix_admin.wix.catalog import Catalog, on_catalog
from wix_admin.wix.client import WixClient
from wix_admin.wix.cursors import unseal_place
from wix_admin.wix.pages import Page, QueryInput, Sort

COUNTED = {"trackQuantity": True}


class QueryInventoryInput(QueryInput):
    """Which stock to list: a filter to begin with, then the cursor of the last answer.

    On catalog V1 the limit counts products, of which a page has 100 at most, each with a line for
    each variant, and there is no sorting.
    """

    filter: dict[str, Any] | None = Field(
        default=None,
        description='Wix\'s filter, such as {"productId": "…"}; V1 has other fields than V3.',
    )
    sort: Annotated[list[Sort], Field(max_length=10)] | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50
    low_stock: Annotated[int, Field(ge=0, le=MOST)] | None = Field(
        default=None,
        description="Only stock that is counted, of which there are so many or fewer.",
    )

    @field_validator("low_stock")
    @classmethod
    def _without_cursor(cls, given: int | None, others: ValidationInfo) -> int | None:
        if given is not None and others.data.get("cursor") is not None:
            raise PydanticCustomError(
                "cursor", "A cursor holds its lowStock: send it with nothing but limit"
            )
        return given


class StockLine(Answer):
    """The stock of one variant at one location.

    Attributes:
        inventory_item_id: Wix's id of it; on catalog V1 that of the whole product's stock.
        product_id: The product.
        variant_id: The variant.
        location_id: The location, on catalog V3.
        revision: Its revision, on catalog V3.
        sku: The variant's SKU, on catalog V3.
        product_name: The product's name, on catalog V3.
        variant_name: The variant's name, on catalog V3.
        track_quantity: Whether it is counted.
        quantity: How many there are, if it is counted.
        in_stock: Whether there are any, if Wix tells.
        availability_status: Whether it can be bought, on catalog V3.
        updated_date: When it was changed last.
    """

    inventory_item_id: str
    product_id: str
    variant_id: str
    location_id: str | None = None
    revision: str | None = None
    sku: str | None = None
    product_name: str | None = None
    variant_name: str | None = None
    track_quantity: bool
    quantity: int | None = None
    in_stock: bool | None = None
    availability_status: str | None = None
    updated_date: str | None = None


class InventoryPage(Page[StockLine]):
    """One page of stock. With `lowStock` on catalog V1 it may be empty though more follow."""


def query_inventory(wix: WixClient, query: QueryInventoryInput) -> InventoryPage:
    """List one page of stock.

    Wix: `POST /stores/v3/inventory-items/query`, whose limit is 1,000 items a page; on catalog V1
    `POST /stores-reader/v2/inventoryItems/query`, whose limit is 100 products a page. V1 does not
    filter by quantity, so that is done here.

    Raises:
        InputError: If the cursor is not one of ours, the filter or sort not one of the catalog's,
            or V1 is asked to sort.
        WixRequestError: If Wix refuses the filter.
        WixError: If Wix cannot be asked.
    """
    pages = {"V1_CATALOG": _page_v1, "V3_CATALOG": _page_v3}
    return on_catalog(wix, lambda version: pages[version](wix, query))


def low_stock(wix: WixClient, threshold: int) -> list[StockLine]:
    """Return all stock that is counted and of which there are so many or fewer, the least first.

    Raises:
        WixError: If Wix cannot be asked.
    """

    def read(version: Catalog) -> list[StockLine]:
        if version == "V1_CATALOG":
            lines = _at_most(threshold, _lines(all_products(wix)))
        else:
            lines = map(_line, all_items(wix, _low(threshold)))
        return sorted(lines, key=lambda each: each.quantity or 0)

    return on_catalog(wix, read)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a list of catalog V1 goes on.

    Attributes:
        filter: Wix's filter.
        low_stock: How many there are at most.
        after: The number of the last product.
    """

    filter: Json
    low_stock: int | None
    after: int | None = None


def _page_v3(wix: WixClient, query: QueryInventoryInput) -> InventoryPage:
    query.check(INVENTORY_V3, other=INVENTORY_V1)
    low = {} if query.low_stock is None else _low(query.low_stock)
    conditions = [each for each in (query.filter, low) if each]
    wix_query = without_none(
        cursorPaging=query.cursor_paging(QUERY_STOCK),
        filter={"$and": conditions} if len(conditions) > 1 else next(iter(conditions), None),
        sort=query.sorting() or None,
    )
    found = query_page(wix, wix_query)
    lines = [_line(each) for each in found.inventory_items or []]
    return InventoryPage.of(QUERY_STOCK, lines, found.position)


def _page_v1(wix: WixClient, query: QueryInventoryInput) -> InventoryPage:
    if query.sort:
        raise InputError.of(
            "sort",
            "This catalog (V1) is listed in the order in which products were made",
            code="not_in_this_catalog",
        )
    query.check(INVENTORY_V1, other=INVENTORY_V3)
    place = _Place(query.filter or {}, query.low_stock)
    if query.cursor is not None:
        place = unseal_place(QUERY_STOCK_V1.name, query.cursor, _Place)
    low, limit = place.low_stock, min(query.limit, LARGEST_PAGE_V1)
    found = query_page_v1(wix, place.filter, place.after, limit)
    last = found[-1].numeric_id if len(found) == limit else None
    lines = _lines(found)
    return InventoryPage.of(
        QUERY_STOCK_V1,
        list(lines if low is None else _at_most(low, lines)),
        replace(place, after=last) if last else None,
    )


def _low(threshold: int) -> Json:
    return {**COUNTED, "quantity": {"$lte": threshold}}


def _at_most(threshold: int, lines: Iterable[StockLine]) -> Iterator[StockLine]:
    for each in lines:
        if each.track_quantity and each.quantity is not None and each.quantity <= threshold:
            yield each


def _line(item: InventoryItem) -> StockLine:
    product = item.product
    return StockLine(
        inventory_item_id=item.id,
        product_id=item.product_id,
        variant_id=item.variant_id,
        location_id=item.location_id,
        revision=item.revision,
        sku=product.variant_sku if product else None,
        product_name=product.name if product else None,
        variant_name=product.variant_name if product else None,
        track_quantity=item.track_quantity or item.quantity is not None,
        quantity=item.quantity,
        in_stock=item.in_stock,
        availability_status=item.availability_status,
        updated_date=item.updated_date,
    )


def _lines(products: Iterable[ProductStock]) -> Iterator[StockLine]:
    for product in products:
        for variant in product.variants or []:
            yield StockLine(
                inventory_item_id=product.id,
                product_id=product.product_id,
                variant_id=variant.variant_id,
                track_quantity=bool(product.track_quantity),
                quantity=variant.quantity if product.track_quantity else None,
                in_stock=variant.in_stock,
                updated_date=product.last_updated,
            )
