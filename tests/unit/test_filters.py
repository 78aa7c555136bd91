"""What callers read when Wix would not take their filter or sort."""

from typing import Any

import pytest

from tests.filter_samples import beyond, every_condition
from tests.unit.calls import call
from tests.wix_simulator import (
    WixSimulator,
    booking_reader,
    inventory_v1,
    inventory_v3,
    members,
    products_v1,
    products_v3,
    search,
)
from tests.wix_simulator.filters import Fields
from wix_admin.bookings.filters import BOOKINGS
from wix_admin.errors import InputError
from wix_admin.inventory.filters import INVENTORY_V1, INVENTORY_V3
from wix_admin.members.filters import MEMBERS
from wix_admin.orders.filters import ORDERS
from wix_admin.problems import MAX_FIELDS
from wix_admin.products.filters import PRODUCTS_V1, PRODUCTS_V3
from wix_admin.wix.filters import Field, Kind, Query

type Json = dict[str, Any]

PRODUCTS = (PRODUCTS_V1, PRODUCTS_V3)
INVENTORY = (INVENTORY_V1, INVENTORY_V3)
OTHER = {id(one): each for pair in (PRODUCTS, INVENTORY) for one, each in (pair, pair[::-1])}


def title(each: object) -> str:
    return f"{each.of} {each.catalog or ''}".strip() if isinstance(each, Query) else ""


def wrong(query: Query, condition: Json, *sort: Json) -> list[tuple[str, str]]:
    """Where a request is wrong, and how: nothing if it is not."""
    try:
        query.check(condition, sort, other=OTHER.get(id(query)))
    except InputError as error:
        return [(each.field, each.detail) for each in error.violations]
    return []


WRONG: list[tuple[Query, Json, str, str]] = [
    # Names.
    (
        ORDERS,
        {"email": "ada@example.com"},
        "/filter/email",
        "Orders cannot be filtered by this field. Did you mean buyerInfo.email?",
    ),
    (
        ORDERS,
        {"created_date": "2026-01-01"},
        "/filter/created_date",
        "Orders cannot be filtered by this field. Did you mean createdDate?",
    ),
    (
        ORDERS,
        {"createdAt": {"$gt": "2026-01-01"}},
        "/filter/createdAt",
        "Orders cannot be filtered by this field. Did you mean createdDate?",
    ),
    (
        ORDERS,
        {"colour": "red"},
        "/filter/colour",
        "Orders cannot be filtered by this field. The contract lists those that there are",
    ),
    (
        MEMBERS,
        {"email": "ada@example.com"},
        "/filter/email",
        "Members cannot be filtered by this field. Did you mean loginEmail?",
    ),
    (
        MEMBERS,
        {"updatedDate": "2026-01-01"},
        "/filter/updatedDate",
        "Members cannot be filtered by this field",
    ),
    (
        BOOKINGS,
        {"serviceId": "s"},
        "/filter/serviceId",
        "Bookings cannot be filtered by this field. Did you mean bookedEntity.item.slot.serviceId?",
    ),
    (
        BOOKINGS,
        {"bookedEntity.slot.serviceId": "s"},
        "/filter/bookedEntity.slot.serviceId",
        "Bookings cannot be filtered by this field. Did you mean bookedEntity.item.slot.serviceId?",
    ),
    (
        INVENTORY_V3,
        {"sku": "MUG"},
        "/filter/sku",
        "Stock items cannot be filtered by this field. Did you mean product.variantSku?",
    ),
    (
        PRODUCTS_V3,
        {"colour": "red"},
        "/filter/colour",
        (
            "Products cannot be filtered by this field. There are id, handle, slug, visible,"
            " createdDate, updatedDate and options.id"
        ),
    ),
    (
        PRODUCTS_V3,
        {"name": "Mug"},
        "/filter/name",
        "On this catalog (V3) products cannot be filtered by this field; on V1 they can",
    ),
    (
        PRODUCTS_V1,
        {"updatedDate": "2026-01-01"},
        "/filter/updatedDate",
        (
            "On this catalog (V1) products cannot be filtered by this field; on V3 they can."
            " Did you mean lastUpdated?"
        ),
    ),
    # Operators.
    (
        ORDERS,
        {"createdDate": {"gte": "2026-01-01"}},
        "/filter/createdDate/gte",
        (
            "This field takes $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $exists and $hasSome."
            " Did you mean $gte?"
        ),
    ),
    (
        ORDERS,
        {"status": {"$regex": "A.*"}},
        "/filter/status/$regex",
        "This field takes $eq, $ne, $in and $nin",
    ),
    (
        BOOKINGS,
        {"bookedEntity.tags": "COURSE"},
        "/filter/bookedEntity.tags",
        "Send an object: this field takes $hasSome and $hasAll",
    ),
    (
        PRODUCTS_V1,
        {"sku": {"$in": ["MUG"]}},
        "/filter/sku/$in",
        ("On this catalog (V1) there is no such operator; on V3 there is. Did you mean $hasSome?"),
    ),
    (
        ORDERS,
        {"$xor": []},
        "/filter/$xor",
        "Filters are joined by $and, $or and $not; all else begins with a field. Did you mean $or?",
    ),
    # Shapes.
    (
        ORDERS,
        {"$and": {"number": "1"}},
        "/filter/$and",
        "Send a list: $and joins several filters",
    ),
    (
        ORDERS,
        {"$or": [{"number": "1"}, "2"]},
        "/filter/$or/1",
        "Send an object with fields and what they are to be",
    ),
    (
        ORDERS,
        {"$not": [{"number": "1"}]},
        "/filter/$not",
        "Send an object with fields and what they are to be",
    ),
    (
        ORDERS,
        {"number": ["1", "2"]},
        "/filter/number",
        "Send one value here, and no list. For several, use $in",
    ),
    (
        ORDERS,
        {"number": {"$in": "1"}},
        "/filter/number/$in",
        "Send a list: $in takes several values",
    ),
    (
        BOOKINGS,
        {"$and": [{"status": "PENDING"}, {"$or": [{"status": "CONFIRMED"}]}]},
        "/filter/$and/1/$or/0/status",
        "Name each field once: Wix heeds only the first condition on it",
    ),
    # Values.
    (
        ORDERS,
        {"paymentStatus": "PAYED"},
        "/filter/paymentStatus",
        (
            "Send UNSPECIFIED, NOT_PAID, PAID, PARTIALLY_REFUNDED, FULLY_REFUNDED,"
            " PENDING, PARTIALLY_PAID, PENDING_MERCHANT, CANCELED or DECLINED. Did you mean PAID?"
        ),
    ),
    (
        ORDERS,
        {"fulfillmentStatus": {"$in": ["FULFILLED", "fulfilled"]}},
        "/filter/fulfillmentStatus/$in/1",
        ("Send NOT_FULFILLED, FULFILLED or PARTIALLY_FULFILLED. Did you mean FULFILLED?"),
    ),
    (
        ORDERS,
        {"$and": [{"createdDate": {"$gte": "yesterday"}}]},
        "/filter/$and/0/createdDate/$gte",
        "Send a time such as 2026-01-31T09:00:00Z",
    ),
    (ORDERS, {"number": "ten"}, "/filter/number", 'Send a number, such as "12.50"'),
    (
        INVENTORY_V3,
        {"quantity": {"$lt": True}},
        "/filter/quantity/$lt",
        "Send a number, such as 12",
    ),
    (ORDERS, {"archived": "true"}, "/filter/archived", "Send true or false, without quotes"),
    (ORDERS, {"buyerInfo.email": 7}, "/filter/buyerInfo.email", "Send text, in quotes"),
    (
        ORDERS,
        {"purchasedDate": {"$exists": "yes"}},
        "/filter/purchasedDate/$exists",
        "Send true or false: $exists asks whether there is something",
    ),
    (
        ORDERS,
        {"number": {"$gt": None}},
        "/filter/number/$gt",
        "Send a value: only $eq and $ne take null",
    ),
    (
        ORDERS,
        {"status": "INITIALIZED"},
        "/filter/status",
        "Wix never lists INITIALIZED orders: read one by its id",
    ),
]


