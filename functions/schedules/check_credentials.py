"""Check that the Wix credential works and is the right one."""

import os

from wix_admin import WixClient, admin_action
from wix_admin.aws.settings import CredentialCheckSettings, read_settings
from wix_admin.orders.operations import SEARCH_ORDERS
from wix_admin.process import event_bus, wix_http
from wix_admin.schedules.check_credentials import (
    CheckCredentialsInput,
    CredentialReport,
    check_credentials,
)


@admin_action(CheckCredentialsInput, elevates=[SEARCH_ORDERS])
def handler(_: CheckCredentialsInput, wix: WixClient) -> CredentialReport:
    here = read_settings(CredentialCheckSettings, os.environ)
    return check_credentials(wix, wix_http(), event_bus(), here)
