"""Tells Wix's webhook deliveries from everything else, and reads them.

    from wix_webhooks import WebhookVerifier

    verifier = WebhookVerifier(public_keys=[pem], instance_ids=["1257a7ce-…"])


    def handler(request, context):
        now = time.time()
        event = verifier.verify(request["body"], arrived_at=now, now=now)
        publish(event.type, event.detail())

A good signature says "Wix, for our app", and one app may be installed on many sites: hence the list
of instances. What can go wrong is listed in `wix_webhooks.errors`.
"""

from wix_webhooks.errors import DeliveryError, MalformedError, NotConfiguredError, UntrustedError
from wix_webhooks.events import WixEvent
from wix_webhooks.verifier import WebhookVerifier

__all__ = [
    "DeliveryError",
    "MalformedError",
    "NotConfiguredError",
    "UntrustedError",
    "WebhookVerifier",
    "WixEvent",
]
