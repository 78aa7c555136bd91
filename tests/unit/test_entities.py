"""What the contract says of Wix's orders, members, bookings and products."""

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from openapi import entities as told
from openapi.files import checked_in
from openapi.filters import LISTINGS
from wix_admin.bookings import entities as bookings
from wix_admin.members import entities as members
from wix_admin.models import WixEntity
from wix_admin.orders import entities as orders
from wix_admin.products import query_products as products

type Json = dict[str, Any]

CONTRACT = checked_in()
SCHEMAS = CONTRACT["components"]["schemas"]
ANY_WORD = {"type": "string"}


def models_in(module: ModuleType) -> dict[str, type[WixEntity]]:
    """The models of what Wix answers that a module defines, by name."""
    return {
        name: model
        for name, model in vars(module).items()
        if isinstance(model, type)
        and issubclass(model, WixEntity)
        and model.__module__ == module.__name__
    }


def fields_of(model: type[WixEntity]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def words() -> set[str]:
    """The schemas that are a list of words."""
    return {name for name, schema in SCHEMAS.items() if "enum" in schema}


def choices(part: object) -> Iterator[list[Json]]:
    """Every `anyOf` in a part of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("anyOf"), list):
            yield part["anyOf"]
        for each in part.values():
            yield from choices(each)
    elif isinstance(part, list):
        for each in part:
            yield from choices(each)


def named(choice: list[Json]) -> set[str]:
    return {each["$ref"].rpartition("/")[2] for each in choice if "$ref" in each}


@pytest.mark.parametrize("module", [orders, members, bookings, products], ids=lambda m: m.__name__)
def test_callers_are_told_of_all_that_functions_decide_by(module: ModuleType) -> None:
    decided_by, described = models_in(module), models_in(told)

    both = decided_by.keys() & described.keys()
    assert both
    lacking = {name: fields_of(decided_by[name]) - fields_of(described[name]) for name in both}
    assert {name: fields for name, fields in lacking.items() if fields} == {}


def test_what_nobody_decides_by_is_described_too() -> None:
    assert {"createdDate", "buyerInfo", "shippingInfo", "billingInfo", "purchasedDate"} <= set(
        SCHEMAS["Order"]["properties"]
    )
    assert set(SCHEMAS["AllowedActions"]["properties"]) == {"cancel", "reschedule"}
    assert SCHEMAS["ExtendedBooking"]["required"] == ["booking"]
    assert SCHEMAS["ExtendedBooking"]["properties"]["booking"] == {
        "$ref": "#/components/schemas/Booking"
    }


def test_wix_may_say_words_that_are_not_there_yet_and_a_filter_may_not() -> None:
    of_wix = {"OrderPaymentStatus", "MemberStatus", "BookingStatus", "AvailabilityStatus"}
    filters = {each.filter_of(query) for each in LISTINGS for query in each.queries}
    asked = {name: SCHEMAS[name] for name in filters}
    answered = {name: each for name, each in SCHEMAS.items() if name not in filters}
    open_lists = [each for each in choices(answered) if ANY_WORD in each and named(each) & words()]
    closed = [each for each in choices(answered) if ANY_WORD not in each and named(each) & of_wix]

    assert of_wix <= {name for each in open_lists for name in named(each)}
    assert closed == []
    assert of_wix <= {name for each in choices(asked) for name in named(each)}
    assert [each for each in choices(asked) if ANY_WORD in each and named(each) & of_wix] == []


def test_every_word_in_a_real_answer_is_one_of_those_that_are_told() -> None:
    schemas = json.loads(json.dumps(SCHEMAS))
    for choice in choices(schemas):
        if ANY_WORD in choice and named(choice) & words():
            choice.remove(ANY_WORD)

    for methods in CONTRACT["paths"].values():
        for operation in methods.values():
            content = operation["responses"]["200"]["content"]["application/json"]
            strict = {**content["schema"], "components": {"schemas": schemas}}
            for example in content["examples"].values():
                errors = list(Draft202012Validator(strict).iter_errors(example["value"]))
                assert [error.message for error in errors] == []
