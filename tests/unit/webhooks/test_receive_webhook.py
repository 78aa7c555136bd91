"""What becomes of a delivery."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from functions.webhooks.receive_webhook import handler
from tests import canaries, template
from tests.actions import ACTIONS, OF_WEBHOOKS
from tests.unit.webhooks.conftest import forget
from tests.unit.webhooks.scene import (
    APPROVED,
    EVENT_ID,
    FOREIGN_INSTANCE,
    HOUR,
    LIVES,
    ORDER,
    ORDER_ID,
    Scene,
    approved,
    aws_answers,
    large_claims,
    milliseconds,
    signed_claims,
)
from tests.unit.wix_admin.builders import Context
from tests.unit.wix_admin.effects.batches import LARGEST_MESSAGE
from tests.wix_simulator.errors import Json
from tests.wix_simulator.signing import HEADER
from wix_admin import process
from wix_admin.aws.timeouts import OTHERS
from wix_admin.doors.batch import GIVE_UP_AFTER_RECEIVES, GIVE_UP_AFTER_SECONDS, MESSAGE_SECONDS
from wix_admin.errors import InputError

type LogLines = Callable[[], list[dict[str, Any]]]

NOWHERE = "https://sqs.us-east-1.amazonaws.com/123456789012/no-such-queue"


@dataclass(frozen=True)
class Kind:
    """A kind of delivery, and what becomes of it.

    Attributes:
        verdict: What it gets.
        claims: What is signed.
        reason: Why.
        arrived: What the message says about when it did.
        forged: Whether the key is not the app's.
        header: The token's.
        body: What was sent instead of a token.
    """

    verdict: str
    claims: Callable[[], Json] = signed_claims
    reason: str | None = None
    arrived: Callable[[], object] = lambda: None
    forged: bool = False
    header: Json | None = None
    body: str | None = None
    late: bool = False


def metrics_in(printed: str) -> list[Json]:
    lines = [json.loads(line) for line in printed.splitlines()]
    return [line for line in lines if "_aws" in line]


def without(name: str) -> Json:
    return {key: value for key, value in signed_claims().items() if key != name}


WITH_WIX = {
    "an event": Kind("publish"),
    "an event of a type that nobody knows": Kind(
        "publish", lambda: signed_claims(event_type="wix.new.v1.thing_made")
    ),
    "an old flat event": Kind(
        "publish", lambda: signed_claims({"appId": "a-1"}, event_type="AppInstalled")
    ),
    "a resend of what happened two days ago": Kind("publish", lambda: signed_claims(hours_ago=47)),
    "one that lapsed while it waited with us": Kind(
        "publish",
        lambda: signed_claims(hours_ago=100),
        arrived=lambda: milliseconds(90),
        late=True,
    ),
    "one redriven from the dead letters after a month": Kind(
        "publish",
        lambda: signed_claims(hours_ago=24 * 31),
        arrived=lambda: milliseconds(24 * 30),
        late=True,
    ),
    "one that had lapsed when it arrived": Kind(
        "quarantine", lambda: signed_claims(hours_ago=LIVES / HOUR + 1), "expired"
    ),
    "one that does not say when it lapses": Kind(
        "quarantine", lambda: without("exp"), "expiry_missing"
    ),
    "one of another installation": Kind(
        "quarantine", lambda: signed_claims(instance_id=FOREIGN_INSTANCE), "foreign_instance"
    ),
    "one that holds no event": Kind(
        "quarantine", lambda: signed_claims() | {"data": "[]"}, "envelope_unreadable"
    ),
    "one whose type is too long for the bus": Kind(
        "quarantine", lambda: signed_claims(event_type="t" * 129), "not_publishable"
    ),
    "one that is too large for the bus": Kind("quarantine", large_claims, "unpublishable"),
    "one that is signed with another key": Kind(
        "quarantine", reason="signature_unknown", forged=True
    ),
    "one that is signed in another way": Kind(
        "drop", reason="not_rs256", header={**HEADER, "alg": "RS512"}
    ),
    "one that is not signed": Kind("drop", reason="not_rs256", header={"alg": "none"}),
    "text": Kind("drop", reason="not_a_token", body=f"hello {canaries.MESSAGE}"),
    "JSON": Kind("drop", reason="not_a_token", body=json.dumps(ORDER)),
    "half a token": Kind("drop", reason="not_a_token", body="eyJhbGciOiJSUzI1NiJ9.e30"),
}


@pytest.mark.parametrize("kind", WITH_WIX.values(), ids=WITH_WIX.keys())
def test_each_delivery_gets_its_verdict(
    scene: Scene, log_lines: LogLines, capsys: pytest.CaptureFixture[str], kind: Kind
) -> None:
    key = scene.other_key if kind.forged else scene.key
    body = kind.body or key.sign(kind.claims(), header=kind.header)
    message_id = scene.deliver(body, arrived_at=kind.arrived())

    assert scene.receive() == []

    published, quarantined = scene.published(), scene.quarantine.said()
    assert [each["detail"]["late"] for each in published] == (
        [kind.late] if kind.verdict == "publish" else []
    )
    assert [(each["body"], each["reason"]) for each in quarantined] == (
        [(body, kind.reason)] if kind.verdict == "quarantine" else []
    )
    assert scene.dead_letters.said() == []

    [line] = log_lines()
    assert (line["verdict"], line.get("reason")) == (kind.verdict, kind.reason)
    assert line["messageId"] == message_id
    assert line["level"] == ("INFO" if kind.verdict == "publish" else "WARNING")

    [counted] = metrics_in(capsys.readouterr().out)
    assert (counted["verdict"], counted["Webhooks"]) == (kind.verdict, [1.0])

    told = json.dumps([line, counted])
    assert not any(mark in told for mark in (*canaries.MARKS, body))


def test_an_event_goes_onto_the_bus_as_it_happened(scene: Scene, log_lines: LogLines) -> None:
    scene.deliver(scene.key.sign(signed_claims()))

    scene.receive()

    [event] = scene.published()
    assert (event["source"], event["detail-type"]) == ("wix", APPROVED)
    detail = event["detail"]
    assert detail["id"] == EVENT_ID
    assert detail["instanceId"] == canaries.INSTANCE_ID
    assert detail["entityId"] == ORDER_ID
    assert detail["actionEvent"] == {"body": {"order": ORDER}}
    [line] = log_lines()
    assert (line["eventType"], line["eventId"], line["entityId"], line["late"]) == (
        APPROVED,
        EVENT_ID,
        ORDER_ID,
        False,
    )


def test_a_delivery_in_quarantine_knows_when_it_arrived(scene: Scene) -> None:
    arrived = milliseconds(2)
    scene.deliver(scene.other_key.sign(signed_claims()), arrived_at=arrived)

    scene.receive()

    [kept] = scene.quarantine.said()
    assert int(kept["arrivedAt"]) == arrived
    assert int(kept["quarantinedAt"]) > arrived
    assert kept.keys() == {"body", "arrivedAt", "quarantinedAt", "reason"}


@pytest.mark.parametrize("room", [0, 30, 61])
def test_a_delivery_of_any_size_is_quarantined(scene: Scene, room: int) -> None:
    arrived = milliseconds(2)
    token = scene.other_key.sign(signed_claims())
    blanks = LARGEST_MESSAGE - len(f"arrivedAtNumber{arrived}") - room - len(token)
    scene.deliver(token + " " * blanks, arrived_at=arrived)

    assert scene.receive() == []

    [kept] = scene.quarantine.said()
    assert (kept["body"].strip(), kept["arrivedAt"]) == (token, str(arrived))


@pytest.mark.parametrize(
    "arrived_at",
    ["", "0", "-1", "abc", "NaN", "Infinity", "1e400", "1790000000", f"{10**18}", "1e999"],
)
def test_a_time_of_arrival_that_cannot_be_does_not_count(scene: Scene, arrived_at: str) -> None:
    lapsed = scene.key.sign(signed_claims(hours_ago=LIVES / HOUR + 1))
    batch: Json = {"Records": []}
    for token in (scene.key.sign(signed_claims()), lapsed):
        scene.deliver(token)
        [record] = scene.inbox.batch()["Records"]
        record["messageAttributes"]["arrivedAt"] = {
            "stringValue": arrived_at,
            "dataType": "Number",
        }
        batch["Records"].append(record)

    assert handler(batch, Context()) == {"batchItemFailures": []}

    assert [event["detail"]["late"] for event in scene.published()] == [False]
    assert scene.quarantined() == [lapsed]


def test_the_newest_key_is_not_the_only_one(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = f"{scene.other_key.public_pem},{scene.key.public_pem}"
    monkeypatch.setenv("WIX_WEBHOOK_PUBLIC_KEYS", keys)
    for key in (scene.key, scene.other_key):
        scene.deliver(key.sign(signed_claims()))

    assert scene.receive() == []

    assert len(scene.published()) == 2


# ---- Our trouble ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "parameter"),
    [
        ("WIX_WEBHOOK_PUBLIC_KEYS", "", "WebhookPublicKeys"),
        ("WIX_WEBHOOK_PUBLIC_KEYS", "no key", "WebhookPublicKeys"),
        ("WIX_INSTANCE_IDS", "", "WebhookInstanceIds"),
    ],
)
def test_nothing_is_judged_until_the_configuration_is_complete(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    log_lines: LogLines,
    *,
    name: str,
    value: str,
    parameter: str,
) -> None:
    message_id = scene.deliver(scene.key.sign(signed_claims()))
    monkeypatch.setenv(name, value)

    assert scene.receive() == [message_id]

    assert (scene.published(), scene.quarantined()) == ([], [])
    line = log_lines()[0]
    assert (line["verdict"], line["reason"]) == ("retry", "misconfigured")
    assert parameter in line["detail"]


def failed_entry() -> Json:
    return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}


def test_an_event_that_the_bus_did_not_take_stays(scene: Scene, log_lines: LogLines) -> None:
    message_id = scene.deliver(scene.key.sign(signed_claims()))

    with aws_answers("events.PutEvents", failed_entry):
        assert scene.receive() == [message_id]

    assert (scene.published(), scene.quarantined()) == ([], [])
    line = log_lines()[0]
    assert (line["verdict"], line["reason"]) == ("retry", "bus_unavailable")
    assert (line["eventId"], line["entityId"]) == (EVENT_ID, ORDER_ID)


def test_a_delivery_that_stays_is_counted_where_the_alarm_looks(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    alarm = template.source()["Resources"]["WebhookRetryAlarm"]["Properties"]
    scene.deliver(scene.key.sign(signed_claims()))

    with aws_answers("events.PutEvents", failed_entry):
        scene.receive()

    [counted] = metrics_in(capsys.readouterr().out)
    [described] = counted["_aws"]["CloudWatchMetrics"]
    [dimensions] = described["Dimensions"]
    watched = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    assert described["Namespace"] == alarm["Namespace"]
    assert watched == {"service": {"Ref": "AWS::StackName"}, "verdict": counted["verdict"]}
    # The service has a name only where the template gives it one.
    assert watched.keys() == {"service", *dimensions}
    assert counted[alarm["MetricName"]] == [1.0]


def test_a_bus_that_is_away_loses_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    message_id = scene.deliver(scene.key.sign(signed_claims()))
    batch = scene.inbox.batch()
    with monkeypatch.context() as patch:
        patch.setenv("EVENT_BUS_NAME", "away")
        assert handler(batch, Context()) == {"batchItemFailures": [{"itemIdentifier": message_id}]}
    forget()

    assert handler(batch, Context()) == {"batchItemFailures": []}

    assert len(scene.published()) == 1
    assert scene.quarantined() == []


def test_a_quarantine_that_is_away_loses_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
) -> None:
    monkeypatch.setenv("QUARANTINE_URL", NOWHERE)
    message_id = scene.deliver(scene.other_key.sign(signed_claims()))

    assert scene.receive() == [message_id]

    line = log_lines()[0]
    assert (line["verdict"], line["reason"]) == ("retry", "queue_unavailable")


def test_a_delivery_is_given_up_on_at_last_with_its_reason(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIX_INSTANCE_IDS", "")
    body = scene.key.sign(signed_claims())
    arrived = milliseconds(1)
    scene.deliver(body, arrived_at=arrived)

    last = scene.inbox.old_batch(receives=GIVE_UP_AFTER_RECEIVES, seconds=GIVE_UP_AFTER_SECONDS)
    assert scene.receive(last) == []

    [letter] = scene.dead_letters.said()
    assert (letter["body"], letter["arrivedAt"]) == (body, str(arrived))
    assert (letter["reason"], letter["action"]) == ("misconfigured", "receive_webhook")
    assert "WebhookInstanceIds" in letter["detail"]


def test_a_fault_of_ours_is_a_retry_without_its_words(scene: Scene, log_lines: LogLines) -> None:
    def fail() -> None:
        raise ValueError(canaries.MESSAGE)

    message_id = scene.deliver(scene.key.sign(signed_claims()))

    with aws_answers("events.PutEvents", fail):
        assert scene.receive() == [message_id]

    line = log_lines()[0]
    assert (line["verdict"], line["reason"]) == ("retry", "internal_error")
    assert canaries.MESSAGE not in json.dumps(log_lines())


def test_one_bad_delivery_does_not_touch_the_others(scene: Scene) -> None:
    good = [scene.key.sign(signed_claims(approved(id=f"e-{number}"))) for number in range(4)]
    forged = scene.other_key.sign(signed_claims())
    bodies = [good[0], "poison", good[1], forged, good[2], "{}", good[3]]
    ids = [scene.deliver(body) for body in bodies]
    answers = iter([None, failed_entry(), None, None])

    with aws_answers("events.PutEvents", lambda: next(answers)):
        assert scene.receive() == [ids[2]]

    assert [event["detail"]["id"] for event in scene.published()] == ["e-0", "e-2", "e-3"]
    assert scene.quarantined() == [forged]


def test_a_bus_that_hangs_does_not_end_the_function(scene: Scene) -> None:
    ids = [scene.deliver(scene.key.sign(signed_claims())) for _ in range(3)]
    context = Context(milliseconds=30_000)

    def hang() -> None:
        context.milliseconds -= 18_000
        raise ReadTimeoutError(endpoint_url="here")

    with aws_answers("events.PutEvents", hang):
        answer = handler(scene.inbox.batch(), context)

    assert answer == {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}
    assert context.milliseconds == 12_000


def test_a_bus_that_hangs_is_left_before_the_time_of_a_message_is_over() -> None:
    tries = OTHERS.tries * (OTHERS.connect_seconds + OTHERS.read_seconds)

    assert tries + (OTHERS.tries - 1) * OTHERS.pause_seconds < MESSAGE_SECONDS


def test_what_no_queue_sent_is_refused(scene: Scene) -> None:
    with pytest.raises(InputError):
        handler({"body": scene.key.sign(signed_claims())}, Context())


# ---- The process ----------------------------------------------------------------------------


def test_nothing_is_made_that_calls_wix(scene: Scene) -> None:
    scene.deliver(scene.key.sign(signed_claims()))

    scene.receive()

    assert process.wix_http.cache_info().currsize == 0


def test_the_age_of_a_delivery_tells_how_far_behind_we_are(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.deliver(scene.key.sign(signed_claims(hours_ago=3)), arrived_at=milliseconds(2))

    scene.receive()

    [counted] = metrics_in(capsys.readouterr().out)
    [described] = counted["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "WixAdmin"
    assert "verdict" in described["Dimensions"][0]
    assert {each["Name"]: each["Unit"] for each in described["Metrics"]} == {
        "Webhooks": "Count",
        "WebhookAge": "Milliseconds",
    }
    [age] = counted["WebhookAge"]
    assert 2 * HOUR <= age / 1000 < 3 * HOUR


# ---- The sample -----------------------------------------------------------------------------

SAMPLE_KEY = """
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmknSKntKh4vBYSYsBnc3
nGGm/AbpyI/y9xtexI6PPD0J/kol79AHs/L5+DojcY4stw6rSDEdBC6iipy0+2m/
OjgyjBVmg6LWWxLoVkr1wDwWF5ghOWXRz3tjyfrVbYKP0wy+TL7X2C4VYLAvRh7Q
UzASq3NdNCSg04Oes4CQRp9HBoKV1J0VaUwIuQhsEDCCTZWUs+t1RUdTwYKQxpQ2
/hr8N0fN0cjdymA04TMdNCtb0SqjOgKUk7EgpMIG49ChQaGSK0W0tEjaE57V2BzW
KDkb7vwvAZVn3qq8XzvV7X8iAGXtH5965nAf7i85now6MSFdL9Et3jtS95p6Rjvf
xwIDAQAB
-----END PUBLIC KEY-----
"""
"""The sample was signed once with the key to it, which nobody has."""


def sample() -> Json:
    return ACTIONS[OF_WEBHOOKS].sample


def test_the_sample_is_what_a_forger_would_send(scene: Scene) -> None:
    assert handler(sample(), Context()) == {"batchItemFailures": []}

    assert [kept["reason"] for kept in scene.quarantine.said()] == ["signature_unknown"]


def test_the_sample_is_a_delivery(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIX_WEBHOOK_PUBLIC_KEYS", SAMPLE_KEY)

    assert handler(sample(), Context()) == {"batchItemFailures": []}

    [event] = scene.published()
    assert (event["detail-type"], event["detail"]["late"]) == (APPROVED, True)
