"""Tokens that die, secrets that change, and secrets that are of no use."""

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from types_boto3_secretsmanager import SecretsManagerClient

from tests import canaries
from tests.contract.changes import REFUND
from tests.contract.conftest import StoreSecret
from tests.contract.functions import Functions, marks_in, reply_in, sample
from tests.lambda_runtime import Answer, FunctionProcess
from tests.local_stack import Account
from tests.local_stack.stack import CREDENTIAL
from tests.wix_simulator import ApiKey, App, Fault, WixSimulator

ROTATED = {**CREDENTIAL, "client_secret": canaries.ROTATED_CLIENT_SECRET}
API_KEY = {"kind": "api_key", "api_key": canaries.API_KEY, "site_id": canaries.SITE_ID}
NEXT_API_KEY = f"{canaries.API_KEY}Tg"

OTHER_SITE = "517e0000-0000-4000-8000-000000000002"
OTHER_CLIENT = "c11e0000-0000-4000-8000-0000000000c2"

STANDS_SECONDS = 5
"""How long an error that somebody has to mend is told without asking again."""


SEEDS = itertools.count(8)


@pytest.fixture
def own_wix() -> Iterator[WixSimulator]:
    """A Wix for tests that change who may call it.

    Each has other ids, as the effects table, which all tests share, remembers orders by theirs.
    """
    with WixSimulator(seed=next(SEEDS)) as wix:
        yield wix


def read(process: FunctionProcess, wix: WixSimulator) -> Answer:
    return process.invoke({"orderId": wix.add_order()["id"]})


def secret_labels(wix: WixSimulator) -> list[str]:
    """With which secret each token was asked for."""
    return [each.body["client_secret"] for each in wix.requests("POST", "/oauth2/token")]


# ---- Tokens and rotation ----


def test_a_process_buys_one_token_for_all_its_calls(
    functions: Functions, own_wix: WixSimulator
) -> None:
    with functions.fresh("get_order", WIX_API_URL=own_wix.url) as process:
        answers = [read(process, own_wix) for _ in range(3)]

    assert [each.error for each in answers] == [None] * 3
    assert own_wix.exchanges == 1


def test_a_token_that_wix_ends_early_is_replaced_with_one_exchange(
    functions: Functions, wix: WixSimulator
) -> None:
    process = functions.warm("get_order")
    assert read(process, wix).error is None
    wix.clear_journal()
    wix.kill_tokens()

    answers = [read(process, wix) for _ in range(2)]

    assert [each.error for each in answers] == [None, None]
    assert wix.exchanges == 1


def test_a_missing_permission_that_is_told_as_401_costs_a_process_one_token(
    functions: Functions, own_wix: WixSimulator
) -> None:
    own_wix.switches.forbidden_status = 401
    own_wix.set_permissions([])
    with functions.fresh("get_order", WIX_API_URL=own_wix.url) as process:
        refused = [read(process, own_wix) for _ in range(3)]
        own_wix.set_permissions(None)
        allowed = read(process, own_wix)

    assert [each.error.type for each in refused if each.error] == ["WixPermissionError"] * 3
    assert allowed.error is None
    assert own_wix.exchanges == 2


def test_a_refund_waits_until_wix_says_which_site_the_token_opens(
    functions: Functions, own_wix: WixSimulator
) -> None:
    order_id = REFUND.new_order(own_wix)
    trouble = own_wix.add_fault(Fault(path="/oauth2/token-info", status=503, times=None))
    with functions.fresh("refund_order", WIX_API_URL=own_wix.url) as process:
        turned_away = REFUND.ask(process, order_id)
        called = own_wix.requests(path="/ecom/*")
        own_wix.remove_fault(trouble)
        made = REFUND.ask(process, order_id)

    assert turned_away.status == 503
    assert called == []
    assert (made.status, made.replayed) == (200, False)
    assert REFUND.times_done(own_wix) == 1
    assert own_wix.exchanges == 1