@pytest.mark.parametrize(("query", "condition", "field", "detail"), WRONG)
def test_a_wrong_filter_is_told_in_a_sentence_with_its_place(
    query: Query, condition: Json, field: str, detail: str
) -> None:
    assert wrong(query, condition) == [(field, detail)]


@pytest.mark.parametrize(
    ("count", "hint"), [(12, "There are"), (13, "The contract lists those that there are")]
)
def test_up_to_a_dozen_fields_are_named_and_more_stand_in_the_contract(
    count: int, hint: str
) -> None:
    fields = {f"field{number}": Field("text", ("$eq",)) for number in range(count)}

    [(_, detail)] = wrong(Query("things", fields), {"colour": "red"})

    assert detail.startswith(f"Things cannot be filtered by this field. {hint}")


@pytest.mark.parametrize(
    ("query", "name", "detail"),
    [
        (ORDERS, "created", "Orders cannot be sorted by this field. Did you mean createdDate?"),
        (
            ORDERS,
            "total",
            "Orders cannot be sorted by this field. Did you mean priceSummary.total.amount?",
        ),
        (ORDERS, "archived", "Orders cannot be sorted by this field"),
        (
            PRODUCTS_V3,
            "price",
            "On this catalog (V3) products cannot be sorted by this field; on V1 they can",
        ),
    ],
)
def test_a_wrong_sort_is_told_the_same_way(query: Query, name: str, detail: str) -> None:
    fine = {"fieldName": query.sortable[0]}

    assert wrong(query, {}, fine, {"fieldName": name}) == [("/sort/1/fieldName", detail)]


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        (ORDERS, {}),
        (ORDERS, {"number": 10011, "priceSummary.total.amount": {"$gte": "12.50", "$lt": 20}}),
        (ORDERS, {"createdDate": {"$gte": "2026-01-31T09:00:00.000Z", "$lt": "2026-02-01"}}),
        (ORDERS, {"checkoutId": None, "buyerInfo.email": {"$ne": None}}),
        (ORDERS, {"$or": [{"$not": {"archived": True}}, {"$and": [{"number": "1"}]}]}),
        (ORDERS, {"$not": {"status": {"$in": ["INITIALIZED"]}}}),
        (ORDERS, {"number": {"$startsWith": "100"}}),
        (PRODUCTS_V1, {"options.Size": "S", "options.Any colour": {"$hasAll": ["red"]}}),
        (PRODUCTS_V1, {"price": "20"}),
    ],
)
def test_what_wix_takes_is_let_through(query: Query, condition: Json) -> None:
    assert wrong(query, condition) == []


