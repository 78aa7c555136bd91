"""Lists stock: what there is of each variant at each location."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.errors import InputError, Violation
from wix_admin.inventory.filters import INVENTORY_V1, INVENTORY_V3
from wix_admin.inventory.operations import QUERY_STOCK, QUERY_STOCK_V1
from wix_admin.inventory.stock_input import MOST
from wix_admin.inventory.v1 import LARGEST_PAGE as LARGEST_PAGE_V1
from wix_admin.inventory.v1 import ProductStock, all_products, query_page_v1
from wix_admin.inventory.v3 import LARGEST_PAGE, InventoryItem, all_items, query_page
from wix_admin.models import Answer, Json
from wix_admin.wix.catalog import Catalog, on_catalog
from wix_admin.wix.client import WixClient
from wix_admin.wix.cursors import seal, seal_place, unseal, unseal_place
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


class InventoryPage(Page):
    """One page of stock. With `lowStock` on catalog V1 it may be empty though more follow."""

    items: list[StockLine]


def query_inventory(wix: WixClient, wanted: QueryInventoryInput) -> InventoryPage:
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
    return on_catalog(wix, lambda version: pages[version](wix, wanted))


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


def _page_v3(wix: WixClient, wanted: QueryInventoryInput) -> InventoryPage:
    wanted.check(INVENTORY_V3, other=INVENTORY_V1)
    query: Json = {"cursorPaging": {"limit": wanted.limit}}
    if wanted.cursor is not None:
        query["cursorPaging"]["cursor"] = unseal(QUERY_STOCK.name, wanted.cursor)
    conditions = [wanted.filter or {}, {} if wanted.low_stock is None else _low(wanted.low_stock)]
    named = [each for each in conditions if each]
    if named:
        query["filter"] = named[0] if len(named) == 1 else {"$and": named}
    if wanted.sort:
        query["sort"] = wanted.sorting()
    found = query_page(wix, query)
    return InventoryPage(
        items=[_line(each) for each in found.inventory_items or []],
        cursor=seal(QUERY_STOCK.name, found.position) if found.position else None,
        has_more=found.position is not None,
    )


def _page_v1(wix: WixClient, wanted: QueryInventoryInput) -> InventoryPage:
    if wanted.sort:
        detail = "This catalog (V1) is listed in the order in which products were made"
        violation = Violation("/sort", detail)
        raise InputError(detail, code="not_in_this_catalog", violations=[violation])
    wanted.check(INVENTORY_V1, other=INVENTORY_V3)
    place = _Place(wanted.filter or {}, wanted.low_stock)
    if wanted.cursor is not None:
        place = unseal_place(QUERY_STOCK_V1.name, wanted.cursor, _Place)
    low, limit = place.low_stock, min(wanted.limit, LARGEST_PAGE_V1)
    found = query_page_v1(wix, place.filter, place.after, limit)
    last = found[-1].numeric_id if len(found) == limit else None
    cursor = seal_place(QUERY_STOCK_V1.name, replace(place, after=last)) if last else None
    lines = _lines(found)
    return InventoryPage(
        items=list(lines if low is None else _at_most(low, lines)),
        cursor=cursor,
        has_more=cursor is not None,
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
        for each in product.variants or []:
            yield StockLine(
                inventory_item_id=product.id,
                product_id=product.product_id,
                variant_id=each.variant_id,
                track_quantity=bool(product.track_quantity),
                quantity=each.quantity if product.track_quantity else None,
                in_stock=each.in_stock,
                updated_date=product.last_updated,
            )
