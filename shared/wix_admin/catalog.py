"""Which version of Wix's catalog the site has, found once per process.

A site has V1 or V3, never both. It may be moved from V1 to V3 at any time, so a call that Wix
refuses for the wrong version asks again.
"""

from collections.abc import Callable
from typing import Literal

from wix_admin.client import WixClient
from wix_admin.errors import WixSetupError
from wix_admin.operations import Operation

type Catalog = Literal["V1_CATALOG", "V3_CATALOG"]

GET_CATALOG_VERSION = Operation(
    "catalog.version",
    "GET",
    "/stores/v3/provision/version",
    "WIX_STORES.CATALOG_VERSION_READ",
    repeatable=True,
    reads=True,
)

_known: list[Catalog] = []


def on_catalog[T](wix: WixClient, act: Callable[[Catalog], T]) -> T:
    """Do something on the version that the site has.

    What `act` does must begin with a call that Wix refuses on the wrong version; it is then done
    once more, if the site turns out to have another one.

    Raises:
        WixSetupError: If Wix Stores is not installed, or Wix contradicts itself.
        WixError: If Wix cannot be asked, or whatever `act` raises.
    """
    version = _version(wix)
    try:
        return act(version)
    except WixSetupError as error:
        forget_catalog()
        if error.code != "wrong_catalog" or _version(wix) == version:
            raise
    return act(_version(wix))


def forget_catalog() -> None:
    """Ask Wix anew the next time."""
    _known.clear()


def _version(wix: WixClient) -> Catalog:
    """Wix: `GET /stores/v3/provision/version`."""
    if not _known:
        answered = wix.call(GET_CATALOG_VERSION).get("catalogVersion")
        if answered not in {"V1_CATALOG", "V3_CATALOG"}:
            raise WixSetupError("Wix Stores is not installed on the site, or has no catalog yet")
        _known.append(answered)
    return _known[0]
