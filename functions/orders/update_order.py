"""Change an order's addresses, contacts and marks (archived, seen).

What is left out stays as it is, and null clears what Wix can clear. The last write wins, as Wix
keeps no revision of an order. Statuses, lines and prices do not change here.
"""

from wix_admin import Key, Once, WixClient, admin_action
from wix_admin.orders.operations import UPDATE_ORDER
from wix_admin.orders.update_order import OrderUpdate, UpdateOrderInput, UpdateReceipt


@admin_action(UpdateOrderInput, elevates=[UPDATE_ORDER], key=Key.HONOURED)
def handler(changes: UpdateOrderInput, wix: WixClient, once: Once) -> UpdateReceipt:
    return once.make(OrderUpdate(wix, changes))
