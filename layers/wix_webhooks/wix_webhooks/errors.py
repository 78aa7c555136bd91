"""Why a delivery is not taken, one class per remedy.

* DeliveryError
    * MalformedError       no token of Wix's kind: drop it
    * UntrustedError       such a token, but not from Wix, not for us, too old, or not to be read:
                           keep it, since a wrong key or list of instances looks the same
    * NotConfiguredError   nothing can be verified: fix the configuration, then try again

The reasons:

* malformed: `too_large`, `not_a_token`, `header_too_large`, `not_rs256`, `critical_header`
* untrusted: `token_unreadable`, `signature_unknown`, `claims_unreadable`, `expiry_missing`,
  `expired`, `not_yet_valid`, `envelope_unreadable`, `foreign_instance`, `event_unreadable`,
  `not_publishable`
* not configured: `no_public_key`, `public_key_unreadable`, `no_instance_id`

No message holds a part of a token or of a person's data.
"""


class DeliveryError(Exception):
    """A delivery is not taken.

    Attributes:
        reason: A code out of this module's list.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class MalformedError(DeliveryError):
    """The body is no compact token signed with RS256: nothing that Wix sends looks like it."""


class UntrustedError(DeliveryError):
    """The body is such a token, but who made it, for whom, when or what it says does not fit."""


class NotConfiguredError(DeliveryError):
    """Keys or instances are missing or cannot be read: correct what the message names."""
