"""Confirm the pending bookings that match your rule."""

from wix_admin import WixClient, admin_action
from wix_admin.bookings.operations import CONFIRM_BOOKING, QUERY_BOOKINGS
from wix_admin.schedules.confirm_pending_bookings import (
    BookingConfirmations,
    BookingConfirmationSettings,
    ConfirmPendingBookingsInput,
    confirm_pending_bookings,
)


@admin_action(ConfirmPendingBookingsInput, elevates=[QUERY_BOOKINGS, CONFIRM_BOOKING])
def handler(request: ConfirmPendingBookingsInput, wix: WixClient) -> BookingConfirmations:
    rule = BookingConfirmationSettings.read().confirm_bookings
    return confirm_pending_bookings(wix, rule, request)
