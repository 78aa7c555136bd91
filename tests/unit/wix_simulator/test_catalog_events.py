"""What an app is told of products and their stock."""

import json
from typing import Any

import httpx
import pytest

from tests.unit.wix_simulator.hearing import Hearing
from tests.wix_simulator import WixSimulator
from wix_webhooks import WixEvent

type Json = dict[str, Any]

PRODUCT = "wix.stores.catalog.v3.product"
ITEM = "wix.stores.catalog.v3.inventory_item"
OLD_CATALOG = "com.wix.ecommerce.catalog.api.v1"
OLD_INVENTORY = "com.wix.ecommerce.inventory.api.v1"
V1: Json = {"originatedFromVersion": "V1_CATALOG"}


def item_of(wix: WixSimulator, product: Json) -> Json:
    [item] = wix.catalog.inventory(product["id"])
    return item


def set_stock(admin: httpx.Client, item: Json, **more: Any) -> Json:
    changes = {"inventoryItem": {"revision": item["revision"], "quantity": 7}, **more}
    reply = admin.patch(f"/stores/v3/inventory-items/{item['id']}", json=changes)
    assert reply.status_code == 200, reply.text
    return dict(reply.json()["inventoryItem"])


# ---- Catalog V3 ----


def test_a_product_and_its_stock_tell_their_lives(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    product = wix.catalog.add_product(name="Mug", quantity=3)
    path = f"/stores/v3/products/{product['id']}"

    admin.patch(path, json={"product": {"revision": "1", "name": "Cup"}})
    told_of_cup = admin.get(path).json()["product"]
    admin.delete(path)

    created, stocked, updated, deleted, emptied = told.events()
    assert [each.type for each in (created, updated, deleted)] == [
        f"{PRODUCT}_created",
        f"{PRODUCT}_updated",
        f"{PRODUCT}_deleted",
    ]
    assert {each.entity_id for each in (created, updated, deleted)} == {product["id"]}
    assert [each.type for each in (stocked, emptied)] == [f"{ITEM}_created", f"{ITEM}_deleted"]
    assert created.content["createdEvent"]["entity"]["name"] == "Mug"
    assert updated.content["updatedEvent"]["currentEntity"] == told_of_cup
    assert updated.content["updatedEvent"]["modifiedFields"] == {"name": "Mug"}
    assert deleted.content["deletedEvent"]["deletedEntity"] == told_of_cup
    assert emptied.content["deletedEvent"]["deletedEntity"]["quantity"] == 3


def test_stock_that_is_set_tells_what_it_was(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    item = item_of(wix, wix.catalog.add_product(quantity=3))
    told.events()

    after = set_stock(admin, item)

    [event] = told.events()
    assert (event.type, event.entity_id) == (f"{ITEM}_updated", item["id"])
    assert event.content["entityFqdn"] == ITEM
    assert event.content["updatedEvent"] == {
        "currentEntity": after,
        "modifiedFields": {"quantity": 3},
    }


def test_a_reason_is_told_with_who_had_it(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    item = item_of(wix, wix.catalog.add_product(quantity=3))
    told.events()

    after = set_stock(admin, item, reason="MANUAL")

    updated, with_reason = told.events()
    assert updated.type == f"{ITEM}_updated"
    assert with_reason.type == f"{ITEM}_updated_with_reason"
    assert with_reason.content["slug"] == "updated_with_reason"
    assert with_reason.content["actionEvent"]["body"] == {
        "currentEntity": after,
        "reason": "MANUAL",
        "appId": with_reason.identity["appId"],
    }


def test_that_there_are_none_any_more_and_that_there_are_again_is_told(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    item = item_of(wix, wix.catalog.add_product(quantity=1))
    told.events()
    path = "/stores/v3/bulk/inventory-items"
    one: Json = {"inventoryItemId": item["id"]}

    for _ in range(2):
        admin.post(f"{path}/increment", json={"incrementData": [one | {"incrementBy": 1}]})
    for _ in range(3):
        admin.post(f"{path}/decrement", json={"decrementData": [one | {"decrementBy": 1}]})
    admin.post(f"{path}/increment", json={"incrementData": [one | {"incrementBy": 1}]})

    flips = [each for each in told.events() if each.type == f"{ITEM}_stock_status_updated"]
    assert [each.content["actionEvent"]["body"] for each in flips] == [
        {"inStock": False},
        {"inStock": True},
    ]
    assert {each.entity_id for each in flips} == {item["id"]}


def test_events_of_catalog_v3_are_read_alike_if_they_hold_text(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    def story() -> list[Json]:
        product = wix.catalog.add_product(quantity=1)
        set_stock(admin, item_of(wix, product), reason="ORDER")
        admin.delete(f"/stores/v3/products/{product['id']}")
        return [shape(event) for event in told.events()]

    def shape(event: WixEvent) -> Json:
        [body] = [value for name, value in event.content.items() if name.endswith("Event")]
        return {"type": event.type} | {name: sorted(value) for name, value in body.items()}

    as_objects = story()
    wix.switches.catalog_event_form = "text"
    as_text = story()

    assert len(as_objects) == 6
    assert as_text == as_objects


def test_the_text_form_is_text_on_the_wire(told: Hearing, wix: WixSimulator) -> None:
    wix.switches.catalog_event_form = "text"
    product = wix.catalog.add_product()
    wix.webhooks.resume()
    wix.webhooks.wait_until_done()

    [delivery] = told.receiver.read_all(wix.webhooks.public_key)

    entity = delivery.event["createdEvent"]["entityAsJson"]
    assert json.loads(entity)["id"] == product["id"]


def test_nothing_is_told_of_what_was_refused_or_made_up(
    told: Hearing, wix: WixSimulator, admin: httpx.Client
) -> None:
    item = item_of(wix, wix.catalog.add_product(quantity=3))
    told.events()

    wix.catalog.seed(5)
    stale = {"inventoryItem": {"revision": "9", "quantity": 1}}
    refused = admin.patch(f"/stores/v3/inventory-items/{item['id']}", json=stale)

    assert refused.status_code == 409
    assert told.events() == []


# ---- Catalog V1 ----


@pytest.fixture
def old(wix: WixSimulator) -> WixSimulator:
    wix.catalog.version = "V1_CATALOG"
    return wix


def payloads(told: Hearing) -> list[tuple[str, Json]]:
    return [(event.type, event.content["payload"]) for event in told.events()]


def test_products_of_catalog_v1_tell_flat_events(
    told: Hearing, old: WixSimulator, admin: httpx.Client
) -> None:
    new = {"name": "Mug", "priceData": {"price": 9}, "costAndProfitData": {"itemCost": 4}}
    product = admin.post("/stores/v1/products", json={"product": new}).json()["product"]
    path = f"/stores/v1/products/{product['id']}"

    admin.patch(path, json={"product": {"priceData": {"price": 8}, "name": "Cup"}})
    admin.post(f"{path}/media", json={"media": [{"mediaId": "m"}]})
    admin.delete(path)

    (created, first), changed, with_media, deleted = payloads(told)
    of_product = {"productId": product["id"], **V1}
    assert created == f"{OLD_CATALOG}.ProductCreated"
    assert first == of_product | {
        "name": "Mug",
        "price": product["priceData"],
        "visible": True,
        "media": product["media"],
        "sku": "",
        "productPageUrl": product["productPageUrl"],
        "brand": "",
        "costAndProfitData": first["costAndProfitData"],
    }
    assert first["costAndProfitData"]["itemCost"] == 4
    fields = {"changedFields": ["name", "priceData"]}
    assert changed == (f"{OLD_CATALOG}.ProductChanged", of_product | fields)
    assert with_media == (
        f"{OLD_CATALOG}.ProductChanged",
        of_product | {"changedFields": ["media"]},
    )
    assert deleted == (f"{OLD_CATALOG}.ProductDeleted", of_product)


def test_variants_of_catalog_v1_tell_which_and_what(
    told: Hearing, old: WixSimulator, admin: httpx.Client
) -> None:
    tee = old.catalog.add_product(
        variants=[({"Size": "S"}, None, None), ({"Size": "M"}, None, None)]
    )
    small = next(each["id"] for each in tee["variants"] if each["choices"] == {"Size": "S"})
    told.events()

    admin.patch(
        f"/stores/v1/products/{tee['id']}/variants",
        json={"variants": [{"choices": {"Size": "S"}, "price": 5, "sku": "S-1"}]},
    )

    changed = {
        "variantId": small,
        "choices": {"Size": "S"},
        "changedFields": ["price", "sku"],
        **V1,
    }
    assert payloads(told) == [
        (f"{OLD_CATALOG}.VariantsChanged", {"productId": tee["id"], "variants": [changed], **V1})
    ]


def test_stock_of_catalog_v1_tells_old_and_new_values(
    told: Hearing, old: WixSimulator, admin: httpx.Client
) -> None:
    product = old.catalog.add_product(quantity=3)
    [inventory] = old.catalog.inventory(product["id"])
    variant_id = inventory["variants"][0]["variantId"]
    told.events()

    body = {
        "decrementData": [{"productId": product["id"], "variantId": variant_id, "decrementBy": 3}]
    }
    admin.post("/stores/v2/inventoryItems/decrement", json=body).raise_for_status()

    [(name, payload)] = payloads(told)
    assert name == f"{OLD_INVENTORY}.InventoryVariantsChanged"
    assert payload == {
        "inventoryItemId": inventory["id"],
        "externalId": product["id"],
        "productId": product["id"],
        "updatedDate": payload["updatedDate"],
        "variants": [
            {
                "id": variant_id,
                "oldValue": {"quantity": 3, "inStock": True, "availableForPreorder": False},
                "newValue": {"quantity": 0, "inStock": False, "availableForPreorder": False},
            }
        ],
    }


def test_tracking_that_begins_is_told_besides(told: Hearing, old: WixSimulator) -> None:
    product = old.catalog.add_product()
    told.events()

    old.catalog.set_stock(product["id"], 5)

    (item, change), (variants, _) = payloads(told)
    assert item == f"{OLD_INVENTORY}.InventoryItemChanged"
    assert (change["trackInventory"], change["fieldMask"]) == (True, "trackInventory")
    assert variants == f"{OLD_INVENTORY}.InventoryVariantsChanged"
