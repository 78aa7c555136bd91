"""Admin actions for a Wix Headless site: what the functions are made of.

A function names its input, the operations it elevates and its action:

    @admin_action(GetOrderInput, elevates=[GET_ORDER])
    def handler(request: GetOrderInput, wix: WixClient) -> Order:
        return get_order(wix, request)
"""

from wix_admin.doors.action import Key, admin_action
from wix_admin.effects.once import Once
from wix_admin.wix.client import WixClient

__all__ = ["Key", "Once", "WixClient", "admin_action"]
