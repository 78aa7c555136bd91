"""Reports the stock that runs low, for whoever orders more."""

from typing import Annotated

from aws_lambda_powertools.metrics import MetricUnit
from pydantic import Field

from wix_admin.aws.bus import EventBus
from wix_admin.aws.settings import PublisherSettings
from wix_admin.aws.telemetry import metrics
from wix_admin.inventory.query_inventory import StockLine, low_stock
from wix_admin.models import Answer, WriteInput
from wix_admin.wix.client import WixClient

STOCK_LOW = "Stock Low"

MOST_ITEMS = 500
"""How many items one event names. So many are below 200 KB, and whatever a rule hands an event to
takes 256 KB."""


class LowStockSettings(PublisherSettings):
    """What the template tells the function that reports low stock.

    Attributes:
        low_stock_threshold: How many of a thing are few.
    """

    low_stock_threshold: Annotated[int, Field(ge=0)]


class ReportLowStockInput(WriteInput):
    """Nothing to say but whether to publish it."""


class LowStockItem(Answer):
    """One variant that runs low, at one location.

    Attributes:
        product_id: The product.
        variant_id: The variant.
        sku: Its SKU, on catalog V3.
        location_id: The location, on catalog V3.
        quantity: How many there are.
    """

    product_id: str
    variant_id: str
    sku: str | None = None
    location_id: str | None = None
    quantity: int


class LowStockReport(Answer):
    """What runs low.

    Attributes:
        threshold: How many there are at most.
        count: How many variants at how many locations run low.
        items: Those with the least stock.
        truncated: Whether there are more than are named.
    """

    threshold: int
    count: int
    items: list[LowStockItem]
    truncated: bool


def report_low_stock(
    wix: WixClient, bus: EventBus, here: LowStockSettings, request: ReportLowStockInput
) -> LowStockReport:
    """Find all stock that is counted and runs low, count it, and publish one `Stock Low` for it.

    It is published each time for as long as it lasts, and not if nothing runs low.

    Args:
        wix: The client of this invocation.
        bus: Where to announce it.
        here: How many is low.
        request: Whether to publish and to count.

    Raises:
        WixError: If Wix cannot be asked.
        BusUnavailableError: If the bus did not take it.
    """
    low = low_stock(wix, here.low_stock_threshold)
    report = LowStockReport(
        threshold=here.low_stock_threshold,
        count=len(low),
        items=[_named(each) for each in low[:MOST_ITEMS]],
        truncated=len(low) > MOST_ITEMS,
    )
    if not request.dry_run:
        metrics.add_metric("LowStockItems", MetricUnit.Count, report.count)
        if low:
            detail = report.model_dump(mode="json", by_alias=True, exclude_none=True)
            bus.publish("wix-admin", STOCK_LOW, detail)
    return report


def _named(line: StockLine) -> LowStockItem:
    return LowStockItem(
        product_id=line.product_id,
        variant_id=line.variant_id,
        sku=line.sku,
        location_id=line.location_id,
        quantity=line.quantity or 0,
    )
