"""The page of `make up`: what it shows can be sent from it, and nothing comes from elsewhere."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from openapi.files import checked_in
from tests.local_stack import LocalStack
from tests.local_stack.try_it import try_it_page


@pytest.fixture
def page(stack: LocalStack) -> Iterator[httpx.Client]:
    """A browser on the page."""
    with try_it_page(stack) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def document(page: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = page.get("/admin-api.json").json()
    return found


def test_all_that_the_page_needs_comes_from_this_machine(
    stack: LocalStack, page: httpx.Client
) -> None:
    html = page.get("/").text

    assert "://" not in html.replace(stack.api_url, "")
    needed = re.findall(r'(?:href|src|"contract")(?:=|: )"(/[^"]+)"', html)
    assert len(needed) == 4
    for each in needed:
        assert page.get(each).status_code == 200
    assert len(page.get("/swagger-ui-bundle.js").content) > 1_000_000


def test_it_shows_every_operation_and_asks_nobody_to_sign(
    stack: LocalStack, page: httpx.Client
) -> None:
    shown = document(page)

    assert shown["paths"].keys() == checked_in()["paths"].keys()
    assert shown["servers"] == [{"url": stack.api_url}]
    assert shown["security"] == []
    assert "securitySchemes" not in shown["components"]


def test_a_call_from_the_page_is_signed_and_its_answer_handed_back(
    stack: LocalStack, page: httpx.Client
) -> None:
    shown = document(page)["paths"]["/orders/{orderId}/refunds"]["post"]
    values = {each["name"]: each["example"] for each in shown["parameters"]}
    samples = shown["requestBody"]["content"]["application/json"]["examples"]
    path = f"/api/orders/{values['orderId']}/refunds"
    key = {"Idempotency-Key": values["Idempotency-Key"]}

    replies = [page.post(path, json=samples["sample"]["value"], headers=key) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert [reply.headers.get("Idempotent-Replayed") for reply in replies] == [None, "true"]
    assert len(stack.wix.refunds(values["orderId"])) == 1


@pytest.mark.skipif(not shutil.which("curl"), reason="it calls curl")
def test_the_call_that_it_shows_is_signed_by_curl(stack: LocalStack, page: httpx.Client) -> None:
    settings = json.loads(page.get("/").text.partition("signing } = ")[2].partition(";\n")[0])
    member = stack.wix.members.add()["id"]
    # The page puts a query in order.
    url = f"{settings['api']}/members/{member}?confirm={member}&dryRun=true"
    key = "Idempotency-Key: shown"

    answer = subprocess.run(  # noqa: S603 - what the page tells to paste
        ["curl", "-sf", *settings["signing"], "-X", "DELETE", "-H", key, url],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(answer.stdout)["dryRun"] is True


def test_a_problem_is_shown_as_one(page: httpx.Client) -> None:
    reply = page.patch("/api/orders/none", json={"archived": "yes"})

    assert reply.status_code == 400
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert [each["field"] for each in reply.json()["errors"]] == ["/orderId", "/archived"]


def test_it_ends_with_the_stack(stack: LocalStack) -> None:
    with try_it_page(stack) as address:
        assert httpx.get(address, trust_env=False).status_code == 200
        assert address.startswith("http://127.0.0.1:")

    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)
