"""Draws how our cold starts compare, and what becomes of a thousand deliveries."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from tests.bench.figures import GOAL, Comparison, answer_ms, init_ms
from tests.bench.rates import STEPS, Storm

OURS = ("#1b5e8c", "#8cbfe0")
REFERENCE = ("#6b6b6b", "#c4c4c4")
BAR = 0.36

STEP_COLORS = {"answered": "#6b6b6b", "judged": "#8cbfe0", "fulfilled": "#1b5e8c"}


def draw_cold_starts(comparisons: Sequence[Comparison], folder: Path) -> None:
    """Write the plot as PNG and SVG: per function, ours above the reference."""
    figure = Figure(figsize=(9.5, 1.6 + 0.75 * len(comparisons)), layout="constrained")
    axes = figure.add_subplot()
    longest = max(GOAL, *(each.ratio for each in comparisons))
    beside = longest * 1.02
    for row, each in enumerate(comparisons):
        for name, runs_of, ratio, colors, at in (
            ("this project", each.ours, each.ratio, OURS, row - BAR / 2),
            ("bare libraries", each.reference, 1.0, REFERENCE, row + BAR / 2),
        ):
            init = ratio * init_ms(runs_of) / answer_ms(runs_of)
            parts = (("init", 0.0, init), ("first invocation", init, ratio - init))
            for color, (part, left, width) in zip(colors, parts, strict=True):
                label = None if row else f"{name}: {part}"
                axes.barh(at, width, BAR, left=left, color=color, label=label)
            text = f"{ratio:.2f}  ({answer_ms(runs_of):.0f} ms)"
            axes.text(beside, at, text, va="center", fontsize=8)
    axes.axvline(GOAL, color="#b3261e", linestyle="--", linewidth=1, label=f"goal: {GOAL}")
    axes.set_yticks(range(len(comparisons)), [each.name for each in comparisons])
    axes.set_ylim(len(comparisons) - 0.5, -0.5)
    axes.set_xlim(0, longest * 1.2)
    axes.set_xlabel("time from process start to first answer, in times the bare libraries' time")
    axes.set_title(
        f"Cold start on this machine, medians of {len(comparisons[0].ours)} fresh processes"
    )
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    _save(figure, folder, "cold-start")


def draw_storm(storm: Storm, folder: Path) -> None:
    """Write the plot as PNG and SVG: how many deliveries had come how far, over time."""
    figure = Figure(figsize=(9.5, 5), layout="constrained")
    axes = figure.add_subplot()
    rates = storm.per_second()
    for step, what in STEPS.items():
        times: Sequence[float] = getattr(storm, step)
        begin = 0.0 if step == "answered" else storm.resumed
        axes.plot(
            [begin, *times],
            range(len(times) + 1),
            color=STEP_COLORS[step],
            linewidth=2,
            marker="o",
            markevery=[len(times)],
            label=f"{what}: {rates[step]:,.0f} a second",
            clip_on=False,
        )
    axes.set_xlim(0)
    axes.set_ylim(0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("seconds since the first delivery was sent")
    axes.set_ylabel("deliveries, and their orders")
    axes.set_title(
        f"{len(storm.answered):,} approved orders, delivered together to the stack on this machine"
    )
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", fontsize=9, frameon=False)
    _save(figure, folder, "deliveries")


def _save(figure: Figure, folder: Path, name: str) -> None:
    for kind in ("png", "svg"):
        figure.savefig(folder / f"{name}.{kind}", dpi=150)
