"""The ledger of effects."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from tests.canaries import SITE_ID
from tests.unit.wix_admin.builders import TABLE, Clock, with_each_write
from wix_admin.effects.ledger import KEPT_DAYS, EffectsTable, Item, Scope, State
from wix_admin.errors import KeyReusedError, LedgerUnavailableError, StillRunningError

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

SCOPE = Scope(SITE_ID, "things.make", "t-1", "k#1 é")
DAY = 86_400.0
LEASE = 35.0


def sent_twice(write: Callable[[], Any]) -> Any:
    """Do what the SDK does when the reply to its first try gets lost."""
    write()
    return write()


def claim(ledger: EffectsTable, request_hash: str = "h-1") -> Item:
    return ledger.claim(SCOPE, request_hash, ledger.now() + LEASE)


def in_state(ledger: EffectsTable, state: State) -> Item:
    """Bring a request into a state."""
    item = claim(ledger)
    if state == "intended":
        return item
    item = ledger.mark_sent(SCOPE, item, {"p-1": "10 0"})
    if state == "unknown":
        ledger.leave_unknown(SCOPE, item)
    elif state != "sent":
        ledger.finish(SCOPE, item, state, {"id": "r-1"})
    return item


def stored(client: "DynamoDBClient", scope: Scope = SCOPE) -> dict[str, Any]:
    reply = client.get_item(TableName=TABLE, Key={"pk": {"S": str(scope)}}, ConsistentRead=True)
    item: dict[str, Any] = dict(reply.get("Item", {}))
    return {name: next(iter(value.values())) for name, value in item.items()}


# ---- From intent to outcome -----------------------------------------------------------------


def test_an_intent_is_written_down(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock
) -> None:
    item = claim(ledger)

    assert stored(dynamodb) == {
        "pk": f"{SITE_ID}#things.make#t-1#k#1 é",
        "operation": "things.make",
        "target": "t-1",
        "attemptId": item.attempt_id,
        "state": "intended",
        "requestHash": "h-1",
        "leaseUntil": f"{clock.now + LEASE:.3f}",
        "createdAt": f"{clock.now:.3f}",
    }


def test_a_sent_call_is_written_down_with_what_was_seen_before(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock
) -> None:
    item = in_state(ledger, "sent")

    assert item.sent_at == clock.now
    assert (
        stored(dynamodb).items()
        >= {
            "state": "sent",
            "before": '{"p-1": "10 0"}',
            "sentAt": f"{clock.now:.3f}",
            "attemptId": item.attempt_id,
        }.items()
    )


@pytest.mark.parametrize("state", ["settled", "failed"])
def test_a_final_outcome_is_kept_for_90_days(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    in_state(ledger, state)

    item = stored(dynamodb)
    assert (item["state"], item["outcome"], item["leaseUntil"]) == (state, '{"id": "r-1"}', "0.000")
    assert item["expiresAt"] == str(int(clock.now + KEPT_DAYS * DAY))


@pytest.mark.parametrize("state", ["intended", "sent", "unknown", "accepted"])
def test_what_is_not_final_is_never_forgotten(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    item = in_state(ledger, state)
    clock.now += 1_000 * DAY

    assert "expiresAt" not in stored(dynamodb)
    assert claim(ledger).created_at == item.created_at


@pytest.mark.parametrize("state", ["accepted", "settled", "failed"])
def test_a_finished_item_is_everybody_s_to_read(ledger: EffectsTable, state: State) -> None:
    mine = in_state(ledger, state)

    found = claim(ledger)

    assert (found.state, found.outcome, found.before) == (state, {"id": "r-1"}, {"p-1": "10 0"})
    assert found.attempt_id == mine.attempt_id
    assert found.sent_at == pytest.approx(mine.sent_at, abs=0.001)


@pytest.mark.parametrize("state", ["settled", "failed"])
def test_expiry_is_judged_by_the_attribute(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    in_state(ledger, state)

    clock.now += KEPT_DAYS * DAY - 1
    assert claim(ledger).state == state
    clock.now += 1
    assert claim(ledger, "another request").state == "intended"
    assert stored(dynamodb).keys().isdisjoint({"outcome", "expiresAt", "before", "sentAt"})


# ---- Who may go on --------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["intended", "sent", "unknown", "accepted", "settled", "failed"])
def test_another_request_cannot_use_the_key(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    in_state(ledger, state)
    before = stored(dynamodb)

    for _ in range(2):
        with pytest.raises(KeyReusedError):
            claim(ledger, "another request")
        clock.now += LEASE

    assert stored(dynamodb) == before


@pytest.mark.parametrize("state", ["intended", "sent"])
def test_while_the_lease_lasts_the_others_are_sent_away(
    ledger: EffectsTable, clock: Clock, state: State
) -> None:
    in_state(ledger, state)
    clock.now += LEASE - 10

    with pytest.raises(StillRunningError) as caught:
        claim(ledger)

    assert caught.value.retry_after == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize("state", ["intended", "sent"])
def test_when_the_lease_has_lapsed_the_next_one_takes_over(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    first = in_state(ledger, state)
    clock.now += LEASE

    second = claim(ledger)

    assert second == replace(first, attempt_id=second.attempt_id, lease_until=second.lease_until)
    assert second.attempt_id != first.attempt_id
    assert second.lease_until == clock.now + LEASE
    assert stored(dynamodb)["attemptId"] == second.attempt_id


def test_an_unknown_outcome_is_taken_over_at_once(ledger: EffectsTable) -> None:
    first = in_state(ledger, "unknown")

    second = claim(ledger)

    assert (second.state, second.before) == ("unknown", {"p-1": "10 0"})
    assert second.attempt_id != first.attempt_id
    with pytest.raises(StillRunningError):
        claim(ledger)


@pytest.mark.parametrize("state", ["intended", "sent"])
def test_whoever_lost_the_lease_changes_nothing_any_more(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    late = in_state(ledger, state)
    clock.now += LEASE
    claim(ledger)
    before = stored(dynamodb)

    for write in (
        lambda: ledger.mark_sent(SCOPE, late, {}),
        lambda: ledger.finish(SCOPE, late, "settled", {}),
        lambda: ledger.leave_unknown(SCOPE, late),
    ):
        with pytest.raises(StillRunningError):
            write()
    ledger.free(SCOPE, late)

    assert stored(dynamodb) == before


@pytest.mark.parametrize("final", ["settled", "failed"])
def test_of_two_that_look_after_an_accepted_one_the_slower_takes_nothing_back(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", final: State
) -> None:
    in_state(ledger, "accepted")
    slow, fast = claim(ledger), claim(ledger)
    ledger.finish(SCOPE, fast, final, {"id": "r-1", "status": "DONE"})
    before = stored(dynamodb)

    with pytest.raises(StillRunningError):
        ledger.finish(SCOPE, slow, "accepted", {"id": "r-1"})

    assert stored(dynamodb) == before


def test_an_accepted_one_can_be_accepted_again(ledger: EffectsTable) -> None:
    in_state(ledger, "accepted")

    ledger.finish(SCOPE, claim(ledger), "accepted", {"id": "r-1", "paid": "5"})

    assert claim(ledger).outcome == {"id": "r-1", "paid": "5"}


def test_an_attempt_that_never_left_is_forgotten(
    ledger: EffectsTable, dynamodb: "DynamoDBClient"
) -> None:
    ledger.free(SCOPE, claim(ledger))

    assert stored(dynamodb) == {}
    assert claim(ledger, "another request").state == "intended"


def test_freeing_what_is_gone_is_no_error(ledger: EffectsTable) -> None:
    item = claim(ledger)

    ledger.free(SCOPE, item)
    ledger.free(SCOPE, item)


@pytest.mark.parametrize(
    "other",
    [
        replace(SCOPE, site_id="other"),
        replace(SCOPE, operation="other"),
        replace(SCOPE, target="other"),
        replace(SCOPE, key="other"),
    ],
)
def test_keys_of_different_scopes_do_not_meet(ledger: EffectsTable, other: Scope) -> None:
    claim(ledger)

    assert ledger.claim(other, "another request", ledger.now()).state == "intended"


# ---- Races ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, "intended", "sent", "unknown"])
def test_of_two_at_once_one_goes_on(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State | None
) -> None:
    if state:
        in_state(ledger, state)
        clock.now += LEASE
    both_are_here, one_by_one = threading.Barrier(2, timeout=5), threading.Lock()

    def at_once(write: Callable[[], Any]) -> Any:
        both_are_here.wait()
        with one_by_one:
            return write()

    def attempt(_: int) -> Item | StillRunningError:
        try:
            return claim(with_each_write(dynamodb, clock, at_once))
        except StillRunningError as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(attempt, range(2)))

    [winner] = [each for each in outcomes if isinstance(each, Item)]
    assert winner.state == (state or "intended")
    assert stored(dynamodb)["attemptId"] == winner.attempt_id


@pytest.mark.parametrize("state", ["sent", "accepted", "settled", "failed"])
def test_an_item_that_moves_on_just_then_is_not_taken_over(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    """The holder's clock is behind ours: it still works when we think that its lease is over."""
    holder = in_state(ledger, "intended" if state == "sent" else "sent")
    clock.now += LEASE
    writes: list[str] = []

    def holder_is_faster(write: Callable[[], Any]) -> Any:
        writes.append("write")
        if len(writes) == 2:
            if state == "sent":
                ledger.mark_sent(SCOPE, holder, {})
            else:
                ledger.finish(SCOPE, holder, state, {"id": "r-1"})
        return write()

    with pytest.raises(StillRunningError):
        claim(with_each_write(dynamodb, clock, holder_is_faster))

    assert len(writes) == 2
    assert (stored(dynamodb)["state"], stored(dynamodb)["attemptId"]) == (state, holder.attempt_id)


