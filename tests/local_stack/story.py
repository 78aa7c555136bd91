"""How the demo is told: numbered chapters, calls with their answers, and checks that must pass."""

import itertools
import json
import re
from collections.abc import Sequence
from typing import Any

import httpx

from tests.local_stack.aws import Credentials
from tests.local_stack.stack import LocalStack
from tests.local_stack.terminal import BOLD, GREEN, RED, styled

REST_OF_A_GUID = re.compile(r"(?<=[0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CheckFailedError(Exception):
    """A call or a check went otherwise than it should."""


class Story:
    """Prints each step as it is taken.

    Attributes:
        stack: What the story is about.
    """

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self._numbers = itertools.count(1)

    def chapter(self, title: str) -> None:
        """Begin the next chapter."""
        print(styled(f"{next(self._numbers):2}. {title}", BOLD), flush=True)

    def note(self, text: str) -> None:
        """Add a line to the chapter."""
        print(f"    {text}", flush=True)

    def check(self, claim: str, holds: bool) -> None:  # noqa: FBT001 - a claim and whether it holds
        """Make a claim.

        Raises:
            CheckFailedError: If it does not hold.
        """
        self.note(f"{styled('✓', GREEN) if holds else styled('✗', RED)} {claim}")
        if not holds:
            raise CheckFailedError(claim)

    def call(
        self,
        caller: Credentials | None,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        expect: int = 200,
        show: Sequence[str] = (),
    ) -> Any:
        """Call a route, print the call, its status and these fields of its answer, and return it.

        Raises:
            CheckFailedError: If it is answered with another status.
        """
        headers = {"Idempotency-Key": key} if key else {}
        reply = self.stack.request(method, path, credentials=caller, json=body, headers=headers)
        call = f"{method} {REST_OF_A_GUID.sub('', path)}{f' (key {key})' if key else ''}"
        self.note(f"{call}  ->  {_shown(reply, show)}")
        if reply.status_code != expect:
            self.check(f"{expect} was expected: {reply.text}", holds=False)
        return reply.json()


def _shown(reply: httpx.Response, fields: Sequence[str]) -> str:
    answer = reply.json()
    replayed = " replayed" if reply.headers.get("Idempotent-Replayed") else ""
    parts = "".join(f"  {name}: {json.dumps(answer[name])}" for name in fields)
    return f"{reply.status_code}{replayed}{parts}"
