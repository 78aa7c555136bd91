"""Check that the Wix credential works and is the right one."""

from wix_admin import WixClient, admin_action
from wix_admin.orders.operations import SEARCH_ORDERS
from wix_admin.process import event_bus, wix_http
from wix_admin.schedules.check_credentials import (
    CheckCredentialsInput,
    CredentialCheckSettings,
    CredentialReport,
    check_credentials,
)


@admin_action(CheckCredentialsInput, elevates=[SEARCH_ORDERS])
def handler(_: CheckCredentialsInput, wix: WixClient) -> CredentialReport:
    here = CredentialCheckSettings.read()
    return check_credentials(wix, wix_http(), event_bus(), here)
