"""The check of the credential, against a real HTTP Wix simulator and AWS in memory."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.schedules.check_credentials import handler
from tests import canaries
from tests.actions import ACTIONS
from tests.unit.schedules.conftest import Heard, Store
from tests.wix_simulator import ApiKey, App, Fault, WixSimulator
from tests.wix_simulator.faults import too_many_requests
from wix_admin.errors import (
    BusUnavailableError,
    InputError,
    OutOfTimeError,
    SettingsError,
    WixUnavailableError,
)
from wix_admin.process import wix_http
from wix_auth import TokenUnavailableError
from wix_auth.errors import SecretUnavailableError

MAX_AGE_DAYS = 90
OTHER_SITE_ID = "517e0000-0000-4000-8000-000000000002"
OTHER_CLIENT_ID = "c11e0000-0000-4000-8000-0000000000c2"
OTHER_INSTANCE_ID = "1257a7ce-0000-4000-8000-000000000002"

CLIENT = {
    "kind": "client_credentials",
    "client_id": canaries.CLIENT_ID,
    "client_secret": canaries.CLIENT_SECRET,
}
OF_AN_INSTALLATION = CLIENT | {"instance_id": canaries.INSTANCE_ID}
KEY = {"kind": "api_key", "api_key": canaries.API_KEY, "site_id": canaries.SITE_ID}

TOKEN_INFO = {
    "active": True,
    "subjectType": "APP",
    "subjectId": canaries.CLIENT_ID,
    "exp": 1790000000,
    "clientId": canaries.CLIENT_ID,
    "siteId": canaries.SITE_ID,
    "instanceId": canaries.INSTANCE_ID,
}

METRICS = ["WixAdmin", {"action": "check_credentials", "outcome": "done", "service": "wix-admin"}]
"""The namespace and the dimensions under which an alarm finds the metrics."""


class Context:
    """Lambda's context of one invocation."""

    function_name = "check_credentials"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:check_credentials"

    def __init__(self, seconds: float = 30) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self._over = time.time() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._over - time.time()) * 1000)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, heard: Heard, store: Store) -> None:
    monkeypatch.setenv("CREDENTIAL_MAX_AGE_DAYS", str(MAX_AGE_DAYS))
    # Read when the metrics are made, which is before this test.
    monkeypatch.setattr("wix_admin.aws.telemetry.metrics.provider.service", "wix-admin")


def check(seconds: float = 30) -> dict[str, Any]:
    report: dict[str, Any] = handler({}, Context(seconds))
    return report


def codes(report: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in report["findings"]]


def say_of_tokens(wix: WixSimulator, **said: object) -> None:
    """Let Wix answer so when it is asked what a token opens."""
    info = {name: value for name, value in (TOKEN_INFO | said).items() if value is not None}
    wix.add_fault(Fault(path="/oauth2/token-info", status=200, body=info, times=None))


# ---- Fine ------------------------------------------------------------------------------


def test_a_client_that_is_as_it_should_be_is_fine(
    wix: WixSimulator, store: Store, heard: Heard
) -> None:
    store(CLIENT, days_ago=3.9)

    report = check()

    checked_at = datetime.fromisoformat(report.pop("checkedAt"))
    assert abs(datetime.now(UTC) - checked_at).total_seconds() < 60
    assert report == {
        "kind": "client_credentials",
        "ok": True,
        "siteId": canaries.SITE_ID,
        "ageDays": 3,
        "findings": [],
    }
    assert [request.path for request in wix.requests()] == ["/oauth2/token", "/oauth2/token-info"]
    assert heard.events() == []
    [(*where, values)] = heard.metrics()
    assert where == METRICS
    assert values == {"CredentialFindings": 0, "CredentialAgeDays": 3}


def test_a_key_that_is_as_it_should_be_is_fine(
    wix: WixSimulator, store: Store, heard: Heard
) -> None:
    order = wix.add_order()
    wix.add_order()
    store(KEY)

    report = check()

    assert (report["kind"], report["ok"], report["siteId"]) == ("api_key", True, canaries.SITE_ID)
    [asked] = wix.requests()
    assert asked.path == "/ecom/v1/orders/search"
    assert asked.body == {"search": {"cursorPaging": {"limit": 1}}}
    assert asked.authorization == "api key 1"
    assert heard.events() == []
    [(*where, values)] = heard.metrics()
    assert where == METRICS
    assert values == {"CredentialFindings": 0, "CredentialAgeDays": 0}
    [line] = heard.lines()
    assert (line["outcome"], line["level"]) == ("done", "INFO")
    assert order["id"] not in json.dumps((line, report))