def test_an_item_that_is_gone_just_then_is_not_taken_over(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock
) -> None:
    holder = in_state(ledger, "intended")
    clock.now += LEASE
    writes: list[str] = []

    def holder_is_faster(write: Callable[[], Any]) -> Any:
        writes.append("write")
        if len(writes) == 2:
            ledger.free(SCOPE, holder)
        return write()

    with pytest.raises(StillRunningError):
        claim(with_each_write(dynamodb, clock, holder_is_faster))

    assert stored(dynamodb) == {}


# ---- Lost replies ---------------------------------------------------------------------------


def test_our_own_claim_is_recognised(dynamodb: "DynamoDBClient", clock: Clock) -> None:
    ledger = with_each_write(dynamodb, clock, sent_twice)

    item = claim(ledger)

    assert (item.state, stored(dynamodb)["attemptId"]) == ("intended", item.attempt_id)


@pytest.mark.parametrize("state", ["intended", "sent", "unknown"])
def test_our_own_takeover_is_recognised(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    in_state(ledger, state)
    clock.now += LEASE

    item = claim(with_each_write(dynamodb, clock, sent_twice))

    assert (item.state, stored(dynamodb)["attemptId"]) == (state, item.attempt_id)


@pytest.mark.parametrize("state", ["sent", "unknown", "accepted", "settled", "failed"])
def test_our_own_steps_are_recognised(
    dynamodb: "DynamoDBClient", clock: Clock, state: State
) -> None:
    in_state(with_each_write(dynamodb, clock, sent_twice), state)

    assert stored(dynamodb)["state"] == state


def test_our_own_freeing_is_recognised(dynamodb: "DynamoDBClient", clock: Clock) -> None:
    ledger = with_each_write(dynamodb, clock, sent_twice)

    ledger.free(SCOPE, claim(ledger))

    assert stored(dynamodb) == {}


# ---- A ledger out of reach ------------------------------------------------------------------

URL = "https://dynamodb.example"


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": str(SCOPE)}}, "PutItem")


@pytest.mark.parametrize(
    "trouble",
    [
        refusal("ProvisionedThroughputExceededException"),
        refusal("ThrottlingException"),
        refusal("ResourceNotFoundException"),
        refusal("AccessDeniedException"),
        refusal("InternalServerError"),
        refusal("TransactionConflictException"),
        ReadTimeoutError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        NoCredentialsError(),
    ],
)
def test_whatever_the_trouble_is_it_is_one_error(
    ledger: EffectsTable, dynamodb: "DynamoDBClient", clock: Clock, trouble: Exception
) -> None:
    def fail(_: Callable[[], Any]) -> Any:
        raise trouble

    item = in_state(ledger, "sent")
    broken = with_each_write(dynamodb, clock, fail)

    for use in (
        lambda: claim(broken),
        lambda: broken.mark_sent(SCOPE, item, {}),
        lambda: broken.finish(SCOPE, item, "settled", {}),
        lambda: broken.leave_unknown(SCOPE, item),
        lambda: broken.free(SCOPE, item),
    ):
        with pytest.raises(LedgerUnavailableError) as caught:
            use()
        assert SCOPE.key not in str(caught.value)
        assert caught.value.__cause__ is trouble


def test_a_missing_table_is_trouble_too(dynamodb: "DynamoDBClient", clock: Clock) -> None:
    with pytest.raises(LedgerUnavailableError, match="EFFECTS_TABLE_NAME"):
        claim(EffectsTable("no-such-table", dynamodb, now=clock))
