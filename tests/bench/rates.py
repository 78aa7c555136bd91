"""How fast deliveries are answered, and how fast they become fulfilled orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from tests.bench.figures import table

STEPS = {
    "answered": "deliveries answered, none judged meanwhile",
    "judged": "deliveries judged, with everything running",
    "fulfilled": "orders fulfilled, with everything running",
}
"""What happens to a delivery, by the name of when it does."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How long requests of one kind took.

    Attributes:
        what: What was asked.
        at_once: How many were under way together.
        seconds: The time of each.
    """

    what: str
    at_once: int
    seconds: Sequence[float]

    @property
    def p50_ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def p99_ms(self) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[-1] * 1000


@dataclass(frozen=True, slots=True)
class Storm:
    """What became of many deliveries, in seconds since the first was sent; each sequence ascends.

    Attributes:
        answered: When each was answered.
        resumed: When they began to be judged, all of them being in the inbox.
        judged: When each was judged.
        fulfilled: When the order of each was fulfilled.
    """

    answered: Sequence[float]
    resumed: float
    judged: Sequence[float]
    fulfilled: Sequence[float]

    def per_second(self) -> dict[str, float]:
        return {
            "answered": len(self.answered) / self.answered[-1],
            "judged": len(self.judged) / (self.judged[-1] - self.resumed),
            "fulfilled": len(self.fulfilled) / (self.fulfilled[-1] - self.resumed),
        }


@dataclass(frozen=True, slots=True)
class Ingress:
    """The webhook's way in.

    Attributes:
        answers: For each number of requests at once: the bare kind first, as what the others are
            compared with.
        storm: Many deliveries, and what became of them.
    """

    answers: Sequence[Answers]
    storm: Storm

    def compared(self) -> list[tuple[Answers, float, float]]:
        """Each kind with its time and its p99, in times those of the bare kind.

        The kinds were asked in turn, so the first is the median of the ratios of those that were
        asked at about the same time.
        """
        return [
            (each, _ratio(each, bare), each.p99_ms / bare.p99_ms)
            for each in self.answers
            for bare in [self._bare(each.at_once)]
        ]

    def _bare(self, at_once: int) -> Answers:
        return next(each for each in self.answers if each.at_once == at_once)


def _ratio(answers: Answers, others: Answers) -> float:
    pairs = zip(answers.seconds, others.seconds, strict=True)
    return median(seconds / other for seconds, other in pairs)


def answers_table(ingress: Ingress) -> str:
    rows = [
        (
            each.what,
            str(each.at_once),
            f"{each.p50_ms:.1f}",
            f"{each.p99_ms:.1f}",
            f"{ratio:.2f}",
            f"{p99_ratio:.2f}",
        )
        for each, ratio, p99_ratio in ingress.compared()
    ]
    return table(("answered", "at once", "p50 ms", "p99 ms", "x bare", "x p99"), rows)


def storm_table(storm: Storm) -> str:
    """The rates, also in times that of the last step."""
    rates = storm.per_second()
    rows = [
        (text, f"{rates[name]:,.0f}", f"{rates[name] / rates['fulfilled']:.1f}")
        for name, text in STEPS.items()
    ]
    return table((f"{len(storm.answered):,} orders", "a second", "x fulfilled"), rows)
