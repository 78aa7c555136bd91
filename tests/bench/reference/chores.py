"""The scheduled functions that do what comes up every day."""

import os

from pydantic import BaseModel

from .bus import publish
from .client import call, logger
from .queues import Json
from .readers import FULL, catalog_version


class LowStock(BaseModel):
    product_id: str
    variant_id: str
    quantity: int


class LowStockReport(BaseModel):
    threshold: int
    count: int
    items: list[LowStock]


class Approvals(BaseModel):
    pending: int
    approved: list[str]


def approve_pending_members(event: Json, context: object) -> Json:
    domains = os.environ["APPROVE_MEMBERS"].split(",")
    query = {
        "filter": {"status": "PENDING"},
        "sorting": [{"fieldName": "createdDate", "order": "ASC"}],
        "paging": {"limit": 100, "offset": 0},
    }
    found = call("POST", "/members/v1/members/query", {"query": query, **FULL})["members"]
    approved = []
    for each in found:
        path = f"/members/v1/members/{each['id']}"
        if each["loginEmail"].rpartition("@")[2] not in domains:
            continue
        if call("GET", f"{path}?fieldsets=FULL")["member"]["status"] == "PENDING":
            call("POST", f"{path}/approve", {})
            approved.append(each["id"])
    logger.info("done", extra={"action": "approve_pending_members"})
    return Approvals(pending=len(found), approved=approved).model_dump()


class Confirmations(BaseModel):
    pending: int
    confirmed: list[str]


def confirm_pending_bookings(event: Json, context: object) -> Json:
    services = os.environ["CONFIRM_BOOKINGS"].split(",")
    query = {
        "filter": {"status": "PENDING"},
        "sort": [{"fieldName": "createdDate", "order": "DESC"}],
        "cursorPaging": {"limit": 100},
    }
    reply = call("POST", "/_api/bookings-reader/v2/extended-bookings/query", {"query": query})
    found = [each["booking"] for each in reply["extendedBookings"]]
    confirmed = []
    for each in found:
        if each["bookedEntity"]["slot"]["serviceId"] in services:
            path = f"/_api/bookings-service/v2/bookings/{each['id']}/confirm"
            call("POST", path, {"revision": each["revision"]})
            confirmed.append(each["id"])
    logger.info("done", extra={"action": "confirm_pending_bookings"})
    return Confirmations(pending=len(found), confirmed=confirmed).model_dump()


def report_low_stock(event: Json, context: object) -> Json:
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
