"""Times as they were measured, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

GOAL = 1.25
"""Start to first answer, at most so many times what the bare libraries take."""


@dataclass(frozen=True, slots=True)
class ColdRun:
    """One fresh process.

    Attributes:
        init: Seconds from its start to its first request for work.
        first_answer: Seconds from its start to its first answer.
    """

    init: float
    first_answer: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A function of a kind beside its reference, and beside a handler that does nothing.

    The runs come round by round, and a ratio is the median of the rounds' ratios: what else the
    machine was doing in a round slowed all of them alike.
    """

    kind: str
    action: str
    ours: Sequence[ColdRun]
    reference: Sequence[ColdRun]
    empty: Sequence[ColdRun]

    @property
    def ratio(self) -> float:
        """Start to first answer, in times the reference's."""
        return _answer_ratio(self.ours, self.reference)

    @property
    def init_ratio(self) -> float:
        """Start to first request for work, in times the reference's."""
        pairs = zip(self.ours, self.reference, strict=True)
        return median(ours.init / reference.init for ours, reference in pairs)

    def summary(self) -> dict[str, float | str]:
        """All figures, by the keys of `COLUMNS`."""
        return {
            "init_ms": init_ms(self.ours),
            "first_answer_ms": answer_ms(self.ours),
            "reference_init_ms": init_ms(self.reference),
            "reference_first_answer_ms": answer_ms(self.reference),
            "init_ratio": self.init_ratio,
            "ratio": self.ratio,
            "empty_ratio": _answer_ratio(self.ours, self.empty),
            "verdict": "PASS" if self.ratio <= GOAL else "over",
        }


COLUMNS = {
    "init_ms": ("init ms", "{:.0f}"),
    "first_answer_ms": ("first answer ms", "{:.0f}"),
    "reference_init_ms": ("reference init ms", "{:.0f}"),
    "reference_first_answer_ms": ("reference first answer ms", "{:.0f}"),
    "init_ratio": ("x init", "{:.2f}"),
    "ratio": ("x first answer", "{:.2f}"),
    "empty_ratio": ("x empty", "{:.1f}"),
    "verdict": (f"at most {GOAL}", "{}"),
}
"""What a comparison is summed up in, with its title and its format."""


def init_ms(runs: Sequence[ColdRun]) -> float:
    return median(run.init for run in runs) * 1000


def answer_ms(runs: Sequence[ColdRun]) -> float:
    return median(run.first_answer for run in runs) * 1000


def _answer_ratio(runs: Sequence[ColdRun], others: Sequence[ColdRun]) -> float:
    pairs = zip(runs, others, strict=True)
    return median(run.first_answer / other.first_answer for run, other in pairs)


def cold_table(comparisons: Sequence[Comparison]) -> str:
    header = ["action", *(title for title, _ in COLUMNS.values())]
    rows = []
    for each in comparisons:
        summary = each.summary()
        figures = (form.format(summary[key]) for key, (_, form) in COLUMNS.items())
        rows.append([each.action, *figures])
    return table(header, rows)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Render a Markdown table that lines up in a terminal; all but the first column are numbers."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        texts = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        return f"| {' | '.join(texts)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(line(cells) for cells in (header, rule, *rows))