def test_the_sample_event_asks_for_it(store: Store) -> None:
    store(CLIENT)

    assert handler(ACTIONS["schedules/check_credentials"].sample, Context())["ok"] is True


def test_what_wix_need_not_say_of_a_token_is_no_finding(
    wix: WixSimulator, store: Store, heard: Heard
) -> None:
    store(OF_AN_INSTALLATION)
    said = dict.fromkeys(("active", "subjectType", "clientId", "instanceId"))
    say_of_tokens(wix, exp="soon", **said)

    report = check()

    assert report["ok"] is True
    assert heard.events() == []


@pytest.mark.parametrize("subject", ["UNKNOWN", "ROBOT"])
def test_a_subject_that_we_do_not_know_is_no_finding(
    wix: WixSimulator, store: Store, subject: str
) -> None:
    store(CLIENT)
    say_of_tokens(wix, subjectType=subject)

    assert check()["ok"] is True


def test_a_headless_client_may_have_any_installation(wix: WixSimulator, store: Store) -> None:
    store(CLIENT)
    say_of_tokens(wix, instanceId=OTHER_INSTANCE_ID)

    assert check()["ok"] is True


def test_it_is_not_old_before_its_time(store: Store) -> None:
    store(CLIENT, days_ago=MAX_AGE_DAYS - 0.01)

    assert check()["ok"] is True


def test_a_clock_that_is_behind_aws_makes_no_odd_age(store: Store) -> None:
    store(CLIENT, days_ago=-0.01)

    assert check()["ageDays"] == 0


# ---- One finding -----------------------------------------------------------------------


def misspelt(_: WixSimulator, store: Store) -> None:
    store({"kind": "client_credentials", "clientSecret": canaries.CLIENT_SECRET})


def empty(_: WixSimulator, store: Store) -> None:
    store(" ")


def refused(wix: WixSimulator, store: Store) -> None:
    store(CLIENT)
    wix.rotate_secret()


def not_installed(_: WixSimulator, store: Store) -> None:
    store(CLIENT | {"instance_id": OTHER_INSTANCE_ID})


def of_another_site(wix: WixSimulator, store: Store) -> None:
    store(CLIENT | {"client_id": OTHER_CLIENT_ID})
    wix.register(App(OTHER_CLIENT_ID, site_id=OTHER_SITE_ID))


def saying(**said: object) -> Callable[[WixSimulator, Store], None]:
    def prepare(wix: WixSimulator, store: Store) -> None:
        store(OF_AN_INSTALLATION)
        say_of_tokens(wix, **said)

    return prepare


def old(_: WixSimulator, store: Store) -> None:
    store(CLIENT, days_ago=MAX_AGE_DAYS + 0.01)


def key_of_another_site(_: WixSimulator, store: Store) -> None:
    store(KEY | {"site_id": OTHER_SITE_ID})


def key_of_an_account(_: WixSimulator, store: Store) -> None:
    store({"kind": "api_key", "api_key": canaries.API_KEY, "account_id": OTHER_SITE_ID})


def key_that_is_deleted(wix: WixSimulator, store: Store) -> None:
    store(KEY)
    wix.revoke_key()


def key_that_may_do_nothing(wix: WixSimulator, store: Store) -> None:
    store(KEY)
    wix.set_permissions([], credential=canaries.API_KEY)


def key_that_may_do_nothing_told_as_401(wix: WixSimulator, store: Store) -> None:
    key_that_may_do_nothing(wix, store)
    wix.switches.forbidden_status = 401


def key_without_a_word_why(wix: WixSimulator, store: Store) -> None:
    key_that_may_do_nothing(wix, store)
    wix.switches.forbidden_body = "empty"


def key_for_a_site_without_a_shop(wix: WixSimulator, store: Store) -> None:
    store(KEY)
    wix.add_fault(Fault(path="/ecom/*", status=404, times=None))


@dataclass(frozen=True)
class Found:
    """What is wrong, and what the check says of it."""

    prepare: Callable[[WixSimulator, Store], None]
    code: str
    told: str

    def __str__(self) -> str:
        return f"{self.prepare.__name__}, {self.code}"


