"""Verify what Wix delivered, then publish, quarantine or drop it."""

from wix_admin.doors.batch import work_off
from wix_admin.doors.call import LambdaContext
from wix_admin.models import Json
from wix_admin.webhooks.receive_webhook import receive


def handler(batch: Json, context: LambdaContext) -> Json:
    return work_off(batch, receive, context, action="receive_webhook")
