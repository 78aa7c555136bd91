"""The function's environment, read and checked at first use, all mistakes at once."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wix_admin.errors import SettingsError
from wix_admin.models import Guid
from wix_auth import is_https_or_local

Name = Annotated[str, Field(min_length=1)]


def _https_or_local(url: str) -> str:
    parts = urlsplit(url)
    if not is_https_or_local(url) or parts.path.strip("/") or parts.query:
        raise ValueError("must be an https address without a path, like https://www.wixapis.com")
    return url.rstrip("/")


class Settings(BaseModel):
    """What the template tells every function.

    Attributes:
        wix_api_url: The base address of Wix's API.
        wix_secret_arn: The secret that holds the credential.
        wix_site_id: The one site this stack is for.
        queue_url: The queue whose messages the function processes, if it has one.
        dead_letter_queue_url: Where it puts the messages that it gives up on.
    """

    model_config = ConfigDict(
        alias_generator=str.upper, frozen=True, hide_input_in_errors=True, extra="ignore"
    )

    wix_api_url: Annotated[str, AfterValidator(_https_or_local)] = "https://www.wixapis.com"
    wix_secret_arn: Name
    wix_site_id: Guid
    queue_url: Name | None = None
    dead_letter_queue_url: Name | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Check the environment of the function.

        Raises:
            SettingsError: Naming every variable that is missing or wrong.
        """
        try:
            return cls.model_validate(dict(environment))
        except ValidationError as error:
            mistakes = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())
            raise SettingsError(f"Set the function's environment right. {mistakes}") from None


class WriterSettings(Settings):
    """What the template tells functions that change the shop.

    Attributes:
        effects_table_name: The table that remembers effects.
    """

    effects_table_name: Name


class PublisherSettings(Settings):
    """What the template tells functions that publish events.

    Attributes:
        event_bus_name: Our bus.
    """

    event_bus_name: Name


@cache
def settings() -> Settings:
    """Return the environment of this process, checked once.

    Raises:
        SettingsError: Naming every variable that is missing or wrong.
    """
    return Settings.read()
