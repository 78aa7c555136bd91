"""Change the fields of an order that can be changed."""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.operations import UPDATE_ORDER
from wix_admin.orders.updating import OrderUpdate, UpdateOrderInput, UpdateReceipt


@admin_action(UpdateOrderInput, elevates=[UPDATE_ORDER], key=Key.HONOURED)
def handler(changes: UpdateOrderInput, wix: WixClient, once: Once) -> UpdateReceipt:
    return once.make(OrderUpdate(wix, changes))
