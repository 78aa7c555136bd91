"""What a site, a credential or Wix can lack, and how each of that is told."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.calls import Reply, call
from tests.unit.inventory.conftest import statuses, update
from tests.wix_simulator import Fault, WixSimulator

pytestmark = pytest.mark.usefixtures("table")

READ, READ_V1 = "WIX_STORES.INVENTORY_READ", "WIX_STORES.READ_INVENTORY"
CATALOG = "WIX_STORES.CATALOG_VERSION_READ"


def query() -> Reply:
    return call("inventory/query_inventory", {})


@pytest.mark.parametrize("name", ["variantId", "locationId"])
def test_what_the_old_catalog_could_not_express_is_asked_of_the_new_one_too(
    wix: WixSimulator, name: str
) -> None:
    wix.catalog.version = "V1_CATALOG"
    query()
    wix.catalog.version = "V3_CATALOG"
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    [item] = wix.catalog.inventory(mug["id"])

    reply = update({"variantId": item["variantId"], name: item[name], "set": 1}, key="k-1")

    assert reply.status == 200


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("update_inventory", {"changes": [{"sku": "MUG", "set": 1}], "reason": "ORDER"}),
        ("query_inventory", {"sort": [{"fieldName": "quantity"}]}),
    ],
    ids=["reason", "sort"],
)
def test_what_the_old_catalog_did_not_take_is_done_once_the_site_was_moved(
    wix: WixSimulator, action: str, body: dict[str, Any]
) -> None:
    wix.catalog.version = "V1_CATALOG"
    query()
    wix.catalog.version = "V3_CATALOG"
    wix.catalog.add_product(sku="MUG", quantity=10)

    assert call(f"inventory/{action}", body).status == 200


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [("STORES_NOT_INSTALLED", 409, "app_missing"), ("PROVISIONING", 503, "catalog_moving")],
)
def test_a_site_without_a_catalog_is_told_so(
    wix: WixSimulator, version: Any, status: int, code: str
) -> None:
    wix.catalog.version = version

    for reply in (update({"sku": "MUG", "set": 4}, key="k-1"), query()):
        assert (reply.status, reply.code) == (status, code)

    wix.catalog.version = "V3_CATALOG"
    wix.catalog.add_product(sku="MUG", quantity=10)
    assert update({"sku": "MUG", "set": 4}, key="k-1").status == 200


@dataclass(frozen=True)
class Lacking:
    """A credential that may do this and no more, and what it then lacks."""

    version: Any
    granted: tuple[str, ...]
    change: dict[str, Any]
    missing: str

    def __str__(self) -> str:
        return f"{self.missing} for {self.change}"


@pytest.mark.parametrize(
    "lacking",
    [
        Lacking("V3_CATALOG", (), {"set": 4}, CATALOG),
        Lacking("V3_CATALOG", (CATALOG,), {"set": 4}, READ),
        Lacking("V3_CATALOG", (CATALOG, READ), {"set": 4}, "WIX_STORES.INVENTORY_UPDATE"),
        Lacking("V3_CATALOG", (CATALOG, READ), {"adjust": 4}, "WIX_STORES.INVENTORY_UPDATE"),
        Lacking("V1_CATALOG", (CATALOG,), {"set": 4}, READ_V1),
        Lacking("V1_CATALOG", (CATALOG, READ_V1), {"set": 4}, "WIX_STORES.MODIFY_INVENTORY"),
        Lacking("V1_CATALOG", (CATALOG, READ_V1), {"adjust": -4}, "WIX_STORES.MODIFY_INVENTORY"),
    ],
    ids=str,
)
def test_a_missing_permission_is_named(wix: WixSimulator, lacking: Lacking) -> None:
    wix.catalog.version = lacking.version
    mug = wix.catalog.add_product(sku="MUG", quantity=10)
    wix.set_permissions(lacking.granted)

    reply = update({"productId": mug["id"], **lacking.change}, key="k-1")

    assert (reply.status, reply.code) == (502, "wix_permission_missing")
    assert lacking.missing in reply.json["detail"]
    assert wix.catalog.stock(mug["id"]) == 10


def test_a_catalog_that_moves_in_the_middle_leaves_the_rest(wix: WixSimulator) -> None:
    skus = [f"SKU-{number}" for number in range(301)]
    for start in range(0, len(skus), 100):
        variants = [({"Kind": sku}, sku, 5) for sku in skus[start : start + 100]]
        wix.catalog.add_product(name=str(start), variants=variants)
    code = "CATALOG_V1_SITE_CALLING_CATALOG_V3_API"
    body = {"message": "", "details": {"applicationError": {"code": code}}}
    wix.add_fault(Fault(path="*/increment", skip=1, status=428, body=body))

    reply = update(*({"sku": sku, "adjust": 1} for sku in skus))

    assert statuses(reply) == ["done"] * 300 + ["left"]
    assert reply.json["results"][300]["error"]["code"] == "wrong_catalog"


@pytest.mark.parametrize("version", ["V3_CATALOG", "V1_CATALOG"])
def test_an_id_that_wix_does_not_know_is_not_found(wix: WixSimulator, version: Any) -> None:
    wix.catalog.version = version

    reply = update({"productId": "0dd0dd0d-0000-4000-8000-000000000001", "set": 1})

    assert (reply.status, reply.code, reply.fields) == (404, "not_found", ["/changes/0"])
