"""Lists products, on whichever catalog the site has."""

import json
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from wix_admin.errors import RefusedError, WixPermissionError, WixSetupError
from wix_admin.models import Json, OrSay, WixEntity
from wix_admin.products.filters import PRODUCTS_V1, PRODUCTS_V3
from wix_admin.products.operations import QUERY_PRODUCTS, QUERY_PRODUCTS_V1
from wix_admin.wix.catalog import Catalog, on_catalog
from wix_admin.wix.client import WixClient
from wix_admin.wix.cursors import unseal_place
from wix_admin.wix.pages import Listed, Page, QueryInput, Sort, pass_on_items
from wix_admin.wix.replies import read_as

MoreToTell = Annotated[
    str,
    Field(pattern="^[A-Z_]{1,50}$"),
    OrSay("Send one of Wix's names for more of a product, in capital letters, such as CURRENCY"),
]

LIST = QUERY_PRODUCTS
"""What a cursor of ours is of, on either catalog."""

BY_NUMBER = json.dumps([{"numericId": "asc"}])


class QueryProductsInput(QueryInput):
    """Which products to list: a filter to begin with, then the cursor of the last answer."""

    filter: dict[str, Any] | None = Field(
        default=None,
        description='Wix\'s filter, such as {"visible": true}; V1 has other fields than V3.',
    )
    sort: Annotated[list[Sort], Field(max_length=5)] | None = None
    fields: Annotated[list[MoreToTell], Field(max_length=100)] | None = Field(
        default=None,
        description="What else Wix is to tell of each product, on catalog V3: CURRENCY and so on.",
    )

    @field_validator("fields")
    @classmethod
    def _in_the_cursor(cls, given: list[str] | None, others: ValidationInfo) -> list[str] | None:
        if given and others.data.get("cursor"):
            raise PydanticCustomError("cursor", "A cursor holds its fields: leave them out")
        return given


class Product(WixEntity):
    """A product as Wix tells it; on catalog V3 its prices are text, on V1 numbers."""

    id: str | None = None
    name: str | None = None


