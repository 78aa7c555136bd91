"""Which catalog the site has: V3 is remembered, V1 is asked for each time."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.unit.wix_admin.builders import FakeWix, failure
from wix_admin.errors import WixRequestError, WixSetupError, WixUnavailableError
from wix_admin.wix.catalog import GET_CATALOG_VERSION, Catalog, forget_catalog, on_catalog
from wix_admin.wix.client import WixClient

WRONG = WixSetupError("another catalog", code="wrong_catalog")


@pytest.fixture(autouse=True)
def knows_nothing() -> Iterator[None]:
    forget_catalog()
    yield
    forget_catalog()


def has(version: str) -> httpx.Response:
    return httpx.Response(200, json={"catalogVersion": version})


@pytest.fixture
def calls(wix: FakeWix) -> WixClient:
    return wix.client(elevates=[GET_CATALOG_VERSION])


class Action:
    """Does something on a catalog, unless the site has another."""

    def __init__(self, *trouble: Exception) -> None:
        self.trouble = list(trouble)
        self.tried: list[Catalog] = []

    def __call__(self, version: Catalog) -> str:
        self.tried.append(version)
        if self.trouble:
            raise self.trouble.pop(0)
        return f"done on {version}"


def test_a_site_that_has_v3_is_asked_once_as_it_never_goes_back(
    wix: FakeWix, calls: WixClient
) -> None:
    wix.will_reply(has("V3_CATALOG"))

    for _ in range(3):
        assert on_catalog(calls, Action()) == "done on V3_CATALOG"

    [asked] = wix.requests
    assert (asked.method, asked.url.path) == ("GET", "/stores/v3/provision/version")
    assert asked.content == b""


def test_a_site_that_has_v1_is_asked_each_time_as_it_may_be_moved(
    wix: FakeWix, calls: WixClient
) -> None:
    wix.will_reply(has("V1_CATALOG"), has("V1_CATALOG"), has("V3_CATALOG"))

    done = [on_catalog(calls, Action()) for _ in range(4)]

    assert done == [f"done on {each}_CATALOG" for each in ("V1", "V1", "V3", "V3")]
    assert len(wix.requests) == 3


def test_a_site_that_is_moved_meanwhile_is_asked_again_and_served(
    wix: FakeWix, calls: WixClient
) -> None:
    wix.will_reply(has("V1_CATALOG"), has("V3_CATALOG"))
    action = Action(WRONG)

    assert on_catalog(calls, action) == "done on V3_CATALOG"
    assert action.tried == ["V1_CATALOG", "V3_CATALOG"]

    on_catalog(calls, Action())
    assert len(wix.requests) == 2


def test_a_site_that_contradicts_itself_is_not_asked_forever(
    wix: FakeWix, calls: WixClient
) -> None:
    wix.will_reply(has("V1_CATALOG"), has("V1_CATALOG"))
    action = Action(WRONG, WRONG)

    with pytest.raises(WixSetupError, match="another catalog"):
        on_catalog(calls, action)

    assert action.tried == ["V1_CATALOG"]
    assert len(wix.requests) == 2


def test_a_site_that_is_moved_back_and_forth_is_served_once_more_and_no_further(
    wix: FakeWix, calls: WixClient
) -> None:
    wix.will_reply(has("V1_CATALOG"), has("V3_CATALOG"))
    action = Action(WRONG, WRONG)

    with pytest.raises(WixSetupError):
        on_catalog(calls, action)

    assert action.tried == ["V1_CATALOG", "V3_CATALOG"]


def test_a_refusal_of_another_kind_is_no_reason_to_ask_again(
    wix: FakeWix, calls: WixClient
) -> None:
    wix.will_reply(has("V3_CATALOG"))

    for refusal in (WixRequestError("no"), WixSetupError("no app")):
        with pytest.raises(type(refusal)):
            on_catalog(calls, Action(refusal))

    on_catalog(calls, Action())
    assert len(wix.requests) == 1


@pytest.mark.parametrize("version", ["STORES_NOT_INSTALLED", "V4_CATALOG"])
def test_a_site_without_a_catalog_is_named_as_such_and_not_remembered(
    wix: FakeWix, calls: WixClient, version: str
) -> None:
    wix.will_reply(has(version), has("V3_CATALOG"))
    action = Action()

    with pytest.raises(WixSetupError) as caught:
        on_catalog(calls, action)

    assert caught.value.code == "app_missing"
    assert action.tried == []
    assert on_catalog(calls, action) == "done on V3_CATALOG"


@pytest.mark.parametrize("answer", [None, {}, {"catalogVersion": None}])
def test_an_answer_without_a_version_is_trouble_at_wix(
    wix: FakeWix, calls: WixClient, answer: Any
) -> None:
    empty = httpx.Response(200) if answer is None else httpx.Response(200, json=answer)
    wix.will_reply(empty, has("V3_CATALOG"))
    action = Action()

    with pytest.raises(WixUnavailableError):
        on_catalog(calls, action)

    assert action.tried == []
    assert on_catalog(calls, action) == "done on V3_CATALOG"


def test_a_site_that_is_being_moved_is_busy(wix: FakeWix, calls: WixClient) -> None:
    moving: Any = failure(428, "CATALOG_V3_SITE_PROVISIONING")
    wix.will_reply(moving, moving, moving)

    with pytest.raises(WixUnavailableError) as caught:
        on_catalog(calls, Action())

    assert caught.value.code == "catalog_moving"
