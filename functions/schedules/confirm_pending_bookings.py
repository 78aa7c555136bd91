"""Confirm the pending bookings that match your rule."""

import os

from wix_admin import WixClient, admin_action
from wix_admin.aws.settings import BookingConfirmationSettings, read_settings
from wix_admin.bookings.operations import CONFIRM_BOOKING, QUERY_BOOKINGS
from wix_admin.schedules.confirm_pending_bookings import (
    BookingConfirmations,
    ConfirmPendingBookingsInput,
    confirm_pending_bookings,
)


@admin_action(ConfirmPendingBookingsInput, elevates=[QUERY_BOOKINGS, CONFIRM_BOOKING])
def handler(request: ConfirmPendingBookingsInput, wix: WixClient) -> BookingConfirmations:
    rule = read_settings(BookingConfirmationSettings, os.environ).confirm_bookings
    return confirm_pending_bookings(wix, rule, request)
