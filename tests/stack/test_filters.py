"""Every filter and sort that the tables name, as deployed: signed, through API Gateway, to Wix."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from openapi.filters import LISTINGS, Listing
from tests.filter_samples import beyond, every_condition, every_sort
from tests.local_stack import LocalStack
from wix_admin.wix.filters import Query

QUERIES = [(listing, query) for listing in LISTINGS for query in listing.queries]
OF_TWO_CATALOGS = ("QueryProductsFunction", "QueryInventoryFunction")


def title(each: Any) -> str:
    return f"{each.of} {each.catalog or ''}".strip() if isinstance(each, Query) else ""


@pytest.fixture
def _catalog(stack: LocalStack, query: Query) -> Iterator[None]:
    """The site with the query's catalog; functions that remember another one begin anew."""
    if query.catalog != "V1":
        yield
        return
    stack.wix.catalog.version = "V1_CATALOG"
    client = stack.account.client("lambda")
    for each in OF_TWO_CATALOGS:
        name = stack.resources[each]
        before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**before, "BEGIN": "anew"}}
        )
        client.update_function_configuration(FunctionName=name, Environment={"Variables": before})
    yield
    stack.wix.catalog.version = "V3_CATALOG"


def ask(stack: LocalStack, listing: Listing, **body: Any) -> httpx.Response:
    return stack.request("POST", listing.path, credentials=stack.admin, json={"limit": 1, **body})


@pytest.mark.usefixtures("_catalog")
@pytest.mark.parametrize(("listing", "query"), QUERIES, ids=title)
def test_wix_takes_all_that_is_listed_and_is_asked_for_nothing_else(
    stack: LocalStack, listing: Listing, query: Query
) -> None:
    wrong: list[dict[str, Any]] = [
        {"filter": {"noSuchField": 1}},
        *({"filter": each} for each in list(beyond(query))[:1]),
        *([{"sort": [{"fieldName": "noSuchField"}]}] if query.sortable else []),
    ]

    taken = [ask(stack, listing, filter=every_condition(query))]
    taken += [ask(stack, listing, sort=each) for each in every_sort(query)]
    before = len(stack.wix.requests())
    refused = [ask(stack, listing, **each) for each in wrong]
    asked = [each.path for each in stack.wix.requests()[before:]]
    unchecked = [ask(stack, listing, **each, unchecked=True) for each in wrong]

    assert [each.text for each in taken if each.status_code != 200] == []
    assert {each.json()["code"] for each in refused} <= {"invalid_input", "not_in_this_catalog"}
    assert [each for each in asked if "version" not in each] == []
    assert {(each.status_code, each.json()["code"]) for each in unchecked} == {(400, "wix_refused")}
