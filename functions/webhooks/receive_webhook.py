"""Verify what Wix delivered, then publish, quarantine or drop it."""

from wix_admin.doors.batch import process_batch
from wix_admin.doors.call import LambdaContext
from wix_admin.models import Json
from wix_admin.webhooks.receive_webhook import receive


def handler(batch: Json, context: LambdaContext) -> Json:
    return process_batch(batch, receive, context, action="receive_webhook")
