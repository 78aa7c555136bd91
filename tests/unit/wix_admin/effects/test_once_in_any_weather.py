"""Whatever dies, gets lost or comes in between: a change is made at most once, and told truly."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.canaries import SITE_ID
from tests.unit.wix_admin.builders import Clock, Making, Shop, lost, with_each_write
from wix_admin.effects.once import SETTLE_SECONDS, Once
from wix_admin.errors import (
    LedgerUnavailableError,
    OutcomeUnknownError,
    RefusedError,
    StillRunningError,
    WixStateError,
    WixUnavailableError,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

LEASE = 35.0
LONGEST_UNSEEN = 250.0
"""After so long Wix shows what was done: less than `SETTLE_SECONDS` by more than a lease."""

keys = (f"k-{number}" for number in itertools.count())


class Died(BaseException):
    """The process was ended."""


@dataclass
class Weather:
    """Many requests with one key, and at each of their steps something that may go wrong."""

    client: "DynamoDBClient"
    data: st.DataObject
    clock: Clock = field(default_factory=Clock)
    key: str = field(default_factory=lambda: next(keys))
    is_over: bool = False
    deep: int = 0
    told: list[str] = field(default_factory=list)
    was_refused: bool = False

    def __post_init__(self) -> None:
        self.shop = Shop(self.clock, hook=self._at_wix)
        self.ledger = with_each_write(self.client, self.clock, self._at_the_ledger)

    def request(self) -> None:
        """Ask for the change, and check that what is told is true."""
        once = Once(self.ledger, SITE_ID, self.key, "h-1", self.clock.now + LEASE)
        try:
            receipt = once.make(Making(self.shop))
        except Died:
            return
        except WixStateError:
            assert self.shop.made == []
            self.was_refused = True
        except (
            LedgerUnavailableError,
            OutcomeUnknownError,
            RefusedError,
            StillRunningError,
            WixUnavailableError,
        ):
            return
        else:
            self.told.append(receipt.reference)
            assert self.told[0] in [reference for reference, _ in self.shop.made]

    def _draw(self, *what: str) -> str:
        # What is drawn most, and what examples shrink to, is that all goes well.
        return "well" if self.is_over else self.data.draw(st.sampled_from(("well",) * 6 + what))

    def _meanwhile(self) -> None:
        self.clock.now += 0.05
        if self.deep < 2 and self._draw("another request") != "well":
            self.deep += 1
            self.request()
            self.deep -= 1

    def _at_the_ledger(self, write: Callable[[], Any]) -> Any:
        self._meanwhile()
        match self._draw("dies before", "dies after", "fails", "loses the reply", "twice"):
            case "dies before":
                raise Died
            case "dies after":
                write()
                raise Died
            case "fails":
                raise ReadTimeoutError(endpoint_url="https://dynamodb.example")
            case "loses the reply":
                write()
                raise ReadTimeoutError(endpoint_url="https://dynamodb.example")
            case "twice":
                write()
        return write()

    def _at_wix(self, step: str) -> None:
        self._meanwhile()
        troubles: dict[str, dict[str, BaseException]] = {
            "check": {"refused": RefusedError("no")},
            "send": {"lost": lost(), "busy": WixUnavailableError("x"), "no": WixStateError("no")},
            "answer": {"lost": lost()},
            "look": {"unclear": lost(), "unreachable": WixUnavailableError("x")},
        }
        trouble = troubles[step] | {"dies": Died()}
        drawn = self._draw(*trouble)
        if drawn != "well":
            raise trouble[drawn]


@settings(
    max_examples=40,
    deadline=None,
    phases=set(Phase) - {Phase.explain},  # takes minutes
    # The ledger is shared by all examples, each of which has a key of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_in_any_weather_a_change_is_made_at_most_once(
    dynamodb: "DynamoDBClient", data: st.DataObject
) -> None:
    weather = Weather(dynamodb, data)
    weather.shop.status = data.draw(st.sampled_from(["settled", "accepted"]))
    weather.shop.shows_after = data.draw(st.sampled_from([0.0, LEASE, LONGEST_UNSEEN]))

    for pause in data.draw(st.lists(st.sampled_from([1.0, LEASE, SETTLE_SECONDS]), max_size=6)):
        weather.request()
        weather.clock.now += pause
        assert len(weather.shop.made) <= 1

    # When all goes well again, the same key tells what became of it.
    weather.is_over = True
    weather.clock.now += LEASE + SETTLE_SECONDS
    weather.request()
    assert len(weather.shop.made) == len(set(weather.told))
    assert weather.told or weather.was_refused
