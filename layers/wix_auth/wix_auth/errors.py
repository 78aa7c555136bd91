"""What can go wrong between a secret in AWS and a signed request to Wix.

* WixAuthError
    * SecretMissingError            there is no credential to read: check the ARN
        * SecretEmptyError          the secret has no value yet: store the credential
    * SecretInvalidError            the value is not a Wix credential: correct the named field
    * SecretForbiddenError          this function may not read it: grant the named IAM action
    * SecretUnavailableError        Secrets Manager is busy or out of reach: try again later
    * CredentialRefusedError        Wix refused the client id and secret: store the right pair
    * InstallationUnknownError      Wix knows no such installation: correct the instance id
    * WrongSiteError                the credential opens another site: store this site's own
    * TokenUnavailableError         Wix gave no token this time: try again later
    * ForeignOriginError            the request would leave for another host: correct its URL

All are raised before the caller's request is sent, or after Wix turned it away undone.
No message holds a token, a key or a secret.
"""


class WixAuthError(Exception):
    """A request could not be authorised.

    Attributes:
        wix_request_id: Wix's id of the call that failed, for its support, if Wix gave one.
        retry_after: Seconds to wait before asking again, if Wix said so.
    """

    def __init__(
        self,
        message: str,
        *,
        wix_request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.wix_request_id = wix_request_id
        self.retry_after = retry_after


class SecretMissingError(WixAuthError):
    """There is no credential to read: check the ARN, and that the secret is not being deleted."""


class SecretEmptyError(SecretMissingError):
    """The secret exists but has no value: store the credential in it."""


class SecretInvalidError(WixAuthError):
    """The secret's value is not a Wix credential: correct the field that the message names."""


class SecretForbiddenError(WixAuthError):
    """This function's role may not read the secret: grant the action that the message names."""


class SecretUnavailableError(WixAuthError):
    """Secrets Manager is busy, broken or out of reach: try again later."""


class CredentialRefusedError(WixAuthError):
    """Wix refused the client id and secret: store the right pair in the secret."""


class InstallationUnknownError(WixAuthError):
    """Wix knows no installation with this instance id: correct it, or leave it out."""


class WrongSiteError(WixAuthError):
    """The credential is good but opens another site: store one that belongs to this site."""


class TokenUnavailableError(WixAuthError):
    """Wix gave neither a token nor a refusal: try again, after `retry_after` seconds if given."""


class ForeignOriginError(WixAuthError):
    """The request is addressed to a host that must not see the credential: correct its URL."""