def test_a_rotated_secret_is_read_again_when_wix_refuses_the_old_one(
    functions: Functions,
    own_wix: WixSimulator,
    store_secret: StoreSecret,
    secrets_manager: SecretsManagerClient,
) -> None:
    arn = store_secret(json.dumps(CREDENTIAL))
    with functions.fresh("get_order", WIX_API_URL=own_wix.url, WIX_SECRET_ARN=arn) as process:
        assert read(process, own_wix).error is None
        own_wix.rotate_secret(canaries.ROTATED_CLIENT_SECRET)
        secrets_manager.put_secret_value(SecretId=arn, SecretString=json.dumps(ROTATED))
        own_wix.clear_journal()

        living = read(process, own_wix)
        exchanges_while_living = own_wix.exchanges
        own_wix.kill_tokens()
        healed = [read(process, own_wix) for _ in range(2)]

    assert living.error is None
    assert exchanges_while_living == 0
    assert [each.error for each in healed] == [None, None]
    assert secret_labels(own_wix) == ["old secret", "current secret"]
    assert not marks_in(functions.output(process))


def test_a_refund_without_a_credential_is_made_once_the_credential_is_mended(
    functions: Functions,
    own_wix: WixSimulator,
    store_secret: StoreSecret,
    secrets_manager: SecretsManagerClient,
) -> None:
    order_id = REFUND.new_order(own_wix)
    arn = store_secret(json.dumps(CREDENTIAL))
    own_wix.rotate_secret(canaries.ROTATED_CLIENT_SECRET)
    with functions.fresh("refund_order", WIX_API_URL=own_wix.url, WIX_SECRET_ARN=arn) as process:
        refused = [REFUND.ask(process, order_id) for _ in range(2)]
        exchanges_when_refused = own_wix.exchanges
        secrets_manager.put_secret_value(SecretId=arn, SecretString=json.dumps(ROTATED))
        time.sleep(STANDS_SECONDS + 0.1)
        made = REFUND.ask(process, order_id)

    assert [(each.status, each.code) for each in refused] == [(502, "credential_refused")] * 2
    assert "Store the client's present id and secret" in refused[0].json["detail"]
    assert exchanges_when_refused == 1
    assert (made.status, made.replayed) == (200, False)
    assert REFUND.times_done(own_wix) == 1
    assert not marks_in(functions.output(process))


def test_an_api_key_is_sent_as_it_is_and_read_again_when_it_was_replaced(
    functions: Functions,
    own_wix: WixSimulator,
    store_secret: StoreSecret,
    secrets_manager: SecretsManagerClient,
) -> None:
    arn = store_secret(json.dumps(API_KEY))
    with functions.fresh("get_order", WIX_API_URL=own_wix.url, WIX_SECRET_ARN=arn) as process:
        first = read(process, own_wix)
        own_wix.register(ApiKey(NEXT_API_KEY))
        own_wix.revoke_key()
        replaced = json.dumps({**API_KEY, "api_key": NEXT_API_KEY})
        secrets_manager.put_secret_value(SecretId=arn, SecretString=replaced)
        healed = [read(process, own_wix) for _ in range(2)]

    assert first.error is None
    assert [each.error for each in healed] == [None, None]
    assert own_wix.exchanges == 0
    keys = [each.authorization for each in own_wix.requests(path="/ecom/*")]
    assert keys == ["api key 1", "api key 1", "api key 2", "api key 2"]
    assert not marks_in(functions.output(process))


# ---- Secrets that are of no use ----


@dataclass(frozen=True)
class Useless:
    """A secret, and what the caller is told of it.

    Attributes:
        name: What is wrong.
        error: The class, for direct callers.
        status: The HTTP status.
        code: The problem's code.
        told: The words that say what to do.
        value: What the secret holds.
    """

    name: str
    error: str
    status: int
    code: str
    told: str
    value: str | dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.name


