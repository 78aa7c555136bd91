"""Says what is going on, and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Prints a line for each step: what it is as it begins, its seconds as it ends."""

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        print(f"{what} ... ", end="", flush=True)
        started = time.perf_counter()
        try:
            yield
        except BaseException:
            print("stopped", flush=True)
            raise
        print(f"{time.perf_counter() - started:.1f} s", flush=True)

    def note(self, what: str) -> None:
        print(what, flush=True)
