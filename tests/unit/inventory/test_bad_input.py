"""Requests that are refused before anything is read, with the field that is wrong."""

from typing import Any

import pytest

from tests.unit.calls import call
from tests.wix_simulator import WixSimulator

VARIANT = "d0d0d0d0-0000-4000-8000-000000000001"

CHANGES: list[tuple[dict[str, Any], str]] = [
    ({}, "/changes/0"),
    ({"set": 1}, "/changes/0"),
    ({"locationId": VARIANT, "set": 1}, "/changes/0"),
    ({"sku": "MUG"}, "/changes/0"),
    ({"sku": "MUG", "set": 1, "adjust": 1}, "/changes/0"),
    ({"sku": "MUG", "adjust": 0}, "/changes/0/adjust"),
    ({"sku": "MUG", "set": -1}, "/changes/0/set"),
    ({"sku": "MUG", "set": 100_000}, "/changes/0/set"),
    ({"sku": "MUG", "adjust": -100_000}, "/changes/0/adjust"),
    ({"sku": "MUG", "set": 1.5}, "/changes/0/set"),
    ({"sku": "MUG", "set": "1"}, "/changes/0/set"),
    ({"sku": "MUG", "set": True}, "/changes/0/set"),
    ({"sku": "", "set": 1}, "/changes/0/sku"),
    ({"sku": "x" * 41, "set": 1}, "/changes/0/sku"),
    ({"variantId": "MUG", "set": 1}, "/changes/0/variantId"),
    ({"locationId": "here", "sku": "MUG", "set": 1}, "/changes/0/locationId"),
    ({"productId": "../query", "set": 1}, "/changes/0/productId"),
    ({"productId": "x" * 37, "set": 1}, "/changes/0/productId"),
    ({"sku": "MUG", "setTo": 1}, "/changes/0/setTo"),
]


@pytest.mark.parametrize(("change", "field"), CHANGES, ids=str)
def test_a_change_that_makes_no_sense_is_refused_by_its_field(
    wix: WixSimulator, change: dict[str, Any], field: str
) -> None:
    reply = call("inventory/update_inventory", {"changes": [change]})

    assert (reply.status, reply.code) == (400, "invalid_input")
    assert field in reply.fields
    assert wix.requests() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/changes"),
        ({"changes": []}, "/changes"),
        ({"changes": {}}, "/changes"),
        ({"changes": [{"sku": "MUG", "set": 1}], "reason": "BECAUSE"}, "/reason"),
        ({"changes": [{"sku": "MUG", "set": 1}], "returnEntity": True}, "/returnEntity"),
    ],
    ids=str,
)
def test_a_request_that_makes_no_sense_is_refused_by_its_field(
    wix: WixSimulator, body: dict[str, Any], field: str
) -> None:
    reply = call("inventory/update_inventory", body)

    assert (reply.status, reply.fields) == (400, [field])
    assert wix.requests() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lowStock": -1}, "/lowStock"),
        ({"lowStock": "5"}, "/lowStock"),
        ({"limit": 0}, "/limit"),
        ({"limit": 1001}, "/limit"),
        ({"sort": [{"fieldName": "quantity"}] * 11}, "/sort"),
        ({"sort": [{"fieldName": "x" * 513}]}, "/sort/0/fieldName"),
        ({"cursor": "abc", "filter": {"productId": "x"}}, "/cursor"),
        ({"cursor": "abc", "lowStock": 5}, "/lowStock"),
        ({"cursor": "abc"}, "/cursor"),
        ({"threshold": 5}, "/threshold"),
    ],
    ids=str,
)
def test_a_query_that_makes_no_sense_is_refused_by_its_field(
    wix: WixSimulator, body: dict[str, Any], field: str
) -> None:
    reply = call("inventory/query_inventory", body)

    assert (reply.status, reply.fields) == (400, [field])


def test_the_same_key_for_another_request_is_refused(wix: WixSimulator, table: str) -> None:
    wix.catalog.add_product(sku="MUG", quantity=10)
    call("inventory/update_inventory", {"changes": [{"sku": "MUG", "set": 1}]}, key="k-1")

    reply = call("inventory/update_inventory", {"changes": [{"sku": "MUG", "set": 2}]}, key="k-1")

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