FOUND = (
    Found(misspelt, "credential_unusable", "client_id: is missing"),
    Found(empty, "credential_unusable", "Store the Wix credential in it"),
    Found(refused, "credential_refused", "Store the client's present id and secret"),
    Found(not_installed, "credential_refused", "Correct instance_id in the secret"),
    Found(saying(active=False), "token_inactive", "Make a new secret"),
    Found(saying(subjectType="MEMBER"), "wrong_subject", "a MEMBER's and not an app's"),
    Found(saying(subjectType="USER"), "wrong_subject", "a USER's and not an app's"),
    Found(saying(subjectType="VISITOR"), "wrong_subject", "a VISITOR's and not an app's"),
    Found(saying(clientId=OTHER_CLIENT_ID), "wrong_client", OTHER_CLIENT_ID),
    Found(saying(siteId=None), "site_unproven", "nothing is called with it"),
    Found(of_another_site, "wrong_site", OTHER_SITE_ID),
    Found(saying(instanceId=OTHER_INSTANCE_ID), "wrong_instance", OTHER_INSTANCE_ID),
    Found(old, "credential_old", "more than 90 days ago"),
    Found(key_of_another_site, "wrong_site", OTHER_SITE_ID),
    Found(key_of_an_account, "wrong_site", "for site none"),
    Found(key_that_is_deleted, "credential_refused", "is not deleted"),
    Found(key_that_may_do_nothing, "wix_permission_missing", "ECOM.READ_ORDERS"),
    Found(key_that_may_do_nothing_told_as_401, "wix_permission_missing", "ECOM.READ_ORDERS"),
    Found(key_without_a_word_why, "wix_permission_missing", "ECOM.READ_ORDERS"),
    Found(key_for_a_site_without_a_shop, "not_found", "is installed on the site"),
)


@pytest.mark.parametrize("found", FOUND, ids=str)
def test_what_somebody_has_to_mend_is_answered_logged_counted_and_published(
    wix: WixSimulator, store: Store, heard: Heard, found: Found
) -> None:
    found.prepare(wix, store)

    report = check()

    assert report["ok"] is False
    assert codes(report) == [found.code]
    assert found.told in report["findings"][0]["detail"]
    [event] = heard.events()
    assert (event["source"], event["detail-type"]) == ("wix-admin", "Credential Check Failed")
    announced = report.keys() & {"kind", "findings", "checkedAt"}
    assert event["detail"] == {name: report[name] for name in announced}
    [warning, done] = heard.lines()
    assert (warning["level"], warning["findings"]) == ("WARNING", report["findings"])
    assert done["outcome"] == "done"
    [(*where, values)] = heard.metrics()
    assert where == METRICS
    assert values["CredentialFindings"] == 1
    assert ("CredentialAgeDays" in values) == ("kind" in report)
    told = json.dumps((report, event, warning, done))
    assert not [mark for mark in canaries.MARKS if mark in told]


def test_a_secret_that_does_not_exist_is_a_finding(
    store: Store, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIX_SECRET_ARN", "no-such-secret")

    report = check()

    assert codes(report) == ["credential_unusable"]
    assert report.keys() == {"ok", "findings", "checkedAt"}
    assert heard.events()[0]["detail"].keys() == {"findings", "checkedAt"}


# ---- Several findings, several checks ----------------------------------------------------


def test_all_findings_are_told_at_once(wix: WixSimulator, store: Store, heard: Heard) -> None:
    store(OF_AN_INSTALLATION, days_ago=400)
    say_of_tokens(
        wix,
        active=False,
        subjectType="USER",
        clientId=OTHER_CLIENT_ID,
        siteId=OTHER_SITE_ID,
        instanceId=OTHER_INSTANCE_ID,
    )

    report = check()

    assert codes(report) == [
        "token_inactive",
        "wrong_subject",
        "wrong_client",
        "wrong_site",
        "wrong_instance",
        "credential_old",
    ]
    assert [event["detail"]["findings"] for event in heard.events()] == [report["findings"]]
    [(_, _, values)] = heard.metrics()
    assert values == {"CredentialFindings": 6, "CredentialAgeDays": 400}


def test_an_old_secret_is_called_old_even_if_it_is_refused(wix: WixSimulator, store: Store) -> None:
    store(CLIENT, days_ago=100)
    wix.rotate_secret()

    assert codes(check()) == ["credential_refused", "credential_old"]


def test_an_old_key_is_called_old_even_if_it_is_deleted(wix: WixSimulator, store: Store) -> None:
    store(KEY, days_ago=100)
    wix.revoke_key()

    assert codes(check()) == ["credential_refused", "credential_old"]


def test_a_dead_secret_is_found_behind_a_living_token(wix: WixSimulator, store: Store) -> None:
    store(CLIENT)
    assert wix_http().post("/ecom/v1/orders/search", json={"search": {}}).status_code == 200
    wix.rotate_secret()

    assert codes(check()) == ["credential_refused"]

    assert wix_http().post("/ecom/v1/orders/search", json={"search": {}}).status_code == 200
    assert wix.exchanges == 2


@pytest.mark.parametrize("good", [CLIENT, KEY], ids=["client", "key"])
@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (CLIENT | {"client_secret": canaries.ROTATED_CLIENT_SECRET}, "credential_refused"),
        (KEY | {"api_key": f"{canaries.API_KEY}Mg"}, "credential_refused"),
        ("not a credential", "credential_unusable"),
    ],
    ids=["client", "key", "neither"],
)
def test_what_was_stored_since_the_last_check_is_what_is_checked(
    store: Store, good: object, bad: object, expected: str
) -> None:
    reports = []
    for credential in (good, bad, good):
        store(credential)
        reports.append(check())

    assert [codes(report) for report in reports] == [[], [expected], []]


