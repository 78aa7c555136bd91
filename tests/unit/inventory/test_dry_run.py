"""A dry run of changes: what would be sent, what was read, and nothing changed."""

from typing import Any

import pytest

from tests.unit.aws import aws_client
from tests.unit.inventory.conftest import update
from tests.wix_simulator import WixSimulator

CHANGES: dict[str, list[dict[str, Any]]] = {
    "sets": [{"sku": "MUG", "set": 4}, {"sku": "TEA", "set": 5}],
    "incoming": [{"sku": "MUG", "adjust": 4}, {"sku": "TEA", "adjust": 5}],
    "outgoing": [{"sku": "MUG", "adjust": -1}, {"sku": "TEA", "adjust": -2}],
    "all of them": [{"sku": "MUG", "set": 4}, {"sku": "TEA", "adjust": 5}, {"sku": "?", "set": 1}],
    "one": [{"sku": "MUG", "set": 4}],
}


@pytest.fixture(params=["V3_CATALOG", "V1_CATALOG"])
def products(wix: WixSimulator, request: pytest.FixtureRequest) -> list[str]:
    wix.catalog.version = request.param
    return [wix.catalog.add_product(name=sku, sku=sku, quantity=10)["id"] for sku in ("MUG", "TEA")]


@pytest.mark.parametrize("key", [None, "k-1"])
@pytest.mark.parametrize("changes", CHANGES.values(), ids=list(CHANGES))
def test_it_names_the_requests_that_are_then_really_sent(
    wix: WixSimulator,
    table: str,
    products: list[str],
    changes: list[dict[str, Any]],
    key: str | None,
) -> None:
    before = [wix.catalog.inventory(each) for each in products]

    rehearsed = update(*changes, key=key, dryRun=True)

    assert rehearsed.status == 200, rehearsed.json
    assert [wix.catalog.inventory(each) for each in products] == before
    assert aws_client("dynamodb").scan(TableName=table)["Items"] == []
    read = wix.requests(path="/stores*")
    assert [each["path"] for each in rehearsed.json["read"]] == [each.path for each in read]

    done = update(*changes, key=key)

    assert not done.replayed
    planned = [each["status"] for each in rehearsed.json["result"]["results"]]
    came = [each["status"] for each in done.json.get("results", [{"status": "done"}])]
    assert planned == ["planned" if each == "done" else each for each in came]
    sent = [each for each in wix.requests(path="/stores*") if each.effect]
    assert rehearsed.json["requests"] == [
        {"method": each.method, "path": each.path, "body": each.body} for each in sent
    ]


def test_it_refuses_what_the_real_one_refuses(wix: WixSimulator, products: list[str]) -> None:
    reply = update({"sku": "MUG", "adjust": -11}, dryRun=True)

    assert (reply.status, reply.code) == (422, "below_zero")
