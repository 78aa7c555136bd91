import httpx
import pytest

from tests import canaries
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.store import CatalogVersion

ID = "c0c0c0c0-0000-4000-8000-000000000001"
V3_CALLS = [
    ("POST", "/stores/v3/products"),
    ("GET", f"/stores/v3/products/{ID}"),
    ("POST", "/stores/v3/products/query"),
    ("POST", "/stores/v3/products/search"),
    ("POST", "/stores/v3/bulk/products-with-inventory/create"),
    ("PATCH", f"/stores/v3/inventory-items/{ID}"),
    ("POST", "/stores/v3/inventory-items/query"),
    ("POST", "/stores/v3/bulk/inventory-items/decrement"),
]
V1_CALLS = [
    ("POST", "/stores/v1/products"),
    ("GET", f"/stores-reader/v1/products/{ID}"),
    ("POST", "/stores-reader/v1/products/query"),
    ("PATCH", f"/stores/v1/products/{ID}/variants"),
    ("PATCH", f"/stores/v2/inventoryItems/product/{ID}"),
    ("POST", "/stores-reader/v2/inventoryItems/query"),
    ("POST", "/stores/v2/inventoryItems/increment"),
]


def ask(admin: httpx.Client, method: str, path: str) -> httpx.Response:
    return admin.request(method, path, json=None if method == "GET" else {})


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["details"]["applicationError"]["code"])


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("V1_CATALOG", "V1_CATALOG"),
        ("V3_CATALOG", "V3_CATALOG"),
        ("STORES_NOT_INSTALLED", "STORES_NOT_INSTALLED"),
        ("PROVISIONING", "V3_CATALOG"),
    ],
)
def test_a_site_tells_which_catalog_it_has(
    wix: WixSimulator, admin: httpx.Client, version: CatalogVersion, told: str
) -> None:
    wix.catalog.version = version

    reply = admin.get("/stores/v3/provision/version")

    assert (reply.status_code, reply.json()) == (200, {"catalogVersion": told})


def test_a_site_has_catalog_v3_unless_told_otherwise(wix: WixSimulator) -> None:
    assert wix.catalog.version == "V3_CATALOG"


def test_the_version_needs_its_own_permission(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.set_permissions(["WIX_STORES.PRODUCT_READ"], credential=canaries.API_KEY)
    refused = admin.get("/stores/v3/provision/version")
    wix.set_permissions(["WIX_STORES.CATALOG_VERSION_READ"], credential=canaries.API_KEY)
    told = admin.get("/stores/v3/provision/version")

    assert (refused.status_code, told.status_code) == (403, 200)


@pytest.mark.parametrize(("method", "path"), V3_CALLS)
def test_a_v3_call_is_refused_by_a_site_with_catalog_v1(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str
) -> None:
    wix.catalog.version = "V1_CATALOG"

    reply = ask(admin, method, path)

    assert reply.status_code == 428
    assert reply.json()["details"] == {
        "applicationError": {"code": "CATALOG_V1_SITE_CALLING_CATALOG_V3_API"}
    }
    assert "This site is using CATALOG_V1." in reply.json()["message"]


@pytest.mark.parametrize(("method", "path"), V1_CALLS)
def test_a_v1_call_is_refused_by_a_site_with_catalog_v3(
    admin: httpx.Client, method: str, path: str
) -> None:
    reply = ask(admin, method, path)

    assert reply.status_code == 428
    assert code_of(reply) == "CATALOG_V3_CALLING_CATALOG_V1_API"
    assert "your site is using CATALOG_V3" in reply.json()["message"]


def test_the_refusal_of_a_v1_call_may_have_another_code(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.switches.moved_site_code = "CATALOG_V3_SITE_CALLING_CATALOG_V1_API"

    reply = admin.post("/stores/v1/products", json={})

    assert code_of(reply) == "CATALOG_V3_SITE_CALLING_CATALOG_V1_API"


def test_the_v1_reader_may_go_on_answering_without_variants(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.catalog.version = "V1_CATALOG"
    tee = wix.catalog.add_product(variants=[({"Size": "S"}, "TEE-S", 3)])
    wix.catalog.version = "V3_CATALOG"
    wix.switches.v1_reader_on_v3 = "answer"

    [product] = admin.post(
        "/stores-reader/v1/products/query", json={"query": {}, "includeVariants": True}
    ).json()["products"]
    [item] = admin.post("/stores-reader/v2/inventoryItems/query", json={"query": {}}).json()[
        "inventoryItems"
    ]
    write = admin.post("/stores/v1/products", json={})

    assert (product["id"], product["variants"]) == (tee["id"], [])
    assert (item["productId"], item["variants"]) == (tee["id"], [])
    assert code_of(write) == "CATALOG_V3_CALLING_CATALOG_V1_API"


@pytest.mark.parametrize(("method", "path"), [*V3_CALLS, *V1_CALLS])
def test_a_site_being_moved_refuses_the_calls_of_both_catalogs(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str
) -> None:
    wix.catalog.version = "PROVISIONING"

    reply = ask(admin, method, path)

    assert (reply.status_code, code_of(reply)) == (428, "CATALOG_V3_SITE_PROVISIONING")


@pytest.mark.parametrize(("method", "path"), V3_CALLS)
def test_a_v3_call_needs_the_stores_app(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str
) -> None:
    wix.catalog.version = "STORES_NOT_INSTALLED"

    reply = ask(admin, method, path)

    assert (reply.status_code, code_of(reply)) == (428, "REQUIRED_APP_NOT_INSTALLED")
    assert reply.json()["message"] == "Wix Stores app is not installed for site"


@pytest.mark.parametrize("status", [404, 401])
@pytest.mark.parametrize(("method", "path"), V1_CALLS)
def test_a_v1_call_without_the_stores_app_has_a_status_only(
    wix: WixSimulator, admin: httpx.Client, method: str, path: str, status: int
) -> None:
    wix.catalog.version = "STORES_NOT_INSTALLED"
    if status == 401:
        wix.switches.v1_without_stores_status = 401

    reply = ask(admin, method, path)

    assert (reply.status_code, reply.json()["details"]) == (status, {})


def test_the_permission_is_looked_at_before_the_catalog(
    wix: WixSimulator, admin: httpx.Client
) -> None:
    wix.set_permissions([], credential=canaries.API_KEY)

    assert admin.post("/stores/v1/products", json={}).status_code == 403


def test_orders_are_read_whichever_catalog_there_is(wix: WixSimulator, admin: httpx.Client) -> None:
    order = wix.add_order()
    wix.catalog.version = "V1_CATALOG"

    assert admin.get(f"/ecom/v1/orders/{order['id']}").status_code == 200


def test_a_site_moved_to_v3_is_at_once_of_use(wix: WixSimulator, admin: httpx.Client) -> None:
    wix.catalog.version = "V1_CATALOG"
    old = wix.catalog.add_product(name="Old mug", quantity=1)
    wix.catalog.version = "V3_CATALOG"
    new = wix.catalog.add_product(name="New mug", quantity=1)

    products = admin.post("/stores/v3/products/query", json={"query": {}}).json()["products"]
    items = admin.post("/stores/v3/inventory-items/query", json={"query": {}}).json()

    assert [each["id"] for each in products] == [new["id"]]
    assert [each["productId"] for each in items["inventoryItems"]] == [new["id"]]
    assert wix.catalog.product(old["id"])["name"] == "Old mug"
