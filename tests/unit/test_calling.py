"""The samples of a caller, before an API that does what an API may do."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from subprocess import CompletedProcess

import pytest

from tests.calling import EACH_LANGUAGE, LANGUAGES, Caller, caller, exported
from tests.unit.scripted_api import HUNG_UP, Answer, Asked, scripted_api

TRIES = 5
"""How often their page says that a call is made at most."""

REFUNDED = Answer(200, {"status": "REFUNDED", "refunded": "5.00"})
ANSWERS = {
    "refused": [Answer(422, {"title": "No", "detail": "Too much", "retryable": False})],
    "misconfigured": [Answer(500, {"title": "Ours", "retryable": False})],
    "shut-out": [Answer(403, "<html>Forbidden</html>")],
    "too-long-a-wait": [Answer(503, {"title": "Busy", "retryable": True}, after=300)],
    "trouble": [
        HUNG_UP,
        Answer(429, {"message": "Too Many Requests"}, after=1),
        Answer(504, "<html>Gateway Timeout</html>", after=1),
        Answer(503, {"title": "Busy", "retryable": True}, after=1),
    ],
    "cut-off": [Answer(200, REFUNDED.body, cut=9), REFUNDED],
}
"""What the refund of each order is answered, in turn; the last one again and again."""

CANCELLING = {
    "Python": ("-c", "from admin_api import call; call('POST', '/orders/keyless/cancel', {})"),
    "JavaScript": (
        "--input-type=module",
        "-e",
        'import { call } from "./admin-api.mjs"; await call("POST", "/orders/keyless/cancel", {});',
    ),
}
"""A change that is made without a key."""


class Run:
    """What a sample asked of the API, and how it ended."""

    def __init__(self, sample: Caller, order: str, *arguments: str) -> None:
        pages = [page(1, has_more=True), page(2, has_more=False)]
        refund, cancel, query = (
            f"/orders/{order}/refunds",
            f"/orders/{order}/cancel",
            "/orders/query",
        )
        answers = {refund: ANSWERS.get(order, []), cancel: [HUNG_UP], query: pages}
        with scripted_api(answers) as api:
            self.ended: CompletedProcess[str] = sample.run(*arguments, variables=exported(api.url))
        self.asked: list[Asked] = api.asked[refund] or api.asked[cancel]
        self.pages: list[Asked] = api.asked[query]


def page(number: int, *, has_more: bool) -> Answer:
    order = {"number": number, "priceSummary": {"total": {"amount": "9.00"}}}
    return Answer(200, {"items": [order], "cursor": "the-rest", "hasMore": has_more})


@pytest.fixture(scope="module")
def started(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[tuple[str, str], Future[Run]]]:
    """A run for each order in each language, all at once, as most of what they do is wait."""
    runs = {}
    with ThreadPoolExecutor(32) as pool:
        for language in LANGUAGES:
            sample = caller(language, tmp_path_factory.mktemp(language))
            for order in ANSWERS:
                runs[language, order] = pool.submit(Run, sample, order, sample.script, order)
            runs[language, "keyless"] = pool.submit(Run, sample, "keyless", *CANCELLING[language])
        yield runs


@pytest.fixture(params=EACH_LANGUAGE)
def runs(
    request: pytest.FixtureRequest, started: dict[tuple[str, str], Future[Run]]
) -> dict[str, Run]:
    """The runs in one language, by their order."""
    orders = [*ANSWERS, "keyless"]
    return {order: started[request.param, order].result() for order in orders}


@pytest.mark.parametrize("order", ["refused", "misconfigured", "shut-out"])
def test_what_cannot_help_is_tried_once(runs: dict[str, Run], order: str) -> None:
    assert len(runs[order].asked) == 1
    assert runs[order].ended.returncode == 1


def test_a_refusal_is_told_in_the_words_of_the_api(runs: dict[str, Run]) -> None:
    assert "Too much" in runs["refused"].ended.stderr


def test_what_may_help_is_tried_a_few_times_under_one_key(runs: dict[str, Run]) -> None:
    asked = runs["trouble"].asked

    assert len(asked) == TRIES
    assert {each.key for each in asked} == {"damaged-trouble"}
    assert {each.body for each in asked} == {asked[0].body}
    assert runs["trouble"].ended.returncode == 1


def test_nothing_is_asked_again_sooner_than_the_answer_allows(runs: dict[str, Run]) -> None:
    waits = [later.at - earlier.at for earlier, later in pairwise(runs["trouble"].asked)]

    assert min(waits) >= 1


def test_who_is_to_wait_longer_than_the_patience_lasts_gives_up_at_once(
    runs: dict[str, Run],
) -> None:
    assert len(runs["too-long-a-wait"].asked) == 1


def test_a_change_without_a_key_is_not_made_again(runs: dict[str, Run]) -> None:
    assert [each.key for each in runs["keyless"].asked] == [None]
    assert runs["keyless"].ended.returncode == 1


def test_an_answer_that_is_cut_off_is_asked_for_again(runs: dict[str, Run]) -> None:
    assert len(runs["cut-off"].asked) == 2
    assert runs["cut-off"].ended.stdout.startswith("REFUNDED 5.00\n")


def test_every_page_is_listed(runs: dict[str, Run]) -> None:
    asked = [json.loads(each.body) for each in runs["cut-off"].pages]

    unsent = {"paymentStatus": "PAID", "fulfillmentStatus": "NOT_FULFILLED"}
    assert asked == [{"filter": unsent, "limit": 100}, {"cursor": "the-rest", "limit": 100}]
    assert runs["cut-off"].ended.stdout.splitlines()[1:] == ["1 9.00", "2 9.00"]
