"""Verify the quarantined deliveries again, and publish those that pass."""

from wix_admin import WixClient, admin_action
from wix_admin.webhooks.redrive_quarantine import RedriveInput, RedriveReport, redrive


@admin_action(RedriveInput, elevates=[])
def handler(request: RedriveInput, wix: WixClient) -> RedriveReport:
    return redrive(request, wix.seconds_left)
