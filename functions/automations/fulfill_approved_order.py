"""Fulfill what needs no shipping in an approved order, and announce the rest."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.automations.fulfill_approved_order import (
    ActedOn,
    ApprovedOrderInput,
    AutomationSettings,
    act_on_approved_order,
)
from wix_admin.automations.skipping import Skipped
from wix_admin.orders.operations import CREATE_FULFILLMENT, GET_ORDER, LIST_FULFILLMENTS
from wix_admin.process import event_bus


@admin_action(
    ApprovedOrderInput,
    elevates=[GET_ORDER, LIST_FULFILLMENTS, CREATE_FULFILLMENT],
    key=Key.REQUIRED,
)
def handler(event: ApprovedOrderInput, wix: WixClient, once: Once) -> ActedOn | Skipped:
    auto_fulfill = AutomationSettings.read().auto_fulfill
    return act_on_approved_order(event, wix, once, event_bus, auto_fulfill)