def test_a_key_that_replaces_a_living_one_is_the_one_that_is_tried(
    wix: WixSimulator, store: Store
) -> None:
    wix.register(ApiKey(f"{canaries.API_KEY}Mg"))
    store(KEY)
    check()
    store(KEY | {"api_key": f"{canaries.API_KEY}Mg"})

    assert check()["ok"] is True

    used = [request.authorization for request in wix.requests(path="/ecom/*")]
    assert used == ["api key 1", "api key 2"]


def test_it_is_announced_for_as_long_as_it_lasts(
    wix: WixSimulator, store: Store, heard: Heard
) -> None:
    store(CLIENT)
    wix.rotate_secret()

    for _ in range(2):
        check()

    assert len(heard.events()) == 2


# ---- Checks that cannot be made ----------------------------------------------------------


@dataclass(frozen=True)
class Trouble:
    """What passes by itself, and what it is raised as."""

    credential: dict[str, str]
    fault: Fault
    error: type[Exception]

    def __str__(self) -> str:
        return f"{self.credential['kind']}, {self.fault.path} {self.fault}"


TROUBLES = (
    Trouble(CLIENT, Fault(path="/oauth2/token", status=503, times=None), TokenUnavailableError),
    Trouble(CLIENT, too_many_requests("/oauth2/token", times=None), TokenUnavailableError),
    Trouble(CLIENT, Fault(path="/oauth2/token", drop="after", times=None), TokenUnavailableError),
    Trouble(CLIENT, Fault(path="/oauth2/token-info", status=500), TokenUnavailableError),
    Trouble(CLIENT, Fault(path="/oauth2/token-info", garbage=True), TokenUnavailableError),
    Trouble(KEY, Fault(path="/ecom/*", status=503, times=None), WixUnavailableError),
    Trouble(KEY, Fault(path="/ecom/*", drop="after", times=None), WixUnavailableError),
    Trouble(KEY, too_many_requests("/ecom/*", times=None), WixUnavailableError),
)


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_trouble_that_passes_is_raised_and_not_announced_however_old_the_credential(
    wix: WixSimulator, store: Store, heard: Heard, trouble: Trouble
) -> None:
    store(trouble.credential, days_ago=100)
    wix.add_fault(trouble.fault)

    with pytest.raises(trouble.error):
        check(seconds=4)

    assert heard.events() == []
    [(_, _, values)] = heard.metrics()
    assert values == {}


def test_a_secrets_manager_out_of_reach_is_raised(
    store: Store, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:9")

    with pytest.raises(SecretUnavailableError):
        check()

    assert heard.events() == []


def test_a_key_is_not_tried_with_too_little_time_left(store: Store, heard: Heard) -> None:
    store(KEY)

    with pytest.raises(OutOfTimeError):
        check(seconds=1)

    assert heard.events() == []


def test_findings_that_the_bus_does_not_take_are_logged_and_the_check_is_raised(
    wix: WixSimulator, store: Store, monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    store(CLIENT)
    wix.rotate_secret()
    monkeypatch.setenv("EVENT_BUS_NAME", "no-such-bus")

    with pytest.raises(BusUnavailableError):
        check()

    found, raised = heard.lines()
    assert [each["code"] for each in found["findings"]] == ["credential_refused"]
    assert raised["outcome"] == "bus_unavailable"


# ---- What it is told ---------------------------------------------------------------------


def test_there_is_nothing_to_say_to_it(store: Store) -> None:
    with pytest.raises(InputError):
        handler({"secretArn": "another"}, Context())


@pytest.mark.parametrize("days", [None, "0", "soon"])
def test_without_an_age_to_compare_with_nothing_is_checked(
    wix: WixSimulator, store: Store, monkeypatch: pytest.MonkeyPatch, days: str | None
) -> None:
    if days is None:
        monkeypatch.delenv("CREDENTIAL_MAX_AGE_DAYS")
    else:
        monkeypatch.setenv("CREDENTIAL_MAX_AGE_DAYS", days)

    with pytest.raises(SettingsError, match="CREDENTIAL_MAX_AGE_DAYS"):
        check()

    assert wix.requests() == []
