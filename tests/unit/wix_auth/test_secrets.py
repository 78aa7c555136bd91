import time
from collections.abc import Callable

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.stub import Stubber

from tests.canaries import CLIENT_SECRET
from tests.unit.wix_auth.fakes import (
    CLIENT,
    KEY,
    ROTATED_CLIENT,
    Clock,
    Vault,
    closed_port,
    in_parallel,
    new_client,
)
from wix_auth import WixAuthError, aws_session
from wix_auth.errors import (
    SecretEmptyError,
    SecretForbiddenError,
    SecretInvalidError,
    SecretMissingError,
    SecretUnavailableError,
)
from wix_auth.inspection import ApiKey, ClientCredentials, StoredCredential
from wix_auth.secrets import SecretReader


@pytest.fixture
def reader(vault: Vault, clock: Clock) -> SecretReader:
    return SecretReader(vault.arn, client=vault.client, now=clock)


def secret_of(stored: StoredCredential) -> str:
    assert isinstance(stored.credential, ClientCredentials)
    return stored.credential.client_secret.get_secret_value()


def test_a_credential_is_remembered_until_it_is_old(
    reader: SecretReader, vault: Vault, clock: Clock
) -> None:
    vault.store(CLIENT)

    first = reader.current()
    vault.store(ROTATED_CLIENT)
    clock.advance(299)
    assert reader.current() is first

    clock.advance(1)
    second = reader.current()
    assert secret_of(second) == ROTATED_CLIENT["client_secret"]
    assert second.version_id != first.version_id


def test_a_credential_is_not_remembered_longer_when_the_clock_is_put_back(
    reader: SecretReader, vault: Vault, clock: Clock
) -> None:
    vault.store(CLIENT)
    reader.current()
    vault.store(ROTATED_CLIENT)

    clock.advance(-3600)

    assert secret_of(reader.current()) == ROTATED_CLIENT["client_secret"]


def test_it_can_be_read_anew_at_once(reader: SecretReader, vault: Vault) -> None:
    vault.store(CLIENT)

    reader.current()
    vault.store(KEY)
    anew = reader.reread()

    assert isinstance(anew.credential, ApiKey)
    assert reader.current() is anew


def test_threads_that_come_together_read_once(vault: Vault, clock: Clock) -> None:
    vault.store(CLIENT)
    reads: list[object] = []

    def slow_read(**kwargs: object) -> None:
        reads.append(kwargs)
        time.sleep(0.05)

    client = new_client()
    client.meta.events.register("before-call.secrets-manager.GetSecretValue", slow_read)
    reader = SecretReader(vault.arn, client=client, now=clock)

    outcomes = in_parallel(20, reader.current)

    assert len(reads) == 1
    assert {id(outcome) for outcome in outcomes} == {id(reader.current())}


@pytest.mark.parametrize(
    ("answer", "remedy", "told"),
    [
        (("ResourceNotFoundException", "specified secret."), SecretMissingError, "ARN"),
        (("InvalidRequestException", "marked for deletion"), SecretMissingError, "deletion"),
        (("ValidationException", "Invalid name"), SecretMissingError, "ARN"),
        (
            (
                "ResourceNotFoundException",
                "can't find the specified secret value for staging label: AWSCURRENT",
            ),
            SecretEmptyError,
            "Store the Wix credential",
        ),
        (("AccessDeniedException", ""), SecretForbiddenError, "secretsmanager:GetSecretValue"),
        (("AccessDeniedException", "KMS"), SecretForbiddenError, "kms:Decrypt"),
        (("DecryptionFailure", "KMS"), SecretForbiddenError, "kms:Decrypt"),
        (("InternalServiceError", ""), SecretUnavailableError, "InternalServiceError"),
        (("ThrottlingException", ""), SecretUnavailableError, "ThrottlingException"),
    ],
)
def test_each_refusal_of_secrets_manager_has_its_error(
    reader: SecretReader,
    vault: Vault,
    answer: tuple[str, str],
    remedy: type[WixAuthError],
    told: str,
) -> None:
    with Stubber(vault.client) as stub:
        stub.add_client_error("get_secret_value", *answer)
        with pytest.raises(remedy, match=told) as error:
            reader.current()

    assert type(error.value) is remedy
    assert vault.arn in str(error.value)


