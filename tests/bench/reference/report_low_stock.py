"""The scheduled function that reports what is running out."""

import os

from pydantic import BaseModel

from .bus import publish
from .client import Json, call, catalog_version, logger


class LowStock(BaseModel):
    product_id: str
    variant_id: str
    quantity: int


class LowStockReport(BaseModel):
    threshold: int
    count: int
    items: list[LowStock]


def handler(event: Json, context: object) -> Json:
    threshold = int(os.environ["LOW_STOCK_THRESHOLD"])
    catalog_version()
    few = {"trackQuantity": True, "quantity": {"$lte": threshold}}
    query = {"filter": few, "cursorPaging": {"limit": 1000}}
    found = call("POST", "/stores/v3/inventory-items/query", {"query": query})["inventoryItems"]
    items = [
        LowStock(
            product_id=each["productId"], variant_id=each["variantId"], quantity=each["quantity"]
        )
        for each in found
    ]
    report = LowStockReport(threshold=threshold, count=len(items), items=items).model_dump()
    publish("wix-admin", "Stock Low", report)
    logger.info("done", extra={"action": "report_low_stock"})
    return report
