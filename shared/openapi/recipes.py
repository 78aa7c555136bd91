"""What people list most, as requests that work as they stand."""

from dataclasses import dataclass

from openapi.files import Json


@dataclass(frozen=True)
class Recipe:
    """One request.

    Attributes:
        wanted: What it lists.
        path: Its route.
        body: What is sent.
        catalog: The catalog that it is for, if not for both.
    """

    wanted: str
    path: str
    body: Json
    catalog: str | None = None


RECIPES = (
    Recipe("The order with a number", "/orders/query", {"filter": {"number": "10011"}}),
    Recipe(
        "Orders of a month, the oldest first",
        "/orders/query",
        {
            "filter": {
                "createdDate": {"$gte": "2025-01-01T00:00:00Z", "$lt": "2025-02-01T00:00:00Z"}
            },
            "sort": [{"fieldName": "createdDate", "order": "ASC"}],
        },
    ),
    Recipe(
        "Orders of a buyer",
        "/orders/query",
        {"filter": {"buyerInfo.email": "ada@example.com"}},
    ),
    Recipe(
        "Orders that are paid and still to be sent",
        "/orders/query",
        {"filter": {"paymentStatus": "PAID", "fulfillmentStatus": {"$ne": "FULFILLED"}}},
    ),
    Recipe(
        "Orders that changed since",
        "/orders/query",
        {
            "filter": {"updatedDate": {"$gte": "2025-01-31T09:00:00Z"}},
            "sort": [{"fieldName": "updatedDate", "order": "ASC"}],
        },
    ),
    Recipe(
        "The member with an e-mail address",
        "/members/query",
        {"filter": {"loginEmail": "ada@example.com"}},
    ),
    Recipe("Members who wait for approval", "/members/query", {"filter": {"status": "PENDING"}}),
    Recipe(
        "Bookings of a service in a week",
        "/bookings/query",
        {
            "filter": {
                "bookedEntity.item.slot.serviceId": "5e8d0f4b-77aa-4d0c-b6f1-2c3d4e5f6a01",
                "startDate": {"$gte": "2025-03-02T00:00:00Z", "$lt": "2025-03-09T00:00:00Z"},
                "status": {"$in": ["CONFIRMED", "PENDING"]},
            },
            "sort": [{"fieldName": "startDate", "order": "ASC"}],
        },
    ),
    Recipe("Stock that runs low", "/inventory/query", {"lowStock": 3}),
    Recipe(
        "Stock of a SKU",
        "/inventory/query",
        {"filter": {"product.variantSku": "MUG-1"}},
        catalog="V3",
    ),
    Recipe(
        "Products that changed since",
        "/products/query",
        {"filter": {"updatedDate": {"$gte": "2025-01-31T09:00:00Z"}}},
        catalog="V3",
    ),
    Recipe(
        "Products that changed since",
        "/products/query",
        {"filter": {"lastUpdated": {"$gte": "2025-01-31T09:00:00Z"}}},
        catalog="V1",
    ),
    Recipe("The product with a SKU", "/products/query", {"filter": {"sku": "MUG-1"}}, catalog="V1"),
)