def test_a_secret_that_does_not_exist_is_missing(vault: Vault, clock: Clock) -> None:
    reader = SecretReader(f"{vault.arn}x", client=vault.client, now=clock)

    with pytest.raises(SecretMissingError):
        reader.current()


def test_a_blank_value_counts_as_none(reader: SecretReader, vault: Vault) -> None:
    vault.store(" \n")

    with pytest.raises(SecretEmptyError, match="as JSON"):
        reader.current()


def test_a_value_stored_as_bytes_counts_as_none(reader: SecretReader, vault: Vault) -> None:
    vault.client.put_secret_value(SecretId=vault.arn, SecretBinary=b"{}")

    with pytest.raises(SecretEmptyError):
        reader.current()


def test_an_invalid_value_is_told_with_its_secret_and_not_its_content(
    reader: SecretReader, vault: Vault
) -> None:
    vault.store({"kind": "client_credentials", "client_secret": CLIENT_SECRET})

    with pytest.raises(SecretInvalidError, match="client_id: is missing") as error:
        reader.current()

    assert vault.arn in str(error.value)
    assert CLIENT_SECRET not in str(error.value)


def test_an_old_value_serves_on_while_secrets_manager_is_unavailable(
    reader: SecretReader, vault: Vault, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    vault.store(CLIENT)
    kept = reader.current()
    clock.advance(301)

    with Stubber(vault.client) as stub:
        stub.add_client_error("get_secret_value", "InternalServiceError")
        assert reader.current() is kept
        assert reader.current() is kept  # does not ask again at once
        stub.add_client_error("get_secret_value", "InternalServiceError")
        with pytest.raises(SecretUnavailableError):
            reader.reread()

    assert caplog.text.count("Using the credential as last read") == 1
    vault.store(ROTATED_CLIENT)
    clock.advance(300)
    assert reader.current() is not kept


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_an_old_value_does_not_outlive_the_right_to_read_it(
    reader: SecretReader, vault: Vault, clock: Clock, code: str
) -> None:
    vault.store(CLIENT)
    reader.current()
    clock.advance(301)

    with Stubber(vault.client) as stub:
        stub.add_client_error("get_secret_value", code)
        with pytest.raises((SecretForbiddenError, SecretMissingError)):
            reader.current()


@pytest.mark.usefixtures("clock")
def test_an_unreachable_secrets_manager_is_unavailable() -> None:
    client = boto3.client(
        "secretsmanager",
        "us-east-1",
        endpoint_url=f"http://127.0.0.1:{closed_port()}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )

    with pytest.raises(SecretUnavailableError, match="EndpointConnectionError"):
        SecretReader("wix", client=client).current()


def test_its_own_client_is_made_when_needed_with_short_timeouts_in_the_secrets_region(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[BaseClient] = []
    make: Callable[..., BaseClient] = aws_session().create_client

    def remember(*args: object, **kwargs: object) -> BaseClient:
        made.append(make(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(aws_session(), "create_client", remember)
    reader = SecretReader("arn:aws:secretsmanager:eu-west-1:123456789012:secret:wix-AbCdEf")
    assert made == []

    for _ in range(2):
        with pytest.raises(SecretMissingError):
            reader.current()

    (client,) = made
    assert client.meta.region_name == "eu-west-1"
    config = vars(client.meta.config)["_user_provided_options"]
    assert (config["connect_timeout"], config["read_timeout"]) == (2, 5)
    assert config["retries"] == {"mode": "standard", "total_max_attempts": 2}
