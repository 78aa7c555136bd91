"""The two kinds of Wix credential, as they are stored in the secret.

A client id and secret (preferred: tokens are short-lived and bound to one site):

    {"kind": "client_credentials", "client_id": "…", "client_secret": "…"}

with `"instance_id": "…"` if they belong to a Wix app that is installed on the site. Or an API key,
with the site, or for account-level calls the account, that it is used for:

    {"kind": "api_key", "api_key": "IST.…", "site_id": "…"}
"""

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from wix_auth.errors import SecretInvalidError

GUID_PATTERN = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
"""An id as Wix writes it, for regular expressions."""

_KEY_SHAPE = re.compile(r"IST(\.[A-Za-z0-9_=+/-]+){3}")
_HARMLESS_NAME = re.compile(r"[A-Za-z_]{1,40}")


def _not_all_zero(guid: str) -> str:
    # Wix's own tooling has handed this out as an instance id; every exchange with it fails.
    if not guid.strip("0-"):
        raise ValueError
    return guid


def _key_shaped(key: SecretStr) -> SecretStr:
    if not _KEY_SHAPE.fullmatch(key.get_secret_value()):
        raise ValueError
    return key


Guid = Annotated[
    str,
    StringConstraints(pattern=f"^{GUID_PATTERN}$", to_lower=True),
    AfterValidator(_not_all_zero),
]


class _StoredModel(BaseModel):
    """A misspelt field must not pass for an absent one, and errors must not quote their input."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )


class ClientCredentials(_StoredModel):
    """The id and secret of an OAuth app, to be exchanged for access tokens."""

    kind: Literal["client_credentials"]
    client_id: Guid
    client_secret: Annotated[SecretStr, Field(min_length=1)]
    instance_id: Guid | None = None


class ApiKey(_StoredModel):
    """A key that is sent as it is, together with the site or the account it is used for."""

    kind: Literal["api_key"]
    api_key: Annotated[SecretStr, AfterValidator(_key_shaped)]
    site_id: Guid | None = None
    account_id: Guid | None = None

    @model_validator(mode="after")
    def _has_one_id(self) -> Self:
        # Wix may refuse a request that names both.
        if (self.site_id is None) == (self.account_id is None):
            raise ValueError
        return self


type Credential = ClientCredentials | ApiKey

_STORED: TypeAdapter[ClientCredentials | ApiKey] = TypeAdapter(
    Annotated[ClientCredentials | ApiKey, Field(discriminator="kind")]
)

_GUID_HINT = "must be a GUID with at least one digit that is not 0"
_HINTS = {
    "client_id": _GUID_HINT,
    "client_secret": "must be the secret that Wix showed when it was generated, and not empty",
    "instance_id": f"{_GUID_HINT}; leave it out for a headless client",
    "api_key": "must be the bare key: IST. and three more parts, without Bearer in front",
    "site_id": _GUID_HINT,
    "account_id": _GUID_HINT,
}


def parse_credential(text: str) -> Credential:
    """Read a credential from the text of a secret.

    Args:
        text: JSON, as in this module's description.

    Raises:
        SecretInvalidError: If it is anything else. The message names the fields to correct and
            never quotes what they hold.
    """
    try:
        return _STORED.validate_json(text)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
    # Raised out here, so that the error above, which knows the input, is not even its context.
    told = "; ".join(_told(problem["type"], problem["loc"]) for problem in problems)
    raise SecretInvalidError(f"The secret is not a Wix credential. {told}.")


def _told(problem: str, location: tuple[int | str, ...]) -> str:
    if problem == "json_invalid":
        return "It must be a JSON object, and this is not JSON"
    if problem.startswith("union_tag"):
        return 'kind: must be "client_credentials" or "api_key"'
    if len(location) < 2:  # noqa: PLR2004 - the kind, then the field
        known = location == ("api_key",)
        return "Give exactly one of site_id and account_id" if known else "It must be a JSON object"
    field = str(location[1])
    if problem == "extra_forbidden":
        # What stands in a field's place may be a misplaced secret.
        return f"{field if _HARMLESS_NAME.fullmatch(field) else 'A field'}: is not known, remove it"
    if problem == "missing":
        return f"{field}: is missing"
    return f"{field}: {_HINTS[field]}"
