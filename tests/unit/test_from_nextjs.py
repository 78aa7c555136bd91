"""The files for Next.js are what TypeScript takes, and do what they are there for."""

import base64
import json
import re
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import template
from tests.calling import CLIENTS, Caller, exported, link_packages, needs_packages, run
from tests.readme import block
from tests.unit.scripted_api import Answer, ScriptedApi, scripted_api

FILES = Path(__file__).parents[1] / "javascript"
PAGE = "app/orders/[orderId]"
REFUND = "/orders/o-1/refunds"
STS = "/"

SESSION = """
export async function requireStaff(): Promise<void> {
  if (process.env.STRANGER) throw new Error("Not one of us");
}
"""
"""What the page leaves to its reader."""

CLIENT = block(CLIENTS, "js", "function call(")

DONE = Answer(200, {"status": "REFUNDED"})
BUSY = Answer(503, {"detail": "Wix asks to wait", "retryable": True}, after=60)
TOO_MUCH = Answer(422, {"detail": "At most 4.00 can be refunded", "retryable": False})
ASSUMED = Answer(
    200,
    """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>for-an-hour</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>""",
)


def on_the_server(client: str) -> str:
    """The client as it is in a project."""
    return f'import "server-only";\n{client}'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    """A project with the files of the page in it, compiled."""
    folder = tmp_path_factory.mktemp("shop")
    files = {
        "lib/session.ts": SESSION,
        "lib/admin-api.mjs": on_the_server(CLIENT),
        f"{PAGE}/actions.ts": block(CLIENTS, "ts", '"use server"'),
        f"{PAGE}/page.tsx": block(CLIENTS, "tsx", "function Page"),
        f"{PAGE}/refund-form.tsx": block(CLIENTS, "tsx", '"use client"'),
        "tsconfig.json": (FILES / "tsconfig.json").read_text(),
        "press.mjs": (FILES / "press.mjs").read_text(),
        "package.json": '{"type": "module"}',
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    link_packages(folder)
    compiled = run(["node", "node_modules/typescript/bin/tsc", "-p", "."], folder, {})
    assert (compiled.stdout, compiled.returncode) == ("", 0)
    action = folder / "built" / PAGE / "actions.js"
    found = action.read_text().replace('"@/lib/session"', '"@/lib/session.js"')
    action.write_text(found.replace('"@/', '"../../../'))
    return Caller(folder, ("node", "--conditions=react-server"), "press.mjs")


def pressed(
    shop: Caller, *answers: Answer, times: int = 1, **variables: str
) -> tuple[ScriptedApi, Any]:
    """Press the button of one form; returns what the API was asked, and what the form was told."""
    with scripted_api({REFUND: answers, STS: [ASSUMED]}) as api:
        ended = shop.run(
            shop.script,
            "o-1",
            "key-of-the-page",
            str(times),
            variables=exported(api.url) | {"AWS_ENDPOINT_URL_STS": api.url} | variables,
        )
    return api, json.loads(ended.stdout or "null")


@needs_packages
def test_whoever_presses_twice_makes_one_refund(shop: Caller) -> None:
    api, told = pressed(shop, DONE, times=2)

    assert told == [{"done": True, "text": "Wix says REFUNDED"}] * 2
    assert [each.key for each in api.asked[REFUND]] == ["key-of-the-page"] * 2


@needs_packages
def test_who_cannot_be_served_now_is_told_to_press_again_and_keeps_the_amount(
    shop: Caller,
) -> None:
    api, told = pressed(shop, BUSY, DONE, times=2)

    advice = "Wix asks to wait (press the button again in a minute)"
    assert told[0] == {"amount": "5.00", "text": advice}
    assert told[1]["done"]
    assert [each.key for each in api.asked[REFUND]] == ["key-of-the-page"] * 2


@needs_packages
def test_a_refusal_is_shown_in_the_words_of_the_api(shop: Caller) -> None:
    _, told = pressed(shop, TOO_MUCH)

    assert told == [{"amount": "5.00", "text": "At most 4.00 can be refunded"}]


@needs_packages
def test_a_stranger_who_calls_the_action_refunds_nothing(shop: Caller) -> None:
    api, told = pressed(shop, DONE, STRANGER="yes")

    assert told is None
    assert not api.asked[REFUND]


@needs_packages
def test_on_vercel_a_role_is_taken_once_for_many_calls(shop: Caller, tmp_path: Path) -> None:
    on_vercel = replace(shop, folder=tmp_path / "on-vercel")
    shutil.copytree(shop.folder, on_vercel.folder, symlinks=True)
    client, replaced = re.subn(
        r"async function credentials\(\) \{.*?\n\}\n",
        lambda _: block(CLIENTS, "js", "awsCredentialsProvider"),
        on_the_server(CLIENT),
        flags=re.DOTALL,
    )
    (on_vercel.folder / "built/lib/admin-api.mjs").write_text(client)
    claims = base64.urlsafe_b64encode(json.dumps({"exp": time.time() + 3600}).encode()).decode()
    role = "arn:aws:iam::123456789012:role/my-shop"

    api, told = pressed(
        on_vercel,
        DONE,
        times=2,
        AWS_ROLE_ARN=role,
        VERCEL_OIDC_TOKEN=f"e30.{claims.rstrip('=')}.e30",
    )

    assert replaced == 1
    assert [each["text"] for each in told] == ["Wix says REFUNDED"] * 2
    assert len(api.asked[STS]) == 1
    assert [each.headers["X-Amz-Security-Token"] for each in api.asked[REFUND]] == [
        "for-an-hour"
    ] * 2


def test_the_stack_with_the_role_is_clean(tmp_path: Path) -> None:
    (tmp_path / "role.yaml").write_text(block(CLIENTS, "yaml", "AWS::IAM::OIDCProvider"))

    linted = run([str(template.PROJECT / ".venv/bin/cfn-lint"), "role.yaml"], tmp_path, {})

    assert (linted.stdout, linted.returncode) == ("", 0)
