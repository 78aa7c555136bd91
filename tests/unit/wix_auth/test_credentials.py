import json
import traceback

import pytest
from pydantic import ValidationError

from tests.canaries import API_KEY, CLIENT_ID, CLIENT_SECRET, INSTANCE_ID, SITE_ID
from wix_auth.credentials import parse_credential
from wix_auth.errors import SecretInvalidError
from wix_auth.inspection import ApiKey, ClientCredentials

ALL_ZERO = "00000000-0000-0000-0000-000000000000"
CLIENT = {"kind": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
KEY = {"kind": "api_key", "api_key": API_KEY, "site_id": SITE_ID}


def test_a_client_id_and_secret_are_read_with_and_without_an_instance() -> None:
    headless = parse_credential(json.dumps(CLIENT))
    app = parse_credential(json.dumps(CLIENT | {"instance_id": INSTANCE_ID}))

    assert isinstance(headless, ClientCredentials)
    assert headless.client_secret.get_secret_value() == CLIENT_SECRET
    assert headless.instance_id is None
    assert isinstance(app, ClientCredentials)
    assert app.instance_id == INSTANCE_ID


@pytest.mark.parametrize("id_field", ["site_id", "account_id"])
def test_an_api_key_is_read_with_the_one_id_it_is_used_for(id_field: str) -> None:
    key = parse_credential(json.dumps({"kind": "api_key", "api_key": API_KEY, id_field: SITE_ID}))

    assert isinstance(key, ApiKey)
    assert key.api_key.get_secret_value() == API_KEY
    assert key.model_dump(exclude_none=True).keys() == {"kind", "api_key", id_field}


def test_ids_are_brought_to_lower_case_and_pasted_blanks_dropped() -> None:
    credential = parse_credential(
        json.dumps(
            CLIENT | {"client_id": f" {CLIENT_ID.upper()}\n", "client_secret": f"{CLIENT_SECRET}\n"}
        )
    )

    assert isinstance(credential, ClientCredentials)
    assert credential.client_id == CLIENT_ID
    assert credential.client_secret.get_secret_value() == CLIENT_SECRET


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (CLIENT | {"instance_id": ALL_ZERO}, "instance_id: must be a GUID"),
        (CLIENT | {"instance_id": CLIENT_SECRET[:-1]}, "instance_id: must be a GUID"),
        (CLIENT | {"client_id": CLIENT_SECRET + CLIENT_SECRET}, "client_id: must be a GUID"),
        (CLIENT | {"client_secret": ""}, "client_secret: must be the secret"),
        (CLIENT | {"client_secret": "  "}, "client_secret: must be the secret"),
        (CLIENT | {"client_secret": [CLIENT_SECRET]}, "client_secret: must be the secret"),
        ({"kind": "client_credentials", "client_id": CLIENT_ID}, "client_secret: is missing"),
        (CLIENT | {"clientSecret": CLIENT_SECRET}, "clientSecret: is not known, remove it"),
        (CLIENT | {CLIENT_SECRET: ""}, "A field: is not known, remove it"),
        (CLIENT | {"kind": CLIENT_SECRET}, "kind: must be"),
        ({"client_secret": CLIENT_SECRET}, "kind: must be"),
        (KEY | {"api_key": f"Bearer {API_KEY}"}, "api_key: must be the bare key"),
        (KEY | {"api_key": API_KEY.rpartition(".")[0]}, "api_key: must be the bare key"),
        (KEY | {"api_key": f"{API_KEY}.more"}, "api_key: must be the bare key"),
        (KEY | {"api_key": f"{API_KEY}\nHost: x"}, "api_key: must be the bare key"),
        (KEY | {"api_key": CLIENT_SECRET}, "api_key: must be the bare key"),
        (KEY | {"api_key": ""}, "api_key: must be the bare key"),
        (KEY | {"site_id": ALL_ZERO}, "site_id: must be a GUID"),
        (KEY | {"account_id": INSTANCE_ID}, "Give exactly one of site_id and account_id"),
        (KEY | {"site_id": None}, "Give exactly one of site_id and account_id"),
        ({"kind": "api_key", "site_id": SITE_ID}, "api_key: is missing"),
        (API_KEY, "It must be a JSON object"),
        ([CLIENT], "It must be a JSON object"),
    ],
)
def test_anything_else_is_refused_by_naming_the_field_and_never_the_value(
    stored: object, told: str
) -> None:
    with pytest.raises(SecretInvalidError) as refusal:
        parse_credential(json.dumps(stored))

    assert told in str(refusal.value)
    assert_holds_no_secret(refusal.value)


@pytest.mark.parametrize("text", [API_KEY, '{"client_secret": ' + CLIENT_SECRET, "\ufeff{}", "{}}"])
def test_text_that_is_not_json_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(SecretInvalidError, match="not JSON") as refusal:
        parse_credential(text)

    assert_holds_no_secret(refusal.value)


def test_a_model_that_is_made_by_hand_does_not_quote_its_input_either() -> None:
    with pytest.raises(ValidationError) as refusal:
        ClientCredentials.model_validate(CLIENT | {"client_id": CLIENT_SECRET + "0"})

    assert CLIENT_SECRET not in str(refusal.value)


def test_no_credential_shows_its_secret_when_printed() -> None:
    for stored in (CLIENT, KEY):
        credential = parse_credential(json.dumps(stored))

        shown = f"{credential!r} {credential} {credential.model_dump_json()}"
        assert CLIENT_SECRET not in shown
        assert API_KEY not in shown


def assert_holds_no_secret(error: BaseException) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error.__context__)
    for secret in (CLIENT_SECRET, API_KEY, CLIENT_SECRET[:-1], "CANARYAPIKEY"):
        assert secret not in told