def test_everything_that_is_wrong_is_told_at_once() -> None:
    condition = {"colour": "red", "archived": 1, "$or": [{"size": "S"}]}

    found = wrong(ORDERS, condition, {"fieldName": "colour"})

    places = ["/filter/colour", "/filter/archived", "/filter/$or/0/size", "/sort/0/fieldName"]
    assert [field for field, _ in found] == places


def test_a_request_that_is_nothing_but_mistakes_is_answered_soon() -> None:
    condition = {f"{number}{'colour' * 1000}": "red" for number in range(10_000)}

    assert len(wrong(ORDERS, condition)) == MAX_FIELDS


def test_a_mistake_beside_what_the_other_catalog_has_is_a_mistake() -> None:
    with pytest.raises(InputError) as only_there:
        PRODUCTS_V3.check({"name": "Mug"}, other=PRODUCTS_V1)
    with pytest.raises(InputError) as both:
        PRODUCTS_V3.check({"name": "Mug", "colour": "red"}, other=PRODUCTS_V1)

    assert (only_there.value.code, both.value.code) == ("not_in_this_catalog", "invalid_input")


def test_the_text_of_the_error_holds_no_word_of_the_caller() -> None:
    word = "Zanzibar"
    condition = {
        word: word,
        f"${word}": [],
        "status": word,
        "number": word,
        "createdDate": {word: word, "$gt": word, "$in": [word]},
    }

    with pytest.raises(InputError) as refused:
        ORDERS.check(condition, [{"fieldName": word}])

    assert len(refused.value.violations) == 8
    assert word not in str(refused.value)
    assert not [each.detail for each in refused.value.violations if word in each.detail]


@pytest.mark.parametrize(
    "action",
    [
        "orders/query_orders",
        "members/query_members",
        "bookings/query_bookings",
        "products/query_products",
        "inventory/query_inventory",
    ],
)
@pytest.mark.parametrize("catalog", ["V1_CATALOG", "V3_CATALOG"])
def test_no_action_sends_wix_what_wix_would_refuse(
    wix: WixSimulator, action: str, catalog: Any
) -> None:
    wix.catalog.version = catalog
    body = {"filter": {"colour": "red"}}

    refused = call(action, body)
    unchecked = call(action, {**body, "unchecked": True})

    assert (refused.status, refused.code) == (400, "invalid_input")
    assert refused.fields == ["/filter/colour"]
    assert (unchecked.status, unchecked.code) == (400, "wix_refused")
    queries = [each for each in wix.requests() if each.path.endswith(("query", "search"))]
    assert len(queries) == 1


@pytest.mark.parametrize("query", [ORDERS, MEMBERS, BOOKINGS, *PRODUCTS, *INVENTORY], ids=title)
def test_no_field_takes_an_operator_that_is_not_listed(query: Query) -> None:
    for condition in beyond(query):
        [(name, operators)] = condition.items()
        places = [f"/filter/{name}/{operator}" for operator in operators]
        assert [field for field, _ in wrong(query, condition)] == places
    assert wrong(query, every_condition(query)) == []


# ---- What the simulator takes ---------------------------------------------------------------

KINDS: dict[Kind, str] = {"id": "text", "enum": "text", "decimal": "number"}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        (ORDERS, search.ORDER_FIELDS),
        (MEMBERS, members.MEMBER_FIELDS),
        (BOOKINGS, booking_reader.BOOKING_FIELDS),
        (PRODUCTS_V3, products_v3.QUERY_FIELDS),
        (PRODUCTS_V1, products_v1.QUERY_FIELDS),
        (INVENTORY_V3, inventory_v3.QUERY_FIELDS),
        (INVENTORY_V1, inventory_v1.QUERY_FIELDS),
    ],
    ids=title,
)
def test_the_simulated_wix_takes_the_same(query: Query, fields: Fields) -> None:
    ours = {name: set(query.fields[name].taken) for name in query.filterable}
    kinds = {name: KINDS.get(each.kind, each.kind) for name, each in query.fields.items()}

    assert ours == {name: set(operators) for name, operators in fields.filterable.items()}
    assert kinds == {name: fields.kinds.get(name, "text") for name in query.fields}
    # Lists of stock of the old catalog are walked by number, in its order.
    assert set(query.sortable) == (set() if query is INVENTORY_V1 else set(fields.sortable))