class ProductPage(Page[Product]):
    """One page of products.

    Attributes:
        catalog: The version of the site's catalog, whose products these are.
        shifted: On catalog V1 with a sort: whether the list changed since it began, so that
            products may be missing or come twice.
    """

    catalog: Literal["V1_CATALOG", "V3_CATALOG"]
    shifted: bool | None = None


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a list goes on, with all that Wix must be told again.

    Attributes:
        catalog: The catalog that it is of.
        at: V3: Wix's cursor.
        fields: V3: what else is told of each product.
        filter: V1: the filter.
        sort: V1: the fields to sort by.
        start: V1 with a sort: how many products came before.
        after: V1 without: the number of the last product.
        total: V1: how many there were when the list began.
    """

    catalog: Catalog
    at: str = ""
    fields: list[str] = field(default_factory=list)
    filter: Json = field(default_factory=dict)
    sort: list[Json] = field(default_factory=list)
    start: Annotated[int, Field(ge=0)] = 0
    after: int | None = None
    total: int | None = None

    @classmethod
    def of(cls, catalog: Catalog, query: QueryProductsInput) -> Self:
        """Begin a list, or go on where a cursor of ours says.

        Raises:
            InputError: If the cursor is not one of ours.
            WixSetupError: If it is of another catalog.
        """
        if query.cursor is None:
            return cls(catalog, "", query.fields or [], query.filter or {}, query.sorting())
        position = unseal_place(LIST.name, query.cursor, cls)
        if position.catalog != catalog:
            raise WixSetupError(
                "The list was begun on another version of the catalog: begin it anew",
                code="wrong_catalog",
            )
        return position


def query_products(wix: WixClient, query: QueryProductsInput) -> ProductPage:
    """List one page of products, as they are now; hidden ones if the credential may see them.

    Raises:
        InputError: If the cursor is not one of ours, or the filter or sort not the catalog's.
        RefusedError: If the site's catalog cannot tell the fields that are asked for.
        WixRequestError: If Wix refuses the filter or the sort.
        WixSetupError: If the site has no catalog, or another one than when the list began.
        WixError: If Wix cannot be asked.
    """

    def page(catalog: Catalog) -> ProductPage:
        position = _Position.of(catalog, query)
        if catalog == "V3_CATALOG":
            query.check(PRODUCTS_V3, other=PRODUCTS_V1)
            return _page_of_v3(wix, position, query.limit)
        query.check(PRODUCTS_V1, other=PRODUCTS_V3)
        return _page_of_v1(wix, position, query.limit)

    return on_catalog(wix, page)


# ---- Catalog V3 -----------------------------------------------------------------


class _Found(Listed):
    products: list[Any] | None = None
    total_results: int | None = None


def _page_of_v3(wix: WixClient, position: _Position, limit: int) -> ProductPage:
    """Wix: `POST /stores/v3/products/query`, whose limit is 100 products a page."""
    query: Json = {"cursorPaging": {"limit": limit}}
    if position.at:
        query["cursorPaging"]["cursor"] = position.at
    else:
        query |= {"filter": position.filter} if position.filter else {}
        query |= {"sort": position.sort} if position.sort else {}
    reply = wix.call(QUERY_PRODUCTS, body={"query": query, "fields": position.fields})
    found = read_as(_Found, reply, QUERY_PRODUCTS)
    following = found.position and _Position("V3_CATALOG", found.position, position.fields)
    return ProductPage.of(
        LIST,
        pass_on_items(Product, found.products or [], QUERY_PRODUCTS),
        following,
        catalog="V3_CATALOG",
    )


class _Numbered(WixEntity):
    numeric_id: int


# ---- Catalog V1 -----------------------------------------------------------------


def _page_of_v1(wix: WixClient, position: _Position, limit: int) -> ProductPage:
    """Walk by number, or by offset where the caller sorts, which ends near 10,000 products.

    Wix: `POST /stores-reader/v1/products/query`, whose limit is 100 products a page. Filter and
    sort are JSON text there.
    """
    if position.fields:
        raise RefusedError.of(
            "fields", "Leave them out: catalog V1 tells all fields", code="not_in_this_catalog"
        )
    walks = not position.sort and "numericId" not in position.filter
    query = _by_number(position) if walks else _by_offset(position)
    query["paging"]["limit"] = limit
    body = {"query": query, "includeVariants": True}
    try:
        reply = wix.call(QUERY_PRODUCTS_V1, body={**body, "includeHiddenProducts": True})
    except WixPermissionError:
        # Whoever may only read is told what buyers see, as on catalog V3.
        reply = wix.call(QUERY_PRODUCTS_V1, body=body)
    found = read_as(_Found, reply, QUERY_PRODUCTS_V1)
    items, total = found.products or [], found.total_results
    following = (_after_the_last if walks else _further_on)(position, items, limit, total)
    return ProductPage.of(
        LIST,
        pass_on_items(Product, items, QUERY_PRODUCTS_V1),
        following,
        catalog="V1_CATALOG",
        shifted=None if walks else None not in {position.total, total} and total != position.total,
    )


def _by_number(position: _Position) -> Json:
    condition = position.filter
    if position.after is not None:
        condition = {**condition, "numericId": {"$gt": position.after}}
    query: Json = {"paging": {"offset": 0}, "sort": BY_NUMBER}
    return query | ({"filter": json.dumps(condition)} if condition else {})


def _by_offset(position: _Position) -> Json:
    sort = [{each["fieldName"]: each["order"].lower()} for each in position.sort]
    query: Json = {
        "paging": {"offset": position.start},
        "sort": json.dumps(sort) if sort else BY_NUMBER,
    }
    return query | ({"filter": json.dumps(position.filter)} if position.filter else {})


def _after_the_last(
    position: _Position, items: list[Any], limit: int, total: int | None
) -> _Position | None:
    more = len(items) >= limit if total is None else len(items) < total
    if not more or not items:
        return None
    return replace(position, after=read_as(_Numbered, items[-1], QUERY_PRODUCTS_V1).numeric_id)


def _further_on(
    position: _Position, items: list[Any], limit: int, total: int | None
) -> _Position | None:
    start = position.start + len(items)
    more = len(items) >= limit if total is None else start < total
    if not items or not more:
        return None
    first = total if position.total is None else position.total
    return replace(position, start=start, total=first)
