"""Which version of Wix's catalog the site has.

A site has V1 or V3, never both. It may be moved from V1 to V3 at any time, and never goes back: so
V3 is remembered for as long as the process lives, and V1 is not. Wix refuses what V1 would write to
a site that was moved; what V1 reads, it may go on answering, with less than there is.
"""

from collections.abc import Callable
from typing import Literal, cast

from wix_admin.errors import WixSetupError
from wix_admin.models import WixEntity
from wix_admin.wix.client import WixClient
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import read_as

type Catalog = Literal["V1_CATALOG", "V3_CATALOG"]

GET_CATALOG_VERSION = Operation(
    "catalog.version",
    "GET",
    "/stores/v3/provision/version",
    "WIX_STORES.CATALOG_VERSION_READ",
    repeatable=True,
    reads=True,
)

_remembered: list[Catalog] = []
"""V3, once the site has said that it has it."""


class _Version(WixEntity):
    catalog_version: str


def on_catalog[T](wix: WixClient, act: Callable[[Catalog], T]) -> T:
    """Do something on the version that the site has.

    If Wix refuses it as meant for the other version, it is done once more on what the site has by
    then.

    Raises:
        WixSetupError: If Wix Stores is not installed, or Wix contradicts itself.
        WixError: If Wix cannot be asked, or whatever `act` raises.
    """
    version = _remembered[0] if _remembered else _read_version(wix)
    try:
        return act(version)
    except WixSetupError as error:
        if error.code != "wrong_catalog":
            raise
        now = _read_version(wix)
        if now == version:
            raise
    return act(now)


def forget_catalog() -> None:
    """Know nothing of the site, as a new process does."""
    _remembered.clear()


def _read_version(wix: WixClient) -> Catalog:
    """Wix: `GET /stores/v3/provision/version`."""
    forget_catalog()
    version = read_as(_Version, wix.call(GET_CATALOG_VERSION), GET_CATALOG_VERSION).catalog_version
    if version not in {"V1_CATALOG", "V3_CATALOG"}:
        raise WixSetupError("Wix Stores is not installed on the site, or has no catalog yet")
    found = cast("Catalog", version)
    if found == "V3_CATALOG":
        _remembered.append(found)
    return found
