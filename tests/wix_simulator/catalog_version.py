"""Which catalog a site has, and what calls of the other one are answered."""

from collections.abc import Callable
from typing import Any, Literal

from tests.wix_simulator.errors import Json, RefusedError, Reply, application_error, plain_error
from tests.wix_simulator.store import Store
from tests.wix_simulator.world import Call, Route

type Work = Callable[[Call], Json | Reply]

READER = "/stores-reader/"

READ_ON = "https://dev.wix.com/docs/rest/business-solutions/stores/catalog-versioning/introduction"


def get_version(call: Call) -> Json:
    """GET /stores/v3/provision/version: the catalog of the site."""
    version = call.store.version
    return {"catalogVersion": "V3_CATALOG" if version == "PROVISIONING" else version}


def v3_route(
    method: str,
    path: str,
    work: Work,
    permission: str,
    *,
    writes: bool = False,
    query: frozenset[str] = frozenset(),
) -> Route:
    """An endpoint of catalog V3."""
    return Route(method, path, _for("V3", work), permission, writes, query)


def v1_route(
    method: str,
    path: str,
    work: Work,
    permission: str,
    *,
    writes: bool = False,
    query: frozenset[str] = frozenset(),
) -> Route:
    """An endpoint of catalog V1."""
    checked = _for("V1", work)
    if path.startswith(READER):
        checked = _going_on(work, checked)
    return Route(method, path, checked, permission, writes, query)


def _going_on(work: Work, checked: Work) -> Work:
    """A read of V1 that may go on answering on a V3 site."""

    def read(call: Call) -> Json | Reply:
        goes_on = call.switches.v1_reader_on_v3 == "answer"
        if goes_on and call.store.version == "V3_CATALOG":
            answer: Json | Reply = _without_variants(work(call))
            return answer
        return checked(call)

    return read


def _without_variants(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_without_variants(each) for each in answer]
    if isinstance(answer, dict):
        return {
            name: [] if name == "variants" else _without_variants(value)
            for name, value in answer.items()
        }
    return answer


def _for(version: Literal["V1", "V3"], work: Work) -> Work:
    def checked(call: Call) -> Json | Reply:
        _check(call.store, version)
        with call.store.because(call.body.get("reason")):
            return work(call)

    return checked


def _check(store: Store, called: Literal["V1", "V3"]) -> None:
    if store.version == f"{called}_CATALOG":
        return
    match store.version:
        case "STORES_NOT_INSTALLED" if called == "V1":
            raise plain_error(store.switches.v1_without_stores_status, "Stores is not installed")
        case "STORES_NOT_INSTALLED":
            text = "Wix Stores app is not installed for site"
            raise application_error(428, "REQUIRED_APP_NOT_INSTALLED", text)
        case "PROVISIONING":
            raise application_error(428, "CATALOG_V3_SITE_PROVISIONING")
    if called == "V1":
        text = "Endpoint belongs to CATALOG_V1, but your site is using CATALOG_V3"
        code: str = store.switches.moved_site_code
    else:
        text = (
            "Endpoint belongs to the wrong catalog version. This site is using "
            f"CATALOG_V1. Read more about catalog versioning: {READ_ON}"
        )
        code = "CATALOG_V1_SITE_CALLING_CATALOG_V3_API"
    raise RefusedError(
        Reply({"message": text, "details": {"applicationError": {"code": code}}}, 428)
    )


ROUTES = (
    Route("GET", "/stores/v3/provision/version", get_version, "WIX_STORES.CATALOG_VERSION_READ"),
)
