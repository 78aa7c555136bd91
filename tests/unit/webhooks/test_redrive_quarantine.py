"""The quarantine, once the configuration is mended."""

import gc
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from tests import canaries
from tests.actions import ACTIONS
from tests.unit.webhooks.conftest import forget
from tests.unit.webhooks.scene import (
    FOREIGN_INSTANCE,
    HOUR,
    LIVES,
    Scene,
    approved,
    aws_answers,
    large_claims,
    milliseconds,
    signed_claims,
)
from tests.wix_simulator.errors import Json
from tests.wix_simulator.signing import SigningKey
from wix_admin import process
from wix_admin.aws.queues import MAX_BATCH, Message
from wix_admin.errors import (
    BusUnavailableError,
    InputError,
    QueueUnavailableError,
    SettingsError,
)
from wix_admin.webhooks.redrive_quarantine import RedriveInput, redrive

type LogLines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def mended(scene: Scene, wrong_key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """While the key was a wrong one, there came three events, a forged and a foreign one."""
    monkeypatch.setenv("WIX_WEBHOOK_PUBLIC_KEYS", wrong_key.public_pem)
    for number in range(3):
        scene.deliver(scene.key.sign(signed_claims(approved(id=f"e-{number}"))))
    scene.deliver(scene.other_key.sign(signed_claims()))
    scene.deliver(scene.key.sign(signed_claims(instance_id=FOREIGN_INSTANCE)))
    scene.receive()
    forget()
    monkeypatch.setenv("WIX_WEBHOOK_PUBLIC_KEYS", scene.key.public_pem)
    return scene


@pytest.fixture(scope="session")
def wrong_key() -> SigningKey:
    return SigningKey.generate()


def unreachable() -> None:
    raise ConnectTimeoutError(endpoint_url="here")


def ids_of(events: list[Json]) -> list[str]:
    return [event["detail"]["id"] for event in events]


def test_what_verifies_now_is_published_and_the_rest_stays(mended: Scene) -> None:
    report = mended.redrive()

    assert report == {
        "verified": 3,
        "published": 3,
        "remaining": {"signature_unknown": 1, "foreign_instance": 1},
        "stoppedEarly": False,
    }
    assert ids_of(mended.published()) == ["e-0", "e-1", "e-2"]
    assert len(mended.quarantined()) == 2


def test_a_second_run_finds_at_once_what_stayed(mended: Scene) -> None:
    mended.redrive()

    report = mended.redrive()

    assert (report["published"], sum(report["remaining"].values())) == (0, 2)
    assert len(mended.published()) == 3


def test_a_delivery_is_judged_by_when_it_first_arrived(scene: Scene) -> None:
    bodies = {
        "in time then": scene.key.sign(signed_claims(approved(id="e-1"), hours_ago=24 * 13)),
        "too late then": scene.key.sign(signed_claims(hours_ago=24 * 13 + LIVES / HOUR)),
    }
    for body in bodies.values():
        arrived = {"DataType": "Number", "StringValue": str(milliseconds(24 * 12))}
        scene.quarantine.send(body, {"arrivedAt": arrived})

    report = scene.redrive()

    assert report["remaining"] == {"expired": 1}
    [event] = scene.published()
    assert (event["detail"]["id"], event["detail"]["late"]) == ("e-1", True)
    assert scene.quarantined() == [bodies["too late then"]]


def test_a_dry_run_says_what_would_be_published_and_does_nothing(mended: Scene) -> None:
    report = mended.redrive(dryRun=True)

    assert (report["verified"], report["published"]) == (3, 0)
    assert report["remaining"] == {"signature_unknown": 1, "foreign_instance": 1}
    assert mended.published() == []
    assert len(mended.quarantined()) == 5


def test_a_run_judges_no_more_than_it_was_told(mended: Scene) -> None:
    report = mended.redrive(limit=2)

    assert report["stoppedEarly"] is True
    assert report["published"] + sum(report["remaining"].values()) == 2
    assert len(mended.published()) == report["published"]
    assert len(mended.quarantined()) == 5 - report["published"]


def test_a_run_goes_on_for_more_than_one_batch(scene: Scene) -> None:
    for number in range(23):
        scene.quarantine.send(scene.key.sign(signed_claims(approved(id=f"e-{number}"))))
        scene.quarantine.send("forged")

    report = scene.redrive()

    assert report == {
        "verified": 23,
        "published": 23,
        "remaining": {"not_a_token": 23},
        "stoppedEarly": False,
    }
    second = scene.redrive(dryRun=True)
    assert second["remaining"] == {"not_a_token": 23}


def test_no_more_messages_are_shown_at_a_time_than_sqs_takes(scene: Scene) -> None:
    shown: list[int] = []
    process.queue_client().meta.events.register(
        "provide-client-params.sqs.ChangeMessageVisibilityBatch",
        lambda params, **_: shown.append(len(params["Entries"])),
    )
    for _ in range(23):
        scene.quarantine.send("forged")

    scene.redrive()

    assert shown == [10, 10, 3]


def test_messages_are_looked_for_everywhere_and_hidden_until_the_run_is_over(scene: Scene) -> None:
    asked: list[Json] = []
    process.queue_client().meta.events.register(
        "provide-client-params.sqs.ReceiveMessage", lambda params, **_: asked.append({**params})
    )

    scene.redrive(seconds=200)

    [params] = asked
    assert params["WaitTimeSeconds"] > 0
    assert 190 < params["VisibilityTimeout"] <= 200


def test_a_run_remembers_no_body_of_what_stays(scene: Scene) -> None:
    def messages() -> int:
        gc.collect()
        return sum(isinstance(each, Message) for each in gc.get_objects())

    in_memory: list[int] = []
    for _ in range(23):
        scene.quarantine.send("forged")
    before = messages()

    with aws_answers("sqs.ChangeMessageVisibilityBatch", lambda: in_memory.append(messages())):
        scene.redrive()

    assert max(in_memory) - before <= MAX_BATCH


def test_what_the_bus_never_takes_stays(scene: Scene) -> None:
    scene.quarantine.send(scene.key.sign(large_claims()))
    scene.quarantine.send(scene.key.sign(signed_claims()))

    report = scene.redrive()

    assert (report["published"], report["remaining"]) == (1, {"unpublishable": 1})


def test_a_run_begins_nothing_that_it_may_not_finish(mended: Scene) -> None:
    report = mended.redrive(seconds=25.0)

    assert report == {"verified": 0, "published": 0, "remaining": {}, "stoppedEarly": True}
    assert len(mended.quarantined()) == 5


def test_a_run_ends_in_time_though_the_bus_is_slow(mended: Scene) -> None:
    seconds_left = 100.0

    def slowly() -> None:
        nonlocal seconds_left
        seconds_left -= 40

    with aws_answers("events.PutEvents", slowly):
        report = redrive(RedriveInput(), lambda: seconds_left)

    assert (report.published, report.stopped_early) == (2, True)
    assert ids_of(mended.published()) == ["e-0", "e-1"]
    assert len(mended.quarantined()) == 3


def test_runs_at_the_same_time_share_the_messages(mended: Scene) -> None:
    others: list[Json] = []

    def meanwhile() -> None:
        if not others:
            others.append({})
            others.append(mended.redrive())

    with aws_answers("events.PutEvents", meanwhile):
        report = mended.redrive()

    assert (report["published"], sum(report["remaining"].values())) == (3, 2)
    assert (others[1]["published"], others[1]["remaining"]) == (0, {})
    assert ids_of(mended.published()) == ["e-0", "e-1", "e-2"]


def test_a_bus_that_is_away_ends_the_run_and_loses_nothing(mended: Scene) -> None:
    answers = iter([None, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}])

    with aws_answers("events.PutEvents", lambda: next(answers)), pytest.raises(BusUnavailableError):
        mended.redrive()

    assert ids_of(mended.published()) == ["e-0"]
    assert len(mended.quarantined()) == 4


