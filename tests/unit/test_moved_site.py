"""A site that is moved from catalog V1 to V3, at any moment and however Wix answers V1 then."""

import uuid
from collections.abc import Callable
from typing import Any, Literal

import pytest

from tests.unit.calls import call, invoke
from tests.wix_simulator import WixSimulator
from wix_admin.wix.catalog import GET_CATALOG_VERSION
from wix_admin.wix.client import WixClient

pytestmark = pytest.mark.usefixtures("table", "surroundings")

type Ask = Callable[[], object]

SIZES = [({"Size": "S"}, "TEE-S", 3), ({"Size": "M"}, "TEE-M", 4)]


@pytest.fixture
def surroundings(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    wix.catalog.version = "V1_CATALOG"
    wix.catalog.add_product(name="Tee", variants=SIZES)
    monkeypatch.setenv("EVENT_BUS_NAME", "nobody-listens")
    monkeypatch.setenv("LOW_STOCK_THRESHOLD", "5")


@pytest.fixture(params=["refuse", "answer"])
def reader(wix: WixSimulator, request: pytest.FixtureRequest) -> str:
    """What the V1 reader does once the site has V3."""
    wix.switches.v1_reader_on_v3 = request.param
    return str(request.param)


def move(wix: WixSimulator) -> None:
    """Let the site have V3, with the same product."""
    wix.catalog.version = "V3_CATALOG"
    wix.catalog.add_product(name="Tee", variants=SIZES)


def create(key: str | None = None) -> object:
    body = {"products": [{"name": "Mug", "price": "1"}]}
    reply = call("products/create_product", body, key=key or str(uuid.uuid4()))
    return "done" if reply.status == 200 else reply.code


def list_products() -> object:
    reply = call("products/query_products", {})
    return reply.json["catalog"], [each["name"] for each in reply.json["items"]]


def set_stock() -> object:
    body = {"changes": [{"sku": "TEE-S", "set": 7}]}
    [result] = call("inventory/update_inventory", body, key=str(uuid.uuid4())).json["results"]
    return result["status"], "inventoryItemId" in result


def list_stock() -> object:
    items = call("inventory/query_inventory", {}).json["items"]
    return sorted(each.get("sku", "on V1") for each in items)


def report_low_stock() -> object:
    items = invoke("schedules/report_low_stock", {"dryRun": True})["result"]["items"]
    return sorted(each.get("sku", "on V1") for each in items)


READS: list[tuple[Ask, object]] = [
    (list_products, ("V3_CATALOG", ["Tee"])),
    (set_stock, ("done", True)),
    (list_stock, ["TEE-M", "TEE-S"]),
    (report_low_stock, ["TEE-M", "TEE-S"]),
]


@pytest.mark.parametrize(
    ("ask", "answer"), [(create, "done"), *READS], ids=lambda each: getattr(each, "__name__", "")
)
def test_a_process_that_knew_the_old_catalog_serves_the_new_one(
    wix: WixSimulator, reader: str, ask: Ask, answer: object
) -> None:
    ask()
    move(wix)

    assert ask() == answer
    assert ask is not create or wix.catalog.products()[1]["name"] == "Mug"


@pytest.mark.parametrize(
    "code", ["CATALOG_V3_CALLING_CATALOG_V1_API", "CATALOG_V3_SITE_CALLING_CATALOG_V1_API"]
)
@pytest.mark.parametrize(("ask", "answer"), READS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_site_that_is_moved_while_it_is_asked_is_served_all_the_same(
    wix: WixSimulator,
    monkeypatch: pytest.MonkeyPatch,
    code: Literal["CATALOG_V3_CALLING_CATALOG_V1_API", "CATALOG_V3_SITE_CALLING_CATALOG_V1_API"],
    ask: Ask,
    answer: object,
) -> None:
    wix.switches.moved_site_code = code
    move_once_asked(wix, monkeypatch)

    assert ask() == answer


def test_what_was_begun_while_the_site_was_moved_is_done_with_another_key(
    wix: WixSimulator, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    move_once_asked(wix, monkeypatch)

    assert [create("k-1"), create("k-1"), create("k-2")] == [*["wrong_catalog"] * 2, "done"]
    assert [each["name"] for each in wix.catalog.products()] == ["Tee", "Mug"]


@pytest.mark.parametrize("status", [404, 401])
@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("products/create_product", {"products": [{"name": "Mug", "price": "1"}]}),
        ("products/query_products", {}),
        ("inventory/update_inventory", {"changes": [{"sku": "TEE-S", "set": 7}]}),
        ("inventory/query_inventory", {}),
    ],
)
def test_a_site_that_lost_its_stores_says_so_whatever_its_old_catalog_answers(
    wix: WixSimulator, action: str, body: dict[str, Any], status: Literal[404, 401]
) -> None:
    call(action, body, key="k-1")
    wix.switches.v1_without_stores_status = status
    wix.catalog.version = "STORES_NOT_INSTALLED"

    reply = call(action, body, key="k-2")

    assert (reply.status, reply.code) == (409, "app_missing")


def move_once_asked(wix: WixSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the site right after it has said for the first time which catalog it has."""
    real = WixClient.call

    def moving(self: WixClient, operation: Any, **arguments: Any) -> Any:
        answer = real(self, operation, **arguments)
        if operation == GET_CATALOG_VERSION and wix.catalog.version == "V1_CATALOG":
            move(wix)
        return answer

    monkeypatch.setattr(WixClient, "call", moving)
