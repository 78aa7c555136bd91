"""One change for one request, whatever dies when."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests import canaries
from tests.unit.wix_admin.builders import (
    TABLE,
    Clock,
    Made,
    Making,
    Shop,
    lost,
    with_each_write,
)
from wix_admin.effects.ledger import EffectsTable, State
from wix_admin.effects.once import SETTLE_SECONDS, Once, Sent
from wix_admin.errors import (
    AdminError,
    InputError,
    KeyReusedError,
    LedgerUnavailableError,
    OutcomeUnknownError,
    OutOfTimeError,
    RefusedError,
    StillRunningError,
    Violation,
    WixConflictError,
    WixNotFoundError,
    WixPermissionError,
    WixRequestError,
    WixStateError,
    WixUnavailableError,
    WixViolation,
)
from wix_admin.problems import wait_for
from wix_auth import TokenUnavailableError, WixAuthError
from wix_auth.errors import CredentialRefusedError

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

LEASE = 35.0


class Died(BaseException):
    """The process was ended."""


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock)


def once(table: EffectsTable | None, *, key: str | None = "k-1", request_hash: str = "h-1") -> Once:
    lease_until = (table.now() if table else 0.0) + LEASE
    return Once(table, canaries.SITE_ID, key, request_hash, lease_until)


def ask(ledger: EffectsTable, shop: Shop) -> tuple[Made, bool]:
    """Ask for the change; returns its receipt and whether it is an old one."""
    request = once(ledger)
    receipt = request.make(Making(shop))
    return receipt, request.replayed


def item(client: "DynamoDBClient") -> dict[str, Any]:
    """Return the one item in the ledger, `{}` if there is none."""
    items = client.scan(TableName=TABLE)["Items"]
    assert len(items) <= 1
    return {name: next(iter(value.values())) for each in items for name, value in each.items()}


def failing(
    client: "DynamoDBClient", clock: Clock, *numbers: int, after: bool = False
) -> EffectsTable:
    """Make a ledger whose writes with these numbers fail, before or after they are done."""
    writes: list[None] = []

    def around(write: Callable[[], Any]) -> Any:
        writes.append(None)
        if len(writes) not in numbers:
            return write()
        if after:
            write()
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example")

    return with_each_write(client, clock, around)


# ---- Without a key --------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "has_table"), [(None, True), (None, False), ("k-1", False)])
def test_without_a_key_nothing_is_remembered(
    ledger: EffectsTable,
    dynamodb: "DynamoDBClient",
    shop: Shop,
    key: str | None,
    *,
    has_table: bool,
) -> None:
    table = ledger if has_table else None

    first = once(table, key=key).make(Making(shop))
    second = once(table, key=key).make(Making(shop))

    assert first.reference != second.reference
    assert shop.asked == ["check", "send", "answer"] * 2
    assert item(dynamodb) == {}


# ---- In a dry run ---------------------------------------------------------------------------


def test_a_dry_run_comes_as_far_as_the_call_with_the_reference_it_will_have(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop
) -> None:
    rehearsal = Once(None, canaries.SITE_ID, "k-1", "h-1", LEASE, rehearses=True)

    rehearsed = rehearsal.make(Making(shop))

    assert shop.asked[0] == "check"
    assert item(dynamodb) == {}
    assert once(ledger).make(Making(shop)).reference == rehearsed.reference


def test_a_dry_run_refuses_what_the_check_refuses(shop: Shop) -> None:
    shop.refuses = RefusedError("no")

    with pytest.raises(RefusedError):
        Once(None, canaries.SITE_ID, None, "h-1", LEASE, rehearses=True).make(Making(shop))


# ---- Without a key, refused -----------------------------------------------------------------


def test_without_a_key_a_refused_check_sends_nothing(shop: Shop) -> None:
    shop.refuses = RefusedError("no")

    with pytest.raises(RefusedError):
        once(None, key=None).make(Making(shop))

    assert shop.asked == ["check"]


def test_without_a_key_a_lost_answer_is_read_back(shop: Shop) -> None:
    shop.after_send = lost()
    request = once(None, key=None)

    receipt = request.make(Making(shop))

    assert [receipt.reference] == [reference for reference, _ in shop.made]
    assert not request.replayed


@pytest.mark.parametrize("blind", [None, lost(), WixUnavailableError("x"), OutOfTimeError("x")])
def test_without_a_key_what_is_not_found_stays_unknown(
    shop: Shop, blind: BaseException | None
) -> None:
    shop.before_send, shop.blind = lost(), blind

    with pytest.raises(OutcomeUnknownError) as caught:
        once(None, key=None).make(Making(shop))

    assert caught.value.__cause__ is shop.before_send


def test_without_a_key_a_failed_change_is_an_error(shop: Shop) -> None:
    shop.status = "failed"

    with pytest.raises(RefusedError) as caught:
        once(None, key=None).make(Making(shop))

    assert caught.value.code == "refund_failed"


# ---- Done, and asked for again --------------------------------------------------------------


def test_a_change_is_made_once_and_its_answer_replayed(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop
) -> None:
    first, first_replayed = ask(ledger, shop)
    second, second_replayed = ask(ledger, shop)

    assert first == second
    assert (first_replayed, second_replayed) == (False, True)
    assert shop.asked == ["check", "send", "answer"]
    assert item(dynamodb)["state"] == "settled"


def test_another_request_with_the_key_is_refused(ledger: EffectsTable, shop: Shop) -> None:
    ask(ledger, shop)

    with pytest.raises(KeyReusedError):
        once(ledger, request_hash="h-2").make(Making(shop))


def test_another_key_is_another_change(ledger: EffectsTable, shop: Shop) -> None:
    ask(ledger, shop)
    once(ledger, key="k-2").make(Making(shop))

    assert len({reference for reference, _ in shop.made}) == 2


def test_an_accepted_change_is_brought_up_to_date(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop
) -> None:
    shop.status = "accepted"
    assert ask(ledger, shop)[0].status == "accepted"
    assert item(dynamodb)["state"] == "accepted"
    assert "expiresAt" not in item(dynamodb)

    assert ask(ledger, shop)[0].status == "accepted"
    shop.status = "settled"
    receipt, replayed = ask(ledger, shop)

    assert (receipt.status, replayed) == ("settled", True)
    assert item(dynamodb)["state"] == "settled"
    assert shop.asked == ["check", "send", "answer", "look", "look"]


@pytest.mark.parametrize("status", ["unknown", "accepted"])
def test_whoever_looks_knows_whether_wix_may_still_be_at_work(
    ledger: EffectsTable, clock: Clock, shop: Shop, status: str
) -> None:
    told: list[bool] = []

    class Watching(Making):
        def read_back(self, sent: Sent) -> Made | None:
            told.append(sent.settled)
            return super().read_back(sent)

    shop.shows_after = 2 * SETTLE_SECONDS
    shop.status = "accepted"
    shop.after_send = lost() if status == "unknown" else None

    for _ in range(3):
        try:
            once(ledger).make(Watching(shop))
        except OutcomeUnknownError:
            assert status == "unknown"
        shop.after_send = None
        clock.now += SETTLE_SECONDS / 2

    seen_on_the_spot = [False] if status == "unknown" else []
    assert told == [*seen_on_the_spot, False, True]


@pytest.mark.parametrize(
    "blind", [lost(), WixUnavailableError("x"), OutOfTimeError("x"), TokenUnavailableError("x")]
)
def test_an_accepted_change_that_cannot_be_looked_at_is_told_as_it_was(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, blind: Exception
) -> None:
    shop.status = "accepted"
    first, _ = ask(ledger, shop)
    shop.blind = blind

    assert ask(ledger, shop) == (first, True)
    assert item(dynamodb)["state"] == "accepted"


def test_an_accepted_change_that_is_not_seen_is_told_as_it_was(
    ledger: EffectsTable, shop: Shop
) -> None:
    shop.status = "accepted"
    first, _ = ask(ledger, shop)
    shop.made.clear()

    assert ask(ledger, shop) == (first, True)


@pytest.mark.parametrize("at_first", ["accepted", "failed"])
def test_a_change_that_failed_at_last_is_an_error_from_then_on(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, at_first: State
) -> None:
    shop.status = at_first
    if at_first == "accepted":
        ask(ledger, shop)
        shop.status = "failed"

    for _ in range(3):
        with pytest.raises(RefusedError) as caught:
            ask(ledger, shop)
        assert caught.value.code == "refund_failed"
        assert shop.made[0][0] in str(caught.value)

    assert item(dynamodb)["state"] == "failed"
    assert len(shop.made) == 1


# ---- Refused --------------------------------------------------------------------------------

WORDS = f"{canaries.FIRST_NAME} wrote {canaries.MESSAGE}"


@pytest.mark.parametrize(
    "refusal",
    [
        WixRequestError("no", wix_request_id="r-1", violations=[WixViolation("/a/b", WORDS)]),
        WixNotFoundError("no"),
        WixConflictError("no", wix_code="THING_REVISION"),
        WixStateError("no", wix_code="QUOTA", wix_request_id="r-1"),
    ],
)
def test_a_refusal_of_wix_is_final_and_replayed_without_its_words(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, refusal: WixRequestError
) -> None:
    shop.before_send = refusal
    with pytest.raises(type(refusal)) as first:
        ask(ledger, shop)
    assert first.value is refusal

    with pytest.raises(type(refusal)) as second:
        ask(ledger, shop)

    again = second.value
    assert type(again) is type(refusal)
    assert str(again) == str(refusal)
    assert (again.code, again.wix_code) == (refusal.code, refusal.wix_code)
    assert again.wix_request_id == refusal.wix_request_id
    assert again.violations == ()
    assert shop.asked == ["check", "send"]
    assert item(dynamodb)["state"] == "failed"
    assert not any(mark in json.dumps(item(dynamodb)) for mark in canaries.MARKS)


def test_a_refusal_in_words_of_ours_is_replayed_with_its_field(
    ledger: EffectsTable, shop: Shop
) -> None:
    shop.before_send = WixConflictError.of("loginEmail", "Somebody has it already")
    with pytest.raises(WixConflictError):
        ask(ledger, shop)

    with pytest.raises(WixConflictError) as caught:
        ask(ledger, shop)

    assert caught.value.violations == (Violation("/loginEmail", "Somebody has it already"),)


@pytest.mark.parametrize(
    "refusal",
    [
        InputError("no"),
        RefusedError("no"),
        WixNotFoundError("no"),
        WixUnavailableError("no"),
        OutOfTimeError("no"),
        OutcomeUnknownError("no"),
        TokenUnavailableError("no"),
    ],
)
def test_a_refused_check_frees_the_key(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, refusal: Exception
) -> None:
    shop.refuses = refusal

    with pytest.raises(type(refusal)):
        ask(ledger, shop)

    assert item(dynamodb) == {}
    shop.refuses = None
    assert not ask(ledger, shop)[1]


@pytest.mark.parametrize(
    "failure",
    [
        WixUnavailableError("busy"),
        WixPermissionError("no"),
        OutOfTimeError("late"),
        TokenUnavailableError("later"),
        CredentialRefusedError("no"),
    ],
)
def test_a_call_that_never_left_frees_the_key(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, failure: Exception
) -> None:
    shop.before_send = failure

    with pytest.raises(type(failure)) as caught:
        ask(ledger, shop)

    assert caught.value is failure
    assert item(dynamodb) == {}
    assert shop.asked == ["check", "send"]


# ---- Lost answers ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["settled", "accepted"])
def test_a_lost_answer_is_read_back_at_once(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, status: State
) -> None:
    shop.after_send, shop.status = lost(), status

    receipt, replayed = ask(ledger, shop)

    assert receipt.reference == shop.made[0][0]
    assert not replayed
    assert item(dynamodb)["state"] == status


@pytest.mark.parametrize("blind", [lost(), WixUnavailableError("x"), TokenUnavailableError("x")])
def test_an_answer_that_stays_lost_is_unknown_and_keeps_the_key(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, blind: Exception
) -> None:
    shop.after_send, shop.blind = lost(), blind

    with pytest.raises(OutcomeUnknownError) as caught:
        ask(ledger, shop)

    assert caught.value.__cause__ is shop.after_send
    assert (item(dynamodb)["state"], item(dynamodb)["leaseUntil"]) == ("unknown", "0.000")


def test_an_unknown_outcome_is_found_by_the_same_key(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop
) -> None:
    shop.after_send, shop.blind = lost(), lost()
    with pytest.raises(OutcomeUnknownError):
        ask(ledger, shop)

    shop.blind = None
    receipt, replayed = ask(ledger, shop)

    assert (receipt.reference, replayed) == (shop.made[0][0], True)
    assert item(dynamodb)["state"] == "settled"
    assert len(shop.made) == 1


@pytest.mark.parametrize(
    "blind",
    [
        OutcomeUnknownError("x", wix_request_id="r-1", retry_after=5.0),
        WixUnavailableError("x", wix_request_id="r-1", retry_after=5.0),
        TokenUnavailableError("x", wix_request_id="r-1", retry_after=5.0),
    ],
)
def test_an_unknown_outcome_stays_unknown_while_wix_does_not_tell(
    ledger: EffectsTable,
    dynamodb: "DynamoDBClient",
    shop: Shop,
    clock: Clock,
    blind: AdminError | WixAuthError,
) -> None:
    shop.before_send, shop.blind = lost(), blind
    for _ in range(3):
        with pytest.raises(OutcomeUnknownError) as caught:
            ask(ledger, shop)
        clock.now += SETTLE_SECONDS

    assert (caught.value.wix_request_id, caught.value.retry_after) == ("r-1", 5.0)
    assert item(dynamodb)["state"] == "unknown"
    assert shop.asked.count("send") == 1


@pytest.mark.parametrize(
    ("key", "advice", "wait"),
    [("k-1", "Ask again with the same key", 10), (None, "look at Wix before you ask again", None)],
)
def test_who_does_not_know_the_outcome_is_told_what_to_do(
    ledger: EffectsTable, shop: Shop, key: str | None, advice: str, wait: float | None
) -> None:
    shop.before_send, shop.blind = lost(), WixUnavailableError("x")

    with pytest.raises(OutcomeUnknownError) as caught:
        once(ledger, key=key).make(Making(shop))

    assert str(caught.value).startswith(str(lost()))
    assert str(caught.value).count(advice) == 1
    assert wait_for(caught.value) == wait


def test_a_call_that_is_not_seen_is_only_made_again_when_it_must_be_over(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, clock: Clock
) -> None:
    shop.before_send = lost()
    with pytest.raises(OutcomeUnknownError):
        ask(ledger, shop)
    shop.before_send = None

    clock.now += SETTLE_SECONDS - 10
    with pytest.raises(OutcomeUnknownError) as caught:
        ask(ledger, shop)
    assert caught.value.retry_after == pytest.approx(10, abs=0.01)
    assert item(dynamodb)["state"] == "unknown"

    clock.now += 10
    receipt, replayed = ask(ledger, shop)
    assert [receipt.reference] == [reference for reference, _ in shop.made]
    assert not replayed


def test_a_call_that_was_never_carried_out_and_cannot_be_now_frees_the_key(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, clock: Clock
) -> None:
    shop.before_send = lost()
    with pytest.raises(OutcomeUnknownError):
        ask(ledger, shop)
    clock.now += SETTLE_SECONDS
    shop.refuses = RefusedError("no")

    with pytest.raises(RefusedError):
        ask(ledger, shop)

    assert item(dynamodb) == {}


def test_every_try_with_one_key_carries_the_same_reference(
    ledger: EffectsTable, shop: Shop, clock: Clock
) -> None:
    shop.after_send, shop.blind = lost(), lost()
    with pytest.raises(OutcomeUnknownError):
        ask(ledger, shop)
    clock.now += SETTLE_SECONDS
    [(reference, _)] = shop.made
    shop.made.clear()  # Wix did not keep it
    shop.after_send = shop.blind = None

    assert ask(ledger, shop)[0].reference == reference


# ---- Deaths ---------------------------------------------------------------------------------


def test_who_dies_before_the_call_is_followed_by_a_fresh_start(
    ledger: EffectsTable, shop: Shop, clock: Clock
) -> None:
    shop.refuses = Died()
    with pytest.raises(Died):
        ask(ledger, shop)
    shop.refuses = None

    with pytest.raises(StillRunningError):
        ask(ledger, shop)
    clock.now += LEASE
    assert not ask(ledger, shop)[1]
    assert len(shop.made) == 1


def test_who_dies_after_the_call_is_followed_by_a_look(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", shop: Shop, clock: Clock
) -> None:
    shop.after_send = Died()
    with pytest.raises(Died):
        ask(ledger, shop)

    with pytest.raises(StillRunningError):
        ask(ledger, shop)
    clock.now += LEASE
    receipt, replayed = ask(ledger, shop)
    assert (receipt.reference, replayed) == (shop.made[0][0], True)
    assert item(dynamodb)["state"] == "settled"
    assert shop.asked.count("send") == 1


def test_who_dies_in_the_call_is_not_followed_too_soon(
    ledger: EffectsTable, shop: Shop, clock: Clock
) -> None:
    shop.before_send = Died()
    with pytest.raises(Died):
        ask(ledger, shop)
    shop.before_send = None

    clock.now += LEASE
    with pytest.raises(OutcomeUnknownError):
        ask(ledger, shop)
    clock.now += SETTLE_SECONDS - LEASE
    assert not ask(ledger, shop)[1]
    assert len(shop.made) == 1


def test_a_fault_of_ours_in_the_call_leaves_it_to_be_found(
    ledger: EffectsTable, shop: Shop, clock: Clock
) -> None:
    shop.after_send = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        ask(ledger, shop)

    clock.now += LEASE
    assert ask(ledger, shop)[1]
    assert len(shop.made) == 1


# ---- A ledger out of reach ------------------------------------------------------------------

CLAIM, MARK, CONCLUDE = 1, 2, 3


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", [CLAIM, MARK])
def test_nothing_is_sent_that_could_not_be_written_down(
    dynamodb: "DynamoDBClient", clock: Clock, shop: Shop, write: int, *, after: bool
) -> None:
    with pytest.raises(LedgerUnavailableError):
        ask(failing(dynamodb, clock, write, after=after), shop)

    assert "send" not in shop.asked
    assert item(dynamodb).get("state") in ({None, "intended"} if write == CLAIM else {None})


@pytest.mark.parametrize("after", [False, True])
def test_what_was_done_is_answered_even_if_it_cannot_be_written_down(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, shop: Shop, *, after: bool
) -> None:
    first, _ = ask(failing(dynamodb, clock, CONCLUDE, after=after), shop)

    clock.now += LEASE
    assert ask(ledger, shop) == (first, True)
    assert shop.asked.count("send") == 1


def test_a_refusal_that_cannot_be_written_down_is_still_told(
    dynamodb: "DynamoDBClient", clock: Clock, shop: Shop
) -> None:
    shop.before_send = WixStateError("no")

    with pytest.raises(WixStateError):
        ask(failing(dynamodb, clock, CONCLUDE), shop)

    assert item(dynamodb)["state"] == "sent"


@pytest.mark.parametrize("failure", [WixUnavailableError("busy"), lost()])
def test_a_failure_is_told_even_if_the_key_cannot_be_given_back(
    dynamodb: "DynamoDBClient", clock: Clock, shop: Shop, failure: Exception
) -> None:
    shop.before_send = failure

    with pytest.raises(type(failure)):
        ask(failing(dynamodb, clock, CONCLUDE), shop)

    assert item(dynamodb)["state"] == "sent"


def test_a_missed_outcome_is_logged_without_the_key(
    dynamodb: "DynamoDBClient",
    clock: Clock,
    shop: Shop,
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    once(failing(dynamodb, clock, CONCLUDE), key="secret-key").make(Making(shop))

    [line] = log_lines()
    assert (line["level"], line["error"], line["operation"]) == (
        "ERROR",
        "LedgerUnavailableError",
        "things.make",
    )
    assert "secret-key" not in json.dumps(line)