def test_what_was_published_but_not_deleted_is_published_again(mended: Scene) -> None:
    with aws_answers("sqs.DeleteMessage", unreachable), pytest.raises(QueueUnavailableError):
        mended.redrive()
    mended.redrive()

    assert ids_of(mended.published()) == ["e-0", "e-0", "e-1", "e-2"]


def not_shown() -> Json:
    return {
        "Successful": [],
        "Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}],
    }


@pytest.mark.parametrize("answer", [unreachable, not_shown])
def test_what_cannot_be_shown_again_is_only_hidden(
    mended: Scene, log_lines: LogLines, answer: Callable[[], Json | None]
) -> None:
    with aws_answers("sqs.ChangeMessageVisibilityBatch", answer):
        report = mended.redrive()

    assert report["published"] == 3
    assert "The quarantine is still hidden" in [line["message"] for line in log_lines()]


def test_nothing_is_judged_without_a_key(mended: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIX_WEBHOOK_PUBLIC_KEYS", "")

    with pytest.raises(SettingsError, match="WebhookPublicKeys"):
        mended.redrive()

    assert len(mended.quarantined()) == 5


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": 10_001}, {"limit": "5"}, {"dryRun": "yes"}, {"all": True}]
)
def test_a_run_is_asked_for_in_one_way(scene: Scene, asked: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        scene.redrive(**asked)


def test_each_event_that_is_published_is_logged_and_nothing_that_it_holds(
    mended: Scene, log_lines: LogLines, capsys: pytest.CaptureFixture[str]
) -> None:
    mended.redrive()

    *verdicts, line = log_lines()
    assert [each["eventId"] for each in verdicts] == ["e-0", "e-1", "e-2"]
    assert {each["verdict"] for each in verdicts} == {"publish"}
    assert (line["action"], line["outcome"]) == ("redrive_quarantine", "done")
    told = json.dumps(log_lines()) + capsys.readouterr().out
    assert not any(mark in told for mark in canaries.MARKS)


def test_the_sample_is_a_dry_run(mended: Scene) -> None:
    sample = ACTIONS["webhooks/redrive_quarantine"].sample

    assert mended.redrive(**sample)["published"] == 0
