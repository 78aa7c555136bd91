"""Record a shipment that left the warehouse, once."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.automations.fulfill_dispatched_shipment import (
    DispatchedShipmentInput,
    record_shipment,
)
from wix_admin.automations.skipping import Skipped
from wix_admin.orders.fulfill_order import FulfillmentReceipt
from wix_admin.orders.operations import CREATE_FULFILLMENT, GET_ORDER, LIST_FULFILLMENTS


@admin_action(
    DispatchedShipmentInput,
    elevates=[GET_ORDER, LIST_FULFILLMENTS, CREATE_FULFILLMENT],
    key=Key.REQUIRED,
)
def handler(
    shipment: DispatchedShipmentInput, wix: WixClient, once: Once
) -> FulfillmentReceipt | Skipped:
    return record_shipment(shipment, wix, once)
