"""Reads the Wix credential from AWS Secrets Manager and keeps it for a while."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from wix_auth.aws import aws_session
from wix_auth.credentials import Credential, parse_credential
from wix_auth.errors import (
    SecretEmptyError,
    SecretForbiddenError,
    SecretInvalidError,
    SecretMissingError,
    SecretUnavailableError,
    WixAuthError,
)
from wix_auth.spans import Span

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_secretsmanager import SecretsManagerClient

_logger = logging.getLogger("wix_auth")

_FORBIDDEN = {"AccessDeniedException", "DecryptionFailure"}
_MISSING = {"ResourceNotFoundException", "InvalidRequestException", "ValidationException"}


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """A credential and the version of the secret that holds it.

    Attributes:
        credential: What is stored.
        version_id: The secret's version.
        stored_at: When that version was stored, in seconds since the epoch.
    """

    credential: Credential
    version_id: str
    stored_at: float


class SecretReader:
    """Gives the credential stored in a secret; many threads may share one reader.

    A value is kept for `ttl_seconds` of wall-clock time, since a rotation must be noticed by an
    environment that slept through it. If Secrets Manager is unavailable when the time is up, the
    old value is kept for as long again, with a warning.

    Needs the IAM action `secretsmanager:GetSecretValue` on the secret, and `kms:Decrypt` on its
    key if that is not the AWS managed one.

    Args:
        secret_arn: The secret's ARN, or its name in this function's region.
        client: A boto3 or botocore Secrets Manager client; one with short timeouts is made if None.
        ttl_seconds: How long a value is kept.
        now: The wall clock, in seconds since the epoch.
    """

    def __init__(
        self,
        secret_arn: str,
        *,
        client: "SecretsManagerClient | None" = None,
        ttl_seconds: float = 300,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._secret_arn = secret_arn
        self._client = client
        self._ttl_seconds = ttl_seconds
        self._now = now
        self._lock = threading.Lock()
        self._kept: tuple[StoredCredential, Span] | None = None

    def current(self) -> StoredCredential:
        """Give the credential in use, from memory if it was read recently.

        Raises:
            WixAuthError: One of the four `Secret…Error` classes, each with its own remedy.
        """
        with self._lock:
            if self._kept is None:
                return self._refresh()
            stored, lasts = self._kept
            if lasts.holds(self._now()):
                return stored
            try:
                return self._refresh()
            except SecretUnavailableError as error:
                _logger.warning("Using the credential as last read. %s", error)
                return self._keep(stored)

    def reread(self) -> StoredCredential:
        """Read the credential in use anew, whatever is remembered.

        Raises:
            WixAuthError: One of the four `Secret…Error` classes, each with its own remedy.
        """
        with self._lock:
            return self._refresh()

    def confirms(self, version_id: str) -> bool:
        """Tell, without reading or waiting, whether this version was lately found to be in use."""
        if self._kept is None:
            return False
        stored, lasts = self._kept
        return stored.version_id == version_id and lasts.holds(self._now())

    def _refresh(self) -> StoredCredential:
        return self._keep(self._fetch())

    def _keep(self, stored: StoredCredential) -> StoredCredential:
        self._kept = (stored, Span(self._now(), self._ttl_seconds))
        return stored

    def _fetch(self) -> StoredCredential:
        # Part of Lambda's runtime and slow to import: only whoever reads a secret pays for it.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

        # At DEBUG it logs whole answers: here the secret.
        logging.getLogger("botocore.parsers").setLevel(logging.INFO)
        try:
            self._client = self._client or _make_client(self._secret_arn)
            reply = self._client.get_secret_value(SecretId=self._secret_arn)
        except ClientError as error:
            raise self._error_for(error) from error
        except BotoCoreError as error:
            raise SecretUnavailableError(
                f"Secrets Manager could not be asked for {self._secret_arn}:"
                f" {type(error).__name__}. Check the network and region, or try again later."
            ) from error
        text = reply.get("SecretString", "")
        if not text.strip():
            raise self._empty()
        try:
            credential = parse_credential(text)
        except SecretInvalidError as error:
            raise SecretInvalidError(f"{error} Secret: {self._secret_arn}") from None
        return StoredCredential(credential, reply["VersionId"], reply["CreatedDate"].timestamp())

    def _error_for(self, error: "ClientError") -> WixAuthError:
        code, reason = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code == "ResourceNotFoundException" and "staging label" in reason:
            return self._empty()
        if code in _MISSING:
            return SecretMissingError(
                f"There is no secret {self._secret_arn} to read ({code}). Check its ARN and region,"
                " and that it is not marked for deletion."
            )
        if code in _FORBIDDEN:
            return SecretForbiddenError(
                f"This function may not read {self._secret_arn}. Grant its role"
                " secretsmanager:GetSecretValue on the secret, and kms:Decrypt on the secret's key"
                " if it has one of its own."
            )
        return SecretUnavailableError(
            f"Secrets Manager did not give {self._secret_arn} ({code}). Try again later."
        )

    def _empty(self) -> SecretEmptyError:
        return SecretEmptyError(
            f"The secret {self._secret_arn} has no value. Store the Wix credential in it, as JSON."
        )


def _make_client(secret_arn: str) -> "SecretsManagerClient":
    from botocore.config import Config  # noqa: PLC0415 - slow to import

    parts = secret_arn.split(":")
    client = aws_session().create_client(
        "secretsmanager",
        region_name=parts[3] if secret_arn.startswith("arn:") else None,
        # The default of 60 s and five attempts outlasts any request that could be waiting.
        config=Config(
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 2},
        ),
    )
    return cast("SecretsManagerClient", client)