USELESS = (
    Useless(
        "empty",
        "SecretEmptyError",
        500,
        "credential_unusable",
        "Store the Wix credential in it",
    ),
    Useless(
        "not JSON",
        "SecretInvalidError",
        500,
        "credential_unusable",
        "It must be a JSON object",
        f"client_secret={canaries.CLIENT_SECRET}",
    ),
    Useless(
        "misspelt",
        "SecretInvalidError",
        500,
        "credential_unusable",
        "clientSecret: is not known, remove it",
        {
            "kind": "client_credentials",
            "client_id": canaries.CLIENT_ID,
            "clientSecret": canaries.CLIENT_SECRET,
        },
    ),
    Useless(
        "misplaced",
        "SecretInvalidError",
        500,
        "credential_unusable",
        "A field: is not known, remove it",
        {**API_KEY, canaries.API_KEY: "api_key"},
    ),
    Useless(
        "old",
        "CredentialRefusedError",
        502,
        "credential_refused",
        "Store the client's present id and secret",
        ROTATED,
    ),
    Useless(
        "of an unknown installation",
        "InstallationUnknownError",
        502,
        "credential_refused",
        "Correct instance_id in the secret",
        {**CREDENTIAL, "instance_id": OTHER_SITE},
    ),
    Useless(
        "a client of another site",
        "WrongSiteError",
        500,
        "wrong_site",
        "Store a credential of this site",
        {
            "kind": "client_credentials",
            "client_id": OTHER_CLIENT,
            "client_secret": canaries.CLIENT_SECRET,
        },
    ),
    Useless(
        "a key of another site",
        "WrongSiteError",
        500,
        "wrong_site",
        "Store a credential of this site",
        {**API_KEY, "site_id": OTHER_SITE},
    ),
)


def assert_told(process: FunctionProcess, useless: Useless) -> None:
    """Check what a caller is told at either door."""
    reply = reply_in(process.invoke(sample("get_order", "http")))
    raised = process.invoke(sample("get_order", "direct")).error

    assert (reply.status, reply.code) == (useless.status, useless.code)
    assert useless.told in reply.json["detail"]
    assert raised is not None
    assert raised.type == useless.error
    assert useless.told in raised.message
    assert not marks_in((reply, raised))


@pytest.mark.parametrize("useless", USELESS, ids=str)
def test_a_secret_that_is_of_no_use_is_told_with_what_to_do_and_never_printed(
    functions: Functions, own_wix: WixSimulator, store_secret: StoreSecret, useless: Useless
) -> None:
    own_wix.register(App(OTHER_CLIENT, site_id=OTHER_SITE))
    value = json.dumps(useless.value) if isinstance(useless.value, dict) else useless.value
    arn = store_secret(value)

    with functions.fresh("get_order", WIX_API_URL=own_wix.url, WIX_SECRET_ARN=arn) as process:
        assert_told(process, useless)

    assert own_wix.requests(path="/ecom/*") == []
    assert not marks_in(functions.output(process))


def test_a_secret_that_is_not_there_is_told_with_what_to_check(functions: Functions) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:none-AbCdEf"

    with functions.fresh("get_order", WIX_SECRET_ARN=arn) as process:
        assert_told(
            process,
            Useless("missing", "SecretMissingError", 500, "credential_unusable", "Check its ARN"),
        )


def test_a_role_that_may_not_read_the_secret_is_told_which_action_to_grant(
    functions: Functions, account: Account
) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]

    with functions.fresh(
        "get_order",
        AWS_ACCESS_KEY_ID=key["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"],
        AWS_SESSION_TOKEN="",
    ) as process:
        assert_told(
            process,
            Useless(
                "forbidden",
                "SecretForbiddenError",
                500,
                "credential_unusable",
                "secretsmanager:GetSecretValue",
            ),
        )


def test_secrets_manager_out_of_reach_is_a_reason_to_ask_again_later(
    functions: Functions,
) -> None:
    with functions.fresh("get_order", AWS_ENDPOINT_URL="http://127.0.0.1:9") as process:
        reply = reply_in(process.invoke(sample("get_order", "http")))
        raised = process.invoke(sample("get_order", "direct")).error

    assert (reply.status, reply.code) == (503, "secret_unavailable")
    assert reply.json["retryable"] is True
    assert raised is not None
    assert raised.type == "SecretUnavailableError"
