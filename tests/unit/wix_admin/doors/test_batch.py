"""What becomes of the messages of a queue."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from functions.automations import fulfill_approved_order, fulfill_dispatched_shipment
from tests import canaries
from tests.unit.wix_admin.builders import Context, queue_event
from tests.unit.wix_admin.effects.batches import LARGEST_MESSAGE, QueueInMemory, sqs_with_its_limit
from wix_admin import WixClient, admin_action, process
from wix_admin.aws.queues import Message
from wix_admin.doors.batch import (
    GIVE_UP_AFTER_RECEIVES,
    GIVE_UP_AFTER_SECONDS,
    MESSAGE_SECONDS,
    process_batch,
)
from wix_admin.doors.call import MARGIN_SECONDS
from wix_admin.errors import (
    AdminError,
    InputError,
    SettingsError,
    StillRunningError,
    WixNotFoundError,
    WixUnavailableError,
)
from wix_admin.models import Answer, FunctionInput
from wix_admin.problems import KINDS
from wix_admin.wix.client import CONNECT_SECONDS
from wix_auth import TokenUnavailableError
from wix_auth.errors import SecretMissingError

type LogLines = Callable[[], list[dict[str, Any]]]

FUNCTIONS = [fulfill_approved_order.handler, fulfill_dispatched_shipment.handler]
BUSY = "wix_busy"
LAST: Any = {"receives": GIVE_UP_AFTER_RECEIVES, "seconds": GIVE_UP_AFTER_SECONDS}
"""What a message has behind it that is given up on if it fails once more."""

NOWHERE = "https://sqs.us-east-1.amazonaws.com/123456789012/no-such-queue"
TWELVE_HOURS = 12 * 3600


@pytest.fixture(scope="module", autouse=True)
def aws() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, mock_aws(), sqs_with_its_limit():
        patch.delenv("AWS_ENDPOINT_URL")
        yield


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> QueueInMemory:
    """The queue whose messages the function processes."""
    queue = QueueInMemory.create()
    monkeypatch.setenv("QUEUE_URL", queue.url)
    return queue


@pytest.fixture
def dead_letters(monkeypatch: pytest.MonkeyPatch) -> QueueInMemory:
    queue = QueueInMemory.create()
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", queue.url)
    return queue


@pytest.fixture
def waits(queue: QueueInMemory) -> list[int]:
    """For how long the function hides messages, in seconds."""
    hidden: list[int] = []
    process.queue_client().meta.events.register(
        "provide-client-params.sqs.ChangeMessageVisibility",
        lambda params, **_: hidden.append(params["VisibilityTimeout"]),
    )
    return hidden


def left_after(batch: dict[str, Any], failure: Exception | None = None) -> list[str]:
    """Act on a batch of which every message fails, and return the ids of those that stay."""

    def act(message: Message) -> None:
        if failure:
            raise failure

    answer = process_batch(batch, act, Context("r-1"), action="an_action")
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


# ---- Whether it stays -----------------------------------------------------------------------


def test_each_message_is_acted_on(queue: QueueInMemory, dead_letters: QueueInMemory) -> None:
    queue.send("a", {"arrivedAt": {"DataType": "Number", "StringValue": "5"}})
    queue.send("b")
    seen: list[Message] = []

    answer = process_batch(queue.batch(), seen.append, Context("r-1"), action="an_action")

    assert answer == {"batchItemFailures": []}
    assert [each.body for each in seen] == ["a", "b"]
    assert seen[0].attributes == {"arrivedAt": {"DataType": "Number", "StringValue": "5"}}
    assert dead_letters.said() == []


@pytest.mark.parametrize("code", KINDS)
def test_a_message_is_given_up_on_if_asking_again_cannot_mend_it(
    queue: QueueInMemory, dead_letters: QueueInMemory, code: str
) -> None:
    message_id = queue.send("a message")
    kind = KINDS[code]

    stays = left_after(queue.batch(), AdminError("Mend it", code=code))

    if kind.status >= 500 or kind.retryable:
        assert (stays, dead_letters.said()) == ([message_id], [])
    else:
        assert stays == []
        [letter] = dead_letters.said()
        assert (letter["body"], letter["reason"]) == ("a message", code)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (WixUnavailableError("x"), "wix_unavailable"),
        (WixUnavailableError("x", code=BUSY), BUSY),
        (StillRunningError("x"), "still_running"),
        (SettingsError("x"), "misconfigured"),
        (TokenUnavailableError("x"), "wix_unavailable"),
        (SecretMissingError("x"), "credential_unusable"),
        (RuntimeError("x"), "internal_error"),
    ],
)
def test_any_failure_is_the_last_one_some_day(
    queue: QueueInMemory, dead_letters: QueueInMemory, failure: Exception, reason: str
) -> None:
    queue.send("a message")

    assert left_after(queue.old_batch(**LAST), failure) == []

    [letter] = dead_letters.said()
    assert (letter["body"], letter["reason"]) == ("a message", reason)


@pytest.mark.parametrize(
    "past",
    [
        {"receives": GIVE_UP_AFTER_RECEIVES - 1, "seconds": 10 * GIVE_UP_AFTER_SECONDS},
        {"receives": 5 * GIVE_UP_AFTER_RECEIVES, "seconds": GIVE_UP_AFTER_SECONDS - 5},
    ],
)
def test_a_message_is_not_given_up_on_for_few_failures_or_for_many_within_an_hour(
    queue: QueueInMemory, dead_letters: QueueInMemory, past: dict[str, Any]
) -> None:
    message_id = queue.send("a message")

    assert left_after(queue.old_batch(**past), WixUnavailableError("x")) == [message_id]

    assert dead_letters.said() == []


def test_a_message_is_tried_ten_times_and_more_than_an_hour(
    queue: QueueInMemory, dead_letters: QueueInMemory, waits: list[int]
) -> None:
    queue.send("a message")
    batch, receives = queue.batch(), 0

    while not dead_letters.said():
        receives += 1
        first = round((time.time() - sum(waits)) * 1000)
        batch["Records"][0]["attributes"] |= {
            "ApproximateReceiveCount": str(receives),
            "ApproximateFirstReceiveTimestamp": str(first),
        }
        left_after(batch, WixUnavailableError("x"))

    assert 10 <= receives <= 12
    assert 3600 < sum(waits) < 2 * 3600


def test_a_message_that_fails_does_not_touch_the_others(
    queue: QueueInMemory, dead_letters: QueueInMemory
) -> None:
    failures = {"b": InputError("x"), "c": WixUnavailableError("x"), "d": RuntimeError("x")}
    ids = {body: queue.send(body) for body in "abcde"}
    done = []

    def act(message: Message) -> None:
        if message.body in failures:
            raise failures[message.body]
        done.append(message.body)

    answer = process_batch(queue.batch(), act, Context("r-1"), action="an_action")

    stays = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
    assert done == ["a", "e"]
    assert stays == [ids["c"], ids["d"]]
    assert [each["body"] for each in dead_letters.said()] == ["b"]


@pytest.mark.parametrize("failure", [InputError("x"), RuntimeError("x")])
def test_a_message_that_cannot_be_given_up_on_stays(
    queue: QueueInMemory,
    waits: list[int],
    monkeypatch: pytest.MonkeyPatch,
    log_lines: LogLines,
    failure: Exception,
) -> None:
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", NOWHERE)
    message_id = queue.send("a message")

    assert left_after(queue.old_batch(**LAST), failure) == [message_id]

    assert len(waits) == 1
    [line] = [line for line in log_lines() if line["message"] == "A message cannot be given up on"]
    assert (line["messageId"], line["level"]) == (message_id, "WARNING")


def test_what_there_is_too_little_time_for_goes_back_as_it_came(
    queue: QueueInMemory, dead_letters: QueueInMemory, waits: list[int], log_lines: LogLines
) -> None:
    ids = [queue.send(body) for body in "abc"]
    context, done = Context("r-1", milliseconds=round(MESSAGE_SECONDS * 1000)), []

    def act(message: Message) -> None:
        done.append(message.body)
        context.milliseconds -= 1

    batch = queue.old_batch(**LAST)
    answer = process_batch(batch, act, context, action="an_action")

    assert done == ["a"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": ids[n]} for n in (1, 2)]}
    assert (waits, dead_letters.said()) == ([], [])
    [line] = log_lines()
    assert (line["messages"], line["action"], line["requestId"]) == (2, "an_action", "r-1")


def test_an_action_begins_no_message_that_it_cannot_finish(queue: QueueInMemory) -> None:
    begun = []

    @admin_action(FunctionInput, elevates=[])
    def handler(asked: FunctionInput, wix: WixClient) -> Answer:
        begun.append(asked)
        return Answer()

    message_id = queue.send("{}")
    context = Context(milliseconds=round(MESSAGE_SECONDS * 1000) - 1)

    answer = handler(queue.batch(), context)

    assert answer == {"batchItemFailures": [{"itemIdentifier": message_id}]}
    assert begun == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.__module__)
def test_there_is_time_for_what_a_message_asks_for(function: Any) -> None:
    longest = max(each.seconds for each in function.elevates)

    assert CONNECT_SECONDS + longest + MARGIN_SECONDS < MESSAGE_SECONDS


@pytest.mark.parametrize(
    "past", [{}, {"ApproximateReceiveCount": "50", "ApproximateFirstReceiveTimestamp": "1"}]
)
def test_a_queue_of_one_s_own_keeps_its_failures(past: dict[str, str]) -> None:
    batch = queue_event("a", "b")
    for record in batch["Records"]:
        record["attributes"] = past

    assert left_after(batch, InputError("x")) == ["m-0", "m-1"]


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"Records": [{"eventSource": "aws:s3"}]}])
def test_what_no_queue_sent_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^Records: "):
        left_after(event)


# ---- How long it waits ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "waited", "least"),
    [
        (WixUnavailableError("x"), 0, 30),
        (WixUnavailableError("x"), 20, 30),
        (WixUnavailableError("x"), 60, 60),
        (WixUnavailableError("x"), 480, 480),
        (WixUnavailableError("x"), 3600, 900),
        (RuntimeError("x"), 120, 120),
        (WixUnavailableError("x", code=BUSY), 0, 60),
        (WixUnavailableError("x", code=BUSY, retry_after=5), 0, 30),
        (WixUnavailableError("x", code=BUSY, retry_after=5), 480, 480),
        (WixUnavailableError("x", code=BUSY, retry_after=3600), 0, 3600),
        (WixUnavailableError("x", retry_after=3600), 900, 3600),
        (TokenUnavailableError("x", retry_after=3600), 0, 3600),
    ],
)
@pytest.mark.parametrize("receives", [1, 40])
def test_a_message_waits_as_long_as_was_told_and_as_long_again_as_it_has_waited(
    queue: QueueInMemory,
    waits: list[int],
    *,
    failure: Exception,
    receives: int,
    waited: int,
    least: int,
) -> None:
    for _ in range(10):
        queue.send("a message")

    left_after(queue.old_batch(receives=receives, seconds=waited), failure)

    assert len(waits) == 10
    assert all(least <= wait <= least * 1.25 + 2 for wait in waits)
    assert len(set(waits)) > 1


def test_a_message_waits_no_longer_than_sqs_can_hide_it(
    queue: QueueInMemory, waits: list[int]
) -> None:
    message_id = queue.send("a message")
    failure = WixUnavailableError("x", retry_after=1e9)

    assert left_after(queue.batch(), failure) == [message_id]

    assert len(waits) == 1
    assert TWELVE_HOURS - 900 <= waits[0] < TWELVE_HOURS


def test_a_message_that_cannot_be_put_off_stays(
    queue: QueueInMemory, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    ids = [queue.send("a"), queue.send("b")]
    batch = queue.batch()
    monkeypatch.setenv("QUEUE_URL", NOWHERE)

    assert left_after(batch, WixUnavailableError("x")) == ids

    lines = log_lines()
    assert [(line["level"], line["messageId"]) for line in lines] == [
        ("WARNING", ids[0]),
        ("WARNING", ids[1]),
    ]
    assert [line["requestId"] for line in lines] == ["r-1", "r-1"]


# ---- What a dead letter says ----------------------------------------------------------------


def test_a_dead_letter_says_what_was_wrong_with_it(
    queue: QueueInMemory, dead_letters: QueueInMemory, log_lines: LogLines
) -> None:
    own = {
        "arrivedAt": {"DataType": "Number", "StringValue": "1790000000123"},
        "kind": {"DataType": "String", "StringValue": "a kind"},
        "blob": {"DataType": "Binary", "BinaryValue": b"bytes"},
        "reason": {"DataType": "String", "StringValue": "of the last time"},
    }
    message_id = queue.send("a message", own)

    left_after(queue.batch(), WixNotFoundError("orders.get: Wix does not know it"))

    [letter] = dead_letters.receive()
    assert letter["Body"] == "a message"
    said = letter["MessageAttributes"]
    assert int(said.pop("failedAt")["StringValue"]) > 1_700_000_000_000
    for name in ("arrivedAt", "kind", "blob"):
        assert said.pop(name) == own[name]
    assert {name: value["StringValue"] for name, value in said.items()} == {
        "reason": "not_found",
        "detail": "orders.get: Wix does not know it",
        "action": "an_action",
        "requestId": "r-1",
    }
    [line] = log_lines()
    assert (line["messageId"], line["reason"]) == (message_id, "not_found")


def test_a_dead_letter_has_room_for_its_reason(
    queue: QueueInMemory, dead_letters: QueueInMemory
) -> None:
    queue.send(
        "a message", {f"n{n}": {"DataType": "String", "StringValue": "x"} for n in range(10)}
    )

    assert left_after(queue.batch(), InputError("x")) == []

    [letter] = dead_letters.said()
    assert letter["reason"] == "invalid_input"
    assert {"n0", "n1", "n2", "n3", "n4"} < letter.keys()
    assert len(letter.keys() - {"body"}) == 10


@pytest.mark.parametrize("letter", ["x", "é"])
@pytest.mark.parametrize("room", [0, 1, 20, 40, 60, 100, 200])
def test_a_dead_letter_of_any_size_keeps_what_is_its_own(
    queue: QueueInMemory, dead_letters: QueueInMemory, letter: str, room: int
) -> None:
    own = {"arrivedAt": {"DataType": "Number", "StringValue": "1790000000123"}}
    size = LARGEST_MESSAGE - len("arrivedAtNumber1790000000123") - room
    queue.send(letter * (size // len(letter.encode())), own)

    assert left_after(queue.batch(), InputError("Mend it")) == []

    [dead] = dead_letters.said()
    assert dead["arrivedAt"] == "1790000000123"
    assert dead.get("reason") == (
        None if room < len("reasonStringinvalid_input") else "invalid_input"
    )


def test_a_dead_letter_that_was_redriven_and_fails_again_keeps_what_is_its_own(
    queue: QueueInMemory, dead_letters: QueueInMemory
) -> None:
    old = ["action", "detail", "failedAt", "reason", "requestId"]
    own = ["arrivedAt", "v", "w", "x", "z"]
    queue.send("a message", {n: {"DataType": "String", "StringValue": "old"} for n in old + own})

    assert left_after(queue.batch(), InputError("x")) == []

    [letter] = dead_letters.said()
    assert {name for name, value in letter.items() if value == "old"} == set(own)


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("x" * 100_000, "x" * 300),
        ("a\x00b\ud800c\ufffe", "a?b?c?"),
        ("Zoë 😀\n", "Zoë 😀\n"),
        ("", "invalid_input"),
    ],
)
def test_a_dead_letter_says_what_sqs_can_store(
    queue: QueueInMemory, dead_letters: QueueInMemory, detail: str, said: str
) -> None:
    queue.send("a message")

    assert left_after(queue.batch(), InputError(detail)) == []

    [letter] = dead_letters.said()
    assert letter["detail"] == said


def test_a_fault_of_ours_is_told_without_its_words(
    queue: QueueInMemory, dead_letters: QueueInMemory, log_lines: LogLines
) -> None:
    queue.send("a message")

    left_after(queue.old_batch(**LAST), ValueError(canaries.MESSAGE))

    [letter] = dead_letters.said()
    assert letter["reason"] == "internal_error"
    assert canaries.MESSAGE not in json.dumps([letter, log_lines()])
    fault, given_up = log_lines()
    assert [line["requestId"] for line in (letter, fault, given_up)] == ["r-1"] * 3
    assert fault["error"] == "ValueError"
    assert any("test_batch.py" in each for each in fault["at"])


def test_a_dead_letter_names_the_action_that_gave_it_up(
    queue: QueueInMemory, dead_letters: QueueInMemory
) -> None:
    class Asked(FunctionInput):
        size: int

    @admin_action(Asked, elevates=[])
    def handler(asked: Asked, wix: WixClient) -> Answer:
        return Answer()

    queue.send('{"size": "no number"}')

    assert handler(queue.batch(), Context()) == {"batchItemFailures": []}

    [letter] = dead_letters.said()
    assert (letter["action"], letter["requestId"]) == ("test_batch", "lambda-request-1")
    assert letter["reason"] == "invalid_input"
