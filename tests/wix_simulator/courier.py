"""What carries webhooks out, on the simulator's own loop."""

import asyncio
import contextlib
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Self

import aiohttp

MOST_AT_ONCE = 20

_HEADERS = {"user-agent": "Wix", "accept-encoding": "gzip, deflate"}


class Courier:
    """Runs deliveries until it is stopped; `start` and `wake` may be called from any thread."""

    def __init__(self, session: aiohttp.ClientSession, crashes: list[str]) -> None:
        self.loop = asyncio.get_running_loop()
        self._session = session
        self._crashes = crashes
        self.lines = asyncio.Semaphore(MOST_AT_ONCE)
        """Take one for each `post`."""

        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    @classmethod
    @contextlib.asynccontextmanager
    async def at_work(cls, crashes: list[str]) -> AsyncIterator[Self]:
        """Work while inside; deliveries under way are left as they are at the end.

        Args:
            crashes: Gets the tracebacks of bugs.
        """
        # Waiting for a connection of a pool would count as the receiver's time: there is none.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers=_HEADERS
        ) as session:
            courier = cls(session, crashes)
            try:
                yield courier
            finally:
                await courier._stop()

    async def _stop(self) -> None:
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something beside all else."""
        self.loop.call_soon_threadsafe(self._start, work)

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self._stopped:
            return
        task = self.loop.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._crashes.append("".join(traceback.format_exception(error)))

    def wake(self) -> None:
        """End every `sleep`."""
        self.loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._woken.set()
        self._woken = asyncio.Event()

    async def sleep(self, seconds: float | None) -> None:
        """Wait for so long, or (None) for good, but no longer than until `wake` is called."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def post(
        self, url: str, body: str | bytes, *, content_type: str, answer_within: float
    ) -> tuple[int | None, float]:
        """Make one request.

        Args:
            answer_within: Seconds for the whole exchange.

        Returns:
            The status, None if no answer came in time; and the milliseconds it took.
        """
        started = time.perf_counter()
        status = None
        with contextlib.suppress(aiohttp.ClientError, OSError):
            async with self._session.post(
                url,
                data=body.encode() if isinstance(body, str) else body,
                headers={"content-type": content_type},
                timeout=aiohttp.ClientTimeout(total=answer_within),
                allow_redirects=False,
            ) as reply:
                await reply.read()
                status = reply.status
        return status, (time.perf_counter() - started) * 1000
