"""Announce the products whose stock is at or below a threshold."""

from wix_admin import WixClient, admin_action
from wix_admin.inventory.operations import QUERY_STOCK, QUERY_STOCK_V1
from wix_admin.process import event_bus
from wix_admin.schedules.report_low_stock import (
    LowStockReport,
    LowStockSettings,
    ReportLowStockInput,
    report_low_stock,
)
from wix_admin.wix.catalog import GET_CATALOG_VERSION


@admin_action(ReportLowStockInput, elevates=[GET_CATALOG_VERSION, QUERY_STOCK, QUERY_STOCK_V1])
def handler(request: ReportLowStockInput, wix: WixClient) -> LowStockReport:
    here = LowStockSettings.read()
    return report_low_stock(wix, event_bus(), here, request)
