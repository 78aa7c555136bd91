"""How the demo speaks: numbered chapters, and claims that must hold."""

import itertools
import json
import re
from collections.abc import Sequence
from typing import Any

import httpx

from tests.local_stack.aws import Credentials
from tests.local_stack.stack import LocalStack

GUID_REST = re.compile(r"(?<=[0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_chapters = itertools.count(1)


class UntoldError(Exception):
    """A step did not go as the story says."""


def says(what: str) -> None:
    """Begin the next chapter."""
    print(f"\n{next(_chapters):2}. {what}", flush=True)


def shows(what: str) -> None:
    """Tell what was asked or answered."""
    print(f"    {what}", flush=True)


def calls(
    stack: LocalStack,
    caller: Credentials | None,
    method: str,
    path: str,
    body: object = None,
    *,
    key: str | None = None,
    expect: int = 200,
    show: Sequence[str] = (),
) -> Any:
    """Call a route, tell the call and these fields of its answer, and return the answer.

    Raises:
        UntoldError: If it is answered with another status.
    """
    headers = {"Idempotency-Key": key} if key else {}
    reply = stack.request(method, path, credentials=caller, json=body, headers=headers)
    shows(f"{method} {GUID_REST.sub('', path)}{f'  Idempotency-Key: {key}' if key else ''}")
    shows(_shown(reply, show))
    if reply.status_code != expect:
        raise UntoldError(f"    ✗ expected {expect}: {reply.text}")
    return reply.json()


def _shown(reply: httpx.Response, fields: Sequence[str]) -> str:
    answer = reply.json()
    replayed = " replayed" if reply.headers.get("Idempotent-Replayed") else ""
    parts = "".join(f"  {name}: {json.dumps(answer[name])}" for name in fields)
    return f"{reply.status_code}{replayed}{parts}"


def holds(what: str, true: bool) -> None:  # noqa: FBT001 - a claim and whether it holds
    """Claim something.

    Raises:
        UntoldError: If it is not so.
    """
    if not true:
        raise UntoldError(f"    ✗ not so: {what}")
    print(f"    ✓ {what}", flush=True)
