"""The one way to call Wix: declared operations, bounded in time, repeated only if harmless."""

import math
import random
import re
import time
from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import quote

import httpx
from pydantic.alias_generators import to_camel

from wix_admin.errors import (
    ElevationError,
    InputError,
    OutcomeUnknownError,
    OutOfTimeError,
    WithheldError,
    WixError,
    WixUnavailableError,
)
from wix_admin.models import Json
from wix_admin.wix.operations import Operation
from wix_admin.wix.replies import error_for, json_in, request_id_of
from wix_admin.wix.traffic import Exchange, Rehearsal, Request, Traffic
from wix_auth import TIME_LIMIT, TokenUnavailableError, WixAuthError, is_token_request

MAX_ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
CONNECT_SECONDS = 3.0
SHORTEST_TRY_SECONDS = 1.0

CONSISTENCY_HEADER: Final = "x-wix-consistent"
"""Wix's read-your-writes hint: what one reply says is repeated to the next request."""

BEFORE_SENDING: Final = "wix_admin.before_sending"
"""The request's extension that says whether it may still start."""

ID_IN_PATH = re.compile(r"[A-Za-z0-9_-]{1,250}")


class WixClient:
    """Calls Wix for one invocation of one function.

    Args:
        http: A client that authorises its requests (`wix_auth.wix_http_client`), shared by all
            invocations of the process.
        elevates: The operations that the function declared; any other is refused.
        deadline: When the answer must be ready, in seconds since the epoch.
        traffic: Where to note what was sent.
        rehearsal: Where to note what would be sent, if nothing may be changed.
        now: The wall clock, in seconds since the epoch.
        sleep: How to wait, in seconds.
        jitter: A random number from 0 to 1.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        elevates: Collection[Operation],
        deadline: float,
        traffic: Traffic | None = None,
        rehearsal: Rehearsal | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.traffic = traffic if traffic is not None else Traffic()
        self.rehearsal = rehearsal
        self._deadline = deadline
        self._http = http
        self._elevates = frozenset(elevates)
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self._consistency: str | None = None

    def call(self, operation: Operation, *, body: Json | None = None, **path_ids: str) -> Json:
        """Make one declared call, trying again while that is harmless and may help.

        A call that may not be repeated is sent again only if Wix turned it away unread (429, 425)
        or it never left, and is not started with less time left than it may take. Whatever was
        turned away is sent again only after the wait that Wix asks for, if it says how long.

        Args:
            operation: What to call.
            body: The JSON to send.
            path_ids: Values for the path template.

        Raises:
            WithheldError: If this is a rehearsal and the call would change something.
            ElevationError: If the function did not declare this operation.
            InputError: If a path id has characters that no id of Wix has.
            OutOfTimeError: If too little time was left to start; nothing was sent.
            WixError: If Wix refused, or still failed when the attempts or the time ran out.
            OutcomeUnknownError: If a call that may not be repeated was sent and no clear answer
                came.
            wix_auth.WixAuthError: If no token could be had; nothing was sent.
        """
        if operation not in self._elevates:
            raise ElevationError(f"This function does not declare {operation.name}")
        path = _fill(operation.path, path_ids)
        if self.rehearsal is None:
            return self._send_with_retries(operation, path, body)
        if not operation.reads:
            self.rehearsal.requests.append(Request(operation.method, path, body))
            raise WithheldError(f"{operation.name}: not sent, as this is a dry run")
        answer = self._send_with_retries(operation, path, body)
        self.rehearsal.read.append(Request(operation.method, path, body, answer))
        return answer

    def pause(self, seconds: float) -> bool:
        """Wait for half of it to all of it, if there is time for it and for a read after it.

        Returns:
            Whether it waited.
        """
        if self.seconds_left() < seconds + SHORTEST_TRY_SECONDS:
            return False
        self._sleep(seconds * (1 + self._jitter()) / 2)
        return True

    def seconds_left(self) -> float:
        """Return how much time there is until the answer must be ready."""
        return self._deadline - self._now()

    def _send_with_retries(self, operation: Operation, path: str, body: Json | None) -> Json:
        failure: WixError | TokenUnavailableError
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return self._attempt(operation, path, body)
            except (WixUnavailableError, TokenUnavailableError) as error:
                failure = error
            pause = self._pause(attempt, failure)
            if attempt == MAX_ATTEMPTS or self.seconds_left() < pause + self._seconds_needed(
                operation
            ):
                break
            self._sleep(pause)
        raise failure

    def _attempt(self, operation: Operation, path: str, body: Json | None) -> Json:
        left = self._require_time(operation)
        request = self._http.build_request(
            operation.method,
            path,
            json=body,
            headers={CONSISTENCY_HEADER: self._consistency} if self._consistency else None,
            timeout=httpx.Timeout(min(operation.seconds, left), connect=min(CONNECT_SECONDS, left)),
            extensions={
                BEFORE_SENDING: lambda: self._require_time(operation),
                TIME_LIMIT: lambda: min(CONNECT_SECONDS + operation.seconds, self.seconds_left()),
            },
        )
        began = self._now()
        try:
            response = self._http.send(request)
        except httpx.RequestError as error:
            self._note(operation, type(error).__name__, began, None)
            raise _failure(operation, error) from error
        except WixAuthError as error:
            self._note(operation, type(error).__name__, began, error.wix_request_id)
            raise
        self._note(operation, response.status_code, began, request_id_of(response))
        self._consistency = response.headers.get(CONSISTENCY_HEADER, self._consistency)
        if not response.is_success:
            raise error_for(response, operation)
        answer = json_in(response)
        if answer is None:
            kind = WixUnavailableError if operation.repeatable else OutcomeUnknownError
            raise kind(
                f"{operation.name}: Wix's answer is not JSON",
                wix_request_id=request_id_of(response),
            )
        return answer

    def _require_time(self, operation: Operation) -> float:
        """Return the seconds that are left, if they are enough to start."""
        left = self.seconds_left()
        if left < self._seconds_needed(operation):
            raise OutOfTimeError(f"{operation.name}: not started, as too little time was left")
        return left

    def _seconds_needed(self, operation: Operation) -> float:
        if operation.repeatable:
            return SHORTEST_TRY_SECONDS
        return CONNECT_SECONDS + operation.seconds

    def _pause(self, attempt: int, failure: WixError | TokenUnavailableError) -> float:
        """Return the seconds until another try may help; for ever if that is not in this call."""
        if failure.retry_after is not None:
            return failure.retry_after
        if isinstance(failure, WixError) and failure.code == "wix_busy":
            return math.inf  # Wix counts by the minute, and each try would count
        longest: float = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
        return longest * self._jitter()

    def _note(
        self, operation: Operation, outcome: int | str, began: float, request_id: str | None
    ) -> None:
        took = round((self._now() - began) * 1000)
        self.traffic.exchanges.append(Exchange(operation.name, outcome, took, request_id))


def check_before_sending(request: httpx.Request) -> None:
    """Refuse a request for which getting a token has left too little time.

    A hook of the shared client (`event_hooks["request"]`), which httpx runs for the token's own
    requests too; those carry the extensions of the request that they are for.

    Raises:
        OutOfTimeError: If too little time is left to start; nothing was sent.
    """
    if not is_token_request(request):
        request.extensions.get(BEFORE_SENDING, lambda: None)()


def _failure(operation: Operation, error: httpx.RequestError) -> WixError:
    """Tell a request that never left from one that Wix may have carried out."""
    said = f"{operation.name}: {type(error).__name__}"
    never_left = is_token_request(error.request) or isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout
    )
    if never_left or operation.repeatable:
        return WixUnavailableError(f"{said}: Wix could not be reached")
    return OutcomeUnknownError(f"{said}: sent, and no answer came")


def _fill(template: str, path_ids: dict[str, str]) -> str:
    for name, value in path_ids.items():
        if not ID_IN_PATH.fullmatch(value):
            raise InputError.of(
                to_camel(name), "An id has 1 to 250 letters, digits, hyphens, underscores"
            )
    return template.format(**{name: quote(value, safe="") for name, value in path_ids.items()})
