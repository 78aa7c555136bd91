"""What each query takes, as schemas: from the same tables that requests are checked against."""

from copy import deepcopy
from dataclasses import dataclass

from openapi.files import Json
from openapi.schemas import reference
from wix_admin.bookings.filters import BOOKINGS
from wix_admin.inventory.filters import INVENTORY_V1, INVENTORY_V3
from wix_admin.members.filters import MEMBERS
from wix_admin.orders.filters import ORDERS
from wix_admin.products.filters import PRODUCTS_V1, PRODUCTS_V3
from wix_admin.wix.filters import (
    COMPARING,
    EQUAL,
    FLAGS,
    HOLDING,
    LISTS,
    PARTS,
    Field,
    Kind,
    Query,
)


@dataclass(frozen=True)
class Listing:
    """One route that lists things.

    Attributes:
        path: Its path.
        name: What its schemas begin with.
        input_name: The schema of what it takes.
        queries: What it filters and sorts by, on each catalog.
    """

    path: str
    name: str
    input_name: str
    queries: tuple[Query, ...]

    @property
    def sortable(self) -> list[str]:
        """All that it sorts by, on either catalog."""
        return list(dict.fromkeys(name for each in self.queries for name in each.sortable))

    @property
    def sort(self) -> str:
        """The name of the schema of one field to sort by."""
        return f"{self.name}Sort"

    def filter_of(self, query: Query) -> str:
        """Return the name of the schema of a filter."""
        return f"{self.name}Filter{query.catalog or ''}"


LISTINGS = (
    Listing("/orders/query", "Order", "QueryOrdersInput", (ORDERS,)),
    Listing("/members/query", "Member", "QueryMembersInput", (MEMBERS,)),
    Listing("/bookings/query", "Booking", "QueryBookingsInput", (BOOKINGS,)),
    Listing("/products/query", "Product", "QueryProductsInput", (PRODUCTS_V3, PRODUCTS_V1)),
    Listing("/inventory/query", "Stock", "QueryInventoryInput", (INVENTORY_V3, INVENTORY_V1)),
)

VALUES: dict[Kind, Json] = {
    "text": {"type": "string"},
    "id": {"type": "string"},
    "date": {"type": "string", "format": "date-time"},
    "number": {"type": "number"},
    "decimal": {"type": "string", "examples": ["12.50"]},
    "flag": {"type": "boolean"},
}


ORDER = (*EQUAL, *COMPARING, *HOLDING, "$exists", "$isEmpty", "$startsWith", "$contains")
"""In which order operators are listed."""


def with_filters(schemas: dict[str, Json]) -> dict[str, Json]:
    """Return the schemas with all that filters and sorts may be, instead of any object and text."""
    found = dict(schemas)
    sort = found.pop("Sort")
    # What answers say in the same words is the same type; other words under its name are an error.
    parts = {name: each for name, each in schemas.items() if "enum" in each}
    for listing in LISTINGS:
        for query in listing.queries:
            found[listing.filter_of(query)] = _filter(listing, query, parts)
        found[listing.sort] = _sort(sort, listing)
        properties = found[listing.input_name]["properties"]
        filters = [reference(listing.filter_of(each)) for each in listing.queries]
        properties["filter"]["anyOf"] = [*filters, {"type": "null"}]
        properties["sort"]["anyOf"][0]["items"] = reference(listing.sort)
    return dict(sorted({**found, **parts}.items()))


def _sort(sort: Json, listing: Listing) -> Json:
    described = {**deepcopy(sort), "title": listing.sort}
    properties = described["properties"]
    known = {"type": "string", "enum": listing.sortable}
    properties["fieldName"] = {"anyOf": [known, properties["fieldName"]]}
    return described


def _filter(listing: Listing, query: Query, parts: dict[str, Json]) -> Json:
    """Describe a filter, and add what it is made of to the parts that there are, by name."""
    itself = reference(listing.filter_of(query))
    several = {"type": "array", "items": itself}
    described: Json = {
        "type": "object",
        "description": f"What {query.of} are to be like. Any other field needs `unchecked`.",
        "properties": {},
        "additionalProperties": True,
    }
    for name in query.filterable:
        condition = _condition(listing, name, query.fields[name], parts)
        family, of_family, _ = name.partition(".<name>")
        if of_family:
            described.setdefault("patternProperties", {})[rf"^{family}\.."] = condition
        else:
            described["properties"][name] = condition
    described["properties"] |= {"$and": several, "$or": several, "$not": itself}
    return described


def _condition(listing: Listing, name: str, field: Field, parts: dict[str, Json]) -> Json:
    """Describe what one field can be asked for: a value of its own, or operators with values."""
    last = "".join(f"{each[0].upper()}{each[1:]}" for each in name.partition(".<")[0].split("."))
    own = f"{listing.name}{last}"
    value = VALUES.get(field.kind) or _part(
        parts, {"type": "string", "enum": list(field.values)}, own
    )
    operators = {
        "type": "object",
        "description": "What a field is compared with.",
        "properties": {each: _operand(each, value) for each in ORDER if each in field.taken},
        "additionalProperties": False,
    }
    by_kind = () if field.values else (f"{field.kind.title()}Operators",)
    compared = _part(parts, operators, *by_kind, f"{own}Operators")
    return {"anyOf": [value, {"type": "null"}, compared]} if "$eq" in field.taken else compared


def _part(parts: dict[str, Json], schema: Json, *names: str) -> Json:
    """Return a reference to a schema, which is added under the first free name if it is new."""
    known = [name for name, each in parts.items() if each == schema]
    name = known[0] if known else next(each for each in names if each not in parts)
    parts[name] = schema
    return reference(name)


def _operand(operator: str, value: Json) -> Json:
    if operator in FLAGS:
        return {"type": "boolean"}
    if operator in PARTS:
        return {"type": "string"}
    return {"type": "array", "items": value} if operator in LISTS else value
