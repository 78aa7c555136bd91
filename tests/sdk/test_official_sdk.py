"""Wix's official SDK takes the simulator for Wix.

A check of the simulator while it is worked on: it needs Node and the SDK, which nothing else does.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import canaries
from tests.unit.wix_simulator.hearing import hearing
from tests.wix_simulator import WixSimulator

HERE = Path(__file__).parent
SDK = Path(__file__).parents[2] / ".tools" / "sdk"
PATIENCE_SECONDS = 120

if shutil.which("node") is None or not (SDK / "ready").exists():
    pytest.skip(
        "Wix's SDK is not installed: `make sdk-check` does it and runs this. It needs Node 20.",
        allow_module_level=True,
    )


class Site:
    """A simulated site, with what the SDK is to find there."""

    def __init__(self, wix: WixSimulator) -> None:
        self.wix = wix
        self.ids: dict[str, str] = {}

    def add(self, name: str, **about: Any) -> None:
        self.ids[name] = self.wix.catalog.add_product(name=name, **about)["id"]

    def item_of(self, name: str) -> str:
        [item] = self.wix.catalog.inventory(self.ids[name])
        return str(item["id"])


@pytest.fixture(scope="module")
def v3() -> Iterator[Site]:
    with WixSimulator(seed=7) as wix:
        site = Site(wix)
        site.add("Mug", quantity=3)
        site.add("Mug, large", quantity=1)
        site.add("Filter", quantity=5)
        site.add("Secret", quantity=9, visible=False)
        for number, status in enumerate(("APPROVED", "PENDING", "APPROVED")):
            created = f"2026-01-0{number + 1}T00:00:00.000Z"
            member = wix.members.add(status=status, created=created)  # type: ignore[arg-type]  # one of two
            site.ids[f"member {number}"] = member["id"]
        yield site


@pytest.fixture(scope="module")
def v1() -> Iterator[Site]:
    with WixSimulator(seed=8) as wix:
        wix.catalog.version = "V1_CATALOG"
        site = Site(wix)
        for name in ("Mug", "Tee", "Filter"):
            site.add(name, quantity=2)
        yield site


@pytest.fixture(scope="module")
def deliveries() -> Iterator[tuple[list[str], str]]:
    """What a subscriber is sent, as it comes, and the key it is signed with."""
    with WixSimulator(seed=9) as wix, hearing(wix) as told:
        member = wix.members.add(status="PENDING", member_id=canaries.SITE_ID)
        wix.catalog.add_product(name="Mug", quantity=3)
        wix.catalog.version = "V1_CATALOG"
        wix.catalog.set_stock(wix.catalog.add_product(name="Tee")["id"], 4)
        assert member["id"] == canaries.SITE_ID
        wix.webhooks.resume()
        wix.webhooks.wait_until_done()
        yield [body.decode() for body in told.receiver.bodies], wix.webhooks.public_key


@pytest.fixture(scope="module")
def answers(v3: Site, v1: Site, deliveries: tuple[list[str], str]) -> dict[str, Any]:
    """What the SDK makes of the simulators' answers, by the call's name."""
    told = {
        "sdk": str(SDK),
        "apiKey": canaries.API_KEY,
        "siteId": canaries.SITE_ID,
        "appId": canaries.CLIENT_ID,
        "v3": v3.wix.url,
        "v1": v1.wix.url,
        "deliveries": deliveries[0],
        "publicKey": deliveries[1],
    }
    done = subprocess.run(  # noqa: S603 - our own script
        ["node", str(HERE / "ask.mjs")],  # noqa: S607 - whichever Node there is
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_products_of_catalog_v3_are_listed(answers: dict[str, Any], v3: Site) -> None:
    names = ["Filter", "Mug", "Mug, large", "Secret"]

    assert answers["productsV3.queryProducts"] == [v3.ids[name] for name in names]
    assert answers["productsV3.queryProducts, filtered"] == [v3.ids["Secret"]]
    assert answers["productsV3.countProducts"] == 3
    assert answers["productsV3.countProducts, hidden ones too"] == 4
    assert sorted(answers["productsV3.searchProducts"]) == sorted(
        [v3.ids[name], True] for name in names[1:3]
    )


def test_stock_of_catalog_v3_is_listed(answers: dict[str, Any], v3: Site) -> None:
    assert sorted(answers["inventoryItemsV3.queryInventoryItems"]) == sorted(
        v3.item_of(name) for name in ("Mug", "Filter", "Secret")
    )
    assert sorted(answers["inventoryItemsV3.searchInventoryItems"]) == sorted(
        v3.item_of(name) for name in ("Mug", "Mug, large")
    )


def test_members_are_listed(answers: dict[str, Any], v3: Site) -> None:
    ids = [v3.ids[f"member {number}"] for number in range(3)]

    assert answers["members.listMembers"] == [ids[1:], 3, True]
    assert answers["members.queryMembers"] == [ids[0], ids[2]]


def test_products_and_stock_of_catalog_v1_are_listed(answers: dict[str, Any], v1: Site) -> None:
    in_order = [v1.ids[name] for name in ("Filter", "Mug", "Tee")]

    assert answers["products.queryProducts"] == in_order
    assert answers["products.queryProducts, filtered"] == [v1.ids["Tee"]]
    assert answers["inventory.queryInventory"] == 3


def test_webhooks_reach_their_handlers(answers: dict[str, Any]) -> None:
    assert answers["webhooks"] == [
        ["member created", canaries.SITE_ID],
        ["product created", "Mug"],
        ["item", 3],
        ["old product created", "Tee"],
        ["old item", ["trackInventory"]],
        ["old stock", 4],
    ]
